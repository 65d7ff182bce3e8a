"""The linear layer in chunks gives the same results as the whole table, whatever the chunk."""

import tracemalloc

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from xent_lib import chunked
from xent_lib import softmax_cross_entropy_value_and_grad as plain
from xent_lib.chunked import (
    linear_cross_entropy,
    linear_cross_entropy_value_and_grad,
)

linear = linear_cross_entropy_value_and_grad
seek = settings(max_examples=60, deadline=None, derandomize=True)

DTYPES = [np.float32, np.float64]
REDUCTIONS = ["none", "mean", "sum"]


def draw_layer(n=6, d=4, k=11, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng([n, d, k])
    features = rng.normal(0, scale, (n, d)).astype(dtype)
    return features, rng.normal(0, 1, (k, d)).astype(dtype), rng.integers(0, k, n)


def assert_few_ulp(ours, theirs, ulps=16):
    """Assert that loss and gradient agree in shape, dtype, NaN and infinities, and to a few ulp."""
    for our, their in zip(ours, theirs, strict=True):
        assert np.shape(our) == np.shape(their)
        assert our.dtype == their.dtype
        limits = np.finfo(our.dtype)
        np.testing.assert_allclose(our, their, rtol=ulps * limits.eps, atol=limits.tiny)


def materialised(features, weights, labels, **options):
    """Compute the same loss and gradients with the whole table of logits."""
    loss, grad = plain(features @ weights.T, labels, **options)
    return loss, grad @ weights, grad.T @ features


def assert_close(ours, theirs, rtol=1e-12, atol=1e-13):
    for our, their in zip(ours, theirs, strict=True):
        assert np.shape(our) == np.shape(their)
        assert our.dtype == their.dtype
        np.testing.assert_allclose(our, their, rtol=rtol, atol=atol)


def peak_bytes(function, *arguments, **options):
    """Return the peak memory of NumPy's arrays during a call."""
    tracemalloc.start()
    try:
        function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_linear_layer_never_stores_the_whole_table():
    features, weights, labels = draw_layer(512, 8, 8192, np.float32)
    table = 512 * 8192 * 4
    whole = peak_bytes(materialised, features, weights, labels)
    for function in (linear_cross_entropy, linear):
        # A table of 512 × 64 with NumPy's temporaries, and the two gradients.
        assert peak_bytes(function, features, weights, labels, chunk=64) < table / 12 < whole / 24


def test_a_layer_in_one_dtype_is_copied_no_more_than_needed():
    """The weights not at all, the features once, since ignored rows are cleared."""
    features, weights, labels = draw_layer(2**12, 64)
    assert np.shares_memory(chunked._layer(features, weights, labels, None)[1], weights)
    assert peak_bytes(chunked._layer, features, weights, labels, None) < 1.5 * features.nbytes


# ---------------------------------------------------------------------- chunks of classes


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64])
def test_every_integer_is_an_index(dtype):
    features, weights, labels = draw_layer(k=300)
    labels %= 200  # the last chunks start beyond the range of uint8
    assert_close(
        linear(features, weights, labels.astype(dtype), chunk=64),
        materialised(features, weights, labels),
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("chunk", [1, 2, 3, 512])
def test_two_classes_with_equal_weights_tie_exactly(chunk, dtype):
    """The label's logit comes from the same product as the other's: the loss is ln 2."""
    features = np.random.default_rng(0).normal(size=(300, 512)).astype(dtype)
    weights = np.tile(np.random.default_rng(1).normal(size=512).astype(dtype), (2, 1))
    losses = linear_cross_entropy(
        features, weights, np.arange(300) % 2, reduction="none", chunk=chunk
    )
    assert (losses == dtype(np.log(2))).all()


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(1, 1, 1), (6, 4, 11), (40, 7, 300)])
def test_chunked_agrees_with_the_whole_table(size, dtype, reduction):
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


def test_ignored_row_has_no_effect_with_the_largest_weights():
    """Any row except zeros would overflow, and the gradient would be NaN."""
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


def test_result_has_the_wider_dtype():
    features, weights, labels = draw_layer()
    for result in linear(features.astype(np.float32), weights, labels):
        assert result.dtype == np.float64


# ---------------------------------------------------------------------- torch


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


X, W = [[1.0, 0.0], [0.5, 2.0]], [[2.0, 0.0], [1.0, 1.0], [0.1, -1.0]]


def test_overflowing_gap_causes_no_warning():
    loss, d_features, d_weights = linear([[1.0]], [[1e308], [-1e308]], [0], reduction="sum")
    assert loss == 0
    assert d_features.tolist() == [[0.0]]
    assert d_weights.tolist() == [[0.0], [0.0]]
    assert linear_cross_entropy([[1.0]], [[1e308], [-1e308]], [1]) == np.inf


def test_row_with_all_classes_masked_is_nan_without_warning():
    weights = [[-np.inf], [-np.inf]]
    assert np.isnan(linear_cross_entropy([[1.0]], weights, [0]))


def test_either_argument_of_a_layer_may_be_the_wider_one():
    x, w = np.ones((2, 3)), np.eye(3)
    for features, weights in ((np.float32(x), w), (x, np.float32(w))):
        results = linear(features, weights, [0, 1])
        assert {np.asarray(result).dtype for result in results} == {np.dtype(np.float64)}


def test_default_chunk(monkeypatch):
    seen, scan = [], chunked._scan

    def spy(features, weights, labels, chunk):
        seen.append(chunk)
        return scan(features, weights, labels, chunk)

    monkeypatch.setattr(chunked, "_scan", spy)
    linear_cross_entropy(X, W, [0, 1])
    linear(X, W, [0, 1])
    assert seen == [512, 512]


def test_sums_of_float32_are_double():
    """e^−95 has few digits in float32, and its reciprocal overflows."""
    loss = linear_cross_entropy(np.float32([[1]]), np.float32([[0], [-95]]), [1], chunk=1)
    assert loss == 95 and loss.dtype == np.float32
