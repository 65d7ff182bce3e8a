"""Fixtures for tests of pages and slides: a browser, a web server and a tab that records faults."""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.book.notebooks import ROOT
from tests.book.pages import PREFIX, SITE

PARTS = ["back_matter", "benchmarks", "chapters", "exercises", "tests", "website", "xent_lib"]
PARTS += ["_config.yml", "_toc.yml", "index.md", "pyproject.toml"]
FEW_PAGES = """
format: jb-book
root: index
chapters:
  - file: chapters/03_cross_entropy
  - file: back_matter/running
"""


@pytest.fixture
def project(tmp_path):
    """A copy of the project, to change at will."""
    heavy = shutil.ignore_patterns("node_modules", "__pycache__", "release")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tmp_path / part, ignore=heavy)
        else:
            shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "website" / "node_modules").symlink_to(ROOT / "website" / "node_modules")
    return tmp_path


@pytest.fixture
def small_project(project):
    """A copy with two pages in its table of contents, so that building it takes seconds."""
    (project / "_toc.yml").write_text(FEW_PAGES, encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def server():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def translate_path(self, path):
            return super().translate_path(path.removeprefix(PREFIX))

        def send_error(self, code, message=None, explain=None):
            self.send_response(code)
            self.end_headers()
            page = SITE / "404.html"  # not in the small sites of test_planted_faults.py
            self.wfile.write(page.read_bytes() if page.exists() else b"")

    handler = functools.partial(Quiet, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def tab(browser, server, request):
    """A new tab that records everything that goes wrong in ``tab.faults``."""
    width, options = getattr(request, "param", (1280, {}))
    tab = browser.new_page(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
    )
    tab.faults, tab.sizes = [], []
    tab.on("console", lambda m: tab.faults.append(m.text) if m.type in ("error", "warning") else 0)
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("requestfailed", lambda request: tab.faults.append(f"failed: {request.url}"))
    tab.on("response", lambda response: tab.sizes.append(response))
    ours = (server, "data:")
    tab.on(
        "request",
        lambda request: (
            0 if request.url.startswith(ours) else tab.faults.append(f"third party: {request.url}")
        ),
    )
    yield tab
    tab.close()
