"""The exercises: right answers pass, nothing else does, and known mistakes are named."""

import contextlib
import importlib
import io
import re
import symtable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.optimize import minimize

from exercises import generate
from tests.book.notebooks import (
    METADATA,
    claims_in,
    code_cells,
    is_computed,
    numbers_computed,
    prose_of,
)
from tests.exercises.assignments import EXERCISES, NAMES, read, student
from xent_lib import feedback, softmax, softmax_cross_entropy

FEWEST = 3  # known mistakes, and right answers, per exercise


def marked(notebook, kind):
    return {cell.id: cell for cell in notebook.cells if generate.is_marked(cell, kind)}


def checks(notebook):
    return [cell for cell in notebook.cells if generate.is_check(cell)]


def run(notebook, monkeypatch, **answers):
    """Run the code cells; return {cell id: message} of the checks that do not give all points.

    ``answers`` replaces the source of cells by id; if given, only the checks of these cells run,
    and no cell after them.
    """
    monkeypatch.setattr(feedback, "_scores", {})
    names, messages = {"__name__": "__main__"}, {}
    for cell in code_cells(notebook):
        answered = not answers or cell.id.removesuffix("-test") in answers
        if generate.is_check(cell) and not answered:
            continue
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(answers.get(cell.id, cell.source), cell.id, "exec"), names)
        except feedback.NotSolved as error:
            messages[cell.id] = str(error)
        if "◐" in printed.getvalue():
            messages.setdefault(cell.id, printed.getvalue())
        if answers and generate.is_check(cell):
            break
    return messages


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_exercises_are_found():
    assert NAMES


# --- solutions and generated notebooks --------------------------------------------------------


def test_solutions_score_full_marks(name, monkeypatch):
    source = read(name)
    assert run(source, monkeypatch) == {}
    points = sum(cell.metadata.nbgrader.points for cell in checks(source))
    earned = [sum(numbers) for numbers in zip(*feedback._scores.values(), strict=True)]
    assert earned == [points, points], "earned, possible; expected the points in the metadata"


def test_unsolved_version_scores_nothing_and_says_so(name, monkeypatch):
    blank = student(name)
    messages = run(blank, monkeypatch)
    assert set(messages) == {cell.id for cell in checks(blank)}
    assert all(message.endswith(": not done yet.") for message in messages.values())
    assert not any(earned for earned, _ in feedback._scores.values())


def test_student_version_contains_no_solution_or_hidden_test(name):
    source, blank = read(name), student(name)
    text = nbformat.writes(blank)
    assert not re.search("SOLUTION|HIDDEN", text)
    for cell in marked(source, "solution").values():
        if cell.cell_type == "code":
            secret = generate.SOLUTION.search(cell.source)[2]
        else:
            secret = cell.source
        assert secret.strip() not in "\n".join(cell.source for cell in blank.cells)
    for cell in marked(source, "grade").values():
        for hidden in generate.HIDDEN.findall(cell.source):
            secret = hidden.split("TESTS\n")[1]
            assert "hidden=" in secret
            assert secret not in "\n".join(cell.source for cell in blank.cells)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(blank))


def test_page_shows_no_hidden_test(name):
    page = nbformat.writes(generate.page(read(name), name))
    assert not re.search("BEGIN|END|nbgrader", page)


def test_page_has_every_exercise_of_its_source(name):
    source, page = read(name), generate.page(read(name), name)
    headings = [re.findall(r"^## \d .*", "\n".join(prose_of(n)), re.M) for n in (source, page)]
    assert headings[0] == headings[1] != []
    expected = list(marked(source, "solution"))
    assert [cell.id for cell in page.cells if cell.id in expected] == expected


def test_page_shows_another_answer_below_each_one(name):
    page = generate.page(read(name), name).cells
    for check in checks(read(name)):
        cell = check.id.removesuffix("-test")
        place = [other.id for other in page].index(cell)
        assert page[place + 1].id == f"{cell}-other"
        assert page[place + 1].source != page[place].source
        assert max(map(len, page[place + 1].source.splitlines())) < 80, "wider than the page"


def test_page_omits_the_score(name):
    cells = generate.page(read(name), name).cells
    assert not [
        cell.id for cell in cells if "score()" in cell.source or "Your score" in cell.source
    ]


# --- answers ----------------------------------------------------------------------------------


def answers(folder, name):
    """Return (cell id, remark, words, code) of each answer in the file of an assignment."""
    path = folder / f"{name}.py"
    # A missing file is reported by tests/book/test_chapter_lists.py, and must not stop this one.
    return list(generate.answers(path)) if path.exists() else []


RIGHT_ANSWERS = EXERCISES / "right_answers"
WRONG_ANSWERS = Path(__file__).parent / "wrong_answers"
RIGHT = [(name, *right) for name in NAMES for right in answers(RIGHT_ANSWERS, name)]
WRONG = [(name, *wrong) for name in NAMES for wrong in answers(WRONG_ANSWERS, name)]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [(name, cell, code) for name, cell, _, _, code in RIGHT],
    ids=[f"{name}-{cell}-{words}" for name, cell, _, words, _ in RIGHT],
)
def test_right_answer_passes(name, cell, code, monkeypatch):
    assert run(read(name), monkeypatch, **{cell: code}) == {}
    assert [earned - possible for earned, possible in feedback._scores.values()] == [0]


@pytest.mark.parametrize(
    ("name", "cell", "remark", "words", "code"),
    WRONG,
    ids=[f"{n}-{c}-{w}" for n, c, _, w, _ in WRONG],
)
def test_wrong_answer_fails_with_its_message(name, cell, remark, words, code, monkeypatch):
    messages = run(read(name), monkeypatch, **{cell: code})
    assert list(messages) == [f"{cell}-test"], "the wrong answer passes"
    assert words in messages[f"{cell}-test"]
    points = sum(map(float, re.findall(r"([\d.]+) points", remark)))
    assert [earned for earned, _ in feedback._scores.values()] == [points]
    seen = next(other.source for other in student(name).cells if other.id == f"{cell}-test")
    visible = run(read(name), monkeypatch, **{cell: code, f"{cell}-test": seen})
    assert list(visible) == ([] if "hidden" in remark else list(messages))
    assert all(words in message for message in visible.values())


@pytest.mark.parametrize("folder", [RIGHT_ANSWERS, WRONG_ANSWERS], ids=lambda path: path.name)
def test_every_exercise_has_at_least_three(folder, name):
    for check in checks(read(name)):
        known = [
            (words, remark)
            for cell, remark, words, _ in answers(folder, name)
            if f"{cell}-test" == check.id and "hidden" not in remark
        ]
        assert len(set(known)) >= FEWEST, f"add answers to {check.id}: {folder.name}/{name}.py"
        if folder == RIGHT_ANSWERS:
            shown = [remark for _, remark in known].count("shown")
            assert shown == 1, (
                f"mark one right answer to {check.id} with (shown): the page shows it"
            )


# --- answers that nobody wrote ----------------------------------------------------------------

UNWRITTEN = {
    "its argument": lambda *args: args[0] if args else 0,
    "its second argument": lambda *args: args[1] if len(args) > 1 else 0,
    "its last argument": lambda *args: args[-1] if args else 0,
    "all arguments": lambda *args: args,
    "zeros": lambda *args: np.zeros_like(args[0], dtype=float) if args else 0.0,
    "ones": lambda *args: np.ones_like(args[0], dtype=float) if args else 1.0,
    "an empty list": lambda *args: [],
    "None": lambda *args: None,
    "NaN": lambda *args: np.nan,
    "True": lambda *args: True,
    "False": lambda *args: False,
    "no function": 1.0,
}


def called(function):
    return lambda *args: function(*args)


def earned(exercise, answer, monkeypatch):
    """Return the points that this answer gets."""
    monkeypatch.setattr(feedback, "_scores", {})
    chapter, number = exercise.split(".")
    module = importlib.import_module(f"xent_lib.feedback.chapter_{chapter}")
    names = {getattr(module, f"exercise_{number}")().function: answer}
    with contextlib.suppress(feedback.NotSolved), contextlib.redirect_stdout(io.StringIO()):
        exec(f"from xent_lib.feedback import check_exercise\ncheck_exercise({exercise!r})", names)
    return sum(earned for earned, _ in feedback._scores.values())


def test_nothing_unwritten_gets_points(name, monkeypatch):
    chapter = name[:2]
    module = importlib.import_module(f"xent_lib.feedback.chapter_{chapter}")
    known = {key: value for key, value in vars(module).items() if callable(value)}
    for check in checks(read(name)):
        exercise = re.match(r'check_exercise\(\s*"(.*?)"', check.source)[1]
        task = getattr(module, f"exercise_{exercise[-1]}")()
        tried = UNWRITTEN | known | {f"a call of {key}": called(known[key]) for key in known}
        if callable(task.right):
            tried |= {"the reference": task.right, "a call of it": called(task.right)}
        if isinstance(task.right, feedback.Outcome):
            tried |= {
                "the outcome in the message": lambda *args, it=task.right: it,
                "its words": lambda *args, it=task.right: np.array(str(it)),
            }
        paid = [key for key, answer in tried.items() if earned(exercise, answer, monkeypatch)]
        assert not paid, f"{exercise} gives points for {paid}"


def test_a_solved_exercise_gets_points_in_the_same_way(monkeypatch):
    assert earned("03.1", lambda: 2.625, monkeypatch) == 2


def test_answer_that_replaces_the_check_gets_nothing(name, monkeypatch):
    """The call that the student sees goes by a name of the notebook; the hidden one does not."""
    notebook = student(name)
    for cell, source in zip(notebook.cells, read(name).cells, strict=True):
        if generate.is_check(cell):
            cell.source = source.source
        elif generate.is_marked(cell, "solution") and cell.cell_type == "code":
            cell.source += "\n\n\ndef check_exercise(*args, **options):\n    pass"
    assert set(run(notebook, monkeypatch)) == {cell.id for cell in checks(notebook)}


# --- form -------------------------------------------------------------------------------------


def test_cells_follow_the_rules_for_assignments(name):
    source = read(name)
    assert dict(source.metadata) == METADATA
    assert 5 <= len(marked(source, "grade")) <= 7
    assert sum(cell.cell_type == "markdown" for cell in marked(source, "grade").values()) == 1
    for cell in source.cells:
        mark = cell.metadata.get("nbgrader")
        if mark:
            assert mark.grade_id == cell.id
            assert mark.locked != mark.solution
        if cell.cell_type == "code" and not generate.is_check(cell):
            assert max(map(len, cell.source.splitlines())) < 80, "wider than the page"
    prose = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    assert prose.count("<summary>Hint") >= len(marked(source, "grade")) - 1
    assert prose.count("<details>") == prose.count("</details>")


def test_checks_are_calls_that_bind_no_name(name):
    for notebook, parts in ((read(name), 1), (student(name), 0)):
        for number, cell in enumerate(checks(notebook), 1):
            visible, *hidden = cell.source.split("\n### BEGIN HIDDEN TESTS\n")
            assert visible == f'check_exercise("{name[:2]}.{number}")'
            assert len(hidden) == parts
            symbols = symtable.symtable(cell.source, cell.id, "exec").get_symbols()
            assert not any(symbol.is_assigned() for symbol in symbols)


def test_checks_change_nothing_in_the_namespace(name, monkeypatch):
    monkeypatch.setattr(feedback, "_scores", {})
    names = {"__name__": "__main__"}
    for cell in code_cells(read(name)):
        before = dict(names)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(cell.source, names)
        if generate.is_check(cell):
            assert names.keys() == before.keys()
            assert all(names[key] is before[key] for key in before)


def test_headings_state_the_points_of_the_metadata(name):
    prose = [cell.source for cell in read(name).cells if cell.cell_type == "markdown"]
    stated = re.findall(r"^## (\d) .*\((\d) points(?:, marked by hand)?\)$", "\n".join(prose), re.M)
    assert [int(number) for number, _ in stated] == list(range(1, len(stated) + 1))
    given = [cell.metadata.nbgrader.points for cell in marked(read(name), "grade").values()]
    assert [int(points) for _, points in stated] == given


def test_every_number_in_the_prose_is_computed(name):
    source = read(name)
    claims = set().union(*map(claims_in, prose_of(source)))
    computed = numbers_computed(source)
    assert not [str(claim) for claim in claims if not is_computed(claim, computed)]


def test_the_model_answer_to_the_three_logs_holds():
    lengths, species = feedback.data.iris()
    X = (lengths - lengths.mean(axis=0)) / lengths.std(axis=0)
    X = np.column_stack([X, np.ones(150)])

    def lowest(X, y):
        def loss(w):
            z = X @ w.reshape(5, 3)
            slope = X.T @ (softmax(z) - np.eye(3)[y]) / len(y)
            return softmax_cross_entropy(z, y), slope.ravel()

        return minimize(loss, np.zeros(15), jac=True, method="L-BFGS-B").fun

    assert 0.03 < lowest(X, species) < 0.1 < 0.5 < np.log1p(2 / np.e)  # not to 0
    rng, other = np.random.default_rng(0), np.random.default_rng(0).permutation(species)
    draws = {n: [rng.choice(150, n, replace=False) for _ in range(40)] for n in (3, 10)}
    learnt = {n: [lowest(X[rows], other[rows]) < 0.1 for rows in draws[n]] for n in draws}
    assert all(learnt[3])
    assert not all(learnt[10])  # why the answer does not say ten, as the chapter does


def test_assignments_share_one_how_to():
    said = {cell.source for name in NAMES for cell in read(name).cells if cell.id == "how-to"}
    assert len(said) == 1


def test_notebook_contains_no_machine_paths(name):
    assert not re.search(r"/(?:home|root|Users|tmp|work)/", nbformat.writes(read(name)))
