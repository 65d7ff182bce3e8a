"""What must hold of the built pages: links, pictures, and what a browser makes of them."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup

import xent_lib

SITE = Path(__file__).parent.parent / "_build" / "html"
BUILT = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path.name != "index.html" and "_static" not in path.parts
)
WINDOWS = {"desktop": (1280, 900), "phone": (390, 844)}


def test_the_book_is_built():
    assert BUILT, "run `make book` first"


@functools.cache
def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def anchors(page):
    return {tag["id"] for tag in parse(page).find_all(id=True)} | {"", "top"}


@pytest.mark.parametrize("page", BUILT)
def test_links_and_pictures_lead_somewhere(page):
    broken = []
    for tag in parse(page).find_all(["a", "link", "img", "script"]):
        address = tag.get("href") or tag.get("src") or ""
        parts = urlsplit(address)
        if not address or parts.scheme or parts.netloc:
            continue
        target = (SITE / page).parent / unquote(parts.path) if parts.path else SITE / page
        fragment = urldefrag(address).fragment
        if not target.exists():
            broken.append(address)
        elif fragment and target.suffix == ".html":
            if fragment not in anchors(target.resolve().relative_to(SITE.resolve()).as_posix()):
                broken.append(address)
    assert not broken


@pytest.mark.parametrize("page", BUILT)
def test_pictures_have_alt_text(page):
    for picture in parse(page).find_all("img"):
        alt = picture.get("alt", "")
        assert alt and not alt.endswith((".svg", ".png", ".jpg")), picture


@pytest.mark.parametrize("name", xent_lib.__all__)
def test_every_public_name_stands_in_the_reference(name):
    documented = getattr(xent_lib, name)
    assert f"{documented.__module__}.{name}" in anchors("library.html")
    assert isinstance(documented, type) or ">>>" in documented.__doc__


@pytest.fixture(scope="module")
def server():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", BUILT)
def test_page_in_a_browser(browser, server, page, theme, window):
    width, height = WINDOWS[window]
    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
    try:
        faults = []
        tab.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else 0)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
        tab.route(
            lambda url: not url.startswith(server),
            lambda route: (faults.append(f"third party: {route.request.url}"), route.abort()),
        )
        tab.goto(f"{server}/{page}", wait_until="networkidle")

        assert tab.evaluate("document.documentElement.dataset.theme") == theme
        formulas = tab.locator("span.math, div.math").count()
        if formulas:
            rendered = "document.querySelectorAll('.math mjx-container').length"
            tab.wait_for_function(f"{rendered} >= {formulas}")
        faults += tab.eval_on_selector_all(
            "mjx-merror", "nodes => nodes.map(n => 'bad formula: ' + n.textContent)"
        )
        faults += tab.eval_on_selector_all(
            "img", "nodes => nodes.filter(n => !n.naturalWidth).map(n => 'no picture: ' + n.src)"
        )
        wider = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert not faults
        assert wider <= 0, f"the page is {wider} pixels wider than the window"
    finally:
        tab.close()
