"""Every conclusion of a chapter names the cell that would fail if it were false.

Each item of the summary, and each paragraph that says "always", "never", "in every draw" or the
like, ends in `<!-- proof: cell-id -->`; spaces separate several ids. Figure captions are claims
too: either the cell that draws the figure has an assert, or its metadata names a cell that has
one, as `"proof": "cell-id"`. A proof is a cell with an assert or with the tag `raises-exception`.
If the text itself contains the argument, the comment is `<!-- proof: text -->`.
"""

import re

import pytest

from tests.book.notebooks import CHAPTERS, code_cells, read

PROOF = re.compile(r"<!-- proof: ([\w -]+?) -->")
CLAIM = re.compile(
    r"\b(always|never|cannot|proves?|shows? that|no matter|in every|for every"
    r"|of (the )?\d+ (draws|seeds|runs|samples))\b",
    re.IGNORECASE,
)
SAFE_PARTS = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|<details>.*?</details>", re.DOTALL)


def proofs(text):
    return {cell for found in PROOF.findall(text) for cell in found.split()}


def is_proof(cell):
    return "assert" in cell.source or "raises-exception" in cell.metadata.get("tags", [])


def sections(notebook):
    """Yield (heading, paragraph) for each paragraph of a chapter."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for block in SAFE_PARTS.sub(" ", cell.source).split("\n\n"):
                if block.startswith("#"):
                    heading = block.lstrip("# ").splitlines()[0]
                yield heading, block


def unproved(notebook):
    """Yield each conclusion of a chapter that does not name a proof."""
    for heading, block in sections(notebook):
        if heading == "Summary":
            for line in re.findall(r"^(?:\d+\.|-|\*) .*(?:\n +.*)*", block, re.MULTILINE):
                if not proofs(line):
                    yield f"summary: {line}"
        elif heading not in ("Exercises", "Further reading", ""):
            if CLAIM.search(block) and not proofs(block):
                yield f"{heading}: {block}"
    for cell in code_cells(notebook):
        figure = cell.metadata.get("mystnb", {}).get("figure")
        if figure and "assert" not in cell.source and "proof" not in cell.metadata:
            yield f"caption of {cell.id}: {figure['caption']}"


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def notebook(request):
    return read(request.param)


def test_every_conclusion_names_its_proof(notebook):
    assert not list(unproved(notebook)), (
        "append <!-- proof: id-of-a-cell-with-an-assert -->, or do not say always, never, cannot, …"
    )


def test_every_proof_can_fail(notebook):
    cells = {cell.id: cell for cell in code_cells(notebook)}
    named = proofs("\n".join(block for _, block in sections(notebook))) - {"text"}
    named |= {name for cell in cells.values() for name in cell.metadata.get("proof", "").split()}
    hollow = [name for name in sorted(named) if name not in cells or not is_proof(cells[name])]
    assert not hollow, "no such cell, or the cell has no assert"
