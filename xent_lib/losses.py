r"""Losses of K classes, each with its gradient: softmax, categorical and Brier.

All of them interpret labels in the same way. Row i of a batch has target coefficients
c_ik = w_k q_ik: its one-hot or soft label q, times the class weights w. The losses sum over
these coefficients, and the mean divides by their total, so an index and its one-hot row agree.

A gradient is taken with respect to the predictions, the first argument. With
``reduction="none"`` row i of it is the derivative of loss i alone; with ``"mean"`` every row
is divided by the same total as the loss.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _softmax_kernel as kernel
from . import _validation as check
from ._terms import ratio, reduce_grad, reduce_losses, times
from ._types import Array, ArrayOrScalar
from ._validation import Reduction
from .activations import softmax


def softmax_cross_entropy(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
    threads: int | None = None,
) -> ArrayOrScalar:
    r"""Cross-entropy between labels and the softmax of logits.

    .. math:: \ell = -\sum_k c_k \log \hat p_k, \qquad
              -\log \hat p_y = \log\Bigl(1 + \frac{\sum_{k \neq y} e^{z_k}}{e^{z_y}}\Bigr)

    Here c_k = w_k q_k, where q is the one-hot or soft label and w the class weights. For class
    indices no one-hot table is made: ℓ = −w_y log p̂_y.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores z, any real numbers; −∞ masks a class out.
    labels : array_like of int, shape (...), or of float, shape (..., K)
        Class indices, or distributions. The dtype decides which.
    weight : array_like, shape (K,), optional
        Weights w_k ≥ 0, one per class. The mean divides by the total weight of the labels,
        Σ_i Σ_k w_k q_ik, which is Σ_i w[label_i] for indices.
    ignore_index : int, optional
        Rows with this label are ignored: their loss is 0, and the mean leaves them out.
    label_smoothing : float, optional
        ε in [0, 1]: the loss uses (1 − ε) q + ε/K for q; the total weight is still that of q.
    reduction : {"mean", "sum", "none"}, optional
        How the losses of the rows are combined.
    threads : int, optional
        Number of threads for a large table; by default one per core.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats: one loss per row, shape (...), for ``"none"``, else one number. The mean of no
        rows, or of rows without weight, is NaN. A target that is masked out costs +∞.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If class indices are given as floats or booleans.
    ValueError
        If shapes do not match, soft labels are not distributions, or an option is out of range.

    Notes
    -----
    For class indices, the losses of nine kinds of rows are tested to be within 5 ulp (units in the
    last place) of the exact ones: nothing is subtracted that could cancel, and log1p keeps small
    losses that log Σ − z rounds to 0. Rows are processed in blocks that fit into a core's cache; a
    table in C order is not copied.

    For soft labels, PyTorch divides a weighted mean by the number of rows instead; here an index
    and its one-hot row always give the same loss.

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
    return _softmax_losses(
        logits, labels, weight, ignore_index, label_smoothing, reduction, threads
    )[0]


def softmax_cross_entropy_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
    out: Array | None = None,
    threads: int | None = None,
) -> ArrayOrScalar:
    r"""Gradient of `softmax_cross_entropy` with respect to the logits.

    .. math:: \frac{\partial \ell}{\partial z_k} = C \hat p_k - c_k, \qquad C = \sum_j c_j

    For one hard label without weights this is :math:`\hat p - y`.

    Parameters
    ----------
    logits, labels, weight, ignore_index, label_smoothing, reduction, threads
        As in `softmax_cross_entropy`.
    out : numpy.ndarray, shape (..., K), optional
        Where to write the gradient; it may be `logits` itself.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Each row sums to 0, up to rounding. It is `out` if that was given.

    Notes
    -----
    p̂_y − 1 is minus the sum of the other probabilities, which keeps the digits of a confident
    prediction, where p̂_y rounds to 1. For class indices it is tested to be within 5 ulp on
    nine kinds of rows.

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
        out=out,
        threads=threads,
    )[1]


def softmax_cross_entropy_value_and_grad(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
    out: Array | None = None,
    threads: int | None = None,
) -> tuple[ArrayOrScalar, ArrayOrScalar]:
    """Loss and gradient of `softmax_cross_entropy` in one pass.

    Parameters
    ----------
    logits, labels, weight, ignore_index, label_smoothing, reduction, threads
        As in `softmax_cross_entropy`.
    out : numpy.ndarray, shape (..., K), optional
        Where to write the gradient; it may be `logits` itself, which saves a table of memory.

    Returns
    -------
    loss : numpy.ndarray or a NumPy scalar
        As from `softmax_cross_entropy`.
    gradient : numpy.ndarray, shape (..., K)
        As from `softmax_cross_entropy_grad`. It is `out` if that was given.

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
    return _softmax_losses(
        logits, labels, weight, ignore_index, label_smoothing, reduction, threads, True, out
    )


def softmax_cross_entropy_hvp(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> Array:
    r"""Product of the Hessian of `softmax_cross_entropy` with a vector, without the Hessian.

    .. math:: (H v)_k = C \, \hat p_k \Bigl(v_k - \sum_j \hat p_j v_j\Bigr), \qquad C = \sum_j c_j

    Parameters
    ----------
    logits, labels, weight, ignore_index, label_smoothing, reduction
        As in `softmax_cross_entropy`. All that matters of a label is its weight C: a row without
        class weights has C = 1, whatever its label.
    vector : array_like, the shape of `logits`
        v: a direction in the space of the logits.

    Returns
    -------
    numpy.ndarray, the shape of `logits`
        How the gradient changes per step along v. With ``reduction="none"`` row i is that of
        loss i. Each row sums to 0, up to rounding.

    Raises
    ------
    ValueError, IndexError, TypeError
        As in `softmax_cross_entropy`, or if `vector` has another shape than `logits`.

    References
    ----------
    Pearlmutter, B. A. (1994). Fast exact multiplication by the Hessian. *Neural Computation* 6.

    Examples
    --------
    >>> softmax_cross_entropy_hvp([[2, 1, 0.1]], [0], [[1, 0, 0]]).round(6)
    array([[ 0.224719, -0.159764, -0.064955]])
    """
    logits = check.float_array(logits, "logits")
    vector = check.float_array(vector, "vector")
    check.same_shape(logits, "logits", vector, "vector")
    y = _Labels(labels, logits, weight, ignore_index, label_smoothing, reduction)
    C = y.row_weight
    with np.errstate(all="ignore"):
        if y.smoothing:
            C = (y.distributions(slice(None)) * y.weight).sum(axis=1)
        share = (C / (y.total or np.nan)).reshape(logits.shape[:-1])[..., np.newaxis]
        # A number subtracted from all entries of v does not change H v. If it is the entry of the
        # likeliest class, the mean over p̂ is small just where v_k − mean would cancel.
        p = softmax(logits)
        v = vector - np.take_along_axis(vector, p.argmax(axis=-1)[..., np.newaxis], axis=-1)
        product = p * (v - (p * v).sum(axis=-1, keepdims=True))
        kept = y.kept.reshape(share.shape)
        empty = 0 if y.total else np.nan  # with nothing to average, all is 0/0
        return np.where(kept, 0 + share * product, empty).astype(product.dtype)


def categorical_nll(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Negative log-likelihood of labels under given probabilities.

    .. math:: \ell = -\sum_k c_k \log \hat p_k

    Parameters
    ----------
    probs : array_like, shape (..., K)
        Probabilities in [0, 1], also in ignored rows. If you have the logits, use
        `softmax_cross_entropy`: a probability that was rounded to 0 or 1 has lost information
        that the logits still have.
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
    probs, targets, total, _ = _prepare(
        probs, labels, weight, ignore_index, label_smoothing, reduction
    )
    with np.errstate(all="ignore"):  # log 0 = −∞ is intended
        losses = times(targets, 0 - np.log(probs)).sum(axis=-1)
        return reduce_losses(losses, total, reduction).astype(probs.dtype)


def categorical_nll_grad(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
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
    probs, targets, total, _ = _prepare(
        probs, labels, weight, ignore_index, label_smoothing, reduction
    )
    with np.errstate(all="ignore"):
        grad = reduce_grad(0 - ratio(targets, probs), total, reduction)  # 0, not −0.0
        return grad.astype(probs.dtype)


def brier_score(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Squared distance between the predicted and the true distribution.

    .. math:: \ell = \sum_k (\hat p_k - q_k)^2

    Parameters
    ----------
    probs : array_like, shape (..., K)
        Probabilities in [0, 1]. Here and in `categorical_nll`, row sums are not checked, so that
        a gradient check can change one entry at a time.
    labels : array_like of int, shape (...), or of float, shape (..., K)
        Class indices, or distributions q.
    weight : array_like, shape (K,), optional
        Weights w_k ≥ 0, one per class. A row has the weight of its label, Σ_k w_k q_k.
    ignore_index : int, optional
        As in `softmax_cross_entropy`.
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
        If a probability is outside [0, 1], shapes do not match, or soft labels are not
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
    probs, q, total, row_weight = _prepare(
        probs, labels, weight, ignore_index, 0.0, reduction, weighted=False
    )
    with np.errstate(all="ignore"):
        losses = times(row_weight, ((probs - q) ** 2).sum(axis=-1))
        return reduce_losses(losses, total, reduction).astype(probs.dtype)


def brier_score_grad(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    ignore_index: int | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Gradient of `brier_score` with respect to the probabilities.

    .. math:: \frac{\partial \ell}{\partial \hat p_k} = 2\,(\hat p_k - q_k)

    Parameters
    ----------
    probs, labels, weight, ignore_index, reduction
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
    probs, q, total, row_weight = _prepare(
        probs, labels, weight, ignore_index, 0.0, reduction, weighted=False
    )
    with np.errstate(all="ignore"):
        grad = row_weight[..., np.newaxis] * (2 * (probs - q)) + 0  # + 0 turns −0.0 into 0.0
        return reduce_grad(grad, total, reduction).astype(probs.dtype)


class _Labels:
    """Labels of a table of predictions (N, K), with the weight of each row.

    `hard` tells class indices, in `index`, from distributions, in `soft`. `kept` is False for
    ignored rows; `row_weight` is Σ_k w_k q_k, and `total` what the sum of the losses is divided by.
    """

    def __init__(
        self,
        labels: npt.ArrayLike,
        outputs: Array,
        weight: npt.ArrayLike | None,
        ignore_index: int | None,
        label_smoothing: float,
        reduction: Reduction,
    ) -> None:
        check.reduction(reduction)
        num_classes = outputs.shape[check.class_axis(outputs, -1, "predictions")]
        self.smoothing = check.fraction(label_smoothing, "label_smoothing")
        labels = check.label_array(labels, outputs.shape, ignore_index)
        self.hard = labels.dtype.kind in "iu"
        dtype = np.result_type(outputs.real.dtype, np.float64)
        self.weight = np.ones(num_classes, dtype)
        if weight is not None:
            self.weight = check.class_weights(weight, num_classes, outputs.real.dtype)
            if reduction == "mean":  # only ratios of weights matter; scaled, they don't overflow
                with np.errstate(under="ignore"):
                    self.weight = np.ldexp(self.weight, -np.frexp(self.weight.max())[1])

        if self.hard:
            labels = labels.reshape(-1)
            self.kept = np.ones(len(labels), dtype=bool)
            if ignore_index is not None:
                self.kept = labels != ignore_index
            # Ignored rows get index 0, which is safe to look up.
            self.index = np.where(self.kept, labels, 0).astype(np.intp)
            self.row_weight = np.where(self.kept, self.weight[self.index], 0)
        else:
            self.soft = labels.reshape(-1, num_classes)
            self.kept = np.ones(len(self.soft), dtype=bool)
            self.row_weight = np.einsum("nk,k->n", self.soft, self.weight)
        self.total = self.row_weight.sum() if reduction == "mean" else 1.0

    def distributions(self, rows: slice) -> Array:
        """Return the smoothed targets q of some rows as a table."""
        q = self.one_hot(rows) if self.hard else self.soft[rows].astype(self.weight.dtype)
        if self.smoothing:
            q = (1 - self.smoothing) * q + self.smoothing / len(self.weight)
        return q * self.kept[rows, np.newaxis]

    def one_hot(self, rows: slice) -> Array:
        """Return the class indices of some rows as one-hot rows."""
        classes = np.arange(len(self.weight))
        return (self.index[rows, np.newaxis] == classes).astype(self.weight.dtype)


def _softmax_losses(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    ignore_index: int | None,
    label_smoothing: float,
    reduction: Reduction,
    threads: int | None,
    with_grad: bool = False,
    out: Array | None = None,
) -> tuple[Array, Array | None]:
    """Return the loss and, if asked for, the gradient (else None), block by block."""
    logits = check.float_array(logits, "logits")
    y = _Labels(labels, logits, weight, ignore_index, label_smoothing, reduction)
    if threads is not None:
        threads = check.positive_integer(threads, "threads")
    grad = _gradient_table(logits, out) if with_grad else None
    x = logits.reshape(-1, logits.shape[-1])
    if grad is not None and np.may_share_memory(grad, x) and grad.ctypes.data != x.ctypes.data:
        x = x.copy()  # a shifted view, in which writing would overwrite rows still to be read
    losses = np.empty(len(x), np.result_type(x.dtype, np.float64))
    total = y.total or np.nan

    def hard(rows: slice, table: Array) -> None:
        found = kernel.exponentials(x[rows], table, y.index[rows], exact_total=grad is not None)
        losses[rows] = found.losses
        if grad is not None:
            share = y.row_weight[rows] / total
            kernel.write_residuals(table, found, y.index[rows], share, grad[rows])

    def soft(rows: slice, table: Array) -> None:
        z = x[rows]
        at_top = np.arange(len(z)), z.argmax(axis=1)
        found = kernel.exponentials(z, table, at_top[1])
        c = y.distributions(rows) * y.weight
        # −log p̂_k = (z_top − z_k) − log p̂_top
        surprise = (z[at_top][:, np.newaxis] - z) + found.losses[:, np.newaxis]
        losses[rows] = times(c, surprise).sum(axis=1)
        if grad is not None:
            p = table / found.total[:, np.newaxis]
            p_top, c_top = p[at_top], c[at_top]
            c[at_top] = 0
            rest = c.sum(axis=1)  # the coefficients of all classes but the top
            C = rest + c_top
            g = C[:, np.newaxis] * p - c
            # C p − c = C (p − 1) + (C − c), which keeps the digits if p is almost 1.
            p_others = found.others / found.total
            g[at_top] = np.where(p_top > 0.5, rest - C * p_others, C * p_top - c_top)
            grad[rows] = g / total

    if y.hard and not y.smoothing:
        in_place = grad is not None and np.may_share_memory(grad, x)
        kernel.in_blocks(hard, x.shape, x.dtype, threads, table=None if in_place else grad)
        losses = times(y.row_weight, losses)
    else:
        kernel.in_blocks(soft, x.shape, x.dtype, threads)
    losses[~y.kept] = 0
    losses = losses.reshape(logits.shape[:-1])[()]
    with np.errstate(over="ignore", under="ignore"):
        loss = reduce_losses(losses, y.total, reduction).astype(logits.dtype)
    if grad is None:
        return loss, None
    grad[~y.kept] = 0
    if y.total == 0:  # no row to average: 0/0
        grad[...] = np.nan
    grad = grad.reshape(logits.shape)
    if out is None or np.may_share_memory(grad, out):
        return loss, grad if out is None else out
    out[...] = grad
    return loss, out


def _gradient_table(logits: Array, out: Array | None) -> Array:
    """Return the table (N, K) for the gradient: a view of `out` if that is in C order."""
    if out is not None:
        check.out(out, logits)
        if out.flags.c_contiguous:
            return out.reshape(-1, out.shape[-1])
    return np.empty((logits.size // logits.shape[-1], logits.shape[-1]), logits.dtype)


def _prepare(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    ignore_index: int | None,
    label_smoothing: float,
    reduction: Reduction,
    weighted: bool = True,
) -> tuple[Array, Array, float, Array]:
    """Return probabilities, targets q or c = w·q (…, K), their total and the weight of each row."""
    probs = check.probability_array(probs, "probs", complex_passes=True)
    y = _Labels(labels, probs, weight, ignore_index, label_smoothing, reduction)
    with np.errstate(under="ignore"):
        targets = y.distributions(slice(None)) * (y.weight if weighted else 1)
    # Ignored rows become zeros, so that not even a NaN in them has an effect.
    kept = y.kept.reshape(probs.shape[:-1])[..., np.newaxis]
    row_weight = y.row_weight.reshape(probs.shape[:-1])
    return np.where(kept, probs, 0), targets.reshape(probs.shape), y.total, row_weight
