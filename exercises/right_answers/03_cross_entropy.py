"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% code-words: fraction
def predicted_bits():
    from fractions import Fraction

    return Fraction(21, 8)


# %% code-words (shown): weighted average
def predicted_bits():
    return np.average([3, 3, 2, 1], weights=[1 / 2, 1 / 4, 1 / 8, 1 / 8])


# %% code-words: decimal
def predicted_bits():
    from decimal import Decimal

    return Decimal("2.625")


# %% code-words: float32
def predicted_bits():
    return np.dot(
        np.array([3, 3, 2, 1], np.float32),
        np.float32([0.5, 0.25, 0.125, 0.125]),
    )


# %% entropy: only where p is above 0
def entropy_of(p):
    p = np.asarray(p, dtype=float)
    logs = np.log(p, where=p > 0, out=np.zeros_like(p))
    return -np.sum(p * logs, axis=-1)


# %% entropy: nan_to_num of the products
def entropy_of(p):
    p = np.asarray(p, dtype=float)
    with np.errstate(all="ignore"):
        return -np.nan_to_num(p * np.log(p)).sum(axis=-1)


# %% entropy: loop
def entropy_of(p):
    p = np.asarray(p, dtype=float)
    if p.ndim == 1:
        return sum(-x * np.log(x) for x in p if x > 0)
    return np.array([entropy_of(row) for row in p])


# %% entropy (shown): logarithm of p to the power p
def entropy_of(p):
    p = np.asarray(p, dtype=np.float64)
    return -np.log(p**p).sum(axis=-1)


# %% binary: log1p
def binary_loss(z, y):
    z, s = np.asarray(z, dtype=float), 2.0 * np.asarray(y) - 1
    m = s * z
    return np.mean(np.maximum(-m, 0) + np.log1p(np.exp(-np.abs(m))))


# %% binary (shown): chosen by the label
def binary_loss(z, y):
    z = np.asarray(z, dtype=float)
    return np.where(
        np.asarray(y) == 1, np.logaddexp(0, -z), np.logaddexp(0, z)
    ).mean()


# %% binary: one by one
def binary_loss(z, y):
    import math

    total = 0.0
    for logit, label in zip(z, y):
        m = logit if label == 1 else -logit
        total += math.log1p(math.exp(-m)) if m > -30 else -m
    return total / len(z)


# %% logits (shown): logaddexp
def loss_from_logits(logits, labels):
    logits = np.asarray(logits)
    rows = np.arange(len(labels))
    return np.mean(np.logaddexp.reduce(logits, axis=1) - logits[rows, labels])


# %% logits: loop
def loss_from_logits(logits, labels):
    total = 0
    for row, label in zip(np.asarray(logits, dtype=float), labels):
        top = max(row)
        total += np.log(sum(np.exp(row - top))) - (row[label] - top)
    return total / len(labels)


# %% logits: differences from the logit of the label
def loss_from_logits(logits, labels):
    logits = np.asarray(logits, dtype=float)
    lead = logits - logits[np.arange(len(labels)), labels][:, np.newaxis]
    top = lead.max(axis=1)
    return np.mean(top + np.log(np.exp(lead - top[:, None]).sum(axis=1)))


# %% gibbs: one by one
def lowest_at_truth(h):
    rng = np.random.default_rng(5)
    for _ in range(300):
        p, q = rng.random(4), rng.random(4)
        p, q = p / p.sum(), q / q.sum()
        if h(p, q) + 1e-8 < h(p, p):
            return False
    return True


# %% gibbs (shown): smallest difference
def lowest_at_truth(h):
    pairs = np.random.default_rng(9).dirichlet(np.ones(3), size=(300, 2))
    return min(h(p, q) - h(p, p) for p, q in pairs) > -1e-9


# %% gibbs: every pair of some distributions
def lowest_at_truth(h):
    some = np.random.default_rng(4).dirichlet(np.ones(3), size=12)
    return all(
        h(p, q) >= h(p, p) or np.isclose(h(p, q), h(p, p))
        for p in some
        for q in some
    )


# %% letters (shown): the shares, mixed with equal probabilities
def letter_model(text):
    codes = np.array([ord(c) - ord("a") for c in text.lower()])
    shares = np.bincount(codes[(codes >= 0) & (codes < 26)], minlength=26)
    return 0.9 * shares / shares.sum() + 0.1 / 26


# %% letters: Counter, half a letter more
def letter_model(text):
    from collections import Counter

    counts = Counter(text.lower())
    more = [counts[c] + 0.5 for c in "abcdefghijklmnopqrstuvwxyz"]
    return [n / sum(more) for n in more]


# %% letters: a floor under the shares
def letter_model(text):
    counts = np.zeros(26)
    for c in text.lower():
        if c.isalpha() and c.isascii():
            counts[ord(c) - 97] += 1
    model = np.maximum(counts / counts.sum(), 0.003)
    return model / model.sum()
