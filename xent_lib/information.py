"""Information: of one event, of one distribution, and between two.

In functions of two distributions `p` is the truth and `q` the model; the order matters.
Results are in nats (natural logarithm), or in bits with ``base=2``.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import times


def self_information(p: npt.ArrayLike, *, base: float = math.e) -> np.ndarray:
    r"""Surprise at an event of probability p.

    .. math:: I(p) = -\log p

    Parameters
    ----------
    p : array_like, any shape
        Probabilities in [0, 1].
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, same shape
        0 for what was certain, +∞ for what was impossible.

    Raises
    ------
    ValueError
        If a probability is outside [0, 1], or the base is neither e nor 2.

    References
    ----------
    Shannon, C. E. (1948). A mathematical theory of communication. *Bell System Technical
    Journal* 27.

    Examples
    --------
    >>> self_information([1, 0.5, 0.25], base=2)
    array([0., 1., 2.])
    """
    log = np.log2 if _base(base) == 2 else np.log
    p = check.probability_array(p, "p")
    with np.errstate(divide="ignore"):  # log 0 is −∞, and meant
        return 0 - log(p)  # not −log(p), which turns log 1 into −0.0


def entropy(p: npt.ArrayLike, *, base: float = math.e) -> np.ndarray:
    r"""Mean surprise of a distribution: the least mean code length that can describe it.

    .. math:: H(p) = -\sum_k p_k \log p_k, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over the last axis.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        Between 0 (one class is certain) and log K (all are equally likely).

    Raises
    ------
    ValueError
        If a row is no distribution, or the base is neither e nor 2.

    References
    ----------
    Shannon, C. E. (1948). A mathematical theory of communication. *Bell System Technical
    Journal* 27.

    Examples
    --------
    >>> float(entropy([1/2, 1/4, 1/8, 1/8], base=2))
    1.75
    >>> print(f"{entropy([0.7, 0.2, 0.1]):.6f}")
    0.801819
    """
    return cross_entropy(p, p, base=base)


def cross_entropy(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = math.e) -> np.ndarray:
    r"""Mean surprise of one who believes q in a world that follows p.

    .. math:: H(p, q) = -\sum_k p_k \log q_k = H(p) + \mathrm{KL}(p \,\|\, q)

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The truth and the model, distributions over the last axis.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        At least H(p), which is 0 only where p is certain; so H(p, p) is H(p), not 0.
        +∞ where the model excludes a class that occurs (q = 0 < p).

    Raises
    ------
    ValueError
        If the shapes differ, a row is no distribution, or the base is neither e nor 2.

    References
    ----------
    Kerridge, D. F. (1961). Inaccuracy and inference. *Journal of the Royal Statistical
    Society B* 23.

    Examples
    --------
    >>> print(f"{cross_entropy([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]):.6f}")
    0.886941
    """
    p = check.distribution_array(p, "p")
    q = check.distribution_array(q, "q")
    check.same_shape(p, "p", q, "q")
    return times(p, self_information(q, base=base)).sum(axis=-1)


def kl_divergence(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = math.e) -> np.ndarray:
    r"""Mean surprise that believing q adds to what p itself causes.

    .. math:: \mathrm{KL}(p \,\|\, q) = \sum_k p_k \,(\log p_k - \log q_k)

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The truth and the model, distributions over the last axis.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        0 where p = q, else positive. The terms have both signs, so that rounding can leave
        −1e-17 for 0, and rows that sum to 1 only roughly can leave more.
        No distance: KL(p‖q) differs from KL(q‖p). +∞ where q = 0 < p.

    Raises
    ------
    ValueError
        If the shapes differ, a row is no distribution, or the base is neither e nor 2.

    References
    ----------
    Kullback, S. and Leibler, R. A. (1951). On information and sufficiency. *Annals of
    Mathematical Statistics* 22.

    Examples
    --------
    >>> print(f"{kl_divergence([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]):.6f}")
    0.085123
    >>> print(f"{kl_divergence([0.5, 0.3, 0.2], [0.7, 0.2, 0.1]):.6f}")
    0.092033
    """
    p = check.distribution_array(p, "p")
    q = check.distribution_array(q, "q")
    check.same_shape(p, "p", q, "q")
    # A class that never occurs has no surprise of its own: this keeps ∞ − ∞ away.
    own = np.where(p == 0, 0, self_information(p, base=base))
    return times(p, self_information(q, base=base) - own).sum(axis=-1)


def perplexity(nll: npt.ArrayLike, *, base: float = math.e) -> np.ndarray:
    r"""Count the equally likely choices that would surprise as much.

    .. math:: \mathrm{PPL} = b^{\,\mathrm{NLL}}

    Parameters
    ----------
    nll : array_like, any shape
        Mean negative log-likelihoods, ≥ 0, in nats, or in bits with ``base=2``.
        Average first, then exponentiate: the mean of perplexities is another number.
    base : float, optional
        The unit of `nll`: e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, same shape
        ≥ 1; +∞ beyond the largest floating-point number.

    Raises
    ------
    ValueError
        If a value is negative (a log-likelihood whose sign was forgotten), or the base is
        neither e nor 2.

    References
    ----------
    Jelinek, F., Mercer, R. L., Bahl, L. R. and Baker, J. K. (1977). Perplexity: a measure of the
    difficulty of speech recognition tasks. *Journal of the Acoustical Society of America* 62.

    Examples
    --------
    >>> print(f"{perplexity(1.75, base=2):.6f}")
    3.363586
    """
    power = np.exp2 if _base(base) == 2 else np.exp
    nll = check.real_array(nll, "nll")
    if (nll < 0).any():
        position = check.first(nll < 0)
        raise ValueError(
            f"nll must not be negative, got {check.value_at(nll, position)} at position "
            f"{check.shown(position)}: the minus sign of the log-likelihood may be missing"
        )
    with np.errstate(over="ignore"):
        return power(nll)


def _base(base: float) -> float:
    """Return the base of the logarithm, e or 2."""
    if base not in (math.e, 2):
        raise ValueError(f"base must be e (nats) or 2 (bits), got {base!r}")
    return base
