r"""Losses of a margin and of a residual, each with its derivative.

To classify with signs s ∈ {−1, +1}, every loss here is a function of one number, the margin
m = s·z: positive where the score z has the right sign, and larger the more confident it is. Since
∂m/∂z = s, the derivative with respect to the score is s times the one given here.

To predict a number, they are functions of the residual r = prediction − target. The target
is constant, so the derivative given here is also that with respect to the prediction.

All work element by element and reduce nothing: take ``.mean()`` or ``.sum()`` yourself. NaN in
gives NaN out. Where a loss has a kink, its docstring says which slope is returned. Functions
without jumps also take complex numbers, for the complex step.

Examples
--------
>>> import numpy as np
>>> from xent_lib import absolute_error, hinge_loss, squared_error, to_signs
>>> margin = to_signs([1, 0, 1]) * [2.0, 2.0, -0.5]
>>> hinge_loss(margin)
array([0. , 3. , 1.5])
>>> residual = np.array([2.5, 3.5, 3.0, 4.0]) - 3
>>> print(squared_error(residual).mean(), absolute_error(residual).mean())
0.375 0.5

References
----------
Bartlett, P. L., Jordan, M. I. and McAuliffe, J. D. (2006). Convexity, classification, and risk
bounds. *Journal of the American Statistical Association* 101.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array, ArrayOrScalar
from .activations import sigmoid, softplus


def zero_one_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Count one for each mistake; the other margin losses are surrogates for this one.

    .. math:: \ell(m) = 1 \text{ if } m \le 0, \text{ else } 0

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z. At 0 the score decides nothing, which counts as a mistake: ℓ(0) = 1.

    Returns
    -------
    numpy.ndarray, same shape
        0 or 1; the mean is the error rate.

    Examples
    --------
    >>> zero_one_loss([-2, 0, 2])
    array([1., 1., 0.])
    """
    m = check.real_array(margin, "margin")
    return np.heaviside(0 - m, 1)  # the second argument is the value at the jump


def zero_one_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `zero_one_loss` with respect to the margin: 0 wherever it exists.

    .. math:: \ell'(m) = 0

    That is why gradient descent cannot use it: a small step does not change the number of
    mistakes, so no direction looks better than any other. At the jump, m = 0, the derivative
    does not exist, and 0 is returned.

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> zero_one_loss_grad([-2, 0, 2])
    array([0., 0., 0.])
    """
    return _zeros(check.real_array(margin, "margin"))


def perceptron_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Charge a mistake by how wrong it is, and nothing else.

    .. math:: \ell(m) = \max(0, -m)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        0 for the right sign, however narrowly.

    References
    ----------
    Rosenblatt, F. (1958). The perceptron: a probabilistic model for information storage and
    organization in the brain. *Psychological Review* 65.

    Examples
    --------
    >>> perceptron_loss([-2, 0, 2])
    array([2., 0., 0.])
    """
    m = check.float_array(margin, "margin")
    return np.maximum(0, 0 - m)  # 0 − m, not −m, which turns 0 into −0.0


def perceptron_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `perceptron_loss` with respect to the margin.

    .. math:: \ell'(m) = -1 \text{ if } m \le 0, \text{ else } 0

    At the kink ℓ′(0) = −1: all margins are 0 at the weights w = 0, and with a slope of 0
    there, training would never start.

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> perceptron_loss_grad([-2, 0, 2])
    array([-1., -1.,  0.])
    """
    m = check.real_array(margin, "margin")
    return 0 - np.heaviside(0 - m, 1)


def hinge_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Charge the shortfall from a margin of 1: the loss of the support vector machine.

    .. math:: \ell(m) = \max(0, 1 - m)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z, with signs s of −1 and +1. Labels 0 and 1 in their place would give every
        negative the margin 0: a loss of 1, whatever the score.

    Returns
    -------
    numpy.ndarray, same shape
        0 for m ≥ 1; never below `zero_one_loss`.

    References
    ----------
    Cortes, C. and Vapnik, V. (1995). Support-vector networks. *Machine Learning* 20.

    Examples
    --------
    >>> hinge_loss([-2, 0, 2])
    array([3., 1., 0.])
    """
    m = check.float_array(margin, "margin")
    return np.maximum(0, 1 - m)


def hinge_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `hinge_loss` with respect to the margin.

    .. math:: \ell'(m) = -1 \text{ if } m < 1, \text{ else } 0

    At the kink ℓ′(1) = 0: a margin of 1 is enough.

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> hinge_loss_grad([-2, 1, 2])
    array([-1.,  0.,  0.])
    """
    m = check.real_array(margin, "margin")
    return 0 - np.heaviside(1 - m, 0)


def squared_hinge_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Square of the hinge loss: it has no kink, and outliers cost more.

    .. math:: \ell(m) = \max(0, 1 - m)^2

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        0 for m ≥ 1; never below `zero_one_loss`.

    Examples
    --------
    >>> squared_hinge_loss([-2, 0, 2])
    array([9., 1., 0.])
    """
    return _square(hinge_loss(margin))


def squared_hinge_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `squared_hinge_loss` with respect to the margin, which has no kink.

    .. math:: \ell'(m) = -2 \max(0, 1 - m)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> squared_hinge_loss_grad([-2, 1, 2])
    array([-6.,  0.,  0.])
    """
    return 0 - _double(hinge_loss(margin))


def squared_margin_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Squared distance of the score from the sign, least squares used to classify.

    .. math:: \ell(m) = (1 - m)^2 = (s - z)^2

    The two forms are equal because s² = 1.

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        It grows on both sides of m = 1: a very confident correct score is charged, too.

    Examples
    --------
    >>> squared_margin_loss([-2, 0, 2])
    array([9., 1., 1.])
    """
    m = check.float_array(margin, "margin")
    return _square(1 - m)


def squared_margin_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `squared_margin_loss` with respect to the margin.

    .. math:: \ell'(m) = 2\,(m - 1)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> squared_margin_loss_grad([-2, 1, 2])
    array([-6.,  0.,  2.])
    """
    m = check.float_array(margin, "margin")
    return _double(m - 1)


def logistic_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Binary cross-entropy of the margin: −log of the probability of the label.

    .. math:: \ell(m) = \log(1 + e^{-m}) = -\log σ(m)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        In nats, what `sigmoid_cross_entropy` gives for the logit z and the label (s + 1)/2.
        ℓ(0) = ln 2 is below 1: divide by ln 2 (to get bits) for a bound on `zero_one_loss`.

    Examples
    --------
    >>> logistic_loss([-2, 0, 2]).round(6)
    array([2.126928, 0.693147, 0.126928])
    """
    m = check.float_array(margin, "margin")
    return softplus(-m)


def logistic_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `logistic_loss` with respect to the margin.

    .. math:: \ell'(m) = -σ(-m)

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        Between −1 and 0. The form σ(m) − 1 would lose its digits for large margins.

    Examples
    --------
    >>> logistic_loss_grad([-2, 0, 2]).round(6)
    array([-0.880797, -0.5     , -0.119203])
    """
    m = check.float_array(margin, "margin")
    return 0 - sigmoid(-m)


def exponential_loss(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Exponential loss, which AdaBoost minimizes.

    .. math:: \ell(m) = e^{-m}

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape
        Never below `zero_one_loss`. One bad outlier can outweigh all the rest: ℓ(−5) = 148.41.

    References
    ----------
    Freund, Y. and Schapire, R. E. (1997). A decision-theoretic generalization of on-line
    learning and an application to boosting. *Journal of Computer and System Sciences* 55.

    Friedman, J., Hastie, T. and Tibshirani, R. (2000). Additive logistic regression: a
    statistical view of boosting. *Annals of Statistics* 28.

    Examples
    --------
    >>> exponential_loss([-2, 0, 2]).round(6)
    array([7.389056, 1.      , 0.135335])
    """
    m = check.float_array(margin, "margin")
    with np.errstate(over="ignore", under="ignore"):  # overflow to ∞ is intended
        return np.exp(-m)


def exponential_loss_grad(margin: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `exponential_loss` with respect to the margin.

    .. math:: \ell'(m) = -e^{-m}

    Parameters
    ----------
    margin : array_like, any shape
        m = s·z.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> exponential_loss_grad([-2, 0, 2]).round(6)
    array([-7.389056, -1.      , -0.135335])
    """
    return 0 - exponential_loss(margin)


def squared_error(residual: npt.ArrayLike) -> ArrayOrScalar:
    r"""Squared error of a prediction; its mean over a batch is the MSE.

    .. math:: \ell(r) = r^2

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.

    Returns
    -------
    numpy.ndarray, same shape
        Without the factor ½ that some authors put in front. The constant prediction with the
        smallest mean loss is the mean of the targets.

    Examples
    --------
    >>> squared_error([-0.5, 0.5, 0, 1])
    array([0.25, 0.25, 0.  , 1.  ])
    """
    r = check.float_array(residual, "residual")
    return _square(r)


def squared_error_grad(residual: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `squared_error` with respect to the residual.

    .. math:: \ell'(r) = 2 r

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> squared_error_grad([-0.5, 0.5, 0, 1])
    array([-1.,  1.,  0.,  2.])
    """
    r = check.float_array(residual, "residual")
    return _double(r)


def absolute_error(residual: npt.ArrayLike) -> ArrayOrScalar:
    r"""Absolute error of a prediction; its mean over a batch is the MAE.

    .. math:: \ell(r) = |r|

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.

    Returns
    -------
    numpy.ndarray, same shape
        The constant prediction with the smallest mean loss is the median of the targets.

    Examples
    --------
    >>> absolute_error([-0.5, 0.5, 0, 1])
    array([0.5, 0.5, 0. , 1. ])
    """
    r = check.float_array(residual, "residual")
    return np.maximum(r, 0 - r)  # |r|, in a form that a complex step passes through


def absolute_error_grad(residual: npt.ArrayLike) -> ArrayOrScalar:
    r"""Gradient of `absolute_error` with respect to the residual.

    .. math:: \ell'(r) = \operatorname{sign}(r)

    At the kink ℓ′(0) = 0.

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.

    Returns
    -------
    numpy.ndarray, same shape
        −1, 0 or 1: an outlier pulls no harder than any other error.

    Examples
    --------
    >>> absolute_error_grad([-0.5, 0.5, 0, 1])
    array([-1.,  1.,  0.,  1.])
    """
    return np.sign(check.real_array(residual, "residual"))


def huber_loss(residual: npt.ArrayLike, *, delta: float = 1.0) -> ArrayOrScalar:
    r"""Half the squared error near 0, and a straight line beyond δ.

    .. math:: \ell(r) = c\,\Bigl(|r| - \frac{c}{2}\Bigr), \qquad c = \min(|r|, δ)

    This is r²/2 where abs(r) ≤ δ, and δ·(abs(r) − δ/2) beyond; the slopes agree at the joint.

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.
    delta : float, optional
        δ > 0: errors beyond it count as outliers, and pull with the constant force δ.

    Returns
    -------
    numpy.ndarray, same shape

    Raises
    ------
    ValueError
        If δ is not positive and finite.

    References
    ----------
    Huber, P. J. (1964). Robust estimation of a location parameter. *Annals of Mathematical
    Statistics* 35.

    Examples
    --------
    >>> huber_loss([-0.5, 0.5, 0, 3])
    array([0.125, 0.125, 0.   , 2.5  ])
    >>> huber_loss([-0.5, 0.5, 0, 3], delta=2)
    array([0.125, 0.125, 0.   , 4.   ])
    """
    size = absolute_error(residual)
    delta = check.positive_number(delta, "delta")
    with np.errstate(over="ignore", under="ignore"):  # overflow to ∞ is intended
        c = np.minimum(size, delta)
        return c * (size - c / 2)


def huber_loss_grad(residual: npt.ArrayLike, *, delta: float = 1.0) -> ArrayOrScalar:
    r"""Gradient of `huber_loss` with respect to the residual.

    .. math:: \ell'(r) = \min(\max(r, -δ), δ)

    Parameters
    ----------
    residual, delta
        As in `huber_loss`.

    Returns
    -------
    numpy.ndarray, same shape
        The residual, clipped to [−δ, δ].

    Examples
    --------
    >>> huber_loss_grad([-0.5, 0.5, 0, 3])
    array([-0.5,  0.5,  0. ,  1. ])
    """
    r = check.float_array(residual, "residual")
    delta = check.positive_number(delta, "delta")
    with np.errstate(over="ignore"):  # a δ beyond float32 clips nothing
        return np.clip(r, -delta, delta) + 0  # + 0 turns −0.0 into 0.0


def tolerance_loss(residual: npt.ArrayLike, *, threshold: float) -> ArrayOrScalar:
    r"""Count one for each prediction that is off by a threshold or more.

    .. math:: \ell(r) = 1 \text{ if } |r| \ge T, \text{ else } 0

    Parameters
    ----------
    residual : array_like, any shape
        r = prediction − target.
    threshold : float
        T > 0, in the unit of the residual. An error of exactly T is not tolerated.

    Returns
    -------
    numpy.ndarray, same shape
        0 or 1.

    Raises
    ------
    ValueError
        If T is not positive and finite.

    Examples
    --------
    >>> tolerance_loss(np.array([2.6, 3.5, 4.2]) - 3, threshold=0.5)
    array([0., 1., 1.])
    """
    r = check.real_array(residual, "residual")
    threshold = check.positive_number(threshold, "threshold", r.dtype)
    return np.heaviside(np.abs(r) - threshold, 1)


def tolerance_loss_grad(residual: npt.ArrayLike, *, threshold: float) -> ArrayOrScalar:
    r"""Gradient of `tolerance_loss` with respect to the residual: 0 wherever it exists.

    .. math:: \ell'(r) = 0

    As with `zero_one_loss_grad`, gradient descent cannot use it. At the jumps, abs(r) = T, the
    derivative does not exist, and 0 is returned.

    Parameters
    ----------
    residual, threshold
        As in `tolerance_loss`.

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> tolerance_loss_grad([-0.4, 0.5, 1.2], threshold=0.5)
    array([0., 0., 0.])
    """
    r = check.real_array(residual, "residual")
    check.positive_number(threshold, "threshold", r.dtype)
    return _zeros(r)


def _square(x: Array) -> ArrayOrScalar:
    """Return x², which is ∞ beyond the largest float."""
    with np.errstate(over="ignore", under="ignore"):
        return x**2


def _double(x: Array) -> ArrayOrScalar:
    """Return 2x, which is ∞ beyond the largest float, and never −0.0."""
    with np.errstate(over="ignore"):
        return 2 * x + 0


def _zeros(x: Array) -> ArrayOrScalar:
    """Return 0 for every number, and NaN for NaN."""
    return np.where(np.isnan(x), x, 0)[()]
