r"""For rare classes and easy examples: the focal loss of K classes, and logit adjustment.

For yes-or-no questions see `sigmoid_focal_loss`; for weights of classes, the option `weight` of
`softmax_cross_entropy`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import ratio, reduce_grad, reduce_losses, times
from ._types import Array, ArrayOrScalar
from ._validation import Reduction
from .losses import _Labels, softmax_cross_entropy_value_and_grad


def softmax_focal_loss(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    gamma: float = 2.0,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Softmax cross-entropy that down-weights easy examples.

    .. math:: \mathrm{FL} = -w_y \,(1 - \hat p_y)^γ \log \hat p_y

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores z.
    labels : array_like of int, shape (...)
        Class indices.
    gamma : float, optional
        γ ≥ 0. At γ = 0 the loss is the cross-entropy.
    weight, ignore_index, reduction
        As in `softmax_cross_entropy`; the mean divides by the total weight, not by the number of
        rows. For two classes, weights (1 − α, α) are the `alpha` of `sigmoid_focal_loss`, whose
        mean divides by the number of elements.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats.

    Raises
    ------
    ValueError
        If γ is negative or infinite, or as in `softmax_cross_entropy`.
    IndexError, TypeError
        As in `softmax_cross_entropy`; soft labels are refused.

    References
    ----------
    Lin, T.-Y., Goyal, P., Girshick, R., He, K. and Dollár, P. (2017). Focal loss for dense
    object detection. *ICCV*.

    Examples
    --------
    >>> print(f"{softmax_focal_loss([[2, 1, 0.1]], [0], gamma=2):.6f}")
    0.048492
    """
    check.reduction(reduction)
    losses, _, share, total, missed, gamma = _focal_terms(
        logits, labels, gamma, weight, ignore_index, reduction
    )
    with np.errstate(all="ignore"):
        return reduce_losses(times(share * missed**gamma, losses), total, reduction)


def softmax_focal_loss_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    gamma: float = 2.0,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
) -> Array:
    r"""Gradient of `softmax_focal_loss` with respect to the logits.

    .. math:: \frac{\partial\, \mathrm{FL}}{\partial z_k} = w_y \,(1 - \hat p_y)^γ
              \Bigl(1 - γ \frac{\hat p_y \log \hat p_y}{1 - \hat p_y}\Bigr) (\hat p_k - y_k)

    Parameters
    ----------
    logits, labels, gamma, weight, ignore_index, reduction
        As in `softmax_focal_loss`.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Each row sums to 0, up to rounding.

    Notes
    -----
    Both terms in the bracket are ≥ 0, so nothing cancels.

    Examples
    --------
    >>> softmax_focal_loss_grad([[2, 1, 0.1]], [0], gamma=2).round(6)
    array([[-0.103564,  0.073629,  0.029935]])
    """
    check.reduction(reduction)
    losses, grad, share, total, missed, gamma = _focal_terms(
        logits, labels, gamma, weight, ignore_index, reduction
    )
    with np.errstate(all="ignore"):
        # Where p̂_y is 1, any number does for 0/0, because p̂ − y is 0.
        bracket = 1 + gamma * times(np.exp(-losses), ratio(losses, missed))
        factor = share * missed**gamma * bracket
        return reduce_grad(0 + factor[..., np.newaxis] * grad, total, reduction).astype(grad.dtype)


def adjust_logits(logits: npt.ArrayLike, class_priors: npt.ArrayLike, *, tau: float = 1.0) -> Array:
    r"""Add the logarithms of class frequencies to logits.

    .. math:: z_k + τ \log π_k

    Give the adjusted logits to the loss while training, and predict with the plain ones: then rare
    classes are found as if all classes were equally frequent. A model that was trained without
    adjustment predicts in the same way with logits adjusted by ``tau=-1``.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores z.
    class_priors : array_like, shape (K,)
        π: how frequent each class is in the training data; they sum to 1.
    tau : float, optional
        τ, the strength of the adjustment.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        A constant is added, so the gradient of a loss with respect to the adjusted logits is also
        that with respect to the plain ones.

    Raises
    ------
    ValueError
        If the priors are no distribution over K classes, one of them is 0, or τ is not finite.

    References
    ----------
    Menon, A. K., Jayasumana, S., Rawat, A. S., Jain, H., Veit, A. and Kumar, S. (2021). Long-tail
    learning via logit adjustment. *ICLR*.

    Examples
    --------
    >>> adjust_logits([2, 1, 0.1], [0.9, 0.09, 0.01]).round(6)
    array([ 1.894639, -1.407946, -4.50517 ])
    """
    logits = check.float_array(logits, "logits")
    num_classes = logits.shape[check.class_axis(logits, -1, "logits")]
    priors = check.distribution_array(class_priors, "class_priors")
    if priors.shape != (num_classes,):
        raise ValueError(
            f"class_priors have shape {priors.shape}, expected ({num_classes},): one for each class"
        )
    if (priors == 0).any():
        raise ValueError(
            f"class_priors must be above 0, but class {check.first(priors == 0)[0]} has 0; "
            f"give it a small frequency, or leave it out of the logits, too"
        )
    tau = check.real_number(tau, "tau")
    if not np.isfinite(tau):
        raise ValueError(f"tau must be finite, got {tau}")
    with np.errstate(all="ignore"):  # overflow is intended
        return logits + (0 + tau * np.log(priors)).astype(logits.dtype)  # 0 + turns −0.0 into 0.0


def _focal_terms(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    gamma: float,
    weight: npt.ArrayLike | None,
    ignore_index: int | None,
    reduction: Reduction,
) -> tuple[Array, Array, Array, float, Array, float]:
    """Return ℓ, p̂ − y, the weight of each row, the divisor of the mean, 1 − p̂_y and γ."""
    gamma = check.nonnegative_number(gamma, "gamma")
    logits = check.float_array(logits, "logits")
    check.class_axis(logits, -1, "logits")
    labels = check.class_indices(labels, logits.shape, ignore_index)
    losses, grad = softmax_cross_entropy_value_and_grad(
        logits, labels, ignore_index=ignore_index, reduction="none"
    )
    y = _Labels(labels, logits, weight, ignore_index, 0.0, reduction)
    with np.errstate(all="ignore"):
        share = y.row_weight.reshape(labels.shape).astype(logits.real.dtype)
        missed = 0 - np.expm1(-losses)
    return losses, grad, share, y.total, missed, gamma
