"""The built pages as files: links, pictures, formulas, icons and scripts."""

import functools
import os
import re
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup

import xent_lib
from tests.book.notebooks import claims_in, is_computed, numbers_in
from tests.book.pages import BUILT, CHAPTER, PREFIX, SITE, icons_without_drawing, parse

# Markdown syntax left in text that is neither code nor formula.
RAW = re.compile(r"\{[\w:-]+\}`|:::|```|\$\$|\\\(|\\\[|\]\(|\*\*|\{\{|^#+ ", re.MULTILINE)


def test_book_is_built():
    assert BUILT, "run `make book` first"


@functools.cache
def anchors(page):
    return {tag["id"] for tag in parse(page).find_all(id=True)} | {"", "top"}


@pytest.mark.parametrize("page", BUILT)
def test_links_and_pictures_have_targets(page):
    broken = []
    for tag in parse(page).find_all(["a", "link", "img", "script", "object"]):
        address = tag.get("href") or tag.get("src") or tag.get("data") or ""
        parts = urlsplit(address)
        if not address or parts.scheme or parts.netloc:
            continue
        folder = SITE if address.startswith("/") else (SITE / page).parent
        path = unquote(parts.path).removeprefix(PREFIX).lstrip("/")
        target = folder / path if path else SITE / page
        fragment = urldefrag(address).fragment
        if not target.exists():
            broken.append(address)
        elif fragment and target.suffix == ".html":
            if fragment not in anchors(target.resolve().relative_to(SITE.resolve()).as_posix()):
                broken.append(address)
    assert not broken


def test_symptoms_on_the_front_page_lead_to_sections_about_them():
    """A heading has a word of the symptom, and its section each number of the card."""
    cards = parse("index.html").select(".cards li")
    assert cards
    for card in cards:
        page, _, anchor = card.a["href"].partition("#")
        section = parse(page).find(id=anchor)
        heading = section.find(["h2", "h3"]).get_text()
        wanted = words_of(card.a.get_text())
        assert wanted & words_of(heading), f"{wanted} lead to “{heading}”"
        found = numbers_in(section.get_text(" "))
        missing = [n for n in claims_in(card.get_text()) if not is_computed(n, found)]
        assert not missing, f"the section “{heading}” lacks {missing}"


def words_of(text):
    return set(re.findall(r"[a-z]{3,}|\d+\.\d+", text.lower())) - {"the", "not", "does"}


def test_style_sheet_urls_have_targets():
    for sheet in SITE.rglob("*.css"):
        for address in re.findall(r'url\("?(?!"?data:|"?#)([^")]+)', sheet.read_text("utf-8")):
            assert (sheet.parent / address).exists(), address


@pytest.mark.parametrize("page", BUILT)
def test_icons_are_drawn(page):
    assert not icons_without_drawing(SITE, parse(page))


def test_no_unused_scripts():
    used = {
        os.path.normpath((SITE / page).parent / urlsplit(tag["src"]).path)
        for page in BUILT
        for tag in parse(page).find_all("script", src=True)
    }
    present = {
        os.path.normpath(path)
        for path in SITE.rglob("*.js")
        if not {"vendor", "slides"} & {*path.parts}
    }
    assert not present - used


@pytest.mark.parametrize("page", BUILT)
def test_pictures_have_alt_text(page):
    pictures = parse(page).select('img, svg, object, embed, [role="img"]')
    for picture in pictures:
        if picture.find_parent(attrs={"aria-hidden": "true"}) or picture.get("aria-hidden"):
            continue
        title = picture.find("title")
        text = picture.get("alt") or picture.get("aria-label") or (title.text if title else "")
        assert " " in text.strip(), f"no description, or just a file name: {str(picture)[:200]}"


@pytest.mark.parametrize("page", BUILT)
def test_formulas_and_markup_are_rendered(page):
    article = BeautifulSoup(str(parse(page).find("article") or ""), "html.parser")
    for formula in article.select(".math"):
        # The first is for display, the second for screen readers.
        assert formula.select(".katex-html") and formula.select(".katex-mathml math"), formula
    assert not article.select(".katex-error")
    for tag in article.select("pre, code, .sig, .katex, script, style"):
        tag.decompose()
    assert not RAW.findall(article.get_text())


@pytest.mark.parametrize("name", xent_lib.__all__)
def test_reference_documents_every_public_name(name):
    documented = getattr(xent_lib, name)
    assert f"{documented.__module__}.{name}" in anchors("back_matter/library.html")
    assert isinstance(documented, type) or ">>>" in documented.__doc__


@pytest.mark.parametrize("page", [page for page in BUILT if page.startswith("chapters/")])
def test_chapter_ends_with_exercises_and_licence(page):
    name = page.removeprefix("chapters/")
    links = [a["href"] for a in parse(page).select("footer a[href]")]
    assert f"../exercises/{name}" in links
    assert "https://creativecommons.org/licenses/by/4.0/" in links


@pytest.mark.parametrize("page", [page for page in BUILT if page.startswith("chapters/")])
def test_cells_that_only_draw_are_folded(page):
    shown = [code.get_text().strip() for code in parse(page).select(".cell_input:not(.made *)")]
    assert not [code for code in shown if re.fullmatch(r"(plotting|explore)\.\w+\(.*\)", code)]


def test_code_of_a_figure_is_folded_behind_its_caption():
    assert parse(CHAPTER).select("figcaption details.made pre")
