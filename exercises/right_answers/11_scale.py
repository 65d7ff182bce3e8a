"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% rate: a decimal
def bits_per_byte_of_model():
    return 1.0736


# %% rate (shown): a text of a thousand tokens
def bits_per_byte_of_model():
    tokens = 1000
    bits = tokens * 3.2 * np.log2(np.e)
    return bits / (tokens * 4.3)


# %% rate: the logarithm of the perplexity
def bits_per_byte_of_model():
    perplexity = np.exp(3.2)
    return np.log2(perplexity) / 4.3


# %% table: a decimal
def gigabytes_of_logits():
    return 16.8


# %% table (shown): the bytes of an array that nobody makes
def gigabytes_of_logits():
    shape = (8, 4096, 256_000)
    return np.prod(shape, dtype=float) * np.float16().nbytes / 1e9


# %% table: one token has half a megabyte
def gigabytes_of_logits():
    per_token = 256_000 * 2
    return 8 * 4096 * per_token * 1e-9


# %% slices (shown): three numbers per slice, then one merge
def split_loss(slices, labels):
    tops, sums, targets, first = [], [], [], 0
    for part in map(np.array, slices):
        part = part.astype(float)
        top = part.max(axis=1)
        tops.append(top)
        sums.append(np.exp(part - top[:, None]).sum(axis=1))
        columns = np.arange(first, first + part.shape[1])
        here = np.asarray(labels)[:, None] == columns
        targets.append(np.where(here, part, 0).sum(axis=1))
        first += part.shape[1]
    top = np.max(tops, axis=0)
    total = np.sum(sums * np.exp(tops - top), axis=0)
    return np.mean(top + np.log(total) - np.sum(targets, axis=0))


# %% slices: all columns in one table
def split_loss(slices, labels):
    z = np.concatenate(slices, axis=1).astype(float)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(z)), labels].mean()


# %% slices: logaddexp
def split_loss(slices, labels):
    lse = -np.inf
    for part in slices:
        part = np.asarray(part, dtype=np.float64)
        lse = np.logaddexp(lse, np.logaddexp.reduce(part, axis=1))
    row_of = [
        np.concatenate([np.asarray(p)[i] for p in slices])
        for i in range(len(labels))
    ]
    return np.mean(
        [
            lse[i] - row[y]
            for i, (row, y) in enumerate(zip(row_of, labels, strict=True))
        ]
    )


# %% slices: rows in a loop
def split_loss(slices, labels):
    losses = []
    for i, y in enumerate(labels):
        row = [float(z) for part in slices for z in part[i]]
        top = max(row)
        total = sum(np.exp(z - top) for z in row)
        losses.append(top - row[y] + np.log(total))
    return sum(losses) / len(losses)


# %% mean (shown): over the mean number of tokens
def factors(tokens):
    return np.asarray(tokens) / np.mean(tokens)


# %% mean: a list
def factors(tokens):
    total = sum(int(n) for n in tokens)
    return [len(tokens) * int(n) / total for n in tokens]


# %% mean: normalised by the sum
def factors(tokens):
    share = np.array(tokens, dtype=float)
    share /= share.sum()
    return share * share.size


# %% draws (shown): logits, then softmax
def learned_probabilities(p, Q):
    z = np.log(p) - np.log(Q)
    return np.exp(z) / np.exp(z).sum()


# %% draws: a loop
def learned_probabilities(p, Q):
    ratios = [a / b for a, b in zip(p, Q, strict=True)]
    return [ratio / sum(ratios) for ratio in ratios]


# %% draws: divide
def learned_probabilities(p, Q):
    ratio = np.divide(p, Q)
    return np.divide(ratio, np.sum(ratio))


# %% learning (shown): counters
def bits_while_learning(data):
    from collections import Counter, defaultdict

    counts, bits = defaultdict(Counter), 0
    for t, byte in enumerate(data):
        keys = [data[t - n : t] for n in range(min(t, 4) + 1)]
        f = 1 + sum(16**n * counts[key][byte] for n, key in enumerate(keys))
        total = 256 + sum(
            16**n * sum(counts[key].values()) for n, key in enumerate(keys)
        )
        bits += np.log2(total / f)
        for key in keys:
            counts[key][byte] += 1
    return bits


# %% learning: what follows is searched in the text
def bits_while_learning(data):
    bits = 0.0
    for t in range(len(data)):
        weights = np.ones(256)
        for n in range(min(t, 4) + 1):
            for s in range(n, t):
                if data[s - n : s] == data[t - n : t]:
                    weights[data[s]] += 16**n
        bits -= np.log2(weights[data[t]] / weights.sum())
    return bits


# %% learning: one dictionary of pairs
def bits_while_learning(data):
    seen, total = {}, 0.0
    for t, byte in enumerate(data):
        over, under = 1, 256
        for n in range(min(t, 4) + 1):
            context = bytes(data[t - n : t])
            over += 16**n * seen.get((context, byte), 0)
            under += 16**n * seen.get(context, 0)
            seen[context, byte] = seen.get((context, byte), 0) + 1
            seen[context] = seen.get(context, 0) + 1
        total += np.log2(under) - np.log2(over)
    return total
