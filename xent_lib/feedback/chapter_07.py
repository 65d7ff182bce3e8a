"""The exercises of chapter 7, PyTorch's losses."""

from itertools import combinations

import numpy as np

from xent_lib import log_softmax, one_hot, smooth_labels, softmax, softmax_cross_entropy

from . import Exercise, Mistake, Outcome
from .data import digits


def exercise_1() -> Exercise:
    labels = np.array([[3, 0, -100, -100], [1, 4, 0, -100]])
    weights = np.array([1, 2, 2, 3, 4])
    kept = labels[labels != -100]
    right = [kept.size, weights[kept].sum(), labels.size * weights.size]
    mistakes = {
        "The padding is counted: labels of -100 are not in the first divisor.": (
            [labels.size, right[1], right[2]]
        ),
        "The weights are in the second divisor, too: add up those of the labels that count.": [
            right[0],
            right[0],
            right[2],
        ],
        "The second divisor is not the sum of the five class weights: each label that "
        "counts adds its own weight, and a label that occurs twice adds it twice.": (
            [right[0], weights.sum(), right[2]]
        ),
        "The binary loss is a mean over all elements: each logit has its own target.": (
            [right[0], right[1], labels.size]
        ),
        "You count the texts. A mean is over tokens, or over logits.": [2, 2, 2],
        "In the binary loss nothing is padding: it does not know -100.": (
            [right[0], right[1], kept.size * weights.size]
        ),
    }
    return Exercise(
        title="Divisors", points=2, function="predicted_divisors", right=right, mistakes=mistakes
    )


def exercise_2() -> Exercise:
    def right(labels, num_classes, eps):
        """Return the smoothed targets."""
        return smooth_labels(one_hot(labels, num_classes), num_classes, eps)

    mistakes = {
        "You spread it over the other classes only. The label's own gets a part, too.": (
            lambda y, k, eps: np.where(one_hot(y, k) > 0, 1 - eps, eps / (k - 1))
        ),
        "The label has kept its share and got a part, too: the rows sum to more than 1.": (
            lambda y, k, eps: one_hot(y, k) + eps / k
        ),
        "Every class gets all of eps. Divide it among the classes.": (
            lambda y, k, eps: (1 - eps) * one_hot(y, k) + eps
        ),
        "The label's entry lacks its own part of what is spread: the rows sum to less "
        "than 1.": lambda y, k, eps: np.where(one_hot(y, k) > 0, 1 - eps, eps / k),
        "eps and 1 - eps are swapped.": lambda y, k, eps: right(y, k, 1 - eps),
        "These are the one-hot rows, not smoothed at all.": lambda y, k, eps: one_hot(y, k),
        "What you took from the label is lost: nothing was spread.": (
            lambda y, k, eps: (1 - eps) * one_hot(y, k)
        ),
    }
    cases = [
        (np.array([0, 1, 2]), 3, 0.1),
        (np.array([3, 0]), 4, 0.2),
        (np.array([1, 1, 0]), 2, 0.0),
    ]
    return Exercise(
        title="Smoothing",
        points=2,
        function="smooth_targets",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_3() -> Exercise:
    def parts(log_p, labels, w):
        """Return the weights, the losses (0 where ignored) and which rows count."""
        log_p, labels, w = np.asarray(log_p), np.asarray(labels), np.asarray(w)
        keep = labels != -100
        index = np.where(keep, labels, 0)
        losses = -log_p[np.arange(len(labels)), index]
        return w[index] * keep, np.where(keep, losses, 0), keep

    def right(log_p, labels, w):
        """Return the weighted mean."""
        weights, losses, _ = parts(log_p, labels, w)
        return (weights * losses).sum() / weights.sum()

    def divided_by(divisor):
        """Divide the weighted sum by something else."""

        def wrong(log_p, labels, w):
            weights, losses, keep = parts(log_p, labels, w)
            return (weights * losses).sum() / divisor(keep, w)

        return wrong

    def zero_if_nothing(log_p, labels, w):
        """Return 0 for a batch without labels."""
        return np.nan_to_num(right(log_p, labels, w))

    def times_zero(log_p, labels, w):
        """Multiply the losses of the padding by 0, even those that are infinite."""
        losses = -np.asarray(log_p)[np.arange(len(labels)), np.where(labels == -100, 0, labels)]
        return np.nan if np.isinf(losses[labels == -100]).any() else right(log_p, labels, w)

    mistakes = {
        "You multiply the losses of the padding by 0, and 0 times ∞ is NaN. Drop these rows.": (
            times_zero
        ),
        "You divide by the number of rows, including padding.": (
            divided_by(lambda keep, w: keep.size)
        ),
        "You divide by the number of labels that count. Divide by their weights.": (
            divided_by(lambda keep, w: keep.sum())
        ),
        "You divide by the sum of all class weights. A row has the weight of its label.": (
            divided_by(lambda keep, w: np.sum(w))
        ),
        "This is the sum. Divide it by the weights of the labels that count.": (
            divided_by(lambda keep, w: 1)
        ),
        "The padding is counted, as a label of class 0.": (
            lambda log_p, labels, w: right(log_p, np.where(labels < 0, 0, labels), w)
        ),
        "The weights are missing.": (
            lambda log_p, labels, w: right(log_p, labels, np.ones(len(w)))
        ),
        "The sign is lost: logarithms of probabilities are not above 0.": (
            lambda log_p, labels, w: -right(log_p, labels, w)
        ),
        "A batch without labels has no mean: let it be NaN, so that somebody notices.": (
            zero_if_nothing
        ),
    }
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5], [0.3, 0.3, 0.4]])
    w = np.array([1.0, 2.0, 5.0])
    cases = [
        (np.log(p), np.array([0, 1, 2, 2]), w),
        (np.log(p), np.array([0, 1, -100, 2]), w),
        (np.log(p), np.array([-100, 1, -100, 1]), np.array([1.0, 0.5, 1.0])),
        (np.log(p), np.array([-100, -100, -100, -100]), w),
        (np.array([[-0.1, -2.5, -5.0], [-np.inf, 0.0, -np.inf]]), np.array([1, -100]), w),
    ]
    return Exercise(
        title="Weights", points=3, function="nll_loss", right=right, cases=cases, mistakes=mistakes
    )


def exercise_4() -> Exercise:
    def cross_entropy_loss(table, labels):
        """The mean cross-entropy of logits."""
        return softmax_cross_entropy(table, labels)

    def log_softmax_twice(table, labels):
        """The logarithm of the softmax twice, which is the same."""
        return softmax_cross_entropy(log_softmax(table), labels)

    def softmax_twice(table, labels):
        """A softmax in the model, and another one in the loss."""
        return softmax_cross_entropy(softmax(table), labels)

    def nll_loss_of_it(table, labels):
        """NLLLoss: it wants logarithms of probabilities."""
        return -np.asarray(table)[np.arange(len(labels)), labels].mean()

    def log_loss_of_it(table, labels):
        """It wants probabilities, and takes their logarithm."""
        with np.errstate(all="ignore"):
            return -np.log(np.asarray(table)[np.arange(len(labels)), labels]).mean()

    def over_the_batch(table, labels):
        """A softmax along the samples."""
        return -log_softmax(table, axis=0)[np.arange(len(labels)), labels].mean()

    def summed_up(table, labels):
        """The sum over the samples."""
        return softmax_cross_entropy(table, labels, reduction="sum")

    def of_the_largest(table, labels):
        """It looks up the largest logit, and not that of the label."""
        return softmax_cross_entropy(table, np.argmax(table, axis=1))

    def right(loss):
        """Try random tables."""
        rng = np.random.default_rng(0)
        batches = [(rng.normal(scale=2, size=(4, 3)), rng.integers(3, size=4)) for _ in range(20)]
        return all(np.isclose(loss(z, y), softmax_cross_entropy(z, y)) for z, y in batches)

    def truth_at(z, y):
        """Compare on a single table, where the test may be blind."""
        return lambda loss: bool(np.isclose(loss(z, y), softmax_cross_entropy(z, y)))

    z, y = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]), np.array([2, 0])
    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything. Do you allow for rounding?": False,
        "You try equal logits only. There softmax twice gives the same loss as once.": (
            truth_at(np.zeros((4, 3)), np.array([0, 1, 2, 0]))
        ),
        "You try rows of log-probabilities only. NLLLoss is right about them, too.": (
            truth_at(log_softmax(z), y)
        ),
        "You try one row only: there a mean and a sum are the same.": (truth_at(z[:1], y[:1])),
        "Your label is always that of the largest logit. Try others.": (
            truth_at(z, z.argmax(axis=1))
        ),
        "You only ask whether the loss is not below 0. That is too little.": (
            lambda loss: bool(loss(z, y) >= 0)
        ),
        "You only ask whether a constant added to the logits changes nothing. Others pass "
        "that, too.": (lambda loss: bool(np.isclose(loss(z, y), loss(z + 1, y)))),
    }
    cases = [cross_entropy_loss, log_softmax_twice, softmax_twice, nll_loss_of_it]
    cases += [log_loss_of_it, over_the_batch, summed_up, of_the_largest]
    return Exercise(
        title="Contract",
        points=3,
        function="takes_logits",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["log_softmax"],
    )


def exercise_5() -> Exercise:
    labels = np.array([[0, 1, 2], [1, -100, -100]])

    logits = np.array(
        [
            [[2.0, 1.0, 0.1], [0.5, 2.5, -1.0], [1.0, 0.2, 0.3]],
            [[0.0, 3.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        ]
    )

    def token_loss_from_the_web(logits, labels):
        """Return the mean loss of the tokens. Wrong on purpose."""
        keep = labels != -100
        index = np.where(keep, labels, 0)
        probs = softmax(logits, axis=1)
        picked = np.take_along_axis(probs, index[..., np.newaxis], axis=2)
        losses = -np.log(picked[..., 0]) * keep
        return losses.mean(axis=1).mean()

    def right(z, y):
        """Return the mean over the tokens that are kept."""
        return softmax_cross_entropy(z, y, ignore_index=-100)

    def each(log_p, y):
        """Return the loss of each token, 0 for padding."""
        index = np.where(y == -100, 0, y)[..., np.newaxis]
        losses = -np.take_along_axis(log_p, index, axis=-1)[..., 0]
        return np.where(y == -100, 0, losses)

    def token_mean(losses, y):
        """Divide the sum by the number of tokens that are kept."""
        return losses.sum() / np.sum(y != -100)

    def variant(axis=-1, log_p=log_softmax, mean=token_mean):
        """Return a loss with something else in its place."""

        def loss(z, y):
            z, y = np.asarray(z), np.asarray(y)
            return mean(each(log_p(z, axis=axis), y), y)

        return loss

    one_left = {
        "The softmax still runs along the tokens: the words of a text compete.": {"axis": 1},
        "The padding is still in the divisor.": {"mean": lambda losses, y: losses.mean()},
        "A probability was rounded to 0 before its logarithm was taken: use log_softmax.": {
            "log_p": lambda z, axis: np.log(softmax(z, axis=axis))
        },
        "This is a mean of means: a token of a short text has more say.": {
            "mean": lambda losses, y: np.mean(losses.sum(axis=1) / np.sum(y != -100, axis=1))
        },
    }
    pairs = combinations(list(one_left.values())[:3], 2)
    mistakes = {
        "Nothing is fixed yet.": token_loss_from_the_web,
        **{text: Mistake(variant(**bug), points=2) for text, bug in one_left.items()},
        "One of the three bugs is gone. The others are in the axis, in the mean, or in the "
        "logarithm.": Mistake(*(variant(**(one | other)) for one, other in pairs), points=1),
        "The padding is counted, as if its label were 0.": (
            lambda z, y: right(z, np.where(np.array(y) == -100, 0, y))
        ),
        "The sign is lost.": lambda z, y: -right(z, y),
        "This is the sum over the tokens. Divide it by their number.": (
            variant(mean=lambda losses, y: losses.sum())
        ),
        "You divide by the number of texts. Divide by the number of tokens.": (
            variant(mean=lambda losses, y: losses.sum() / len(y))
        ),
    }
    sure = np.array([[[0.0, -900.0], [1.0, 0.0]]])
    cases = [
        (logits[:1], np.array([[0, 1, 2]])),
        (logits[:1], np.array([[0, 1, -100]])),
        (logits, labels),
        (sure, np.array([[1, 0]])),
    ]
    return Exercise(
        title="Tokens",
        points=3,
        function="token_loss",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax", "log_softmax"],
    )


def exercise_6() -> Exercise:
    pixels, truths = digits()
    label_of = {tuple(row): label for row, label in zip(pixels.tolist(), truths, strict=True)}
    low = Outcome("a loss below 1/3")

    def outcome(logits, X, labels, X_new):
        """Say that the loss on the new digits is low, or return the logits."""
        logits = np.asarray(logits, dtype=float)
        if logits.shape != (len(X_new), 10):
            return Outcome(f"a table of shape {logits.shape}")
        if logits.min() >= 0 and np.allclose(logits.sum(axis=1), 1, atol=1e-4):
            return Outcome("probabilities")
        rows = np.rint(16 * np.array(X_new, dtype=float)).tolist()
        loss = softmax_cross_entropy(logits, [label_of[tuple(row)] for row in rows])
        return low if loss < 1 / 3 else logits

    def variant(twice=False, kept=False, elements=False):
        """Return a training that has these bugs."""

        def train(X, labels, X_new):
            X, labels = np.array(X, dtype=float), np.array(labels)
            X, bias = np.c_[X, np.ones(len(X))], np.ones(len(X_new))
            theta, slope = np.zeros((10, X.shape[1])), 0
            for _ in range(30):
                for start in range(0, len(X), 20):
                    x, y = X[start : start + 20], labels[start : start + 20]
                    probs = softmax(x @ theta.T)
                    grad = (softmax(probs) if twice else probs) - np.eye(10)[y]
                    if twice:
                        grad = probs * (grad - (probs * grad).sum(axis=1, keepdims=True))
                    slope = slope * kept + grad.T @ x / (grad.size if elements else len(x))
                    theta = theta - 0.5 * slope
            return outcome(np.c_[X_new, bias] @ theta.T, X, labels, X_new)

        return train

    one_left = {
        "The softmax is still taken twice: the loss takes logits.": {"twice": True},
        "The gradients of all batches are still added up. Clear them before each one.": {
            "kept": True
        },
        "You still divide by samples times classes. Divide by the samples.": {"elements": True},
    }
    pairs = combinations(one_left.values(), 2)
    mistakes = {
        "Nothing is fixed yet.": variant(twice=True, kept=True, elements=True),
        **{text: Mistake(variant(**bug), points=2) for text, bug in one_left.items()},
        "One of the three bugs is gone. The others are in the softmax, in the sum of the "
        "gradients, or in the divisor.": (
            Mistake(*(variant(**(one | other)) for one, other in pairs), points=1)
        ),
        "Return logits: the loss takes the softmax.": Outcome("probabilities"),
    }

    def split(seed):
        """Return 120 digits with labels, and 80 others."""
        known, new = np.split(np.random.default_rng(seed).permutation(200), [120])
        return pixels[known] / 16, truths[known], pixels[new] / 16

    return Exercise(
        title="Training",
        points=4,
        function="train",
        right=low,
        observed=("", outcome),
        cases=[split(2), split(1), split(0)],
        mistakes=mistakes,
        may_use=["softmax", "log_softmax"],
    )
