"""The fast forms against the plain one: same numbers, whatever the block, chunk or thread."""

# ruff: noqa: E501 (a table: one call a line)

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from xent_lib import chunked
from xent_lib import softmax_cross_entropy_value_and_grad as plain
from xent_lib.chunked import (
    FEW_CLASSES,
    blocked_softmax_cross_entropy_value_and_grad,
    linear_cross_entropy,
    linear_cross_entropy_value_and_grad,
)

blocked = blocked_softmax_cross_entropy_value_and_grad
linear = linear_cross_entropy_value_and_grad
seek = settings(max_examples=60, deadline=None, derandomize=True)

DTYPES = [np.float32, np.float64]
REDUCTIONS = ["none", "mean", "sum"]
# One class, few, the last that are few and the first that are not, many; one row, many rows.
SHAPES = [(1, 1), (1, 2), (5, 3), (300, 10), (33, FEW_CLASSES), (33, FEW_CLASSES + 1), (7, 2000)]
# Where the numbers lie: about 0, one far above the others, all far from 0.
KINDS = {"normal": (3, 0), "peaked": (40, 0), "shifted": (1, 1e4)}


def draw(shape, dtype=np.float64, kind="normal"):
    rng = np.random.default_rng([9, *shape])
    scale, shift = KINDS[kind]
    x = rng.normal(shift, scale, shape).astype(dtype)
    return x, rng.integers(0, shape[1], shape[0])


def draw_layer(n=6, d=4, k=11, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng([n, d, k])
    features = rng.normal(0, scale, (n, d)).astype(dtype)
    return features, rng.normal(0, 1, (k, d)).astype(dtype), rng.integers(0, k, n)


def assert_few_ulp(ours, theirs, ulps=16):
    """Loss and gradient agree in shape, dtype, NaN and sign of infinity, and to a few ulp."""
    for our, their in zip(ours, theirs, strict=True):
        assert np.shape(our) == np.shape(their)
        assert our.dtype == their.dtype
        limits = np.finfo(our.dtype)
        np.testing.assert_allclose(our, their, rtol=ulps * limits.eps, atol=limits.tiny)


def materialised(features, weights, labels, **options):
    """The same loss and gradients by way of the whole table of logits."""
    loss, grad = plain(features @ weights.T, labels, **options)
    return loss, grad @ weights, grad.T @ features


def assert_close(ours, theirs, rtol=1e-12, atol=1e-13):
    for our, their in zip(ours, theirs, strict=True):
        assert np.shape(our) == np.shape(their)
        assert our.dtype == their.dtype
        np.testing.assert_allclose(our, their, rtol=rtol, atol=atol)


# ---------------------------------------------------------------------- blocks of rows


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_blocked_is_the_plain_form(shape, dtype, kind):
    x, labels = draw(shape, dtype, kind)
    before = x.copy()
    for reduction in REDUCTIONS:
        ours = blocked(x, labels, reduction=reduction)
        assert_few_ulp(ours, plain(x, labels, reduction=reduction))
    assert np.array_equal(x, before)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("block_bytes", [1, 100, 1000, 2**20])
@pytest.mark.parametrize("shape", [(50, 5), (50, 100)])
def test_neither_block_nor_threads_matter(shape, block_bytes, threads):
    x, labels = draw(shape)
    loss, grad = blocked(x, labels, block_bytes=block_bytes, threads=threads, reduction="none")
    whole_loss, whole_grad = blocked(x, labels, threads=1, reduction="none")
    assert np.array_equal(loss, whole_loss)
    assert np.array_equal(grad, whole_grad)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(300, 10), (30, 1000)])
def test_float32_keeps_its_digits(shape, kind):
    """Within 4 + d ulp of float64, where a gap d is what exp turns into d roundings."""
    x, random_labels = draw(shape, np.float32, kind)
    for labels in (random_labels, x.argmax(axis=1)):
        losses, grad = blocked(x, labels, reduction="none")
        exact_losses, exact_grad = plain(x.astype(np.float64), labels, reduction="none")
        gaps = x.max(axis=1, keepdims=True) - x
        second = np.sort(gaps, axis=1)[:, 1]
        normal = np.finfo(np.float32).tiny
        for result, exact, gap in [
            (losses, exact_losses, second + 4),  # the terms after the first lie 4 lower still
            (grad, exact_grad, np.maximum(gaps, second[:, np.newaxis] + 4)),
        ]:
            error = abs(result - exact) / np.spacing(abs(exact).astype(np.float32))
            assert (error <= 6 + gap)[abs(exact) > normal].all()


def test_a_confident_prediction_keeps_its_loss_and_gradient():
    loss, grad = blocked([[40.0, 0.0]], [0])
    assert loss == 4.248354255291589e-18
    assert grad.tolist() == [[-4.248354255291589e-18, 4.248354255291589e-18]]


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
}


@pytest.mark.parametrize("width", [3, FEW_CLASSES + 3])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SPECIAL_ROWS)
def test_special_rows_as_in_the_plain_form(name, dtype, width):
    x = np.zeros((3, width), dtype)
    x[1] = np.resize(SPECIAL_ROWS[name], width)
    labels = np.zeros(3, int)
    for reduction in REDUCTIONS:
        ours = blocked(x, labels, reduction=reduction, threads=3, block_bytes=1)
        assert_few_ulp(ours, plain(x, labels, reduction=reduction))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("ignored", [[], [1], [0, 2, 3], [0, 1, 2, 3]])
@pytest.mark.parametrize("k", [5, 100])
def test_ignored_rows_as_in_the_plain_form(k, ignored, reduction):
    x, labels = draw((4, k))
    labels[ignored] = -100
    x[ignored] = np.nan  # not even this is read
    options = {"ignore_index": -100, "reduction": reduction}
    assert_few_ulp(blocked(x, labels, **options), plain(x, labels, **options))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_an_empty_batch_as_in_the_plain_form(reduction):
    x, labels = np.zeros((0, 3), np.float32), np.zeros(0, int)
    assert_few_ulp(
        blocked(x, labels, reduction=reduction, threads=2), plain(x, labels, reduction=reduction)
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64])
def test_every_integer_is_an_index(dtype):
    x, labels = draw((9, 200))
    assert_few_ulp(blocked(x, labels.astype(dtype)), plain(x, labels))
    features, weights, labels = draw_layer(k=300)
    labels %= 200  # the last chunks start at an index that uint8 does not know
    assert_close(
        linear(features, weights, labels.astype(dtype), chunk=64),
        materialised(features, weights, labels),
    )


@pytest.mark.parametrize("dtype", [bool, np.int32, np.float16])
def test_other_logits_are_computed_as_everywhere(dtype):
    x, labels = draw((9, 5))
    x = x.astype(dtype)
    assert_few_ulp(blocked(x, labels), plain(x, labels))
    assert_few_ulp(blocked(x.tolist(), labels.tolist()), plain(x.tolist(), labels))


@seek
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(-1e3, 1e3) | st.just(-np.inf),
    ),
    st.integers(1, 400),
    st.integers(1, 4),
    st.sampled_from(REDUCTIONS),
    st.booleans(),
    st.data(),
)
def test_blocked_is_the_plain_form_for_any_table(x, block_bytes, threads, reduction, wide, data):
    if wide:
        x = np.tile(x, FEW_CLASSES + 1)
    n, k = x.shape
    labels = data.draw(hnp.arrays(int, n, elements=st.integers(0, k - 1) | st.just(-1)))
    options = {"ignore_index": -1, "reduction": reduction}
    ours = blocked(x, labels, block_bytes=block_bytes, threads=threads, **options)
    assert_few_ulp(ours, plain(x, labels, **options), ulps=64)


# ---------------------------------------------------------------------- where it is written


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape", [(50, 5), (50, 100)])
@pytest.mark.parametrize("layout", ["itself", "new", "Fortran", "strided", "backwards", "shifted"])
def test_out_may_be_any_array(layout, shape, threads):
    x, labels = draw(shape)
    expected = blocked(x, labels, threads=1)
    room = np.zeros((shape[0] + 1, 2 * shape[1]))
    if layout == "shifted":  # out begins one row after the logits, in the same memory
        room[:-1, : shape[1]] = x
        x = room[:-1, : shape[1]]
    out = {
        "itself": x,
        "new": np.empty_like(x),
        "Fortran": np.asfortranarray(x),
        "strided": room[:-1, ::2],
        "backwards": x[::-1],  # the same memory, the last row first
        "shifted": room[1:, : shape[1]],
    }[layout]
    loss, grad = blocked(x, labels, out=out, threads=threads, block_bytes=280)
    assert grad is out
    assert loss == expected[0]
    np.testing.assert_allclose(grad, expected[1], rtol=1e-14)


@pytest.mark.parametrize(
    ("rows", "threads", "parts"),
    [
        (12, 3, [(0, 4), (4, 8), (8, 12)]),
        (10, 4, [(0, 2), (2, 5), (5, 7), (7, 10)]),
        (9, 100, [(0, 2), (2, 4), (4, 6), (6, 9)]),  # none of less than two blocks
        (4, 2, [(0, 2), (2, 4)]),
        (3, 2, None),  # and no thread for a single part
        (12, 1, None),
    ],
)
def test_each_thread_gets_one_long_part(rows, threads, parts, monkeypatch):
    seen = []

    class Pool(ThreadPoolExecutor):
        def map(self, work, starts, stops):
            seen.append((self._max_workers, list(zip(starts, stops, strict=True))))
            return super().map(work, starts, stops)

    monkeypatch.setattr(chunked, "ThreadPoolExecutor", Pool)
    blocked(*draw((rows, 5)), block_bytes=1, threads=threads)  # blocks of one row
    assert seen == ([(len(parts), parts)] if parts else [])


@pytest.mark.parametrize(
    ("allowed", "present", "cores"), [({0, 2, 3}, 8, 3), (None, 8, 8), (None, None, 1)]
)
def test_the_cores_are_those_that_the_system_tells(allowed, present, cores, monkeypatch):
    """Those that this process may use; else all there are; else one."""
    if allowed is None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: allowed, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: present)
    assert chunked._cores() == cores


@pytest.mark.parametrize(("k", "by_column"), [(FEW_CLASSES, True), (FEW_CLASSES + 1, False)])
def test_a_few_classes_are_laid_out_column_by_column(k, by_column, monkeypatch):
    seen = set()

    def row_by_row(operation, table, column, out):
        seen.add(table.flags.f_contiguous)
        operation(table, column[:, np.newaxis], out=out)

    monkeypatch.setattr(chunked, "_row_by_row", row_by_row)
    blocked(*draw((9, k)))
    assert seen == {by_column}


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_a_thread_is_raised(threads, monkeypatch):
    def fail(*arguments):
        raise MemoryError("no room for a block")

    monkeypatch.setattr(chunked, "_block", fail)
    with pytest.raises(MemoryError, match="no room for a block"):
        blocked(*draw((50, 5)), threads=threads, block_bytes=280)


def peak_bytes(function, *arguments, **options):
    """The most that NumPy held at a time during a call."""
    tracemalloc.start()
    try:
        function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", [(2**16, 16), (2**10, 2**10)])
def test_in_place_adds_no_table(shape):
    x, labels = draw(shape)  # 8 MiB
    added = peak_bytes(blocked, x, labels, out=x, threads=2, block_bytes=2**17)
    assert added < x.nbytes / 3


def test_linear_never_holds_the_table():
    features, weights, labels = draw_layer(512, 8, 8192, np.float32)
    table = 512 * 8192 * 4
    whole = peak_bytes(materialised, features, weights, labels)
    for function in (linear_cross_entropy, linear):
        # A table of 512 × 64 and what NumPy needs beside it, and the two gradients.
        assert peak_bytes(function, features, weights, labels, chunk=64) < table / 12 < whole / 24


def test_a_layer_in_one_dtype_is_copied_no_more_than_needed():
    """The weights not at all, the features once, since ignored rows are cleared."""
    features, weights, labels = draw_layer(2**12, 64)
    assert np.shares_memory(chunked._layer(features, weights, labels, None)[1], weights)
    assert peak_bytes(chunked._layer, features, weights, labels, None) < 1.5 * features.nbytes


# ---------------------------------------------------------------------- chunks of classes


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(1, 1, 1), (6, 4, 11), (40, 7, 300)])
def test_chunked_is_the_materialised_form(size, dtype, reduction):
    layer = draw_layer(*size, dtype)
    tolerances = {np.float32: (1e-4, 1e-5), np.float64: (1e-12, 1e-13)}[dtype]
    whole = materialised(*layer, reduction=reduction)
    for chunk in (1, 3, 10, 512):
        ours = linear(*layer, reduction=reduction, chunk=chunk)
        assert_close(ours, whole, *tolerances)
        value = linear_cross_entropy(*layer, reduction=reduction, chunk=chunk)
        assert np.array_equal(value, ours[0])


@seek
@given(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.integers(1, 12)),
    st.integers(1, 14),
    st.sampled_from([0.1, 1.0, 30.0, 1000.0]),
    st.sampled_from(REDUCTIONS),
    st.sampled_from([None, 0]),
)
def test_the_size_of_the_chunk_does_not_matter(size, chunk, scale, reduction, ignore_index):
    layer = draw_layer(*size, scale=scale)
    options = {"reduction": reduction, "ignore_index": ignore_index}
    ours = linear(*layer, chunk=chunk, **options)
    # A logit of size s is rounded at s · 1e-16, and a small probability as much relatively.
    tolerances = {"rtol": 1e-14 * max(1, scale) * 10, "atol": 1e-13 * scale}
    assert_close(ours, linear(*layer, chunk=100, **options), **tolerances)
    assert_close(ours, materialised(*layer, **options), **tolerances)
    value = linear_cross_entropy(*layer, chunk=chunk, **options)
    assert np.array_equal(value, ours[0], equal_nan=True)


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_the_maximum_may_rise_or_fall_from_chunk_to_chunk(order, chunk):
    """One feature of 1: the weights are the logits themselves, exactly, far from 0 and apart."""
    for logits in (np.linspace(-700, 700, 50), 1e4 + np.linspace(0, 3, 50), np.full(50, -1e300)):
        logits = logits[order]
        for label in (0, 7, 49):
            loss, _, d_weights = linear([[1.0]], logits[:, np.newaxis], [label], chunk=chunk)
            assert_few_ulp((loss, d_weights.T), plain(logits[np.newaxis], [label]))


@pytest.mark.parametrize("chunk", [1, 2])
def test_a_confident_layer_keeps_its_loss_and_gradient(chunk):
    loss, d_features, d_weights = linear([[1.0]], [[40.0], [0.0]], [0], chunk=chunk)
    assert loss == 4.248354255291589e-18
    assert d_features.tolist() == [[-40 * 4.248354255291589e-18]]
    assert d_weights.tolist() == [[-4.248354255291589e-18], [4.248354255291589e-18]]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("ignored", [[1], [0, 2, 3], [0, 1, 2, 3]])
def test_ignored_rows_of_a_layer(ignored, reduction):
    features, weights, labels = draw_layer(n=4)
    labels[ignored] = -100
    zeros = features.copy()
    zeros[ignored] = 0
    features[ignored] = np.nan
    options = {"ignore_index": -100, "reduction": reduction}
    whole = materialised(zeros, weights, labels, **options)
    assert_close(linear(features, weights, labels, chunk=3, **options), whole)


def test_an_ignored_row_is_nothing_beside_the_largest_weights():
    """Any row but one of zeros would overflow there, and the gradient would be NaN."""
    weights = [[1.5e308, 1.5e308], [0.0, 0.0]]
    loss, d_features, d_weights = linear(
        [[0.0, 0.0], [9.0, 9.0]], weights, [1, -1], ignore_index=-1
    )
    assert loss == np.log(2)
    assert d_features.tolist() == [[0.75e308, 0.75e308], [0.0, 0.0]]
    assert d_weights.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_nan_is_not_hidden():
    features, weights, labels = draw_layer(n=4)
    features[2, 0] = np.nan
    losses, d_features, d_weights = linear(features, weights, labels, reduction="none", chunk=3)
    assert np.isnan(losses).tolist() == [False, False, True, False]
    assert np.isnan(d_features).any(axis=1).tolist() == [False, False, True, False]
    assert np.isnan(d_weights).any()


def test_the_wider_dtype_is_kept():
    features, weights, labels = draw_layer()
    for result in linear(features.astype(np.float32), weights, labels):
        assert result.dtype == np.float64


# ---------------------------------------------------------------------- torch


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("k", [2, 10, 1000])
def test_blocked_against_torch(k, reduction):
    x, labels = draw((40, k))
    labels[::7] = -100
    tensor = torch.tensor(x, requires_grad=True)
    theirs = F.cross_entropy(tensor, torch.tensor(labels), reduction=reduction)
    theirs.backward()
    loss, grad = blocked(x, labels, ignore_index=-100, reduction=reduction)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-14)
    np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_linear_against_torch(reduction):
    features, weights, labels = draw_layer(40, 8, 1000)
    labels[::7] = -100
    x, w = torch.tensor(features, requires_grad=True), torch.tensor(weights, requires_grad=True)
    theirs = F.cross_entropy(F.linear(x, w), torch.tensor(labels), reduction=reduction)
    theirs.backward()
    ours = linear(features, weights, labels, ignore_index=-100, reduction=reduction, chunk=64)
    np.testing.assert_allclose(ours[0], theirs.item(), rtol=1e-13)
    np.testing.assert_allclose(ours[1], x.grad.numpy(), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(ours[2], w.grad.numpy(), rtol=1e-9, atol=1e-14)


# ---------------------------------------------------------------------- wrong calls

LOGITS = [[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]
X, W = [[1.0, 0.0], [0.5, 2.0]], [[2.0, 0.0], [1.0, 1.0], [0.1, -1.0]]

# (what is wrong, the call, the exception, what its message must match)
WRONG_CALLS = [
    ("text", lambda: blocked("abc", [0]), TypeError, r"logits must hold numbers, got dtype <U3"),
    ("ragged", lambda: blocked([[1.0], [1.0, 2.0]], [0, 0]), ValueError, r"logits is ragged"),
    ("complex logits", lambda: blocked([[1j, 0]], [0]), TypeError, r"logits must be real, got dtype complex128"),
    ("one row", lambda: blocked(LOGITS[0], 0), ValueError, r"logits must have two axes, got shape \(3,\)"),
    ("three axes", lambda: blocked(np.zeros((2, 2, 3)), [[0, 1], [1, 0]]), ValueError, r"logits must have two axes, got shape \(2, 2, 3\)"),
    ("no classes", lambda: blocked(np.zeros((2, 0)), [0, 0]), ValueError, r"logits of shape \(2, 0\) has no classes on axis 1"),
    ("label too large", lambda: blocked(LOGITS, [0, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2 \(num_classes=3\)"),
    ("label −1", lambda: blocked(LOGITS, [-1, 0]), IndexError, r"label -1 at position 0 is outside 0\.\.2"),
    ("another ignore_index", lambda: blocked(LOGITS, [0, -100], ignore_index=-1), IndexError, r"label -100 at position 1"),
    ("ignore_index a float", lambda: blocked(LOGITS, [0, 1], ignore_index=-1.0), TypeError, r"ignore_index must be an integer, got -1\.0"),
    ("indices as floats", lambda: blocked(LOGITS, [0.0, 1.0]), TypeError, r"labels must be integers \(class indices\), got dtype float64"),
    ("soft labels", lambda: blocked(LOGITS, [[1.0, 0, 0], [0, 1.0, 0]]), TypeError, r"labels must be integers .*, got dtype float64"),
    ("booleans", lambda: blocked(LOGITS, [True, False]), TypeError, r"labels must be integers .*, got dtype bool"),
    ("one-hot as integers", lambda: blocked(LOGITS, [[1, 0, 0], [0, 1, 0]]), ValueError, r"integer labels have shape \(2, 3\), .* need class indices of shape \(2,\)"),
    ("too few labels", lambda: blocked(LOGITS, [0]), ValueError, r"integer labels have shape \(1,\), but predictions of shape \(2, 3\)"),
    ("unknown reduction", lambda: blocked(LOGITS, [0, 1], reduction="avg"), ValueError, r"unknown reduction 'avg'"),
    ("out a list", lambda: blocked([[1.0]], [0], out=[[0.0]]), TypeError, r"out must be a NumPy array, got list"),
    ("out of another shape", lambda: blocked(LOGITS, [0, 1], out=np.empty((3, 2))), ValueError, r"out has shape \(3, 2\) and dtype float64, but the result has shape \(2, 3\)"),
    ("out of another dtype", lambda: blocked(LOGITS, [0, 1], out=np.empty((2, 3), np.float32)), ValueError, r"out has .* dtype float32, but the result has .* dtype float64"),
    ("out of integers", lambda: blocked([[1, 2]], [0], out=np.array([[1, 2]])), ValueError, r"out has .* dtype int64, but the result has .* dtype float64"),
    ("no block", lambda: blocked(LOGITS, [0, 1], block_bytes=0), ValueError, r"block_bytes must be at least 1, got 0"),
    ("half a block", lambda: blocked(LOGITS, [0, 1], block_bytes=0.5), TypeError, r"block_bytes must be an integer, got 0\.5"),
    ("no thread", lambda: blocked(LOGITS, [0, 1], threads=0), ValueError, r"threads must be at least 1, got 0"),
    ("threads by name", lambda: blocked(LOGITS, [0, 1], threads="all"), TypeError, r"threads must be an integer, got 'all'"),
    ("one vector of features", lambda: linear(X[0], W, 0), ValueError, r"features must have two axes, got shape \(2,\)"),
    ("complex weights", lambda: linear(X, [[1j, 0]], [0, 0]), TypeError, r"weights must be real, got dtype complex128"),
    ("weights the other way", lambda: linear(X, np.transpose(W), [0, 1]), ValueError, r"features of shape \(2, 2\) and weights of shape \(2, 3\) do not fit"),
    ("weights of no class", lambda: linear(X, np.zeros((0, 2)), [0, 1]), ValueError, r"weights of shape \(0, 2\) has no classes on axis 0"),
    ("label beyond the weights", lambda: linear(X, W, [0, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2"),
    ("labels for another batch", lambda: linear(X, W, [0, 1, 2]), ValueError, r"integer labels have shape \(3,\), but predictions of shape \(2, 3\)"),
    ("soft labels of a layer", lambda: linear(X, W, LOGITS), TypeError, r"labels must be integers"),
    ("no chunk", lambda: linear(X, W, [0, 1], chunk=0), ValueError, r"chunk must be at least 1, got 0"),
    ("no chunk for the value", lambda: linear_cross_entropy(X, W, [0, 1], chunk=-5), ValueError, r"chunk must be at least 1, got -5"),
    ("half a chunk", lambda: linear(X, W, [0, 1], chunk=1.5), TypeError, r"chunk must be an integer, got 1\.5"),
    ("unknown reduction of a layer", lambda: linear(X, W, [0, 1], reduction=None), ValueError, r"unknown reduction None"),
    ("unknown reduction of a value", lambda: linear_cross_entropy(X, W, [0, 1], reduction="max"), ValueError, r"unknown reduction 'max'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [pytest.param(*case[1:], id=case[0]) for case in WRONG_CALLS],
)
def test_a_wrong_call_stops_with_a_message_that_helps(call, exception, message):
    with pytest.raises(exception, match=message) as caught:
        call()
    assert caught.type is exception


def test_a_gap_beyond_the_largest_float_is_silent():
    loss, d_features, d_weights = linear([[1.0]], [[1e308], [-1e308]], [0], reduction="sum")
    assert loss == 0
    assert d_features.tolist() == [[0.0]]
    assert d_weights.tolist() == [[0.0], [0.0]]
    assert linear_cross_entropy([[1.0]], [[1e308], [-1e308]], [1]) == np.inf


def test_a_row_with_all_classes_masked_is_nan_and_silent():
    weights = [[-np.inf], [-np.inf]]
    assert np.isnan(linear_cross_entropy([[1.0]], weights, [0]))


def test_either_argument_of_a_layer_may_be_the_wider_one():
    x, w = np.ones((2, 3)), np.eye(3)
    for features, weights in ((np.float32(x), w), (x, np.float32(w))):
        results = linear(features, weights, [0, 1])
        assert {np.asarray(result).dtype for result in results} == {np.dtype(np.float64)}


def test_the_usual_chunk(monkeypatch):
    seen, scan = [], chunked._scan

    def spy(features, weights, labels, chunk):
        seen.append(chunk)
        return scan(features, weights, labels, chunk)

    monkeypatch.setattr(chunked, "_scan", spy)
    linear_cross_entropy(X, W, [0, 1])
    linear(X, W, [0, 1])
    assert seen == [512, 512]


def test_text_for_labels_is_named():
    with pytest.raises(TypeError, match=r"^labels must hold numbers"):
        linear_cross_entropy([[1.0]], [[1.0]], ["cat"])


@pytest.mark.parametrize("num_classes", [3, 100])
def test_a_batch_of_ignored_rows_is_nan_and_silent(num_classes):
    loss, grad = blocked(np.ones((4, num_classes)), [0] * 4, ignore_index=0)
    assert np.isnan(loss)
    assert np.isnan(grad).all()
