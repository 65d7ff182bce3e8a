"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% entry (shown): probabilities minus the one-hot label
def predicted_gradient():
    return np.array([0.7, 0.2, 0.1]) - np.eye(3)[2]


# %% entry: decimals
def predicted_gradient():
    from decimal import Decimal

    return [Decimal("0.7"), Decimal("0.2"), Decimal("-0.9")]


# %% entry: a tuple
def predicted_gradient():
    return 7 / 10, 1 / 5, -9 / 10


# %% entry: small steps
def predicted_gradient():
    z, h = np.log([0.7, 0.2, 0.1]), 1e-5

    def loss(z):
        return np.log(np.exp(z).sum()) - z[2]

    steps = h * np.eye(3)
    return [(loss(z + s) - loss(z - s)) / (2 * h) for s in steps]


# %% logistic: loop over the samples
def logistic_gradient(w, X, y):
    total = np.zeros(len(w))
    for x, label in zip(np.asarray(X), y, strict=True):
        total += (sigmoid(np.dot(x, w)) - label) * x
    return total / len(y)


# %% logistic (shown): mean of the products
def logistic_gradient(w, X, y):
    errors = sigmoid(np.dot(X, w)) - y
    return np.mean(errors[:, np.newaxis] * X, axis=0)


# %% logistic: hyperbolic tangent
def logistic_gradient(w, X, y):
    X, y = np.asarray(X), np.asarray(y)
    return X.T @ (np.tanh(X @ w / 2) / 2 + 0.5 - y) / y.size


# %% logistic: by the signs of the labels
def logistic_gradient(w, X, y):
    X, signs = np.asarray(X), 2 * np.array(y) - 1
    return -np.average(
        (signs * sigmoid(-signs * (X @ w)))[:, None] * X, axis=0
    )


# %% weights: loop over the samples
def weight_gradient(X, W, b, labels):
    W = np.asarray(W, dtype=float)
    gradient = np.zeros_like(W)
    for x, label in zip(np.asarray(X), labels, strict=True):
        p = softmax(W @ x + b)
        p[label] -= 1
        gradient += np.outer(p, x) / len(X)
    return gradient


# %% weights (shown): rows of the identity, one einsum
def weight_gradient(X, W, b, labels):
    logits = np.einsum("nd,kd->nk", X, W) + b
    errors = softmax(logits) - np.eye(len(W))[labels]
    return np.einsum("nk,nd->kd", errors, X) / len(X)


# %% weights: class by class
def weight_gradient(X, W, b, labels):
    X, labels = np.asarray(X), np.asarray(labels)
    p = softmax(np.dot(X, np.transpose(W)) + np.asarray(b))
    return np.stack(
        [
            ((p[:, k] - (labels == k))[:, None] * X).mean(axis=0)
            for k in range(len(W))
        ]
    )


# %% weights: scatter, transposed in between
def weight_gradient(X, W, b, labels):
    X, W = np.array(X), np.array(W)
    G = softmax(X @ W.T + np.array(b)) / len(X)
    np.subtract.at(G, (np.arange(len(X)), labels), 1 / len(X))
    return (X.T @ G).T


# %% numeric (shown): one row of steps per coordinate
def numeric_gradient(f, x):
    steps = 1e-5 * np.eye(len(x))
    return np.array([f(x + s) - f(x - s) for s in steps]) / 2e-5


# %% numeric: copies in a loop
def numeric_gradient(f, x):
    h = 2.0**-17
    gradient = []
    for k in range(len(x)):
        left, right = x.copy(), x.copy()
        left[k] -= h
        right[k] += h
        gradient.append((f(right) - f(left)) / (right[k] - left[k]))
    return gradient


# %% numeric: x is put back
def numeric_gradient(f, x):
    gradient = np.zeros(x.shape)
    for k, old in enumerate(x.tolist()):
        x[k] = old + 1e-6
        right = f(x)
        x[k] = old - 1e-6
        left = f(x)
        x[k] = old
        gradient[k] = (right - left) / 2e-6
    return gradient


# %% numeric: five points
def numeric_gradient(f, x):
    h = 1e-3

    def slope(s):
        return (8 * (f(x + s) - f(x - s)) - f(x + 2 * s) + f(x - 2 * s)) / 12

    return [slope(h * row) / h for row in np.eye(x.size)]


# %% numeric: to one side, with a small step
def numeric_gradient(f, x):
    h = 1e-8
    here = f(x)
    return np.array([f(x + h * e) - here for e in np.eye(len(x))]) / h


# %% claim (shown): lengths of the arrows
def gradient_is_right(f, claimed, x):
    numeric = numeric_gradient(f, x)
    distance = np.linalg.norm(claimed(x) - numeric)
    return bool(distance <= 1e-5 * np.linalg.norm(numeric))


# %% claim: allclose with an absolute tolerance from the gradient
def gradient_is_right(f, claimed, x):
    numeric = numeric_gradient(f, x)
    tolerance = 1e-5 * np.abs(numeric).max()
    return np.allclose(claimed(x), numeric, rtol=0, atol=tolerance)


# %% claim: loop
def gradient_is_right(f, claimed, x):
    ours, theirs = numeric_gradient(f, x), claimed(x)
    size = max(abs(g) for g in ours)
    for a, b in zip(ours, theirs, strict=True):
        if abs(a - b) > size / 100_000:
            return False
    return True


# %% claim: relative to both
def gradient_is_right(f, claimed, x):
    a, b = numeric_gradient(f, x), claimed(x)
    gap = np.linalg.norm(a - b, np.inf)
    return gap / (np.linalg.norm(a, np.inf) + np.linalg.norm(b, np.inf)) < 1e-6


# %% fool (shown): towards the closest rival
def fooled(picture, label, W, b):
    logits = W @ picture + b
    logits[label] = -np.inf
    rival = logits.argmax()
    direction = np.sign(W[rival] - W[label])
    return np.clip(picture + 0.25 * direction, 0, 1)


# %% fool: small steps up the gradient
def fooled(picture, label, W, b):
    low = np.maximum(picture - 0.25, 0)
    high = np.minimum(picture + 0.25, 1)
    changed = picture
    for _ in range(200):
        p = softmax(W @ changed + b)
        gradient = W.T @ (p - np.eye(len(W))[label])
        step = 0.02 * gradient / np.linalg.norm(gradient)
        changed = np.clip(changed + step, low, high)
    return changed


# %% fool: pixel by pixel, by trying
def fooled(picture, label, W, b):
    changed = picture.copy()
    for k in range(len(picture)):
        best = -np.inf
        for pixel in (picture[k] - 0.25, picture[k] + 0.25):
            trial = changed.copy()
            trial[k] = min(max(pixel, 0), 1)
            z = W @ trial + b
            loss = np.log(np.exp(z - z.max()).sum()) + z.max() - z[label]
            if loss > best:
                best, choice = loss, trial
        changed = choice
    return changed.tolist()


# %% fool: every rival is tried, the best is kept
def fooled(picture, label, W, b):
    best, lead = picture, -np.inf
    for rival in range(len(W)):
        steps = np.where(W[rival] > W[label], 0.25, -0.25)
        trial = (picture + steps).clip(0, 1).astype(np.float32)
        z = W @ trial + b
        if rival != label and z[rival] - z[label] > lead:
            best, lead = trial, z[rival] - z[label]
    return best


# %% fool: gradient by small steps
def fooled(picture, label, W, b):
    def loss(x):
        z = W @ x + b
        return np.log(np.exp(z - z.max()).sum()) + z.max() - z[label]

    slopes = np.array(numeric_gradient(loss, picture))
    return np.minimum(np.maximum(picture + np.sign(slopes) / 4, 0), 1)
