"""What a browser makes of the pages: desktop, phone, light, dark, with and without scripts."""

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TooLong
from pypdf import PdfReader

from tests.book.notebooks import ROOT
from tests.book.pages import BUILT, CHAPTER, SITE, parse
from website.browser import pdf

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


def turn_dark(tab):
    tab.emulate_media(color_scheme="dark")
    try:
        dark = "document.documentElement.dataset.theme == 'dark'"
        tab.wait_for_function(dark, timeout=2000)
    except TooLong:
        tab.faults.append("the page does not turn dark")


def ask_axe(tab, **options):
    """Let axe look for what keeps people out. An x stands for a formula, which it is slow with."""
    tab.eval_on_selector_all(".katex", "nodes => nodes.map(n => n.replaceWith('x'))")
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
def test_page_on_a_desktop(tab, server, weights, page):
    look_at(tab, f"{server}/{page}")
    weights[page] = requests, size = weigh(tab)
    kind = "sliders" if tab.locator(".sliders").count() else "still"
    if requests > LIMITS[kind][0] or size > LIMITS[kind][1]:
        tab.faults.append(f"too heavy: {requests} requests, {size} bytes")
    ask_axe(tab)
    turn_dark(tab)
    ask_axe(tab, runOnly=["color-contrast"])  # of what axe looks at, the colours alone change
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(360, {})], indirect=True, ids=["360"])
@pytest.mark.parametrize("page", BUILT)
def test_page_on_a_phone(tab, server, page):
    look_at(tab, f"{server}/{page}")
    ask_axe(tab)
    turn_dark(tab)
    ask_axe(tab, runOnly=["color-contrast"])
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
    # Light, not neither light nor dark.
    blue = "getComputedStyle(document.body).getPropertyValue('--pst-color-primary')"
    assert tab.evaluate(blue)
    assert not tab.faults, "\n".join(tab.faults)


def test_stated_weights_are_the_measured(weights):
    stated = (ROOT / "benchmarks" / "weight.md").read_text("utf-8")
    for page, (requests, size) in weights.items():
        row = re.search(rf"`{re.escape(page)}` \| (\d+) \| (\d+) ", stated)
        assert row, f"{page} is not in the table: run `make weight`"
        assert abs(int(row[1]) - requests) <= 2, f"{page}: run `make weight`"
        assert int(row[2]) == pytest.approx(size / 1000, rel=0.1), f"{page}: run `make weight`"


def press_tab_until(tab, selector):
    for _ in range(400):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_by_keyboard_alone(tab, server):
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


def test_page_that_does_not_exist(tab, server):
    answer = tab.goto(f"{server}/no/such/page.html")
    assert answer.status == 404
    tab.locator(".bd-sidebar-primary a.logo").click()
    tab.wait_for_url(f"{server}/intro.html")
    assert [fault for fault in tab.faults if "404" not in fault] == []


def test_print(browser, tmp_path):
    pdf.print_page(browser, (SITE / CHAPTER).as_uri(), tmp_path / "page.pdf")
    printed = PdfReader(tmp_path / "page.pdf")
    pages = [page.extract_text().split() for page in printed.pages]
    assert "Exercises" in str(printed.outline)
    assert [page[-1] for page in pages[:3]] == ["1", "2", "3"]
    # An answer is unfolded, code goes to the end of its lines, and the sidebar is not printed.
    article = parse(CHAPTER).find("article")
    words = "".join(word for page in pages for word in page[:-1])  # code may go over a page
    for block in [*article.select("details pre")[:2], max(article.select("pre"), key=longest)]:
        assert "".join(block.text.split()) in words
    assert "Skiptomaincontent" not in words


def longest(block):
    return max(map(len, block.text.splitlines()))
