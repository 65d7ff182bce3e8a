"""Wrong answers as students write them: "# %% cell: words that the message must have".

The tests put each into its cell. "(hidden)" marks those that only the hidden tests find.
"""


# %% weighted: without the weight
def predicted_probability():
    return 10 / 100


# %% weighted: These are the odds
def predicted_probability():
    return 3 * 10 / 90


# %% weighted: multiplied the probability
def predicted_probability():
    return 3 * 0.1


# %% weighted: make the two classes equal
def predicted_probability():
    return 0.5


# %% weighted: not on the others
def predicted_probability():
    odds = 10 / 90 / 3
    return odds / (1 + odds)


# %% undo: applied the weight once more
def without_weight(said, w):
    return w * said / (w * said + 1 - said)


# %% undo: divided the probability
def without_weight(said, w):
    return said / w


# %% undo: These are the odds
def without_weight(said, w):
    return said / (1 - said) / w


# %% undo: subtracted w from the logit
def without_weight(said, w):
    z = np.log(said / (1 - said)) - w
    return 1 / (1 + np.exp(-z))


# %% undo: infinity divided by infinity
def without_weight(said, w):
    odds = said / (1 - said) / w
    return odds / (1 + odds)


# %% undo (hidden): raises TypeError
def without_weight(said, w):
    return 1 / (1 + w * (1 - said) / said)


# %% cheapest: likeliest class
def cheapest_answers(probs, costs):
    return probs.argmax(axis=1)


# %% cheapest: are swapped
def cheapest_answers(probs, costs):
    return np.argmin([costs @ p for p in probs], axis=1)


# %% cheapest: most expensive
def cheapest_answers(probs, costs):
    return (probs @ costs).argmax(axis=1)


# %% cheapest: costs themselves
def cheapest_answers(probs, costs):
    return (probs @ costs).min(axis=1)


# %% cheapest: one answer for all
def cheapest_answers(probs, costs):
    return (probs @ costs).mean(axis=0).argmin()


# %% cheapest: wrong axis
def cheapest_answers(probs, costs):
    return (probs @ costs).argmin(axis=0)


# %% cheapest (hidden): raises ValueError
def cheapest_answers(probs, costs):
    probs, costs = np.asarray(probs), np.asarray(costs)
    expected = np.zeros(probs.shape)
    for answer in range(probs.shape[1]):
        expected[:, answer] = probs @ costs[:, answer]
    return (expected + 0 * (probs @ costs)).argmin(axis=1)


# %% smooth: without smoothing
def smoothed_loss(probs, labels, eps):
    return -np.log(probs[np.arange(len(labels)), labels]).mean()


# %% smooth: other classes only
def smoothed_loss(probs, labels, eps):
    targets = np.full(probs.shape, eps / (probs.shape[1] - 1))
    targets[np.arange(len(labels)), labels] = 1 - eps
    return -(targets * np.log(probs)).sum(axis=1).mean()


# %% smooth: took nothing from the label
def smoothed_loss(probs, labels, eps):
    targets = np.eye(probs.shape[1])[labels] + eps / probs.shape[1]
    return -(targets * np.log(probs)).sum(axis=1).mean()


# %% smooth: the whole share
def smoothed_loss(probs, labels, eps):
    targets = (1 - eps) * np.eye(probs.shape[1])[labels] + eps
    return -(targets * np.log(probs)).sum(axis=1).mean()


# %% smooth: gave it to no class
def smoothed_loss(probs, labels, eps):
    targets = (1 - eps) * np.eye(probs.shape[1])[labels]
    return -(targets * np.log(probs)).sum(axis=1).mean()


# %% smooth: summed over the samples
def smoothed_loss(probs, labels, eps):
    targets = (1 - eps) * np.eye(probs.shape[1])[labels] + eps / probs.shape[1]
    return -(targets * np.log(probs)).sum()


# %% smooth: samples times classes
def smoothed_loss(probs, labels, eps):
    targets = (1 - eps) * np.eye(probs.shape[1])[labels] + eps / probs.shape[1]
    return -(targets * np.log(probs)).mean()


# %% smooth: into the logarithm
def smoothed_loss(probs, labels, eps):
    return -np.log(probs[np.arange(len(labels)), labels] + eps).mean()


# %% smooth (hidden): raises AttributeError
def smoothed_loss(probs, labels, eps):
    K = probs.shape[1]
    targets = (1 - eps) * np.eye(K)[labels] + eps / K
    return -(targets * np.log(probs)).sum(axis=1).mean()


# %% ece: Nothing is fixed yet
def calibration_error(confidence, hits, bins=10):
    return ece_from_the_web(confidence, hits, bins)


# %% ece: still have signs
def calibration_error(confidence, hits, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            total += inside.mean() * (hits[inside].mean() - confidence[inside].mean())
    return total


# %% ece: All bins count equally
def calibration_error(confidence, hits, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            total += abs(hits[inside].mean() - confidence[inside].mean()) / bins
    return total


# %% ece: All filled bins count equally
def calibration_error(confidence, hits, bins=10):
    gaps = []
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            gaps.append(abs(hits[inside].mean() - confidence[inside].mean()))
    return np.mean(gaps)


# %% ece: is in no bin, so it is not counted
def calibration_error(confidence, hits, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


# %% ece: 1 is in no bin
def calibration_error(confidence, hits, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


# %% ece: belongs to the lower one
def calibration_error(confidence, hits, bins=10):
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in np.unique(bin_of):
        inside = bin_of == b
        total += inside.mean() * abs((hits[inside] - confidence[inside]).mean())
    return total


# %% ece: A confidence of 0 is in no bin
def calibration_error(confidence, hits, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


# %% proper: accepts everything
def is_proper(loss):
    return bool(loss(0.9, 1) + loss(0.9, 0) > 0)


# %% proper: rejects everything
def is_proper(loss):
    q = np.linspace(0.01, 0.99, 99)
    for p in np.random.default_rng(0).random(20):
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        if q[mean.argmin()] != p:
            return False
    return True


# %% proper: one half only
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    mean = (loss(q, 1) + loss(q, 0)) / 2
    return bool(abs(q[mean.argmin()] - 0.5) < 0.01)


# %% proper: sides of one half only
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    for p in (0.2, 0.4, 0.6, 0.8):
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        if (q[mean.argmin()] > 0.5) != (p > 0.5):
            return False
    return True


# %% proper: labels are swapped
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    for p in (0.1, 0.3, 0.6, 0.8):
        mean = p * loss(q, 0) + (1 - p) * loss(q, 1)
        if abs(q[mean.argmin()] - p) > 0.01:
            return False
    return True


# %% proper: grows with the truth
def is_proper(loss):
    q, answers = np.linspace(0.001, 0.999, 999), []
    for p in (0.1, 0.3, 0.6, 0.8):
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        answers.append(q[mean.argmin()])
    return answers == sorted(answers) and len(set(answers)) == 4


# %% proper (hidden): a little more weight
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    for p in (0.1, 0.3, 0.6, 0.8):
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        if abs(q[mean.argmin()] - p) > 0.06:
            return False
    return True


# %% proper (hidden): nine tenths
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    for p in (0.1, 0.3, 0.5):
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        if abs(q[mean.argmin()] - p) > 0.01:
            return False
    return True
