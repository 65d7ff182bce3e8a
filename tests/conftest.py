"""Settings for all tests: the same output with and without CI, no silent skip of browser tests."""

import os

import pytest

NO_BROWSER = (
    "No browser was found, so the tests did NOT open the built pages.\n"
    "Install one with `sudo apt install chromium` or `.venv/bin/playwright install chromium`,\n"
    "then run `make test` again. All other tests have run."
)

# With CI set, pytest prints differences in full, which takes minutes for SVG drawings.
if os.environ.pop("CI", ""):
    os.environ["BROWSER_REQUIRED"] = "yes"


def pytest_collection_modifyitems(items):
    """Run all cells of a notebook on one worker, because they share a kernel."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
