"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% rate: These are nats per byte
def bits_per_byte_of_model():
    return 3.2 / 4.3


# %% rate: These are bits per token
def bits_per_byte_of_model():
    return 3.2 / np.log(2)


# %% rate: divide by 4.3
def bits_per_byte_of_model():
    return 3.2 * 4.3 / np.log(2)


# %% rate: A perplexity cannot be divided
def bits_per_byte_of_model():
    return np.exp(3.2) / 4.3


# %% rate: This is the perplexity per byte
def bits_per_byte_of_model():
    return np.exp(3.2 / 4.3)


# %% rate: From nats to bits the number grows
def bits_per_byte_of_model():
    return 3.2 * np.log(2) / 4.3


# %% table: 2 bytes, not 4
def gigabytes_of_logits():
    return 8 * 4096 * 256_000 * 4 / 1e9


# %% table: the table of one text
def gigabytes_of_logits():
    return 4096 * 256_000 * 2 / 1e9


# %% table: billions of numbers
def gigabytes_of_logits():
    return 8 * 4096 * 256_000 / 1e9


# %% table: These are GiB
def gigabytes_of_logits():
    return 8 * 4096 * 256_000 * 2 / 1024**3


# %% table: These are bytes
def gigabytes_of_logits():
    return 8 * 4096 * 256_000 * 2


# %% table: three tables
def gigabytes_of_logits():
    return 3 * 8 * 4096 * 256_000 * 4 / 1e9


# %% slices: Rescale them to one
def split_loss(slices, labels):
    slices = [np.asarray(part, dtype=float) for part in slices]
    tops = [part.max(axis=1) for part in slices]
    total = sum(
        np.exp(part - top[:, None]).sum(axis=1) for part, top in zip(slices, tops, strict=True)
    )
    target = np.concatenate(slices, axis=1)[np.arange(len(labels)), labels]
    return np.mean(np.max(tops, axis=0) + np.log(total) - target)


# %% slices: You add up log-sum-exps
def split_loss(slices, labels):
    slices = [np.asarray(part, dtype=float) for part in slices]
    lse = sum(np.logaddexp.reduce(part, axis=1) for part in slices)
    target = np.concatenate(slices, axis=1)[np.arange(len(labels)), labels]
    return np.mean(lse - target)


# %% slices: its own slice alone
def split_loss(slices, labels):
    first, losses = 0, np.zeros(len(labels))
    for part in slices:
        part = np.asarray(part, dtype=float)
        for i, y in enumerate(labels):
            if first <= y < first + part.shape[1]:
                losses[i] = np.logaddexp.reduce(part[i]) - part[i, y - first]
        first += part.shape[1]
    return losses.mean()


# %% slices: exponentials overflow
def split_loss(slices, labels):
    total = sum(np.exp(np.asarray(part)).sum(axis=1) for part in slices)
    target = np.concatenate(slices, axis=1)[np.arange(len(labels)), labels]
    return np.mean(np.log(total) - target)


# %% slices: This is the sum over the rows
def split_loss(slices, labels):
    z = np.concatenate(slices, axis=1)
    return np.sum(np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), labels])


# %% slices: The sign is wrong
def split_loss(slices, labels):
    z = np.concatenate(slices, axis=1)
    return np.mean(z[np.arange(len(z)), labels] - np.logaddexp.reduce(z, axis=1))


# %% slices: The label's logit is missing
def split_loss(slices, labels):
    return np.mean(np.logaddexp.reduce(np.concatenate(slices, axis=1), axis=1))


# %% slices: The label belongs to one slice only
def split_loss(slices, labels):
    slices = [np.asarray(part, dtype=float) for part in slices]
    rows = np.arange(len(labels))
    z = np.concatenate(slices, axis=1)
    target = sum(part[rows, np.minimum(labels, part.shape[1] - 1)] for part in slices)
    return np.mean(np.logaddexp.reduce(z, axis=1) - target)


# %% slices (hidden): split_loss
def split_loss(slices, labels):
    z = np.concatenate(slices, axis=1)
    return np.mean(np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), labels.tolist()])


# %% mean: shares of the tokens
def factors(tokens):
    return np.asarray(tokens) / np.sum(tokens)


# %% mean: mean of means
def factors(tokens):
    return np.ones(len(tokens))


# %% mean: right for sums of losses
def factors(tokens):
    return np.full(len(tokens), len(tokens) / np.sum(tokens))


# %% mean: if the engine only added up
def factors(tokens):
    return np.full(len(tokens), 1 / np.sum(tokens))


# %% mean: more say, not less
def factors(tokens):
    return np.mean(tokens) / np.asarray(tokens)


# %% mean: You divide by G
def factors(tokens):
    return np.asarray(tokens) / np.sum(tokens) / len(tokens)


# %% mean (hidden): factors
def factors(tokens):
    return 2 * tokens / tokens.sum() if len(tokens) == 2 else len(tokens) * tokens / tokens.sum()


# %% draws: from all classes
def learned_probabilities(p, Q):
    return p


# %% draws: pushed down, not up
def learned_probabilities(p, Q):
    return p * Q / np.sum(p * Q)


# %% draws: do not add up to 1
def learned_probabilities(p, Q):
    return p / Q


# %% draws: These are the logits
def learned_probabilities(p, Q):
    return np.log(p / Q)


# %% draws: how negatives are drawn
def learned_probabilities(p, Q):
    return Q


# %% learning: before you code it
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.ones(256)
        for n in range(min(t, 4) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            row[byte] += 1
            f += 16**n * row
        bits += np.log2(f.sum() / f[byte])
    return bits


# %% learning: 16 times as much
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.ones(256)
        for n in range(min(t, 4) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            f += row
            row[byte] += 1
        bits += np.log2(f.sum() / f[byte])
    return bits


# %% learning: This is in nats
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.ones(256)
        for n in range(min(t, 4) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            f += 16**n * row
            row[byte] += 1
        bits += np.log(f.sum() / f[byte])
    return bits


# %% learning: what is new has no code
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.zeros(256)
        for n in range(min(t, 4) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            f += 16**n * row
            row[byte] += 1
        bits += np.log2(f.sum() / f[byte])
    return bits


# %% learning: longest context should have 4
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.ones(256)
        for n in range(min(t, 3) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            f += 16**n * row
            row[byte] += 1
        bits += np.log2(f.sum() / f[byte])
    return bits


# %% learning: This is the mean
def bits_while_learning(data):
    counts, bits = {}, 0.0
    for t, byte in enumerate(data):
        f = np.ones(256)
        for n in range(min(t, 4) + 1):
            row = counts.setdefault((n, data[t - n : t]), np.zeros(256))
            f += 16**n * row
            row[byte] += 1
        bits += np.log2(f.sum() / f[byte])
    return bits / len(data)
