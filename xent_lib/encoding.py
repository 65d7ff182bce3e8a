"""Labels as class indices, one-hot rows, soft rows or signs.

In the whole library, the dtype of labels of K classes decides whether they are hard or soft:
integers are class indices, floats are distributions. A label of a yes-or-no question is one
number, 0 or 1, of any dtype.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array


def one_hot(labels: npt.ArrayLike, num_classes: int, *, dtype: npt.DTypeLike = float) -> Array:
    r"""Write each class index as a row with a single 1.

    .. math:: y_{ik} = 1 \text{ if } k = y_i, \text{ else } 0

    Parameters
    ----------
    labels : array_like of int, shape (...)
        Class indices in 0..K−1.
    num_classes : int
        K. It is never guessed from the labels: a batch need not contain the last class.
    dtype : data-type, optional
        Of the result. Floats by default, since floats are read as distributions.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        One row per label, with one 1 and K−1 zeros.

    Raises
    ------
    IndexError
        If a label is outside 0..K−1.
    TypeError
        If the labels or `num_classes` are not integers, or `dtype` is not one of numbers.
    ValueError
        If `num_classes` is below 1.

    Examples
    --------
    >>> one_hot([0, 2, 1], 3)
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    num_classes = check.positive_integer(num_classes, "num_classes")
    labels = check.index_array(labels, num_classes, ignore_index=None)
    if np.dtype(dtype).kind not in "biufc":
        raise TypeError(f"dtype must be one of numbers or booleans, got {np.dtype(dtype)}")
    # Each label is compared with 0, 1, …, K−1: the row is True where they agree.
    return (labels[..., np.newaxis] == np.arange(num_classes)).astype(dtype)


def decode(one_hot: npt.ArrayLike) -> Array:
    """Read the class indices back from one-hot rows.

    The inverse of the function `one_hot`. A row of probabilities is rejected: choosing the most
    likely class is a decision (``probs.argmax(axis=-1)``), not a decoding.

    Parameters
    ----------
    one_hot : array_like, shape (..., K)
        Rows with one 1 and K−1 zeros.

    Returns
    -------
    numpy.ndarray of int, shape (...)
        The position of the 1 in each row.

    Raises
    ------
    ValueError
        If a row is not one-hot.

    Examples
    --------
    >>> decode([[1, 0, 0], [0, 0, 1], [0, 1, 0]])
    array([0, 2, 1])
    """
    table = check.number_array(one_hot, "one_hot")
    check.class_axis(table, -1, "one_hot")
    ones = (table == 1).sum(axis=-1)
    zeros = (table == 0).sum(axis=-1)
    wrong = (ones != 1) | (zeros != table.shape[-1] - 1)
    if wrong.any():
        row = check.first(wrong)
        raise ValueError(
            f"row {check.shown(row)} of one_hot is not one-hot (one 1, the rest 0): "
            f"{np.atleast_2d(table)[row].tolist()}"
        )
    return table.argmax(axis=-1)


def smooth_labels(labels: npt.ArrayLike, num_classes: int, label_smoothing: float) -> Array:
    r"""Spread a share ε of each label's certainty evenly over all classes.

    .. math:: q_k = (1 - ε)\, y_k + ε / K

    The target of a hard label gets 1 − ε + ε/K, every other class ε/K.

    Parameters
    ----------
    labels : array_like of int, shape (...), or of float, shape (..., K)
        Class indices, or distributions to smooth further. The dtype decides: a one-hot table
        of integers is read as indices 0 and 1.
    num_classes : int
        K.
    label_smoothing : float
        ε in [0, 1]. 0 changes nothing, 1 makes every row uniform.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Rows that sum to 1.

    Raises
    ------
    ValueError
        If `label_smoothing` is outside [0, 1], or soft labels are not distributions of K classes.
    IndexError
        If a hard label is outside 0..K−1.
    TypeError
        If the labels are neither integers nor floats.

    References
    ----------
    Szegedy, C., Vanhoucke, V., Ioffe, S., Shlens, J. and Wojna, Z. (2016). Rethinking the
    Inception architecture for computer vision. *CVPR*.

    Examples
    --------
    >>> smooth_labels([0, 2], 3, 0.3).round(6)
    array([[0.8, 0.1, 0.1],
           [0.1, 0.1, 0.8]])
    """
    num_classes = check.positive_integer(num_classes, "num_classes")
    label_smoothing = check.fraction(label_smoothing, "label_smoothing")
    q = check.number_array(labels, "labels")
    if q.dtype.kind == "f":
        if q.ndim == 0 or q.shape[-1] != num_classes:
            raise ValueError(
                f"soft labels have shape {q.shape}, expected (..., {num_classes}): one column for "
                f"each of the num_classes={num_classes} classes"
            )
        q = check.distribution_array(q, "labels")
    else:
        q = one_hot(q, num_classes)
    return (1 - label_smoothing) * q + label_smoothing / num_classes


def to_signs(labels: npt.ArrayLike) -> Array:
    """Turn labels 0 and 1 into signs −1 and +1: s = 2y − 1.

    Parameters
    ----------
    labels : array_like, any shape
        Zeros and ones (integers, floats or booleans).

    Returns
    -------
    numpy.ndarray, same shape
        −1 for 0 and +1 for 1. Floats keep their precision, anything else becomes int64.

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1.

    Examples
    --------
    >>> to_signs([0, 1, 1])
    array([-1,  1,  1])
    """
    return 2 * _two_valued(labels, "labels", 0, 1) - 1


def to_labels(signs: npt.ArrayLike) -> Array:
    """Turn signs −1 and +1 into labels 0 and 1: y = (s + 1) / 2.

    Parameters
    ----------
    signs : array_like, any shape
        Minus ones and ones.

    Returns
    -------
    numpy.ndarray, same shape
        0 for −1 and 1 for +1. Floats keep their precision, integers become int64.

    Raises
    ------
    ValueError
        If a sign is neither −1 nor +1.

    Examples
    --------
    >>> to_labels([-1, 1, 1])
    array([0, 1, 1])
    """
    return np.maximum(_two_valued(signs, "signs", -1, 1), 0)


def _two_valued(x: npt.ArrayLike, name: str, low: int, high: int) -> Array:
    """Return `x` as floats or int64 (in uint8, −1 would be 255), every entry `low` or `high`."""
    array = check.number_array(x, name)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    wrong = (array != low) & (array != high)
    if wrong.any():
        position = check.first(wrong)
        raise ValueError(
            f"{name} must be {low} or {high}, got {check.value_at(array, position)} "
            f"at position {check.shown(position)}"
        )
    return array if array.dtype.kind == "f" else array.astype(np.int64)
