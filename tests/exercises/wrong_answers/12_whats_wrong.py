"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% clip: 0.97 of the clip
def loss_of_the_clip():
    return 0.97 * -np.log(1e-7)


# %% clip: one wrong answer
def loss_of_the_clip():
    return -np.log(1e-7)


# %% clip: with log10
def loss_of_the_clip():
    return 0.03 * -np.log10(1e-7)


# %% clip: in bits
def loss_of_the_clip():
    return 0.03 * -np.log2(1e-7)


# %% clip: right answer that says 0.97
def loss_of_the_clip():
    return -np.log(0.97)


# %% floor: not by 1
def smallest_loss():
    return np.log(1 + 999 * np.exp(-1))


# %% floor: knows nothing
def smallest_loss():
    return np.log(1000)


# %% floor: no row reaches it
def smallest_loss():
    return np.log(1000) - 2


# %% floor: 999 other classes
def smallest_loss():
    return np.log(1 + 1000 * np.exp(-2))


# %% floor: largest loss
def smallest_loss():
    return np.log(1 + 999 * np.exp(2))


# %% size: factor 2 is missing
def logit_size(loss, num_classes):
    return np.sqrt(loss - np.log(num_classes))


# %% size: This is the variance
def logit_size(loss, num_classes):
    return 2 * (loss - np.log(num_classes))


# %% size: the excess over ln K
def logit_size(loss, num_classes):
    return loss - np.log(num_classes)


# %% size: Half of the excess
def logit_size(loss, num_classes):
    return np.sqrt((loss - np.log(num_classes)) / 2)


# %% size: costs ln K already
def logit_size(loss, num_classes):
    return np.sqrt(2 * loss)


# %% size: natural logarithm of K
def logit_size(loss, num_classes):
    return np.sqrt(2 * (loss - np.log2(num_classes)))


# %% size: natural logarithm of K
def logit_size(loss, num_classes):
    return np.sqrt(2 * (loss - np.log10(num_classes)))


# %% size (hidden): raises TypeError
def logit_size(loss, num_classes):
    return np.sqrt(2 * (loss - np.log(num_classes)) + 0 * (1 * loss > 0))


# %% parts: mean of the means
def loss_of_parts(losses, weights):
    return np.mean([np.average(part, weights=w) for part, w in zip(losses, weights, strict=True)])


# %% parts: number of rows, not by the sum
def loss_of_parts(losses, weights):
    losses, weights = np.concatenate(losses), np.concatenate(weights)
    return (losses * weights).mean()


# %% parts: weights are missing
def loss_of_parts(losses, weights):
    return np.concatenate(losses).mean()


# %% parts: This is the sum
def loss_of_parts(losses, weights):
    return np.dot(np.concatenate(losses), np.concatenate(weights))


# %% parts: weighted by their rows
def loss_of_parts(losses, weights):
    means = [np.average(part, weights=w) for part, w in zip(losses, weights, strict=True)]
    return np.average(means, weights=[len(part) for part in losses])


# %% parts: number of parts
def loss_of_parts(losses, weights):
    return np.dot(np.concatenate(losses), np.concatenate(weights)) / len(losses)


# %% parts (hidden): gives
def loss_of_parts(losses, weights):
    total = sum(np.dot(part, w) for part, w in zip(losses, weights, strict=True))
    return total / max(1, sum(np.sum(w) for w in weights))


# %% bugs: Nothing is fixed yet
def mean_loss(logits, labels):
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=0), 1e-7, 1)
    return -(np.eye(logits.shape[1])[labels] * np.log(p)).mean()


# %% bugs (2 points): not each column
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.logaddexp.reduce(z, axis=0, keepdims=True)
    return -log_p[np.arange(len(labels)), labels].mean()


# %% bugs (2 points): hides what a sure mistake costs
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-7, 1)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


# %% bugs (2 points): mean over all cells
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(np.eye(logits.shape[1])[labels] * log_p).mean()


# %% bugs (3 points): Take the logarithm on paper
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


# %% bugs (3 points): Take the logarithm on paper
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -(np.eye(logits.shape[1])[labels] * np.log(p)).sum(axis=1).mean()


# %% bugs (1 points): One of the three bugs is gone
def mean_loss(logits, labels):
    logits = np.asarray(logits, dtype=float)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-7, 1)
    return -(np.eye(logits.shape[1])[labels] * np.log(p)).mean()


# %% bugs (hidden): raises
def mean_loss(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits + 0.0, axis=1, keepdims=True)
    return -log_p[np.arange(len(labels)), labels + 0].mean()


# %% company: accepts everything
def rows_stand_alone(row_losses, logits, labels):
    return len(row_losses(logits, labels)) == len(labels)


# %% company: rejects everything
def rows_stand_alone(row_losses, logits, labels):
    return bool(np.all(row_losses(logits, labels) == row_losses(logits[:1], labels[:1])))


# %% company: keep the same company
def rows_stand_alone(row_losses, logits, labels):
    back = row_losses(logits[::-1], labels[::-1])
    return np.allclose(back[::-1], row_losses(logits, labels))


# %% company: in which changes can cancel
def rows_stand_alone(row_losses, logits, labels):
    n = len(labels) // 2
    parts = row_losses(logits[:n], labels[:n]), row_losses(logits[n:], labels[n:])
    return np.isclose(sum(np.sum(part) for part in parts), np.sum(row_losses(logits, labels)))


# %% company: first rows only
def rows_stand_alone(row_losses, logits, labels):
    alone = row_losses(logits[:1], labels[:1])
    return bool(np.isclose(alone[0], row_losses(logits, labels)[0]))


# %% company (hidden): gives True
def rows_stand_alone(row_losses, logits, labels):
    for i in range(len(labels)):  # each row with those before it: blind to those behind it
        last = row_losses(logits[: i + 1], labels[: i + 1])[-1]
        if not np.isclose(last, row_losses(logits[i : i + 1], labels[i : i + 1])[0]):
            return False
    return True
