"""nbgrader configuration; this folder is its course directory."""

import functools
import html
import os
import re
from pathlib import Path

import nbformat
import nbgrader
from nbgrader.preprocessors import NbGraderPreprocessor

try:
    import latex2mathml.converter as converter
except ImportError:  # on a hub, perhaps
    converter = None

here = Path(__file__).parent
os.environ["JUPYTER_PATH"] = str(here)  # so that Jupyter finds `kernels/confined`

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "cross-entropy"
# Seconds to wait for the gradebook while another program writes to it.
c.CourseDirectory.db_url = f"sqlite:///{here}/gradebook.db?timeout=60"

c.ClearSolutions.code_stub = {"python": "# your code here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"

c.ExecutePreprocessor.kernel_name = "python3" if os.environ.get("CONFINED") == "no" else "confined"
c.Execute.timeout = 30  # seconds per cell
c.Execute.iopub_timeout = 30  # seconds to read what a cell printed, perhaps line by line
c.Execute.skip_cells_with_tag = ""  # a student's tag must not skip a check


class ForgiveWarnings(NbGraderPreprocessor):
    """Keep nbgrader from taking the points of an answer that writes a warning."""

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.name = "stdout"
        return cell, resources


c.Autograde.autograde_preprocessors.insert(1, ForgiveWarnings)  # after Execute
if os.environ.get("EXAM") == "yes":
    c.Autograde.autograde_preprocessors.insert(0, "exercises.exam.ExecuteExam")
    c.Execute.enabled, c.ExecuteExam.enabled = False, True


# --- what Formgrader and the feedback pages show ------------------------------------------------
# Both show a student's notebook in the browser of whoever marks or reads it. Nothing in it may
# run there: of a student's cells they show plain text, and pictures made of points. The Markdown
# of the assignment itself is shown as it is, its formulas as MathML, which needs no script.

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
FOLDERS = re.compile(r"(?:/[\w.@+-]+)+/([\w.-]+\.py\b)?")  # of this machine, and a file's name
POINTS = re.compile(r"[\w+/=\s]*", re.ASCII)  # a picture in base64


@functools.cache
def texts_of_assignments():
    """Return the Markdown cells of the assignments, with formulas as MathML."""
    notebooks = [nbformat.read(path, as_version=4) for path in here.glob("source/*/*.ipynb")]
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    return {
        cell.source: typeset(cell.source)
        for cell in cells
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata
    }


def typeset(markdown):
    """Replace the formulas of a text outside its code."""
    parts = CODE.split(markdown)
    parts[::2] = [FORMULA.sub(mathml, part) for part in parts[::2]]
    return "".join(parts)


def mathml(formula):
    """Return a formula as MathML; signs that Markdown would take for its own become numbers."""
    if not converter:
        return formula[0]
    block, inline = formula.groups()
    text = converter.convert(block or inline, display="block" if block else "inline")
    return "".join(f"&#{ord(sign)};" if sign in "*_\\`|~" else sign for sign in text)


def as_text(cell):
    """Return a student's text as HTML that shows it as it was written, and pasted pictures."""
    text = f'<pre style="white-space: pre-wrap">{html.escape(cell.source)}</pre>'
    for attachment in cell.get("attachments", {}).values():
        for kind in ("image/png", "image/jpeg"):
            if kind in attachment and POINTS.fullmatch(str(attachment[kind])):
                text += f'<img alt="" src="data:{kind};base64,{attachment[kind]}">'
    return text


def harmless(notebook, resources):
    """Leave of a notebook what cannot run in a browser."""
    notebook.metadata = {}
    for number, cell in enumerate(notebook.cells):
        mark = cell.metadata.get("nbgrader", {})
        known = re.fullmatch(r"[\w-]+", str(mark.get("grade_id", "")))
        cell.metadata = {"nbgrader": mark} if known else {}
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [output for output in map(plain_output, cell.outputs) if output]
        else:
            cell.cell_type = "markdown"
            cell.source = texts_of_assignments().get(cell.source) or as_text(cell)
            cell.pop("attachments", None)
    return notebook, resources


def plain_output(output):
    """Return an output made anew of its text and its picture, or None."""
    if output.output_type == "stream":
        return nbformat.v4.new_output("stream", text=str(output.text))
    if output.output_type == "error":
        lines = [FOLDERS.sub(lambda path: path[1] or path[0], str(x)) for x in output.traceback]
        return nbformat.v4.new_output("error", traceback=lines)
    data = output.get("data", {})
    kept = {key: str(data[key]) for key in ("text/plain", "image/png") if key in data}
    if not POINTS.fullmatch(kept.get("image/png", "")):
        del kept["image/png"]
    return nbformat.v4.new_output("display_data", data=kept) if kept else None


c.HTMLExporter.preprocessors = [harmless]
c.FormgradeExtension.debug = False  # else its first page shows this configuration
# Ours come first: they replace the script for formulas, which nbgrader loads from another site.
formgrader = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
c.HTMLExporter.extra_template_basedirs = [str(here / "templates"), str(formgrader)]
