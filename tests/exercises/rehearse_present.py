"""`make rehearse`: the slides of `make present`, in a browser that refuses foreign addresses."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest

from website.present import FOLDER, ROOT

ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def slides(browser, tmp_path_factory):
    """The slides of chapter 3, the addresses they asked for, and what JupyterLab printed."""
    data = tmp_path_factory.mktemp("jupyter")
    environment = os.environ | {"JUPYTER_DATA_DIR": str(data), "JUPYTER_PATH": str(data)}
    subprocess.run([sys.executable, "-m", "website.present"], cwd=ROOT, env=environment, check=True)
    command = [ROOT / ".venv-grading" / "bin" / "jupyter", "lab", FOLDER, "--no-browser"]
    command += ["--config", ROOT / "website" / "present_config.py", "--allow-root"]
    command += ["--port=8765", "--ServerApp.port_retries=0", "--IdentityProvider.token=rehearsal"]
    with (
        (data / "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as lab,
    ):
        try:
            wait_for(ADDRESS)
            tab = browser.new_page(viewport={"width": 1280, "height": 720})
            tab.set_default_timeout(120_000)  # milliseconds; a busy machine is slow
            foreign = []
            tab.route("**/*", lambda route: refuse_foreign(route, foreign))
            tab.goto(f"{ADDRESS}/rise/03_cross_entropy.ipynb?token=rehearsal")
            tab.wait_for_selector(".reveal section.present .jp-RenderedMarkdown li")
            tab.wait_for_selector(".jp-OutputArea-output svg", state="attached")
            tab.wait_for_timeout(3000)  # styles arrive one after the other
            yield tab, foreign, data / "log"
            tab.close()
        finally:
            lab.terminate()


def wait_for(address):
    for _ in range(120):
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("JupyterLab did not start within a minute")


def refuse_foreign(route, foreign):
    if route.request.url.startswith((ADDRESS, "data:", "blob:")):
        route.continue_()
    else:
        foreign.append(route.request.url)
        route.abort()


def test_slides_ask_for_nothing_from_elsewhere(slides):
    assert slides[1] == []


def test_jupyterlab_prints_no_messages(slides):
    assert slides[2].read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("element", "least"),
    [
        (".jp-RenderedMarkdown p", 26),
        (".jp-RenderedMarkdown li", 26),
        (".cm-content", 20),
        (".jp-OutputArea-output pre", 20),
    ],
)
def test_text_is_large_on_a_screen_of_1280_pixels(slides, element, least):
    size = slides[0].eval_on_selector(element, "e => getComputedStyle(e).fontSize")
    assert float(size.removesuffix("px")) >= least


def test_slides_show_no_raw_markup_and_all_pictures(slides):
    text = slides[0].locator("body").inner_text()
    assert "{term}" not in text and "{cite" not in text
    assert "<Figure size" not in text
