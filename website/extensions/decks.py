"""Generate one slide deck per chapter from its cells and their `slideshow` metadata.

nbconvert splits the cells into slides, and reveal.js displays them. This extension adds what
nbconvert does not support: the book's roles, and formulas typeset at build time as on the pages.
"""

import html
import re
import shutil
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from pybtex.database import parse_file
from pybtex.richtext import Text

from . import figures, formulas

ROOT = Path(__file__).parents[2]
WEBSITE = ROOT / "website"
REVEAL = WEBSITE / "node_modules" / "reveal.js" / "dist"
ROLE = re.compile(r"\{([\w:]+)\}`([^`]*)`")
FORMULA = re.compile(r"\$\$(.+?)\$\$(?: *\((eq-[\w-]+)\))?|\$([^$\n]+?)\$", re.DOTALL)
LINK = re.compile(r"\[([^\]]*)\]\(([\w./-]+?)\.(?:ipynb|md)(#[\w-]+)?\)")


def setup(app):
    app.connect("build-finished", write_decks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def numbers(path):
    """Return the number, such as 5.3, of each labelled equation and figure of a chapter."""
    notebook, chapter = nbformat.read(path, as_version=4), int(path.stem[:2])
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in notebook.cells]
    equations = re.findall(r"\$\$ *\((eq-[\w-]+)\)", text)
    return {
        label: f"{chapter}.{number}"
        for labels in (equations, [figure["name"] for figure in figures if "name" in figure])
        for number, label in enumerate(labels, start=1)
    }


class Deck:
    """One chapter, with the numbers and sources that its roles refer to."""

    def __init__(self, path, sources, numbers):
        self.notebook = nbformat.read(path, as_version=4)
        self.sources, self.numbers, self.typeset = sources, numbers, []

    def role(self, match):
        kind, text = match.groups()
        if kind.startswith("cite"):
            names = [self.source(key, kind == "cite:t") for key in text.split(",")]
            return ", ".join(names) if kind == "cite:t" else f"({'; '.join(names)})"
        if kind == "eq":
            return f"({self.numbers[text]})"
        if kind == "numref":
            return f"Fig. {self.numbers[text]}"
        name = text.split("<")[0].strip() or text
        return f"`{name.split('.')[-1]}()`" if kind == "func" else name

    def source(self, key, in_text):
        people = self.sources[key.strip()].persons["author"]
        names = [str(Text.from_latex(" ".join(person.last_names))) for person in people]
        name = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        year = self.sources[key.strip()].fields["year"]
        return f"{name} ({year})" if in_text else f"{name}, {year}"

    def formula(self, match):
        display, label, inline = match.groups()
        latex = display or inline
        if label:
            latex += rf"\tag{{{self.numbers[label]}}}"
        self.typeset.append(formulas.typeset(latex, display=bool(display)))
        return f"FORMULA{len(self.typeset) - 1}X"

    def html(self, exporter):
        for cell in self.notebook.cells:
            if figures.ONLY_DRAWS.fullmatch(cell.source):
                cell.source = ""
            if cell.cell_type == "markdown":
                text = FORMULA.sub(self.formula, ROLE.sub(self.role, cell.source))
                cell.source = LINK.sub(link, text)
            found = re.match(r"#+ (.*)", cell.source) if cell.cell_type == "markdown" else None
            if found:
                heading = found[1]
            else:  # to be repeated if the cell starts a slide
                cell.metadata.heading = heading
        title = re.search(r"^# (.*)", self.notebook.cells[0].source)[1]
        self.notebook.metadata.update(title=html.escape(title), formula_css=formulas.STYLE_SHEET)
        page, _ = exporter.from_notebook_node(self.notebook)
        # nbconvert derives ids from headings; a formula in a heading would make them invalid.
        page = re.sub(r'(<h\d) id="[^"]*"|<a class="anchor-link".*?</a>', r"\1", page)
        return re.sub(r"FORMULA(\d+)X", lambda m: self.typeset[int(m[1])], page)


def link(match):
    """Turn a chapter's link into one from the deck; a link without text gets the page's title."""
    text, page, anchor = match.groups()
    page = (ROOT / "chapters" / page).resolve().relative_to(ROOT)
    file = next(file for ending in (".ipynb", ".md") if (file := ROOT / f"{page}{ending}").exists())
    text = text or re.search(r"^\W*# (.*?)(?:\\n|$)", file.read_text("utf-8"), re.MULTILINE)[1]
    return f"[{text}](../{page.as_posix()}.html{anchor or ''})"


def decks():
    """Yield the path and the deck of each chapter."""
    sources = parse_file(ROOT / "back_matter" / "references.bib").entries
    chapters = sorted((ROOT / "chapters").glob("*.ipynb"))
    labels = {label: number for path in chapters for label, number in numbers(path).items()}
    for path in chapters:
        yield path, Deck(path, sources, labels)


def write_decks(app, exception):
    """Write the decks of the book's changed chapters into the site's folder `slides`."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir, "slides")
    out.mkdir(exist_ok=True)
    for file in (REVEAL / "reveal.js", REVEAL / "reveal.css", WEBSITE / "slides" / "slides.css"):
        shutil.copy(file, out)
    exporter = SlidesExporter(
        template_name="template", extra_template_basedirs=[str(WEBSITE / "slides")]
    )
    for path, chapter in decks():
        deck = out / f"{path.stem}.html"
        if f"chapters/{path.stem}" not in app.env.found_docs:
            continue
        if not deck.exists() or deck.stat().st_mtime < path.stat().st_mtime:
            deck.write_text(chapter.html(exporter), encoding="utf-8")
