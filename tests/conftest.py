"""What tests share: the browser for the pages, and a loud word when there is none; page weights."""

import os
from pathlib import Path

import pytest
from browser import launch
from playwright.sync_api import Error, sync_playwright

from xent_lib import plotting

# On CI pytest prints differences in full, and takes many minutes over those of two drawings.
ON_CI = os.environ.pop("CI", "")

NO_BROWSER = (
    "No browser was found, so the built pages were NOT opened and looked at.\n"
    "Get one with `sudo apt install chromium`, or `.venv/bin/playwright install chromium`,\n"
    "and run `make test` again. All the rest was checked."
)


@pytest.fixture(scope="session")
def browser(pytestconfig):
    """Chromium: the system's, or the one that Playwright downloads."""
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except Error:
            if ON_CI:
                pytest.fail(NO_BROWSER)
            pytestconfig.stash[browser_missing] = True
            pytest.skip("no browser")
        yield chromium
        chromium.close()


@pytest.fixture
def book_style():
    """Figures as the chapters draw them."""
    plotting.use_book_style()


@pytest.fixture(scope="session")
def weights(pytestconfig):
    """What each page asks for: its name, and how many requests and bytes, compressed."""
    return pytestconfig.stash.setdefault(page_weights, {})


browser_missing = pytest.StashKey[bool]()
page_weights = pytest.StashKey[dict]()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    if config.stash.get(browser_missing, False):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
    if weights := config.stash.get(page_weights, {}):
        terminalreporter.section("what the pages weigh")
        for page, (requests, size) in weights.items():
            terminalreporter.line(f"{page:40} {requests:3} requests {size / 1000:5.0f} KB")
        rows = "".join(
            f"| `{page}` | {requests} | {size / 1000:.0f} |\n"
            for page, (requests, size) in weights.items()
        )
        table = "| page | requests | KB, compressed |\n|---|---|---|\n" + rows
        build = Path(config.rootpath, "_build")
        build.joinpath("weight.md").write_text(table, encoding="utf-8")
