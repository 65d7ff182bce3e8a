"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% parts: fractions
def predicted_probs():
    from fractions import Fraction

    return [Fraction(1, 10), Fraction(3, 10), Fraction(6, 10)]


# %% parts (shown): array
def predicted_probs():
    return np.array([1, 3, 6]) / 10


# %% parts: tuple
def predicted_probs():
    return 0.1, 0.3, 0.6


# %% softmax (shown): logaddexp
def softmax_of(z):
    z = np.asarray(z)
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))


# %% softmax: loop over rows
def softmax_of(z):
    z = np.asarray(z, dtype=float)
    rows = []
    for row in z.reshape(-1, z.shape[-1]):
        exps = np.exp(row - max(row))
        rows.append(exps / sum(exps))
    return np.reshape(rows, z.shape)


# %% softmax: apply_along_axis
def softmax_of(z):
    def of_row(row):
        e = np.exp(row - np.max(row))
        return e / np.sum(e)

    return np.apply_along_axis(of_row, -1, np.array(z, dtype=float))


# %% softmax: differences of logits
def softmax_of(z):
    z = np.asarray(z, dtype=float)
    return 1 / np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1)


# %% one-logit: diff
def one_logit(z):
    return np.diff(z, axis=1)[:, 0]


# %% one-logit: loop
def one_logit(z):
    return [row[1] - row[0] for row in z]


# %% one-logit (shown): matrix product
def one_logit(z):
    return np.asarray(z) @ np.array([-1, 1])


# %% one-logit: unpacked columns
def one_logit(z):
    first, second = np.transpose(z)
    return second - first


# %% mask: exponentials set to 0
def masked_softmax(logits, allowed):
    logits, allowed = np.asarray(logits, dtype=float), np.asarray(allowed)
    top = np.max(
        logits, axis=-1, keepdims=True, where=allowed, initial=-np.inf
    )
    exps = np.where(allowed, np.exp(logits - top), 0)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% mask (shown): logaddexp
def masked_softmax(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))


# %% mask: loop over rows
def masked_softmax(logits, allowed):
    logits, allowed = np.asarray(logits, dtype=float), np.asarray(allowed)
    result = np.zeros(logits.shape)
    for place in np.ndindex(logits.shape[:-1]):
        row, keep = logits[place], allowed[place]
        if not keep.any():
            result[place] = np.nan
            continue
        exps = np.exp(row[keep] - row[keep].max())
        result[place][keep] = exps / exps.sum()
    return result


# %% mask: copy and overwrite
def masked_softmax(logits, allowed):
    masked = np.array(logits, dtype=float)
    masked[~np.asarray(allowed)] = float("-inf")
    masked -= masked.max(axis=-1, keepdims=True)
    np.exp(masked, out=masked)
    return masked / masked.sum(axis=-1, keepdims=True)


# %% properties: one by one
def is_softmax(f):
    rng = np.random.default_rng(7)
    for _ in range(50):
        z = rng.normal(scale=2, size=3)
        p = list(f(z))
        if min(p) <= 0 or abs(sum(p) - 1) > 1e-6:
            return False
        if max(abs(np.array(p) - f(z + 2.5))) > 1e-6:
            return False
    return True


# %% properties (shown): all at once
def is_softmax(f):
    rows = np.random.default_rng(2).normal(size=(40, 5))
    probs = np.array([f(row) for row in rows])
    moved = np.array([f(row - 1.5) for row in rows])
    return bool(
        (probs > 0).all()
        and np.allclose(probs.sum(axis=1), 1)
        and np.allclose(probs, moved)
    )


# %% properties: three tests
def is_softmax(f):
    rng = np.random.default_rng(3)
    rows = [rng.uniform(-3, 3, size=n) for n in range(2, 8) for _ in range(10)]
    positive = all(np.min(f(z)) > 0 for z in rows)
    sums = all(np.isclose(np.sum(f(z)), 1) for z in rows)
    return positive and sums and all(np.allclose(f(z), f(z + 1)) for z in rows)


# %% mask: a softmax of its own
def masked_softmax(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    z = z - z.max(axis=-1)[..., None]
    return np.exp(z) / np.exp(z).sum(axis=-1)[..., None]


# %% letters (shown): the counts by np.unique
def letter_logits(text):
    logits = np.full(26, -np.inf)
    codes = np.array([ord(c) - ord("a") for c in text.lower()])
    letters, counts = np.unique(
        codes[(codes >= 0) & (codes < 26)], return_counts=True
    )
    logits[letters] = np.log(counts)
    return logits


# %% letters: Counter, logarithms of the shares
def letter_logits(text):
    import math
    from collections import Counter
    from string import ascii_lowercase

    counts = Counter(c for c in text.lower() if c in ascii_lowercase)
    total = sum(counts.values())
    return [
        math.log(counts[c] / total) if c in counts else -math.inf
        for c in ascii_lowercase
    ]


# %% letters: loop, and a constant
def letter_logits(text):
    logits = []
    for code in range(97, 123):
        n = text.count(chr(code)) + text.count(chr(code).upper())
        logits.append(7.5 + np.log(n) if n else float("-inf"))
    return np.array(logits)
