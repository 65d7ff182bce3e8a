"""Focal loss of K classes and logit adjustment: formulas, complex steps, Bayes, limits."""

import mpmath
import numpy as np
import pytest

import xent_lib as xl

RNG = np.random.default_rng(4)
LOGITS = RNG.normal(0, 2, (5, 4))
LABELS = np.array([0, 3, 1, 1, 2])
WEIGHT = np.array([0.5, 2.0, 0.0, 3.0])


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
@pytest.mark.parametrize("options", [{}, {"weight": WEIGHT}, {"ignore_index": 1}])
def test_focal_loss_against_its_formula_and_a_complex_step(gamma, options):
    def loss(z):
        return xl.softmax_focal_loss(z, LABELS, gamma=gamma, **options)

    p = xl.softmax(LOGITS)[np.arange(5), LABELS]
    w = options.get("weight", np.ones(4))[LABELS] * (LABELS != options.get("ignore_index"))
    assert loss(LOGITS) == pytest.approx((-w * (1 - p) ** gamma * np.log(p)).sum() / w.sum())
    grad = xl.softmax_focal_loss_grad(LOGITS, LABELS, gamma=gamma, **options)
    np.testing.assert_allclose(grad, xl.complex_step(loss, LOGITS), rtol=1e-12, atol=1e-16)


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


def test_focal_loss_keeps_leading_axes_precision_and_ignored_labels():
    logits, labels = RNG.normal(size=(2, 3, 4)).astype(np.float32), RNG.integers(0, 4, (2, 3))
    labels[0, 1] = -100
    for function in (xl.softmax_focal_loss, xl.softmax_focal_loss_grad):
        options = {"reduction": "none", "ignore_index": -100, "weight": np.array([1, 2, 3, 4.0])}
        whole = function(logits, labels, **options)
        assert whole.dtype == np.float32
        assert function(logits, labels, ignore_index=-100).dtype == np.float32
        for part, z, y in zip(whole, logits, labels, strict=True):
            np.testing.assert_array_equal(part, function(z, y, **options))
        assert (whole[0, 1] == 0).all()
    with np.errstate(all="raise"):
        for row in ([900.0, 0.0], [-np.inf, 0.0], [np.nan, 0.0], [700.0, 0.0]):
            xl.softmax_focal_loss([row], [0]), xl.softmax_focal_loss_grad([row], [0])


@pytest.mark.parametrize("size", [1e308, 1e-310])
def test_the_mean_focal_loss_does_not_depend_on_the_scale_of_the_weights(size):
    with np.errstate(all="raise"):
        for function in (xl.softmax_focal_loss, xl.softmax_focal_loss_grad):
            np.testing.assert_allclose(
                function(LOGITS, LABELS, weight=[size] * 4), function(LOGITS, LABELS), rtol=1e-14
            )


def test_focal_loss_of_a_single_row():
    for function in (xl.softmax_focal_loss, xl.softmax_focal_loss_grad):
        alone, in_a_table = function(LOGITS[0], 1), function(LOGITS[:1], [1])
        np.testing.assert_array_equal(alone, in_a_table.reshape(alone.shape))


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
    assert xl.adjust_logits([1.0, 2.0], [0.5, 0.5]) == pytest.approx([1 - np.log(2), 2 - np.log(2)])


def test_an_adjustment_beyond_the_largest_float_is_infinite_without_warning():
    with np.errstate(all="raise"):
        assert xl.adjust_logits([1.0, 2.0], [1e-3, 0.999], tau=1e308)[0] == -np.inf
        assert xl.adjust_logits(np.float32([1, 2]), [0.5, 0.5], tau=1e39).tolist() == [-np.inf] * 2
