"""Figures of losses as curves, with their values at the position of a slider."""

import altair as alt

from ..palette import BLUE, LOSS_STYLES, PROGRAM_STYLES, SOFTMAX_STYLES
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


def margin_losses() -> SliderFigure:
    """Six losses of a margin, with their values and slopes at one margin."""
    curves = {
        name: Curve(formulas, LOSS_STYLES[name])
        for name, formulas in {
            "0-1": ("{x} <= 0 ? 1 : 0", "0"),
            "perceptron": ("max(0, -{x})", "{x} <= 0 ? -1 : 0"),
            "hinge": ("max(0, 1 - {x})", "{x} < 1 ? -1 : 0"),
            "logistic": ("log(1 + exp(-{x}))", "-1 / (1 + exp({x}))"),
            "exponential": ("exp(-{x})", "-exp(-{x})"),
            "squared": ("(1 - {x}) * (1 - {x})", "2 * ({x} - 1)"),
        }.items()
    }
    headings = ("loss", "slope")
    words = "; ".join(
        f"{name} {{loss[{k}]|.4f}}, {{slope[{k}]|.4f}}" for k, name in enumerate(curves)
    )
    variables = [
        slider("m", "margin", 0.5, -2, 3),
        *values_at(curves, "m", headings),
        say(f"Loss and slope at margin {{m|.1f}}: {words}."),
    ]
    titles = ("margin m", "loss of a sample")
    plot = draw_curves(curves, "m", "loss", titles, (-2, 3), (0, 5))
    chart = under(plot, key_to(curves, "m", headings))
    return make_figure(margin_losses, chart, variables, (400, 430), (112, 26))


def sigmoid_gradients() -> SliderFigure:
    """Gradients of two losses of σ(z), by the logit z: cross-entropy and ½ (σ(z) − y)²."""
    error = "(y == 1 ? -1 / (1 + exp({x})) : 1 / (1 + exp(-{x})))"  # σ(z) − y, without cancellation
    curves = {
        "cross-entropy": Curve((error,), LOSS_STYLES["cross-entropy"]),
        "½ squared error": Curve(
            (f"{error} / ((1 + exp({{x}})) * (1 + exp(-{{x}})))",), LOSS_STYLES["squared"]
        ),
    }
    headings = ("gradient",)
    variables = [
        slider("z", "logit z", -4, -8, 8),
        choice("y", "label", 1, [0, 1]),
        *values_at(curves, "z", headings),
        say(
            "Logit {z|.1f}, label {y|d}: the gradient of cross-entropy is {gradient[0]|.4f}, "
            "that of half the squared error {gradient[1]|.4f}."
        ),
    ]
    titles = ("logit z", "gradient with respect to z")
    plot = draw_curves(curves, "z", "gradient", titles, (-8, 8), (-1, 1))
    chart = under(plot, key_to(curves, "z", headings))
    return make_figure(sigmoid_gradients, chart, variables, (400, 346), (112, 26))


def stable_losses() -> SliderFigure:
    """Four programs for the loss of label 1, by the logit z, with the range of float32."""
    # Computed in float64, but with the range of float32: below `end`, e^(-z) overflows and p is 0.
    end = -88.72
    p = f"({{x}} < {end} ? 0 : 1 / (1 + exp(-{{x}})))"
    slope = f"-{p} / (1 + exp({{x}}))"  # derivative of -p in z
    curves = {
        name: Curve(formulas, PROGRAM_STYLES[name])
        for name, formulas in {
            "stable": ("max(0, -{x}) + log(1 + exp(-abs({x})))", "-1 / (1 + exp({x}))"),
            "naive": (f"-log({p})", f"{slope} / {p}"),
            "with ε": (f"-log({p} + eps)", f"{slope} / ({p} + eps)"),
            "clamped": (f"-log(max({p}, eps))", f"{p} < eps ? 0 : {slope} / {p}"),
        }.items()
    }
    headings = ("loss", "slope")
    words = "; ".join(
        f"{name} {{loss[{k}]|.4f}}, {{slope[{k}]|.4f}}" for k, name in enumerate(curves)
    )
    variables = [
        slider("z", "logit z", -100, -110, 10, 1),
        slider("e", "log₁₀ of ε", -7, -12, -2, 1),
        let("eps", "pow(10, e)"),
        *values_at(curves, "z", headings),
        say(f"Logit {{z|d}}, label 1, ε = {{eps|.0e}}. Loss and slope: {words}."),
    ]
    titles = ("logit z", "loss of label 1, nats")
    plot = draw_curves(curves, "z", "loss", titles, (-110, 10), (0, 110))
    place = alt.Chart(alt.Data(values=[{"x": end, "y": -end}])).encode(x="x:Q", y="y:Q")
    cross = place.mark_point(shape="cross", angle=45, filled=True, opacity=1, size=110, color=BLUE)
    left = "left of this, naive: Infinity"
    beyond = place.mark_text(align="left", dx=10, dy=-4, color=BLUE, text=left)
    chart = under(plot + cross + beyond, key_to(curves, "z", headings))
    return make_figure(stable_losses, chart, variables, (400, 388), (112, 26))


def double_softmax() -> SliderFigure:
    """Softmax applied once and twice: the loss by the lead of the label, and its floor."""
    p = "(1 / (1 + (K - 1) * exp(-{x})))"  # the label's; the K - 1 others share the rest
    curves = {
        name: Curve((formula,), SOFTMAX_STYLES[name])
        for name, formula in {
            "once": "log(1 + (K - 1) * exp(-{x}))",
            "twice": f"log(1 + (K - 1) * exp((1 - {p}) / (K - 1) - {p}))",
            "floor of twice": "log(1 + (K - 1) * exp(-1))",
        }.items()
    }
    headings = ("loss",)
    variables = [
        slider("lead", "lead of label", 10, 0, 20, 0.5),
        choice("K", "classes", 10, [2, 3, 10, 100, 1000]),
        *values_at(curves, "lead", headings),
        say(
            "Lead {lead|.1f}, {K|d} classes: softmax once {loss[0]|.4f}, twice {loss[1]|.4f}; "
            "twice it stays above {loss[2]|.4f}."
        ),
    ]
    titles = ("lead of the label over all other logits", "cross-entropy, nats")
    plot = draw_curves(curves, "lead", "loss", titles, (0, 20), (0, 7))
    chart = under(plot, key_to(curves, "lead", headings))
    return make_figure(double_softmax, chart, variables, (400, 367), (112, 26))
