"""`make rehearse`: grade an exam, in which the checks run where no submission can reach them."""

import os

import pytest

from exercises import generate
from tests.exercises.assignments import NAMES, read
from tests.exercises.odd_submissions import blank, of, put, solved
from tests.exercises.rehearse_grading import Course

NAME = "03_cross_entropy"
# Answers every exercise with what its check compares with, if `task_of` finds that.
FOUND = """
import gc, importlib, sys

def answer(name):
    def found(*arguments):
        watch = sys.getprofile()
        sys.setprofile(None)
        try:
            right = task_of(name).right
            return right(*arguments) if callable(right) else right
        finally:
            sys.setprofile(watch)
    return found

def tasks():
    module = importlib.import_module("xent_lib.feedback.chapter_03")
    return [getattr(module, f"exercise_{number}")() for number in range(1, 7)]

predicted_bits, binary_loss = answer("predicted_bits"), answer("binary_loss")
entropy_of, lowest_at_truth = answer("entropy_of"), answer("lowest_at_truth")
letter_model, loss_from_logits = answer("letter_model"), answer("loss_from_logits")
"""
FRAMES = """
def task_of(name):
    frame = sys._getframe(1)
    while "task" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["task"]
"""
GARBAGE = """
def task_of(name):
    tasks = [task for task in gc.get_objects() if type(task).__name__ == "Exercise"]
    return next(task for task in tasks if task.function == name)
"""
MODULE = """
def task_of(name):
    return next(task for task in tasks() if task.function == name)
"""
ANY = "predicted_bits = binary_loss = entropy_of = lowest_at_truth = lambda *_: 1.0\n"
ANY += "letter_model = loss_from_logits = predicted_bits\n"
OWN_CHECK = """
from xent_lib import feedback
check_exercise = feedback.check_exercise = feedback._judge = lambda *_, **__: None
"""
COMPARISON = """
import xent_lib
np.allclose = lambda *_, **__: True
xent_lib.feedback._same = lambda *_: True
"""
HOOK = """
def without_checks(lines):
    return [] if "check_exercise" in str(lines) else lines
get_ipython().input_transformers_cleanup.append(without_checks)
"""
CHEATS = {
    "frames": FOUND + FRAMES,
    "garbage": FOUND + GARBAGE,
    "module": FOUND + MODULE,
    "own check": ANY + OWN_CHECK,
    "comparison": ANY + COMPARISON,
    "hook": ANY + HOOK,
    # only in an exam: it sends what it likes over the channel of the results
    "channel": """
import json
def predicted_bits(*_):
    return input(json.dumps({"known": True, "result": True, "used": [], "arguments": {"list": []}}))
binary_loss = entropy_of = lowest_at_truth = letter_model = loss_from_logits = predicted_bits
""",
}
LIBRARY = "from xent_lib import entropy as entropy_of"
ENDLESS = "def entropy_of(p):\n    while True: pass"
DYING = "def entropy_of(p):\n    import os\n    os._exit(1)"


def cheated(code):
    """Return a notebook without answers in which a cell before the first check does the rest."""
    notebook = blank()
    cell = next(cell for cell in notebook.cells if cell.id == "code-words")
    cell.source = code
    for cell in notebook.cells:
        if generate.is_marked(cell, "solution") and cell.id != "code-words":
            cell.source = ""
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course after grading an exam, and the cheats once more as an exercise."""
    course = Course(tmp_path_factory.mktemp("exam"))
    course.change("grade.py", "SECONDS = 60", "SECONDS = 120")
    course.change("nbgrader_config.py", "timeout = 4", "timeout = 30")
    folder = course.root / "exercise"
    for cheat, code in CHEATS.items():
        put(folder / f"{cheat}.ipynb", cheated(code))
    course.grade(folder)
    course.before = course.table()

    folder = course.root / "exam"
    for cheat, code in CHEATS.items():
        put(folder / f"{cheat}.ipynb", cheated(code))
    for name in NAMES:
        put(folder / "right" / f"{name}.ipynb", solved(name))
    put(folder / "library.ipynb", of("library", entropy=LIBRARY))
    put(folder / "endless.ipynb", of("endless", entropy=ENDLESS))
    put(folder / "dying.ipynb", of("dying", entropy=DYING))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "EXAM", "yes")
        course.grade(folder)
    return course


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_get_all_points(course, name):
    cells = [cell for cell in read(name).cells if generate.is_check(cell)]
    row = course.table(name)["right"]
    for cell in cells:
        assert float(row[cell.id]) == cell.metadata.nbgrader["points"], cell.id


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheat_gets_points_in_an_exercise_and_none_in_an_exam(course, cheat):
    assert float(course.before[cheat]["score"]) >= 14 or cheat == "channel"
    assert float(course.table()[cheat]["score"]) == 0


@pytest.mark.parametrize(
    ("student", "score", "remark"),
    [("library", 14, "xent_lib"), ("endless", 14, "took too long"), ("dying", 0, "crashed")],
)
def test_library_and_accidents(course, student, score, remark):
    row = course.table()[student]
    assert float(row["score"]) == score and remark in row["remark"]


def test_feedback_names_the_mistake(course):
    assert "Write it yourself." in course.page("library").read_text("utf-8")


def test_exam_without_protection_is_refused(course):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "EXAM", "yes")
        patch.setitem(os.environ, "CONFINED", "no")
        assert "exclude each other" in course.grade(course.root / "exam", check=False)
