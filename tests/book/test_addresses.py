"""The features that a build gains if the book's repository and web address are set."""

import os
import subprocess
import sys
from pathlib import Path

from bs4 import BeautifulSoup

from tests.book.pages import CHAPTER, icons_without_drawing


def test_addresses_enable_launch_buttons_cards_and_sitemap(small_project):
    repository, url = "https://github.com/owner/of-it", "https://owner.example/of-it"
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    done = subprocess.run(
        command,
        cwd=small_project,
        env=os.environ | {"BOOK_REPOSITORY": repository, "BOOK_URL": url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = small_project / "_build" / "html"
    page = BeautifulSoup((site / CHAPTER).read_text("utf-8"), "html.parser")
    links = {tag["href"] for tag in page.find_all(["a", "link"], href=True)}
    notebook = CHAPTER.replace(".html", ".ipynb")
    assert {
        f"https://mybinder.org/v2/gh/owner/of-it/main?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/owner/of-it/blob/main/{notebook}",
        f"{repository}/edit/main/{notebook}",
        f"../_sources/{notebook}",
        f"{url}/{CHAPTER}",
    } <= links
    cards = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=True)}
    assert cards["og:image"] == f"{url}/_static/card.png"
    assert cards["og:title"] and cards["og:description"]
    front = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    assert front.title.text == cards["og:site_name"] == "Cross-Entropy, from Scratch to Scale"
    (line,) = {tag["content"] for tag in front.select('meta[name="description"]')}
    assert line == front.select_one('meta[property="og:description"]')["content"]
    assert line.startswith("A free textbook on cross-entropy")
    assert f"<loc>{url}/{CHAPTER}</loc>" in (site / "sitemap.xml").read_text("utf-8")
    assert f"git+{repository}" in (site / "back_matter" / "running.html").read_text("utf-8")
    assert page.select(".fa-github") and not icons_without_drawing(site, page)
    lost = BeautifulSoup((site / "404.html").read_text("utf-8"), "html.parser")
    assert lost.select_one('link[rel="stylesheet"]')["href"].startswith("/of-it/_static/")
