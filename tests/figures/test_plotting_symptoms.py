"""Figures of loss values and of losses that part show the values that they are given."""

import numpy as np
import pytest

from xent_lib import plotting
from xent_lib.plotting.style import P_HAT

pytestmark = pytest.mark.usefixtures("book_style")


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_thermometer_marks_each_loss_once_and_names_it():
    marks = {"below": -0.5, "tiny": 1.2e-7, "chance": np.log(10), "clip": 16.118095}
    (axes,) = plotting.thermometer(marks, held=(1.4612, np.log(10))).axes
    dots = [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "o"]
    # Linear up to 1, and from there on 1 + ln.
    np.testing.assert_allclose(dots, [-0.5, 1.2e-7, 1 + np.log(np.log(10)), 1 + np.log(16.118095)])
    held = next(line for line in axes.lines if line.get_linewidth() == 12)
    np.testing.assert_allclose(held.get_ydata(), 1 + np.log([1.4612, np.log(10)]))
    assert words(axes) == [
        *("−0.5000", "below"),
        *("1.2e−07", "tiny"),
        *("2.3026", "chance"),
        *("16.1181", "clip"),
    ]
    ticks = dict(
        zip((t.get_text() for t in axes.get_yticklabels()), axes.get_yticks(), strict=True)
    )
    assert ticks["0"] == 0 and ticks["10"] == pytest.approx(1 + np.log(10))


def test_thermometer_keeps_its_labels_apart():
    (axes,) = plotting.thermometer({str(k): 16 + k / 100 for k in range(12)}, held=(1, 2)).axes
    places = sorted({text.get_position()[1] for text in axes.texts})
    assert len(places) == 12 and min(np.diff(places)) > 0.3


def test_two_groups_draws_each_run_thin_and_their_mean_thick():
    groups = {"right": [[0.4, 0.1], [0.2, 0.1]], "wrong": [[2.0, 3.0], [2.0, 5.0]]}
    totals = {"median": [[1.0, 0.5]], "mean": [[1.0, 2.0], [3.0, 4.0]]}
    left, right = plotting.two_groups([10, 300], groups, totals).axes
    thick = [line for line in left.lines if line.get_linewidth() == 2]
    np.testing.assert_allclose([line.get_ydata() for line in thick], [[0.3, 0.1], [2.0, 4.0]])
    thin = [line.get_ydata() for line in left.lines if line.get_linewidth() < 1]
    np.testing.assert_allclose(thin, [*groups["right"], *groups["wrong"]])
    np.testing.assert_allclose(right.lines[-1].get_ydata(), [2.0, 3.0])
    # What falls and what rises have the same look in both panels, and a name at their end.
    for falls, rises in ((thick[0], thick[1]), (right.lines[1], right.lines[-1])):
        assert falls.get_color() == thick[0].get_color() != rises.get_color()
        assert falls.get_linestyle() != rises.get_linestyle()
    named = {text.get_text(): (text.xy, text.get_color()) for text in left.texts}
    assert named["right"] == ((300, 0.1), thick[0].get_color())
    assert named["wrong"] == ((300, 4.0), thick[1].get_color())
    assert words(right) == ["median", "mean"]


def test_next_question_leads_on_and_aside():
    (axes,) = plotting.next_question([("finite?", "NaN"), ("positive?", "targets")]).axes
    shown = {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}
    assert shown["finite?"][1] == shown["NaN"][1] > shown["positive?"][1] == shown["targets"][1]
    assert words(axes).count("no") == 2 and words(axes).count("yes") == 1


def test_next_question_wraps_what_is_aside_and_sets_the_hat_above_the_letter():
    (axes,) = plotting.next_question([("is it p̂?", "what to look at in such a case")]).axes
    assert f"is it {P_HAT}?" in words(axes)
    assert "what to look at in such\na case" in words(axes)
