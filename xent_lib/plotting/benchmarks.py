"""Figures of the benchmarks."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from ..palette import BLUE, GREY, VERMILION
from .style import WIDTH


def time_growth(
    panels: Mapping[str, tuple[Sequence[int], Mapping[str, Sequence[float]]]],
) -> Figure:
    """Seconds per call of each library against a size, on logarithmic axes.

    `panels` maps the name of the size to its values and, for each library, the seconds per call.
    """
    figure = Figure(figsize=(WIDTH, 3.1))
    styles = list(zip((BLUE, VERMILION, GREY), ("o-", "s--", "^:"), strict=True))
    for axes, (size, (values, seconds)) in zip(
        figure.subplots(1, len(panels), sharey=True), panels.items(), strict=True
    ):
        for (peer, times), (color, line) in zip(seconds.items(), styles, strict=False):
            axes.loglog(values, times, line, color=color, label=peer, ms=5)
        axes.set(xlabel=size)
    figure.axes[0].set(ylabel="seconds per call")
    figure.axes[0].legend()
    return figure
