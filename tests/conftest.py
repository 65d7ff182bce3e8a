"""What every test runs under: the same output on CI as at home, no silent skip of the browser."""

import os

NO_BROWSER = (
    "No browser was found, so the built pages were NOT opened.\n"
    "Get one with `sudo apt install chromium-headless-shell` (Debian) or\n"
    "`.venv/bin/playwright install chromium`, and run `make test` again.\n"
    "Everything else was checked."
)

# With CI set, pytest prints differences in full, which takes minutes for two drawings.
if os.environ.pop("CI", ""):
    os.environ["BROWSER_REQUIRED"] = "yes"


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
