"""Figures of loss functions show the library's values."""

import numpy as np
import pytest

from xent_lib import margins, plotting

NAMES = ["perceptron", "hinge", "logistic", "exponential", "squared"]
FUNCTIONS = [f"{name}_loss" for name in NAMES[:-1]] + ["squared_margin_loss"]


pytestmark = pytest.mark.usefixtures("book_style")


def lines(figure, panel=0):
    return [(line.get_xdata(), line.get_ydata()) for line in figure.axes[panel].lines]


def words(figure, panel=0):
    return [text.get_text() for text in figure.axes[panel].texts]


def test_margin_losses_equal_the_library():
    step, *curves = lines(plotting.margin_losses())
    assert list(step[1]) == [1, 1, 0, 0]
    assert list(step[0][1:3]) == [0, 0]
    *curves, (m, bounded), (_, in_bits) = curves
    for name, (m, loss) in zip(FUNCTIONS, curves, strict=True):
        np.testing.assert_array_equal(loss, getattr(margins, name)(m))
    np.testing.assert_allclose(bounded, (1 + np.exp(m)) ** -2.0, rtol=1e-12)
    np.testing.assert_allclose(in_bits, np.log2(1 + np.exp(-m)), rtol=1e-12)


def test_every_margin_loss_is_labelled():
    for figure in (plotting.margin_losses(), plotting.margin_slopes()):
        assert {"0-1", *NAMES, "bounded"} <= set(words(figure))
    assert "logistic, in bits" in words(plotting.margin_losses())


def test_margin_slopes_equal_the_library_away_from_kinks():
    _, *curves, (m, bounded) = lines(plotting.margin_slopes())
    p = 1 / (1 + np.exp(-m))
    np.testing.assert_allclose(bounded, -2 * p * (1 - p) ** 2, rtol=1e-12)
    at = np.array([-2.9, -1.0, -0.5, 0.5, 1.5, 2.9])
    for name, (m, slope) in zip(FUNCTIONS, curves, strict=True):
        expected = getattr(margins, f"{name}_grad")(at)
        np.testing.assert_allclose(np.interp(at, m, slope), expected, atol=2e-3, rtol=2e-3)


def test_residual_losses_equal_the_library():
    squared, absolute, huber, tolerance = lines(plotting.residual_losses(delta=2, threshold=1.5))
    np.testing.assert_array_equal(squared[1], margins.squared_error(squared[0]))
    np.testing.assert_array_equal(absolute[1], margins.absolute_error(absolute[0]))
    np.testing.assert_array_equal(huber[1], margins.huber_loss(huber[0], delta=2))
    r = np.array([-2.0, -1.4, 0.0, 1.4, 2.0])
    np.testing.assert_array_equal(
        np.interp(r, *tolerance), margins.tolerance_loss(r, threshold=1.5)
    )


@pytest.fixture
def two_panels():
    X = np.array([[5.0, 1.0, 1.0], [1.0, 2.0, 1.0], [-1.0, 0.0, 1.0]])
    signs = np.array([1, 1, -1])
    fits = {"hinge": [[2.0, 1.0, -3.0], [0.0, 1.0, 2.0]], "squared": [[1, 0, 0], [1, 0, -4]]}
    return plotting.boundaries({"one": (X, signs), "two": (-X, signs)}, fits, moved=1)


def test_boundaries_are_where_the_score_is_zero(two_panels):
    for panel, weights in ((0, ([2, 1, -3], [1, 0, 0])), (1, ([0, 1, 2], [1, 0, -4]))):
        _, *borders = lines(two_panels, panel)  # the first line marks the moved points
        for (x0, x1), (w0, w1, b) in zip(borders, weights, strict=True):
            np.testing.assert_allclose(w0 * x0 + w1 * x1 + b, 0, atol=1e-9)
            assert np.hypot(np.diff(x0), np.diff(x1)) > 40  # across the whole panel


def test_boundaries_show_each_class_and_mark_moved_points(two_panels):
    axes = two_panels.axes[0]
    positives, negatives = (points.get_offsets() for points in axes.collections)
    np.testing.assert_array_equal(positives, [[5, 1], [1, 2]])
    np.testing.assert_array_equal(negatives, [[-1, 0]])
    (x0, x1), *_ = lines(two_panels)
    assert (list(x0), list(x1)) == ([5], [1])
    assert [text.get_text() for text in two_panels.legends[0].texts] == ["hinge", "squared"]


def test_boundaries_reject_a_loss_without_a_style():
    panels = {"one": ([[1.0, 0, 1]], [1]), "two": ([[1.0, 0, 1]], [-1])}
    with pytest.raises(KeyError, match="focal"):
        plotting.boundaries(panels, {"focal": [[1, 0, 0], [1, 0, 0]]}, moved=0)


def test_which_loss_leads_from_every_question_to_one_loss():
    texts = words(plotting.which_loss())
    questions = [text for text in texts if text.endswith("?")]
    assert len(questions) == 6
    assert texts.count("yes") == 6
    assert texts.count("no") == 5
    answers = [text for text in texts if text and text not in (*questions, "yes", "no")]
    losses = ["squared error", "absolute, Huber", "one BCE per label", "cross-entropy"]
    losses += ["hinge", "Brier"]
    assert [answer.split("\n")[0] for answer in answers] == losses


@pytest.mark.parametrize(
    "name", ["margin_losses", "margin_slopes", "residual_losses", "which_loss"]
)
def test_same_figure_gives_same_bytes(name, tmp_path):
    for copy in ("one.svg", "two.svg"):
        plotting.save(getattr(plotting, name)(), tmp_path / copy)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.svg").stat().st_size < 70_000
