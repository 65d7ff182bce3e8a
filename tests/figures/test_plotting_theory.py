"""Figures of bets, tangents, fits and regrets show the values that they are given."""

import numpy as np
import pytest

from xent_lib import binary_nll, entropy, kl_divergence, plotting

pytestmark = pytest.mark.usefixtures("book_style")


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_log_wealth_draws_each_path_with_its_expected_line():
    paths = {"a": np.arange(101) / 10, "b": -2.0 * np.arange(101)}
    axes = plotting.log_wealth(paths, {"a": 0.2, "b": -1.0}, low=-60).axes[0]
    path_a, expected_a, path_b, expected_b = axes.lines[:4]
    np.testing.assert_array_equal(path_a.get_data(), [np.arange(0, 101, 5), paths["a"][::5]])
    np.testing.assert_array_equal(path_b.get_ydata(), paths["b"][::5])
    np.testing.assert_allclose(expected_a.get_xydata(), [[0, 0], [100, 20]])
    np.testing.assert_allclose(expected_b.get_xydata(), [[0, 0], [100, -100]])
    assert {line.get_linestyle() for line in (expected_a, expected_b)} == {":"}
    assert path_a.get_linestyle() != path_b.get_linestyle()
    assert [(text.get_text(), *text.xy) for text in axes.texts] == [
        ("a", 100, 10),
        ("b", 26, -52),  # where it leaves the picture
    ]


def test_tangents_touch_the_curve_and_show_the_gap():
    def hill(p):
        return -p * np.log(p) - (1 - p) * np.log(1 - p)

    figure = plotting.tangents({"H": (hill, lambda p: np.log(1 / p - 1))}, said=0.3, truth=0.6)
    (axes,) = figure.axes
    curve, tangent, gap, spot = axes.lines
    p, height = curve.get_data()
    np.testing.assert_allclose(height, entropy(np.stack([p, 1 - p], axis=-1)), atol=1e-12)
    losses = [binary_nll([0.3], [y]) for y in (0, 1)]
    np.testing.assert_allclose(tangent.get_ydata()[[0, -1]], losses)
    np.testing.assert_allclose(spot.get_xydata(), [[0.3, hill(0.3)]])
    low, high = gap.get_ydata()
    assert low == pytest.approx(entropy([0.6, 0.4]))
    assert high - low == pytest.approx(kl_divergence([0.6, 0.4], [0.3, 0.7]))
    assert words(axes) == [f"gap {high - low:.4f}\nat 0.6"]


def test_error_bound_draws_the_models_and_two_curves():
    axes = plotting.error_bound([0.1, 0.5], [0.2, 0.9]).axes[0]
    dots, psi, parabola = axes.lines
    np.testing.assert_array_equal(dots.get_xydata(), [[0.1, 0.2], [0.5, 0.9]])
    theta = psi.get_xdata()
    np.testing.assert_allclose(parabola.get_ydata(), theta**2 / 2)
    worst = kl_divergence([0.6, 0.4], [0.5, 0.5])  # with an excess error of 0.2
    assert np.interp(0.2, theta, psi.get_ydata()) == pytest.approx(worst)
    assert psi.get_ydata()[-1] == pytest.approx(np.log(2))


def test_flattest_marks_the_fit_inside_the_region():
    axes = plotting.flattest((0.2, -0.2)).axes[0]
    edge, fit, labels = axes.lines
    np.testing.assert_array_equal(fit.get_xydata(), [[0.2, -0.2]])
    np.testing.assert_array_equal(labels.get_xydata(), [[0, 0]])
    for u, v in edge.get_xydata():
        row = np.array([u, 1 - 2 * u + v, u - 2 * v, 1 + v])
        assert np.all((row > -1e-12) & (row < 1 + 1e-12))
        assert np.sum((row < 1e-12) | (row > 1 - 1e-12)) >= 2  # a corner: two limits at once
        np.testing.assert_allclose([row.sum(), row @ [0, 1, 2, 3]], [2, 4])
    assert words(axes) == ["the fit", "the labels"]


def test_slow_turn_draws_tilt_and_loss():
    left, right = plotting.slow_turn([1, 10, 100], [30.0, 20.0, 10.0], [1.0, 0.1, 0.01]).axes
    np.testing.assert_array_equal(left.lines[0].get_data(), [[1, 10, 100], [30, 20, 10]])
    np.testing.assert_array_equal(right.lines[0].get_data(), [[1, 10, 100], [1, 0.1, 0.01]])
    assert left.get_xscale() == right.get_xscale() == right.get_yscale() == "log"


def test_fit_cloud_ellipse_holds_95_in_100_of_a_normal_cloud():
    covariance = np.array([[0.04, -0.05], [-0.05, 0.09]])
    truth = np.array([1.0, -1.5])
    fits = np.random.default_rng(0).multivariate_normal(truth, covariance, size=4000)
    dots, ellipse, spot = plotting.fit_cloud(fits, truth, covariance).axes[0].lines
    np.testing.assert_allclose(dots.get_xydata(), fits, atol=1e-4)
    np.testing.assert_array_equal(spot.get_xydata(), [truth])
    inverse = np.linalg.inv(covariance)
    off, edge = fits - truth, ellipse.get_xydata() - truth
    radius = np.einsum("ri,ij,rj->r", edge, inverse, edge)
    np.testing.assert_allclose(radius, radius[0])
    inside = np.einsum("ri,ij,rj->r", off, inverse, off) < radius[0]
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_regrets_draws_each_line_and_half_of_the_logarithm():
    flips = np.array([10, 100, 1000])
    axes = plotting.regrets(flips, {"a": [1.0, 2, 3], "b": [2.0, 4, 6]}).axes[0]
    *lines, half = axes.lines
    assert [line.get_label() for line in lines] == ["a", "b"]
    np.testing.assert_array_equal([line.get_ydata() for line in lines], [[1, 2, 3], [2, 4, 6]])
    np.testing.assert_allclose(half.get_ydata(), np.log(flips) / 2)
    assert len({line.get_linestyle() for line in axes.lines}) == 3
