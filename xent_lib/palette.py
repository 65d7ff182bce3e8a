"""Colours and dashes of all figures; the same quantity has the same style in every figure.

Colour is never the only difference: dashes, markers, hatches or labels also distinguish curves.
"""

from typing import NamedTuple

# The Okabe-Ito colours, which colour-blind readers can tell apart, by contrast with white.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

INK, GREY, PALE = "#333333", "#555555", "#8C8C8C"
AXIS, GRID = "#777777", "#E6E6E6"
BLUES = ("#8FB8D8", "#A8C8E1", "#BFD7E9", "#D4E4F0", "#E6F0F7", "#F6FAFD")  # from dark to light

# What takes their place on a dark page, whose background is DARK["#FFFFFF"].
DARK = {
    "#000000": "#E4E6E8", INK: "#DDE1E4", GREY: "#B4BCC4", PALE: "#8C8C8C", AXIS: "#8D959D",
    GRID: "#2C3239", "#FFFFFF": "#111418",
    BLUE: "#6CBCEC", VERMILION: "#F0925A", GREEN: "#41C79D", PURPLE: "#E0A3C7",
    BLUES[0]: "#2F6690", BLUES[1]: "#29587C", BLUES[2]: "#234A68",
    BLUES[3]: "#1D3C54", BLUES[4]: "#183143", BLUES[5]: "#142734",
}  # fmt: skip

CLASS_COLORS = CYCLE[:3]  # for classes 0, 1 and 2

SOLID = (1, 0)


class Style(NamedTuple):
    """Style of a curve; ``dashes`` are lengths of dashes and gaps for a line of width 2."""

    color: str
    dashes: tuple[int, ...] = SOLID
    width: int = 2


# No two styles are equal, and those in one figure differ in more than colour.
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
LOSS_STYLES["cross-entropy"] = LOSS_STYLES["logistic"]  # the same loss under its other name

# Four programs for one loss; the stable one is wide, to show under those that agree with it.
PROGRAM_STYLES = {
    "stable": Style(PALE, width=6),
    "naive": Style(BLUE, (7, 7)),
    "with ε": Style(VERMILION),
    "clamped": Style(GREEN, (9, 5)),
}

# Softmax applied once and twice, and the lowest loss that is possible with softmax twice.
SOFTMAX_STYLES = {
    "once": Style(BLUE),
    "twice": Style(VERMILION, (9, 3)),
    "floor of twice": Style(GREY, (2, 3)),
}
