"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% wait (shown): tried on a fine grid
def predicted_wait():
    waits = np.array([1, 2, 3, 4, 100])
    announced = np.linspace(0, 100, 1001)
    fines = ((announced[:, np.newaxis] - waits) ** 2).mean(axis=1)
    return announced[fines.argmin()]


# %% wait: integer
def predicted_wait():
    return 22


# %% wait: polynomial of degree 0
def predicted_wait():
    return np.polyfit(range(5), [1, 2, 3, 4, 100], 0).item()


# %% wait: float32
def predicted_wait():
    return np.mean([1, 2, 3, 4, 100], dtype=np.float32)


# %% rates (shown): from the ratio of the factors
def equal_rate(factor, n, rate):
    divisors = {"half mean": 2 * n, "sum": 1}
    return rate * divisors[factor] / n


# %% rates: match
def equal_rate(factor, n, rate):
    match factor:
        case "half mean":
            return rate + rate
        case "sum":
            return rate * n**-1


# %% rates: fraction
def equal_rate(factor, n, rate):
    from fractions import Fraction

    return Fraction(rate) * (2 if factor == "half mean" else Fraction(1, n))


# %% huber (shown): the part beyond delta is a line
def huber_of(residual, delta):
    size = np.abs(residual)
    small = np.minimum(size, delta)
    return small**2 / 2 + delta * (size - small)


# %% huber: cut off and multiplied
def huber_of(residual, delta):
    slope = np.clip(residual, -delta, delta)
    return slope * (np.asarray(residual) - slope / 2)


# %% huber: loop
def huber_of(residual, delta):
    losses = []
    for r in np.ravel(residual):
        if -delta <= r <= delta:
            losses.append(0.5 * r * r)
        else:
            losses.append(delta * (abs(r) - 0.5 * delta))
    return np.reshape(losses, np.shape(residual))


# %% huber: vectorize, choice by sign
@np.vectorize
def huber_of(r, delta):
    if r > delta:
        return delta * r - delta**2 / 2.0
    if r < -delta:
        return -delta * r - delta**2 / 2.0
    return r**2 / 2.0


# %% huber: piecewise
def huber_of(residual, delta):
    r = np.asarray(residual, dtype=float)
    return np.piecewise(
        r,
        [abs(r) > delta],
        [lambda r: delta * (abs(r) - delta / 2), lambda r: r**2 / 2],
    )


# %% bound (shown): one by one
def bounds_mistakes(loss):
    grid = [k / 1000 for k in range(-3000, 3001)]
    return all(loss(np.array([m]))[0] >= (m <= 0) for m in grid)


# %% bound: linspace, the difference is never negative
def bounds_mistakes(loss):
    m = np.linspace(-3, 3, 601)
    return not np.any(loss(m) - np.where(m > 0, 0, 1) < 0)


# %% bound: the two sides and 0
def bounds_mistakes(loss):
    m = np.arange(1, 3001) / 1000
    wrong = np.concatenate([-m, [0.0]])
    return bool(loss(wrong).min() >= 1 and loss(m).min() >= 0)


# %% bound: heaviside
def bounds_mistakes(loss):
    m = np.arange(-96, 97) / 32
    return np.all(np.heaviside(-m, 1) <= loss(m))


# %% line (shown): medians of slopes and intercepts
def fit_line(years, calls):
    i, j = np.triu_indices(len(years), 1)
    slopes = (calls[j] - calls[i]) / (years[j] - years[i])
    slope = np.median(slopes)
    return slope, np.median(calls - slope * years)


# %% line: Huber loss, by weighted least squares
def fit_line(years, calls):
    weights = np.ones(len(years))
    for _ in range(200):
        slope, intercept = np.polyfit(years, calls, 1, w=weights**0.5)
        errors = np.abs(slope * years + intercept - calls)
        weights = np.minimum(1, 2 / np.maximum(errors, 1e-9))
    return slope, intercept


# %% line: absolute error, by gradient descent
def fit_line(years, calls):
    centre, scale = years.mean(), years.std()
    x = (years - centre) / scale
    a = b = 0.0
    for step in range(5000):
        signs = np.sign(a * x + b - calls)
        rate = 10 / (10 + step)
        a, b = a - rate * (signs * x).mean(), b - rate * signs.mean()
    return [a / scale, b - a * centre / scale]


# %% line: bounded loss, pairs drawn at random
def fit_line(years, calls):
    rng = np.random.default_rng(3)
    best = -1
    for _ in range(500):
        i, j = rng.choice(len(years), 2, replace=False)
        slope = (calls[i] - calls[j]) / (years[i] - years[j])
        intercept = calls[i] - slope * years[i]
        near = np.abs(slope * years + intercept - calls) < 3
        if near.sum() > best:
            best, line = near.sum(), (slope, intercept)
    return np.array(line)


# %% line: least squares, again without the worst year
def fit_line(years, calls):
    rows = np.argsort(years)
    steps = np.abs(np.diff(calls[rows]))
    keep = np.ones(len(years), bool)
    for _ in range(3):
        middle = np.median(calls[keep])
        keep &= np.abs(calls - middle) < 40
    slope, intercept = np.polyfit(years[keep], calls[keep], 1)
    return slope, intercept


# %% perceptron (shown): one column more, the worst sample first
def train_perceptron(X, y):
    signs = np.where(np.asarray(y) == 1, 1, -1)
    rows = signs[:, np.newaxis] * np.c_[X, np.ones(len(signs))]
    v = np.zeros(rows.shape[1])
    while np.any(rows @ v <= 0):
        v = v + rows[np.argmin(rows @ v)]
    return v[:-1], v[-1]


# %% perceptron: the scores decide
def train_perceptron(X, y):
    X, y = np.array(X, dtype=float), np.array(y)
    w, b = np.zeros(X.shape[1]), 0
    while True:
        right = 0
        for i in range(len(X)):
            score = X[i] @ w + b
            if y[i] == 1 and score <= 0:
                w, b = w + X[i], b + 1
            elif y[i] == 0 and score >= 0:
                w, b = w - X[i], b - 1
            else:
                right += 1
        if right == len(X):
            return w, b


# %% perceptron: at most a hundred thousand rounds
def train_perceptron(X, y):
    X, s = np.asarray(X), 2 * np.asarray(y) - 1
    w, b = [0.0] * X.shape[1], 0.0
    for _ in range(100_000):
        wrong = [i for i in range(len(X)) if s[i] * (X[i] @ w + b) <= 0]
        if not wrong:
            break
        w = w + s[wrong[0]] * X[wrong[0]]
        b = b + s[wrong[0]]
    return list(w), float(b)
