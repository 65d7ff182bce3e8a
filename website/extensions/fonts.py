"""Reduce the book's fonts to the characters that its pages contain.

The fonts are in the packages font-source-serif-pro and font-source-sans-pro, under the SIL Open
Font License; `website/static/fonts.css` names the files that are written here.
"""

import html
import logging
from io import BytesIO
from pathlib import Path

from font_source_sans_pro import font_files_ttf as sans
from font_source_serif_pro import font_files_ttf as serif
from fontTools import subset, ttLib

USE_MY_METRICS = 0x200  # https://learn.microsoft.com/typography/opentype/spec/glyf
FONTS = {
    "serif": serif["SourceSerifPro"],
    "serif-italic": serif["SourceSerifProIt"],
    "serif-semibold": serif["SourceSerifProSemibold"],
    "sans": sans["SourceSansPro"],
    "sans-semibold": sans["SourceSansProSemibold"],
}


def setup(app):
    app.connect("build-finished", write_fonts, priority=600)  # after the slides, at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_fonts(app, exception):
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", "fonts")
    folder.mkdir(exist_ok=True)
    characters = set(read_pages(app.outdir))
    for name, path in FONTS.items():
        (folder / f"{name}.woff2").write_bytes(cut(path, characters))


def read_pages(folder):
    """Return the text of all pages and slides in a folder, with their markup."""
    pages = sorted(Path(folder).rglob("*.html"))
    return html.unescape("".join(page.read_text("utf-8") for page in pages))


def cut(path, characters):
    """Return a font, as WOFF2, with the given characters only."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    font = ttLib.TTFont(path, recalcTimestamp=False)
    options = subset.Options(hinting=False)
    options.layout_features += ["lnum", "tnum"]
    options.name_IDs = [0, 13, 14]  # copyright and licence; the name is reserved for whole fonts
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(map(ord, characters)) & font.getBestCmap().keys())
    cutter.subset(font)
    # On Linux a letter made of others may get the width of one of them: “, % and … that of a part.
    for letter in font.getGlyphOrder():
        for part in getattr(font["glyf"][letter], "components", ()):
            part.flags &= ~USE_MY_METRICS
    font.flavor = "woff2"
    font.save(file := BytesIO())
    return file.getvalue()
