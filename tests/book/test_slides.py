"""The slide decks: one per chapter, and every slide is complete and fits the screen."""

import re

import pytest

from tests.book.notebooks import CHAPTERS, ROOT

DECKS = ROOT / "_build" / "html" / "slides"
NAMES = [path.stem for path in CHAPTERS]
RAW_MARKUP = re.compile(r"\{[a-z:]+\}`|\$\$|\$\\|FORMULA\d|\]\(|^:::|\(eq-|\\\"|\">", re.MULTILINE)
WIDTH, HEIGHT = 1280, 720

PROSE = "[...Reveal.getCurrentSlide().querySelectorAll('.text')].map(e => e.innerText).join(' ')"
# Elements of the current slide that overflow the window. KaTeX draws roots too wide and clips them.
STICKING_OUT = """() =>
  [...Reveal.getCurrentSlide().querySelectorAll("*:not(svg, svg *, .katex-mathml *)")]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.right > innerWidth - 40 || box.bottom > innerHeight + 1)
    .map(([element]) => `${element.tagName} ${element.textContent.slice(0, 40)}`)"""


@pytest.mark.parametrize("name", NAMES)
def test_every_slide_is_rendered_and_fits(browser, name):
    tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        faults = []
        tab.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else 0)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda r: faults.append(r.url) if not r.url.startswith("file:") else 0)
        tab.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
        tab.goto((DECKS / f"{name}.html").as_uri())
        tab.wait_for_function("document.fonts.status == 'loaded' && Reveal.isReady()")
        slides = tab.evaluate("Reveal.getTotalSlides()")
        assert slides > 20, "give more cells the slide type `slide` or `subslide`"
        for number in range(1, slides + 1):
            content = tab.evaluate("Reveal.getCurrentSlide().innerHTML.trim()")
            prose = tab.evaluate(PROSE)
            faults += [] if content else [f"slide {number} is empty"]
            faults += [f"slide {number}: {markup}" for markup in RAW_MARKUP.findall(prose)]
            faults += [f"slide {number} overflows: {what}" for what in tab.evaluate(STICKING_OUT)]
            tab.evaluate("Reveal.next()")
        faults += tab.eval_on_selector_all(
            "img", "images => images.filter(i => !i.naturalWidth || !i.alt).map(i => 'picture')"
        )
        faults += tab.eval_on_selector_all(".katex-error", "nodes => nodes.map(n => n.title)")
        assert not faults
    finally:
        tab.close()
