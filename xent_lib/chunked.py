r"""Softmax cross-entropy of class indices, for tables that are large, or too large to hold.

Two ideas, which `losses` leaves out to stay the formula. Work on a *block of rows* that fits
into the cache, and in place. Or work on a *chunk of classes*, and never hold the whole table.

The sum here leaves out the target, where `losses` leaves out the largest class:

.. math:: \ell = (m - z_y) + \log\Bigl(1 + S + \bigl(e^{z_y - m} - 1\bigr)\Bigr), \qquad
          S = \sum_{k \neq y} e^{z_k - m}, \qquad m = \max_k z_k

It is the same number and as accurate, and nobody has to know where the maximum stands, which
a running maximum would keep changing. Where the target leads, ℓ = log1p(S) to the last digit.
Elsewhere S ≥ 1 and ℓ ≥ log 2: what rounds beside 1 is small beside ℓ.

References
----------
Milakov, M. and Gimelshein, N. (2018). Online normalizer calculation for softmax.
arXiv:1805.02867.

Wijmans, E., Huval, B., Hertzberg, A., Koltun, V. and Krähenbühl, P. (2024). Cut your losses in
large-vocabulary language models. arXiv:2411.09009.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import reduce_losses

# Up to here, to start a sum over a row takes longer than to copy the row (measured: 64 to 96).
FEW_CLASSES = 64


def blocked_softmax_cross_entropy_value_and_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    ignore_index: int | None = None,
    reduction: str = "mean",
    out: np.ndarray | None = None,
    block_bytes: int = 2**20,
    threads: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """`softmax_cross_entropy_value_and_grad` for class indices, several times faster.

    Parameters
    ----------
    logits : array_like, shape (N, K)
        Scores; −∞ masks a class out.
    labels : array_like of int, shape (N,)
        Class indices.
    ignore_index, reduction
        As in `softmax_cross_entropy`.
    out : numpy.ndarray, shape (N, K), optional
        Where to write the gradient; it may be `logits` itself, and then no table is added.
    block_bytes : int, optional
        Size of the blocks of rows. A block should fit into the cache of a core.
    threads : int, optional
        Number of parts that a large table is divided into, to be worked on at once; one a core,
        unless given.

    Returns
    -------
    loss : numpy.ndarray or a NumPy scalar
        In nats, as from `softmax_cross_entropy`.
    gradient : numpy.ndarray, shape (N, K)
        With respect to the logits; `out`, where that was given.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels are no integers, the logits complex, or `out` is no array.
    ValueError
        If shapes do not fit, `out` has another shape or dtype than the gradient, or an option
        is out of range.

    Examples
    --------
    >>> logits = np.array([[2, 1, 0.1], [0.5, 2.5, -1]])
    >>> loss, grad = blocked_softmax_cross_entropy_value_and_grad(logits, [0, 1])
    >>> print(f"{loss:.6f}")
    0.285104
    >>> print(grad.round(6))
    [[-0.170499  0.121216  0.049283]
     [ 0.058057 -0.071012  0.012954]]
    """
    check.reduction(reduction)
    logits = _table(logits, "logits")
    check.class_axis(logits, -1, "logits")
    labels, kept = _indices(labels, logits.shape, ignore_index)
    row_bytes = logits.shape[1] * logits.itemsize
    rows_per_block = max(1, _at_least_1(block_bytes, "block_bytes") // row_bytes)
    threads = _at_least_1(_cores() if threads is None else threads, "threads")
    if out is None:
        out = np.empty_like(logits)
    check.out(out, logits)
    if out is not logits and np.may_share_memory(out, logits):
        logits = logits.copy()  # a shifted view: what is written here would be read there

    losses = np.empty(len(logits), logits.dtype)
    divisor = np.count_nonzero(kept) if reduction == "mean" else 1

    def work(start: int, stop: int) -> None:
        for first in range(start, stop, rows_per_block):
            block = slice(first, min(first + rows_per_block, stop))
            losses[block] = _block(logits[block], labels[block], divisor, out[block])

    # NumPy lets other threads run while it calculates. One long part a thread, and none for
    # less than two blocks: to start one takes about as long as half a block.
    threads = min(threads, len(logits) // rows_per_block // 2)
    if threads <= 1:
        work(0, len(logits))
    else:
        bounds = [len(logits) * i // threads for i in range(threads + 1)]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, bounds[:-1], bounds[1:]))  # list() raises what a part raised

    losses[~kept] = 0
    out[~kept] = 0 if divisor else np.nan  # with no row to average, all is 0/0
    return reduce_losses(losses, divisor, reduction), out


def linear_cross_entropy(
    features: npt.ArrayLike,
    weights: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    ignore_index: int | None = None,
    reduction: str = "mean",
    chunk: int = 512,
) -> np.ndarray:
    r"""Softmax cross-entropy of a linear layer, which never holds all its logits.

    .. math:: \ell_i = -\log \hat p_{i, y_i}, \qquad \hat p_i = \mathrm{softmax}(W x_i)

    Parameters
    ----------
    features : array_like, shape (N, D)
        Inputs x of the layer.
    weights : array_like, shape (K, D)
        W, one row a class. For a bias, let the last feature be 1.
    labels : array_like of int, shape (N,)
        Class indices.
    ignore_index, reduction
        As in `softmax_cross_entropy`.
    chunk : int, optional
        Number of classes whose logits are held at a time: the extra memory is N·chunk numbers,
        where the whole table has N·K.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats: one loss a row, shape (N,), for ``"none"``, else one number.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels are no integers, or features or weights complex.
    ValueError
        If shapes do not fit, or an option is out of range.

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
    losses = _scan(features, weights, labels, _at_least_1(chunk, "chunk"))[0]
    return reduce_losses(np.where(kept, losses, 0), np.count_nonzero(kept), reduction)


def linear_cross_entropy_value_and_grad(
    features: npt.ArrayLike,
    weights: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    ignore_index: int | None = None,
    reduction: str = "mean",
    chunk: int = 512,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        Every row of features adds to it; with ``reduction="none"`` it is that of the sum.

    Notes
    -----
    The logits of a chunk are computed twice, to find the sum and to use it: four products of
    matrices instead of three is what the memory costs.

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
    chunk = _at_least_1(chunk, "chunk")
    losses, top, total = _scan(features, weights, labels, chunk)
    losses, count = np.where(kept, losses, 0), np.count_nonzero(kept)

    # The derivative of the reduced loss by that of a row: 1, or 1/N; 0 where it is ignored.
    share = kept.astype(losses.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        if reduction == "mean":
            share /= count
        target_grad = share * np.expm1(-losses)  # p̂_y − 1, without the subtraction

        d_features, d_weights = np.zeros_like(features), np.empty_like(weights)
        for start in range(0, len(weights), chunk):
            classes = slice(start, start + chunk)
            grad = features @ weights[classes].T
            _row_by_row(np.subtract, grad, top, out=grad)
            np.exp(grad, out=grad)
            _row_by_row(np.multiply, grad, share / total, out=grad)
            rows, columns = _targets_in(labels, start, chunk)
            grad[rows, columns] = target_grad[rows]
            d_features += grad @ weights[classes]
            d_weights[classes] = grad.T @ features
    return reduce_losses(losses, count, reduction), d_features, d_weights


def _block(x: np.ndarray, labels: np.ndarray, divisor: int, out: np.ndarray) -> np.ndarray:
    """Write (p̂ − y)/divisor of a block of rows into `out`, which may be `x`; return the losses."""
    rows = np.arange(len(x))
    grad = out
    if x.shape[1] <= FEW_CLASSES:
        # Laid out column by column, ten long additions do what thousands of short ones would.
        x = grad = x.copy(order="F")
    # Threads do not inherit the caller's errstate. A gap may overflow, −∞ − (−∞) is NaN.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        top = x.max(axis=1)
        gap = top - x[rows, labels]
        _row_by_row(np.subtract, x, top, out=grad)
        np.exp(grad, out=grad)
        grad[rows, labels] = 0
        losses, total = _losses_and_totals(gap, grad.sum(axis=1))
        _row_by_row(np.divide, grad, total * divisor, out=grad)
        grad[rows, labels] = np.expm1(-losses) / divisor  # p̂_y − 1, without the subtraction
    if grad is not out:
        out[...] = grad
    return losses


def _scan(
    features: np.ndarray, weights: np.ndarray, labels: np.ndarray, chunk: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the loss, m = max z and Σ exp(z − m) of each row, one chunk of classes at a time."""
    with np.errstate(over="ignore", invalid="ignore"):
        target = np.einsum("nd,nd->n", features, weights[labels])
        top, others = target, np.zeros_like(target)
        for start in range(0, len(weights), chunk):
            logits = features @ weights[start : start + chunk].T
            logits[_targets_in(labels, start, chunk)] = -np.inf  # left out of the sum
            old, top = top, np.maximum(top, logits.max(axis=1))
            _row_by_row(np.subtract, logits, top, out=logits)
            np.exp(logits, out=logits)
            # The sum so far was taken from the old maximum; now all count from the new one.
            others = others * np.exp(old - top) + logits.sum(axis=1)
        losses, total = _losses_and_totals(top - target, others)
    return losses, top, total


def _row_by_row(
    operation: np.ufunc, table: np.ndarray, column: np.ndarray, out: np.ndarray
) -> None:
    """Combine every row of a table with its number in a column.

    NumPy copies the column out beside many rows, to fill its buffer of 8192 numbers, and that
    doubles the time. With a buffer shorter than a row it takes the rows one by one.
    """
    with np.errstate():  # on leaving, the size is what it was
        np.setbufsize(16)  # the least there is
        operation(table, column[:, np.newaxis], out=out)


def _losses_and_totals(gap: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ℓ and Σ exp(z − m), of the target's gap m − z_y and the sum over all others."""
    return gap + np.log1p(others + np.expm1(-gap)), others + np.exp(-gap)


def _targets_in(labels: np.ndarray, start: int, chunk: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the targets in the table of one chunk of classes."""
    rows = np.flatnonzero((labels >= start) & (labels < start + chunk))
    return rows, labels[rows] - start


def _layer(
    features: npt.ArrayLike, weights: npt.ArrayLike, labels: npt.ArrayLike, ignore_index: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features and weights of one dtype, and labels and mask as from `_indices`."""
    features, weights = _table(features, "features"), _table(weights, "weights")
    check.class_axis(weights, 0, "weights")
    if features.shape[1] != weights.shape[1]:
        raise ValueError(
            f"features of shape {features.shape} and weights of shape {weights.shape} "
            f"do not fit: both need one column a feature"
        )
    labels, kept = _indices(labels, (len(features), len(weights)), ignore_index)
    dtype = np.result_type(features, weights)
    # A row that is ignored becomes a row of zeros, so that not even a NaN in it is read.
    features = np.where(kept[:, np.newaxis], features, 0)
    return features.astype(dtype, copy=False), weights.astype(dtype, copy=False), labels, kept


def _indices(
    labels: npt.ArrayLike, shape: tuple[int, int], ignore_index: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return class indices that fit logits of this shape, and which rows are not ignored.

    The index of an ignored row is 0, which can be looked up like any other.
    """
    labels = check.number_array(labels, "labels")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers (class indices), got dtype {labels.dtype}")
    labels = check.label_array(labels, shape, ignore_index)
    kept = np.ones(labels.shape, dtype=bool) if ignore_index is None else labels != ignore_index
    return np.where(kept, labels, 0).astype(np.intp), kept


def _table(x: npt.ArrayLike, name: str) -> np.ndarray:
    """Return `x` as a floating-point array of two axes."""
    table = check.real_array(x, name)
    if table.ndim != 2:
        raise ValueError(f"{name} must have two axes, got shape {table.shape}")
    return table


def _at_least_1(value: int, name: str) -> int:
    """Return `value` as a Python int ≥ 1."""
    number = check.integer(value, name)
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def _cores() -> int:
    """Return the number of cores that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
