"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% clip: a decimal
def loss_of_the_clip():
    return 0.4835


# %% clip (shown): the mean of a hundred rows
def loss_of_the_clip():
    said = np.repeat([1 - 1e-7, 1e-7], [97, 3])
    return -np.log(said).mean()


# %% clip: seven powers of ten
def loss_of_the_clip():
    return 0.03 * 7 * np.log(10)


# %% floor: the formula
def smallest_loss():
    return np.log(1 + 999 / np.exp(2))


# %% floor (shown): the loss of the best row
def smallest_loss():
    row = np.full(1000, -1.0)
    row[0] = 1.0
    return np.log(np.exp(row).sum()) - row[0]


# %% floor: minus the logarithm of a probability
def smallest_loss():
    return -np.log(np.e / (np.e + 999 / np.e))


# %% size: two steps
def logit_size(loss, num_classes):
    excess = np.asarray(loss) - np.log(num_classes)
    return (2 * excess) ** 0.5


# %% size (shown): the loss is that of a lognormal mean
def logit_size(loss, num_classes):
    mean_of_exp = np.exp(loss) / num_classes
    return np.sqrt(2 * np.log(mean_of_exp))


# %% size: hypot of equal halves
def logit_size(loss, num_classes):
    root = np.sqrt(np.subtract(loss, np.log(num_classes)))
    return np.hypot(root, root)


# %% parts: a loop
def loss_of_parts(losses, weights):
    total = divisor = 0.0
    for part, part_weights in zip(losses, weights, strict=True):
        for loss, weight in zip(part, part_weights, strict=True):
            total += weight * loss
            divisor += weight
    return total / divisor


# %% parts (shown): one batch again
def loss_of_parts(losses, weights):
    return np.average(np.concatenate(losses), weights=np.concatenate(weights))


# %% parts: numerators and divisors of the parts
def loss_of_parts(losses, weights):
    parts = [
        np.array([part, w]) for part, w in zip(losses, weights, strict=True)
    ]
    numerators = [part.prod(axis=0).sum() for part in parts]
    divisors = [part[1].sum() for part in parts]
    return sum(numerators) / sum(divisors)


# %% bugs: from logits
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    top = logits.max(axis=1)
    log_sum = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
    return (log_sum - logits[np.arange(len(labels)), labels]).mean()


# %% bugs (shown): logaddexp
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -np.mean([row[y] for row, y in zip(log_p, labels, strict=True)])


# %% bugs: the differences to the label
def mean_loss(logits, labels):
    total = 0.0
    for row, y in zip(np.asarray(logits, dtype=float), labels, strict=True):
        gaps = row - row[y]
        total += gaps.max() + np.log(np.exp(gaps - gaps.max()).sum())
    return total / len(labels)


# %% company: each row alone
def rows_stand_alone(row_losses, logits, labels):
    whole = row_losses(logits, labels)
    for i in range(len(labels)):
        alone = row_losses(logits[i : i + 1], labels[i : i + 1])
        if not np.isclose(alone[0], whole[i], rtol=1e-9, atol=1e-12):
            return False
    return True


# %% company (shown): both halves
def rows_stand_alone(row_losses, logits, labels):
    n = len(labels) // 2
    whole = row_losses(logits, labels)
    halves = [
        row_losses(logits[:n], labels[:n]),
        row_losses(logits[n:], labels[n:]),
    ]
    return np.allclose(np.concatenate(halves), whole)


# %% company: leave one out
def rows_stand_alone(row_losses, logits, labels):
    whole = np.asarray(row_losses(logits, labels))
    for i in range(len(labels)):
        rest = [k for k in range(len(labels)) if k != i]
        left = row_losses(np.asarray(logits)[rest], np.asarray(labels)[rest])
        if not np.allclose(left, whole[rest]):
            return False
    return True
