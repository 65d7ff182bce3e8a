"""The exercises of chapter 1, one-hot encoding."""

import numpy as np

from xent_lib import one_hot

from . import Exercise


def exercise_1() -> Exercise:
    mistakes = {
        "Group 1 is one of the likeliest. A classifier would say it; the squared error "
        "does not.": 1,
        "Group 5 is one of the likeliest. A classifier would say it; the squared error "
        "does not.": 5,
        "This is the middle of all the codes. Weight each code by its probability.": 2.5,
        "This is the sum. The probabilities are halves: take the mean.": 6,
    }
    mean = np.dot([0, 0.5, 0, 0, 0, 0.5], np.arange(6))
    return Exercise(
        title="Age group", points=2, function="predicted_group", right=mean, mistakes=mistakes
    )


def exercise_2() -> Exercise:
    mistakes = {
        "The columns are counted from the labels that happen to be there. The number of "
        "classes is given.": lambda labels, k: one_hot(labels, np.max(labels) + 1),
        "The ones are one column off: the classes start at 0.": (
            lambda labels, k: one_hot((labels - 1) % k, k)
        ),
        "Rows and columns are swapped: each sample is a row.": (
            lambda labels, k: one_hot(labels, k).T
        ),
        "Each row has ones up to the label. It has one 1, at the label.": (
            lambda labels, k: np.cumsum(one_hot(labels, k)[..., ::-1], axis=-1)[..., ::-1]
        ),
        "Only the first axis of the labels is counted. They may have any shape.": (
            lambda labels, k: one_hot(labels.reshape(len(labels), -1)[:, 0], k)
        ),
    }
    cases = [
        (np.array([0, 2, 1, 0]), 3),
        (np.array([1, 0]), 4),
        (np.array([[2, 0, 1], [1, 1, 2]]), 3),
    ]
    return Exercise(
        title="One-hot", points=3, function="encode", right=one_hot, cases=cases, mistakes=mistakes
    )


def exercise_3() -> Exercise:
    def encode_from_the_web(labels, num_classes):
        """Return one-hot rows. Something is wrong with it."""
        return np.eye(num_classes)[labels]

    def fails_with(error):
        """Return an encoding that raises this error where it should be an IndexError."""

        def encoding(labels, num_classes):
            if np.min(labels) < 0 or np.max(labels) >= num_classes:
                raise error
            return one_hot(labels, num_classes)

        return encoding

    mistakes = {
        "A label of -1 is still read as the last class.": encode_from_the_web,
        "The error is a ValueError. An index outside its range is an IndexError.": (
            fails_with(ValueError())
        ),
        "Your assert raises an AssertionError, and python -O skips asserts. Raise an "
        "IndexError.": fails_with(AssertionError()),
        "Labels outside the range are clipped to it. They have to be rejected.": (
            lambda labels, k: one_hot(np.clip(labels, 0, k - 1), k)
        ),
        "Labels outside the range are dropped. They have to be rejected.": (
            lambda labels, k: one_hot(labels[(labels >= 0) & (labels < k)], k)
        ),
        "Labels outside the range become rows of zeros. They have to be rejected.": (
            lambda labels, k: (labels[:, None] == np.arange(k)) * 1.0
        ),
    }
    cases = [
        (np.array([0, 2, 1]), 3),
        (np.array([0, -1]), 3),
        (np.array([1, 3]), 3),
    ]
    return Exercise(
        title="Outside",
        points=3,
        function="encode_checked",
        right=one_hot,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_4() -> Exercise:
    def right(labels, convention, first=1, plus=1, axis=1, error=ValueError):
        """Return the class indices, or those of a known mistake."""
        labels = np.array(labels)
        if convention == "from one":
            return labels - first
        if convention == "signs":
            return np.where(labels > 0, plus, 1 - plus)
        if convention == "one-hot":
            return np.argmax(labels, axis=axis)
        if error:
            raise error
        return labels

    mistakes = {
        "Labels that start at 1 are not moved to 0.": lambda y, c: right(y, c, first=0),
        "The signs are the wrong way round: +1 is class 1.": (lambda y, c: right(y, c, plus=0)),
        "You looked down the columns of the one-hot table. Each sample is a row.": (
            lambda y, c: right(y, c, axis=0)
        ),
        "An unknown convention is let through. Raise a ValueError.": (
            lambda y, c: right(y, c, error=None)
        ),
        "The signs are returned as they are: -1 is read as the last class.": (
            lambda y, c: np.array(y) if c == "signs" else right(y, c)
        ),
    }
    cases = [
        (np.array([1, 3, 2, 1]), "from one"),
        (np.array([1, -1, -1]), "signs"),
        (np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]), "one-hot"),
        (np.array([0, 1]), "no such convention"),
    ]
    return Exercise(
        title="Conventions",
        points=4,
        function="class_indices",
        right=lambda y, c: right(y, c),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_5() -> Exercise:
    def scores(X, W, b):
        """Return the scores, sample by sample."""
        return np.array([np.sum(np.array(W) * x, axis=1) + b for x in X])

    mistakes = {
        "The bias is missing.": lambda X, W, b: scores(X, W, np.zeros(len(b))),
        "Your rows are the classes. They should be the samples.": lambda X, W, b: scores(X, W, b).T,
        "The bias is added to the samples and not to the classes.": (
            lambda X, W, b: scores(X, W, 0 * b) + b[:, None]
        ),
        "With as many classes as features, X @ W also runs, but is wrong: it uses the "
        "columns of W.": lambda X, W, b: X @ W + b,
    }
    W = np.array([[1.0, -1, 2], [0, 1, -1], [-1, 0, 1]])
    b = np.array([0.1, -0.1, 0.5])
    cases = [
        (np.array([[1.0, 0.2, 0.5], [0.0, 1.0, 3.0], [2.0, 2.0, 1.0]]), W, b),
        (np.array([[1.0, 0.2], [0.0, 1.0], [2.0, 2.0]]), W[:, :2], b),
        (np.array([[1.0, 0.2], [0.0, 1.0], [2.0, 2.0]]), W[:2, :2], b[:2]),
    ]
    return Exercise(
        title="Scores",
        points=2,
        function="batch_scores",
        right=scores,
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything.": False,
        "You look at the sums of the rows only. Rows that are not one-hot can also sum to 1.": (
            lambda table: bool(np.all(table.sum(axis=1) == 1))
        ),
        "You look at the entries only. A row can have two ones, or none.": (
            lambda table: bool(np.isin(table, [0, 1]).all())
        ),
        "You count the ones in the whole table. Count them in each row.": (
            lambda table: bool(np.isin(table, [0, 1]).all() and table.sum() == len(table))
        ),
        "You look for a 1 in each row. There may be more of them.": (
            lambda table: bool(np.all(table.max(axis=1) == 1))
        ),
        "You count the ones in each row. What else does it contain?": (
            lambda table: bool(np.all((table == 1).sum(axis=1) == 1))
        ),
    }
    tables = {
        "good": [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
        "soft": [[0.2, 0.8, 0.0], [1.0, 0.0, 0.0]],
        "two ones": [[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
        "two ones and none": [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
        "one too few": [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        "2 and -1": [[2.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
        "1 and 3": [[1.0, 3.0, 0.0], [0.0, 0.0, 1.0]],
    }
    cases = [np.array(table) for table in tables.values()]

    def truth(table):
        """Return whether the table is one-hot, row by row."""
        return all(sorted(row) == [0] * (len(row) - 1) + [1] for row in np.array(table).tolist())

    return Exercise(
        title="Test", points=3, function="is_one_hot", right=truth, cases=cases, mistakes=mistakes
    )
