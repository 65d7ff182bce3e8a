"""The one look of all figures: palette, style file, reproducible SVG."""

from importlib.resources import files

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

# The first two of book.mplstyle's cycle, for figures that name their colours.
BLUE, VERMILION = "#0072B2", "#D55E00"
GREY = "#555555"


def use_book_style() -> None:
    """Draw all figures from here on in the book's style, in notebooks as reproducible SVG."""
    plt.style.use(str(files("xent_lib.plotting") / "book.mplstyle"))
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if get_ipython() is not None:
        # Without a date in it, the same figure is the same bytes; so tests can compare it.
        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})


def save(figure: Figure, path: str) -> None:
    """Write ``figure`` to ``path``: the same figure gives the same bytes."""
    figure.savefig(path, metadata={"Date": None, "Creator": None})
