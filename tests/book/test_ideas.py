"""Whether the book has what it set out to have, and refutes what it set out to refute.

Five popular web pages on cross-entropy (S0 to S4) were taken apart into 136 ideas. `ideas.csv`
says where the book has each of them: the chapter, the heading, and the cell that shows it, or,
if the idea is wrong as it circulates, the cell that would fail if it were right.
`worked_numbers.csv` has the numbers that a reader must find in the outputs of each chapter.
"""

import csv
import re
from pathlib import Path

import pytest

from tests.book.notebooks import CHAPTERS as PATHS
from tests.book.notebooks import is_computed, numbers_in
from tests.book.notebooks import read as read_notebook

HERE = Path(__file__).parent
PAGES = {"S0": 9, "S1": 101, "S2": 9, "S3": 10, "S4": 7}


def read(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


IDEAS = read("ideas.csv")
NUMBERS = read("worked_numbers.csv")
CHAPTERS = {path.stem: read_notebook(path) for path in PATHS}


def test_every_idea_has_its_place():
    wanted = {f"{page}-{i}" for page, count in PAGES.items() for i in range(1, count + 1)}
    assert len(wanted) == 136
    assert {row["id"] for row in IDEAS} == wanted


@pytest.mark.parametrize("row", IDEAS, ids=lambda row: f"{row['id']}-{row['chapter'][:2]}")
def test_idea_stands_where_the_table_says(row):
    assert row["idea"] and row["chapter"] in CHAPTERS
    section, cells = None, {}
    for cell in CHAPTERS[row["chapter"]].cells:
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            section = headings[-1].lstrip("# ") if headings else section
        cells[cell.id] = (section, cell)
    assert row["cell"] in cells, "no such cell"
    section, cell = cells[row["cell"]]
    assert section == row["section"], "the cell stands under another heading"
    if row["wrong"]:
        refuted = "assert " in cell.source or "raises-exception" in cell.metadata.get("tags", [])
        assert refuted, "nothing in this cell fails if the claim is true"


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: f"{row['chapter'][:2]} {row['what']}")
def test_worked_numbers_stand_in_outputs(row):
    outputs = [o for cell in CHAPTERS[row["chapter"]].cells for o in cell.get("outputs", [])]
    texts = [o.get("text") or o.get("evalue") or o.data.get("text/plain", "") for o in outputs]
    printed = numbers_in(without_signs("\n".join(texts)))
    wanted = numbers_in(without_signs(row["numbers"]))
    assert wanted and not [str(n) for n in wanted if not is_computed(n, printed)]


def without_signs(text):
    return re.sub(r"(?<![\de])[-−](?=\d)", " ", text)
