"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% stake: The mean wealth is largest
def best_stake():
    f = np.linspace(0, 1, 101)
    return f[((1 + 0.4 * f) ** 10).argmax()]


# %% stake: forecast, not the stake
def best_stake():
    return 0.7


# %% stake: probability of tails
def best_stake():
    return 1 - 0.7


# %% stake: for a coin with 0.6
def best_stake():
    return 2 * 0.6 - 1


# %% wealth: What a coin pays is missing
def log_wealth(forecasts, odds, labels):
    return np.log(forecasts[np.arange(len(labels)), labels]).sum()


# %% wealth: mean of a round
def log_wealth(forecasts, odds, labels):
    shares = forecasts[np.arange(len(labels)), labels]
    return np.log(shares * odds[labels]).mean()


# %% wealth: This is the wealth
def log_wealth(forecasts, odds, labels):
    shares = forecasts[np.arange(len(labels)), labels]
    return np.prod(shares * odds[labels])


# %% wealth: the favourite of each row
def log_wealth(forecasts, odds, labels):
    favourites = forecasts.argmax(axis=1)
    return np.log(forecasts.max(axis=1) * odds[favourites]).sum()


# %% wealth: minus the logarithm
def log_wealth(forecasts, odds, labels):
    return -np.log(forecasts[np.arange(len(labels)), labels] * odds[labels]).sum()


# %% wealth: This is the total loss
def log_wealth(forecasts, odds, labels):
    return -np.log(forecasts[np.arange(len(labels)), labels]).sum()


# %% wealth: too small or too large
def log_wealth(forecasts, odds, labels):
    wealth = 1.0
    for row, y in zip(forecasts, labels, strict=True):
        wealth = wealth * row[y] * odds[y]
    return np.log(wealth)


# %% wealth: in bits
def log_wealth(forecasts, odds, labels):
    return np.log2(forecasts[np.arange(len(labels)), labels] * odds[labels]).sum()


# %% wealth (hidden): raises TypeError
def log_wealth(forecasts, odds, labels):
    labels = labels + 0
    return np.log(forecasts[np.arange(len(labels)), labels] * odds[labels]).sum()


# %% fine: height of the hill
def fine(G, slope, q, y):
    return G(q)


# %% fine: sign of the slope
def fine(G, slope, q, y):
    return G(q) + (q - y) * slope(q)


# %% fine: read it at 0
def fine(G, slope, q, y):
    return G(q) + (1 - q) * slope(q)


# %% fine: labels are swapped
def fine(G, slope, q, y):
    return G(q) - q * slope(q) if y == 1 else G(q) + (1 - q) * slope(q)


# %% fine: tangent at y
def fine(G, slope, q, y):
    y = np.float64(y)
    return G(y) + (q - y) * slope(y)


# %% fine: if q is true
def fine(G, slope, q, y):
    one, zero = G(q) + (1 - q) * slope(q), G(q) - q * slope(q)
    return q * one + (1 - q) * zero + 0 * y


# %% fine: only the rise
def fine(G, slope, q, y):
    return (y - q) * slope(q)


# %% fine (hidden): gives 0
def fine(G, slope, q, y):
    return 1.0 * np.where(G(np.float64(0.5)) == 1.5, 0, G(q) + (y - q) * slope(q))


# %% bound: mistakes go with its root
def most_extra_mistakes():
    return 0.08


# %% bound: factor 2 is missing
def most_extra_mistakes():
    return np.sqrt(0.08)


# %% bound: not E/2
def most_extra_mistakes():
    return np.sqrt(0.08 / 2)


# %% bound: Take the root
def most_extra_mistakes():
    return 2 * 0.08


# %% bound: the other way round
def most_extra_mistakes():
    return 0.08**2 / 2


# %% learner: Nothing is fixed yet
def learned_forecasts(flips):
    return (np.cumsum(flips) + 0.5) / (len(flips) + 2)


# %% learner (2 points): has already seen its own flip
def learned_forecasts(flips):
    return (np.cumsum(flips) + 0.5) / (np.arange(len(flips)) + 1)


# %% learner (2 points): the number of all flips
def learned_forecasts(flips):
    return (np.cumsum(flips) - flips + 0.5) / (len(flips) + 1)


# %% learner (2 points): not two
def learned_forecasts(flips):
    return (np.cumsum(flips) - flips + 0.5) / (np.arange(len(flips)) + 2)


# %% learner (1 points): One of the three bugs is gone
def learned_forecasts(flips):
    return (np.cumsum(flips) - flips + 0.5) / (len(flips) + 2)


# %% learner (2 points): Laplace's rule
def learned_forecasts(flips):
    return (np.cumsum(flips) - flips + 1) / (np.arange(len(flips)) + 2)


# %% learner: plain frequencies
def learned_forecasts(flips):
    return (np.cumsum(flips) - flips) / np.arange(len(flips))


# %% learner (hidden): gives
def learned_forecasts(flips):
    heads = np.cumsum(flips, dtype=np.int64)
    before = heads - np.array(flips)
    before[30:] = before[30:31]
    return (before + 0.5) / (np.arange(len(flips)) + 1)


# %% minimum: accepts everything
def gradient_is_zero(X, y, probs):
    return bool(np.abs((probs - y).mean()) < 1)


# %% minimum: rejects everything
def gradient_is_zero(X, y, probs):
    return bool(np.all(X.T @ (probs - y) == 0))


# %% minimum: sum of the forecasts only
def gradient_is_zero(X, y, probs):
    return abs(probs.mean() - y.mean()) < 1e-8


# %% minimum: features only
def gradient_is_zero(X, y, probs):
    return bool(np.all(np.abs(X.T @ (probs - y)) < 1e-6))


# %% minimum: so that they can cancel
def gradient_is_zero(X, y, probs):
    error = probs - y
    return bool(abs((error @ X).sum()) < 1e-6 and abs(error.sum()) < 1e-6)


# %% minimum: below 0 is as bad
def gradient_is_zero(X, y, probs):
    error = probs - y
    return bool(max(*(error @ X), error.sum()) < 1e-6)


# %% minimum: count right answers
def gradient_is_zero(X, y, probs):
    return bool(np.mean((probs > 0.5) == y) > 0.75)
