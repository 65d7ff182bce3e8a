"""Figures of loss functions: against the residual, against the margin, and by task."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .. import margins
from ..activations import sigmoid
from ..palette import BLUE, GREY, LOSS_STYLES, VERMILION
from .style import WIDTH, line

# Name of a loss in the figures: name of its function in the library.
NAMES = {
    "perceptron": "perceptron_loss",
    "hinge": "hinge_loss",
    "logistic": "logistic_loss",
    "exponential": "exponential_loss",
    "squared": "squared_margin_loss",
}


def residual_losses(delta: float = 1.0, threshold: float = 0.5) -> Figure:
    """Squared, absolute, Huber and tolerance loss against the residual."""
    figure = Figure()
    axes = figure.subplots()
    r = np.linspace(-3, 3, 121)
    steps = np.array([-3, -threshold, -threshold, threshold, threshold, 3])
    axes.plot(r, margins.squared_error(r), **line(LOSS_STYLES["squared"]))
    axes.plot(r, margins.absolute_error(r), **line(LOSS_STYLES["absolute"]))
    axes.plot(r, margins.huber_loss(r, delta=delta), **line(LOSS_STYLES["Huber"]))
    axes.plot(steps, [1, 1, 0, 0, 1, 1], **line(LOSS_STYLES["tolerance"]))
    for name, spot in (
        ("squared", (-1.62, 3.5)),
        ("absolute", (-2.95, 3.15)),
        ("Huber", (2.3, 1.4)),
        ("tolerance", (2.1, 0.72)),
    ):
        axes.text(*spot, name)
    axes.set(xlabel="residual r = prediction − target", ylabel="loss", xlim=(-3, 3), ylim=(0, 4))
    return figure


def margin_losses() -> Figure:
    """Draw the 0-1 loss and its surrogates against the margin."""
    figure = Figure(figsize=(WIDTH, 3.6))
    axes = figure.subplots()
    m = np.linspace(-3, 3, 121)
    axes.axvspan(-3, 0, color=GREY, alpha=0.08, lw=0)
    axes.plot([-3, 0, 0, 3], [1, 1, 0, 0], **line(LOSS_STYLES["0-1"]))
    for name, function in NAMES.items():
        axes.plot(m, getattr(margins, function)(m), **line(LOSS_STYLES[name]))
    axes.plot(m, sigmoid(-m) ** 2, **line(LOSS_STYLES["bounded"]))
    in_bits = margins.logistic_loss(m) / np.log(2)
    axes.plot(m, in_bits, **line(LOSS_STYLES["logistic, in bits"]))
    for name, spot, side in (
        ("exponential", (-1.6, 4.62), "right"),
        ("squared", (-1.0, 4.62), "left"),
        ("hinge", (-2.95, 3.42), "left"),
        ("perceptron", (-1.55, 1.25), "right"),
        ("logistic", (-2.15, 1.75), "right"),
        ("0-1", (-2.95, 1.08), "left"),
        ("bounded", (-2.9, 0.5), "left"),
        ("logistic, in bits", (0.25, 1.08), "left"),
    ):
        axes.text(*spot, name, ha=side)
    axes.text(-1.4, 0.06, "wrong side", color=GREY, ha="center")
    axes.text(1.2, 3.4, "right side", color=GREY, ha="center")
    axes.set(xlabel="margin m = s·z", ylabel="loss", xlim=(-3, 3), ylim=(-0.06, 5))
    return figure


def margin_slopes() -> Figure:
    """Slope of each margin loss against the margin."""
    figure = Figure(figsize=(WIDTH, 3.6))
    axes = figure.subplots()
    m = np.linspace(-3, 3, 121)
    axes.plot([-3, 3], [0, 0], **line(LOSS_STYLES["0-1"]))
    for name, jump in (("perceptron", 0), ("hinge", 1)):
        axes.plot([-3, jump, jump, 3], [-1, -1, 0, 0], **line(LOSS_STYLES[name]))
    for name in ("logistic", "exponential", "squared"):
        axes.plot(m, getattr(margins, f"{NAMES[name]}_grad")(m), **line(LOSS_STYLES[name]))
    axes.plot(m, -2 * sigmoid(-m) ** 2 * sigmoid(m), **line(LOSS_STYLES["bounded"]))
    for name, spot, side in (
        ("exponential", (-1.4, -3.5), "right"),
        ("squared", (1.65, 1.5), "right"),
        ("hinge", (1.08, -0.8), "left"),
        ("perceptron", (-2.9, -1.45), "left"),
        ("logistic", (-1.9, -0.74), "left"),
        ("0-1", (-2.9, 0.15), "left"),
        ("bounded", (-2.95, -0.52), "left"),
    ):
        axes.text(*spot, name, ha=side)
    axes.set(xlabel="margin m = s·z", ylabel="slope of the loss", xlim=(-3, 3), ylim=(-5, 2.5))
    return figure


def boundaries(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    fits: Mapping[str, ArrayLike],
    moved: int,
) -> Figure:
    """One panel per data set: its points, and the decision boundary fitted with each loss.

    `panels` maps a title to rows (x₀, x₁, 1) and signs; `fits` maps the name of a loss to one row
    (w₀, w₁, b) per panel. The first `moved` points of each data set are marked.
    """
    figure = Figure(figsize=(WIDTH, 3.5))
    many = figure.subplots(1, len(panels), sharey=True)
    for k, (axes, (title, (X, signs))) in enumerate(zip(many, panels.items(), strict=True)):
        X, signs = np.asarray(X), np.asarray(signs)
        for sign, marker, color in ((1, "+", BLUE), (-1, "o", VERMILION)):
            x0, x1 = X[signs == sign, :2].T
            face = color if marker == "+" else "none"
            axes.scatter(x0, x1, s=26, marker=marker, color=color, facecolors=face, lw=1)
        axes.plot(*X[:moved, :2].T, "s", ms=12, mfc="none", mec=GREY, mew=0.8)
        for name, rows in fits.items():
            *w, b = np.asarray(rows)[k]
            foot = -b * np.array(w) / np.dot(w, w)  # of the perpendicular from the origin
            along = np.array([-w[1], w[0]]) / np.hypot(*w)
            ends = np.stack([foot - 30 * along, foot + 30 * along])
            axes.plot(*ends.T, label=name, **line(LOSS_STYLES[name]))
        axes.set_title(title, fontweight="normal")
        axes.set(xlabel="x₀", xlim=(-9.5, 9.5), ylim=(-6, 6))
    many[0].set_ylabel("x₁")
    handles, names = many[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, handlelength=3.2)
    return figure


def which_loss() -> Figure:
    """Draw a decision list from top to bottom: the first "yes" gives the loss."""
    rows = (
        ("a number,\nlarge errors hurt most?", "squared error", "answers with the mean"),
        ("a number,\noutliers must not rule?", "absolute, Huber", "the median, or as δ says"),
        ("several labels at once?", "one BCE per label", "from its logit"),
        ("one class,\nno special reason?", "cross-entropy", "from logits"),
        ("one class,\nonly the decision?", "hinge", "signs, not 0 and 1"),
        ("one class, and far\npoints are mistakes?", "Brier", "from a good start"),
    )
    figure = Figure(figsize=(WIDTH, 5.6))
    axes = figure.subplots()
    axes.set(xlim=(-0.1, 10.1), ylim=(len(rows) - 0.6, -0.5))
    axes.axis("off")
    arrow = {"arrowstyle": "->", "color": GREY}
    for y, (question, loss, note) in enumerate(rows):
        axes.add_patch(Rectangle((0, y - 0.33), 4.3, 0.66, fc="white", ec=GREY))
        axes.add_patch(Rectangle((5.7, y - 0.33), 4.3, 0.66, fc="white", ec=BLUE, lw=2))
        axes.text(2.15, y, question, ha="center", va="center")
        axes.text(7.85, y, f"{loss}\n{note}", ha="center", va="center", linespacing=1.5)
        axes.annotate("", (5.6, y), (4.4, y), arrowprops=arrow)
        axes.text(4.95, y - 0.05, "yes", color=GREY, ha="center", va="bottom")
        if y:
            axes.annotate("", (2.15, y - 0.35), (2.15, y - 0.67), arrowprops=arrow)
            axes.text(2.3, y - 0.5, "no", color=GREY, va="center")
    return figure
