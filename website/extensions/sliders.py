"""Put the figures with sliders of `xent_lib.explore` on the pages.

MyST-NB ignores their Vega specification, so this plug-in writes the specification next to the
static image. `sliders.js` makes the figure interactive shortly before it scrolls into view; without
scripts, and in print, the image remains. Vega itself is extracted from vl-convert, which also draws
the images with it; only `sliders.js` loads it.
"""

import dataclasses
import json
from html import escape
from pathlib import Path

import vl_convert
from docutils import nodes
from myst_nb.core import render

VEGA = "application/vnd.vega.v5+json"
SVG = "image/svg+xml"
NOTICE = "/* Vega © UW Interactive Data Lab, BSD 3-Clause; D3 © Mike Bostock, ISC */"


def setup(app):
    # MyST-NB finds only plug-ins of installed packages; this module is not installed.
    render.load_mime_renders().append(SliderFigure)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", write_vega)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class SliderFigure(render.MimeRenderPlugin):
    mime_priority_overrides = tuple((name, VEGA, 1) for name in ("html", "dirhtml", "singlehtml"))

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != VEGA:
            return None
        _, outputs = renderer.renderer.nb_client.code_cell_outputs(data.cell_index)
        bundle = outputs[data.output_index]["data"]
        still = renderer.render_image(dataclasses.replace(data, mime_type=SVG, content=bundle[SVG]))
        return [live(still, data.content)]


def live(still, content):
    """Return the nodes of a still image with the specification of its figure."""
    name = content["usermeta"]["figure"]
    spec = json.dumps(content, separators=(",", ":")).replace("</", "<\\/")
    script = f'<script type="application/json" data-figure="{escape(name)}">{spec}</script>'
    return nodes.container("", *still, nodes.raw("", script, format="html"), classes=["sliders"])


def add_script(app, pagename, templatename, context, doctree):
    if "data-figure=" in context.get("body", ""):
        app.add_js_file("sliders.js", defer="defer")


def write_vega(app, exception):
    if app.builder.format == "html" and not exception:
        # The URL under which vl-convert finds its own copy; nothing is downloaded.
        vega = f"/npm/vega@{vl_convert.get_vega_version()}/+esm"
        script = f'import {{ View, parse }} from "{vega}"; window.vega = {{ View, parse }};'
        # A function scope keeps the bundle's hundreds of names out of the page.
        bundle = f"{NOTICE}\n(() => {{{vl_convert.javascript_bundle(script)}}})();"
        path = Path(app.outdir, "vendor", "vega.js")
        path.parent.mkdir(exist_ok=True)
        path.write_text(bundle, encoding="utf-8")
