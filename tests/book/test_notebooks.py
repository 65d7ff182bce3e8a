"""Rules for the chapters as notebooks, checked without building any page."""

import doctest
import re

import nbformat
import pytest

from tests.book.notebooks import (
    CHAPTERS,
    METADATA,
    ROOT,
    claims_in,
    code_cells,
    is_computed,
    minutes_to_read,
    numbers_computed,
    prose_of,
    read,
    stated_minutes,
)

TAGS = {"hide-cell", "hide-input", "raises-exception"}
LONGEST_CELL = 15  # lines
LONGEST_SITTING = 40  # minutes


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def notebook(request):
    return read(request.param)


def test_chapters_are_found():
    assert CHAPTERS


def test_every_cell_was_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "run `make execute`"


def test_every_code_cell_has_output(notebook):
    silent = [cell.id for cell in code_cells(notebook) if not cell.outputs]
    assert not silent, "cells without output: run `make execute`, or add a print"


def test_code_cells_are_short(notebook):
    long = {
        cell.id: n
        for cell in code_cells(notebook)
        if (n := len(cell.source.splitlines())) > LONGEST_CELL
    }
    assert not long, f"cells of more than {LONGEST_CELL} lines"


def test_no_machine_paths_and_no_stray_metadata(notebook):
    text = nbformat.writes(notebook)
    paths = re.findall(r"/(?:home|root|Users|tmp|var|opt|usr|work)/[\w./-]+|\b[A-Z]:\\\\\w+", text)
    assert not paths, "paths that exist on one machine only"
    assert dict(notebook.metadata) == METADATA, "run `make execute` to get the book's own metadata"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "mystnb", "slideshow", "proof"}, (
            f"metadata of cell {cell.id}"
        )
        assert set(cell.metadata.get("tags", [])) <= TAGS, f"tags of cell {cell.id}"


def test_nothing_on_stderr_and_no_unexpected_error(notebook):
    for cell in code_cells(notebook):
        expected = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"warning in cell {cell.id}: {output.text}"
            assert expected or output.output_type != "error", f"cell {cell.id} raises"


def test_figures_have_caption_alt_text_and_drawing(notebook):
    for cell in code_cells(notebook):
        drawn = {mime for output in cell.outputs for mime in output.get("data", {})}
        # nbval does not compare image/png, so images must be SVG, which may embed a raster.
        assert not drawn & {"image/png", "image/jpeg"}, f"raster image in cell {cell.id}"
        options = cell.metadata.get("mystnb", {})
        assert ("image/svg+xml" in drawn) == ("figure" in options), f"figure of cell {cell.id}"
        if "figure" in options:
            assert options["figure"]["name"].startswith("fig-")
            assert len(options["figure"]["caption"].split()) >= 8, "captions must state the claim"
            assert len(options["image"]["alt"].split()) >= 12, "alt text must describe the figure"


def test_text_in_figures_is_eleven_pixels_high_on_a_phone(notebook):
    """A phone of 390 pixels shows a figure in 358. Exponents may be smaller."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            svg = output.get("data", {}).get("image/svg+xml", "")
            sizes = [100 * float(s) for s in re.findall(r"scale\((0\.\d+) -0\.\d+\)", svg)]
            sizes += [float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)]
            if svg:
                width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
                assert min(sizes) * 358 / width >= 11, f"cell {cell.id}"


def test_stated_reading_time_is_right(notebook):
    minutes = minutes_to_read(notebook)
    assert stated_minutes(notebook) == 5 * round(minutes / 5), (
        "count 200 words per minute, half a minute per cell"
    )
    assert minutes <= LONGEST_SITTING, "too long for one sitting"


def test_section_on_mistakes_is_at_most_a_fifth_of_the_chapter(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    wrong = re.search(r"^## What goes wrong$.*?(?=^## )", text, re.DOTALL | re.MULTILINE)
    assert wrong, "write a section `## What goes wrong`"
    assert len(wrong[0].split()) <= len(text.split()) / 5, "move minor mistakes into a table"


def test_front_page_says_how_long_the_chapters_are():
    text = (ROOT / "index.md").read_text(encoding="utf-8")
    chapters = [read(path) for path in CHAPTERS]
    cards = re.findall(r"\(chapters/(\w+)\.ipynb\)\n[^\[\]]*\*(\d+) minutes\*$", text, re.MULTILINE)
    stated = [
        (path.stem, str(stated_minutes(chapter)))
        for path, chapter in zip(CHAPTERS, chapters, strict=True)
    ]
    assert cards == stated, "end the line about each chapter in `*N minutes*`"
    hours = round(sum(map(minutes_to_read, chapters)) / 30) / 2
    sentence = f"{len(CHAPTERS)} chapters, about {hours} hours to read"
    sentence += f", each at most {LONGEST_SITTING} minutes."
    assert sentence in text, f"say on the front page: {sentence}"


def test_example_on_the_front_page_is_right():
    text = (ROOT / "index.md").read_text(encoding="utf-8").replace("```", "\n")
    example = doctest.DocTestParser().get_doctest(text, {}, "index.md", None, 0)
    assert example.examples
    assert not doctest.DocTestRunner().run(example).failed


# --- every number in the prose is computed ----------------------------------------------------


def test_every_number_in_the_prose_is_computed(notebook):
    computed = numbers_computed(notebook)
    claims = set().union(*map(claims_in, prose_of(notebook)))
    typed_in = sorted(str(claim) for claim in claims if not is_computed(claim, computed))
    assert not typed_in, "numbers in the prose that no cell computes"


@pytest.mark.parametrize("page", ["index.md", "back_matter/symptoms.md"])
def test_every_number_on_these_pages_is_computed(page):
    computed = set().union(*(numbers_computed(read(p)) for p in CHAPTERS))
    claims = claims_in((ROOT / page).read_text(encoding="utf-8"))
    assert not [str(claim) for claim in claims if not is_computed(claim, computed)]
