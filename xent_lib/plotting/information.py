"""Figures of surprise, entropy, cross-entropy and divergence."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..information import cross_entropy, entropy, self_information
from ..palette import BLUE, BLUES, GREY, INK, LOSS_STYLES, VERMILION, Style
from .style import AS_DRAWN, CORNERS, PLATE, WIDTH, line


def surprise() -> Figure:
    """−ln p against p, with five probabilities marked."""
    figure = Figure()
    axes = figure.subplots()
    p = np.linspace(0.005, 1, 400)
    axes.plot(p, self_information(p))
    for mark in (0.01, 0.1, 0.2, 0.5, 1.0):
        height = float(self_information(mark))
        axes.plot(mark, height, "o", color=VERMILION)
        axes.annotate(
            f"p = {mark:g}: {height:.3f}", (mark, height), xytext=(8, 6), textcoords="offset points"
        )
    axes.set(xlabel="probability p of the event", ylabel="surprise −ln p (nats)")
    axes.set(xlim=(0, 1.19), ylim=(0, 5.4), title="The rarer it was, the more it tells")
    return figure


def coin_entropy() -> Figure:
    """Entropy of a coin in bits against its probability of heads."""
    figure = Figure()
    axes = figure.subplots()
    heads = np.linspace(0, 1, 401)
    axes.plot(heads, entropy(np.stack([heads, 1 - heads], axis=-1), base=2))
    for mark, offset in ((0.5, (0, 8)), (0.7, (18, 6)), (0.9, (22, 4)), (1.0, (-24, 6))):
        height = float(entropy([mark, 1 - mark], base=2))
        axes.plot(mark, height, "o", color=VERMILION)
        axes.annotate(
            f"{height:.3f}", (mark, height), xytext=offset, textcoords="offset points", ha="center"
        )
    axes.set(xlabel="probability of heads", ylabel="entropy (bits)", ylim=(0, 1.15))
    axes.set_title("A fair coin is the most uncertain one")
    return figure


def code_areas(p: ArrayLike, codes: Mapping[str, Mapping[str, str]]) -> Figure:
    """Draw one panel per code: each letter is a box, p wide and as high as its code word is long.

    So the area of all boxes is the mean length. Dashes repeat the heights of the first code.
    """
    p = np.asarray(p, dtype=float)
    edges = np.concatenate([[0], np.cumsum(p)])
    lengths = np.array([[len(word) for word in words.values()] for words in codes.values()])
    figure = Figure(figsize=(WIDTH, 4.6))
    panels = figure.subplots(len(codes), 1, sharex=True, sharey=True)
    for axes, (title, words), heights in zip(panels, codes.items(), lengths, strict=True):
        axes.bar(edges[:-1], heights, p, align="edge", color=BLUES[3], edgecolor=INK, lw=1)
        for x, height, (letter, word) in zip(edges[:-1], heights, words.items(), strict=True):
            axes.text(x + 0.015, height - 0.12, f"{letter}\n{word}", va="top", linespacing=1.3)
        if axes is not panels[0]:
            axes.stairs(lengths[0], edges, color=VERMILION, ls="--", lw=2)
        axes.set_title(f"{title}: area {p @ heights:.2f} bits")
        axes.set(ylabel="length (bits)", yticks=range(lengths.max() + 1), xlim=(0, 1))
    panels[-1].set_xticks(edges, labels=[f"{edge:g}" for edge in edges])
    panels[-1].set_xlabel("each box is as wide as its letter is probable")
    return figure


def two_directions(
    places: ArrayLike, p: ArrayLike, forward: ArrayLike, reverse: ArrayLike
) -> Figure:
    """Draw a distribution and the two models of it that the two directions of KL prefer."""
    figure = Figure()
    axes = figure.subplots()
    axes.bar(places, p, width=0.9, color=GREY, alpha=0.3)
    axes.plot(places, forward, "o", **line(Style(BLUE)))
    axes.plot(places, reverse, "s", **line(Style(VERMILION, (7, 3))))
    axes.text(-2.5, 0.45, "least KL(q‖p)", color=VERMILION)
    axes.text(0.1, 0.135, "least KL(p‖q)", color=BLUE, ha="center")
    axes.text(3.6, 0.18, "the world p", color=GREY)
    axes.set(xlabel="outcome", ylabel="probability", xticks=places)
    return figure


def entropy_plus_kl(p_heads: float = 0.7) -> Figure:
    """H(p, q) of a coin as H(p) plus KL(p‖q), stacked, against the model q."""
    figure = Figure()
    axes = figure.subplots()
    p = np.array([p_heads, 1 - p_heads])
    q_heads = np.linspace(0.05, 0.99, 471)
    total = np.array([cross_entropy(p, [q, 1 - q]) for q in q_heads])
    floor = float(entropy(p))
    axes.fill_between(q_heads, 0, floor, color=GREY, alpha=0.25, lw=0)
    axes.fill_between(q_heads, floor, total, color=VERMILION, alpha=0.35, lw=0)
    axes.plot(q_heads, total, **line(LOSS_STYLES["cross-entropy"]))
    axes.plot(p_heads, floor, "o", color="black")
    axes.annotate(
        f"lowest at q = p = {p_heads:g}: {floor:.3f}, not 0",
        (p_heads, floor),
        xytext=(0, 30),
        textcoords="offset points",
        ha="center",
        arrowprops={"arrowstyle": "-", "color": GREY},
    )
    axes.text(0.3, floor / 2, "H(p): the coin’s own uncertainty", bbox=PLATE)
    axes.text(0.07, floor + 0.1, "KL(p‖q): the price\nof a wrong model", bbox=PLATE)
    axes.text(0.115, 1.75, "H(p, q), the sum")
    axes.set(xlabel="probability of heads in the model q", ylabel="nats", ylim=(0, 2.3))
    axes.set(xlim=(0.05, 0.99), title="Cross-entropy = entropy + divergence")
    return figure


def binary_losses(marked: float = 0.8) -> Figure:
    """Binary cross-entropy against the predicted probability, for both labels."""
    figure = Figure()
    axes = figure.subplots()
    p = np.linspace(0.01, 0.99, 393)
    curves = ((1, p, BLUE, "-"), (0, 1 - p, VERMILION, "--"))
    for label, given_to_label, color, dashes in curves:
        axes.plot(p, self_information(given_to_label), dashes, color=color)
        axes.text(
            0.1 if label else 0.9,
            2.6,
            f"label {label}",
            color=color,
            ha="left" if label else "right",
        )
        spot = (marked, float(self_information(marked if label else 1 - marked)))
        axes.plot(*spot, "o", color=color)
        axes.annotate(f"{spot[1]:.3f}", spot, xytext=(-38, 6), textcoords="offset points")
    axes.set(xlabel="predicted probability of class 1", ylabel="loss (nats)", ylim=(0, 4.8))
    axes.set_title("Confident mistakes are costly")
    return figure


def compare_models(
    scores: Sequence[str], model_1: Sequence[float], model_2: Sequence[float]
) -> Figure:
    """One panel per score, with one bar for each of the two models."""
    figure = Figure(figsize=(WIDTH, 2.5))
    panels = figure.subplots(1, len(scores))
    for axes, score, pair in zip(panels, scores, zip(model_1, model_2, strict=True), strict=True):
        bars = axes.bar(["model 1", "model 2"], pair, width=0.65)
        for bar, color, hatch in zip(bars, (BLUE, VERMILION), ("//", ""), strict=True):
            bar.set(facecolor=color, edgecolor="white", hatch=hatch)
        axes.bar_label(bars, fmt="%.3f", padding=2)
        axes.set_title(score, fontweight="normal")
        axes.set(yticks=[], ylim=(0, 1.2 * max(pair)))
        axes.spines["left"].set_visible(False)
        axes.grid(False)
    return figure


def simplex(p: ArrayLike) -> Figure:
    """Level lines of H(p, q) over all three-class models q, drawn as points of a triangle."""
    p = np.asarray(p, dtype=float)
    figure = Figure(figsize=(WIDTH, 4))
    axes = figure.subplots()
    steps = 54
    grid = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    q = np.clip(np.array(grid) / steps, 0.001, None)  # on the boundary H(p, q) is infinite
    values = np.array([cross_entropy(p, row / row.sum()) for row in q])
    floor = float(entropy(p))
    levels = np.concatenate([[floor], np.arange(np.ceil(floor * 10 + 0.5) / 10, 3.05, 0.2)])
    x, y = (q @ CORNERS).T
    filled = axes.tricontourf(x, y, values, levels=levels, cmap="cividis_r", extend="max")
    lines = axes.tricontour(x, y, values, levels=levels[1:8], colors="white", linewidths=0.7)
    lines.set_gid(AS_DRAWN)
    axes.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color="black", lw=1.2)
    here = p @ CORNERS
    axes.plot(*here, "o", color="black", ms=6, gid=AS_DRAWN)
    label = axes.annotate(f" q = p: {floor:.3f}, not 0", here, (5, -3), textcoords="offset points")
    label.set_gid(AS_DRAWN)
    for k, (corner, y_offset, side) in enumerate(
        zip(CORNERS, (-29, -29, 8), ("left", "right", "center"), strict=True)
    ):
        axes.annotate(
            f"certain of class {k}\n(truth: {p[k]:g})",
            corner,
            xytext=(0, y_offset),
            textcoords="offset points",
            ha=side,
        )
    bar = figure.colorbar(filled, ax=axes, shrink=0.75, label="cross-entropy H(p, q) in nats")
    bar.set_ticks([floor, 1, 1.5, 2, 2.5, 3], labels=[f"{floor:.3f}", *"1 1.5 2 2.5 3".split()])
    axes.set_aspect("equal")
    axes.axis("off")
    return figure
