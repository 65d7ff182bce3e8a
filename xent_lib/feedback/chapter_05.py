"""The exercises of chapter 5, the gradient."""

import functools
from typing import Any

import numpy as np

from xent_lib import (
    central_difference,
    sigmoid,
    sigmoid_cross_entropy_grad,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

from . import Exercise, Mistake, Outcome
from .data import digits


def exercise_1() -> Exercise:
    mistakes = {
        "The sign is the other way round: p - y, and not y - p.": [-0.7, -0.2, 0.9],
        "This is the gradient in the probabilities, -1/p at the label.": [0, 0, -10],
        "The label is missing: subtract 1 from the probability of the last class.": (
            [0.7, 0.2, 0.1]
        ),
        "The other logits count, too: raise one, and the label's probability falls.": (
            [0, 0, -0.9]
        ),
        "The label is 2, and the classes are counted from 0: it is the last one.": (
            [0.7, -0.8, 0.1]
        ),
    }
    gradient = softmax_cross_entropy_grad(np.log([[0.7, 0.2, 0.1]]), [2])[0]
    return Exercise(
        title="One sample",
        points=2,
        function="predicted_gradient",
        right=gradient,
        mistakes=mistakes,
    )


def exercise_2() -> Exercise:
    def right(w, X, y):
        """Return the gradient of the mean loss."""
        return np.dot(sigmoid_cross_entropy_grad(np.dot(X, w), y), X)

    def slopes(w, X):
        """Return the slope of the sigmoid at each sample."""
        return sigmoid(X @ w) * sigmoid(-X @ w)

    mistakes = {
        "You forgot the mean over the samples.": lambda w, X, y: len(X) * right(w, X, y),
        "The sign is the other way round: p - y, and not y - p.": (lambda w, X, y: -right(w, X, y)),
        "You multiplied one mean by another. Sum the products over the samples.": (
            lambda w, X, y: (sigmoid(X @ w) - y).mean() * X.mean(axis=0)
        ),
        "The slope of the sigmoid is a factor too many: in p - y it has cancelled. (With "
        "the squared error it stays.)": (
            lambda w, X, y: ((sigmoid(X @ w) - y) * slopes(w, X)) @ X / len(X)
        ),
        "The sigmoid is missing: this is the gradient of the squared error of a line.": (
            lambda w, X, y: (X @ w - y) @ X / len(X)
        ),
        "One number cannot be the gradient: it has one entry per weight.": (
            lambda w, X, y: (sigmoid(X @ w) - y).mean()
        ),
    }
    X = np.array([[1.0, 2.0], [0.5, -1.0], [-1.5, 0.3]])
    cases = [
        (np.array([0.3, -0.2]), X, np.array([1, 0, 1])),
        (np.array([2.0, 1.0]), X, np.array([0, 0, 1])),
    ]
    return Exercise(
        title="Logistic",
        points=2,
        function="logistic_gradient",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["sigmoid"],
    )


def exercise_3() -> Exercise:
    def right(X, W, b, labels):
        """Return the gradient of the mean loss in W."""
        by_logits = softmax_cross_entropy_grad(np.array(X) @ np.transpose(W) + b, labels)
        return np.einsum("nk,nd->kd", by_logits, X)

    mistakes = {
        "Rows and columns are swapped: W has one row per class.": (
            lambda X, W, b, labels: right(X, W, b, labels).T
        ),
        "You forgot the mean over the samples.": (
            lambda X, W, b, labels: len(X) * right(X, W, b, labels)
        ),
        "The sign is the other way round: p - y, and not y - p.": (
            lambda X, W, b, labels: -right(X, W, b, labels)
        ),
        "You subtracted 1 in all these columns of every row. Index rows and columns.": (
            lambda X, W, b, labels: (
                (softmax(X @ W.T + b) - np.isin(np.arange(len(W)), labels)).T @ X / len(X)
            )
        ),
        "The labels are missing: subtract 1 at the label of each row.": (
            lambda X, W, b, labels: softmax(X @ W.T + b).T @ X / len(X)
        ),
        "You divided by samples times classes. The mean is over the samples only.": (
            lambda X, W, b, labels: right(X, W, b, labels) / len(W)
        ),
        "The bias is missing from the logits.": (
            lambda X, W, b, labels: right(X, W, 0 * b, labels)
        ),
        "You multiplied mean by mean. Multiply in each sample, and take the mean then.": (
            lambda X, W, b, labels: np.outer(
                softmax_cross_entropy_grad(X @ W.T + b, labels).sum(axis=0), X.mean(axis=0)
            )
        ),
    }
    W = np.array([[1.0, -1.0, 2.0], [0.0, 1.0, -1.0], [-1.0, 0.0, 1.0]])
    b = np.array([0.1, -0.1, 0.5])
    X = np.array([[1.0, 0.2, 0.5], [0.0, 1.0, 3.0], [2.0, 2.0, 1.0], [0.3, 0.0, 1.0]])
    cases = [
        (X, W, b, np.array([1, 0, 2, 2])),
        (X[:2], W, b, np.array([2, 2])),
        (X[:, :2], W[:, :2], b, np.array([1, 0, 2, 2])),
    ]
    return Exercise(
        title="Weights",
        points=3,
        function="weight_gradient",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax"],
    )


def exercise_4() -> Exercise:
    def cubes(x):
        """Return the sum of the cubes."""
        return np.sum(x * x * x)

    def numeric_from_the_web(f, x):
        """Return the gradient of f at x by small steps. Wrong on purpose."""
        h = 1e-14
        gradient = np.zeros(len(x))
        for k in range(len(x)):
            x[k] += h
            right = f(x)
            x[k] -= h
            left = f(x)
            gradient[k] = (right - left) / (2 * h)
        return gradient

    def of_label_0(z):
        """The cross-entropy of these logits, with label 0."""
        return softmax_cross_entropy(z, 0)

    def differences(h, factor=1.0, one_sided=False, in_place=False):
        """Return small steps of this size, whose result has this factor too much."""

        def gradient(f, x):
            result = []
            for k in range(len(x)):
                right, left = x.copy(), x.copy()
                right[k] += h
                left[k] = left[k] if one_sided else right[k] - 2 * h if in_place else x[k] - h
                result.append(factor * (f(right) - f(left)) / (h if one_sided else 2 * h))
            return np.array(result)

        return gradient

    sizes = [10.0**-k for k in range(3, 11)]
    tiny = [10.0**-k for k in range(11, 17)]
    mistakes = {
        "Nothing is fixed yet.": numeric_from_the_web,
        "Half of what it should be: you divide by 2 h, but left is x itself.": Mistake(
            *(differences(h, 1 / 2, one_sided=True) for h in sizes), points=2
        ),
        "Twice what it should be: the distance from left to right is 2 h.": Mistake(
            *(differences(h, 2) for h in sizes), points=2
        ),
        "Left is mended, but the step is too small: hardly a digit is left of the difference.": (
            Mistake(
                *(differences(h) for h in tiny),
                *(differences(h, in_place=True) for h in tiny),
                *(differences(h, one_sided=True) for h in tiny),
                points=2,
            )
        ),
        "The sign is the other way round: right minus left.": Mistake(
            *(differences(h, -1) for h in sizes)
        ),
        "A one-sided step of this size is not accurate to six digits. Step to both sides.": Mistake(
            *(differences(h, one_sided=True) for h in sizes), points=2
        ),
    }
    cases = [
        (cubes, np.array([1.0, 2.0])),
        (of_label_0, np.array([2.0, 1.0, 0.1])),
        (np.prod, np.array([3.0, -1.0, 2.0, 0.5])),
    ]
    return Exercise(
        title="Small steps",
        points=3,
        function="numeric_gradient",
        right=central_difference,
        cases=cases,
        mistakes=mistakes,
        unchanged=True,
        atol=1e-7,
    )


def exercise_5() -> Exercise:
    def cubes(x):
        """Return the sum of the cubes."""
        return np.sum(x * x * x)

    def gradient(x):
        """The gradient of the cubes."""
        return 3 * x**2

    def lost_sign(x):
        """Its negative."""
        return -3 * x**2

    def last_wrong(x):
        """Right except for the last coordinate."""
        return 3 * x**2 * (1 + 0.1 * (np.arange(len(x)) == len(x) - 1))

    def reversed_order(x):
        """Right, but in the wrong order."""
        return 3 * x[::-1] ** 2

    def doubled(x):
        """Twice what it should be."""
        return 6 * x**2

    def tiny_cubes(x):
        """A millionth of the cubes."""
        return 1e-6 * cubes(x)

    def tiny_gradient(x):
        """The gradient of the tiny cubes."""
        return 3e-6 * x**2

    def tiny_doubled(x):
        """Twice that."""
        return 6e-6 * x**2

    def right(f, claimed, x):
        """Compare with small steps, relative to the largest entry."""
        numeric = central_difference(f, x)
        return bool(np.max(np.abs(claimed(x) - numeric)) <= 1e-5 * np.max(np.abs(numeric)))

    def each_entry(f, claimed, x):
        """Compare each entry with its own size."""
        return bool(np.allclose(claimed(x), central_difference(f, x), rtol=1e-5, atol=1e-12))

    def of_default(f, claimed, x):
        """Compare as np.allclose does."""
        return bool(np.allclose(claimed(x), central_difference(f, x)))

    def direction_only(f, claimed, x):
        """Compare the directions only."""
        a, b = claimed(x), central_difference(f, x)
        return bool(a @ b > (1 - 1e-9) * np.linalg.norm(a) * np.linalg.norm(b))

    def length_only(f, claimed, x):
        """Compare the lengths only."""
        a, b = claimed(x), central_difference(f, x)
        return bool(np.isclose(np.linalg.norm(a), np.linalg.norm(b), rtol=1e-4))

    def sizes_only(f, claimed, x):
        """Compare the absolute values."""
        a, b = np.abs(claimed(x)), np.abs(central_difference(f, x))
        return bool(np.max(np.abs(a - b)) <= 1e-5 * np.max(b))

    def size_of_each(f, claimed, x):
        """Compare the absolute values, each with its own size."""
        a, b = np.abs(claimed(x)), np.abs(central_difference(f, x))
        return bool(np.allclose(a, b, rtol=1e-5, atol=1e-12))

    def absolute(f, claimed, x):
        """Compare with an absolute tolerance only."""
        return bool(np.all(np.abs(claimed(x) - central_difference(f, x)) < 1e-4))

    def first_only(f, claimed, x):
        """Compare the first coordinate only."""
        return bool(np.isclose(claimed(x)[0], central_difference(f, x)[0], atol=0))

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you compare rounded numbers with ==?": False,
        "You look at one coordinate only.": first_only,
        "You look at the length only; the direction may be wrong.": length_only,
        "For a tiny gradient your tolerance is too large. Make it relative.": absolute,
        "You compare each entry with its own size. One that is 0, or tiny beside the others, has "
        "no digits: compare the difference with the largest entry.": Mistake(
            each_entry, of_default
        ),
        "You look at the direction only; the length may be wrong.": direction_only,
        "You compare absolute values: a lost sign passes.": Mistake(sizes_only, size_of_each),
    }
    x = np.array([1.0, 2.0, 0.5])
    cases = [(cubes, claimed, x) for claimed in (gradient, lost_sign, last_wrong)]
    cases += [(cubes, claimed, x) for claimed in (doubled, reversed_order)]
    cases += [(tiny_cubes, claimed, x) for claimed in (tiny_gradient, tiny_doubled)]
    cases += [(cubes, gradient, np.array([0.0, 1.0])), (cubes, gradient, np.array([100.0, 0.01]))]
    return Exercise(
        title="Claims",
        points=3,
        function="gradient_is_right",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    pictures, labels, W, b = _digit_model()
    enough = Outcome("a picture that the model calls something else")

    def seen(picture, original, label, W, b):
        """Say whether the picture fools the model as it should, or what is wrong with it."""
        change = np.max(np.abs(picture - original))
        if np.shape(picture) != original.shape or np.isnan(change):
            return picture
        if change > 0.25 + 1e-6:
            return Outcome(f"a picture with a pixel changed by {change:.3g}")
        fools = np.argmax(W @ picture + b) != label
        if np.min(picture) < -1e-6 or np.max(picture) > 1 + 1e-6:
            return outside if fools else Outcome("a picture with a pixel outside 0 to 1")
        p = softmax(W @ picture + b)[label]
        return enough if fools else Outcome(f"a picture that is still a {label}, with p = {p:.4g}")

    def gradient(x, label, W, b):
        """Return the gradient in the pixels."""
        by_logits = softmax(W @ x + b)
        by_logits[label] -= 1
        return by_logits @ W

    def moved(step):
        """Return the change of the picture by this function of the gradient."""
        return lambda x, y, W, b: seen(
            np.clip(x + 0.25 * step(gradient(x, y, W, b)), 0, 1), x, y, W, b
        )

    outside = Outcome("a picture that fools the model, with a pixel outside 0 to 1")
    mistakes = {
        "You went down the gradient, and the model is surer than before. The loss has to grow.": (
            Mistake(moved(lambda g: -np.sign(g)), moved(lambda g: -g))
        ),
        "This step hardly changes most pixels. Each may move by 0.25: which part of the gradient "
        "do you need?": Mistake(
            moved(lambda g: g),
            moved(lambda g: 4 * g),
            moved(lambda g: g / np.max(np.abs(g))),
            moved(lambda g: g / np.linalg.norm(g)),
        ),
        "The model is fooled, but no pixel can be lighter than white or darker than black. Cut "
        "them off.": Mistake(lambda *case: outside, points=3),
    }
    cases = [(pictures[i], labels[i], W, b) for i in (0, 1, 2, 4, 6, 7, 8)]
    return Exercise(
        title="Fooled",
        points=4,
        function="fooled",
        right=enough,
        observed=("", seen),
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax"],
    )


@functools.cache
def _digit_model() -> tuple[np.ndarray[Any, Any], ...]:
    """Return pictures, labels, weights and biases, as the notebook computes them."""
    pictures, labels = digits()
    pictures, W, b = pictures / 16, np.zeros((10, 64)), np.zeros(10)
    for _ in range(100):
        by_logits = softmax_cross_entropy_grad(pictures @ W.T + b, labels)
        W, b = W - by_logits.T @ pictures, b - by_logits.sum(axis=0)
    return pictures, labels, W, b
