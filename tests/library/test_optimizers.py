"""Gradient descent and Adam: worked numbers, PyTorch as oracle, stopping, edges."""

import numpy as np
import pytest
import torch

from xent_lib.optimizers import adam, gradient_descent

NAN = float("nan")


def parabola(w):
    return w**2, 2 * w


def bowl(x):
    return (x**2).sum(), 2 * x


def valley(x):
    """Rosenbrock's function: curved, and steep in one direction only."""
    s, t = x
    return (1 - s) ** 2 + 100 * (t - s**2) ** 2, np.array(
        [-2 * (1 - s) - 400 * s * (t - s**2), 200 * (t - s**2)]
    )


@pytest.mark.parametrize(
    ("rate", "end"), [(0.1, 0.0115), (0.5, 0), (0.9, 0.0115), (1, 1), (1.1, 38.3)]
)
def test_learning_rates_on_the_parabola(rate, end):
    w, history = gradient_descent(parabola, 1.0, learning_rate=rate, max_iter=20)
    assert abs(w) == pytest.approx(end, rel=3e-3, abs=1e-15)
    np.testing.assert_allclose(history, (1 - 2 * rate) ** (2 * np.arange(21)), rtol=1e-12)


def test_gradient_descent_agrees_with_torch_sgd():
    x, history = gradient_descent(valley, [-1.2, 1.0], learning_rate=1e-3, max_iter=50)
    theirs, losses = torch_walk(torch.optim.SGD, valley, [-1.2, 1.0], 50, lr=1e-3)
    np.testing.assert_allclose(x, theirs, rtol=1e-12)
    np.testing.assert_allclose(history, losses, rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("options", [{}, {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3}])
def test_adam_agrees_with_torch(steps, options):
    x, history = adam(valley, [-1.2, 1.0], learning_rate=0.05, max_iter=steps, **options)
    betas = (options.get("beta1", 0.9), options.get("beta2", 0.999))
    eps = options.get("eps", 1e-8)
    theirs, losses = torch_walk(
        torch.optim.Adam, valley, [-1.2, 1.0], steps, lr=0.05, betas=betas, eps=eps
    )
    np.testing.assert_allclose(x, theirs, rtol=1e-12)
    np.testing.assert_allclose(history, losses, rtol=1e-11)


def torch_walk(optimizer, function, x0, steps, **options):
    x = torch.tensor(x0, dtype=torch.float64)
    walker = optimizer([x], **options)
    losses = []
    for _ in range(steps):
        value, grad = function(x.numpy())
        losses.append(value)
        x.grad = torch.from_numpy(grad)
        walker.step()
    return x.numpy(), [*losses, function(x.numpy())[0]]


def test_the_first_step_of_adam_is_the_learning_rate():
    x, _ = adam(bowl, [1.0, -2.0], learning_rate=0.1, max_iter=1)
    np.testing.assert_allclose(x, [0.9, -1.9], rtol=1e-8)
    x, _ = adam(bowl, [1e5, -1e-3], max_iter=1)  # the default learning rate is 10⁻³
    np.testing.assert_allclose(x, [1e5 - 1e-3, 0], rtol=1e-12, atol=1e-8)


def test_adam_does_not_move_where_the_gradient_is_zero():
    x, _ = adam(bowl, [0.0, 1.0], learning_rate=0.1, max_iter=3)
    assert x[0] == 0


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
def test_history_and_stopping(optimizer):
    x0 = np.array([3.0, -4.0])
    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=7)
    assert len(history) == 8
    assert history[0] == 25 and history[-1] == bowl(x)[0]
    assert all(type(value) is float for value in history)
    assert np.array_equal(x0, [3, -4])

    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=0)
    assert history == [25] and np.array_equal(x, x0) and not np.shares_memory(x, x0)

    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=9999, tol=1e-2)
    assert len(history) < 9999 and np.abs(2 * x).max() < 1e-2
    _, before = optimizer(bowl, x0, learning_rate=0.1, max_iter=len(history) - 2, tol=1e-2)
    assert len(before) == len(history) - 1  # it stopped at the first step within the tolerance

    _, history = optimizer(bowl, [0.0, 0.0], learning_rate=0.1, max_iter=5)
    assert len(history) == 6  # tol=0 takes all the steps


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int64, np.float64),
        (bool, np.float64),
    ],
)
def test_precision_is_kept(optimizer, given, kept):
    x, _ = optimizer(lambda x: (0.0, np.ones(2)), np.ones(2, given), learning_rate=0.1, max_iter=3)
    assert x.dtype == kept


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0,)])
def test_any_shape(optimizer, shape):
    x, history = optimizer(bowl_of_any_shape, np.ones(shape), learning_rate=0.1, max_iter=2)
    assert x.shape == shape and len(history) == 3


def bowl_of_any_shape(x):
    return np.sum(x**2), 2 * x


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
def test_nan_is_not_hidden_and_does_not_count_as_convergence(optimizer):
    x, history = optimizer(bowl, [1.0, NAN], learning_rate=0.1, max_iter=3, tol=1.0)
    assert np.isnan(x[1]) and len(history) == 4 and np.isnan(history).all()


@pytest.mark.parametrize("walk", [gradient_descent, adam])
def test_a_function_that_changes_its_argument_changes_nothing(walk):
    def greedy(x):
        value, grad = (x**2).sum(), 2 * x
        x[:] = 1e6
        return value, grad

    expected = walk(bowl, [1.0, -2.0], learning_rate=0.1, max_iter=5)
    found = walk(greedy, [1.0, -2.0], learning_rate=0.1, max_iter=5)
    assert found[1] == expected[1] and np.array_equal(found[0], expected[0])


def test_adam_without_memory_takes_steps_of_the_learning_rate():
    x, _ = adam(lambda x: (x @ x, 2 * x), [3.0, -2.0], beta1=0, beta2=0, max_iter=2)
    assert x == pytest.approx([2.998, -1.998], abs=1e-8)


def test_a_value_may_be_a_zero_dimensional_array():
    x, history = gradient_descent(
        lambda x: (np.tensordot(x, x, 1), 2 * x), [1.0, 2.0], learning_rate=0.25, max_iter=1
    )
    assert x.tolist() == [0.5, 1.0]
    assert history == [5.0, 1.25]
