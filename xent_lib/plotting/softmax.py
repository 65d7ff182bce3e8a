"""Figures of the sigmoid, the softmax, its temperature and its axis."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..activations import sigmoid, softmax
from ..palette import BLUE, BLUES, CLASS_COLORS, GREY, VERMILION
from .style import CLASS_HATCHES, CORNERS, PLATE, WIDTH, row


def sigmoid_and_slope() -> Figure:
    """σ(z) and its derivative σ(z)(1 − σ(z)), with their values at three logits."""
    figure = Figure()
    axes = figure.subplots()
    z = np.linspace(-7, 7, 85)
    probs = sigmoid(z)
    axes.plot(z, probs, color=BLUE)
    axes.plot(z, probs * (1 - probs), "--", color=VERMILION)
    for mark in (0.0, 2.0, 5.0):
        p = float(sigmoid(mark))
        axes.plot(mark, p, "o", color=BLUE)
        axes.plot(mark, p * (1 - p), "s", color=VERMILION)
        places = (((7, -11), p, "left"), ((0, 9), p * (1 - p), "center"))
        for offset, height, side in places:
            axes.annotate(
                f"{height:.3f}", (mark, height), xytext=offset, textcoords="offset points", ha=side
            )
    axes.text(-6.9, 0.62, "σ(z), the probability", color=BLUE)
    axes.text(-6.9, 0.32, "σ(z)(1 − σ(z)), its slope", color=VERMILION)
    axes.set(xlabel="logit z", ylabel="probability, slope")
    axes.set(ylim=(-0.03, 1.08), xlim=(-7, 7), title="Steepest where it is unsure")
    return figure


def temperature_paths(logits: ArrayLike, tie: ArrayLike) -> Figure:
    """Level lines of the largest probability on the simplex, and two paths as T falls to 0."""
    figure = Figure(figsize=(WIDTH, 4.1))
    axes = figure.subplots()
    # The set where no probability exceeds `level` is the triangle with its corners cut off.
    for level, color in zip((1.0, 0.9, 0.8, 0.7, 0.6, 0.5), BLUES, strict=True):
        low = 1 - level
        cut = [[level, low, 0], [low, level, 0], [0, level, low]]
        cut += [[0, low, level], [low, 0, level], [level, 0, low]]
        axes.fill(*(np.array(cut) @ CORNERS).T, facecolor=color, edgecolor="white", lw=1)
        if level < 1:
            for share in sorted({level, low}):
                axes.annotate(
                    f"{level:g}",
                    np.array([share, 1 - share, 0]) @ CORNERS,
                    xytext=(0, -12),
                    textcoords="offset points",
                    ha="center",
                    color=GREY,
                )
    axes.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color="black", lw=1.2)

    temperatures = np.geomspace(0.05, 100, 80)
    paths = ((logits, "-", "o", VERMILION), (tie, "--", "s", "black"))
    for scores, line, marker, color in paths:
        path = np.array([softmax(scores, temperature=t) for t in temperatures]) @ CORNERS
        axes.plot(*path.T, line, color=color)
        axes.plot(*path[0], marker, color=color, clip_on=False)
    for temperature in (0.5, 1.0, 2.0):
        here = softmax(logits, temperature=temperature) @ CORNERS
        axes.plot(*here, "o", color=VERMILION)
        offset, side = ((-2, 7), "right") if temperature >= 1 else ((-3, 9), "center")
        axes.annotate(
            f"T = {temperature:g}", here, xytext=offset, textcoords="offset points", ha=side
        )
    axes.plot(*CORNERS.mean(axis=0), "D", color="black")
    notes = (
        ("T → ∞: each 1/3", CORNERS.mean(axis=0), (9, 4), "left"),
        (f"a tie, {row(tie)}", softmax(tie, temperature=10) @ CORNERS, (8, -3), "left"),
        ("certain of cat", CORNERS[0], (0, -32), "center"),
        ("certain of dog", CORNERS[1], (0, -32), "center"),
        ("largest probability", (CORNERS[0] + CORNERS[1]) / 2, (0, -26), "center"),
        ("certain of chicken", CORNERS[2], (0, 8), "center"),
    )
    for text, spot, offset, side in notes:
        axes.annotate(text, spot, xytext=offset, textcoords="offset points", ha=side)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def two_logits(points: Sequence[Sequence[float]]) -> Figure:
    """Level lines of the probability of class 1 over two logits, and points that share one line."""
    figure = Figure(figsize=(WIDTH, 3.8))
    axes = figure.subplots()
    side = np.array([-4.0, 4.0])
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        gap = np.log(level / (1 - level))
        axes.plot(side, side + gap, color=GREY, lw=1)
        end = (4 - max(gap, 0), 4 + min(gap, 0))  # where the line leaves the square
        offset = (-3, 5) if gap > 0 else (5, -4)
        axes.annotate(f"{level:g}", end, xytext=offset, textcoords="offset points", color=GREY)
    z = np.asarray(points, dtype=float)
    axes.plot(*z.T, "-o", color=VERMILION)
    for pair in z:
        p = softmax(pair)[1]
        label = f"{row(pair)}: {p:.3f}"
        axes.annotate(label, pair, (8, -14), textcoords="offset points", bbox=PLATE)
    axes.set(xlim=side, ylim=side, aspect="equal", xlabel="logit of class 0")
    axes.set(ylabel="logit of class 1", title="Probability of class 1")
    axes.grid(False)
    return figure


def batch_sums(batches: Sequence[ArrayLike]) -> Figure:
    """Softmax of every row as a stacked bar: left, row by row; right, over the whole batch."""
    figure = Figure(figsize=(WIDTH, 3.1))
    panels = figure.subplots(1, 2, sharey=True)
    tables = [np.asarray(batch, dtype=float) for batch in batches]
    # One maximum and one sum for the batch amount to a softmax over all its entries.
    ways = (
        ("Each row by itself", softmax),
        ("One maximum, one sum", lambda x: softmax(x.ravel()).reshape(x.shape)),
    )
    names = [row(logits) for table in tables for logits in table]
    heights = [
        -i - 0.6 * b for b, table in enumerate(tables) for i in range(2 * b, 2 * b + len(table))
    ]
    for axes, (title, way) in zip(panels, ways, strict=True):
        rows = np.concatenate([way(table) for table in tables])
        left = np.zeros(len(rows))
        for k, (color, hatch) in enumerate(zip(CLASS_COLORS, CLASS_HATCHES, strict=True)):
            axes.barh(
                heights,
                rows[:, k],
                left=left,
                height=0.66,
                facecolor=color,
                edgecolor="white",
                hatch=hatch,
                label=f"class {k}",
            )
            left += rows[:, k]
        for height, total in zip(heights, left, strict=True):
            axes.text(total + 0.03, height, f"{total:.4f}", va="center")
        axes.set(title=title, xlabel="sum of the row", xlim=(0, 1.3), xticks=(0, 0.5, 1))
        axes.grid(False, axis="y")
    panels[0].set_yticks(heights, labels=names)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
