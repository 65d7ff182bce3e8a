"""The exercises of chapter 1, one-hot encoding."""

import numpy as np

from xent_lib import one_hot

from . import Exercise, Mistake, Outcome
from .data import iris


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
        title="One-hot", points=2, function="encode", right=one_hot, cases=cases, mistakes=mistakes
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
    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything.": False,
        "You look at the sums of the rows only. Rows that are not one-hot can also sum to 1.": (
            lambda table: bool(np.all(np.sum(table, axis=1) == 1))
        ),
        "You look at the entries only. A row can have two ones, or none.": (
            lambda table: bool(np.isin(table, [0, 1]).all())
        ),
        "You count the ones in the whole table. Count them in each row.": (
            lambda table: bool(np.isin(table, [0, 1]).all() and np.sum(table) == len(table))
        ),
        "You look for a 1 in each row. There may be more of them.": (
            lambda table: bool(np.all(np.max(table, axis=1) == 1))
        ),
        "You look at the sum and the largest entry of each row. (1, 0.5, -0.5) has them, too.": (
            lambda table: bool(np.all((np.sum(table, 1) == 1) & (np.max(table, 1) == 1)))
        ),
        "You look at the sum of each row and of its squares. (2/3, 2/3, -1/3) has them, too.": (
            lambda table: bool(np.allclose([np.sum(table, 1), np.sum(np.square(table), 1)], 1))
        ),
        "You count the ones in each row. What else does it contain?": (
            lambda table: bool(np.all((np.array(table) == 1).sum(axis=1) == 1))
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
        "sum and largest": [[1.0, 0.5, -0.5], [0.0, 0.0, 1.0]],
    }
    cases = [np.array(table) for table in tables.values()]

    def truth(table):
        """Return whether the table is one-hot, row by row."""
        return all(sorted(row) == [0] * (len(row) - 1) + [1] for row in np.array(table).tolist())

    return Exercise(
        title="Test", points=3, function="is_one_hot", right=truth, cases=cases, mistakes=mistakes
    )


def exercise_5() -> Exercise:
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

    def integers(result, labels=None, convention=None):
        """Return the indices; those that are no integers become text, which equals no number."""
        result = np.asarray(result)
        return result if result.dtype.kind in "iu" else result.astype(str)

    def floats(labels, convention):
        """Keep the dtype of the signs."""
        signs = np.asarray(labels)
        return integers((signs + 1) // 2) if convention == "signs" else right(labels, convention)

    mistakes = {
        "Labels that start at 1 are not moved to 0.": (
            Mistake(lambda y, c: right(y, c, first=0), points=2)
        ),
        "The signs are the wrong way round: +1 is class 1.": (
            Mistake(lambda y, c: right(y, c, plus=0), points=2)
        ),
        "You looked down the columns of the one-hot table. Each sample is a row.": (
            Mistake(lambda y, c: right(y, c, axis=0), points=2)
        ),
        "An unknown convention is let through. Raise a ValueError.": (
            Mistake(lambda y, c: right(y, c, error=None), points=2)
        ),
        "The signs are returned as they are: -1 is read as the last class.": (
            lambda y, c: integers(y) if c == "signs" else right(y, c)
        ),
        "An index has to be an integer. This is a float or a boolean, and cannot pick a class.": (
            Mistake(
                floats,
                lambda y, c: integers(right(y, c).astype(float)),
                lambda y, c: integers(right(y, c) == 1) if c == "signs" else right(y, c),
                points=2,
            )
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
        points=3,
        function="class_indices",
        right=lambda y, c: right(y, c),
        observed=("", integers),
        cases=cases,
        mistakes=mistakes,
    )


def exercise_6() -> Exercise:
    flowers, kinds = iris()
    kind_of = {tuple(row): kind for row, kind in zip(flowers.tolist(), kinds, strict=True)}

    enough = Outcome("at least 0.75")

    def kinds_of(X):
        """Return the species of flowers by their measurements, numbered as usual."""
        X = np.array(X, dtype=float)
        rows = np.round(X / 10 if X.max() > 10 else X, 1).tolist()  # centimetres, or millimetres
        return [kind_of[tuple(row)] for row in rows]

    def share(answers, X, species, X_new):
        """Say whether enough answers are right, or how many."""
        if np.shape(answers) == (len(X_new), 3):
            return Outcome("three numbers per flower")
        if np.shape(answers) != (len(X_new),):
            raise ValueError("not one answer per flower")
        number = dict(zip(kinds_of(X), species, strict=True))
        right = np.mean([number[kind] for kind in kinds_of(X_new)] == np.array(answers))
        return enough if right >= 0.75 else Outcome(f"a share of {right:.2f} right answers")

    def by_number(X, species, X_new):
        """Fit the number of the species by least squares."""
        theta = np.linalg.lstsq(np.c_[X, np.ones(len(X))], species, rcond=None)[0]
        return np.c_[X_new, np.ones(len(X_new))] @ theta

    def of(answer):
        """Return the share of right answers that an answer has."""
        return lambda X, species, X_new: share(answer(X, species, X_new), X, species, X_new)

    mistakes = {
        "You fitted the numbers of the species as if they were quantities. They come in any "
        "order: fit a column for each species.": Mistake(
            of(lambda *case: np.rint(by_number(*case))),
            of(lambda *case: np.clip(np.rint(by_number(*case)), 0, 2)),
            of(lambda *case: by_number(*case).astype(int)),
        ),
        "A third is right: all your answers are the same.": Mistake(
            *(of(lambda X, species, X_new, k=k: np.full(len(X_new), k)) for k in range(3))
        ),
        "These are the scores. Answer with the species whose score is the largest.": (
            lambda *case: Outcome("three numbers per flower")
        ),
    }
    orders = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1]])
    known, new = np.random.default_rng(2).permutation(150).reshape(2, 75)
    cases = [(flowers[known], order[kinds[known]], flowers[new]) for order in orders]
    return Exercise(
        title="Irises",
        points=4,
        function="name_species",
        right=enough,
        observed=("", share),
        cases=cases,
        mistakes=mistakes,
    )
