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


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
@pytest.mark.parametrize("size", [1e-8, 1e-5, 1e-3, 1e-1, 10])
def test_divergence_of_nearly_equal_logits_keeps_digits(size, dtype):
    """The error is a few roundings of d, relative to d."""
    student = TEACHER + size * RNG.normal(size=TEACHER.shape)
    values = xl.softmax_kl_divergence(
        student.astype(dtype), TEACHER.astype(dtype), reduction="none"
    )
    for value, z, y in zip(values, student, TEACHER, strict=True):
        with mpmath.workdps(60):
            p = [mpmath.exp(mpmath.mpf(v)) for v in z]
            t = [mpmath.exp(mpmath.mpf(v)) for v in y]
            exact = mpmath.fsum(
                a / mpmath.fsum(t) * mpmath.log(a / mpmath.fsum(t) / (b / mpmath.fsum(p)))
                for a, b in zip(t, p, strict=True)
            )
            found = mpmath.mpf(float(value)) + mpmath.mpf(float(value - float(value)))
            assert abs(found / exact - 1) <= 25 * float(np.finfo(dtype).eps) * (1 + 2 / size)


def test_divergence_at_the_ends():
    assert xl.softmax_kl_divergence(LOGITS, LOGITS) == 0
    assert xl.softmax_kl_divergence([0.0, -np.inf], [0.0, 0.0]) == np.inf
    assert xl.softmax_kl_divergence([0.0, 0.0], [0.0, -np.inf]) == pytest.approx(np.log(2))
    assert xl.softmax_kl_divergence([0.0, -np.inf], [0.0, -np.inf]) == 0
    assert np.isnan(xl.softmax_kl_divergence([0.0, np.nan], [0.0, 0.0]))


@pytest.mark.parametrize(("dtype", "gap"), [(np.float64, 730), (np.float32, 95), (np.float32, 60)])
def test_a_class_that_the_teacher_all_but_excludes_costs_what_the_student_gives_it(dtype, gap):
    """The ratio of the two probabilities, 1e317 or 1e41, is beyond the floats; the loss is not."""
    student, teacher = np.array([0, 0], dtype), np.array([0, gap], dtype)
    assert xl.softmax_kl_divergence(student, teacher) == pytest.approx(np.log(2), rel=1e-6)


def test_divergence_where_the_teacher_masks_a_class_depends_on_the_temperature():
    loss = xl.softmax_kl_divergence([0.0, 1.0], [0.0, -np.inf], temperature=2)
    assert loss == pytest.approx(np.log1p(np.exp(0.5)), rel=1e-14)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (5, 1)])
def test_the_mean_is_over_the_rows_whatever_their_axes(shape):
    z, y = RNG.normal(size=(2, *shape))
    each = xl.softmax_kl_divergence(z, y, reduction="none")
    assert each.shape == shape[:-1]
    assert xl.softmax_kl_divergence(z, y) == pytest.approx(each.mean())
    of_sum = xl.softmax_kl_divergence_grad(z, y, reduction="sum")
    np.testing.assert_allclose(xl.softmax_kl_divergence_grad(z, y), of_sum / each.size)


@pytest.mark.parametrize("name", ["softmax_kl_divergence", "softmax_kl_divergence_grad"])
def test_the_student_determines_the_precision(name):
    function, student = getattr(xl, name), LOGITS.astype(np.float32)
    assert function(student, TEACHER, temperature=np.float64(2)).dtype == np.float32
    assert function(LOGITS, TEACHER.astype(np.float32)).dtype == np.float64
