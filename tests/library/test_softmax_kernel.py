"""Softmax cross-entropy in blocks of rows agrees with the plain formula, however it is divided."""

import os
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import xent_lib as xl
from xent_lib import _softmax_kernel as kernel

value_and_grad = xl.softmax_cross_entropy_value_and_grad
seek = settings(max_examples=60, deadline=None, derandomize=True)

DTYPES = [np.float32, np.float64]
REDUCTIONS = ["none", "mean", "sum"]
# One class, few, around the length of a stretch of the sum, many; one row, many rows.
SHAPES = [(1, 1), (1, 2), (5, 3), (300, 10), (9, 255), (9, 256), (9, 257), (7, 2000)]
# Where the numbers lie: about 0; one far above; all far from 0; all below 0.
KINDS = {"normal": (3, 0), "peaked": (40, 0), "shifted": (1, 1e4), "negative": (3, -60)}


@pytest.fixture
def block_bytes(monkeypatch):
    """Return a function that sets the size of the blocks."""
    return lambda size: monkeypatch.setattr(kernel, "BLOCK_BYTES", size)


def draw(shape, dtype=np.float64, kind="normal"):
    rng = np.random.default_rng([9, *shape])
    scale, shift = KINDS[kind]
    x = rng.normal(shift, scale, shape).astype(dtype)
    return x, rng.integers(0, shape[1], shape[0])


def plain(x, labels, ignore_index=None, reduction="mean"):
    """Compute the formula independently, with a one-hot table, in the longest floats."""
    x = np.asarray(x)
    dtype = x.dtype if x.dtype in DTYPES else np.dtype(float)
    dtype = np.dtype(np.float32) if x.dtype == np.float16 else dtype
    z = x.astype(np.longdouble)
    labels = np.asarray(labels)
    kept = np.ones(len(z), bool) if ignore_index is None else labels != ignore_index
    z[~kept] = 0
    target = np.where(kept, labels, 0)[:, np.newaxis] == np.arange(z.shape[1])
    with np.errstate(all="ignore"):
        gaps = z - z.max(axis=1, keepdims=True)
        exponentials = np.exp(gaps)
        others = np.where(target, 0, exponentials).sum(axis=1)
        gap = gaps[target]
        losses = np.where(gap > -700, np.log1p(others / np.exp(gap)), np.log(others) - gap)
        total = exponentials.sum(axis=1)
        grad = exponentials / total[:, np.newaxis]
        grad[target] = 0 - others / total
        losses, grad = np.where(kept, losses, 0), np.where(kept[:, np.newaxis], grad, 0)
        if reduction == "mean":
            count = np.count_nonzero(kept) or np.nan
            losses, grad = losses.sum() / count, grad / count
        elif reduction == "sum":
            losses = losses.sum()
        return losses.astype(dtype)[()], grad.astype(dtype)


def assert_few_ulp(ours, theirs, ulps=5):
    """Assert that loss and gradient agree in shape, dtype, NaN and infinities, and to a few ulp."""
    for our, their in zip(ours, theirs, strict=True):
        assert np.shape(our) == np.shape(their)
        assert our.dtype == their.dtype
        assert np.array_equal(np.isfinite(our), np.isfinite(their))
        finite = np.isfinite(their)
        spacing = np.spacing(abs(np.asarray(their)[finite]))
        assert (abs(np.asarray(our)[finite] - np.asarray(their)[finite]) <= ulps * spacing).all()
        np.testing.assert_array_equal(np.asarray(our)[~finite], np.asarray(their)[~finite])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_agrees_with_the_plain_formula(shape, dtype, kind):
    x, random_labels = draw(shape, dtype, kind)
    before = x.copy()
    for labels in (random_labels, x.argmax(axis=1)):
        for reduction in REDUCTIONS:
            ours = value_and_grad(x, labels, reduction=reduction)
            assert_few_ulp(ours, plain(x, labels, reduction=reduction))
            loss = xl.softmax_cross_entropy(x, labels, reduction=reduction)
            assert_few_ulp([loss], [plain(x, labels, reduction=reduction)[0]])
    assert np.array_equal(x, before)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("size", [1, 100, 1000, 2**20])
@pytest.mark.parametrize("shape", [(50, 5), (50, 300)])
def test_result_does_not_depend_on_blocks_or_threads(shape, size, threads, block_bytes):
    x, labels = draw(shape)
    x[::3] += 1000  # some rows of a block have to be shifted
    soft = np.random.default_rng(0).dirichlet(np.ones(shape[1]), shape[0])
    for y, smoothing in [(labels, 0.0), (labels, 0.1), (soft, 0.0)]:
        options = {"reduction": "none", "label_smoothing": smoothing}
        whole = value_and_grad(x, y, threads=1, **options)
        block_bytes(size)
        parts = value_and_grad(x, y, threads=threads, **options)
        assert all(map(np.array_equal, parts, whole))
        value = xl.softmax_cross_entropy(x, y, threads=threads, **options)
        np.testing.assert_allclose(value, whole[0], rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("function", [xl.softmax, xl.log_softmax, xl.logsumexp])
@pytest.mark.parametrize("order", ["C", "F", "strided", "backwards"])
def test_result_does_not_depend_on_axis_or_memory_order(function, axis, order):
    x = np.random.default_rng(0).normal(0, 3, (40, 30, 20)).astype(np.float32)
    expected = function(np.ascontiguousarray(np.moveaxis(x, axis, -1)))
    room = np.zeros((40, 30, 40), np.float32)
    room[..., ::2] = x
    laid_out = {
        "C": x,
        "F": np.asfortranarray(x),
        "strided": room[..., ::2],
        "backwards": x[::-1].copy()[::-1],
    }[order]
    result = function(laid_out, axis=axis)
    result = result if function is xl.logsumexp else np.moveaxis(result, axis, -1)
    assert np.array_equal(result, expected)


SPECIAL_ROWS = {
    "a masked class": [0.0, -np.inf, 1.0],
    "a masked target": [-np.inf, 2.0, 1.0],
    "one class left": [1.0, -np.inf, -np.inf],
    "all masked": [-np.inf, -np.inf, -np.inf],
    "NaN as target": [np.nan, 0.0, 1.0],
    "NaN beside the target": [0.0, np.nan, 1.0],
    "+inf as target": [np.inf, 0.0, 1.0],
    "+inf beside the target": [0.0, np.inf, 1.0],
    "a gap that overflows": [-3e38, 3e38, 0.0],
    "equal": [2.0, 2.0, 2.0],
    "a target far below": [-1000.0, 3.0, 2.0],
    "far below 0": [-1000.0, -1001.0, -1003.0],
    "just above and below the range of exp": [-103.0, -87.0, 88.0],
    "almost masked": [-1e30, -1e30, -1.0],
}


@pytest.mark.parametrize("width", [3, 300])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SPECIAL_ROWS)
def test_special_rows(name, dtype, width, block_bytes):
    x = np.zeros((3, width), dtype)
    x[1] = np.resize(SPECIAL_ROWS[name], width)
    labels = np.zeros(3, int)
    block_bytes(1)
    for reduction in ("none", "sum"):
        loss, grad = value_and_grad(x, labels, reduction=reduction, threads=3)
        exact_loss, exact_grad = plain(x, labels, reduction=reduction)
        if name == "a gap that overflows" and dtype is np.float32:
            exact_loss = np.where(exact_loss > 1e38, np.inf, exact_loss)  # beyond the largest
            loss = np.where(loss > 1e38, np.inf, loss).astype(dtype)
            exact_loss = exact_loss.astype(dtype)
        exact_loss = np.asarray(exact_loss)
        np.testing.assert_allclose(loss, exact_loss, rtol=5 * np.finfo(dtype).eps)
        tiny = np.finfo(dtype).tiny  # subnormal numbers have fewer digits
        np.testing.assert_allclose(grad, exact_grad, rtol=5 * np.finfo(dtype).eps, atol=tiny)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("ignored", [[], [1], [0, 2, 3], [0, 1, 2, 3]])
@pytest.mark.parametrize("k", [5, 300])
def test_ignored_rows(k, ignored, reduction):
    x, labels = draw((4, k))
    labels[ignored] = -100
    x[ignored] = np.nan  # must have no effect
    options = {"ignore_index": -100, "reduction": reduction}
    ours, theirs = value_and_grad(x, labels, **options), plain(x, labels, **options)
    if len(ignored) == 4 and reduction == "mean":
        theirs = theirs[0], np.full_like(x, np.nan)
    assert_few_ulp(ours, theirs)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_an_empty_batch(reduction):
    x, labels = np.zeros((0, 3), np.float32), np.zeros(0, int)
    ours = value_and_grad(x, labels, reduction=reduction, threads=2)
    assert_few_ulp(ours, plain(x, labels, reduction=reduction))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64])
def test_every_integer_is_an_index(dtype):
    x, labels = draw((9, 200))
    assert_few_ulp(value_and_grad(x, labels.astype(dtype)), plain(x, labels))


@pytest.mark.parametrize("dtype", [bool, np.int32, np.float16])
def test_other_dtypes_are_converted_as_everywhere(dtype):
    x, labels = draw((9, 5))
    x = x.astype(dtype)
    assert_few_ulp(value_and_grad(x, labels), plain(x, labels))
    assert_few_ulp(value_and_grad(x.tolist(), labels.tolist()), plain(x.tolist(), labels))


def test_long_doubles_keep_their_precision():
    x, labels = draw((9, 5))
    loss, grad = value_and_grad(x.astype(np.longdouble), labels)
    assert loss.dtype == grad.dtype == np.longdouble
    assert_few_ulp((loss.astype(float), grad.astype(float)), plain(x, labels))

    z = np.longdouble([[1, 4, 2]]) / 3
    loss, grad = value_and_grad(z, [0])
    p = np.exp(z) / np.exp(z).sum()
    limit = 8 * np.finfo(np.longdouble).eps
    assert abs(loss / -np.log(p[0, 0]) - 1) <= limit
    assert (abs(grad / (p - [1, 0, 0]) - 1) <= limit).all()


@seek
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(-1e3, 1e3) | st.just(-np.inf),
    ),
    st.integers(1, 4),
    st.sampled_from(REDUCTIONS),
    st.booleans(),
    st.data(),
)
def test_agrees_with_the_plain_formula_for_any_table(x, threads, reduction, wide, data):
    if wide:
        x = np.tile(x, 90)
    n, k = x.shape
    labels = data.draw(hnp.arrays(int, n, elements=st.integers(0, k - 1) | st.just(-1)))
    options = {"ignore_index": -1, "reduction": reduction}
    loss, grad = value_and_grad(x, labels, threads=threads, **options)
    exact_loss, exact_grad = plain(x, labels, **options)
    if reduction == "mean" and (labels == -1).all():
        exact_grad[...] = np.nan
    np.testing.assert_allclose(loss, exact_loss, rtol=2e-15, atol=1e-300)
    np.testing.assert_allclose(grad, exact_grad, rtol=2e-15, atol=1e-300)


# ---------------------------------------------------------------------- where it is written


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape", [(50, 5), (50, 300)])
@pytest.mark.parametrize("layout", ["itself", "new", "Fortran", "strided", "backwards", "shifted"])
def test_out_may_be_any_array(layout, shape, threads, block_bytes):
    x, labels = draw(shape)
    expected = value_and_grad(x, labels, threads=1)
    room = np.zeros((shape[0] + 1, shape[1]))
    if layout == "shifted":  # out begins one row after the logits, in the same memory
        room[:-1] = x
        x = room[:-1]
    out = {
        "itself": x,
        "new": np.empty_like(x),
        "Fortran": np.asfortranarray(x),
        "strided": np.zeros((shape[0], 2 * shape[1]))[:, ::2],
        "backwards": x[::-1],  # the same memory, the last row first
        "shifted": room[1:],
    }[layout]
    block_bytes(280)
    loss, grad = value_and_grad(x, labels, out=out, threads=threads)
    assert grad is out
    assert loss == expected[0]
    assert np.array_equal(grad, expected[1])


def test_out_of_the_gradient_alone_and_of_further_axes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    labels = [[0, 1, 2], [3, 2, 1]]
    out = np.empty_like(x)
    assert xl.softmax_cross_entropy_grad(x, labels, out=out) is out
    assert np.array_equal(out, xl.softmax_cross_entropy_grad(x, labels))


@pytest.mark.parametrize(
    ("rows", "threads", "parts"),
    [
        (12, 3, [(0, 4), (4, 8), (8, 12)]),
        (10, 4, [(0, 2), (2, 5), (5, 7), (7, 10)]),
        (9, 100, [(0, 2), (2, 4), (4, 6), (6, 9)]),  # each part has at least two blocks
        (4, 2, [(0, 2), (2, 4)]),
        (3, 2, None),  # no thread for a single part
        (12, 1, None),
    ],
)
@pytest.mark.parametrize("smoothing", [0, 0.1])
def test_rows_are_split_into_one_part_per_thread(
    smoothing, rows, threads, parts, monkeypatch, block_bytes
):
    seen = []

    class Pool(ThreadPoolExecutor):
        def map(self, work, starts, stops):
            seen.append((self._max_workers, list(zip(starts, stops, strict=True))))
            return super().map(work, starts, stops)

    monkeypatch.setattr(kernel, "ThreadPoolExecutor", Pool)
    block_bytes(1)  # blocks of one row
    value_and_grad(*draw((rows, 5)), threads=threads, label_smoothing=smoothing)
    # The calling thread takes the first part.
    assert seen == ([(len(parts) - 1, parts[1:])] if parts else [])


@pytest.mark.parametrize(
    ("allowed", "present", "cores"), [({0, 2, 3}, 8, 3), (None, 8, 8), (None, None, 1)]
)
def test_number_of_cores_comes_from_the_system(allowed, present, cores, monkeypatch):
    """The cores that this process may use; if unknown, all cores; if unknown, one."""
    if allowed is None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: allowed, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: present)
    assert kernel.cores() == cores


@pytest.mark.parametrize(("threads", "fails"), [(1, True), (2, True), (2, False)])
def test_an_error_in_a_thread_is_raised(threads, fails, monkeypatch, block_bytes):
    exponentials, caller = kernel.exponentials, threading.current_thread()

    def fail(*arguments, **options):
        if (threading.current_thread() is caller) == fails:
            raise MemoryError("no room for a block")
        return exponentials(*arguments, **options)

    monkeypatch.setattr(kernel, "exponentials", fail)
    block_bytes(280)
    with pytest.raises(MemoryError, match="no room for a block"):
        value_and_grad(*draw((50, 5)), threads=threads)


def peak_bytes(function, *arguments, **options):
    """Return the peak memory of NumPy's arrays during a call."""
    tracemalloc.start()
    try:
        function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(2**18, 16), (2**12, 2**10)])
def test_memory_is_bounded(shape, smoothing):
    """The gradient is the only table; in place or for the value alone, there are only blocks."""
    x, labels = draw(shape, kind="normal")  # 32 MiB
    # In each of two threads; with smoothing also one-hot rows, weights, targets of the block
    blocks = 2 * (2 if smoothing == 0 else 7) * kernel.BLOCK_BYTES
    rows = 100 * len(x)  # per-row arrays, which matter for many rows of few classes
    options = {"threads": 2, "label_smoothing": smoothing}
    assert peak_bytes(xl.softmax_cross_entropy, x, labels, **options) < blocks + rows
    assert peak_bytes(value_and_grad, x, labels, **options) < x.nbytes + blocks + rows
    assert peak_bytes(value_and_grad, x, labels, out=x, **options) < blocks + rows


# ---------------------------------------------------------------------- weights at the ends


def test_mean_does_not_depend_on_the_scale_of_the_weights():
    x, labels = [[2.0, 1, 0], [0, 1, 0]], [0, 1]
    expected = value_and_grad(x, labels)
    for dtype, w in [(float, 1e308), (float, 1e-320), (np.float32, 1e38), (np.float32, 1e-50)]:
        loss, grad = value_and_grad(np.array(x, dtype), labels, weight=[w] * 3)
        tolerance = 4 * float(np.finfo(dtype).eps)
        assert loss == pytest.approx(expected[0], rel=tolerance)
        assert grad == pytest.approx(expected[1], rel=tolerance)
    assert expected[0] == pytest.approx(0.4795, abs=5e-5)


def test_a_weight_far_below_the_others_keeps_the_digits_of_its_gradient():
    """Where e^z is large, weight/Σe^z would lie below the smallest normal float32."""
    x = np.float32([[20, 0, 30]])
    _, grad = value_and_grad(x, [0], weight=[1e-30, 1, 1], reduction="sum")
    _, exact = plain(x, [0])
    assert grad == pytest.approx(1e-30 * exact, rel=1e-6, abs=0)


@pytest.mark.parametrize("size", [10**6])
def test_mean_of_a_million_equal_rows_is_within_one_ulp(size):
    x = np.tile(np.float32([0.3, 1.7, -0.4]), (size, 1))
    losses = np.unique(xl.softmax_cross_entropy(x, np.zeros(size, int), reduction="none"))
    assert len(losses) == 1
    mean = xl.softmax_cross_entropy(x, np.zeros(size, int))
    assert abs(mean - losses[0]) <= np.spacing(losses[0])


# ---------------------------------------------------------------------- torch


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("k", [2, 10, 1000])
def test_against_torch(k, reduction):
    x, labels = draw((40, k))
    labels[::7] = -100
    tensor = torch.tensor(x, requires_grad=True)
    theirs = F.cross_entropy(tensor, torch.tensor(labels), reduction=reduction)
    theirs.backward()
    loss, grad = value_and_grad(x, labels, ignore_index=-100, reduction=reduction)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-14)
    np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_halves_are_exact(dtype):
    x = np.random.default_rng(2).normal(size=500).astype(dtype)
    high, low = kernel._halves(x)
    for number, one, other in zip(x, high, low, strict=True):
        assert Fraction(float(one)) + Fraction(float(other)) == Fraction(float(number))
        for left, right in ((one, one), (one, other), (other, other)):
            exact = Fraction(float(left)) * Fraction(float(right))
            assert Fraction(float(left * right)) == exact
