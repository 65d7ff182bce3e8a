r"""From scores to probabilities: softmax, sigmoid and their logarithms.

All keep their digits over the whole range of floating-point numbers. Those that return
probabilities or their logarithms are tested to be within 5 ulp (units in the last place) of the
exact results, on rows of many kinds; the axis and the order in memory make no difference.

Every function also takes complex numbers, so that a derivative can be taken by a complex step (see
`xent_lib.complex_step`): NumPy orders complex numbers by their real parts, hence ``max`` and
``where`` choose as they do for real ones.

−∞ is a valid logit: a class that is masked out. +∞ is not, and gives NaN in the softmax and
its logarithm. NaN in a row gives NaN in its result.

References
----------
Blanchard, P., Higham, D. J. and Higham, N. J. (2021). Accurately computing the log-sum-exp and
softmax functions. *IMA Journal of Numerical Analysis* 41.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _softmax_kernel as kernel
from . import _validation as check
from ._types import Array, ArrayOrScalar


def logsumexp(x: npt.ArrayLike, *, axis: int = -1) -> ArrayOrScalar:
    r"""Logarithm of a sum of exponentials, log Σ exp(x_k), without overflow.

    .. math:: \mathrm{lse}(x) = m + \log\Bigl(1 + \sum_{k \neq \arg\max} e^{x_k - m}\Bigr),
              \qquad m = \max_k x_k

    Parameters
    ----------
    x : array_like, shape (..., K, ...)
        Logits.
    axis : int, optional
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray, the shape of `x` without `axis`
        In nats. A row of −∞ alone gives log 0 = −∞.

    Notes
    -----
    Where m is negative, m and the logarithm may cancel: on nine kinds of rows the result is tested
    to be within 2 ulp of itself or of the largest logit, whichever is larger.

    Examples
    --------
    >>> print(f"{logsumexp([1000, 1001, 1002]):.6f}")
    1002.407606
    >>> float(logsumexp([0, -40]))
    4.248354255291589e-18
    """
    x = check.float_array(x, "x")
    axis = check.class_axis(x, axis, "x")
    rows = _rows_of(x, axis)
    result = np.empty(len(rows), x.dtype)

    def work(block: slice, table: Array) -> None:
        z = rows[block]
        where_top = z.argmax(axis=1)
        found = kernel.exponentials(z, table, where_top)
        top = z[np.arange(len(z)), where_top]
        # An infinite top is already the result; the rest is then NaN, from ∞ − ∞.
        result[block] = top + np.where(np.isinf(top), 0, found.losses)

    kernel.in_blocks(work, rows.shape, x.dtype)
    return result.reshape(np.delete(x.shape, axis))[()]


def softmax(x: npt.ArrayLike, *, axis: int = -1, temperature: float = 1) -> ArrayOrScalar:
    r"""Turn logits into probabilities: none below 0, all together 1.

    .. math:: \hat p_k = \frac{e^{x_k / T}}{\sum_j e^{x_j / T}}

    Parameters
    ----------
    x : array_like, shape (..., K, ...)
        Logits.
    axis : int, optional
        The axis of the K classes.
    temperature : float, optional
        T > 0. Below 1 sharpens the distribution, above 1 flattens it.

    Returns
    -------
    numpy.ndarray, same shape
        Probabilities. A masked class (−∞) gets 0; a row of −∞ alone has no distribution: NaN.

    Raises
    ------
    ValueError
        If the temperature is not positive and finite, or there are no classes.

    References
    ----------
    Bridle, J. S. (1990). Probabilistic interpretation of feedforward classification network
    outputs, with relationships to statistical pattern recognition. *Neurocomputing*, Springer.

    Examples
    --------
    >>> softmax([2, 1, 0.1]).round(6)
    array([0.659001, 0.242433, 0.098566])
    >>> softmax([2, 1, 0.1], temperature=2).round(6)
    array([0.501688, 0.304289, 0.194023])
    """
    x = check.float_array(x, "x")
    axis = check.class_axis(x, axis, "x")
    temperature = check.positive_number(temperature, "temperature", x.real.dtype)
    rows = _rows_of(x, axis)
    result = np.empty_like(rows)

    def work(block: slice, table: Array) -> None:
        z = rows[block]
        top = z.argmax(axis=1)
        found = kernel.exponentials(z, table, top, temperature)
        table /= found.total.astype(x.dtype)[:, np.newaxis]
        # A class with more than half of the total gets 1 minus the share of the others, which is
        # exactly 1 where it is the only class, or outweighs them beyond rounding.
        likely = np.flatnonzero(found.others.real < found.total.real / 2)
        table[likely, top[likely]] = 1 - found.others[likely] / found.total[likely]

    kernel.in_blocks(work, rows.shape, x.dtype, table=result)
    return _back(result, x, axis)


def log_softmax(x: npt.ArrayLike, *, axis: int = -1, temperature: float = 1) -> ArrayOrScalar:
    r"""Logarithm of the softmax, accurate where the softmax itself rounds to 0 or 1.

    .. math:: \log \hat p_k = \frac{x_k - m}{T}
              - \log\Bigl(1 + \sum_{j \neq \arg\max} e^{(x_j - m) / T}\Bigr),
              \qquad m = \max_j x_j

    Parameters
    ----------
    x : array_like, shape (..., K, ...)
        Logits.
    axis : int, optional
        The axis of the K classes.
    temperature : float, optional
        T > 0.

    Returns
    -------
    numpy.ndarray, same shape
        Log-probabilities in nats, each ≤ 0. A masked class gets −∞, a row of −∞ alone NaN.

    Raises
    ------
    ValueError
        If the temperature is not positive and finite, or there are no classes.

    Notes
    -----
    Both terms are ≤ 0, so that their sum never cancels, and log1p keeps what an addition to 1
    would round away. The widespread form, x_k minus the log-sum-exp, loses both.

    Examples
    --------
    >>> log_softmax([2, 1, 0.1]).round(6)
    array([-0.41703, -1.41703, -2.31703])
    >>> print(f"{log_softmax([40, 0])[0]:.6e}")
    -4.248354e-18
    """
    x = check.float_array(x, "x")
    axis = check.class_axis(x, axis, "x")
    temperature = check.positive_number(temperature, "temperature", x.real.dtype)
    rows = _rows_of(x, axis)
    result = np.empty_like(rows)

    def work(block: slice, table: Array) -> None:
        z = rows[block]
        where_top = z.argmax(axis=1)
        found = kernel.exponentials(z, table, where_top, temperature)
        top = z[np.arange(len(z)), where_top]
        result[block] = kernel.difference(z, top[:, np.newaxis], temperature)
        result[block] -= found.losses.astype(x.dtype)[:, np.newaxis]

    kernel.in_blocks(work, rows.shape, x.dtype)
    return _back(result, x, axis)


def sigmoid(z: npt.ArrayLike) -> ArrayOrScalar:
    r"""Turn one logit into the probability of class 1.

    .. math:: σ(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}}

    Parameters
    ----------
    z : array_like, any shape
        Logits.

    Returns
    -------
    numpy.ndarray, same shape
        Probabilities. The first form serves z ≥ 0, the second z < 0: neither overflows, and
        small probabilities keep their digits, down to the subnormal numbers.

    Examples
    --------
    >>> sigmoid([0, 1.4, -1000]).round(6)
    array([0.5     , 0.802184, 0.      ])
    """
    z = check.float_array(z, "z")
    with np.errstate(under="ignore", invalid="ignore"):
        small = np.exp(np.minimum(z, -z))  # exp(−|z|), never above 1
        return np.where(z >= 0, 1, small) / (1 + small)


def softplus(z: npt.ArrayLike) -> ArrayOrScalar:
    r"""Smooth form of max(z, 0), and minus the log-probability of class 0.

    .. math:: \log(1 + e^{z}) = \max(z, 0) + \log(1 + e^{-|z|})

    Parameters
    ----------
    z : array_like, any shape
        Logits.

    Returns
    -------
    numpy.ndarray, same shape
        −log(1 − σ(z)), in nats, ≥ 0. Both terms are ≥ 0: nothing cancels.

    Examples
    --------
    >>> softplus([-1000, 0, 10]).round(6)
    array([ 0.      ,  0.693147, 10.000045])
    """
    z = check.float_array(z, "z")
    with np.errstate(under="ignore", invalid="ignore"):
        return np.maximum(z, 0) + np.log1p(np.exp(np.minimum(z, -z)))


def log_sigmoid(z: npt.ArrayLike) -> ArrayOrScalar:
    r"""Logarithm of the sigmoid, the log-probability of class 1.

    .. math:: \log σ(z) = -\log(1 + e^{-z})

    Parameters
    ----------
    z : array_like, any shape
        Logits.

    Returns
    -------
    numpy.ndarray, same shape
        In nats, ≤ 0.

    Examples
    --------
    >>> log_sigmoid([-10, 0]).round(6)
    array([-10.000045,  -0.693147])
    """
    return 0 - softplus(-check.float_array(z, "z"))  # 0 − 0 is 0, where −(0) is −0.0


def softmax_jacobian(p: npt.ArrayLike) -> ArrayOrScalar:
    r"""Compute the derivatives of the softmax outputs by the inputs, from the outputs.

    .. math:: \frac{\partial \hat p_j}{\partial z_k} = \hat p_j \,(δ_{jk} - \hat p_k)

    Parameters
    ----------
    p : array_like, shape (..., K)
        Softmax outputs: each row sums to 1.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        Symmetric; each row and each column sums to 0, up to rounding.

    Raises
    ------
    ValueError
        If a row of `p` is not a distribution.

    Examples
    --------
    >>> softmax_jacobian([0.7, 0.2, 0.1]).round(6)
    array([[ 0.21, -0.14, -0.07],
           [-0.14,  0.16, -0.02],
           [-0.07, -0.02,  0.09]])
    """
    p = check.distribution_array(p, "p", complex_passes=True)
    every = np.arange(p.shape[-1])
    with np.errstate(under="ignore"):
        jacobian = 0 - p[..., :, np.newaxis] * p[..., np.newaxis, :]
        # p_j (1 − p_j) is p_j times the sum of the others, which keeps the digits of 1 − p_j.
        jacobian[..., every, every] = 0
        jacobian[..., every, every] = 0 - jacobian.sum(axis=-1)
    return jacobian


def _rows_of(x: Array, axis: int) -> ArrayOrScalar:
    """Return x as a table with one row per softmax, in C order, in which sums are most accurate."""
    rows = np.moveaxis(x, axis, -1)
    return np.ascontiguousarray(rows).reshape(-1, x.shape[axis])


def _back(rows: Array, x: Array, axis: int) -> ArrayOrScalar:
    """Undo `_rows_of`: return the rows with the axes of x."""
    return np.moveaxis(rows.reshape(np.moveaxis(x, axis, -1).shape), -1, axis)
