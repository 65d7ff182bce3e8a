"""Typeset the formulas while the book is built, so that pages need no script for them.

sphinxcontrib-katex brings the markup. KaTeX with its style sheet and fonts lies in wagtail-katex, a
package for another purpose, of which only these files are used. Playwright, which opens the pages
for the tests, brings a Node.js to run KaTeX. A formula with a fault is a warning that names it, and
so stops the build.
"""

import functools
import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import playwright
from sphinx.util import logging
from sphinxcontrib import katex

PACKAGE = Path(find_spec("wagtailkatex").submodule_search_locations[0])
KATEX = PACKAGE / "static" / "wagtailkatex" / "katex"
STYLE_SHEET = "../_static/katex/katex.min.css"  # seen from a page in a folder
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
# A line in, a line out; it ends when its input does, that is, with the build.
SCRIPT = """
const katex = require(process.argv[1]);
require("readline").createInterface({input: process.stdin}).on("line", line => {
  let answer;
  try { answer = {html: katex.renderToString(...JSON.parse(line))}; }
  catch (error) { answer = {error: error.message}; }
  console.log(JSON.stringify(answer));
});
"""


def setup(app):
    app.setup_extension("sphinxcontrib.katex")
    katex.render_latex = render_latex  # its own talks to a server over a socket
    app.connect("build-finished", copy_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@functools.cache
def start_node():
    return subprocess.Popen(
        [NODE, "-e", SCRIPT, KATEX / "katex.min.js"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def typeset(latex, display=False):
    """Return a formula as HTML, with MathML in it; the decks of slides use this too."""
    node = start_node()
    print(json.dumps([latex, {"displayMode": display}]), file=node.stdin, flush=True)
    answer = json.loads(node.stdout.readline())
    if "error" in answer:
        raise ValueError(f"formula {latex!r}: {answer['error']}")
    return answer["html"]


def render_latex(latex, options=None):
    try:
        return typeset(latex, display=bool(options))
    except ValueError as error:
        logging.getLogger(__name__).warning("%s", error)
        return ""


def copy_style(app, exception):
    """Put the style sheet beside the pages, with the fonts in the one format all browsers read."""
    folder = Path(app.outdir, "_static", "katex")
    if exception or app.builder.format != "html":
        return
    others = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(KATEX / "fonts", folder / "fonts", dirs_exist_ok=True, ignore=others)
    css = (KATEX / "katex.min.css").read_text("utf-8")
    other_formats = r",url\([^)]+\) format\(\"(?:woff|truetype)\"\)"
    (folder / "katex.min.css").write_text(re.sub(other_formats, "", css), encoding="utf-8")
