"""Submissions are found, and accidents are repaired; `make rehearse` then grades them."""

from collections import Counter

import pytest

from exercises.generate import is_marked
from exercises.submissions import collect, grade_id, handed_out, is_open, student_id
from tests.exercises import odd_submissions
from tests.exercises.odd_submissions import NAME, ODD


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submissions")
    odd_submissions.write(folder)
    return {student: found for (name, student), found in collect(folder).items() if name == NAME}


def test_every_student_is_found(collected):
    assert set(collected) == set(ODD)


@pytest.mark.parametrize("student", ODD)
def test_submission_is_repaired_or_has_a_fault(collected, student):
    found, odd = collected[student], ODD[student]
    if found.fault:
        assert odd.remark in found.fault and odd.score == 0
        return
    given = handed_out(NAME).cells
    needed = {cell.id for cell in given if is_marked(cell, "locked") or is_open(cell)}
    places = Counter(grade_id(cell) for cell in found.notebook.cells if grade_id(cell))
    assert needed <= set(places) and set(places.values()) == {1}
    if odd.to_mark:
        (answer,) = (cell for cell in found.notebook.cells if is_open(cell))
        assert "twice" in answer.source


def test_names_stay_what_they_are_when_graded_again():
    for student in ODD:
        assert student_id(student) == student
