"""Every reference says how it was checked, and is cited; every citation has its reference.

`checked` is "source" if the cited work or its official page was read, "record" if a faithful
bibliographic record was, and "no" if neither could be seen: then it is cited for no detail.
"""

import re
from collections import Counter

from tests.book.notebooks import CHAPTERS, ROOT, read

ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^ +(\w+) *= *(.*?),?$", re.MULTILINE)
VALUES = ("{source}", "{record}", "{no}")
ROLE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def entries():
    """Each entry of the bibliography, as its key and its fields, in order."""
    text = (ROOT / "back_matter" / "references.bib").read_text(encoding="utf-8")
    assert text.count("\n@") + text.startswith("@") == len(ENTRY.findall(text))
    return [(key, dict(FIELD.findall(body))) for key, body in ENTRY.findall(text)]


def cited():
    """All keys that chapters, exercises, pages and docstrings of the book cite."""
    texts = [cell.source for path in CHAPTERS for cell in read(path).cells]
    for folder in ("back_matter", "exercises", "xent_lib"):
        for pattern in ("*.md", "*.ipynb", "*.py"):
            paths = (ROOT / folder).rglob(pattern)
            texts += [path.read_text(encoding="utf-8") for path in paths]
    texts.append((ROOT / "index.md").read_text(encoding="utf-8"))
    keys = ",".join(found for text in texts for found in ROLE.findall(text))
    return {key.strip() for key in keys.split(",")}


def test_every_reference_says_how_it_was_checked():
    unchecked = [key for key, fields in entries() if fields.get("checked") not in VALUES]
    assert not unchecked, f"the field `checked` has to be one of {', '.join(VALUES)}"


def test_every_reference_has_author_title_and_year():
    for key, fields in entries():
        assert {"author", "title", "year"} <= set(fields), key
        year = re.search(r"\d{4}$", key)
        assert not year or fields["year"] == f"{{{year[0]}}}", f"{key} says another year"


def test_references_stand_in_order_and_once():
    keys = [key for key, _ in entries()]
    assert keys == sorted(keys)
    assert not [key for key, times in Counter(keys).items() if times > 1]


def test_every_reference_is_cited():
    assert not {key for key, _ in entries()} - cited(), "delete them, or cite them"


def test_every_citation_has_its_reference():
    assert not cited() - {key for key, _ in entries()}, "no such entry in references.bib"
