"""Subset the theme's Font Awesome to the icons that it uses, as one small style sheet."""

import re
from base64 import b64encode
from pathlib import Path

import pydata_sphinx_theme
import sphinx_book_theme
from fontTools import ttLib

from . import fonts

RULES = """
:root { --fa-font-solid: 900 1em/1 "Font Awesome"; --fa-font-brands: 900 1em/1 "Font Awesome"; }
.fa, .fab, .far, .fas, .fa-brands, .fa-regular, .fa-solid {
  -webkit-font-smoothing: antialiased; display: inline-block;
  font-family: "Font Awesome"; font-style: normal; font-weight: 900; line-height: 1;
}
.fa-lg { font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }
.bd-search .fa-solid.fa-magnifying-glass { position: static; }
"""


def style_sheet(styles):
    """Return CSS rules and fonts; ``styles`` is the theme's CSS, which uses some icons by code."""
    themes = [Path(theme.__file__).parent for theme in (pydata_sphinx_theme, sphinx_book_theme)]
    files = [
        file for theme in themes for kind in ("html", "py") for file in theme.rglob(f"*.{kind}")
    ]
    names = {
        name for file in files for name in re.findall(r"fa-([a-z-]+)", file.read_text("utf-8"))
    }
    names.add("github")  # the theme's code assembles this name from parts
    awesome = next(themes[0].rglob("fontawesome/*/css/all.min.css")).parent.parent
    rules = re.findall(
        r'([^{}]+)\{content:"\\(f\w+)"\}', (awesome / "css" / "all.min.css").read_text("utf-8")
    )
    used = {s: c for s, c in rules if names & set(re.findall(r"fa-([a-z-]+):before", s))}
    codes = {int(code, 16) for code in used.values()}
    codes |= {ord(char) for char in re.findall("[\ue000-\uf8ff]", styles)}
    codes |= {int(code, 16) for code in re.findall(r'"\\(f\w{3})"', styles)}
    faces = [
        face(awesome / "webfonts" / f"{name}.ttf", codes)
        for name in ("fa-solid-900", "fa-brands-400")
    ]
    return RULES + "".join(faces) + "".join(f'{s}{{content:"\\{c}"}}\n' for s, c in used.items())


def face(path, codes):
    """Return a @font-face rule with the font reduced to the given character codes."""
    codes = codes & ttLib.TTFont(path).getBestCmap().keys()
    data = b64encode(fonts.cut(path, map(chr, codes))).decode()
    ranges = ", ".join(f"U+{code:X}" for code in sorted(codes))
    return (
        '@font-face { font-family: "Font Awesome"; font-weight: 900; font-display: block; '
        f"unicode-range: {ranges}; src: url(data:font/woff2;base64,{data}); }}\n"
    )
