"""Figures of rounding show the limits of formats and the errors of formulas."""

import numpy as np
import pytest
import torch

from xent_lib import plotting
from xent_lib.plotting.stability import FORMATS

LIMITS = {
    "float16": (-17.33, -7.62, 11.09),
    "bfloat16": (-92.88, -5.55, 88.72),
    "float32": (-103.97, -16.64, 88.72),
    "float64": (-745.13, -36.74, 709.78),
}


pytestmark = pytest.mark.usefixtures("book_style")


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_bars_end_at_the_limits_of_the_formats():
    axes = plotting.exp_limits().axes[0]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    for row, (name, (zero, lost, end)) in enumerate(LIMITS.items()):
        np.testing.assert_allclose(bars[2 * row], (zero, lost), atol=5e-3, err_msg=name)
        np.testing.assert_allclose(bars[2 * row + 1], (lost, end), atol=5e-3, err_msg=name)
        written = [float(text.replace("−", "-")) for text in words(axes)[4 * row : 4 * row + 3]]
        assert written == [zero, lost, end]
        assert words(axes)[4 * row + 3] == name


def test_what_is_less_than_half_a_step_above_the_largest_float16_is_no_infinity():
    end = plotting.exp_limits().axes[0].patches[1]
    z = end.get_x() + end.get_width()
    with np.errstate(over="ignore"):
        below, above = np.exp([z - 1e-6, z + 1e-6]).astype(np.float16)
    assert below == 65504 < above == np.inf
    assert np.exp(z) > 65519


@pytest.mark.parametrize("name", FORMATS)
def test_limits_agree_with_torch(name):
    axes = plotting.exp_limits().axes[0]
    white, dark = axes.patches[2 * list(FORMATS).index(name) :][:2]
    zero, lost = white.get_x(), dark.get_x()
    end = lost + dark.get_width()

    def exp(z):
        return torch.tensor(z, dtype=getattr(torch, name)).exp()

    assert exp(np.floor(zero)) == 0 < exp(np.ceil(zero))
    assert 1 + exp(np.floor(lost)) == 1 < 1 + exp(np.ceil(lost))
    assert exp(np.floor(end)) < exp(np.ceil(end)) == np.inf


def curves(axes):
    stable, naive, with_eps, clamp, cross = (line.get_xydata().T for line in axes.lines)
    return stable, naive, with_eps, clamp, cross


def autograd(z, program):
    z = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    losses = program(torch.sigmoid(z))
    losses.sum().backward()
    return losses.detach().numpy(), z.grad.numpy()


@pytest.mark.parametrize(
    ("index", "program"),
    [
        (0, lambda p: -p.log()),
        (2, lambda p: -(p + 1e-7).log()),
        (3, lambda p: -p.clamp(min=1e-7).log()),
    ],
    ids=["stable", "ε", "clamp"],
)
def test_slopes_of_programs_agree_with_autograd(index, program):
    losses, slopes = plotting.four_programs(eps=1e-7).axes
    z = curves(losses)[index][0]
    inside = z > -88
    for axes, expected in zip((losses, slopes), autograd(z, program), strict=True):
        drawn = curves(axes)[index][1]
        np.testing.assert_allclose(drawn[inside], expected[inside], atol=1e-9)
    assert z.min() == -110


def test_only_the_stable_program_is_unbounded():
    losses, slopes = plotting.four_programs(eps=1e-7).axes
    stable, _, with_eps, clamp, _ = curves(losses)
    assert (stable[1, 0], stable[0, 0]) == (110, -110)
    np.testing.assert_allclose([with_eps[1, 0], clamp[1, 0]], 16.118096, atol=1e-6)
    assert "ε and clamp:\nat most 16.12" in words(losses)
    stable, _, with_eps, clamp, _ = curves(slopes)
    assert stable[1, 0] == -1
    assert with_eps[1, 0] == clamp[1, 0] == 0


def test_naive_program_ends_at_the_cross():
    for axes, result in zip(plotting.four_programs().axes, ("∞", "NaN"), strict=True):
        stable, naive, _, _, cross = curves(axes)
        ends = naive[0][np.isfinite(naive[1])].min()
        assert cross[0] == pytest.approx(ends) == pytest.approx(-88.72, abs=5e-3)
        assert cross[1] == pytest.approx(stable[1][stable[0] == ends])
        assert np.isnan(naive[1][naive[0] < ends]).all()
        assert f"naive: {result}" in words(axes)


def test_eps_determines_the_cap():
    losses, _ = plotting.four_programs(eps=1e-12).axes
    assert "ε and clamp:\nat most 27.63" in words(losses)
    assert curves(losses)[2][1, 0] == pytest.approx(27.631021)


def test_usual_formulas_lose_all_digits_subtract_first_one_and_two_sum_none():
    for axes in plotting.lost_digits().axes:
        usual, first, mended, ceiling = axes.lines
        leads = usual.get_xdata()
        assert (leads[0], leads[-1]) == (0, 60)
        assert (usual.get_ydata()[leads > 39] > 4e15).all()
        assert (usual.get_ydata() <= 2.0**53).all()
        assert (first.get_ydata() <= 4 + leads).all()
        assert first.get_ydata().max() > 10
        assert (mended.get_ydata() < 3).all()
        assert (mended.get_ydata() >= 1).all()
        assert ceiling.get_ydata()[0] == 2.0**53


def test_error_grows_like_the_exponential_of_the_lead():
    for axes in plotting.lost_digits().axes:
        leads, errors = axes.lines[0].get_data()
        rising = (leads > 5) & (leads < 34)
        slope = np.polyfit(leads[rising], np.log(errors[rising]), 1)[0]
        assert slope == pytest.approx(1, abs=0.1)
