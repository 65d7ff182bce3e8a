"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% counter (shown): counted until the sum stands still
def predicted_sum():
    total = np.float16(0)
    while total + np.float16(1) > total:
        total += np.float16(1)
    return total


# %% counter: from the number of bits
def predicted_sum():
    return 2.0 ** (np.finfo(np.float16).nmant + 1)


# %% counter: cumulative sum
def predicted_sum():
    return np.cumsum(np.ones(5000, dtype=np.float16), dtype=np.float16)[-1]


# %% softplus (shown): logaddexp
def softplus_of(z):
    return np.logaddexp(0, z)


# %% softplus: chosen by the sign
def softplus_of(z):
    z = np.asarray(z)
    with np.errstate(over="ignore"):
        return np.where(z > 0, z + np.log1p(np.exp(-z)), np.log1p(np.exp(z)))


# %% softplus: one by one
def softplus_of(z):
    import math

    def one(z):
        return math.log1p(math.exp(-abs(z))) + (z if z > 0 else 0.0)

    return np.reshape([one(x) for x in np.ravel(z)], np.shape(z))


# %% softplus: minus the logarithm of a sigmoid
def softplus_of(z):
    z = np.asarray(z)
    r = np.exp(-np.abs(z))
    return np.log1p(r) + np.clip(z, 0, None)


# %% merge (shown): both rewritten with the larger c
def merged(first, second):
    c = np.maximum(first[0], second[0])
    shift = c if np.isfinite(c) else 0.0
    total = sum(s * np.exp(part - shift) for part, s in (first, second))
    return c, total


# %% merge: sorted
def merged(first, second):
    (low, s_low), (high, s_high) = sorted([first, second])
    if s_low == 0:
        return high, s_high
    return high, s_high + s_low * np.exp(low - high)


# %% merge: logaddexp
def merged(first, second):
    (c_1, s_1), (c_2, s_2) = first, second
    if s_1 == 0:
        return second
    if s_2 == 0:
        return list(first)
    c = max(c_1, c_2)
    both = np.logaddexp(c_1 - c + np.log(s_1), c_2 - c + np.log(s_2))
    return np.array([c, np.exp(both)])


# %% merge: the difference decides
def merged(first, second):
    (c_1, s_1), (c_2, s_2) = first, second
    gap = np.nan_to_num(c_1 - c_2, nan=0.0)
    if gap >= 0:
        return c_1, s_1 + s_2 * np.exp(-gap)
    return c_2, s_2 + s_1 * np.exp(gap)


# %% scale (shown): doubled and halved by trial
def loss_scale(gradients):
    def overflows(factor):
        with np.errstate(over="ignore"):
            return np.isinf(np.float16(factor * np.array(gradients))).any()

    factor = 1.0
    while not overflows(2 * factor):
        factor *= 2
    while overflows(factor):
        factor /= 2
    return factor


# %% scale: a power of 2 from the logarithm
def loss_scale(gradients):
    top = np.finfo(np.float16).max / np.abs(np.asarray(gradients, float)).max()
    return 2.0 ** np.floor(np.log2(top))


# %% scale: the largest number of float16
def loss_scale(gradients):
    top = float(np.finfo(np.float16).max)
    return top / max(abs(float(g)) for g in np.ravel(gradients))


# %% scale: frexp, with room to grow
def loss_scale(gradients):
    _, exponent = np.frexp(np.linalg.norm(np.ravel(gradients), np.inf))
    return np.ldexp(1.0, 12 - exponent)


# %% pull (shown): step by step
def still_pulls(loss):
    for z in range(-1000, 0):
        here, there = loss(np.array([z, z + 1.0]))
        if not here - there > 0.5:
            return False
    return True


# %% pull: two arrays
def still_pulls(loss):
    z = np.arange(-1000, 0, dtype=float)
    return np.all(loss(z) > loss(z + 1) + 0.5)


# %% pull: the smallest fall
def still_pulls(loss):
    falls = -np.diff(loss(np.linspace(-1000, 0, 1001)))
    return bool(falls.min() > 0.5)


# %% pull: all of a generator, backwards
def still_pulls(loss):
    values = list(loss(np.arange(0.0, -1001, -1)))
    pairs = zip(values[1:], values[:-1], strict=True)
    return all(far - near > 1 / 2 for far, near in pairs)


# %% safe (shown): logaddexp of the gaps
def losses_from_logits(logits, labels):
    logits = np.array(logits)
    rows = np.arange(len(logits))
    gaps = logits - logits[rows, labels][:, np.newaxis]
    gaps[rows, labels] = -np.inf  # the label itself is the 0
    others = np.logaddexp.reduce(gaps, axis=1)
    return np.logaddexp(0, others)


# %% safe: sorted rows
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    ordered = np.sort(logits, axis=1)
    top = ordered[:, -1]
    others = np.exp(ordered[:, :-1] - top[:, np.newaxis]).sum(axis=1)
    picked = np.take_along_axis(logits, np.array(labels)[:, None], axis=1)
    return np.log1p(others) + (top - picked[:, 0])


# %% safe: row by row
def losses_from_logits(logits, labels):
    losses = []
    for row, label in zip(np.asarray(logits), labels, strict=True):
        j = np.argmax(row)
        others = np.exp(np.delete(row, j) - row[j])
        losses.append((row[j] - row[label]) + np.log1p(np.sum(others)))
    return losses


# %% safe: expm1 takes the 1 away again
def losses_from_logits(logits, labels):
    z = np.asarray(logits)
    n = np.arange(len(z))
    first = z == z.max(axis=1, keepdims=True)
    first &= np.cumsum(first, axis=1) == 1
    z = z - z.max(axis=1, keepdims=True)
    others = np.exp(z, where=~first, out=np.zeros_like(z)).sum(axis=1)
    return np.log1p(others) - z[n, labels]
