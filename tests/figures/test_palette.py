"""Colours are defined only in the palette, and every figure draws a curve in its palette style."""

import ast
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS, to_rgb

from xent_lib import explore, palette, plotting
from xent_lib.palette import DARK, LOSS_STYLES, PROGRAM_STYLES, SOFTMAX_STYLES, SOLID

pytestmark = pytest.mark.usefixtures("book_style")

LIBRARY = Path(palette.__file__).parent
FIGURES = sorted([*LIBRARY.glob("plotting/*.py"), *LIBRARY.glob("explore/*.py")])
# Black and white are allowed everywhere; "none" is not a colour.
NAMED = {*CSS4_COLORS, *TABLEAU_COLORS} - {"black", "white"}
LITERAL = re.compile(r"#?[0-9a-f]{6}([0-9a-f]{2})?|#[0-9a-f]{3,4}|C\d|(rgb|hsl)a?\(.*", re.I)


def colours_in(source):
    """Return the strings of a program that are colours, by name or by number."""
    strings = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [text for text in strings if text.lower() in NAMED or LITERAL.fullmatch(text)]


@pytest.mark.parametrize(
    "source", ['c = "#0072B2"', 'c = "0072B2"', 'c = "Red"', 'c = "tab:blue"', 'c = "C1"']
)
def test_colour_is_recognised(source):
    assert colours_in(source)


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_colours_are_defined_only_in_the_palette(path):
    assert not colours_in(path.read_text("utf-8"))


@pytest.mark.parametrize("styles", [LOSS_STYLES, PROGRAM_STYLES, SOFTMAX_STYLES])
def test_styles_are_distinct(styles):
    looks = [style for name, style in styles.items() if name != "cross-entropy"]
    assert len(set(looks)) == len(looks)
    assert LOSS_STYLES["cross-entropy"] == LOSS_STYLES["logistic"]


def luminance(color):
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_every_curve_has_enough_contrast_with_the_page():
    """WCAG 2.2 (1.4.11) requires a contrast of 3 to 1 for graphics."""
    for style in [*LOSS_STYLES.values(), *PROGRAM_STYLES.values(), *SOFTMAX_STYLES.values()]:
        assert 1.05 / (luminance(style.color) + 0.05) > 3, style
        dark_page = luminance(DARK["#FFFFFF"])
        assert (luminance(DARK[style.color]) + 0.05) / (dark_page + 0.05) > 3, style


# --- styles as drawn: (colour, dashes, width) of each curve, read from the picture ----------------


def still_looks(figure, path):
    """Return the styles in an SVG of all lines wider than 1, which leaves out grid and markers."""
    plotting.save(figure, path)
    drawn = re.findall(r'clip-path="[^"]*" style="fill: none; ([^"]*)"', path.read_text("utf-8"))
    looks = set()
    for line in drawn:
        style = dict(part.split(": ") for part in line.split("; "))
        width = float(style.get("stroke-width", 1))
        dashes = [float(x) * 2 / width for x in style.get("stroke-dasharray", "").split(",") if x]
        looks.add((style["stroke"].upper(), tuple(dashes) or SOLID, width))
    return {look for look in looks if look[2] > 1}


def slider_looks(figure):
    scales = {scale["name"].rpartition("_")[2]: scale for scale in figure.spec["scales"]}
    ranges = (scales[name]["range"] for name in ("color", "strokeDash", "strokeWidth"))
    names = scales["color"]["domain"]
    return {
        name: (color, tuple(dashes), width)
        for name, color, dashes, width in zip(names, *ranges, strict=True)
    }


ROWS = np.array([[1.0, 1, 1], [-1, 0, 1]])
FIT = {
    name: [[1.0, 0.5, 0]] * 2 for name in ("squared", "hinge", "logistic", "exponential", "bounded")
}
ENDS = {"squared error": [1.3, -0.3], "cross-entropy": [-0.4, -0.4]}
HISTORY = [(1, [4.0, 3.5], [0.5, 0.4]), (10, [1.0, 1.2], [0.8, 0.7])]
ZOO = ("0-1", "perceptron", "hinge", "logistic", "exponential", "squared")

STILL = {
    "margin_losses": (plotting.margin_losses, LOSS_STYLES, (*ZOO, "bounded", "logistic, in bits")),
    "margin_slopes": (plotting.margin_slopes, LOSS_STYLES, (*ZOO, "bounded")),
    "residual_losses": (
        plotting.residual_losses,
        LOSS_STYLES,
        ("squared", "absolute", "Huber", "tolerance"),
    ),
    "boundaries": (
        lambda: plotting.boundaries(dict.fromkeys("ab", (ROWS, [1, -1])), FIT, moved=0),
        LOSS_STYLES,
        tuple(FIT),
    ),
    "output_gradients": (
        lambda: plotting.output_gradients(marked=()),
        LOSS_STYLES,
        ("cross-entropy", "squared"),
    ),
    "one_parameter_losses": (
        lambda: plotting.one_parameter_losses([-1.0, 5.0], (3.0, -3.0), ENDS),
        LOSS_STYLES,
        ("cross-entropy", "squared"),
    ),
    "entropy_plus_kl": (plotting.entropy_plus_kl, LOSS_STYLES, ("cross-entropy",)),
    "surprise": (plotting.surprise, LOSS_STYLES, ("cross-entropy",)),
    "four_programs": (plotting.four_programs, PROGRAM_STYLES, tuple(PROGRAM_STYLES)),
    "softmax_twice_training": (
        lambda: plotting.softmax_twice_training({"once, SGD": HISTORY, "twice, SGD": HISTORY}, 1),
        SOFTMAX_STYLES,
        tuple(SOFTMAX_STYLES),
    ),
}
SLIDERS = {
    "margin_losses": {name: LOSS_STYLES[name] for name in ZOO},
    "sigmoid_gradients": {
        "cross-entropy": LOSS_STYLES["cross-entropy"],
        "½ squared error": LOSS_STYLES["squared"],
    },
    "stable_losses": PROGRAM_STYLES,
    "double_softmax": SOFTMAX_STYLES,
}


@pytest.mark.parametrize("name", STILL)
def test_static_figures_use_the_palette_styles(name, tmp_path):
    draw, styles, names = STILL[name]
    assert still_looks(draw(), tmp_path / "figure.svg") == {tuple(styles[n]) for n in names}


@pytest.mark.parametrize("name", SLIDERS)
def test_slider_figures_use_the_palette_styles(name):
    drawn = slider_looks(getattr(explore, name)())
    assert drawn == {name: tuple(style) for name, style in SLIDERS[name].items()}


def test_curves_of_a_figure_differ_by_more_than_colour():
    still = [[styles[name] for name in names] for _, styles, names in STILL.values()]
    sliders = [slider_looks(getattr(explore, name)()).values() for name in (*SLIDERS, "thresholds")]
    for looks in still + sliders:
        for (_, *one), (_, *other) in combinations(looks, 2):
            assert one != other


def test_layer_gradients_distinguish_losses_by_dashes(tmp_path):
    norms = np.array([0.1, 0.2, 0.3])
    drawn = still_looks(plotting.layer_gradients({"a": (norms, norms)}), tmp_path / "figure.svg")
    assert {dashes for _, dashes, _ in drawn} == {
        LOSS_STYLES[name].dashes for name in ("cross-entropy", "squared")
    }
