"""The exercises of chapter 11, scale."""

import numpy as np

from . import Exercise, Mistake


def exercise_1() -> Exercise:
    loss, size = 3.2, 4.3
    mistakes = {
        "These are nats per byte. Divide by ln 2 as well.": loss / size,
        "These are bits per token. Divide by the bytes of a token.": loss / np.log(2),
        "More bytes per token mean fewer bits per byte: divide by 4.3.": loss / np.log(2) * size,
        "A perplexity cannot be divided among the bytes. Divide the loss.": np.exp(loss) / size,
        "This is the perplexity per byte. The bits are its log2.": np.exp(loss / size),
        "From nats to bits the number grows: divide by ln 2.": loss * np.log(2) / size,
    }
    return Exercise(
        title="Bits per byte",
        points=2,
        function="bits_per_byte_of_model",
        right=loss / np.log(2) / size,
        mistakes=mistakes,
        rtol=2e-3,
    )


def exercise_2() -> Exercise:
    numbers = 8 * 4096 * 256_000
    mistakes = {
        "A number in bfloat16 has 2 bytes, not 4.": 4 * numbers / 1e9,
        "This is the table of one text. There are eight.": 2 * numbers / 8e9,
        "These are billions of numbers. Each has 2 bytes.": numbers / 1e9,
        "These are GiB, of 2^30 bytes. A GB has 10^9.": 2 * numbers / 2**30,
        "These are bytes. A GB has 10^9.": 2 * numbers,
        "A whole step holds three tables; this is about the logits alone.": Mistake(
            6 * numbers / 1e9, 12 * numbers / 1e9
        ),
    }
    return Exercise(
        title="Logits",
        points=2,
        function="gigabytes_of_logits",
        right=2 * numbers / 1e9,
        mistakes=mistakes,
        rtol=2e-2,
    )


def exercise_3() -> Exercise:
    def whole(slices):
        return np.concatenate([np.array(part, dtype=float) for part in slices], axis=1)

    def lse(z):
        top = z.max(axis=1)
        return top + np.log(np.exp(z - top[:, None]).sum(axis=1))

    def of_labels(slices, labels):
        return whole(slices)[np.arange(len(labels)), labels]

    def right(slices, labels):
        return np.mean(lse(whole(slices)) - of_labels(slices, labels))

    def own_slice(slices, labels):
        ends = np.cumsum([np.shape(part)[1] for part in slices])
        owner = np.searchsorted(ends, labels, side="right")
        sums = np.array([lse(np.array(part, dtype=float)) for part in slices])
        return np.mean(sums[owner, np.arange(len(labels))] - of_labels(slices, labels))

    def not_rescaled(slices, labels):
        parts = [np.array(part, dtype=float) for part in slices]
        tops = np.array([part.max(axis=1) for part in parts])
        sums = [np.exp(part - part.max(axis=1, keepdims=True)).sum(axis=1) for part in parts]
        return np.mean(tops.max(axis=0) + np.log(np.sum(sums, axis=0)) - of_labels(slices, labels))

    def every_slice(slices, labels):
        """Look the label up in each slice, as if each began at class 0."""
        parts = [np.array(part, dtype=float) for part in slices]
        found = [
            part[np.arange(len(labels)), np.minimum(labels, part.shape[1] - 1)] for part in parts
        ]
        return np.mean(lse(whole(slices)) - np.sum(found, axis=0))

    mistakes = {
        "The sums belong to different largest logits. Rescale them to one before you add.": (
            not_rescaled
        ),
        "You add up log-sum-exps. Add up the sums of exponentials.": (
            lambda slices, labels: np.mean(
                np.sum([lse(np.array(part, dtype=float)) for part in slices], axis=0)
                - of_labels(slices, labels)
            )
        ),
        "Each label is compared with its own slice alone. All classes belong into the sum.": (
            own_slice
        ),
        "Some exponentials overflow. Subtract the largest logit of all slices first.": (
            lambda slices, labels: np.mean(
                np.log(np.exp(whole(slices)).sum(axis=1)) - of_labels(slices, labels)
            )
        ),
        "The label belongs to one slice only, and its number within it is another one.": (
            every_slice
        ),
        "This is the sum over the rows. Take their mean.": (
            lambda slices, labels: right(slices, labels) * len(labels)
        ),
        "The sign is wrong.": lambda slices, labels: -right(slices, labels),
        "The label's logit is missing.": (lambda slices, labels: np.mean(lse(whole(slices)))),
    }
    rng = np.random.default_rng(0)
    cases = [
        ([np.array([[2.0, 1.0]]), np.array([[0.1]])], np.array([0])),
        ([np.array([[2.0, 1.0]]), np.array([[0.1]])], np.array([2])),
        (
            [3 * rng.normal(size=(5, 4)), 3 * rng.normal(size=(5, 4)), rng.normal(size=(5, 3))],
            np.array([0, 10, 5, 8, 3]),
        ),
        ([1000 + rng.normal(size=(3, 2)), 1005 + rng.normal(size=(3, 6))], np.array([1, 2, 7])),
    ]
    return Exercise(
        title="Slices",
        points=4,
        function="split_loss",
        right=right,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    def share(tokens):
        tokens = np.array(tokens, dtype=float)
        return tokens / tokens.sum()

    mistakes = {
        "These are the shares of the tokens. The engine divides by the number of processes, so "
        "multiply by it.": share,
        "All factors are equal, as in the mean of means.": Mistake(
            lambda tokens: np.ones(len(tokens)), lambda tokens: np.ones(len(tokens)) / len(tokens)
        ),
        "These would be right for sums of losses. Each process has a mean.": (
            lambda tokens: np.full(len(tokens), len(tokens) / np.sum(tokens))
        ),
        "These would be right if the engine only added up sums of losses. Each process has a mean, "
        "and the engine divides by the number of processes.": (
            lambda tokens: np.full(len(tokens), 1 / np.sum(tokens))
        ),
        "A process with more tokens must have more say, not less.": (
            lambda tokens: 1 / share(tokens) / len(tokens)
        ),
        "You divide by G, which the engine does already.": lambda tokens: (
            share(tokens) / len(tokens)
        ),
    }
    cases = [np.array([1499, 99]), np.array([100, 300, 600]), np.array([7, 7, 7, 7])]
    return Exercise(
        title="One mean",
        points=3,
        function="factors",
        right=lambda tokens: len(tokens) * share(tokens),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def normal(weights):
        return weights / weights.sum()

    def ratio(p, Q):
        return np.array(p, dtype=float) / np.array(Q, dtype=float)

    mistakes = {
        "That would be learned from all classes, or with the correction.": lambda p, Q: np.array(p),
        "What is drawn often as a negative is pushed down, not up.": (
            lambda p, Q: normal(np.array(p) * np.array(Q))
        ),
        "These do not add up to 1.": ratio,
        "These are the logits. Return their softmax.": lambda p, Q: np.log(ratio(p, Q)),
        "This is how negatives are drawn.": lambda p, Q: np.array(Q),
    }
    p = np.array([4, 2, 1, 1]) / 8
    cases = [
        (p, np.arange(1, 5) / 10),
        (p, np.full(4, 0.25)),
        (np.array([0.7, 0.2, 0.1]), np.array([0.7, 0.2, 0.1])),
    ]
    return Exercise(
        title="Negatives",
        points=2,
        function="learned_probabilities",
        right=lambda p, Q: normal(ratio(p, Q)),
        cases=cases,
        mistakes=mistakes,
    )


def learning_bits(data, longest=4, factor=16, start=1, learns_first=False, log=np.log2):
    """Return the surprise of the bytes, each by what followed the same contexts before it."""
    counts: dict[tuple[int, bytes], dict[int, int]] = {}
    total = 0.0
    for t, byte in enumerate(data):
        contexts = [(order, bytes(data[t - order : t])) for order in range(min(t, longest) + 1)]
        if learns_first:
            for context in contexts:
                row = counts.setdefault(context, {})
                row[byte] = row.get(byte, 0) + 1
        f, everything = start, 256 * start
        for order, context in contexts:
            row = counts.get((order, context), {})
            f += factor**order * row.get(byte, 0)
            everything += factor**order * sum(row.values())
        total += log(np.divide(everything, f))
        if not learns_first:
            for context in contexts:
                row = counts.setdefault(context, {})
                row[byte] = row.get(byte, 0) + 1
    return total


def exercise_6() -> Exercise:
    mistakes = {
        "You learn each byte before you code it: the receiver cannot know it yet.": (
            lambda data: learning_bits(data, learns_first=True)
        ),
        "A count should weigh 16 times as much as after the next shorter context.": (
            lambda data: learning_bits(data, factor=1)
        ),
        "This is in nats. Use `np.log2`.": lambda data: learning_bits(data, log=np.log),
        "Every byte starts with 1, or what is new has no code.": (
            lambda data: learning_bits(data, start=0)
        ),
        "The longest context should have 4 bytes.": Mistake(
            lambda data: learning_bits(data, longest=3),
            lambda data: learning_bits(data, longest=5),
            lambda data: learning_bits(data, longest=0),
        ),
        "This is the mean. Add up the bits.": lambda data: learning_bits(data) / len(data),
    }
    cases = [b"aaaa", b"abracadabra", b"how much wood would a woodchuck chuck if it could"]
    return Exercise(
        title="Learning",
        points=4,
        function="bits_while_learning",
        right=learning_bits,
        cases=cases,
        mistakes=mistakes,
    )
