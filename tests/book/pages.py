"""The built pages, as the tests find them in `_build/html`."""

import functools
import re

from bs4 import BeautifulSoup

from tests.book.notebooks import ROOT

SITE = ROOT / "_build" / "html"
BUILT = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path.name != "index.html" and not {"_static", "slides"} & set(path.parts)
)
CHAPTER = next((page for page in BUILT if page.startswith("chapters/03")), "no chapter")


@functools.cache
def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def icons_without_drawing(site, page):
    """The build puts the icons into the style sheet. Other classes say how, not which."""
    drawn = re.findall(r"\.(fa-[\w-]+):before", (site / "_static/book-all.css").read_text("utf-8"))
    named = re.findall(r"fa-[\w-]+", str(page.select('[class*="fa-"], script:not([src])')))
    return set(named) - set(drawn) - {"fa-lg", "fa-solid", "fa-brands", "fa-regular"}
