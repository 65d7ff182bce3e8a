r"""Contrastive learning: each query must find its own key among those of the whole batch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array, ArrayOrScalar
from ._validation import Reduction
from .losses import softmax_cross_entropy, softmax_cross_entropy_value_and_grad


def info_nce(
    queries: npt.ArrayLike,
    keys: npt.ArrayLike,
    *,
    temperature: float = 1.0,
    log_q: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""InfoNCE loss: the softmax cross-entropy of finding one's own key among those of the batch.

    .. math:: \ell_i = -\log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}, \qquad
              s_{ij} = \frac{x_i \cdot y_j}{T} - \log q_j

    Parameters
    ----------
    queries, keys : array_like, shape (N, D)
        x and y; key i belongs to query i. For cosine similarity, scale the rows to length 1.
    temperature : float, optional
        T > 0.
    log_q : array_like, shape (N,), optional
        Logarithm of the probability q_j that a key drawn for the batch is key j. Frequent keys
        are negatives, keys of other queries, more often. Subtracting log q_j makes up for that:
        the negatives' part of the sum is then, on average, proportional to the sum over all keys
        that exist.
    reduction : {"mean", "sum", "none"}, optional
        Over the queries.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats. Equal scores give log N.

    Raises
    ------
    ValueError
        If shapes do not fit, or T is not positive.
    TypeError
        If an argument does not hold real numbers.

    References
    ----------
    van den Oord, A., Li, Y. and Vinyals, O. (2018). Representation learning with contrastive
    predictive coding. arXiv:1807.03748.

    Yi, X. et al. (2019). Sampling-bias-corrected neural modeling for large corpus item
    recommendations. *RecSys*.

    Examples
    --------
    >>> print(f"{info_nce([[1, 0], [0, 1]], [[1, 0], [0, 1]], temperature=0.5):.6f}")
    0.126928
    """
    scores, *_ = _scores(queries, keys, temperature, log_q)
    return softmax_cross_entropy(scores, np.arange(len(scores)), reduction=reduction)


def info_nce_value_and_grad(
    queries: npt.ArrayLike,
    keys: npt.ArrayLike,
    *,
    temperature: float = 1.0,
    log_q: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> tuple[ArrayOrScalar, Array, Array]:
    r"""Loss of `info_nce` with its gradients.

    .. math:: \frac{\partial}{\partial X} = \frac{(\hat P - I)\, Y}{T}, \qquad
              \frac{\partial}{\partial Y} = \frac{(\hat P - I)^\top X}{T}

    These are derivatives of the sum of the losses; for the mean they are divided by N. Row i of P̂
    is the softmax of row i of the scores s, and X and Y are the tables of queries and keys.

    Parameters
    ----------
    queries, keys, temperature, log_q, reduction
        As in `info_nce`.

    Returns
    -------
    loss : numpy.ndarray or a NumPy scalar
        As from `info_nce`.
    queries_gradient, keys_gradient : numpy.ndarray, shape (N, D)
        With ``reduction="none"``, row i of `queries_gradient` is that of loss i; but every loss
        depends on every key, so `keys_gradient` is that of the sum of the losses.

    Raises
    ------
    ValueError, TypeError
        As in `info_nce`.

    Examples
    --------
    >>> loss, d_queries, d_keys = info_nce_value_and_grad([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    >>> d_queries.round(6)
    array([[-0.134471,  0.134471],
           [ 0.134471, -0.134471]])
    """
    scores, x, y, temperature = _scores(queries, keys, temperature, log_q)
    labels = np.arange(len(scores))
    loss, grad = softmax_cross_entropy_value_and_grad(scores, labels, reduction=reduction)
    with np.errstate(all="ignore"):
        return loss, grad @ y / temperature, grad.T @ x / temperature


def _scores(
    queries: npt.ArrayLike, keys: npt.ArrayLike, temperature: float, log_q: npt.ArrayLike | None
) -> tuple[Array, Array, Array, float]:
    """Return the table of scores (N, N), queries, keys and T."""
    x, y = check.float_array(queries, "queries"), check.float_array(keys, "keys")
    if x.ndim != 2:
        raise ValueError(f"queries must have two axes, got shape {x.shape}")
    check.same_shape(x, "queries", y, "keys")
    temperature = check.positive_number(temperature, "temperature", x.real.dtype)
    with np.errstate(all="ignore"):
        scores = x @ y.T / temperature
    if log_q is not None:
        log_q = check.real_array(log_q, "log_q")
        if log_q.shape != (len(y),):
            raise ValueError(
                f"log_q has shape {log_q.shape}, expected ({len(y)},): one for each key"
            )
        scores = scores - log_q.astype(scores.real.dtype)
    return scores, x, y, temperature
