"""How loud a model may be: three programs for one loss, by the lead of the favourite."""

from ..palette import BLUE, GREEN, VERMILION, Style
from .parts import (
    Curve,
    SliderFigure,
    choice,
    draw_curves,
    key_to,
    let,
    make_figure,
    say,
    slider,
    under,
    values_at,
)


def lead_of_favourite() -> SliderFigure:
    """Loss of a model that is right in a fixed share of rows, by the lead of its favourite."""
    p = "(1 / (1 + (K - 1) * exp(-{x})))"  # the favourite's; each other class has e^(-lead) of it
    others = f"(exp(-{{x}}) * {p})"
    curves = {
        "from logits": Curve(("{x} * (1 - r) + log(1 + (K - 1) * exp(-{x}))",), Style(BLUE)),
        "clipped": Curve(
            (f"-r * log(min({p}, 1 - eps)) - (1 - r) * log(max({others}, eps))",),
            Style(GREEN, (9, 3, 2, 3)),
        ),
        "twice": Curve(
            (f"log(exp({p}) + (K - 1) * exp({others})) - r * {p} - (1 - r) * {others}",),
            Style(VERMILION, (7, 3)),
        ),
    }
    headings = ("loss",)
    lowest = curves["from logits"].formulas[0].format(x="best")
    variables = [
        slider("lead", "lead of favourite", 20, 0, 40, 0.5),
        slider("r", "share right", 0.9, 0.01, 0.99, 0.01),
        choice("K", "classes", 10, [2, 3, 4, 10, 100, 1000]),
        slider("e", "log₁₀ of ε", -7, -15, -3, 1),
        let("eps", "pow(10, e)"),
        *values_at(curves, "lead", headings),
        let("said", p.format(x="lead")),
        let("best", "max(0, log(r * (K - 1) / (1 - r)))"),
        let("lowest", lowest),
        say(
            "Right in {r|.2f} of the rows, {K|d} classes, lead {lead|.1f}: it says {said|.4f}. "
            "Loss from logits {loss[0]|.4f}, clipped at {eps|.0e} {loss[1]|.4f}, twice "
            "{loss[2]|.4f}. From logits the lowest is {lowest|.4f}, at a lead of {best|.4f}."
        ),
    ]
    titles = ("lead of the favourite, nats", "mean loss, nats")
    plot = draw_curves(curves, "lead", "loss", titles, (0, 40), (0, 8))
    chart = under(plot, key_to(curves, "lead", headings))
    return make_figure(lead_of_favourite, chart, variables, (400, 367), (112, 26))
