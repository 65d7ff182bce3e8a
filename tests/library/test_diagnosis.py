"""Diagnoses: healthy batches raise no alarm, sick ones are named, options are refused.

The healthy and the sick batches are of many kinds, and each draws its numbers from a seed.
"""

# ruff: noqa: E501 (the tables have one line per kind)

import html
import itertools
import re
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import xent_lib as xl
from xent_lib import Diagnosis, Finding, diagnose, softmax

NAN, INF = float("nan"), float("inf")
LOGITS, LABELS = [[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]], [0, 1, 2]


def names(found):
    return [finding.name for finding in found]


def alarms(found):
    return [finding for finding in found if finding.level != "note"]


# ---------------------------------------------------------------------- batches


def batch(rng, n=64, k=10, scale=1.0, signal=0.0):
    """Logits and labels; `signal` is added to the logit of the label."""
    y = rng.integers(k, size=n)
    z = rng.normal(0, scale, (n, k))
    z[np.arange(n), y] += signal
    return z, y


def network(rng, n=64, k=10, hidden=32, inputs=20):
    """Outputs of a fresh network, as PyTorch starts it: its rows are correlated."""
    x = rng.normal(size=(n, inputs))
    w, b = (rng.uniform(-1, 1, s) / inputs**0.5 for s in ((inputs, hidden), hidden))
    v, c = (rng.uniform(-1, 1, s) / hidden**0.5 for s in ((hidden, k), k))
    return np.maximum(x @ w + b, 0) @ v + c, rng.integers(k, size=n)


def maps(rng, n=2, k=5, h=7, w=9, signal=0.0):
    """Outputs (N, K, H, W) and labels (N, H, W)."""
    z, y = batch(rng, n * h * w, k, signal=signal)
    return np.moveaxis(z.reshape(n, h, w, k), -1, 1), y.reshape(n, h, w)


def texts(rng, n=8, t=12, k=30, pad=-100):
    """Outputs (B, T, K) and labels (B, T) with padding at the ends; 0 is left for padding."""
    z, y = batch(rng, n * t, k)
    y = rng.integers(1, k, (n, t))
    for row, length in zip(y, rng.integers(t // 3, t, n), strict=True):
        row[length:] = pad
    return z.reshape(n, t, k), y


def yes_or_no(rng, n=64, scale=2.0, signal=1.0):
    y = rng.integers(2, size=n)
    return rng.normal(0, scale, n) + signal * (2 * y - 1), y


def masked(rng, **sizes):
    """Logits in which other classes than the label are masked out."""
    z, y = batch(rng, **sizes)
    out = rng.random(z.shape) < 0.5
    out[np.arange(len(y)), y] = False
    z[out] = -INF
    return z, y


def cosines(rng, n=64, k=10, d=64, scale=30.0, near=1.0):
    y = rng.integers(k, size=n)
    centres = rng.normal(size=(k, d))
    x = centres[y] * near + rng.normal(size=(n, d))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return scale * x @ (centres / np.linalg.norm(centres, axis=1, keepdims=True)).T, y


def smoothed(rng, n=32, k=6, share=0.1):
    z, y = batch(rng, n, k)
    return z, xl.smooth_labels(y, k, share)


def as_probs(outputs, labels, axis=-1):
    return softmax(outputs, axis=axis), labels


def converted(pair, outputs=None, labels=None):
    z, y = pair
    return (outputs(z) if outputs else z), (labels(y) if labels else y)


def tensor(dtype):
    return lambda z: torch.tensor(np.asarray(z), dtype=dtype)


def ignoring(rng, ignored):
    z, y = batch(rng)
    y[rng.random(len(y)) < 0.4] = ignored
    return z, y


def with_bad_ignored_rows(rng):
    z, y = ignoring(rng, -100)
    z[y == -100] = NAN
    return z, y


def stages(rng, n=12, t=30, k=4):
    """Labels that rise along each row and end in the last stage, as those of an operation do."""
    z, _ = batch(rng, n * t, k)
    return z.reshape(n, t, k), np.sort(rng.integers(k, size=(n, t)), axis=1)


def rare(rng, n=64, k=10):
    """A trained model that seldom saw the classes of this batch."""
    z, y = batch(rng, n, k)
    z[:, 0] += 6
    return z, np.where(rng.random(n) < 0.9, 9, y)


def trained(rng, n=200, k=10):
    z, y = batch(rng, n, k, signal=6)
    return 2 * z, np.where(rng.random(n) < 0.05, rng.integers(k, size=n), y)


PROBS = {"expects": "probs"}
LOG_PROBS = {"expects": "log_probs"}
ONE = {"axis": 1}

# kind → (from a random generator to outputs and labels, options)
HEALTHY = {
    "plain": (batch, {}),
    "fresh network": (network, {}),
    "fresh network, 2 classes": (lambda r: network(r, k=2), {}),
    "fresh network, 3 classes": (lambda r: network(r, k=3), {}),
    "fresh network, 1000 classes": (lambda r: network(r, n=16, k=1000), {}),
    "fresh network, one row": (lambda r: network(r, n=1), {}),
    "tiny logits": (lambda r: batch(r, scale=1e-4), {}),
    "zero weights": (lambda r: (np.zeros((32, 10)), batch(r, 32)[1]), {}),
    "zero weights, yes or no": (lambda r: (np.zeros(32), yes_or_no(r, 32)[1]), {}),
    "trained": (trained, {}),
    "trained and sure": (lambda r: batch(r, signal=60, scale=5), {}),
    "sure, a tenth wrong": (lambda r: converted(trained(r), lambda z: 30 * z), {}),
    "sure, 2 classes": (lambda r: converted(trained(r, k=2), lambda z: 30 * z), {}),
    "too sure, yes or no": (lambda r: yes_or_no(r, signal=60, scale=40), {}),
    "perfect": (lambda r: (np.eye(10) * 900, range(10)), {}),
    "shifted by 1000": (lambda r: converted(batch(r), lambda z: z + 1000), {}),
    "all logits negative": (lambda r: converted(batch(r), lambda z: z - 50), {}),
    "log-probabilities as logits": (lambda r: converted(batch(r), xl.log_softmax), {}),
    "2 classes": (lambda r: batch(r, k=2, signal=1), {}),
    "3 classes": (lambda r: batch(r, k=3, signal=1), {}),
    "50,000 classes": (lambda r: batch(r, n=4, k=50_000), {}),
    "2 rows": (lambda r: batch(r, n=2), {}),
    "2 rows, 2 classes": (lambda r: batch(r, n=2, k=2), {}),
    "1 row": (lambda r: batch(r, n=1), {}),
    "1 sample alone": (lambda r: (r.normal(size=10), 3), {}),
    "1 question alone": (lambda r: (0.3, 1), {}),
    "one label only": (lambda r: (batch(r)[0], np.full(64, 7)), {}),
    "one label only, right": (lambda r: (batch(r)[0] + 9 * np.eye(10)[7], np.full(64, 7)), {}),
    "one label only, wrong": (lambda r: (batch(r)[0] + 9 * np.eye(10)[6], np.full(64, 7)), {}),
    "sorted labels": (lambda r: converted(batch(r), None, np.sort), {}),
    "rare classes": (rare, {}),
    "long tail": (lambda r: (batch(r)[0], r.geometric(0.5, 64).clip(1, 10) - 1), {}),
    "float16": (lambda r: converted(batch(r), np.float16), {}),
    "float16 near its limit": (
        lambda r: converted(batch(r, signal=20), lambda z: np.float16(2000 * z).clip(-65504, 65504)),
        {},
    ),
    "float32": (lambda r: converted(batch(r), np.float32), {}),
    "float32, large": (lambda r: converted(batch(r, signal=90), np.float32), {}),
    "longdouble": (lambda r: converted(batch(r), np.longdouble), {}),
    "integer logits": (lambda r: (r.integers(-5, 6, (64, 10)), r.integers(10, size=64)), {}),
    "integer logits, small": (lambda r: (r.integers(0, 2, (3, 2)), r.integers(2, size=3)), {}),
    "votes": (lambda r: (r.multinomial(20, [0.1] * 10, size=64), r.integers(10, size=64)), {}),
    "lists": (lambda r: converted(batch(r), np.ndarray.tolist, np.ndarray.tolist), {}),
    "Fortran order": (lambda r: converted(batch(r), np.asfortranarray), {}),
    "every other row": (lambda r: converted(batch(r), lambda z: z[::2], lambda y: y[::2]), {}),
    "uint8 labels": (lambda r: converted(batch(r), None, np.uint8), {}),
    "int8 labels": (lambda r: converted(batch(r), None, np.int8), {}),
    "uint64 labels": (lambda r: converted(batch(r), None, np.uint64), {}),
    "boolean labels": (lambda r: converted(yes_or_no(r), None, np.bool_), {}),
    "boolean labels of 2 classes": (lambda r: converted(batch(r, k=2), None, np.bool_), {}),
    "tensors": (lambda r: converted(batch(r), torch.tensor, torch.tensor), {}),
    "tensor, bfloat16, requires grad": (
        lambda r: converted(batch(r), lambda z: tensor(torch.bfloat16)(z).requires_grad_()),
        {},
    ),
    "tensor, half": (lambda r: converted(batch(r), tensor(torch.half), tensor(torch.uint8)), {}),
    "list of tensors": (lambda r: converted(batch(r), lambda z: [*torch.tensor(z)]), {}),
    "non-contiguous tensor": (lambda r: converted(batch(r), lambda z: torch.tensor(z.T).T), {}),
    "segmentation": (maps, ONE),
    "segmentation, trained": (lambda r: maps(r, signal=5), ONE),
    "segmentation, edges ignored": (
        lambda r: converted(maps(r), None, lambda y: np.where(r.random(y.shape) < 0.2, 255, y)),
        {"axis": 1, "ignore_index": 255},
    ),
    "segmentation, square": (lambda r: maps(r, 5, 5, 5, 5), ONE),
    "yes-or-no maps": (lambda r: (r.normal(size=(2, 1, 6, 6)), r.random((2, 1, 6, 6)) < 0.3), ONE),
    "classes first": (lambda r: converted(batch(r, n=30), np.transpose), {"axis": 0}),
    "language model": (lambda r: (r.normal(size=(4, 9, 30)), r.integers(30, size=(4, 9))), {}),
    "language model, padding ignored": (texts, {"ignore_index": -100}),
    "language model, 0 ignored": (lambda r: texts(r, pad=0), {"ignore_index": 0}),
    "language model, axis 1": (
        lambda r: converted(texts(r), lambda z: z.transpose(0, 2, 1)),
        {"axis": 1, "ignore_index": -100},
    ),
    "masked language model": (lambda r: ignoring(r, -100), {"ignore_index": -100}),
    "ignored rows are NaN": (with_bad_ignored_rows, {"ignore_index": -100}),
    "nothing to ignore": (batch, {"ignore_index": -100}),
    "stages": (stages, {}),
    "packed texts": (lambda r: (r.normal(size=(4, 16, 9)), r.integers(9, size=(4, 16))), {}),
    "masked classes": (masked, {}),
    "masked classes, one left": (lambda r: ([[0, -INF], [-INF, 1]] * 8, [0, 1] * 8), {}),
    "masked by -1e9": (lambda r: converted(masked(r), lambda z: np.maximum(z, -1e9)), {}),
    "masked by float32's least": (
        lambda r: converted(masked(r), lambda z: np.float32(np.maximum(z, -3.4e38))),
        {},
    ),
    "cosines times 30": (cosines, {}),
    "cosines times 64": (lambda r: cosines(r, k=100, scale=64.0), {}),
    "fresh cosines times 16": (lambda r: cosines(r, scale=16.0, near=0.0), {}),
    "cosines": (lambda r: cosines(r, scale=1.0), {}),
    "tanh of a fresh network": (lambda r: converted(network(r), np.tanh), {}),
    "soft labels": (lambda r: (batch(r, 32)[0], softmax(batch(r, 32)[0])), {}),
    "smooth labels": (smoothed, {}),
    "one-hot floats": (lambda r: smoothed(r, share=0.0), {}),
    "one-hot float32 maps": (
        lambda r: converted(maps(r), None, lambda y: np.moveaxis(np.float32(np.eye(5)[y]), -1, 1)),
        ONE,
    ),
    "mixed up": (lambda r: (batch(r, 8, 4)[0], np.float16(r.dirichlet([1] * 4, 8))), {}),
    "yes or no": (yes_or_no, {}),
    "yes or no, float labels": (lambda r: converted(yes_or_no(r), None, np.float32), {}),
    "yes or no, soft labels": (lambda r: (r.normal(size=64), r.random(64)), {}),
    "yes or no, rare yes": (lambda r: (r.normal(-3, 1, 64), r.random(64) < 0.02), {}),
    "yes or no, column": (lambda r: (r.normal(size=(64, 1)), r.integers(2, size=(64, 1))), {}),
    "yes or no, small": (lambda r: (r.uniform(0.2, 0.4, 64), r.integers(2, size=64)), {}),
    "yes or no, -1 ignored": (
        lambda r: (r.normal(size=64), r.integers(-1, 2, 64).astype(float)),
        {"ignore_index": -1},
    ),
    "probabilities": (lambda r: as_probs(*batch(r)), PROBS),
    "probabilities, float16": (
        lambda r: converted(as_probs(*batch(r, k=1000)), np.float16),
        PROBS,
    ),
    "probabilities, bfloat16": (
        lambda r: converted(as_probs(*batch(r, k=100)), tensor(torch.bfloat16)),
        PROBS,
    ),
    "probabilities, four digits": (lambda r: converted(as_probs(*batch(r)), lambda p: p.round(4)), PROBS),
    "probabilities, saturated": (lambda r: (np.eye(10)[LABELS * 9], LABELS * 9), PROBS),
    "probabilities of maps": (lambda r: as_probs(*maps(r), axis=1), PROBS | ONE),
    "probabilities, yes or no": (lambda r: (r.random(64), r.integers(2, size=64)), PROBS),
    "probabilities, soft labels": (lambda r: (r.dirichlet([1] * 5, 9), r.dirichlet([1] * 5, 9)), PROBS),
    "log-probabilities": (lambda r: converted(batch(r), xl.log_softmax), LOG_PROBS),
    "log-probabilities, masked": (lambda r: converted(masked(r), xl.log_softmax), LOG_PROBS),
    "log-probabilities, bfloat16": (
        lambda r: converted(batch(r), lambda z: tensor(torch.bfloat16)(xl.log_softmax(z))),
        LOG_PROBS,
    ),
    "log-probabilities, once bfloat16": (
        lambda r: converted(batch(r), lambda z: tensor(torch.bfloat16)(xl.log_softmax(z)).float()),
        LOG_PROBS,
    ),
    "probabilities, once bfloat16": (
        lambda r: converted(as_probs(*batch(r)), lambda p: tensor(torch.bfloat16)(p).float()),
        PROBS,
    ),
    "weights": (batch, {"weight": np.arange(1, 11)}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEALTHY)
def test_healthy_batches_raise_no_alarm(kind):
    make, options = HEALTHY[kind]
    for seed in range(8):
        found = diagnose(*make(np.random.default_rng(seed)), **options)
        assert found.ok and not alarms(found), f"seed {seed}\n{found}"


def test_there_are_enough_kinds():
    assert len(HEALTHY) >= 60 and len(SICK) >= 60
    several = [what for what, _, _ in SICK.values()]
    assert all(several.count(what) > 1 for what in several), several


def random_healthy(rng):
    """Draw a batch of any size, precision, scale, knowledge and layout."""
    n, k = int(rng.integers(1, 40)), int(rng.integers(2, 12))
    kind = rng.integers(8)
    scale = 10.0 ** rng.uniform(-3, 0.4)
    options = {}
    z, y = (
        network(rng, n, k, 8, 4)
        if kind == 0
        else batch(rng, n, k, scale, rng.uniform(0, 9) * scale)
    )
    if kind == 1:
        y = y % 2
        z = z[:, 0] * np.where(y == 1, 1, -1) if rng.random() < 0.5 else rng.normal(0, 1, n)
    elif kind == 2:
        z, options = softmax(z), PROBS
    elif kind == 3:
        y = np.eye(k)[y]
    elif kind == 4:
        z = np.rint(3 * z / scale)
    elif kind == 5:
        y = np.where(rng.random(n) < 0.2, -1, y)
        y[0] = 0
        options = {"ignore_index": -1}
    elif kind == 6:
        t = int(rng.integers(1, 8))
        z, y = rng.normal(0, scale, (n, t, k)), rng.integers(k, size=(n, t))
    else:
        out = rng.random(z.shape) < 0.2
        out[np.arange(n), y if y.ndim == 1 else 0] = False
        z = np.where(out, -INF, z)
    dtype = (np.float16, np.float32, np.float64)[rng.integers(3)]
    return z.astype(dtype), y, options


@pytest.mark.parametrize("seed", range(10))
def test_random_healthy_batches_raise_no_alarm(seed):
    """50,000 of them in all."""
    rng = np.random.default_rng([12, seed])
    for number in range(5000):
        z, y, options = random_healthy(rng)
        found = diagnose(z, y, **options)
        assert found.ok, f"batch {number}: {z!r}, {y!r}, {options}\n{found}"


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_outputs_in_the_unit_interval_by_chance_raise_no_alarm(k):
    """Each column of a fresh network has an offset of its own; all may be positive."""
    rng = np.random.default_rng(k)
    offsets, spread = rng.normal(0, 0.5, (20_000, 1, k)), rng.uniform(0, 0.3, (20_000, 1, 1))
    tables = offsets + spread * rng.uniform(-1.6, 1.6, (20_000, 16, k))
    chosen = tables[((tables >= 0) & (tables <= 1)).all(axis=(1, 2))]
    assert len(chosen) > 50 and (chosen.max(axis=(1, 2)) > 0.95).any()
    for z in chosen[:500]:
        y = rng.integers(max(k, 2), size=16)
        found = diagnose(z, y[:, np.newaxis] if k == 1 else y)
        assert found.ok, f"{z!r}\n{found}"


def test_soft_labels_may_have_gone_through_half_precision():
    z, q = batch(np.random.default_rng(0))[0], softmax(batch(np.random.default_rng(1))[0])
    rounded = tensor(torch.bfloat16)(q).float()
    assert abs(rounded.sum(dim=1) - 1).max() > 1e-3 and diagnose(z, rounded).ok


# ---------------------------------------------------------------------- sick batches


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def at(row, value):
    """Return a function that puts a value at a row, or at an entry."""

    def put(z):
        z = np.array(z, float)
        z[row] = value
        return z

    return put


def answers(rng, n=64):
    """Probabilities of yes, of a model that knows something."""
    z, y = yes_or_no(rng, n, scale=1.5, signal=2)
    return sigmoid(z), y


def renamed(rng, k, step=0, n=200):
    """A good model whose classes are numbered differently from the labels."""
    z, y = batch(rng, n, k, signal=5)
    new = (np.arange(k) + step) % k if step else rng.permutation(np.roll(np.arange(k), 2))
    while not step and ((new == np.arange(k)).any() or len(set((new - np.arange(k)) % k)) == 1):
        new = rng.permutation(k)
    return z, new[y]


def some(rng, values, n=64, k=10):
    """A batch of k classes with a tenth of the labels replaced."""
    z, y = batch(rng, n, k)
    y[:2] = 0, k - 1
    return z, np.where(np.arange(n) % 10 == 5, rng.choice(values, n), y)


def multi_hot(rng, n=32, k=5):
    y = (rng.random((n, k)) < 0.5).astype(float)
    y[0] = 1
    return rng.normal(size=(n, k)), y


# kind → (the name of the finding, from a random generator to outputs and labels, options)
SICK = {
    "text labels": ("not numbers", lambda r: (batch(r)[0], ["cat"] * 64), {}),
    "None for labels": ("not numbers", lambda r: (batch(r)[0], None), {}),
    "ragged outputs": ("not numbers", lambda r: ([[1, 2], [3]], [0, 0]), {}),
    "text outputs": ("not numbers", lambda r: ("abc", [0]), {}),
    "complex outputs": ("not numbers", lambda r: converted(batch(r), lambda z: z + 0j), {}),
    "masked array": ("not numbers", lambda r: (np.ma.array([[1.0, 2.0]], mask=[[0, 1]]), [0]), {}),
    "no rows": ("nothing left", lambda r: (np.zeros((0, 3)), np.zeros(0, int)), {}),
    "empty lists": ("nothing left", lambda r: ([], []), {}),
    "all ignored": ("nothing left", lambda r: (batch(r)[0], [-100] * 64), {"ignore_index": -100}),
    "all rows NaN": ("nothing left", lambda r: (np.full((4, 3), NAN), [0, 1, 2, 0]), {}),
    "column against a list": ("column", lambda r: (r.normal(size=(64, 1)), r.random(64) < 0.5), {}),
    "column of maps": ("column", lambda r: (r.normal(size=(2, 1, 5, 5)), r.integers(2, size=(2, 5, 5))), ONE),
    "list against a column": ("column", lambda r: (r.normal(size=64), r.random((64, 1))), {}),
    "column of class indices": ("column", lambda r: converted(batch(r), None, lambda y: y[:, None]), {}),
    "integer one-hot": ("integer one-hot", lambda r: converted(batch(r), None, lambda y: np.eye(10, dtype=int)[y]), {}),
    "boolean one-hot": ("integer one-hot", lambda r: converted(batch(r), None, lambda y: np.eye(10)[y] > 0), {}),
    "integer one-hot of maps": ("integer one-hot", lambda r: converted(maps(r), None, lambda y: np.moveaxis(np.eye(5, dtype=int)[y], -1, 1)), ONE),
    "maps with the last axis": ("axis", maps, {}),
    "classes first, last axis": ("axis", lambda r: converted(batch(r), np.transpose), {}),
    "texts with axis 1": ("axis", lambda r: texts(r, pad=1), ONE),
    "fewer labels": ("shape", lambda r: converted(batch(r), None, lambda y: y[:-1]), {}),
    "flat texts": ("shape", lambda r: converted(texts(r), lambda z: z.reshape(-1, 30)), {}),
    "flat labels": ("shape", lambda r: converted(texts(r), None, np.ravel), {}),
    "answers for outputs": ("shape", lambda r: (r.integers(9, size=(4, 7)), r.integers(9, size=(4, 7))), {}),
    "one-hot of other K": ("shape", lambda r: (batch(r)[0], np.eye(9)[r.integers(9, size=64)]), {}),
    "no classes": ("shape", lambda r: (np.zeros((5, 0)), np.zeros(5, int)), {}),
    "signs": ("label range", lambda r: converted(yes_or_no(r), None, lambda y: 2 * y - 1), {}),
    "0 and 255": ("label range", lambda r: converted(yes_or_no(r), None, lambda y: np.uint8(255 * y)), {}),
    "percent": ("label range", lambda r: (batch(r, 9, 3)[0], 100 * r.dirichlet([1] * 3, 9)), {}),
    "column with class 2": ("label range", lambda r: (r.normal(size=(64, 1)), r.integers(3, size=(64, 1))), {}),
    "log-probabilities as labels": ("label range", lambda r: (batch(r)[0], xl.log_softmax(batch(r)[0])), {}),
    "several ones": ("label sum", multi_hot, {}),
    "labels that sum to .9": ("label sum", lambda r: converted(smoothed(r), None, lambda q: 0.9 * q), {}),
    "a row of zeros": ("label sum", lambda r: converted(smoothed(r), None, at(3, 0)), {}),
    "NaN in soft labels": ("missing labels", lambda r: converted(smoothed(r), None, at((3, 1), NAN)), {}),
    "NaN answer": ("missing labels", lambda r: converted(yes_or_no(r), None, at(7, NAN)), {}),
    "float indices": ("float indices", lambda r: converted(batch(r), None, np.float32), {}),
    "float indices with NaN": ("float indices", lambda r: converted(batch(r), None, at(4, NAN)), {}),
    "regression targets": ("float indices", lambda r: (batch(r)[0], r.normal(size=64)), {}),
    "labels from 1": ("off by one", lambda r: converted(some(r, [3]), None, lambda y: y % 10 + 1), {}),
    "labels from 1, 2 classes": ("off by one", lambda r: (batch(r, k=2)[0], [1, 2] * 32), {}),
    "uint8 labels from 1": ("off by one", lambda r: (batch(r, k=3)[0], np.uint8([1, 2, 3, 3] * 16)), {}),
    "label -1": ("stray label", lambda r: some(r, [-1]), {}),
    "label 255": ("stray label", lambda r: converted(some(r, [255]), None, np.uint8), {}),
    "label -100": ("stray label", lambda r: some(r, [-100]), {}),
    "label -100, another ignored": ("stray label", lambda r: some(r, [-100]), {"ignore_index": -1}),
    "padding of texts": ("stray label", texts, {}),
    "edges of maps": ("stray label", lambda r: converted(maps(r), None, lambda y: np.where(r.random(y.shape) < 0.2, 255, y)), ONE),
    "more classes": ("labels", lambda r: some(r, [10, 11, 12, 15]), {}),
    "-1 and -100": ("labels", lambda r: some(r, [-1, -100]), {}),
    "tokens beyond the vocabulary": ("labels", lambda r: (r.normal(size=(2, 9, 8)), r.integers(20, size=(2, 9))), {}),
    "padding with 0": ("padding", lambda r: texts(r, pad=0), {}),
    "padding with the last token": ("padding", lambda r: converted(texts(r, k=50), None, lambda y: np.where(y < 0, 49, y % 49)), {}),
    "padding, axis 1": ("padding", lambda r: converted(texts(r, pad=0), lambda z: z.transpose(0, 2, 1)), ONE),
    "one NaN": ("not finite", lambda r: converted(batch(r), at((3, 4), NAN)), {}),
    "one inf": ("not finite", lambda r: converted(batch(r), at((3, 4), INF)), {}),
    "a row masked": ("not finite", lambda r: converted(batch(r), at(5, -INF)), {}),
    "float16 overflow": ("not finite", lambda r: converted(batch(r, scale=1e6), tensor(torch.half)), {}),
    "NaN answer of a model": ("not finite", lambda r: converted(yes_or_no(r), at(3, NAN)), {}),
    "NaN in probabilities": ("not finite", lambda r: converted(as_probs(*batch(r)), at(5, NAN)), PROBS),
    "logits as probabilities": ("logits", batch, PROBS),
    "logits as answers": ("logits", yes_or_no, PROBS),
    "ReLU as probabilities": ("logits", lambda r: converted(batch(r), lambda z: np.maximum(3 * z, 0)), PROBS),
    "logarithms as probabilities": ("log-probabilities", lambda r: converted(batch(r), xl.log_softmax), PROBS),
    "logarithms as probabilities of maps": ("log-probabilities", lambda r: converted(maps(r), lambda z: xl.log_softmax(z, axis=1)), PROBS | ONE),
    "softmax over the batch": ("softmax axis", lambda r: converted(batch(r), lambda z: softmax(z, axis=0)), PROBS),
    "softmax over the batch, logits": ("softmax axis", lambda r: converted(batch(r), lambda z: softmax(z, axis=0)), {}),
    "softmax over the width": ("softmax axis", lambda r: converted(maps(r), lambda z: softmax(z, axis=3)), ONE),
    "log-softmax over the batch": ("softmax axis", lambda r: converted(batch(r), lambda z: xl.log_softmax(z, axis=0)), LOG_PROBS),
    "sigmoids as probabilities": ("row sums", lambda r: converted(batch(r), sigmoid), PROBS),
    "one probability lost": ("row sums", lambda r: converted(as_probs(*batch(r)), at((0, slice(3)), 0)), PROBS),
    "logits as logarithms": ("row sums", batch, LOG_PROBS),
    "softmax twice": ("probabilities", lambda r: as_probs(*batch(r)), {}),
    "softmax twice, 2 classes": ("probabilities", lambda r: as_probs(*batch(r, 8, 2)), {}),
    "softmax twice, float16": ("probabilities", lambda r: converted(as_probs(*batch(r)), np.float16), {}),
    "softmax twice, bfloat16": ("probabilities", lambda r: converted(as_probs(*batch(r)), tensor(torch.bfloat16)), {}),
    "softmax twice, 2 rows": ("probabilities", lambda r: as_probs(*batch(r, 2, 5)), {}),
    "softmax twice, maps": ("probabilities", lambda r: as_probs(*maps(r), axis=1), ONE),
    "softmax twice, saturated": ("probabilities", lambda r: converted(batch(r, scale=4000), softmax), {}),
    "softmax twice, 1000 classes": ("probabilities", lambda r: as_probs(*converted(batch(r, k=1000), np.float32)), {}),
    "probabilities as logarithms": ("probabilities", lambda r: as_probs(*batch(r)), LOG_PROBS),
    "sigmoid first": ("squashed", lambda r: converted(batch(r), sigmoid), {}),
    "sigmoid first, fresh": ("squashed", lambda r: converted(network(r), sigmoid), {}),
    "sigmoid first, 80 classes": ("squashed", lambda r: converted(network(r, k=80), sigmoid), {}),
    "sigmoid first, 3 classes": ("squashed", lambda r: converted(batch(r, 200, 3, signal=5), lambda z: sigmoid(z - 2)), {}),
    "sigmoid twice": ("squashed", answers, {}),
    "sigmoid twice, column": ("squashed", lambda r: [x[:, None] for x in answers(r)], {}),
    "ReLU first": ("squashed", lambda r: converted(batch(r), lambda z: np.maximum(z, 0)), {}),
    "tanh first": ("squashed", lambda r: converted(batch(r, scale=5), np.tanh), {}),
    "label masked out": ("infinite", lambda r: converted(masked(r), lambda z: np.where(np.arange(10) == 3, -INF, z), lambda y: at(4, 3)(y).astype(int)), {}),
    "probability 0": ("infinite", lambda r: (np.eye(10)[batch(r)[1]], batch(r)[1]), PROBS),
    "saturated float16": ("infinite", lambda r: converted(as_probs(*batch(r, scale=30)), np.float16), PROBS),
    "saturated answers": ("infinite", lambda r: (r.permutation([0.0, 1.0] * 32), [0, 1] * 32), PROBS),
    "dead units": ("constant", lambda r: (np.tile(r.normal(size=10), (64, 1)), batch(r)[1]), {}),
    "dead units, yes or no": ("constant", lambda r: (np.full(64, 0.3), yes_or_no(r)[1]), {}),
    "constant probabilities": ("constant", lambda r: (np.full((64, 10), 0.1), batch(r)[1]), PROBS),
    "dead, 2 classes": ("constant", lambda r: ([[0.2, -0.1]] * 8, [0, 1] * 4), {}),
    "logits times 50": ("loud", lambda r: batch(r, scale=50), {}),
    "logits times 9, 27 classes": ("loud", lambda r: batch(r, k=27, scale=9), {}),
    "answers times 50": ("loud", lambda r: yes_or_no(r, scale=50, signal=0), {}),
    "rows out of step": ("loud", lambda r: converted(batch(r, signal=30), None, r.permutation), {}),
    "classes + 1": ("shifted", lambda r: renamed(r, 10, 1), {}),
    "classes - 1": ("shifted", lambda r: renamed(r, 5, -1), {}),
    "classes + 1, maps": ("shifted", lambda r: converted(maps(r, signal=5), None, lambda y: (y + 1) % 5), ONE),
    "renamed classes": ("renumbered", lambda r: renamed(r, 10), {}),
    "renamed classes, 6": ("renumbered", lambda r: renamed(r, 6), {}),
    "yes and no swapped": ("flipped", lambda r: converted(yes_or_no(r, 100, signal=5), None, lambda y: 1 - y), {}),
    "2 classes swapped": ("flipped", lambda r: converted(batch(r, 100, 2, signal=5), None, lambda y: 1 - y), {}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "options", "left_out"),
    [
        (-100, {}, True),
        (-1, {}, False),
        (-100, {"ignore_index": -1}, False),
        (-100, {"ignore_index": 0}, False),
    ],
)
def test_label_that_pytorch_leaves_out_is_said_to_be(label, options, left_out):
    report = diagnose([[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]], [0, label, 2], **options)
    assert ("PyTorch leaves them out" in report[0].consequence) == left_out


@pytest.mark.parametrize("kind", SICK)
def test_sick_batches_are_named(kind):
    name, make, options = SICK[kind]
    for seed in range(5):
        found = diagnose(*make(np.random.default_rng(seed)), **options)
        assert name in [finding.name for finding in alarms(found)], f"seed {seed}\n{found}"
        for finding in found:
            assert all([finding.seen, finding.consequence, finding.mend])


def test_a_plateau_of_sigmoids_gives_equal_rows_up_to_rounding():
    for seed in range(8):
        torch.manual_seed(seed)
        layers = [
            layer for _ in range(9) for layer in (torch.nn.Linear(64, 64), torch.nn.Sigmoid())
        ]
        z = torch.nn.Sequential(*layers, torch.nn.Linear(64, 10))(torch.rand(200, 64))
        assert 0 < np.ptp(z.detach().numpy(), axis=0).max() < 1e-6
        found = alarms(diagnose(z, torch.arange(200) % 10))
        assert names(found) == ["constant"], f"seed {seed}\n{found}"
        assert "up to rounding" in found[0].seen


# ---------------------------------------------------------------------- what is not seen


def test_few_columns_of_sigmoids_are_not_told_from_logits_in_the_unit_interval():
    """The notes of `diagnose` say so; with more columns they are seen."""
    for seed in range(8):
        for k in (2, 3, 10):
            z, y = network(np.random.default_rng(seed), k=k)
            found = alarms(diagnose(sigmoid(z), y))
            assert names(found) == (["squashed"] if k > 3 else []), f"seed {seed}\n{found}"
        z, y = yes_or_no(np.random.default_rng(seed), scale=1, signal=0)
        assert diagnose(sigmoid(z), y).ok


@pytest.mark.parametrize(("total", "seen"), [(0.996, False), (1.004, False), (0.994, True)])
def test_soft_labels_may_miss_a_sum_of_1_as_far_as_half_precision_does(total, seen):
    for seed in range(8):
        z, q = smoothed(np.random.default_rng(seed))
        assert ("label sum" in names(diagnose(z, q * total))) == seen


# ---------------------------------------------------------------------- the loss that you got


def cross_entropy(z, y, **options):
    return F.cross_entropy(torch.tensor(z), torch.tensor(y), **options).item()


def nll(p, y):
    return F.nll_loss(torch.log(torch.tensor(p)), torch.tensor(y)).item()


def every(z, y):
    return F.cross_entropy(torch.tensor(z), torch.tensor(y), reduction="none").numpy()


def clip(z, y, eps):
    return float(-np.log(np.clip(softmax(z), eps, 1 - eps))[np.arange(len(y)), y].mean())


def plus(z, y, eps):
    return float(-np.log(softmax(z) + eps)[np.arange(len(y)), y].mean())


def binary(z, y, function):
    return function(torch.tensor(z), torch.eye(z.shape[1]).double()[torch.tensor(y)]).item()


# what `consequence` says → from logits (N, K) and labels (N,) to the number that this gives
WRONG = {
    "a sum, not a mean": lambda z, y: cross_entropy(z, y, reduction="sum"),
    "a mean over all 40 x 7 cells": lambda z, y: cross_entropy(z, y) / 7,
    "divided by the batch twice": lambda z, y: cross_entropy(z, y) / 40,
    "in bits": lambda z, y: nll(np.exp2(np.log(softmax(z))), y) / np.log(2) ** 2,
    "in decimal digits": lambda z, y: -np.log10(softmax(z)[np.arange(40), y]).mean(),
    "a perplexity": lambda z, y: np.exp(cross_entropy(z, y)),
    "of the wrong sign": lambda z, y: -cross_entropy(z, y),
    "a sum of the wrong sign": lambda z, y: -cross_entropy(z, y, reduction="sum"),
    "softmax applied twice": lambda z, y: cross_entropy(softmax(z), y),
    "minus a mean probability": lambda z, y: F.nll_loss(torch.tensor(softmax(z)), torch.tensor(y)).item(),
    "one minus a mean probability": lambda z, y: 1 - softmax(z)[np.arange(40), y].mean(),
    "minus a mean logit": lambda z, y: F.nll_loss(torch.tensor(z), torch.tensor(y)).item(),
    "squared error of the probabilities (Brier score)": lambda z, y: xl.brier_score(softmax(z), y),
    "a mean squared error": lambda z, y: ((softmax(z) - np.eye(7)[y]) ** 2).mean(),
    "cells after the softmax": lambda z, y: binary(softmax(z), y, F.binary_cross_entropy),
    "(sigmoid) of each of the cells": lambda z, y: binary(z, y, F.binary_cross_entropy_with_logits),
    "a sigmoid before the softmax": lambda z, y: cross_entropy(sigmoid(z), y),
    "over the rows of the batch": lambda z, y: nll(softmax(z, axis=0), y),
    "labels moved by -1": lambda z, y: cross_entropy(z, (y - 1) % 7),
    "labels moved by +1": lambda z, y: cross_entropy(z, (y + 1) % 7),
    "own answers": lambda z, y: cross_entropy(z, z.argmax(axis=1)),
    "label_smoothing=0.1": lambda z, y: cross_entropy(z, y, label_smoothing=0.1),
    "a focal loss with gamma=2": lambda z, y: xl.softmax_focal_loss(z, y, gamma=2),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("digits", [None, 5])
def test_the_mistake_that_returns_the_loss_is_named(what, digits):
    for seed in range(5):
        z, y = batch(np.random.default_rng(seed), 40, 7, scale=1.5, signal=1)
        loss = float(WRONG[what](z, y))
        (found,) = diagnose(z, y, loss=loss if digits is None else float(f"{loss:.{digits}g}"))
        assert what in found.consequence
        assert digits or ", or " not in found.consequence  # all digits leave no choice
        meant = "=" in what
        assert (found.level, found.name) == (
            ("note", "other loss") if meant else ("warning", "wrong loss")
        )


@pytest.mark.parametrize(
    "eps",
    [1e-7, 1e-12, 1e-15, 2.0**-52, 2.0**-126, np.exp(-100), 1e-5, 1e-6, 1e-8, 1e-10],
)
def test_clips_are_named(eps):
    rng = np.random.default_rng(0)
    z, y = batch(rng, 40, 7, scale=60)
    (*_, found) = diagnose(z, y, loss=clip(z, y, max(eps, 1e-300)))
    assert found.consequence.startswith(f"yours is clipped at {eps:.3g}")
    if eps > 1e-30:  # else the same to the last digit
        (*_, found) = diagnose(z, y, loss=plus(z, y, eps))
        assert f"with {eps:.3g} added" in found.consequence


def test_a_clip_explains_a_loss_that_should_be_infinite():
    p, y = np.eye(4)[[0, 1, 2, 3, 0]], [0, 1, 2, 3, 1]
    found = diagnose(p, y, expects="probs", loss=float(-np.log(1e-7) / 5))
    assert names(found) == ["infinite", "wrong loss"]
    assert "clipped at 1e-07 (Keras)" in found[1].consequence


def test_losses_of_texts():
    rng = np.random.default_rng(1)
    z, y = texts(rng, 5, 9, 6)
    losses = every(z.reshape(-1, 6), y.reshape(-1)).reshape(5, 9)  # 0 where ignored
    kept = y != -100
    options = {"ignore_index": -100}
    for loss, what in {
        losses.sum() / 45: "a mean over the ignored rows",
        losses.sum() / kept.sum() / 9: "length of the texts twice",
        losses.sum() / 5: "divided by the 5 texts",
        (losses.sum(axis=1) / kept.sum(axis=1)).mean(): "a mean of the means of texts",
        losses[:, kept[0]].mean(): "the mask of the first text",
        losses.sum() / (5 * kept[0].sum()): "as long as the first",
    }.items():
        (found,) = diagnose(z, y, loss=loss, **options)
        assert what in found.consequence
    assert names(diagnose(z, y, loss=losses.sum() / kept.sum(), **options)) == ["right loss"]

    z, y = texts(rng, 5, 9, 6, pad=0)
    (found,) = diagnose(z, y, ignore_index=0, loss=every(z.reshape(-1, 6), y.reshape(-1)).mean())
    assert "the ignored rows count like others" in found.consequence
    y = rng.integers(6, size=(5, 9))
    later = cross_entropy(z[:, :-1].reshape(-1, 6), y[:, 1:].reshape(-1))
    assert "one step later" in diagnose(z, y, loss=later)[0].consequence


def test_losses_of_maps():
    z, y = maps(np.random.default_rng(0), signal=2)
    right = cross_entropy(z, y)
    assert names(diagnose(z, y, axis=1, loss=right)) == ["right loss"]
    torn = cross_entropy(z.reshape(-1, 5), y.reshape(-1))
    assert "outputs.reshape(-1, 5)" in diagnose(z, y, axis=1, loss=torn)[0].consequence
    by_picture = cross_entropy(z, y, reduction="sum") / 2
    assert "the 2 texts or pictures" in diagnose(z, y, axis=1, loss=by_picture)[0].consequence


def test_weights():
    z, y = batch(np.random.default_rng(0), 40, 3)
    weight = [1, 2, 5]
    losses, total = every(z, y), np.take(weight, y).sum()
    weighted = (np.take(weight, y) * losses).sum()
    for loss, what in {
        losses.mean(): "without the weights",
        weighted / 40: "divided by the number of rows",
        weighted: "a sum",
    }.items():
        assert what in diagnose(z, y, weight=weight, loss=loss)[0].consequence
    assert names(diagnose(z, y, weight=weight, loss=weighted / total)) == ["right loss"]
    of_module = torch.tensor(weight, dtype=torch.bfloat16, requires_grad=True)
    assert names(diagnose(z, y, weight=of_module, loss=weighted / total)) == ["right loss"]
    soft = xl.smooth_labels(y, 3, 0.1)
    loss = xl.softmax_cross_entropy(z, soft, weight=weight)
    assert names(diagnose(z, soft, weight=weight, loss=loss)) == ["right loss"]


def test_losses_of_yes_or_no():
    z, y = yes_or_no(np.random.default_rng(0))
    (logits, labels) = torch.tensor(z), torch.tensor(y).double()
    right = F.binary_cross_entropy_with_logits(logits, labels)
    twice = F.binary_cross_entropy_with_logits(torch.sigmoid(logits), labels)
    assert names(diagnose(logits, labels, loss=right)) == ["right loss"]
    assert "a sigmoid applied twice" in diagnose(z, y, loss=twice)[0].consequence
    p = sigmoid(z)
    assert names(diagnose(p, y, expects="probs", loss=right.item())) == ["right loss"]


@pytest.mark.parametrize("kind", HEALTHY)
def test_a_right_loss_is_called_right(kind):
    """By the library's own losses, in the precision of the outputs."""
    make, options = HEALTHY[kind]
    outputs, labels = make(np.random.default_rng(3))
    if isinstance(outputs, torch.Tensor) or isinstance(outputs, list):
        z = torch.stack([*map(torch.as_tensor, outputs)]).detach().double().numpy()
    else:
        z = np.asarray(outputs)
    y = np.asarray(labels)
    if z.shape != y.shape and y.dtype == bool:
        y = y.astype(int)
    of_probs = options.get("expects") == "probs"
    keep = {k: v for k, v in options.items() if k in ("ignore_index", "weight")}
    if z.shape == y.shape and (z.ndim < 2 or 1 in z.shape):
        keep = y != options.get("ignore_index")
        loss = (xl.binary_nll if of_probs else xl.sigmoid_cross_entropy)(z[keep], y[keep])
    else:
        if "axis" in options:
            y = np.moveaxis(y, options["axis"], -1) if z.shape == y.shape else y
            z = np.moveaxis(z, options["axis"], -1)
        loss = (xl.categorical_nll if of_probs else xl.softmax_cross_entropy)(z, y, **keep)
    found = diagnose(outputs, labels, **options, loss=loss)
    assert found.ok and "right loss" in names(found), f"{loss!r}\n{found}"


def test_digits_count():
    assert names(diagnose(LOGITS, LABELS, loss=0.645)) == ["right loss"]
    assert names(diagnose(LOGITS, LABELS, loss=0.65)) == ["right loss"]
    assert names(diagnose(LOGITS, LABELS, loss=0.6457)) == ["other loss"]
    assert names(diagnose(LOGITS, LABELS, loss=np.float16(0.6457))) == ["right loss"]


def test_unknown_losses_are_compared():
    (found,) = diagnose(LOGITS, LABELS, loss=0.645312863 + 0.05)
    assert found.level == "note" and "a difference of 0.05," in found.consequence
    (found,) = diagnose(LOGITS, LABELS, loss=0.645312863 / 16)
    assert "a factor of 0.0625 (16 devices, steps or classes?)" in found.consequence


def test_losses_that_are_not_finite():
    z, y = np.float32([[100, 0], [0, 1], [2, 0]]), [0, 1, 0]
    assert "overflows" in diagnose(z, y, loss=NAN)[0].consequence
    z[0] = 0, -200
    (found,) = diagnose(z, y, loss=NAN)
    assert "e^(-200), rounds to 0" in found.consequence and "a label of 0" in found.consequence
    assert "-inf" in diagnose(z, y, loss=INF)[0].consequence
    assert "behind the outputs" in diagnose(LOGITS, LABELS, loss=NAN)[0].consequence
    z, y = np.zeros((30_000, 10)), np.zeros(30_000, int)
    assert "overflows in float16" in diagnose(z, y, loss=INF)[0].consequence
    found = diagnose([[0.0, -INF], [1, 0]], [1, 0], loss=INF)
    assert names(found) == ["infinite", "right loss"]


# ---------------------------------------------------------------------- what a finding says


def test_findings_say_what_and_where():
    z, y = maps(np.random.default_rng(0))
    y[1, 3, 4] = 9
    (found,) = diagnose(z, y, axis=1)
    assert "label 9" in found.seen and "position (1, 3, 4)" in found.seen
    z[1, 2, 3, 3] = NAN
    assert "nan at position (1, 3, 3)" in diagnose(z, y, axis=1)[1].seen
    (found,) = diagnose(*as_probs(*batch(np.random.default_rng(0))))
    assert "1.4612" in found.consequence  # ln(1 + 9/e)
    z, y = masked(np.random.default_rng(0))
    z[7, y[7]], y[:5] = -INF, -1
    (found,) = diagnose(z, y, ignore_index=-1)
    assert f"1 of 59 labels have probability 0, first {y[7]} at position 7" in found.seen
    (found,) = diagnose([[2, 1], [0, 1]], [[0], [1]])
    assert found.mend == "labels.squeeze(1)"


def test_notes():
    rng = np.random.default_rng(0)
    assert names(diagnose(np.zeros((8, 3)), [0, 1, 2, 0] * 2)) == ["start", "chance"]
    assert names(diagnose(np.float32([[100, 0], [3, 2]]), [0, 1])) == ["overflow"]
    assert names(diagnose(batch(rng)[0], [7] * 64)) == ["one label"]
    assert names(diagnose(*maps(rng, 5, 5, 5, 5), axis=1)) == ["two axes"]
    assert names(diagnose(*batch(rng, k=2, scale=0.01))) == ["chance"]
    assert names(diagnose([[2.0, 1], [0, 3]], [True, False])) == ["boolean labels"]
    assert "loud" in names(diagnose(*batch(rng, n=300, scale=4)))


def test_errors_come_first():
    levels = [f.level for f in diagnose(np.tile([1e3, 0, 0, 0], (32, 1)).astype("f4"), [4, 0] * 16)]
    assert levels == ["error", "warning", "note"]


def test_a_diagnosis_prints_as_text_and_as_a_table():
    found = diagnose(LOGITS, LABELS, loss=0.878373)
    assert isinstance(found, tuple) and isinstance(found, Diagnosis)
    assert repr(found) == str(found) == str(found[0])
    assert str(found).startswith("warning: wrong loss\n  seen: you got 0.878373")
    assert all(len(line) <= 79 for line in str(found).splitlines())
    assert found._repr_html_().count("<tr>") == 2
    assert repr(diagnose(LOGITS, LABELS)) == "nothing unusual in this batch"
    assert diagnose(LOGITS, LABELS)._repr_html_() == "<p>nothing unusual in this batch</p>"


def test_the_table_is_escaped():
    evil = Diagnosis([Finding("note", "<b>", '<script>"x"</script>', "&", "'")])
    table = evil._repr_html_()
    assert "<script" not in table and "<b>" not in table
    cells = [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", table)]
    assert cells == ["note", "<b>", '<script>"x"</script>', "&", "'"]
    labels = diagnose([[1.0, 2.0]], ["<img src=x>"])
    assert "<img" not in labels._repr_html_()


# ---------------------------------------------------------------------- the function


def test_nothing_is_changed_or_warned_of():
    for kind in ("masked classes", "float16 near its limit", "ignored rows are NaN"):
        make, options = HEALTHY[kind]
        z, y = make(np.random.default_rng(0))
        before = np.array(z), np.array(y)
        with np.errstate(all="raise"):
            diagnose(z, y, **options, loss=1.0)
        np.testing.assert_array_equal(z, before[0])
        np.testing.assert_array_equal(y, before[1])


def test_options_are_refused():
    for options, exception, message in [
        ({"expects": "probabilities"}, ValueError, r"^unknown expects 'probabilities'; choose one"),
        ({"expects": ["probs"]}, ValueError, r"^unknown expects \['probs'\]"),
        ({"axis": 0.5}, TypeError, r"^axis must be an integer, got 0\.5"),
        ({"axis": 2}, ValueError, r"^axis 2 is out of bounds"),
        ({"ignore_index": 1.0}, TypeError, r"^ignore_index must be an integer"),
        ({"loss": "0.5"}, TypeError, r"^loss must hold numbers"),
        ({"loss": [0.5, 0.6]}, ValueError, r"^loss must be one number, got shape \(2,\)"),
        ({"weight": [1, 2]}, ValueError, r"^weight has shape \(2,\), expected \(3,\)"),
        ({"weight": [1, 2, -1]}, ValueError, r"^weight must be finite and not negative"),
    ]:
        with pytest.raises(exception, match=message):
            diagnose(LOGITS, LABELS, **options)


def test_any_data_return_a_diagnosis():
    """All pairs of odd shapes, dtypes and values, with and without a loss."""
    values = [0.0, -1.0, 0.5, 300.0, NAN, INF, -INF]
    things = [
        np.full(s, v) for s in [(), (0,), (1,), (3,), (3, 1), (3, 2), (2, 3, 2)] for v in values
    ]
    things += [
        None,
        "abc",
        [[1], [1, 2]],
        [],
        [[]],
        np.array([1, "a"], object),
        [True, False, True],
    ]
    things += [np.arange(3, dtype=t) for t in (np.uint8, np.int16, np.uint64)]
    things += [np.full(3, -(2**63)), np.full(3, 2**64 - 1, np.uint64), np.zeros((3, 0))]
    for z, y in itertools.product(things, things):
        for expects in ("logits", "probs", "log_probs"):
            assert isinstance(diagnose(z, y, expects=expects, loss=0.3), Diagnosis)


def test_as_a_hook_of_pytorch():
    seen = []

    def look(module, given, loss):
        seen.append(diagnose(*given, axis=1, ignore_index=module.ignore_index, loss=loss))

    torch.manual_seed(0)
    criterion = nn.CrossEntropyLoss()
    criterion.register_forward_hook(look)
    x, y = torch.randn(64, 5), torch.randint(4, (64,))
    for last in (nn.Identity(), nn.Softmax(1)):
        criterion(nn.Sequential(nn.Linear(5, 4), last)(x), y).backward()
    assert [found.ok for found in seen] == [True, False]
    assert "probabilities" in names(seen[1])


def test_torch_is_not_imported():
    program = (
        "import sys, xent_lib; xent_lib.diagnose([[1.0, 2.0]], [0]); print('torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


def test_time_and_memory():
    """512 x 1000 in at most 50 ms of one core, with few tables of float64 at once."""
    z, y = batch(np.random.default_rng(0), 512, 1000)
    for options in ({}, {"loss": 1.2345}):
        times = []
        for _ in range(7):
            start = time.process_time()
            diagnose(z.astype(np.float32), y, **options)
            times.append(time.process_time() - start)
        assert min(times) < 0.05
        tracemalloc.start()
        diagnose(z, y, **options)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8 * z.nbytes
