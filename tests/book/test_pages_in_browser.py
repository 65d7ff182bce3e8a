"""The pages in a browser: desktop and phone, light and dark, with and without scripts."""

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TooLong
from pypdf import PdfReader

from tests.book.pages import BUILT, CHAPTER, PREFIX, SITE, parse
from website.browser import pdf

# The page checks.md states these limits.
LIMITS = {"still": (16, 290_000), "sliders": (24, 580_000)}  # requests, bytes compressed
# Pages with letters that the fonts of the book do not have.
FOREIGN_LETTERS = {"back_matter/bibliography.html", "back_matter/library.html", "genindex.html"}
WIDTHS = (1280, 360)


def look_at(tab, address):
    tab.goto(address)
    for figure in tab.locator(".sliders").all():
        figure.scroll_into_view_if_needed()
        tab.wait_for_selector(".sliders.live")
    tab.evaluate("document.fonts.ready")


def resize(tab, width):
    tab.set_viewport_size({"width": width, "height": 900})
    wider = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wider > 0:
        tab.faults.append(f"the page is {wider} pixels wider than a window of {width}")


# Pictures that cannot be shown, that wait for no reader, or whose size the page does not know.
PICTURES = """pictures => Promise.all(pictures.map(async (picture) => {
  const { loading, width, height } = picture.cloneNode();
  picture.loading = "eager";
  await picture.decode().catch(() => 0);
  const { naturalWidth, naturalHeight } = picture;
  const right = Math.abs(height - width * naturalHeight / naturalWidth) < 2;
  return loading == "lazy" && right ? "" : `picture: ${picture.src} ${loading} ${width} ${height}`;
})).then((faults) => faults.filter(Boolean))"""
# Lines that begin with a comma after a short formula, and words of code that are torn.
TYPE_FAULTS = """() => {
  const faults = [];
  for (const formula of document.querySelectorAll("article span.math:not(.together)")) {
    const [next, end] = [formula.nextSibling, [...formula.querySelectorAll(".base")].at(-1)];
    if (!/^[,.;:!?)]/.test(next?.data ?? "")) continue;
    if (formula.querySelector("annotation").textContent.length > 40) continue;
    const mark = document.createRange();
    mark.setStart(next, 0);
    mark.setEnd(next, 1);
    if (mark.getBoundingClientRect().top > end.getBoundingClientRect().bottom) {
      faults.push(`a line begins with ${next.data}`);
    }
  }
  for (const word of document.querySelectorAll("article :not(pre, a) > code .pre")) {
    const parts = [...word.getClientRects()].map(part => part.width);
    const room = word.closest("p, li, td, th, dt, dd, summary, div").clientWidth;
    const long = parts.reduce((sum, width) => sum + width) > room;
    if (parts.length > 1 && !long && /^[\\w.]+$/.test(word.textContent)) {
      faults.push(`torn: ${word.textContent}`);
    }
  }
  return faults;
}"""


# Gather the letters of all text but code in one line per font, weight and style.
GATHER_LETTERS = """() => {
  const letters = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element.closest("script, style, .katex-mathml")) continue;
    const { fontFamily, fontWeight, fontStyle } = getComputedStyle(element);
    if (fontFamily.endsWith("monospace")) continue;  // code
    const font = `font: ${fontStyle} ${fontWeight} 16px ${fontFamily}`;
    if (!letters.has(font)) letters.set(font, new Set());
    // The Chinese names in the glossary are set in a font of the reader's.
    const text = texts.currentNode.data.trim().replace(/\\p{Script=Han}/gu, "");
    for (const letter of text) letters.get(font).add(letter);
  }
  for (const [font, set] of letters) {
    const line = document.createElement("p");
    [line.className, line.style, line.textContent] = ["letters", font, [...set].join("")];
    document.body.append(line);
  }
}"""


def foreign_letters(tab):
    """Return fonts of this machine that draw letters which the fonts of the book lack."""
    tab.evaluate(GATHER_LETTERS)
    tools = tab.context.new_cdp_session(tab)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    query = {"nodeId": root, "selector": "body > .letters"}
    lines = tools.send("DOM.querySelectorAll", query)["nodeIds"]
    fonts = [
        font
        for line in lines
        for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": line})["fonts"]
    ]
    tab.eval_on_selector_all("body > .letters", "nodes => nodes.forEach(node => node.remove())")
    assert fonts
    return [font for font in fonts if not font["isCustomFont"]]


def turn(tab, theme):
    tab.emulate_media(color_scheme=theme)
    try:
        turned = f"document.documentElement.dataset.theme == '{theme}'"
        tab.wait_for_function(turned, timeout=1000)
    except TooLong:
        tab.faults.append(f"the page does not turn {theme}")


# Of the tokens of code, which are most of a page, keep the first of each kind: with the same tags
# and classes from the page down to it, others look the same.
DROP_TOKENS = """() => {
  const seen = new Set();
  for (const token of document.querySelectorAll(":is(pre, code, .sig) span:not(:has(*))")) {
    let kind = "";
    for (let element = token; element; element = element.parentElement) {
      kind += `${element.tagName}.${element.className} `;
    }
    if (seen.has(kind)) token.remove();
    seen.add(kind);
  }
}"""
# Record, for every visible element with text of its own, what determines its contrast.
RECORD_LOOKS = """() => {
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility()) continue;
    if (![...element.childNodes].some(node => node.nodeType == 3 && node.data.trim())) continue;
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(element);
    const look = [color, fontSize, fontWeight, opacity];
    for (let parent = element; parent; parent = parent.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(parent);
      look.push(backgroundImage);
      if (!backgroundColor.endsWith(", 0)")) { look.push(backgroundColor); break; }
    }
    element.looks = (element.looks ?? "") + look;
  }
}"""
# Of the elements of one look keep only the text of the first.
KEEP_ONE_OF_EACH_LOOK = """() => {
  const seen = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.looks) continue;
    if (seen.has(element.looks)) {
      for (const node of element.childNodes) if (node.nodeType == 3) node.data = "";
    }
    seen.add(element.looks);
  }
}"""


def ask_axe(tab):
    """Run axe on the page, unfolded, wide and narrow, light and dark; leave out what takes minutes.

    Formulas become "x", and contrast is checked once per colour, size and background.
    """
    tab.eval_on_selector_all(".katex", "nodes => nodes.map(n => n.replaceWith('x'))")
    tab.eval_on_selector_all("details", "nodes => nodes.map(n => n.open = true)")
    tab.evaluate(DROP_TOKENS)
    for width in WIDTHS:
        resize(tab, width)
        run_axe(tab, rules={"color-contrast": {"enabled": False}, "target-size": {"enabled": True}})
        for theme in ("light", "dark"):
            turn(tab, theme)
            tab.evaluate(RECORD_LOOKS)
    tab.evaluate(KEEP_ONE_OF_EACH_LOOK)
    for width in WIDTHS:
        resize(tab, width)
        for theme in ("dark", "light"):
            turn(tab, theme)
            run_axe(tab, runOnly=["color-contrast"])


def run_axe(tab, **options):
    found = Axe().run(tab, options={"resultTypes": ["violations"], **options})
    for violation in found.response["violations"]:
        nodes = [node["html"][:100] for node in violation["nodes"]]
        tab.faults.append(f"axe, {violation['id']}: {nodes}")


def weigh(tab):
    def size(response):
        body, kind = response.body(), response.headers.get("content-type", "")
        text = any(word in kind for word in ("text", "javascript", "json", "svg"))
        return len(gzip.compress(body)) if text else len(body)

    sizes = [size(response) for response in tab.sizes if not response.url.startswith("data:")]
    return len(sizes), sum(sizes)


@pytest.mark.parametrize("page", BUILT)
def test_page_is_light_right_and_accessible(tab, server, page):
    look_at(tab, f"{server}/{page}")
    requests, size = weigh(tab)
    kind = "sliders" if tab.locator(".sliders").count() else "still"
    if requests > LIMITS[kind][0] or size > LIMITS[kind][1]:
        tab.faults.append(f"too heavy: {requests} requests, {size} bytes")
    tab.faults += tab.eval_on_selector_all("article img", PICTURES)
    for width in WIDTHS:
        resize(tab, width)
        tab.faults += tab.evaluate(TYPE_FAULTS)
    if page not in FOREIGN_LETTERS:
        tab.faults += [f"letters in a foreign font: {font}" for font in foreign_letters(tab)]
    ask_axe(tab)
    assert not tab.faults, "\n".join(tab.faults)


# Click each answer's line; return the lines of those that stay folded.
STILL_FOLDED = """answers => answers.map(answer => [answer, answer.querySelector("summary")])
  .filter(([answer, line]) => (line.click(), !answer.lastElementChild.checkVisibility()))
  .map(([answer, line]) => line.textContent)"""


@pytest.mark.parametrize("tab", [(1280, {"java_script_enabled": False})], indirect=True, ids=["-"])
@pytest.mark.parametrize("page", BUILT)
def test_page_without_scripts(tab, server, page):
    tab.goto(f"{server}/{page}")
    assert tab.locator("main h1:visible").count()
    assert all(tab.eval_on_selector_all("img", "nodes => nodes.map(n => n.naturalWidth)"))
    assert tab.eval_on_selector_all("article details", STILL_FOLDED) == []
    # The theme defines its colours only for light or dark; without scripts the page must be light.
    blue = "getComputedStyle(document.body).getPropertyValue('--pst-color-primary')"
    assert tab.evaluate(blue)
    assert not tab.faults, "\n".join(tab.faults)


def test_signs_made_of_others_have_their_own_width(tab, server):
    tab.goto(f"{server}/{CHAPTER}")
    widths = """document.fonts.ready.then(() => ["..", "…", "'", "“", "0", "%"].map((letters) => {
      const paragraph = document.querySelector("article p");
      paragraph.innerHTML = `<span>${letters}</span>`;
      return paragraph.firstChild.getBoundingClientRect().width;
    }))"""
    dots, ellipsis, tick, quote, zero, percent = tab.evaluate(widths)
    assert ellipsis > dots and quote > 1.3 * tick and percent > 1.3 * zero


def press_tab_until(tab, selector):
    for _ in range(400):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_keyboard_reaches_theme_answers_and_search(tab, server):
    tab.goto(f"{server}/{CHAPTER}")
    press_tab_until(tab, ".theme-switch-button")
    before = tab.evaluate("document.documentElement.dataset.theme")
    tab.keyboard.press("Enter")
    after = tab.evaluate("document.documentElement.dataset.theme")
    assert {before, after} == {"light", "dark"}
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.theme") == after
    press_tab_until(tab, "article details summary")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.parentElement.open")
    tab.reload()
    press_tab_until(tab, ".search-button__button")
    tab.keyboard.press("Enter")
    tab.keyboard.type("Kullback")
    tab.wait_for_selector("dialog.search li")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{server}/back_matter/glossary.html#term-KL-divergence")
    tab.wait_for_selector("article h1")
    assert not tab.faults, "\n".join(tab.faults)


def test_missing_page_links_back_to_the_book(tab, server):
    answer = tab.goto(f"{server}/no/such/page.html")
    assert answer.status == 404
    tab.get_by_role("link", name="glossary", exact=True).click()
    tab.wait_for_url(f"{server}{PREFIX}/back_matter/glossary.html")
    tab.goto(f"{server}/no/such/page.html")
    tab.locator(".bd-sidebar-primary a.logo").click()
    tab.wait_for_url(f"{server}{PREFIX}/index.html")
    assert [fault for fault in tab.faults if "404" not in fault] == []


def test_printed_page_has_answers_whole_code_and_page_numbers(browser, tmp_path):
    pdf.print_page(browser, (SITE / CHAPTER).as_uri(), tmp_path / "page.pdf")
    printed = PdfReader(tmp_path / "page.pdf")
    pages = [page.extract_text().split() for page in printed.pages]
    assert "Exercises" in str(printed.outline)
    assert [page[-1] for page in pages[:3]] == ["1", "2", "3"]
    # Answers are unfolded, code lines are not cut off, and the sidebar is not printed.
    article = parse(CHAPTER).find("article")
    words = "".join(
        word for page in pages for word in page[:-1]
    )  # code may continue on the next page
    for block in [*article.select("details pre")[:2], max(article.select("pre"), key=longest)]:
        assert "".join(block.text.split()) in words
    assert "Skiptomaincontent" not in words


SMALL_BOOK = """<title>Book</title><style>section {{ break-before: page }}</style>
<p class="component-author">By us</p><p class="footer-item">Licence</p>
<article><h1>Book</h1><div class="toctree-wrapper">{}</div></article>"""


def test_printed_book_has_a_title_page_and_contents_with_page_numbers(browser, tmp_path):
    chapter = "<section id={0}><h2>{0}<a class=headerlink>#</a></h2></section>"
    chapters = chapter.format("First") + chapter.format("Last")
    (tmp_path / "book.html").write_text(SMALL_BOOK.format(chapters), encoding="utf-8")
    pdf.print_book(browser, (tmp_path / "book.html").as_uri(), tmp_path / "book.pdf")
    pages = [page.extract_text().split() for page in PdfReader(tmp_path / "book.pdf").pages]
    assert {"Book", "By", "us", "Licence"} <= {*pages[0]}
    contents = "".join(pages[0] + pages[1])
    for name in ("First", "Last"):
        number = next(i for i, page in enumerate(pages, 1) if page[0].startswith(name))
        assert re.search(rf"{name}#?{number}", contents)


def test_symptoms_are_printed_on_one_sheet(browser, tmp_path):
    tab = browser.new_page()
    tab.goto((SITE / "back_matter" / "symptoms.html").as_uri())
    tab.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    tab.close()
    (sheet,) = PdfReader(tmp_path / "sheet.pdf").pages
    assert sheet.mediabox.width > sheet.mediabox.height
    words = "".join(sheet.extract_text().split())  # where kerning may leave gaps
    assert "tabletohangup" in words and "toosure" in words


def longest(block):
    return max(map(len, block.text.splitlines()))
