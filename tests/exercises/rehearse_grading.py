"""`make rehearse`: grade made-up submissions with nbgrader, in a copy of the course.

Not part of `make test`, because it needs the packages in exercises/requirements.txt.
"""

import contextlib
import csv
import json
import shutil
import socket
import sqlite3
import subprocess
import threading
import time

import nbformat
import pytest

from exercises import generate
from tests.exercises import odd_submissions
from tests.exercises.assignments import EXERCISES, NAMES, read
from tests.exercises.odd_submissions import NAME, ODD, OTHER, blank, of, put, solved

PYTHON = EXERCISES.parent / ".venv-grading" / "bin" / "python"
BUILT = {"release", "submitted", "autograded", "feedback", "grades", "gradebook.db"}


def built(folder, names):
    """Return which of the names in a folder of the course are not part of the project."""
    return BUILT if folder == str(EXERCISES) else {"__pycache__"}


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
CALLED = "quit exec('import xent_lib.feedback as f; f._judge = lambda *_: (3, \"\")')"  # by IPython
SUBMISSIONS = {
    "right": solved(),
    "blank": blank(),
    "wrong": of("wrong", gibbs="def lowest_at_truth(h):\n    return True"),
    "slow": of("slow", entropy="def entropy_of(p):\n    while True: pass"),
    "endless": of("endless", entropy=ENDLESS),
    "greedy": of("greedy", entropy="x = np.ones((50_000, 50_000))"),
    "crash": of("crash", entropy="import os\nos._exit(1)"),
    "vandal": of("vandal", entropy="VICTIM"),
    "cheat": cheated(),
    "called": of("called", entropy=CALLED),
}


class Course:
    """A copy of the course with smaller limits."""

    def __init__(self, root):
        self.root, self.exercises = root, root / "exercises"
        shutil.copytree(EXERCISES, self.exercises, ignore=built)
        self.change("nbgrader_config.py", "Execute.timeout = 30", "Execute.timeout = 4")
        self.change("grade.py", "SECONDS = 120", "SECONDS = 60")
        self.change("grade.py", "LARGEST_OUTPUT = 100", "LARGEST_OUTPUT = 10")

    def change(self, name, old, new):
        path = self.exercises / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def grade(self, *folder, check=True):
        """Grade a folder, or write tables and pages again; return what is said on the screen."""
        command = [PYTHON, "-m", "exercises.grade", *folder]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
        print(done.stdout, done.stderr)
        assert done.returncode == 0 or not check
        return done.stdout + done.stderr

    def hand_in(self, **notebooks):
        """Grade these notebooks alone, and return the rows of the students."""
        folder = self.root / "resubmissions"
        shutil.rmtree(folder, ignore_errors=True)
        for student, content in notebooks.items():
            put(folder / student / f"{NAME}.ipynb", content)
        self.grade(folder)
        return [self.table()[student] for student in notebooks]

    def table(self, name=NAME):
        with (self.exercises / "grades" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def page(self, student):
        return self.exercises / "feedback" / student / NAME / f"{NAME}.html"

    def mark(self, student, points):
        """Give points by hand, as Formgrader does."""
        with sqlite3.connect(self.exercises / "gradebook.db") as gradebook:
            changed = gradebook.execute(
                """UPDATE grade SET manual_score = ?, needs_manual_grade = 0
                WHERE cell_id = (SELECT id FROM base_cell WHERE name = 'plateau')
                AND notebook_id IN (SELECT submitted_notebook.id FROM submitted_notebook
                    JOIN submitted_assignment
                    ON submitted_notebook.assignment_id = submitted_assignment.id
                    WHERE student_id = ?)""",
                (points, student),
            )
            assert changed.rowcount == 1


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course after grading all submissions."""
    course = Course(tmp_path_factory.mktemp("course"))
    victim = course.exercises / "victim.txt"
    victim.write_text("whole", encoding="utf-8")
    folder = course.root / "submissions"
    folder.mkdir()
    for student, notebook in SUBMISSIONS.items():
        for cell in notebook.cells:
            cell.source = cell.source.replace("VICTIM", f"open({str(victim)!r}, 'w')")
        put(folder / f"{student}.ipynb", notebook)
    odd_submissions.write(folder)
    course.screen = course.grade(folder)
    return course


@pytest.fixture(scope="module")
def table(course):
    return course.table()


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
        ("vandal", 14, "uses open"),
        ("cheat", 0, ""),
        ("called", 14, "uses quit"),
        *[(student, odd.score, odd.remark) for student, odd in ODD.items()],
    ],
)
def test_table_has_score_and_remark_of_each_submission(table, student, score, remark):
    assert float(table[student]["score"]) == score
    assert remark in table[student]["remark"] and bool(remark) == bool(table[student]["remark"])


def test_table_has_a_row_for_every_student(table):
    assert set(table) == set(SUBMISSIONS) | set(ODD)


def test_open_question_is_listed_for_manual_marking(table):
    expected = {"right": 3, "blank": 0} | {key: odd.to_mark for key, odd in ODD.items()}
    expected = {key: points for key, points in expected.items() if points is not None}
    assert {key: float(table[key]["to_mark"]) for key in expected} == expected


def test_table_tells_the_time_of_the_file(table):
    told = time.strftime("%Y-%m-%d %H:%M", time.localtime(odd_submissions.OLD))
    assert table["renamed"]["date"] == table["text"]["date"] == told
    assert table["no file"]["date"] == ""


def test_table_of_the_other_assignment_names_the_misnamed_notebook(course):
    rows = course.table(OTHER)
    assert rows["misnamed"]["remark"].startswith(f"is {OTHER}, handed in as {NAME}")
    assert float(rows["misnamed"]["score"]) == float(rows["softmax"]["score"]) > 0


def test_screen_shows_no_warning(course):
    assert "Warning" not in course.screen and "Traceback" not in course.screen


def test_submissions_cannot_write_files(course):
    assert (course.exercises / "victim.txt").read_text(encoding="utf-8") == "whole"


def test_feedback_names_the_mistake(course):
    assert "Your test accepts everything." in course.page("wrong").read_text(encoding="utf-8")


FORMULAS = """
from traitlets.config import Config
names = {"get_config": Config, "__file__": "exercises/nbgrader_config.py"}
exec(open(names["__file__"]).read(), names)
texts = names["texts_of_assignments"]().values()
print(sum(text.count("<math") for text in texts))
for text in texts:
    parts = names["CODE"].split(text)[::2]
    assert "$" not in "".join(parts), text  # a formula that was not found
    assert "&#92;" not in text, text  # a command that latex2mathml does not know
"""


def formulas(name):
    """Return the number of formulas in an assignment; none of them contains a dollar sign."""
    cells = [cell for cell in read(name).cells if cell.cell_type == "markdown"]
    texts = [cell.source for cell in cells if "nbgrader" not in cell.metadata]
    return sum(text.replace("$$", "$").count("$") for text in texts) // 2


def test_pages_set_all_formulas(course):
    command = [PYTHON, "-c", FORMULAS]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=True)
    assert int(done.stdout) == sum(map(formulas, NAMES)) > 30
    assert course.page("right").read_text(encoding="utf-8").count("<math") == formulas(NAME)


def test_every_student_has_a_page(course, table):
    for student, row in table.items():
        page = course.page(student).read_text(encoding="utf-8")
        assert ("was not graded" in page) == row["remark"].startswith("not graded")
        assert "Content-Security-Policy" in page and "<script" not in page
    assert "handed in zip.zip" in course.page("zip").read_text(encoding="utf-8")


# --- handed in again ----------------------------------------------------------------------------


@pytest.fixture
def marked(course):
    """The course, with 2.5 points given by hand for the open answer of a right submission."""
    course.hand_in(right=solved())
    course.mark("right", 2.5)
    return course


def test_mark_stays_if_the_open_answer_is_the_same(marked):
    (row,) = marked.hand_in(right=solved(entropy="def entropy_of(p):\n    return 0.0"))
    assert (float(row["score"]), float(row["to_mark"])) == (14 + 2.5, 0)


def test_changed_open_answer_is_to_be_marked_again(marked):
    (row,) = marked.hand_in(right=solved(plateau="Another idea."))
    assert float(row["to_mark"]) == 3
    (row,) = marked.hand_in(right=solved(plateau="Another idea."))
    assert float(row["to_mark"]) == 3, "it has not been marked since it changed"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        (of("x", entropy="import os\nos._exit(1)"), "the Python process died"),
        (of("x", entropy="for _ in range(12):\n    print('x' * 2**20)"), "printed too much"),
    ],
)
def test_failure_leaves_the_earlier_result(marked, content, reason):
    (row,) = marked.hand_in(right=content)
    assert float(row["score"]) == 17 + 2.5
    assert reason in row["remark"] and "points are those of an earlier submission" in row["remark"]
    for again in (marked.grade(), ""):  # writes the pages again
        page = marked.page("right").read_text(encoding="utf-8")
        assert page.count("was not graded") == 1 and reason in page, again
        assert "its points still count" in page and "19.5" in page
    assert (marked.exercises / "autograded" / "right" / NAME / f"{NAME}.ipynb").exists()


def test_remark_on_the_points_stays_as_long_as_they_do(course):
    (row,) = course.hand_in(sly=of("sly", entropy="import sys"))
    points, remark = row["score"], row["remark"]
    assert remark.endswith("uses sys")
    for content in ("{", ""):
        (row,) = course.hand_in(sly=content)
        assert row["score"] == points and row["remark"].startswith("not graded: ")
        assert row["remark"].endswith(f"earlier submission; {remark}")
    course.grade()
    assert course.table()["sly"]["remark"] == row["remark"]
    (row,) = course.hand_in(sly=of("sly"))
    assert row["remark"] == ""


def test_kernel_that_would_find_another_library_is_told(course, tmp_path, monkeypatch):
    package = tmp_path / "xent_lib" / "__init__.py"
    package.parent.mkdir()
    package.write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    screen = course.grade(course.root / "submissions", check=False)
    assert "cannot import xent_lib" in screen and "PYTHONPATH" in screen


def test_locked_gradebook_is_waited_for(course):
    with sqlite3.connect(course.exercises / "gradebook.db", isolation_level=None) as gradebook:
        gradebook.execute("BEGIN EXCLUSIVE")
        folder = course.root / "locked"
        for number in range(2):
            put(folder / f"locked {number}.ipynb", of(f"locked {number}"))
        grading = subprocess.Popen([PYTHON, "-m", "exercises.grade", folder], cwd=course.root)
        time.sleep(12)
        gradebook.execute("COMMIT")
    assert grading.wait() == 0
    assert [float(course.table()[f"locked {number}"]["score"]) for number in range(2)] == [17, 17]


@pytest.mark.parametrize("kind", ["shell_port", "hb_port"])
def test_port_that_another_program_takes_costs_no_points(course, tmp_path, monkeypatch, kind):
    """A kernel opens its ports some time after they were found to be free."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    taken, stop = [], threading.Event()

    def take():
        while not (taken or stop.is_set()):
            for path in tmp_path.glob("*/*.json"):
                with contextlib.suppress(ValueError):  # not yet written
                    port = json.loads(path.read_text(encoding="utf-8"))[kind]
                    taken.append(socket.create_server(("127.0.0.1", port)))
            time.sleep(0.002)

    thief = threading.Thread(target=take)
    thief.start()
    try:
        (row,) = course.hand_in(**{kind: of(kind)})
    finally:
        stop.set()
        thief.join()
    (server,) = taken
    server.close()
    assert (float(row["score"]), row["remark"]) == (17, "")


def test_killed_grading_process_is_reported(course):
    course.change("grade.py", "    marked = marked_answers(", "    os.kill(os.getpid(), 9)  #")
    (row,) = course.hand_in(killed=solved())
    course.change("grade.py", "    os.kill(os.getpid(), 9)  #", "    marked = marked_answers(")
    assert "the grading process was killed" in row["remark"]
    assert "was not graded" in course.page("killed").read_text(encoding="utf-8")


def test_folder_that_does_not_exist_is_told(course):
    assert "does not exist" in course.grade("nowhere", check=False)
    assert "is not a folder" in course.grade(course.exercises / "victim.txt", check=False)


def test_folder_without_any_assignment_is_told(course):
    before = course.table()
    put(course.root / "unknown" / "right.ipynb", "")
    screen = course.grade(course.root / "unknown", check=False)
    assert "holds no notebook" in screen and "right: is empty" in screen
    assert course.table() == before


# --- the course is changed after grading --------------------------------------------------------


def change_source(course, change):
    path = course.exercises / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return path


def test_removed_check_stops_only_its_assignment(course):
    def remove(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.id != "entropy-test"]

    before = (course.exercises / "source" / NAME / f"{NAME}.ipynb").read_bytes()
    path = change_source(course, remove)
    try:
        folder = course.root / "after the change"
        put(folder / "right.ipynb", of("right"))
        put(folder / "softmax.ipynb", solved(OTHER, toaster="again"))
        screen = course.grade(folder)
    finally:
        path.write_bytes(before)
    assert f"{NAME} cannot be graded" in screen and "Traceback" not in screen
    assert "the assignment has changed" in course.table()["right"]["remark"]
    assert float(course.table(OTHER)["softmax"]["score"]) > 0


def test_changed_points_are_told(course):
    def double(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == "entropy-test")
        cell.metadata.nbgrader["points"] *= 2

    before = (course.exercises / "source" / NAME / f"{NAME}.ipynb").read_bytes()
    path = change_source(course, double)
    try:
        (row,) = course.hand_in(right=solved())
        assert float(row["entropy-test"]) == 6 and "other points" not in row["remark"]
        assert "grade it again" in course.table()["wrong"]["remark"]
    finally:
        path.write_bytes(before)


RELEASE = """
import sys
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader
api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
assert all(api.generate_assignment(name)["success"] for name in sys.argv[1:])
"""


def test_generated_student_notebooks_equal_those_of_nbgrader(course):
    subprocess.run([PYTHON, "-c", RELEASE, *NAMES], cwd=course.exercises, check=True)
    for name in NAMES:
        theirs = course.exercises / "release" / name / f"{name}.ipynb"
        theirs = nbformat.read(theirs, as_version=4)
        ours = generate.student(read(name))
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
        for cell, other in zip(ours.cells, theirs.cells, strict=True):
            for key in ("checksum", "cell_type"):
                other.metadata.get("nbgrader", {}).pop(key, None)
            assert cell.metadata == other.metadata
