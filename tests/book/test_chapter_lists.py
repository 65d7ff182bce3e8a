"""Every chapter is complete and appears in every list of chapters."""

import re

import pytest

from tests.book.notebooks import CHAPTERS, ROOT

NAMES = [path.stem for path in CHAPTERS]


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_list_includes_the_chapter(name):
    item = f"N. [Title](chapters/{name}.ipynb): what it is about"
    card = rf"^\d+\. !\[.+\]\(chapters/{name}\.ipynb#fig-.+\)\s+\[.+\]\(chapters/{name}\.ipynb\)"
    picture = f"N. ![What it shows](chapters/{name}.ipynb#fig-…)"
    slides = f'<a href="../slides/{name}.html">Title</a>'
    missing = [
        f"{page}: {line}"
        for page, pattern, line in (
            ("_toc.yml", rf"- file: chapters/{name}$", f"add `- file: chapters/{name}`"),
            ("_toc.yml", rf"- file: exercises/{name}$", f"add `- file: exercises/{name}`"),
            ("index.md", card, f"add `{picture} [Title](chapters/{name}.ipynb) What it is about."),
            ("README.md", rf"^\d+\. \[.+\]\(chapters/{name}\.ipynb\)", f"add `{item}`"),
            ("back_matter/lecturers.md", rf"slides/{name}\.html", f"add `{slides}`"),
        )
        if not re.search(pattern, text(page), re.MULTILINE)
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("name", NAMES)
def test_chapter_has_exercises_with_answers(name):
    missing = [
        path
        for path in (
            f"exercises/source/{name}/{name}.ipynb",
            f"exercises/right_answers/{name}.py",
            f"tests/exercises/wrong_answers/{name}.py",
            f"xent_lib/feedback/chapter_{name[:2]}.py",
        )
        if not (ROOT / path).exists()
    ]
    assert not missing, f"write {' and '.join(missing)}; see CONTRIBUTING.md, “An exercise”"


def test_contributing_lists_every_folder():
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    visible = {name for name in folders if not name.startswith((".", "_"))}
    named = set(re.findall(r"^\| `(\w+)/`", text("CONTRIBUTING.md"), re.MULTILINE))
    assert named == {name for name in visible if not name.endswith(".egg-info")}
