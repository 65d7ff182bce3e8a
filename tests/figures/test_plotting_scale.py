"""Figures of language models show the values that they are given."""

import numpy as np
import pytest

from xent_lib import plotting

pytestmark = pytest.mark.usefixtures("book_style")


@pytest.mark.parametrize(
    ("text", "rows"),
    [("a bc", ["a␣", "bc"]), ("ab cd e", ["ab␣", "cd␣e"]), ("abc", ["a", "bc"])],
)
def test_bits_per_letter_has_a_bar_above_each_letter_in_two_rows(text, rows):
    bits = [2.0, 0.5, 7.25, 1.0, 3.0, 4.0, 5.0][: len(text)]
    figure = plotting.bits_per_letter(text, bits)
    assert [bar.get_height() for axes in figure.axes for bar in axes.patches] == bits
    for axes, row in zip(figure.axes, rows, strict=True):
        centres = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
        np.testing.assert_allclose(centres, axes.get_xticks())
        assert [label.get_text() for label in axes.get_xticklabels()] == list(row)
    first, second = figure.axes
    assert first.get_xlim() == second.get_xlim() and first.get_ylim() == second.get_ylim()


def test_merge_tree_draws_every_pair_below_its_two():
    levels = [[(2, 1), (1, 1), (0.1, 1), (-1, 1)], [(2, 1.36788), (0.1, 1.33287)], [(2, 1.56724)]]
    axes = plotting.merge_tree(levels).axes[0]
    pairs = {text.get_text(): text.get_position() for text in axes.texts}
    assert pairs == {
        "process 0": (-0.375, 0.42),
        "process 1": (1.625, 0.42),
        "(2, 1)": (0, 0),
        "(1, 1)": (1, 0),
        "(0.1, 1)": (2, 0),
        "(−1, 1)": (3, 0),
        "(2, 1.3679)": (0.5, -1),
        "(0.1, 1.3329)": (2.5, -1),
        "(2, 1.5672)": (1.5, -2),
    }
    ends = sorted((*line.get_xdata(), line.get_linestyle()) for line in axes.lines)
    assert ends == [
        (0, 0.5, "-"),
        (0.5, 1.5, "--"),  # from process to process
        (1, 0.5, "-"),
        (2, 2.5, "-"),
        (2.5, 1.5, "--"),
        (3, 2.5, "-"),
    ]
