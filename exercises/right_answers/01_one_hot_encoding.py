"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% group: fraction
def predicted_group():
    from fractions import Fraction

    return Fraction(1, 2) * 1 + Fraction(1, 2) * 5


# %% group: integer
def predicted_group():
    return 3


# %% group (shown): array
def predicted_group():
    return np.array([0, 0.5, 0, 0, 0, 0.5]) @ np.arange(6)


# %% one-hot (shown): rows of the identity
def encode(labels, num_classes):
    return np.eye(num_classes)[np.asarray(labels)]


# %% one-hot: loop over a flat copy
def encode(labels, num_classes):
    labels = np.asarray(labels)
    table = np.zeros((labels.size, num_classes))
    for row, label in enumerate(labels.ravel()):
        table[row, label] = 1
    return table.reshape(*labels.shape, num_classes)


# %% one-hot: booleans
def encode(labels, num_classes):
    return np.equal.outer(labels, np.arange(num_classes))


# %% one-hot: put_along_axis, float32
def encode(labels, num_classes):
    labels = np.asarray(labels, dtype=int)
    table = np.zeros((*labels.shape, num_classes), dtype=np.float32)
    np.put_along_axis(table, labels[..., np.newaxis], 1, axis=-1)
    return table


# %% one-hot: recursion over lists
def encode(labels, num_classes):
    if np.ndim(labels) == 0:
        return [int(k == labels) for k in range(num_classes)]
    rows = [encode(label, num_classes) for label in labels]
    return np.reshape(rows, (*np.shape(labels), num_classes))


# %% outside: labels of any shape, one by one
def encode_checked(labels, num_classes):
    for label in np.ravel(labels):
        if label not in range(num_classes):
            raise IndexError(label)
    return np.eye(num_classes)[labels]


# %% outside: an error of its own
class NoSuchClass(IndexError):
    pass


def encode_checked(labels, num_classes):
    if np.min(labels) < 0 or np.max(labels) >= num_classes:
        raise NoSuchClass("outside")
    return np.eye(num_classes, dtype=np.float32)[labels]


# %% outside (shown): NumPy raises
def encode_checked(labels, num_classes):
    labels = np.array(labels, dtype=int)
    return np.eye(num_classes)[np.where(labels < 0, num_classes, labels)]


# %% labels (shown): a dictionary of functions
def class_indices(labels, convention):
    labels = np.asarray(labels)
    ways = {
        "from one": lambda: labels.astype(int) - 1,
        "signs": lambda: np.where(labels > 0, 1, 0),
        "one-hot": lambda: np.nonzero(labels)[1],
    }
    if convention not in ways:
        raise ValueError(f"unknown convention {convention!r}")
    return ways[convention]()


# %% labels: loops
def class_indices(labels, convention):
    if convention == "from one":
        return [label - 1 for label in labels]
    if convention == "signs":
        return [1 if sign > 0 else 0 for sign in labels]
    if convention == "one-hot":
        return [list(row).index(1) for row in labels]
    raise ValueError(f"unknown convention {convention}")


# %% labels: match, booleans as indices
def class_indices(labels, convention):
    labels = np.asarray(labels)
    match convention:
        case "from one":
            return labels.astype(int) - 1
        case "signs":
            return (labels == 1).astype(np.int64)
        case "one-hot":
            return (labels @ np.arange(labels.shape[1])).astype(int)
        case _:
            raise ValueError("no such convention")


# %% is-one-hot: sorted rows
def is_one_hot(table):
    return all(
        sorted(row) == [0] * (len(row) - 1) + [1]
        for row in np.asarray(table).tolist()
    )


# %% is-one-hot: loop
def is_one_hot(table):
    for row in table:
        if (
            sum(x == 1 for x in row) != 1
            or sum(x == 0 for x in row) != len(row) - 1
        ):
            return False
    return True


# %% is-one-hot: counts
def is_one_hot(table):
    table = np.asarray(table)
    ones, zeros = (table == 1).sum(axis=1), (table == 0).sum(axis=1)
    return (ones == 1).all() and (zeros == table.shape[1] - 1).all()


# %% is-one-hot (shown): rows of the identity
def is_one_hot(table):
    table = np.asarray(table, dtype=float)
    return np.array_equal(table, np.eye(table.shape[1])[table.argmax(axis=1)])


# %% species (shown): the nearest known flower
def name_species(X, species, X_new):
    differences = np.asarray(X_new)[:, np.newaxis] - np.asarray(X)
    return np.asarray(species)[
        np.linalg.norm(differences, axis=2).argmin(axis=1)
    ]


# %% species: the nearest mean
def name_species(X, species, X_new):
    X, species = np.asarray(X), np.asarray(species)
    means = np.array([X[species == k].mean(axis=0) for k in range(3)])
    return [
        int(np.argmin(((means - flower) ** 2).sum(axis=1)))
        for flower in np.asarray(X_new)
    ]


# %% species: least squares with squares of the lengths
def name_species(X, species, X_new):
    def columns(rows):
        rows = np.asarray(rows, dtype=float)
        return np.c_[rows, rows**2, np.ones(len(rows))]

    theta = np.linalg.lstsq(
        columns(X), np.eye(3)[np.array(species)], rcond=None
    )[0]
    return (columns(X_new) @ theta).argmax(axis=1).tolist()
