"""Helpers of the static figures: the book's style, reproducible SVG, markers and numbers."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from font_source_sans_pro import font_files_ttf
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from numpy.typing import ArrayLike

from ..palette import AXIS, CYCLE, GRID, INK, SOLID, Style

# Inches. A page shows a figure up to 1.7 times as large, a phone 1.06 times: text of 11 points is
# then 11 pixels high or more.
WIDTH = 4.7

BOOK_STYLE = {
    "axes.prop_cycle": cycler(color=CYCLE),
    "figure.figsize": (WIDTH, 3.2),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": ["Source Sans Pro", "DejaVu Sans"],  # the second for what the first lacks
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 11,
    "figure.labelsize": 11,
    "mathtext.default": "regular",  # formulas in the same font
    "axes.labelcolor": INK,
    "axes.edgecolor": AXIS,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 2,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    # For SVG that is the same on every machine: letters as outlines, ids from a fixed salt.
    "svg.fonttype": "path",
    "svg.hashsalt": "xent_lib",
}

# For classes 0, 1 and 2, to go with CLASS_COLORS in the palette.
CLASS_MARKERS, CLASS_HATCHES = ("o", "s", "^"), ("", "//", "\\\\")

# The triangle of all distributions over three classes: in corner k, class k is certain, and the
# distribution p is drawn at p @ CORNERS.
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])

P_HAT = r"$\hat{p}$"  # as text, the hat would stand beside the letter

# For what is drawn on a scale of colours or greys, or shows one: it looks the same on a dark page.
AS_DRAWN = "as-drawn"

PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # background of text in a drawing


def use_book_style() -> None:
    """Draw all further figures in the book's style and, in notebooks, as reproducible SVG."""
    for weight in ("SourceSansPro", "SourceSansProSemibold"):
        fontManager.addfont(font_files_ttf[weight])
    plt.style.use(BOOK_STYLE)
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if get_ipython() is not None:
        # Without a date, the same figure gives the same bytes, so tests can compare it.
        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})


def save(figure: Figure, path: str) -> None:
    """Write ``figure`` to ``path``; the same figure always gives the same bytes."""
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def line(style: Style) -> dict[str, Any]:
    """Return a style of the palette as Matplotlib's line options."""
    # Matplotlib measures dashes in line widths.
    dashes = "-" if style.dashes == SOLID else (0, tuple(length / 2 for length in style.dashes))
    return {"color": style.color, "linestyle": dashes, "linewidth": style.width}


def number(value: float, form: str = "g") -> str:
    """Format a number with a true minus sign; an exact zero gets neither sign nor decimals."""
    return f"{value:{form}}".replace("-", "−") if value else "0"


def row(values: ArrayLike, form: str = "g") -> str:
    """Format a row of numbers in parentheses."""
    return "(" + ", ".join(number(value, form) for value in np.asarray(values, dtype=float)) + ")"
