"""Figures of classes as targets: codes, one-hot vectors, decision regions, a linear classifier."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from numpy.typing import ArrayLike

from ..activations import softmax
from ..encoding import one_hot
from ..palette import BLUE, CLASS_COLORS, GREY, VERMILION
from .style import AS_DRAWN, CLASS_MARKERS, P_HAT, PLATE, WIDTH, number, row


def codes_and_corners(names: Sequence[str], p: ArrayLike) -> Figure:
    """Three classes as integers on a line and as corners of the simplex, with the point p in it.

    The triangle is drawn in its true shape, so that distances in the plane equal those in space.
    """
    p = np.asarray(p, dtype=float)
    figure = Figure(figsize=(WIDTH, 2.9))
    line, triangle = figure.subplots(1, 2, width_ratios=[1, 1.5])
    for k, name in enumerate(names):
        style = {"marker": CLASS_MARKERS[k], "color": CLASS_COLORS[k], "ms": 8, "zorder": 3}
        line.plot(k, 0, **style)
        line.annotate(f"{name}\n{k}", (k, 0), (0, 10), textcoords="offset points", ha="center")
    line.axhline(0, color=GREY, lw=1)
    for start, end, drop in ((0, 1, -0.35), (1, 2, -0.35), (0, 2, -0.75)):
        between = {"arrowstyle": "<->", "color": GREY, "shrinkA": 0, "shrinkB": 0}
        line.annotate("", (end, drop), (start, drop), arrowprops=between)
        line.text((start + end) / 2, drop - 0.08, f"{end - start}", ha="center", va="top")
    line.set(xlim=(-0.35, 2.35), ylim=(-1.5, 1.2), title="Integer codes")

    # Projects the simplex's plane in three dimensions to the page; the rows are orthonormal.
    basis = np.array([[-1, 1, 0], [-1, -1, 2]]) / np.sqrt([[2], [6]])
    corners = one_hot(range(3), 3)
    flat = corners @ basis.T
    for start, end in ((0, 1), (1, 2), (2, 0)):
        distance = np.linalg.norm(corners[start] - corners[end])
        triangle.plot(*flat[[start, end]].T, color=GREY, lw=1.2)
        middle = flat[[start, end]].mean(axis=0)
        triangle.text(*middle, f"{distance:.3f}", ha="center", va="center", bbox=PLATE)
    places = ((-6, -8, "left", "top"), (6, -8, "right", "top"), (0, 9, "center", "bottom"))
    for k, (dx, dy, ha, va) in enumerate(places):
        triangle.plot(*flat[k], CLASS_MARKERS[k], color=CLASS_COLORS[k], ms=8, zorder=3)
        label = f"{names[k]} {row(corners[k])}"
        place = {"textcoords": "offset points", "ha": ha, "va": va}
        triangle.annotate(label, flat[k], (dx, dy), **place)
    here = basis @ p
    triangle.plot(*here, "D", color="black", ms=5)
    label = f"soft label\n{row(p)}"
    triangle.annotate(label, here, (9, -3), textcoords="offset points")
    triangle.set(xlim=(-0.95, 0.95), ylim=(-0.65, 1.05), aspect="equal", title="One-hot rows")
    for axes in (line, triangle):
        axes.axis("off")
    return figure


def decision_regions(
    X: ArrayLike,
    labels: ArrayLike,
    names: Sequence[str],
    rules: Mapping[str, Callable[[np.ndarray], np.ndarray]],
) -> Figure:
    """One panel per rule: the regions that it assigns to three classes, and every fifth point.

    A rule maps points of shape (n, 2) to scores of shape (n, 3); the largest score wins.
    """
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    figure = Figure(figsize=(WIDTH, 2.6))
    panels = figure.subplots(1, len(rules), sharex=True, sharey=True, squeeze=False)[0]
    side = np.linspace(-5.2, 5.2, 105)
    fine = np.stack(np.meshgrid(side, side), axis=-1)
    grid = fine[::2, ::2]  # enough to place the names
    inner = np.abs(grid / [3.4, 4.7]).max(axis=-1) < 1  # far enough from the frame for a name
    for axes, (title, rule) in zip(panels, rules.items(), strict=True):
        scores = rule(fine.reshape(-1, 2)).reshape(*fine.shape[:2], 3)
        winner = scores[::2, ::2].argmax(axis=-1)
        for k, color in enumerate(CLASS_COLORS):
            # Positive where class k wins; the zero level is the boundary of its region.
            lead = scores[..., k] - np.delete(scores, k, axis=-1).max(axis=-1)
            region = axes.contourf(side, side, lead, levels=[0, np.inf], colors=[(color, 0.16)])
            polygons = [ring for path in region.get_paths() for ring in path.to_polygons()]
            region.set_paths([Path(_corners(ring), closed=True) for ring in polygons])
            region.set(edgecolor=GREY, linewidth=0.8)
            axes.plot(*X[labels == k][::5].T, CLASS_MARKERS[k], color=color, ms=2.6, mew=0)
            # Put the name as far as possible from points and other regions.
            own, others = grid[inner & (winner == k)], grid[winner != k]
            if len(own):
                distance = np.minimum(_to_nearest(own, X), _to_nearest(own, others))
                axes.text(*own[distance.argmax()], names[k], **_CENTRED)
        right = (rule(X).argmax(axis=1) == labels).mean()
        axes.set_title(f"{title}\n{right:.3f} right", fontweight="normal")
        axes.set(aspect="equal", xticks=[-4, 0, 4], yticks=[-4, 0, 4])
        axes.grid(False)
    figure.supxlabel("feature 1")
    panels[0].set_ylabel("feature 2")
    return figure


def linear_network(x: ArrayLike, W: ArrayLike, b: ArrayLike, names: Sequence[str]) -> Figure:
    """Draw the 2×2 picture x, one line per weight of W, the biases, scores and probabilities."""
    x, W, b = (np.asarray(values, dtype=float) for values in (x, W, b))
    z = W @ x + b
    p = softmax(z)
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for i, grey in enumerate(x):
        ink = "black" if grey > 0.45 else "white"
        down, across = divmod(i, 2)
        corner = (0.1 + 0.85 * across, 2.05 - 0.85 * down)
        square = Rectangle(corner, 0.85, 0.85, facecolor=str(grey), edgecolor=GREY, gid=AS_DRAWN)
        axes.add_patch(square)
        axes.text(
            corner[0] + 0.43, corner[1] + 0.43, f"{grey:g}", color=ink, gid=AS_DRAWN, **_CENTRED
        )
    axes.text(0.95, 0.95, "the picture", ha="center")
    inputs = [(3.0, 3.6 - 1.1 * i) for i in range(4)]
    outputs = [(7.6, 3.35 - 1.4 * k) for k in range(3)]
    for k, end in enumerate(outputs):
        for i, start in enumerate(inputs):
            color, dashes = _look_of(W[k, i])
            width = 0.8 + 0.6 * abs(W[k, i])
            axes.plot(*zip(start, end, strict=True), color=color, ls=dashes, lw=width, zorder=1)
            share = (0.16, 0.32, 0.16)[k]  # keeps labels off other lines
            spot = np.array(start) + share * (np.array(end) - start)
            axes.text(*spot, number(W[k, i], "+.3g"), color=color, bbox=PLATE, **_CENTRED)
    node = {"marker": "o", "mec": GREY, "mfc": "white", "zorder": 2}
    for i, spot in enumerate(inputs):
        axes.plot(*spot, ms=24, **node)
        axes.text(*spot, f"{x[i]:g}", zorder=3, **_CENTRED)
    for k, spot in enumerate(outputs):
        axes.plot(*spot, ms=28, **node)
        axes.text(*spot, number(b[k], "+.3g"), zorder=3, **_CENTRED)
        axes.text(8.25, spot[1], names[k], va="center")
        axes.text(10.65, spot[1], number(z[k], ".1f"), va="center", ha="right")
        axes.text(12.0, spot[1], f"{p[k]:.3f}", va="center", ha="right")
    headings = ((3.0, "pixels x"), (5.2, "weights W"), (7.6, "bias b"))
    for column, text in (*headings, (10.2, "score z"), (11.55, f"prob. {P_HAT}")):
        axes.text(column, 4.3, text, ha="center", color=GREY)
    axes.set(xlim=(0, 12.3), ylim=(-0.2, 4.7))
    axes.axis("off")
    return figure


_CENTRED = {"ha": "center", "va": "center"}


def _to_nearest(spots, points):
    return np.linalg.norm(spots[:, None] - points, axis=-1).min(axis=-1, initial=np.inf)


def _corners(ring):
    """Drop the vertices of a closed polygon at which it does not turn, to shorten the file."""
    after = np.diff(ring, axis=0)
    before = np.roll(after, 1, axis=0)
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    corners = ring[:-1][np.abs(turn) > 1e-9]
    return np.concatenate([corners, corners[:1]])


def _look_of(weight):
    """Return colour and line style by sign of the weight."""
    return (GREY, ":") if weight == 0 else (BLUE, "-") if weight > 0 else (VERMILION, "--")
