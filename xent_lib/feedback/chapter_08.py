"""The exercises of chapter 8, training."""

from itertools import combinations, pairwise

import numpy as np

from xent_lib import (
    adam,
    gradient_descent,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_value_and_grad,
)

from . import Exercise, Mistake, Outcome
from .data import digits


def train_deep(weights, steps=100, rate=0.3):
    """Train a network of sigmoids on the 200 digits, all of them in each step.

    The weights are those at the start, one table per layer, each of shape (outputs, inputs); the
    biases start at 0. Returns the losses, at the start and after each step, the size (the root of
    the sum of squares) of the gradient in each table of weights at the start, and the mean slope
    of the hidden units there.
    """
    pixels, labels = digits()
    weights = [np.array(table, dtype=float) for table in weights]
    biases = [np.zeros(len(table)) for table in weights]
    losses, sizes, slopes = [], [], []
    for step in range(steps + 1):
        h = [pixels / 16]  # what goes into each layer
        for table, bias in zip(weights[:-1], biases[:-1], strict=True):
            h.append(1 / (1 + np.exp(-(h[-1] @ table.T + bias))))
        logits = h[-1] @ weights[-1].T + biases[-1]
        loss, by_sums = softmax_cross_entropy_value_and_grad(logits, labels)
        losses.append(loss)
        for layer in reversed(range(len(weights))):
            by_table, by_bias = by_sums.T @ h[layer], by_sums.sum(axis=0)
            slope = h[layer] * (1 - h[layer])
            by_sums = by_sums @ weights[layer] * slope
            if step == 0:
                sizes.insert(0, np.linalg.norm(by_table))
                slopes.insert(0, slope.mean())
            weights[layer] -= rate * by_table
            biases[layer] -= rate * by_bias
    return np.array(losses), np.array(sizes), np.mean(slopes[1:])


def exercise_1() -> Exercise:
    mistakes = {
        "This is where the first step leads. Take another one.": -0.2,
        "You went uphill: subtract the gradient.": 2.2**2,
        "You used the slope at the start twice. Compute it again at the new point.": -1.4,
        "This is on w². The slope of 2 w² is 4 w.": 0.4**2,
        "You used the value of the function as its slope.": 0.4 - 0.3 * 2 * 0.4**2,
        "The second slope has another sign than the first: it leads back.": -0.44,
    }
    place, _ = gradient_descent(lambda w: (2 * w**2, 4 * w), 1.0, learning_rate=0.3, max_iter=2)
    return Exercise(
        title="Two steps",
        points=2,
        function="predicted_place",
        right=place,
        mistakes=mistakes,
        rtol=1e-3,
        atol=1e-5,
    )


def exercise_2() -> Exercise:
    def losses_of(weights=True, biases=1.0, rate_times=lambda n: 1.0):
        """Return a training loop that scales the gradients of weights and biases."""

        def loop(X, labels, num_classes, rate, steps):
            X = np.array(X, dtype=float)
            W, b, losses = np.zeros((num_classes, X.shape[1])), np.zeros(num_classes), []
            for _ in range(steps + 1):
                loss, by_logits = softmax_cross_entropy_value_and_grad(X @ W.T + b, labels)
                losses.append(loss)
                step = rate * rate_times(len(X)) * by_logits
                W = W - weights * step.T @ X
                b = b - biases * step.sum(axis=0)
            return np.array(losses)

        return loop

    right = losses_of()
    mistakes = {
        "You went uphill: subtract the gradient.": losses_of(rate_times=lambda n: -1.0),
        "You forgot the mean over the samples: your steps are N times as long.": (
            losses_of(rate_times=lambda n: n)
        ),
        "You divided by the number of samples twice.": (losses_of(rate_times=lambda n: 1 / n)),
        "The bias never changes.": losses_of(biases=0.0),
        "The weights never change.": losses_of(weights=False),
        "The loss at the start is missing.": lambda *args: right(*args)[1:],
        "The loss after the last step is missing.": lambda *args: right(*args)[:-1],
        "Return all the losses, not only the last one.": lambda *args: right(*args)[-1],
    }
    X = np.array([[1.0, 0.5], [0.0, 1.0], [-1.0, -1.0], [2.0, 0.0], [0.5, 2.0]])
    cases = [
        (X, np.array([0, 1, 2, 0, 2]), 3, 0.5, 3),
        (X[:3] + 1, np.array([1, 0, 1]), 2, 0.2, 5),
    ]
    return Exercise(
        title="Loop",
        points=3,
        function="train",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax"],
    )


def exercise_3() -> Exercise:
    pixels, truths = digits()
    label_of = {tuple(row): label for row, label in zip(pixels.tolist(), truths, strict=True)}
    found_all = Outcome("all three wrong labels")
    smallest = Outcome("rows whose labels fit well")
    repeated = Outcome("not five different rows")

    def fit(X, labels):
        """Return the loss of each label after fifty steps of softmax regression."""
        X, W, b = np.array(X, dtype=float), np.zeros((10, 64)), np.zeros(10)
        for _ in range(50):
            by_logits = softmax_cross_entropy_grad(X @ W.T + b, labels)
            W, b = W - 0.5 * by_logits.T @ X, b - 0.5 * by_logits.sum(axis=0)
        return softmax_cross_entropy(X @ W.T + b, labels, reduction="none")

    def found(rows, X, labels):
        """Say how many of the wrong labels are among these rows."""
        rows = np.asarray(rows)
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            return rows
        if len(rows) != 5 or len(set(rows % len(X))) != 5:
            return repeated
        given = np.rint(16 * np.array(X, dtype=float)).tolist()
        wrong = np.array([label_of[tuple(row)] for row in given]) != np.array(labels)
        count = wrong[rows].sum()
        if count == wrong.sum():
            return found_all
        well = np.argsort(fit(X, labels))[: len(X) // 2]
        return smallest if np.isin(rows, well).all() else Outcome(f"{count} of 3 wrong labels")

    mistakes = {
        "You took the small end. A label that does not fit costs much.": smallest,
        "Name five rows, each of them once, by its number.": repeated,
    }

    def planted(seed, size=200):
        """Return the first digits, of which three carry another label."""
        rng = np.random.default_rng(seed)
        rows, labels = rng.choice(size, 3, replace=False), truths[:size].copy()
        labels[rows] = (labels[rows] + rng.integers(1, 10, size=3)) % 10
        return pixels[:size] / 16, labels

    return Exercise(
        title="Suspects",
        points=3,
        function="suspects",
        right=found_all,
        observed=("", found),
        cases=[planted(1), planted(4), planted(6)],
        mistakes=mistakes,
        may_use=["softmax"],
    )


def exercise_4() -> Exercise:
    def with_slope(slope):
        """Return a gradient in W1, with this slope of the activation function."""

        def gradient(X, W1, b1, W2, b2, labels):
            v = np.matmul(X, np.transpose(W1)) + b1
            h = np.tanh(v)
            by_logits = softmax_cross_entropy_grad(h @ np.transpose(W2) + b2, labels)
            return np.einsum("nk,kh,nh,nd->hd", by_logits, W2, slope(v, h), X)

        return gradient

    right = with_slope(lambda v, h: 1 - h**2)
    mistakes = {
        "The slope of the tanh is missing.": with_slope(lambda v, h: 1 + 0 * v),
        "The slope of the tanh is 1 - h²: the square is missing.": (with_slope(lambda v, h: 1 - h)),
        "The slope is 1 - h², with what comes out of the tanh, not with what goes in.": (
            with_slope(lambda v, h: 1 - v**2)
        ),
        "h (1 - h) is the slope of a sigmoid. This is a tanh.": (
            with_slope(lambda v, h: h * (1 - h))
        ),
        "You forgot the mean over the samples.": lambda X, *rest: len(X) * right(X, *rest),
        "The sign is the other way round: p - y, and not y - p.": (lambda *args: -right(*args)),
        "Rows and columns are swapped: W1 has one row per hidden unit.": (
            lambda *args: right(*args).T
        ),
    }
    W1 = np.array([[0.5, -1.0, 0.3], [1.0, 0.2, -0.4], [-0.6, 0.8, 1.0], [0.1, 0.4, -1.2]])
    b1 = np.array([0.1, -0.2, 0.0, 0.3])
    W2 = np.array([[1.0, -0.5, 0.2, 0.7], [-1.0, 0.6, 0.9, -0.3]])
    b2 = np.array([0.2, -0.1])
    X = np.array([[1.0, 0.5, -0.5], [0.2, -1.0, 2.0], [-0.7, 0.3, 0.9]])
    cases = [
        (X, W1, b1, W2, b2, np.array([0, 1, 1])),
        (X[1:], W1[:3], b1[:3], W2[:, :3], b2, np.array([1, 0])),
    ]
    return Exercise(
        title="Hidden layer",
        points=3,
        function="hidden_gradient",
        right=right,
        cases=cases,
        mistakes=mistakes,
        may_use=["softmax"],
    )


def exercise_5() -> Exercise:
    def adam_from_the_web(gradient, w, rate, steps, beta1=0.9, beta2=0.999):
        """Return w after some steps of Adam. Wrong on purpose."""
        eps = 1e-8
        u, v = np.zeros(len(w)), np.zeros(len(w))
        for _ in range(steps):
            g = gradient(w)
            u = beta1 * u + g
            v = beta2 * v + (1 - beta2) * g**2
            w = w - rate * u / np.sqrt(v + eps)
        return w

    def bowl_gradient(w):
        """Return the gradient of half w0 squared, plus five times w1 squared."""
        return np.array([1.0, 10.0]) * w

    def right(gradient, w, rate, steps, beta1=0.9, beta2=0.999):
        """Take steps of Adam."""
        options = {"learning_rate": rate, "max_iter": steps, "beta1": beta1, "beta2": beta2}
        return adam(lambda w: (0.0, gradient(w)), w, **options)[0]

    def variant(fair_u=1, fair_v=1, new_u=None, inside=False, first=1, power=2, root=True):
        """Return Adam with something else in its place."""

        def walk(gradient, w, rate, steps, beta1=0.9, beta2=0.999, eps=1e-8):
            w = np.array(w, dtype=float)
            u, v = 0 * w, 0 * w
            for t in range(first, first + steps):
                g = gradient(w)
                u = beta1 * u + (new_u or 1 - beta1) * g
                v = beta2 * v + (1 - beta2) * np.abs(g) ** power
                size = v / (1 - beta2**t) if fair_v else v
                if root:
                    size = np.sqrt(size + eps * inside)
                w = w - rate * u / (1 - fair_u * beta1**t) / (size + eps * (not inside))
            return w

        return walk

    one_left = {
        "u is still not a mean: the new gradient needs the weight 1 - β₁.": {"new_u": 1.0},
        "The two means start at 0 and are too small at first: divide by 1 - βᵗ.": {
            "fair_u": 0,
            "fair_v": 0,
        },
        "u is still too small at first: divide by 1 - β₁ᵗ.": {"fair_u": 0},
        "v is still too small at first: divide by 1 - β₂ᵗ.": {"fair_v": 0},
        "ε is still under the root: there it is large compared with a tiny gradient.": {
            "inside": True
        },
    }
    bugs = [{"new_u": 1.0}, {"fair_u": 0, "fair_v": 0}, {"inside": True}]
    two_left = [variant(**(one | other)) for one, other in combinations(bugs, 2)]
    mistakes = {
        "Nothing is fixed yet.": adam_from_the_web,
        **{text: Mistake(variant(**bug), points=2) for text, bug in one_left.items()},
        "One of the three bugs is gone. The others are in how old and new are weighted, in the "
        "start at 0, or in the place of ε.": Mistake(*two_left, points=1),
        "You count from 0, and 1 - β⁰ is 0: the first step has t = 1.": variant(first=0),
        "You count from 2: the first step has t = 1.": variant(first=2),
        "The root of v is missing.": variant(root=False),
    }

    def tiny_gradient(w):
        """The gradient of the bowl, times a millionth."""
        return 1e-6 * bowl_gradient(w)

    cases = [
        (bowl_gradient, np.array([1.0, -2.0]), 0.1, 1),
        (bowl_gradient, np.array([1.0, -2.0]), 0.1, 5),
        (tiny_gradient, np.array([3.0, -2.0]), 0.01, 3),
    ]
    return Exercise(
        title="Adam", points=3, function="adam_steps", right=right, cases=cases, mistakes=mistakes
    )


def exercise_6() -> Exercise:
    learns = Outcome("a loss below 1.73 after 100 steps")
    alike = Outcome("units that are all alike")
    flat = Outcome("a first layer that hardly learns")
    saturated = Outcome("units in saturation")
    turned = Outcome("tables that are not all of shape (outputs, inputs)")

    def outcome(tables, sizes):
        """Say whether a network with these weights at the start learns, or why it does not."""
        tables = [np.array(table, dtype=float) for table in tables]
        shapes = [table.shape for table in tables]
        if shapes != [(outputs, inputs) for inputs, outputs in pairwise(sizes)]:
            return turned
        if any(np.ptp(table, axis=0).max() == 0 for table in tables[:-1]):
            return alike
        losses, _, slope = train_deep(tables)
        if losses[-1] < 0.75 * np.log(10):
            return learns
        if slope > 0.15:
            return flat
        return saturated if slope < 0.03 else Outcome(f"a loss of {losses[-1]:.2f} after 100 steps")

    mistakes = {
        "The units of a layer start alike and stay copies of each other. Draw random numbers.": (
            alike
        ),
        "Each layer multiplies the gradient by its weights and by a slope of at most 1/4. Draw "
        "larger weights.": flat,
        "The sums are so large that most slopes are nearly 0. Draw smaller weights.": saturated,
        "Return one table per layer, of shape (sizes[l + 1], sizes[l]).": turned,
    }
    cases = [
        [64, 30, 30, 30, 30, 30, 10],
        [64, 45, 45, 45, 45, 45, 10],
    ]
    return Exercise(
        title="First weights",
        points=3,
        function="first_weights",
        right=learns,
        observed=("", outcome),
        cases=cases,
        mistakes=mistakes,
        may_use=["train_deep"],
    )
