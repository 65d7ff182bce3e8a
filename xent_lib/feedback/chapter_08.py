"""The exercises of chapter 8, training."""

from itertools import combinations, pairwise

import numpy as np

from xent_lib import (
    adam,
    gradient_descent,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_value_and_grad,
)

from . import Exercise, Mistake, Outcome
from .training import FAULTS, faults_of, sick_runs, train_deep


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
    seeds = (0, 1, 3)
    known = np.concatenate([sick_runs(seed) for seed in seeds])
    truth = np.concatenate([faults_of(seed) for seed in seeds])

    def told(missed):
        """Say how many faults got their names, and which did not."""
        names = ", ".join(fault for fault in FAULTS if fault in missed)
        return Outcome(
            f"{len(FAULTS) - len(missed)} of 5 faults right" + f", not {names}" * bool(names)
        )

    def found(names, runs):
        """Say which faults are named right in all their runs."""
        names = [str(name).strip() for name in names]
        if len(names) != len(runs):
            return incomplete
        if not set(names) <= set(FAULTS):
            return unlisted
        nearest = [np.abs(known - run).sum(axis=(1, 2)).argmin() for run in np.asarray(runs)]
        return told(
            {true for true, name in zip(truth[nearest], names, strict=True) if name != true}
        )

    incomplete = Outcome("not one name per run")
    unlisted = Outcome("a name that is not in the list")
    hints = {
        "Steps that are too long jump over the valley: the loss rises far above its start.": (
            "rate too large"
        ),
        "Steps that are too short lead down, in small even steps, and not far.": "rate too small",
        "If all weights are 0, all classes are equally likely at the start, and all units stay "
        "alike.": "weights all 0",
        "Large weights make a network sure before it has learned anything: that costs much.": (
            "weights too large"
        ),
        "Shuffled labels can be learned by heart, and help with no other picture.": (
            "labels shuffled"
        ),
    }
    two_missed = [told(set(pair)) for pair in combinations(FAULTS, 2)]
    mistakes = {
        **{hint: Mistake(told({fault}), points=2) for hint, fault in hints.items()},
        "Look at three things: where a loss starts, whether it jumps, and how far the two losses "
        "end apart.": Mistake(*two_missed, points=1),
        "Return one name per run, in the order of the runs.": incomplete,
        "Take the names from `faults`, as they are written there.": unlisted,
    }
    return Exercise(
        title="Five curves",
        points=3,
        function="faults_in",
        right=told(set()),
        observed=("", found),
        cases=[known],
        mistakes=mistakes,
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
