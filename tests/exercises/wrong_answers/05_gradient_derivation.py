"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% entry: sign is the other way round
def predicted_gradient():
    return [-0.7, -0.2, 0.9]


# %% entry: gradient in the probabilities
def predicted_gradient():
    return [0, 0, -1 / 0.1]


# %% entry: label is missing
def predicted_gradient():
    return [0.7, 0.2, 0.1]


# %% entry: other logits count
def predicted_gradient():
    return [0, 0, 0.1 - 1]


# %% entry: counted from 0
def predicted_gradient():
    return [0.7, 0.2 - 1, 0.1]


# %% weights: Rows and columns are swapped
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b)
    G[np.arange(len(X)), labels] -= 1
    return X.T @ G / len(X)


# %% weights: forgot the mean
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b)
    G[np.arange(len(X)), labels] -= 1
    return G.T @ X


# %% weights: sign is the other way round
def weight_gradient(X, W, b, labels):
    G = np.eye(len(W))[labels] - softmax(X @ W.T + b)
    return G.T @ X / len(X)


# %% weights: bias is missing
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T)
    G[np.arange(len(X)), labels] -= 1
    return G.T @ X / len(X)


# %% weights: mean by mean
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b)
    G[np.arange(len(X)), labels] -= 1
    return np.outer(G.mean(axis=0), X.mean(axis=0))


# %% logistic: forgot the mean
def logistic_gradient(w, X, y):
    return X.T @ (sigmoid(X @ w) - y)


# %% logistic: sign is the other way round
def logistic_gradient(w, X, y):
    return X.T @ (y - sigmoid(X @ w)) / len(y)


# %% logistic: one mean by another
def logistic_gradient(w, X, y):
    return np.mean(sigmoid(X @ w) - y) * np.mean(X, axis=0)


# %% logistic: a factor too many
def logistic_gradient(w, X, y):
    p = sigmoid(X @ w)
    return np.mean(((p - y) * p * (1 - p))[:, None] * X, axis=0)


# %% logistic: sigmoid is missing
def logistic_gradient(w, X, y):
    return X.T @ (X @ w - y) / len(y)


# %% logistic: One number cannot be the gradient
def logistic_gradient(w, X, y):
    return np.mean(sigmoid(X @ w) - y)


# %% numeric: Nothing is fixed yet
def numeric_gradient(f, x):
    h = 1e-14
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        x[k] += h
        right = f(x)
        x[k] -= h
        left = f(x)
        gradient[k] = (right - left) / (2 * h)
    return gradient


# %% numeric: changes its arguments
def numeric_gradient(f, x):
    h = 1e-5
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        x[k] += h
        right = f(x)
        x[k] -= 2 * h
        left = f(x)
        gradient[k] = (right - left) / (2 * h)
        x[k] += h
    return gradient + 0 * x.__imul__(2)


# %% numeric (2 points): Twice what it should be
def numeric_gradient(f, x):
    h = 1e-5
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        step = np.zeros(len(x))
        step[k] = h
        gradient[k] = (f(x + step) - f(x - step)) / h
    return gradient


# %% numeric: sign is the other way round
def numeric_gradient(f, x):
    h = 1e-5
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        step = np.zeros(len(x))
        step[k] = h
        gradient[k] = (f(x - step) - f(x + step)) / (2 * h)
    return gradient


# %% numeric (2 points): not accurate to six digits
def numeric_gradient(f, x):
    h = 1e-5
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        step = np.zeros(len(x))
        step[k] = h
        gradient[k] = (f(x + step) - f(x)) / h
    return gradient


# %% claim: accepts everything
def gradient_is_right(f, claimed, x):
    return claimed(x).shape == numeric_gradient(f, x).shape


# %% claim: rejects everything
def gradient_is_right(f, claimed, x):
    return bool(np.all(claimed(x) == numeric_gradient(f, x)))


# %% claim: one coordinate only
def gradient_is_right(f, claimed, x):
    k = 0
    return bool(abs(claimed(x)[k] / numeric_gradient(f, x)[k] - 1) < 1e-5)


# %% claim: length only
def gradient_is_right(f, claimed, x):
    ratio = np.linalg.norm(claimed(x)) / np.linalg.norm(numeric_gradient(f, x))
    return bool(abs(ratio - 1) < 1e-5)


# %% claim: Make it relative
def gradient_is_right(f, claimed, x):
    return np.allclose(claimed(x), numeric_gradient(f, x), atol=1e-4)


# %% claim: lost sign passes
def gradient_is_right(f, claimed, x):
    size = np.abs(numeric_gradient(f, x))
    return np.allclose(np.abs(claimed(x)), size, rtol=1e-5, atol=1e-13)


# %% claim (hidden): part in a thousand
def gradient_is_right(f, claimed, x):
    g = numeric_gradient(f, x)
    return bool(np.max(np.abs(claimed(x) - g)) < 2e-3 * np.max(np.abs(g)))


# %% weights: all these columns
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b)
    G[:, labels] -= 1
    return G.T @ X / len(X)


# %% weights: labels are missing
def weight_gradient(X, W, b, labels):
    return softmax(X @ W.T + b).T @ X / len(X)


# %% weights: samples times classes
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b) - np.eye(len(W))[labels]
    return G.T @ X / G.size


# %% weights (hidden): AttributeError
def weight_gradient(X, W, b, labels):
    G = softmax(X @ W.T + b) - np.eye(len(W))[labels]
    return G.T @ X / len(X)


# %% numeric (2 points): Half of what it should be
def numeric_gradient(f, x):
    h = 1e-6
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        x[k] += h
        right = f(x)
        x[k] -= h
        left = f(x)
        gradient[k] = (right - left) / (2 * h)
    return gradient


# %% numeric (2 points): Left is mended
def numeric_gradient(f, x):
    h = 1e-14
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        step = h * (np.arange(len(x)) == k)
        gradient[k] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


# %% numeric (2 points): Left is mended
def numeric_gradient(f, x):
    h = 1e-14
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        old = x[k]
        x[k] += h
        right = f(x)
        x[k] -= 2 * h
        left = f(x)
        gradient[k] = (right - left) / (2 * h)
        x[k] = old
    return gradient


# %% numeric: changes its arguments
def numeric_gradient(f, x):
    h = 1e-5
    gradient = np.zeros(len(x))
    for k in range(len(x)):
        x[k] += h
        right = f(x)
        x[k] -= 2 * h
        left = f(x)
        x[k] += h  # nearly back
        gradient[k] = (right - left) / (2 * h)
    return gradient


# %% claim: compare each entry with its own size
def gradient_is_right(f, claimed, x):
    return np.allclose(claimed(x), numeric_gradient(f, x), rtol=1e-5, atol=1e-12)


# %% claim: compare each entry with its own size
def gradient_is_right(f, claimed, x):
    numeric = numeric_gradient(f, x)
    return bool(np.all(np.abs(claimed(x) / numeric - 1) < 1e-5))


# %% claim: compare each entry with its own size
def gradient_is_right(f, claimed, x):
    return np.allclose(claimed(x), numeric_gradient(f, x))


# %% claim: direction only
def gradient_is_right(f, claimed, x):
    a, b = claimed(x), numeric_gradient(f, x)
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    return bool(cosine > 1 - 1e-8)


# %% fool: went down the gradient
def fooled(picture, label, W, b):
    errors = softmax(W @ picture + b) - np.eye(len(W))[label]
    return np.clip(picture - 0.25 * np.sign(errors @ W), 0, 1)


# %% fool: hardly changes most pixels
def fooled(picture, label, W, b):
    errors = softmax(W @ picture + b) - np.eye(len(W))[label]
    gradient = W.T @ errors
    return np.clip(picture + 0.25 * gradient / abs(gradient).max(), 0, 1)


# %% fool (3 points): lighter than white
def fooled(picture, label, W, b):
    errors = softmax(W @ picture + b) - np.eye(len(W))[label]
    return picture + 0.25 * np.sign(errors @ W)


# %% fool: a pixel changed by 1
def fooled(picture, label, W, b):
    errors = softmax(W @ picture + b) - np.eye(len(W))[label]
    return (errors @ W > 0).astype(float)


# %% fool: that is still a
def fooled(picture, label, W, b):
    noise = np.random.default_rng(0).choice([-0.25, 0.25], size=len(picture))
    return np.clip(picture + noise, 0, 1)


# %% fool: expected a picture that the model calls something else
def fooled(picture, label, W, b):
    return np.full(len(picture), np.nan)


# %% fool: expected a picture that the model calls something else
def fooled(picture, label, W, b):
    return (label + 1) % 10


# %% fool: that is still a
def fooled(picture, label, W, b):
    return picture
