"""Losses per token of two language models: whose file is smaller."""

from ..palette import BLUE, VERMILION, Style
from .parts import (
    Curve,
    SliderFigure,
    draw_curves,
    key_to,
    let,
    listing,
    make_figure,
    say,
    slider,
    under,
)


def bits_per_byte() -> SliderFigure:
    """Two models of a text of 2007 bytes: loss per token against bytes per token."""
    curves = {
        "A": Curve(("{x} * bits[0] * LN2",), Style(BLUE)),
        "B": Curve(("{x} * bits[1] * LN2",), Style(VERMILION, (7, 3))),
    }
    variables = [
        slider("loss_A", "A: loss", 3.545, 0.5, 9, 0.001),
        slider("tokens_A", "A: tokens", 2007, 350, 2007, 1),
        slider("loss_B", "B: loss", 5.402, 0.5, 9, 0.001),
        slider("tokens_B", "B: tokens", 1097, 350, 2007, 1),
        let("loss", listing(("loss_A", "loss_B"))),
        let("size", listing(("2007 / tokens_A", "2007 / tokens_B"))),  # bytes per token
        let("bits", listing(f"loss[{k}] / LN2 / size[{k}]" for k in (0, 1))),
        # The file has one bit more than the loss in all, rounded up.
        let("bytes", listing(f"ceil((bits[{k}] * 2007 + 1) / 8)" for k in (0, 1))),
        let("gap", "bits[1] - bits[0]"),
        let("end", "gap == 0 ? 'The files are equal' : gap > 0 ? 'A wins' : 'B wins'"),
        say(
            "A: perplexity {exp(loss_A)|,.0f} per token, {tokens_A|d} tokens, {bits[0]|.4f} bits "
            "per byte, {bytes[0]|,.0f} bytes. B: perplexity {exp(loss_B)|,.0f}, {tokens_B|d} "
            "tokens, {bits[1]|.4f} bits per byte, {bytes[1]|,.0f} bytes. {end|}."
        ),
    ]
    titles = ("bytes per token", "nats per token; lines: the same bits per byte")
    plot = draw_curves(curves, "size[datum.k]", "loss", titles, (0, 6), (0, 9))
    chart = under(plot, key_to(curves, "size[datum.k]", ("bits",)))
    return make_figure(bits_per_byte, chart, variables, (400, 346), (100, 26))
