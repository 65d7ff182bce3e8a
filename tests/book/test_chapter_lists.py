"""Every chapter is complete and appears in every list of chapters."""

import re

import pytest

from tests.book.notebooks import CHAPTERS, ROOT

NAMES = [path.stem for path in CHAPTERS]


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_list_includes_the_chapter(name):
    missing = [
        f"{page}: {line}"
        for page, pattern, line in (
            ("_toc.yml", rf"- file: chapters/{name}$", f"add `- file: chapters/{name}`"),
            ("_toc.yml", rf"- file: exercises/{name}$", f"add `- file: exercises/{name}`"),
            ("intro.md", rf"\]\(chapters/{name}\.ipynb\)", "add the chapter to the numbered list"),
            ("back_matter/lecturers.md", rf"slides/{name}\.html", "add a link to its slides"),
        )
        if not re.search(pattern, text(page), re.MULTILINE)
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("name", NAMES)
def test_chapter_has_exercises_and_wrong_answers(name):
    missing = [
        path
        for path in (
            f"exercises/source/{name}/{name}.ipynb",
            f"tests/exercises/wrong_answers/{name}.py",
        )
        if not (ROOT / path).exists()
    ]
    assert not missing, f"write {' and '.join(missing)}; CONTRIBUTING.md shows how"


def test_contributing_lists_every_folder():
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    visible = {name for name in folders if not name.startswith((".", "_"))}
    named = set(re.findall(r"^\| `(\w+)/`", text("CONTRIBUTING.md"), re.MULTILINE))
    assert named == {name for name in visible if not name.endswith(".egg-info")}
