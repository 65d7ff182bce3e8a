"""The browser that the pages are opened in, and a loud word at the end when there is none."""

import os
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import Error, sync_playwright

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
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    system = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        try:
            if not system and not os.path.exists(playwright.chromium.executable_path):
                print("Downloading a browser (about 150 MB)", file=sys.stderr)
                subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
            chromium = playwright.chromium.launch(
                executable_path=system,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
        except Error:
            if ON_CI:
                pytest.fail(NO_BROWSER)
            pytestconfig.stash[browser_missing] = True
            pytest.skip("no browser")
        yield chromium
        chromium.close()


browser_missing = pytest.StashKey[bool]()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    if config.stash.get(browser_missing, False):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
