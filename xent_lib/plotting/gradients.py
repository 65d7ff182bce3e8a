"""Figures of derivatives: the chain rule, gradient checks, vanishing gradients."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..activations import sigmoid, softmax, softmax_jacobian
from ..binary_losses import sigmoid_cross_entropy_grad
from ..gradcheck import complex_step
from ..losses import (
    categorical_nll,
    categorical_nll_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from ..palette import BLUE, CYCLE, GREEN, GREY, INK, LOSS_STYLES, PALE, VERMILION
from .style import AS_DRAWN, CORNERS, P_HAT, PLATE, WIDTH, line, number, row


def computation_graph(
    x: ArrayLike, weights: ArrayLike, bias: ArrayLike, label: int, nudged: int
) -> Figure:
    """Draw each value with its derivative below it, and the paths from one nudged logit."""
    z = np.asarray(weights, dtype=float) @ np.asarray(x, dtype=float) + bias
    p = softmax(z)
    by_z, by_p = softmax_cross_entropy_grad(z, label), categorical_nll_grad(p, label)
    fan = softmax_jacobian(p)[:, nudged]

    figure = Figure(figsize=(WIDTH, 3.9))
    axes = figure.subplots()
    heights, middle = np.linspace(1, 0, len(z)), 0.5
    first, second, third, last = 0.04, 0.28, 0.65, 0.96  # the columns, and half a box:
    half = 0.09

    def node(place: float, height: float, value: str, slope: str) -> None:
        box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": BLUE, "lw": 1.4}
        axes.text(place, height, value, ha="center", va="center", bbox=box)
        axes.text(place, height - 0.105, slope, ha="center", va="center", color=VERMILION)

    def edge(start: tuple[float, float], end: tuple[float, float], slope: str = "") -> None:
        (left, low), (right, high) = start, end
        width, color = (1.6, VERMILION) if slope else (0.8, PALE)
        arrow = {"arrowstyle": "-|>", "lw": width, "color": color, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (right - half, high), (left + half, low), arrowprops=arrow, zorder=1)
        place = (0.48 * left + 0.52 * right, 0.48 * low + 0.52 * high)
        plate = PLATE | {"pad": 0.8}
        axes.text(*place, slope, ha="center", va="center", color=VERMILION, bbox=plate)

    sources = (("x", f"W$^T$({P_HAT} − y)"), ("W", f"({P_HAT} − y) x$^T$"), ("b", f"{P_HAT} − y"))
    for (name, slope), height in zip(sources, np.linspace(1, 0, 3), strict=True):
        node(first, height, name, slope)
        for end in heights:
            edge((first - 0.04, height), (second, end))
    for k, height in enumerate(heights):
        node(second, height, f"z{_subscript(k)} = {number(z[k], '.3f')}", number(by_z[k], "+.3f"))
        node(
            third,
            height,
            f"{P_HAT}{_subscript(k)} = {number(p[k], '.3f')}",
            number(by_p[k], "+.3f"),
        )
        for start in np.delete(heights, nudged):
            edge((second, start), (third, height))
    for k, height in enumerate(heights):
        edge((second, heights[nudged]), (third, height), number(fan[k], "+.4f"))
        edge((third, height), (last, middle), number(by_p[k], ".3f"))
    node(last, middle, f"ℓ = {categorical_nll(p, label):.3f}", "1")
    for place, title in zip(
        (second, third, last), ("softmax →", f"−Σ y ln {P_HAT} →", "loss"), strict=True
    ):
        axes.text(place, 1.16, title, ha="center", color=GREY)
    axes.text(first, 1.16, "W x + b →", ha="center", color=GREY)
    paths = " + ".join(number(value, ".3f") for value in by_p * fan)
    total = f"over the paths from z{_subscript(nudged)}: {paths} = {number(by_z[nudged], '.3f')}"
    axes.text(0.5, -0.27, total, ha="center", color=VERMILION)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.32, 1.22))
    axes.axis("off")
    return figure


def pulls_on_the_simplex(logits: ArrayLike, targets: ArrayLike, steps: int = 300) -> Figure:
    """Draw y − p̂ as arrows from one forecast to each target, and the ways that descent takes."""
    figure = Figure(figsize=(WIDTH, 4))
    axes = figure.subplots()
    axes.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color=INK, lw=1.2)
    logits = np.asarray(logits, dtype=float)
    start = softmax(logits)
    for target, color, dashes in zip(
        np.asarray(targets, dtype=float), CYCLE, ("-", "--", ":", "-."), strict=False
    ):
        z, way = logits, [start]
        for _ in range(steps):
            z = z - 0.2 * softmax_cross_entropy_grad(z, target)
            way.append(softmax(z))
        axes.plot(*(np.array(way) @ CORNERS).T, color=color, ls=dashes, lw=1.4)
        arrow = {"arrowstyle": "-|>", "lw": 2.2, "color": color, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", target @ CORNERS, start @ CORNERS, arrowprops=arrow)
        name = "class {} is certain".format(*np.flatnonzero(target))
        if target.max() < 1:
            name = f"y = {row(target)}"
        x, y = target @ CORNERS
        words, below = f"{name}\n{row(target - start, '+.2f')}", y < 0.1
        place = (x, y - 0.04, "top") if below else (x, y + 0.03, "bottom")
        axes.text(*place[:2], words, ha="center", va=place[2], bbox=PLATE)
    axes.plot(*(start @ CORNERS), "o", color=INK, ms=7, zorder=4)
    axes.set(xlim=(-0.2, 1.2), ylim=(-0.17, 1.02))
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def jacobian_heat_maps(*logits: ArrayLike) -> Figure:
    """Draw the softmax Jacobian at each of the given logits, one panel each, with its entries."""
    figure = Figure(figsize=(WIDTH, 2.9))
    signs = LinearSegmentedColormap.from_list("signs", [VERMILION, "white", BLUE])
    for axes, z in zip(figure.subplots(1, len(logits), squeeze=False)[0], logits, strict=True):
        jacobian = softmax_jacobian(softmax(z))
        look = {"cmap": signs, "edgecolors": GREY, "linewidth": 0.8, "gid": AS_DRAWN}
        axes.pcolormesh(jacobian, vmin=-0.35, vmax=0.35, **look)
        for (j, k), value in np.ndenumerate(jacobian):
            place = {"ha": "center", "va": "center", "gid": AS_DRAWN}
            axes.text(k + 0.5, j + 0.5, number(value, "+.4f"), **place)
        ticks = np.arange(len(jacobian)) + 0.5
        axes.set_xticks(ticks, [f"z{_subscript(k)}" for k in range(len(ticks))])
        axes.set_yticks(ticks, [f"{P_HAT}{_subscript(k)}" for k in range(len(ticks))])
        axes.set(xlabel="logit that changes", title=f"at z = {row(z)}")
        axes.invert_yaxis()
        axes.set_aspect("equal")
        axes.grid(False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.axes[0].set(ylabel="probability that responds")
    return figure


def step_errors() -> Figure:
    """Largest error of three numeric gradients of the loss, against the step h."""
    figure = Figure(figsize=(WIDTH, 3.5))
    axes = figure.subplots()
    curves: tuple[tuple[str, Callable[[float], float], int, str, str], ...] = (
        ("central, float32", lambda h: _central_error(h, np.float32), 6, "s--", VERMILION),
        ("central, float64", lambda h: _central_error(h, np.float64), 14, "o-", BLUE),
        ("complex step, float64", _complex_error, 20, "^:", GREEN),
    )
    for name, error, smallest, style, color in curves:
        decades = range(1, smallest + 1)
        h = [float(f"{digit}e-{k}") for k in decades for digit in (3, 1)][1:]
        # Rounded to one decimal of the exponent, which is the same on every machine. Errors below
        # 1e-15 are those of rounding the result itself, and are drawn there.
        exponent = np.round(np.log10([max(error(step), 1e-15) for step in h]), 1)
        axes.loglog(h, 10.0**exponent, style, color=color, label=name, ms=4)
    for place, text, color in (
        ((1.5e-5, 4e-1), "central,\nfloat32", VERMILION),
        ((1e-11, 3e-8), "central,\nfloat64", BLUE),
        ((2e-15, 4e-15), "complex step: 1e−15 or less", GREEN),
    ):
        axes.annotate(text, place, color=color, ha="center")
    axes.set(xlabel="step h", ylabel="largest error in the gradient")
    axes.set(xlim=(3e-21, 3e-1), ylim=(3e-16, 3e1), title="A smaller step is not a better one")
    axes.set_xticks(10.0 ** np.arange(-20, 0, 4))
    axes.set_yticks(10.0 ** np.arange(-15, 1, 3))
    axes.minorticks_off()
    return figure


def output_gradients(marked: tuple[float, ...] = (-5.0, -10.0)) -> Figure:
    """Gradient of cross-entropy and of ½ (p̂ − y)² in the logit for y = 1, and its magnitude."""
    figure = Figure(figsize=(WIDTH, 3.1))
    plain, sizes = figure.subplots(1, 2)
    z = np.linspace(-16, 6, 67)
    for name, grad, loss, rise in (
        ("cross-entropy", _cross_entropy_slope, "cross-entropy", 0.06),
        ("½ squared\nerror", _squared_error_slope, "squared", -0.12),
    ):
        plain.plot(z, grad(z), **line(LOSS_STYLES[loss]))
        plain.text(-17.5, grad(-12.0) + rise, name, va="center")
        sizes.semilogy(z, -grad(z), **line(LOSS_STYLES[loss]))
    for mark in marked:
        high, low = -_cross_entropy_slope(mark), -_squared_error_slope(mark)
        sizes.plot([mark, mark], [low, high], "-", color=GREY, lw=1)
        sizes.plot([mark, mark], [low, high], "o", color=GREY, ms=4)
        sizes.annotate(
            f"{high / low:.0f}×",
            (mark, np.sqrt(high * low)),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    plain.set(ylabel="slope of the loss in z", ylim=(-1.1, 0.1), title="The pull on z")
    sizes.set(ylabel="its size, logarithmic", ylim=(5e-8, 5), title="How many times weaker")
    sizes.minorticks_off()
    for axes in (plain, sizes):
        axes.set(xlabel="logit z, label y = 1", xlim=(-18, 6), xticks=[-15, -10, -5, 0, 5])
    return figure


def _cross_entropy_slope(z: ArrayLike) -> np.ndarray:
    """Return p̂ − 1."""
    return sigmoid_cross_entropy_grad(z, np.ones_like(z), reduction="none")


def _squared_error_slope(z: ArrayLike) -> np.ndarray:
    """Return (p̂ − 1) p̂ (1 − p̂)."""
    return -sigmoid(z) * sigmoid(-np.asarray(z)) ** 2


def _points() -> np.ndarray:
    """Twenty rows of three logits, all with label 0."""
    return np.random.default_rng(0).uniform(-2, 2, size=(20, 3))


def _central_error(h: float, dtype: type) -> float:
    """Largest error of a central difference in which every number is rounded to ``dtype``.

    The loss is computed to thirty digits before it is rounded, so that the result is the same on
    every machine and the whole error is due to rounding and the step.
    """
    worst = 0.0
    for z in _points().astype(dtype):
        exact = softmax_cross_entropy_grad(z.astype(float), 0)
        for k, step in enumerate(np.eye(3, dtype=dtype) * dtype(h)):
            rise = dtype(_loss_to_thirty_digits(z + step)) - dtype(_loss_to_thirty_digits(z - step))
            worst = max(worst, abs(float(rise / dtype(2 * h)) - exact[k]))
    return worst


def _loss_to_thirty_digits(z: np.ndarray) -> Decimal:
    """Return ln Σ exp(z_k) − z_0."""
    with localcontext() as context:
        context.prec = 30
        exact = [Decimal(float(value)) for value in z]
        return sum(value.exp() for value in exact).ln() - exact[0]


def _complex_error(h: float) -> float:
    """Largest error of the complex step."""
    return max(
        abs(
            complex_step(lambda z: softmax_cross_entropy(z, 0), z, h=h)
            - softmax_cross_entropy_grad(z, 0)
        ).max()
        for z in _points()
    )


def _subscript(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
