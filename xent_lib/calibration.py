"""Calibration: is a model that says 70 % right 70 % of the time, and if not, how to correct it."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array
from .encoding import to_signs

Strategy = Literal["uniform", "quantile"]
STRATEGIES = get_args(Strategy)


def reliability_curve(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    bins: int = 15,
    strategy: Strategy = "uniform",
) -> tuple[Array, Array, Array]:
    r"""Sort predictions into bins by confidence; compare confidence and accuracy in each.

    .. math:: \mathrm{conf}_b = \frac{1}{|B_b|} \sum_{i \in B_b} c_i, \qquad
              \mathrm{acc}_b = \frac{1}{|B_b|} \sum_{i \in B_b} h_i, \qquad
              B_b = \Bigl\{ i : \frac{b}{B} < c_i \le \frac{b + 1}{B} \Bigr\},
              \quad b = 0 \dots B - 1

    Here c_i is the confidence of prediction i, and h_i is 1 if it is a hit, else 0; `probs` below
    says what these are. B_b is the bin b: the predictions that fall into it.

    Parameters
    ----------
    probs : array_like, shape (N,) or (N, K)
        A vector: probabilities of class 1, c = p̂, and a hit is h = y.
        A table: distributions over K classes, where c = max p̂, and it is a hit, h = 1, if the
        first class that has this maximum is the label.
    labels : array_like, shape (N,)
        For a vector 0 or 1; for a table class indices, integers in 0..K−1.
    bins : int, optional
        B, the number of bins.
    strategy : {"uniform", "quantile"}, optional
        ``"uniform"``: bins of equal width 1/B, as above; a confidence of 0 falls into the first.
        ``"quantile"``: bins of equal mass, N/B predictions in each, give or take one. Equal
        confidences stay together, so the bins can differ by more.

    Returns
    -------
    confidence, accuracy : numpy.ndarray, shape (B,)
        Means over the bin; NaN where a bin is empty.
    count : numpy.ndarray of int, shape (B,)
        Number of predictions in the bin.

    Raises
    ------
    ValueError
        If `probs` are not probabilities or contain NaN, which belongs to no bin; if shapes do
        not match; if there are no bins, or the strategy is unknown.
    IndexError
        If a class index is outside 0..K−1.
    TypeError
        If class indices are not integers.

    Notes
    -----
    For two classes the forms differ: a vector follows class 1 from 0 to 1, a table follows the
    likelier class, from 1/2 to 1.

    References
    ----------
    DeGroot, M. H. and Fienberg, S. E. (1983). The comparison and evaluation of forecasters.
    *The Statistician* 32.

    Examples
    --------
    >>> confidence, accuracy, count = reliability_curve([0.1, 0.2, 0.7, 0.9], [0, 1, 1, 1], bins=2)
    >>> confidence.round(6), accuracy, count
    (array([0.15, 0.8 ]), array([0.5, 1. ]), array([2, 2]))
    """
    c, hits = _confidence_and_hits(probs, labels)
    confidence, accuracy, count = _means(c, hits, bins, strategy)
    return confidence.astype(c.dtype), accuracy.astype(c.dtype), count


def expected_calibration_error(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    bins: int = 15,
    strategy: Strategy = "uniform",
) -> np.floating:
    r"""Mean distance between confidence and accuracy, over the bins of `reliability_curve`.

    .. math:: \mathrm{ECE} = \sum_b \frac{|B_b|}{N}\, |\mathrm{acc}_b - \mathrm{conf}_b|

    Parameters
    ----------
    probs, labels, bins, strategy
        As in `reliability_curve`.

    Returns
    -------
    NumPy scalar
        In [0, 1]; NaN if there are no predictions.

    Raises
    ------
    ValueError, IndexError, TypeError
        As in `reliability_curve`.

    Notes
    -----
    It is not a proper score: a model that always predicts the base rate has an ECE of 0, but cannot
    distinguish any samples. The ECE depends on the number of bins, and with few samples per bin
    it is too large, since chance alone separates a bin's accuracy from its confidence.

    References
    ----------
    Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well calibrated
    probabilities using Bayesian binning. *AAAI*.

    Examples
    --------
    Of ten predictions with 0.9 seven are right, of ten with 0.6 six:

    >>> probs = [0.9] * 10 + [0.6] * 10
    >>> right = [1] * 7 + [0] * 3 + [1] * 6 + [0] * 4
    >>> print(f"{expected_calibration_error(probs, right):.6f}")
    0.100000
    """
    c, hits = _confidence_and_hits(probs, labels)
    confidence, accuracy, count = _means(c, hits, bins, strategy)
    filled = count > 0
    gaps = count[filled] * np.abs(accuracy - confidence)[filled]
    return c.dtype.type(gaps.sum() / (len(c) or np.nan))


def classwise_calibration_error(
    probs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    bins: int = 15,
    strategy: Strategy = "uniform",
) -> np.floating:
    r"""Mean over the classes of the calibration error of each: all columns, not just the largest.

    .. math:: \mathrm{cwECE} = \frac{1}{K} \sum_k \mathrm{ECE}(\hat p_{\cdot k},\, [y = k])

    Parameters
    ----------
    probs : array_like, shape (N, K)
        Distributions over K classes.
    labels : array_like of int, shape (N,)
        Class indices in 0..K−1.
    bins, strategy
        As in `reliability_curve`.

    Returns
    -------
    NumPy scalar
        In [0, 1]; NaN if there are no predictions.

    Raises
    ------
    ValueError, IndexError, TypeError
        As in `reliability_curve`.

    References
    ----------
    Kull, M. et al. (2019). Beyond temperature scaling: obtaining well-calibrated multi-class
    probabilities with Dirichlet calibration. *NeurIPS*.

    Examples
    --------
    The largest probability is calibrated; the two others are not:

    >>> probs = [[0.5, 0.3, 0.2]] * 10
    >>> labels = [0] * 5 + [1] * 1 + [2] * 4
    >>> print(f"{expected_calibration_error(probs, labels):.6f}")
    0.000000
    >>> print(f"{classwise_calibration_error(probs, labels):.6f}")
    0.133333
    """
    p = _table(probs)
    y = check.class_indices(labels, p.shape)
    errors = [
        expected_calibration_error(column, y == k, bins=bins, strategy=strategy)
        for k, column in enumerate(p.T)
    ]
    return np.mean(errors)


def brier_decomposition(
    probs: npt.ArrayLike, labels: npt.ArrayLike
) -> tuple[np.floating, np.floating, np.floating]:
    r"""Split the Brier score into reliability, resolution and uncertainty.

    .. math:: \mathrm{BS} = \underbrace{\sum_g \frac{n_g}{N} \lVert \hat p_g - \bar y_g \rVert^2}
              _{\text{reliability}}
              - \underbrace{\sum_g \frac{n_g}{N} \lVert \bar y_g - \bar y \rVert^2}
              _{\text{resolution}}
              + \underbrace{\textstyle\sum_k \bar y_k (1 - \bar y_k)}_{\text{uncertainty}}

    A group g holds the n_g samples with the very same prediction; ȳ_g is the mean of their labels
    in one-hot code, and ȳ that of all samples.

    Parameters
    ----------
    probs : array_like, shape (N,) or (N, K)
        Probabilities of class 1, or distributions over K classes.
    labels : array_like, shape (N,)
        For a vector 0 or 1; for a table class indices, integers in 0..K−1.

    Returns
    -------
    reliability, resolution, uncertainty : NumPy scalars
        Reliability is 0 for calibrated predictions; resolution is larger the more the
        groups differ; uncertainty is the score of the base rates, whatever the model. For a
        table, reliability − resolution + uncertainty is `brier_score`; for a vector it is the
        mean of (p̂ − y)², which is half of it. All are NaN if there are no predictions.

    Raises
    ------
    ValueError, IndexError, TypeError
        As in `reliability_curve`.

    Notes
    -----
    Where no two predictions are equal, each group is one sample: resolution is then the whole
    uncertainty, and reliability the whole score. Round the predictions first.

    References
    ----------
    Murphy, A. H. (1973). A new vector partition of the probability score. *Journal of Applied
    Meteorology* 12.

    Examples
    --------
    >>> probs = [0.9] * 10 + [0.6] * 10
    >>> right = [1] * 7 + [0] * 3 + [1] * 6 + [0] * 4
    >>> print("{:.4f} {:.4f} {:.4f}".format(*brier_decomposition(probs, right)))
    0.0200 0.0025 0.2275
    """
    if np.ndim(probs) == 1:
        p, happened = _confidence_and_hits(probs, labels)
        p, y = p[:, np.newaxis], happened[:, np.newaxis]
    else:
        p = _table(probs)
        y = np.eye(p.shape[1])[check.class_indices(labels, p.shape)]
    groups, group_of = np.unique(p, axis=0, return_inverse=True)
    group_of = group_of.ravel()  # NumPy 2.0 returns a column
    count = np.bincount(group_of)[:, np.newaxis]
    sums = np.zeros(groups.shape)
    np.add.at(sums, group_of, y)
    n = len(p) or np.nan
    mean_of_group, mean = sums / count, sums.sum(axis=0) / n
    with np.errstate(under="ignore"):
        reliability = (count * (groups - mean_of_group) ** 2).sum() / n
        resolution = (count * (mean_of_group - mean) ** 2).sum() / n
        uncertainty = (mean * (1 - mean)).sum()
    number = p.dtype.type
    return number(reliability), number(resolution), number(uncertainty)


def fit_temperature(logits: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    r"""Find the temperature at which the logits explain the labels best.

    .. math:: T^* = \arg\min_{T > 0} \; -\frac{1}{N} \sum_i
              \log \mathrm{softmax}(z_i / T)_{y_i}

    Use it as ``softmax(logits, temperature=T)``. T > 1 means that the model was too confident,
    T < 1 that it was not confident enough. The order of the classes in a row does not change,
    and neither does the accuracy.

    Parameters
    ----------
    logits : array_like, shape (N, K)
        Scores z of samples that the model was not fitted on; −∞ masks a class out.
        A single logit z of a yes-or-no model is the row (0, z).
    labels : array_like of int, shape (N,)
        Class indices in 0..K−1.

    Returns
    -------
    float
        T*, found in float64: where the slope below, summed in float64, changes its sign.

    Raises
    ------
    ValueError
        If there is no best temperature: every label has the largest logit of its row (T → 0),
        or the labels have no larger logits than the mean of their rows (T → ∞). If it is beyond
        the range of floats, a logit is NaN or +∞, a label is masked out, there are no rows, or
        shapes do not fit.
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels are not integers.

    Notes
    -----
    In β = 1/T the loss is convex, and its slope is the mean over the rows of

    .. math:: \frac{\partial \ell_i}{\partial β} = \sum_k \hat p_{ik} z_{ik} - z_{i y_i}

    So at the best temperature the model expects, on average, just the logit that the labels
    have. The slope rises with β: its only zero is found by Newton's method, kept between two
    values of β that enclose it.

    References
    ----------
    Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural
    networks. *ICML*.

    Examples
    --------
    A gap of 4 between two logits claims 98 %; if 8 of 10 are right, it should be log 4:

    >>> print(f"{fit_temperature([[4, 0]] * 10, [0] * 8 + [1] * 2):.6f}")
    2.885390
    """
    z = check.real_array(logits, "logits")
    if z.ndim != 2 or len(z) == 0:
        raise ValueError(f"logits have shape {z.shape}, expected (N, K) with at least one row")
    check.class_axis(z, 1, "logits")
    y = check.class_indices(labels, z.shape)
    wrong = ~((z < np.inf).all(axis=1) & np.isfinite(z[np.arange(len(z)), y]))  # NaN < ∞ is False
    if wrong.any():
        (row,) = check.first(wrong)
        raise ValueError(
            f"logits must be numbers below ∞, and above −∞ for the label, "
            f"but row {row} with label {y[row]} is {z[row].tolist()}"
        )
    allowed = np.isfinite(z)
    z = np.where(allowed, z, 0).astype(np.float64)
    # Factors that are powers of two round nothing. With them no gap and no square of one overflows.
    quarter = 0.25 if np.abs(z).max() > 1e300 else 1.0
    with np.errstate(under="ignore"):
        z *= quarter
        # Gaps to the label, as in the slope; and to the largest logit, never above 0, for exp.
        gaps = np.where(allowed, z - np.take_along_axis(z, y[:, np.newaxis], axis=1), 0)
        scale = 2.0 ** int(np.frexp(np.abs(gaps).max())[1])
        gaps /= scale
    below_top = gaps - gaps.max(axis=1, keepdims=True)

    def slope_and_curvature(beta: float) -> tuple[float, float]:
        with np.errstate(under="ignore"):
            p = np.where(allowed, np.exp(beta * below_top), 0)
            p /= p.sum(axis=1, keepdims=True)
            expected = (p * gaps).sum(axis=1, keepdims=True)
            variance = (p * (gaps - expected) ** 2).sum(axis=1)
        return float(expected.mean()), float(variance.mean())

    if (gaps <= 0).all():
        raise ValueError(
            "every label has the largest logit of its row, so the loss keeps falling as the "
            "temperature goes to 0; include samples that the model gets wrong"
        )
    slope, curvature = slope_and_curvature(0)  # T → ∞: the softmax is uniform
    if slope >= 0:
        raise ValueError(
            "the labels have no larger logits than the mean of their rows, so the loss never rises "
            "as the temperature goes to infinity; do the labels belong to these logits?"
        )

    low = high = -slope / curvature  # Newton's first step, from 0
    while slope_and_curvature(low)[0] > 0:
        low /= 2
    while slope_and_curvature(high)[0] < 0:
        high *= 2
    beta = low
    while low < (low + high) / 2 < high:
        slope, curvature = slope_and_curvature(beta)
        low, high = (low, beta) if slope > 0 else (beta, high)
        last, beta = beta, beta - slope / curvature if curvature > 0 else np.inf
        if not low <= beta <= high:
            beta = (low + high) / 2
        elif abs(beta - last) <= 1e-9 * beta:
            break  # Newton squares the relative error: it is down to rounding now
    temperature = scale / beta / quarter
    if not 0 < temperature < np.inf:
        raise ValueError(
            f"the best temperature is {temperature}, beyond the range of floats; scale the logits"
        )
    return float(temperature)


def _means(confidence: Array, hits: Array, bins: int, strategy: str) -> tuple[Array, Array, Array]:
    """Return mean confidence and mean hits of each bin, in float64, and how many fell into it."""
    bins = check.positive_integer(bins, "bins")
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown strategy {strategy!r}; choose one of {STRATEGIES}")
    if strategy == "uniform":
        # Not np.linspace(0, 1, 11), whose fourth number is slightly above 3/10.
        inner_edges = (np.arange(1, bins) / bins).astype(confidence.dtype)
        bin_of = np.searchsorted(inner_edges, confidence)  # an edge belongs to the bin below it
    else:
        below = np.searchsorted(np.sort(confidence), confidence)  # how many are smaller
        bin_of = below * bins // len(confidence)
    count = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):  # the mean of an empty bin is 0/0, NaN
        weights = np.asarray(confidence, np.float64)  # all that bincount takes
        return (
            np.bincount(bin_of, weights, minlength=bins) / count,
            np.bincount(bin_of, hits, minlength=bins) / count,
            count,
        )


def _confidence_and_hits(probs: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Array, Array]:
    """Return the probability of one event for each row, and whether it happened."""
    if np.ndim(probs) == 2:
        p = _table(probs)
        return p.max(axis=1), p.argmax(axis=1) == check.class_indices(labels, p.shape)
    p = _without_nan(check.probability_array(probs, "probs"))
    if p.ndim != 1:
        raise ValueError(f"probs have shape {p.shape}, expected (N,) or (N, K)")
    happened = to_signs(labels) == 1  # to_signs refuses all but 0 and 1
    check.same_shape(p, "probs", happened, "labels")
    return p, happened


def _table(probs: npt.ArrayLike) -> Array:
    """Return distributions over K classes, one row each, without NaN."""
    p = _without_nan(check.probability_array(probs, "probs"))
    if p.ndim != 2:
        raise ValueError(f"probs have shape {p.shape}, expected (N, K)")
    return check.distribution_array(p, "probs")


def _without_nan(p: Array) -> Array:
    """Return `p`, having refused NaN, which would fall into no bin."""
    if np.isnan(p).any():
        position = check.first(np.isnan(p))
        raise ValueError(f"probs hold NaN at position {check.shown(position)}: it fits in no bin")
    return p
