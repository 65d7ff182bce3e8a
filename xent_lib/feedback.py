"""Checks for exercises that name the mistake in a wrong answer.

An exercise asks for a function. Its check calls the student's function on several cases and
compares the results with those of a correct one. If they differ, it tries the known mistakes: a
mistake that gives the same wrong results is most likely the one that the student made.
"""

from __future__ import annotations

import copy
import reprlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_NUMBERS = "biufc"  # dtype kinds: boolean, signed and unsigned integer, float, complex

_scores: dict[str, tuple[float, float]] = {}  # exercise: (points earned, points possible)


class NotSolved(AssertionError):
    """Raised by `check`; its message says in one line what is wrong."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the message without a traceback."""
        return [str(self)]


def check(
    exercise: str,
    answer: Any,
    expected: Any,
    cases: Sequence[Any] = ((),),
    mistakes: Mapping[str, Any] | None = None,
    *,
    points: float | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-12,
) -> None:
    """Compare an answer with the expected one, and name the mistake that it resembles.

    Two results are equal if they have the same shape and equal entries: numbers up to a
    tolerance, anything else exactly. Two calls that raise the same type of error also count as
    equal. Warnings are suppressed.

    Parameters
    ----------
    exercise : str
        Name of the exercise, for the messages and the score.
    answer : callable, or a value
        The student's answer.
    expected : callable, or a value
        A correct answer.
    cases : sequence, optional
        Arguments of the calls, one entry per call: a tuple of arguments, or a single argument
        that is not itself a tuple. By default, a single call without arguments.
    mistakes : mapping from str to callable (or value), optional
        Known mistakes: for each, a sentence that describes it and a function that makes it.
        Only mistakes that agree with the answer in its first wrong case are considered; the one
        that agrees in the most cases is reported. If that wrong result is a single boolean,
        string or integer, the mistake must agree in all cases.
    points : float, optional
        Points for a correct answer. A check without points prints nothing if the answer passes;
        if it fails, the points already earned for the exercise are lost.
    rtol, atol : float, optional
        Tolerances for numbers, as in `numpy.allclose`.

    Returns
    -------
    None

    Raises
    ------
    NotSolved
        If the answer is wrong, or still raises NotImplementedError. A notebook shows only its
        message.

    Examples
    --------
    >>> def double(x):
    ...     return x**2
    >>> mistakes = {"You squared it.": lambda x: x * x}
    >>> check("1 Double", double, lambda x: 2 * x, cases=[2, 3], mistakes=mistakes, points=2)
    Traceback (most recent call last):
    xent_lib.feedback.NotSolved: ✗ 1 Double: You squared it. double(3) gives 9, expected 6.
    >>> def double(x):
    ...     return x + x
    >>> check("1 Double", double, lambda x: 2 * x, cases=[2, 3], mistakes=mistakes, points=2)
    ✓ 1 Double: 2 of 2 points. So far: 2 of 2.
    """
    calls = [case if isinstance(case, tuple) else (case,) for case in cases]
    got = [_result(answer, call) for call in calls]
    wanted = [_result(expected, call) for call in calls]
    right = _agreement(got, wanted, rtol, atol)

    if points is not None:
        _scores[exercise] = (points, points)
    if all(right):
        if points is not None:
            print(f"✓ {exercise}: {points:g} of {points:g} points. So far: {_total()}.")
        return
    if exercise in _scores:
        _scores[exercise] = (0, _scores[exercise][1])

    if any(isinstance(result, NotImplementedError) for result in got):
        raise NotSolved(f"✗ {exercise}: not done yet.")
    first = right.index(False)
    # Two wrong answers can agree by chance in a boolean or a count, but hardly in a float or table.
    result = _array(got[first])
    needed = 1 if result.dtype.kind in "fc" or result.size > 1 else len(calls)
    message = ""
    for sentence, mistake in (mistakes or {}).items():
        agrees = _agreement(got, [_result(mistake, call) for call in calls], rtol, atol)
        if agrees[first] and sum(agrees) >= needed:
            message, needed = f"{sentence} ", sum(agrees) + 1
    difference = _difference(answer, calls[first], got[first], wanted[first])
    raise NotSolved(f"✗ {exercise}: {message}{difference}")


def score() -> None:
    """Print the points of each exercise checked so far, and their total.

    Returns
    -------
    None

    Examples
    --------
    >>> check("2 Half", lambda x: x / 2, lambda x: 0.5 * x, cases=[4, 5], points=3)
    ✓ 2 Half: 3 of 3 points. So far: 5 of 5.
    >>> score()
    1 Double: 2 of 2
    2 Half: 3 of 3
    Total: 5 of 5 points
    """
    for exercise, (earned, possible) in _scores.items():
        print(f"{exercise}: {earned:g} of {possible:g}")
    print(f"Total: {_total()} points")


def _total() -> str:
    """Return the points earned and possible in the exercises so far, as "5 of 5"."""
    earned = sum(earned for earned, _ in _scores.values())
    return f"{earned:g} of {sum(possible for _, possible in _scores.values()):g}"


def _result(answer: Any, arguments: tuple[Any, ...]) -> Any:
    """Return the answer's value for these arguments, or the exception that it raises."""
    if not callable(answer):
        return answer
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return answer(*copy.deepcopy(arguments))  # the answer may modify its arguments
        except Exception as error:
            return error


def _agreement(
    results: Sequence[Any], others: Sequence[Any], rtol: float, atol: float
) -> list[bool]:
    """Return for each call whether the two results are equal."""
    return [_same(one, other, rtol, atol) for one, other in zip(results, others, strict=True)]


def _same(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Return whether two results are equal: numbers up to a tolerance, errors by type."""
    if isinstance(one, Exception) or isinstance(other, Exception):
        return type(one) is type(other)
    one, other = _array(one), _array(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in _NUMBERS and other.dtype.kind in _NUMBERS:
        return np.allclose(one, other, rtol, atol, equal_nan=True)
    try:
        return one.dtype.kind == other.dtype.kind and bool((one == other).all())
    except ValueError:  # arrays inside lists or dictionaries have no single truth value
        return False


def _array(result: Any) -> np.ndarray[Any, Any]:
    """Return a result as an array; rows of different lengths remain lists."""
    try:
        return np.asarray(result)
    except ValueError:
        return np.asarray(result, dtype=object)


def _difference(answer: Any, arguments: tuple[Any, ...], got: Any, wanted: Any) -> str:
    """Return one line with the call, its result and the expected result."""
    if not callable(answer):
        return f"Your answer is {_shown(got)}."
    call = f"{_shown(answer)}({', '.join(map(_shown, arguments))})"
    if isinstance(got, Exception):
        return f"{call} raises {_shown(got)}."
    if got is None:
        return f"{call} gives None. Is a return statement missing?"
    if not arguments:  # the expected value would give the solution away
        return f"{call} gives {_shown(got)}."
    kind = "the error " if isinstance(wanted, Exception) else ""
    return f"{call} gives {_shown(got)}, expected {kind}{_shown(wanted)}."


def _shown(value: Any) -> str:
    """Return a value as one short line."""
    if isinstance(value, np.generic):
        value = value.item()  # so that np.int64(3) is shown as 3
    if isinstance(value, Exception):
        text = f"{type(value).__name__}: {value}"
    elif callable(value):
        text = getattr(value, "__name__", "the function")
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, np.ndarray):
        text = np.array2string(value, precision=6, separator=", ", threshold=12, edgeitems=2)
    else:
        text = _short.repr(value)
    return " ".join(text.split())


_short = reprlib.Repr()
_short.maxlevel, _short.maxlist, _short.maxother = 4, 8, 60
