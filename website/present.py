"""`make present`: copy the chapters into _build/present, ready to be shown in JupyterLab.

JupyterLab's slides do not know the book's roles, equation labels and pages, so the copies hold
plain text in their place. `rise.css`, which the slides load from beside the notebook, and the
notebook's metadata set their look.

The folder that the environment variable JUPYTER_DATA_DIR names gets the kernel that the slides run
in, which is this Python, and the signatures by which JupyterLab trusts the copies.
"""

import shutil
from pathlib import Path

import nbformat
from ipykernel.kernelspec import write_kernel_spec
from jupyter_core.paths import jupyter_data_dir
from nbformat.sign import NotebookNotary

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
    notary = NotebookNotary()  # JupyterLab shows no SVG pictures of a notebook it does not trust
    for path, deck in decks():
        notebook = present(deck)
        nbformat.write(notebook, FOLDER / path.name)
        notary.sign(notebook)
    kernel = Path(jupyter_data_dir()) / "kernels" / "python3"
    shutil.rmtree(kernel, ignore_errors=True)
    write_kernel_spec(kernel, extra_arguments=["--log-level=40"])  # errors only


if __name__ == "__main__":
    main()
