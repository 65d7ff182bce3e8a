"""Figures of choices other than the loss: the learning rate and the decision threshold."""

import altair as alt

from ..palette import BLUE, GREY, INK, VERMILION, Style
from .parts import (
    Curve,
    SliderFigure,
    draw_curves,
    key_to,
    let,
    make_figure,
    say,
    slider,
    under,
    values_at,
)


def gradient_descent() -> SliderFigure:
    """Gradient descent on w², from w = 1, with a learning rate of your choice."""
    variables = [
        slider("eta", "learning rate", 0.9, 0.02, 1.2, 0.02),
        slider("n", "steps", 10, 0, 20, 1),
        let("factor", "1 - 2 * eta"),  # each step multiplies w by it
        let("w", "pow(factor, n)"),
        let("outside", "eta > 1 ? 1 + floor(log(1.5) / log(-factor)) : 21"),
        let("notice", "n < outside ? '' : 'from step ' + outside + ' on: outside'"),
        let("aside", "n < outside ? '' : ' (' + notice + ' the picture)'"),
        let(
            "course",
            "eta < 0.5 ? 'each step comes closer, from one side'"
            " : eta == 0.5 ? 'the first step arrives'"
            " : eta < 1 ? 'each step overshoots, but comes closer'"
            " : eta == 1 ? 'back and forth for ever'"
            " : 'divergence, each step leads further away'",
        ),
        say(
            "Learning rate {eta|.2f}, {n|d} steps: w = {w|.4f}, loss {w * w|.4f}; {course|}"
            "{aside|}."
        ),
    ]
    loss = alt.Y(
        "loss:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(domain=[0, 2.25])
    )
    steps = (
        alt.Chart(alt.sequence(0, 21, as_="i"))
        .transform_filter("datum.i <= n")
        .transform_calculate(w="pow(factor, datum.i)")
        .transform_calculate(loss="datum.w * datum.w")
    )
    last = alt.condition("datum.i == n", alt.value(VERMILION), alt.value(BLUE))
    size = alt.condition("datum.i == n", alt.value(110), alt.value(40))

    def path(x: alt.X) -> alt.LayerChart:
        line = steps.mark_line(clip=True, strokeWidth=1, color=BLUE).encode(x, loss, order="i:Q")
        points = steps.transform_filter("datum.i < outside").mark_circle(opacity=1)
        return line + points.encode(x, loss, color=last, size=size)

    w = alt.X("w:Q", axis=alt.Axis(title="w", tickCount=3), scale=alt.Scale(domain=[-1.5, 1.5]))
    i = alt.X("i:Q", axis=alt.Axis(title="step", tickCount=5), scale=alt.Scale(domain=[0, 20]))
    parabola = alt.Chart(alt.sequence(-1.5, 1.51, 0.05, as_="w")).transform_calculate(
        loss="datum.w * datum.w"
    )
    parabola = parabola.mark_line(color=GREY, clip=True).encode(w, loss)
    notice = alt.Chart(alt.Data(values=[{}])).transform_calculate(text="notice")
    notice = notice.mark_text(color=VERMILION).encode(
        x=alt.value(80), y=alt.value(150), text="text:N"
    )
    chart = alt.hconcat(
        (parabola + path(w)).properties(width=160, height=200, title="loss w², by w"),
        (path(i) + notice).properties(width=160, height=200, title="the same, by step"),
        bounds="flush",
        spacing=36,
    )
    return make_figure(gradient_descent, chart, variables, (400, 270), (34, 26))


def thresholds() -> SliderFigure:
    """Two groups that overlap, a threshold between no and yes, and what the mistakes cost."""
    # Normal with mean -1 or 1 and standard deviation 1: density, and mass on the wrong side of {x}.
    curves = {
        "negatives": Curve(
            ("densityNormal({x}, -1)", "(1 - share) * cumulativeNormal(-{x}, 1)"),
            Style(BLUE),
        ),
        "positives": Curve(
            ("densityNormal({x}, 1)", "share * cumulativeNormal({x}, 1)"),
            Style(VERMILION, (7, 3)),
        ),
    }
    (negatives, alarms), (positives, missed) = (curve.formulas for curve in curves.values())
    cost = f"{alarms} + miss * {missed}"
    headings = ("density", "mistakes")
    variables = [
        slider("t", "threshold", 1.5, -3, 3),
        slider("percent", "positives, %", 5, 1, 50, 1),
        slider("miss", "a miss costs", 10, 1, 20, 1),
        let("share", "percent / 100"),
        *values_at(curves, "t", headings),
        let("found", "share - mistakes[1]"),
        let("cost", cost.format(x="t")),
        let("best", "log((1 - share) / (share * miss)) / 2"),
        let("lowest", cost.format(x="best")),
        say(
            "Yes from {t|.1f} on: recall {found / share|.4f}, "
            "precision {found / (found + mistakes[0])|.4f}, "
            "accuracy {1 - mistakes[0] - mistakes[1]|.4f}; "
            "a false alarm costs 1, a miss {miss|d}, the mean sample {cost|.4f}. "
            "Cheapest: yes from {best|.4f} on, {lowest|.4f} per sample."
        ),
    ]
    title = "density in each group, by x; filled: mistakes"
    groups = draw_curves(curves, "t", "density", (None, title), (-4, 4), (0, 0.4), pixels=110)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-4, 4]))  # as in the panel above
    y = alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=3), stack=None)
    points = alt.Chart(alt.sequence(0, 162, as_="i"))  # each x twice, for the jump at the threshold
    points = points.transform_calculate(x="floor(datum.i / 2) / 10 - 4")
    mistakes = points.transform_calculate(
        y=f"datum.x - t + datum.i % 2 / 50 > 0.01 ? {negatives} : {positives}".format(x="datum.x")
    )
    mistakes = mistakes.mark_area(color=GREY, opacity=0.4, aria=False).encode(x="x:Q", y=y)
    costs = points.transform_calculate(y=cost.format(x="datum.x"))
    costs = costs.mark_line(color=INK, aria=False).encode(x=x, y=y)
    here = alt.Chart(alt.Data(values=[{}])).transform_calculate(x="t", best="best", y="lowest")
    rule = here.mark_rule(color=GREY, aria=False)
    costs += rule.encode(x="x:Q", y=alt.value(0), y2=alt.value(90))
    cheapest = here.mark_circle(opacity=1, size=70, color=INK, aria=False)
    costs += cheapest.encode(x="best:Q", y="y:Q")
    chart = under(
        groups + mistakes,
        costs.properties(
            width=280, height=90, title="cost per sample, by the threshold; dot: lowest"
        ),
        key_to(curves, "t", headings[1:]),
        gap=54,
    )
    return make_figure(thresholds, chart, variables, (400, 380), (76, 26))
