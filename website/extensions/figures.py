"""Fit the figures, which notebooks store as light SVG, to the pages: size, font and dark colours.

A browser tells a picture whether the page around it is light or dark, so a rule in the picture can
set the colours of `xent_lib.palette.DARK`. Pictures load when they are about to be seen; the page
knows their size from the start. A cell that only draws is folded behind the caption.
"""

import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes

from xent_lib.palette import DARK
from xent_lib.plotting.style import AS_DRAWN

from . import fonts

POINT = 1.5  # pixels of the page for one point of Matplotlib: 11 points are 16.5 pixels
ONLY_DRAWS = re.compile(r"(from xent_lib import explore\s+)?(plotting|explore)\.[^\n]*")
IMAGE = re.compile(r'<img ([^>]*src="[^"]*_images/([^"]+\.svg)"[^>]*)>')
SANS = 'font-family="sans-serif"'  # as Vega writes it
OURS = "/* for the pages of the book */"


def setup(app):
    app.connect("doctree-read", fold_code)
    app.connect("html-page-context", size_images, priority=900)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def is_cell(node):
    return isinstance(node, nodes.container) and "cell" in node["classes"]


def fold_code(app, doctree):
    for cell in doctree.findall(is_cell):
        code = next(cell.findall(nodes.literal_block), None)
        figure = next(cell.findall(nodes.figure), None)
        if figure and code and ONLY_DRAWS.fullmatch(code.astext().strip()):
            cell.remove(cell[0])
            start = '<details class="made"><summary>code</summary>'
            folded = (nodes.raw("", start, format="html"), code)
            figure += nodes.legend("", *folded, nodes.raw("", "</details>", format="html"))


def size_images(app, pagename, templatename, context, doctree):
    """Write the size of each picture into the page."""
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}

    def sized(match):
        attributes, name = match.groups()
        svg = sources[unquote(name)].read_text("utf-8")
        root = re.search(r"<svg[^>]*>", svg)[0]
        unit = POINT if "pt" in re.search(r'\bwidth="([^"]*)"', root)[1] else 1
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', root).groups())
        size = f'width="{width * unit:.0f}" height="{height * unit:.0f}"'
        return f'<img loading="lazy" {size} {attributes}>'

    context["body"] = IMAGE.sub(sized, context.get("body", ""))


def finish(app, exception):
    """Write dark colours, and their font, into the pictures; and the colours of live figures."""
    if exception or app.builder.format != "html":
        return
    live = dark_rules('html[data-theme="dark"] .sliders svg', DARK)
    Path(app.outdir, "_static", "figures.css").write_text(live, "utf-8")
    for path in Path(app.outdir, "_images").glob("*.svg"):
        svg = path.read_text("utf-8")
        if OURS in svg:
            continue
        used = [color for color in DARK if color.lower() in svg.lower()]
        style = f"{OURS} @media (prefers-color-scheme: dark) {{\n{dark_rules('svg', used)}}}\n"
        if SANS in svg:
            letters = "".join(re.findall(">([^<]+)<", svg))
            font = b64encode(fonts.cut(fonts.FONTS["sans"], letters)).decode()
            source = f"url(data:font/woff2;base64,{font})"
            style += "text { text-rendering: geometricPrecision; }\n"
            style += f'@font-face {{ font-family: "Book Sans"; src: {source}; }}\n'
        svg = svg.replace(SANS, 'font-family="Book Sans"')
        path.write_text(svg.replace("</svg>", f"<style>{style}</style>\n</svg>"), "utf-8")


def dark_rules(root, colors):
    """Return style rules for the drawing in ``root``, which uses some colours of the palette."""
    kept = f":not(#{AS_DRAWN}, #{AS_DRAWN} *)"
    paper, ink = DARK["#FFFFFF"], DARK["#000000"]
    # What has no colour of its own, as text in Matplotlib, is black; Vega's background is white.
    rules = [f"{root} {{ fill: {ink}; }}", f"{root} #{AS_DRAWN} {{ fill: black; }}"]
    rules += [f'{root} > [fill="white"] {{ fill: {paper}; }}']
    for color in colors:
        for part in ("fill", "stroke"):
            places = (f'[style*="{part}: {color}" i]', f'[{part}="{color}" i]')
            selector = ", ".join(f"{root} {place}{kept}" for place in places)
            rules.append(f"{selector} {{ {part}: {DARK[color]} !important; }}")
    return "\n".join(rules)
