"""Figures with sliders: move one, and the figure is computed again where you see it.

One function a figure; each returns a `SliderFigure`. Shown in a notebook or a page of the book it
is alive without a kernel and without a network: Altair writes the figure as a Vega specification,
whose expressions the browser evaluates. Where nothing can move (paper, a preview) it is a picture.
The numbers of a figure are computed once, as named expressions, for its marks and its words alike.
"""

try:
    import altair  # noqa: F401
    import vl_convert  # noqa: F401
except ImportError as error:
    raise ImportError(
        "xent_lib.explore draws with Altair: pip install 'altair>=6' 'vl-convert-python>=1.9'"
    ) from error

from .choices import gradient_descent, thresholds
from .losses import double_softmax, margin_losses, sigmoid_gradients, stable_losses
from .parts import SliderFigure
from .probabilities import entropy_plus_kl, picture_scores, softmax_temperature

__all__ = [
    "SliderFigure",
    "double_softmax",
    "entropy_plus_kl",
    "gradient_descent",
    "margin_losses",
    "picture_scores",
    "sigmoid_gradients",
    "softmax_temperature",
    "stable_losses",
    "thresholds",
]
