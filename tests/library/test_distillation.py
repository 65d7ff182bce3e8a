"""The divergence of logits against PyTorch, a complex step and exact arithmetic."""

import mpmath
import numpy as np
import pytest
import torch
import torch.nn.functional as F

import xent_lib as xl

RNG = np.random.default_rng(4)
LOGITS = RNG.normal(0, 2, (5, 4))
TEACHER = RNG.normal(0, 2, (5, 4))


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_divergence_of_logits_against_torch(temperature, reduction):
    z = torch.tensor(LOGITS, requires_grad=True)
    log_p = F.log_softmax(z / temperature, -1)
    log_t = F.log_softmax(torch.tensor(TEACHER) / temperature, -1)
    name = "batchmean" if reduction == "mean" else "sum"
    loss = F.kl_div(log_p, log_t, log_target=True, reduction=name)
    loss.backward()
    options = {"temperature": temperature, "reduction": reduction}
    assert xl.softmax_kl_divergence(LOGITS, TEACHER, **options) == pytest.approx(
        loss.item(), rel=1e-13
    )
    ours = xl.softmax_kl_divergence_grad(LOGITS, TEACHER, **options)
    np.testing.assert_allclose(ours, z.grad.numpy(), rtol=1e-11, atol=1e-15)
    numeric = xl.complex_step(lambda z: xl.softmax_kl_divergence(z, TEACHER, **options), LOGITS)
    np.testing.assert_allclose(ours, numeric, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("size", [1e-8, 1e-5, 1e-3, 1e-1, 10])
def test_divergence_of_nearly_equal_logits_keeps_digits(size):
    """The error is a few roundings of d, relative to d: 1e-15/size."""
    student = TEACHER + size * RNG.normal(size=TEACHER.shape)
    values = xl.softmax_kl_divergence(student, TEACHER, reduction="none")
    for value, z, y in zip(values, student, TEACHER, strict=True):
        with mpmath.workdps(60):
            p = [mpmath.exp(mpmath.mpf(v)) for v in z]
            t = [mpmath.exp(mpmath.mpf(v)) for v in y]
            exact = mpmath.fsum(
                a / mpmath.fsum(t) * mpmath.log(a / mpmath.fsum(t) / (b / mpmath.fsum(p)))
                for a, b in zip(t, p, strict=True)
            )
            assert abs(float(value) / float(exact) - 1) <= 5e-15 * (1 + 2 / size)


def test_divergence_at_the_ends():
    assert xl.softmax_kl_divergence(LOGITS, LOGITS) == 0
    assert xl.softmax_kl_divergence([0.0, -np.inf], [0.0, 0.0]) == np.inf
    assert xl.softmax_kl_divergence([0.0, 0.0], [0.0, -np.inf]) == pytest.approx(np.log(2))
    assert xl.softmax_kl_divergence([0.0, -np.inf], [0.0, -np.inf]) == 0
    assert np.isnan(xl.softmax_kl_divergence([0.0, np.nan], [0.0, 0.0]))
