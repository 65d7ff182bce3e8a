r"""Distillation: train a student to reproduce a teacher's probabilities, both given as logits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import reduce_grad, reduce_losses
from ._types import Array, ArrayOrScalar
from ._validation import Reduction
from .activations import log_softmax, softmax


def softmax_kl_divergence(
    logits: npt.ArrayLike,
    target_logits: npt.ArrayLike,
    *,
    temperature: float = 1.0,
    reduction: Reduction = "mean",
) -> ArrayOrScalar:
    r"""Kullback–Leibler divergence of a student's softmax from a teacher's.

    .. math:: \ell = \sum_k t_k \,(\log t_k - \log \hat p_k), \qquad
              t = \mathrm{softmax}(y / T), \quad \hat p = \mathrm{softmax}(z / T)

    This is `kl_divergence` (t, p̂), whose first argument is the truth; here the predictions, the
    student's, come first, as in every loss.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        z, of the student.
    target_logits : array_like, shape (..., K)
        y, of the teacher.
    temperature : float, optional
        T > 0, for both. As T grows, the gradient shrinks like 1/T², so the loss is often
        multiplied by T².
    reduction : {"mean", "sum", "none"}, optional
        Over the rows.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In nats, ≥ 0. +∞ where the student masks a class out that the teacher does not.

    Raises
    ------
    ValueError
        If the shapes differ, or T is not positive.
    TypeError
        If an argument does not hold numbers.

    Notes
    -----
    The loss is computed as Σ t_k (d_k + e^{−d_k} − 1) with d = log t − log p̂. That is equal, since
    t and p̂ both sum to 1, but no term is negative and nothing cancels in the sum. What remains is
    the error of d, a few roundings of the log-probabilities.

    References
    ----------
    Hinton, G., Vinyals, O. and Dean, J. (2015). Distilling the knowledge in a neural network.
    arXiv:1503.02531.

    Examples
    --------
    >>> print(f"{softmax_kl_divergence([2, 1, 0.1], [3, 1, 0.1]):.6f}")
    0.082859
    """
    check.reduction(reduction)
    z, y = _pair(logits, target_logits)
    with np.errstate(all="ignore"):
        log_t, t = log_softmax(y, temperature=temperature), softmax(y, temperature=temperature)
        d = log_t - log_softmax(z, temperature=temperature)
        # d + e^−d − 1 cancels for small d; there its series is summed, d²/2 − d³/6 + …
        series = d * d / 2 * (1 - d / 3 * (1 - d / 4 * (1 - d / 5)))
        excess = np.where(abs(d) < 1e-3, series, d + np.expm1(-d))
        # A class to which the teacher gives nothing, or far less than the student, adds p̂ = t e^−d:
        # the rest is below rounding, and e^−d might overflow.
        p = softmax(z, temperature=temperature)
        losses = np.where((t == 0) | (d < -50), p, t * excess).sum(axis=-1)
    return reduce_losses(losses, losses.size, reduction)


def softmax_kl_divergence_grad(
    logits: npt.ArrayLike,
    target_logits: npt.ArrayLike,
    *,
    temperature: float = 1.0,
    reduction: Reduction = "mean",
) -> Array:
    r"""Gradient of `softmax_kl_divergence` with respect to the student's logits.

    .. math:: \frac{\partial \ell}{\partial z_k} = \frac{\hat p_k - t_k}{T}

    It is that of the cross-entropy with the teacher's probabilities as soft labels.

    Parameters
    ----------
    logits, target_logits, temperature, reduction
        As in `softmax_kl_divergence`.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Each row sums to 0, up to rounding.

    Examples
    --------
    >>> softmax_kl_divergence_grad([2, 1, 0.1], [3, 1, 0.1]).round(6)
    array([-0.181082,  0.12874 ,  0.052342])
    """
    check.reduction(reduction)
    z, y = _pair(logits, target_logits)
    with np.errstate(all="ignore"):
        grad = softmax(z, temperature=temperature) - softmax(y, temperature=temperature)
        return reduce_grad(grad / float(temperature), grad[..., 0].size, reduction)


def _pair(logits: npt.ArrayLike, target_logits: npt.ArrayLike) -> tuple[Array, Array]:
    """Return both tables of logits, of one shape, in the precision of the student's."""
    z = check.float_array(logits, "logits")
    y = check.real_array(target_logits, "target_logits")
    check.class_axis(z, -1, "logits")
    check.same_shape(z, "logits", y, "target_logits")
    return z, y.astype(z.real.dtype)
