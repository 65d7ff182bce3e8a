r"""Softmax cross-entropy of a linear layer whose table of logits does not fit into memory.

The classes are processed in chunks with a running sum of exponentials: when a chunk raises the
maximum, the sum so far is rescaled.

References
----------
Milakov, M. and Gimelshein, N. (2018). Online normalizer calculation for softmax.
arXiv:1805.02867.

Wijmans, E., Huval, B., Hertzberg, A., Koltun, V. and Krähenbühl, P. (2024). Cut your losses in
large-vocabulary language models. arXiv:2411.09009.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _softmax_kernel as kernel
from . import _validation as check
from ._terms import reduce_losses
from ._types import Array, ArrayOrScalar
from ._validation import Reduction


def linear_cross_entropy(
    features: npt.ArrayLike,
    weights: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
    chunk: int = 512,
) -> ArrayOrScalar:
    r"""Softmax cross-entropy of a linear layer, without storing all its logits.

    .. math:: \ell_i = -\log \hat p_{i, y_i}, \qquad \hat p_i = \mathrm{softmax}(W x_i)

    Parameters
    ----------
    features : array_like, shape (N, D)
        Inputs x of the layer.
    weights : array_like, shape (K, D)
        W, one row per class. For a bias, let the last feature be 1.
    labels : array_like of int, shape (N,)
        Class indices.
    ignore_index, reduction
        As in `softmax_cross_entropy`.
    chunk : int, optional
        Number of classes whose logits are stored at a time: the extra memory is N·chunk numbers
        instead of N·K.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats: one loss per row, shape (N,), for ``"none"``, else one number.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels are not integers, or features or weights are complex.
    ValueError
        If shapes do not match, or an option is out of range.

    Examples
    --------
    >>> features = np.array([[1, 0], [0.5, 2]])
    >>> weights = np.array([[2, 0], [1, 1], [0.1, -1]])
    >>> print(f"{linear_cross_entropy(features, weights, [0, 1], chunk=1):.6f}")
    0.313973
    >>> print(f"{linear_cross_entropy(features, weights, [0, 1]):.6f}")
    0.313973
    """
    check.reduction(reduction)
    features, weights, labels, kept = _layer(features, weights, labels, ignore_index)
    chunk = check.positive_integer(chunk, "chunk")
    with np.errstate(all="ignore"):  # a gap may overflow, −∞ − (−∞) is NaN
        losses = np.where(kept, _scan(features, weights, labels, chunk)[0], 0)
        loss = reduce_losses(losses, np.count_nonzero(kept), reduction)
        return loss.astype(features.dtype)


def linear_cross_entropy_value_and_grad(
    features: npt.ArrayLike,
    weights: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
    chunk: int = 512,
) -> tuple[Array, Array, Array]:
    r"""Loss of `linear_cross_entropy` with its gradients.

    .. math:: \frac{\partial \ell_i}{\partial x_i} = W^\top (\hat p_i - y_i), \qquad
              \frac{\partial}{\partial W} \sum_i \ell_i = \sum_i (\hat p_i - y_i)\, x_i^\top

    Parameters
    ----------
    features, weights, labels, ignore_index, reduction, chunk
        As in `linear_cross_entropy`.

    Returns
    -------
    loss : numpy.ndarray or a NumPy scalar
        As from `linear_cross_entropy`.
    features_gradient : numpy.ndarray, shape (N, D)
        With ``reduction="none"`` row i is the derivative of loss i.
    weights_gradient : numpy.ndarray, shape (K, D)
        Summed over the rows of features; with ``reduction="none"`` it is the gradient of the sum.

    Raises
    ------
    IndexError, TypeError, ValueError
        As in `linear_cross_entropy`.

    Notes
    -----
    The logits of each chunk are computed twice, once for the sum and once for the gradient: saving
    the memory takes four matrix products instead of three.

    Examples
    --------
    >>> features = np.array([[1, 0], [0.5, 2]])
    >>> weights = np.array([[2, 0], [1, 1], [0.1, -1]])
    >>> loss, d_features, d_weights = linear_cross_entropy_value_and_grad(
    ...     features, weights, [0, 1]
    ... )
    >>> print(f"{loss:.6f}")
    0.313973
    >>> print(d_features.round(6))
    [[-0.214854  0.071934]
     [ 0.086094 -0.099808]]
    >>> print(d_weights.round(6))
    [[-0.125324  0.1807  ]
     [ 0.073677 -0.190158]
     [ 0.051647  0.009458]]
    """
    check.reduction(reduction)
    features, weights, labels, kept = _layer(features, weights, labels, ignore_index)
    chunk = check.positive_integer(chunk, "chunk")
    with np.errstate(all="ignore"):
        losses, top, others, total = _scan(features, weights, labels, chunk)
        losses, count = np.where(kept, losses, 0), np.count_nonzero(kept)

        # Derivative of the reduced loss with respect to a row's loss: 1 or 1/N, 0 if ignored.
        share = kept.astype(losses.dtype)
        if reduction == "mean":
            share /= count
        d_features, d_weights = np.zeros_like(features), np.empty_like(weights)
        for start in range(0, len(weights), chunk):
            classes = slice(start, start + chunk)
            grad = features @ weights[classes].T
            grad -= top[:, np.newaxis]
            np.exp(grad, out=grad)
            grad *= (share / total).astype(grad.dtype)[:, np.newaxis]
            rows, columns = _targets_in(labels, start, chunk)
            # p̂_y − 1, without the subtraction
            grad[rows, columns] = (0 - share * (others / total))[rows]
            d_features += grad @ weights[classes]
            d_weights[classes] = grad.T @ features
        loss = reduce_losses(losses, count, reduction).astype(features.dtype)
    return loss, d_features, d_weights


def _scan(
    features: Array, weights: Array, labels: Array, chunk: int
) -> tuple[Array, Array, Array, Array]:
    """Return the loss, the top logit m, Σ_{k≠y} e^(z_k − m) and Σ_k e^(z_k − m) of each row.

    The rounding of z − m is not corrected, because it is negligible compared with that of the
    matrix product. The label's logit comes from the product of its chunk like all others, so that
    classes with equal weights tie exactly.
    """
    wide = np.result_type(features.dtype, np.float64)
    z_label = np.empty(len(features), wide)
    top = np.full(len(features), np.finfo(features.dtype).min)  # below any logit but −∞
    others = np.zeros(len(features))
    for start in range(0, len(weights), chunk):
        logits = features @ weights[start : start + chunk].T
        old, top = top, np.maximum(top, logits.max(axis=1))
        targets = _targets_in(labels, start, chunk)
        z_label[targets[0]] = logits[targets]
        logits[targets] = -np.inf  # left out of the sum
        logits -= top[:, np.newaxis]
        np.exp(logits, out=logits)
        # Rescale the sum so far from the old maximum to the new one.
        others = others * np.exp(old.astype(wide) - top) + kernel.row_sums(logits)
    gap = z_label - top
    at_label = np.exp(gap)
    return kernel.losses_of(others, at_label, gap), top, others, others + at_label


def _targets_in(labels: Array, start: int, chunk: int) -> tuple[Array, Array]:
    """Return rows and columns of the targets in the table of one chunk of classes."""
    rows = np.flatnonzero((labels >= start) & (labels < start + chunk))
    return rows, labels[rows] - start


def _layer(
    features: npt.ArrayLike, weights: npt.ArrayLike, labels: npt.ArrayLike, ignore_index: int | None
) -> tuple[Array, Array, Array, Array]:
    """Return features and weights of the same dtype, and the result of `_indices`."""
    features, weights = _table(features, "features"), _table(weights, "weights")
    check.class_axis(weights, 0, "weights")
    if features.shape[1] != weights.shape[1]:
        raise ValueError(
            f"features of shape {features.shape} and weights of shape {weights.shape} "
            f"do not match: both need one column per feature"
        )
    labels, kept = _indices(labels, (len(features), len(weights)), ignore_index)
    dtype = np.result_type(features, weights)
    # Ignored rows become zeros, so that not even a NaN in them has an effect.
    features = np.where(kept[:, np.newaxis], features, 0)
    return np.asarray(features, dtype), np.asarray(weights, dtype), labels, kept


def _indices(
    labels: npt.ArrayLike, shape: tuple[int, int], ignore_index: int | None
) -> tuple[Array, Array]:
    """Return the checked class indices, and which rows are not ignored.

    Ignored rows get index 0, which is safe to look up.
    """
    labels = check.class_indices(labels, shape, ignore_index)
    kept = np.ones(labels.shape, dtype=bool) if ignore_index is None else labels != ignore_index
    return np.where(kept, labels, 0).astype(np.intp), kept


def _table(x: npt.ArrayLike, name: str) -> Array:
    """Return `x` as a floating-point array of two axes."""
    table = check.real_array(x, name)
    if table.ndim != 2:
        raise ValueError(f"{name} must have two axes, got shape {table.shape}")
    return table
