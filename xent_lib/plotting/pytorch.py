"""Figures of PyTorch's losses: the cost of softmax twice, and which loss class to use."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ..losses import softmax_cross_entropy
from ..palette import BLUE, GREY, SOFTMAX_STYLES, VERMILION
from .style import WIDTH, line


def double_softmax_floor(marked: Sequence[int] = (3, 10, 100, 1000, 50257)) -> Figure:
    """Draw the initial and the lowest possible loss with softmax twice by number of classes."""
    figure = Figure()
    axes = figure.subplots()
    K = np.geomspace(2, max(marked), 61)
    # The second softmax gets numbers from 0 to 1: at best 1 at the label, at worst 1 elsewhere.
    floor, ceiling = np.log1p((K - 1) / np.e), np.log(K - 1 + np.e)
    axes.fill_between(K, floor, ceiling, color=VERMILION, alpha=0.2, lw=0)
    axes.plot(K, np.log(K), "--", color=GREY)
    axes.plot(K, floor, **line(SOFTMAX_STYLES["floor of twice"]))
    axes.axhline(0, **line(SOFTMAX_STYLES["once"]))
    for num_classes in marked:
        height = double_softmax_of_the_best(num_classes)
        axes.plot(num_classes, height, "o", color=VERMILION)
        axes.annotate(
            f"{height:.3f}", (num_classes, height), xytext=(8, -7), textcoords="offset points"
        )
    axes.text(2, 7.5, "all logits equal: ln K", color=GREY)
    axes.plot([55, 250], [7.3, np.log(250) + 0.25], color=GREY, lw=0.8)
    axes.text(4000, 4.7, "softmax twice:\nshaded, all it gives;\ndotted, its best")
    axes.text(4000, 0.35, "softmax once: as near to 0 as you like", ha="center")
    axes.set(xscale="log", xlabel="number of classes K", ylabel="loss (nats)")
    axes.set_xticks(marked, labels=[str(k) for k in marked])
    axes.set_xticks([], minor=True)
    axes.set(xlim=(1.8, 2e5), ylim=(-0.4, 11.8))
    return figure


def double_softmax_of_the_best(num_classes: int) -> float:
    """Return the loss with softmax twice if the first softmax gives the label probability 1."""
    certain = np.zeros((1, num_classes))
    certain[0, 0] = 1
    return float(softmax_cross_entropy(certain, [0]))


def softmax_twice_training(
    histories: Mapping[str, Sequence[tuple[int, ArrayLike, ArrayLike]]], floor: float
) -> Figure:
    """Training loss and test accuracy against the step, with softmax once and twice, by draw.

    `histories` maps a name such as "once, SGD" or "twice, Adam" to rows (step, losses,
    accuracies), with one loss and one accuracy per draw. The draws are thin lines, their mean
    is a thick one.
    """
    figure = Figure(figsize=(WIDTH, 3.4))
    panels = figure.subplots(1, 2)
    for name, rows in histories.items():
        steps, *columns = zip(*rows, strict=True)
        look = line(SOFTMAX_STYLES[name.split(",")[0]])
        marker = {"marker": "s" if name.endswith("Adam") else "o", "ms": 5, "markevery": 2}
        for axes, draws in zip(panels, map(np.array, columns), strict=True):
            axes.plot(steps, draws, **look | {"linewidth": 0.6, "alpha": 0.5})
            axes.plot(steps, draws.mean(axis=1), label=name, **look, **marker)
    panels[0].axhline(floor, **line(SOFTMAX_STYLES["floor of twice"]))
    panels[0].text(500, floor - 0.12, f"floor {floor:.3f}", ha="right", va="top")
    panels[0].set(ylabel="training loss (nats)", ylim=(-0.15, 5))
    panels[1].set(ylabel="test accuracy", ylim=(0, 1))
    for axes in panels:
        axes.set(xscale="log", xlabel="step")
        axes.set_xticks([1, 10, 100], labels=["1", "10", "100"])
        axes.set_xticks([], minor=True)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def which_class() -> Figure:
    """Map the kind of target and of model output to PyTorch's loss class."""
    groups = (
        (
            "one of K\nclasses, or a\ndistribution\nover them",
            (
                ("logits", "CrossEntropyLoss", "(N) int64, or (N, K) float"),
                ("log-probs,\nan index", "NLLLoss", "(N) int64"),
                ("log-probs, a\ndistribution", "KLDivLoss", "(N, K) float; batchmean"),
                ("probabilities", "none", "let the model give logits"),
            ),
        ),
        (
            "yes or no,\nonce or for\nseveral labels",
            (
                ("logits", "BCEWithLogitsLoss", "float, same shape"),
                ("probabilities", "BCELoss", "same dtype, same shape"),
            ),
        ),
        ("a number", (("numbers", "MSELoss", "same shape"),)),
    )
    figure = Figure(figsize=(WIDTH, 5.6))
    axes = figure.subplots()
    axes.set(xlim=(-0.05, 10.05), ylim=(6.65, -0.85))
    axes.axis("off")
    for x, title in ((1.35, "the target is"), (3.95, "you have"), (7.65, "use, with targets")):
        axes.text(x, -0.68, title, ha="center", va="center", color=GREY)
    arrow = {"arrowstyle": "->", "color": GREY}
    y = 0.0
    for target, rows in groups:
        axes.add_patch(Rectangle((0, y - 0.42), 2.7, len(rows) - 0.16, fc="white", ec=GREY))
        axes.text(1.35, y + (len(rows) - 1) / 2, target, ha="center", va="center")
        for given, name, note in rows:
            axes.annotate("", (5.25, y + 0.1), (2.7, y + 0.1), arrowprops=arrow)
            axes.text(3.9, y + 0.04, given, ha="center", va="bottom")
            edge = {"ec": VERMILION, "ls": "--"} if name == "none" else {"ec": BLUE, "lw": 2}
            axes.add_patch(Rectangle((5.3, y - 0.42), 4.7, 0.84, fc="white", **edge))
            axes.text(7.65, y - 0.17, name, ha="center", va="center")
            axes.text(7.65, y + 0.18, note, ha="center", va="center")
            y += 1
        y += 0.1
    return figure
