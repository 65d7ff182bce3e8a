"""The copies of the chapters that `make present` shows hold nothing that only the book can read."""

import re

import pytest

from website import present
from website.extensions.decks import decks

CHAPTERS = {path.stem: (path, deck) for path, deck in decks()}


@pytest.mark.parametrize("name", CHAPTERS)
def test_copy_shows_no_raw_markup(name):
    path, deck = CHAPTERS[name]
    before = path.read_bytes()
    notebook = present.present(deck)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    role, label, page = r"\{[\w:]+\}`", r"\(eq-[\w-]+\)", r"\]\((?!https:)[^)]*\.(?:ipynb|md)"
    assert not re.findall(f"{role}|{label}|{page}|^:::|^```{{", text, re.MULTILINE)
    assert path.read_bytes() == before


def test_copy_reads_as_the_chapter_does():
    path, _ = CHAPTERS["03_cross_entropy"]
    deck = dict(decks())[path]
    cell = deck.notebook.cells[0]
    cell.source = (
        "The {term}`class <classes>` by {func}`~xent_lib.entropy`, {cite:t}`shannon1948`, "
        "[](02_softmax.ipynb).\n"
        "$$x$$ (eq-entropy)\nSee {eq}`eq-entropy`."
    )
    number = deck.numbers["eq-entropy"]
    assert present.present(deck).cells[0].source == (
        "The class by `entropy()`, Shannon (1948), Softmax and the sigmoid.\n"
        rf"$$x\tag{{{number}}}$$" + f"\nSee ({number})."
    )


def test_look_asks_for_nothing_from_elsewhere():
    style = (present.WEBSITE / "slides" / "rise.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style
    assert present.SETTINGS["theme"] == "serif", "reveal.js's other themes may ask for fonts"
