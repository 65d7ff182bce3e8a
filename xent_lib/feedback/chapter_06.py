"""The exercises of chapter 6, numerical stability."""

import functools
from typing import Any

import numpy as np

from xent_lib import (
    logsumexp,
    sigmoid,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softplus,
)

from . import EPSILONS, Exercise, Mistake, Outcome
from .data import digits


def exercise_1() -> Exercise:
    mistakes = {
        "This is what the sum should be. From some number on, adding 1 changes nothing.": (5000),
        "The range is not the limit here: all numbers are far below the largest.": 65504,
        "A power of 2 too low: from 1024 to 2048 the steps are exactly 1.": 1024,
        "A power of 2 too high: from 2048 on the steps are 2 already.": 4096,
        "Just before it: float16 also has the next number after 2047.": 2047,
        "This is where bfloat16 ends, which has 8 significant bits.": 256,
    }
    total = np.float16(0)
    for _ in range(5000):
        total = total + np.float16(1)
    return Exercise(
        title="Sum", points=2, function="predicted_sum", right=float(total), mistakes=mistakes
    )


def exercise_2() -> Exercise:
    mistakes = {
        "e to the 1000 overflows. Let the exponent never be above 0.": Mistake(
            lambda z: np.log1p(np.exp(z)), points=1
        ),
        "Small results are 0: added to 1, e to the -40 is lost. Use log1p.": Mistake(
            lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))), points=1
        ),
        "Both at once: e to the 1000 overflows, and e to the -40 is lost in 1 + x.": (
            lambda z: np.log(1 + np.exp(z))
        ),
        "This is only the ramp, max(z, 0). The logarithm is missing.": (lambda z: np.maximum(z, 0)),
        "The ramp is missing: with |z| in the exponent, positive and negative z give the "
        "same.": lambda z: softplus(-np.abs(z)),
        "The sign is the other way round: softplus grows with z.": lambda z: softplus(-z),
    }
    cases = [
        np.array([0.0, 2.0, -1.0]),
        np.array([1000.0, 3.0]),
        np.array([-40.0, -300.0]),
    ]
    return Exercise(
        title="Softplus",
        points=2,
        function="softplus_of",
        right=softplus,
        cases=cases,
        mistakes=mistakes,
        atol=0,
    )


def exercise_3() -> Exercise:
    def right(first, second):
        """Return the pair of both."""
        c = np.maximum(first[0], second[0])
        if c == -np.inf:
            return float(c), 0.0
        lse = logsumexp([first[0] + np.log(first[1]), second[0] + np.log(second[1])])
        return float(c), float(np.exp(lse - c))

    def through_exponentials(first, second):
        """Go back to the plain sums."""
        total = first[1] * np.exp(first[0]) + second[1] * np.exp(second[0])
        c = max(first[0], second[0])
        return c, total / np.exp(c)

    def blind(first, second):
        """The formula, without care for infinity."""
        c = max(first[0], second[0])
        return c, first[1] * np.exp(first[0] - c) + second[1] * np.exp(second[0] - c)

    def upside_down(first, second):
        """The exponents have the wrong sign."""
        c = max(first[0], second[0])
        return c, first[1] * np.exp(c - first[0]) + second[1] * np.exp(c - second[0])

    mistakes = {
        "The sums were made with different c, and cannot just be added.": (
            lambda one, two: (max(one[0], two[0]), one[1] + two[1])
        ),
        "The exponent has the wrong sign: the sum with the smaller c has to become "
        "smaller.": upside_down,
        "You kept the c of the first piece. If the second one is far above it, this "
        "overflows.": lambda one, two: (one[0], one[1] + two[1] * np.exp(two[0] - one[0])),
        "You kept the piece with the larger c, and threw the other one away.": (
            lambda one, two: max(one, two)
        ),
        "The exponential of c itself overflows, or is 0. Use differences only.": (
            through_exponentials
        ),
        "Two pieces that are ruled out give NaN: -inf minus -inf.": Mistake(blind, points=2),
        "This is the log-sum-exp of both. You were asked for the pair, to continue merging.": (
            lambda one, two: right(one, two)[0] + np.log(right(one, two)[1])
        ),
    }
    cases = [
        ((2.0, 1.0), (1.0, 1.5)),
        ((1.0, 1.5), (3.0, 2.0)),
        ((5.0, 1.0), (5.0, 3.0)),
        ((1000.0, 2.0), (1001.0, 1.0)),
        ((0.0, 4.0), (900.0, 1.0)),
        ((-np.inf, 0.0), (1.0, 2.0)),
        ((-np.inf, 0.0), (-np.inf, 0.0)),
    ]
    return Exercise(
        title="Merge", points=3, function="merged", right=right, cases=cases, mistakes=mistakes
    )


def exercise_4() -> Exercise:
    gradients = _digit_gradients()
    largest = float(np.finfo(np.float16).max)
    enough = Outcome("a factor with which float16 keeps nearly all entries")

    def kept(factor, gradients):
        """Say whether float16 keeps the scaled gradients, or what happens to them."""
        factor, gradients = float(factor), np.asarray(gradients, dtype=float)
        if not 0 < factor < np.inf:
            return Outcome(f"the factor {factor}")
        scaled = np.float16(factor * gradients)
        if np.any(np.isinf(scaled)):
            return Outcome(f"a factor with which {np.isinf(scaled).mean():.2%} of them overflow")
        errors = np.abs(scaled.astype(float) / factor - gradients)
        share = np.mean(errors <= 1e-3 * np.abs(gradients))
        return (
            enough
            if share >= 0.99
            else Outcome(f"a factor with which it keeps {share:.1%} of them")
        )

    def constant(factor):
        """Return the same factor for all."""
        return lambda g: kept(factor, g)

    tops = (largest, largest / 2, largest * 0.9, 60_000, 65_000, 65_536, 2**15)
    mistakes = {
        "Nothing is scaled.": constant(1),
        "The same factor cannot suit all gradients. Look at their largest entry.": Mistake(
            *(constant(2.0**k) for k in range(1, 41)),
            *(constant(10.0**k) for k in range(1, 13)),
            *map(constant, tops),
        ),
        "The entry that overflows first may be negative. Take absolute values.": Mistake(
            *(
                lambda g, share=share: kept(share * largest / np.max(g), g)
                for share in (0.5, 0.9, 1)
            ),
            lambda g: kept(60_000 / np.max(g), g),
            lambda g: kept(65_000 / np.max(g), g),
        ),
        "The largest entry becomes 1, and most of the range of float16 above it is wasted.": (
            lambda g: kept(1 / np.max(np.abs(g)), g)
        ),
        "You look at the smallest entry, and the largest overflows.": Mistake(
            lambda g: kept(np.finfo(np.float16).tiny / np.min(np.abs(g)), g),
            lambda g: kept(1 / np.min(np.abs(g)), g),
            lambda g: kept(largest / np.min(np.abs(g)), g),
        ),
        "You look at the mean, and the largest overflows.": Mistake(
            *(lambda g, top=top: kept(top / np.mean(np.abs(g)), g) for top in tops)
        ),
    }
    return Exercise(
        title="Factor",
        points=3,
        function="loss_scale",
        right=enough,
        observed=("", kept),
        cases=[gradients, 200 * gradients, gradients / 10_000],
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def true_loss(z):
        """The loss itself."""
        return softplus(-z)

    def twice_the_loss(z):
        """A steeper one, which pulls as well."""
        return 2 * softplus(-z)

    def with_epsilon(z):
        """The loss with ε in the logarithm."""
        return -np.log(sigmoid(z) + 1e-7)

    def with_clamp(z):
        """The loss with a clamp on the probability."""
        return -np.log(np.maximum(sigmoid(z), 1e-12))

    def clamped_at_100(z):
        """The loss with a clamp on the logarithm, as in BCELoss."""
        return np.minimum(softplus(-z), 100)

    def formula(z):
        """The formula as it stands: infinite far out."""
        return -np.log(1 / (1 + np.exp(-z)))

    def upside_down(z):
        """It grows, where it should fall."""
        return -softplus(-z)

    def stairs(z):
        """It is constant at every other step."""
        return 2 * np.ceil(-z / 2)

    def falls(loss, start, least=0.5):
        """Return whether all steps from start on lower the loss by more than this."""
        return bool(np.all(-np.diff(loss(np.arange(start, 1.0))) > least))

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. A loss may fall by more than 1.": False,
        "You look at the logits near 0 only. Go out to -1000.": lambda f: falls(f, -10.0),
        "You do not look far enough: one of these stops counting at 100.": (
            lambda f: falls(f, -90.0)
        ),
        "You ask whether the loss falls at all. A loss may fall by next to nothing.": (
            lambda f: falls(f, -50.0, 0)
        ),
        "You only ask for finite numbers. A constant loss is finite, too.": (
            lambda f: bool(np.all(np.isfinite(f(np.arange(-1000.0, 1)))))
        ),
        "NaN has slipped through: not being at most 1/2, it need not be above 1/2.": (
            lambda f: not np.any(-np.diff(f(np.arange(-1000.0, 1))) <= 0.5)
        ),
        "You compare the two ends only.": (
            lambda f: bool(f(np.array([-1000.0]))[0] - f(np.array([0.0]))[0] > 0.5)
        ),
        "You ask for the absolute value of the change: a loss that grows pulls the wrong "
        "way.": lambda f: bool(np.all(np.abs(np.diff(f(np.arange(-1000.0, 1)))) > 0.5)),
    }
    cases = [true_loss, twice_the_loss, with_epsilon, with_clamp, clamped_at_100]
    cases += [formula, upside_down, stairs]
    return Exercise(
        title="Pull",
        points=3,
        function="still_pulls",
        right=lambda loss: falls(loss, -1000.0),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    def losses_from_the_web(logits, labels):
        """Return the cross-entropy of each row of logits. Wrong on purpose."""
        exps = np.exp(logits)
        probs = np.nan_to_num(exps / exps.sum(axis=1, keepdims=True))
        picked = probs[np.arange(len(labels)), labels]
        return -np.log(picked + 1e-7)

    def right(z, y):
        """Return the loss of each row."""
        return softmax_cross_entropy(z, y, reduction="none")

    def picked(table, y):
        """Return the entry of the label in each row."""
        return table[np.arange(len(y)), y]

    def shift_only(z, y):
        """The shift, and the 1 inside the sum."""
        shifted = z - np.max(z, axis=1, keepdims=True)
        return np.log(np.exp(shifted).sum(axis=1)) - picked(shifted, y)

    def plain(z, y):
        """The formula, with no shift."""
        return np.log(np.exp(z).sum(axis=1)) - picked(np.asarray(z), y)

    def from_probabilities(change, shift=True):
        """Return the loss of probabilities that are changed in this way."""

        def losses(z, y):
            z = np.asarray(z)
            exps = np.exp(z - np.max(z, axis=1, keepdims=True) if shift else z)
            return -np.log(change(picked(exps / exps.sum(axis=1, keepdims=True), y)))

        return losses

    mistakes = {
        "Nothing is fixed yet.": losses_from_the_web,
        "ε and nan_to_num are still there.": Mistake(
            *(from_probabilities(lambda p, e=e: np.nan_to_num(p) + e) for e in EPSILONS), points=1
        ),
        "Without a shift, a logit of 1000 overflows; and ε is still there.": Mistake(
            *(from_probabilities(lambda p, e=e: p + e, shift=False) for e in EPSILONS), points=1
        ),
        "Without a shift, a logit of 1000 overflows; and nan_to_num is still there.": Mistake(
            from_probabilities(np.nan_to_num, shift=False), points=1
        ),
        "ε is still there: no loss can be above minus its logarithm, and a perfect one is below "
        "0.": Mistake(*(from_probabilities(lambda p, e=e: p + e) for e in EPSILONS), points=2),
        "A probability was rounded to 0 before its logarithm was taken. Stay with the "
        "logarithms.": Mistake(from_probabilities(lambda p: p), points=2),
        "A clamp is an ε by another name: no loss can be above minus its logarithm.": Mistake(
            *(from_probabilities(lambda p, e=e: np.maximum(p, e)) for e in EPSILONS),
            *(from_probabilities(lambda p, e=e: np.clip(p, e, 1 - e)) for e in EPSILONS),
            points=2,
        ),
        "Without a shift, a logit of 1000 overflows.": Mistake(
            plain, from_probabilities(lambda p: p, shift=False), points=2
        ),
        "Small losses have no digits left: added to the 1 of the largest logit, e to the "
        "-40 is lost.": Mistake(shift_only, points=3),
        "NaN has become a number. Errors must stay visible: remove nan_to_num.": Mistake(
            lambda z, y: np.nan_to_num(right(z, y)), points=3
        ),
        "This is the mean over the rows. You were asked for the loss of each.": (
            lambda z, y: right(z, y).mean()
        ),
    }
    cases = [
        (np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]), np.array([0, 2])),
        (np.array([[1000.0, 1001.0, 1002.0]]), np.array([0])),
        (np.array([[0.0, -50.0], [0.0, -800.0]]), np.array([1, 1])),
        (np.array([[40.0, 0.0]]), np.array([0])),
        (np.array([[0.0, 0.0, 45.0], [-30.0, -80.0, -90.0]]), np.array([2, 0])),
        (np.array([[np.nan, 0.0]]), np.array([1])),
        (np.array([[-np.inf, 0.0]]), np.array([0])),
    ]
    return Exercise(
        title="Safe",
        points=4,
        function="losses_from_logits",
        right=right,
        cases=cases,
        mistakes=mistakes,
        atol=0,
    )


@functools.cache
def _digit_gradients() -> np.ndarray[Any, Any]:
    """Return the gradients in the logits, as the notebook computes them."""
    pictures, labels = digits()
    pictures, W, b = pictures / 16, np.zeros((10, 64)), np.zeros(10)
    for _ in range(200):
        by_logits = softmax_cross_entropy_grad(pictures @ W.T + b, labels)
        W, b = W - 2 * by_logits.T @ pictures, b - 2 * by_logits.sum(axis=0)
    return by_logits
