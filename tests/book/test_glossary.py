"""Each term of the glossary is under its letter and names a chapter that uses it."""

import re

from tests.book.notebooks import CHAPTERS, ROOT, read

TEXT = (ROOT / "back_matter" / "glossary.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (.+?)\n\n```\{glossary\}\n(.*?)\n```", TEXT, re.MULTILINE | re.DOTALL)
ENTRIES = [
    (letter, entry) for letter, section in SECTIONS for entry in re.split(r"\n\n(?=\S)", section)
]
CHAPTER_TEXTS = {
    path.name: " ".join(cell.source for cell in read(path).cells).lower() for path in CHAPTERS
}


def test_terms_are_under_their_letter_and_in_order():
    letters = [entry[0].upper() if entry[0].isalpha() else "0–9" for _, entry in ENTRIES]
    assert letters == [letter for letter, _ in ENTRIES]
    names = [entry.split("\n")[0].lower() for _, entry in ENTRIES]
    assert names == sorted(names)


def test_every_letter_is_linked():
    linked = re.findall(r"^\[(.+?)\]\(#", TEXT, re.MULTILINE)
    assert linked == [letter for letter, _ in SECTIONS]


def test_every_term_names_a_chapter_that_uses_it():
    for _, entry in ENTRIES:
        lines = entry.split("\n")
        names = [re.split(", | and ", line.lower()) for line in lines if not line.startswith(" ")]
        chapters = re.findall(r"\(\.\./chapters/([\w.]+)", entry)
        assert chapters, f"{lines[0]}: end with `See [](../chapters/NN_topic.ipynb).`"
        text = "".join(CHAPTER_TEXTS[chapter] for chapter in chapters)
        named = any(all(part in text for part in name) for name in names)
        assert named, f"{lines[0]} is not in {chapters}"
