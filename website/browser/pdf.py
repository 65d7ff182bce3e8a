"""Print the single-page build, _build/singlehtml, to _build/book.pdf."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from . import launch

BUILD = Path(__file__).parents[2] / "_build"
NUMBER = '<p style="font: 8pt sans-serif; text-align: center; width: 100%" class="pageNumber"></p>'


def print_page(browser, address, path):
    """Print a page with answers unfolded, headings as bookmarks, and page numbers."""
    page = browser.new_page(color_scheme="light")
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    page.evaluate("document.querySelectorAll('details').forEach(answer => answer.open = true)")
    # Answers fade in, and would be printed while still invisible.
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    page.pdf(
        path=path,
        format="A4",
        scale=0.8,
        margin=dict.fromkeys(("top", "right", "bottom", "left"), "20mm"),
        print_background=True,
        display_header_footer=True,
        header_template="<p></p>",
        footer_template=NUMBER,
        outline=True,
        tagged=True,
    )
    page.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = launch(playwright)
        print_page(browser, (BUILD / "singlehtml" / "intro.html").as_uri(), BUILD / "book.pdf")
        browser.close()
