"""Figures of language models: what each byte costs, and sums of exponentials that are merged."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..palette import AXIS, BLUE, GREEN, GREY, VERMILION
from .style import WIDTH, number


def bits_per_letter(text: str, bits: ArrayLike) -> Figure:
    """One bar per letter of a line of text: the bits that it costs; letters stand below.

    The line is broken in two, after the last space of its first half if there is one.
    """
    figure = Figure(figsize=(WIDTH, 4))
    cut = text.rfind(" ", 0, len(text) // 2) + 1 or len(text) // 2
    bits = np.asarray(bits).round(4)
    rows = figure.subplots(2, sharey=True)
    for axes, part in zip(rows, (slice(cut), slice(cut, None)), strict=True):
        places = np.arange(len(bits[part]))
        axes.bar(places, bits[part], width=0.8, color=BLUE)
        # A space would be invisible.
        axes.set_xticks(places, text[part].replace(" ", "␣"))
        axes.tick_params(axis="x", length=0)
        axes.set(ylabel="bits", xlim=(-0.8, max(cut, len(text) - cut) - 0.2))
        axes.grid(False, axis="x")
        axes.locator_params(axis="y", nbins=4, integer=True)
    return figure


def merge_tree(levels: Sequence[Sequence[tuple[float, float]]]) -> Figure:
    """Draw a tree of pairs (largest logit, sum): each row of `levels` merges the one above in twos.

    The right half of the tree belongs to another process; only the last merge crosses over.
    """
    figure = Figure()
    axes = figure.subplots()
    leaves = len(levels[0])
    for process, left in enumerate((-0.5, leaves / 2 - 0.5)):
        axes.axvspan(left, left + leaves / 2 - 0.05, color=GREY, alpha=0.1, lw=0)
        axes.text(left + 0.125, 0.42, f"process {process}", va="center")
    for depth, row in enumerate(levels):
        apart = 2**depth
        last = depth == len(levels) - 1
        for i, (top, total) in enumerate(row):
            x = apart * i + (apart - 1) / 2
            for child in (x - apart / 4, x + apart / 4) if depth else ():
                how = {"color": VERMILION, "ls": "--", "lw": 2} if last else {"color": AXIS}
                axes.plot([child, x], [-(depth - 1) - 0.17, -depth + 0.17], **how)
            words = f"({number(top)}, {number(round(total, 4))})"
            box = {"facecolor": "white", "boxstyle": "round,pad=0.35"}
            box["edgecolor"] = GREEN if last else AXIS
            axes.text(x, -depth, words, ha="center", va="center", bbox=box)
    axes.set(xlim=(-0.5, leaves - 0.5), ylim=(-len(levels) + 0.6, 0.6))
    axes.set_axis_off()
    return figure
