"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% stake: heads minus tails
def best_stake():
    return 0.7 - 0.3


# %% stake (shown): the fastest growth on a grid
def best_stake():
    f = np.linspace(0, 0.999, 1000)
    return f[(0.7 * np.log(1 + f) + 0.3 * np.log(1 - f)).argmax()]


# %% stake: slope 0 by bisection
def best_stake():
    low, high = 0.0, 1.0
    for _ in range(60):
        f = (low + high) / 2
        low, high = (f, high) if 0.7 / (1 + f) > 0.3 / (1 - f) else (low, f)
    return f


# %% wealth: a loop
def log_wealth(forecasts, odds, labels):
    total = 0.0
    for row, y in zip(forecasts, labels, strict=True):
        total += np.log(row[y]) + np.log(odds[y])
    return float(total)


# %% wealth (shown): the difference of two losses
def log_wealth(forecasts, odds, labels):
    forecasts, bank = np.asarray(forecasts), 1 / np.asarray(odds)
    loss = -np.log(forecasts[np.arange(len(labels)), labels]).sum()
    loss_of_bank = -np.log(bank[labels]).sum()
    return loss_of_bank - loss


# %% wealth: one-hot rows
def log_wealth(forecasts, odds, labels):
    labels = np.asarray(labels)
    picked = labels[:, np.newaxis] == np.arange(len(odds))
    multiplied = np.asarray(forecasts) * np.asarray(odds)
    return np.log(multiplied, where=picked, out=np.zeros(picked.shape)).sum()


# %% wealth: take_along_axis
def log_wealth(forecasts, odds, labels):
    labels = np.asarray(labels)
    shares = np.take_along_axis(
        np.asarray(forecasts), labels[:, np.newaxis], axis=1
    )
    return np.sum(np.log(shares[:, 0])) + np.sum(np.log(np.take(odds, labels)))


# %% fine (shown): both cases written out
def fine(G, slope, q, y):
    if y == 1:
        return G(q) + (1 - q) * slope(q)
    return G(q) - q * slope(q)


# %% fine: height, run and slope
def fine(G, slope, q, y):
    height, run = G(q), np.subtract(y, q)
    return np.add(height, np.multiply(run, slope(q)))


# %% fine: where
def fine(G, slope, q, y):
    at_zero = G(q) - q * slope(q)
    return np.where(y == 1, at_zero + slope(q), at_zero)


# %% bound: a decimal
def most_extra_mistakes():
    return 0.4


# %% bound (shown): the D whose parabola has the height E
def most_extra_mistakes():
    D = np.linspace(0, 1, 10_001)
    return D[np.abs(D**2 / 2 - 0.08).argmin()]


# %% bound: a power
def most_extra_mistakes():
    return (2 * 0.08) ** 0.5


# %% learner (shown): a loop that counts
def learned_forecasts(flips):
    forecasts, heads = [], 0
    for i, flip in enumerate(flips):
        forecasts.append((heads + 0.5) / (i + 1))
        heads += int(flip)
    return forecasts


# %% learner: shifted counts
def learned_forecasts(flips):
    heads = np.concatenate([[0], np.cumsum(flips)[:-1]])
    return (heads + 0.5) / np.arange(1, len(flips) + 1)


# %% learner: means of beginnings
def learned_forecasts(flips):
    flips = [float(flip) for flip in flips]
    return np.array(
        [(sum(flips[:i]) + 0.5) / (i + 1) for i in range(len(flips))]
    )


# %% minimum (shown): a column of ones for the bias
def gradient_is_zero(X, y, probs):
    rows = np.column_stack([X, np.ones(len(X))])
    return np.allclose(rows.T @ probs, rows.T @ y, rtol=0, atol=1e-6)


# %% minimum: sum by sum
def gradient_is_zero(X, y, probs):
    errors = [float(p) - float(t) for p, t in zip(probs, y, strict=True)]
    if abs(sum(errors)) > 1e-6:
        return False
    for column in np.transpose(X):
        total = sum(e * x for e, x in zip(errors, column, strict=True))
        if abs(total) > 1e-6:
            return False
    return True


# %% minimum: the length of the gradient
def gradient_is_zero(X, y, probs):
    error = np.subtract(probs, y)
    gradient = np.einsum("n,nd->d", error, np.asarray(X))
    return np.hypot(np.linalg.norm(gradient), error.sum()) < 1e-6
