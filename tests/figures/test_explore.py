"""Figures with sliders: their numbers equal the library's.

tests/book/test_sliders.py moves the sliders in a browser. Every figure must be in `EXPECTED`.
"""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.figures.slider_numbers import EXPECTED, check
from xent_lib import arithmetic_encode, cross_entropy, explore
from xent_lib.explore import parts

FIGURES = [name for name in explore.__all__ if name != "SliderFigure"]


@pytest.fixture(params=FIGURES, scope="module")
def figure(request):
    return getattr(explore, request.param)()


def sliders_of(figure):
    return {s["name"]: s["bind"] for s in figure.spec["signals"] if "bind" in s}


def settings_of(bind):
    if "options" in bind:
        return np.array(bind["options"])
    steps = round((bind["max"] - bind["min"]) / bind["step"])
    return np.array([round(bind["min"] + i * bind["step"], 9) for i in range(steps + 1)])


def test_every_figure_has_a_reference():
    assert set(FIGURES) == set(EXPECTED)


def test_numbers_are_those_of_the_library(figure):
    rng = np.random.default_rng(0)
    ranges = {name: settings_of(bind) for name, bind in sliders_of(figure).items()}
    corners = [{name: r[end] for name, r in ranges.items()} for end in (0, -1)]
    others = [{name: rng.choice(r) for name, r in ranges.items()} for _ in range(20)]
    for values in corners + others:
        values = {name: value.item() for name, value in values.items()}
        check(figure.name, figure.read_out(**values), values)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("picture_scores", "Scores 1.9, −0.1, −0.2; probabilities: cat 0.7950,"),
        ("softmax_temperature", "Probabilities 0.6590, 0.2424, 0.0986;"),
        ("entropy_plus_kl", "q = (0.1000, 0.3000, 0.6000): entropy 0.8018 + divergence 1.1019"),
        ("margin_losses", "hinge 0.5000, −1.0000; logistic 0.4741, −0.3775;"),
        ("sigmoid_gradients", "cross-entropy is −0.9820, that of half the squared error −0.0173."),
        ("stable_losses", "naive Infinity, NaN; with ε 16.1181, 0.0000; clamped 16.1181, 0.0000."),
        ("double_softmax", "10 classes: softmax once 0.0004, twice 1.4615; twice it stays above 1"),
        ("gradient_descent", "10 steps: w = 0.1074, loss 0.0115; each step overshoots, but"),
        ("thresholds", "a miss 10, the mean sample 0.3516. Cheapest: yes from 0.3209 on,"),
        ("tangents", "After 100 rounds with 60 heads 1 is e^(−0.2447): you lose."),
        ("bits_per_byte", "A: perplexity 35 per token, 2007 tokens, 5.1144 bits per byte, 1,284"),
        ("lead_of_favourite", "clipped at 1e-7 1.6118, twice 1.5612. From logits the lowest is"),
    ],
)
def test_initial_read_out_has_the_numbers_of_the_chapter(name, words):
    assert words in repr(getattr(explore, name)())


@pytest.mark.parametrize(
    ("eta", "words"),
    [
        (0.4, "; each step comes closer, from one side."),
        (0.5, "; the first step arrives."),
        (0.6, "; each step overshoots, but comes closer."),
        (1, "; back and forth for ever."),
        (1.02, "; divergence, each step leads further away."),
        (1.1, "; divergence, each step leads further away (from step 3 on: outside the picture)."),
    ],
)
def test_gradient_descent_read_out_describes_convergence(eta, words):
    assert explore.gradient_descent().read_out(eta=eta, n=10).endswith(words)


def test_tangents_read_out_says_who_wins():
    figure = explore.tangents()
    places = settings_of(sliders_of(figure)["q"])
    crossings = [(0.5, q, round(1 - q, 9)) for q in places] + [(0.3, 0.8, 0.8)]
    others = [(0.5, 0.5, 0.52), (0.51, 0.52, 0.5), (0.5, 0.7, 0.31), (0.49, 0.3, 0.7)]
    for p, q, r in crossings + others:
        mine, bank = (cross_entropy([p, 1 - p], [said, 1 - said]) for said in (q, r))
        ends = ("as before", "you win", "you lose")
        end = ends[0 if abs(bank - mine) < 1e-12 else 1 if bank > mine else 2]
        assert (end == "as before") == ((p, q, r) in crossings)
        assert figure.read_out(p=p, q=q, r=r).endswith(f": {end}.")


@pytest.mark.parametrize("tokens", [800, 804, 2007])
def test_bits_per_byte_read_out_has_the_size_of_the_file(tokens):
    _, bits = arithmetic_encode([0] * tokens, lambda before: [1, 1])  # loss ln 2
    words = explore.bits_per_byte().read_out(loss_A=0.693, tokens_A=tokens)
    assert f"bits per byte, {-(-bits // 8)} bytes. B: " in words


def test_same_figure_gives_same_bytes(figure):
    again = getattr(explore, figure.name)()
    assert json.dumps(figure._repr_mimebundle_()) == json.dumps(again._repr_mimebundle_())


def test_layout_does_not_depend_on_fonts(figure, monkeypatch):
    monkeypatch.setitem(parts.STYLE, "font", "monospace")
    other = getattr(explore, figure.name)()._repr_mimebundle_()["image/svg+xml"]
    still = figure._repr_mimebundle_()["image/svg+xml"]
    assert other != still
    assert other.replace("monospace", "sans-serif") == still


def test_figure_is_small_and_loads_nothing_from_the_web(figure):
    bundle = figure._repr_mimebundle_()
    spec = json.dumps(bundle[parts.VEGA], separators=(",", ":"))
    assert len(spec) < 12_288
    assert re.findall(r"https?:[^\"]+", spec) == ["https://vega.github.io/schema/vega/v5.json"]
    assert "href=" not in bundle["image/svg+xml"]
    assert "</text>" in bundle["image/svg+xml"]  # text, not outlines


def test_unknown_slider_is_rejected():
    with pytest.raises(ValueError, match=r"entropy_plus_kl has no slider \['q'\], only \['w0'"):
        explore.entropy_plus_kl().read_out(q=0.5)


@pytest.mark.parametrize(
    "code",
    [
        "import xent_lib, sys; assert 'altair' not in sys.modules",
        "import sys; sys.modules['altair'] = None\n"
        "try: from xent_lib import explore\n"
        "except ImportError as error: assert 'pip install' in str(error)\n"
        "else: raise AssertionError",
    ],
    ids=["library works without it", "explore says how to install it"],
)
def test_altair_is_optional(code):
    subprocess.run([sys.executable, "-c", code], check=True)
