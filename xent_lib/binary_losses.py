r"""Losses of yes-or-no questions, each with its gradient: sigmoid, binary and focal.

Each element is a separate question: predictions and labels have the same shape, and a row of K
columns holds K independent questions (multi-label), not K classes.

A gradient is taken with respect to the predictions, the first argument. With
``reduction="mean"`` it is divided by the number of elements, as the loss is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import ratio, reduce_grad, reduce_losses, times
from ._types import Array, ArrayOrScalar
from ._validation import Reduction
from .activations import log_sigmoid, sigmoid, softplus
from .encoding import to_signs


def sigmoid_cross_entropy(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Binary cross-entropy between labels and the sigmoid of logits.

    .. math:: \ell = w \bigl[ w_{+}\, y \log(1 + e^{-z}) + (1 - y) \log(1 + e^{z}) \bigr]

    Parameters
    ----------
    logits : array_like, any shape
        Scores z.
    labels : array_like, same shape
        y in [0, 1]: 0 and 1 (integers, floats or booleans), or probabilities between.
    weight : array_like, a shape that broadcasts to that of `logits`, optional
        Importance w ≥ 0 of an element. The mean still divides by the number of elements.
    pos_weight : array_like, a shape that broadcasts to that of `logits`, optional
        Weight w₊ ≥ 0 of the positive term alone.
    reduction : {"mean", "sum", "none"}, optional
        How the losses of the elements are combined.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats: one loss per element for ``"none"``, else one number. The mean of no elements is
        NaN.

    Raises
    ------
    ValueError
        If the shapes differ, a label is outside [0, 1], or a weight is negative.
    TypeError
        If an argument does not hold numbers.

    Notes
    -----
    Both terms are ≥ 0, so nothing cancels. The common form, max(z, 0) − zy + log(1 + e^−abs(z)),
    subtracts.

    Examples
    --------
    >>> sigmoid_cross_entropy([2, -1, 0], [1, 0, 1], reduction="none").round(6)
    array([0.126928, 0.313262, 0.693147])
    >>> print(f"{sigmoid_cross_entropy([2, -1, 0], [1, 0, 1]):.6f}")
    0.377779
    """
    check.reduction(reduction)
    z = check.float_array(logits, "logits")
    yes, no = _coefficients(z, labels, weight, pos_weight)
    return reduce_losses(_losses(z, yes, no), z.size, reduction)


def sigmoid_cross_entropy_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Gradient of `sigmoid_cross_entropy` with respect to the logits.

    .. math:: \frac{\partial \ell}{\partial z} =
              w \bigl[ (1 - y)\, σ(z) - w_{+}\, y\, σ(-z) \bigr]

    Without weights this is σ(z) − y.

    Parameters
    ----------
    logits, labels, weight, pos_weight, reduction
        As in `sigmoid_cross_entropy`.

    Returns
    -------
    numpy.ndarray, the shape of `logits`
        For y = 1 it is −σ(−z), where σ(z) − 1 would lose the digits of a confident prediction.

    Examples
    --------
    >>> sigmoid_cross_entropy_grad([2, -1, 0], [1, 0, 1], reduction="none").round(6)
    array([-0.119203,  0.268941, -0.5     ])
    """
    check.reduction(reduction)
    z = check.float_array(logits, "logits")
    yes, no = _coefficients(z, labels, weight, pos_weight)
    return reduce_grad(_slopes(z, yes, no), z.size, reduction)


def sigmoid_cross_entropy_value_and_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> tuple[ArrayOrScalar, ArrayOrScalar]:
    r"""Binary cross-entropy and its gradient, with the arguments checked only once.

    Parameters
    ----------
    logits, labels, weight, pos_weight, reduction
        As in `sigmoid_cross_entropy`.

    Returns
    -------
    value : numpy.ndarray or a NumPy scalar
        What `sigmoid_cross_entropy` returns.
    grad : numpy.ndarray, the shape of `logits`
        What `sigmoid_cross_entropy_grad` returns.

    Raises
    ------
    ValueError, TypeError
        As in `sigmoid_cross_entropy`.

    Examples
    --------
    >>> value, grad = sigmoid_cross_entropy_value_and_grad([2, -1, 0], [1, 0, 1])
    >>> print(f"{value:.6f}", grad.round(6))
    0.377779 [-0.039734  0.089647 -0.166667]
    """
    check.reduction(reduction)
    z = check.float_array(logits, "logits")
    yes, no = _coefficients(z, labels, weight, pos_weight)
    return (
        reduce_losses(_losses(z, yes, no), z.size, reduction),
        reduce_grad(_slopes(z, yes, no), z.size, reduction),
    )


def binary_nll(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Negative log-likelihood of labels 0 and 1 under given probabilities of class 1.

    .. math:: \ell = -w \bigl[ w_{+}\, y \log \hat p + (1 - y) \log(1 - \hat p) \bigr]

    Parameters
    ----------
    probs : array_like, any shape
        Probabilities of class 1, in [0, 1]. Where you have the logits, use
        `sigmoid_cross_entropy`.
    labels, weight, pos_weight, reduction
        As in `sigmoid_cross_entropy`.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats. +∞ for a certain prediction that is wrong: no ε hides it.

    Raises
    ------
    ValueError
        If a probability is outside [0, 1], or as in `sigmoid_cross_entropy`.
    TypeError
        As in `sigmoid_cross_entropy`.

    Examples
    --------
    >>> print(f"{binary_nll([0.9, 0.2, 0.6], [1, 0, 0]):.6f}")
    0.414932
    """
    check.reduction(reduction)
    p = check.probability_array(probs, "probs", complex_passes=True)
    yes, no = _coefficients(p, labels, weight, pos_weight)
    with np.errstate(divide="ignore", under="ignore"):  # log 0 = −∞ is intended
        losses = times(yes, 0 - np.log(p)) + times(no, 0 - np.log1p(-p))
    return reduce_losses(losses, losses.size, reduction)


def binary_nll_grad(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Gradient of `binary_nll` with respect to the probabilities.

    .. math:: \frac{\partial \ell}{\partial \hat p} =
              w \Bigl[ \frac{1 - y}{1 - \hat p} - \frac{w_{+}\, y}{\hat p} \Bigr]

    Without weights this is (p̂ − y)/(p̂(1 − p̂)); labels strictly between 0 and 1 use that form.

    Parameters
    ----------
    probs, labels, weight, pos_weight, reduction
        As in `binary_nll`.

    Returns
    -------
    numpy.ndarray, the shape of `probs`
        ∓∞ for a certain prediction that is wrong.

    Examples
    --------
    >>> binary_nll_grad([0.5, 0.2], [1, 0], reduction="none").round(6)
    array([-2.  ,  1.25])
    """
    check.reduction(reduction)
    p = check.probability_array(probs, "probs", complex_passes=True)
    y, weight, pos_weight = _labels_and_weights(p, labels, weight, pos_weight)
    with np.errstate(under="ignore"):
        hard = ratio(1 - y, 1 - p) - ratio(pos_weight * y, p)
        # On the common denominator p (1 − p), nothing cancels where p is near y. It is 0 at p = 0
        # and p = 1, where `hard` gives the ±∞.
        numerator = (p - y) - (pos_weight - 1) * y * (1 - p)
        soft = ratio(numerator, p * (1 - p))
        inside = (0 < y) & (y < 1) & (0 < p.real) & (p.real < 1)
        grad = weight * np.where(inside, soft, hard)
    return reduce_grad(grad, grad.size, reduction)


def sigmoid_focal_loss(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Binary cross-entropy that down-weights easy examples.

    .. math:: \mathrm{FL} = -α_t \,(1 - p_t)^γ \log p_t

    Here p_t is the probability of the label: σ(z) for y = 1 and σ(−z) for y = 0.

    Parameters
    ----------
    logits : array_like, any shape
        Scores z.
    labels : array_like, same shape
        0 or 1.
    gamma : float, optional
        γ ≥ 0. At γ = 0 the loss is the cross-entropy.
    alpha : float, optional
        α in [0, 1] weights positives by α and negatives by 1 − α; None means no such weights.
        (The paper and torchvision use α = 0.25.)
    reduction : {"mean", "sum", "none"}, optional
        The mean is over the number of elements.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats.

    Raises
    ------
    ValueError
        If the shapes differ, a label is neither 0 nor 1, or γ or α is out of range.

    References
    ----------
    Lin, T.-Y., Goyal, P., Girshick, R., He, K. and Dollár, P. (2017). Focal loss for dense
    object detection. *ICCV*.

    Examples
    --------
    >>> print(f"{sigmoid_focal_loss([2.0], [1], gamma=2.0):.6f}")
    0.001804
    """
    check.reduction(reduction)
    margin, _, alpha_t, gamma = _focal_terms(logits, labels, gamma, alpha)
    with np.errstate(under="ignore"):
        losses = times(alpha_t * sigmoid(-margin) ** gamma, softplus(-margin))
    return reduce_losses(losses, losses.size, reduction)


def sigmoid_focal_loss_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Gradient of `sigmoid_focal_loss` with respect to the logits.

    .. math:: \frac{\partial\, \mathrm{FL}}{\partial z} =
              s\, α_t \,(1 - p_t)^γ \,\bigl(γ\, p_t \log p_t - (1 - p_t)\bigr),
              \qquad s = 2y - 1

    Parameters
    ----------
    logits, labels, gamma, alpha, reduction
        As in `sigmoid_focal_loss`.

    Returns
    -------
    numpy.ndarray, the shape of `logits`
        Both terms in the bracket are ≤ 0: nothing cancels.

    Examples
    --------
    >>> sigmoid_focal_loss_grad([2.0], [1], gamma=2.0).round(6)
    array([-0.004871])
    """
    check.reduction(reduction)
    margin, signs, alpha_t, gamma = _focal_terms(logits, labels, gamma, alpha)
    p, not_p = sigmoid(margin), sigmoid(-margin)
    with np.errstate(under="ignore"):
        bracket = gamma * times(p, log_sigmoid(margin)) - not_p
        grad = signs * alpha_t * not_p**gamma * bracket + 0  # + 0 turns −0.0 into 0.0
    return reduce_grad(grad, grad.size, reduction)


def _losses(z: Array, yes: Array, no: Array) -> Array:
    """Return the loss of each logit, from the coefficients of its two terms."""
    return times(yes, softplus(-z)) + times(no, softplus(z))


def _slopes(z: Array, yes: Array, no: Array) -> Array:
    """Return the derivative of each of these losses."""
    with np.errstate(under="ignore"):
        return no * sigmoid(z) - yes * sigmoid(-z)


def _coefficients(
    outputs: Array,
    labels: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    pos_weight: npt.ArrayLike | None,
) -> tuple[Array, Array]:
    """Return the coefficients w·w₊·y of the positive and w·(1 − y) of the negative term."""
    y, w, w_pos = _labels_and_weights(outputs, labels, weight, pos_weight)
    with np.errstate(under="ignore"):
        return w * w_pos * y, w * (1 - y)


def _labels_and_weights(
    outputs: Array,
    labels: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    pos_weight: npt.ArrayLike | None,
) -> tuple[Array, Array, Array]:
    """Return labels in [0, 1] and both weights, one of each for each element."""
    dtype = outputs.real.dtype
    y = check.probability_array(labels, "labels").astype(dtype)
    check.same_shape(outputs, "predictions", y, "labels")
    w = _element_weight(weight, "weight", outputs)
    w_pos = _element_weight(pos_weight, "pos_weight", outputs)
    with np.errstate(over="ignore", under="ignore"):
        product = w * w_pos
    lost = np.isinf(product) | ((product == 0) & (w > 0) & (w_pos > 0))
    if lost.any():
        position = check.first(lost)
        raise ValueError(
            f"weight times pos_weight is {check.value_at(w, position)} times "
            f"{check.value_at(w_pos, position)} at position {check.shown(position)}, beyond the "
            f"range of {dtype}; scale the weights"
        )
    return y, w, w_pos


def _element_weight(weight: npt.ArrayLike | None, name: str, outputs: Array) -> Array:
    """Return one weight ≥ 0 for each element; only weights, never labels, may broadcast."""
    weight = check.weight_array(1.0 if weight is None else weight, name, outputs.real.dtype)
    try:
        return np.broadcast_to(weight, outputs.shape)
    except ValueError:
        raise ValueError(
            f"{name} of shape {weight.shape} does not fit predictions of shape {outputs.shape}; "
            f"it must broadcast to that shape"
        ) from None


def _focal_terms(
    logits: npt.ArrayLike, labels: npt.ArrayLike, gamma: float, alpha: float | None
) -> tuple[Array, Array, Array | float, float]:
    """Return the margin s·z, the signs s, the weights α_t and γ."""
    z = check.float_array(logits, "logits")
    signs = to_signs(labels).astype(z.real.dtype)
    check.same_shape(z, "logits", signs, "labels")
    gamma = check.nonnegative_number(gamma, "gamma")
    if alpha is None:
        return signs * z, signs, 1.0, gamma
    alpha = check.fraction(alpha, "alpha")
    return signs * z, signs, np.where(signs == 1, alpha, 1 - alpha).astype(signs.dtype), gamma
