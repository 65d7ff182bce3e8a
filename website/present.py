"""`make present`: copy the chapters into _build/present, ready to be shown in JupyterLab.

JupyterLab's slides do not know the book's roles, equation labels and pages, so the copies hold
plain text in their place. `rise.css`, which the slides load from beside the notebook, and the
notebook's metadata set their look.
"""

import shutil

import nbformat

from website.extensions.decks import FORMULA, LINK, ROLE, ROOT, WEBSITE, decks, link

FOLDER = ROOT / "_build" / "present"
SETTINGS = {
    "theme": "serif",
    "scroll": True,
    "transition": "none",
    "start_slideshow_at": "selected",
}


def present(deck):
    """Return a chapter's notebook with everything in its text that only the book knows replaced."""

    def numbered(match):
        latex, label, _ = match.groups()
        return rf"$${latex}\tag{{{deck.numbers[label]}}}$$" if label else match[0]

    def title(match):
        return link(match)[1:].rsplit("](", 1)[0]

    for cell in deck.notebook.cells:
        if cell.cell_type == "markdown":
            text = FORMULA.sub(numbered, ROLE.sub(deck.role, cell.source))
            cell.source = LINK.sub(title, text)
    deck.notebook.metadata["rise"] = SETTINGS
    return deck.notebook


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copy(WEBSITE / "slides" / "rise.css", FOLDER)
    for path, deck in decks():
        nbformat.write(present(deck), FOLDER / path.name)


if __name__ == "__main__":
    main()
