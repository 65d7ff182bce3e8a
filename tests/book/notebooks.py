"""Helpers that read notebooks: their cells, their prose, and the numbers in both."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# Without the sign. No part of a name or a version: float32, GPT-2, 1.0.1.
NUMBER = re.compile(r"(?<![\w.#])(?<![a-zA-Z]-)\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\d)")
NOT_PROSE = re.compile(
    r"\{[\w:]+\}`[^`]*`"  # roles: citations, references
    r"|\]\([^)]*\)"  # the target of a link
    r"|https?://\S+"
    r"|\*\*Time:\*\*.*"  # checked in test_notebooks.py
)


def numbers_in(text):
    return {Decimal(found.replace(",", "")) for found in NUMBER.findall(text)}


def claims_in(text):
    """Return the numbers in a text, except single digits, which mostly count or name things."""
    return {n for n in numbers_in(NOT_PROSE.sub(" ", text)) if n.as_tuple().exponent or n >= 10}


def minutes_to_read(notebook):
    """Count 200 words per minute, and half a minute per cell that is not folded."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    shown = [
        cell for cell in code_cells(notebook) if "hide-cell" not in cell.metadata.get("tags", [])
    ]
    return sum(len(text.split()) for text in prose) / 200 + len(shown) / 2


def stated_minutes(notebook):
    stated = re.search(r"\*\*Time:\*\* about (\d+) minutes", notebook.cells[0].source)
    assert stated, "say `**Time:** about N minutes` in the first cell"
    return int(stated[1])


def prose_of(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
        options = cell.metadata.get("mystnb", {})
        yield options.get("figure", {}).get("caption", "")
        yield options.get("image", {}).get("alt", "")


def numbers_computed(notebook):
    """Return the numbers in the outputs and the constants in the code."""
    numbers = set()
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
                numbers |= numbers_in(str(node.value))
        for output in cell.outputs:
            numbers |= numbers_in(output.get("text", ""))
            numbers |= numbers_in(output.get("data", {}).get("text/plain", ""))
    return numbers


def is_computed(claim, computed):
    """Return whether a computed number equals the claim when rounded to as many digits."""
    digits = max(0, -claim.as_tuple().exponent)
    longer = (number for number in computed if -number.as_tuple().exponent > digits)
    return claim in computed or any(claim == round(number, digits) for number in longer)
