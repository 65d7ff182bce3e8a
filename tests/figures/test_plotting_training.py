"""Figures of training show the computed values."""

import numpy as np
import pytest

from xent_lib import plotting, sigmoid

X3 = np.array([-1.0, 5.0, 0.2])


pytestmark = pytest.mark.usefixtures("book_style")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def draw_rates():
    small = [[[2, 2], [2, 2]], [[2, 1.9], [2, 1.8]], [[2, 0.25123], [2, 0.35]], [[2, 9], [2, 1]]]
    whole = [[[2, 2]], [[2, 1.95]], [[2, 1]], [[2, 40]]]
    return plotting.learning_rates((0.001, 0.01, 1, 10), {50: small, 1000: whole})


def drawn(axes):
    return [line.get_ydata().tolist() for line in axes.lines if len(line.get_ydata())]


def shown(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_learning_rates_draw_each_run_of_three_rates_to_three_digits():
    epochs, _ = draw_rates().axes
    assert shown(epochs) == ["η = 0.01", "η = 1", "η = 10"]
    assert drawn(epochs) == [[2, 1.9], [2, 1.8], [2, 0.251], [2, 0.35], [2, 9], [2, 1]]
    assert len({line.get_linestyle() for line in epochs.lines}) == 3


def test_learning_rates_draw_the_last_losses_and_their_mean_by_rate():
    _, search = draw_rates().axes
    assert shown(search) == ["batches of 50", "batches of 1000"]
    assert (search.get_xscale(), search.get_yscale()) == ("log", "log")
    means = [line.get_ydata().tolist() for line in search.lines if line.get_linestyle() != "None"]
    assert means == [[2, 1.85, 0.3, 5], [2, 1.95, 1, 40]]
    dots = [line.get_ydata().tolist() for line in search.lines if line.get_linestyle() == "None"]
    assert dots == [[2, 1.9, 0.251, 9], [2, 1.8, 0.35, 1], [2, 1.95, 1, 40]]


def three_strips():
    """Class 0 left of −1, class 1 between −1 and 2, class 2 right of 2."""
    return np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), np.array([-1.0, 0.0, -2.0])


def draw_boundaries():
    X = np.array([[-3.0, 0], [0, 1], [4, 0], [3, -1]] * 4)
    labels = np.array([0, 1, 2, 2] * 4)
    return plotting.boundaries_over_time(
        X, labels, ("a", "b", "c"), {"before": (np.zeros((3, 2)), np.array([2.0, 1, 0]))}
    ), plotting.boundaries_over_time(X, labels, ("a", "b", "c"), {"after": three_strips()})


def test_boundaries_are_where_two_logits_are_equal():
    axes = draw_boundaries()[1].axes[0]
    spans = [(-3.3, -1.0), (-1.0, 2.0), (2.0, 4.3)]
    for region, (left, right) in zip(axes.patches, spans, strict=True):
        corners = region.get_xy()
        assert (corners[:, 0].min(), corners[:, 0].max()) == pytest.approx((left, right))
        assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((-1.3, 1.3))
        assert len(corners) == 5  # four, and the first again to close the path


def test_boundaries_omit_a_class_that_never_wins():
    axes = draw_boundaries()[0].axes[0]
    (region,) = axes.patches
    assert region.get_label() == "a"
    assert axes.get_title("left") == "before"


def test_boundaries_draw_every_fourth_point_with_its_class_marker():
    figure = draw_boundaries()[1]
    counts = [len(line.get_xdata()) for line in figure.axes[0].lines]
    assert counts == [1, 1, 2]
    assert [line.get_marker() for line in figure.axes[0].lines] == ["o", "s", "^"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]


def draw_layers():
    norm = 10.0 ** np.arange(-5, 0)
    return plotting.layer_gradients({"sigmoid": (norm, norm / 2), "tanh": (norm + 1, norm + 2)})


def test_layer_gradients_draw_two_losses_per_name():
    axes = draw_layers().axes[0]
    assert [line.get_label() for line in axes.lines] == [
        "sigmoid, CE",
        "sigmoid, SE",
        "tanh, CE",
        "tanh, SE",
    ]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), 10.0 ** np.arange(-5, 0))
    np.testing.assert_allclose(axes.lines[1].get_ydata(), 0.5 * 10.0 ** np.arange(-5, 0), rtol=0.01)
    assert list(axes.lines[0].get_xdata()) == [1, 2, 3, 4, 5]
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-", "--"]
    assert [line.get_marker() for line in axes.lines] == ["o", "o", "D", "D"]
    assert axes.get_yscale() == "log"


def draw_valleys():
    ends = {"squared error": [1.34892, -0.32041], "cross-entropy": [-0.43448, -0.43448]}
    return plotting.one_parameter_losses(X3, (3.0, -3.0), ends)


def test_one_parameter_losses_equal_the_mean_over_the_points():
    squared, cross_entropy = draw_valleys().axes
    w = squared.lines[0].get_xdata()[:, None]
    np.testing.assert_allclose(squared.lines[0].get_ydata(), (sigmoid(w * X3) ** 2).mean(axis=1))
    expected = np.log1p(np.exp(w * X3)).mean(axis=1)
    np.testing.assert_allclose(cross_entropy.lines[0].get_ydata(), expected)


def test_one_parameter_losses_mark_starts_and_ends_on_the_curve():
    squared, cross_entropy = draw_valleys().axes
    assert [line.get_xdata()[0] for line in squared.lines[1:]] == [3.0, 1.34892, -3.0, -0.32041]
    for start, end in (squared.lines[1:3], squared.lines[3:5]):
        assert start.get_marker() == end.get_marker()
        assert start.get_markerfacecolor() == "white" != end.get_markerfacecolor()
        assert end.get_ydata()[0] == pytest.approx((sigmoid(end.get_xdata()[0] * X3) ** 2).mean())
    assert texts(squared) == ["w = 1.3489\nloss 0.4539", "w = −0.3204\nloss 0.1994"]
    assert texts(cross_entropy) == ["w = −0.4345\nloss 0.5641"]


def draw_overfitting():
    steps = np.array([0, 10, 20])
    valid = {
        "true": [[2.3, 0.9, 0.5], [2.3, 0.7, 0.5]],
        "noisy": [[2.3, 0.9, 1.5], [2.3, 0.7, 1.2]],
    }
    accuracy = {"true": [[0.1, 0.8, 0.9]], "noisy": [[0.1, 0.8, 0.7]]}
    return plotting.overfitting(steps, [[2.3, 1.0, 0.01234], [2.3, 0.8, 0.01]], valid, accuracy)


def test_overfitting_draws_each_run_faintly_and_the_mean():
    losses, shares = draw_overfitting().axes
    assert shown(losses) == ["training", "validation, true", "validation, noisy"]
    means = [line.get_ydata().tolist() for line in losses.lines if line.get_alpha() is None]
    assert means == [[2.3, 0.9, 0.0112], [2.3, 0.8, 0.5], [2.3, 0.8, 1.35]]
    runs = [line.get_ydata().tolist() for line in losses.lines if line.get_alpha() is not None]
    assert runs[:2] == [[2.3, 1.0, 0.0123], [2.3, 0.8, 0.01]] and len(runs) == 6
    assert len({line.get_linestyle() for line in losses.lines}) == 3
    looks = [(line.get_color(), line.get_linestyle()) for line in losses.lines[3:]]
    assert set(looks) == {(line.get_color(), line.get_linestyle()) for line in shares.lines}
    assert shares.get_ylim() == (0, 1)


@pytest.mark.parametrize(
    "draw",
    [
        draw_rates,
        lambda: draw_boundaries()[1],
        draw_layers,
        draw_valleys,
        draw_overfitting,
    ],
    ids=["rates", "boundaries", "layers", "valleys", "overfitting"],
)
def test_same_figure_gives_same_bytes(draw, tmp_path):
    for name in ("one.svg", "two.svg"):
        plotting.save(draw(), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
