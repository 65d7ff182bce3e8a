r"""Losses of K classes, each with its gradient beside it: softmax, categorical and Brier.

All of them share one reading of the labels. Row i of a batch has target coefficients
c_ik = w_k q_ik: its one-hot or soft label q, times the class weights w. The losses sum over
these coefficients, and the mean divides by their total. So an index and its one-hot row agree.

A gradient is taken with respect to the predictions, the first argument. With
``reduction="none"`` row i of it is the derivative of loss i alone; with ``"mean"`` every row
is divided by the same total as the loss.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import ratio, reduce_grad, reduce_losses, times
from .activations import log_softmax, softmax
from .encoding import one_hot, smooth_labels
from .information import self_information


def softmax_cross_entropy(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    r"""Cross-entropy between labels and the softmax of logits.

    .. math:: \ell = -\sum_k c_k \log \hat p_k, \qquad
              -\log \hat p_y = (m - z_y)
              + \log\Bigl(1 + \sum_{k \neq \arg\max} e^{z_k - m}\Bigr), \qquad m = \max_k z_k

    Here c_k = w_k q_k, where q is the one-hot or soft label and w the class weights; the sum
    leaves out one class with the largest logit.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores z, any real numbers; −∞ masks a class out.
    labels : array_like of int, shape (...), or of float, shape (..., K)
        Class indices, or distributions. The dtype decides which.
    weight : array_like, shape (K,), optional
        One weight w_k ≥ 0 a class. The mean divides by the total weight of the labels,
        Σ_i Σ_k w_k q_ik, which is Σ_i w[label_i] for indices.
    ignore_index : int, optional
        Rows with this label are not read: their loss is 0, and the mean leaves them out.
    label_smoothing : float, optional
        ε in [0, 1]: the loss uses (1 − ε) q + ε/K for q; the total weight is still that of q.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of the rows.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats: one loss a row, shape (...), for ``"none"``, else one number. The mean of no
        rows, or of rows without weight, is NaN. A target that is masked out costs +∞.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If class indices are given as floats or booleans.
    ValueError
        If shapes do not fit, soft labels are no distributions, or an option is out of range.

    Notes
    -----
    Both terms of −log p̂ are ≥ 0, so nothing cancels, and log1p keeps small losses that
    log Σ − z rounds to 0. For soft labels, PyTorch divides a weighted mean by the number of
    rows instead; here an index and its one-hot row always give the same loss.

    Examples
    --------
    >>> print(f"{softmax_cross_entropy([[2, 1, 0.1]], [0]):.6f}")
    0.417030
    >>> logits = [[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]]
    >>> softmax_cross_entropy(logits, [0, 1, 2], reduction="none").round(6)
    array([0.41703 , 0.153178, 1.365732])
    >>> print(f"{softmax_cross_entropy(logits, [0, 1, 2], weight=[1, 2, 5]):.6f}")
    0.944006
    """
    check.reduction(reduction)
    logits, targets, row_weight = _prepare(
        check.float_array(logits, "logits"), labels, weight, ignore_index, label_smoothing
    )
    losses = times(targets, -log_softmax(logits)).sum(axis=-1)
    return reduce_losses(losses, row_weight.sum(), reduction)


def softmax_cross_entropy_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    r"""Gradient of `softmax_cross_entropy` with respect to the logits.

    .. math:: \frac{\partial \ell}{\partial z_k} = C \hat p_k - c_k, \qquad C = \sum_j c_j

    For one hard label without weights this is :math:`\hat p - y`.

    Parameters
    ----------
    logits, labels, weight, ignore_index, label_smoothing, reduction
        As in `softmax_cross_entropy`.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Each row sums to 0, up to rounding.

    Notes
    -----
    p̂_k − 1 is computed as expm1(log p̂_k) for the likely class, which keeps the digits of a
    confident prediction, where p̂_k rounds to 1.

    Examples
    --------
    >>> softmax_cross_entropy_grad([[2, 1, 0.1]], [0]).round(6)
    array([[-0.340999,  0.242433,  0.098566]])
    """
    return softmax_cross_entropy_value_and_grad(
        logits,
        labels,
        weight=weight,
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
        reduction=reduction,
    )[1]


def softmax_cross_entropy_value_and_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    out: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Loss and gradient of `softmax_cross_entropy` in one pass.

    Parameters
    ----------
    logits, labels, weight, ignore_index, label_smoothing, reduction
        As in `softmax_cross_entropy`.
    out : numpy.ndarray, shape (..., K), optional
        Where to write the gradient; it may be `logits` itself.

    Returns
    -------
    loss : numpy.ndarray or a NumPy scalar
        As from `softmax_cross_entropy`.
    gradient : numpy.ndarray, shape (..., K)
        As from `softmax_cross_entropy_grad`; `out`, where that was given.

    Raises
    ------
    ValueError
        If `out` has another shape or dtype than the gradient.

    Examples
    --------
    >>> loss, grad = softmax_cross_entropy_value_and_grad([[2, 1, 0.1]], [0])
    >>> print(f"{loss:.6f}", grad.round(6))
    0.417030 [[-0.340999  0.242433  0.098566]]
    """
    check.reduction(reduction)
    logits, targets, row_weight = _prepare(
        check.float_array(logits, "logits"), labels, weight, ignore_index, label_smoothing
    )
    log_p = log_softmax(logits)
    losses = times(targets, -log_p).sum(axis=-1)

    p = softmax(logits)
    C = targets.sum(axis=-1, keepdims=True)
    # C p − c = C (p − 1) + (C − c), where p − 1 = expm1(log p) keeps its digits however near
    # p is to 1. Below ½ there is nothing to keep: p − 1 does not cancel.
    grad = np.where(
        p > 0.5,
        C * np.expm1(log_p) + (C - targets),
        C * p - targets,
    )
    grad = reduce_grad(grad, row_weight.sum(), reduction)
    if out is not None:
        check.out(out, grad)
        out[...] = grad
        grad = out
    return reduce_losses(losses, row_weight.sum(), reduction), grad


def categorical_nll(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    r"""Negative log-likelihood of labels under given probabilities.

    .. math:: \ell = -\sum_k c_k \log \hat p_k

    Parameters
    ----------
    probs : array_like, shape (..., K)
        Probabilities in [0, 1], in ignored rows, too. Where you have the logits, use
        `softmax_cross_entropy`: a probability that rounded to 0 or 1 has lost what the logits
        still know.
    labels, weight, ignore_index, label_smoothing, reduction
        As in `softmax_cross_entropy`.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats. +∞ where the target has probability 0: no ε hides it.

    Raises
    ------
    ValueError
        If a probability is outside [0, 1], or as in `softmax_cross_entropy`.
    IndexError, TypeError
        As in `softmax_cross_entropy`.

    References
    ----------
    Good, I. J. (1952). Rational decisions. *Journal of the Royal Statistical Society B* 14.

    Examples
    --------
    >>> probs = [[0.2, 0.7, 0.1], [0.6, 0.2, 0.2], [0.6, 0.1, 0.3]]
    >>> print(f"{categorical_nll(probs, [1, 0, 2]):.6f}")
    0.690491
    """
    check.reduction(reduction)
    probs, targets, row_weight = _prepare(
        check.probability_array(probs, "probs"), labels, weight, ignore_index, label_smoothing
    )
    losses = times(targets, self_information(probs)).sum(axis=-1)
    return reduce_losses(losses, row_weight.sum(), reduction)


def categorical_nll_grad(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    r"""Gradient of `categorical_nll` with respect to the probabilities.

    .. math:: \frac{\partial \ell}{\partial \hat p_k} = -\frac{c_k}{\hat p_k}

    Parameters
    ----------
    probs, labels, weight, ignore_index, label_smoothing, reduction
        As in `categorical_nll`.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        −∞ where the target has probability 0. A class without target has gradient 0.

    Examples
    --------
    >>> categorical_nll_grad([[0.2, 0.5, 0.3]], [1]).round(6)
    array([[ 0., -2.,  0.]])
    """
    check.reduction(reduction)
    probs, targets, row_weight = _prepare(
        check.probability_array(probs, "probs"), labels, weight, ignore_index, label_smoothing
    )
    return reduce_grad(0 - ratio(targets, probs), row_weight.sum(), reduction)  # 0, not −0.0


def brier_score(
    probs: npt.ArrayLike, labels: npt.ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    r"""Squared distance between the predicted and the true distribution.

    .. math:: \ell = \sum_k (\hat p_k - q_k)^2

    Parameters
    ----------
    probs : array_like, shape (..., K)
        Probabilities in [0, 1]. That a row sums to 1 is not checked, here and in
        `categorical_nll`: so a gradient check can move one entry at a time.
    labels : array_like of int, shape (...), or of float, shape (..., K)
        Class indices, or distributions q.
    reduction : {"mean", "sum", "none"}, optional
        Over the rows. Within a row the squares are summed, not averaged: with two classes the
        loss is twice the binary form (p̂ − y)².

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        Between 0 and 2 for a row that sums to 1.

    Raises
    ------
    ValueError
        If a probability is outside [0, 1], shapes do not fit, or soft labels are no
        distributions.
    IndexError, TypeError
        As in `softmax_cross_entropy`.

    References
    ----------
    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. *Monthly
    Weather Review* 78.

    Examples
    --------
    >>> print(f"{brier_score([[0.3, 0.3, 0.4]], [2]):.6f}")
    0.540000
    """
    check.reduction(reduction)
    probs, q, row_weight = _prepare(check.probability_array(probs, "probs"), labels)
    losses = ((probs - q) ** 2).sum(axis=-1)
    return reduce_losses(losses, row_weight.sum(), reduction)


def brier_score_grad(
    probs: npt.ArrayLike, labels: npt.ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    r"""Gradient of `brier_score` with respect to the probabilities.

    .. math:: \frac{\partial \ell}{\partial \hat p_k} = 2\,(\hat p_k - q_k)

    Parameters
    ----------
    probs, labels, reduction
        As in `brier_score`.

    Returns
    -------
    numpy.ndarray, shape (..., K)

    Examples
    --------
    >>> brier_score_grad([[0.3, 0.3, 0.4]], [2]).round(6)
    array([[ 0.6,  0.6, -1.2]])
    """
    check.reduction(reduction)
    probs, q, row_weight = _prepare(check.probability_array(probs, "probs"), labels)
    return reduce_grad(2 * (probs - q), row_weight.sum(), reduction)


def _prepare(
    outputs: np.ndarray,
    labels: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return predictions, target coefficients c = w·q (…, K) and the weight of each row (…)."""
    num_classes = outputs.shape[check.class_axis(outputs, -1, "predictions")]
    dtype = outputs.real.dtype
    label_smoothing = check.fraction(label_smoothing, "label_smoothing")
    labels = check.label_array(labels, outputs.shape, ignore_index)
    weight = check.weight_array(np.ones(num_classes) if weight is None else weight, "weight", dtype)
    if weight.shape != (num_classes,):
        raise ValueError(f"weight has shape {weight.shape}, expected ({num_classes},): one a class")

    kept = np.ones(outputs.shape[:-1], dtype=bool)
    if labels.dtype.kind == "f":
        q = labels.astype(dtype)
    else:
        if ignore_index is not None:
            kept = labels != ignore_index
        q = one_hot(np.where(kept, labels, 0), num_classes, dtype=dtype)

    row_weight = np.where(kept, (weight * q).sum(axis=-1), 0)
    targets = weight * smooth_labels(q, num_classes, label_smoothing)
    # A row that is ignored becomes a row of zeros, so that not even a NaN in it is read.
    kept = kept[..., np.newaxis]
    return np.where(kept, outputs, 0), np.where(kept, targets, 0), row_weight
