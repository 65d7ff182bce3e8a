"""A folder of odd submissions, each with the points and the remark that grading must give it.

`ODD` maps a name as it appears in the table to the files of a submission, the points and words of
the remark. No student may lose points by an accident: either the result is right, or the remark
says what happened.
"""

import copy
import json
import os
import unicodedata
import zipfile
from io import BytesIO
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from exercises import generate
from tests.exercises.assignments import read

NAME = "03_cross_entropy"
FILE = f"{NAME}.ipynb"
OTHER = "02_softmax"
RIGHT = 17  # points of a right submission, without those of the open answer
OLD, NEW = 1_600_000_000, 1_700_000_000  # times of files


class Odd(NamedTuple):
    files: dict  # path: notebook, bytes or text, or a function that returns it
    score: float
    remark: str  # words of it; "" if there must be none
    to_mark: float | None = None


def blank(name=NAME):
    return generate.student(read(name))


def solved(name=NAME, **answers):
    """Return the student's version with solutions filled in; `answers` replaces some by cell id."""
    notebook = blank(name)
    solutions = {cell.id: cell.source for cell in read(name).cells}
    assert set(answers) <= set(solutions), f"{name} has not all of these cells: {set(answers)}"
    for cell in notebook.cells:
        if generate.is_marked(cell, "solution"):
            cell.source = answers.get(cell.id, solutions[cell.id])
    return notebook


def of(student, **answers):
    """Return a right notebook that differs from all others in its open answer."""
    return solved(**{"plateau": f"{student} thinks that softmax is applied twice.", **answers})


def cell_of(notebook, key):
    return next(cell for cell in notebook.cells if cell.id == key)


def insert_after(notebook, key, cell):
    notebook.cells.insert(notebook.cells.index(cell_of(notebook, key)) + 1, cell)


def copied(student, key, first=None, second=None):
    """Return a notebook with a cell twice, as JupyterLab copies it: with its metadata."""
    notebook = of(student)
    cell = cell_of(notebook, key)
    twin = copy.deepcopy(cell)
    twin.id = "twin"
    cell.source, twin.source = first or cell.source, second or cell.source
    insert_after(notebook, key, twin)
    return notebook


def split(student):
    """Return a notebook with an answer cut in two, as by Ctrl-Shift-Minus."""
    helper = "def surprise(p):\n    return -np.log(np.where(p > 0, p, 1))"
    answer = "def entropy_of(p):\n    return (np.asarray(p) * surprise(np.asarray(p))).sum(-1)"
    return copied(student, "entropy", helper, answer)


def without_metadata(student, kind=None, ids=True):
    notebook = of(student)
    for number, cell in enumerate(notebook.cells):
        if kind is None or generate.is_marked(cell, kind):
            cell.metadata = {}
        if not ids:
            cell.id = f"new-{number}"
    return notebook


def open_answer_outside(student):
    notebook = of(student, plateau=generate.TEXT_STUB)
    insert_after(notebook, "plateau", new_markdown_cell(f"{student}: softmax, twice."))
    return notebook


def open_answer_in_question(student):
    notebook = of(student, plateau=generate.TEXT_STUB)
    cell_of(notebook, "plateau-question").source += f"\n\n{student}: softmax, twice."
    return notebook


def answer_in_new_cell(student):
    notebook = of(student)
    cell = cell_of(notebook, "entropy")
    insert_after(notebook, "entropy", new_code_cell(cell.source))
    cell.source = cell_of(blank(), "entropy").source
    return notebook


def without_cells(student, *keys):
    notebook = of(student)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in keys]
    return notebook


def retyped(student, key):
    notebook = of(student)
    cell = cell_of(notebook, key)
    cell.cell_type = "raw"
    cell.pop("outputs", None), cell.pop("execution_count", None)
    return notebook


def first_cell(student, source):
    notebook = of(student)
    notebook.cells.insert(0, new_code_cell(source))
    return notebook


def old_format(student):
    data = json.loads(nbformat.writes(of(student)))
    data["nbformat_minor"] = 2
    for cell in data["cells"]:
        del cell["id"]
    return json.dumps(data)


def broken_text(student):
    return nbformat.writes(of(student)).replace("softmax is applied", r"\ud800")


def changed(student, change):
    """Return the text of a right notebook after a change to its JSON."""
    data = json.loads(text(student))
    change(data)
    return json.dumps(data)


def as_colab_writes(data, marks=True):
    """Change the metadata to those that Google Colab keeps."""
    data["metadata"] = {
        "accelerator": "GPU",
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
    }
    for number, cell in enumerate(data["cells"]):
        own = {"id": f"xY_{number}-", "executionInfo": {"status": "ok", "elapsed": 12}}
        cell["metadata"] = (cell["metadata"] if marks else {}) | own
        cell["id"] = f"xY_{number}-"


def with_kernel_of_r(data):
    data["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


def with_lines_of_windows(data):
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def without_any_metadata(data):
    del data["metadata"], data["nbformat_minor"]
    for cell in data["cells"]:
        del cell["metadata"]


def with_odd_outputs(data):
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 10**6}, "metadata": {}}
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [picture, {"no": "output"}], "*"


def merge(data, first, second):
    """Merge two cells, as by Shift-M: the first one keeps its metadata and type."""
    cells = {cell["id"]: cell for cell in data["cells"]}
    cells[first]["source"] = "\n".join("".join(cells[key]["source"]) for key in (first, second))
    data["cells"].remove(cells[second])


def with_other_data(data):
    """Change a locked cell in such a way that no answer would be right."""
    setup = next(cell for cell in data["cells"] if cell["id"] == "setup")
    setup["source"] += ["\nnp = None\ncheck_exercise = print"]


def all_code_in_one_cell(data):
    code = [cell for cell in data["cells"] if cell["cell_type"] == "code"]
    texts = [cell for cell in data["cells"] if cell["cell_type"] != "code"]
    code[0]["source"] = "\n".join("".join(cell["source"]) for cell in code)
    data["cells"] = [*texts, code[0]]


def with_source(data, value):
    next(cell for cell in data["cells"] if cell["id"] == "entropy")["source"] = value


def with_unknown_keys(data):
    """Add what no program for notebooks writes: many small objects, which take much memory."""
    for cell in data["cells"]:
        cell["odd"], cell["metadata"]["odd"] = [{}] * 10_000, {"very": "odd"}


def with_pictures(data, count):
    question = next(cell for cell in data["cells"] if cell["id"] == "plateau")
    question["attachments"] = {f"{i}.png": {"image/png": "iVBOR"} for i in range(count)}


def zipped(notebook):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(FILE, nbformat.writes(notebook))
    return content.getvalue()


def huge():
    notebook = blank()
    notebook.cells += [new_code_cell("")] * 50_000
    return json.dumps(notebook)


def large():
    return " " * (21 * 2**20)


def text(student):
    return nbformat.writes(of(student))


QUIET_NOISE = """\
def binary_loss(z, y):
    import sys, warnings
    warnings.simplefilter("always")
    warnings.warn("looking at the labels")
    print("debugging", file=sys.stderr)
    return np.logaddexp(0, (1 - 2 * np.asarray(y)) * np.asarray(z)).mean()"""
ENTROPY = "def entropy_of(p):\n    return {}"

ODD = {
    # names of files and folders
    "renamed": Odd({"renamed/my homework final (2).ipynb": of("renamed")}, RIGHT, ""),
    "capital": Odd({"capital.IPYNB": of("capital")}, RIGHT, ""),
    "deep": Odd({f"deep/a/b/c/{FILE}": of("deep")}, RIGHT, ""),
    "Anna Lee": Odd({"Anna Lee.ipynb": of("Anna Lee")}, RIGHT, ""),
    "x_21": Odd({"x!.ipynb": of("x!")}, RIGHT, ""),
    "x_3f": Odd({"x?.ipynb": blank()}, 0, ""),
    "_1f600": Odd({"😀.ipynb": of("😀")}, RIGHT, ""),
    "_2drf": Odd({"-rf.ipynb": of("-rf")}, RIGHT, ""),
    "_40SUM_281_2b1_29": Odd({"@SUM(1+1).ipynb": of("@SUM")}, RIGHT, ""),
    "_3d1_2b1": Odd({"=1+1.ipynb": of("=1+1")}, RIGHT, ""),
    "_24_28touch pwn_29": Odd({"$(touch pwn).ipynb": of("touch")}, RIGHT, ""),
    "_60id_60": Odd({"`id`.ipynb": of("`id`")}, RIGHT, ""),
    "quo_22te_27": Odd({"quo\"te'.ipynb": of("quote")}, RIGHT, ""),
    "new_aline": Odd({"new\nline.ipynb": of("newline")}, RIGHT, ""),
    "LLLLLLLLLLLLLLLLLLLL_8d2176ed": Odd({"L" * 240 + ".ipynb": of("long")}, RIGHT, ""),
    "y_3f": Odd({"y_3f.ipynb": of("y_3f")}, RIGHT, ""),
    "y_3f_942fd7d": Odd({"y?.ipynb": of("y?")}, RIGHT, ""),
    "ZZZZZZZZZZZZZZZZZZZZ_20681779": Odd(
        {os.fsdecode(b"Z" * 200 + b"\xe9.ipynb"): of("Z")}, RIGHT, ""
    ),
    "caf_dce9": Odd({os.fsdecode(b"caf\xe9.ipynb"): of("café")}, RIGHT, ""),
    "escape": Odd({"escape/\033[31m.zip": zipped(of("e"))}, 0, "handed in ?[31m.zip: unpack"),
    "Zoë": Odd(
        {
            unicodedata.normalize("NFD", "Zoë.ipynb"): of("Zoë"),
            unicodedata.normalize("NFC", "Zoë.ipynb"): blank(),
        },
        RIGHT,
        "2 notebooks, counted: Zoe",
    ),
    "Maria": Odd({"Maria.ipynb": of("Maria")}, RIGHT, ""),
    "maria": Odd({"maria.ipynb": of("maria, another one")}, RIGHT, ""),
    "محمد": Odd({"محمد.ipynb": of("محمد")}, RIGHT, ""),
    "_202etxt": Odd({"\u202etxt.ipynb": of("right to left")}, RIGHT, ""),
    "no_200bspace": Odd({"no\u200bspace.ipynb": of("no space")}, RIGHT, ""),
    "_1f469_200d_1f393": Odd({"👩‍🎓.ipynb": of("👩‍🎓")}, RIGHT, ""),
    "a_3bb_2cc": Odd({"a;b,c.ipynb": of("columns")}, RIGHT, ""),
    "Anna_2520Lee": Odd({"Anna%20Lee.ipynb": of("percent")}, RIGHT, ""),
    "_20space_20": Odd({" space .ipynb": of("space")}, RIGHT, ""),
    "folder.ipynb": Odd({f"folder.ipynb/{FILE}": of("folder")}, RIGHT, ""),
    "twice": Odd({f"twice/{FILE}/{FILE}": of("twice in a folder")}, RIGHT, ""),
    "text file": Odd({f"text file/{FILE}.txt": of("text file")}, RIGHT, ""),
    "json file": Odd({"json file.ipynb.json": of("json file")}, RIGHT, ""),
    # which file counts
    "many": Odd(
        {f"many/{number:03}.ipynb": blank() for number in range(40)} | {f"many/{FILE}": of("many")},
        RIGHT,
        f"41 notebooks, counted: many/{FILE}",
    ),
    "future": Odd({"future.ipynb": (of("future"), 10**12)}, RIGHT, ""),
    "past": Odd({"past.ipynb": (of("past"), -(10**9))}, RIGHT, ""),
    "checkpoint": Odd(
        {
            f"checkpoint/{FILE}": of("checkpoint"),
            f"checkpoint/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": blank(),
        },
        RIGHT,
        "",
    ),
    "blank copy": Odd(
        {f"blank copy/{FILE}": of("blank copy"), f"blank copy/{NAME}-Copy1.ipynb": (blank(), NEW)},
        RIGHT,
        f"2 notebooks, counted: blank copy/{FILE}",
    ),
    "newer copy": Odd(
        {
            f"newer copy/{FILE}": of("newer copy", entropy=ENTROPY.format("0.0")),
            f"newer copy/{NAME}-Copy1.ipynb": (of("newer copy"), NEW),
        },
        RIGHT,
        f"2 notebooks, counted: newer copy/{NAME}-Copy1.ipynb",
    ),
    "broken copy": Odd(
        {f"broken copy/{FILE}": of("broken copy"), "broken copy/b.ipynb": ("", NEW)},
        RIGHT,
        "2 notebooks, counted",
    ),
    "zip": Odd({"zip.zip": zipped(of("zip"))}, 0, "handed in zip.zip: unpack it"),
    "folder with zip": Odd({"folder with zip/03.zip": zipped(of("z"))}, 0, "unpack it"),
    "zip as notebook": Odd({f"zip as notebook/{FILE}": zipped(of("z"))}, 0, "is a zip archive"),
    "archives": Odd(
        {"archives/a.RAR": "Rar!", "archives/b.7z": "7z"}, 0, "handed in a.RAR: unpack"
    ),
    "page": Odd({f"page/{NAME}.html": "<html>"}, 0, f"handed in no notebook, but {NAME}.html"),
    "only junk": Odd(
        {f"only junk/__MACOSX/._{FILE}": "\0\5", "only junk/.DS_Store": "\0"},
        0,
        "handed in no notebook",
    ),
    "backups": Odd(
        {f"backups/{FILE}": of("b"), f"backups/{FILE}~": "old", "backups/Thumbs.db": "\0"},
        RIGHT,
        "",
    ),
    "script": Odd({"script.py": "print(1)"}, 0, "handed in no notebook, but script.py"),
    "no file": Odd({"no file": None}, 0, "handed in no notebook"),
    "empty": Odd({f"empty/{FILE}": ""}, 0, "is empty"),
    "text": Odd({f"text/{FILE}": "my homework"}, 0, "is not a notebook"),
    "merge": Odd({f"merge/{FILE}": "<<<<<<< HEAD\n" + text("merge")}, 0, "is not a notebook"),
    "half a character": Odd({"half a character.ipynb": broken_text("half")}, 0, "not a notebook"),
    "huge": Odd({"huge.ipynb": huge}, 0, "cells, more than the 1000"),
    "large": Odd({"large.ipynb": large}, 0, "is too large: 21 MB"),
    "other": Odd(
        {"other.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'},
        0,
        "contains none of the exercises",
    ),
    # how the file was written
    "mark of order": Odd({"mark of order.ipynb": "\ufeff" + text("mark of order")}, RIGHT, ""),
    "utf16": Odd({"utf16.ipynb": text("utf16").encode("utf-16")}, RIGHT, ""),
    "latin1": Odd({"latin1.ipynb": text("Jürgen").encode("latin-1", "replace")}, RIGHT, ""),
    "format 3": Odd({"format 3.ipynb": ""}, RIGHT, ""),  # written below
    "format 4.2": Odd({"format 4.2.ipynb": old_format("format 4.2")}, RIGHT, ""),
    "utf32": Odd({"utf32.ipynb": text("utf32").encode("utf-32")}, RIGHT, ""),
    "NaN": Odd(
        {"NaN.ipynb": changed("NaN", lambda data: data["metadata"].update(grade=float("nan")))},
        RIGHT,
        "",
    ),
    "comma": Odd({"comma.ipynb": text("comma").rstrip()[:-1] + ",}"}, 0, "is not a notebook"),
    "cut off": Odd({"cut off.ipynb": text("cut off")[:-2000]}, 0, "is not a notebook"),
    "only zeros": Odd({"only zeros.ipynb": "\0" * 5000}, 0, "is not a notebook"),
    "deep lists": Odd({"deep lists.ipynb": "[" * 100_000}, 0, "is not a notebook"),
    "list": Odd({"list.ipynb": f"[{text('list')}]"}, 0, "is not a notebook"),
    "wrapped": Odd({"wrapped.ipynb": f'{{"content": {text("w")}}}'}, 0, "is not a notebook"),
    "format 4.99": Odd(
        {"format 4.99.ipynb": changed("4.99", lambda data: data.update(nbformat_minor=99))},
        RIGHT,
        "",
    ),
    "format 5": Odd(
        {"format 5.ipynb": changed("5", lambda data: data.update(nbformat=5))}, 0, "has format 5"
    ),
    "Windows": Odd({"Windows.ipynb": changed("Windows", with_lines_of_windows)}, RIGHT, "", 3),
    "bare": Odd({"bare.ipynb": changed("bare", without_any_metadata)}, RIGHT, "", 3),
    "Colab": Odd({"Colab.ipynb": changed("Colab", as_colab_writes)}, RIGHT, "", 3),
    "Colab without marks": Odd(
        {
            "Colab without marks.ipynb": changed(
                "C", lambda data: as_colab_writes(data, marks=False)
            )
        },
        RIGHT,
        "outside its cell",
        to_mark=3,
    ),
    "R": Odd({"R.ipynb": changed("R", with_kernel_of_r)}, RIGHT, ""),
    "outputs": Odd({"outputs.ipynb": changed("outputs", with_odd_outputs)}, RIGHT, ""),
    "no source": Odd(
        {"no source.ipynb": changed("no source", lambda data: with_source(data, {}))},
        0,
        "no source.ipynb is not a notebook (",
    ),
    "source is a number": Odd(
        {"source is a number.ipynb": changed("number", lambda data: with_source(data, 3))},
        0,
        "is not a notebook (",
    ),
    "unknown keys": Odd({"unknown keys.ipynb": changed("keys", with_unknown_keys)}, RIGHT, "", 3),
    "pictures": Odd(
        {"pictures.ipynb": changed("pictures", lambda data: with_pictures(data, 3))}, RIGHT, "", 3
    ),
    "many pictures": Odd(
        {"many pictures.ipynb": changed("many", lambda data: with_pictures(data, 101))},
        0,
        "more than 100 pasted pictures",
    ),
    # what was done to the cells
    "merged check": Odd(
        {"merged check.ipynb": changed("m", lambda data: merge(data, "entropy", "entropy-test"))},
        RIGHT,
        "",
    ),
    "merged with data": Odd(
        {"merged with data.ipynb": changed("d", lambda data: merge(data, "setup", "entropy"))},
        RIGHT,
        "answer entropy was in a locked cell",
    ),
    "changed data": Odd(
        {"changed data.ipynb": changed("changed data", with_other_data)},
        RIGHT,
        "",
    ),
    "merged task": Odd(
        {"merged task.ipynb": changed("t", lambda data: merge(data, "entropy-task", "entropy"))},
        RIGHT - 3,
        "answer entropy is in no cell",
    ),
    "one cell": Odd(
        {"one cell.ipynb": changed("one cell", all_code_in_one_cell)},
        RIGHT,
        "was in a locked cell",
        3,
    ),
    "split": Odd({"split.ipynb": split("split")}, RIGHT, "answer entropy is in 2 cells"),
    "copied": Odd(
        {"copied.ipynb": copied("copied", "entropy", first=ENTROPY.format("1.0"))}, RIGHT, "2 cells"
    ),
    "scratch": Odd(
        {"scratch.ipynb": copied("scratch", "entropy", second="def first_try(p): return 1")},
        RIGHT,
        "2 cells",
    ),
    "copied check": Odd({"copied check.ipynb": copied("copied check", "entropy-test")}, RIGHT, ""),
    "copied setup": Odd({"copied setup.ipynb": copied("copied setup", "setup")}, RIGHT, ""),
    "copied open": Odd(
        {"copied open.ipynb": copied("copied open", "plateau", second=generate.TEXT_STUB)},
        RIGHT,
        "",
        to_mark=3,
    ),
    "no metadata": Odd({"no metadata.ipynb": without_metadata("no metadata")}, RIGHT, "", 3),
    "no solutions": Odd({"no solutions.ipynb": without_metadata("no s", "solution")}, RIGHT, "", 3),
    "no checks": Odd({"no checks.ipynb": without_metadata("no checks", "grade")}, RIGHT, "", 3),
    "no marks": Odd(
        {"no marks.ipynb": without_metadata("no marks", ids=False)},
        RIGHT,
        "open answer found outside its cell",
        to_mark=3,
    ),
    "outside": Odd({"outside.ipynb": open_answer_outside("outside")}, RIGHT, "outside its cell", 3),
    "question": Odd(
        {"question.ipynb": open_answer_in_question("question")}, RIGHT, "outside its cell", 3
    ),
    "no open answer": Odd(
        {"no open answer.ipynb": of("none", plateau=generate.TEXT_STUB)}, RIGHT, "", 0
    ),
    "new cell": Odd({"new cell.ipynb": answer_in_new_cell("new cell")}, RIGHT, ""),
    "without": Odd(
        {"without.ipynb": without_cells("without", "setup", "logits-web", "entropy-test")},
        RIGHT,
        "",
    ),
    "no answer cell": Odd(
        {"no answer cell.ipynb": without_cells("no answer cell", "entropy")},
        RIGHT - 3,
        "answer entropy is in no cell",
    ),
    "raw answer": Odd({"raw answer.ipynb": retyped("raw answer", "entropy")}, RIGHT, ""),
    "raw check": Odd({"raw check.ipynb": retyped("raw check", "entropy-test")}, RIGHT, ""),
    "raw open answer": Odd({"raw open answer.ipynb": retyped("raw o", "plateau")}, RIGHT, "", 3),
    # what the cells do
    "exit": Odd({"exit.ipynb": of("exit", entropy="exit()")}, RIGHT - 3, "uses exit"),
    "pip": Odd(
        {"pip.ipynb": first_cell("pip", "!pip install xent_lib\n%pip install numpy\nx = 1")},
        RIGHT,
        "",
    ),
    "noise": Odd({"noise.ipynb": of("noise", binary=QUIET_NOISE)}, RIGHT, "uses sys"),
    "library": Odd(
        {"library.ipynb": of("library", entropy="from xent_lib import entropy as entropy_of")},
        RIGHT - 3,
        "uses xent_lib.entropy",
    ),
    # whose it is
    "twin 1": Odd({"twin 1.ipynb": of("twin")}, RIGHT, "same answers as twin 2"),
    "twin 2": Odd({f"twin 2/{FILE}": of("twin")}, RIGHT, "same answers as twin 1"),
    "softmax": Odd({f"softmax/{OTHER}.ipynb": solved(OTHER)}, 0, f"handed in {OTHER}, not {NAME}"),
    "misnamed": Odd(
        {f"misnamed/{FILE}": solved(OTHER, toaster="misnamed")}, 0, f"handed in {OTHER}"
    ),
    "link": Odd({"link.ipynb": None}, 0, "is a symbolic link"),  # written below
    "linked folder": Odd({"linked folder": None}, 0, "is a symbolic link"),
    "pipe": Odd({"pipe.ipynb": None}, 0, "handed in no notebook"),
}
IGNORED = [f"__MACOSX/._{FILE}", ".hidden.ipynb", ".DS_Store"]


def write(folder):
    """Write all odd submissions into a folder."""
    for odd in ODD.values():
        for path, content in odd.files.items():
            put(folder / path, content)
    for path in IGNORED:
        put(folder / path, "\0\5\x16\7")
    for path in ("link.ipynb", "linked folder", "pipe.ipynb"):
        (folder / path).rmdir()
    (folder / "link.ipynb").symlink_to(folder / "Anna Lee.ipynb")
    (folder / "linked folder").symlink_to(folder / "deep")
    os.mkfifo(folder / "pipe.ipynb")
    old = nbformat.convert(of("format 3"), 3)
    put(folder / "format 3.ipynb", nbformat.writes(old, version=3))


def put(path, content):
    """Write a notebook, text or bytes; None makes a folder, a pair sets the time."""
    content, seconds = content if isinstance(content, tuple) else (content, OLD)
    content = content() if callable(content) else content
    (path if content is None else path.parent).mkdir(parents=True, exist_ok=True)
    if isinstance(content, nbformat.NotebookNode):
        content = nbformat.writes(content)
    if isinstance(content, str):
        content = content.encode()
    if content is not None:
        path.write_bytes(content)
        os.utime(path, (seconds, seconds))
