"""The exercises of chapter 4, the loss-function zoo."""

import numpy as np

from xent_lib import (
    exponential_loss,
    hinge_loss,
    huber_loss,
    logistic_loss,
    perceptron_loss,
    zero_one_loss,
)

from . import Exercise, Mistake, Outcome
from .data import telephone_calls


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

    def none_at_0(m):
        """It is 1 below 0, and 0 at 0."""
        return np.where(np.asarray(m) < 0, 1.0, 0.0)

    def no_maximum(m):
        """The hinge without its maximum: 1 - m."""
        return 1 - np.asarray(m)

    def bump(m):
        """It is 1 at 0, and falls to both sides."""
        return np.exp(-np.square(m))

    few = np.arange(-3, 4)[np.arange(-3, 4) != 0]  # whole margins, and not 0
    fine = np.arange(-299, 300, 2) / 100  # margins close together, and not 0
    mistakes = {
        "Your test accepts everything. Near 0 some of these losses are too small.": True,
        "Your test rejects everything. A loss may be equal to the 0-1 loss.": False,
        "You ask for more than the 0-1 loss. Equal is enough.": (
            lambda loss: bool(np.all(loss(fine) > (fine <= 0)))
        ),
        "Your grid leaves out 0 itself, where the 0-1 loss is 1.": (
            lambda loss: bool(np.all(loss(fine) >= (fine <= 0)))
        ),
        "You look at 0 only. Go to both sides, too.": lambda loss: bool(loss(np.zeros(1))[0] >= 1),
        "You look at the wrong side only. A loss below 0 is too small, too.": (
            lambda loss: bool(np.all(loss(np.arange(-300, 1) / 100) >= 1))
        ),
        "You try only a few margins. What happens near 0?": (
            lambda loss: bool(np.all(loss(few) >= (few <= 0)))
        ),
        "You compare the loss with 0. On the wrong side the 0-1 loss is 1.": Mistake(
            lambda loss: bool(np.all(loss(fine) > 0)),
            lambda loss: bool(np.all(loss(fine) >= 0)),
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
    cases += [nine_tenths, none_at_0, no_maximum, bump]
    return Exercise(
        title="Bound",
        points=3,
        function="bounds_mistakes",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def through_pairs(years, calls):
        """Return all lines through two of the points, each as its slope and intercept."""
        i, j = np.triu_indices(len(years), 1)
        slopes = (calls[j] - calls[i]) / (years[j] - years[i])
        return slopes, calls[i] - slopes * years[i]

    def trusted(years, calls):
        """Return where the calls are near the line with the smallest median error."""
        slopes, intercepts = through_pairs(years, calls)
        errors = np.abs(np.outer(slopes, years) + intercepts[:, np.newaxis] - calls)
        return errors[np.median(errors, axis=1).argmin()] < 4

    enough = Outcome("a line that is off by at most 5 in the right years")

    def miss(line, years, calls):
        """Say whether the line is near the right years, or how far off it is."""
        slope, intercept = (float(np.asarray(part).item()) for part in line)  # one number each
        errors = np.abs(slope * years + intercept - calls)[trusted(years, calls)]
        if errors.mean() <= 5:
            return enough
        return Outcome(f"a line that is off by {errors.mean():.3g} in the right years")

    def least_squares(years, calls):
        """Fit a line by least squares."""
        slope = np.cov(years, calls)[0, 1] / np.var(years, ddof=1)
        return slope, calls.mean() - slope * years.mean()

    def level(middle):
        """Return the level line at the middle of the calls."""
        return lambda years, calls: miss((0, middle(calls)), years, calls)

    def joined(years, calls):
        """Return the line from the first point to the last one."""
        slope = (calls[-1] - calls[0]) / (years[-1] - years[0])
        return miss((slope, calls[0] - slope * years[0]), years, calls)

    mistakes = {
        "This is least squares, and the spoiled years rule it.": (
            lambda years, calls: miss(least_squares(years, calls), years, calls)
        ),
        "Slope and intercept are in the wrong order.": (
            lambda years, calls: miss(least_squares(years, calls)[::-1], years, calls)
        ),
        "A level line is not enough: the calls grow.": Mistake(level(np.median), level(np.mean)),
        "A line through the first and the last point trusts these two whatever they are.": joined,
    }
    return Exercise(
        title="Line",
        points=3,
        function="fit_line",
        right=enough,
        observed=("", miss),
        cases=[telephone_calls()],
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    labels = np.array([1, 1, 0])

    points = np.array([[3.0, 3.0], [4.0, 3.0], [1.0, 1.0]])

    def classes(line, X, y):
        """Return the classes that the line gives to X."""
        w, b = line
        return (np.asarray(X) @ np.ravel(w) + np.asarray(b).item() > 0).astype(int)

    def stopped(rounds, plus=1):
        """Return a perceptron that stops after this many rounds; class 1 has this sign."""

        def train(X, y):
            X, signs = np.asarray(X), plus * (2 * np.asarray(y) - 1)
            w, b = np.zeros(X.shape[1]), 0
            for _ in range(rounds):
                before = b, *w
                for x, sign in zip(X, signs, strict=True):
                    if sign * (w @ x + b) <= 0:
                        w, b = w + sign * x, b + sign
                if before == (b, *w):
                    break
            return classes((w, b), X, y)

        return train

    usual = (10, 20, 50, 100, 200, 500, 1000)
    mistakes = {
        "The two bugs are gone, but it stops too early: go on until a round finds no mistake.": (
            Mistake(*map(stopped, usual), points=3)
        ),
        "All are put into class 0. Does it learn at all? At the start every margin is 0, "
        "which is not below 0.": lambda X, y: np.zeros(len(y)),
        "All are put into class 1. The label 0 makes every margin 0 and every correction "
        "0; use the sign -1.": lambda X, y: np.ones(len(y)),
        "The classes are the wrong way round: is a sign lost?": Mistake(
            lambda X, y: 1 - np.asarray(y), *(stopped(rounds, -1) for rounds in usual)
        ),
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
        (np.array([[10.0], [9.0]]), labels[1:]),
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
