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


# %% proper (hidden): a little more weight
def is_proper(loss):
    q = np.linspace(0.001, 0.999, 999)
    for p in (0.1, 0.3, 0.5, 0.7, 0.9):  # compares losses, and not the answers
        mean = p * loss(q, 1) + (1 - p) * loss(q, 0)
        if p * loss(p, 1) + (1 - p) * loss(p, 0) > mean.min() + 0.01:
            return False
    return True


# %% recalibrate: The probabilities are as they were
def recalibrate(z_valid, y_valid, z_new):
    return softmax(z_new)


# %% recalibrate: The loss has grown
def recalibrate(z_valid, y_valid, z_new):
    z, rows = np.asarray(z_valid), np.arange(len(z_valid))
    Ts = np.geomspace(0.001, 1000, 2000)
    losses = [-np.log(softmax(z / T)[rows, y_valid]).mean() for T in Ts]
    return softmax(np.asarray(z_new) * Ts[np.argmin(losses)])


# %% recalibrate: times the loss
def recalibrate(z_valid, y_valid, z_new):
    right = np.mean(np.argmax(z_valid, axis=1) == y_valid)  # as sure of every answer
    answers = np.eye(10)[np.argmax(z_new, axis=1)]
    return np.where(answers == 1, right, (1 - right) / 9)


# %% recalibrate: have changed places
def recalibrate(z_valid, y_valid, z_new):
    shares = np.bincount(y_valid, minlength=10) / len(y_valid)
    return np.tile(shares, (len(z_new), 1))  # calibrated, and useless


# %% recalibrate: Return one row of probabilities
def recalibrate(z_valid, y_valid, z_new):
    return np.asarray(z_new) / 8  # logits


# %% recalibrate: Return one row of probabilities
def recalibrate(z_valid, y_valid, z_new):
    return softmax(np.asarray(z_new) / 8)[np.arange(len(z_new)), 0]


# %% recalibrate: more loss than before
def recalibrate(z_valid, y_valid, z_new):
    return softmax(np.asarray(z_new) / 8)  # the same for every model


# %% recalibrate: times the loss
def recalibrate(z_valid, y_valid, z_new):
    return 0.9 * softmax(z_new) + 0.01  # a bit of every class


# %% ece: Nothing is fixed yet
def calibration_error(confidence, hits, bins=10):
    return ece_from_the_web(confidence, hits, bins)


# %% ece (1 points): One of the three bugs is gone
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            total += abs(hits[inside].mean() - confidence[inside].mean()) / bins
    return total


# %% ece (1 points): One of the three bugs is gone
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += gap * inside.mean()
    return total


# %% ece (2 points): still have signs
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            total += inside.mean() * (hits[inside].mean() - confidence[inside].mean())
    return total


# %% ece (2 points): All bins count equally
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            total += abs(hits[inside].mean() - confidence[inside].mean()) / bins
    return total


# %% ece (2 points): All filled bins count equally
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    gaps = []
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (confidence == 0) & (b == 0)
        if inside.any():
            gaps.append(abs(hits[inside].mean() - confidence[inside].mean()))
    return np.mean(gaps)


# %% ece (2 points): is in no bin, so it is not counted
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


# %% ece (2 points): 1 is in no bin
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


# %% ece (2 points): belongs to the lower one
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in np.unique(bin_of):
        inside = bin_of == b
        total += inside.mean() * abs((hits[inside] - confidence[inside]).mean())
    return total


# %% ece (2 points): A confidence of 0 is in no bin
def calibration_error(confidence, hits, bins=10):
    confidence, hits = np.asarray(confidence), np.asarray(hits)
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            gap = hits[inside].mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total
