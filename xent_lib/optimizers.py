"""Gradient descent and Adam, as plain functions.

Both take a function that returns a value and its gradient, and a starting point; both return the
final point, and the value at every point on the way.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array

ValueAndGrad = Callable[[Array], tuple[float, Array]]


def gradient_descent(
    value_and_grad: ValueAndGrad,
    x0: npt.ArrayLike,
    *,
    learning_rate: float,
    max_iter: int,
    tol: float = 0.0,
) -> tuple[Array, list[float]]:
    r"""Step repeatedly against the gradient.

    .. math:: x \leftarrow x - η \, \nabla f(x)

    Parameters
    ----------
    value_and_grad : callable
        Takes x; returns f(x), one number, and its gradient, of the shape of x.
    x0 : array_like, any shape
        Where to start. It is not changed.
    learning_rate : float
        η > 0: the gradient is multiplied by it. If it is too large, the values grow instead of
        falling: nothing stops that, `history` shows it.
    max_iter : int
        Number of steps, at most.
    tol : float, optional
        Stop as soon as every entry of the gradient is below it in size; 0 takes all the steps.

    Returns
    -------
    x : numpy.ndarray, the shape of `x0`
        Where the last step ended.
    history : list of float
        f at the start and after each step: one more than there were steps.

    Raises
    ------
    ValueError
        If an option is out of range, or the gradient has another shape than x.
    TypeError
        If `x0` or the gradient does not hold real numbers, or the value is not one real number.

    References
    ----------
    Cauchy, A. (1847). Méthode générale pour la résolution des systèmes d'équations simultanées.
    *Comptes rendus de l'Académie des sciences* 25.

    Examples
    --------
    >>> def parabola(w):
    ...     return w**2, 2 * w
    >>> w, history = gradient_descent(parabola, 1.0, learning_rate=0.1, max_iter=20)
    >>> print(f"{w:.4f}", [round(value, 4) for value in history[:4]])
    0.0115 [1.0, 0.64, 0.4096, 0.2621]
    """
    x = check.real_array(x0, "x0").copy()
    learning_rate = check.positive_number(learning_rate, "learning_rate", x.dtype)

    def step(x: Array, grad: Array) -> Array:
        return x - learning_rate * grad

    return _walk(value_and_grad, x, step, max_iter, tol)


def adam(
    value_and_grad: ValueAndGrad,
    x0: npt.ArrayLike,
    *,
    learning_rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    max_iter: int,
    tol: float = 0.0,
) -> tuple[Array, list[float]]:
    r"""Step against a running mean of the gradient, scaled by its running size.

    .. math:: u \leftarrow β_1 u + (1 - β_1)\, g, \qquad
              v \leftarrow β_2 v + (1 - β_2)\, g^2, \qquad
              x \leftarrow x - η \, \frac{u / (1 - β_1^t)}{\sqrt{v / (1 - β_2^t)} + ε}

    Here g is the gradient at step t = 1, 2, …, and each coordinate is treated separately. The
    running mean u is called m in the paper; in this library m is the margin.

    Parameters
    ----------
    value_and_grad, x0, max_iter, tol
        As in `gradient_descent`.
    learning_rate : float, optional
        η > 0: the first step moves each coordinate by it, however large or small its gradient
        is, as long as it is far above ε and its square does not overflow.
    beta1, beta2 : float, optional
        Shares of the old means of g and of g² that a step keeps, in [0, 1).
    eps : float, optional
        ε > 0 keeps the quotient finite where the gradient has been 0 so far.

    Returns
    -------
    x, history
        As from `gradient_descent`.

    Raises
    ------
    ValueError, TypeError
        As in `gradient_descent`.

    Notes
    -----
    Both means start at 0, and so are too small at first, by the factor 1 − βᵗ. Dividing by it
    undoes that; without the division the first step would be about 3 η, with the usual β.

    References
    ----------
    Kingma, D. P. and Ba, J. (2015). Adam: a method for stochastic optimization. *ICLR*.

    Examples
    --------
    >>> def bowl(x):
    ...     return (x**2).sum(), 2 * x
    >>> x, history = adam(bowl, [1, -200], learning_rate=0.1, max_iter=1)
    >>> x.round(6)
    array([   0.9, -199.9])
    """
    x = check.real_array(x0, "x0").copy()
    learning_rate = check.positive_number(learning_rate, "learning_rate", x.dtype)
    beta1 = _decay(beta1, "beta1")
    beta2 = _decay(beta2, "beta2")
    eps = check.positive_number(eps, "eps", x.dtype)
    t, u, v = 0, np.zeros_like(x), np.zeros_like(x)

    def step(x: Array, grad: Array) -> Array:
        nonlocal t, u, v
        t += 1
        u = beta1 * u + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return x - learning_rate * (u / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)

    return _walk(value_and_grad, x, step, max_iter, tol)


def _walk(
    value_and_grad: ValueAndGrad,
    x: Array,
    step: Callable[[Array, Array], Array],
    max_iter: int,
    tol: float,
) -> tuple[Array, list[float]]:
    """Take steps from `x` until the gradient is small or `max_iter` are taken."""
    max_iter = check.integer(max_iter, "max_iter")
    if max_iter < 0:
        raise ValueError(f"max_iter must not be negative, got {max_iter}")
    tol = check.nonnegative_number(tol, "tol")

    value, grad = _evaluate(value_and_grad, x)
    history = [value]
    # "not … < tol" rather than "≥ tol": a gradient of NaN is not small.
    while len(history) <= max_iter and not np.abs(grad).max(initial=0) < tol:
        x = step(x, grad)
        value, grad = _evaluate(value_and_grad, x)
        history.append(value)
    return x, history


def _evaluate(value_and_grad: ValueAndGrad, x: Array) -> tuple[float, Array]:
    """Return value and gradient at `x`, having checked that they fit it."""
    value, grad = value_and_grad(x.copy())  # a function that changes it changes nothing here
    grad = check.real_array(grad, "the gradient")
    check.same_shape(x, "x0", grad, "the gradient")
    return check.real_number(value, "the value"), grad.astype(x.dtype)  # float32 stays float32


def _decay(beta: float, name: str) -> float:
    """Return `beta` as a float; it must lie in [0, 1)."""
    beta = check.real_number(beta, name)
    if not 0 <= beta < 1:
        raise ValueError(f"{name} must lie in [0, 1), got {beta}")
    return beta
