"""Figures of information."""

import numpy as np
import pytest

from xent_lib import plotting

pytestmark = pytest.mark.usefixtures("book_style")


def test_lowest_point_of_entropy_plus_kl_is_the_truth():
    axes = plotting.entropy_plus_kl(p_heads=0.6).axes[0]
    total = axes.lines[0]
    lowest = total.get_ydata().argmin()
    assert total.get_xdata()[lowest] == pytest.approx(0.6, abs=0.002)
    assert total.get_ydata()[lowest] == pytest.approx(0.673012, abs=1e-5)


def test_binary_losses_mirror_each_other():
    label_1, label_0 = (line.get_ydata() for line in plotting.binary_losses().axes[0].lines[::2])
    np.testing.assert_allclose(label_1, label_0[::-1], rtol=1e-12)


def test_compare_models_draws_the_numbers_it_is_given():
    figure = plotting.compare_models(["a", "b"], [1.0, 2.0], [3.0, 4.0])
    heights = [[bar.get_height() for bar in axes.patches] for axes in figure.axes]
    assert heights == [[1.0, 3.0], [2.0, 4.0]]


def test_compare_models_rejects_lists_of_different_lengths():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        plotting.compare_models(["a", "b"], [1.0], [3.0, 4.0])


def test_coin_entropy_is_one_bit_at_most():
    curve = plotting.coin_entropy().axes[0].lines[0].get_ydata()
    assert curve.max() == 1.0
    assert curve[0] == curve[-1] == 0.0


def test_surprise_marks_lie_on_the_curve():
    axes = plotting.surprise().axes[0]
    for mark in axes.lines[1:]:
        assert mark.get_ydata()[0] == pytest.approx(-np.log(mark.get_xdata()[0]))


def test_code_areas_are_as_wide_as_the_letter_and_as_high_as_the_word():
    words = {"a": "0", "b": "10", "c": "11"}, {"a": "10", "b": "11", "c": "0"}
    figure = plotting.code_areas([0.5, 0.3, 0.2], {"right": words[0], "wrong": words[1]})
    for axes, title, lengths, area in zip(
        figure.axes, ("right", "wrong"), ([1, 2, 2], [2, 2, 1]), (1.5, 1.8), strict=True
    ):
        boxes = axes.patches[:3]
        np.testing.assert_allclose([box.get_width() for box in boxes], [0.5, 0.3, 0.2])
        assert [box.get_height() for box in boxes] == lengths
        assert axes.get_title(loc="left") == f"{title}: area {area:.2f} bits"


def test_two_directions_draws_what_it_is_given():
    axes = plotting.two_directions([0, 1, 2], [0.5, 0, 0.5], [0.4, 0.2, 0.4], [0.9, 0.1, 0]).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0.5, 0, 0.5]
    assert [list(curve.get_ydata()) for curve in axes.lines] == [[0.4, 0.2, 0.4], [0.9, 0.1, 0]]
