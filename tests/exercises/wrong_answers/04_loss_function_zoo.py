"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% wait: This is the median
def predicted_wait():
    return 3


# %% wait: halfway between
def predicted_wait():
    return 50.5


# %% wait: left the long wait out
def predicted_wait():
    return 2.5


# %% wait: This is the sum
def predicted_wait():
    return 110


# %% huber: The half is missing
def huber_of(residual, delta):
    r = np.abs(residual)
    return np.where(r <= delta, r**2, delta * (r - delta / 2))


# %% huber: line does not start
def huber_of(residual, delta):
    r = np.abs(residual)
    return np.where(r <= delta, r**2 / 2, delta * r)


# %% huber: take its absolute value
def huber_of(residual, delta):
    small = residual <= delta
    return np.where(small, residual**2 / 2, delta * (abs(residual) - delta / 2))


# %% huber: the loss is constant
def huber_of(residual, delta):
    return np.minimum(np.abs(residual), delta) ** 2 / 2


# %% huber: are swapped
def huber_of(residual, delta):
    r = np.abs(residual)
    return np.where(r <= delta, delta * (r - delta / 2), r**2 / 2)


# %% huber: mean over the residuals
def huber_of(residual, delta):
    r = np.abs(residual)
    return np.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()


# %% huber: raises ValueError
def huber_of(residual, delta):
    if abs(residual) <= delta:
        return residual**2 / 2
    return delta * (abs(residual) - delta / 2)


# %% rates: other way round
def equal_rate(factor, n, rate):
    return rate / 2 if factor == "half mean" else rate * n


# %% rates: has to change with the factor
def equal_rate(factor, n, rate):
    return rate


# %% rates: n times as small
def equal_rate(factor, n, rate):
    if factor == "half mean":
        return 2 * rate
    return n * rate


# %% rates: n is in both
def equal_rate(factor, n, rate):
    if factor == "half mean":
        return 2 * n * rate
    return rate / n


# %% perceptron: put into class 0
def train_perceptron(X, y):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(100):
        for x, label in zip(X, y):
            sign = 2 * label - 1
            if sign * (w @ x + b) < 0:
                w = w + sign * x
                b = b + sign
    return w, b


# %% perceptron: put into class 1
def train_perceptron(X, y):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(100):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + 0 * x
                b = b + label
    return w, b


# %% perceptron: wrong way round
def train_perceptron(X, y):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(100):
        for x, label in zip(X, y):
            sign = 1 - 2 * label
            if sign * (w @ x + b) <= 0:
                w = w + sign * x
                b = b + sign
    return w, b


# %% bound: You compare the loss with 0
def bounds_mistakes(loss):
    margins = np.linspace(-3, 3, 601)
    return bool(np.all(loss(margins) >= 0))


# %% bound: accepts everything
def bounds_mistakes(loss):
    margins = np.linspace(-3, 3, 601)
    return all(loss(m) >= 0 or m > -4 for m in margins)


# %% bound: rejects everything
def bounds_mistakes(loss):
    margins = np.linspace(-3, 3, 601)
    return bool(np.all(loss(margins) >= 1))


# %% bound: may be equal to the 0-1 loss
def bounds_mistakes(loss):
    for m in np.arange(-300, 301) / 100:
        if not loss(m) > (m <= 0):
            return False
    return True


# %% bound: Equal is enough
def bounds_mistakes(loss):
    for m in np.linspace(-3, 3, 1000):
        if not loss(m) > (m <= 0):
            return False
    return True


# %% bound: only a few margins
def bounds_mistakes(loss):
    return all(loss(m) >= (m <= 0) for m in (-2, -1, 1, 2))


# %% bound: You compare the loss with 0
def bounds_mistakes(loss):
    return bool(np.all(loss(np.linspace(-3, 3, 601)) > 0))


# %% bound (hidden): one part in a hundred
def bounds_mistakes(loss):
    m = np.linspace(-3, 3, 601)
    return bool(np.all(loss(m) >= 0.95 * (m < 1e-9)))


# %% bound: leaves out 0 itself
def bounds_mistakes(loss):
    m = np.arange(-299, 300, 2) / 100
    return bool(np.all(loss(m) >= (m <= 0)))


# %% bound: leaves out 0 itself
def bounds_mistakes(loss):
    m = np.linspace(-3, 3, 1000)
    return bool(np.all(loss(m) >= np.where(m < 0, 1, 0)))


# %% bound: expected False
def bounds_mistakes(loss):
    m = np.arange(-3, 3, 0.01)  # its 0 is 2.7e-15
    return bool(np.all(loss(m) >= (m <= 0)))


# %% perceptron (3 points): stops too early
def train_perceptron(X, y):
    w, b = np.zeros(np.shape(X)[1]), 0.0
    for _ in range(100):
        for x, label in zip(np.asarray(X), y, strict=True):
            sign = 2 * label - 1
            if sign * (w @ x + b) <= 0:
                w = w + sign * x
                b = b + sign
    return w, b


# %% perceptron (hidden, 3 points): stops too early
def train_perceptron(X, y):
    w, b = np.zeros(np.shape(X)[1]), 0.0
    for _ in range(500):
        for x, label in zip(np.asarray(X), y, strict=True):
            sign = 1 if label else -1
            if sign * (x @ w + b) <= 0:
                w, b = w + sign * x, b + sign
    return w, b


# %% line: This is least squares
def fit_line(years, calls):
    return np.polyfit(years, calls, 1)


# %% line: wrong order
def fit_line(years, calls):
    A = np.c_[np.ones(len(years)), years]
    return np.linalg.lstsq(A, calls, rcond=None)[0]


# %% line: A level line is not enough
def fit_line(years, calls):
    return 0, np.median(calls)


# %% line (hidden): trusts these two
def fit_line(years, calls):
    slope = (calls[-1] - calls[0]) / (years[-1] - years[0])
    return slope, calls[0] - slope * years[0]


# %% line: expected a line that is off by at most 5
def fit_line(years, calls):
    weights = np.ones(len(years))
    for _ in range(200):
        slope, intercept = np.polyfit(years, calls, 1, w=weights**0.5)
        errors = np.abs(slope * years + intercept - calls)
        weights = np.minimum(1, 50 / np.maximum(errors, 1e-9))  # hardly a line at all
    return slope, intercept


# %% line: expected a line that is off by at most 5
def fit_line(years, calls):
    return years, calls


# %% line (hidden): expected a line that is off by at most 5
def fit_line(years, calls):
    return 1.1, -2147


# %% line (hidden): expected a line that is off by at most 5
def fit_line(years, calls):
    return np.polyfit(years[:13], calls[:13], 1)


# %% perceptron: expected a line that puts the samples into the classes
def train_perceptron(X, y):
    return y


# %% perceptron: put into class 0
def train_perceptron(X, y):
    return np.zeros(X.shape[1]), 0


# %% bound: You look at 0 only
def bounds_mistakes(loss):
    return bool(loss(np.array([0.0]))[0] >= 1)


# %% bound: wrong side only
def bounds_mistakes(loss):
    return bool(np.all(loss(np.linspace(-3, 0, 301)) >= 1))


# %% bound (hidden): A dip
def bounds_mistakes(loss):
    return bool(
        np.all(loss(np.array([-3, -1, 0])) >= 1) and np.all(loss(np.array([1e-9, 2, 3])) >= 0)
    )


# %% perceptron (hidden): gives a line that puts
def train_perceptron(X, y):
    A = np.c_[X, np.ones(len(y))]
    v = np.linalg.lstsq(A, 2 * np.asarray(y) - 1, rcond=None)[0]
    return v[:-1], v[-1]


# %% line: expected a line that is off by at most 5
def fit_line(years, calls):
    return np.zeros(len(calls)), calls


# %% perceptron: expected a line that puts the samples
def train_perceptron(X, y):
    return np.zeros(np.shape(X)[1]), 2 * np.asarray(y) - 1
