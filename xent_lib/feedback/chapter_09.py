"""The exercises of chapter 9, in practice."""

from itertools import combinations

import numpy as np

from xent_lib import (
    expected_calibration_error,
    sigmoid,
    softmax_cross_entropy,
)

from . import Exercise, Mistake, Outcome
from .data import digits


def naive_bayes(seed):
    """Return logits and labels of digits for validation, and of new ones.

    Naive Bayes learns from 60 of the 200 digits, as if the pixels of a digit were independent, with
    the same variance in all classes; 70 are for validation, and 70 are new.
    """
    pixels, labels = digits()
    known, valid, new = np.split(np.random.default_rng(seed).permutation(len(pixels)), [60, 130])
    means = np.array([pixels[known][labels[known] == k].mean(axis=0) for k in range(10)])
    variance = ((pixels[known] - means[labels[known]]) ** 2).mean(axis=0) + 1
    logits = -(((pixels[:, np.newaxis] - means) ** 2) / variance).sum(axis=2) / 2
    return logits[valid], labels[valid], logits[new], labels[new]


def exercise_1() -> Exercise:
    mistakes = {
        "This is what it predicts without the weight.": 0.1,
        "These are the odds. The probability is odds / (1 + odds).": 1 / 3,
        "You multiplied the probability by the weight. The weight multiplies the odds.": (0.3),
        "Only the weight 9 would make the two classes equal.": 0.5,
        "The weight is on the positive samples, not on the others.": 10 / (10 + 3 * 90),
    }
    probability = 3 * 10 / (3 * 10 + 90)
    return Exercise(
        title="Weight",
        points=2,
        function="predicted_probability",
        right=probability,
        mistakes=mistakes,
        rtol=1e-3,
    )


def exercise_2() -> Exercise:
    def odds_times(said, factor):
        """Return the probabilities whose odds are factor times those of said."""
        said = np.array(said)
        return factor * said / (factor * said + 1 - said)

    def logits(said):
        """Return the logits of probabilities."""
        return np.log(said) - np.log1p(-np.array(said))

    mistakes = {
        "You applied the weight once more. Divide the odds by it.": odds_times,
        "You divided the probability. Divide the odds.": lambda said, w: said / w,
        "These are the odds. The probability is odds / (1 + odds).": (
            lambda said, w: said / (1 - said) / w
        ),
        "You subtracted w from the logit. The weight adds its logarithm.": (
            lambda said, w: sigmoid(logits(said) - w)
        ),
        "Where the model predicts 1 you get NaN: infinity divided by infinity.": (
            lambda said, w: np.where(said == 1, np.nan, odds_times(said, 1 / w))
        ),
    }
    cases = [
        (np.array([0.5, 0.9, 0.1]), 19.0),
        (np.array([0.2, 0.7]), 4.0),
        (np.array([0.0, 0.5, 1.0]), 3.0),
    ]
    return Exercise(
        title="Undo",
        points=2,
        function="without_weight",
        right=lambda said, w: odds_times(said, 1 / w),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    def right(probs, costs):
        """Return the answers with the smallest expected cost."""
        return np.einsum("nk,ka->na", probs, costs).argmin(axis=1)

    mistakes = {
        "This is the likeliest class. It is the cheapest answer only if all mistakes cost "
        "the same.": lambda probs, costs: np.argmax(probs, axis=1),
        "Rows and columns are swapped: a row of the table is a truth.": (
            lambda probs, costs: right(probs, costs.T)
        ),
        "These are the most expensive answers.": (
            lambda probs, costs: np.argmax(probs @ costs, axis=1)
        ),
        "These are the costs themselves. Return their columns.": (
            lambda probs, costs: np.min(probs @ costs, axis=1)
        ),
        "You chose one answer for all. Each sample has its own.": (
            lambda probs, costs: np.argmin((probs @ costs).sum(axis=0))
        ),
        "You looked along the wrong axis: the answers are on the last one.": (
            lambda probs, costs: np.argmin(probs @ costs, axis=0)
        ),
    }
    animals = np.array([[0.0, 1.0, 1.0], [10.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    probs = np.array([[0.66, 0.24, 0.1], [0.1, 0.5, 0.4], [0.95, 0.02, 0.03]])
    ill = np.array([[0.0, 1.0], [10.0, 0.5]])
    dearer = np.array([[0.2, 3.0, 7.0], [2.0, 0.1, 2.0], [9.0, 1.0, 0.3]])
    cases = [
        (np.vstack([probs, [[0.05, 0.05, 0.9]]]), animals),
        (np.array([[0.95, 0.05], [0.8, 0.2], [0.4, 0.6]]), ill),
        (probs, dearer),
    ]
    return Exercise(
        title="Cheapest",
        points=3,
        function="cheapest_answers",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    def log_loss(q, y):
        """The negative logarithm of the label's probability."""
        return -np.log(q if y == 1 else 1 - q)

    def squared_loss(q, y):
        """The squared error."""
        return (q - y) ** 2

    def focal_loss(q, y):
        """The log loss with less weight on what is easy."""
        return np.abs(y - q) ** 2 * log_loss(q, y)

    def fourth_power(q, y):
        """The fourth power of the error."""
        return (q - y) ** 4

    def weighted_loss(q, y):
        """The log loss with more weight on the positive."""
        return (1 + 4 * y) * log_loss(q, y)

    def mixed_up(q, y):
        """The log loss of the other label."""
        return log_loss(q, 1 - y)

    grid = np.linspace(0.001, 0.999, 999)
    truths = (0.1, 0.25, 0.4, 0.5, 0.7, 0.9)

    def best(loss, p):
        """Return the answer with the lowest mean loss."""
        return grid[(p * loss(grid, 1) + (1 - p) * loss(grid, 0)).argmin()]

    def at_half_only(loss):
        """Try the truth one half."""
        return abs(best(loss, 0.5) - 0.5) < 0.01

    def sides_only(loss):
        """Compare the sides of one half."""
        return all((best(loss, p) > 0.5) == (p > 0.5) for p in truths if p != 0.5)

    def swapped(loss):
        """Give each label the other one's probability."""
        return all(abs(best(loss, 1 - p) - p) < 0.01 for p in truths)

    def grows_only(loss):
        """Check whether the best predictions increase with the truth."""
        return bool(np.all(np.diff([best(loss, p) for p in truths]) > 0))

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you compare with ==, or forget one of the two "
        "labels?": False,
        "You try the truth one half only. Symmetric losses pass there.": at_half_only,
        "You compare the sides of one half only: the decision may be right, and the "
        "probability wrong.": sides_only,
        "The labels are swapped: the label 1 has the probability p.": swapped,
        "You only see whether the answer grows with the truth. It has to be the truth.": (
            grows_only
        ),
    }
    losses = [log_loss, focal_loss, squared_loss, weighted_loss, mixed_up, fourth_power]
    return Exercise(
        title="Proper",
        points=3,
        function="is_proper",
        right=lambda loss: all(abs(best(loss, p) - p) < 0.01 for p in truths),
        cases=losses,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    splits = [naive_bayes(seed) for seed in (3, 4, 2)]
    better = Outcome("the same answers, and at most a fifth of the loss")
    worse = Outcome("more loss than before")
    no_table = Outcome("no table of probabilities")
    other_answers = Outcome("other answers than before")

    def direction(logits):
        """Return rows that stay the same if the logits are multiplied by a positive number."""
        rows = np.array(logits, dtype=float)
        rows -= rows.mean(axis=1, keepdims=True)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    all_new = direction(np.vstack([z_new for _, _, z_new, _ in splits]))
    all_labels = np.concatenate([y_new for _, _, _, y_new in splits])

    def gain(probs, z_valid, y_valid, z_new):
        """Say what became of the answers and of the loss."""
        probs, z_new = np.asarray(probs, dtype=float), np.asarray(z_new)
        if probs.shape != z_new.shape or not np.allclose(probs.sum(axis=1), 1, atol=1e-4):
            return no_table
        if probs.min() < 0:
            return no_table
        if (probs.argmax(axis=1) != z_new.argmax(axis=1)).any():
            return other_answers
        labels = all_labels[(direction(z_new) @ all_new.T).argmax(axis=1)]
        before = softmax_cross_entropy(z_new, labels)
        after = -np.log(probs[np.arange(len(labels)), labels]).mean()
        if after > 1.005 * before:
            return worse
        return better if after <= before / 5 else Outcome(f"{after / before:.2f} times the loss")

    mistakes = {
        "The probabilities are as they were.": Outcome("1.00 times the loss"),
        "The loss has grown. Logits that are divided by a temperature above 1 become less sure, "
        "and more sure if they are multiplied by it.": worse,
        "The classes have changed places in some rows. The largest entry has to stay the "
        "largest.": other_answers,
        "Return one row of probabilities per new sample: none below 0, and the sum is 1.": no_table,
    }
    cases = [split[:3] for split in splits]
    loud, timid = cases[:2], cases[2]
    return Exercise(
        title="Recalibrate",
        points=3,
        function="recalibrate",
        right=better,
        observed=("", gain),
        cases=[*loud, (timid[0] / 100, timid[1], timid[2] / 100)],
        mistakes=mistakes,
        may_use=["softmax", "log_softmax"],
    )


def exercise_6() -> Exercise:
    def ece_from_the_web(confidence, hits, bins=10):
        """Return the expected calibration error. Wrong on purpose."""
        total = 0.0
        for b in range(bins):
            low, high = b / bins, (b + 1) / bins
            inside = (confidence > low) & (confidence < high)
            if inside.any():
                gap = hits[inside].mean() - confidence[inside].mean()
                total += gap / bins
        return total

    def right_bins(confidence, bins):
        """Put an edge into the bin below it, and 0 into the first."""
        return np.maximum(np.ceil(confidence * bins) - 1, 0)

    def upper_bins(confidence, bins):
        """Put an edge into the bin above it, and 1 into none."""
        return np.floor(confidence * bins)

    def open_bins(confidence, bins):
        """Put an edge nowhere."""
        where = np.floor(confidence * bins)
        return np.where(where == confidence * bins, -1, where)

    def binned(bin_of=right_bins, weigh=None, size=abs):
        """Return an error with other bins, other weights, or other gaps."""

        def error(confidence, hits, bins=10):
            confidence, hits = np.asarray(confidence), np.asarray(hits)
            where = bin_of(confidence, bins)
            total, filled = 0.0, len(set(where[(where >= 0) & (where < bins)]))
            for b in range(bins):
                inside = where == b
                if inside.any():
                    share = weigh(bins, filled) if weigh else inside.mean()
                    total += share * size(hits[inside].mean() - confidence[inside].mean())
            return total

        return error

    one_left = {
        "The gaps still have signs: too much in one bin cancels too little in another.": {
            "size": float
        },
        "All bins count equally. Weight each by its share of the forecasts.": {
            "weigh": lambda bins, filled: 1 / bins
        },
        "A confidence on an edge is in no bin, so it is not counted.": {"bin_of": open_bins},
    }
    two_left = [binned(**(one | other)) for one, other in combinations(one_left.values(), 2)]
    mistakes = {
        "Nothing is fixed yet.": ece_from_the_web,
        **{text: Mistake(binned(**bug), points=2) for text, bug in one_left.items()},
        "One of the three bugs is gone. The others are in the sign of the gaps, in the weights of "
        "the bins, or on their edges.": Mistake(*two_left, points=1),
        "All filled bins count equally. Weight each by its share of the forecasts.": Mistake(
            binned(weigh=lambda bins, filled: 1 / filled), points=2
        ),
        "A confidence on an edge is in the bin above, and 1 is in no bin.": Mistake(
            binned(upper_bins), points=2
        ),
        "A confidence on an edge is in the bin above it. It belongs to the lower one.": Mistake(
            binned(lambda c, bins: np.minimum(upper_bins(c, bins), bins - 1)), points=2
        ),
        "A confidence of 0 is in no bin.": Mistake(
            binned(lambda c, bins: np.ceil(c * bins) - 1), points=2
        ),
    }
    said = np.repeat([0.95, 0.65], [6, 2])
    came_true = np.array([1, 1, 1, 0, 0, 0, 1, 1])
    edges = np.array([1.0, 1.0, 0.95, 0.5, 0.45, 0.55, 0.75])
    cases = [
        (said, came_true),
        (edges, np.array([1, 0, 0, 1, 0, 1, 1])),
        (np.array([0.0, 0.0, 0.05, 0.75, 0.8]), np.array([1, 0, 0, 0, 1]), 4),
    ]
    return Exercise(
        title="Calibration",
        points=4,
        function="calibration_error",
        right=lambda confidence, hits, bins=10: expected_calibration_error(
            confidence, hits, bins=bins
        ),
        cases=cases,
        mistakes=mistakes,
    )
