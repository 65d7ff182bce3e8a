"""Launch Chromium for the tests, the PDF and the screenshots."""

import os
import shutil
import subprocess
import sys


def launch(playwright):
    """Launch the Chromium or Chrome of the system; without one, download Playwright's."""
    # The headless shell needs a third of the time: it draws no window around a page.
    names = ("chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable")
    system = next(filter(None, map(shutil.which, names)), None)
    if not system and not os.path.exists(playwright.chromium.executable_path):
        print("Downloading a browser (about 150 MB)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    return playwright.chromium.launch(
        executable_path=system,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
