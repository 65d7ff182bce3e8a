"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% parts: divided the logits by their sum
def predicted_probs():
    z = [0, np.log(3), np.log(6)]
    return z / np.sum(z)


# %% parts: These are the parts
def predicted_probs():
    return [1, 3, 6]


# %% parts: does not take it all
def predicted_probs():
    return [0, 0, 1]


# %% parts: exponential of 0 is not 0
def predicted_probs():
    return [0, 1 / 3, 2 / 3]


# %% parts: wrong order
def predicted_probs():
    return [0.6, 0.3, 0.1]


# %% softmax: sum to 1 only together
def softmax_of(z):
    exps = np.exp(z - np.max(z))
    return exps / np.sum(exps)


# %% softmax: columns sum to 1
def softmax_of(z):
    exps = np.exp(z - z.max(axis=0))
    return exps / exps.sum(axis=0)


# %% softmax: divided the logits by their sum
def softmax_of(z):
    return z / z.sum(axis=-1, keepdims=True)


# %% softmax: keepdims=True keeps them
def softmax_of(z):
    exps = np.exp(z)
    return exps / exps.sum(axis=-1)


# %% softmax (2 points): overflows
def softmax_of(z):
    exps = np.exp(z)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% softmax: largest logit of the whole batch
def softmax_of(z):
    exps = np.exp(z - z.max())
    return exps / exps.sum(axis=-1, keepdims=True)


# %% softmax: raises AxisError
def softmax_of(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


# %% softmax (hidden): AttributeError
def softmax_of(z):
    exps = np.exp(z - z.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% one-logit: class 0 against class 1
def one_logit(z):
    return z[:, 0] - z[:, 1]


# %% one-logit: class 1 alone
def one_logit(z):
    return z[:, 1]


# %% one-logit: ratio of the logits
def one_logit(z):
    return z[:, 1] / z[:, 0]


# %% one-logit: This is the probability
def one_logit(z):
    return np.exp(z[:, 1]) / np.exp(z).sum(axis=1)


# %% one-logit (hidden): TypeError
def one_logit(z):
    return z[:, 1] - z[:, 0]


# %% mask: Nothing is fixed yet
def masked_softmax(logits, allowed):
    masked = logits * allowed
    exps = np.exp(masked - masked.max())
    return exps / exps.sum()


# %% mask: A logit of 0 is not a mask
def masked_softmax(logits, allowed):
    masked = logits * allowed
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask: You masked the probabilities
def masked_softmax(logits, allowed):
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True) * allowed


# %% mask: Both bugs of the batch
def masked_softmax(logits, allowed):
    exps = np.exp(logits) * allowed
    return exps / exps.sum()


# %% mask (3 points): large negative number is not a mask
def masked_softmax(logits, allowed):
    masked = np.where(allowed, logits, -1e9)
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (3 points): the row is not a distribution
def masked_softmax(logits, allowed):
    top = np.where(allowed, logits, -1e9).max(axis=-1, keepdims=True)
    exps = np.exp(logits - top) * np.where(allowed, 1, 0)
    exps = np.where(allowed, exps, 0)
    sums = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(sums > 0, sums, 1)


# %% mask (2 points): largest logit of the whole batch
def masked_softmax(logits, allowed):
    masked = np.where(allowed, logits, -np.inf)
    exps = np.exp(masked - masked.max())
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (2 points): You masked the allowed classes
def masked_softmax(logits, allowed):
    masked = np.where(allowed, -np.inf, logits)
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% properties: accepts everything
def is_softmax(f):
    p = f(np.array([1.0, 2.0, 3.0, 4.0]))
    return len(p) == 4


# %% properties: rejects everything
def is_softmax(f):
    rng = np.random.default_rng(1)
    for _ in range(100):
        z = rng.normal(size=4)
        if f(z).sum() != 1 or np.any(f(z) == 0) or np.any(f(z) != f(z + 3)):
            return False
    return True


# %% properties: test the sum only
def is_softmax(f):
    rng = np.random.default_rng(1)
    return all(np.isclose(f(z).sum(), 1) for z in rng.normal(size=(100, 4)))


# %% properties: test the sign only
def is_softmax(f):
    rng = np.random.default_rng(1)
    return all(np.all(f(z) > 0) for z in rng.normal(size=(100, 4)))


# %% properties: test the shift only
def is_softmax(f):
    rng = np.random.default_rng(1)
    return all(np.allclose(f(z), f(z + 3)) for z in rng.normal(size=(100, 4)))


# %% properties: do not test the shift
def is_softmax(f):
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(100, 4)):
        p = f(z)
        if np.any(p <= 0) or not np.isclose(p.sum(), 1):
            return False
    return True


# %% properties: do not test the sign
def is_softmax(f):
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(100, 4)):
        p = f(z)
        if np.any(p < 0) or not np.isclose(p.sum(), 1):
            return False
        if not np.allclose(p, f(z - 1)):
            return False
    return True


# %% properties: do not test the sum
def is_softmax(f):
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(100, 4)):
        if np.any(f(z) <= 0) or not np.allclose(f(z), f(z + 1)):
            return False
    return True


# %% properties (hidden): A part in a thousand
def is_softmax(f):
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(100, 4)):
        if np.any(f(z) <= 0) or not np.allclose(f(z), f(z + 1)):
            return False
        if abs(f(z).sum() - 1) > 0.01:
            return False
    return True


# %% one-logit: rounded to 0
def one_logit(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return np.log(exps[:, 1] / exps[:, 0])


# %% softmax (2 points): Take the largest of each row
def softmax_of(z):
    exps = np.exp(z - np.max(z))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask: Mask first
def masked_softmax(logits, allowed):
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True)) * allowed
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (3 points): large negative number
def masked_softmax(logits, allowed):
    masked = np.where(allowed, logits, -1e30)
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (2 points): A logit of 0 is not a mask
def masked_softmax(logits, allowed):
    masked = np.multiply(logits, allowed)
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (2 points): sum over each row
def masked_softmax(logits, allowed):
    masked = np.where(allowed, logits, -np.inf)
    exps = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return exps / exps.sum()


# %% mask (1 points): Both bugs of the batch are left
def masked_softmax(logits, allowed):
    masked = np.where(allowed, logits, -np.inf)
    exps = np.exp(masked - masked.max())
    return exps / exps.sum()


# %% letters: You return the counts
def letter_logits(text):
    return [text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"]


# %% letters: You return the shares
def letter_logits(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return counts / counts.sum()


# %% letters: Add nothing to the counts
def letter_logits(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return np.log(counts + 1)


# %% letters: Add nothing to the counts
def letter_logits(text):
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])
    return np.log(counts / counts.sum() + 1e-6)


# %% letters: The logit 0 is that
def letter_logits(text):
    counts = [text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"]
    return [np.log(n) if n > 0 else 0 for n in counts]


# %% letters: capital letters are missing
def letter_logits(text):
    return np.log([text.count(c) for c in "abcdefghijklmnopqrstuvwxyz"])


# %% letters: base 2
def letter_logits(text):
    return np.log2([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"])


# %% properties (hidden): has numbers below 0
def is_softmax(f):
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(50, 4)):
        p = f(z)
        if np.any(p == 0) or not np.isclose(p.sum(), 1):
            return False
        if not np.allclose(f(z + 1), p):
            return False
    return True
