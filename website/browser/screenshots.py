"""Take screenshots of every page, light and dark, wide and narrow, into _build/screenshots."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from . import launch

BUILD = Path(__file__).parents[2] / "_build"


def main():
    folder = BUILD / "screenshots"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for path in sorted((BUILD / "html").rglob("*.html")):
            name = path.relative_to(BUILD / "html").with_suffix("").as_posix().replace("/", "-")
            for width in (360, 1280):
                for theme in ("light", "dark"):
                    page = browser.new_page(
                        viewport={"width": width, "height": 900}, color_scheme=theme
                    )
                    page.goto(path.as_uri(), wait_until="networkidle")
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                    page.close()
        browser.close()
    print(f"== The screenshots are in {folder}")


if __name__ == "__main__":
    main()
