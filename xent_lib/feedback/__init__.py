"""Checks for exercises that name the mistake in a wrong answer.

An exercise asks for a function. Its check calls the student's function on several cases and
compares the results with those of a correct one. If they differ, it tries the known mistakes: a
mistake that gives the same wrong results is most likely the one that the student made.

The exercises of the book are in the modules `chapter_01` to `chapter_12`.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import os
import reprlib
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Number
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import numpy as np

import xent_lib

EPSILONS = [10.0**-k for k in range(3, 21)] + [
    float(np.finfo(dtype).eps) for dtype in (np.float32, np.float64)
]
"""The small numbers that people put into logarithms."""

_LIBRARY = str(Path(__file__).parents[1]) + os.sep
_allclose, _asarray = np.allclose, np.asarray  # an answer may replace those of NumPy
_NUMBERS = "biufc"  # dtype kinds: boolean, signed and unsigned integer, float, complex

_scores: dict[str, tuple[float, float]] = {}  # exercise: (points earned, points possible)


class NotSolved(AssertionError):
    """Raised by `check_exercise`; its message says in one line what is wrong."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the message without a traceback."""
        return [str(self)]


class Mistake:
    """A mistake that comes in several variants, or leaves some points.

    Parameters
    ----------
    *variants : callable, or a value
        What the mistake computes, in each of its variants.
    points : float, optional
        Points for an answer that agrees with one of the variants in every case: it is right
        except for this mistake.
    """

    def __init__(self, *variants: Any, points: float = 0) -> None:
        self.variants, self.points = variants, points


class Outcome(str):
    """What an answer achieves, in words; a message shows it without quotation marks."""


@dataclass(frozen=True)
class Exercise:
    """What the check of an exercise knows.

    Parameters
    ----------
    title : str
        A word or two, for the messages.
    points : float
        Points for a correct answer.
    function : str
        Name of the student's function.
    right : callable, or a value
        A correct answer; a value if the student's function takes no arguments.
    cases : sequence, optional
        Arguments of the calls, one entry per call: a tuple of arguments, or a single argument
        that is not itself a tuple. By default, a single call without arguments. Students see the
        case in which their answer is wrong.
    mistakes : mapping from str to callable, value or Mistake, optional
        Known mistakes: for each, a sentence that describes it and a function that makes it.
        Only mistakes that agree with the answer in its first wrong case are considered; the one
        that agrees in the most cases is reported. If that wrong result is a single boolean,
        string or integer, the mistake must agree in all cases.
    may_use : sequence of str, optional
        Functions of the library that the answer may call. It is refused if it calls another one.
    observed : pair of str and callable, optional
        What is compared in place of the result: its name for the message, and a function of the
        result, as an array, and the arguments that returns it, such as an `Outcome`, or raises an
        error if the result is useless. `right` and `mistakes` return what is compared themselves.
    unchanged : bool, optional
        Whether the answer must leave its arguments as they are.
    rtol, atol : float, optional
        Tolerances for numbers, as in `numpy.allclose`; 1e3 and 1e6 times as large if an argument
        has single precision.

    Notes
    -----
    Two results are equal if they have the same shape and equal entries: numbers up to a
    tolerance, anything else exactly. Where an error is expected, an error of the same type or of
    a subclass counts as equal. Warnings are suppressed.
    """

    title: str
    points: float
    function: str
    right: Any
    cases: Sequence[Any] = ((),)
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    may_use: Sequence[str] = ()
    observed: tuple[str, Callable[..., Any]] | None = None
    unchanged: bool = False
    rtol: float = 1e-6
    atol: float = 1e-12


def about(text: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is a case of a check, described for the message by this text.

    Examples
    --------
    >>> half = about("Half of it.", lambda x: x / 2)
    >>> half.__name__, half.__doc__
    ('f', 'Half of it.')
    """
    function.__name__, function.__doc__ = "f", text
    return function


def check_exercise(
    exercise: str, *, hidden: Callable[..., Sequence[Any]] | None = None
) -> float | None:
    """Check the student's answer to an exercise of the book.

    The answer is the function of the notebook with the name that the exercise asks for. The call
    binds no name in the notebook.

    Parameters
    ----------
    exercise : str
        Chapter and number of the exercise, as ``"03.2"``.
    hidden : callable, optional
        Returns more cases, for grading. Its parameters are any of `np`, `rng` (a random
        generator), `cases` (those that students see), `about` and the names of `xent_lib`. The
        answer is then judged by all cases together, and nothing is printed if it is right.

    Returns
    -------
    float or None
        The points of an answer that is right in part, if there are hidden cases: nbgrader reads
        them from the output of the cell. Otherwise None.

    Raises
    ------
    NotSolved
        If the answer gets no points. A notebook shows only its message.

    Examples
    --------
    >>> def predicted_bits():
    ...     return 2.25
    >>> check_exercise("03.1")
    Traceback (most recent call last):
    xent_lib.feedback.NotSolved: ✗ 1 Code words: This is the plain mean of the four lengths. \
Weight each length by the probability of its letter. predicted_bits() gives 2.25.
    """
    chapter, _, number = exercise.partition(".")
    module = importlib.import_module(f"{__name__}.chapter_{chapter}")
    task: Exercise = getattr(module, f"exercise_{number}")()
    label = f"{number} {task.title}"
    notebook = sys._getframe(1).f_globals
    if task.function not in notebook:
        raise NotSolved(f"✗ {label}: there is no {task.function} yet. Run the cell above first.")
    cases = list(task.cases)
    if hidden is not None:
        rng = np.random.default_rng(0)
        known = vars(xent_lib) | {"np": np, "rng": rng, "cases": cases, "about": about}
        cases = [*cases, *hidden(*(known[name] for name in inspect.signature(hidden).parameters))]

    earned, message = _judge(notebook[task.function], task, cases)
    before = _scores.get(label)
    _scores[label] = (earned, task.points)
    if earned == 0:
        raise NotSolved(f"✗ {label}: {message}")
    points = f"{label}: {earned:g} of {task.points:g} points. "
    if message and (hidden is None or before != _scores[label]):
        print(f"◐ {points}{message}")
    elif hidden is None:
        print(f"✓ {points}So far: {_total()}.")
    return _Points(earned) if message and hidden is not None else None


class _Points(float):
    """Points that nbgrader reads from the output, however the notebook shows other numbers."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self)}


def score() -> None:
    """Print the points of each exercise checked so far, and their total.

    Returns
    -------
    None

    Examples
    --------
    >>> def predicted_bits():
    ...     return 2.625
    >>> check_exercise("03.1")
    ✓ 1 Code words: 2 of 2 points. So far: 2 of 2.
    >>> score()
    1 Code words: 2 of 2
    Total: 2 of 2 points
    """
    for exercise, (earned, possible) in _scores.items():
        print(f"{exercise}: {earned:g} of {possible:g}")
    print(f"Total: {_total()} points")


def _total() -> str:
    """Return the points earned and possible in the exercises so far, as "5 of 5"."""
    earned = sum(earned for earned, _ in _scores.values())
    return f"{earned:g} of {sum(possible for _, possible in _scores.values()):g}"


def _judge(answer: Any, task: Exercise, cases: Sequence[Any]) -> tuple[float, str]:
    """Return the points of an answer, and what is wrong with it: nothing, if it is right."""
    calls = [case if isinstance(case, tuple) else (case,) for case in cases]
    wanted = [_result(task.right, copy.deepcopy(call)) for call in calls]
    used: set[str] = set()
    got, changed = [], False
    before = sys.getprofile()
    try:  # code of the answer may also run later: when values are looked at, or thrown away
        sys.setprofile(_watcher(used, sum(calls, ()), direct=False))
        for call in calls:
            arguments = copy.deepcopy(call)
            given = tuple(map(_unnamed, arguments))
            got.append(_result(answer, given, used))
            changed |= not all(map(_same, arguments, call))
        got = [_observed(task, result, call) for result, call in zip(got, calls, strict=True)]
        right = [_agree(task, *each) for each in zip(calls, got, wanted, strict=True)]
    finally:
        sys.setprofile(before)

    if any(isinstance(result, NotImplementedError) for result in got):
        return 0, "not done yet."
    borrowed = sorted(used - {f"xent_lib.{name}" for name in task.may_use})
    if all(right) and borrowed:
        return 0, f"{task.function} calls {borrowed[0]}. Write it yourself."
    if all(right) and changed and task.unchanged:
        return 0, f"The result is right, but {task.function} changes its arguments. Use a copy."
    if all(right):
        return task.points, ""

    first = right.index(False)
    # Two wrong answers can agree by chance in a boolean or a count, but hardly in a float or table.
    result = _array(got[first])
    needed = 1 if result.dtype.kind in "fc" or result.size > 1 else len(calls)
    earned, message = 0.0, ""
    for sentence, mistake in task.mistakes.items():
        known = mistake if isinstance(mistake, Mistake) else Mistake(mistake)
        for variant in known.variants:

            def agrees(place: int, variant: Any = variant) -> bool:
                wrong = _result(variant, copy.deepcopy(calls[place]))
                return _agree(task, calls[place], got[place], wrong)

            if not agrees(first):  # rules out most mistakes, some of which take long to compute
                continue
            agreed = sum(map(agrees, range(len(calls))))
            if agreed >= needed:
                message, needed = f"{sentence} ", agreed + 1
                earned = known.points if agreed == len(calls) and not borrowed else 0
    return earned, message + _difference(answer, task, calls[first], got[first], wanted[first])


def _result(answer: Any, arguments: tuple[Any, ...], used: set[str] | None = None) -> Any:
    """Return the answer's value for these arguments, or the exception that it raises.

    If `used` is given, the functions of the library that the answer calls are added to it.
    """
    if not callable(answer):
        return answer
    before, of_threads = sys.getprofile(), threading.getprofile()
    watch = before if used is None else _watcher(used, arguments)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            sys.setprofile(watch)
            threading.setprofile(watch)  # of those that the answer starts
            result = answer(*arguments)
            if isinstance(result, Exception):
                return _Unusable(result)
            with suppress(ValueError):  # rows of different lengths
                np.asarray(result)  # an object may call the library only now
            if used is not None and sys.getprofile() is not watch:
                used.add("sys.setprofile")
            return result
        except Exception as error:
            return error
        finally:
            sys.setprofile(before)
            threading.setprofile(of_threads)


def _unnamed(value: Any) -> Any:
    """Return a function without its name and docstring, which may say what the answer should."""
    if not isinstance(value, FunctionType):
        return value
    unnamed = FunctionType(
        value.__code__, value.__globals__, "f", value.__defaults__, value.__closure__
    )
    unnamed.__kwdefaults__ = value.__kwdefaults__
    unnamed.__qualname__, unnamed.__doc__ = "f", None
    return unnamed


def _watcher(
    used: set[str], arguments: Sequence[Any], direct: bool = True
) -> Callable[[FrameType, str, Any], None]:
    """Return a profiler that notes which functions of the library an answer calls.

    The functions among its arguments are the answer's to call, and may call what they like.
    `direct` says whether what `_result` calls is the answer, and may itself be of the library.
    """
    given = [getattr(argument, "__code__", None) for argument in arguments]

    def watch(frame: FrameType, event: str, _: Any) -> None:
        caller = frame.f_back
        if event != "call" or not _in_library(frame) or caller is None or frame.f_code in given:
            return
        answered = direct and caller.f_code is _result.__code__
        if answered or not (_calls(caller, frame) or caller.f_code in given):
            used.add(f"xent_lib.{frame.f_code.co_name}")

    return watch


def _calls(caller: FrameType, frame: FrameType) -> bool:
    """Return whether the library calls its own function, and not what an answer had it call.

    It may, for example, make an array of an object whose `__iter__` is such a function.
    """
    names = caller.f_code.co_names + caller.f_code.co_freevars
    name = frame.f_code.co_name
    return _in_library(caller) and (name in names or name not in xent_lib.__all__)


def _in_library(frame: FrameType) -> bool:
    """Return whether the code of a frame is that of `xent_lib`."""
    return frame.f_code.co_filename.startswith(_LIBRARY)


def _observed(task: Exercise, result: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what is compared of a result: itself, unless the exercise says otherwise."""
    if task.observed is None or result is None or isinstance(result, Exception | _Unusable):
        return result
    table = _array(result)
    if table.ndim == 0 and table.dtype.kind == "U":
        return _Unusable(result)  # even if it says what the message expects
    observe = task.observed[1]
    # The numbers, not the result: an array or list of a class of its own could say anything.
    # A generator, say, cannot be copied: that is the student's mistake, too.
    seen = _result(lambda: observe(*copy.deepcopy((table, *arguments))), ())
    return _Unusable(result) if isinstance(seen, Exception) else seen


class _Unusable:
    """A result of which nothing can be observed, or an error that was returned, not raised.

    It equals no other one.
    """

    def __init__(self, result: Any) -> None:
        self.result = result


def _agree(task: Exercise, arguments: tuple[Any, ...], one: Any, other: Any) -> bool:
    """Return whether two results of a call agree."""
    single = _is_single(arguments)
    rtol, atol = (1e3 * task.rtol, 1e6 * task.atol) if single else (task.rtol, task.atol)
    return _same(one, other, rtol, atol)


def _is_single(value: Any) -> bool:
    """Return whether a value has single precision, or one of its parts has."""
    if isinstance(value, tuple | list):
        return any(map(_is_single, value))
    return getattr(value, "dtype", None) == np.float32


def _same(one: Any, other: Any, rtol: float = 0, atol: float = 0) -> bool:
    """Return whether a result equals another: numbers up to a tolerance, errors by type."""
    if isinstance(other, Exception):
        return isinstance(one, type(other))
    if isinstance(one, Exception | _Unusable) or isinstance(other, _Unusable):
        return False
    one, other = _array(one), _array(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in _NUMBERS and other.dtype.kind in _NUMBERS:
        return _allclose(one, other, rtol, atol, equal_nan=True)
    if one.dtype == other.dtype == object and one.ndim:
        return all(_same(*pair, rtol, atol) for pair in zip(one.flat, other.flat, strict=True))
    try:
        return one.dtype.kind == other.dtype.kind and bool((one == other).all())
    except ValueError:  # arrays inside dictionaries have no single truth value
        return False


def _array(result: Any) -> np.ndarray[Any, Any]:
    """Return a result as an array; parts of different shapes become the objects of one."""
    try:
        table = _asarray(result)
    except ValueError:
        table = np.empty(len(result), dtype=object)
        for place, part in enumerate(result):
            table[place] = part
    if table.dtype == object and all(isinstance(x, Number | Decimal) for x in table.flat):
        return table.astype(float)  # fractions and decimals
    return table


def _difference(
    answer: Any, task: Exercise, arguments: tuple[Any, ...], got: Any, wanted: Any
) -> str:
    """Return one line with the call, its result and the expected result."""
    if not callable(answer):
        return f"Your answer is {_shown(got)}."
    call = f"{task.function}({', '.join(map(_shown, arguments))})"
    if got is None:
        return f"{call} gives None. Is a return statement missing?"
    kind = f"{task.observed[0]} ".lstrip() if task.observed else ""
    if isinstance(got, Exception):
        says = f"raises {_shown(got)}"
    elif isinstance(got, _Unusable) and isinstance(got.result, Exception):
        says = f"returns {_shown(got.result)}, and does not raise it"
    elif isinstance(got, _Unusable):
        says = f"gives {_shown(got.result)}"
    else:
        says, kind = f"gives {kind}{_shown(got)}", ""
    if not arguments:  # the expected value would give the solution away
        return f"{call} {says}."
    if isinstance(wanted, Exception):
        kind = "the error "
    described = "".join(map(_described, arguments))
    return f"{call} {says}, expected {kind}{_shown(wanted)}.{described}"


def _described(value: Any) -> str:
    """Return what a function does that the check calls the answer with, as its docstring says."""
    if not isinstance(value, FunctionType) or value.__name__ in xent_lib.__all__:
        return ""
    return f" {value.__name__}: {value.__doc__.splitlines()[0]}" if value.__doc__ else ""


def _shown(value: Any) -> str:
    """Return a value as one short line."""
    if isinstance(value, np.generic):
        value = value.item()  # so that np.int64(3) is shown as 3
    if isinstance(value, Exception):
        text = f"{type(value).__name__}: {value}"
    elif isinstance(value, Outcome):
        text = str(value)
    elif callable(value):
        text = getattr(value, "__name__", "the function").replace("<lambda>", "a function")
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, np.ndarray):
        edge = 1 if value.size > 100 else 2
        text = np.array2string(value, precision=6, separator=", ", threshold=12, edgeitems=edge)
    else:
        text = _short.repr(value)
    return " ".join(text.split())


class _Short(reprlib.Repr):
    def repr_float64(self, value: np.float64, _: int) -> str:
        """Show a number inside a tuple as itself, not as np.float64(3.0)."""
        return repr(value.item())


_short = _Short()
_short.maxlevel, _short.maxlist, _short.maxother = 4, 8, 60
