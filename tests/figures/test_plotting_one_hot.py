"""Figures of one-hot encoding and decision regions show the computed values."""

import numpy as np
import pytest

from xent_lib import plotting, softmax

NAMES = ("cat", "dog", "chicken")


pytestmark = pytest.mark.usefixtures("book_style")


def texts(axes):
    return {text.get_text(): np.array(text.get_position()) for text in axes.texts}


def test_one_hot_triangle_is_drawn_in_its_true_shape():
    line, triangle = plotting.codes_and_corners(NAMES, p=[0.2, 0.5, 0.3]).axes
    sides = [drawn.get_xydata() for drawn in triangle.lines[:3]]
    for start, end in sides:
        assert np.linalg.norm(start - end) == pytest.approx(np.sqrt(2))
    *corners, soft = (marker.get_xydata()[0] for marker in triangle.lines[3:])
    np.testing.assert_allclose(soft, [0.2, 0.5, 0.3] @ np.array(corners), atol=1e-12)
    assert [text.get_text() for text in triangle.texts].count("1.414") == 3
    assert "soft label\n(0.2, 0.5, 0.3)" in texts(triangle)
    assert {"1", "2"} <= set(texts(line))


def strips(points):
    """Class 0 left of −1, class 1 between −1 and 2, class 2 right of 2."""
    x = points[:, 0]
    return np.stack([-1 - x, np.zeros_like(x), x - 2], axis=-1)


def draw_strips():
    X = np.array([[-3, 0], [0, 0], [4, 0], [0, 1]] * 4, dtype=float)
    labels = np.array([0, 1, 2, 2] * 4)
    return plotting.decision_regions(X, labels, NAMES, {"a": strips, "b": strips})


def test_decision_regions_end_where_another_class_leads():
    for axes in draw_strips().axes:
        for region, (left, right) in zip(
            axes.collections, ((-5.2, -1), (-1, 2), (2, 5.2)), strict=True
        ):
            x = np.concatenate([path.vertices[:, 0] for path in region.get_paths()])
            assert (x.min(), x.max()) == pytest.approx((left, right))


def test_decision_regions_are_drawn_with_corners_alone():
    for axes in draw_strips().axes:
        for region in axes.collections:
            (path,) = region.get_paths()
            assert len(path.vertices) == 5  # four, and the first again to close the path


def test_decision_regions_counts_all_samples_and_draws_every_fifth():
    for axes, name in zip(draw_strips().axes, "ab", strict=True):
        assert axes.get_title(loc="left") == f"{name}\n0.750 right"
        assert [len(line.get_xdata()) for line in axes.lines] == [1, 1, 2]


def test_each_name_is_in_its_own_region():
    for axes in draw_strips().axes:
        spots = texts(axes)
        for k, name in enumerate(NAMES):
            assert strips(spots[name][None]).argmax() == k


def test_class_that_never_wins_has_no_label():
    X, labels = np.array([[-3.0, 0], [0, 0], [4, 0]] * 5), np.array([0, 1, 2] * 5)
    figure = plotting.decision_regions(X, labels, NAMES, {"a": lambda X: strips(X) - [0, 99, 0]})
    assert set(texts(figure.axes[0])) == {"cat", "chicken"}


def test_linear_network_shows_scores_and_probabilities():
    x, W, b = [1, 0.2, 0.5, 0.3], [[1, -1, 2, 0], [0, 1, -1, 1], [-1, 0, 1, 1]], [0.1, -0.1, 0]
    axes = plotting.linear_network(x, W, b, NAMES).axes[0]
    shown = texts(axes)
    for number in ("1.9", "−0.1", "−0.2", "0.795", "0.108", "0.097"):
        assert number in shown
    assert f"{softmax([1.9, -0.1, -0.2])[0]:.3f}" in shown
    edges = axes.lines[:12]
    dashes = [{"-": 1, "--": -1, ":": 0}[edge.get_linestyle()] for edge in edges]
    assert dashes == np.sign(W).ravel().tolist()
    assert [patch.get_facecolor()[0] for patch in axes.patches] == pytest.approx(x)
