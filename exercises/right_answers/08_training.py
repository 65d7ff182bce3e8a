"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% steps (shown): a loop
def predicted_place():
    w = 1.0
    for _ in range(2):
        w -= 0.3 * 4 * w
    return w


# %% steps: rounded on paper
def predicted_place():
    return 0.04


# %% steps: float32
def predicted_place():
    return np.float32(-0.2) * np.float32(-0.2)


# %% loop (shown): one table for weights and biases
def train(X, labels, num_classes, rate, steps):
    X = np.c_[X, np.ones(len(X))]  # the bias is the weight of a 1
    Y = np.eye(num_classes)[labels]
    theta, losses = np.zeros((num_classes, X.shape[1])), []
    for _ in range(steps + 1):
        P = softmax(X @ theta.T)
        losses.append(-np.log(P[Y == 1]).mean())
        theta = theta - rate * (P - Y).T @ X / len(X)
    return losses


# %% loop: sample by sample, own softmax
def train(X, labels, num_classes, rate, steps):
    X = [[float(x) for x in row] for row in X]
    W, b, losses = (
        np.zeros((num_classes, len(X[0]))),
        np.zeros(num_classes),
        [],
    )
    for _ in range(steps + 1):
        loss, by_W, by_b = 0.0, np.zeros_like(W), np.zeros_like(b)
        for x, label in zip(X, labels, strict=True):
            z = W @ x + b
            p = np.exp(z - z.max())
            p = p / p.sum()
            loss -= np.log(p[label]) / len(X)
            p[label] -= 1
            by_W += np.outer(p, x) / len(X)
            by_b += p / len(X)
        losses.append(loss)
        W, b = W - rate * by_W, b - rate * by_b
    return losses


# %% loop: einsum and the logarithm of a sum
def train(X, labels, num_classes, rate, steps):
    X, labels = np.array(X, float), np.array(labels)
    W, b, losses = (
        np.zeros((num_classes, X.shape[1])),
        np.zeros(num_classes),
        np.zeros(steps + 1),
    )
    for step in range(steps + 1):
        z = np.einsum("nd,kd->nk", X, W) + b
        log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
        losses[step] = -np.take_along_axis(
            log_p, labels[:, None].astype(int), 1
        ).mean()
        G = (
            np.exp(log_p) - (labels[:, None] == np.arange(num_classes))
        ) / len(X)
        W -= rate * np.einsum("nk,nd->kd", G, X)
        b -= rate * np.einsum("nk->k", G)
    return losses


# %% loop: float32
def train(X, labels, num_classes, rate, steps):
    X = np.array(X, dtype=np.float64)
    Y = np.eye(num_classes, dtype=np.float32)[labels]
    W, b, losses = np.zeros((X.shape[1], num_classes)), 0, []
    for _ in range(steps + 1):
        P = softmax(X @ W + b)
        losses.append(np.mean(-(Y * np.log(P)).sum(1)))
        W, b = W - rate * X.T @ (P - Y) / len(X), b - rate * (P - Y).mean(0)
    return tuple(losses)


# %% diagnosis (shown): one question per fault
def faults_in(runs):
    train, valid = np.moveaxis(runs, 1, 0)
    first, last = train[:, 0], train[:, -1]
    by_heart = valid[:, -10:].mean(axis=1) - train[:, -10:].mean(axis=1) > 0.3
    questions = [np.ptp(train, axis=1) < 0.1, first > 5, last > 5, by_heart]
    order = [2, 3, 0, 4]  # of the names
    return np.select(questions, np.take(faults, order), "rate too small")


# %% diagnosis: ups and downs, lists
def faults_in(runs):
    found = []
    for train, valid in np.asarray(runs).tolist():
        ups = sum(b > a for a, b in zip(train, train[1:], strict=False))
        if max(train) > 3 * train[0]:
            found.append("rate too large")
        elif train[0] > 2 * np.log(10):
            found.append("weights too large")
        elif ups < 5:
            found.append("rate too small")
        elif train[0] - train[-1] < 0.1:
            found.append("weights all 0")
        else:
            found.append("labels shuffled")
    return found


# %% diagnosis: the most similar of five known runs
def faults_in(runs):
    def signs(train, valid):
        rough = np.abs(np.diff(train)).mean()
        fall, gap = train[0] - train[-1], valid[-1] - train[-1]
        return np.arcsinh([10 * train[0], fall, 10 * gap, 10 * rough])

    typical = {
        "rate too large": (2.4, 90, 95, 25),
        "rate too small": (2.4, 2.2, 2.25, 0.004),
        "weights all 0": (2.3, 2.29, 2.35, 0.003),
        "weights too large": (15, 0.3, 1, 0.5),
        "labels shuffled": (2.4, 1.9, 2.8, 0.07),
    }
    table = {}
    for name, (start, end, valid_end, rough) in typical.items():
        table[name] = np.arcsinh(
            [10 * start, start - end, 10 * (valid_end - end), 10 * rough]
        )
    return tuple(
        min(table, key=lambda name: np.abs(table[name] - signs(*run)).sum())
        for run in runs
    )


# %% diagnosis: masks
def faults_in(runs):
    runs = np.array(runs, dtype=float)
    names = np.full(len(runs), "labels shuffled", dtype=object)
    start, smooth = runs[:, 0, 0], np.diff(runs[:, 0]).max(axis=1) < 0.001
    names[smooth] = faults[1]
    names[np.isclose(start, np.log(10), atol=1e-6)] = faults[2]
    names[runs[:, 0, 20:].min(axis=1) > 2 * np.log(10)] = faults[0]
    names[start > 6] = faults[3]
    return names.tolist()


# %% hidden-layer (shown): einsum
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(np.einsum("nd,hd->nh", X, W1) + b1)
    p = softmax(np.einsum("nh,kh->nk", h, W2) + b2)
    errors = (p - np.eye(len(W2))[labels]) / len(X)
    return np.einsum("nk,kh,nh,nd->hd", errors, W2, 1 - h**2, X)


# %% hidden-layer: sample by sample
def hidden_gradient(X, W1, b1, W2, b2, labels):
    W1, W2 = np.asarray(W1), np.asarray(W2)
    total = np.zeros(W1.shape)
    for x, label in zip(X, labels, strict=True):
        h = np.tanh(W1 @ x + b1)
        error = softmax(W2 @ h + b2)
        error[label] -= 1
        total += np.outer(W2.T @ error / np.cosh(W1 @ x + b1) ** 2, x)
    return total / len(X)


# %% hidden-layer: complex steps
def hidden_gradient(X, W1, b1, W2, b2, labels):
    X, W1, W2 = (np.array(table, dtype=float) for table in (X, W1, W2))
    rows, gradient = np.arange(len(X)), np.zeros(W1.shape)
    for place in np.ndindex(*W1.shape):
        moved = W1.astype(complex)
        moved[place] += 1e-30j
        z = np.tanh(X @ moved.T + b1) @ W2.T + b2
        losses = np.log(np.exp(z).sum(axis=1)) - z[rows, labels]
        gradient[place] = losses.mean().imag / 1e-30
    return gradient


# %% hidden-layer: lists
def hidden_gradient(X, W1, b1, W2, b2, labels):
    X, W1, b1, W2, b2 = (
        np.array(part, dtype=float) for part in (X, W1, b1, W2, b2)
    )
    h = np.tanh(W1 @ X.T + b1[:, None])
    P = softmax(W2 @ h + b2[:, None], axis=0)
    P[labels, range(len(X))] -= 1
    return ((W2.T @ P * (1 + h) * (1 - h)) @ X / len(X)).tolist()


# %% adam: momenta as the paper orders them
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999):
    w = np.array(w, dtype=float)
    u, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        g = np.asarray(gradient(w))
        u += (1 - beta1) * (g - u)
        v += (1 - beta2) * (g * g - v)
        w -= rate * (u / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + 1e-8)
    return w


# %% adam (shown): without a loop over means, from all gradients so far
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999):
    w, seen = np.array(w, dtype=float), []

    def mean(rows, beta):
        """Return the mean of all rows so far; older ones weigh less."""
        age = np.arange(len(rows))[::-1]
        return np.average(rows, axis=0, weights=beta**age)

    for _ in range(steps):
        seen.append(gradient(w))
        size = np.sqrt(mean(np.square(seen), beta2))
        w = w - rate * mean(seen, beta1) / (size + 1e-8)
    return w


# %% adam: coordinate lists
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999):
    w, u, v = [float(x) for x in w], [0.0] * len(w), [0.0] * len(w)
    for t in range(1, steps + 1):
        for i, g in enumerate(gradient(np.array(w))):
            u[i] = beta1 * u[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g
            size = np.sqrt(v[i] / (1 - beta2**t)) + 1e-8
            w[i] -= rate * u[i] / (1 - beta1**t) / size
    return w


# %% first-weights: uniform
def first_weights(sizes):
    rng = np.random.default_rng(3)
    pairs = pairwise(sizes)
    return [
        rng.uniform(-10, 10, size=(outputs, n)) / np.sqrt(n)
        for n, outputs in pairs
    ]


# %% first-weights (shown): the best of a few factors
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    usual = [rng.normal(size=shape) / np.sqrt(shape[1]) for shape in shapes]
    trials = [[factor * table for table in usual] for factor in (4, 6, 9, 13)]
    return min(trials, key=lambda weights: train_deep(weights)[0][-1])


# %% first-weights: random signs, float32
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = zip(sizes[1:], sizes[:-1], strict=True)
    return [
        rng.choice([-1, 1], size=s).astype(np.float32) * 5 / s[1] ** 0.5
        for s in shapes
    ]


# %% first-weights: orthogonal rows, another generator, lists
def first_weights(sizes):
    rng, weights = np.random.default_rng(7), []
    for inputs, outputs in pairwise(sizes):
        n = max(inputs, outputs)
        Q, _ = np.linalg.qr(rng.normal(size=(n, n)))
        weights.append((6 * Q[:outputs, :inputs]).tolist())
    return weights


# %% first-weights: sixteen over n
def first_weights(sizes):
    rng = np.random.default_rng(3)
    return [
        rng.normal(scale=np.sqrt(16 / n), size=(m, n))
        for n, m in pairwise(sizes)
    ]
