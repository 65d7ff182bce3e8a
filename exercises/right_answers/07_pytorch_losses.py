"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% divisor (shown): counted
def predicted_divisors():
    labels = np.array([[3, 0, -100, -100], [1, 4, 0, -100]])
    kept = labels[labels != -100]
    weights = np.array([1, 2, 2, 3, 4])
    return [kept.size, weights[kept].sum(), labels.size * weights.size]


# %% divisor: numbers
def predicted_divisors():
    return (5, 11, 40)


# %% divisor: floats
def predicted_divisors():
    return np.array([5.0, 11.0, 40.0], dtype=np.float32)


# %% smooth (shown): a mixture of one-hot and even
def smooth_targets(labels, num_classes, eps):
    return (1 - eps) * np.eye(num_classes)[labels] + eps / num_classes


# %% smooth: loops
def smooth_targets(labels, num_classes, eps):
    other = eps / num_classes
    return [
        [1 - eps + other if k == label else other for k in range(num_classes)]
        for label in labels
    ]


# %% smooth: a comparison, the label gets what is left
def smooth_targets(labels, num_classes, eps):
    is_label = np.asarray(labels)[:, None] == np.arange(num_classes)
    rest = (num_classes - 1) * eps / num_classes
    return np.where(is_label, 1 - rest, eps / num_classes)


# %% mean (shown): np.average
def nll_loss(log_p, labels, w):
    keep = np.asarray(labels) != -100
    log_p, labels = np.asarray(log_p)[keep], np.asarray(labels)[keep]
    weights = np.asarray(w)[labels]
    if not weights.any():
        return np.nan
    picked = np.take_along_axis(log_p, labels[:, np.newaxis], axis=1)[:, 0]
    return -np.average(picked, weights=weights)


# %% mean: a loop
def nll_loss(log_p, labels, w):
    total = weight = 0.0
    for row, label in zip(log_p, labels, strict=True):
        if label != -100:
            total -= float(w[label]) * float(row[label])
            weight += float(w[label])
    return total / weight if weight else float("nan")


# %% mean: one-hot rows, nan_to_num
def nll_loss(log_p, labels, w):
    log_p, labels, w = np.asarray(log_p), np.asarray(labels), np.asarray(w)
    mask = (labels[:, None] == np.arange(len(w))) * w
    losses = np.where(mask > 0, -log_p, 0)
    return np.divide((mask * losses).sum(), mask.sum())


# %% contract (shown): random tables, einsum
def takes_logits(loss):
    rng = np.random.default_rng(1)
    for n, k in rng.integers(2, 9, size=(30, 2)):
        z, y = rng.normal(scale=3, size=(n, k)), rng.integers(k, size=n)
        right = -np.einsum("nk,nk->", log_softmax(z), np.eye(k)[y]) / n
        if abs(loss(z, y) - right) > 1e-9 * right:
            return False
    return True


# %% contract: large logits
def takes_logits(loss):
    z, y = np.array([[1000.0, 0.0, 3.0], [2.0, 1.0, -500.0]]), np.array([1, 1])
    return bool(np.isclose(loss(z, y), (1000 + np.log1p(np.exp(1.0))) / 2))


# %% contract: a table by hand
def takes_logits(loss):
    z, y = (
        np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0], [1.0, 0.2, 0.3]]),
        [0, 2, 1],
    )
    losses = [
        np.log(sum(np.exp(row))) - row[label]
        for row, label in zip(z, y, strict=True)
    ]
    return np.allclose(loss(z, np.array(y)), sum(losses) / 3, rtol=1e-12)


# %% tokens: flattened
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels).ravel()
    rows = log_softmax(logits.reshape(-1, logits.shape[-1]))
    keep = np.flatnonzero(labels != -100)
    return -rows[keep, labels[keep]].mean()


# %% tokens (shown): only the tokens that count
def token_loss(logits, labels):
    labels = np.asarray(labels)
    keep = labels != -100
    z, y = np.asarray(logits)[keep], labels[keep]  # (tokens, words), (tokens,)
    return -log_softmax(z)[np.arange(len(y)), y].mean()


# %% tokens: loops, own logarithm of the sum
def token_loss(logits, labels):
    losses = []
    for text, tokens in zip(logits, labels, strict=True):
        for z, label in zip(text, tokens, strict=True):
            if label != -100:
                top = max(z)
                total = sum(np.exp(float(x) - float(top)) for x in z)
                losses.append(np.log(total) + float(top) - float(z[label]))
    return sum(losses) / len(losses)


# %% loop (shown): one table, all digits in each step
def train(X, labels, X_new):
    A, Y = np.c_[X, np.ones(len(X))], np.eye(10)[labels]
    theta = np.zeros((A.shape[1], 10))
    for _ in range(300):
        theta -= A.T @ (softmax(A @ theta) - Y) / len(A)
    return np.c_[X_new, np.ones(len(X_new))] @ theta


# %% loop: shuffled batches, lists
def train(X, labels, X_new):
    rng = np.random.default_rng(0)
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = rng.normal(scale=0.01, size=(64, 10)), np.zeros(10)
    for _ in range(60):
        for rows in np.array_split(rng.permutation(len(X)), 10):
            p = np.exp(log_softmax(X[rows] @ W + b))
            p[np.arange(len(rows)), labels[rows]] -= 1
            W, b = (
                W - 0.3 * X[rows].T @ p / len(rows),
                b - 0.3 * p.mean(axis=0),
            )
    return (np.array(X_new) @ W + b).tolist()


# %% loop: no training at all, distances to the digits of each class
def train(X, labels, X_new):
    X, labels, X_new = (
        np.array(X, dtype=float),
        np.array(labels),
        np.array(X_new, dtype=float),
    )
    squares = ((X_new[:, None] - X) ** 2).sum(axis=2)
    scores = [
        np.exp(-1.5 * squares[:, labels == k]).sum(axis=1) + 1e-12
        for k in range(10)
    ]
    return np.log(np.transpose(scores))
