"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% divisor: padding is counted
def predicted_divisors():
    return [8, 11, 40]


# %% divisor: weights are in the second divisor
def predicted_divisors():
    return [5, 5, 40]


# %% divisor: not the sum of the five class weights
def predicted_divisors():
    return [5, 1 + 2 + 2 + 3 + 4, 40]


# %% divisor: mean over all elements
def predicted_divisors():
    return [5, 11, 8]


# %% divisor: does not know -100
def predicted_divisors():
    return [5, 11, 25]


# %% smooth: other classes only
def smooth_targets(labels, num_classes, eps):
    targets = np.full((len(labels), num_classes), eps / (num_classes - 1))
    targets[np.arange(len(labels)), labels] = 1 - eps
    return targets


# %% smooth: more than 1
def smooth_targets(labels, num_classes, eps):
    return np.eye(num_classes)[labels] + eps / num_classes


# %% smooth: all of eps
def smooth_targets(labels, num_classes, eps):
    return np.eye(num_classes)[labels] * (1 - eps) + eps


# %% smooth: less than 1
def smooth_targets(labels, num_classes, eps):
    targets = np.full((len(labels), num_classes), eps / num_classes)
    targets[np.arange(len(labels)), labels] = 1 - eps
    return targets


# %% smooth: are swapped
def smooth_targets(labels, num_classes, eps):
    return np.eye(num_classes)[labels] * eps + (1 - eps) / num_classes


# %% smooth: not smoothed at all
def smooth_targets(labels, num_classes, eps):
    return np.eye(num_classes)[labels]


# %% smooth: nothing was spread
def smooth_targets(labels, num_classes, eps):
    return np.eye(num_classes)[labels] * (1 - eps)


# %% smooth (hidden): raises TypeError
def smooth_targets(labels, num_classes, eps):
    one_hot = labels[:, np.newaxis] == np.arange(num_classes)
    return (1 - eps) * one_hot + eps / num_classes


# %% mean: including padding
def nll_loss(log_p, labels, w):
    keep = labels != -100
    index = labels * keep
    losses = -w[index] * log_p[np.arange(len(labels)), index] * keep
    return losses.mean()


# %% mean: number of labels that count
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return np.mean(-w[labels] * log_p[np.arange(len(labels)), labels])


# %% mean: sum of all class weights
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return np.sum(-w[labels] * log_p[np.arange(len(labels)), labels]) / w.sum()


# %% mean: This is the sum
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return np.sum(-w[labels] * log_p[np.arange(len(labels)), labels])


# %% mean: as a label of class 0
def nll_loss(log_p, labels, w):
    labels = np.maximum(labels, 0)
    picked = -log_p[np.arange(len(labels)), labels]
    return np.average(picked, weights=w[labels])


# %% mean: weights are missing
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return -log_p[np.arange(len(labels)), labels].mean()


# %% mean: sign is lost
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return np.sum(w[labels] * log_p[np.arange(len(labels)), labels]) / w[labels].sum()


# %% mean: so that somebody notices
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    if len(labels) == 0:
        return 0.0
    return -np.sum(w[labels] * log_p[np.arange(len(labels)), labels]) / w[labels].sum()


# %% mean: raises IndexError
def nll_loss(log_p, labels, w):
    picked = -log_p[np.arange(len(labels)), labels]
    return np.average(picked, weights=w[labels])


# %% mean (hidden): raises TypeError
def nll_loss(log_p, labels, w):
    log_p, labels = log_p[labels != -100], labels[labels != -100]
    return -np.sum(w[labels] * log_p[np.arange(len(labels)), labels]) / w[labels].sum()


# %% mean: Drop these rows
def nll_loss(log_p, labels, w):
    log_p, labels, w = np.asarray(log_p), np.asarray(labels), np.asarray(w)
    keep = labels != -100
    index = labels * keep
    losses = -w[index] * log_p[np.arange(len(labels)), index] * keep
    return losses.sum() / (w[index] * keep).sum()


# %% contract: accepts everything
def takes_logits(loss):
    return np.ndim(loss(np.zeros((2, 3)), np.array([0, 1]))) == 0


# %% contract: rejects everything
def takes_logits(loss):
    z, y = np.array([[0.3, 1.7, -0.4]]), np.array([1])
    return bool(loss(z, y) == round(0.3071, 4))


# %% contract: equal logits only
def takes_logits(loss):
    return bool(np.isclose(loss(np.ones((5, 4)), np.arange(5) % 4), np.log(4)))


# %% contract: log-probabilities only
def takes_logits(loss):
    z = np.log([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    return bool(np.isclose(loss(z, np.array([0, 1])), -(np.log(0.7) + np.log(0.3)) / 2))


# %% contract: one row only
def takes_logits(loss):
    z = np.array([[1.0, 2.0, 0.5]])
    return bool(np.isclose(loss(z, np.array([0])), -log_softmax(z)[0, 0]))


# %% contract: that of the largest logit
def takes_logits(loss):
    z = np.array([[1.0, 2.0, 0.5], [3.0, 0.0, 1.0]])
    right = -log_softmax(z)[[0, 1], [1, 0]].mean()
    return bool(np.isclose(loss(z, np.array([1, 0])), right))


# %% contract: That is too little
def takes_logits(loss):
    return all(
        loss(np.array([[1.0, k, 0.3], [2.0, 1.0, 0.5]]), np.array([0, 1])) >= 0 for k in range(1, 5)
    )


# %% contract: Others pass that, too
def takes_logits(loss):
    z, y = np.array([[1.0, 2.0, 0.5], [3.0, 0.0, 1.0]]), np.array([0, 1])
    return bool(abs(loss(z, y) - loss(z + 5, y)) < 1e-9)


# %% contract (hidden): label smoothing
def takes_logits(loss):
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=(5, 3)), rng.integers(3, size=5)
    return bool(abs(loss(z, y) + log_softmax(z)[np.arange(5), y].mean()) < 0.05)


# %% tokens: Nothing is fixed yet
def token_loss(logits, labels):
    return token_loss_from_the_web(logits, labels)


# %% tokens (1 points): One of the three bugs is gone
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels)
    keep = labels != -100
    picked = np.take_along_axis(softmax(logits), np.where(keep, labels, 0)[..., None], axis=2)
    return np.where(keep, -np.log(picked[..., 0]), 0).mean()


# %% tokens (2 points): still runs along the tokens
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels)
    keep = labels != -100
    index = np.where(keep, labels, 0)[..., None]
    picked = np.take_along_axis(log_softmax(logits, axis=1), index, axis=2)[..., 0]
    return -picked[keep].mean()


# %% tokens (2 points): still in the divisor
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels)
    keep = labels != -100
    index = np.where(keep, labels, 0)[..., None]
    picked = np.take_along_axis(log_softmax(logits), index, axis=2)[..., 0]
    return -(picked * keep).mean()


# %% tokens (2 points): mean of means
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels)
    means = []
    for z, y in zip(logits, labels, strict=True):
        kept = y != -100
        means.append(-log_softmax(z[kept])[np.arange(kept.sum()), y[kept]].mean())
    return np.mean(means)


# %% tokens: as if its label were 0
def token_loss(logits, labels):
    index = np.maximum(labels, 0)[..., None]
    return -np.take_along_axis(log_softmax(logits), index, axis=2).mean()


# %% tokens (2 points): rounded to 0
def token_loss(logits, labels):
    logits, labels = np.asarray(logits), np.asarray(labels)
    z, y = logits[labels != -100], labels[labels != -100]
    return -np.log(softmax(z)[np.arange(len(y)), y]).mean()


# %% tokens: sign is lost
def token_loss(logits, labels):
    z, y = logits[labels != -100], labels[labels != -100]
    return log_softmax(z)[np.arange(len(y)), y].mean()


# %% tokens: This is the sum
def token_loss(logits, labels):
    z, y = logits[labels != -100], labels[labels != -100]
    return -log_softmax(z)[np.arange(len(y)), y].sum()


# %% tokens: number of texts
def token_loss(logits, labels):
    z, y = logits[labels != -100], labels[labels != -100]
    return -log_softmax(z)[np.arange(len(y)), y].sum() / len(logits)


# %% tokens (hidden): raises IndexError
def token_loss(logits, labels):
    z, y = logits[labels != -100], labels[labels != -100]
    return -log_softmax(z)[np.arange(len(y)), y].mean()


# %% loop: Nothing is fixed yet
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = softmax(probs) - np.eye(10)[y]
            errors = errors / errors.size
            inner = (probs * errors).sum(axis=1, keepdims=True)
            errors = probs * (errors - inner)
            by_W += errors.T @ x
            by_b += errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop (2 points): still taken twice
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = softmax(probs) - np.eye(10)[y]
            errors = errors / len(x)
            inner = (probs * errors).sum(axis=1, keepdims=True)
            errors = probs * (errors - inner)
            by_W, by_b = errors.T @ x, errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop (2 points): still added up
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = probs - np.eye(10)[y]
            errors = errors / len(x)
            by_W += errors.T @ x
            by_b += errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop (2 points): still divide by samples times classes
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = probs - np.eye(10)[y]
            errors = errors / errors.size
            by_W, by_b = errors.T @ x, errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop (1 points): One of the three bugs is gone
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = softmax(probs) - np.eye(10)[y]
            errors = errors / errors.size
            inner = (probs * errors).sum(axis=1, keepdims=True)
            errors = probs * (errors - inner)
            by_W, by_b = errors.T @ x, errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop (1 points): One of the three bugs is gone
def train(X, labels, X_new):
    X, labels = np.array(X, dtype=float), np.array(labels)
    W, b = np.zeros((10, 64)), np.zeros(10)
    by_W, by_b = np.zeros_like(W), np.zeros_like(b)
    for _ in range(30):
        for start in range(0, len(X), 20):
            x, y = X[start : start + 20], labels[start : start + 20]
            probs = softmax(x @ W.T + b)
            errors = probs - np.eye(10)[y]
            errors = errors / errors.size
            by_W += errors.T @ x
            by_b += errors.sum(axis=0)
            W -= 0.5 * by_W
            b -= 0.5 * by_b
    return np.array(X_new) @ W.T + b


# %% loop: Return logits
def train(X, labels, X_new):
    A, Y = np.c_[X, np.ones(len(X))], np.eye(10)[labels]
    theta = np.zeros((A.shape[1], 10))
    for _ in range(300):
        theta -= A.T @ (softmax(A @ theta) - Y) / len(A)
    return softmax(np.c_[X_new, np.ones(len(X_new))] @ theta)
