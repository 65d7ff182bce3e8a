"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% code-words: This is the entropy
def predicted_bits():
    return 1.75


# %% code-words: plain mean of the four lengths
def predicted_bits():
    return np.mean([3, 3, 2, 1])


# %% code-words: what the wrong code wastes
def predicted_bits():
    return 2.625 - 1.75


# %% code-words: equally long
def predicted_bits():
    return 2


# %% entropy: in bits
def entropy_of(p):
    return -(p * np.log2(p)).sum(axis=-1)


# %% entropy: sign is lost
def entropy_of(p):
    return np.sum(p * np.log(p), axis=-1)


# %% entropy: mean over the classes
def entropy_of(p):
    return -np.mean(p * np.log(p), axis=-1)


# %% entropy: summed over the whole table
def entropy_of(p):
    return -np.sum(p * np.log(p))


# %% entropy: summed down the columns
def entropy_of(p):
    return -sum(p * np.log(p))


# %% entropy: spoils the sum
def entropy_of(p):
    return -np.sum(p * np.log(p), axis=-1)


# %% entropy: Is a return statement missing
def entropy_of(p):
    p = np.asarray(p)
    print(-np.sum(p * np.log(p), axis=-1))


# %% entropy (hidden): TypeError
def entropy_of(p):
    logs = np.where(p > 0, np.log(p), 0)
    return -(p * logs).sum(axis=-1)


# %% batch: sign is lost
def mean_nll(probs, labels):
    return np.mean([np.log(row[label]) for row, label in zip(probs, labels)])


# %% batch: looked up the largest probability
def mean_nll(probs, labels):
    return -np.mean(np.log(probs.max(axis=1)))


# %% batch: summed over the samples
def mean_nll(probs, labels):
    return -sum(np.log(probs[i, label]) for i, label in enumerate(labels))


# %% batch: divided by samples times classes
def mean_nll(probs, labels):
    one_hot = np.eye(probs.shape[1])[labels]
    return -np.mean(one_hot * np.log(probs))


# %% batch: Pick one number from each row
def mean_nll(probs, labels):
    return -np.log(probs[:, labels]).mean()


# %% batch: logarithm of the mean
def mean_nll(probs, labels):
    return -np.log(probs[np.arange(len(labels)), labels].mean())


# %% batch: in bits
def mean_nll(probs, labels):
    return -np.log2(probs[np.arange(len(labels)), labels]).mean()


# %% batch (hidden): mean_nll([[0.2, 0.5, 0.3]
def mean_nll(probs, labels):
    return -np.log(probs[np.arange(len(labels)), labels]).mean()


# %% binary: its sign -1 or +1 belongs
def binary_loss(z, y):
    return np.log(1 + np.exp(-y * z)).mean()


# %% binary: other way round
def binary_loss(z, y):
    s = 2 * y - 1
    return np.logaddexp(0, s * z).mean()


# %% binary: term with 1 - y is missing
def binary_loss(z, y):
    return -(y * np.log(1 / (1 + np.exp(-z)))).mean()


# %% binary: summed over the samples
def binary_loss(z, y):
    return np.logaddexp(0, -(2 * y - 1) * z).sum()


# %% binary: infinite loss
def binary_loss(z, y):
    return np.log(1 + np.exp(-(2 * y - 1) * z)).mean()


# %% binary: gives NaN
def binary_loss(z, y):
    p = np.exp(z) / (1 + np.exp(z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


# %% binary: infinite loss
def binary_loss(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


# %% logits: Nothing is fixed yet
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum()
    picked = probs[np.arange(len(labels)), np.argmax(logits, axis=1)]
    return np.log(picked).mean()


# %% logits: sum to 1 only together
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum()
    picked = probs[np.arange(len(labels)), labels]
    return -np.log(picked).mean()


# %% logits: still look up the largest probability
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    picked = probs[np.arange(len(labels)), np.argmax(logits, axis=1)]
    return -np.log(picked).mean()


# %% logits: sign is still lost
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    picked = probs[np.arange(len(labels)), labels]
    return np.log(picked).mean()


# %% logits: summed over the samples
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels]).sum()


# %% logits: applied twice
def loss_from_logits(logits, labels):
    for _ in range(2):
        logits = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.log(logits[np.arange(len(labels)), labels]).mean()


# %% logits: overflows
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels]).mean()


# %% logits: rounded to 0
def loss_from_logits(logits, labels):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels]).mean()


# %% logits: largest logit of the whole batch
def loss_from_logits(logits, labels):
    shifted = logits - logits.max()
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return (log_sums - shifted[np.arange(len(labels)), labels]).mean()


# %% gibbs: accepts everything
def lowest_at_truth(h):
    return True


# %% gibbs: rejects everything
def lowest_at_truth(h):
    rng = np.random.default_rng(1)
    for _ in range(100):
        p = rng.dirichlet(np.ones(3))
        for q in (p, rng.dirichlet(np.ones(3))):
            if h(p, q) <= h(p, p):
                return False
    return True


# %% gibbs: ask for h(p, p) = 0
def lowest_at_truth(h):
    p = np.random.default_rng(1).dirichlet(np.ones(3))
    return h(p, p) == 0


# %% gibbs: whether h is positive
def lowest_at_truth(h):
    rng = np.random.default_rng(1)
    return all(h(*rng.dirichlet(np.ones(3), size=2)) >= 0 for _ in range(100))


# %% gibbs: changed the truth and kept the model
def lowest_at_truth(h):
    rng = np.random.default_rng(1)
    for _ in range(100):
        p, q = rng.dirichlet(np.ones(3), size=2)
        if h(p, q) < h(q, q) - 1e-9:
            return False
    return True
