"""Figures of softmax and sigmoid show the library's values."""

import numpy as np
import pytest

from xent_lib import plotting, sigmoid, softmax
from xent_lib.plotting.style import CORNERS

BATCHES = [[[3, 1, -3], [2, 8, 1]], [[0, 1, 2], [1000, 1001, 1002]]]


pytestmark = pytest.mark.usefixtures("book_style")


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_slope_is_the_derivative_of_the_sigmoid():
    curve, slope = plotting.sigmoid_and_slope().axes[0].lines[:2]
    z, p = curve.get_data()
    np.testing.assert_allclose(p, sigmoid(z))
    np.testing.assert_allclose(slope.get_ydata()[1:-1], np.gradient(p, z)[1:-1], atol=1e-3)
    assert slope.get_ydata().max() == 0.25


def test_sigmoid_marks_lie_on_their_curve_and_are_labelled():
    axes = plotting.sigmoid_and_slope().axes[0]
    curves, marks = axes.lines[:2], axes.lines[2:]
    for mark, curve in zip(marks, curves * 3, strict=True):
        (x,), (y,) = mark.get_data()
        assert y == pytest.approx(np.interp(x, *curve.get_data()), abs=2e-3)
        assert f"{y:.3f}" in words(axes)


def test_paths_end_in_the_corner_and_on_the_middle_of_an_edge():
    path, path_end, tie, tie_end, *marks = (
        plotting.temperature_paths([2, 1, 0.1], tie=[6, 6, -6]).axes[0].lines[1:]
    )
    for line, end, corner in ((path, path_end, [1, 0, 0]), (tie, tie_end, [0.5, 0.5, 0])):
        np.testing.assert_allclose(line.get_xydata()[0], corner @ CORNERS, atol=1e-6)
        np.testing.assert_allclose(end.get_xydata(), [corner @ CORNERS], atol=1e-6)
        np.testing.assert_allclose(line.get_xydata()[-1], CORNERS.mean(axis=0), atol=0.05)
    for mark, temperature in zip(marks, (0.5, 1, 2), strict=False):
        here = softmax([2, 1, 0.1], temperature=temperature) @ CORNERS
        np.testing.assert_allclose(mark.get_xydata(), [here])


def test_level_lines_are_where_the_largest_probability_is_the_level():
    axes = plotting.temperature_paths([2, 1, 0.1], tie=[6, 6, -6]).axes[0]
    levels = [1, 0.9, 0.8, 0.7, 0.6, 0.5]
    for polygon, level in zip(axes.patches, levels, strict=True):
        weights = np.linalg.solve(
            np.vstack([CORNERS.T, np.ones(3)]),
            np.vstack([polygon.get_xy().T, np.ones(len(polygon.get_xy()))]),
        )
        np.testing.assert_allclose(weights.max(axis=0), level)
        named = [t for t in axes.texts if t.get_text() == f"{level:g}"]
        assert {round(t.xy[0], 6) for t in named} == ({level, round(1 - level, 6)} - {0, 1})


def test_batch_bars_add_up_to_the_sums_of_their_rows():
    figure = plotting.batch_sums(BATCHES)
    sums = [1, 1, 1, 1], [0.007583, 0.992417, 0, 1]
    for axes, expected in zip(figure.axes, sums, strict=True):
        widths = np.reshape([bar.get_width() for bar in axes.patches], (3, 4))
        np.testing.assert_allclose(widths.sum(axis=0), expected, atol=1e-6)
        assert words(axes) == [f"{total:.4f}" for total in expected]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["(3, 1, −3)", "(2, 8, 1)", "(0, 1, 2)", "(1000, 1001, 1002)"]


def test_level_lines_of_two_logits_have_the_probability_they_name():
    axes = plotting.two_logits([[-2.4, -1], [0, 1.4]]).axes[0]
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    for line, level, name in zip(axes.lines[:5], levels, words(axes), strict=False):
        np.testing.assert_allclose(softmax(line.get_xydata())[:, 1], level)
        assert name == f"{level:g}"
    assert words(axes)[5:] == ["(−2.4, −1): 0.802", "(0, 1.4): 0.802"]
