"""`make rehearse`: nothing of a student's runs in the browser of whoever marks or reads feedback.

A submission tries every way into the page that is known. It is opened in Chromium as a feedback
page and in Formgrader, with both guards (only text and pictures are shown; a policy forbids
scripts), with each alone, and with none, which shows that the ways in would work.
"""

import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from tests.exercises.odd_submissions import NAME, cell_of, of, put
from tests.exercises.rehearse_grading import PYTHON, Course, formulas

PICTURE = "iVBORw0KGgoAAAANSUhEUg=="  # whether it is whole does not matter here
ELSEWHERE = "https://elsewhere.example"


def js(way):
    return f"(window.ran = window.ran || []).push('{way}')"


def image(way):
    """Return an image that cannot be loaded, and runs a script instead."""
    return f'<img src="x" onerror="{js(way)}">'


OUTPUTS = f"""\
from IPython.display import HTML, Markdown, display, publish_display_data

display(HTML('''<script>{js("script in HTML")}</script>{image("HTML")}'''))
script = "<script>(parent.ran = parent.ran || []).push('iframe')</script>"
display(HTML(f'''<iframe srcdoc="{{script}}"></iframe>'''))
display(HTML('''<img src="{ELSEWHERE}/html.png">'''))
display(HTML('''<link rel="stylesheet" href="{ELSEWHERE}/a.css">'''))
display(HTML('''<style>@import "{ELSEWHERE}/b.css";</style>'''))
display(Markdown('''{image("Markdown output")} [link](javascript:{js("output link")})'''))
way = '''{js("picture metadata")}'''
publish_display_data({{"image/png": "AAAA"}}, {{"image/png": {{"height": f'1" onerror="{{way}}'}}}})
way = '''{js("picture data")}'''
publish_display_data({{"image/png": f'AAAA" onerror="{{way}}'}})
publish_display_data({{"image/jpeg": f'AAAA" onerror="{{way}}'}})
publish_display_data({{"image/svg+xml": '''<svg onload="{js("SVG")}"></svg>'''}})
publish_display_data({{"text/latex": '''{image("LaTeX")}'''}})
publish_display_data({{"application/javascript": '''{js("JavaScript")}'''}})
publish_display_data({{"text/vnd.mermaid": '''{image("Mermaid")}'''}})
print('''{image("printed")}''')
"""
FORGED = f"""\
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content, kernel.get_parent(), kind.encode())
send("stream", name='''">{image("name of a stream")}''', text="x")
data = {{"text/html": '''{image("HTML of a result")}'''}}
send("execute_result", execution_count=None, metadata={{}}, data=data)
"""


def attack():
    """Return a submission that tries every way into the page."""
    notebook = of("attack", plateau=image("open answer") + f" ![]({ELSEWHERE}/open.png)")
    notebook.cells += [
        new_code_cell(OUTPUTS),
        new_code_cell(FORGED),
        new_code_cell(f"raise ValueError('''{image('error')}''')"),
        new_code_cell(f"# </pre></div>{image('code')}\n# <script>{js('script in code')}</script>"),
        new_markdown_cell(f"# {image('heading')}\n\n<script>{js('script in Markdown')}</script>"),
        new_markdown_cell(f"{image('Markdown')}\n\n[link](javascript:{js('link')})"),
        new_markdown_cell(
            f"[link][x] <javascript:{js('autolink')}>\n\n[x]: javascript:{js('ref')}"
        ),
        new_markdown_cell(f"</pre>{image('after pre')}"),
        new_markdown_cell(
            "![](attachment:a.png)",
            attachments={"a.png": {"image/png": f'AAAA" onerror="{js("attachment")}'}},
        ),
        new_markdown_cell("pasted", attachments={"b.png": {"image/png": PICTURE}}),
        new_raw_cell(image("raw"), metadata={"format": "text/html", "raw_mimetype": "text/html"}),
    ]
    cell_of(notebook, "entropy").metadata["tags"] = [f'">{image("tag")}']
    notebook.metadata["title"] = f"</title>{image('title')}"
    return notebook


# the ways that work in at least one of the pages if nothing guards it
LIVE = {"script in HTML", "HTML", "iframe", "Markdown output", "picture metadata", "open answer"}
LIVE |= {"heading", "script in Markdown", "Markdown", "link", "output link"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("pages"))
    put(course.root / "submissions" / "attack.ipynb", attack())
    course.grade(course.root / "submissions")
    assert not course.table()["attack"]["remark"].startswith("not graded")
    return course


@pytest.fixture(scope="module", params=["both", "text only", "policy", "none"])
def guarded(course, request, tmp_path_factory):
    """The course with one or both guards; `guards` tells which."""
    root = tmp_path_factory.mktemp("guarded") / "course"
    shutil.copytree(course.root, root)
    guarded = Course.__new__(Course)
    guarded.root, guarded.exercises, guarded.guards = root, root / "exercises", request.param
    if request.param in ("policy", "none"):
        guarded.change("nbgrader_config.py", "preprocessors = [harmless]", "preprocessors = []")
    if request.param in ("text only", "none"):
        for page in ("feedback", "formgrade"):
            guarded.change(f"templates/{page}/mathjax.html.j2", "<meta http-equiv", "<meta name")
    guarded.grade()
    return guarded


@pytest.fixture(scope="module")
def formgrader(guarded):
    """The address of the submission in Formgrader, as the lecturer starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=secret"]
    with (guarded.root / "lab.log").open("w") as log:
        lab = subprocess.Popen(
            [PYTHON.parent / "jupyter", "lab", *options],
            cwd=guarded.exercises,
            stdout=log,
            stderr=log,
        )
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api").close()
            break
        except OSError:
            time.sleep(0.5)
    with sqlite3.connect(guarded.exercises / "gradebook.db") as gradebook:
        ((number,),) = gradebook.execute("SELECT id FROM submitted_notebook").fetchall()
    page = f"/formgrader/submissions/{number}/"
    yield f"http://127.0.0.1:{port}/login?token=secret&next={page}"
    lab.terminate()
    lab.wait()


def opened(browser, address):
    """Open an address in a new tab, and note requests to other sites."""
    tab = browser.new_page()
    tab.foreign = []
    own = ("data:", "file:", "about:", address.split("/login")[0])

    def foreign(route):
        tab.foreign.append(route.request.url)
        route.abort()

    tab.route(lambda url: not url.startswith(own), foreign)
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    for link in tab.query_selector_all("a[href^='javascript' i]"):
        link.evaluate("link => link.click()")
    tab.wait_for_timeout(500)
    return tab


def check(tab, guarded):
    ran = set(tab.evaluate("window.ran") or [])
    if guarded.guards == "none":
        assert tab.foreign
        assert len(ran & LIVE) >= 5, f"only {ran} ran without a guard: the attacks are too weak"
    else:
        assert ran == set()
        assert tab.foreign == []


def test_nothing_runs_in_a_feedback_page(browser, guarded):
    tab = opened(browser, guarded.page("attack").as_uri())
    check(tab, guarded)
    if guarded.guards == "both":
        assert "<img src=" in tab.inner_text("body"), "as it was written"
        assert tab.locator("math").count() == formulas(NAME), "formulas are set"
        assert tab.locator(f"img[src='data:image/png;base64,{PICTURE}']").count() == 1
    tab.close()


def test_nothing_runs_in_formgrader(browser, guarded, formgrader):
    tab = opened(browser, formgrader)
    check(tab, guarded)
    tab.close()


def test_formgrader_still_saves_a_mark(browser, guarded, formgrader):
    if guarded.guards != "both":
        pytest.skip("only what is published has to work")
    tab = opened(browser, formgrader)
    tab.fill("#plateau", "2.5")
    tab.locator("#plateau").press("Escape")
    tab.wait_for_timeout(1000)
    tab.click(".glyphicon-eye-open.name-hidden")
    assert tab.locator("a.name-shown").is_visible(), "the student's name can be shown"
    tab.close()
    with sqlite3.connect(guarded.exercises / "gradebook.db") as gradebook:
        marks = gradebook.execute("SELECT manual_score FROM grade WHERE manual_score").fetchall()
    assert marks == [(2.5,)]
