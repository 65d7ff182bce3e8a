"""Figures of rounding: underflow and overflow, common workarounds, and lost digits."""

from decimal import Decimal, localcontext

import numpy as np
from matplotlib.figure import Figure

from ..activations import sigmoid
from ..binary_losses import sigmoid_cross_entropy, sigmoid_cross_entropy_grad
from ..palette import BLUE, GREEN, GREY, PROGRAM_STYLES, VERMILION
from .style import P_HAT, WIDTH, line, number

# Significant bits (with the leading 1) and largest exponent of 2, because NumPy has no bfloat16.
FORMATS = {
    "float16": (11, 15),
    "bfloat16": (8, 127),
    "float32": (24, 127),
    "float64": (53, 1023),
}


def exp_limits() -> Figure:
    """Draw for each format the z where e^z is 0, where 1 + e^z is 1, and where e^z overflows."""
    figure = Figure(figsize=(WIDTH, 2.9))
    axes = figure.subplots()
    for row, (name, (bits, exponent)) in enumerate(FORMATS.items()):
        zero, lost, end = _limits(bits, exponent)
        axes.barh(row, lost - zero, left=zero, height=0.34, facecolor="white", edgecolor=BLUE)
        axes.barh(row, end - lost, left=lost, height=0.34, facecolor=BLUE, edgecolor=BLUE)
        for place, rise, side in ((zero, 0, "right"), (lost, -0.33, "center"), (end, 0, "left")):
            axes.text(place, row + rise, f" {number(place, '.2f')} ", ha=side, va="center")
        axes.text(-190000, row, name, ha="left", va="center")
    for place, text in ((-9000, "0"), (-150, "eᶻ, but not 1 + eᶻ"), (30, "both"), (6000, "∞")):
        axes.text(place, 3.42, text, ha="center", va="center", color=GREY)
    axes.set_xscale("symlog", linthresh=4, linscale=0.4)
    axes.set(xlim=(-200000, 20000), ylim=(3.75, -0.75), yticks=[])
    axes.set_xticks([-100, -10, 0, 10, 100], ["−100", "−10", "0", "10", "100"])
    axes.minorticks_off()
    axes.set(xlabel="z", title="What each format can hold")
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    return figure


def four_programs(eps: float = 1e-7) -> Figure:
    """Loss and slope of four programs for label 1 against the logit, with the range of float32."""
    figure = Figure(figsize=(WIDTH, 3.2))
    losses, slopes = figure.subplots(1, 2)
    cut = np.log(eps)  # p is about ε here, and the clamp's slope jumps
    end = -_limits(*FORMATS["float32"])[2]  # e^(−z) overflows below
    z = np.sort([-110, end, cut - 0.01, cut + 0.01, *np.arange(-23, 8, 1), 10])
    curves = _four_programs(z, eps)
    for name, style in PROGRAM_STYLES.items():
        for axes, values in zip((losses, slopes), curves[name], strict=True):
            axes.plot(z, values, **line(style))
    for axes, height, result in ((losses, -end, "∞"), (slopes, -1, "NaN")):
        axes.plot(end, height, "x", color=BLUE, ms=9, mew=2)
        place = {"xytext": (8, 4), "textcoords": "offset points"}
        axes.annotate(f"naive: {result}", (end, height), color=BLUE, **place)
        axes.set(xlabel="logit z, label y = 1", xlim=(-110, 10), xticks=[-100, -50, 0])
    losses.text(-42, 56, "stable", color=GREY)
    losses.text(-108, -cut + 3, f"ε and clamp:\nat most {-cut:.2f}", color=VERMILION)
    losses.set(ylabel="loss (nats)", ylim=(-3, 113))
    slopes.text(-62, -1.07, "stable", color=GREY, va="center")
    slopes.text(-108, -0.08, "ε: fades to 0", color=VERMILION)
    slopes.text(-108, 0.035, "clamp: exactly 0", color=GREEN)
    slopes.set(ylabel="its slope in z", ylim=(-1.12, 0.12))
    return figure


def lost_digits() -> Figure:
    """Error in ulp of the loss and of its slope at the label, against the label's lead."""
    figure = Figure(figsize=(WIDTH, 3.2))
    panels = figure.subplots(1, 2, sharey=True)
    leads = np.arange(0.0, 61.0, 3.0)
    errors = np.array([_worst_errors(lead) for lead in leads])
    titles, usual = ("Loss", "Its slope at the label"), ("ln Σ eᶻ − z", f"{P_HAT} − 1")
    for column, axes in enumerate(panels):
        for form, (style, color) in enumerate((("--", VERMILION), ("-", BLUE), ("-.", GREEN))):
            axes.semilogy(leads, errors[:, form, column], style, color=color)
        axes.text(19, 1e11, usual[column], color=VERMILION, ha="right")
        axes.text(60, 2e2, "subtract first", color=BLUE, ha="right")
        axes.text(60, 0.06, "with two-sum", color=GREEN, ha="right")
        axes.axhline(2.0**53, color=GREY, lw=1, ls=":")
        axes.set(xlabel="lead of the label (nats)", xlim=(-1, 61), title=titles[column])
        axes.set(ylim=(0.02, 1e18), yticks=10.0 ** np.arange(0, 17, 4))
        axes.minorticks_off()
    panels[0].text(0, 3e16, "no digit is right", color=GREY)
    panels[0].set_ylabel("error (ulp)")
    return figure


def _limits(bits: int, exponent: int) -> tuple[float, float, float]:
    """Return the z up to which e^z is 0, up to which 1 + e^z is 1, and above which e^z is ∞.

    Ties round to even: half of the smallest number becomes 0, and adding half of the spacing above
    1 leaves 1 unchanged; what is half a step or more above the largest number becomes ∞.
    """
    smallest = 2 - exponent - bits  # exponent of 2 of the smallest subnormal number
    largest = np.log(2 - 2.0**-bits) + exponent * np.log(2)
    return (smallest - 1) * np.log(2), -bits * np.log(2), float(largest)


def _four_programs(z: np.ndarray, eps: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each program's loss for label 1, and its slope as the chain rule computes it.

    Computed in float64, so that the drawing is the same on every machine, but with the range of
    float32: 1 / (1 + e^(−z)) is 0 where e^(−z) overflows in float32.
    """
    ones = np.ones_like(z)
    p = np.where(-z > _limits(*FORMATS["float32"])[2], 0, sigmoid(z))
    by_z = p * sigmoid(-z)  # slope of the sigmoid
    with np.errstate(divide="ignore", invalid="ignore"):
        naive = np.where(p > 0, -np.log(p), np.nan), -by_z / p
    return {
        "naive": naive,
        "with ε": (-np.log(p + eps), -by_z / (p + eps)),
        "clamped": (-np.log(np.maximum(p, eps)), np.where(p > eps, -by_z / np.maximum(p, eps), 0)),
        "stable": (
            sigmoid_cross_entropy(z, ones, reduction="none"),
            sigmoid_cross_entropy_grad(z, ones, reduction="none"),
        ),
    }


def _worst_errors(lead: float) -> np.ndarray:
    """Return the largest errors over five rows: three forms, loss and slope of each.

    The label has the largest of ten logits, `lead` above the second. Errors below 1 ulp count as 1.
    """
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5, 10))
    rows[:, 0] = rows[:, 1:].max(axis=1) + lead
    return np.max([_errors(row.tolist()) for row in rows], axis=0).clip(min=1)


def _errors(row: list[float]) -> list[list[float]]:
    """Return the errors for one row, in ulp of the exact values: usual, subtract first, two-sum.

    Each exponential and logarithm is computed to seventy digits and then rounded, so that the
    errors are due to the formulas alone and the same on every machine.
    """
    with localcontext() as context:
        context.prec = 70
        loss = sum(Decimal(z).exp() for z in row).ln() - Decimal(row[0])
        slope = (-loss).exp() - 1

        gaps = [z - row[0] for z in row]
        first, *others = [float(Decimal(gap).exp()) for gap in gaps]
        total = sum(others, start=first)
        results = [((row[0] + float(Decimal(total).ln())) - row[0], first / total - 1)]
        left_out = [
            Decimal(z) - Decimal(row[0]) - Decimal(gap) for z, gap in zip(row, gaps, strict=True)
        ]
        mended = [term + term * float(e) for term, e in zip(others, left_out[1:], strict=True)]
        for r in (sum(others), sum(mended)):
            results.append((float((1 + Decimal(r)).ln()), -r / (1 + r)))
        units = [Decimal(float(np.spacing(abs(float(truth))))) for truth in (loss, slope)]
        return [
            [
                float(abs(Decimal(value) - truth) / unit)
                for value, truth, unit in zip(*three, strict=True)
            ]
            for three in ((result, (loss, slope), units) for result in results)
        ]
