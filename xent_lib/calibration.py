"""Calibration: whether a model that says 70 % is right 70 % of the time, and how to mend it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import reduce_losses, times
from .activations import softmax
from .encoding import to_signs


def reliability_curve(
    probs: npt.ArrayLike, labels: npt.ArrayLike, bins: int = 15
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Sort predictions into bins by confidence; compare confidence and accuracy in each.

    .. math:: \mathrm{conf}_b = \frac{1}{|B_b|} \sum_{i \in B_b} c_i, \qquad
              \mathrm{acc}_b = \frac{1}{|B_b|} \sum_{i \in B_b} h_i, \qquad
              B_b = \Bigl\{ i : \frac{b}{B} < c_i \le \frac{b + 1}{B} \Bigr\},
              \quad b = 0 \dots B - 1

    Parameters
    ----------
    probs : array_like, shape (N,) or (N, K)
        A vector: probabilities of class 1, c = p̂, and a hit is h = y.
        A table: distributions over K classes, where c = max p̂, and it is a hit, h = 1, if the
        first class that has this maximum is the label.
    labels : array_like, shape (N,)
        For a vector 0 or 1; for a table class indices, integers in 0..K−1.
    bins : int, optional
        B, the number of bins, all of width 1/B. A confidence of 0 falls into the first.

    Returns
    -------
    confidence, accuracy : numpy.ndarray, shape (B,)
        Means over the bin; NaN where a bin is empty.
    count : numpy.ndarray of int, shape (B,)
        How many predictions fell into the bin.

    Raises
    ------
    ValueError
        If `probs` are no probabilities or hold NaN, which falls into no bin; if shapes do not
        fit; or if there are no bins.
    IndexError
        If a class index is outside 0..K−1.
    TypeError
        If class indices are no integers.

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
    bins = check.integer(bins, "bins")
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    confidence, hits = _confidence_and_hits(probs, labels)
    # Not linspace, which misses 3/10.
    inner_edges = (np.arange(1, bins) / bins).astype(confidence.dtype)
    bin_of = np.searchsorted(inner_edges, confidence)  # an edge belongs to the bin below it
    count = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):  # the mean of an empty bin is 0/0, NaN
        weights = confidence.astype(np.float64)  # all that bincount takes
        mean_confidence = np.bincount(bin_of, weights, minlength=bins) / count
        accuracy = np.bincount(bin_of, hits, minlength=bins) / count
    return mean_confidence.astype(confidence.dtype), accuracy.astype(confidence.dtype), count


def expected_calibration_error(
    probs: npt.ArrayLike, labels: npt.ArrayLike, bins: int = 15
) -> np.ndarray:
    r"""Mean distance between confidence and accuracy, over the bins of `reliability_curve`.

    .. math:: \mathrm{ECE} = \sum_b \frac{|B_b|}{N}\, |\mathrm{acc}_b - \mathrm{conf}_b|

    Parameters
    ----------
    probs, labels, bins
        As in `reliability_curve`.

    Returns
    -------
    numpy.ndarray or a NumPy scalar
        In [0, 1]; of no predictions NaN.

    Raises
    ------
    ValueError, IndexError, TypeError
        As in `reliability_curve`.

    Notes
    -----
    No proper score: who always predicts the base rate has an ECE of 0 and knows nothing. It
    depends on the number of bins, and with few samples a bin it is too large, since chance
    alone puts the accuracy of a bin off its confidence.

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
    confidence, accuracy, count = reliability_curve(probs, labels, bins)
    filled = count > 0
    gaps = count[filled].astype(confidence.dtype) * np.abs(accuracy - confidence)[filled]
    return reduce_losses(gaps, int(count.sum()), "mean")


def fit_temperature(logits: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    r"""Find the temperature at which the logits explain the labels best.

    .. math:: T^* = \arg\min_{T > 0} \; -\frac{1}{N} \sum_i
              \log \mathrm{softmax}(z_i / T)_{y_i}

    Use it as ``softmax(logits, temperature=T)``. T > 1 says that the model was too confident,
    T < 1 that it was not confident enough. The order of the classes in a row, and with it the
    accuracy, stays as it is.

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
        T*, to the last digits of the precision of the logits.

    Raises
    ------
    ValueError
        If there is no best temperature: every label has the largest logit of its row (T → 0),
        or the logits say less than nothing about the labels (T → ∞). If a logit is NaN or +∞,
        a label is masked out, there are no rows, or shapes do not fit.
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels are no integers.

    Notes
    -----
    In β = 1/T the loss is convex, and its slope is the mean over the rows of

    .. math:: \frac{\partial \ell_i}{\partial β} = \sum_k \hat p_{ik} z_{ik} - z_{i y_i}

    So at the best temperature the model expects, on average, just the logit that the labels
    have. The slope rises with β, and falls with T: its only zero is found by bisection.

    References
    ----------
    Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural
    networks. *ICML*.

    Examples
    --------
    A gap of 4 between two logits claims 98 %; if 8 of 10 are right, a gap of log 4 is due:

    >>> print(f"{fit_temperature([[4, 0]] * 10, [0] * 8 + [1] * 2):.6f}")
    2.885390
    """
    z = check.real_array(logits, "logits")
    if z.ndim != 2 or len(z) == 0:
        raise ValueError(f"logits have shape {z.shape}, expected (N, K) with at least one row")
    labels = _class_indices(labels, z)
    z_y = np.take_along_axis(z, labels[:, np.newaxis], axis=1)
    with np.errstate(over="ignore", invalid="ignore"):  # refused below
        gaps = z - z_y
    wrong = ~(np.isfinite(z_y) & (gaps < np.inf)).all(axis=1)  # NaN < ∞ is False
    if wrong.any():
        (row,) = check.first(wrong)
        raise ValueError(
            f"logits must be numbers below ∞, in finite steps, and above −∞ for the label, "
            f"but row {row} with label {labels[row]} is {z[row].tolist()}"
        )

    def slope(p: np.ndarray) -> float:
        return times(p, gaps).sum(axis=1).mean()

    if (gaps <= 0).all():
        raise ValueError(
            "every label has the largest logit of its row, so the loss falls for ever as the "
            "temperature goes to 0; fit it on samples that the model gets wrong, too"
        )
    allowed = np.isfinite(gaps)  # T → ∞: the softmax tends to the uniform one over these
    if slope(allowed / allowed.sum(axis=1, keepdims=True)) >= 0:
        raise ValueError(
            "the labels have no larger logits than the mean of their rows, so the loss never rises "
            "as the temperature goes to infinity; do the labels belong to these logits?"
        )

    low = high = 1.0
    while slope(softmax(gaps, temperature=low)) < 0:
        low /= 2
    while slope(softmax(gaps, temperature=high)) > 0:
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        if slope(softmax(gaps, temperature=middle)) > 0:
            low = middle  # still too confident
        else:
            high = middle
    return middle


def _confidence_and_hits(
    probs: npt.ArrayLike, labels: npt.ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of one event a row, and whether it happened."""
    p = check.probability_array(probs, "probs")
    if p.ndim not in (1, 2):
        raise ValueError(f"probs have shape {p.shape}, expected (N,) or (N, K)")
    if np.isnan(p).any():
        position = check.first(np.isnan(p))
        raise ValueError(f"probs hold NaN at position {check.shown(position)}: it fits in no bin")
    if p.ndim == 1:
        happened = to_signs(labels) > 0  # to_signs refuses all but 0 and 1
        check.same_shape(p, "probs", happened, "labels")
        return p, happened
    p = check.distribution_array(p, "probs")
    return p.max(axis=1), p.argmax(axis=1) == _class_indices(labels, p)


def _class_indices(labels: npt.ArrayLike, table: np.ndarray) -> np.ndarray:
    """Return one class index for each row of a table (N, K)."""
    num_classes = table.shape[check.class_axis(table, 1, "predictions")]
    labels = check.index_array(labels, num_classes, ignore_index=None)
    if labels.shape != table.shape[:1]:
        raise ValueError(
            f"labels have shape {labels.shape}, but predictions of shape {table.shape} "
            f"need class indices of shape {table.shape[:1]}"
        )
    return labels
