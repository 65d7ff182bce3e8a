"""Figures with sliders: their numbers are the library's. In the browser: tests/book/test_sliders.py.

A figure that `EXPECTED` does not know is a failure.
"""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

import xent_lib as xl
from xent_lib import explore
from xent_lib.explore import parts

FIGURES = [name for name in explore.__all__ if name != "SliderFigure"]


# --- what the figures have to say: the decimals of their read-outs, in order --------------------


def picture_scores(x1, x2, x3, x4):
    weights = np.array([[1, -1, 2, 0], [0, 1, -1, 1], [-1, 0, 1, 1]])
    z = weights @ [x1, x2, x3, x4] + [0.1, -0.1, 0]
    return *z, *xl.softmax(z)


def softmax_temperature(z0, z1, z2, T, label):
    z = np.array([z0, z1, z2])
    p = xl.softmax(z, temperature=T)
    return *p, xl.softmax_cross_entropy([z / T], [int(label)])


def entropy_plus_kl(w0, w1, w2):
    p, q = [0.7, 0.2, 0.1], np.array([w0, w1, w2]) / (w0 + w1 + w2)
    return *q, xl.entropy(p), xl.kl_divergence(p, q), xl.cross_entropy(p, q)


def margin_losses(m):
    names = ("zero_one", "perceptron", "hinge", "logistic", "exponential", "squared_margin")
    pairs = [(getattr(xl, f"{n}_loss")(m), getattr(xl, f"{n}_loss_grad")(m)) for n in names]
    return m, *np.ravel(pairs)


def sigmoid_gradients(z, y):
    p = xl.sigmoid(z)
    of_half_the_square = xl.squared_error_grad(p - y) / 2 * p * (1 - p)
    return z, xl.sigmoid_cross_entropy_grad([z], [y])[0], of_half_the_square


def stable_losses(z, e):
    eps = 10.0**e
    with np.errstate(all="ignore"):
        overflows = np.isinf(np.exp(np.float32(-z)))
        p = np.where(overflows, 0, xl.sigmoid(z))
        by_z = p * xl.sigmoid(-z)
        naive = -np.log(p), -by_z / p
    stable = xl.sigmoid_cross_entropy([z], [1]), xl.sigmoid_cross_entropy_grad([z], [1])[0]
    with_eps = -np.log(p + eps), -by_z / (p + eps)
    clamped = -np.log(max(p, eps)), 0 if p < eps else naive[1]
    return *stable, *naive, *with_eps, *clamped


def double_softmax(lead, K):
    K = int(K)
    z, certain = lead * np.eye(K)[0], np.eye(K)[0]
    return lead, *(xl.softmax_cross_entropy(row, 0) for row in (z, xl.softmax(z), certain))


def gradient_descent(eta, n):
    w, history = xl.gradient_descent(
        lambda w: (w**2, 2 * w), 1.0, learning_rate=eta, max_iter=int(n)
    )
    return eta, w, history[-1]


def thresholds(t, percent, miss):
    share = percent / 100

    def cost(x):
        return (1 - share) * ndtr(-1 - x) + miss * share * ndtr(x - 1)

    def slope(x):  # of the cost, but for a factor
        return miss * share * np.exp(-((x - 1) ** 2) / 2) - (1 - share) * np.exp(
            -((x + 1) ** 2) / 2
        )

    found, alarms = share * ndtr(1 - t), (1 - share) * ndtr(-1 - t)
    rates = found / share, found / (found + alarms), found + (1 - share) - alarms
    best = brentq(slope, -5, 5)
    return t, *rates, cost(t), best, cost(best)


EXPECTED = {
    function.__name__: function
    for function in (
        picture_scores,
        softmax_temperature,
        entropy_plus_kl,
        margin_losses,
        sigmoid_gradients,
        stable_losses,
        double_softmax,
        gradient_descent,
        thresholds,
    )
}


def check(name, words, values):
    """Compare the decimals in ``words`` with what the library says at ``values``."""
    numbers = re.findall(r"-?\d+\.\d+|Infinity|NaN", words.replace("−", "-"))
    said = [float(number) for number in numbers]
    # Four decimals are right to half a unit of the last; the few with fewer decimals are exact.
    np.testing.assert_allclose(said, EXPECTED[name](**values), rtol=0, atol=0.5001e-4)


# --- the specifications -------------------------------------------------------------------------


@pytest.fixture(params=FIGURES)
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
        ("entropy_plus_kl", "q = (0.5000, 0.3000, 0.2000): entropy 0.8018 + divergence 0.0851"),
        ("margin_losses", "hinge 0.5000, −1.0000; logistic 0.4741, −0.3775;"),
        ("sigmoid_gradients", "cross-entropy is −0.9820, that of half the squared error −0.0173."),
        ("stable_losses", "naive Infinity, NaN; with ε 16.1181, 0.0000; clamped 16.1181, 0.0000."),
        ("double_softmax", "10 classes: softmax once 0.0004, twice 1.4615; twice it stays above 1"),
        ("gradient_descent", "10 steps: w = 0.1074, loss 0.0115; each step crosses over, and"),
        ("thresholds", "a miss 10, a sample 0.3516. Cheapest: yes from 0.3209 on,"),
    ],
)
def test_start_with_the_numbers_of_the_chapter(name, words):
    assert words in repr(getattr(explore, name)())


@pytest.mark.parametrize(
    ("eta", "words"),
    [
        (0.4, "; each step comes nearer, on one side."),
        (0.5, "; the first step arrives."),
        (0.6, "; each step crosses over, and comes nearer."),
        (1, "; to and fro, for ever."),
        (1.02, "; divergence, each step leads further away."),
        (1.1, "; divergence, each step leads further away (from step 3 on: outside the picture)."),
    ],
)
def test_descent_says_where_it_goes(eta, words):
    assert explore.gradient_descent().read_out(eta=eta, n=10).endswith(words)


def test_same_bytes_each_time(figure):
    again = getattr(explore, figure.name)()
    assert json.dumps(figure._repr_mimebundle_()) == json.dumps(again._repr_mimebundle_())


def test_fonts_of_the_machine_move_nothing(figure, monkeypatch):
    monkeypatch.setitem(parts.STYLE, "font", "monospace")
    other = getattr(explore, figure.name)()._repr_mimebundle_()["image/svg+xml"]
    still = figure._repr_mimebundle_()["image/svg+xml"]
    assert other != still
    assert other.replace("monospace", "sans-serif") == still


def test_small_and_without_addresses(figure):
    bundle = figure._repr_mimebundle_()
    spec = json.dumps(bundle[parts.VEGA], separators=(",", ":"))
    assert len(spec) < 12_288
    assert re.findall(r"https?:[^\"]+", spec) == ["https://vega.github.io/schema/vega/v5.json"]
    assert "href=" not in bundle["image/svg+xml"]
    assert "</text>" in bundle["image/svg+xml"]  # letters, not their outlines


def test_a_slider_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"no slider \['q'\] in entropy_plus_kl; it has \['w0'"):
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
    ids=["the library does not need it", "its absence is explained"],
)
def test_altair_is_optional(code):
    subprocess.run([sys.executable, "-c", code], check=True)
