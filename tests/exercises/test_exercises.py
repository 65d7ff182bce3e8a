"""The exercises: solutions pass, student versions are unsolved, known mistakes are named."""

import re
from pathlib import Path

import nbformat
import pytest

from exercises import generate
from tests.book.notebooks import (
    METADATA,
    claims_in,
    code_cells,
    is_computed,
    numbers_computed,
    prose_of,
)
from tests.exercises.assignments import NAMES, read, student
from xent_lib import feedback

WRONG_ANSWERS = Path(__file__).parent / "wrong_answers"
FEWEST = 3  # known mistakes per exercise


def marked(notebook, kind):
    return {cell.id: cell for cell in notebook.cells if generate.is_marked(cell, kind)}


def run(notebook, monkeypatch, **answers):
    """Run the code cells; return {cell id: message} of the failed checks.

    ``answers`` replaces the source of cells by id; if given, only the checks of these cells run.
    """
    monkeypatch.setattr(feedback, "_scores", {})
    names, messages = {"__name__": "__main__"}, {}
    for cell in code_cells(notebook):
        answered = not answers or cell.id.removesuffix("-test") in answers
        if generate.is_marked(cell, "grade") and not answered:
            continue
        try:
            exec(compile(answers.get(cell.id, cell.source), cell.id, "exec"), names)
        except feedback.NotSolved as error:
            messages[cell.id] = str(error)
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
    tests = [cell for cell in marked(source, "grade").values() if cell.cell_type == "code"]
    points = sum(cell.metadata.nbgrader.points for cell in tests)
    earned = [sum(numbers) for numbers in zip(*feedback._scores.values(), strict=True)]
    assert earned == [points, points], "earned, possible; expected the points in the metadata"


def test_unsolved_version_scores_nothing_and_says_so(name, monkeypatch):
    blank = student(name)
    tests = {key for key, cell in marked(blank, "grade").items() if cell.cell_type == "code"}
    messages = run(blank, monkeypatch)
    assert set(messages) == tests
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
            assert "check(" in secret
            assert secret not in "\n".join(cell.source for cell in blank.cells)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(blank))


def test_page_shows_no_hidden_test(name):
    page = nbformat.writes(generate.page(read(name), name))
    assert not re.search("BEGIN|END|nbgrader", page)


def test_page_has_every_exercise_of_its_source(name):
    source, page = read(name), generate.page(read(name), name)
    headings = [re.findall(r"^## \d .*", "\n".join(prose_of(n)), re.M) for n in (source, page)]
    assert headings[0] == headings[1] != []
    for kind in ("solution", "grade"):
        expected = list(marked(source, kind))
        assert [cell.id for cell in page.cells if cell.id in expected] == expected


def test_page_omits_the_score(name):
    cells = generate.page(read(name), name).cells
    assert not [
        cell.id for cell in cells if "score()" in cell.source or "Your score" in cell.source
    ]


# --- known mistakes ---------------------------------------------------------------------------


def wrong_answers(name):
    """Yield (cell id, whether only a hidden test fails, words of the message, code)."""
    path = WRONG_ANSWERS / f"{name}.py"
    # A missing file is reported by tests/book/test_chapter_lists.py, and must not stop this one.
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for part in text.split("\n# %% ")[1:]:
        head, code = part.split("\n", 1)
        found = re.fullmatch(r"(\S+?)( \(hidden\))?: (.*)", head)
        assert found, f"{path.name}: `# %% {head}` is not `# %% cell: words of the message`"
        cell, hidden, words = found.groups()
        yield cell, bool(hidden), words, code


WRONG = [(name, *wrong) for name in NAMES for wrong in wrong_answers(name)]


@pytest.mark.parametrize(
    ("name", "cell", "hidden", "words", "code"),
    WRONG,
    ids=[f"{n}-{c}-{w}" for n, c, _, w, _ in WRONG],
)
def test_wrong_answer_fails_with_its_message(name, cell, hidden, words, code, monkeypatch):
    messages = run(read(name), monkeypatch, **{cell: code})
    assert list(messages) == [f"{cell}-test"], "the wrong answer passes"
    assert words in messages[f"{cell}-test"]
    seen = generate.student(read(name)).cells
    seen = next(other.source for other in seen if other.id == f"{cell}-test")
    visible = run(read(name), monkeypatch, **{cell: code, f"{cell}-test": seen})
    assert visible == ({} if hidden else messages)


def test_every_exercise_has_at_least_three_wrong_answers(name):
    tests = [key for key, cell in marked(read(name), "grade").items() if cell.cell_type == "code"]
    for test in tests:
        known = {w for c, hidden, w, _ in wrong_answers(name) if f"{c}-test" == test and not hidden}
        assert len(known) >= FEWEST, f"add wrong answers to {test}: wrong_answers/{name}.py"


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
        if cell.cell_type == "code" and not (mark and mark.grade):
            assert max(map(len, cell.source.splitlines())) < 80, "wider than the page"
        if mark and mark.grade and not mark.solution:
            assert cell.source.count("from xent_lib.feedback import check") == 1
            assert cell.metadata.jupyter.source_hidden, "checks must be folded"
    prose = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    assert prose.count("<summary>Hint") >= len(marked(source, "grade")) - 1
    assert prose.count("<details>") == prose.count("</details>")


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


def test_assignments_share_one_how_to():
    said = {cell.source for name in NAMES for cell in read(name).cells if cell.id == "how-to"}
    assert len(said) == 1


def test_notebook_contains_no_machine_paths(name):
    assert not re.search(r"/(?:home|root|Users|tmp|work)/", nbformat.writes(read(name)))
