"""How long it takes, beside what else there is: same arrays, one run, all peers by turns.

Whatever else keeps the machine busy makes single calls slower, never faster. So every peer has
several turns, spread over the run, and `summarize.py` takes the fastest call of each.
"""

import functools
import tracemalloc

import numpy as np
import pytest
import scipy.special
import torch
import torch.nn.functional as F

import xent_lib as xl
from xent_lib import _softmax_kernel as kernel

TURNS = 5
VALUE_AND_GRAD = "softmax_cross_entropy_value_and_grad"
VALUE = "softmax_cross_entropy"
LINEAR = "linear_cross_entropy_value_and_grad"
EXPONENTIALS = "np.exp alone"

# What a digit, an image and two language models ask for; then how the time grows with N and K.
SHAPES = [(65536, 10), (8192, 1000), (512, 50257), (128, 128256)]
GROWING_N = [(n, 1000) for n in (32, 128, 512, 2048, 8192)]
GROWING_K = [(128, k) for k in (10, 100, 1000, 10_000, 100_000)]
LAYER = (4096, 32768)
FEATURES = 256


@functools.lru_cache(maxsize=1)
def table(n, k):
    """Logits as of a model that has learned a little, and labels."""
    rng = np.random.default_rng(0)
    return 3 * rng.standard_normal((n, k), dtype=np.float32), rng.integers(0, k, n)


@functools.lru_cache(maxsize=1)
def layer(n, k):
    """Features, weights and labels of a layer whose logits are of size 1."""
    rng = np.random.default_rng(0)
    features = rng.standard_normal((n, FEATURES), dtype=np.float32)
    weights = rng.standard_normal((k, FEATURES), dtype=np.float32) / FEATURES**0.5
    return features, weights, rng.integers(0, k, n)


# ---------------------------------------------------------------------- the peers


def textbook(logits, labels):
    """p̂ by its formula, −log p̂_y, and p̂ − y."""
    rows = np.arange(len(logits))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    grad = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.log(grad[rows, labels]).mean()
    grad[rows, labels] -= 1
    grad /= len(logits)
    return loss, grad


def textbook_in_place(logits, labels):
    """The same, all of it written over the logits."""
    rows = np.arange(len(logits))
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    loss = -np.log(logits[rows, labels]).mean()
    logits[rows, labels] -= 1
    logits /= len(logits)
    return loss, logits


def by_torch(logits, labels):
    """Eager PyTorch on all cores: forward, then backward to the logits."""
    logits = torch.from_numpy(logits).requires_grad_()
    loss = F.cross_entropy(logits, torch.from_numpy(labels))
    loss.backward()
    return loss.item(), logits.grad.numpy()


def textbook_value(logits, labels):
    """The mean of −log p̂_y."""
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return (-log_p[rows, labels].mean(),)


def value_by_torch(logits, labels):
    """Eager PyTorch on all cores: forward alone."""
    return (F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels)).item(),)


def exponentials_alone(logits, labels):
    """NumPy's exp of all logits, in the blocks and threads of our value: a floor under its time."""
    kernel.in_blocks(
        lambda rows, scratch: np.exp(logits[rows], out=scratch), logits.shape, logits.dtype
    )


def layer_by(value_and_grad):
    """The linear layer before a loss, with the whole table of logits between them."""

    def materialised(features, weights, labels):
        loss, grad = value_and_grad(features @ weights.T, labels)
        return loss, grad @ weights, grad.T @ features

    return materialised


def layer_by_torch(features, weights, labels):
    """Eager PyTorch: forward, then backward to features and weights."""
    features, weights = (torch.from_numpy(v).requires_grad_() for v in (features, weights))
    loss = F.cross_entropy(F.linear(features, weights), torch.from_numpy(labels))
    loss.backward()
    return loss.item(), features.grad.numpy(), weights.grad.numpy()


def rows_of(function, **options):
    """A function of the logits alone."""
    return lambda logits, labels: (function(logits, axis=-1, **options),)


# task, named as our function: (the shapes, the arrays, the peers; ours first)
TASKS = {
    VALUE_AND_GRAD: (
        dict.fromkeys(SHAPES + GROWING_N + GROWING_K),
        table,
        {
            "xent_lib": xl.softmax_cross_entropy_value_and_grad,
            "textbook NumPy": textbook,
            "torch": by_torch,
        },
    ),
    VALUE: (
        SHAPES,
        table,
        {
            "xent_lib": lambda logits, labels: (xl.softmax_cross_entropy(logits, labels),),
            "textbook NumPy": textbook_value,
            "torch": value_by_torch,
            EXPONENTIALS: exponentials_alone,
        },
    ),
    LINEAR: (
        [LAYER],
        layer,
        {
            "xent_lib": xl.linear_cross_entropy_value_and_grad,
            "textbook NumPy": layer_by(textbook),
            "textbook NumPy, in place": layer_by(textbook_in_place),
            "torch": layer_by_torch,
        },
    ),
    **{
        name: (
            SHAPES[:2],
            table,
            {
                "xent_lib": rows_of(getattr(xl, name)),
                "scipy": rows_of(getattr(scipy.special, name)),
            },
        )
        for name in ("softmax", "log_softmax", "logsumexp")
    },
}

CASES = [
    (task, shape, turn, peer)
    for task, (shapes, _, peers) in TASKS.items()
    for shape in shapes
    for turn in range(2 if task == LINEAR else TURNS)
    for peer in peers
]


@pytest.mark.parametrize(("task", "shape", "turn", "peer"), CASES)
def test_time(benchmark, task, shape, turn, peer):
    _, arrays, peers = TASKS[task]
    arguments, call = arrays(*shape), peers[peer]
    torch.set_num_threads(kernel.cores())

    # A short call is made several times, and once before it counts: then memory has been got,
    # and the threads of the peer before have fallen asleep.
    rounds = 1 if task == LINEAR else max(3, min(100, 2**24 // (shape[0] * shape[1])))
    results = benchmark.pedantic(call, arguments, rounds=rounds, warmup_rounds=int(rounds > 1))

    benchmark.extra_info.update(task=task, rows=shape[0], classes=shape[1], peer=peer)
    if turn == 0 and peer != EXPONENTIALS:
        for result, expected in zip(results, peers["xent_lib"](*arguments), strict=True):
            assert np.linalg.norm(result - expected) <= 1e-4 * np.linalg.norm(expected)
        if (
            task in (VALUE, VALUE_AND_GRAD, LINEAR) and peer != "torch"
        ):  # the memory of torch is not seen from Python
            benchmark.extra_info["extra_bytes"] = extra_bytes(call, arguments)


def extra_bytes(call, arguments):
    """The most that NumPy holds at a time during a call, beside what the call returns."""
    tracemalloc.start()
    results = call(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - sum(np.asarray(result).nbytes for result in results)
