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


# %% diagnosis (2 points): 4 of 5 faults right, not labels shuffled
def faults_in(runs):  # looks only at the training loss
    names = []
    for train, _ in runs:
        if train[0] > 5:
            names.append("weights too large")
        elif train[-1] > 5:
            names.append("rate too large")
        elif abs(train[-1] - np.log(10)) < 0.06:
            names.append("weights all 0")
        else:
            names.append("rate too small")
    return names


# %% diagnosis (2 points): all units stay alike
def faults_in(runs):  # "hardly any fall: a small rate"
    return [
        "weights too large"
        if train[0] > 5
        else "rate too large"
        if train[-1] > 5
        else "rate too small"
        if np.ptp(train) < 0.1 or valid[-1] < valid[0]
        else "labels shuffled"
        for train, valid in runs
    ]


# %% diagnosis (2 points): jump over the valley
def faults_in(runs):  # "a large loss: large weights"
    names = []
    for train, valid in runs:
        if train.max() > 5:
            names.append("weights too large")
        elif abs(train[0] - np.log(10)) < 1e-5:
            names.append("weights all 0")
        else:
            names.append("labels shuffled" if valid[-1] > valid[0] else "rate too small")
    return names


# %% diagnosis (2 points): sure before it has learned
def faults_in(runs):  # "a large loss: a large rate"
    names = []
    for train, valid in runs:
        if train.max() > 5:
            names.append("rate too large")
        elif abs(train[0] - np.log(10)) < 1e-5:
            names.append("weights all 0")
        else:
            names.append("labels shuffled" if valid[-1] > valid[0] else "rate too small")
    return names


# %% diagnosis (2 points): in small even steps
def faults_in(runs):  # takes what creeps for shuffled labels
    names = []
    for train, _ in runs:
        if abs(train[0] - np.log(10)) < 1e-5:
            names.append("weights all 0")
        elif train[0] > 5:
            names.append("weights too large")
        else:
            names.append("rate too large" if train[-1] > 5 else "labels shuffled")
    return names


# %% diagnosis (1 points): Look at three things
def faults_in(runs):  # by the last training loss alone
    edges = [1.5, 2.05, 2.27, 5]
    names = ["weights too large", "labels shuffled", "rate too small", "weights all 0"]
    names.append("rate too large")
    found = [names[np.searchsorted(edges, train[-1])] for train, _ in runs]
    return ["rate too small" if name in names[1:4] else name for name in found]


# %% diagnosis: gives 1 of 5 faults right, not rate too large, rate too small, weights all 0
def faults_in(runs):  # the same for all
    return ["labels shuffled"] * len(runs)


# %% diagnosis: faults right, not
def faults_in(runs):  # guesses
    return np.random.default_rng(0).choice(faults, size=len(runs))


# %% diagnosis: one name per run
def faults_in(runs):  # those of the five shown, by eye
    return [faults[2], faults[4], faults[3], faults[0], faults[1]]


# %% diagnosis (hidden): faults right, not
def faults_in(runs):  # those of the check, written down in their order
    order = [2, 4, 3, 0, 1, 4, 0, 1, 2, 3, 4, 2, 1, 3, 0]
    return [faults[number] for number in order]


# %% diagnosis: as they are written there
def faults_in(runs):
    return [int(train[0] > 5) for train, _ in runs]


# %% diagnosis: as they are written there
def faults_in(runs):
    return np.zeros(len(runs))


# %% diagnosis: Is a return statement missing?
def faults_in(runs):
    for train, valid in runs:
        print(train[0], valid[0])


# %% diagnosis: calls xent_lib.sick_runs
def faults_in(runs):
    known = {}
    for seed, order in ((0, [2, 4, 3, 0, 1]), (1, [4, 0, 1, 2, 3]), (3, [4, 2, 1, 3, 0])):
        for name, run in zip(np.take(faults, order), sick_runs(seed), strict=True):
            known[run[0, -1]] = name
    return [known[min(known, key=lambda end: abs(end - run[0, -1]))] for run in runs]


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


# %% adam (2 points): u is still not a mean
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + g, beta2 * v + (1 - beta2) * g**2
        size = np.sqrt(v / (1 - beta2**t)) + eps
        w = w - rate * u / (1 - beta1**t) / size
    return w


# %% adam (2 points): two means start at 0
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for _ in range(steps):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (np.sqrt(v) + eps)
    return w


# %% adam (2 points): u is still too small at first
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w


# %% adam (2 points): v is still too small at first
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / (np.sqrt(v) + eps)
    return w


# %% adam (2 points): ε is still under the root
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = 0, 0
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)
    return w


# %% adam (1 points): One of the three bugs is gone
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = np.zeros(len(w)), np.zeros(len(w))
    for _ in range(steps):
        g = gradient(w)
        u, v = beta1 * u + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        w = w - rate * u / np.sqrt(v + eps)
    return w


# %% adam (1 points): One of the three bugs is gone
def adam_steps(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    u, v = np.zeros(len(w)), np.zeros(len(w))
    for t in range(1, steps + 1):
        g = gradient(w)
        u, v = beta1 * u + g, beta2 * v + (1 - beta2) * g**2
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


# %% first-weights: stay copies of each other
def first_weights(sizes):
    return [np.zeros((m, n)) for n, m in pairwise(sizes)]


# %% first-weights: stay copies of each other
def first_weights(sizes):
    rng = np.random.default_rng(3)
    rows = [rng.normal(size=n) * 5 / np.sqrt(n) for n in sizes[:-1]]
    return [np.tile(row, (m, 1)) for row, m in zip(rows, sizes[1:], strict=True)]


# %% first-weights: Draw larger weights
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = zip(sizes[1:], sizes[:-1], strict=True)
    return [rng.normal(size=shape) / np.sqrt(shape[1]) for shape in shapes]


# %% first-weights: Draw larger weights
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = zip(sizes[1:], sizes[:-1], strict=True)
    return [rng.normal(size=shape) * 3 / np.sqrt(shape[1]) for shape in shapes]


# %% first-weights: Draw smaller weights
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = zip(sizes[1:], sizes[:-1], strict=True)
    return [100 * rng.normal(size=shape) for shape in shapes]


# %% first-weights: one table per layer
def first_weights(sizes):
    rng = np.random.default_rng(3)
    shapes = pairwise(sizes)
    return [5 * rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]


# %% first-weights (hidden): not all of shape
def first_weights(sizes):
    rng = np.random.default_rng(3)
    inputs, k = sizes[0], sizes[1]  # all hidden layers alike
    hidden = [rng.normal(size=(k, k)) * 5 / np.sqrt(k) for _ in sizes[3:]]
    first, last = rng.normal(size=(k, inputs)), rng.normal(size=(10, k))
    return [first * 5 / np.sqrt(inputs), *hidden, last * 5 / np.sqrt(k)]
