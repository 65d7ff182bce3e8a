"""Figures of loss values that name their cause, and of losses that part from the accuracy."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..palette import BLUE, GREY, VERMILION, Style
from .style import P_HAT, WIDTH, line, number

# What falls with the training, and what rises.
FALLS, RISES = Style(BLUE), Style(VERMILION, (7, 3))


def thermometer(marks: Mapping[str, float], held: tuple[float, float]) -> Figure:
    """Draw loss values on a vertical scale, each with its reading; `held` is shaded.

    `marks` maps a reading to a loss in nats. The scale is linear below 1, logarithmic above.
    """
    figure = Figure(figsize=(WIDTH, 4.4))
    axes = figure.subplots()
    readings = sorted(marks, key=marks.__getitem__)

    def height(loss: ArrayLike) -> np.ndarray:
        return np.where(np.less(loss, 1), loss, 1 + np.log(np.maximum(loss, 1)))

    top = float(height(max(marks.values()))) + 0.3
    axes.plot([0, 0], [-1, top], color=GREY, lw=6, solid_capstyle="round", zorder=1)
    axes.plot([0, 0], [-1, 0], color=VERMILION, lw=6, solid_capstyle="butt", zorder=2)
    axes.plot([0, 0], height(held), color=BLUE, lw=12, solid_capstyle="butt", zorder=2)
    spread = np.linspace(-0.9, top - 0.1, len(readings))
    for reading, place in zip(readings, spread, strict=True):
        loss = marks[reading]
        here = float(height(loss))
        axes.plot(0, here, "o", color="white", mec="black", ms=6, zorder=3)
        axes.plot([0.04, 0.2, 0.26], [here, place, place], color=GREY, lw=0.8)
        label = number(loss, ".3g" if abs(loss) < 0.01 else ".4f")
        axes.text(0.66, place, label, ha="right", va="center")
        axes.text(0.72, place, reading, va="center")
    ticks = [-1, 0, 1, 3, 10, 30, 100]
    axes.set_yticks(height(ticks), labels=[number(tick) for tick in ticks])
    axes.set(xlim=(-0.08, 2), ylim=(-1.1, top + 0.1), xticks=[], ylabel="mean loss (nats)")
    axes.spines["bottom"].set_visible(False)
    axes.grid(False)
    return figure


def two_groups(
    steps: ArrayLike, groups: Mapping[str, ArrayLike], totals: Mapping[str, ArrayLike]
) -> Figure:
    """Losses of two groups of rows, left, and of all rows, right, against the training step.

    Each mapping names first what falls and then what rises, with one row of losses per draw; the
    draws are thin lines, their mean is a thick one.
    """
    figure = Figure(figsize=(WIDTH, 3.1))
    panels = figure.subplots(1, 2)
    for axes, curves in zip(panels, (groups, totals), strict=True):
        for (name, draws), look in zip(curves.items(), (FALLS, RISES), strict=True):
            draws, style = np.asarray(draws), line(look)
            for draw in draws.round(6):
                axes.plot(steps, draw, **(style | {"linewidth": 0.6, "alpha": 0.6}))
            mean = draws.mean(axis=0).round(6)
            axes.plot(steps, mean, **style)
            # Below the end of what falls, above the end of what rises.
            drop, side = (-10, "top") if look is FALLS else (10, "bottom")
            axes.annotate(
                name,
                (np.asarray(steps)[-1], mean[-1]),
                xytext=(0, drop),
                textcoords="offset points",
                ha="right",
                va=side,
                color=look.color,
            )
        axes.set(xscale="log", yscale="log", xlabel="step")
        axes.margins(y=0.15)
    panels[0].set_ylabel("test loss (nats)")
    return figure


def next_question(answers: Sequence[tuple[str, str]]) -> Figure:
    """Draw questions one below the other; each leads on if answered yes, and aside if no.

    `answers` holds pairs of a question and what to look for if the answer is no.
    """
    figure = Figure(figsize=(WIDTH, 0.62 * len(answers)))
    axes = figure.subplots()
    box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "lw": 1.2}
    for k, (question, aside) in enumerate(answers):
        words = question.replace("p̂", P_HAT)
        asked = axes.text(0, -k, words, va="center", bbox=box | {"edgecolor": BLUE})
        arrow = {"arrowstyle": "<-", "color": VERMILION, "relpos": (0, 0.5)}
        axes.annotate(
            textwrap.fill(aside, 24),
            (0, -k),
            xytext=(0.56, -k),
            va="center",
            bbox=box | {"edgecolor": VERMILION, "linestyle": "--"},
            arrowprops=arrow | {"patchB": asked.get_bbox_patch()},
        )
        axes.text(0.5, -k + 0.08, "no", ha="center", color=GREY)
        if k:
            axes.annotate(
                "", (0.05, -k + 0.25), xytext=(0.05, -k + 0.75), arrowprops={"arrowstyle": "->"}
            )
            axes.text(0.07, -k + 0.5, "yes", va="center", color=GREY)
    axes.set(xlim=(-0.02, 1), ylim=(-len(answers) + 0.5, 0.5))
    axes.set_axis_off()
    return figure
