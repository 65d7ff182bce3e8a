"""The book covers every idea of its sources, and refutes those that are wrong.

Five popular web pages on cross-entropy contain 136 ideas. `ideas.csv` says where the book covers
each: the chapter, the heading and the cell that shows it or, if the idea is wrong, the cell that
would fail if it were right. `worked_numbers.csv` lists numbers that must appear in the outputs.
"""

import csv
import re
from pathlib import Path

import pytest

from tests.book.notebooks import CHAPTERS as PATHS
from tests.book.notebooks import is_computed, numbers_in
from tests.book.notebooks import read as read_notebook

HERE = Path(__file__).parent
PAGES = {  # number of ideas per page
    "S0": 9,  # how the loss is computed
    "S1": 101,  # from softmax regression and loss functions to derivatives
    "S2": 9,  # what softmax does
    "S3": 10,  # formulas and Python
    "S4": 7,  # PyTorch's CrossEntropyLoss by hand
}


def read(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


IDEAS = read("ideas.csv")
NUMBERS = read("worked_numbers.csv")
CHAPTERS = {path.stem: read_notebook(path) for path in PATHS}


def test_table_lists_every_idea():
    wanted = {f"{page}-{i}" for page, count in PAGES.items() for i in range(1, count + 1)}
    assert len(wanted) == 136
    assert {row["id"] for row in IDEAS} == wanted


@pytest.mark.parametrize("row", IDEAS, ids=lambda row: f"{row['id']}-{row['chapter'][:2]}")
def test_idea_is_in_the_stated_section(row):
    assert row["idea"] and row["chapter"] in CHAPTERS
    section, cells = None, {}
    for cell in CHAPTERS[row["chapter"]].cells:
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            section = headings[-1].lstrip("# ") if headings else section
        cells[cell.id] = (section, cell)
    assert row["cell"] in cells, "no such cell"
    section, cell = cells[row["cell"]]
    assert section == row["section"], "the cell is in another section"
    if row["wrong"]:
        refuted = "assert " in cell.source or "raises-exception" in cell.metadata.get("tags", [])
        assert refuted, "nothing in this cell fails if the claim is true"


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: f"{row['chapter'][:2]} {row['what']}")
def test_worked_numbers_appear_in_outputs(row):
    outputs = [o for cell in CHAPTERS[row["chapter"]].cells for o in cell.get("outputs", [])]
    texts = [o.get("text") or o.get("evalue") or o.data.get("text/plain", "") for o in outputs]
    printed = numbers_in(without_signs("\n".join(texts)))
    wanted = numbers_in(without_signs(row["numbers"]))
    assert wanted and not [str(n) for n in wanted if not is_computed(n, printed)]


def without_signs(text):
    return re.sub(r"(?<![\de])[-−](?=\d)", " ", text)
