"""Cross-entropy in NumPy, accurate to the last digits.

Rules that hold in all modules:

- Predictions come first, then labels or targets; but in `information` the truth p comes before the
  model q, as in the formulas. Arguments with a default are keyword-only.
- The classes are on the last axis; softmax, its logarithm and logsumexp accept another `axis`.
- `weight` multiplies losses (per class, or per yes-or-no question); `weights` belong to a layer.
- Each loss `f` has a gradient `f_grad` with respect to the predictions, with the same signature;
  it refuses what `f` refuses. `f_value_and_grad` returns both where they share most of the work;
  `linear_cross_entropy` and `info_nce`, with two gradients each, have only that.
- The default `reduction` is the mean; the mean of nothing is NaN, the sum is 0. The losses of a
  margin or a residual have no `reduction`.
- Smooth activations and losses accept complex predictions, for derivatives by a complex step; only
  `linear_cross_entropy` does not. Labels, weights and options are real.
- What does not hold numbers is refused with a TypeError; `diagnose` returns that as a finding.
- Valid input causes no warning, whatever `numpy.errstate` says, and no probability, loss or
  gradient is −0.0.
"""

from .activations import (
    log_sigmoid,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softmax_jacobian,
    softplus,
)
from .binary_losses import (
    binary_nll,
    binary_nll_grad,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_grad,
    sigmoid_cross_entropy_value_and_grad,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
)
from .calibration import (
    brier_decomposition,
    classwise_calibration_error,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
)
from .chunked import (
    linear_cross_entropy,
    linear_cross_entropy_value_and_grad,
)
from .coding import arithmetic_decode, arithmetic_encode
from .contrastive import (
    info_nce,
    info_nce_value_and_grad,
)
from .diagnosis import Diagnosis, Finding, diagnose
from .distillation import (
    softmax_kl_divergence,
    softmax_kl_divergence_grad,
)
from .encoding import decode, one_hot, smooth_labels, to_labels, to_signs
from .gradcheck import GradientReport, central_difference, check_gradient, complex_step
from .imbalance import (
    adjust_logits,
    softmax_focal_loss,
    softmax_focal_loss_grad,
)
from .information import (
    bits_per_byte,
    cross_entropy,
    entropy,
    jensen_shannon_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    self_information,
)
from .losses import (
    brier_score,
    brier_score_grad,
    categorical_nll,
    categorical_nll_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_hvp,
    softmax_cross_entropy_value_and_grad,
)
from .margins import (
    absolute_error,
    absolute_error_grad,
    exponential_loss,
    exponential_loss_grad,
    hinge_loss,
    hinge_loss_grad,
    huber_loss,
    huber_loss_grad,
    logistic_loss,
    logistic_loss_grad,
    perceptron_loss,
    perceptron_loss_grad,
    squared_error,
    squared_error_grad,
    squared_hinge_loss,
    squared_hinge_loss_grad,
    squared_margin_loss,
    squared_margin_loss_grad,
    tolerance_loss,
    tolerance_loss_grad,
    zero_one_loss,
    zero_one_loss_grad,
)
from .models import LogisticRegression, SoftmaxRegression
from .optimizers import adam, gradient_descent

__version__ = "1.0.0"

__all__ = [
    "Diagnosis",
    "Finding",
    "GradientReport",
    "LogisticRegression",
    "SoftmaxRegression",
    "absolute_error",
    "absolute_error_grad",
    "adam",
    "adjust_logits",
    "arithmetic_decode",
    "arithmetic_encode",
    "binary_nll",
    "binary_nll_grad",
    "bits_per_byte",
    "brier_decomposition",
    "brier_score",
    "brier_score_grad",
    "categorical_nll",
    "categorical_nll_grad",
    "central_difference",
    "check_gradient",
    "classwise_calibration_error",
    "complex_step",
    "cross_entropy",
    "decode",
    "diagnose",
    "entropy",
    "expected_calibration_error",
    "exponential_loss",
    "exponential_loss_grad",
    "fit_temperature",
    "gradient_descent",
    "hinge_loss",
    "hinge_loss_grad",
    "huber_loss",
    "huber_loss_grad",
    "info_nce",
    "info_nce_value_and_grad",
    "jensen_shannon_divergence",
    "kl_divergence",
    "linear_cross_entropy",
    "linear_cross_entropy_value_and_grad",
    "log_sigmoid",
    "log_softmax",
    "logistic_loss",
    "logistic_loss_grad",
    "logsumexp",
    "mutual_information",
    "one_hot",
    "perceptron_loss",
    "perceptron_loss_grad",
    "perplexity",
    "reliability_curve",
    "self_information",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_grad",
    "sigmoid_cross_entropy_value_and_grad",
    "sigmoid_focal_loss",
    "sigmoid_focal_loss_grad",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_cross_entropy_hvp",
    "softmax_cross_entropy_value_and_grad",
    "softmax_focal_loss",
    "softmax_focal_loss_grad",
    "softmax_jacobian",
    "softmax_kl_divergence",
    "softmax_kl_divergence_grad",
    "softplus",
    "squared_error",
    "squared_error_grad",
    "squared_hinge_loss",
    "squared_hinge_loss_grad",
    "squared_margin_loss",
    "squared_margin_loss_grad",
    "to_labels",
    "to_signs",
    "tolerance_loss",
    "tolerance_loss_grad",
    "zero_one_loss",
    "zero_one_loss_grad",
]
