"""Colours and dashes of all figures, still ones and those with sliders: the same thing looks alike.

Colour never stands alone: a dash, a marker, a hatch or a label says the same.
"""

from typing import NamedTuple

# Okabe and Ito's colours, which colour-blind readers can tell apart; by contrast on white.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

INK, GREY, PALE = "#333333", "#555555", "#8C8C8C"
AXIS, GRID = "#777777", "#E6E6E6"
BLUES = ("#8FB8D8", "#A8C8E1", "#BFD7E9", "#D4E4F0", "#E6F0F7", "#F6FAFD")  # steps, dark to light

CLASS_COLORS = CYCLE[:3]  # of classes 0, 1 and 2

SOLID = (1, 0)


class Style(NamedTuple):
    """Look of a curve; ``dashes`` are the lengths of dashes and gaps, on a line 2 wide."""

    color: str
    dashes: tuple[int, ...] = SOLID
    width: int = 2


# No two look alike, and those of one figure differ by more than colour.
LOSS_STYLES = {
    "0-1": Style(PALE, width=4),
    "perceptron": Style(GREY, (2, 3)),
    "hinge": Style(VERMILION, (7, 3)),
    "logistic": Style(BLUE),
    "logistic, in bits": Style(BLUE, (3, 2)),
    "exponential": Style(GREEN, (9, 3, 2, 3)),
    "squared": Style(PURPLE, (14, 4)),
    "bounded": Style(INK, (6, 2, 2, 2, 2, 2)),
    "absolute": Style(GREEN, (7, 3)),
    "Huber": Style(VERMILION),
    "tolerance": Style(GREY, (9, 3, 2, 3)),
}
LOSS_STYLES["cross-entropy"] = LOSS_STYLES["logistic"]  # the same loss, by its other name

# Four programs for one loss; those that agree with the stable one lie upon it.
PROGRAM_STYLES = {
    "stable": Style(PALE, width=6),
    "naive": Style(BLUE, (7, 7)),
    "with ε": Style(VERMILION),
    "clamped": Style(GREEN, (9, 5)),
}

# Softmax applied once and twice, and the least loss that twice can reach.
SOFTMAX_STYLES = {
    "once": Style(BLUE),
    "twice": Style(VERMILION, (9, 3)),
    "floor of twice": Style(GREY, (2, 3)),
}
