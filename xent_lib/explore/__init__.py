"""Figures with sliders, recomputed by the browser.

One function per figure, each returning a `SliderFigure`. In a notebook or on a page of the book, it
needs neither a kernel nor a network: Altair writes the figure as a Vega specification, whose
expressions the browser evaluates. In print or in a preview it is a static image. Named expressions
compute each number once, for both the drawing and the read-out.
"""

try:
    import altair  # noqa: F401
    import vl_convert  # noqa: F401
except ImportError as error:
    raise ImportError(
        "xent_lib.explore needs Altair: pip install 'altair>=6' 'vl-convert-python>=1.9'"
    ) from error

from .bets import tangents
from .choices import gradient_descent, thresholds
from .losses import double_softmax, margin_losses, sigmoid_gradients, stable_losses
from .parts import SliderFigure
from .perplexities import bits_per_byte
from .probabilities import entropy_plus_kl, picture_scores, softmax_temperature
from .symptoms import lead_of_favourite

__all__ = [
    "SliderFigure",
    "bits_per_byte",
    "double_softmax",
    "entropy_plus_kl",
    "gradient_descent",
    "lead_of_favourite",
    "margin_losses",
    "picture_scores",
    "sigmoid_gradients",
    "softmax_temperature",
    "stable_losses",
    "tangents",
    "thresholds",
]
