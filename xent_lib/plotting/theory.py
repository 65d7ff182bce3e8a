"""Figures of bets, tangents, error bounds, fits and the price of learning."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..information import entropy
from ..palette import BLUE, GREEN, GREY, VERMILION, Style
from .style import AS_DRAWN, PLATE, WIDTH, line

# For the first, second and third curve of a figure, which differ in more than colour.
LOOKS = (Style(BLUE), Style(VERMILION, (7, 3)), Style(GREEN, (9, 3, 2, 3)))


def log_wealth(
    paths: Mapping[str, ArrayLike], growth: Mapping[str, float], low: float = -60
) -> Figure:
    """Draw ln wealth of each player after 0, 1, … rounds, down to `low`, and what was expected.

    `growth` is the expected growth of ln wealth in one round.
    """
    figure = Figure()
    axes = figure.subplots()
    for (name, path), look in zip(paths.items(), LOOKS, strict=False):
        path = np.asarray(path)
        rounds = np.arange(len(path))
        axes.plot(rounds[::5], path[::5].round(4), **line(look))
        axes.plot(rounds[[0, -1]], growth[name] * rounds[[0, -1]], ":", color=look.color, lw=1.5)
        last = np.flatnonzero(path > 0.9 * low)[-1]  # where the path ends or leaves the picture
        axes.annotate(
            name, (last, path[last]), xytext=(6, 0), textcoords="offset points", va="center"
        )
    axes.axhline(0, color=GREY, lw=1)
    axes.set(xlabel="flips", ylabel="ln wealth", xlim=(0, 1.08 * rounds[-1]), ylim=(low, None))
    return figure


def tangents(
    curves: Mapping[str, tuple[Callable, Callable]], said: float = 0.5, truth: float = 0.7
) -> Figure:
    """One panel per concave curve, with its tangent at `said` and the gap between both at `truth`.

    `curves` maps a title to a function of the probability and its derivative.
    """
    figure = Figure(figsize=(WIDTH, 2.9))
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    p = np.linspace(0, 1, 201)
    for axes, (title, (curve, slope)) in zip(panels, curves.items(), strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            axes.plot(p, np.where((p == 0) | (p == 1), 0, curve(p)), **line(LOOKS[0]))
        axes.plot(p, curve(said) + (p - said) * slope(said), **line(LOOKS[1]))
        low, high = curve(truth), curve(said) + (truth - said) * slope(said)
        axes.plot([truth, truth], [low, high], color="black", lw=3)
        axes.plot(said, curve(said), "o", color="black", ms=5)
        axes.text(0.5, 0.1, f"gap {high - low:.4f}\nat {truth:g}", ha="center", bbox=PLATE)
        axes.set_title(title, fontweight="normal", loc="center")
        axes.set(xlabel="truth p", xlim=(0, 1), ylim=(0, 1.1))
        axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    panels[0].set_ylabel("expected fine")
    return figure


def error_bound(excess_error: ArrayLike, excess_loss: ArrayLike) -> Figure:
    """Excess loss of models against their excess error, above the curve that none can pass."""
    figure = Figure()
    axes = figure.subplots()
    axes.plot(
        np.asarray(excess_error).round(4),
        np.asarray(excess_loss).round(4),
        ".",
        color=GREY,
        ms=3,
    )
    D = np.linspace(0, 1, 101)
    psi = np.log(2) - entropy(np.stack([(1 + D) / 2, (1 - D) / 2], axis=-1))
    axes.plot(D, psi, label="ψ(D)", **line(LOOKS[0]))
    axes.plot(D, D**2 / 2, label="D² / 2", **line(LOOKS[1]))
    axes.legend(loc="lower right", handlelength=3)
    axes.set(xlabel="excess error D", xlim=(0, 1), ylabel="excess loss E (nats)", ylim=(0, 1))
    return figure


def flattest(best: tuple[float, float]) -> Figure:
    """Mean entropy of all forecasts (u, 1 − 2u + v, u − 2v, 1 + v), by u and v; `best` is marked.

    These are the forecasts at x = 0, 1, 2, 3 with the sums of the labels 0, 1, 0, 1.
    """
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    u, v = np.meshgrid(np.linspace(0, 0.5, 101), np.linspace(-0.5, 0, 101))
    rows = np.stack([u, 1 - 2 * u + v, u - 2 * v, 1 + v], axis=-1)
    allowed = ((rows > -1e-9) & (rows < 1 + 1e-9)).all(axis=-1)
    rows = np.clip(rows, 0, 1)
    means = entropy(np.stack([rows, 1 - rows], axis=-1)).mean(axis=-1)
    means = np.ma.masked_where(~allowed, means)
    filled = axes.contourf(u, v, means, levels=np.arange(0, 0.61, 0.05), cmap="cividis")
    axes.contour(
        u, v, means, levels=np.arange(0.1, 0.6, 0.05), colors="white", linewidths=0.7
    ).set_gid(AS_DRAWN)
    corners = np.array([[0, 0], [0, -0.5], [1 / 3, -1 / 3], [0.5, 0], [0, 0]])
    axes.plot(*corners.T, color="black", lw=1.2)
    axes.plot(*best, "o", color="black", ms=6, gid=AS_DRAWN)
    axes.annotate("the fit", best, xytext=(8, 4), textcoords="offset points", gid=AS_DRAWN)
    axes.plot(0, 0, "s", color=VERMILION, ms=8, clip_on=False)
    axes.annotate("the labels", (0, 0), xytext=(8, 8), textcoords="offset points")
    figure.colorbar(filled, ax=axes, label="mean entropy (nats)")
    axes.set(xlabel="u", ylabel="v", xlim=(-0.01, 0.52), ylim=(-0.52, 0.05))
    axes.grid(False)
    return figure


def slow_turn(steps: ArrayLike, tilt: ArrayLike, loss: ArrayLike) -> Figure:
    """Left, the tilt of the weights in degrees, and right, the loss, against the steps taken."""
    figure = Figure(figsize=(WIDTH, 2.9))
    left, right = figure.subplots(1, 2)
    left.plot(steps, np.asarray(tilt).round(6), **line(LOOKS[0]))
    left.set(xscale="log", xlabel="steps", ylim=(0, 40), ylabel="degrees off the widest street")
    right.plot(steps, loss, **line(LOOKS[0]))
    right.set(xscale="log", yscale="log", xlabel="steps", ylabel="loss (nats)")
    return figure


def fit_cloud(fits: ArrayLike, truth: ArrayLike, covariance: ArrayLike) -> Figure:
    """Fitted pairs of weight and bias, with the ellipse predicted to hold 95 % of them."""
    figure = Figure()
    axes = figure.subplots()
    axes.plot(*np.asarray(fits).T.round(4), ".", color=GREY, ms=4)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.sqrt(-2 * np.log(0.05)) * np.stack([np.cos(angle), np.sin(angle)])
    edge = np.asarray(truth)[:, None] + np.linalg.cholesky(covariance) @ circle
    axes.plot(*edge, **line(LOOKS[1]))
    axes.plot(*truth, "D", color="black", ms=6)
    axes.annotate("truth", truth, xytext=(8, 6), textcoords="offset points", bbox=PLATE)
    axes.set(xlabel="weight w", ylabel="bias b")
    return figure


def regrets(flips: ArrayLike, lines: Mapping[str, ArrayLike]) -> Figure:
    """Regrets after so many flips, one line per name, against flips on a logarithmic axis."""
    figure = Figure()
    axes = figure.subplots()
    for (name, values), look in zip(lines.items(), LOOKS, strict=False):
        axes.plot(flips, np.asarray(values).round(6), label=name, **line(look))
    axes.plot(flips, np.log(flips) / 2, ":", color=GREY, label="½ ln N")
    axes.legend(loc="upper left", handlelength=3.5)
    axes.set(xscale="log", xlabel="flips N", ylabel="regret (nats)")
    return figure
