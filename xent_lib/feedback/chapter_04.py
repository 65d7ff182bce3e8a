"""The exercises of chapter 4, the loss-function zoo."""

import numpy as np

from xent_lib import (
    exponential_loss,
    hinge_loss,
    huber_loss,
    logistic_loss,
    perceptron_loss,
    squared_hinge_loss,
    to_signs,
    zero_one_loss,
)

from . import Exercise


def exercise_1() -> Exercise:
    waits = np.array([1, 2, 3, 4, 100])
    mistakes = {
        "This is the median. It keeps the absolute errors lowest.": np.median(waits),
        "This is halfway between the shortest and the longest. It keeps the worst error lowest.": (
            1 + 100
        )
        / 2,
        "You left the long wait out. The squared error depends on it most of all.": waits[
            :4
        ].mean(),
        "This is the sum. Divide it by the number of people.": waits.sum(),
    }
    return Exercise(
        title="Waits", points=2, function="predicted_wait", right=waits.mean(), mistakes=mistakes
    )


def exercise_2() -> Exercise:
    mistakes = {
        "You used the label 0 or 1 where its sign belongs: every sample of class 0 now "
        "costs 1, whatever its score.": lambda z, y: hinge_loss(y * z),
        "The sign is the other way round: a right answer should cost less.": (
            lambda z, y: hinge_loss(-to_signs(y) * z)
        ),
        "This is the perceptron loss. The hinge asks for a margin of 1.": (
            lambda z, y: perceptron_loss(to_signs(y) * z)
        ),
        "A loss below 0: a margin beyond 1 earns nothing. Where is the maximum?": (
            lambda z, y: 1 - to_signs(y) * z
        ),
        "This is the mean over the samples. You were asked for the loss of each.": (
            lambda z, y: hinge_loss(to_signs(y) * z).mean()
        ),
        "This is the squared hinge.": lambda z, y: squared_hinge_loss(to_signs(y) * z),
    }
    cases = [
        (np.array([0.5, -2.0, 3.0]), np.array([1, 1, 1])),
        (np.array([0.5, -2.0, 3.0, 0.0]), np.array([0, 0, 1, 0])),
    ]
    return Exercise(
        title="Hinge",
        points=3,
        function="hinge_of",
        right=lambda z, y: hinge_loss(to_signs(y) * np.array(z)),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    mistakes = {
        "The half is missing: the parabola and the line do not meet.": (
            lambda r, d: np.where(np.abs(r) <= d, np.square(r), huber_loss(r, delta=d))
        ),
        "The line does not start where the parabola ends: half of delta is missing.": (
            lambda r, d: np.where(np.abs(r) <= d, huber_loss(r, delta=d), d * np.abs(r))
        ),
        "A large negative residual counts as small: take its absolute value.": (
            lambda r, d: np.where(r <= d, np.square(r) / 2, huber_loss(r, delta=d))
        ),
        "Beyond delta the loss is constant. It should continue as a line.": (
            lambda r, d: np.minimum(huber_loss(r, delta=d), d**2 / 2)
        ),
        "The two cases are swapped.": (
            lambda r, d: np.where(np.abs(r) > d, r**2 / 2, d * (np.abs(r) - d / 2))
        ),
        "This is the mean over the residuals. You were asked for the loss of each.": (
            lambda r, d: huber_loss(r, delta=d).mean()
        ),
    }
    cases = [
        (np.array([0.5, 0.0, 1.0]), 1.0),
        (np.array([3.0, 0.25]), 1.0),
        (np.array([-3.0, -0.5, 2.0]), 1.0),
        (np.array([-3.0, 0.2, 2.0]), 0.5),
    ]
    return Exercise(
        title="Huber",
        points=3,
        function="huber_of",
        right=lambda r, d: huber_loss(r, delta=d),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    def step_ratio(factor, n):
        """Return how many of her gradients make one of yours, by running both."""
        rng = np.random.default_rng(0)
        X, target, w = rng.normal(size=(n, 2)), rng.normal(size=n), np.ones(2)
        errors = X @ w - target
        yours = 2 * X.T @ errors / n
        hers = 2 * X.T @ errors / (2 * n if factor == "half mean" else 1)
        return yours[0] / hers[0]

    mistakes = {
        "It is the other way round: a smaller gradient needs a larger rate.": (
            lambda factor, n, rate: rate / step_ratio(factor, n)
        ),
        "The rate has to change with the factor: it multiplies the gradient.": (
            lambda factor, n, rate: rate
        ),
        "With the sum the gradient is n times as large, and so the rate has to be n times "
        "as small.": (lambda factor, n, rate: 2 * rate if factor == "half mean" else rate * n),
        "The mean and the half mean differ only by a factor of 2; n is in both.": (
            lambda factor, n, rate: 2 * n * rate if factor == "half mean" else rate / n
        ),
    }
    cases = [
        ("half mean", 4, 0.1),
        ("sum", 4, 0.1),
        ("half mean", 50, 0.3),
        ("sum", 50, 0.3),
    ]
    return Exercise(
        title="Rates",
        points=2,
        function="equal_rate",
        right=lambda f, n, rate: rate * step_ratio(f, n),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    labels = np.array([1, 1, 0])

    points = np.array([[3.0, 3.0], [4.0, 3.0], [1.0, 1.0]])

    def classes(line, X, y):
        """Return the classes that the line gives to X."""
        w, b = line
        return (np.asarray(X) @ w + b > 0).astype(int)

    mistakes = {
        "All are put into class 0. Does it learn at all? At the start every margin is 0, "
        "which is not below 0.": lambda X, y: 0 * y,
        "All are put into class 1. The label 0 makes every margin 0 and every correction "
        "0; use the sign -1.": lambda X, y: 0 * y + 1,
        "The classes are exactly the wrong way round: is a sign lost?": lambda X, y: 1 - y,
    }
    cases = [
        (points, labels),
        (
            np.array([[1.0, 0.0], [2.0, 1.0], [-1.0, 0.5], [-2.0, -1.0]]),
            np.array([0, 0, 1, 1]),
        ),
        (
            np.array([[0.0, 2.0], [0.0, 3.0], [1.0, 2.5], [5.0, 0.0]]),
            np.array([0, 1, 0, 0]),
        ),
    ]
    return Exercise(
        title="Perceptron",
        points=4,
        function="train_perceptron",
        right=lambda X, y: y,
        observed=("a line that puts the samples into the classes", classes),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    def logistic_in_bits(m):
        """The logistic loss with the logarithm to base 2: it is 1 at 0."""
        return logistic_loss(m) / np.log(2)

    def right(loss):
        """Compare on a fine grid that has 0."""
        margins = np.arange(-300, 301) / 100
        return bool(np.all(loss(margins) >= (margins <= 0)))

    def nine_tenths(m):
        """The 0-1 loss, slightly too small."""
        return 0.9 * zero_one_loss(m)

    few = np.arange(-3, 4)[np.arange(-3, 4) != 0]  # whole margins, and not 0
    fine = np.arange(-299, 300, 2) / 100  # margins close together, and not 0
    mistakes = {
        "Your test accepts everything. Near 0 two of these losses are too small.": True,
        "Your test rejects everything. A loss may be equal to the 0-1 loss.": False,
        "You ask for more than the 0-1 loss. Equal is enough.": (
            lambda loss: bool(np.all(loss(fine) > (fine <= 0)))
        ),
        "You try only a few margins. What happens near 0?": (
            lambda loss: bool(np.all(loss(few) >= (few <= 0)))
        ),
        "You ask for a loss that is above 0 everywhere. Compare it with the 0-1 loss.": (
            lambda loss: bool(np.all(loss(np.arange(-30, 31) / 10) > 0))
        ),
    }
    cases = [
        hinge_loss,
        logistic_loss,
        exponential_loss,
        perceptron_loss,
        zero_one_loss,
        logistic_in_bits,
    ]
    cases += [nine_tenths]
    return Exercise(
        title="Bound",
        points=3,
        function="bounds_mistakes",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )
