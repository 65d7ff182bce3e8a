"""Figures of training: learning rates, boundaries, layers, local minima and overfitting."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from ..activations import sigmoid
from ..binary_losses import sigmoid_cross_entropy
from ..palette import BLUE, CLASS_COLORS, GREEN, GREY, INK, LOSS_STYLES, PURPLE, VERMILION
from .style import CLASS_MARKERS, WIDTH, line, number


def learning_rates(
    rates: Sequence[float], curves: Mapping[int, Sequence[Sequence[Sequence[float]]]]
) -> Figure:
    """Left, loss against epoch for a low, a good and a high rate; right, the last losses by rate.

    `curves` maps the size of a batch to the losses by rate, run and epoch; the first is drawn left.
    """
    figure = Figure(figsize=(WIDTH, 3.1))
    epochs, search = figure.subplots(1, 2, sharey=True)
    runs = {size: _three_digits(losses) for size, losses in curves.items()}
    small = next(iter(runs.values()))
    best = small[..., -1].mean(axis=1).argmin()
    looks = ((BLUE, "--", 1), (GREEN, "-", best), (VERMILION, ":", len(rates) - 1))
    for color, look, i in looks:
        epochs.semilogy(small[i].T, look, color=color, lw=1.4)
        epochs.plot([], [], look, color=color, label=f"η = {rates[i]:g}")
    epochs.set(xlabel="epoch", ylabel="validation loss (nats)", title="Three rates")
    for (size, losses), (color, look, _) in zip(runs.items(), looks[1::-1], strict=True):
        search.loglog(rates, losses[..., -1], "o", color=color, ms=3)
        middle = _three_digits(losses[..., -1].mean(axis=1))
        search.plot(rates, middle, look, color=color, label=f"batches of {size}")
    search.set(xlabel="learning rate η", title="After the last epoch", ylim=(0.1, 200))
    search.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    search.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    for axes in (epochs, search):
        axes.minorticks_off()
        axes.legend(loc="upper left", handlelength=2.6)
    return figure


def boundaries_over_time(
    X: ArrayLike,
    labels: ArrayLike,
    names: Sequence[str],
    fits: Mapping[str, tuple[ArrayLike, ArrayLike]],
) -> Figure:
    """One panel per fit: the regions of a linear model's classes, and every fourth point.

    `fits` maps a title to the weights, of shape (K, 2), and the bias, of shape (K,).
    """
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    figure = Figure(figsize=(WIDTH, 2.6))
    panels = figure.subplots(1, len(fits), sharex=True, sharey=True, squeeze=False)[0]
    low, high = np.round([X.min(axis=0) - 0.3, X.max(axis=0) + 0.3], 2)
    page = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    for axes, (title, (W, b)) in zip(panels, fits.items(), strict=True):
        W, b = np.asarray(W), np.asarray(b)
        for k, (color, marker) in enumerate(zip(CLASS_COLORS, CLASS_MARKERS, strict=True)):
            ring = page
            for j in set(range(len(b))) - {k}:  # where z_k ≥ z_j
                ring = _clip(ring, W[k] - W[j], b[k] - b[j])
            if ring:
                corners = np.round(ring, 3)
                axes.add_patch(Polygon(corners, fc=(color, 0.16), ec=GREY, lw=0.8, label=names[k]))
            shown = np.round(X[labels == k][::4], 3)
            axes.plot(*shown.T, marker, color=color, ms=3, mew=0, label=names[k])
        axes.set_title(title, fontweight="normal")
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        axes.grid(False)
    figure.supxlabel("petal length, standardised")
    panels[0].set_ylabel("petal width")
    handles, texts = panels[0].get_legend_handles_labels()
    points = {t: h for h, t in zip(handles, texts, strict=True) if not isinstance(h, Polygon)}
    figure.legend(points.values(), points, loc="outside upper center", ncols=3)
    return figure


def layer_gradients(norms: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Norm of the gradient in each layer's weights: two lines per name, one per loss.

    `norms` maps a name to the norms by layer for cross-entropy and for squared error.
    """
    figure = Figure(figsize=(WIDTH, 4.2))
    axes = figure.subplots()
    looks = ((BLUE, "o"), (PURPLE, "D"), (GREEN, "s"), (VERMILION, "^"))
    for (name, pair), (color, marker) in zip(norms.items(), looks, strict=False):
        for loss, norm, key, face in zip(
            ("CE", "SE"), pair, ("cross-entropy", "squared"), (color, "white"), strict=True
        ):
            drawn = 10 ** np.round(np.log10(norm), 2)
            layer = np.arange(1, len(drawn) + 1)
            look = line(LOSS_STYLES[key]) | {"color": color, "marker": marker, "markevery": 2}
            axes.semilogy(layer, drawn, mfc=face, label=f"{name}, {loss}", **look)
    axes.set(xlabel="layer, counted from the input", ylabel="norm of the gradient")
    axes.set(xticks=[1, 3, 5, 7, 9, 11], title="What reaches the first layers")
    axes.set_yticks([1e-6, 1e-3, 1])
    axes.set_ylim(1e-8, 10)
    axes.minorticks_off()
    figure.legend(loc="outside lower center", ncols=2, handlelength=3)
    return figure


def one_parameter_losses(
    x: ArrayLike, starts: Sequence[float], ends: Mapping[str, Sequence[float]]
) -> Figure:
    """Mean squared error and cross-entropy of σ(w x) with all labels 0, against w.

    `ends` maps a title to the end points of the descents from `starts`, first for squared error,
    then for cross-entropy.
    """
    x = np.asarray(x, dtype=float)
    figure = Figure(figsize=(WIDTH, 2.9))
    w = np.linspace(-3.5, 4, 61)

    def squared(w: float) -> float:
        return float(np.mean(sigmoid(w * x) ** 2))

    def cross_entropy(w: float) -> float:
        return float(sigmoid_cross_entropy(w * x, np.zeros(len(x))))

    losses = {"squared": squared, "cross-entropy": cross_entropy}
    for axes, (title, places), (name, loss) in zip(
        figure.subplots(1, 2), ends.items(), losses.items(), strict=True
    ):
        values = [loss(place) for place in w]
        axes.plot(w, values, **line(LOSS_STYLES[name]))
        for start, end, color, marker in zip(
            starts, places, (VERMILION, INK), ("^", "o"), strict=True
        ):
            axes.plot(start, loss(start), marker, color=color, mfc="white", ms=7)
            axes.plot(end, loss(end), marker, color=color, ms=7)
        for end in dict.fromkeys(round(place, 4) for place in places):
            text = f"w = {number(end, '.4f')}\nloss {loss(end):.4f}"
            place = {"textcoords": "offset points", "ha": "left", "va": "top"}
            axes.annotate(text, (end, loss(end)), (-6, -8), **place)
        axes.set_title(title)
        axes.set(xlabel="parameter w", xlim=(-3.5, 4), xticks=[-3, -1, 1, 3])
        low, height = min(values), np.ptp(values)
        axes.set_ylim(*np.round([low - 0.28 * height, low + 1.05 * height], 2))
    figure.axes[0].set_ylabel("loss")
    return figure


def overfitting(
    steps: ArrayLike,
    train: ArrayLike,
    valid: Mapping[str, ArrayLike],
    accuracy: Mapping[str, ArrayLike],
) -> Figure:
    """Left, the losses of several runs in training and in validation; right, the accuracies.

    Each table has one row for each run; each run is drawn faintly, and the mean over them.
    """
    figure = Figure(figsize=(WIDTH, 3.1))
    losses, shares = figure.subplots(1, 2)
    looks = {"training": (BLUE, "--")}
    looks |= dict(zip(valid, ((GREEN, "-."), (VERMILION, "-")), strict=True))
    for axes, tables in ((losses, {"training": train} | dict(valid)), (shares, accuracy)):
        for name, table in tables.items():
            color, look = looks[name]
            table = _three_digits(table)
            axes.plot(steps, table.T, look, color=color, lw=0.8, alpha=0.3)
            mean = _three_digits(table.mean(axis=0))
            label = name if name == "training" else f"validation, {name}"
            axes.plot(steps, mean, look, color=color, label=label)
    losses.set(xlabel="step", ylim=(0, 3.8), title="Loss (nats)")
    losses.legend(loc="upper right", handlelength=2.6)
    shares.set(xlabel="step", ylim=(0, 1), title="Share of correct answers")
    return figure


def _three_digits(values: ArrayLike) -> np.ndarray:
    """Round to three digits: they can be seen, and hold on every machine unless a run bounces."""
    return np.vectorize(lambda value: float(f"{value:.3g}"), otypes=[float])(values)


def _clip(ring: list[tuple[float, float]], w: np.ndarray, b: float) -> list[tuple[float, float]]:
    """Return the part of a convex polygon where w·x + b ≥ 0."""
    kept = []
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        here, there = w @ start + b, w @ end + b
        if here >= 0:
            kept.append(start)
        if here * there < 0:
            share = here / (here - there)
            kept.append(tuple(np.add(start, share * np.subtract(end, start))))
    return kept
