"""Bundle the theme's thirty files into one style sheet, which contains the icons, and one script.

The theme's icon fonts alone take 1.1 MB, but the book shows only about thirty icons. Files that a
single page adds, such as those of the figures with sliders, remain separate.
"""

import posixpath
import re
import shutil
from pathlib import Path

from . import icons

CSS, JS = "book-all.css", "book-all.js"
# The files that the theme's `static/webpack-macros.html` loads; our template empties that one.
THEME_CSS = ["styles/theme.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css"]
THEME_JS = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]
# Of Sphinx's own search; website/extensions/search.py is the book's.
NOT_USED = ["searchtools.js", "language_data.js", "sphinx_highlight.js"]
# Not needed once the bundles are written, and neither are the bundled files, except those that the
# slides use.
LEFTOVERS = [*NOT_USED, "vendor", "styles", "scripts", "locales", "sbt-webpack-macros.html"]
LEFTOVERS += ["webpack-macros.html", "basic.css", "copybutton_funcs.js"]
FOR_SLIDES = {"fonts.css", "katex/katex.min.css"}


def setup(app):
    # The default priority is 500: list the files before pages add theirs, bundle them at the end.
    app.connect("html-page-context", link_bundles, priority=100)
    app.connect("build-finished", write_bundles, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def link_bundles(app, pagename, templatename, context, doctree):
    app.bundles = {}
    for kind, theme, bundle in (("css_files", THEME_CSS, CSS), ("script_files", THEME_JS, JS)):
        files = sorted(context[kind], key=lambda file: file.priority)
        names = [
            posixpath.relpath(str(file.filename), "_static") for file in files if file.filename
        ]
        names = [name for name in names if name not in NOT_USED]
        app.bundles[bundle] = [*theme, *names] if kind == "css_files" else [*names, *theme]
        context[kind].clear()
    app.add_css_file(CSS)
    app.add_js_file(JS)


def write_bundles(app, exception):
    if exception or not hasattr(app, "bundles"):
        return
    static = Path(app.outdir, "_static")
    sheets = [read_css(static, name) for name in app.bundles[CSS]]
    sheets.insert(len(THEME_CSS), icons.style_sheet("".join(sheets)))
    css = "\n".join(sheets)
    # Without scripts, data-theme is never set; the page is then light.
    css = re.sub(r'html\[data-theme="?light"?\]', 'html:not([data-theme="dark"])', css)
    (static / CSS).write_text(css, encoding="utf-8")
    js = ";\n".join((static / name).read_text("utf-8") for name in app.bundles[JS])
    (static / JS).write_text(re.sub(r"//# sourceMappingURL=\S+", "", js), encoding="utf-8")
    for name in {*LEFTOVERS, *app.bundles[CSS], *app.bundles[JS]} - FOR_SLIDES:
        path = static / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def read_css(static, name):
    """Return a style sheet with its imports inlined and its URLs relative to `_static`."""

    def from_here(address):
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))

    text = (static / name).read_text("utf-8").replace('@charset "UTF-8";', "")
    text = re.sub(r'url\("?(?!"?data:|"?#)([^")]+)"?\)', lambda m: f"url({from_here(m[1])})", text)
    imports = r'@import *(?:url\()?"?([^")]+)"?\)?;'
    return re.sub(imports, lambda m: read_css(static, from_here(m[1])), text)
