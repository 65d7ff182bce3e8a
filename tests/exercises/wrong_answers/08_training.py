"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% steps: where the first step leads
def predicted_place():
    return 1 - 0.3 * 4


# %% steps: went uphill
def predicted_place():
    return (1 + 0.3 * 4) ** 2


# %% steps: slope at the start twice
def predicted_place():
    return 1 - 2 * 0.3 * 4


# %% steps: This is on w²
def predicted_place():
    return (1 - 0.3 * 2) ** 2


# %% steps: value of the function as its slope
def predicted_place():
    w = 1.0
    for _ in range(2):
        w = w - 0.3 * 2 * w**2
    return w


# %% steps: it leads back
def predicted_place():
    first = 1 - 0.3 * 4
    return first - 0.3 * 4 * 0.2


# %% loop: went uphill
def train(X, labels, num_classes, rate, steps):
    W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
    for _ in range(steps + 1):
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        G = (p - np.eye(num_classes)[labels]) / len(X)
        W, b = W + rate * G.T @ X, b + rate * G.sum(axis=0)
    return np.array(losses)


# %% loop: forgot the mean
def train(X, labels, num_classes, rate, steps):
    W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
    for _ in range(steps + 1):
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        G = p - np.eye(num_classes)[labels]
        W, b = W - rate * G.T @ X, b - rate * G.sum(axis=0)
    return np.array(losses)


# %% loop: number of samples twice
def train(X, labels, num_classes, rate, steps):
    W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
    for _ in range(steps + 1):
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        G = (p - np.eye(num_classes)[labels]) / len(X)
        W, b = W - rate * G.T @ X / len(X), b - rate * G.mean(axis=0)
    return np.array(losses)


# %% loop: bias never changes
def train(X, labels, num_classes, rate, steps):
    W, losses = np.zeros((num_classes, X.shape[1])), []
    for _ in range(steps + 1):
        p = softmax(X @ W.T)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        W -= rate * (p - np.eye(num_classes)[labels]).T @ X / len(X)
    return np.array(losses)


# %% loop: loss at the start is missing
def train(X, labels, num_classes, rate, steps):
    W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
    for _ in range(steps):
        p = softmax(X @ W.T + b)
        G = (p - np.eye(num_classes)[labels]) / len(X)
        W, b = W - rate * G.T @ X, b - rate * G.sum(axis=0)
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
    return np.array(losses)


# %% loop: loss after the last step is missing
def train(X, labels, num_classes, rate, steps):
    W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
    for _ in range(steps):
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        G = (p - np.eye(num_classes)[labels]) / len(X)
        W, b = W - rate * G.T @ X, b - rate * G.sum(axis=0)
    return np.array(losses)


# %% loop (hidden): gives [0.693147
def train(X, labels, num_classes, rate, steps):
    num_classes = max(labels) + 1
    W, b, losses = np.zeros((num_classes, len(X[0]))), np.zeros(num_classes), []
    for _ in range(steps + 1):
        p = softmax(X @ W.T + b)
        losses.append(-np.log(p[np.arange(len(X)), labels]).mean())
        G = (p - np.eye(num_classes)[labels]) / len(X)
        W, b = W - rate * G.T @ X, b - rate * G.sum(axis=0)
    return np.array(losses)


# %% stop: used the future
def early_stopping(losses, patience):
    return int(np.argmin(losses)), len(losses) - 1


# %% stop: one epoch too long
def early_stopping(losses, patience):
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best > patience:
            break
    return best, epoch


# %% stop: one epoch too early
def early_stopping(losses, patience):
    best, waited = 0, 1
    for epoch in range(1, len(losses)):
        waited += 1
        if losses[epoch] < losses[best]:
            best, waited = epoch, 1
        if waited == patience:
            break
    return best, epoch


# %% stop: the epoch before
def early_stopping(losses, patience):
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            break
    return int(np.argmin(losses[: epoch + 1])), epoch


# %% stop: Keep the best one
def early_stopping(losses, patience):
    best, waited = np.inf, 0
    for epoch, loss in enumerate(losses):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            break
    return epoch, epoch


# %% stop: keep waiting
def early_stopping(losses, patience):
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] <= losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch


# %% stop: are swapped
def early_stopping(losses, patience):
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best


# %% stop (hidden): UnboundLocalError
def early_stopping(losses, patience):
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch


# %% hidden-layer: slope of the tanh is missing
def hidden_gradient(X, W1, b1, W2, b2, labels):
    p = softmax(np.tanh(X @ W1.T + b1) @ W2.T + b2)
    G = p - np.eye(len(W2))[labels]
    return (G @ W2).T @ X / len(X)


# %% hidden-layer: the square is missing
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = softmax(h @ W2.T + b2) - np.eye(len(W2))[labels]
    return (G @ W2 * (1 - h)).T @ X / len(X)


# %% hidden-layer: not with what goes in
def hidden_gradient(X, W1, b1, W2, b2, labels):
    v = X @ W1.T + b1
    G = softmax(np.tanh(v) @ W2.T + b2) - np.eye(len(W2))[labels]
    return (G @ W2 * (1 - v**2)).T @ X / len(X)


# %% hidden-layer: slope of a sigmoid
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = softmax(h @ W2.T + b2) - np.eye(len(W2))[labels]
    return (G @ W2 * h * (1 - h)).T @ X / len(X)


# %% hidden-layer: forgot the mean
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = softmax(h @ W2.T + b2) - np.eye(len(W2))[labels]
    return (G @ W2 * (1 - h**2)).T @ X


# %% hidden-layer: sign is the other way round
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = np.eye(len(W2))[labels] - softmax(h @ W2.T + b2)
    return (G @ W2 * (1 - h**2)).T @ X / len(X)


# %% hidden-layer: Rows and columns are swapped
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = softmax(h @ W2.T + b2) - np.eye(len(W2))[labels]
    return X.T @ (G @ W2 * (1 - h**2)) / len(X)


# %% hidden-layer (hidden): raises AttributeError
def hidden_gradient(X, W1, b1, W2, b2, labels):
    h = np.tanh(X @ W1.T + b1)
    G = softmax(h @ W2.T + b2) - np.eye(len(W2))[labels]
    return (G @ W2 * (1 - h**2)).T @ X / len(X)


# %% adam: Nothing is fixed yet
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_from_the_web(gradient, w, rate, steps, beta1, beta2)


# %% adam: u is still not a mean
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + g, beta2 * v + (1 - beta2) * g**2
        size = np.sqrt(v / (1 - beta2**t)) + eps
        w = w - rate * u / (1 - beta1**t) / size
    return w


# %% adam: two means start at 0
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for _ in range(steps):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (np.sqrt(v) + eps)
    return w


# %% adam: u is still too small at first
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w


# %% adam: v is still too small at first
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / (np.sqrt(v) + eps)
    return w


# %% adam: ε is still under the root
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)
    return w


# %% adam: You count from 0
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(steps):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w


# %% adam: root of v is missing
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / (v / (1 - beta2**t) + eps)
    return w


# %% adam (hidden): expected
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    w = np.asarray(w)
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = 0.9 * u + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - rate * u / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + eps)
    return w


# %% clean: accepts everything
def is_clean(X_train, X_test):
    return X_train is not X_test


# %% clean: rejects everything
def is_clean(X_train, X_test):
    return X_train.shape[1] != X_test.shape[1]


# %% clean: only with the one in the same place
def is_clean(X_train, X_test):
    return not any(np.array_equal(a, b) for a, b in zip(X_train, X_test, strict=False))


# %% clean: numbers one by one
def is_clean(X_train, X_test):
    return not any(all(x in X_train for x in row) for row in X_test)


# %% clean: One number in common
def is_clean(X_train, X_test):
    return not any((row == other).any() for row in X_test for other in X_train)


# %% clean: if all test rows are known
def is_clean(X_train, X_test):
    seen = [tuple(row) for row in X_train]
    return not all(tuple(row) in seen for row in X_test)


# %% clean: first test row only
def is_clean(X_train, X_test):
    for row in X_test:
        return not (row == X_train).all(axis=1).any()


# %% clean: Yes and no
def is_clean(X_train, X_test):
    return bool((X_test[:, None] == X_train).all(axis=2).any())


# %% clean: order within a row
def is_clean(X_train, X_test):
    seen = [set(row) for row in X_train]
    return not any(set(row) in seen for row in X_test)


# %% clean (hidden): raises TypeError
def is_clean(X_train, X_test):
    return not bool((X_test[:, None] == X_train).all(axis=2).any())
