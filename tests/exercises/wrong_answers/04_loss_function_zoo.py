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


# %% hinge: used the label 0 or 1
def hinge_of(z, y):
    return np.maximum(0, 1 - y * z)


# %% hinge: other way round
def hinge_of(z, y):
    s = 1 - 2 * y
    return np.maximum(0, 1 - s * z)


# %% hinge: perceptron loss
def hinge_of(z, y):
    return np.maximum(0, -(2 * y - 1) * z)


# %% hinge: Where is the maximum
def hinge_of(z, y):
    return 1 - (2 * y - 1) * z


# %% hinge: mean over the samples
def hinge_of(z, y):
    return np.mean(np.maximum(0, 1 - (2 * y - 1) * z))


# %% hinge: raises TypeError
def hinge_of(z, y):
    return np.max(0, 1 - (2 * y - 1) * z)


# %% hinge (hidden): hinge_of([0.3, -2], [0, 1]) raises TypeError
def hinge_of(z, y):
    return np.maximum(0, 1 - (2 * y - 1) * z)


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


# %% bound: accepts everything
def bounds_mistakes(loss):
    margins = np.linspace(-3, 3, 601)
    return bool(np.all(loss(margins) >= 0))


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


# %% bound: above 0 everywhere
def bounds_mistakes(loss):
    return bool(np.all(loss(np.linspace(-3, 3, 601)) > 0))


# %% bound (hidden): one part in a hundred
def bounds_mistakes(loss):
    m = np.linspace(-3, 3, 601)
    return bool(np.all(loss(m) >= 0.95 * (m < 1e-9)))
