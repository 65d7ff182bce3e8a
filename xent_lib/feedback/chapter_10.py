"""The exercises of chapter 10, theory."""

from itertools import combinations

import numpy as np

from . import Exercise, Mistake, about


def exercise_1() -> Exercise:
    mistakes = {
        "The mean wealth is largest if you stake all, but then the first tails ruins you.": 1.0,
        "This is the forecast, not the stake. Staking f splits your money into (1 + f)/2 and "
        "(1 − f)/2; the first of these should be 0.7.": 0.7,
        "This is the probability of tails.": 0.3,
        "This is best for a coin with 0.6.": 0.2,
    }
    return Exercise(
        title="Stake",
        points=2,
        function="best_stake",
        right=0.4,
        mistakes=mistakes,
        rtol=2e-3,
    )


def exercise_2() -> Exercise:
    def right(forecasts, odds, labels):
        rows = np.arange(len(labels))
        return np.log(np.array(forecasts)[rows, labels] * np.array(odds)[labels]).sum()

    def given(forecasts, labels):
        """Return the share that was put on what happened."""
        return np.array(forecasts)[np.arange(len(labels)), labels]

    mistakes = {
        "What a coin pays is missing.": lambda f, odds, y: np.log(given(f, y)).sum(),
        "This is the mean of a round. Add up all rounds.": (
            lambda f, odds, y: right(f, odds, y) / len(y)
        ),
        "This is the wealth. Return its logarithm.": lambda f, odds, y: np.exp(right(f, odds, y)),
        "You looked up the favourite of each row. What counts is what happened.": (
            lambda f, odds, y: np.log(
                np.max(f, axis=1) * np.array(odds)[np.argmax(f, axis=1)]
            ).sum()
        ),
        "The sign is wrong: this is minus the logarithm.": lambda f, odds, y: -right(f, odds, y),
        "This is the total loss. The sign is wrong, and what a coin pays is missing.": (
            lambda f, odds, y: -np.log(given(f, y)).sum()
        ),
        "The product is too small or too large for a float. Add up the logarithms.": Mistake(
            lambda f, odds, y: np.log(np.prod(given(f, y) * np.array(odds)[y])),
            lambda f, odds, y: np.log(np.prod(given(f, y))) + np.log(np.array(odds)[y]).sum(),
        ),
        "This is in bits. Use `np.log`.": lambda f, odds, y: right(f, odds, y) / np.log(2),
    }
    three = np.array([[0.1, 0.2, 0.7], [0.1, 0.7, 0.2], [0.3, 0.4, 0.3]])
    rng = np.random.default_rng(0)
    many = rng.dirichlet(np.ones(4), size=3000)
    cases = [
        (three, np.array([3.0, 3.0, 3.0]), np.array([2, 1, 0])),
        (three, np.array([1.5, 2.0, 8.0]), np.array([0, 2, 1])),
        (many, np.array([4.0, 4.0, 2.0, 8.0]), rng.integers(4, size=3000)),
    ]
    return Exercise(
        title="Wealth",
        points=2,
        function="log_wealth",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    def right(G, slope, q, y):
        return G(q) + (y - q) * slope(q)

    mistakes = {
        "This is the height of the hill, the mean of both fines if q is true. Which one is due?": (
            lambda G, slope, q, y: G(q) + 0 * q
        ),
        "The sign of the slope is wrong.": lambda G, slope, q, y: G(q) - (y - q) * slope(q),
        "You read every tangent at 1. If 0 happened, read it at 0.": (
            lambda G, slope, q, y: right(G, slope, q, 1)
        ),
        "The labels are swapped: if 1 happened, read the tangent at 1.": (
            lambda G, slope, q, y: right(G, slope, q, 1 - y)
        ),
        "This is the tangent at y, read at q. Report q touches the hill at q.": (
            lambda G, slope, q, y: G(np.float64(y)) + (q - y) * slope(np.float64(y))
        ),
        "This is only the rise along the tangent. It starts at the height of the hill.": (
            lambda G, slope, q, y: (y - q) * slope(q)
        ),
    }
    brier = about("The hill 2q(1 − q).", lambda q: 2 * q * (1 - q))
    brier_slope = about("Its slope, 2 − 4q.", lambda q: 2 - 4 * q)
    entropy = about("The entropy.", lambda q: -q * np.log(q) - (1 - q) * np.log(1 - q))
    entropy_slope = about("Its slope, ln((1 − q)/q).", lambda q: np.log((1 - q) / q))
    cases = [
        (brier, brier_slope, 0.7, 1),
        (brier, brier_slope, 0.7, 0),
        (entropy, entropy_slope, np.array([0.2, 0.5, 0.9]), 1),
        (entropy, entropy_slope, np.array([0.2, 0.5, 0.9]), 0),
    ]
    return Exercise(
        title="Fine",
        points=3,
        function="fine",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    mistakes = {
        "The bound is not the excess loss itself: mistakes go with its root.": 0.08,
        "The factor 2 is missing under the root.": 0.08**0.5,
        "2E, not E/2, is under the root.": 0.2,
        "Take the root of 2E.": 0.16,
        "This is the other way round: a lower bound on E, D²/2, if D were 0.08.": 0.08**2 / 2,
    }
    return Exercise(
        title="Bound",
        points=2,
        function="most_extra_mistakes",
        right=0.4,
        mistakes=mistakes,
        rtol=2e-3,
    )


def exercise_5() -> Exercise:
    def forecasts_from_the_web(flips):
        """Return the forecast of heads before each flip. Wrong on purpose."""
        flips = np.asarray(flips)
        return (np.cumsum(flips) + 0.5) / (len(flips) + 2)

    def learner(peeks=False, all_flips=False, below=1.0, above=0.5):
        """Return a learner with other counts or other constants."""

        def forecasts(flips):
            flips = np.array(flips, dtype=float)
            heads = np.cumsum(flips) - (0 if peeks else flips)
            seen = len(flips) if all_flips else np.arange(len(flips))
            return (heads + above) / (seen + below)

        return forecasts

    one_left = {
        "Each forecast has already seen its own flip.": {"peeks": True},
        "You divide by the number of all flips. Before flip i there were i, counted from 0.": {
            "all_flips": True
        },
        "Half a head and half a tail make one flip more, not two.": {"below": 2.0},
    }
    two_left = [learner(**(one | other)) for one, other in combinations(one_left.values(), 2)]
    mistakes = {
        "Nothing is fixed yet.": forecasts_from_the_web,
        **{text: Mistake(learner(**bug), points=2) for text, bug in one_left.items()},
        "One of the three bugs is gone. The others are in which heads are counted, in which flips, "
        "or in what is added to them.": Mistake(*two_left, points=1),
        "This is Laplace's rule: it adds 1 and 2.": Mistake(
            learner(below=2.0, above=1.0), points=2
        ),
        "These are the plain frequencies: before the first flip 0/0, and later a 0 or 1 that "
        "can ruin you.": learner(below=0.0, above=0.0),
    }
    cases = [
        np.array([1, 1, 0]),
        np.array([0, 1, 1, 1, 0, 1, 1]),
        np.array([1]),
    ]
    return Exercise(
        title="Learner",
        points=4,
        function="learned_forecasts",
        right=learner(),
        cases=cases,
        mistakes=mistakes,
    )


def logistic_fit(X, y, bias=True, steps=30):
    """Return the probabilities of logistic regression after some steps of Newton's method."""
    rows = np.c_[X, np.ones(len(X))] if bias else X
    theta = np.zeros(rows.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-rows @ theta))
        curvature = (rows.T * (p * (1 - p))) @ rows
        theta -= np.linalg.solve(curvature, rows.T @ (p - y))
    return 1 / (1 + np.exp(-rows @ theta))


def exercise_6() -> Exercise:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = (rng.random(40) < 1 / (1 + np.exp(-X[:, 0] - 0.5))).astype(int)
    fit = logistic_fit(X, y)
    everything = np.c_[X, np.ones(40)]

    def moved(*mismatch):
        """Return forecasts whose sums of features and of ones miss those of y by `mismatch`."""
        return fit + everything @ np.linalg.solve(everything.T @ everything, mismatch)

    def matches(gaps):
        return bool(np.max(np.abs(gaps)) < 1e-6)

    def gaps(X, y, probs):
        return np.array(X).T @ (np.array(probs) - y)

    def total(y, probs):
        return np.sum(np.array(probs) - y)

    def right(X, y, probs):
        return matches([*gaps(X, y, probs), total(y, probs)])

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you compare with ==?": False,
        "You look at the sum of the forecasts only. The sums of each feature must match, too.": (
            lambda X, y, probs: matches(total(y, probs))
        ),
        "You look at the features only. The bias makes the plain sums match, too.": (
            lambda X, y, probs: matches(gaps(X, y, probs))
        ),
        "You add up the gaps of the features, so that they can cancel.": (
            lambda X, y, probs: matches([gaps(X, y, probs).sum(), total(y, probs)])
        ),
        "A gap below 0 is as bad as one above. Take its absolute value.": (
            lambda X, y, probs: bool(max([*gaps(X, y, probs), total(y, probs)]) < 1e-6)
        ),
        "You count right answers. At gradient 0 some may be wrong, and elsewhere all right.": (
            lambda X, y, probs: bool(np.mean((np.array(probs) > 0.5) == y) > 0.75)
        ),
    }
    sharp = np.where(y == 1, 0.9, 0.1)  # all answers right
    cases = [
        (X, y, fit),
        (X, y, np.full(40, y.mean())),
        (X, y, logistic_fit(X, y, bias=False)),
        (X, y, moved(0.3, -0.3, 0.0)),
        (X, y, moved(-0.2, -0.1, -0.3)),
        (X, y, sharp),
        (X, y, logistic_fit(X, y, steps=2)),
        (X, (flat := np.tile([0, 1], 20)), logistic_fit(X, flat)),
    ]
    return Exercise(
        title="Gradient",
        points=4,
        function="gradient_is_zero",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )
