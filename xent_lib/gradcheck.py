r"""Numerical derivatives, to check gradients that were derived by hand.

A wrong gradient is easy to write and hard to notice: training still works, only worse. So take a
small step along each coordinate and compare the result with the formula.

Everything here works on a function f of one array that returns one number, and in float64: an
`x` in float32 is converted first. The check concerns the formula, not the precision of a program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._terms import ratio
from ._types import Array

# Rounding in f causes an error proportional to |f|, even in a derivative that is 0. So a difference
# between the gradients passes if it is at most as large as ROUNDINGS roundings of f, divided by the
# step, and at most CEILING·tolerance·|f|.
ROUNDINGS = 4
CEILING = 1e-3

ROWS_SHOWN = 10


def central_difference(f: Callable[[Array], float], x: npt.ArrayLike, *, h: float = 1e-5) -> Array:
    r"""Gradient by a step to the right and a step to the left along each coordinate.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{f(x + h e_k) - f(x - h e_k)}{2h}

    Parameters
    ----------
    f : callable
        From an array of the shape of `x` to one number.
    x : array_like of float, any shape
        Where to take the gradient; it is not changed.
    h : float, optional
        The step. The error of a large step, which is far from the limit, grows as h²; that of a
        small one, where f(x + h) − f(x − h) cancels, grows as 1/h. For x of about 1, both are
        small near 1e-5.

    Returns
    -------
    numpy.ndarray, the shape of `x`
        In float64, to about ten digits at best.

    Raises
    ------
    TypeError
        If `x` holds integers, which cannot take small steps, or f does not return a real number.
    ValueError
        If f returns more than one number, `x` is empty or not finite, h is not positive, or h
        is lost when it is added to `x`.

    Examples
    --------
    >>> central_difference(lambda x: (x**3).sum(), [1.0, 2.0]).round(6)
    array([ 3., 12.])
    """
    x = _point(x)
    h = check.positive_number(h, "h")
    lost = x + h == x
    if lost.any():
        position = check.first(lost)
        raise ValueError(
            f"a step of h={h:g} is lost when added to {check.value_at(x, position):g} "
            f"at position {check.shown(position)}; take a larger one"
        )
    gradient = np.empty_like(x)
    for k in np.ndindex(x.shape):
        right, left = x.copy(), x.copy()
        right[k] += h
        left[k] -= h
        width = right[k] - left[k]  # not quite 2h: adding h to x rounds
        gradient[k] = (_real(f(right)) - _real(f(left))) / width
    return gradient[()]  # [()] turns an array without axes into a number


def complex_step(f: Callable[[Array], complex], x: npt.ArrayLike, *, h: float = 1e-20) -> Array:
    r"""Gradient by a step into the complex plane along each coordinate.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{\operatorname{Im} f(x + i h e_k)}{h}

    Nothing is subtracted, so nothing cancels: h can be so small that its square is negligible
    compared with 1, and the derivative is accurate to the last digits.

    Parameters
    ----------
    f : callable
        From a complex array of the shape of `x` to one complex number. It has to be analytic
        at `x`: made of sums, products, powers, exp, log, and of comparisons by the real
        part (NumPy's max and where). abs, and whatever else drops the imaginary part, is not.
    x : array_like of float, any shape
        Where to take the gradient; it is not changed.
    h : float, optional
        The step. Its square should vanish when added to 1; its product with a slope should not
        underflow to 0.

    Returns
    -------
    numpy.ndarray, the shape of `x`
        In float64, to about fifteen digits.

    Raises
    ------
    TypeError
        If `x` holds integers, or f returns a real number: then its derivative has been dropped.
    ValueError
        If f returns more than one number, `x` is empty or not finite, or h is not positive.

    References
    ----------
    Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real
    functions. *SIAM Review* 40.

    Examples
    --------
    >>> complex_step(lambda x: (x**3).sum(), [1.0, 2.0])
    array([ 3., 12.])
    """
    x = _point(x)
    h = check.positive_number(h, "h")
    gradient = np.empty_like(x)
    for k in np.ndindex(x.shape):
        stepped = x.astype(np.complex128)
        stepped[k] += 1j * h
        value = _number(f(stepped))
        if value.dtype.kind != "c":
            raise TypeError(
                f"f(x) is real ({value.dtype}) though x is complex: f drops the imaginary part, "
                f"and the derivative with it; use central_difference"
            )
        gradient[k] = value.imag / h + 0  # + 0 turns −0.0 into 0.0
    return gradient[()]


# method: (function, default h, default tolerance)
_METHODS = {"central": (central_difference, 1e-5, 1e-6), "complex": (complex_step, 1e-20, 1e-12)}


@dataclass(frozen=True, eq=False, repr=False)
class GradientReport:
    """Result of `check_gradient`: prints as a table, and is true if the gradient passed.

    Attributes
    ----------
    claimed : numpy.ndarray
        The gradient that was checked.
    numeric : numpy.ndarray, same shape
        The numerical gradient.
    error : numpy.ndarray, same shape
        The relative error of each coordinate; ∞ where one of the two gradients is NaN.
    below_rounding : numpy.ndarray of bool, same shape
        Where the two differ by no more than rounding in f can explain. There the coordinate
        passes whatever its relative error.
    tolerance : float
        The largest relative error that passes.
    method : str
        The method and the step.
    """

    claimed: Array
    numeric: Array
    error: Array
    below_rounding: Array
    tolerance: float
    method: str

    @property
    def wrong(self) -> Array:
        """The coordinates that failed: error above the tolerance, and not below rounding."""
        return ~((self.error <= self.tolerance) | self.below_rounding)

    @property
    def passed(self) -> bool:
        """Whether no coordinate failed."""
        return not self.wrong.any()

    @property
    def worst(self) -> tuple[int, ...]:
        """Index of the coordinate with the largest relative error that rounding cannot explain.

        Errors that agree to two digits count as equal, and the first of equal ones is returned.
        """
        error = np.where(self.below_rounding, 0, _two_digits(self.error))
        return tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))

    def __bool__(self) -> bool:
        """Return `passed`, for ``assert check_gradient(...)``."""
        return self.passed

    def __repr__(self) -> str:
        """Return the table (of many coordinates only the worst) and the verdict."""
        wrong = self.wrong
        sizes = np.where(wrong, _two_digits(self.error), 0)  # coordinates that pass stay in order
        positions = list(np.ndindex(sizes.shape))
        if len(positions) > ROWS_SHOWN:
            positions = sorted(positions, key=lambda k: -sizes[k])[:ROWS_SHOWN]

        table = [("position", "claimed", "numeric", "relative error")]
        for k in positions:
            table.append((str(check.shown(k)), *self._values(k), self._error_text(k)))
        widths = [max(map(len, column)) for column in np.transpose(table)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in table]

        count = sizes.size
        if count > len(positions):
            lines.append(f"... and {count - len(positions)} more, none of them worse")
        if self.passed:
            unseen = np.count_nonzero(self.below_rounding & ~(self.error <= self.tolerance))
            below = f", {unseen} of them below rounding" if unseen else ""
            lines.append(f"passed: {count} of {count} coordinates{below} ({self.method})")
        else:
            claimed, numeric = self._values(self.worst)
            lines.append(
                f"FAILED: {np.count_nonzero(wrong)} of {count} coordinates ({self.method})\n"
                f"worst: {check.shown(self.worst)}, claimed {claimed}, numeric {numeric}"
            )
        return "\n".join(lines)

    def _error_text(self, k: tuple[int, ...]) -> str:
        """Return the error of a coordinate as text: its size, where it is above the tolerance."""
        if self.error[k] <= self.tolerance:
            return f"<= {self.tolerance:g}"
        return f"{self.error[k]:.2g}" + (", below rounding" if self.below_rounding[k] else "")

    def _values(self, k: tuple[int, ...]) -> tuple[str, str]:
        """Return the two values of a coordinate as text; + 0 turns −0.0 into 0."""
        return f"{self.claimed[k] + 0:.6g}", f"{self.numeric[k] + 0:.6g}"


def check_gradient(
    f: Callable[[Array], float],
    grad: Callable[[Array], npt.ArrayLike],
    x: npt.ArrayLike,
    *,
    method: Literal["central", "complex"] = "central",
    h: float | None = None,
    tolerance: float | None = None,
) -> GradientReport:
    r"""Compare a gradient with a numerical one.

    .. math:: \text{relative error} = \frac{|\text{claimed} - \text{numeric}|}
              {\max(|\text{claimed}|,\, |\text{numeric}|)}

    A difference that rounding in f can explain passes, too, and the report says so. This allowance
    is four roundings of f(x), for ``"central"`` divided by the step, and at most a thousandth of
    tolerance·abs(f(x)).

    Parameters
    ----------
    f : callable
        From an array of the shape of `x` to one number.
    grad : callable
        From the same array to the gradient that is to be checked, in the shape of `x`.
    x : array_like of float, any shape
        Where to check; it is not changed. Take a random point away from kinks and from minima,
        where the gradient is 0 and a relative error means nothing.
    method : {"central", "complex"}, optional
        `central_difference` takes any f; `complex_step` takes only analytic ones, but is more
        accurate.
    h : float, optional
        The step; 1e-5 for ``"central"``, 1e-20 for ``"complex"``.
    tolerance : float, optional
        The largest relative error that passes; 1e-6 for ``"central"``, 1e-12 for ``"complex"``.

    Returns
    -------
    GradientReport
        True if every coordinate passed. NaN in the gradient never passes.

    Raises
    ------
    TypeError
        If `grad` is not a function, or as in `central_difference` and `complex_step`.
    ValueError
        If the gradient's shape differs from that of `x`, f(x) is not finite, the method is
        unknown, or as in `central_difference` and `complex_step`.

    Examples
    --------
    >>> def f(x):
    ...     return (x**3).sum()
    >>> check_gradient(f, lambda x: 3 * x**2, [1.0, 2.0])
    position  claimed  numeric  relative error
           0        3        3        <= 1e-06
           1       12       12        <= 1e-06
    passed: 2 of 2 coordinates (central, h=1e-05)
    >>> report = check_gradient(f, lambda x: 3 * x, [1.0, 2.0])
    >>> report
    position  claimed  numeric  relative error
           0        3        3        <= 1e-06
           1        6       12             0.5
    FAILED: 1 of 2 coordinates (central, h=1e-05)
    worst: 1, claimed 6, numeric 12
    >>> report.passed, report.worst
    (False, (1,))
    """
    if method not in tuple(_METHODS):  # a tuple: a list given for a name gets this message, too
        raise ValueError(f"unknown method {method!r}; choose one of {tuple(_METHODS)}")
    steps, usual_h, usual_tolerance = _METHODS[method]
    h = check.positive_number(usual_h if h is None else h, "h")
    tolerance = check.positive_number(
        usual_tolerance if tolerance is None else tolerance, "tolerance"
    )
    if not callable(grad):
        raise TypeError(f"grad must be a function of x, got {type(grad).__name__}")
    x = _point(x)
    value = _real(f(x.copy()))
    if not np.isfinite(value):
        raise ValueError(f"f(x) must be finite, got {value}: it has no gradient to check")
    claimed = check.real_array(grad(x.copy()), "grad(x)").astype(np.float64)
    check.same_shape(claimed, "grad(x)", x, "x")

    numeric = np.asarray(steps(f, x, h=h))
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ − ∞ is NaN
        difference = abs(claimed - numeric)
        error = ratio(difference, np.maximum(abs(claimed), abs(numeric)))
    error = np.where(np.isnan(error), np.inf, error)
    roundings = ROUNDINGS * np.finfo(float).eps / (h if method == "central" else 1)
    below_rounding = difference <= min(roundings, CEILING * tolerance) * abs(value)
    return GradientReport(claimed, numeric, error, below_rounding, tolerance, f"{method}, h={h:g}")


def _two_digits(error: Array) -> Array:
    """Return errors rounded to two digits; the rest is noise and must not affect the order."""
    return np.reshape([float(f"{e:.2g}") for e in error.ravel()], error.shape)


def _point(x: npt.ArrayLike) -> Array:
    """Return a copy of `x` in float64: floats, all of them finite."""
    x = check.number_array(x, "x")
    if x.dtype.kind != "f":
        raise TypeError(f"x must be real floats, got dtype {x.dtype}; use x.astype(float)")
    if x.size == 0:
        raise ValueError(f"x of shape {x.shape} is empty: it has no coordinate to step along")
    infinite = ~np.isfinite(x)
    if infinite.any():
        position = check.first(infinite)
        raise ValueError(
            f"x must be finite, got {check.value_at(x, position)} "
            f"at position {check.shown(position)}: no step leads away from it"
        )
    return x.astype(np.float64)


def _number(value: npt.ArrayLike) -> Array:
    """Return what f returned, having checked that it is one number."""
    value = check.number_array(value, "f(x)")
    if value.shape != ():
        raise ValueError(f"f must return one number, got shape {value.shape}: sum it or average it")
    return value


def _real(value: npt.ArrayLike) -> float:
    """Return what f returned as a float, having checked that it is one real number."""
    return float(check.real_array(_number(value), "f(x)"))
