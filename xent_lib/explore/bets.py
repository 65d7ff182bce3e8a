"""The tangents of the entropy: what two forecasts cost, and who gets rich."""

from ..palette import BLUE, GREEN, VERMILION, Style
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


def tangents() -> SliderFigure:
    """Two forecasts as tangents of the entropy, read at the truth: what each of them costs."""
    expected = "-{{x}} * log({0}) - (1 - {{x}}) * log(1 - {0})"  # the tangent at {0}
    entropy = f"{{x}} <= 0 || {{x}} >= 1 ? 0 : {expected.format('{x}')}"
    curves = {
        "entropy": Curve((entropy,), Style(BLUE)),
        "you": Curve((expected.format("q"),), Style(VERMILION, (7, 3))),
        "bank": Curve((expected.format("r"),), Style(GREEN, (9, 3, 2, 3))),
    }
    headings = ("loss",)
    variables = [
        slider("p", "truth p", 0.6, 0.02, 0.98, 0.01),
        slider("q", "your q", 0.7, 0.02, 0.98, 0.01),
        slider("r", "bank's r", 0.5, 0.02, 0.98, 0.01),
        *values_at(curves, "p", headings),
        # Where the tangents cross, the two losses may differ by rounding.
        let("growth", "abs(loss[2] - loss[1]) < 1e-12 ? 0 : loss[2] - loss[1]"),
        let("end", "growth == 0 ? 'as before' : growth > 0 ? 'you win' : 'you lose'"),
        say(
            "Truth {p|.2f}: you say {q|.2f} and lose {loss[1]|.4f}, the bank {r|.2f} and "
            "{loss[2]|.4f}; the truth would lose {loss[0]|.4f}. After 100 rounds with "
            "{100 * p|.0f} heads 1 is e^({100 * growth|.4f}): {end|}."
        ),
    ]
    titles = ("truth p", "expected loss, nats")
    plot = draw_curves(curves, "p", "loss", titles, (0, 1), (0, 1.5))
    chart = under(plot, key_to(curves, "p", headings))
    return make_figure(tangents, chart, variables, (400, 367), (100, 26))
