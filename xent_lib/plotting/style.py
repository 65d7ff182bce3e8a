"""Helpers of the static figures: the book's style, reproducible SVG, markers and numbers."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..palette import AXIS, CYCLE, GRID, INK, SOLID, Style

BOOK_STYLE = {
    "axes.prop_cycle": cycler(color=CYCLE),
    "figure.figsize": (6.4, 3.6),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 10,
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

PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # background of text in a drawing


def use_book_style() -> None:
    """Draw all further figures in the book's style and, in notebooks, as reproducible SVG."""
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
