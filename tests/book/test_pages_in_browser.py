"""The pages in a browser: desktop and phone, light and dark, with and without scripts."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TooLong
from pypdf import PdfReader

from tests.book.pages import BUILT, CHAPTER, PREFIX, SITE, parse
from website.browser import pdf

# The page checks.md states these limits.
LIMITS = {"still": (30, 420_000), "sliders": (34, 620_000)}  # requests, bytes compressed


def look_at(tab, address):
    tab.goto(address)
    for figure in tab.locator(".sliders").all():
        figure.scroll_into_view_if_needed()
        tab.wait_for_selector(".sliders.live")
    tab.evaluate("document.fonts.ready")
    tab.faults += tab.eval_on_selector_all(
        "img", "nodes => nodes.filter(n => !n.naturalWidth).map(n => 'no picture: ' + n.src)"
    )
    wider = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wider > 0:
        tab.faults.append(f"the page is {wider} pixels wider than the window")


def turn(tab, theme):
    tab.emulate_media(color_scheme=theme)
    try:
        turned = f"document.documentElement.dataset.theme == '{theme}'"
        tab.wait_for_function(turned, timeout=2000)
    except TooLong:
        tab.faults.append(f"the page does not turn {theme}")


# Record, for every element with text of its own, the properties that determine its contrast.
RECORD_LOOKS = """() => {
  for (const element of document.body.querySelectorAll("*")) {
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
# Of the elements of one look keep only the first: remove the other tokens of code, which are
# most of a page, or empty all other elements.
THIN_OUT = """only_tokens => {
  const seen = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.looks) continue;
    if (!seen.has(element.looks)) seen.add(element.looks);
    else if (element.matches(":is(pre, code, .sig) span:not(:has(*))")) element.remove();
    else if (!only_tokens) {
      for (const node of element.childNodes) if (node.nodeType == 3) node.data = "";
    }
  }
}"""


def ask_axe(tab):
    """Run axe on the page, in light and dark, without the parts that axe would take minutes for.

    Formulas become "x", and contrast is checked once per colour, size and background.
    """
    tab.eval_on_selector_all(".katex", "nodes => nodes.map(n => n.replaceWith('x'))")
    for theme in ("light", "dark"):
        turn(tab, theme)
        tab.evaluate(RECORD_LOOKS)
    tab.evaluate(THIN_OUT, True)
    run_axe(tab, rules={"color-contrast": {"enabled": False}, "target-size": {"enabled": True}})
    tab.evaluate(THIN_OUT, False)
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
def test_page_on_a_desktop(tab, server, page):
    look_at(tab, f"{server}/{page}")
    requests, size = weigh(tab)
    kind = "sliders" if tab.locator(".sliders").count() else "still"
    if requests > LIMITS[kind][0] or size > LIMITS[kind][1]:
        tab.faults.append(f"too heavy: {requests} requests, {size} bytes")
    ask_axe(tab)
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(360, {})], indirect=True, ids=["360"])
@pytest.mark.parametrize("page", BUILT)
def test_page_on_a_phone(tab, server, page):
    look_at(tab, f"{server}/{page}")
    ask_axe(tab)
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(1280, {"java_script_enabled": False})], indirect=True, ids=["-"])
@pytest.mark.parametrize("page", BUILT)
def test_page_without_scripts(tab, server, page):
    tab.goto(f"{server}/{page}")
    assert tab.locator("main h1:visible").count()
    assert all(tab.eval_on_selector_all("img", "nodes => nodes.map(n => n.naturalWidth)"))
    for answer in tab.locator("article details").all():
        answer.locator("summary").click()
        assert answer.locator(":scope > :not(summary)").first.is_visible()
    # The theme defines its colours only for light or dark; without scripts the page must be light.
    blue = "getComputedStyle(document.body).getPropertyValue('--pst-color-primary')"
    assert tab.evaluate(blue)
    assert not tab.faults, "\n".join(tab.faults)


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
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    found = tab.locator("#search-results li a").evaluate_all("nodes => nodes.map(n => n.href)")
    assert any(CHAPTER in address for address in found)
    tab.locator("#search-results li a").first.click()
    tab.wait_for_selector("article h1")
    assert not tab.faults, "\n".join(tab.faults)


def test_missing_page_links_back_to_the_book(tab, server):
    answer = tab.goto(f"{server}/no/such/page.html")
    assert answer.status == 404
    tab.locator(".bd-sidebar-primary a.logo").click()
    tab.wait_for_url(f"{server}{PREFIX}/intro.html")
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


def longest(block):
    return max(map(len, block.text.splitlines()))
