"""The exercises of chapter 8, training."""

import numpy as np

from xent_lib import (
    adam,
    gradient_descent,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_value_and_grad,
)

from . import Exercise


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
    def walk(losses, patience, tie=False, previous=False):
        """Stop early; optionally count ties, or compare with the previous epoch."""
        best = waited = 0
        for epoch in range(1, len(losses)):
            beside = losses[epoch - 1] if previous else losses[best]
            better = losses[epoch] <= beside if tie else losses[epoch] < beside
            waited = 0 if better else waited + 1
            if losses[epoch] < losses[best] or (tie and better):
                best = epoch
            if waited == patience:
                return best, epoch
        return best, len(losses) - 1

    mistakes = {
        "You used the future: this is the best of all epochs, but training had already "
        "stopped.": lambda losses, n: (int(np.argmin(losses)), len(losses) - 1),
        "You wait one epoch too long.": lambda losses, n: walk(losses, n + 1),
        "You stop one epoch too early.": (
            lambda losses, n: walk(losses, n - 1) if n > 1 else walk(losses, n)
        ),
        "You compare with the epoch before. Compare with the best one so far.": (
            lambda losses, n: walk(losses, n, previous=True)
        ),
        "You keep the epoch in which you stop. Keep the best one.": (
            lambda losses, n: (walk(losses, n)[1],) * 2
        ),
        "An equal loss is not an improvement: keep waiting.": (
            lambda losses, n: walk(losses, n, tie=True)
        ),
        "The two are swapped: first the epoch that is kept.": (
            lambda losses, n: walk(losses, n)[::-1]
        ),
    }
    cases = [
        ([0.9, 0.5, 0.4, 0.45, 0.42, 0.43, 0.3], 3),
        ([1.0, 0.8, 0.9, 0.85, 0.95, 0.7, 0.6], 2),
        ([0.5, 0.6, 0.7, 0.8, 0.9, 0.4], 2),
        ([0.5, 0.4, 0.4, 0.4, 0.3], 2),
        ([0.5, 0.4, 0.3, 0.35], 3),
    ]
    return Exercise(
        title="Stop",
        points=2,
        function="early_stopping",
        right=walk,
        cases=cases,
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

    mistakes = {
        "Nothing is fixed yet.": adam_from_the_web,
        "u is still not a mean: the new gradient needs the weight 1 - β₁.": variant(new_u=1.0),
        "The two means start at 0 and are too small at first: divide by 1 - βᵗ.": (
            variant(fair_u=0, fair_v=0)
        ),
        "u is still too small at first: divide by 1 - β₁ᵗ.": variant(fair_u=0),
        "v is still too small at first: divide by 1 - β₂ᵗ.": variant(fair_v=0),
        "ε is still under the root: there it is large compared with a tiny gradient.": (
            variant(inside=True)
        ),
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
        title="Adam", points=4, function="adam_steps", right=right, cases=cases, mistakes=mistakes
    )


def exercise_6() -> Exercise:
    def equal_rows(X_train, X_test):
        """Return a table: which test row equals which training row."""
        return (np.asarray(X_test)[:, None] == np.asarray(X_train)).all(axis=2)

    def right(X_train, X_test):
        """Return whether no row is in both."""
        return not equal_rows(X_train, X_test).any()

    def in_place_only(X_train, X_test):
        """Compare each row only with the one in the same place."""
        return not np.diagonal(equal_rows(X_train, X_test)).any()

    mistakes = {
        "Your test accepts everything.": True,
        "Your test rejects everything.": False,
        "You compare each row only with the one in the same place.": in_place_only,
        "You look for the numbers one by one: each may be in another row.": (
            lambda X_train, X_test: not np.isin(X_test, X_train).all(axis=1).any()
        ),
        "One number in common is not a leak: the whole row has to be equal.": (
            lambda X_train, X_test: not (X_test[:, None] == X_train).any()
        ),
        "You only notice if all test rows are known. One is enough.": (
            lambda X_train, X_test: not equal_rows(X_train, X_test).any(axis=1).all()
        ),
        "You look at the first test row only.": (
            lambda X_train, X_test: not equal_rows(X_train, X_test)[0].any()
        ),
        "The order within a row counts: (1, 2) is a different sample from (2, 1).": (
            lambda X_train, X_test: right(np.sort(X_train), np.sort(X_test))
        ),
        "Yes and no are swapped: True means that it is clean.": (
            lambda X_train, X_test: not right(X_train, X_test)
        ),
    }
    known = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    cases = [
        (known, np.array([[7.0, 8.0], [9.0, 10.0]])),
        (known, np.array([[7.0, 8.0], [9.0, 10.0], [1.0, 2.0]])),
        (known, np.array([[5.0, 6.0], [0.0, 0.0], [0.5, 0.5]])),
        (known, np.array([[1.0, 2.0], [8.0, 8.0], [9.0, 9.0]])),
        (known, np.array([[3.0, 2.0], [7.0, 7.0], [8.0, 8.0]])),
        (known, np.array([[2.0, 1.0], [7.0, 7.0]])),
        (known, np.array([[1.0, 9.0], [8.0, 4.0], [9.0, 9.0]])),
        (known, known[::-1]),
    ]
    return Exercise(
        title="Clean", points=3, function="is_clean", right=right, cases=cases, mistakes=mistakes
    )
