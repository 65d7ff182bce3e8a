"""Make from each source notebook what is read and solved; run by `make book` and `make release`.

From `source/NAME/NAME.ipynb`, which has the solutions and the hidden tests between marks:

- `release/NAME/NAME.ipynb`, for the student: neither solutions nor hidden tests. The cells are
  those that nbgrader would make, but it takes no nbgrader to make them.
- `NAME.ipynb`, the page of the book: the solutions, folded, with the outputs of the source.
"""

import re
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
CODE_STUB = "# your code here\nraise NotImplementedError"
TEXT_STUB = "*Your answer here.*"
SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION\n(.*?\n) *### END SOLUTION$", re.DOTALL | re.MULTILINE
)
HIDDEN = re.compile(
    r"\n### BEGIN HIDDEN TESTS\n.*?\n### END HIDDEN TESTS$", re.DOTALL | re.MULTILINE
)

ON_THE_PAGE = """\
These are the exercises of [](../chapters/{name}.ipynb), with answers to unfold.
To solve them, {{download}}`get the notebook <release/{name}/{name}.ipynb>`:
it checks what you write, and keeps your score.
It needs `numpy` and the book's library `xent_lib`, nothing else."""


def is_marked(cell, kind):
    """Whether nbgrader's mark says that the cell is a "solution", or has a "grade"."""
    return cell.metadata.get("nbgrader", {}).get(kind, False)


def student(notebook):
    """Turn a source notebook into the student's version."""
    for cell in notebook.cells:
        if is_marked(cell, "solution"):
            cell.metadata["deletable"] = False
            if cell.cell_type == "markdown":
                cell.source = TEXT_STUB
            else:
                cell.source = SOLUTION.sub(stub, cell.source)
        elif is_marked(cell, "grade") or is_marked(cell, "locked"):
            cell.metadata["deletable"] = cell.metadata["editable"] = False
            cell.source = HIDDEN.sub("", cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def stub(solution):
    return "\n".join(solution[1] + line for line in CODE_STUB.splitlines())


def page(notebook, name):
    """Turn a source notebook into the page of the book."""
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("score")]
    for cell in notebook.cells:
        if cell.id == "how-to":
            cell.source = ON_THE_PAGE.format(name=name)
        elif is_marked(cell, "solution") and cell.cell_type == "markdown":
            cell.source = f"<details><summary>Answer</summary>\n\n{cell.source}\n\n</details>"
        elif is_marked(cell, "solution"):
            cell.metadata["tags"] = ["hide-cell"]
            cell.source = SOLUTION.sub(lambda solution: solution[2].rstrip(), cell.source)
        elif is_marked(cell, "grade"):
            cell.metadata["tags"] = ["hide-cell"]
            cell.metadata["mystnb"] = {
                "code_prompt_show": "Show the check",
                "code_prompt_hide": "Hide the check",
            }
            cell.source = HIDDEN.sub("", cell.source)
        for key in ("nbgrader", "jupyter"):
            cell.metadata.pop(key, None)
    return notebook


def write(notebook, path):
    """Write the notebook, unless it is there already: Sphinx reads again what is newer."""
    text = nbformat.writes(notebook) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    for source in sorted(HERE.glob("source/*/*.ipynb")):
        name = source.stem
        write(student(nbformat.read(source, 4)), HERE / "release" / name / f"{name}.ipynb")
        write(page(nbformat.read(source, 4), name), HERE / f"{name}.ipynb")


if __name__ == "__main__":
    main()
