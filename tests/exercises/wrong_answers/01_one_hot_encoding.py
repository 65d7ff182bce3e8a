"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% group: Group 1 is one of the likeliest
def predicted_group():
    return 1


# %% group: Group 5 is one of the likeliest
def predicted_group():
    return 5


# %% group: middle of all the codes
def predicted_group():
    return np.arange(6).mean()


# %% group: This is the sum
def predicted_group():
    return 1 + 5


# %% one-hot: counted from the labels
def encode(labels, num_classes):
    return np.eye(labels.max() + 1)[labels]


# %% one-hot: one column off
def encode(labels, num_classes):
    return np.eye(num_classes)[labels - 1]


# %% one-hot: Rows and columns are swapped
def encode(labels, num_classes):
    return (np.arange(num_classes)[:, None] == labels) * 1


# %% one-hot: ones up to the label
def encode(labels, num_classes):
    return np.arange(num_classes) <= labels[..., None]


# %% one-hot: counted from the labels
def encode(labels, num_classes):
    return (labels[:, None] == np.unique(labels)) * 1.0


# %% one-hot (hidden): encode([3, 0], 5) raises TypeError
def encode(labels, num_classes):
    return (labels[..., None] == np.arange(num_classes)) * 1.0


# %% outside: still read as the last class
def encode_checked(labels, num_classes):
    if np.any(labels >= num_classes):
        raise IndexError
    return np.eye(num_classes)[labels]


# %% outside: The error is a ValueError
def encode_checked(labels, num_classes):
    if np.any(labels < 0) or np.any(labels >= num_classes):
        raise ValueError(f"a label is outside 0..{num_classes - 1}")
    return np.eye(num_classes)[labels]


# %% outside: Your assert raises
def encode_checked(labels, num_classes):
    assert np.all((labels >= 0) & (labels < num_classes))
    return np.eye(num_classes)[labels]


# %% outside: clipped to it
def encode_checked(labels, num_classes):
    return np.eye(num_classes)[np.clip(labels, 0, num_classes - 1)]


# %% outside: dropped
def encode_checked(labels, num_classes):
    keep = [label for label in labels if 0 <= label < num_classes]
    return np.eye(num_classes)[keep]


# %% outside: rows of zeros
def encode_checked(labels, num_classes):
    return (labels[:, None] == np.arange(num_classes)).astype(float)


# %% labels: not moved to 0
def class_indices(labels, convention):
    if convention == "from one":
        return labels
    if convention == "signs":
        return (labels > 0) * 1
    if convention == "one-hot":
        return np.argmax(labels, axis=1)
    raise ValueError(convention)


# %% labels: wrong way round
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (1 - labels) // 2
    if convention == "one-hot":
        return np.argmax(labels, axis=1)
    raise ValueError(convention)


# %% labels: looked down the columns
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return np.argmax(labels, axis=0)
    raise ValueError(convention)


# %% labels: let through
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return np.argmax(labels, axis=1)
    return labels


# %% labels: The signs are returned as they are
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return labels
    if convention == "one-hot":
        return np.argmax(labels, axis=1)
    raise ValueError(convention)


# %% labels: gives None
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return np.argmax(labels, axis=1)
    print("ValueError")


# %% labels (hidden): TypeError
def class_indices(labels, convention):
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return labels.argmax(axis=1)
    raise ValueError(convention)


# %% is-one-hot: accepts everything
def is_one_hot(table):
    for row in table:
        if 1 in row:
            return True
    return True


# %% is-one-hot: rejects everything
def is_one_hot(table):
    for row in table:
        if not all(x == 1 for x in row):
            return False
    return True


# %% is-one-hot: sums of the rows only
def is_one_hot(table):
    return all(row.sum() == 1 for row in table)


# %% is-one-hot: entries only
def is_one_hot(table):
    return bool(np.all((table == 0) | (table == 1)))


# %% is-one-hot: ones in the whole table
def is_one_hot(table):
    if not np.all((table == 0) | (table == 1)):
        return False
    return bool(np.sum(table) == len(table))


# %% is-one-hot: look for a 1 in each row
def is_one_hot(table):
    return bool((table.max(axis=1) == 1).all())


# %% is-one-hot: What else does it contain
def is_one_hot(table):
    return all(list(row).count(1) == 1 for row in table)


# %% is-one-hot: sum and the largest entry
def is_one_hot(table):
    return bool(np.all(table.sum(axis=1) == 1) and np.all(table.max(axis=1) == 1))


# %% is-one-hot (hidden): the sum of each row and of its squares
def is_one_hot(table):
    table = np.asarray(table)
    return bool(np.allclose(table.sum(axis=1), 1) and np.allclose((table**2).sum(axis=1), 1))


# %% outside (hidden): raises ValueError
def encode_checked(labels, num_classes):
    for label in labels:
        if label < 0 or label >= num_classes:
            raise IndexError(f"{label} is not a class")
    return np.eye(num_classes)[labels]


# %% outside: The error is a ValueError
def encode_checked(labels, num_classes):
    class TooLarge(ValueError):
        pass

    if np.any(labels < 0) or np.any(labels >= num_classes):
        raise TooLarge("not a class")
    return np.eye(num_classes)[labels]


# %% outside: expected the error IndexError
def encode_checked(labels, num_classes):
    if np.any(labels < 0) or np.any(labels >= num_classes):
        raise KeyError("not a class")
    return np.eye(num_classes)[labels]


# %% labels (hidden, 2 points): has to be an integer
def class_indices(labels, convention):
    labels = np.asarray(labels)
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) / 2 if labels.dtype.kind == "f" else (labels + 1) // 2
    if convention == "one-hot":
        return labels.argmax(axis=1)
    raise ValueError(convention)


# %% labels (2 points): has to be an integer
def class_indices(labels, convention):
    labels = np.asarray(labels)
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return labels > 0
    if convention == "one-hot":
        return labels.argmax(axis=1)
    raise ValueError(convention)


# %% labels (2 points): not moved to 0
def class_indices(labels, convention):
    labels = np.asarray(labels).astype(int)
    if convention == "from one":
        return labels
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return labels.argmax(axis=1)
    raise ValueError(convention)


# %% labels (2 points): looked down the columns
def class_indices(labels, convention):
    labels = np.asarray(labels).astype(int)
    if convention == "from one":
        return labels - 1
    if convention == "signs":
        return (labels + 1) // 2
    if convention == "one-hot":
        return labels.argmax(axis=0)
    raise ValueError(convention)


# %% species: as if they were quantities
def name_species(X, species, X_new):
    A = np.c_[X, np.ones(len(X))]
    theta = np.linalg.lstsq(A, species, rcond=None)[0]
    return np.round(np.c_[X_new, np.ones(len(X_new))] @ theta)


# %% species: as if they were quantities
def name_species(X, species, X_new):
    A = np.c_[X, np.ones(len(X))]
    theta = np.linalg.lstsq(A, species, rcond=None)[0]
    said = np.c_[X_new, np.ones(len(X_new))] @ theta
    return abs(said[:, None] - np.arange(3)).argmin(axis=1)


# %% species: all your answers are the same
def name_species(X, species, X_new):
    return [0] * len(X_new)


# %% species: These are the scores
def name_species(X, species, X_new):
    A = np.c_[X, np.ones(len(X))]
    theta = np.linalg.lstsq(A, np.eye(3)[species], rcond=None)[0]
    return np.c_[X_new, np.ones(len(X_new))] @ theta


# %% species: right answers, expected at least 0.75
def name_species(X, species, X_new):
    return np.arange(len(X_new)) % 3


# %% species: right answers, expected at least
def name_species(X, species, X_new):
    return species


# %% outside: does not raise it
def encode_checked(labels, num_classes):
    if np.min(labels) < 0 or np.max(labels) >= num_classes:
        return IndexError("outside")
    return np.eye(num_classes)[labels]


# %% species (hidden): a share of
def name_species(X, numbers, X_new):
    def known(rows):
        distances = np.array(rows)[:, None] - flowers
        return species[np.abs(distances).sum(axis=2).argmin(axis=1)]

    number = dict(zip(known(X), numbers, strict=True))
    return [number.get(kind, 0) for kind in known(X_new)]
