"""Find the notebooks in a folder of submissions, and repair what was damaged by accident.

`collect` returns for each student and assignment the notebook that counts, with notes for the
lecturer, or the reason why there is none that can be graded.
"""

import collections
import copy
import functools
import json
import multiprocessing
import os
import re
import resource
import sys
import unicodedata
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from exercises.generate import TEXT_STUB, is_marked
from exercises.generate import student as student_version
from exercises.suspicious import suspicious

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("source/*/*.ipynb"))
LARGEST = 20 * 2**20  # bytes
MOST_CELLS, MOST_TEXT, MOST_PICTURES = 1000, 10**6, 100  # without outputs
MOST_NOTEBOOKS = 20  # that are read, of a file or folder
SECONDS, MEMORY = 20, 2 * 2**30  # to read a notebook; a usual one takes a fraction of a second
LAST_TIME = 253_370_764_800  # the year 9999 begins; Python's calendar ends with it
PICTURES = ("image/png", "image/jpeg")  # pasted ones, which the feedback shows
INSTALLATION = re.compile(r"^( *)(!|%pip\b|%conda\b)", re.M)
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz"}
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.I)  # some browsers add the second ending
FUNCTION = re.compile(r"^def (\w+)", re.M)
NOT_GRADED = "not graded: "  # how the remark on a submission without points begins
UNPACK = "unpack it into a folder, and grade again"


@dataclass
class Submission:
    """What a student handed in for an assignment: a notebook, or the reason why there is none."""

    student: str
    name: str | None = None  # the assignment; None if unknown
    path: Path | None = None
    notebook: nbformat.NotebookNode | None = None
    fault: str = ""  # why it cannot be graded
    notes: list[str] = field(default_factory=list)  # for the lecturer

    @property
    def time(self):
        """The time of the file, in seconds; 0 without a file, or if it is before 1970."""
        return min(max(0, self.path.lstat().st_mtime), LAST_TIME) if self.path else 0

    @property
    def rank(self):
        """Of several files, the one with the highest rank counts."""
        written = bool(self.notebook and answers(self.notebook, self.name))
        copy = bool(self.path and self.path.stem.endswith("-checkpoint"))
        return (not self.fault, written, not copy, self.time)

    @property
    def remark(self):
        """What the lecturer should know, in one line: "; " stands only between two remarks."""
        fault = [NOT_GRADED + self.fault] if self.fault else []
        return "; ".join(part.replace("; ", ", ") for part in fault + self.notes)


class Fault(Exception):
    """Its message says why a file cannot be graded."""


# --- find -------------------------------------------------------------------------------------


def collect(folder):
    """Return {(assignment, student): submission} of all that the folder holds."""
    found = []
    for entry, student in students(folder).items():
        paths = sorted(notebooks(entry), key=lambda path: path.lstat().st_mtime, reverse=True)
        paths.sort(key=lambda path: named_after(path) is None)
        found += [examine(student, path) for path in paths[:MOST_NOTEBOOKS]]
        fault = f"is not among the {MOST_NOTEBOOKS} newest notebooks, and was not read"
        found += [Submission(student, None, path, fault=fault) for path in paths[MOST_NOTEBOOKS:]]
        if not paths:
            found.append(Submission(student, fault=without_notebook(entry)))

    # Each student counts once for an assignment: nobody decides alone what the others handed in.
    pairs = {(submission.name, submission.student) for submission in found if submission.notebook}
    pairs = pairs or {(submission.name, submission.student) for submission in found}
    names = [name for name, _ in sorted(pairs, key=str) if name]
    if not names:
        faults = "".join(f"\n  {submission.student}: {submission.fault}" for submission in found)
        sys.exit(f"{folder} holds no notebook of an assignment.{faults}")
    usual, times = collections.Counter(names).most_common(1)[0]
    groups = collections.defaultdict(list)
    for submission in found:
        groups[submission.name or usual, submission.student].append(submission)
    collected = {key: the_one_that_counts(group, folder) for key, group in groups.items()}
    note_other_assignments(collected, usual if 2 * times > len(names) else None)
    note_equal_answers(collected)
    return dict(sorted(collected.items()))


def students(folder):
    """Return {file or folder: student} of all that the folder holds."""
    names = {}
    for entry in folder.iterdir():
        if not is_hidden(entry.name):
            stem = NOTEBOOK.sub("", entry.name) if NOTEBOOK.search(entry.name) else entry.stem
            names[entry] = entry.name if entry.is_dir() else stem
            names[entry] = unicodedata.normalize("NFC", names[entry])  # Macs pack ë as e and dots
    found, owners = {}, {}
    for entry in sorted(names, key=lambda entry: (student_id(names[entry]) != names[entry], entry)):
        student = student_id(names[entry])
        while owners.setdefault(student, names[entry]) != names[entry]:  # as "x?" and "x_3f"
            student += f"_{number_of(names[entry])}"
        found[entry] = student
    return found


def is_hidden(name):
    """Return whether a name is one that systems make for themselves, as .ipynb_checkpoints."""
    return name.startswith(".") or name == "__MACOSX"


def student_id(name):
    """Return a name that is safe as a folder, in a web address and in a spreadsheet.

    Any other character is replaced by its number.
    """
    safe = re.sub(r"[^\w@. -]|^[-@. ]| $", lambda found: f"_{ord(found[0]):x}", name)
    if len(safe.encode()) > 100:  # names of files have at most 255 bytes
        safe = f"{safe[:20]}_{number_of(name)}"
    return safe


def number_of(name):
    """Return a number that tells a name from others, in hexadecimal digits."""
    return f"{zlib.crc32(os.fsencode(name)):x}"


def notebooks(entry):
    """Return the notebooks of an entry: itself, or those in the folder."""
    if entry.is_symlink():
        return [entry]
    paths = [entry]
    for root, folders, files in os.walk(entry):  # does not follow links
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        paths += [Path(root, name) for name in sorted(files) if not is_hidden(name)]
    paths = [path for path in paths if NOTEBOOK.search(path.name)]
    return [path for path in paths if path.is_symlink() or path.is_file()]


def without_notebook(entry):
    """Return the fault of an entry without a notebook."""
    files = [path for path in (entry, *entry.rglob("*")) if path.is_file()]
    files = [path for path in files if not any(map(is_hidden, path.relative_to(entry).parts))]
    packed = [path.name for path in files if path.suffix.lower() in ARCHIVES]
    if packed:
        return f"handed in {printable(packed[0])}: {UNPACK}"
    return "handed in no notebook" + (f", but {printable(files[0].name)}" if files else "")


def printable(name):
    """Return the name of a file without signs that a terminal or a table would take for more."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(name))


def the_one_that_counts(group, folder):
    """Return the submission with the highest rank, with a note if there are several."""
    chosen = max(group, key=lambda submission: submission.rank)
    files = [submission.path for submission in group if submission.path]
    if len(files) > 1:
        counted = printable(chosen.path.relative_to(folder))
        chosen.notes.append(f"{len(files)} notebooks, counted: {counted}")
    return chosen


def note_other_assignments(collected, usual):
    """Note who handed in another assignment than the file says, or than nearly everybody."""
    for (name, student), submission in list(collected.items()):
        told = submission.path and named_after(submission.path)
        if submission.notebook and told and told != name:
            submission.notes.append(f"is {name}, handed in as {told}")
        expected = told if told and told != name else usual
        if expected and (expected, student) not in collected:
            fault = f"handed in {name}, not {expected}"
            collected[expected, student] = Submission(student, expected, fault=fault)


def note_equal_answers(collected):
    """Note which students handed in the same text in all their answers."""
    groups = collections.defaultdict(list)
    for (name, _), submission in collected.items():
        if submission.notebook:
            groups[name, answers(submission.notebook, name)].append(submission)
    for (_, written), group in groups.items():
        for submission in group if written else []:
            others = [other.student for other in group if other is not submission]
            if others:
                submission.notes.append(f"same answers as {', '.join(others[:3])}")


# --- read -------------------------------------------------------------------------------------


def examine(student, path):
    """Return a file as a submission, repaired, or with its fault.

    A process of its own reads it: no file may take all memory or time, or stop the grading.
    """
    for name in NAMES:
        landmarks(name)  # now, so that not every process has to
    limit = (resource.RLIMIT_DATA, (MEMORY, MEMORY))
    file = printable(path.name)
    try:
        with multiprocessing.get_context("fork").Pool(1, resource.setrlimit, limit) as reader:
            name, notebook, notes = reader.apply_async(examined, (path,)).get(SECONDS)
        return Submission(student, name, path, notebook, notes=notes)
    except Fault as error:
        fault = str(error)
    except (MemoryError, multiprocessing.TimeoutError):
        fault = f"{file} takes more than {SECONDS} seconds or {MEMORY >> 30} GB of memory to read"
    except Exception as error:  # whatever it is, it is the fault of this file alone
        reason = printable(f"{type(error).__name__}: {error}".splitlines()[0])
        fault = f"{file} is not a notebook ({reason[:100]})"
    return Submission(student, named_after(path), path, fault=fault)


def examined(path):
    """Return the assignment in a file, the repaired notebook, and notes."""
    notebook = read(path)
    name = assignment_of(notebook)
    return name, notebook, repair(notebook, name) + suspicious(notebook, handed_out(name))


def named_after(path):
    """Return the assignment that a file or its folder is named after, or None."""
    parts = (path.stem, path.parent.name)
    return next((name for part in parts for name in NAMES if part.startswith(name)), None)


def read(path):
    """Return the notebook in a file, without outputs."""
    size = path.lstat().st_size
    if path.is_symlink():
        raise Fault("is a symbolic link")
    if not size:
        raise Fault("is empty")
    if size > LARGEST:
        raise Fault(f"is too large: {size / 2**20:.0f} MB. Are there large outputs?")
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise Fault(f"is a zip archive: {UNPACK}")
    notebook = parse(content)
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()  # fails for what is no text, as half a character
    if sum(len(cell.source) for cell in notebook.cells) > MOST_TEXT:
        raise Fault(f"has more than {MOST_TEXT} characters in its cells")
    return notebook


def parse(content):
    """Return the bytes of a notebook file as a notebook of the newest format."""
    try:
        data = json.loads(content)  # detects UTF-8, with or without a mark, and UTF-16
    except UnicodeDecodeError:
        data = json.loads(content.decode("latin-1"))  # some editors on Windows
    if data["nbformat"] > 4:
        raise Fault(f"has format {data['nbformat']}, which is newer than this program")
    sheets = [data, *data.get("worksheets", [])]  # format 3 has worksheets
    count = sum(len(sheet.get("cells", [])) for sheet in sheets)
    if count > MOST_CELLS:  # reading them would take minutes
        raise Fault(f"has {count} cells, more than the {MOST_CELLS} that are graded")
    if data["nbformat"] < 4:
        data = nbformat.reads(json.dumps(data), as_version=4)
    cells, ids = [], set()
    for number, cell in enumerate(map(plain, data["cells"])):
        if not re.fullmatch(r"[\w-]{1,64}", str(cell["id"] or "")) or cell["id"] in ids:
            cell["id"] = f"cell-{number}"
        ids.add(cell["id"])
        cells.append(cell)
    if sum(len(cell.get("attachments", ())) for cell in cells) > MOST_PICTURES:
        raise Fault(f"has more than {MOST_PICTURES} pasted pictures")
    data = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return nbformat.reads(json.dumps(data), as_version=4)


def plain(cell):
    """Return a cell made anew of what is graded or shown: its text, mark and pasted pictures."""
    mark = {"nbgrader": {"grade_id": grade_id(cell)}} if grade_id(cell) else {}
    new = {key: cell.get(key) for key in ("cell_type", "id", "source")} | {"metadata": mark}
    if cell["cell_type"] == "code":
        return new | {"outputs": [], "execution_count": None}
    pictures = cell.get("attachments", {}).items()
    pictures = {
        name: {kind: kinds[kind] for kind in PICTURES if kind in kinds} for name, kinds in pictures
    }
    return new | ({"attachments": pictures} if pictures else {})


def assignment_of(notebook):
    """Return the assignment with the most exercises or texts in the notebook."""
    found = {grade_id(cell) for cell in notebook.cells} | {cell.id for cell in notebook.cells}
    found |= {cell.source.strip() for cell in notebook.cells}
    known = {name: len(found & landmarks(name)) for name in NAMES}
    best = max(NAMES, key=known.get)
    if list(known.values()).count(known[best]) > 1:  # none at all, or only what all have in common
        raise Fault("contains none of the exercises")
    return best


@functools.cache
def landmarks(name):
    """Return the ids of the exercises and the texts of an assignment."""
    cells = handed_out(name).cells
    ids = {cell.id for cell in cells if is_marked(cell, "solution") or is_marked(cell, "grade")}
    return ids | {cell.source.strip() for cell in cells if len(cell.source) > 40}


def grade_id(cell):
    mark = cell.get("metadata", {}).get("nbgrader")
    found = mark.get("grade_id") if isinstance(mark, dict) else None
    return found if isinstance(found, str) else None


@functools.cache
def handed_out(name):
    """Return the notebook that the students got. Do not change it: it is read only once."""
    return student_version(nbformat.read(HERE / "source" / name / f"{name}.ipynb", as_version=4))


# --- repair -----------------------------------------------------------------------------------


def repair(notebook, name):
    """Give each exercise cell of the assignment exactly one place; return notes.

    Cells that were copied or split, that lost their metadata or type, or were deleted, would
    make nbgrader refuse the notebook or run a check in the wrong place.
    """
    assignment = copy.deepcopy(handed_out(name))
    originals = {cell.id: cell for cell in assignment.cells}
    notebook.metadata = assignment.metadata
    notes = unite_copies(notebook, originals)
    notes += copy_out_of_locked(notebook, originals)
    notes += put_back_deleted(notebook, originals)
    for number, cell in enumerate(notebook.cells, start=1):
        if is_open(cell) and cell.source.strip() in ("", TEXT_STUB):
            texts = own_texts(notebook, originals)
            if texts:
                cell.source = "(from other cells)\n\n" + "\n\n".join(texts)
                notes.append(f"open answer found outside its cell, copied into cell {number}")
        elif cell.cell_type == "code" and not is_marked(cell, "locked"):
            # The sandbox starts no programs; the error would hide the answers of this cell.
            cell.source = INSTALLATION.sub(r"\1pass  # not run: \2", cell.source)
    return notes


def unite_copies(notebook, originals):
    """Give each exercise cell its metadata, and of several copies only the last; return notes."""
    used = {grade_id(cell) for cell in notebook.cells}
    copies = collections.defaultdict(list)
    for cell in notebook.cells:
        key = grade_id(cell) or cell.id  # some editors remove the metadata
        if "nbgrader" in originals.get(key, cell).metadata and (grade_id(cell) or key not in used):
            copies[key].append(cell)
        cell.metadata = {}

    notes = []
    for key, cells in copies.items():
        original = originals.get(key)
        if not original:  # a cell of another assignment
            continue
        if is_open(original):
            texts = dict.fromkeys(cell.source.strip() for cell in cells)
            texts = [text for text in texts if text not in ("", TEXT_STUB)]
            for cell in cells:
                cell.source = ""
            cells[-1].source = "\n\n".join(texts) or TEXT_STUB
        elif len(cells) > 1 and not is_marked(original, "locked"):
            notes.append(f"answer {key} is in {len(cells)} cells")
        restore(cells[-1], original)
    return notes


def copy_out_of_locked(notebook, originals):
    """Copy answers out of locked cells, whose text nbgrader restores; return notes."""
    given = {cell.source.strip() for cell in originals.values()}
    own = [cell for cell in notebook.cells if cell.source.strip() not in given]
    missing = {
        function: key
        for key, cell in originals.items()
        if is_marked(cell, "solution") and not is_open(cell)
        for function in FUNCTION.findall(cell.source)
    }
    for cell in own:
        if cell.cell_type == "code" and not is_marked(cell, "locked"):
            for function in FUNCTION.findall(cell.source):
                missing.pop(function, None)
    notes = []
    for cell in own:
        found = {missing.get(function) for function in FUNCTION.findall(cell.source)} - {None}
        if found and is_marked(cell, "locked") and cell.cell_type == "code":
            place = notebook.cells.index(cell) + 1
            copied = nbformat.v4.new_code_cell(cell.source, id=f"copy-{place}")
            notebook.cells.insert(place, copied)
            keys = ", ".join(sorted(found))
            notes.append(f"answer {keys} was in a locked cell, copied into cell {place + 1}")
    return notes


def put_back_deleted(notebook, originals):
    """Put back deleted cells, but not answers, which can be in any other cell; return notes."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    notes = []
    places = {cell.id: cell for cell in notebook.cells}
    places |= {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    at = 0
    for key, original in originals.items():
        if key in places:
            at = notebook.cells.index(places[key]) + 1
        elif is_marked(original, "solution") and not is_open(original):
            if not all(re.search(rf"\b{f}\b", code) for f in FUNCTION.findall(original.source)):
                notes.append(f"answer {key} is in no cell")
        elif is_marked(original, "grade"):  # after all that could be its answer
            notebook.cells.append(original)
        elif is_marked(original, "locked"):
            notebook.cells.insert(at, original)
            at += 1
    return notes


def restore(cell, original):
    """Give a cell the metadata and the type of the original."""
    cell.metadata = original.metadata
    if cell.cell_type != original.cell_type:
        cell.cell_type = original.cell_type
        for key in ("outputs", "execution_count", "attachments"):
            cell.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def is_open(cell):
    """Return whether a cell is the answer to an open question."""
    return is_marked(cell, "grade") and is_marked(cell, "solution")


def own_texts(notebook, originals):
    """Return the text that the student wrote outside the cells for it."""
    given = {cell.source.strip() for cell in originals.values()}
    texts = []
    for cell in notebook.cells:
        text = cell.source.strip()
        if cell.cell_type == "code" or "nbgrader" in cell.metadata or text in given:
            continue
        if cell.id in originals:  # written below the question, in its cell
            _, found, text = text.partition(originals[cell.id].source.strip())
            text = text.strip() if found else ""
        texts += [text] if text else []
    return texts


def answers(notebook, name):
    """Return what the student wrote: the cells that differ from those handed out."""
    given = {cell.source.strip() for cell in handed_out(name).cells} | {""}
    own = (cell.source.strip() for cell in notebook.cells if not is_marked(cell, "locked"))
    return tuple(text for text in own if text not in given)
