r"""Linear classifiers, used as in scikit-learn: logistic and softmax regression.

Both minimise the mean cross-entropy L of the N rows, plus a penalty R on the weights W, but not on
the bias,

.. math:: J = L + λ R, \qquad R = \tfrac{1}{2} \lVert W \rVert^2

In scikit-learn's ``LogisticRegression`` the same λ is written ``C = 1 / (N λ)``.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from . import _validation as check
from ._types import Array
from .activations import sigmoid, softmax
from .binary_losses import sigmoid_cross_entropy_value_and_grad
from .losses import softmax_cross_entropy_value_and_grad
from .optimizers import adam, gradient_descent

_SOLVERS = {"gd": gradient_descent, "adam": adam}

_Model = TypeVar("_Model", bound="_LinearClassifier")


class _LinearClassifier(ABC):
    """Base of the two models, which differ in the loss and in the shape of the weights.

    Options are stored as given and checked in `fit`, as in scikit-learn.
    """

    def __init__(
        self,
        *,
        learning_rate: float = 0.1,
        max_iter: int = 1000,
        tol: float = 1e-6,
        l2: float = 0.0,
        solver: Literal["gd", "adam"] = "gd",
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol
        self.l2 = l2
        self.solver = solver

    def __repr__(self) -> str:
        """Return the call that makes this model, with the options that are not the defaults."""
        usual = inspect.signature(type(self)).parameters
        changed = {k: v for k, v in self.get_params().items() if v != usual[k].default}
        options = ", ".join(f"{name}={value!r}" for name, value in changed.items())
        return f"{type(self).__name__}({options})"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the options, as they were given; scikit-learn copies a model with them.

        Parameters
        ----------
        deep : bool, optional
            Has no effect: no option is itself a model with options.

        Returns
        -------
        dict
            The value of each option, by its name.

        Examples
        --------
        >>> SoftmaxRegression(l2=0.1).get_params()["l2"]
        0.1
        """
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self: _Model, **params: Any) -> _Model:
        """Change options; the next `fit` checks and uses them.

        Parameters
        ----------
        params
            New values, by the names of the options.

        Returns
        -------
        LogisticRegression or SoftmaxRegression
            The model itself.

        Raises
        ------
        ValueError
            If there is no such option; then none is changed.

        Examples
        --------
        >>> SoftmaxRegression(l2=0.1).set_params(max_iter=50)
        SoftmaxRegression(max_iter=50, l2=0.1)
        """
        known = self.get_params()
        for name in params:
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__} has no option {name!r}; it has {', '.join(known)}"
                )
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that this is a classifier; only scikit-learn calls this."""
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        return Tags("classifier", TargetTags(required=True), classifier_tags=ClassifierTags())

    def fit(self: _Model, X: npt.ArrayLike, y: npt.ArrayLike) -> _Model:
        """Learn weights and bias from labelled rows, starting from zeros.

        Parameters
        ----------
        X : array_like, shape (N, d)
            One row of d features for each sample; every number finite.
        y : array_like, shape (N,)
            One label per row: integers, strings, booleans, or anything that can be sorted. Floats
            must be whole numbers, because 0.5 suggests a regression target.

        Returns
        -------
        LogisticRegression or SoftmaxRegression
            The model itself.

        Raises
        ------
        ValueError
            If X or y has the wrong shape, a number in them is missing or infinite, the classes
            are too few or too many, or an option is out of range.
        TypeError
            If X does not hold real numbers, or the labels are of types that cannot be compared.
        FloatingPointError
            If the objective overflows: the learning rate is too large for these features.
        """
        X = _feature_table(X)
        y = _label_list(y, X)
        classes, y = _classes_and_indices(y)
        theta = np.zeros((*self._weight_shape(len(classes)), X.shape[1] + 1), X.dtype)
        if self.solver not in tuple(_SOLVERS):
            raise ValueError(f"unknown solver {self.solver!r}; choose one of {tuple(_SOLVERS)}")
        l2 = check.nonnegative_number(self.l2, "l2")

        def objective(theta: Array) -> tuple[float, Array]:
            weights, bias = theta[..., :-1], theta[..., -1]  # the bias is the last column
            loss, dz = self._loss_and_grad(X @ weights.T + bias, y)
            dw = dz.T @ X + l2 * weights  # dz = (P̂ − Y)/N
            db = dz.sum(axis=0)
            penalty = l2 / 2 * (weights**2).sum() if l2 else 0  # 0 · ∞ would be NaN
            return loss + penalty, np.concatenate([dw, db[..., np.newaxis]], axis=-1)

        with np.errstate(over="ignore", invalid="ignore"):  # reported below, in plainer words
            theta, history = _SOLVERS[self.solver](
                objective,
                theta,
                learning_rate=self.learning_rate,
                max_iter=self.max_iter,
                tol=self.tol,
            )
        if not np.isfinite(history).all():
            step = int(np.isfinite(history).argmin())
            raise FloatingPointError(
                f"the objective is {history[step]} after step {step}: "
                f"scale the features, or lower the learning rate of {self.learning_rate}"
            )
        self.classes_ = classes
        self.weights_, self.bias_ = theta[..., :-1], theta[..., -1][()]
        self.n_iter_ = len(history) - 1
        self.history_ = history
        return self

    def decision_function(self, X: npt.ArrayLike) -> Array:
        """Compute the logits z = W x + b.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Rows of as many features as in `fit`.

        Returns
        -------
        numpy.ndarray
            Shape (N,) from `LogisticRegression`: positive favours the second class.
            Shape (N, K) from `SoftmaxRegression`.

        Raises
        ------
        AttributeError
            If the model is not fitted.
        ValueError
            If X has another number of features than in `fit`, or holds NaN or ∞.
        FloatingPointError
            If the logits overflow.
        """
        if not hasattr(self, "weights_"):
            raise AttributeError(
                f"this {type(self).__name__} is not fitted yet; call fit(X, y) first"
            )
        X = _feature_table(X)
        d = self.weights_.shape[-1]
        if X.shape[1] != d:
            raise ValueError(f"X of shape {X.shape} has {X.shape[1]} features, the fit had {d}")
        with np.errstate(over="ignore", invalid="ignore"):  # reported below, in plainer words
            z = X @ self.weights_.T + self.bias_
        if not np.isfinite(z).all():
            raise FloatingPointError(
                "the logits overflow: X is far from what the model was fitted on; "
                "scale it as the X of the fit was scaled"
            )
        return z

    def predict_proba(self, X: npt.ArrayLike) -> Array:
        """Compute the probability of each class.

        Parameters
        ----------
        X : array_like, shape (N, d)
            As in `decision_function`.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Rows that sum to 1, one column per class, in the order of ``classes_``.

        Raises
        ------
        AttributeError, ValueError, FloatingPointError
            As in `decision_function`.
        """
        return self._probs(self.decision_function(X))

    def predict(self, X: npt.ArrayLike) -> Array:
        """Choose the most likely class of each row; the first one if there is a tie.

        Parameters
        ----------
        X : array_like, shape (N, d)
            As in `decision_function`.

        Returns
        -------
        numpy.ndarray, shape (N,)
            Labels as they were given to `fit`.

        Raises
        ------
        AttributeError, ValueError, FloatingPointError
            As in `decision_function`.
        """
        # From the logits: two probabilities that differ may round to the same number.
        likeliest = self._likeliest(self.decision_function(X))
        return self.classes_[likeliest]

    def score(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Compute the accuracy: the share of rows whose label is predicted.

        Parameters
        ----------
        X : array_like, shape (N, d)
            As in `decision_function`.
        y : array_like, shape (N,)
            The true labels.

        Returns
        -------
        float
            In [0, 1]; NaN for no rows.

        Raises
        ------
        ValueError
            If a label is not among ``classes_``, the lengths differ, or as in `decision_function`.
        AttributeError, FloatingPointError
            As in `decision_function`.
        """
        predicted = self.predict(X)
        y = _label_list(y, predicted)
        unknown = ~(y[:, np.newaxis] == self.classes_).any(axis=1)
        if unknown.any():
            (row,) = check.first(unknown)
            raise ValueError(
                f"label {y.tolist()[row]!r} at position {row} is not one of the classes "
                f"of the fit, {self.classes_}"
            )
        return float((predicted == y).sum() / (len(y) or np.nan))

    @abstractmethod
    def _weight_shape(self, num_classes: int) -> tuple[int, ...]:
        """Return the shape of the weights without its last axis, that of the features."""

    @abstractmethod
    def _loss_and_grad(self, z: Array, y: Array) -> tuple[Any, Array]:
        """Return the mean loss of the logits, and its gradient with respect to them."""

    @abstractmethod
    def _probs(self, z: Array) -> Array:
        """Return the probability of each class, one row per sample."""

    @abstractmethod
    def _likeliest(self, z: Array) -> Array:
        """Return the index of the likeliest class of each row."""


class LogisticRegression(_LinearClassifier):
    r"""Logistic regression: two classes, one weight vector, fitted by descent.

    .. math:: \hat p = σ(w^\top x + b), \qquad
              \frac{\partial J}{\partial w} = \frac{1}{N} X^\top (\hat p - y) + λ w, \qquad
              \frac{\partial J}{\partial b} = \frac{1}{N} \sum_i (\hat p_i - y_i)

    Parameters
    ----------
    learning_rate : float, optional
        η > 0.
    max_iter : int, optional
        Number of steps, at most. Without a penalty, classes that a hyperplane separates have no
        best weights: they grow for as long as there are steps.
    tol : float, optional
        Stop as soon as every entry of the gradient of J is below it in size.
    l2 : float, optional
        λ ≥ 0, the strength of the penalty ½ ‖w‖².
    solver : {"gd", "adam"}, optional
        `gradient_descent` or `adam`, over all the rows at every step.

    Attributes
    ----------
    classes_ : numpy.ndarray, shape (2,)
        The labels, sorted: first that of y = 0, then that of y = 1.
    weights_ : numpy.ndarray, shape (d,)
        The vector w. For two classes one is enough: softmax(0, z) is (1 − σ(z), σ(z)).
    bias_ : float
        The number b.
    n_iter_ : int
        Number of steps taken. If it equals ``max_iter``, the gradient may not be small yet.
    history_ : list of float
        J before the first step and after each, in nats.

    References
    ----------
    Cox, D. R. (1958). The regression analysis of binary sequences. *Journal of the Royal
    Statistical Society B* 20.

    Examples
    --------
    >>> model = LogisticRegression(learning_rate=1, max_iter=2)
    >>> _ = model.fit([[0], [1], [2], [3]], ["no", "no", "yes", "yes"])
    >>> [round(loss, 6) for loss in model.history_]
    [0.693147, 0.545475, 0.50558]
    >>> print(model.predict([[0.5], [5]]))
    ['yes' 'yes']
    >>> model.predict_proba([[0.5], [5]]).round(3)
    array([[0.465, 0.535],
           [0.052, 0.948]])
    """

    def _weight_shape(self, num_classes: int) -> tuple[int, ...]:
        if num_classes != 2:
            raise ValueError(
                f"LogisticRegression needs exactly two classes, but y has {num_classes}; "
                f"use SoftmaxRegression"
            )
        return ()

    def _loss_and_grad(self, z: Array, y: Array) -> tuple[Array, Array]:
        return sigmoid_cross_entropy_value_and_grad(z, y)

    def _probs(self, z: Array) -> Array:
        return np.stack([sigmoid(-z), sigmoid(z)], axis=1)

    def _likeliest(self, z: Array) -> Array:
        return (z > 0).astype(int)


class SoftmaxRegression(_LinearClassifier):
    r"""Softmax (multinomial logistic) regression: K classes, one weight row each.

    .. math:: \hat p = \mathrm{softmax}(W x + b), \qquad
              \frac{\partial J}{\partial W} = \frac{1}{N} (\hat P - Y)^\top X + λ W, \qquad
              \frac{\partial J}{\partial b} = \frac{1}{N} \sum_i (\hat p_i - y_i)

    Parameters
    ----------
    learning_rate, max_iter, tol, l2, solver
        As in `LogisticRegression`; the penalty is ½ ‖W‖², the squares of all K rows.

    Attributes
    ----------
    classes_ : numpy.ndarray, shape (K,)
        The labels, sorted; K ≥ 2 is their number.
    weights_ : numpy.ndarray, shape (K, d)
        The table W, one row per class.
    bias_ : numpy.ndarray, shape (K,)
        The vector b.
    n_iter_ : int
        As in `LogisticRegression`.
    history_ : list of float
        As in `LogisticRegression`; the first is log K.

    Examples
    --------
    >>> X = [[1, 0], [0, 1], [-1, -1], [2, 0], [0, 2], [-2, -1]]
    >>> y = ["cat", "dog", "hen", "cat", "dog", "hen"]
    >>> model = SoftmaxRegression(learning_rate=1, max_iter=100).fit(X, y)
    >>> [round(model.history_[step], 6) for step in (0, 1, 2, 10, 100)]
    [1.098612, 0.482671, 0.317651, 0.095831, 0.012393]
    >>> model.score(X, y)
    1.0
    """

    def _weight_shape(self, num_classes: int) -> tuple[int, ...]:
        return (num_classes,)

    def _loss_and_grad(self, z: Array, y: Array) -> tuple[Array, Array]:
        return softmax_cross_entropy_value_and_grad(z, y)

    def _probs(self, z: Array) -> Array:
        return softmax(z)

    def _likeliest(self, z: Array) -> Array:
        return z.argmax(axis=1)


def _feature_table(X: npt.ArrayLike) -> Array:
    """Return `X` as a floating-point array (N, d), every entry finite."""
    X = check.real_array(X, "X")
    if X.ndim != 2:
        raise ValueError(f"X has shape {X.shape}, expected (N, d): one row per sample")
    wrong = ~np.isfinite(X)
    if wrong.any():
        position = check.first(wrong)
        raise ValueError(
            f"X must be finite, but row {position[0]} holds {check.value_at(X, position)} "
            f"(at position {position})"
        )
    return X


def _label_list(y: npt.ArrayLike, rows: Array) -> Array:
    """Return `y` as an array of labels, one for each of the rows, none of them missing."""
    if np.ma.is_masked(y):  # type: ignore[no-untyped-call]
        raise TypeError("y has masked entries, which NumPy would use; drop these rows first")
    given: Any = y
    try:
        y = np.asarray(given)
    except ValueError as error:
        raise ValueError(f"y is ragged: its rows differ in length ({error})") from None
    if y.shape != rows.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape}, but X of {len(rows)} rows needs one label per row, "
            f"shape ({len(rows)},)"
        )
    if y.dtype.kind in "US" and not isinstance(given, np.ndarray):
        # NumPy makes text of ["a", nan], ["a", 1], ["a", b"a"]; so look at what was given.
        kind = str if y.dtype.kind == "U" else bytes
        for row, label in enumerate(given):
            if not isinstance(label, kind):
                raise TypeError(f"y must hold labels of one kind, got {label!r} at position {row}")
    with np.errstate(invalid="ignore"):  # the remainder of ∞ is NaN
        wrong = y % 1 != 0 if y.dtype.kind == "f" else y != y  # only NaN differs from itself
    if wrong.any():
        (row,) = check.first(wrong)
        raise ValueError(f"y must hold class labels, got {y[row]} at position {row}")
    return y


def _classes_and_indices(y: Array) -> tuple[Array, Array]:
    """Return the sorted classes, at least two, and the index of each label among them."""
    try:
        classes, indices = np.unique(y, return_inverse=True)
    except TypeError as error:
        raise TypeError(f"y must hold labels of one kind ({error})") from None
    if len(classes) < 2:
        raise ValueError(f"y must hold at least two classes, got {len(classes)}: {classes}")
    return classes, indices
