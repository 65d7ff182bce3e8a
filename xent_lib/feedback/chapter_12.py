"""The exercises of chapter 12, what is wrong with my loss."""

from itertools import combinations

import numpy as np

from . import Exercise, Mistake, about


def exercise_1() -> Exercise:
    clip = -np.log(1e-7)
    mistakes = {
        "This is 0.97 of the clip. The wrong answers cost it, not the right ones.": 0.97 * clip,
        "This is the loss of one wrong answer. How many are wrong?": clip,
        "This is with log10. The loss is in nats.": 0.03 * 7,
        "This is in bits. The loss is in nats.": 0.03 * clip / np.log(2),
        "This is the cost of a right answer that says 0.97. Here they say 1.": -np.log(0.97),
    }
    return Exercise(
        title="Clip",
        points=2,
        function="loss_of_the_clip",
        right=0.03 * clip,
        mistakes=mistakes,
        rtol=2e-3,
    )


def exercise_2() -> Exercise:
    def floor(K, w):
        return np.log1p((K - 1) * np.exp(-w))

    mistakes = {
        "Cosines lie between −1 and 1, so two of them can differ by 2, not by 1.": floor(1000, 1.0),
        "This is ln 1000, what a model costs that knows nothing.": np.log(1000),
        "ln 1000 − 2 is a bound, but no row reaches it. What does the best row cost?": (
            np.log(1000) - 2
        ),
        "There are 999 other classes, not 1000.": np.log1p(1000 * np.exp(-2.0)),
        "This is the largest loss. The label should have the largest cosine.": floor(1000, -2.0),
    }
    return Exercise(
        title="Floor",
        points=2,
        function="smallest_loss",
        right=floor(1000, 2.0),
        mistakes=mistakes,
        rtol=2e-5,
    )


def exercise_3() -> Exercise:
    def right(loss, num_classes):
        return np.sqrt(2 * (np.array(loss) - np.log(num_classes)))

    mistakes = {
        "The factor 2 is missing under the root.": lambda L, K: right(L, K) / np.sqrt(2),
        "This is the variance. Take its root.": lambda L, K: right(L, K) ** 2,
        "This is the excess over ln K. It is s²/2.": lambda L, K: right(L, K) ** 2 / 2,
        "Half of the excess is not s². The excess is half of s².": lambda L, K: right(L, K) / 2,
        "You forgot that a model that knows nothing costs ln K already.": (
            lambda L, K: np.sqrt(2 * np.array(L))
        ),
        "The losses are in nats. Subtract the natural logarithm of K.": Mistake(
            lambda L, K: np.sqrt(2 * (np.array(L) - np.log10(K))),
            lambda L, K: np.sqrt(2 * (np.array(L) - np.log2(K))),
        ),
    }
    cases = [
        (np.log(1000) + 2.0, 1000),
        (2.8026, 10),
        (np.array([3.4, 11.0, 60.0]), 27),
    ]
    return Exercise(
        title="Size",
        points=2,
        function="logit_size",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    def sums(losses, weights):
        """Return numerators and divisors of the parts."""
        tops = [
            np.sum(np.array(w) * np.array(part)) for part, w in zip(losses, weights, strict=True)
        ]
        return np.array(tops), np.array([np.sum(w) for w in weights])

    def right(losses, weights):
        tops, divisors = sums(losses, weights)
        return tops.sum() / divisors.sum()

    def every(losses):
        return np.concatenate([np.ravel(part) for part in losses])

    mistakes = {
        "This is the mean of the means of the parts. Add up first, and divide once.": (
            lambda losses, weights: np.mean(np.divide(*sums(losses, weights)))
        ),
        "You divide by the number of rows, not by the sum of their weights.": (
            lambda losses, weights: sums(losses, weights)[0].sum() / len(every(losses))
        ),
        "The weights are missing.": lambda losses, weights: every(losses).mean(),
        "This is the sum. Divide it by the sum of all weights.": (
            lambda losses, weights: sums(losses, weights)[0].sum()
        ),
        "This is a mean of the means of the parts, weighted by their rows. Their divisors are "
        "sums of weights.": (
            lambda losses, weights: np.average(
                np.divide(*sums(losses, weights)), weights=[len(part) for part in losses]
            )
        ),
        "You divide by the number of parts.": (
            lambda losses, weights: sums(losses, weights)[0].sum() / len(losses)
        ),
    }
    rows = [0.417030, 0.153178, 1.365732]
    rng = np.random.default_rng(0)
    many = [rng.exponential(size=n) for n in (64, 64, 17)]
    cases = [
        ([rows[:1], rows[1:2], rows[2:]], [[1.0], [2.0], [5.0]]),
        ([np.array(rows[:2]), np.array(rows[2:])], [np.array([1.0, 2.0]), np.array([5.0])]),
        (many, [rng.uniform(0.5, 4, size=len(part)) for part in many]),
    ]
    return Exercise(
        title="Parts",
        points=3,
        function="loss_of_parts",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def mean_loss_from_the_web(logits, labels):
        """Return the mean cross-entropy of a batch. Wrong on purpose."""
        logits = np.asarray(logits)
        e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        p = np.clip(e / e.sum(axis=0), 1e-7, 1)
        one_hot = np.eye(logits.shape[1])[labels]
        return -(one_hot * np.log(p)).mean()

    def program(rows=False, clip=False, cells=False):
        """Return a program with some of the three bugs."""

        def mean_loss(logits, labels):
            z = np.array(logits, dtype=float)
            z -= z.max(axis=1, keepdims=True)
            log_p = z - np.log(np.exp(z).sum(axis=0 if rows else 1, keepdims=True))
            if clip:
                log_p = np.log(np.clip(np.exp(log_p), 1e-7, 1))
            at_labels = log_p[np.arange(len(z)), labels]
            return -at_labels.mean() / (z.shape[1] if cells else 1)

        return mean_loss

    def of_probabilities(logits, labels):
        z = np.array(logits, dtype=float)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(z)), labels]).mean()

    one_left = {
        "Each row of probabilities should sum to 1, not each column.": {"rows": True},
        "The clip hides what a sure mistake costs.": {"clip": True},
        "This is the mean over all cells. Divide by the number of rows.": {"cells": True},
    }
    two_left = [program(**(one | other)) for one, other in combinations(one_left.values(), 2)]
    mistakes = {
        "Nothing is fixed yet.": mean_loss_from_the_web,
        **{text: Mistake(program(**bug), points=2) for text, bug in one_left.items()},
        "The clip is gone, but a probability that rounds to 0 now costs inf or NaN. Take the "
        "logarithm on paper: subtract the logarithm of the sum.": Mistake(
            of_probabilities,
            lambda logits, labels: np.where(
                np.isinf(of_probabilities(logits, labels)), np.nan, of_probabilities(logits, labels)
            ),
            points=3,
        ),
        "One of the three bugs is gone. The others are in the axis of a sum, in the clip, or in "
        "what the sum is divided by.": Mistake(*two_left, points=1),
    }
    three = np.array([[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]])
    cases = [
        (three, np.array([0, 1, 2])),
        (three * 10, np.array([1, 1, 2])),
        (np.array([[1000.0, 0.0], [0.0, 3.0]]), np.array([1, 1])),
    ]
    return Exercise(
        title="Mean loss",
        points=4,
        function="mean_loss",
        right=program(),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    def log_softmax(z, axis=1):
        z = np.array(z, dtype=float)
        z = z - z.max(axis=axis, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))

    def loss(z, y, axis=1):
        return -log_softmax(z, axis)[np.arange(len(y)), y]

    def centred(z, y):
        return loss(np.array(z) - np.mean(z, axis=0), y)

    def mixed(z, y):
        return 0.5 * loss(z, y) + 0.5 * loss(z, y).mean()

    def with_neighbour(z, y):
        steps = np.abs(np.diff(np.array(z)[:, 0], prepend=np.array(z)[:1, 0]))
        return loss(z, y) + 0.1 * steps

    def parts(rows):
        """Yield the rows in pieces, alone, two by two, and in halves."""
        n = len(rows)
        for size in (1, 2, n // 2):
            yield [np.array(rows)[i : i + size] for i in range(0, n, size)]

    def compared(how):
        """Return a test that compares the losses of pieces with those of the whole by `how`."""

        def test(row_losses, logits, labels):
            whole = np.array(row_losses(logits, labels))
            for z, y in zip(parts(logits), parts(labels), strict=True):
                pieces = [np.array(row_losses(*piece)) for piece in zip(z, y, strict=True)]
                if not np.allclose(how(np.concatenate(pieces)), how(whole), rtol=1e-9, atol=1e-12):
                    return False
            return True

        return test

    def shuffled(row_losses, logits, labels):
        order = np.random.default_rng(0).permutation(len(labels))
        moved = row_losses(np.array(logits)[order], np.array(labels)[order])
        return bool(np.allclose(moved, np.array(row_losses(logits, labels))[order]))

    def first_half(row_losses, logits, labels):
        n = len(labels) // 2
        return bool(np.allclose(row_losses(logits[:n], labels[:n]), row_losses(logits, labels)[:n]))

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you compare with ==?": False,
        "Shuffled rows keep the same company. Take some of them away.": shuffled,
        "You compare sums or means, in which changes can cancel. Compare row by row.": compared(
            np.sum
        ),
        "You look at the first rows only. Those that come after them may depend on them.": (
            first_half
        ),
    }
    rng = np.random.default_rng(0)
    z, y = 2 * rng.normal(size=(8, 4)), rng.integers(4, size=8)
    cases = [
        (about("From logits.", loss), z, y),
        (about("A softmax over the batch.", lambda z, y: loss(z, y, axis=0)), z, y),
        (about("Divided by the number of rows.", lambda z, y: loss(z, y) / len(y)), z, y),
        (about("Logits less their means in the batch.", centred), z, y),
        (about("Half of the mean of the batch mixed in.", mixed), z, y),
        (about("With the step from the row before.", with_neighbour), z, y),
        (about("Brier's score.", lambda z, y: brier(log_softmax(z), y)), z, y),
    ]
    return Exercise(
        title="Company",
        points=4,
        function="rows_stand_alone",
        right=compared(lambda losses: losses),
        cases=cases,
        mistakes=mistakes,
    )


def brier(log_p, y):
    """Return the squared distance of each row of probabilities from its one-hot label."""
    return ((np.exp(log_p) - np.eye(log_p.shape[1])[y]) ** 2).sum(axis=1)
