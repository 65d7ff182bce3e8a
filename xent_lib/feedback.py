"""Checks for exercises, which say what mistake a wrong answer looks like.

An exercise asks for a function. Its check calls that function on some cases and compares the
results with those of the right function. Where they differ, it tries the known mistakes: the
one that gives the same wrong results is most likely the one that was made.
"""

from __future__ import annotations

import copy
import reprlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_NUMBERS = "biufc"  # the kinds: booleans, integers, unsigned ones, floats, complex

_scores: dict[str, tuple[float, float]] = {}  # of each exercise seen: points earned, and possible


class NotSolved(AssertionError):
    """What `check` raises: one line that says what is wrong."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the line, without the way that led to it."""
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
    """Compare an answer with what is expected, and say what mistake it looks like.

    Results are the same if they have the same shape and agree in each number, in each letter of
    a text, or in the kind of error that they raise. Warnings are not shown.

    Parameters
    ----------
    exercise : str
        Its name, for the messages and the score.
    answer : callable, or a value
        What the student wrote.
    expected : callable, or a value
        What the answer should give.
    cases : sequence, optional
        The arguments of each call: a tuple of several, or a single one that is no tuple. Without
        it, there is one call with no argument.
    mistakes : mapping from str to callable (or value), optional
        For each known mistake a sentence that tells it, and a function that makes it. Of those
        that agree with the answer where it first fails, the one that agrees in most cases is
        reported; if the result there is but a yes, a no, a word or a count, it has to agree in all.
    points : float, optional
        What the exercise is worth. A check without points is silent when the answer passes; when
        it fails, the points that the exercise had earned are lost.
    rtol, atol : float, optional
        How near numbers must be, as in `numpy.allclose`.

    Returns
    -------
    None

    Raises
    ------
    NotSolved
        If the answer is wrong, or not there yet (NotImplementedError). In a notebook only its
        message is shown.

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
    # By chance two wrong answers agree in a yes or a count, but hardly in digits or in a table.
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
    """Print the points of each exercise checked so far, and their sum.

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
    in all: 5 of 5 points
    """
    for exercise, (earned, possible) in _scores.items():
        print(f"{exercise}: {earned:g} of {possible:g}")
    print(f"in all: {_total()} points")


def _total() -> str:
    """Return the points earned of those possible in the exercises seen so far."""
    earned = sum(earned for earned, _ in _scores.values())
    return f"{earned:g} of {sum(possible for _, possible in _scores.values()):g}"


def _result(answer: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what the answer gives for these arguments: a value, or the exception it raises."""
    if not callable(answer):
        return answer
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return answer(*copy.deepcopy(arguments))  # a copy, for an answer that changes them
        except Exception as error:
            return error


def _agreement(
    results: Sequence[Any], others: Sequence[Any], rtol: float, atol: float
) -> list[bool]:
    """Whether the two results agree, for each call."""
    return [_same(one, other, rtol, atol) for one, other in zip(results, others, strict=True)]


def _same(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Whether two results agree: numbers nearly, all else exactly, errors in their kind."""
    if isinstance(one, Exception) or isinstance(other, Exception):
        return type(one) is type(other)
    one, other = _array(one), _array(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in _NUMBERS and other.dtype.kind in _NUMBERS:
        return np.allclose(one, other, rtol, atol, equal_nan=True)
    try:
        return one.dtype.kind == other.dtype.kind and bool((one == other).all())
    except ValueError:  # arrays inside lists or dictionaries, which are neither true nor false
        return False


def _array(result: Any) -> np.ndarray[Any, Any]:
    """Return a result as an array; rows of different lengths stay the lists they are."""
    try:
        return np.asarray(result)
    except ValueError:
        return np.asarray(result, dtype=object)


def _difference(answer: Any, arguments: tuple[Any, ...], got: Any, wanted: Any) -> str:
    """Return the call, what it gave, and what was expected."""
    if not callable(answer):
        return f"Your answer is {_shown(got)}."
    call = f"{_shown(answer)}({', '.join(map(_shown, arguments))})"
    if isinstance(got, Exception):
        return f"{call} raises {_shown(got)}."
    if got is None:
        return f"{call} gives None: is its return missing?"
    if not arguments:  # then what is expected is the solution, which is not given away
        return f"{call} gives {_shown(got)}."
    kind = "the error " if isinstance(wanted, Exception) else ""
    return f"{call} gives {_shown(got)}, expected {kind}{_shown(wanted)}."


def _shown(value: Any) -> str:
    """Return a value in one short line."""
    if isinstance(value, np.generic):
        value = value.item()  # np.int64(3) is 3
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
