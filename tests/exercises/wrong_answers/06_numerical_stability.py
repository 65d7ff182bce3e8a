"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% counter: what the sum should be
def predicted_sum():
    return 5000


# %% counter: range is not the limit
def predicted_sum():
    return 65504


# %% counter: power of 2 too low
def predicted_sum():
    return 2**10


# %% counter: power of 2 too high
def predicted_sum():
    return 2**12


# %% counter: Just before
def predicted_sum():
    return 2**11 - 1


# %% counter: where bfloat16 ends
def predicted_sum():
    return 256


# %% softplus (1 points): e to the 1000 overflows. Let
def softplus_of(z):
    return np.log1p(np.exp(z))


# %% softplus (1 points): Small results are 0
def softplus_of(z):
    return np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z)))


# %% softplus: Both at once
def softplus_of(z):
    return np.log(1 + np.exp(z))


# %% softplus: only the ramp
def softplus_of(z):
    return np.where(z > 0, z, 0)


# %% softplus: ramp is missing
def softplus_of(z):
    return np.log1p(np.exp(-np.abs(z)))


# %% softplus: other way round
def softplus_of(z):
    return np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))


# %% softplus (hidden): raises TypeError
def softplus_of(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-1.0 * z * np.sign(z)))


# %% merge: cannot just be added
def merged(first, second):
    return max(first[0], second[0]), first[1] + second[1]


# %% merge: wrong sign
def merged(first, second):
    c = max(first[0], second[0])
    return c, first[1] * np.exp(c - first[0]) + second[1] * np.exp(c - second[0])


# %% merge: c of the first piece
def merged(first, second):
    (c, s), (other, total) = first, second
    return c, s + total * np.exp(other - c)


# %% merge: threw the other one away
def merged(first, second):
    return first if first >= second else second


# %% merge: exponential of c itself
def merged(first, second):
    (c, s), (other, total) = first, second
    top = max(c, other)
    return top, (s * np.exp(c) + total * np.exp(other)) / np.exp(top)


# %% merge (2 points): ruled out give NaN
def merged(first, second):
    (c, s), (other, total) = first, second
    top = max(c, other)
    return top, s * np.exp(c - top) + total * np.exp(other - top)


# %% merge: log-sum-exp of both
def merged(first, second):
    (c, s), (other, total) = first, second
    top = max(c, other)
    return top + np.log(s * np.exp(c - top) + total * np.exp(other - top))


# %% safe: Nothing is fixed yet
def losses_from_logits(logits, labels):
    return losses_from_the_web(logits, labels)


# %% safe (2 points): a perfect one is below 0
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels] + 1e-7)


# %% safe (2 points): rounded to 0 before its logarithm
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels])


# %% safe (2 points): ε by another name
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels].clip(min=1e-7))


# %% safe (2 points): Without a shift
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]


# %% safe (3 points): have no digits left
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    z = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels]


# %% safe (3 points): NaN has become a number
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    rows, j = np.arange(len(labels)), logits.argmax(axis=1)
    exps = np.exp(logits - logits[rows, j][:, None])
    exps[rows, j] = 0
    losses = logits[rows, j] - logits[rows, labels] + np.log1p(exps.sum(axis=1))
    return np.nan_to_num(losses)


# %% safe: mean over the rows
def losses_from_logits(logits, labels):
    rows, j = np.arange(len(labels)), logits.argmax(axis=1)
    exps = np.exp(logits - logits[rows, j][:, None])
    exps[rows, j] = 0
    losses = logits[rows, j] - logits[rows, labels] + np.log1p(exps.sum(axis=1))
    return losses.mean()


# %% safe (hidden): losses_from_logits(
def losses_from_logits(logits, labels):
    logits = np.asarray(logits)
    rows = np.arange(len(labels))
    gaps = logits - logits.max(axis=1, keepdims=True)
    others = np.where(gaps == 0, 0, np.exp(gaps)).sum(axis=1)  # wrong if two tie
    return np.log1p(others) - gaps[rows, labels]


# %% pull: accepts everything
def still_pulls(loss):
    z = np.arange(-1000.0, 1)
    return len(loss(z)) == len(z)


# %% pull: rejects everything
def still_pulls(loss):
    z = np.arange(-1000.0, 1)
    return bool(np.all(np.diff(loss(z)) == -1))


# %% pull: near 0 only
def still_pulls(loss):
    return all(loss(np.array([z]))[0] > loss(np.array([z + 1]))[0] + 0.5 for z in range(-5, 0))


# %% pull: far enough
def still_pulls(loss):
    z = np.arange(-80.0, 1)
    return bool(np.all(-np.diff(loss(z)) > 0.5))


# %% pull: falls at all
def still_pulls(loss):
    z = np.arange(-40.0, 1)
    return bool(np.all(np.diff(loss(z)) < 0))


# %% pull: only ask for finite numbers
def still_pulls(loss):
    return bool(np.isfinite(loss(np.arange(-1000.0, 1))).all())


# %% pull: NaN has slipped through
def still_pulls(loss):
    values = loss(np.arange(-1000.0, 1))
    return all(not (a - b <= 0.5) for a, b in zip(values[:-1], values[1:], strict=True))


# %% pull: two ends only
def still_pulls(loss):
    values = loss(np.array([-1000.0, 0.0]))
    return bool(values[0] > values[1] + 0.5)


# %% pull: absolute value of the change
def still_pulls(loss):
    return bool(np.all(np.abs(np.diff(loss(np.arange(-1000.0, 1)))) > 0.5))


# %% pull (hidden): just too little
def still_pulls(loss):
    return bool(np.all(-np.diff(loss(np.arange(-1000.0, 1))) > 0.1))


# %% safe (2 points): a perfect one is below 0
def losses_from_logits(logits, labels):
    z = np.asarray(logits)
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels] + 1e-10)


# %% safe (1 points): ε and nan_to_num are still there
def losses_from_logits(logits, labels):
    z = np.asarray(logits)
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    probs = np.nan_to_num(exps / exps.sum(axis=1, keepdims=True))
    return -np.log(probs[np.arange(len(labels)), labels] + 1e-7)


# %% safe (1 points): and ε is still there
def losses_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels] + 1e-7)


# %% safe (1 points): and nan_to_num is still there
def losses_from_logits(logits, labels):
    exps = np.exp(logits)
    probs = np.nan_to_num(exps / exps.sum(axis=1, keepdims=True))
    return -np.log(probs[np.arange(len(labels)), labels])


# %% pull (hidden): not from -613 to -612
def still_pulls(loss):
    z = np.arange(-1000.0, 0, 5)
    return bool(np.all(loss(z) - loss(z + 1) > 0.5))


# %% scale: Nothing is scaled
def loss_scale(gradients):
    return 1


# %% scale: The same factor cannot suit
def loss_scale(gradients):
    return 2**16


# %% scale: Take absolute values
def loss_scale(gradients):
    return 60_000 / np.max(gradients)


# %% scale: is wasted
def loss_scale(gradients):
    return 1 / np.max(np.abs(gradients))


# %% scale (hidden): the smallest entry
def loss_scale(gradients):
    return np.finfo(np.float16).tiny / np.min(np.abs(gradients))


# %% scale: You look at the mean
def loss_scale(gradients):
    return 65_504 / np.mean(np.abs(gradients))


# %% scale: expected a factor
def loss_scale(gradients):
    return 60_000 / np.max(np.abs(gradients)) * gradients


# %% scale: the factor nan, expected
def loss_scale(gradients):
    return np.nan


# %% scale (hidden): expected a factor
def loss_scale(gradients):
    factor = 2.0**40
    while np.isinf(np.float16(factor * np.max(np.abs(gradients)))) and factor > 1:
        factor /= 2
    return factor
