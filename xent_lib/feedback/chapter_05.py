"""The exercises of chapter 5, the gradient."""

import numpy as np

from xent_lib import (
    central_difference,
    one_hot,
    sigmoid,
    sigmoid_cross_entropy_grad,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

from . import Exercise


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
    def right(z, y):
        """Return the gradient of the mean loss."""
        return softmax_cross_entropy_grad(z, y)

    mistakes = {
        "You forgot the mean: the loss is divided by the number of samples, and so is its "
        "gradient.": lambda z, y: len(z) * right(z, y),
        "The sign is the other way round: p - y, and not y - p.": lambda z, y: -right(z, y),
        "You divided by samples times classes. The mean is over the samples only.": (
            lambda z, y: right(z, y) / np.shape(z)[1]
        ),
        "The labels are missing: subtract 1 at the label of each row.": (
            lambda z, y: softmax(z) / len(z)
        ),
        "You subtracted 1 in all these columns of every row. Index rows and columns.": (
            lambda z, y: (softmax(z) - np.isin(np.arange(np.shape(z)[1]), y)) / len(z)
        ),
        "This is the gradient in the probabilities. The chain goes on to the logits.": (
            lambda z, y: -one_hot(y, np.shape(z)[1]) / softmax(z) / len(z)
        ),
    }
    cases = [
        (np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]), np.array([0, 2])),
        (
            np.array([[1.0, 0.2, 0.3], [0.0, 0.0, 0.0], [3.0, -1.0, 1.0]]),
            np.array([1, 1, 0]),
        ),
    ]
    return Exercise(
        title="Logits",
        points=3,
        function="logit_gradient",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax"],
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


def exercise_5() -> Exercise:
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

    def from_right(f, x, h=1e-5):
        """Return one-sided differences."""
        return np.array([(f(x + h * row) - f(x)) / h for row in np.eye(len(x))])

    mistakes = {
        "Nothing is fixed yet.": numeric_from_the_web,
        "Half of what it should be: you divide by 2 h, but left is x itself.": (
            lambda f, x: central_difference(f, x) / 2
        ),
        "Twice what it should be: the distance from left to right is 2 h.": (
            lambda f, x: 2 * central_difference(f, x)
        ),
        "The sign is the other way round: right minus left.": (
            lambda f, x: -central_difference(f, x)
        ),
        "A one-sided step leaves an error in the sixth digit, with h = 1e-5.": from_right,
    }
    cases = [
        (cubes, np.array([1.0, 2.0])),
        (of_label_0, np.array([2.0, 1.0, 0.1])),
        (np.prod, np.array([3.0, -1.0, 2.0, 0.5])),
    ]
    return Exercise(
        title="Small steps",
        points=4,
        function="numeric_gradient",
        right=central_difference,
        cases=cases,
        mistakes=mistakes,
        unchanged=True,
        atol=1e-7,
    )


def exercise_6() -> Exercise:
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
        """Compare with small steps, relative to the gradient."""
        return bool(np.allclose(claimed(x), central_difference(f, x), rtol=1e-5, atol=1e-12))

    def length_only(f, claimed, x):
        """Compare the lengths only."""
        a, b = claimed(x), central_difference(f, x)
        return bool(np.isclose(np.linalg.norm(a), np.linalg.norm(b), rtol=1e-4))

    def sizes_only(f, claimed, x):
        """Compare the absolute values."""
        a, b = np.abs(claimed(x)), np.abs(central_difference(f, x))
        return bool(np.allclose(a, b, rtol=1e-4, atol=1e-12))

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
        "You compare absolute values: a lost sign passes.": sizes_only,
    }
    x = np.array([1.0, 2.0, 0.5])
    cases = [(cubes, claimed, x) for claimed in (gradient, lost_sign, last_wrong)]
    cases += [(cubes, claimed, x) for claimed in (doubled, reversed_order)]
    cases += [(tiny_cubes, claimed, x) for claimed in (tiny_gradient, tiny_doubled)]
    return Exercise(
        title="Claims",
        points=3,
        function="gradient_is_right",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )
