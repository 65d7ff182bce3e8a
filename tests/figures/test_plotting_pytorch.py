"""Figures of PyTorch's losses show the library's values."""

import numpy as np
import pytest

from xent_lib import plotting, softmax, softmax_cross_entropy

CLASSES = ["CrossEntropyLoss", "NLLLoss", "KLDivLoss", "BCEWithLogitsLoss", "BCELoss", "MSELoss"]


pytestmark = pytest.mark.usefixtures("book_style")


def lines(figure, panel=0):
    return [(line.get_xdata(), line.get_ydata()) for line in figure.axes[panel].lines]


def words(figure, panel=0):
    return [text.get_text() for text in figure.axes[panel].texts]


def test_floor_is_the_loss_of_a_perfect_model_with_softmax_twice():
    figure = plotting.double_softmax_floor(marked=(3, 10))
    _, floor, zero, first, second, _ = lines(figure)
    assert list(zero[1]) == [0, 0]
    for K, (x, y) in ((3, first), (10, second)):
        perfect = softmax([1000.0] + [0.0] * (K - 1))[np.newaxis]
        expected = softmax_cross_entropy(perfect, [0])
        assert (x[0], y[0]) == (K, pytest.approx(expected, abs=1e-12))
        assert np.interp(np.log(K), np.log(floor[0]), floor[1]) == pytest.approx(expected, abs=1e-3)
        assert f"{expected:.3f}" in words(figure)
    assert floor[0][0] == 2 and floor[0][-1] == pytest.approx(10)


def test_dashed_line_is_the_loss_of_equal_logits():
    K, start = lines(plotting.double_softmax_floor())[0]
    for i in (0, -1):
        classes = round(K[i])
        expected = softmax_cross_entropy(np.zeros((1, classes)), [0])
        assert start[i] == pytest.approx(expected, abs=1e-9)


def test_band_is_one_nat_high_and_contains_the_initial_loss():
    figure = plotting.double_softmax_floor()
    edges = figure.axes[0].collections[0].get_paths()[0].vertices
    K, start = lines(figure)[0]
    for classes, loss in zip(K[1:-1], start[1:-1], strict=True):
        low, *_, high = sorted(set(edges[np.isclose(edges[:, 0], classes), 1]))
        assert high - low == pytest.approx(1, abs=1e-9)
        assert low < loss < high
    worst = softmax_cross_entropy([[0.0, 1.0]], [0])
    assert edges[np.isclose(edges[:, 0], 2), 1].max() == pytest.approx(worst)


def test_every_marked_number_of_classes_has_its_tick():
    figure = plotting.double_softmax_floor(marked=(3, 50257))
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["3", "50257"]


@pytest.fixture
def histories():
    return {  # of two draws
        "once, SGD": [(1, (4.0, 4.2), (0.5, 0.4)), (10, (1.0, 1.4), (0.8, 0.6))],
        "twice, SGD": [(1, (4.6, 4.4), (0.5, 0.7)), (10, (4.5, 4.1), (0.4, 0.3))],
        "twice, Adam": [(1, (4.5, 4.3), (0.6, 0.5)), (10, (3.7, 3.9), (0.7, 0.9))],
    }


def test_training_shows_each_draw_and_the_mean_against_the_step(histories):
    figure = plotting.softmax_twice_training(histories, floor=3.5)
    for panel, column in ((0, 1), (1, 2)):
        drawn = iter(lines(figure, panel))
        for rows in histories.values():
            draws = np.array([row[column] for row in rows])
            for expected in (*draws.T, draws.mean(axis=1)):
                steps, values = next(drawn)
                np.testing.assert_array_equal(steps, [row[0] for row in rows])
                np.testing.assert_array_equal(values, expected)
    assert list(lines(figure)[-1][1]) == [3.5, 3.5]
    assert words(figure) == ["floor 3.500"]
    assert [axes.get_ylabel() for axes in figure.axes] == ["training loss (nats)", "test accuracy"]
    assert [text.get_text() for text in figure.legends[0].texts] == list(histories)


def test_draws_are_thinner_than_their_mean(histories):
    drawn = plotting.softmax_twice_training(histories, floor=3.5).axes[1].lines
    for *draws, mean in zip(drawn[::3], drawn[1::3], drawn[2::3], strict=True):
        assert {line.get_color() for line in draws} == {mean.get_color()}
        assert max(line.get_linewidth() for line in draws) < mean.get_linewidth() / 2


def test_runs_differ_in_colour_and_dashes_and_optimisers_in_marker(histories):
    means = plotting.softmax_twice_training(histories, floor=3.5).axes[1].lines[2::3]
    once, twice, adam = ((line.get_color(), line.get_linestyle()) for line in means)
    assert once[0] != twice[0] and once[1] != twice[1] and twice == adam
    assert [line.get_marker() for line in means] == ["o", "o", "s"]


def test_which_class_names_each_class_once():
    texts = words(plotting.which_class())
    assert [text for text in texts if text.endswith("Loss")] == CLASSES
    assert texts.count("none") == 1


def test_which_class_leads_from_every_row_to_one_box():
    axes = plotting.which_class().axes[0]
    boxes = [patch.get_bbox() for patch in axes.patches if patch.get_x() > 5]
    arrows = [text for text in axes.texts if text.get_text() == ""]
    assert len(boxes) == len(arrows) == len(CLASSES) + 1
    names = {text.get_text(): text.get_position()[1] for text in axes.texts}
    for arrow, box, name in zip(arrows, boxes, [*CLASSES[:3], "none", *CLASSES[3:]], strict=True):
        assert box.y0 < arrow.xy[1] < box.y1
        assert box.y0 < names[name] < box.y1


def test_target_boxes_span_their_rows():
    axes = plotting.which_class().axes[0]
    groups = [patch.get_bbox() for patch in axes.patches if patch.get_x() == 0]
    rows = [patch.get_bbox() for patch in axes.patches if patch.get_x() > 5]
    held = [sum(group.y0 <= row.y0 and row.y1 <= group.y1 for row in rows) for group in groups]
    assert held == [4, 2, 1]


@pytest.mark.parametrize("name", ["double_softmax_floor", "which_class"])
def test_same_figure_gives_same_bytes(name, tmp_path):
    for copy in ("one.svg", "two.svg"):
        plotting.save(getattr(plotting, name)(), tmp_path / copy)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.svg").stat().st_size < 70_000
