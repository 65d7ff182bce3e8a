"""Submissions are found, and accidents are repaired; `make rehearse` then grades them."""

import time
from collections import Counter
from datetime import datetime
from types import SimpleNamespace

import pytest

from exercises import submissions
from exercises.generate import is_marked
from exercises.submissions import Submission, collect, grade_id, handed_out, is_open, student_id
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


@pytest.mark.parametrize(
    ("limit", "value", "read"),
    [
        ("MEMORY", 2**20, lambda path: bytearray(2**28)),
        ("SECONDS", 0.1, lambda path: time.sleep(60)),
    ],
)
def test_file_that_takes_too_much_is_the_fault_of_one_student(
    tmp_path, monkeypatch, limit, value, read
):
    odd_submissions.put(tmp_path / "a.ipynb", *ODD["unknown keys"].files.values())
    assert submissions.examine("a", tmp_path / "a.ipynb").fault == ""
    monkeypatch.setattr(submissions, limit, value)
    monkeypatch.setattr(submissions, "read", read)
    assert submissions.examine("a", tmp_path / "a.ipynb").fault.startswith("a.ipynb takes more")


def test_folder_full_of_another_assignment_changes_nothing_for_others(tmp_path):
    for student in ("ann", "bob"):
        odd_submissions.put(tmp_path / f"{student}.ipynb", odd_submissions.of(student))
    (tmp_path / "cem").mkdir()
    (tmp_path / "cem" / "answers.pdf").write_bytes(b"%PDF")
    for number in range(4):
        path = tmp_path / "mallory" / f"{odd_submissions.OTHER}_{number}.ipynb"
        odd_submissions.put(path, odd_submissions.blank(odd_submissions.OTHER))
    found = {key for key in collect(tmp_path) if key[1] != "mallory"}
    assert found == {(NAME, student) for student in ("ann", "bob", "cem")}


def test_error_of_ours_is_named_in_the_fault_of_one_file(tmp_path, monkeypatch):
    odd_submissions.put(tmp_path / "a.ipynb", odd_submissions.solved())
    monkeypatch.setattr(submissions, "repair", lambda notebook, name: notebook.odd)
    fault = submissions.examine("a", tmp_path / "a.ipynb").fault
    assert fault == "a.ipynb is not a notebook (AttributeError: odd)"


def test_what_a_remark_quotes_does_not_read_as_another_remark(tmp_path):
    found = tmp_path / "a; not graded: b.ipynb"
    found.write_text("{")
    faulty = submissions.examine("a", found)
    noted = Submission("a", notes=["cell 3 uses '; {0.gi_frame}'.format", "same answers as b"])
    assert "a, not graded: b.ipynb is not a notebook" in faulty.remark
    assert noted.remark == "cell 3 uses ', {0.gi_frame}'.format; same answers as b"
    assert "; " not in faulty.remark


def test_what_is_kept_of_a_notebook_is_what_is_graded(collected):
    cells = collected["unknown keys"].notebook.cells
    assert not any("odd" in cell or "odd" in cell.metadata for cell in cells)
    (answer,) = (cell for cell in collected["pictures"].notebook.cells if is_open(cell))
    assert answer.attachments["2.png"] == {"image/png": "iVBOR"}


@pytest.mark.parametrize("seconds", [-1e12, -1e9, 1e12, 1e300])
def test_time_of_a_file_is_in_the_calendar(seconds):
    path = SimpleNamespace(lstat=lambda: SimpleNamespace(st_mtime=seconds))
    assert 1969 <= datetime.fromtimestamp(Submission("a", path=path).time).year <= 9999
