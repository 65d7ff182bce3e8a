"""Figures of probabilities as bars: from pixels, by temperature, and compared with the truth."""

import altair as alt

from ..palette import BLUE, GREY, INK, LOSS_STYLES, VERMILION
from .parts import (
    SliderFigure,
    choice,
    draw_bars,
    let,
    listing,
    make_figure,
    named_rows,
    say,
    slider,
)


def _sum(term: str) -> str:
    """Return the sum of a term over k = 0, 1, 2."""
    return " + ".join(term.replace("[k]", f"[{k}]") for k in range(3))


def _softmax(*scores: str) -> list[alt.Parameter]:
    """Name the softmax ``p`` of the scores and their ``logsumexp``, computed without overflow."""
    powers = [f"exp({score} - top)" for score in scores]
    return [
        let("top", f"max({', '.join(scores)})"),
        let("total", " + ".join(powers)),
        let("logsumexp", "top + log(total)"),
        let("p", listing(f"{power} / total" for power in powers)),
    ]


def picture_scores() -> SliderFigure:
    """Four pixels, three scores, three probabilities: a small classifier, end to end."""
    start, pixels = (1, 0.2, 0.5, 0.3), ("x0", "x1", "x2", "x3")
    weights, bias = ((1, -1, 2, 0), (0, 1, -1, 1), (-1, 0, 1, 1)), (0.1, -0.1, 0)
    scores = [
        " + ".join([f"{w} * {x}" for w, x in zip(row, pixels, strict=True)] + [f"{b}"])
        for row, b in zip(weights, bias, strict=True)
    ]
    variables = [
        *(slider(x, f"pixel {x}", v, 0, 1) for x, v in zip(pixels, start, strict=True)),
        let("x", listing(pixels)),
        let("z", listing(scores)),
        *_softmax("z[0]", "z[1]", "z[2]"),
        say(
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
    rows = named_rows("cat", "dog", "chicken").transform_calculate(
        z="z[datum.k]", start="0", end="p[datum.k]"
    )
    numbers = rows.mark_text(align="right").encode(
        x=alt.value(36), text=alt.Text("z:Q", format=".1f")
    )
    bars = draw_bars(rows.encode(y=alt.Y("name:N", axis=None, sort=None)), 1, alt.value(BLUE))
    results = alt.hconcat(
        numbers.properties(width=40, height=104, title="score"),
        bars.properties(width=96, height=104, title="probability"),
        bounds="flush",
        spacing=28,
    )
    picture = picture.properties(width=104, height=104, title="picture")
    chart = alt.hconcat(picture, results, bounds="flush", spacing=70)
    return make_figure(picture_scores, chart, variables, (400, 136), (4, 26))


def softmax_temperature() -> SliderFigure:
    """Softmax of three logits at a temperature, and its cross-entropy with a label."""
    variables = [
        *(slider(f"z{k}", f"logit of {k}", z, -5, 5) for k, z in enumerate((2, 1, 0.1))),
        slider("T", "temperature", 1, 0.1, 5),
        choice("label", "label", 0, [0, 1, 2]),
        *_softmax("z0 / T", "z1 / T", "z2 / T"),
        let("loss", "logsumexp - [z0, z1, z2][label] / T"),
        say(
            "Probabilities {p[0]|.4f}, {p[1]|.4f}, {p[2]|.4f}; "
            "cross-entropy with label {label|d}: {loss|.4f}."
        ),
    ]
    rows = named_rows("class 0", "class 1", "class 2").transform_calculate(
        start="0", end="p[datum.k]"
    )
    color = alt.condition("datum.k == label", alt.value(VERMILION), alt.value(GREY))
    label = rows.transform_filter("datum.k == label").mark_text(align="left", text="the label")
    shares = draw_bars(rows, 1, color) + label.encode(x=alt.value(280))
    axis = alt.Axis(title="nats", values=list(range(7)), grid=False)
    loss = named_rows("loss").transform_calculate(start="0", end="loss")
    beyond = loss.transform_filter("datum.end > 6").mark_point(
        shape="triangle-right", filled=True, color="white", opacity=1, size=80, aria=False
    )
    loss = draw_bars(loss, 6, alt.value(LOSS_STYLES["cross-entropy"].color), axis)
    loss += beyond.encode(x=alt.value(270))  # the bar goes on
    chart = alt.vconcat(
        shares.properties(width=220, height=84, title="softmax of z / T"),
        loss.properties(width=280, height=28, title="cross-entropy with the label"),
        bounds="flush",
        spacing=36,
    )
    return make_figure(softmax_temperature, chart, variables, (400, 218), (60, 26))


def entropy_plus_kl() -> SliderFigure:
    """Cross-entropy H(p, q) as entropy plus divergence, as a model q moves about p."""
    variables = [
        *(slider(f"w{k}", f"weight of {k}", w, 0.5, 10, 0.5) for k, w in enumerate((1, 3, 6))),
        let("p", "[0.7, 0.2, 0.1]"),
        let("q", listing(f"w{k} / (w0 + w1 + w2)" for k in range(3))),
        let("h_p", _sum("-p[k] * log(p[k])")),
        let("kl", _sum("p[k] * log(p[k] / q[k])")),
        let("h_pq", _sum("-p[k] * log(q[k])")),
        say(
            "q = ({q[0]|.4f}, {q[1]|.4f}, {q[2]|.4f}): entropy {h_p|.4f} + "
            "divergence {kl|.4f} = cross-entropy {h_pq|.4f}."
        ),
    ]
    rows = named_rows("class 0", "class 1", "class 2").transform_calculate(
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
    # The bars of H(p) and KL are laid end to end, so that they end at H(p, q).
    names = ["H(p)", "+ KL", "= H(p, q)"]
    colors = [GREY, VERMILION, LOSS_STYLES["cross-entropy"].color]
    parts = named_rows(*names).transform_calculate(
        start="datum.k == 1 ? h_p : 0", end="datum.k == 0 ? h_p : h_pq"
    )
    color = alt.Color("name:N", scale=alt.Scale(domain=names, range=colors))
    parts = draw_bars(parts, 3, color, alt.Axis(title="nats", values=[0, 1, 2, 3], grid=False))
    chart = alt.vconcat(
        models.properties(width=205, height=84, title="model q (bars) and truth p (marks)"),
        parts.properties(width=280, height=84, title="entropy + divergence = cross-entropy"),
        bounds="flush",
        spacing=36,
    )
    return make_figure(entropy_plus_kl, chart, variables, (400, 274), (76, 26))
