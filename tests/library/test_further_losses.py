"""Hessian products, focal loss of K classes, priors, contrastive loss and distillation."""

import mpmath
import numpy as np
import pytest
import torch
import torch.nn.functional as F

import xent_lib as xl

RNG = np.random.default_rng(4)
LOGITS = RNG.normal(0, 2, (5, 4))
TEACHER = RNG.normal(0, 2, (5, 4))
LABELS = np.array([0, 3, 1, 1, 2])
WEIGHT = np.array([0.5, 2.0, 0.0, 3.0])
REDUCTIONS = ["none", "mean", "sum"]


def complex_step(loss, x):
    """Derivatives of loss(x) by every entry, without subtraction."""
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        nudged = x.astype(complex)
        nudged[index] += 1e-20j
        gradient[index] = loss(nudged).imag / 1e-20
    return gradient


def by_torch(loss, *arrays):
    """Loss and gradients by autograd."""
    tensors = [torch.tensor(v, requires_grad=True) for v in arrays]
    value = loss(*tensors)
    value.backward()
    return [value.item(), *(t.grad.numpy() for t in tensors)]


# ---------------------------------------------------------------------- Hessian products

OPTIONS = [
    {},
    {"reduction": "sum"},
    {"weight": WEIGHT},
    {"label_smoothing": 0.2, "weight": WEIGHT},
    {"ignore_index": 1},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_hessian_product_is_the_derivative_of_the_gradient(options):
    """Along v, by a complex step through the gradient."""
    v = RNG.normal(size=LOGITS.shape)
    grad = xl.softmax_cross_entropy_grad(LOGITS + 1e-20j * v, LABELS, **options)
    product = xl.softmax_cross_entropy_hvp(LOGITS, LABELS, v, **options)
    np.testing.assert_allclose(product, grad.imag / 1e-20, rtol=1e-12, atol=1e-16)


def test_a_hessian_product_keeps_its_digits_where_one_class_is_certain():
    """Row (40, 0) and v = (1, 0): H v = ±p(1 − p), where v_k − Σ p v would be 0."""
    product = xl.softmax_cross_entropy_hvp([[40.0, 0.0]], [0], [[1.0, 0.0]])
    assert product == pytest.approx(4.248354255291589e-18 * np.array([[1, -1]]), rel=1e-15, abs=0)


def test_a_hessian_product_of_soft_labels_and_of_no_rows():
    v = RNG.normal(size=LOGITS.shape)
    soft = RNG.dirichlet(np.ones(4), 5)
    np.testing.assert_allclose(
        xl.softmax_cross_entropy_hvp(LOGITS, soft, v),
        xl.softmax_cross_entropy_hvp(LOGITS, LABELS, v),  # labels matter by their weight alone
        rtol=1e-14,
    )
    assert np.isnan(xl.softmax_cross_entropy_hvp(LOGITS, [9] * 5, v, ignore_index=9)).all()
    ignored = xl.softmax_cross_entropy_hvp(LOGITS, [9] * 5, v, ignore_index=9, reduction="none")
    assert (ignored == 0).all()


# ---------------------------------------------------------------------- focal loss, priors


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
@pytest.mark.parametrize("options", [{}, {"weight": WEIGHT}, {"ignore_index": 1}])
def test_focal_loss_against_its_formula_and_a_complex_step(gamma, options):
    def loss(z):
        return xl.softmax_focal_loss(z, LABELS, gamma=gamma, **options)

    p = xl.softmax(LOGITS)[np.arange(5), LABELS]
    w = options.get("weight", np.ones(4))[LABELS] * (LABELS != options.get("ignore_index"))
    assert loss(LOGITS) == pytest.approx((-w * (1 - p) ** gamma * np.log(p)).sum() / w.sum())
    grad = xl.softmax_focal_loss_grad(LOGITS, LABELS, gamma=gamma, **options)
    np.testing.assert_allclose(grad, complex_step(loss, LOGITS), rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("gap", [1.0, 37.0, 100.0])
def test_focal_loss_keeps_its_digits_where_the_label_is_certain(gap):
    row = [[gap, 0.0]]
    with mpmath.workdps(200):
        q = 1 / (1 + mpmath.exp(gap))
        loss = -(q**2) * mpmath.log1p(-q)
        slope = -(q**2) * (q - 2 * (1 - q) * mpmath.log1p(-q))
        assert xl.softmax_focal_loss(row, [0]) == pytest.approx(float(loss), rel=2e-15, abs=0)
        grad = xl.softmax_focal_loss_grad(row, [0])[0]
        assert grad == pytest.approx([float(slope), -float(slope)], rel=2e-15, abs=0)


def test_focal_loss_of_two_classes_is_that_of_the_sigmoid():
    z, y = RNG.normal(0, 3, 20), RNG.integers(0, 2, 20)
    two = np.stack([np.zeros(20), z], axis=-1)
    np.testing.assert_allclose(
        xl.softmax_focal_loss(two, y, reduction="none"),
        xl.sigmoid_focal_loss(z, y, reduction="none"),
        rtol=1e-14,
    )


def test_focal_loss_at_the_ends():
    assert xl.softmax_focal_loss([[-np.inf, 0.0]], [0]) == np.inf
    assert xl.softmax_focal_loss_grad([[-np.inf, 0.0]], [0]).tolist() == [[-1, 1]]
    assert xl.softmax_focal_loss([[800.0, 0.0]], [0]) == 0
    assert xl.softmax_focal_loss_grad([[8000.0, 0.0]], [0], gamma=0.5).tolist() == [[0, 0]]


def test_adjusted_logits_predict_as_if_classes_were_equally_frequent():
    """Bayes: training on z + log π leaves log p(x|class) in z."""
    priors = np.array([0.9, 0.09, 0.01])
    likelihood = RNG.uniform(size=(6, 3))
    posterior = likelihood * priors / (likelihood * priors).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        xl.softmax(xl.adjust_logits(np.log(likelihood), priors)), posterior, rtol=1e-13
    )
    balanced = xl.softmax(xl.adjust_logits(np.log(posterior), priors, tau=-1))
    np.testing.assert_allclose(balanced, likelihood / likelihood.sum(axis=1, keepdims=True))
    assert xl.adjust_logits(np.float32([1, 2]), [0.5, 0.5]).dtype == np.float32


# ---------------------------------------------------------------------- contrastive


@pytest.mark.parametrize("temperature", [1.0, 0.1])
@pytest.mark.parametrize("corrected", [False, True])
def test_info_nce_against_torch(corrected, temperature):
    x, y = RNG.normal(size=(2, 6, 3))
    log_q = np.log(RNG.dirichlet(np.ones(6))) if corrected else None

    def loss(a, b):
        scores = a @ b.T / temperature - (torch.tensor(log_q) if corrected else 0)
        return F.cross_entropy(scores, torch.arange(6))

    ours = xl.info_nce_value_and_grad(x, y, temperature=temperature, log_q=log_q)
    for our, their in zip(ours, by_torch(loss, x, y), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-11, atol=1e-14)
    value = xl.info_nce(x, y, temperature=temperature, log_q=log_q)
    assert value == pytest.approx(ours[0], rel=1e-15)
    numeric = complex_step(lambda a: xl.info_nce(a, y, temperature=temperature, log_q=log_q), x)
    np.testing.assert_allclose(ours[1], numeric, rtol=1e-11, atol=1e-14)


# ---------------------------------------------------------------------- distillation


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_divergence_of_logits_against_torch(temperature, reduction):
    def loss(z):
        log_p = F.log_softmax(z / temperature, -1)
        log_t = F.log_softmax(torch.tensor(TEACHER) / temperature, -1)
        name = "batchmean" if reduction == "mean" else "sum"
        return F.kl_div(log_p, log_t, log_target=True, reduction=name)

    value, grad = by_torch(loss, LOGITS)
    options = {"temperature": temperature, "reduction": reduction}
    assert xl.softmax_kl_divergence(LOGITS, TEACHER, **options) == pytest.approx(value, rel=1e-13)
    ours = xl.softmax_kl_divergence_grad(LOGITS, TEACHER, **options)
    np.testing.assert_allclose(ours, grad, rtol=1e-11, atol=1e-15)
    numeric = complex_step(lambda z: xl.softmax_kl_divergence(z, TEACHER, **options), LOGITS)
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


WRONG_CALLS = [
    (lambda: xl.softmax_cross_entropy_hvp(LOGITS, LABELS, LOGITS[0]), "vector of shape"),
    (lambda: xl.softmax_focal_loss(LOGITS, LABELS, gamma=-1), "gamma must be finite and not"),
    (lambda: xl.adjust_logits(LOGITS, [0.5, 0.5]), r"class_priors have shape \(2,\)"),
    (lambda: xl.adjust_logits([1.0, 2.0], [1.0, 0.0]), "class 1 has 0"),
    (lambda: xl.adjust_logits([1.0, 2.0], [0.5, 0.5], tau=np.inf), "tau must be finite"),
    (lambda: xl.info_nce(LOGITS, LOGITS[:3]), "do not match"),
    (lambda: xl.info_nce(LOGITS, LOGITS, log_q=[0.0]), "log_q has shape"),
    (lambda: xl.info_nce(LOGITS[0], LOGITS[0]), "queries must have two axes"),
    (lambda: xl.softmax_kl_divergence(LOGITS, TEACHER[:2]), "do not match"),
    (lambda: xl.softmax_kl_divergence(LOGITS, TEACHER, temperature=0), "temperature must be"),
]


@pytest.mark.parametrize(("call", "message"), WRONG_CALLS)
def test_wrong_calls_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_soft_labels_of_the_focal_loss_are_refused():
    with pytest.raises(TypeError, match="labels must be integers"):
        xl.softmax_focal_loss(LOGITS, xl.softmax(LOGITS))
