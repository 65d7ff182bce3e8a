"""Tests of the tests: each fault planted in a copy of the project must fail the right test."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.notebooks import ROOT

CHAPTER = "chapters/03_cross_entropy.ipynb"


def run_tests(project, name, *options):
    """Run one test file in the copy."""
    return run(project, "pytest", "-p", "no:nbval", "-o", "addopts=", f"tests/{name}", *options)


def run(project, *command):
    """Run a tool of the environment in the copy; imports find the copy's xent_lib first."""
    tool, *arguments = command
    done = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def edit(project, change, path=CHAPTER):
    """Apply ``change`` to a notebook's cells, as a dict by id, and to the notebook."""
    notebook = json.loads((project / path).read_text(encoding="utf-8"))
    change({cell["id"]: cell for cell in notebook["cells"]}, notebook)
    (project / path).write_text(json.dumps(notebook), encoding="utf-8")


def text_of(project, path):
    return (project / path).read_text(encoding="utf-8")


def replace(project, path, old, new):
    text = text_of(project, path)
    assert old in text
    (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")


# --- faults that the tests of notebooks must catch ----------------------------------------------


def strip_outputs(cells, notebook):
    for cell in cells.values():
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def forget_to_run(cells, notebook):
    cells["kl-check"]["execution_count"] = None


def remove_figure(cells, notebook):
    del cells["gibbs-figure"]["outputs"][0]["data"]["image/svg+xml"]


def small_letters(cells, notebook):
    drawing = cells["surprise-figure"]["outputs"][0]["data"]["image/svg+xml"]
    row = next(i for i, line in enumerate(drawing) if "scale(0.11 " in line)
    drawing[row] = drawing[row].replace("scale(0.11 -0.11)", "scale(0.1 -0.1)")


def empty_alt_text(cells, notebook):
    cells["gibbs-figure"]["metadata"]["mystnb"]["image"]["alt"] = ""


def unexpected_error(cells, notebook):
    error = {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
    cells["kl-check"]["outputs"] = [error]


def machine_path(cells, notebook):
    cells["kl-check"]["outputs"][0]["text"] += ["/home/someone/book/chapters\n"]


def execution_time(cells, notebook):
    cells["kl-check"]["metadata"]["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}


def stray_kernel(cells, notebook):
    notebook["metadata"]["kernelspec"]["name"] = "my-env"


def uncomputed_number(cells, notebook):
    cells["kl"]["source"] += ["\nIts value is 0.7312 nats."]


def uncomputed_negative_number(cells, notebook):
    cells["kl"]["source"] += ["\nIts slope is $-0.7312$."]


def uncomputed_number_in_caption(cells, notebook):
    cells["gibbs-figure"]["metadata"]["mystnb"]["figure"]["caption"] += " It is 0.7312 nats."


def conclusion_without_proof(cells, notebook):
    cells["kl"]["source"] += ["\n\nThis never happens."]


FAULTS = {
    strip_outputs: "test_every_code_cell_has_output",
    forget_to_run: "test_every_cell_was_run_in_order",
    remove_figure: "test_figures_have_caption_alt_text_and_drawing",
    small_letters: "test_text_in_figures_is_eleven_pixels_high_on_a_phone",
    empty_alt_text: "test_figures_have_caption_alt_text_and_drawing",
    unexpected_error: "test_nothing_on_stderr_and_no_unexpected_error",
    machine_path: "test_no_machine_paths_and_no_stray_metadata",
    execution_time: "test_no_machine_paths_and_no_stray_metadata",
    stray_kernel: "test_no_machine_paths_and_no_stray_metadata",
    uncomputed_number: "test_every_number_in_the_prose_is_computed",
    uncomputed_negative_number: "test_every_number_in_the_prose_is_computed",
    uncomputed_number_in_caption: "test_every_number_in_the_prose_is_computed",
    conclusion_without_proof: "test_every_conclusion_names_its_proof",
}


def test_tests_of_notebooks_catch(project):
    """Each fault is planted in a copy of its own of the chapter, so that one run tries them all."""
    for fault in FAULTS:
        shutil.copy(project / CHAPTER, project / f"chapters/{fault.__name__}.ipynb")
        edit(project, fault, f"chapters/{fault.__name__}.ipynb")
    rooms = ("book/test_notebooks.py", "tests/book/test_conclusions.py")
    code, output = run_tests(project, *rooms)
    assert code == 1
    failed = "\n".join(line for line in output.splitlines() if line.startswith("FAILED"))
    missed = [
        fault.__name__
        for fault, caught_by in FAULTS.items()
        if f"::{caught_by}[{fault.__name__}]" not in failed
    ]
    assert not missed
    assert "[03_cross_entropy]" not in failed


def test_tests_of_pages_catch_numbers_that_nothing_computes(project):
    replace(project, "back_matter/wild.md", "22029.5", "22029.6")
    replace(project, "back_matter/symptoms.md", "87.34", "87.35")
    rooms = ("book/test_wild.py", "tests/book/test_notebooks.py")
    code, output = run_tests(project, *rooms, "-k", "nemo or lse or md")
    assert code == 1
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    assert [line.partition("[")[2].partition("]")[0] for line in failed] == [
        "nemo",
        "back_matter/symptoms.md",
    ]


def test_chapter_left_out_of_a_list_is_caught(project):
    replace(project, "index.md", "[Cross-entropy](chapters/03_cross_entropy.ipynb)", "")
    (project / "README.md").write_text("", encoding="utf-8")
    code, output = run_tests(project, "book/test_chapter_lists.py", "-k", "03_")
    assert code == 1
    assert "README.md: add `N. [Title](chapters/03_cross_entropy.ipynb): what" in output
    assert "index.md: add `N. ![What it shows](chapters/03_cross_entropy.ipynb#fig-" in output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("*35 minutes*", "*30 minutes*"),
        (" 7.5 hours", " 8.0 hours"),
        ("12 chapters", "13 chapters"),
        ("you got 0.878373", "you got 0.878374"),
    ],
)
def test_wrong_number_on_the_front_page_is_caught(project, right, wrong):
    replace(project, "index.md", right, wrong)
    code, output = run_tests(project, "book/test_notebooks.py", "-k", "front_page")
    assert code == 1
    caught_by = "example_on_the_front_page" if "got" in right else "front_page_says_how_long"
    assert f"::test_{caught_by}" in output


def refutation_without_assert(cells, notebook):
    source = cells["wrong-zero"]["source"]
    cells["wrong-zero"]["source"] = [line for line in source if "assert " not in line]


def moved_to_another_heading(cells, notebook):
    cells["wrong-table"]["source"] += ["\n### Another heading\n"]


def another_result(cells, notebook):
    cells["batch-check"]["outputs"][0]["text"] = ["as before\n"]


@pytest.mark.parametrize(
    ("fault", "caught_by"),
    [
        (refutation_without_assert, "test_idea_is_in_the_stated_section[S1-8-03]"),
        (moved_to_another_heading, "test_idea_is_in_the_stated_section[S1-8-03]"),
        (another_result, "test_worked_numbers_appear_in_outputs[03 batch of three"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_tests_of_ideas_catch(project, fault, caught_by):
    edit(project, fault)
    code, output = run_tests(project, "book/test_ideas.py")
    assert code == 1
    assert f"FAILED tests/book/test_ideas.py::{caught_by}" in output


# --- faults that the tests of exercises must catch ----------------------------------------------

EXERCISES = "exercises/source/03_cross_entropy/03_cross_entropy.ipynb"
CHECKS = ["xent_lib/feedback/chapter_03.py", "xent_lib/feedback/__init__.py"]


@pytest.mark.parametrize(
    ("old", "new", "caught_by"),
    [
        ("return -(p * logs)", "return (p * logs)", "test_solutions_score_full_marks"),
        ('"points": 3', '"points": 2', "test_headings_state_the_points_of_the_metadata"),
        ("### END HIDDEN TESTS", "###", "test_student_version_contains_no_solution"),
        ("### END SOLUTION", "###", "test_student_version_contains_no_solution"),
        ("This is in bits.", "Good.", "test_wrong_answer_fails_with_its_message"),
        ("raise NotImplementedError", "pass", "test_unsolved_version_scores_nothing"),
        ('("score-task", "score")', '("score",)', "test_page_omits_the_score"),
        ("cell.id not in SCORE_CELLS", 'cell.id[:3] != "ent"', "test_page_has_every_exercise"),
        ("right=entropy,", "right=cross_entropy,", "test_right_answer_passes"),
        ('check_exercise(\\"03.2\\")', "x = 1", "test_checks_are_calls_that_bind_no_name"),
        ("return 0, f", "return 1, f", "test_nothing_unwritten_gets_points"),
    ],
)
def test_tests_of_exercises_catch(project, old, new, caught_by):
    paths = [EXERCISES, "exercises/generate.py", *CHECKS]
    replace(project, next(path for path in paths if old in text_of(project, path)), old, new)
    only = f"{caught_by} and 03_cross_entropy"
    code, output = run_tests(project, "exercises/test_exercises.py", "-k", only)
    assert code == 1
    assert f"FAILED tests/exercises/test_exercises.py::{caught_by}" in output


# --- faults that re-running a chapter must catch ------------------------------------------------


def test_nbval_catches(project):
    def plant(cells, notebook):
        text = cells["batch-check"]["outputs"][0]["text"]
        assert "0.612167" in text[-1]
        text[-1] = text[-1].replace("0.612167", "0.612168")
        drawing = cells["surprise-figure"]["outputs"][0]["data"]["image/svg+xml"]
        row = next(i for i, line in enumerate(drawing) if "stroke-width" in line)
        drawing[row] = drawing[row].replace("stroke-width: ", "stroke-width: 1")
        cells["wrong-sigmoids-check"]["source"].insert(0, "raise ValueError('unsaid')\n")

    edit(project, plant)
    cells = json.loads((project / CHAPTER).read_text(encoding="utf-8"))["cells"]
    position = {
        cell["id"]: i for i, cell in enumerate(c for c in cells if c["cell_type"] == "code")
    }
    code, output = run(project, "pytest", "-q", "-p", "no:cacheprovider", CHAPTER)
    failed = {line.split(" - ")[0] for line in output.splitlines() if line.startswith("FAILED")}
    planted = ("batch-check", "surprise-figure", "wrong-sigmoids-check")
    assert code == 1
    assert failed == {f"FAILED {CHAPTER}::Cell {position[cell]}" for cell in planted}


def test_flipped_sign_in_the_library_is_caught(project):
    replace(project, "xent_lib/information.py", "return 0 - log(p)", "return 0 + log(p)")
    edit(project, lambda cells, notebook: notebook.update(cells=notebook["cells"][:15]))
    code, output = run(project, "pytest", "-q", CHAPTER, "tests/library/test_information.py")
    assert code == 1
    assert f"FAILED {CHAPTER}::Cell" in output
    assert "FAILED tests/library/test_information.py::" in output


# --- faults that the build must catch -----------------------------------------------------------


def test_build_catches(small_project):
    replace(
        small_project,
        "index.md",
        "## For lecturers",
        "See {eq}`eq-nowhere`, {cite}`nobody1900` and [](#no-such-section).\n\n"
        "![a picture that is not there](no-such-picture.png) $\\nosuchcommand$\n\n"
        "![a figure](chapters/03_cross_entropy.ipynb#fig-nowhere)\n\n## For lecturers",
    )
    code, output = run(small_project, "jupyter-book", "build", ".", "-W", "-n", "--keep-going")
    assert code != 0
    for name in (
        "eq-nowhere",
        "nobody1900",
        "no-such-section",
        "no-such-picture.png",
        "fig-nowhere",
        "nosuchcommand",
    ):
        assert any("WARNING" in line and name in line for line in output.splitlines()), name


def test_link_check_catches(project):
    site = project / "_build" / "html"
    site.mkdir(parents=True)
    broken = '<a href="gone.html">x</a><a href="#nowhere">y</a><img src="p">'
    (site / "page.html").write_text(broken)
    (site / "named.html").write_text('<img src="page.html" alt="figure-3.svg">')
    (site / "drawn.html").write_text('<div role="img"><svg></svg></div>')
    (site / "raw.html").write_text("<article>{term}`margin` <p>$$x$$</p></article>")
    (site / "formula.html").write_text('<article><span class="math">x</span></article>')
    (site / "index.html").write_text(
        '<section id="s"><h2>Negative loss</h2></section>'
        '<ul class="cards"><li><a href="index.html#s">stuck at 2.303</a></li></ul>'
    )
    (site / "icon.html").write_text('<i class="fa-solid fa-gone"></i>')
    (site / "_static").mkdir()
    (site / "_static" / "book-all.css").write_text(".fa-here:before { content: 'x' }")
    (site / "left-over.js").write_text("")
    (site / "site.css").write_text("body { background: url(gone.png) }")
    checks = "targets or alt_text or rendered or unused or drawn or symptoms"
    code, output = run_tests(project, "book/test_pages.py", "-k", checks)
    assert code == 1
    for failed in (
        "test_links_and_pictures_have_targets[page.html]",
        "test_pictures_have_alt_text[page.html]",
        "test_pictures_have_alt_text[named.html]",
        "test_pictures_have_alt_text[drawn.html]",
        "test_formulas_and_markup_are_rendered[raw.html]",
        "test_formulas_and_markup_are_rendered[formula.html]",
        "test_icons_are_drawn[icon.html]",
        "test_no_unused_scripts",
        "test_symptoms_on_the_front_page_lead_to_sections_about_them",
        "test_style_sheet_urls_have_targets",
    ):
        assert f"FAILED tests/book/test_pages.py::{failed}" in output
    assert "['gone.html', '#nowhere', 'p']" in output


def test_slide_check_catches(project):
    decks = project / "_build" / "html" / "slides"
    shutil.copytree(ROOT / "_build" / "html" / "slides", decks)
    deck = decks / "03_cross_entropy.html"
    page = deck.read_text(encoding="utf-8")
    start = page.index('<div class="text">') + len('<div class="text">')
    planted = (
        '{term}`margin`<p style="height: 900px">tall</p><p style="width: 1400px">wide</p>'
        '<img src="gone.png" alt="gone"><script src="https://example.com/x.js"></script>'
    )
    deck.write_text(page[:start] + planted + page[start:], encoding="utf-8")
    code, output = run_tests(project, "book/test_slides.py", "-k", "03_cross_entropy", "-vv")
    assert code == 1
    for fault in ("{term}`", "overflows: P tall", "overflows: P wide", "gone.png", "example.com"):
        assert fault in output, fault


def test_search_check_catches(project):
    built, site = ROOT / "_build" / "html", project / "_build" / "html"
    (site / "vendor").mkdir(parents=True)
    for path in built.iterdir():
        if path.name != "vendor":
            (site / path.name).symlink_to(path)
    script = (built / "vendor" / "search.js").read_text("utf-8")
    script = script.replace("交叉熵", "").replace("−∑_k p_k", r"-\\sum_k p_k")
    noise = "".join(map(chr, random.Random(0).choices(range(33, 127), k=50_000)))
    (site / "vendor" / "search.js").write_text(f"{script}\n// {noise}", encoding="utf-8")
    code, output = run_tests(project, "book/test_search.py", "-k", "wants or plain or light")
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    assert code == 1
    names = ("query_finds", "formulas_are_found", "first_use_loads")
    assert all(name in fault for name, fault in zip(names, failed, strict=True)), failed


def test_browser_catches(project):
    site = project / "_build" / "html"
    site.mkdir(parents=True)
    noise = "".join(map(chr, random.Random(0).choices(range(33, 127), k=700_000)))
    (site / "heavy.js").write_text(f"// {noise}")
    (site / "page.html").write_text(
        """<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>
        <article><img src="gone.png" alt="not there"></article><script src="https://example.com/x.js"></script>
        <script src="heavy.js"></script><script>console.error("oh dear")</script>
        <button></button><p style="color: #ccc; width: 3000px">pale and wide</p></main>"""
    )
    checks = "accessible or without_scripts"
    code, output = run_tests(project, "book/test_pages_in_browser.py", "-k", checks)
    assert code == 1
    for fault in (
        "picture: ",
        "third party: https://example.com/x.js",
        "too heavy: ",
        "oh dear",
        "axe, button-name",
        "axe, color-contrast",
        "pixels wider than a window of 1280",
        "pixels wider than a window of 360",
        "letters in a foreign font",
        "does not turn dark",
    ):
        assert fault in output, f"{fault!r} is not in:\n{output}"
    for failed in (
        "test_page_is_light_right_and_accessible[page.html]",
        "test_page_without_scripts[page.html--]",
    ):
        assert f"FAILED tests/book/test_pages_in_browser.py::{failed}" in output
