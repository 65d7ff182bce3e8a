"""Figures of decisions, weights, focal loss and calibration."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..activations import sigmoid
from ..binary_losses import sigmoid_focal_loss, sigmoid_focal_loss_grad
from ..calibration import expected_calibration_error, reliability_curve
from ..palette import BLUE, GREY, VERMILION
from .style import WIDTH

# Colour and line style of the first, second, … curve, which differ in more than colour.
LOOKS = ((BLUE, "-"), (VERMILION, "--"), (GREY, "-."), ("black", ":"))


def precision_recall(
    recall: ArrayLike, precision: ArrayLike, marks: Mapping[str, tuple[float, float]]
) -> Figure:
    """Precision against recall as the threshold moves, with a few thresholds marked.

    `marks` maps the name of a threshold to its recall and precision.
    """
    figure = Figure()
    axes = figure.subplots()
    axes.plot(recall, precision)
    for (name, spot), marker in zip(marks.items(), "osD", strict=False):
        axes.plot(*spot, marker, color=VERMILION, ms=7)
        axes.annotate(
            f"at {name}: recall {spot[0]:.3f}, precision {spot[1]:.3f}",
            spot,
            xytext=(9, 3) if spot[0] < 0.5 else (-9, -5),
            textcoords="offset points",
            ha="left" if spot[0] < 0.5 else "right",
        )
    axes.set(xlabel="recall: share of the ill that are found", xlim=(0, 1), ylim=(0, 1.02))
    axes.set(ylabel="precision: share of calls that are right")
    return figure


def weighted_probabilities(base_rate: float = 0.05, weight: float = 19.0) -> Figure:
    """Draw the probability that a model learns from the plain and from the weighted loss.

    The value x is normal with mean 1 in class 1 and mean −1 in class 0, with standard deviation 1.
    """
    figure = Figure()
    axes = figure.subplots()
    x = np.linspace(-3, 3, 61)
    logit = 2 * x + np.log(base_rate / (1 - base_rate))
    for name, z, (color, line), spot, side in (
        ("plain loss:\nthe true share of the ill", logit, LOOKS[0], (1.4, 0.2), "left"),
        (f"positives × {weight:g}", logit + np.log(weight), LOOKS[1], (-0.2, 0.75), "right"),
    ):
        axes.plot(x, sigmoid(z), color=color, ls=line)
        axes.text(*spot, name, ha=side)
    for at in (0.0, np.interp(0, logit, x)):
        z = np.interp(at, x, logit)
        low, high = sigmoid(z), sigmoid(z + np.log(weight))
        axes.plot([at, at], [low, high], "o", ls="-", color="black", lw=1, ms=5)
        for height, below in ((low, True), (high, False)):
            axes.annotate(
                f"{height:.2f}",
                (at, height),
                xytext=(5, -12) if below else (-5, 5),
                textcoords="offset points",
                ha="left" if below else "right",
            )
    axes.set(xlabel="test value x", xlim=(-3, 3), ylim=(-0.02, 1.05))
    axes.set_ylabel("predicted probability of illness")
    return figure


def focal_losses(gammas: tuple[float, ...] = (0, 1, 2, 5), marked: float = 0.7) -> Figure:
    """Left, focal loss against the label's probability; right, the prediction that minimizes it."""
    figure = Figure(figsize=(WIDTH, 3.1))
    left, right = figure.subplots(1, 2)
    z = np.linspace(-6, 6, 61)
    for gamma, (color, line) in zip(gammas, LOOKS, strict=False):
        look = {"color": color, "ls": line, "label": f"γ = {gamma:g}"}
        left.plot(
            sigmoid(z),
            sigmoid_focal_loss(z, np.ones_like(z), gamma=gamma, reduction="none"),
            **look,
        )
        right.plot(_made_best(z, gamma), sigmoid(z), **look)
    fine = np.linspace(-6, 6, 12_001)
    for gamma, offset, side in ((gammas[0], (-4, 6), "right"), (gammas[2], (4, -26), "left")):
        said = sigmoid(np.interp(marked, _made_best(fine, gamma), fine))
        right.plot(marked, said, "o", color="black", ms=5)
        right.annotate(
            f"{said:.4f}",
            (marked, said),
            xytext=offset,
            textcoords="offset points",
            ha=side,
            arrowprops={"arrowstyle": "-", "lw": 0.7, "shrinkA": 0},
        )
    left.legend(handlelength=3)
    left.set(xlabel="probability given to the label", ylabel="loss (nats)")
    left.set(xlim=(0, 1), ylim=(0, 3), xticks=[0, 0.5, 1], yticks=[0, 1, 2, 3])
    right.set(xlabel="true probability p", ylabel="answer with the lowest mean loss")
    right.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    return figure


def _made_best(z: np.ndarray, gamma: float) -> np.ndarray:
    """Return the true probabilities p for which the logits z minimize the expected focal loss."""
    yes = sigmoid_focal_loss_grad(z, np.ones_like(z), gamma=gamma, reduction="none")
    no = sigmoid_focal_loss_grad(z, np.zeros_like(z), gamma=gamma, reduction="none")
    return no / (no - yes)  # the root p of the expected slope, p·yes + (1 − p)·no


def reliability(panels: Mapping[str, tuple[ArrayLike, ArrayLike]], bins: int = 10) -> Figure:
    """One panel per model: its accuracy against its confidence, with the number of samples per bin.

    `panels` maps a title to probabilities and labels, as for `reliability_curve`.
    """
    figure = Figure(figsize=(WIDTH, 3.2))
    many = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, (probs, labels)) in zip(many, panels.items(), strict=True):
        confidence, accuracy, count = reliability_curve(probs, labels, bins=bins)
        filled = count > 0
        # Rounded, because the last digits of a trained model differ between machines.
        said, right = confidence[filled].round(4), accuracy[filled].round(4)
        axes.plot([0, 1], [0, 1], "--", color=GREY, lw=1)
        axes.vlines(said, np.minimum(said, right), np.maximum(said, right), color=VERMILION)
        axes.plot(said, right, "o-", color=BLUE, lw=1.2, ms=5)
        for spot, n in zip(zip(said, right, strict=True), count[filled], strict=True):
            above = spot[1] > spot[0]
            axes.annotate(
                f"{n}",
                spot,
                xytext=(0, 6 if above else -13),
                textcoords="offset points",
                ha="center",
            )
        ece = float(expected_calibration_error(probs, labels, bins=bins))
        axes.set_title(f"{title}: ECE {ece:.3f}", fontweight="normal")
        axes.set(xlabel="mean confidence in the bin", xlim=(0, 1.04), ylim=(-0.08, 1.08))
        axes.set_aspect("equal")
    many[0].set_ylabel("share of right answers")
    return figure
