"""Helpers that read the assignments: source notebooks and students' versions."""

from exercises import generate
from tests.book.notebooks import ROOT
from tests.book.notebooks import read as read_notebook

EXERCISES = ROOT / "exercises"
NAMES = [path.stem for path in sorted(EXERCISES.glob("source/*/*.ipynb"))]


def read(name):
    return read_notebook(EXERCISES / "source" / name / f"{name}.ipynb")


def student(name):
    return generate.student(read(name))
