"""The exercises of chapter 7, PyTorch's losses."""

import numpy as np

from xent_lib import log_softmax, one_hot, smooth_labels, softmax, softmax_cross_entropy

from . import Exercise


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
    def is_index(target):
        """Whether the target has class indices."""
        return np.issubdtype(np.asarray(target).dtype, np.integer)

    def instead(of_table):
        """A mistake in the tables only."""
        return lambda z, t: softmax_cross_entropy(z, t) if is_index(t) else of_table(z, t)

    mistakes = {
        "A row of probabilities became the index of its largest: the others count, too.": (
            instead(lambda z, t: softmax_cross_entropy(z, np.argmax(t, axis=1)))
        ),
        "With probabilities you divide by samples times classes. Sum over the classes first.": (
            instead(lambda z, t: -np.mean(t * log_softmax(z)))
        ),
        "With probabilities you sum over the samples. Take their mean.": (
            instead(lambda z, t: -np.sum(t * log_softmax(z)))
        ),
        "The logarithm is missing: this is what NLLLoss makes of probabilities.": (
            lambda z, t: -np.sum(softmax(z)[np.arange(len(t)), t]) / len(t)
        ),
        "The softmax is applied twice.": lambda z, t: softmax_cross_entropy(softmax(z), t),
        "The sign is lost.": lambda z, t: -softmax_cross_entropy(z, t),
    }
    Z = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0], [1.0, 0.2, 0.3]])
    cases = [
        (Z, np.array([0, 1, 2])),
        (Z, np.array([[0.8, 0.2, 0.0], [0.1, 0.9, 0.0], [0.0, 0.3, 0.7]])),
        (Z, np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])),
        (Z[:2], np.array([1, 1])),
    ]
    return Exercise(
        title="Target",
        points=3,
        function="cross_entropy_of",
        right=softmax_cross_entropy,
        cases=cases,
        mistakes=mistakes,
        may_use=["log_softmax"],
    )


def exercise_3() -> Exercise:
    def parts(log_p, labels, w):
        """Return the weights, the losses (0 where ignored) and which rows count."""
        log_p, labels, w = np.asarray(log_p), np.asarray(labels), np.asarray(w)
        keep = labels != -100
        index = np.where(keep, labels, 0)
        return w[index] * keep, -log_p[np.arange(len(labels)), index] * keep, keep

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

    mistakes = {
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
    ]
    return Exercise(
        title="Weights", points=3, function="nll_loss", right=right, cases=cases, mistakes=mistakes
    )


def exercise_4() -> Exercise:
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

    mistakes = {
        "Nothing is fixed yet.": token_loss_from_the_web,
        "The softmax still runs along the tokens: the words of a text compete.": (
            lambda z, y: each(log_softmax(z, axis=1), y).sum() / np.sum(y != -100)
        ),
        "The padding is still in the divisor.": (
            lambda z, y: each(log_softmax(z), y).sum() / y.size
        ),
        "This is a mean of means: a token of a short text has more say.": (
            lambda z, y: np.mean(each(log_softmax(z), y).sum(axis=1) / np.sum(y != -100, axis=1))
        ),
        "The padding is counted, as if its label were 0.": (
            lambda z, y: right(z, np.where(y == -100, 0, y))
        ),
        "A probability was rounded to 0 before its logarithm was taken: use log_softmax.": (
            lambda z, y: each(np.log(softmax(z)), y).sum() / np.sum(y != -100)
        ),
        "The sign is lost.": lambda z, y: -right(z, y),
        "This is the sum over the tokens. Divide it by their number.": (
            lambda z, y: each(log_softmax(z), y).sum()
        ),
        "You divide by the number of texts. Divide by the number of tokens.": (
            lambda z, y: each(log_softmax(z), y).sum() / len(y)
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
        points=4,
        function="token_loss",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax", "log_softmax"],
    )


def exercise_6() -> Exercise:
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
