"""Figures of decisions, weights, focal loss and calibration show the computed values."""

import numpy as np
import pytest

from xent_lib import (
    binary_nll,
    expected_calibration_error,
    plotting,
    sigmoid,
    sigmoid_focal_loss,
    softmax,
)

pytestmark = pytest.mark.usefixtures("book_style")


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_precision_recall_draws_the_given_values():
    recall, precision = [0.1, 0.5, 0.9], [0.9, 0.6, 0.2]
    marks = {"0.5": (0.1, 0.9), "0.2": (0.9, 0.2)}
    axes = plotting.precision_recall(recall, precision, marks).axes[0]
    curve, *dots = axes.lines
    np.testing.assert_array_equal(curve.get_data(), [recall, precision])
    assert [tuple(dot.get_xydata()[0]) for dot in dots] == list(marks.values())
    assert len({dot.get_marker() for dot in dots}) == 2
    assert words(axes) == [
        "at 0.5: recall 0.100, precision 0.900",
        "at 0.2: recall 0.900, precision 0.200",
    ]
    assert [text.get_ha() for text in axes.texts] == ["left", "right"]


def test_plain_probabilities_are_the_posterior_of_two_gaussians():
    plain = plotting.weighted_probabilities(base_rate=0.2, weight=3).axes[0].lines[0]
    x, p = plain.get_data()
    ill, rest = (share * np.exp(-((x - at) ** 2) / 2) for share, at in ((0.2, 1), (0.8, -1)))
    np.testing.assert_allclose(p, ill / (ill + rest), rtol=1e-12)


def test_weighted_probabilities_have_the_lowest_weighted_loss():
    plain, weighted = plotting.weighted_probabilities(base_rate=0.2, weight=3).axes[0].lines[:2]
    q = np.linspace(0.001, 0.999, 999)
    for p, said in list(zip(plain.get_ydata(), weighted.get_ydata(), strict=True))[10:-10:10]:
        yes = binary_nll(q, np.ones_like(q), pos_weight=3, reduction="none")
        no = binary_nll(q, np.zeros_like(q), reduction="none")
        assert q[np.argmin(p * yes + (1 - p) * no)] == pytest.approx(said, abs=0.001)


def test_weighted_probabilities_are_marked_where_either_is_one_half():
    axes = plotting.weighted_probabilities().axes[0]
    at_0, at_half = (line.get_xydata() for line in axes.lines[2:])
    np.testing.assert_allclose(at_0, [[0, 0.05], [0, 0.5]], atol=1e-12)
    np.testing.assert_allclose(at_half[:, 0], np.log(19) / 2, rtol=1e-12)
    np.testing.assert_allclose(at_half[:, 1], [0.5, 0.95], rtol=1e-12)
    assert words(axes)[2:] == ["0.05", "0.50", "0.50", "0.95"]


def test_focal_losses_equal_the_library():
    left = plotting.focal_losses().axes[0]
    for line, gamma in zip(left.lines, (0, 1, 2, 5), strict=True):
        p, loss = line.get_data()
        assert line.get_label() == f"γ = {gamma}"
        np.testing.assert_allclose(loss, -((1 - p) ** gamma) * np.log(p), rtol=1e-10)


def test_focal_predictions_minimize_the_expected_loss():
    right = plotting.focal_losses(marked=0.7).axes[1]
    z = np.linspace(-7, 7, 14_001)
    yes, no = (
        sigmoid_focal_loss(z, np.full(z.shape, y), gamma=2, reduction="none") for y in (1, 0)
    )
    truth, said = right.lines[2].get_data()
    for p, q in list(zip(truth, said, strict=True))[5:-5:5]:
        assert sigmoid(z[np.argmin(p * yes + (1 - p) * no)]) == pytest.approx(q, abs=5e-4)


def test_focal_dots_lie_on_their_curves():
    right = plotting.focal_losses(marked=0.7).axes[1]
    assert words(right) == ["0.7000", "0.5785"]
    dots = [line.get_xydata()[0] for line in right.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots, [[0.7, 0.7], [0.7, 0.5785]], atol=5e-5)


def test_focal_curves_differ_in_more_than_colour():
    for axes in plotting.focal_losses().axes:
        curves = [line for line in axes.lines if line.get_marker() != "o"]
        assert len({line.get_linestyle() for line in curves}) == len(curves) == 4


def test_reliability_draws_confidence_accuracy_and_their_gap():
    claimed = np.repeat([0.9, 0.6, 0.2], [10, 10, 5])
    happened = np.repeat([1, 0, 1, 0, 1, 0], [7, 3, 6, 4, 2, 3])
    figure = plotting.reliability({"before": (claimed, happened)})
    (axes,) = figure.axes
    diagonal, points = axes.lines
    np.testing.assert_array_equal(*diagonal.get_data())
    np.testing.assert_allclose(points.get_xydata(), [[0.2, 0.4], [0.6, 0.6], [0.9, 0.7]])
    gaps = [segment[:, 1].tolist() for segment in axes.collections[0].get_segments()]
    np.testing.assert_allclose(gaps, [[0.2, 0.4], [0.6, 0.6], [0.7, 0.9]])
    assert words(axes) == ["5", "10", "10"]
    ece = expected_calibration_error(claimed, happened, bins=10)
    assert axes.get_title(loc="left") == f"before: ECE {ece:.3f}"


def test_reliability_has_one_panel_per_model():
    z = np.random.default_rng(0).normal(size=(50, 3))
    labels = z.argmax(axis=1)
    tables = {"sharp": (softmax(9 * z), labels), "flat": (softmax(z), labels)}
    figure = plotting.reliability(tables, bins=5)
    assert [axes.get_title(loc="left").split(":")[0] for axes in figure.axes] == list(tables)
    for axes in figure.axes:
        assert sum(int(text) for text in words(axes)) == 50
