"""Print the single-page build, _build/singlehtml, to _build/book.pdf."""

from pathlib import Path

from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from . import launch

BUILD = Path(__file__).parents[2] / "_build"
NUMBER = '<p style="font: 8pt sans-serif; text-align: center; width: 100%" class="pageNumber"></p>'
OPTIONS = {
    "format": "A4",
    "scale": 0.8,
    "margin": dict.fromkeys(("top", "right", "bottom", "left"), "20mm"),
    "print_background": True,
    "display_header_footer": True,
    "header_template": "<p></p>",
    "footer_template": NUMBER,
    "outline": True,
    "tagged": True,
}
# Pictures would load when they come into view, and answers fade in.
MAKE_READY = """async () => {
  document.querySelectorAll("details").forEach(answer => answer.open = true);
  document.getAnimations().forEach(animation => animation.finish());
  await Promise.all([...document.images].map((image) => (image.loading = "eager", image.decode())));
  await document.fonts.ready;
}"""
ADD_FRONT = """() => {
  const front = document.createElement("div");
  front.className = "front";
  const authors = document.querySelector(".component-author");
  const licence = [...document.querySelectorAll(".footer-item")].at(-1);
  front.innerHTML = `<div><p class="title">${document.title}</p><p>${authors.innerHTML}</p>
    <p>${licence.innerHTML}</p></div><p class="contents">Contents</p>`;
  for (const chapter of document.querySelectorAll(".toctree-wrapper > section")) {
    const line = document.createElement("a");
    line.href = `#${chapter.id}`;
    line.append(document.createElement("span"), document.createElement("span"));
    line.firstChild.append(...chapter.querySelector("h2").cloneNode(true).childNodes);
    front.append(line);
  }
  document.querySelector("article").prepend(front);
}"""
FILL_IN = """pages => document.querySelectorAll(".front > a").forEach((line) => {
  line.lastChild.textContent = pages[line.hash.replace("#", "/")];
})"""


def open_page(browser, address):
    page = browser.new_page(color_scheme="light")
    page.goto(address, wait_until="networkidle")
    page.evaluate(MAKE_READY)
    return page


def print_page(browser, address, path):
    """Print a page with answers unfolded, headings as bookmarks, and page numbers."""
    page = open_page(browser, address)
    page.pdf(path=path, **OPTIONS)
    page.close()


def print_book(browser, address, path):
    """Print the book with a title page and contents, twice: the first time shows the pages."""
    page = open_page(browser, address)
    page.evaluate(ADD_FRONT)
    page.pdf(path=path, **OPTIONS)
    reader = PdfReader(path)
    places = reader.named_destinations
    numbers = {name: reader.get_destination_page_number(places[name]) + 1 for name in places}
    page.evaluate(FILL_IN, numbers)
    page.pdf(path=path, **OPTIONS)
    page.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = launch(playwright)
        print_book(browser, (BUILD / "singlehtml" / "index.html").as_uri(), BUILD / "book.pdf")
        browser.close()
