"""The exercises of chapter 2, softmax and the sigmoid."""

import numpy as np

from xent_lib import sigmoid, softmax, softplus

from . import Exercise


def exercise_1() -> Exercise:
    logits = np.log([1, 3, 6])
    mistakes = {
        "You divided the logits by their sum. Softmax takes their exponentials first.": (
            logits / logits.sum()
        ),
        "These are the parts. Divide them by their sum: probabilities sum to 1.": [1, 3, 6],
        "The largest does not take it all: softmax is soft.": [0, 0, 1],
        "The exponential of 0 is not 0.": [0, 3 / 9, 6 / 9],
        "These are in the wrong order: the largest logit gets the largest probability.": (
            [0.6, 0.3, 0.1]
        ),
    }
    return Exercise(
        title="Parts",
        points=2,
        function="predicted_probs",
        right=softmax(logits),
        mistakes=mistakes,
    )


def exercise_2() -> Exercise:
    mistakes = {
        "This is the probability of class 0: the sign of the exponent is lost.": (
            lambda z: sigmoid(-z)
        ),
        "A pair of brackets is missing: 1 / 1 + x is 1 + x.": lambda z: 1 + np.exp(-z),
        "This is the logarithm of the sigmoid.": lambda z: -softplus(-z),
        "This is the slope of the sigmoid.": lambda z: sigmoid(z) * sigmoid(-z),
        "This is the softmax over the whole array. Each logit has its own sigmoid.": (
            lambda z: np.exp(z - np.max(z)) / np.exp(z - np.max(z)).sum()
        ),
        "A large logit gives NaN: infinity divided by infinity.": (
            lambda z: np.where(z < 700, sigmoid(z), np.nan)
        ),
    }
    cases = [
        np.array([0.0, 2.0, -1.0]),
        np.array([[0.5, -0.5], [3.0, 1.0]]),
        np.array([1000.0, -1000.0]),
    ]
    return Exercise(
        title="Sigmoid",
        points=2,
        function="sigmoid_of",
        right=sigmoid,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    mistakes = {
        "Your rows sum to 1 only together: you summed over the whole batch.": (
            lambda z: softmax(z.reshape(-1)).reshape(z.shape)
        ),
        "Your columns sum to 1. The classes are on the last axis.": (lambda z: softmax(z, axis=0)),
        "You divided the logits by their sum. Take their exponentials first.": (
            lambda z: z / z.sum(axis=-1, keepdims=True)
        ),
        "The sums of the rows are matched with the columns: keepdims=True keeps them with "
        "their rows.": (
            lambda z: softmax(z) * np.exp(z).sum(axis=-1, keepdims=True) / np.exp(z).sum(axis=-1)
        ),
        "A logit of 1000 overflows. Subtract the largest logit of each row first.": (
            lambda z: np.where(z < 700, softmax(z), np.nan)
        ),
        "You subtracted the largest logit of the whole batch: in another row every "
        "exponential can be 0. Take the largest of each row.": (
            lambda z: np.where(z.max() - z.max(axis=-1, keepdims=True) < 700, softmax(z), np.nan)
        ),
    }
    cases = [
        np.array([2.0, 1.0, 0.1]),
        np.array([[3.0, 1.0, -3.0], [2.0, 8.0, 1.0], [0.0, 0.5, 1.0]]),
        np.array([[3.0, 1.0, -3.0], [2.0, 8.0, 1.0]]),
        np.array([1000.0, 1001.0, 1002.0]),
        np.array([[0.0, 1.0, 2.0], [1000.0, 1001.0, 1002.0]]),
    ]
    return Exercise(
        title="Softmax",
        points=4,
        function="softmax_of",
        right=softmax,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    mistakes = {
        "This is the logit of class 0 against class 1.": lambda z: z[:, 0] - z[:, 1],
        "This is the logit of class 1 alone. Only its lead over the other one counts.": (
            lambda z: z[:, 1]
        ),
        "This is the ratio of the logits. What counts is their difference.": (
            lambda z: z[:, 1] / z[:, 0]
        ),
        "This is the probability. You were asked for the logit that leads to it.": (
            lambda z: softmax(z)[:, 1]
        ),
        "You took the samples for the classes: each sample is a row.": (lambda z: z[1] - z[0]),
    }
    cases = [
        np.array([[0.3, 1.7]]),
        np.array([[2.0, 1.0], [-1.0, 3.0]]),
        np.array([[1000.0, 1002.0], [-5.0, -5.0], [0.5, 0.25]]),
    ]
    return Exercise(
        title="One logit",
        points=2,
        function="one_logit",
        right=lambda z: np.diff(z)[:, 0],
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def masked_softmax_from_the_web(logits, allowed):
        """Return probabilities along the last axis. Wrong on purpose."""
        masked = logits * allowed
        exps = np.exp(masked - masked.max())
        return exps / exps.sum()

    def right(logits, allowed):
        """Return the masked softmax."""
        return softmax(np.where(allowed, logits, -np.inf))

    mistakes = {
        "Nothing is fixed yet.": masked_softmax_from_the_web,
        "A logit of 0 is not a mask: its exponential is 1. Use minus infinity.": (
            lambda z, allowed: softmax(z * allowed)
        ),
        "You masked the probabilities, and the rows no longer sum to 1.": (
            lambda z, allowed: softmax(z) * allowed
        ),
        "Your rows sum to 1 only together: sum over each row.": (
            lambda z, allowed: softmax(np.where(allowed, z, -np.inf).reshape(-1)).reshape(z.shape)
        ),
        "A large negative number is not a mask: where nothing is allowed, all of it is.": (
            lambda z, allowed: softmax(np.where(allowed, z, -1e9))
        ),
        "Where nothing is allowed you give 0. But then the row is not a distribution.": (
            lambda z, allowed: np.nan_to_num(right(z, allowed))
        ),
        "You subtracted the largest logit of the whole batch: in another row every "
        "exponential can be 0. Take the largest of each row.": (
            lambda z, allowed: np.where(
                z.max() - z.max(axis=-1, keepdims=True) < 700, right(z, allowed), np.nan
            )
        ),
        "You masked the allowed classes.": lambda z, allowed: right(z, ~allowed),
    }
    logits = np.array([[2.0, 1.0, 0.1], [-1.0, -2.0, -3.0]])
    allowed = np.array([[True, False, True], [True, True, False]])
    nothing = np.array([[True, True, False], [False, False, False]])
    far_apart = np.array([[0.0, 1.0, 2.0], [1000.0, 1001.0, 1002.0]])
    cases = [
        (np.array([[2.0, 1.0, 0.1]]), np.array([[True, False, True]])),
        (logits, allowed),
        (far_apart, np.array([[True, True, False], [True, False, True]])),
        (logits, nothing),
    ]
    return Exercise(
        title="Mask",
        points=4,
        function="masked_softmax",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    def right(f):
        """Try the three properties on many random rows."""
        for z in np.random.default_rng(0).normal(size=(100, 4)):
            p = f(z)
            if np.any(p <= 0) or not np.isclose(p.sum(), 1) or not np.allclose(f(z + 0.5), p):
                return False
        return True

    def share_of_squares(z):
        """Positive, sums to 1, but a shift changes it."""
        return z**2 / np.sum(z**2)

    def sigmoids(z):
        """Positive, but the sum is arbitrary, and a shift changes it."""
        return sigmoid(z)

    def hard_choice(z):
        """Sums to 1 and ignores a shift, but has zeros."""
        return (np.arange(len(z)) == np.argmax(z)) * 1.0

    def unnormalised(z):
        """Positive and ignores a shift, but does not sum to 1."""
        return np.exp(z - np.max(z))

    def share_of_inputs(z):
        """Sums to 1, but nothing else."""
        return z / np.sum(z)

    z = np.array([0.5, -1.0, 0.25, 1.5])

    def sums_to_1(f):
        """Whether the sum is 1, on one row."""
        return bool(np.isclose(f(z).sum(), 1))

    def is_positive(f):
        """Whether all are above 0, on one row."""
        return bool(np.all(f(z) > 0))

    def ignores_shift(f):
        """Whether a shift changes nothing, on one row."""
        return bool(np.allclose(f(z), f(z + 0.5)))

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you compare rounded numbers with ==?": False,
        "You test the sum only.": sums_to_1,
        "You test the sign only.": is_positive,
        "You test the shift only.": ignores_shift,
        "You do not test the shift.": lambda f: sums_to_1(f) and is_positive(f),
        "You do not test the sign: one of the functions gives zeros.": (
            lambda f: sums_to_1(f) and ignores_shift(f)
        ),
        "You do not test the sum.": lambda f: is_positive(f) and ignores_shift(f),
    }
    cases = [
        softmax,
        share_of_squares,
        sigmoids,
        hard_choice,
        unnormalised,
        share_of_inputs,
    ]
    return Exercise(
        title="Properties",
        points=3,
        function="is_softmax",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )
