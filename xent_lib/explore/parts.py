"""Building blocks of the figures with sliders: sliders, expressions, read-outs, bars and curves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from ..palette import AXIS, GREY, GRID, INK, Style

VEGA = "application/vnd.vega.v5+json"

# No position depends on the width of a text, which differs with a machine's fonts, so the same
# figure gives the same bytes everywhere.
STYLE = {
    "axis": {
        "domainColor": AXIS,
        "gridColor": GRID,
        "labelColor": INK,
        "labelFlush": False,
        "labelFontSize": 13,
        "labelLimit": 0,
        "labelOverlap": False,
        "tickColor": AXIS,
        "titleColor": INK,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
    "concat": {"spacing": 0},
    "font": "sans-serif",
    "legend": {"disable": True},
    "text": {"color": INK, "fontSize": 13},
    "title": {"anchor": "start", "color": INK, "fontSize": 13, "frame": "group", "limit": 0},
    "view": {"stroke": None},
}


@dataclass(frozen=True, repr=False)
class SliderFigure:
    """A figure with sliders, for notebooks and pages.

    Parameters
    ----------
    spec : dict
        The figure's Vega specification; see https://vega.github.io/vega/docs.
    """

    spec: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the function that made the figure."""
        return self.spec["usermeta"]["figure"]

    def read_out(self, **values: float) -> str:
        """Return the figure's read-out, with some sliders at ``values``, the others at their start.

        Examples
        --------
        >>> from xent_lib.explore import entropy_plus_kl
        >>> entropy_plus_kl().read_out(w0=7, w1=2, w2=1)
        'q = (0.7000, 0.2000, 0.1000): entropy 0.8018 + divergence 0.0000 = cross-entropy 0.8018.'
        """
        sliders = [signal["name"] for signal in self.spec["signals"] if "bind" in signal]
        if strange := set(values) - set(sliders):
            raise ValueError(f"{self.name} has no slider {sorted(strange)}, only {sliders}")
        words = {"type": "text", "encode": {"enter": {"text": {"signal": "read_out"}}}}
        signals = [
            signal | {"value": values[signal["name"]]} if signal["name"] in values else signal
            for signal in self.spec["signals"]
        ]
        scene = vl_convert.vega_to_scenegraph({"signals": signals, "marks": [words]})
        return scene["scenegraph"]["items"][0]["items"][0]["items"][0]["text"]

    def __repr__(self) -> str:
        return f"{self.name}: {self.read_out()}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        still = vl_convert.vega_to_svg(self.spec).replace("><", ">\n<")  # readable diffs
        # Vega numbers clip paths across figures, so restart the numbers for each figure.
        ids: dict[str, str] = {}
        still = re.sub(r"\bclip\d+", lambda id: ids.setdefault(id[0], f"clip{len(ids)}"), still)
        return {VEGA: self.spec, "image/svg+xml": still}


def make_figure(
    function: Callable[[], SliderFigure],
    chart: alt.ConcatChart | alt.VConcatChart | alt.HConcatChart,
    variables: Sequence[alt.Parameter],
    size: tuple[int, int],
    corner: tuple[int, int],
) -> SliderFigure:
    """Compile ``chart`` to a figure of ``size``, its first panel's upper left at ``corner``.

    Both are in pixels. The first line of the function's docstring becomes the description.
    """
    described = chart.properties(description=(function.__doc__ or "").partition("\n")[0])
    source = described.add_params(*variables).to_dict() | {"config": STYLE}
    # The last version that writes Vega 5, which JupyterLab needs; Vega 6 accepts it as well.
    spec = vl_convert.vegalite_to_vega(source, vl_version="5.21")
    (width, height), (left, top) = size, corner
    right = width - left - spec.get("width", 0)
    bottom = height - top - spec.get("height", 0)
    spec["usermeta"] = {"figure": function.__name__}
    spec["autosize"] = "none"
    spec["padding"] = {"left": left, "top": top, "right": right, "bottom": bottom}
    return SliderFigure(spec)


def slider(
    name: str, label: str, start: float, low: float, high: float, step: float = 0.1
) -> alt.Parameter:
    bind = alt.binding_range(min=low, max=high, step=step, name=label)
    return alt.param(name=name, value=start, bind=bind)


def choice(name: str, label: str, start: int, options: Sequence[int]) -> alt.Parameter:
    return alt.param(name=name, value=start, bind=alt.binding_select(options=options, name=label))


def let(name: str, expression: str) -> alt.Parameter:
    return alt.param(name=name, expr=expression)


def listing(expressions: Iterable[str]) -> str:
    return f"[{', '.join(expressions)}]"


def say(text: str) -> alt.Parameter:
    """Define the read-out: ``text`` with each {expression|format} replaced by its value.

    Without a format, as in {expression|}, the value is a string.
    """
    parts = []
    for part in text.replace("}", "{").split("{"):
        expression, bar, digits = part.rpartition("|")
        number = f"format({expression}, '{digits}')" if digits else expression
        parts.append(number if bar else f"'{part}'")
    return let("read_out", " + ".join(parts))


def named_rows(*names: str) -> alt.Chart:
    """One row per name, labelled with it; ``datum.k`` is the row's index."""
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8, labelFontSize=13)
    data = alt.Data(values=[{"k": k, "name": name} for k, name in enumerate(names)])
    return alt.Chart(data).encode(y=alt.Y("name:N", axis=axis, sort=None))


def draw_bars(
    rows: alt.Chart, high: float, color: Any, axis: alt.Axis | None = None
) -> alt.LayerChart:
    """Draw one bar per row, from ``datum.start`` to ``datum.end``, labelled with its length.

    Bars are cut off at ``high``; labels are not.
    """
    rows = rows.transform_calculate(length="datum.end - datum.start", end=f"min(datum.end, {high})")
    x = alt.X("end:Q", axis=axis, scale=alt.Scale(domain=[0, high]))
    bars = rows.mark_bar(height=16).encode(x=x, x2="start:Q", color=color)
    numbers = rows.mark_text(align="left", dx=5)
    return bars + numbers.encode(x=x, text=alt.Text("length:Q", format=".4f"))


@dataclass(frozen=True)
class Curve:
    """Formulas in {x} and a style; the first formula is the curve, the others are only listed."""

    formulas: tuple[str, ...]
    style: Style


def values_at(curves: dict[str, Curve], place: str, headings: Sequence[str]) -> list[alt.Parameter]:
    """Name, by heading, the list of all curves' values at ``place``, one list per formula."""
    columns = zip(*(curve.formulas for curve in curves.values()), strict=True)
    return [
        let(heading, listing(formula.format(x=place) for formula in column))
        for heading, column in zip(headings, columns, strict=True)
    ]


def _looks(curves: dict[str, Curve]) -> tuple[alt.Color, alt.StrokeDash, alt.StrokeWidth]:
    color, dashes, width = (
        alt.Scale(type="ordinal", domain=list(curves), range=list(values))
        for values in zip(*(curve.style for curve in curves.values()), strict=True)
    )
    return (
        alt.Color("name:N", scale=color),
        alt.StrokeDash("name:N", scale=dashes),
        alt.StrokeWidth("name:N", scale=width),
    )


def draw_curves(
    curves: dict[str, Curve],
    place: str,
    heading: str,
    titles: tuple[str | None, str],
    width: tuple[float, float],
    height: tuple[float, float],
    pixels: int = 200,
) -> alt.LayerChart:
    """Draw curves with a point on each at ``place``; the points' heights are in ``heading``."""
    color, dashes, thickness = _looks(curves)
    x = alt.X("x:Q", axis=alt.Axis(title=titles[0], tickCount=6), scale=alt.Scale(domain=width))
    y = alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(domain=height))
    low, high = width
    # Each point twice, the second slightly to the right, so that jumps are vertical.
    path = f"{low} + {high - low} * floor(datum.i / 2) / 100 + (datum.i % 2) * 1e-9"
    lines = (
        alt.Chart(alt.sequence(0, 202, as_="i"))
        .transform_calculate(x=path)
        .transform_calculate(**{n: c.formulas[0].format(x="datum.x") for n, c in curves.items()})
        .transform_fold(list(curves), as_=["name", "y"])
        .mark_line(clip=True)
        .encode(x=x, y=y, color=color, strokeDash=dashes, strokeWidth=thickness)
    )
    rows = _rows_at(curves, place, heading)
    here = rows.mark_rule(color=GREY).encode(x=x, y=alt.value(0), y2=alt.value(pixels))
    points = rows.transform_filter(f"datum.y <= {height[1]}").mark_circle(opacity=1, size=60)
    points = points.encode(x=x, y=y, color=color)
    return (here + lines + points).properties(width=280, height=pixels, title=titles[1])


def key_to(curves: dict[str, Curve], place: str, headings: Sequence[str]) -> alt.LayerChart:
    """Draw the legend, with each curve's values under ``headings``."""
    color, dashes, thickness = _looks(curves)
    rows = _rows_at(curves, place, headings[0])
    key = rows.mark_rule().encode(
        x=alt.value(0), x2=alt.value(44), color=color, strokeDash=dashes, strokeWidth=thickness
    )
    for right, heading in zip((150, 250), headings, strict=False):
        numbers = rows.transform_calculate(text=f"format({heading}[datum.k], '.4f')")
        numbers = numbers.mark_text(align="right").encode(x=alt.value(right), text="text:N")
        head = rows.transform_filter("datum.k == 0").encode(x=alt.value(right))
        head = head.mark_text(align="right", dy=-21, fontStyle="italic", text=heading)
        key = key + numbers + head
    return key.properties(width=280, height=21 * len(curves))


def _rows_at(curves: dict[str, Curve], place: str, heading: str) -> alt.Chart:
    return named_rows(*curves).transform_calculate(x=place, y=f"{heading}[datum.k]")


def under(*panels: alt.LayerChart, gap: int = 72) -> alt.VConcatChart:
    """Stack panels vertically, ``gap`` pixels apart."""
    return alt.vconcat(*panels, bounds="flush", spacing=gap)
