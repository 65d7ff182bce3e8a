"""Figures of derivatives: the chain rule, gradient checks, vanishing gradients."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..activations import sigmoid, softmax, softmax_jacobian
from ..binary_losses import sigmoid_cross_entropy_grad
from ..encoding import one_hot
from ..gradcheck import complex_step
from ..losses import (
    categorical_nll,
    categorical_nll_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from ..palette import BLUE, GREEN, GREY, LOSS_STYLES, VERMILION
from .style import line, number, row


def computation_graph(x: ArrayLike, weights: ArrayLike, bias: ArrayLike, label: int) -> Figure:
    """Draw the values from x down to the loss, and next to them the derivatives back up to W."""
    z = np.asarray(weights, dtype=float) @ np.asarray(x, dtype=float) + bias
    p = softmax(z)
    by_z = softmax_cross_entropy_grad(z, label)
    by_p = categorical_nll_grad(p, label)
    rows = (
        (f"x = {row(x)}", "∂ℓ/∂W = (p̂ − y) xᵀ,  ∂ℓ/∂b = p̂ − y"),
        (f"z = {row(z, '.3f')}", f"∂ℓ/∂z = {row(by_z, '.3f')}"),
        (f"p̂ = {row(p, '.3f')}", f"∂ℓ/∂p̂ = {row(by_p, '.3f')}"),
        (f"ℓ = {categorical_nll(p, label):.3f}", "∂ℓ/∂ℓ = 1"),
    )
    y = row(one_hot(label, len(z)))
    forward = ("W x + b", "softmax", f"−Σ y ln p̂,  y = {y}")
    backward = ("times xᵀ", "times diag(p̂) − p̂ p̂ᵀ", "times −y / p̂")
    figure = Figure(figsize=(6.4, 4.2))
    axes = figure.subplots()
    left, right = 0.22, 0.74
    heights = np.array([2.85, 1.9, 0.95, 0.0])
    for height, texts in zip(heights, rows, strict=True):
        for place, text, color, dashes in zip(
            (left, right), texts, (BLUE, VERMILION), ("-", "--"), strict=True
        ):
            box = {
                "boxstyle": "round,pad=0.45",
                "fc": "white",
                "ec": color,
                "ls": dashes,
                "lw": 1.4,
            }
            axes.text(place, height, text, ha="center", va="center", bbox=box)
    for top, bottom, down, up in zip(heights, heights[1:], forward, backward, strict=False):
        middle, gap = (top + bottom) / 2, 0.24
        arrow = {"arrowstyle": "-|>", "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
        axes.annotate(
            "", (left, bottom + gap), (left, top - gap), arrowprops=arrow | {"color": BLUE}
        )
        axes.annotate(
            "",
            (right, top - gap),
            (right, bottom + gap),
            arrowprops=arrow | {"color": VERMILION, "ls": "--"},
        )
        axes.text(left + 0.02, middle, down, va="center", color=GREY)
        axes.text(right + 0.02, middle, up, va="center", color=GREY)
    axes.text(left, 3.3, "values, forward ↓", ha="center", color=BLUE, weight="bold")
    axes.text(right, 3.3, "derivatives, back ↑", ha="center", color=VERMILION, weight="bold")
    axes.set(xlim=(0, 1), ylim=(-0.3, 3.5))
    axes.axis("off")
    return figure


def jacobian_heat_maps(*logits: ArrayLike) -> Figure:
    """Draw the softmax Jacobian at each of the given logits, one panel each, with its entries."""
    figure = Figure(figsize=(6.4, 3.2))
    signs = LinearSegmentedColormap.from_list("signs", [VERMILION, "white", BLUE])
    for axes, z in zip(figure.subplots(1, len(logits), squeeze=False)[0], logits, strict=True):
        jacobian = softmax_jacobian(softmax(z))
        axes.pcolormesh(jacobian, cmap=signs, vmin=-0.35, vmax=0.35, edgecolors=GREY, linewidth=0.8)
        for (j, k), value in np.ndenumerate(jacobian):
            axes.text(k + 0.5, j + 0.5, number(value, "+.4f"), ha="center", va="center")
        ticks = np.arange(len(jacobian)) + 0.5
        axes.set_xticks(ticks, [f"z{_subscript(k)}" for k in range(len(ticks))])
        axes.set_yticks(ticks, [f"p̂{_subscript(k)}" for k in range(len(ticks))])
        axes.set(xlabel="logit that is nudged", title=f"at z = {row(z)}")
        axes.invert_yaxis()
        axes.set_aspect("equal")
        axes.grid(False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.axes[0].set(ylabel="probability that answers")
    return figure


def step_errors() -> Figure:
    """Largest error of three numeric gradients of the loss, against the step h."""
    figure = Figure(figsize=(6.4, 3.9))
    axes = figure.subplots()
    curves: tuple[tuple[str, Callable[[float], float], int, str, str], ...] = (
        ("central, float32", lambda h: _central_error(h, np.float32), 6, "s--", VERMILION),
        ("central, float64", lambda h: _central_error(h, np.float64), 14, "o-", BLUE),
        ("complex step, float64", _complex_error, 20, "^:", GREEN),
    )
    for name, error, smallest, style, color in curves:
        decades = range(1, smallest + 1)
        h = [float(f"{digit}e-{k}") for k in decades for digit in (3, 1)][1:]
        # Rounded to one decimal of the exponent, which is the same on every machine.
        exponent = np.round(np.log10([max(error(step), 1e-15) for step in h]), 1)
        axes.loglog(h, 10.0**exponent, style, color=color, label=name, ms=4)
    for place, text, color in (
        ((1.5e-5, 4e-1), "central,\nfloat32", VERMILION),
        ((1e-11, 3e-8), "central,\nfloat64", BLUE),
        ((2e-18, 4e-15), "complex step", GREEN),
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
    figure = Figure(figsize=(6.4, 3.4))
    plain, sizes = figure.subplots(1, 2)
    z = np.linspace(-16, 6, 67)
    for name, grad, loss, rise in (
        ("cross-entropy", _cross_entropy_slope, "cross-entropy", 0.06),
        ("½ squared error", _squared_error_slope, "squared", -0.07),
    ):
        plain.plot(z, grad(z), **line(LOSS_STYLES[loss]))
        plain.text(-15.6, grad(-12.0) + rise, name, va="center")
        sizes.semilogy(z, -grad(z), **line(LOSS_STYLES[loss]))
    for mark in marked:
        high, low = -_cross_entropy_slope(mark), -_squared_error_slope(mark)
        sizes.plot([mark, mark], [low, high], "-", color=GREY, lw=1)
        sizes.plot([mark, mark], [low, high], "o", color=GREY, ms=4)
        sizes.annotate(
            f"{high / low:.0f}×",
            (mark, np.sqrt(high * low)),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    plain.set(ylabel="slope of the loss in z", ylim=(-1.1, 0.1), title="The pull on z")
    sizes.set(ylabel="its size, logarithmic", ylim=(5e-8, 5), title="How many times weaker")
    sizes.minorticks_off()
    for axes in (plain, sizes):
        axes.set(xlabel="logit z, label y = 1", xlim=(-16, 6), xticks=[-15, -10, -5, 0, 5])
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
