"""Input checks shared by all functions.

Each raises an error that says what was wrong, where, and what was expected.
"""

from __future__ import annotations

import numbers
import operator
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from ._types import Array

# A table rounded to four digits passes as a distribution; one that lost a class does not.
SUM_TOLERANCE = 1e-3

Reduction = Literal["none", "mean", "sum"]
REDUCTIONS = get_args(Reduction)


def number_array(x: npt.ArrayLike, name: str) -> Array:
    """Return `x` as an array of numbers; reject text, None, dates and ragged lists."""
    parts = x if isinstance(x, list | tuple) else [x]
    if any(isinstance(part, np.ma.MaskedArray) and np.any(part.mask) for part in parts):
        raise TypeError(
            f"{name} has masked entries, which NumPy would use; fill or drop them first"
        )
    try:
        # In C order, because NumPy sums with small errors only along a contiguous axis.
        array = np.asarray(x, order="C")
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows differ in length ({error})") from None
    except (RuntimeError, TypeError) as error:  # as from a tensor that requires grad, or bfloat16
        raise TypeError(
            f"{name} is a {type(x).__name__} that NumPy cannot read ({error}); "
            f"for a tensor, pass x.detach().cpu().double().numpy()"
        ) from None
    if array.dtype.kind == "O" and all(isinstance(v, numbers.Number) for v in array.flat):
        raise TypeError(
            f"{name} holds numbers that no NumPy dtype can represent (integers beyond 64 bits, "
            f"fractions, or mixed types); pass floats"
        )
    if array.dtype.kind not in "biufc":  # boolean, signed and unsigned integer, float, complex
        raise TypeError(f"{name} must hold numbers, got dtype {array.dtype}")
    return array


def float_array(x: npt.ArrayLike, name: str) -> Array:
    """Return `x` in the precision of the computation; accept complex numbers."""
    array = number_array(x, name)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype == np.float16:
        return array.astype(np.float32)  # float16 overflows at 65504 and has only three digits
    return array


def class_axis(x: Array, axis: int, name: str) -> int:
    """Return `axis` counted from 0, after checking that it has at least one class."""
    if x.ndim == 0:
        raise ValueError(f"{name} must have an axis of classes, got the single number {x}")
    axis = normalize_axis_index(integer(axis, "axis"), x.ndim)
    if x.shape[axis] == 0:
        raise ValueError(f"{name} of shape {x.shape} has no classes on axis {axis}")
    return axis


def real_array(x: npt.ArrayLike, name: str) -> Array:
    """Return `x` as a real floating-point array."""
    array = float_array(x, name)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    return array


def probability_array(p: npt.ArrayLike, name: str, *, complex_passes: bool = False) -> Array:
    """Return `p` as a floating-point array with every entry in [0, 1] or NaN.

    With `complex_passes`, complex numbers are accepted, and their real parts are checked.
    """
    array = float_array(p, name) if complex_passes else real_array(p, name)
    real = array.real
    outside = (real < 0) | (real > 1)  # False for NaN, which propagates to the result
    if outside.any():
        # Divisions and sums may round 1 up, by a few eps; such values count as 1.
        rounded = (real > 1) & (real <= 1 + 4 * np.finfo(real.dtype).eps)
        array = np.where(rounded, 1 + 1j * array.imag if array.dtype.kind == "c" else 1, array)
        outside &= ~rounded
    if outside.any():
        position = first(outside)
        raise ValueError(
            f"{name} must lie in [0, 1], but row {position[0]} holds {value_at(array, position)} "
            f"(at position {shown(position)})"
        )
    return array + 0  # turns −0.0 into 0.0, so that 1/p is +∞


def distribution_array(p: npt.ArrayLike, name: str, *, complex_passes: bool = False) -> Array:
    """Return `p` as a floating-point array whose rows (last axis) each sum to 1."""
    array = probability_array(p, name, complex_passes=complex_passes)
    class_axis(array, -1, name)
    totals = array.real.sum(axis=-1)
    wrong = np.abs(totals - 1) > SUM_TOLERANCE
    if wrong.any():
        position = first(wrong)
        raise ValueError(
            f"{name} must sum to 1 over the last axis, "
            f"but row {shown(position)} sums to {value_at(totals, position)}"
        )
    return array


def same_shape(first_array: Array, first_name: str, other: Array, name: str) -> None:
    """Reject shapes that differ, because broadcasting them would hide a mistake."""
    if first_array.shape != other.shape:
        raise ValueError(
            f"{first_name} of shape {first_array.shape} and {name} of shape {other.shape} "
            f"do not match; nothing is broadcast"
        )


def index_array(labels: npt.ArrayLike, num_classes: int, ignore_index: int | None) -> Array:
    """Return integer `labels`, each within 0..num_classes−1 or equal to `ignore_index`."""
    array = number_array(labels, "labels")
    if array.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers (class indices), got dtype {array.dtype}")
    outside = (array < 0) | (array >= num_classes)
    if ignore_index is not None:
        outside &= array != ignore_index
    if outside.any():
        position = first(outside)
        raise IndexError(
            f"label {value_at(array, position)} at position {shown(position)} "
            f"is outside 0..{num_classes - 1} (num_classes={num_classes})"
        )
    return array


def class_indices(
    labels: npt.ArrayLike, shape: tuple[int, ...], ignore_index: int | None = None
) -> Array:
    """Return integer labels (…) that match predictions of the given shape (…, K)."""
    array = number_array(labels, "labels")
    if array.size == 0 and array.shape == shape[:-1]:
        array = array.astype(int)  # an empty list becomes float64, which says nothing
    if array.dtype.kind in "iu" and array.shape != shape[:-1]:
        hint = "; decode(labels) reads them from a one-hot table" if array.shape == shape else ""
        raise ValueError(
            f"integer labels have shape {array.shape}, but predictions of shape {shape} "
            f"need class indices of shape {shape[:-1]}{hint}"
        )
    return index_array(array, shape[-1], integer_or_none(ignore_index, "ignore_index"))


def label_array(
    labels: npt.ArrayLike, shape: tuple[int, ...], ignore_index: int | None = None
) -> Array:
    """Return labels that match predictions of the given shape (…, K).

    The dtype decides: integers are class indices (…), floats are distributions (…, K).
    """
    array = number_array(labels, "labels")
    if array.dtype.kind in "iu" or (array.size == 0 and array.shape == shape[:-1]):
        return class_indices(array, shape, ignore_index)
    if array.dtype.kind != "f":
        raise TypeError(
            f"labels must be integers (class indices) or floats (distributions), "
            f"got dtype {array.dtype}"
        )
    if array.shape != shape and array.shape == shape[:-1]:
        if np.isnan(array).any():
            position = first(np.isnan(array))
            raise ValueError(
                f"labels hold NaN at position {shown(position)}: a label is missing there; drop "
                f"these rows, or fill in an integer and pass it as ignore_index"
            )
        raise TypeError(
            f"labels of shape {array.shape} have dtype {array.dtype}, and floats are read as "
            f"distributions of shape {shape}; class indices must be integers: labels.astype(int)"
        )
    if array.shape != shape:
        raise ValueError(
            f"soft labels have shape {array.shape}, but predictions have shape {shape}; "
            f"they must be equal, nothing is broadcast"
        )
    if ignore_index is not None:
        raise ValueError("ignore_index needs integer labels; soft labels have no index to ignore")
    return distribution_array(array, "labels")


def class_weights(weight: npt.ArrayLike, num_classes: int, dtype: npt.DTypeLike) -> Array:
    """Return one weight per class, in double precision; reject weights too large for `dtype`."""
    wide = weight_array(weight, "weight", np.result_type(dtype, np.float64))
    weight_array(wide, "weight", dtype)  # only to refuse what overflows in `dtype`
    if wide.shape != (num_classes,):
        raise ValueError(
            f"weight has shape {wide.shape}, expected ({num_classes},): one weight per class"
        )
    return wide


def weight_array(weight: npt.ArrayLike, name: str, dtype: npt.DTypeLike) -> Array:
    """Return weights as an array of `dtype`, in which every entry is finite and ≥ 0."""
    with np.errstate(over="ignore", under="ignore"):  # 1e39 becomes ∞ in float32 and is rejected
        array = real_array(weight, name).astype(dtype)
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        position = first(wrong)
        raise ValueError(
            f"{name} must be finite and not negative, "
            f"got {value_at(array, position)} at position {shown(position)}"
        )
    return array


def real_number(value: float, name: str) -> float:
    """Return `value` as a Python float, which leaves a float32 array float32."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} is too large for a float") from None


def positive_number(value: float, name: str, dtype: npt.DTypeLike = np.float64) -> float:
    """Return `value` as a float; it must be > 0 and finite, also in the precision of the data."""
    number = real_number(value, name)
    with np.errstate(over="ignore", under="ignore"):
        rounded = float(np.asarray(number, dtype))
    if not 0 < rounded < np.inf:
        why = "" if rounded == number or np.isnan(number) else f", which is {rounded} in {dtype}"
        raise ValueError(f"{name} must be positive and finite, got {number}{why}")
    return number


def nonnegative_number(value: float, name: str) -> float:
    """Return `value` as a float; it must be ≥ 0 and finite."""
    number = real_number(value, name)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be finite and not negative, got {number}")
    return number


def fraction(value: float, name: str) -> float:
    """Return `value` as a float; it must lie in [0, 1]."""
    number = real_number(value, name)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {number}")
    return number


def integer(value: int, name: str) -> int:
    """Return `value` as a Python int; reject True and False."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None


def positive_integer(value: int, name: str) -> int:
    """Return `value` as a Python int ≥ 1."""
    number = integer(value, name)
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def integer_or_none(value: int | None, name: str) -> int | None:
    """Return `value` as a Python int, or None."""
    return None if value is None else integer(value, name)


def reduction(name: str) -> None:
    """Reject an unknown reduction."""
    if name not in REDUCTIONS:
        raise ValueError(f"unknown reduction {name!r}; choose one of {REDUCTIONS}")


def out(array: Array, result: Array) -> None:
    """Reject an output array whose type, shape or dtype differs from that of the result."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"out must be a NumPy array, got {type(array).__name__}")
    if array.shape != result.shape or array.dtype != result.dtype:
        raise ValueError(
            f"out has shape {array.shape} and dtype {array.dtype}, "
            f"but the result has shape {result.shape} and dtype {result.dtype}"
        )
    if not array.flags.writeable:
        raise ValueError("out is read-only; pass a writeable array")


def first(mask: Array) -> tuple[int, ...]:
    """Return the index of the first True; a single number or row counts as row 0."""
    return tuple(int(i) for i in np.argwhere(np.atleast_1d(mask))[0])


def value_at(array: Array, position: tuple[int, ...]) -> float | int:
    """Return one entry as a plain Python number, which prints without its dtype."""
    return np.atleast_1d(array)[position].item()


def shown(position: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return a position along a single axis as 3, not as (3,)."""
    return position[0] if len(position) == 1 else position
