"""What every test runs under: the same output on CI as at home, no silent skip of the browser."""

import os

import pytest

NO_BROWSER = (
    "No browser was found, so the built pages were NOT opened.\n"
    "Get one with `sudo apt install chromium-headless-shell` (Debian) or\n"
    "`.venv/bin/playwright install chromium`, and run `make test` again.\n"
    "Everything else was checked."
)

# With CI set, pytest prints differences in full, which takes minutes for two drawings.
if os.environ.pop("CI", ""):
    os.environ["BROWSER_REQUIRED"] = "yes"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are cores: some wait for a browser or for a kernel."""
    return os.cpu_count() + 1


@pytest.fixture(scope="session")
def browser():
    """Chromium, from the system or downloaded by Playwright."""
    from playwright.sync_api import Error, sync_playwright  # slow to import, so only if needed

    from website.browser import launch

    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except Error:
            if os.environ.get("BROWSER_REQUIRED"):
                pytest.fail(NO_BROWSER)
            pytest.skip(NO_BROWSER)
        yield chromium
        chromium.close()


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
