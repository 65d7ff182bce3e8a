"""Right answers in different forms: "# %% cell: form".

The tests put each into its cell, and it must get all points. The page shows
those marked with "(shown)".
"""


# %% weighted: counts
def predicted_probability():
    return 3 * 10 / (3 * 10 + 90)


# %% weighted (shown): with logits
def predicted_probability():
    logit = np.log(10 / 90) + np.log(3)
    return 1 / (1 + np.exp(-logit))


# %% weighted: the lowest loss on a grid
def predicted_probability():
    q = np.linspace(0, 1, 10_001)[1:-1]
    loss = -3 * 10 * np.log(q) - 90 * np.log(1 - q)
    return q[loss.argmin()]


# %% undo: odds
def without_weight(said, w):
    said = np.array(said, dtype=float)
    odds = np.full(said.shape, np.inf)
    np.divide(said, 1 - said, out=odds, where=said < 1)
    return 1 - 1 / (1 + odds / w)


# %% undo (shown): odds, written for probabilities above 0
def without_weight(said, w):
    with np.errstate(divide="ignore"):  # 1 / 0 is ∞, and 1 / ∞ is 0
        odds_against = 1 / np.asarray(said) - 1
        return 1 / (1 + w * odds_against)


# %% undo: logits
def without_weight(said, w):
    said = np.asarray(said)
    with np.errstate(divide="ignore", over="ignore"):
        z = np.log(said) - np.log1p(-said) - np.log(w)
        return np.exp(-np.logaddexp(0, -z))


# %% undo: one by one
def without_weight(said, w):
    flat = [float(p) / (float(p) + w * (1 - float(p))) for p in np.ravel(said)]
    return np.reshape(flat, np.shape(said))


# %% cheapest: loops
def cheapest_answers(probs, costs):
    answers = []
    for row in probs:
        expected = [
            sum(p * cost[a] for p, cost in zip(row, costs, strict=True))
            for a in range(len(costs[0]))
        ]
        answers.append(expected.index(min(expected)))
    return answers


# %% cheapest (shown): one line of einsum
def cheapest_answers(probs, costs):
    return np.einsum("nk,ka->na", probs, costs).argmin(axis=1)


# %% cheapest: broadcasting, the dearest of the negative costs
def cheapest_answers(probs, costs):
    probs, costs = (
        np.asarray(probs, dtype=float),
        np.asarray(costs, dtype=float),
    )
    return np.argmax(
        -(probs[:, :, None] * costs[None]).sum(axis=1), axis=-1
    ).astype(np.int32)


# %% proper (shown): all truths at once
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    p = np.linspace(0.05, 0.95, 91)[:, np.newaxis]  # one row per truth
    best = q[(p * loss(q, 1) + (1 - p) * loss(q, 0)).argmin(axis=1)]
    return np.allclose(best, p[:, 0], rtol=0, atol=0.01)


# %% proper: number by number, ends included
def is_proper(loss):
    grid = [k / 500 for k in range(1, 500)]
    costs = [(float(loss(q, 1)), float(loss(q, 0))) for q in grid]
    for p in (0.05, 0.15, 0.3, 0.45, 0.62, 0.75, 0.85):
        mean = [p * one + (1 - p) * zero for one, zero in costs]
        if abs(grid[mean.index(min(mean))] - p) >= 0.01:
            return False
    return True


# %% proper: random truths against random answers
def is_proper(loss):
    rng = np.random.default_rng(0)
    q = rng.uniform(0.001, 0.999, size=4000)
    for p in rng.uniform(0.1, 0.9, size=40):
        at_p = p * loss(p, 1) + (1 - p) * loss(p, 0)
        others = q[abs(q - p) > 0.01]
        if (p * loss(others, 1) + (1 - p) * loss(others, 0)).min() < at_p:
            return False
    return True


# %% recalibrate (shown): all temperatures at once
def recalibrate(z_valid, y_valid, z_new):
    T = np.geomspace(0.001, 1000, 200)[:, np.newaxis, np.newaxis]
    probs = softmax(np.asarray(z_valid) / T)  # (temperatures, N, K)
    score = np.log(probs[:, np.arange(len(y_valid)), y_valid]).mean(axis=1)
    return softmax(np.asarray(z_new) / T[score.argmax()])


# %% recalibrate: bisection on the slope in 1/T, own softmax
def recalibrate(z_valid, y_valid, z_new):
    z, rows = np.array(z_valid, dtype=float), np.arange(len(z_valid))

    def probabilities(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    low, high = 1e-6, 1e6
    for _ in range(80):
        b = np.sqrt(low * high)
        slope = (
            (probabilities(b * z) * z).sum(axis=1) - z[rows, y_valid]
        ).mean()
        low, high = (low, b) if slope > 0 else (b, high)
    return probabilities(b * np.array(z_new, dtype=float)).tolist()


# %% recalibrate: powers of the probabilities
def recalibrate(z_valid, y_valid, z_new):
    log_p = np.asarray(z_valid) - np.logaddexp.reduce(
        z_valid, axis=1, keepdims=True
    )
    log_q = np.asarray(z_new) - np.logaddexp.reduce(
        z_new, axis=1, keepdims=True
    )
    best = None
    for power in 10.0 ** np.arange(-4, 4, 0.02):
        z = power * log_p
        loss = (
            np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), y_valid]
        ).mean()
        if best is None or loss < best[0]:
            best = loss, power
    q = np.exp(best[1] * log_q)
    return (q / q.sum(axis=1, keepdims=True)).astype(np.float32)


# %% recalibrate: steps of descent on the logarithm of T
def recalibrate(z_valid, y_valid, z_new):
    z, Y = np.asarray(z_valid, dtype=float), np.eye(10)[y_valid]
    b = 1 / np.std(z)
    for _ in range(300):
        slope = b * ((softmax(b * z) - Y) * z).sum(axis=1).mean()
        b *= np.exp(-np.clip(slope, -0.2, 0.2))
    return softmax(b * np.asarray(z_new))


# %% ece (shown): counts and sums of the bins
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    edges = np.arange(1, bins) / bins
    bin_of = np.digitize(confidence, edges, right=True)
    gaps = np.bincount(bin_of, weights=hits - confidence)
    return np.abs(gaps).sum() / len(hits)


# %% ece: searchsorted, one bin after the other
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.array(confidence), np.array(hits)
    bin_of = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    shares = [np.mean(bin_of == b) for b in np.unique(bin_of)]
    gaps = [
        np.mean((hits - confidence)[bin_of == b]) for b in np.unique(bin_of)
    ]
    return np.dot(shares, np.abs(gaps))


# %% ece: a dictionary of lists
def calibration_error(confidence, hits, bins=10):
    found = {}
    for c, hit in zip(confidence, hits, strict=True):
        b = next(b for b in range(bins) if c <= (b + 1) / bins)
        found.setdefault(b, []).append(hit - float(c))
    return sum(abs(sum(gaps)) for gaps in found.values()) / len(confidence)


# %% ece: ceil
def calibration_error(confidence, hits, bins=10):
    confidence = np.asarray(confidence, dtype=np.float64)
    bin_of = np.maximum(np.ceil(confidence * bins), 1)
    which = bin_of == np.arange(1, bins + 1)[:, None]
    return abs(which @ (np.asarray(hits) - confidence)).sum() / confidence.size
