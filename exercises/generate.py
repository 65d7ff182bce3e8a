"""Generate the student's notebook and the book page from each source notebook.

Run by `make book` and `make release`. In `source/NAME/NAME.ipynb`, markers enclose the solutions
and the hidden tests. The results are

- `release/NAME/NAME.ipynb`, the student's notebook, without solutions and hidden tests. Its cells
  equal those of an nbgrader release, but generating it does not require nbgrader.
- `NAME.ipynb`, the page of the book, with the solutions folded and the outputs of the source. It
  also shows those of `right_answers/NAME.py` that are marked with "(shown)".
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

SCORE_CELLS = ("score-task", "score")  # the heading and the call; a page has no score to show

VERBS = ("show", "hide")

ON_THE_PAGE = """\
These are the exercises of [](../chapters/{name}.ipynb), with folded answers.
To solve them, {{download}}`download the notebook <release/{name}/{name}.ipynb>`:
it checks your answers and keeps your score.
It needs only `numpy` and the book's library `xent_lib`."""


def is_marked(cell, kind):
    """Return whether the nbgrader metadata sets the flag `kind`, as "solution" or "grade"."""
    return cell.metadata.get("nbgrader", {}).get(kind, False)


def is_check(cell):
    """Return whether the cell checks an answer, so that a page has no use for it."""
    return is_marked(cell, "grade") and not is_marked(cell, "solution")


def answers(path):
    """Yield (cell id, remark, words, code) of a file of answers.

    Each begins with `# %% cell: words` or `# %% cell (remark): words`.
    """
    for part in path.read_text(encoding="utf-8").split("\n# %% ")[1:]:
        head, code = part.split("\n", 1)
        found = re.fullmatch(r"(\S+?)(?: \((.*?)\))?: (.*)", head)
        assert found, f"{path.name}: `# %% {head}` is not `# %% cell: words`"
        yield *found.groups(default=""), code.strip()


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
    """Return the code that replaces a solution, at the same indentation."""
    return "\n".join(solution[1] + line for line in CODE_STUB.splitlines())


def page(notebook, name):
    """Turn a source notebook into the page of the book."""
    notebook.cells = [
        cell for cell in notebook.cells if cell.id not in SCORE_CELLS and not is_check(cell)
    ]
    for cell, remark, words, code in answers(HERE / "right_answers" / f"{name}.py"):
        if remark == "shown":
            place = [other.id for other in notebook.cells].index(cell)
            notebook.cells.insert(place + 1, other_answer(cell, words, code))
    for cell in notebook.cells:
        if cell.id == "how-to":
            cell.source = ON_THE_PAGE.format(name=name)
        elif is_marked(cell, "solution") and cell.cell_type == "markdown":
            cell.source = f"<details><summary>Answer</summary>\n\n{cell.source}\n\n</details>"
        elif is_marked(cell, "solution"):
            cell.metadata["tags"] = ["hide-cell"]
            cell.source = SOLUTION.sub(lambda solution: solution[2].rstrip(), cell.source)
        cell.metadata.pop("nbgrader", None)
    return notebook


def other_answer(cell, words, code):
    """Return the cell of a page that shows another answer, folded."""
    prompts = {f"code_prompt_{verb}": f"{verb.capitalize()} another way: {words}" for verb in VERBS}
    other = nbformat.v4.new_code_cell(code, id=f"{cell}-other")
    other.metadata = nbformat.from_dict({"tags": ["hide-cell"], "mystnb": prompts})
    return other


def write(notebook, path):
    """Write the notebook if it has changed; Sphinx would rebuild the page of a newer file."""
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
