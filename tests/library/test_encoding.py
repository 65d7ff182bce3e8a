"""Labels: indices, one-hot rows, soft rows, signs."""

import numpy as np
import pytest

import xent_lib as xl


def test_one_hot_rows_have_exactly_one_1():
    table = xl.one_hot([0, 2, 1, 0], 3)
    assert table.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert table.dtype == np.float64


def test_one_hot_keeps_classes_that_the_batch_lacks():
    assert xl.one_hot([0, 1, 0], 5).shape == (3, 5)


@pytest.mark.parametrize("dtype", [int, bool, np.float32, np.uint8])
def test_one_hot_dtype(dtype):
    assert xl.one_hot([1, 0], 2, dtype=dtype).dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64])
def test_one_hot_of_any_integer(dtype):
    labels = np.array([0, 2, 1], dtype)
    assert np.array_equal(xl.one_hot(labels, 3), xl.one_hot([0, 2, 1], 3))


@pytest.mark.parametrize("shape", [(), (0,), (4,), (2, 3), (2, 0, 3)])
def test_one_hot_and_decode_are_inverse_in_any_shape(shape):
    labels = np.random.default_rng(0).integers(0, 5, shape)
    table = xl.one_hot(labels, 5)
    assert table.shape == (*shape, 5)
    assert np.array_equal(xl.decode(table), labels)


def test_decode_reads_integers_booleans_and_floats():
    for dtype in (int, bool, float):
        assert xl.decode(np.array([[0, 1], [1, 0]], dtype)).tolist() == [1, 0]


def test_one_hot_vectors_are_equidistant():
    corners = xl.one_hot([0, 1, 2], 3)
    distances = [np.linalg.norm(corners[j] - corners[k]) for j in range(3) for k in range(j)]
    assert np.allclose(distances, np.sqrt(2))


def test_smoothing_of_indices_and_of_their_rows_agree():
    assert xl.smooth_labels([0.5, 0.5], 2, 0.1).tolist() == [0.5, 0.5]  # a single row
    table = np.full((2, 4, 3), 1 / 3)
    np.testing.assert_allclose(xl.smooth_labels(table, 3, 0.1), table, rtol=1e-15)
    hard = xl.smooth_labels([0, 2], 3, 0.1)
    soft = xl.smooth_labels(xl.one_hot([0, 2], 3), 3, 0.1)
    assert np.array_equal(hard, soft)
    assert np.allclose(hard.sum(axis=-1), 1)


def test_smoothing_of_zero_changes_nothing_and_of_one_is_uniform():
    assert np.array_equal(xl.smooth_labels([1, 0], 2, 0.0), xl.one_hot([1, 0], 2))
    assert np.array_equal(xl.smooth_labels([1, 0], 2, 1.0), np.full((2, 2), 0.5))


def test_smoothing_keeps_float32():
    assert xl.smooth_labels(np.float32([[0.25, 0.75]]), 2, 0.1).dtype == np.float32


def test_signs_and_labels_are_inverse():
    labels = np.array([0, 1, 1, 0])
    assert xl.to_signs(labels).tolist() == [-1, 1, 1, -1]
    assert np.array_equal(xl.to_labels(xl.to_signs(labels)), labels)


def test_signs_of_unsigned_and_boolean_labels_are_minus_one_not_255():
    for dtype in (np.uint8, bool):
        signs = xl.to_signs(np.array([0, 1], dtype))
        assert signs.tolist() == [-1, 1]
        assert signs.dtype == np.int64


def test_labels_of_integer_signs_are_integers_and_so_class_indices():
    for dtype in (np.int8, np.int64):
        assert xl.to_labels(np.array([-1, 1], dtype)).dtype == np.int64


def test_signs_keep_float32():
    assert xl.to_signs(np.float32([0, 1])).dtype == np.float32
    assert xl.to_labels(np.float32([-1, 1])).dtype == np.float32
