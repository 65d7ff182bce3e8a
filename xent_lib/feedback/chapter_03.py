"""The exercises of chapter 3, cross-entropy."""

import numpy as np

from xent_lib import (
    categorical_nll,
    cross_entropy,
    entropy,
    kl_divergence,
    logsumexp,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    softplus,
)

from . import Exercise


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
        "A probability of 0 spoils the sum: 0 times minus infinity is NaN.": (
            lambda p: np.where(np.min(p, axis=-1) > 0, entropy(p), np.nan)
        ),
    }
    cases = [
        np.array([0.5, 0.5]),
        np.array([0.7, 0.2, 0.1]),
        np.array([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]),
        np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5]]),
    ]
    return Exercise(
        title="Entropy",
        points=3,
        function="entropy_of",
        right=entropy,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    mistakes = {
        "The sign is lost: a loss below 0 is the symptom.": (
            lambda probs, labels: -categorical_nll(probs, labels)
        ),
        "You looked up the largest probability of each row. The loss looks up that of "
        "the label.": lambda probs, labels: -np.log(np.max(probs, axis=1)).mean(),
        "You summed over the samples. Take their mean.": (
            lambda probs, labels: categorical_nll(probs, labels, reduction="sum")
        ),
        "You divided by samples times classes. Take the mean over the samples only.": (
            lambda probs, labels: categorical_nll(probs, labels) / np.shape(probs)[1]
        ),
        "probs[:, labels] picks all these columns from every row. Pick one number "
        "from each row.": lambda probs, labels: -np.log(probs[:, labels]).mean(),
        "You took the logarithm of the mean. Take the mean of the logarithms.": (
            lambda probs, labels: -np.log(np.choose(labels, np.transpose(probs)).mean())
        ),
        "This is in bits. Use the natural logarithm.": (
            lambda probs, labels: categorical_nll(probs, labels) / np.log(2)
        ),
    }
    model_1 = np.array([[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7]])
    model_2 = np.array([[0.1, 0.2, 0.7], [0.1, 0.7, 0.2], [0.3, 0.4, 0.3]])
    cases = [
        (model_1, np.array([2, 1, 0])),
        (model_2, np.array([2, 1, 0])),
        (np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 0])),
    ]
    return Exercise(
        title="Batch",
        points=3,
        function="mean_nll",
        right=categorical_nll,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
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


def exercise_5() -> Exercise:
    def loss_from_the_web(logits, labels):
        """Return the mean cross-entropy of a batch of logits. Wrong on purpose."""
        exps = np.exp(logits)
        probs = exps / exps.sum()
        picked = probs[np.arange(len(labels)), np.argmax(logits, axis=1)]
        return np.log(picked).mean()

    mistakes = {
        "Nothing is fixed yet.": loss_from_the_web,
        "The softmax still runs over the whole batch: its rows sum to 1 only together.": (
            lambda z, y: softmax_cross_entropy(z, y) + logsumexp(logsumexp(z)) - logsumexp(z).mean()
        ),
        "You still look up the largest probability. The loss looks up that of the label.": (
            lambda z, y: softmax_cross_entropy(z, np.argmax(z, axis=1))
        ),
        "The sign is still lost.": lambda z, y: -softmax_cross_entropy(z, y),
        "You summed over the samples. Take their mean.": (
            lambda z, y: softmax_cross_entropy(z, y, reduction="sum")
        ),
        "The softmax is applied twice.": lambda z, y: softmax_cross_entropy(softmax(z), y),
        "A logit of 1000 overflows. Subtract the largest logit of each row first.": (
            lambda z, y: np.where(np.max(z) < 700, softmax_cross_entropy(z, y), np.nan)
        ),
        "A probability was rounded to 0 before its logarithm was taken. Stay with the "
        "logarithms.": lambda z, y: categorical_nll(softmax(z), y),
        "You subtracted the largest logit of the whole batch. Take that of each row: "
        "the exponentials of another one can all be 0, and the logarithm of 0 is left.": (
            lambda z, y: (
                softmax_cross_entropy(z, y) - (np.inf if np.ptp(z.max(axis=1)) > 700 else 0)
            )
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


def exercise_6() -> Exercise:
    def right(h):
        """Try many random pairs."""
        pairs = np.random.default_rng(0).dirichlet(np.ones(3), size=(200, 2))
        return all(h(p, q) >= h(p, p) - 1e-9 for p, q in pairs)

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

    p, q = np.array([0.9, 0.05, 0.05]), np.array([0.5, 0.3, 0.2])
    mistakes = {
        "Your test accepts everything. Does it return False where it finds a pair?": True,
        "Your test rejects everything. Where q is p, or nearly, h(p, q) and h(p, p) are "
        "equal.": False,
        "You ask for h(p, p) = 0. The lowest value of cross-entropy is not 0.": (
            lambda h: bool(abs(h(p, p)) < 1e-9)
        ),
        "You ask whether h is positive. Compare h(p, q) with h(p, p).": (
            lambda h: bool(h(p, q) >= 0)
        ),
        "You changed the truth and kept the model. Keep p, and compare h(p, q) with "
        "h(p, p).": lambda h: bool(min(h(p, q) - h(q, q), h(q, p) - h(p, p)) >= 0),
    }
    cases = [cross_entropy, kl_divergence, swapped, lost_sign, own_entropy]
    cases += [own_certainty]
    return Exercise(
        title="Gibbs",
        points=3,
        function="lowest_at_truth",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )
