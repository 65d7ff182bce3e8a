"""Write what the search reads: one record for each section, glossary term and function.

The reader's browser searches, so that it works from disk, too: `website/static/search.js` loads one
script, written here, with MiniSearch, which ranks, and the records. Sphinx's own search is off.
"""

import json
import re
from collections import Counter
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

MINISEARCH = Path(__file__).parents[1] / "node_modules" / "minisearch"
SHOWN = 140  # characters of its text that a result shows; of the rest a record keeps the words,
COMMON = 40  # but for those in more records than this
WORD = re.compile(r"\d+\.\d+|[^\W_]+")
NOT_TEXT = ".headerlink, script, style, summary, pre, .cell_output, dl.field-list, .citation"
OTHER_NAMES = re.compile(r"Also: (.+)\.$")  # at the end of a glossary entry
HEADING = re.compile("^h[1-6]$")
SIGNS = {"msub": "_", "munder": "_", "msup": "^", "msubsup": "_^", "munderover": "_^"}


def setup(app):
    if not MINISEARCH.exists():
        raise ExtensionError("MiniSearch is not installed. Run: .venv/bin/npm ci --prefix website")
    app.connect("builder-inited", switch_off_search_of_sphinx)
    app.connect("build-finished", write_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def switch_off_search_of_sphinx(app):
    app.builder.search = False


def write_script(app, exception):
    if exception or app.builder.name != "html":
        return
    urls = [app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    pages = [(url, *read_page(Path(app.outdir, url).read_text("utf-8"))) for url in urls]
    records = [record for _, _, records in pages for record in records]
    add_other_names(records)
    shorten(records)
    script = (MINISEARCH / "dist" / "umd" / "index.js").read_text("utf-8")
    script = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    licence = (MINISEARCH / "LICENSE.txt").read_text("utf-8")
    data = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    path = Path(app.outdir, "vendor", "search.js")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"/* MiniSearch\n{licence}*/\n{script}\nvar searchPages = {data};\n", "utf-8")


def read_page(html):
    """Return the title of a page and its records: [id, title, other names, text]."""
    article = BeautifulSoup(html, "html.parser").article
    for formula in article.select(".katex"):
        formula.replace_with(re.sub(r"\s+(?=[),]|$)", "", plain(formula.math)))
    for part in article.select(NOT_TEXT):
        part.decompose()
    page, records = text_of(article.h1), []
    for part in reversed(article.select("section[id], dt[id]")):  # inner ones first
        is_term = part.name == "dt"
        name, body = (part, part.find_next_sibling("dd")) if is_term else (part.find(HEADING), part)
        title = function_name(part) if "sig" in part.get("class", []) else text_of(name)
        name.clear()
        records.insert(0, [part["id"], title, "", text_of(body)])
        body.clear()
    records[0][0] = ""  # the top of the page
    return page, records


def function_name(signature):
    """Return a name such as Model.fit() from the id xent_lib.module.Model.fit."""
    called = {"function", "method"} & {*signature.parent["class"]}
    return signature["id"].split(".", maxsplit=2)[2] + "()" * bool(called)


def text_of(element):
    return " ".join(element.get_text().split())


def plain(part):
    """Return a formula on one line, such as H(p, q) = −∑_k p_k ln q_k, from its MathML."""
    if not part.name:
        return part.replace("\u2061", " ").replace("\u200b", "")
    parts = [plain(child) for child in part.children if child.name != "annotation"]
    parts = [part.strip() for part in parts] if part.name in {*SIGNS, "mfrac"} else parts
    bound = [f"({part})" if len(part) > 1 else part for part in parts]
    if part.name in SIGNS:
        signs = zip(SIGNS[part.name], bound[1:], strict=False)  # KaTeX adds an empty sign to max
        return parts[0] + "".join(sign + part for sign, part in signs) + " "
    if part.name == "mfrac":
        return "/".join(bound)
    if part.name == "mover":
        return parts[0] + parts[1].replace("^", "\u0302")
    joined = "".join(parts)
    if part.name == "mo" and joined in "=≤≥≈≠→,":
        return f" {joined} "
    return f" {joined} " if part.name == "mi" and len(joined) > 1 else joined


def add_other_names(records):
    """Give each section whose title has a term of the glossary the other names of that term."""
    for _, term, _, text in list(records):
        if names := OTHER_NAMES.search(text):
            titled = re.compile(rf"(?<![\w-]){re.escape(term)}(?![\w-])", re.IGNORECASE)
            for record in records:
                if titled.search(record[1]):
                    record[2] = f"{record[2]} {names[1]}".strip()


def shorten(records):
    """Replace each text by the part that a result shows and the other words."""
    records_with = Counter(word for *_, text in records for word in words(text))
    for record in records:
        text = record.pop()
        shown = text if len(text) <= SHOWN else text[:SHOWN].rpartition(" ")[0] + " …"
        other = words(text) - words(shown)
        record += [shown, " ".join(sorted(w for w in other if records_with[w] <= COMMON))]


def words(text):
    return {word.lower() for word in WORD.findall(text)}
