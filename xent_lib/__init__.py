"""Cross-entropy in NumPy, accurate to the last digits."""

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
    focal,
    focal_grad,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_grad,
)
from .encoding import decode, one_hot, smooth_labels, to_labels, to_signs
from .information import cross_entropy, entropy, kl_divergence, perplexity, self_information
from .losses import (
    brier,
    brier_grad,
    categorical_nll,
    categorical_nll_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_value_and_grad,
)

__all__ = [
    "binary_nll",
    "binary_nll_grad",
    "brier",
    "brier_grad",
    "categorical_nll",
    "categorical_nll_grad",
    "cross_entropy",
    "decode",
    "entropy",
    "focal",
    "focal_grad",
    "kl_divergence",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "one_hot",
    "perplexity",
    "self_information",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_grad",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_cross_entropy_value_and_grad",
    "softmax_jacobian",
    "softplus",
    "to_labels",
    "to_signs",
]
