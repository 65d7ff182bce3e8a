"""The book's static figures: one function per figure, each returning a Matplotlib ``Figure``.

Every number in a figure is computed with the library, so a figure cannot disagree with the text.
Colour is never the only difference: labels, hatches or markers also distinguish curves.
"""

from .benchmarks import time_growth
from .gradients import (
    computation_graph,
    jacobian_heat_maps,
    output_gradients,
    pulls_on_the_simplex,
    step_errors,
)
from .information import (
    binary_losses,
    code_areas,
    coin_entropy,
    compare_models,
    entropy_plus_kl,
    simplex,
    surprise,
    two_directions,
)
from .losses import (
    boundaries,
    margin_losses,
    margin_slopes,
    residual_losses,
    which_loss,
)
from .one_hot import codes_and_corners, decision_regions, linear_network
from .practice import (
    focal_losses,
    precision_recall,
    reliability,
    weighted_probabilities,
)
from .pytorch import (
    double_softmax_floor,
    softmax_twice_training,
    which_class,
)
from .scale import bits_per_letter, merge_tree
from .softmax import (
    batch_sums,
    sigmoid_and_slope,
    temperature_paths,
    two_logits,
)
from .stability import exp_limits, four_programs, lost_digits
from .style import save, use_book_style
from .symptoms import next_question, thermometer, two_groups
from .theory import (
    error_bound,
    fit_cloud,
    flattest,
    log_wealth,
    regrets,
    slow_turn,
    tangents,
)
from .training import (
    boundaries_over_time,
    layer_gradients,
    learning_rates,
    one_parameter_losses,
    overfitting,
)

__all__ = [
    "batch_sums",
    "binary_losses",
    "bits_per_letter",
    "boundaries",
    "boundaries_over_time",
    "code_areas",
    "codes_and_corners",
    "coin_entropy",
    "compare_models",
    "computation_graph",
    "decision_regions",
    "double_softmax_floor",
    "entropy_plus_kl",
    "error_bound",
    "exp_limits",
    "fit_cloud",
    "flattest",
    "focal_losses",
    "four_programs",
    "jacobian_heat_maps",
    "layer_gradients",
    "learning_rates",
    "linear_network",
    "log_wealth",
    "lost_digits",
    "margin_losses",
    "margin_slopes",
    "merge_tree",
    "next_question",
    "one_parameter_losses",
    "output_gradients",
    "overfitting",
    "precision_recall",
    "pulls_on_the_simplex",
    "regrets",
    "reliability",
    "residual_losses",
    "save",
    "sigmoid_and_slope",
    "simplex",
    "slow_turn",
    "softmax_twice_training",
    "step_errors",
    "surprise",
    "tangents",
    "temperature_paths",
    "thermometer",
    "time_growth",
    "two_directions",
    "two_groups",
    "two_logits",
    "use_book_style",
    "weighted_probabilities",
    "which_class",
    "which_loss",
]
