"""The exercises of chapter 3, cross-entropy."""

import itertools

import numpy as np

from xent_lib import (
    categorical_nll,
    cross_entropy,
    entropy,
    kl_divergence,
    logsumexp,
    sigmoid,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    softplus,
)

from . import EPSILONS, Exercise, Mistake, Outcome
from .data import moby_dick


def exercise_1() -> Exercise:
    mistakes = {
        "This is the entropy, and so what the right code takes. Here the most "
        "frequent letter has one of the longest words.": 1.75,
        "This is the plain mean of the four lengths. Weight each length by the "
        "probability of its letter.": 2.25,
        "This is what the wrong code wastes, not what it takes.": 0.875,
        "This is a code whose words are equally long.": 2.0,
    }
    bits = np.dot([1 / 2, 1 / 4, 1 / 8, 1 / 8], [3, 3, 2, 1])
    return Exercise(
        title="Code words", points=2, function="predicted_bits", right=bits, mistakes=mistakes
    )


def exercise_2() -> Exercise:
    mistakes = {
        "You used the label 0 or 1 where its sign -1 or +1 belongs: every sample of "
        "class 0 now costs ln 2.": lambda z, y: softplus(-y * z).mean(),
        "The sign is the other way round: the loss has to fall as s z grows.": (
            lambda z, y: sigmoid_cross_entropy(z, 1 - y)
        ),
        "The samples of class 0 cost nothing: the term with 1 - y is missing.": (
            lambda z, y: (y * softplus(-z)).mean()
        ),
        "You summed over the samples. Take their mean.": (
            lambda z, y: sigmoid_cross_entropy(z, y, reduction="sum")
        ),
        "A large logit gives an infinite loss: e to the 1000 overflows, and a "
        "probability rounded to 0 has no logarithm.": (
            lambda z, y: np.where(np.max(np.abs(z)) < 700, sigmoid_cross_entropy(z, y), np.inf)
        ),
        "With an ε in the logarithm no loss is larger than minus its logarithm. Stay with the "
        "logits.": Mistake(
            *(
                lambda z, y, e=e: (
                    -(y * np.log(sigmoid(z) + e) + (1 - y) * np.log(1 - sigmoid(z) + e)).mean()
                )
                for e in EPSILONS
            )
        ),
        "A large logit gives NaN: somewhere infinity is divided by infinity, or 0 is "
        "multiplied by it.": (
            lambda z, y: np.where(np.max(np.abs(z)) < 700, sigmoid_cross_entropy(z, y), np.nan)
        ),
    }
    cases = [
        (np.array([2.0]), np.array([1])),
        (np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0])),
        (np.array([1000.0, -1000.0, 3.0]), np.array([0, 1, 1])),
    ]
    return Exercise(
        title="Binary",
        points=2,
        function="binary_loss",
        right=sigmoid_cross_entropy,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    mistakes = {
        "This is in bits. Use the natural logarithm.": lambda p: entropy(p, base=2),
        "The sign is lost: the logarithm of a probability is never positive.": (
            lambda p: -entropy(p)
        ),
        "You took the mean over the classes. The sum is already a mean, weighted by p.": (
            lambda p: entropy(p) / np.shape(p)[-1]
        ),
        "You summed over the whole table. Each row has its own entropy.": (
            lambda p: entropy(p).sum()
        ),
        "You summed down the columns. The classes are on the last axis.": (
            lambda p: np.sum(p * -np.log(p), axis=0)
        ),
        "An ε in the logarithm changes every entropy. Leave out the probabilities that are 0, or "
        "give the logarithm something harmless there.": Mistake(
            *(lambda p, e=e: -np.sum(p * np.log(np.add(p, e)), axis=-1) for e in EPSILONS),
            *(lambda p, e=e: -np.sum(p * np.log(np.maximum(p, e)), axis=-1) for e in EPSILONS),
        ),
        "A probability of 0 spoils the sum: 0 times minus infinity is NaN.": (
            lambda p: np.where(np.min(p, axis=-1) > 0, entropy(p), np.nan)
        ),
    }
    cases = [
        np.array([0.5, 0.5]),
        np.array([0.7, 0.2, 0.1]),
        np.array([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]),
        np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5]]),
        np.array([1.0, 1e-13]),
    ]
    return Exercise(
        title="Entropy",
        points=3,
        function="entropy_of",
        right=entropy,
        cases=cases,
        mistakes=mistakes,
        atol=3e-16,
    )


def exercise_4() -> Exercise:
    pairs = np.random.default_rng(0).dirichlet(np.ones(3), size=(50, 2))

    def for_all(holds):
        """Return a test that asks this of many pairs."""
        return lambda h: all(holds(h, p, q) for p, q in pairs)

    def swapped(p, q):
        """Truth and model are swapped."""
        return cross_entropy(q, p)

    def lost_sign(p, q):
        """The minus sign is lost."""
        return -cross_entropy(p, q)

    def own_entropy(p, q):
        """The model is asked about itself only."""
        return entropy(q)

    def own_certainty(p, q):
        """The same, upside down."""
        return 2 - entropy(q)

    def partial(p, q):
        """Cross-entropy, but the first class counts five times."""
        return -np.sum(np.where(np.arange(len(p)) == 0, 5, 1) * p * np.log(q))

    mistakes = {
        "Your test accepts everything. Does it return False where it finds a pair?": True,
        "Your test rejects everything. Where q is p, or nearly, h(p, q) and h(p, p) are "
        "equal.": False,
        "You ask for h(p, p) = 0. The lowest value of cross-entropy is not 0.": (
            for_all(lambda h, p, q: abs(h(p, p)) < 1e-9)
        ),
        "You ask whether h is positive. Compare h(p, q) with h(p, p).": (
            for_all(lambda h, p, q: h(p, q) >= 0)
        ),
        "You changed the truth and kept the model. Keep p, and compare h(p, q) with h(p, p).": (
            for_all(lambda h, p, q: h(p, q) >= h(q, q) - 1e-9)
        ),
        "You ask whether both orders cost the same. Compare h(p, q) with h(p, p).": (
            for_all(lambda h, p, q: np.isclose(h(p, q), h(q, p)))
        ),
    }
    cases = [cross_entropy, kl_divergence, swapped, lost_sign, own_entropy]
    cases += [own_certainty, partial]
    return Exercise(
        title="Gibbs",
        points=3,
        function="lowest_at_truth",
        right=for_all(lambda h, p, q: h(p, q) >= h(p, p) - 1e-9),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    here, elsewhere = moby_dick()

    def counts(text):
        """Return how often each letter occurs."""
        return np.array([text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"])

    def cost(model, text):
        """Say whether the letters of the other text cost little, or how much."""
        model = np.asarray(model, dtype=float)
        if model.shape != (26,):
            raise ValueError("not 26 numbers")
        if np.any(model < 0) or not np.isclose(model.sum(), 1):
            return Outcome(f"numbers that sum to {model.sum():.4g}")
        if np.array_equal(counts(text), counts(here)[::-1]):  # z for a, y for b, ...
            model = model[::-1]
        bits = cross_entropy(counts(elsewhere) / counts(elsewhere).sum(), model, base=2)
        return enough if bits <= 4.35 else Outcome(f"{bits:.2f} bits per letter")

    def shares(text, more=0.0):
        """Return the share of each letter, after each has occurred more times."""
        return (counts(text) + more) / (counts(text) + more).sum()

    enough = Outcome("at most 4.35 bits per letter")
    mistakes = {
        "A letter that is missing in the text gets the probability 0, and costs infinitely many "
        "bits where it occurs. Leave something for it.": lambda text: cost(shares(text), text),
        "This ε is so small that a missing letter costs dearly where it occurs. Leave more for it, "
        "as if each letter had been seen once.": Mistake(
            *(lambda text, e=e: cost(shares(text) + e, text) for e in EPSILONS),
            *(lambda text, e=e: cost((shares(text) + e) / (1 + 26 * e), text) for e in EPSILONS),
            *(lambda text, e=e: cost(np.maximum(shares(text), e), text) for e in EPSILONS),
            *(lambda text, e=e: cost(shares(text, e), text) for e in EPSILONS),
        ),
        "The model is the same for every text. Learn it from the text that the function gets.": (
            Mistake(
                lambda text: cost((counts(here) + 1) / (counts(here) + 1).sum(), text),
                lambda text: cost(counts(elsewhere) / counts(elsewhere).sum(), text),
            )
        ),
        "All letters get the same probability, whatever the text is.": (
            lambda text: cost(np.full(26, 1 / 26), text)
        ),
        "These are counts. Divide them by their sum.": Mistake(
            lambda text: cost(counts(text), text),
            lambda text: cost(counts(text) + 1, text),
        ),
        "You left something for the missing letters; now divide by the new sum.": Mistake(
            lambda text: cost((counts(text) + 1) / counts(text).sum(), text),
            lambda text: cost(shares(text) + 0.01, text),
        ),
    }
    return Exercise(
        title="Letters",
        points=3,
        function="letter_model",
        right=enough,
        observed=("", cost),
        cases=[here],
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    def found(rows, label, sign, overflow, form=0):
        """Return the loss from the web, with these of its bugs found."""

        def loss(z, y):
            z, n = np.asarray(z), np.arange(len(y))
            if overflow:
                log_p = z - (logsumexp(z)[:, np.newaxis] if rows else logsumexp(np.ravel(z)))
            else:
                sums = np.exp(z).sum(axis=1, keepdims=True) if rows else np.exp(z).sum()
                log_p = z - np.log(sums) if form else np.log(np.exp(z) / sums)
            picked = log_p[n, y if label else z.argmax(axis=1)].mean()
            return -picked if sign else picked

        return loss

    bugs = [
        "The softmax still runs over the whole batch: its rows sum to 1 only together.",
        "You still look up the largest probability. The loss looks up that of the label.",
        "The sign is still lost.",
        "A logit of 1000 overflows. Subtract the largest logit of each row first.",
    ]
    mistakes = {}
    for flags in itertools.product([True, False], repeat=4):
        left = [bug for bug, flag in zip(bugs, flags, strict=True) if not flag]
        sentence = " ".join(left) if len(left) < 4 else "Nothing is fixed yet."
        mistakes[sentence] = Mistake(found(*flags), found(*flags, form=1), points=4 - len(left))
    del mistakes[""]  # nothing is left
    mistakes |= {
        "You summed over the samples. Take their mean.": (
            lambda z, y: softmax_cross_entropy(z, y, reduction="sum")
        ),
        "The softmax is applied twice.": lambda z, y: softmax_cross_entropy(softmax(z), y),
        "A probability was rounded to 0 before its logarithm was taken. Stay with the "
        "logarithms.": Mistake(lambda z, y: categorical_nll(softmax(z), y), points=3),
        "With an ε in the logarithm no loss is larger than minus its logarithm. Stay with the "
        "logarithms.": Mistake(
            *(
                lambda z, y, e=e: -np.log(softmax(z)[np.arange(len(y)), y] + e).mean()
                for e in EPSILONS
            ),
            points=3,
        ),
        "You subtracted the largest logit of the whole batch. Take that of each row: "
        "the exponentials of another one can all be 0, and the logarithm of 0 is left.": Mistake(
            lambda z, y: found(True, True, True, False, form=1)(z - np.max(z), y), points=3
        ),
    }
    cases = [
        (np.array([[2.0, 1.0, 0.1]]), np.array([1])),
        (
            np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0], [1.0, 0.2, 0.3]]),
            np.array([0, 1, 2]),
        ),
        (np.array([[1000.0, 1001.0, 1002.0]]), np.array([0])),
        (np.array([[0.0, -800.0]]), np.array([1])),
        (np.array([[2.0, 1.0], [1000.0, 1001.0]]), np.array([0, 0])),
    ]
    return Exercise(
        title="Logits",
        points=4,
        function="loss_from_logits",
        right=softmax_cross_entropy,
        cases=cases,
        mistakes=mistakes,
    )
