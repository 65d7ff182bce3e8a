"""Show a figure of a notebook on another page.

There a picture whose address is `chapters/NN_topic.ipynb#fig-name` becomes the figure of that name,
with its sliders if it has any.
"""

from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util import logging

from . import sliders


def setup(app):
    # The default priority is 500, at which Sphinx looks for the files of pictures.
    app.connect("doctree-read", borrow, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def borrow(app, doctree):
    for image in list(doctree.findall(nodes.image)):
        path, mark, name = image["uri"].rpartition(".ipynb#")
        if not mark:
            continue
        notebook = Path(app.srcdir, f"{path}.ipynb")
        data = find(notebook, name)
        if data is None:
            message = "no figure %r in %s; see `mystnb` in the metadata of its cells"
            logging.getLogger(__name__).warning(message, name, notebook, location=image)
            continue
        app.env.note_dependency(str(notebook))
        still = Path(app.doctreedir, f"{name}.svg")
        still.write_text(data[sliders.SVG], encoding="utf-8")
        image["uri"] = f"/{still.relative_to(app.srcdir).as_posix()}"
        if sliders.VEGA in data:
            alone = len(image.parent) == 1  # in its paragraph
            figure = sliders.live([image.deepcopy()], data[sliders.VEGA])
            (image.parent if alone else image).replace_self(figure)


def find(notebook, name):
    """Return what the cell of a figure shows, by MIME type, or None."""
    if notebook.exists():
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == name:
                outputs = (output.get("data", {}) for output in cell.outputs)
                return next((data for data in outputs if sliders.SVG in data), None)
    return None
