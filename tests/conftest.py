"""What every test runs under: the same output on CI as at home, no silent skip of the browser."""

import os

import pytest

NO_BROWSER = (
    "No browser was found, so the built pages were NOT opened.\n"
    "Get one with `sudo apt install chromium`, or `.venv/bin/playwright install chromium`,\n"
    "and run `make test` again. Everything else was checked."
)

# With CI set, pytest prints differences in full, which takes minutes for two drawings.
if os.environ.pop("CI", ""):
    os.environ["BROWSER_REQUIRED"] = "yes"


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items):
    """Give one worker the cells of a notebook, and the examples of a module: they share state."""
    for item in items:
        if item.path.suffix == ".ipynb" or isinstance(item, pytest.DoctestItem):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
