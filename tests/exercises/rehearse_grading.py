"""`make rehearse`: grade made-up submissions with nbgrader, in a copy of the course.

Not part of `make test`, because it needs the packages in exercises/requirements.txt.
"""

import csv
import shutil
import subprocess

import nbformat
import pytest

from exercises import generate
from tests.exercises.assignments import EXERCISES, NAMES, read

PYTHON = EXERCISES.parent / ".venv-grading" / "bin" / "python"
NAME = "03_cross_entropy"
FAULTS = {
    "empty": "",
    "text": "my homework",
    "other": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
}


def solved(**answers):
    """Return the student's version with solutions filled in; `answers` replaces some by cell id."""
    notebook = generate.student(read(NAME))
    solutions = {cell.id: cell.source for cell in read(NAME).cells}
    for cell in notebook.cells:
        if generate.is_marked(cell, "solution"):
            cell.source = answers.get(cell.id, solutions[cell.id])
    return notebook


def cheated():
    """Return an unsolved notebook whose checks were edited, tagged to be skipped, or deleted."""
    notebook = generate.student(read(NAME))
    checks = [cell for cell in notebook.cells if generate.is_marked(cell, "grade")]
    for cell in checks:
        cell.source, cell.metadata["tags"] = "pass", ["skip-execution"]
        cell.metadata.nbgrader["points"] = 100
    notebook.cells.remove(checks[1])
    notebook.cells.insert(0, nbformat.v4.new_code_cell("def check(*_, **__): pass"))
    return notebook


ENDLESS = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
SUBMISSIONS = {
    "right": solved(),
    "blank": generate.student(read(NAME)),
    "wrong": solved(gibbs="def lowest_at_truth(h):\n    return True"),
    "slow": solved(entropy="def entropy_of(p):\n    while True: pass"),
    "endless": solved(entropy=ENDLESS),
    "greedy": solved(entropy="x = np.ones((50_000, 50_000))"),
    "crash": solved(entropy="import os\nos._exit(1)"),
    "vandal": solved(entropy="VICTIM"),
    "cheat": cheated(),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with shorter time limits, after grading all submissions."""
    course = tmp_path_factory.mktemp("course") / "exercises"
    shutil.copytree(EXERCISES / "source", course / "source")
    shutil.copytree(EXERCISES / "kernels", course / "kernels")
    for name, old, new in [
        ("generate.py", "", ""),
        ("nbgrader_config.py", "timeout = 30", "timeout = 4"),
        ("grade.py", "SECONDS = 120", "SECONDS = 30"),
    ]:
        text = (EXERCISES / name).read_text(encoding="utf-8")
        assert old in text
        (course / name).write_text(text.replace(old, new), encoding="utf-8")

    victim = course / "victim.txt"
    victim.write_text("whole", encoding="utf-8")
    folder = course.parent / "submissions"
    folder.mkdir()
    for student, notebook in SUBMISSIONS.items():
        for cell in notebook.cells:
            cell.source = cell.source.replace("VICTIM", f"open({str(victim)!r}, 'w')")
        nbformat.write(notebook, folder / f"{student}.ipynb")
    for student, text in FAULTS.items():
        (folder / student).mkdir()
        (folder / student / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
    subprocess.run([PYTHON, "-m", "exercises.grade", folder], cwd=course.parent, check=True)
    return course


@pytest.fixture(scope="module")
def table(course):
    with (course / "grades" / f"{NAME}.csv").open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("student", "score", "remark"),
    [
        ("right", 17, ""),
        ("blank", 0, ""),
        ("wrong", 14, ""),
        ("slow", 14, "took too long"),
        ("endless", 0, "timed out"),
        ("greedy", 14, "took too much memory"),
        ("crash", 0, "crashed"),
        ("vandal", 14, ""),
        ("cheat", 0, ""),
        ("empty", 0, "is empty"),
        ("text", 0, "is not a notebook"),
        ("other", 0, "contains none of the exercises"),
    ],
)
def test_table_has_score_and_remark_of_each_submission(table, student, score, remark):
    assert float(table[student]["score"]) == score
    assert remark in table[student]["remark"] and bool(remark) == bool(table[student]["remark"])


def test_table_has_a_row_for_every_student(table):
    assert set(table) == set(SUBMISSIONS) | set(FAULTS)


def test_open_question_is_listed_for_manual_marking(table):
    assert float(table["right"]["to_mark"]) == 3
    assert float(table["blank"]["to_mark"]) == 0


def test_submissions_cannot_write_files(course):
    assert (course / "victim.txt").read_text(encoding="utf-8") == "whole"


def test_feedback_names_the_mistake(course):
    page = course / "feedback" / "wrong" / NAME / f"{NAME}.html"
    assert "Your test accepts everything." in page.read_text(encoding="utf-8")


RELEASE = """
import sys
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader
api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
assert all(api.generate_assignment(name)["success"] for name in sys.argv[1:])
"""


def test_generated_student_notebooks_equal_those_of_nbgrader(course):
    subprocess.run([PYTHON, "-c", RELEASE, *NAMES], cwd=course, check=True)
    for name in NAMES:
        theirs = nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)
        ours = generate.student(read(name))
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
        for cell, other in zip(ours.cells, theirs.cells, strict=True):
            for key in ("checksum", "cell_type"):
                other.metadata.get("nbgrader", {}).pop(key, None)
            assert cell.metadata == other.metadata
