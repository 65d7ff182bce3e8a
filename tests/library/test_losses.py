"""The losses and their gradients: reductions, weights, masks, NaN, dtypes, Hessian products.

That the gradients are right is in `test_gradients`.
"""

import math
import subprocess
import sys
import types

import mpmath
import numpy as np
import pytest

import xent_lib as xl

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (5, 4))
PROBS = xl.softmax(LOGITS)
LABELS = np.array([0, 3, 1, 1, 2])
SOFT = RNG.dirichlet(np.ones(4), 5)
WEIGHT = np.array([0.5, 2.0, 0.0, 3.0])

# Every loss that takes indices or distributions: name → (loss, gradient, predictions)
CATEGORICAL = {
    "softmax": (xl.softmax_cross_entropy, xl.softmax_cross_entropy_grad, LOGITS),
    "nll": (xl.categorical_nll, xl.categorical_nll_grad, PROBS),
    "brier": (xl.brier_score, xl.brier_score_grad, PROBS),
}

Z = RNG.normal(0, 2, (5, 4))
BITS = RNG.integers(0, 2, (5, 4))


def focal(z, y, **options):
    return xl.sigmoid_focal_loss(z, y, gamma=2.0, **options)


def focal_grad(z, y, **options):
    return xl.sigmoid_focal_loss_grad(z, y, gamma=2.0, **options)


# Every loss of independent yes-or-no questions.
BINARY = {
    "sigmoid": (xl.sigmoid_cross_entropy, xl.sigmoid_cross_entropy_grad, Z),
    "nll": (xl.binary_nll, xl.binary_nll_grad, xl.sigmoid(Z)),
    "focal": (focal, focal_grad, Z),
}

ALL = [(*CATEGORICAL[name], LABELS) for name in CATEGORICAL] + [
    (*BINARY[name], BITS) for name in BINARY
]
ALL_NAMES = list(CATEGORICAL) + [f"binary {name}" for name in BINARY]
every_loss = pytest.mark.parametrize(("loss", "grad", "x", "labels"), ALL, ids=ALL_NAMES)


# ---------------------------------------------------------------------- reductions


@every_loss
def test_sum_and_mean_agree_with_unreduced_losses(loss, grad, x, labels):
    losses = loss(x, labels, reduction="none")
    assert losses.shape == labels.shape
    assert np.isclose(loss(x, labels, reduction="sum"), losses.sum())
    assert np.isclose(loss(x, labels), losses.mean())


@every_loss
def test_gradients_of_the_reductions_differ_by_the_count(loss, grad, x, labels):
    by_row = grad(x, labels, reduction="none")
    assert by_row.shape == x.shape
    assert np.array_equal(grad(x, labels, reduction="sum"), by_row)
    assert np.allclose(grad(x, labels), by_row / labels.size)


@every_loss
def test_an_empty_batch(loss, grad, x, labels):
    """The mean of nothing is NaN, without a warning."""
    x, labels = x[:0], labels[:0]
    assert np.isnan(loss(x, labels))
    assert loss(x, labels, reduction="sum") == 0
    assert loss(x, labels, reduction="none").shape == labels.shape
    for reduction in ("none", "sum", "mean"):
        assert grad(x, labels, reduction=reduction).shape == x.shape


@every_loss
def test_one_sample_without_a_batch_axis(loss, grad, x, labels):
    assert np.isclose(loss(x[0], labels[0]), loss(x[:1], labels[:1]))
    assert np.allclose(grad(x[0], labels[0]), grad(x[:1], labels[:1])[0])


@every_loss
def test_leading_axes_are_treated_as_rows(loss, grad, x, labels):
    x3, labels3 = np.stack([x, x[::-1]]), np.stack([labels, labels[::-1]])
    losses = loss(x3, labels3, reduction="none")
    assert losses.shape == labels3.shape
    assert np.allclose(losses[1], loss(x[::-1], labels[::-1], reduction="none"))
    assert np.isclose(loss(x3, labels3), loss(x, labels))


# ---------------------------------------------------------------------- dtypes and NaN


@every_loss
def test_dtypes(loss, grad, x, labels):
    for given, computed in [(np.float32, np.float32), (np.float16, np.float32)]:
        small = x.astype(given)
        for reduction in ("none", "sum", "mean"):
            assert loss(small, labels, reduction=reduction).dtype == computed
            assert grad(small, labels, reduction=reduction).dtype == computed
    assert loss(x, labels).dtype == np.float64


def test_options_in_float64_leave_a_float32_loss_float32():
    x = LOGITS.astype(np.float32)
    for labels in (LABELS, SOFT):
        options = {"weight": WEIGHT, "label_smoothing": np.float64(0.1)}
        assert xl.softmax_cross_entropy(x, labels, **options).dtype == np.float32
        assert xl.softmax_cross_entropy_grad(x, labels, **options).dtype == np.float32
    z = Z.astype(np.float32)
    options = {"weight": np.ones((5, 4)), "pos_weight": np.ones(4)}
    assert xl.sigmoid_cross_entropy(z, BITS, **options).dtype == np.float32
    assert (
        xl.sigmoid_focal_loss(z, BITS, gamma=np.float64(2), alpha=np.float64(0.25)).dtype
        == np.float32
    )
    assert (
        xl.sigmoid_focal_loss_grad(z, BITS, gamma=np.float64(2), alpha=np.float64(0.25)).dtype
        == np.float32
    )


def test_integer_logits_and_any_integer_labels():
    x = np.array([[3, 1, -3], [2, 8, 1]])
    expected = xl.softmax_cross_entropy(x.astype(float), [0, 1])
    for dtype in (np.uint8, np.int8, np.int64, np.uint64):
        assert xl.softmax_cross_entropy(x, np.array([0, 1], dtype)) == expected


def test_labels_of_a_sigmoid_may_be_integers_floats_or_booleans():
    expected = xl.sigmoid_cross_entropy(Z, BITS)
    for dtype in (bool, np.uint8, np.float32, np.float64):
        assert xl.sigmoid_cross_entropy(Z, BITS.astype(dtype)) == expected
        assert xl.sigmoid_focal_loss(Z, BITS.astype(dtype), gamma=2) == xl.sigmoid_focal_loss(
            Z, BITS, gamma=2
        )


@every_loss
def test_nan_affects_only_its_own_loss_and_the_mean(loss, grad, x, labels):
    x = x.copy()
    x[1, 2] = np.nan
    losses = loss(x, labels, reduction="none")
    spoilt = np.isnan(losses)
    assert spoilt[1].any()
    assert not np.delete(spoilt, 1, axis=0).any()
    assert np.isnan(loss(x, labels))
    assert np.isnan(grad(x, labels)[1, 2])


def test_nan_is_not_hidden_by_a_class_without_target():
    assert np.isnan(xl.categorical_nll([[1.0, np.nan]], [0]))
    assert np.isnan(xl.softmax_cross_entropy([[1.0, np.nan]], [0], weight=[1, 0]))


# ---------------------------------------------------------------------- hard and soft labels


@pytest.mark.parametrize("name", CATEGORICAL)
def test_an_index_and_its_one_hot_row_agree(name):
    loss, grad, x = CATEGORICAL[name]
    one_hot = xl.one_hot(LABELS, 4)
    all_options = [{}] if name == "brier" else [{}, {"weight": WEIGHT}, {"label_smoothing": 0.1}]
    if name != "brier":
        all_options.append({"weight": WEIGHT, "label_smoothing": 0.1})
    for options in all_options:
        for reduction in ("none", "sum", "mean"):
            hard = loss(x, LABELS, reduction=reduction, **options)
            soft = loss(x, one_hot, reduction=reduction, **options)
            np.testing.assert_allclose(soft, hard, rtol=2e-15)
            hard = grad(x, LABELS, reduction=reduction, **options)
            soft = grad(x, one_hot, reduction=reduction, **options)
            np.testing.assert_allclose(soft, hard, rtol=2e-15)


def test_dtype_decides_between_hard_and_soft_labels_of_square_batches():
    """With N = K the shapes (N,) and (K,) are equal, so only the dtype differs."""
    x = [0.5, 1.0, -1.0]
    assert xl.softmax_cross_entropy(x, [0.2, 0.3, 0.5]) != xl.softmax_cross_entropy(x, 0)
    with pytest.raises(ValueError, match="class indices of shape"):
        xl.softmax_cross_entropy(x, [0, 0, 1])


def test_logits_and_their_probabilities_agree():
    assert np.isclose(xl.softmax_cross_entropy(LOGITS, LABELS), xl.categorical_nll(PROBS, LABELS))
    assert np.isclose(xl.sigmoid_cross_entropy(Z, BITS), xl.binary_nll(xl.sigmoid(Z), BITS))


def test_soft_loss_is_the_cross_entropy_of_the_distributions():
    losses = xl.softmax_cross_entropy(LOGITS, SOFT, reduction="none")
    assert np.allclose(losses, xl.cross_entropy(SOFT, PROBS))


def test_soft_binary_loss_is_a_mixture_of_the_hard_ones():
    losses = [xl.sigmoid_cross_entropy(Z, np.full(Z.shape, y)) for y in (0, 0.25, 1)]
    assert np.isclose(losses[1], 0.75 * losses[0] + 0.25 * losses[2])


def test_an_empty_list_of_labels_fits_an_empty_batch():
    assert xl.softmax_cross_entropy(np.zeros((0, 3)), [], reduction="sum") == 0
    assert np.isnan(xl.softmax_cross_entropy(np.zeros((0, 3)), []))
    block, labels = np.zeros((0, 4, 3)), np.zeros((0, 4))
    assert xl.softmax_cross_entropy(block, labels, reduction="none").shape == (0, 4)
    assert xl.linear_cross_entropy(np.zeros((0, 2)), np.ones((3, 2)), [], reduction="sum") == 0
    assert np.isnan(xl.expected_calibration_error(np.zeros((0, 3)), []))


# ---------------------------------------------------------------------- weights


def test_unit_weights_change_nothing():
    for labels in (LABELS, SOFT):
        weighted = xl.softmax_cross_entropy(LOGITS, labels, weight=np.ones(4))
        assert weighted == xl.softmax_cross_entropy(LOGITS, labels)
    assert xl.sigmoid_cross_entropy(
        Z, BITS, weight=1, pos_weight=np.ones(4)
    ) == xl.sigmoid_cross_entropy(Z, BITS)


def test_weighted_mean_divides_by_the_weight_of_the_labels():
    losses = xl.softmax_cross_entropy(LOGITS, LABELS, reduction="none")
    w = WEIGHT[LABELS]
    weighted = xl.softmax_cross_entropy(LOGITS, LABELS, weight=WEIGHT, reduction="none")
    assert np.allclose(weighted, w * losses)
    mean = xl.softmax_cross_entropy(LOGITS, LABELS, weight=WEIGHT)
    assert np.isclose(mean, (w * losses).sum() / w.sum())


def test_weighted_mean_of_soft_labels_divides_by_all_their_weight():
    total = (WEIGHT * SOFT).sum()
    expected = -(WEIGHT * SOFT * np.log(PROBS)).sum() / total
    assert np.isclose(xl.softmax_cross_entropy(LOGITS, SOFT, weight=WEIGHT), expected)


def test_smoothing_spreads_onto_every_class():
    expected = -(xl.smooth_labels(LABELS, 4, 0.1) * np.log(PROBS)).sum(axis=1)
    losses = xl.softmax_cross_entropy(LOGITS, LABELS, label_smoothing=0.1, reduction="none")
    assert np.allclose(losses, expected)
    nll = xl.categorical_nll(PROBS, LABELS, label_smoothing=0.1, reduction="none")
    assert np.allclose(nll, expected)


def test_smoothing_has_a_floor_above_zero():
    """K = 3, ε = 0.1: even the best logits leave the entropy of the smoothed label."""
    best = np.log(xl.smooth_labels([0], 3, 0.1))
    floor = xl.softmax_cross_entropy(best, [0], label_smoothing=0.1)
    assert round(float(floor), 6) == 0.291140
    assert np.allclose(xl.softmax_cross_entropy_grad(best, [0], label_smoothing=0.1), 0)


def test_a_class_of_weight_zero_costs_nothing_even_where_its_loss_is_infinite():
    x = [[-np.inf, 0.0], [0.0, 0.0]]
    assert np.isclose(xl.softmax_cross_entropy(x, [0, 1], weight=[0, 1]), math.log(2))
    assert xl.sigmoid_cross_entropy([np.inf], [0], weight=[0]) == 0


def test_mean_over_zero_total_weight_is_nan():
    assert np.isnan(xl.softmax_cross_entropy(LOGITS, [2] * 5, weight=WEIGHT))
    assert np.isnan(xl.softmax_cross_entropy_grad(LOGITS, [2] * 5, weight=WEIGHT)).all()
    assert xl.softmax_cross_entropy(LOGITS, [2] * 5, weight=WEIGHT, reduction="sum") == 0


def test_weight_of_an_element_multiplies_and_the_mean_counts_elements():
    losses = xl.sigmoid_cross_entropy(Z, BITS, reduction="none")
    w = RNG.uniform(0, 2, Z.shape)
    assert np.isclose(xl.sigmoid_cross_entropy(Z, BITS, weight=w), (w * losses).mean())
    assert np.isclose(xl.binary_nll(xl.sigmoid(Z), BITS, weight=w), (w * losses).mean())


def test_pos_weight_multiplies_the_positive_term_only():
    plain = xl.sigmoid_cross_entropy(Z, BITS, reduction="none")
    weighted = xl.sigmoid_cross_entropy(Z, BITS, pos_weight=[1, 2, 3, 4], reduction="none")
    assert np.allclose(weighted, plain * np.where(BITS == 1, [1, 2, 3, 4], 1))


def test_pos_weight_of_nineteen_moves_a_five_percent_optimum_to_one_half():
    labels = np.array([1] + [0] * 19)
    grad = xl.sigmoid_cross_entropy_grad(np.zeros(20), labels, pos_weight=19, reduction="none")
    assert abs(grad.sum()) < 1e-15


def test_mean_over_no_weight_is_nan_with_smoothing():
    """Smoothing spreads onto classes with a weight, but the target has none: no mean exists."""
    options = {"weight": [1, 1, 0], "label_smoothing": 0.1}
    loss, grad = xl.softmax_cross_entropy_value_and_grad([[1, 2, 0]], [2], **options)
    assert np.isnan(loss)
    assert np.isnan(grad).all()
    assert np.isnan(xl.softmax_cross_entropy([[1, 2, 0]], [2], **options))


# ---------------------------------------------------------------------- ignored rows


@pytest.mark.parametrize("name", ["softmax", "nll"])
@pytest.mark.parametrize("ignored", [-100, -1, 1, 255])
def test_ignoring_rows_is_equivalent_to_dropping_them(name, ignored):
    loss, grad, x = CATEGORICAL[name]
    labels = np.array([0, ignored, 3, ignored, 2])
    kept = labels != ignored
    for options in ({}, {"weight": WEIGHT}, {"weight": WEIGHT, "label_smoothing": 0.2}):
        options["ignore_index"] = ignored
        expected = loss(x[kept], labels[kept], **options)
        assert np.isclose(loss(x, labels, **options), expected)
        losses = loss(x, labels, reduction="none", **options)
        assert (losses[~kept] == 0).all()
        gradient = grad(x, labels, **options)
        assert (gradient[~kept] == 0).all()
        assert np.allclose(gradient[kept], grad(x[kept], labels[kept], **options))


def test_ignored_rows_have_no_effect():
    x = LOGITS.copy()
    x[1] = np.nan
    x[2] = -np.inf
    labels = np.array([0, -1, -1, 3, 2])
    loss, grad = xl.softmax_cross_entropy_value_and_grad(x, labels, ignore_index=-1)
    assert np.isclose(loss, xl.softmax_cross_entropy(x[[0, 3, 4]], [0, 3, 2]))
    assert (grad[1:3] == 0).all()


def test_all_rows_ignored():
    labels = [-1] * 5
    assert np.isnan(xl.softmax_cross_entropy(LOGITS, labels, ignore_index=-1))
    assert np.isnan(xl.categorical_nll(PROBS, labels, ignore_index=-1))
    assert xl.softmax_cross_entropy(LOGITS, labels, ignore_index=-1, reduction="sum") == 0
    losses = xl.softmax_cross_entropy(LOGITS, labels, ignore_index=-1, reduction="none")
    assert losses.tolist() == [0] * 5
    grad = xl.softmax_cross_entropy_grad(LOGITS, labels, ignore_index=-1, reduction="sum")
    assert (grad == 0).all()
    assert np.isnan(xl.softmax_cross_entropy_grad(LOGITS, labels, ignore_index=-1)).all()


def test_rows_can_be_ignored_with_a_single_class():
    loss, grad = xl.softmax_cross_entropy_value_and_grad([[3.0], [1.0]], [0, -1], ignore_index=-1)
    assert loss == 0
    assert (grad == 0).all()


def test_ignore_index_beyond_an_unsigned_dtype_matches_nothing():
    labels = LABELS.astype(np.uint8)
    assert xl.softmax_cross_entropy(LOGITS, labels, ignore_index=-100) == xl.softmax_cross_entropy(
        LOGITS, labels
    )


# ---------------------------------------------------------------------- masks and infinities


def test_masked_classes():
    masked = [-np.inf, 0.0, 0.0]
    assert np.isclose(xl.softmax_cross_entropy(masked, 1), math.log(2))
    assert xl.softmax_cross_entropy(masked, 0) == np.inf
    assert np.isclose(xl.softmax_cross_entropy(masked, [0, 0.5, 0.5]), math.log(2))
    assert xl.softmax_cross_entropy(masked, [0.4, 0.3, 0.3]) == np.inf
    assert xl.softmax_cross_entropy(masked, 1, label_smoothing=0.1) == np.inf
    assert np.isnan(xl.softmax_cross_entropy([-np.inf] * 3, 0))
    assert xl.softmax_cross_entropy_grad(masked, 1).tolist() == [0, -0.5, 0.5]
    assert xl.softmax_cross_entropy_grad(masked, 0).tolist() == [-1, 0.5, 0.5]


def test_loss_of_a_single_class_is_zero():
    loss, grad = xl.softmax_cross_entropy_value_and_grad([[3.0], [-2.0]], [0, 0])
    assert loss == 0
    assert (grad == 0).all()


def test_certain_mistake_has_infinite_loss():
    assert xl.categorical_nll([[0.0, 1.0]], [0]) == np.inf
    assert xl.categorical_nll_grad([[0.0, 1.0]], [0]).tolist() == [[-np.inf, 0]]
    assert xl.binary_nll([0.0, 1.0], [1, 0], reduction="none").tolist() == [np.inf, np.inf]
    assert xl.binary_nll_grad([0.0, 1.0], [1, 0], reduction="none").tolist() == [-np.inf, np.inf]


def test_certain_correct_prediction_has_zero_loss():
    assert xl.categorical_nll([[0.0, 1.0]], [1]) == 0
    assert xl.binary_nll([0.0, 1.0], [0, 1]) == 0
    assert xl.binary_nll_grad([0.0, 1.0], [0, 1], reduction="none").tolist() == [1, -1]
    assert xl.brier_score([[0.0, 1.0]], [1]) == 0


def test_infinite_logits_of_binary_losses():
    z, y = [-np.inf, np.inf, -np.inf, np.inf], [0, 1, 1, 0]
    expected = [0, 0, np.inf, np.inf]
    assert xl.sigmoid_cross_entropy(z, y, reduction="none").tolist() == expected
    assert xl.sigmoid_cross_entropy_grad(z, y, reduction="none").tolist() == [0, 0, -1, 1]
    for gamma in (0, 0.5, 2):
        assert xl.sigmoid_focal_loss(z, y, gamma=gamma, reduction="none").tolist() == expected
        assert xl.sigmoid_focal_loss_grad(z, y, gamma=gamma, reduction="none").tolist() == [
            0,
            0,
            -1,
            1,
        ]
    assert xl.sigmoid_focal_loss([-np.inf], [1], gamma=2, alpha=0) == 0


def test_losses_overflow_to_infinity_without_warning():
    largest = np.finfo(float).max
    assert xl.softmax_cross_entropy([largest, -largest], 1) == np.inf
    assert xl.softmax_cross_entropy_grad([largest, -largest], 1).tolist() == [1, -1]
    for reduction in ("sum", "mean"):
        assert xl.sigmoid_cross_entropy([largest] * 2, [0, 0], reduction=reduction) == np.inf
    assert xl.sigmoid_cross_entropy([largest], [0], weight=10) == np.inf


def test_gradients_overflow_to_infinity_without_warning():
    least = 5e-324
    assert xl.categorical_nll_grad([[least, 1.0]], [0]).tolist() == [[-np.inf, 0]]
    assert xl.binary_nll_grad([least], [1]).tolist() == [-np.inf]


def test_minus_zero_is_treated_as_zero():
    assert xl.binary_nll_grad([-0.0], [1]).tolist() == [-np.inf]
    assert xl.categorical_nll_grad([[-0.0, 1.0]], [0]).tolist() == [[-np.inf, 0.0]]


def test_a_gradient_with_a_tiny_weight_overflows_without_warning():
    grad = xl.categorical_nll_grad([[5e-324, 1.0]], [0], weight=[1e-320, 1])
    assert grad.tolist() == [[-np.inf, 0.0]]


def test_a_probability_that_rounding_put_above_1_is_1():
    above = np.nextafter(1.0, 2)
    assert xl.categorical_nll([[above, 0.0]], [0]) == 0
    assert xl.binary_nll([above], [1]) == 0
    assert xl.binary_nll_grad([above], [1]).tolist() == [-1]
    assert xl.binary_nll([above + 1e-20j], [1]).imag == -1e-20
    eps = np.finfo(float).eps
    assert xl.binary_nll([1 + 4 * eps], [1]) == 0
    with pytest.raises(ValueError, match=r"probs must lie in \[0, 1\]"):
        xl.binary_nll([1 + 5 * eps], [1])


def test_gradient_of_a_soft_label_of_almost_1_keeps_its_digits():
    """There p̂ − q is the difference of two numbers that are both almost 1."""
    q = 2.0**-40
    grad = xl.softmax_cross_entropy_grad([[50.0, 0.0]], [[1 - q, q]])
    assert grad[0, 0] == pytest.approx(q - np.exp(-50), rel=1e-14, abs=0)


def test_soft_labels_keep_long_doubles():
    z, q = np.longdouble([[0, 3]]), np.longdouble([[1, 2]]) / 3
    expected = 3 * q[0, 0] + np.log1p(np.exp(np.longdouble(-3)))
    loss = xl.softmax_cross_entropy(z, q)
    assert abs(loss / expected - 1) <= 4 * np.finfo(np.longdouble).eps


# ---------------------------------------------------------------------- yes or no: the last digits


def exact_slope(p, y, w_pos=1.0):
    """The derivative of the binary loss for these very floats, at 50 digits."""
    with mpmath.workdps(50):
        p, y, w_pos = mpmath.mpf(float(p)), mpmath.mpf(float(y)), mpmath.mpf(float(w_pos))
        return (1 - y) / (1 - p) - w_pos * y / p


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_for_a_soft_label_near_its_probability_keeps_its_digits(dtype):
    rng = np.random.default_rng(0)
    y = rng.uniform(0.01, 0.99, 2000).astype(dtype)
    p = (y * (1 + rng.choice([1e-6, 1e-4, 1e-2, 1]) * rng.normal(size=2000))).clip(1e-3, 0.999)
    p = p.astype(dtype)
    grad = xl.binary_nll_grad(p, y, reduction="none")
    exact = [exact_slope(*pair) for pair in zip(p, y, strict=True)]
    errors = [
        abs(mpmath.mpf(float(g)) - e) / np.spacing(dtype(abs(e)))
        for g, e in zip(grad, exact, strict=True)
    ]
    assert max(errors) < 3


def test_gradient_for_a_soft_label_of_a_rare_event_with_weights():
    for p, y, w_pos in [(1e-300, 1e-300, 1), (0.5, 0.25, 3), (0.3, 0.6, 0), (1e-5, 0.9, 7)]:
        grad = xl.binary_nll_grad([p], [y], pos_weight=w_pos, weight=2, reduction="sum")[0]
        exact = float(2 * exact_slope(p, y, w_pos))
        assert grad == pytest.approx(exact, rel=1e-15, abs=1e-15)
    assert xl.binary_nll_grad([0.0, 1.0], [0.5, 0.5], reduction="sum").tolist() == [-np.inf, np.inf]


@pytest.mark.parametrize(
    "function",
    [xl.sigmoid_cross_entropy, xl.sigmoid_cross_entropy_grad, xl.binary_nll, xl.binary_nll_grad],
)
@pytest.mark.parametrize(
    ("dtype", "weight", "pos_weight"),
    [(np.float64, 1e200, 1e200), (np.float64, 1e-200, 1e-200), (np.float32, 1e-30, 1e-30)],
)
def test_weights_whose_product_under_or_overflows_are_rejected(function, dtype, weight, pos_weight):
    with pytest.raises(ValueError, match=r"^weight times pos_weight is .* at position 0, beyond"):
        function(dtype([0.5]), [0], weight=weight, pos_weight=pos_weight)


def test_large_and_small_weights_with_a_representable_product_are_accepted():
    loss = xl.sigmoid_cross_entropy([0.0], [1], weight=1e200, pos_weight=1e-200)
    assert loss == pytest.approx(math.log(2), rel=1e-15)
    assert xl.sigmoid_cross_entropy([0.0], [1], weight=1e300, pos_weight=0) == 0


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("options", [{}, {"weight": 2.0, "pos_weight": [1.0, 2.0, 3.0, 4.0]}])
def test_sigmoid_value_and_grad_agrees_with_separate_functions(reduction, options):
    for labels in (BITS, RNG.uniform(size=BITS.shape)):
        value, grad = xl.sigmoid_cross_entropy_value_and_grad(
            Z, labels, reduction=reduction, **options
        )
        assert np.array_equal(
            value, xl.sigmoid_cross_entropy(Z, labels, reduction=reduction, **options)
        )
        assert np.array_equal(
            grad, xl.sigmoid_cross_entropy_grad(Z, labels, reduction=reduction, **options)
        )


def test_focal_loss_defaults_to_the_gamma_of_the_paper():
    assert xl.sigmoid_focal_loss(Z, BITS) == xl.sigmoid_focal_loss(Z, BITS, gamma=2.0)
    assert np.array_equal(
        xl.sigmoid_focal_loss_grad(Z, BITS), xl.sigmoid_focal_loss_grad(Z, BITS, gamma=2.0)
    )


@pytest.mark.parametrize(
    "function",
    [
        xl.sigmoid_cross_entropy,
        xl.sigmoid_cross_entropy_grad,
        xl.sigmoid_focal_loss,
        xl.sigmoid_focal_loss_grad,
        xl.binary_nll,
        xl.binary_nll_grad,
    ],
)
def test_no_minus_zero_and_no_warning_for_empty_input(function):
    x = np.array([np.inf, -np.inf, 800.0, -800.0, 0.0, -0.0])
    x = xl.sigmoid(x) if "nll" in function.__name__ else x
    for label in (0, 1):
        result = function(x, np.full(6, label), reduction="none")
        assert not (np.signbit(result) & (result == 0)).any()
    assert np.shape(function([], [], reduction="none")) == (0,)
    if not function.__name__.endswith("_grad"):
        assert function([], [], reduction="sum") == 0
        assert np.isnan(function([], []))


# ---------------------------------------------------------------------- focal, Brier


def test_alpha_weights_positives_and_one_minus_alpha_negatives():
    plain = xl.sigmoid_focal_loss(Z, BITS, gamma=2, reduction="none")
    weighted = xl.sigmoid_focal_loss(Z, BITS, gamma=2, alpha=0.25, reduction="none")
    assert np.allclose(weighted, plain * np.where(BITS == 1, 0.25, 0.75))
    gradient = xl.sigmoid_focal_loss_grad(Z, BITS, gamma=2, alpha=0.25, reduction="none")
    expected = xl.sigmoid_focal_loss_grad(Z, BITS, gamma=2, reduction="none") * np.where(
        BITS == 1, 0.25, 0.75
    )
    assert np.allclose(gradient, expected)


def test_focal_loss_is_not_a_proper_score():
    """With 70 % positives the best constant prediction is 0.5785, not 0.7."""
    p = np.linspace(0.5, 0.8, 3001)
    z = np.log(p / (1 - p))
    ones, zeros = np.ones(z.shape), np.zeros(z.shape)
    expected = 0.7 * xl.sigmoid_focal_loss(z, ones, gamma=2, reduction="none")
    expected += 0.3 * xl.sigmoid_focal_loss(z, zeros, gamma=2, reduction="none")
    assert round(float(p[expected.argmin()]), 4) == 0.5785


def test_brier_of_two_classes_is_twice_the_binary_form():
    p = xl.sigmoid(Z[:, 0])
    probs = np.stack([1 - p, p], axis=-1)
    labels = BITS[:, 0]
    assert np.isclose(xl.brier_score(probs, labels), 2 * ((p - labels) ** 2).mean())


def test_brier_score_with_class_weights():
    probs, options = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], {"weight": [1, 2, 3]}
    rows = xl.brier_score(probs, [0, 1], reduction="none", **options)
    assert np.allclose(rows, [1 * 0.14, 2 * 0.06])
    assert np.isclose(xl.brier_score(probs, [0, 1], **options), (0.14 + 0.12) / 3)


# ---------------------------------------------------------------------- value and gradient at once


@pytest.mark.parametrize("labels", [LABELS, SOFT], ids=["hard", "soft"])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_value_and_grad_agrees_with_separate_functions(labels, reduction):
    options = {"weight": WEIGHT, "label_smoothing": 0.1, "reduction": reduction}
    loss, grad = xl.softmax_cross_entropy_value_and_grad(LOGITS, labels, **options)
    assert np.array_equal(loss, xl.softmax_cross_entropy(LOGITS, labels, **options))
    assert np.array_equal(grad, xl.softmax_cross_entropy_grad(LOGITS, labels, **options))


# ---------------------------------------------------------------------- Hessian products

HVP_OPTIONS = [
    {},
    {"reduction": "sum"},
    {"weight": WEIGHT},
    {"label_smoothing": 0.2, "weight": WEIGHT},
    {"ignore_index": 1},
]


@pytest.mark.parametrize("options", HVP_OPTIONS)
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


def test_a_hessian_product_keeps_leading_axes_and_precision():
    logits, v = RNG.normal(size=(2, 2, 3, 4))
    labels = RNG.integers(4, size=(2, 3))
    product = xl.softmax_cross_entropy_hvp(logits, labels, v, reduction="sum")
    for one in range(2):
        part = xl.softmax_cross_entropy_hvp(logits[one], labels[one], v[one], reduction="sum")
        np.testing.assert_allclose(product[one], part, rtol=1e-14)
    single = xl.softmax_cross_entropy_hvp(logits.astype("f"), labels, v.astype("f"))
    assert single.dtype == np.float32
    with np.errstate(all="raise"):
        xl.softmax_cross_entropy_hvp([[700.0, 0.0]], [0], [[1e-100, 0.0]])


# ---------------------------------------------------------------------- the package


def test_all_lists_the_public_names():
    names = {
        name
        for name, value in vars(xl).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert names == set(xl.__all__)
    assert sorted(xl.__all__) == xl.__all__


def test_importing_the_library_imports_only_numpy():
    heavy = "('matplotlib', 'torch', 'scipy', 'sklearn', 'altair', 'pandas')"
    code = f"import sys, xent_lib; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_weights_that_float32_would_round_to_zero_still_have_their_ratios():
    logits, labels = np.float32([[2, 1], [0, 3]]), [0, 0]
    tiny = xl.softmax_cross_entropy(logits, labels, weight=[1e-46, 3e-46])
    assert tiny == xl.softmax_cross_entropy(logits, labels, weight=[1, 3])
