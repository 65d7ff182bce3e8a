"""Figures with sliders: move one, and the figure is computed again where you see it.

One function a figure; each returns a `SliderFigure`. Shown in a notebook or a page of the book it
is alive without a kernel and without a network: Altair writes the figure as a Vega specification,
whose expressions the browser evaluates. Where nothing can move (paper, a preview) it is a picture.
The numbers of a figure are computed once, as named expressions, for its marks and its words alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

try:
    import altair as alt
    import vl_convert
except ImportError as error:
    raise ImportError(
        "xent_lib.explore draws with Altair: pip install 'altair>=6' 'vl-convert-python>=1.9'"
    ) from error

__all__ = [
    "SliderFigure",
    "entropy_plus_kl",
    "margin_losses",
    "picture_scores",
    "sigmoid_gradients",
    "softmax_temperature",
]

VEGA = "application/vnd.vega.v5+json"

# The palette of xent_lib.plotting. Colour never stands alone: a dash or a label says the same.
BLUE, VERMILION, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
INK = "#222222"

# Nothing here is placed by the width of a text, which differs with the fonts of a machine: so the
# same figure is the same bytes everywhere.
STYLE = {
    "axis": {
        "domainColor": "#777777",
        "gridColor": "#E6E6E6",
        "labelColor": INK,
        "labelFlush": False,
        "labelFontSize": 12,
        "labelLimit": 0,
        "labelOverlap": False,
        "tickColor": "#777777",
        "titleColor": INK,
        "titleFontSize": 12,
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
    """A figure with sliders, as notebooks and pages show it.

    Parameters
    ----------
    spec : dict
        The figure in Vega's language; https://vega.github.io/vega/docs tells what is in it.
    """

    spec: dict[str, Any]

    @property
    def name(self) -> str:
        """That of the function that made the figure."""
        return self.spec["usermeta"]["figure"]

    def read_out(self, **values: float) -> str:
        """Say in words what the figure shows, with the sliders at ``values``, else at their start.

        Examples
        --------
        >>> entropy_plus_kl().read_out(w0=7, w1=2, w2=1)
        'q = (0.7000, 0.2000, 0.1000): entropy 0.8018 + divergence 0.0000 = cross-entropy 0.8018.'
        """
        sliders = [signal["name"] for signal in self.spec["signals"] if "bind" in signal]
        if strange := set(values) - set(sliders):
            raise ValueError(f"no slider {sorted(strange)} in {self.name}; it has {sliders}")
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
        still = vl_convert.vega_to_svg(self.spec).replace("><", ">\n<")  # readable differences
        # Vega goes on counting its clip paths from figure to figure.
        ids: dict[str, str] = {}
        still = re.sub(r"\bclip\d+", lambda id: ids.setdefault(id[0], f"clip{len(ids)}"), still)
        return {VEGA: self.spec, "image/svg+xml": still}


def _figure(
    function: Callable[[], SliderFigure],
    chart: alt.ConcatChart | alt.VConcatChart | alt.HConcatChart,
    variables: Sequence[alt.Parameter],
    size: tuple[int, int],
    corner: tuple[int, int],
) -> SliderFigure:
    """Compile ``chart``, whose first panel has its upper left ``corner`` there, in pixels."""
    described = chart.properties(description=(function.__doc__ or "").partition("\n")[0])
    source = described.add_params(*variables).to_dict() | {"config": STYLE}
    # The last version that writes Vega 5, which JupyterLab reads; Vega 6 reads it as well.
    spec = vl_convert.vegalite_to_vega(source, vl_version="5.21")
    (width, height), (left, top) = size, corner
    right = width - left - spec.get("width", 0)
    bottom = height - top - spec.get("height", 0)
    spec["usermeta"] = {"figure": function.__name__}
    spec["autosize"] = "none"
    spec["padding"] = {"left": left, "top": top, "right": right, "bottom": bottom}
    return SliderFigure(spec)


def _slider(
    name: str, label: str, start: float, low: float, high: float, step: float = 0.1
) -> alt.Parameter:
    bind = alt.binding_range(min=low, max=high, step=step, name=label)
    return alt.param(name=name, value=start, bind=bind)


def _choice(name: str, label: str, start: int, options: Sequence[int]) -> alt.Parameter:
    return alt.param(name=name, value=start, bind=alt.binding_select(options=options, name=label))


def _let(name: str, expression: str) -> alt.Parameter:
    return alt.param(name=name, expr=expression)


def _list(expressions: Iterable[str]) -> str:
    return f"[{', '.join(expressions)}]"


def _sum(term: str) -> str:
    """Add three terms, for k = 0, 1, 2."""
    return " + ".join(term.replace("[k]", f"[{k}]") for k in range(3))


def _softmax(*scores: str) -> list[alt.Parameter]:
    """Name the softmax ``p`` of the scores and their ``logsumexp``; nothing can overflow."""
    powers = [f"exp({score} - top)" for score in scores]
    return [
        _let("top", f"max({', '.join(scores)})"),
        _let("total", " + ".join(powers)),
        _let("logsumexp", "top + log(total)"),
        _let("p", _list(f"{power} / total" for power in powers)),
    ]


def _words(text: str) -> alt.Parameter:
    """Name the read-out: ``text``, where {expression|format} stands for a number."""
    parts = []
    for part in text.replace("}", "{").split("{"):
        expression, bar, digits = part.rpartition("|")
        parts.append(f"format({expression}, '{digits}')" if bar else f"'{part}'")
    return _let("read_out", " + ".join(parts))


def _rows(*names: str) -> alt.Chart:
    """One row for each name, which stands before it; ``datum.k`` counts them."""
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8, labelFontSize=13)
    data = alt.Data(values=[{"k": k, "name": name} for k, name in enumerate(names)])
    return alt.Chart(data).encode(y=alt.Y("name:N", axis=axis, sort=None))


def _bars(rows: alt.Chart, high: float, color: Any, axis: alt.Axis | None = None) -> alt.LayerChart:
    """Draw a bar a row, from ``datum.start`` to ``datum.end`` or ``high``, and its true length."""
    rows = rows.transform_calculate(length="datum.end - datum.start", end=f"min(datum.end, {high})")
    x = alt.X("end:Q", axis=axis, scale=alt.Scale(domain=[0, high]))
    bars = rows.mark_bar(height=16).encode(x=x, x2="start:Q", color=color)
    numbers = rows.mark_text(align="left", dx=5)
    return bars + numbers.encode(x=x, text=alt.Text("length:Q", format=".4f"))


def picture_scores() -> SliderFigure:
    """Four pixels, three scores, three probabilities: the smallest classifier, end to end."""
    start, pixels = (1, 0.2, 0.5, 0.3), ("x1", "x2", "x3", "x4")
    weights, bias = ((1, -1, 2, 0), (0, 1, -1, 1), (-1, 0, 1, 1)), (0.1, -0.1, 0)
    scores = [
        " + ".join([f"{w} * {x}" for w, x in zip(row, pixels, strict=True)] + [f"{b}"])
        for row, b in zip(weights, bias, strict=True)
    ]
    variables = [
        *(_slider(x, f"pixel {x}", v, 0, 1) for x, v in zip(pixels, start, strict=True)),
        _let("x", _list(pixels)),
        _let("z", _list(scores)),
        *_softmax("z[0]", "z[1]", "z[2]"),
        _words(
            "Scores {z[0]|.1f}, {z[1]|.1f}, {z[2]|.1f}; "
            "probabilities: cat {p[0]|.4f}, dog {p[1]|.4f}, chicken {p[2]|.4f}."
        ),
    ]
    places = [{"k": k, "row": k // 2, "column": k % 2} for k in range(4)]
    gap = alt.Scale(paddingInner=0.04)
    cells = (
        alt.Chart(alt.Data(values=places))
        .transform_calculate(x="x[datum.k]")
        .encode(x=alt.X("column:O", axis=None, scale=gap), y=alt.Y("row:O", axis=None, scale=gap))
    )
    grey = alt.Color("x:Q", scale=alt.Scale(domain=[0, 1], range=["black", "white"]))
    readable = alt.condition("datum.x > 0.45", alt.value("black"), alt.value("white"))
    values = cells.mark_text().encode(text=alt.Text("x:Q", format=".1f"), color=readable)
    picture = cells.mark_rect(stroke=GREY).encode(color=grey) + values
    rows = _rows("cat", "dog", "chicken").transform_calculate(
        z="z[datum.k]", start="0", end="p[datum.k]"
    )
    numbers = rows.mark_text(align="right").encode(
        x=alt.value(36), text=alt.Text("z:Q", format=".1f")
    )
    bars = _bars(rows.encode(y=alt.Y("name:N", axis=None, sort=None)), 1, alt.value(BLUE))
    results = alt.hconcat(
        numbers.properties(width=40, height=104, title="score"),
        bars.properties(width=96, height=104, title="probability"),
        bounds="flush",
        spacing=28,
    )
    picture = picture.properties(width=104, height=104, title="picture")
    chart = alt.hconcat(picture, results, bounds="flush", spacing=70)
    return _figure(picture_scores, chart, variables, (400, 136), (4, 26))


def softmax_temperature() -> SliderFigure:
    """Softmax of three logits at a temperature, and its cross-entropy with a label."""
    variables = [
        *(_slider(f"z{k}", f"logit of {k}", z, -5, 5) for k, z in enumerate((2, 1, 0.1))),
        _slider("T", "temperature", 1, 0.1, 5),
        _choice("label", "label", 0, [0, 1, 2]),
        *_softmax("z0 / T", "z1 / T", "z2 / T"),
        _let("loss", "logsumexp - [z0, z1, z2][label] / T"),
        _words(
            "Probabilities {p[0]|.4f}, {p[1]|.4f}, {p[2]|.4f}; "
            "cross-entropy with label {label|d}: {loss|.4f}."
        ),
    ]
    rows = _rows("class 0", "class 1", "class 2").transform_calculate(start="0", end="p[datum.k]")
    color = alt.condition("datum.k == label", alt.value(VERMILION), alt.value(BLUE))
    label = rows.transform_filter("datum.k == label").mark_text(align="left", text="the label")
    shares = _bars(rows, 1, color) + label.encode(x=alt.value(280))
    axis = alt.Axis(title="nats", values=list(range(7)), grid=False)
    loss = _rows("loss").transform_calculate(start="0", end="loss")
    loss = _bars(loss, 6, alt.value(VERMILION), axis)
    chart = alt.vconcat(
        shares.properties(width=220, height=84, title="softmax of z / T"),
        loss.properties(width=280, height=28, title="cross-entropy with the label"),
        bounds="flush",
        spacing=36,
    )
    return _figure(softmax_temperature, chart, variables, (400, 218), (60, 26))


def entropy_plus_kl() -> SliderFigure:
    """Cross-entropy H(p, q) as entropy plus divergence, as a model q moves about p."""
    variables = [
        *(_slider(f"w{k}", f"weight of {k}", w, 0.5, 10, 0.5) for k, w in enumerate((5, 3, 2))),
        _let("p", "[0.7, 0.2, 0.1]"),
        _let("q", _list(f"w{k} / (w0 + w1 + w2)" for k in range(3))),
        _let("h_p", _sum("-p[k] * log(p[k])")),
        _let("kl", _sum("p[k] * log(p[k] / q[k])")),
        _let("h_pq", _sum("-p[k] * log(q[k])")),
        _words(
            "q = ({q[0]|.4f}, {q[1]|.4f}, {q[2]|.4f}): entropy {h_p|.4f} + "
            "divergence {kl|.4f} = cross-entropy {h_pq|.4f}."
        ),
    ]
    rows = _rows("class 0", "class 1", "class 2").transform_calculate(
        p="p[datum.k]",
        q="q[datum.k]",
        both="'q ' + format(q[datum.k], '.4f') + ', p ' + p[datum.k]",
    )
    x = alt.X("q:Q", axis=None, scale=alt.Scale(domain=[0, 1]), stack=None)
    models = (
        rows.mark_bar(height=16, color=BLUE).encode(x=x)
        + rows.mark_tick(color=INK, opacity=1, thickness=3, height=24).encode(x="p:Q")
        + rows.mark_text(align="left").encode(x=alt.value(214), text="both:N")
    )
    # H(p, q) is where the bars of H(p) and KL, laid end to end, end.
    names, colors = ["H(p)", "+ KL", "= H(p, q)"], [BLUE, VERMILION, GREY]
    parts = _rows(*names).transform_calculate(
        start="datum.k == 1 ? h_p : 0", end="datum.k == 0 ? h_p : h_pq"
    )
    color = alt.Color("name:N", scale=alt.Scale(domain=names, range=colors))
    parts = _bars(parts, 3, color, alt.Axis(title="nats", values=[0, 1, 2, 3], grid=False))
    chart = alt.vconcat(
        models.properties(width=205, height=84, title="model q (bars) and truth p (marks)"),
        parts.properties(width=280, height=84, title="entropy + divergence = cross-entropy"),
        bounds="flush",
        spacing=36,
    )
    return _figure(entropy_plus_kl, chart, variables, (400, 274), (76, 26))


@dataclass(frozen=True)
class _Curve:
    """Formulas in {x}, the height of the curve and more numbers to be told; and its look."""

    formulas: tuple[str, ...]
    color: str
    dashes: tuple[int, ...]


def _numbers(
    curves: dict[str, _Curve], slider: str, headings: Sequence[str]
) -> list[alt.Parameter]:
    """Name the list of each formula's values, where the slider stands, by its heading."""
    columns = zip(*(curve.formulas for curve in curves.values()), strict=True)
    return [
        _let(heading, _list(formula.format(x=slider) for formula in column))
        for heading, column in zip(headings, columns, strict=True)
    ]


def _curves(
    curves: dict[str, _Curve],
    slider: str,
    headings: Sequence[str],
    titles: tuple[str, str],
    width: tuple[float, float],
    height: tuple[float, float],
) -> alt.VConcatChart:
    """Draw curves, with a point where the slider stands; below, what is what, and its numbers."""
    names, looks = list(curves), curves.values()
    color = alt.Scale(domain=names, range=[curve.color for curve in looks])
    dashes = alt.Scale(domain=names, range=[curve.dashes for curve in looks])
    color, dashes = alt.Color("name:N", scale=color), alt.StrokeDash("name:N", scale=dashes)
    x = alt.X("x:Q", axis=alt.Axis(title=titles[0], tickCount=6), scale=alt.Scale(domain=width))
    y = alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(domain=height))
    low, high = width
    # Every point twice, the second time a little to the right: so a jump stands upright.
    path = f"{low} + {high - low} * floor(datum.i / 2) / 100 + (datum.i % 2) * 1e-9"
    lines = (
        alt.Chart(alt.sequence(0, 202, as_="i"))
        .transform_calculate(x=path)
        .transform_calculate(**{n: c.formulas[0].format(x="datum.x") for n, c in curves.items()})
        .transform_fold(names, as_=["name", "y"])
        .mark_line(clip=True)
        .encode(x=x, y=y, color=color, strokeDash=dashes)
    )
    rows = _rows(*names).transform_calculate(x=slider, y=f"{headings[0]}[datum.k]")
    here = rows.mark_rule(color=GREY).encode(x=x, y=alt.value(0), y2=alt.value(200))
    points = rows.transform_filter(f"datum.y <= {height[1]}").mark_circle(opacity=1, size=60)
    points = points.encode(x=x, y=y, color=color)
    plot = (here + lines + points).properties(width=280, height=200, title=titles[1])
    key = rows.mark_rule(strokeWidth=2).encode(
        x=alt.value(0), x2=alt.value(44), color=color, strokeDash=dashes
    )
    for right, heading in zip((150, 250), headings, strict=False):
        numbers = rows.transform_calculate(text=f"format({heading}[datum.k], '.4f')")
        numbers = numbers.mark_text(align="right").encode(x=alt.value(right), text="text:N")
        head = rows.transform_filter("datum.k == 0").encode(x=alt.value(right))
        head = head.mark_text(align="right", dy=-21, fontStyle="italic", text=heading)
        key = key + numbers + head
    key = key.properties(width=280, height=21 * len(names))
    return alt.vconcat(plot, key, bounds="flush", spacing=72)


def margin_losses() -> SliderFigure:
    """Six losses of a margin, with their values and slopes where the margin stands."""
    curves = {
        "0-1": _Curve(("{x} <= 0 ? 1 : 0", "0"), INK, (1, 0)),
        "perceptron": _Curve(("max(0, -{x})", "{x} <= 0 ? -1 : 0"), GREY, (2, 3)),
        "hinge": _Curve(("max(0, 1 - {x})", "{x} < 1 ? -1 : 0"), VERMILION, (7, 3)),
        "logistic": _Curve(("log(1 + exp(-{x}))", "-1 / (1 + exp({x}))"), BLUE, (1, 0)),
        "exponential": _Curve(("exp(-{x})", "-exp(-{x})"), GREEN, (9, 3, 2, 3)),
        "squared": _Curve(("(1 - {x}) * (1 - {x})", "2 * ({x} - 1)"), PINK, (14, 4)),
    }
    headings = ("loss", "slope")
    words = "; ".join(
        f"{name} {{loss[{k}]|.4f}}, {{slope[{k}]|.4f}}" for k, name in enumerate(curves)
    )
    variables = [
        _slider("m", "margin", 0.5, -2, 3),
        *_numbers(curves, "m", headings),
        _words(f"Loss and slope at margin {{m|.1f}}: {words}."),
    ]
    chart = _curves(curves, "m", headings, ("margin m", "loss of a sample"), (-2, 3), (0, 5))
    return _figure(margin_losses, chart, variables, (400, 430), (112, 26))


def sigmoid_gradients() -> SliderFigure:
    """Gradients of two losses of σ(z), by the logit z: cross-entropy and ½ (σ(z) − y)²."""
    error = "(y == 1 ? -1 / (1 + exp({x})) : 1 / (1 + exp(-{x})))"  # σ(z) − y, all digits of it
    curves = {
        "cross-entropy": _Curve((error,), BLUE, (1, 0)),
        "½ squared error": _Curve(
            (f"{error} / ((1 + exp({{x}})) * (1 + exp(-{{x}})))",), VERMILION, (7, 3)
        ),
    }
    headings = ("gradient",)
    variables = [
        _slider("z", "logit z", -4, -8, 8),
        _choice("y", "label", 1, [0, 1]),
        *_numbers(curves, "z", headings),
        _words(
            "Logit {z|.1f}, label {y|d}: the gradient of cross-entropy is {gradient[0]|.4f}, "
            "that of half the squared error {gradient[1]|.4f}."
        ),
    ]
    titles = ("logit z", "gradient with respect to z")
    chart = _curves(curves, "z", headings, titles, (-8, 8), (-1, 1))
    return _figure(sigmoid_gradients, chart, variables, (400, 346), (112, 26))
