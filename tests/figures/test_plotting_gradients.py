"""Figures of derivatives show the computed values."""

import numpy as np
import pytest

from xent_lib import plotting, softmax, softmax_jacobian
from xent_lib.plotting.style import CORNERS

CAT = np.array([1.0, 0.2, 0.5, 0.3])
WEIGHTS = np.array([[1.0, -1, 2, 0], [0, 1, -1, 1], [-1, 0, 1, 1]])
BIAS = np.array([0.1, -0.1, 0.0])


pytestmark = pytest.mark.usefixtures("book_style")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_computation_graph_shows_values_and_gradients():
    shown = texts(plotting.computation_graph(CAT, WEIGHTS, BIAS, label=1, nudged=2).axes[0])
    p_hat = r"$\hat{p}$₁ = 0.108"
    for value in (
        "z₀ = 1.900",
        "z₂ = −0.200",
        p_hat,
        "ℓ = 2.229",
        "+0.795",
        "−0.892",
    ):
        assert value in shown
    assert shown.count("−9.294") == 2  # below the box, and on the edge


@pytest.mark.parametrize("nudged", [0, 1, 2])
def test_paths_of_the_computation_graph_add_up(nudged):
    shown = texts(plotting.computation_graph(CAT, WEIGHTS, BIAS, 0, nudged).axes[0])
    assert "ℓ = 0.229" in shown
    p = softmax(WEIGHTS @ CAT + BIAS)
    for slope in softmax_jacobian(p)[:, nudged]:
        assert f"{slope:+.4f}".replace("-", "−") in shown
    paths, total = shown[-1].split(": ")[1].replace("−", "-").split(" = ")
    assert sum(map(float, paths.split(" + "))) == float(total)
    assert float(total) == pytest.approx((p - [1, 0, 0])[nudged], abs=5e-4)


def test_arrows_and_ways_lead_from_the_forecast_to_the_targets():
    logits, targets = [2.0, 1.0, 0.1], np.array([[1, 0, 0], [0, 0, 1], [0.2, 0.3, 0.5]])
    axes = plotting.pulls_on_the_simplex(logits, targets).axes[0]
    start = softmax(logits)
    arrows = [text for text in axes.texts if getattr(text, "arrow_patch", None)]
    ways = axes.lines[1:-1]
    assert len(arrows) == len(ways) == len(targets)
    for target, arrow, way in zip(targets, arrows, ways, strict=True):
        np.testing.assert_allclose(arrow.xyann, start @ CORNERS)
        np.testing.assert_allclose(arrow.xy, target @ CORNERS)
        np.testing.assert_allclose(way.get_xydata()[0], start @ CORNERS)
        np.testing.assert_allclose(way.get_xydata()[-1], target @ CORNERS, atol=0.02)
        push = "(" + ", ".join(f"{value:+.2f}" for value in target - start) + ")"
        assert any(push.replace("-", "−") in text for text in texts(axes))


def test_heat_maps_show_the_entries_of_the_jacobian():
    z = np.array([2.0, 1.0, 0.1])
    figure = plotting.jacobian_heat_maps(z, 3 * z)
    assert len(figure.axes) == 2
    for axes, logits in zip(figure.axes, (z, 3 * z), strict=True):
        jacobian = softmax_jacobian(softmax(logits))
        np.testing.assert_array_equal(axes.collections[0].get_array(), jacobian)
        written = [float(text.replace("−", "-")) for text in texts(axes)]
        np.testing.assert_allclose(written, jacobian.ravel(), atol=5e-5)


def test_heat_maps_read_as_a_matrix():
    axes = plotting.jacobian_heat_maps([2.0, 1.0, 0.1]).axes[0]
    assert axes.yaxis_inverted()
    assert texts(axes)[1] == "−0.1598"
    assert axes.texts[1].get_position() == (1.5, 0.5)


def test_step_errors_have_a_best_step_only_for_central_differences():
    float32, float64, stepped = plotting.step_errors().axes[0].lines
    for curve, best in ((float32, 1e-2), (float64, 1e-5)):
        lowest = curve.get_xdata()[curve.get_ydata().argmin()]
        assert best / 4 < lowest < best * 4
        assert curve.get_ydata()[-1] > 1000 * curve.get_ydata().min()
    assert stepped.get_ydata()[-1] == stepped.get_ydata().min() == pytest.approx(1e-15)
    assert stepped.get_xdata()[-1] == pytest.approx(1e-20)


def test_step_errors_fall_as_the_square_of_the_step():
    for curve in plotting.step_errors().axes[0].lines[1:]:
        h, error = curve.get_data()
        large = (h > 2e-4) & (h < 0.05)
        slope = np.polyfit(np.log10(h[large]), np.log10(error[large]), 1)[0]
        assert slope == pytest.approx(2, abs=0.05)


def test_output_gradients_equal_those_of_the_two_losses():
    plain, sizes = plotting.output_gradients().axes
    z = plain.lines[0].get_xdata()
    p = 1 / (1 + np.exp(-z))
    for curves in (plain.lines, sizes.lines):
        np.testing.assert_allclose(abs(curves[0].get_ydata()), 1 - p, rtol=1e-6)
        np.testing.assert_allclose(abs(curves[1].get_ydata()), p * (1 - p) ** 2, rtol=1e-6)
    assert (plain.lines[0].get_ydata() < 0).all()


def test_output_gradients_are_labelled_with_their_ratio():
    sizes = plotting.output_gradients(marked=(-5.0, -10.0)).axes[1]
    assert texts(sizes) == ["150×", "22028×"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plotting.computation_graph(CAT, WEIGHTS, BIAS, label=1, nudged=2),
        lambda: plotting.pulls_on_the_simplex([2.0, 1.0, 0.1], np.eye(3)),
        lambda: plotting.jacobian_heat_maps([2.0, 1.0, 0.1]),
        plotting.step_errors,
        plotting.output_gradients,
    ],
    ids=["graph", "arrows", "jacobian", "steps", "outputs"],
)
def test_same_figure_gives_same_bytes(draw, tmp_path):
    for name in ("one.svg", "two.svg"):
        plotting.save(draw(), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
