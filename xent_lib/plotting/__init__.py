"""The book's still figures: one function a figure, each returns a Matplotlib ``Figure``.

Every number in a figure is computed here from the number modules, so a figure cannot disagree
with the text. Colour never stands alone: a label, a hatch or a marker says the same.
"""

from xent_lib.plotting.benchmarks import time_growth
from xent_lib.plotting.gradients import (
    computation_graph,
    jacobian_heat_maps,
    output_gradients,
    step_errors,
)
from xent_lib.plotting.information import (
    binary_losses,
    coin_entropy,
    compare_models,
    entropy_plus_kl,
    simplex,
    surprise,
)
from xent_lib.plotting.losses import (
    boundaries,
    margin_losses,
    margin_slopes,
    residual_losses,
    which_loss,
)
from xent_lib.plotting.one_hot import codes_and_corners, decision_regions, linear_network
from xent_lib.plotting.softmax import (
    batch_sums,
    sigmoid_and_slope,
    temperature_bars,
    temperature_paths,
)
from xent_lib.plotting.style import save, use_book_style

__all__ = [
    "batch_sums",
    "binary_losses",
    "boundaries",
    "codes_and_corners",
    "coin_entropy",
    "compare_models",
    "computation_graph",
    "decision_regions",
    "entropy_plus_kl",
    "jacobian_heat_maps",
    "linear_network",
    "margin_losses",
    "margin_slopes",
    "output_gradients",
    "residual_losses",
    "save",
    "sigmoid_and_slope",
    "simplex",
    "step_errors",
    "surprise",
    "temperature_bars",
    "temperature_paths",
    "time_growth",
    "use_book_style",
    "which_loss",
]
