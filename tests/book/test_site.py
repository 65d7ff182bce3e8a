"""What must hold of the built pages: links, pictures, and what a browser makes of them."""

import functools
import gzip
import os
import re
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import TimeoutError as TooLong
from pypdf import PdfReader

import xent_lib

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
BUILT = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path.name != "index.html" and not {"_static", "slides"} & set(path.parts)
)
CHAPTER = next((page for page in BUILT if page.startswith("chapters/03")), "no chapter")
LIMITS = {"still": (30, 420_000), "sliders": (34, 620_000)}  # requests, bytes compressed
# Signs of Markdown that was not understood, in text that is neither code nor formula.
RAW = re.compile(r"\{[\w:-]+\}`|:::|```|\$\$|\\\(|\\\[|\]\(|\*\*|\{\{|^#+ ", re.MULTILINE)


def test_the_book_is_built():
    assert BUILT, "run `make book` first"


# --- what can be read off the files --------------------------------------------------------------


@functools.cache
def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors(page):
    return {tag["id"] for tag in parse(page).find_all(id=True)} | {"", "top"}


@pytest.mark.parametrize("page", BUILT)
def test_links_and_pictures_lead_somewhere(page):
    broken = []
    for tag in parse(page).find_all(["a", "link", "img", "script", "object"]):
        address = tag.get("href") or tag.get("src") or tag.get("data") or ""
        parts = urlsplit(address)
        if not address or parts.scheme or parts.netloc:
            continue
        folder = SITE if address.startswith("/") else (SITE / page).parent
        target = folder / unquote(parts.path).lstrip("/") if parts.path else SITE / page
        fragment = urldefrag(address).fragment
        if not target.exists():
            broken.append(address)
        elif fragment and target.suffix == ".html":
            if fragment not in anchors(target.resolve().relative_to(SITE.resolve()).as_posix()):
                broken.append(address)
    assert not broken


def test_style_sheets_lead_somewhere():
    for sheet in SITE.rglob("*.css"):
        for address in re.findall(r'url\("?(?!"?data:|"?#)([^")]+)', sheet.read_text("utf-8")):
            assert (sheet.parent / address).exists(), address


def icons_without_drawing(site, page):
    """The build puts the icons into the style sheet. Other classes say how, not which."""
    drawn = re.findall(r"\.(fa-[\w-]+):before", (site / "_static/book-all.css").read_text("utf-8"))
    named = re.findall(r"fa-[\w-]+", str(page.select('[class*="fa-"], script:not([src])')))
    return set(named) - set(drawn) - {"fa-lg", "fa-solid", "fa-brands", "fa-regular"}


@pytest.mark.parametrize("page", BUILT)
def test_icons_are_drawn(page):
    assert not icons_without_drawing(SITE, parse(page))


def test_no_script_is_there_for_nothing():
    used = {
        os.path.normpath((SITE / page).parent / urlsplit(tag["src"]).path)
        for page in BUILT
        for tag in parse(page).find_all("script", src=True)
    }
    there = {
        os.path.normpath(path)
        for path in SITE.rglob("*.js")
        if not {"vendor", "slides"} & {*path.parts}
    }
    assert not there - used


@pytest.mark.parametrize("page", BUILT)
def test_pictures_have_alt_text(page):
    pictures = parse(page).select('img, svg, object, embed, [role="img"]')
    for picture in pictures:
        if picture.find_parent(attrs={"aria-hidden": "true"}) or picture.get("aria-hidden"):
            continue
        title = picture.find("title")
        text = picture.get("alt") or picture.get("aria-label") or (title.text if title else "")
        assert " " in text.strip(), f"no description, or the name of a file: {str(picture)[:200]}"


@pytest.mark.parametrize("page", BUILT)
def test_formulas_and_markup_are_rendered(page):
    article = BeautifulSoup(str(parse(page).find("article") or ""), "html.parser")
    for formula in article.select(".math"):
        # For the eyes, and for screen readers.
        assert formula.select(".katex-html") and formula.select(".katex-mathml math"), formula
    assert not article.select(".katex-error")
    for tag in article.select("pre, code, .katex, script, style"):
        tag.decompose()
    assert not RAW.findall(article.get_text())


@pytest.mark.parametrize("name", xent_lib.__all__)
def test_every_public_name_stands_in_the_reference(name):
    documented = getattr(xent_lib, name)
    assert f"{documented.__module__}.{name}" in anchors("library.html")
    assert isinstance(documented, type) or ">>>" in documented.__doc__


# --- what a browser makes of them ----------------------------------------------------------------


@pytest.fixture(scope="module")
def server():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def send_error(self, code, message=None, explain=None):
            self.send_response(code)
            self.end_headers()
            self.wfile.write((SITE / "404.html").read_bytes())

    handler = functools.partial(Quiet, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def tab(browser, server, request):
    """A fresh tab; everything that goes wrong in it is written into ``tab.faults``."""
    width, options = getattr(request, "param", (1280, {}))
    tab = browser.new_page(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
    )
    tab.faults, tab.sizes = [], []
    tab.on("console", lambda m: tab.faults.append(m.text) if m.type in ("error", "warning") else 0)
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("requestfailed", lambda request: tab.faults.append(f"failed: {request.url}"))
    tab.on("response", lambda response: tab.sizes.append(response))
    tab.route(
        lambda url: not url.startswith((server, "data:")),
        lambda route: (tab.faults.append(f"third party: {route.request.url}"), route.abort()),
    )
    yield tab
    tab.close()


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


def test_with_addresses(tmp_path):
    repository, url = "https://github.com/owner/of-it", "https://owner.example/of-it"
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    done = subprocess.run(
        [*command, "--path-output", tmp_path],
        cwd=ROOT,
        env=os.environ | {"BOOK_REPOSITORY": repository, "BOOK_URL": url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / "_build" / "html"
    page = BeautifulSoup((site / CHAPTER).read_text("utf-8"), "html.parser")
    links = {tag["href"] for tag in page.find_all(["a", "link"], href=True)}
    notebook = CHAPTER.replace(".html", ".ipynb")
    assert {
        f"https://mybinder.org/v2/gh/owner/of-it/main?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/owner/of-it/blob/main/{notebook}",
        f"{repository}/edit/main/{notebook}",
        f"../_sources/{notebook}",
        f"{url}/{CHAPTER}",
    } <= links
    cards = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=True)}
    assert cards["og:image"] == f"{url}/_static/card.png"
    assert cards["og:title"] and cards["og:description"]
    assert f"<loc>{url}/{CHAPTER}</loc>" in (site / "sitemap.xml").read_text("utf-8")
    assert f"git+{repository}" in (site / "running.html").read_text("utf-8")
    assert page.select(".fa-github") and not icons_without_drawing(site, page)
    lost = BeautifulSoup((site / "404.html").read_text("utf-8"), "html.parser")
    assert lost.select_one('link[rel="stylesheet"]')["href"].startswith("/of-it/_static/")
