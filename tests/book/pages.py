"""Helpers that read the built pages in `_build/html`."""

import functools
import os
import re
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tests.book.notebooks import ROOT

SITE = ROOT / "_build" / "html"
# If the book is built with BOOK_URL, the links of the 404 page start with that URL's path.
PREFIX = urlsplit(os.environ.get("BOOK_URL", "")).path.rstrip("/")
BUILT = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not {"_static", "slides"} & set(path.parts)
)
CHAPTER = next((page for page in BUILT if page.startswith("chapters/03")), "no chapter")


@functools.cache
def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def icons_without_drawing(site, page):
    """Return the icon classes on a page that the style sheet does not define."""
    drawn = re.findall(r"\.(fa-[\w-]+):before", (site / "_static/book-all.css").read_text("utf-8"))
    named = re.findall(r"fa-[\w-]+", str(page.select('[class*="fa-"], script:not([src])')))
    modifiers = {"fa-lg", "fa-solid", "fa-brands", "fa-regular"}
    return set(named) - set(drawn) - modifiers
