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


# %% logits (2 points): sum to 1 only together
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum()
    picked = probs[np.arange(len(labels)), labels]
    return -np.log(picked).mean()


# %% logits (2 points): still look up the largest probability
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    picked = probs[np.arange(len(labels)), np.argmax(logits, axis=1)]
    return -np.log(picked).mean()


# %% logits (2 points): sign is still lost
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


# %% logits (3 points): overflows
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


# %% entropy: ε in the logarithm
def entropy_of(p):
    return -np.sum(p * np.log(p + 1e-15), axis=-1)


# %% entropy: ε in the logarithm
def entropy_of(p):
    return -np.sum(p * np.log(p + 1e-10), axis=-1)


# %% entropy: ε in the logarithm
def entropy_of(p):
    return -(p * np.log(np.clip(p, 1e-12, None))).sum(axis=-1)


# %% binary: With an ε in the logarithm
def binary_loss(z, y):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p + 1e-10) + (1 - y) * np.log(1 - p + 1e-10))


# %% logits (3 points): With an ε in the logarithm
def loss_from_logits(logits, labels):
    exps = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels] + 1e-12).mean()


# %% logits (3 points): Subtract the largest logit of each row
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    picked = np.asarray(logits)[np.arange(len(labels)), labels]
    return (np.log(exps.sum(axis=1)) - picked).mean()


# %% logits (3 points): The sign is still lost
def loss_from_logits(logits, labels):
    z = np.asarray(logits)
    log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return log_p[np.arange(len(labels)), labels].mean()


# %% logits (2 points): The sign is still lost. A logit of 1000 overflows.
def loss_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    return np.log(probs[np.arange(len(labels)), labels]).mean()


# %% gibbs (hidden): counts five times
def lowest_at_truth(h):
    p, q = np.array([0.9, 0.05, 0.05]), np.array([0.5, 0.3, 0.2])
    return bool(h(p, q) >= h(p, p) - 1e-9 and h(q, p) >= h(q, q) - 1e-9)


# %% letters: costs infinitely many bits
def letter_model(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return counts / counts.sum()


# %% letters: Leave more for it
def letter_model(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    model = counts / counts.sum() + 1e-7
    return model / model.sum()


# %% letters: whatever the text is
def letter_model(text):
    return [1 / 26] * 26


# %% letters: These are counts
def letter_model(text):
    return [text.lower().count(c) + 1 for c in "abcdefghijklmnopqrstuvwxyz"]


# %% letters: now divide by the new sum
def letter_model(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return (counts + 1) / counts.sum()


# %% letters: bits per letter, expected at most 4.35
def letter_model(text):
    counts = np.array([text.count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return (counts + 10) / (counts + 10).sum()


# %% letters (hidden): same for every text
def letter_model(text):
    counts = [rest.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"]
    return np.array(counts) / np.sum(counts)


# %% gibbs: lowest_at_truth(cross_entropy)
def lowest_at_truth(h):
    lowest = "which is lowest" in str(h.__doc__)
    return lowest or h.__name__ in ("cross_entropy", "kl_divergence")
