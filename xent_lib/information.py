"""Information: of one event, of one distribution, and between two.

In functions of two distributions `p` is the truth and `q` the model; the order matters. If one
is in float32 and the other in float64, both are computed in float64, and so is the result.
Results are in nats (natural logarithm), or in bits with ``base=2``.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import ratio, times
from ._types import Array, ArrayOrScalar


def self_information(p: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
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
        0 for a certain event, +∞ for an impossible one.

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
    with np.errstate(divide="ignore"):  # log 0 = −∞ is intended
        return 0 - log(p)  # not −log(p), which turns log 1 into −0.0


def entropy(p: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
    r"""Mean surprise of a distribution: the lower bound of the mean code length.

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
        If a row is not a distribution, or the base is neither e nor 2.

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


def cross_entropy(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
    r"""Mean surprise when q is expected but outcomes follow p.

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
        At least H(p), and equal to it where q = p; so it is 0 only where p and q are certain of
        the same class.
        +∞ where the model excludes a class that occurs (q = 0 < p).

    Raises
    ------
    ValueError
        If the shapes differ, a row is not a distribution, or the base is neither e nor 2.

    References
    ----------
    Kerridge, D. F. (1961). Inaccuracy and inference. *Journal of the Royal Statistical
    Society B* 23.

    Examples
    --------
    >>> print(f"{cross_entropy([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]):.6f}")
    0.886941
    """
    p, q = _two_distributions(p, q)
    return times(p, self_information(q, base=base)).sum(axis=-1)


def kl_divergence(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
    r"""Extra mean surprise when q is expected but outcomes follow p.

    .. math:: \mathrm{KL}(p \,\|\, q) = \sum_k p_k \log \frac{p_k}{q_k}

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The truth and the model, distributions over the last axis.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        0 where p = q, else positive. It is no distance: KL(p‖q) differs from KL(q‖p).
        +∞ where q = 0 < p.

    Raises
    ------
    ValueError
        If the shapes differ, a row is not a distribution, or the base is neither e nor 2.

    Notes
    -----
    The terms have both signs, and where p ≈ q they cancel. So float32 is summed in float64, and
    the logarithm of a quotient near 1 is log1p((p − q)/q), whose difference is exact. A sum below
    0, due to rounding or to rows that sum to 1 only roughly, is returned as 0.

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
    p, q = _two_distributions(p, q)
    wide_p, wide_q = _widened(p), _widened(q)
    terms = times(wide_p, _log_ratio(wide_p, wide_q, base))
    with np.errstate(under="ignore"):
        return np.maximum(terms.sum(axis=-1), 0).astype(p.dtype)[()]


def jensen_shannon_divergence(
    p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = math.e
) -> ArrayOrScalar:
    r"""Mean divergence of two distributions from the one halfway between them.

    .. math:: \mathrm{JS}(p, q) = \tfrac12 \mathrm{KL}(p \,\|\, m)
              + \tfrac12 \mathrm{KL}(q \,\|\, m), \qquad m = \frac{p + q}{2}

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions over the last axis; their order does not matter.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        Between 0 (equal) and log 2 (nothing in common), which is one bit: the mean information
        in one outcome about which of the two distributions it was drawn from. The square root
        is a distance.

    Raises
    ------
    ValueError
        If the shapes differ, a row is not a distribution, or the base is neither e nor 2.

    Notes
    -----
    With the contrast d = (p − q)/(p + q) of a class, its share of the sum is

    .. math:: \tfrac14 (p + q) \bigl[(1 + d) \log(1 + d) + (1 - d) \log(1 - d)\bigr] \ge 0

    For small d the two terms in the bracket cancel; there it is computed as
    2d·artanh(d) + log(1 − d²), which keeps the digits.

    References
    ----------
    Lin, J. (1991). Divergence measures based on the Shannon entropy. *IEEE Transactions on
    Information Theory* 37.

    Examples
    --------
    >>> print(f"{jensen_shannon_divergence([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]):.6f}")
    0.021901
    >>> float(jensen_shannon_divergence([1, 0], [0, 1], base=2))
    1.0
    """
    p, q = _two_distributions(p, q)
    d = ratio(p - q, p + q)
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):  # at d = ±1 near is ∞ − ∞
        near = 2 * d * np.arctanh(d) + np.log1p(-d * d)
        far = times(1 + d, np.log1p(d)) + times(1 - d, np.log1p(-d))
        bracket = np.where(np.abs(d) < 0.5, near, far)
        return ((p + q) * bracket).sum(axis=-1) / (4 * math.log(_base(base)))


def mutual_information(joint: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
    r"""Mean information that one of two variables gives about the other.

    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)\, p(y)}
              = \sum_x p(x)\, \mathrm{KL}\bigl(p(\cdot \mid x) \,\|\, p(\cdot)\bigr)

    Parameters
    ----------
    joint : array_like, shape (..., K, L)
        Joint distributions of X (rows) and Y (columns): all entries of a table sum to 1. From
        counts, divide by their sum.
    base : float, optional
        e for nats, 2 for bits.

    Returns
    -------
    numpy.ndarray, shape (...)
        0 if X and Y are independent; at most the smaller of their entropies.

    Raises
    ------
    ValueError
        If a table is not a distribution, or the base is neither e nor 2.

    Notes
    -----
    The marginals are rounded, so independent variables may leave about 1e-16, in nats.

    References
    ----------
    Shannon, C. E. (1948). A mathematical theory of communication. *Bell System Technical
    Journal* 27.

    Examples
    --------
    A test that is right in 9 of 10 cases, for a condition that half of all people have:

    >>> print(f"{mutual_information([[0.45, 0.05], [0.05, 0.45]], base=2):.6f} bits")
    0.531004 bits
    """
    joint = check.real_array(joint, "joint")
    if joint.ndim < 2:
        raise ValueError(f"joint has shape {joint.shape}, expected tables (..., K, L)")
    flat = check.distribution_array(joint.reshape(*joint.shape[:-2], -1), "joint")
    wide = _widened(flat).reshape(joint.shape)
    of_x, of_y = wide.sum(axis=-1, keepdims=True), wide.sum(axis=-2, keepdims=True)
    # p(x, y)/(p(x) p(y)) is computed as p(y | x)/p(y), without a product that could underflow.
    terms = times(wide, _log_ratio(ratio(wide, of_x), of_y, base))
    with np.errstate(under="ignore"):
        return np.maximum(terms.sum(axis=(-2, -1)), 0).astype(flat.dtype)[()]


def perplexity(nll: npt.ArrayLike, *, base: float = math.e) -> ArrayOrScalar:
    r"""Convert a mean surprise to the equivalent number of equally likely choices.

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
    nll = _log_likelihood(nll)
    with np.errstate(over="ignore"):
        return power(nll)


def bits_per_byte(nll: npt.ArrayLike, num_bytes: npt.ArrayLike) -> ArrayOrScalar:
    r"""Bits per byte of text, to compare language models with different tokenizers.

    .. math:: \mathrm{BPB} = \frac{\mathrm{NLL}}{B \ln 2}

    Parameters
    ----------
    nll : array_like, any shape
        Negative log-likelihoods of whole texts in nats, ≥ 0: summed over the tokens, not
        averaged. A mean loss per token has to be multiplied by the number of tokens first.
    num_bytes : array_like, the shape of `nll`
        B > 0: number of bytes of each text, usually in UTF-8.

    Returns
    -------
    numpy.ndarray, same shape
        Bits per byte: what a compressor based on the model would need.

    Raises
    ------
    ValueError
        If a log-likelihood is negative, a number of bytes is not positive, or the shapes differ.

    References
    ----------
    Gao, L. et al. (2020). The Pile: an 800GB dataset of diverse text for language modeling.
    *arXiv* 2101.00027.

    Examples
    --------
    1000 tokens of 4 bytes, at 2 nats each:

    >>> print(f"{bits_per_byte(1000 * 2, 4000):.6f}")
    0.721348
    """
    nats = _log_likelihood(nll)
    size = check.real_array(num_bytes, "num_bytes")
    check.same_shape(nats, "nll", size, "num_bytes")
    wrong = ~((size > 0) & np.isfinite(size))
    if wrong.any():
        position = check.first(wrong)
        raise ValueError(
            f"num_bytes must be positive and finite, got {check.value_at(size, position)} "
            f"at position {check.shown(position)}"
        )
    with np.errstate(under="ignore"):
        return nats / size.astype(nats.dtype) / math.log(2)


def _log_likelihood(nll: npt.ArrayLike) -> Array:
    """Return negative log-likelihoods as a floating-point array, none of them below 0."""
    array = check.real_array(nll, "nll")
    if (array < 0).any():
        position = check.first(array < 0)
        raise ValueError(
            f"nll must not be negative, got {check.value_at(array, position)} at position "
            f"{check.shown(position)}: the minus sign of the log-likelihood may be missing"
        )
    return array


def _two_distributions(p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[Array, Array]:
    """Return two distributions of one shape, in the wider of their precisions."""
    p = check.distribution_array(p, "p")
    q = check.distribution_array(q, "q")
    check.same_shape(p, "p", q, "q")
    dtype = np.result_type(p, q)
    return p.astype(dtype), q.astype(dtype)


def _widened(p: Array) -> Array:
    """Return float32 as float64: terms that cancel are summed with digits to spare."""
    return p.astype(np.result_type(p, np.float64))


def _log_ratio(p: Array, q: Array, base: float) -> Array:
    """Return log(p/q), with −∞ for 0/0; for quotients near 1 to the last digits of p − q."""
    log = np.log2 if _base(base) == 2 else np.log
    with np.errstate(all="ignore"):
        quotient = ratio(p, q)
        near_1 = np.log1p((p - q) / q) / math.log(base)  # p − q is exact from q/2 to 2q
        # A quotient that overflows still has a logarithm.
        far = np.where(np.isinf(quotient), log(p) - log(q), log(quotient))
    return np.where((0.5 < quotient) & (quotient < 2), near_1, far)


def _base(base: float) -> float:
    """Return the base of the logarithm, e or 2."""
    if np.ndim(base) or base not in (math.e, 2):
        raise ValueError(f"base must be e (nats) or 2 (bits), got {base!r}")
    return base
