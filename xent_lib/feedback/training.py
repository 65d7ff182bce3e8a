"""Trainings on the real digits, which exercises of chapter 8 show to students."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from xent_lib import (
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_cross_entropy_value_and_grad,
)

from .data import digits

Array = np.ndarray[Any, Any]


def train_deep(
    weights: Sequence[npt.ArrayLike], steps: int = 100, rate: float = 0.3
) -> tuple[Array, Array, float]:
    """Train a network of sigmoids on the 200 digits, all of them in each step.

    The weights are those at the start, one table per layer, each of shape (outputs, inputs); the
    biases start at 0. Returns the losses, at the start and after each step, the size (the root of
    the sum of squares) of the gradient in each table of weights at the start, and the mean slope
    of the hidden units there.
    """
    pixels, labels = digits()
    tables = [np.array(table, dtype=float) for table in weights]
    biases = [np.zeros(len(table)) for table in tables]
    losses: list[float] = []
    sizes: list[float] = []
    slopes: list[float] = []
    for step in range(steps + 1):
        h = [pixels / 16]  # what goes into each layer
        for table, bias in zip(tables[:-1], biases[:-1], strict=True):
            h.append(1 / (1 + np.exp(-(h[-1] @ table.T + bias))))
        logits = h[-1] @ tables[-1].T + biases[-1]
        loss, by_sums = softmax_cross_entropy_value_and_grad(logits, labels)
        losses.append(loss)
        for layer in reversed(range(len(tables))):
            by_table, by_bias = by_sums.T @ h[layer], by_sums.sum(axis=0)
            slope = h[layer] * (1 - h[layer])
            by_sums = by_sums @ tables[layer] * slope
            if step == 0:
                sizes.insert(0, float(np.linalg.norm(by_table)))
                slopes.insert(0, float(slope.mean()))
            tables[layer] -= rate * by_table
            biases[layer] -= rate * by_bias
    return np.array(losses), np.array(sizes), float(np.mean(slopes[1:]))


FAULTS = ["rate too large", "rate too small", "weights all 0", "weights too large"]
FAULTS += ["labels shuffled"]


@functools.cache
def sick_run(fault: str, seed: tuple[int, int]) -> Array:
    """Train a network on 100 of the digits, with one of the FAULTS, or with none of them.

    It has 30 hidden units with tanh, and takes 60 steps, with batches of 10. Returns its losses on
    these digits and on the other 100, at the start and after each step, as a table of two rows.
    """
    rng = np.random.default_rng(seed)
    pixels, labels = digits()
    order = rng.permutation(200)
    X, labels = pixels[order] / 16, labels[order]
    rates = {"rate too large": rng.uniform(6, 12), "rate too small": rng.uniform(0.005, 0.01)}
    sizes = {"weights all 0": 0, "weights too large": rng.uniform(6, 15)}
    W1 = sizes.get(fault, 1) * rng.normal(size=(30, 64)) / np.sqrt(64)
    W2 = sizes.get(fault, 1) * rng.normal(size=(10, 30)) / np.sqrt(30)
    b1, b2, losses = np.zeros(30), np.zeros(10), []
    if fault == "labels shuffled":
        labels[:100] = rng.permutation(labels[:100])
    for step in range(61):
        each = softmax_cross_entropy(np.tanh(X @ W1.T + b1) @ W2.T + b2, labels, reduction="none")
        losses.append([each[:100].mean(), each[100:].mean()])
        if step % 10 == 0:
            batches = np.split(rng.permutation(100), 10)
        rows = batches[step % 10]
        h = np.tanh(X[rows] @ W1.T + b1)
        by_logits = rates.get(fault, 0.5) * softmax_cross_entropy_grad(h @ W2.T + b2, labels[rows])
        by_sums = by_logits @ W2 * (1 - h**2)
        W1, b1 = W1 - by_sums.T @ X[rows], b1 - by_sums.sum(axis=0)
        W2, b2 = W2 - by_logits.T @ h, b2 - by_logits.sum(axis=0)
    return np.transpose(losses)


def faults_of(seed: int) -> Array:
    """Return the faults of these sick runs, in their order."""
    return np.random.default_rng(seed).permutation(FAULTS)


def sick_runs(seed: int) -> Array:
    """Return five trainings, each with another one of the FAULTS, as a table (5, 2, 61)."""
    return np.array([sick_run(fault, (seed, place)) for place, fault in enumerate(faults_of(seed))])
