"""The book's still figures: one function a figure, each returns a Matplotlib ``Figure``.

Every number in a figure is computed here from the number modules, so a figure cannot disagree
with the text. Colour never stands alone: a label, a hatch or a marker says the same.
"""

from xent_lib.plotting.benchmarks import time_growth
from xent_lib.plotting.information import (
    binary_losses,
    coin_entropy,
    compare_models,
    entropy_plus_kl,
    simplex,
    surprise,
)
from xent_lib.plotting.style import save, use_book_style

__all__ = [
    "binary_losses",
    "coin_entropy",
    "compare_models",
    "entropy_plus_kl",
    "save",
    "simplex",
    "surprise",
    "time_growth",
    "use_book_style",
]
