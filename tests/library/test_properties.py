"""What must hold for all inputs, tried on inputs that Hypothesis seeks out."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import xent_lib as xl

settings.register_profile("book", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("book")

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=6)


def floats(low, high, width=64):
    return st.floats(low, high, width=width, allow_nan=False)


def logits(low=-1e3, high=1e3):
    return hnp.arrays(np.float64, SHAPES, elements=floats(low, high))


@st.composite
def logits_and_labels(draw):
    x = draw(logits())
    labels = draw(hnp.arrays(np.int64, x.shape[:-1], elements=st.integers(0, x.shape[-1] - 1)))
    return x, labels


@st.composite
def distributions(draw, count=1):
    """Some distributions of one shape, which may contain zeros."""
    shape = draw(SHAPES)
    result = []
    for _ in range(count):
        raw = draw(hnp.arrays(np.float64, shape, elements=floats(0, 1)))
        assume((raw.sum(axis=-1) > 1e-3).all())
        result.append(raw / raw.sum(axis=-1, keepdims=True))
    return result


# ---------------------------------------------------------------------- softmax and sigmoid


@given(logits())
def test_softmax_is_a_distribution(x):
    p = xl.softmax(x)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.allclose(p.sum(axis=-1), 1)


@given(logits(), st.sampled_from([100.0, -100.0, 1e4]))
def test_softmax_and_loss_do_not_see_a_common_shift(x, shift):
    x = np.round(x, 3)
    shifted = x + shift
    exact = shifted - shift  # what the shifted row still knows of x
    assert np.allclose(xl.softmax(shifted), xl.softmax(exact), rtol=1e-9, atol=0)
    assert np.allclose(xl.log_softmax(shifted), xl.log_softmax(exact), rtol=1e-9, atol=1e-15)


@given(logits(-50, 50))
def test_softmax_keeps_the_order(x):
    # Equal probabilities may come from unequal logits, but never the other order.
    order = x.argsort(axis=-1)
    assert (np.diff(np.take_along_axis(xl.softmax(x), order, axis=-1)) >= 0).all()


@given(logits(), st.randoms(use_true_random=False))
def test_permuting_classes_permutes_probabilities(x, random):
    order = list(range(x.shape[-1]))
    random.shuffle(order)
    assert np.allclose(xl.softmax(x[..., order]), xl.softmax(x)[..., order], rtol=1e-13, atol=0)


@given(logits(-700, 700))
def test_log_softmax_is_the_log_of_softmax(x):
    p = xl.softmax(x)
    assume((p > 1e-300).all())
    assert np.allclose(xl.log_softmax(x), np.log(p), rtol=1e-12, atol=1e-15)


@given(logits())
def test_logsumexp_lies_between_max_and_max_plus_log_k(x):
    lse, top = xl.logsumexp(x), x.max(axis=-1)
    slack = 1e-12 * (1 + abs(top))
    assert (lse >= top - slack).all()
    assert (lse <= top + np.log(x.shape[-1]) + slack).all()


@given(logits())
def test_a_masked_class_might_as_well_be_missing(x):
    masked = np.concatenate([np.full((*x.shape[:-1], 1), -np.inf), x], axis=-1)
    assert (xl.softmax(masked)[..., 0] == 0).all()
    assert np.allclose(xl.softmax(masked)[..., 1:], xl.softmax(x), rtol=1e-14, atol=0)
    assert np.allclose(xl.logsumexp(masked), xl.logsumexp(x), rtol=1e-14)


@given(hnp.arrays(np.float64, SHAPES, elements=floats(-800, 800)))
def test_sigmoid_and_its_mirror(z):
    assert np.allclose(xl.sigmoid(z) + xl.sigmoid(-z), 1)
    assert np.array_equal(xl.log_sigmoid(z), -xl.softplus(-z))
    assert np.allclose(xl.softplus(z) - xl.softplus(-z), z, rtol=1e-12, atol=1e-15)


@given(hnp.arrays(np.float32, SHAPES, elements=floats(-40, 40, width=32)))
def test_float32_follows_float64(x):
    wide = x.astype(np.float64)
    assert np.allclose(xl.log_softmax(x), xl.log_softmax(wide), rtol=1e-4, atol=0)
    assert np.allclose(xl.softplus(x), xl.softplus(wide), rtol=1e-6, atol=0)


# ---------------------------------------------------------------------- information


@given(distributions(count=2))
def test_gibbs(pair):
    """H(p, q) ≥ H(p), KL ≥ 0 up to rounding, and their sum holds."""
    p, q = pair
    entropy, cross, divergence = xl.entropy(p), xl.cross_entropy(p, q), xl.kl_divergence(p, q)
    assert (entropy >= 0).all()
    assert (entropy <= np.log(p.shape[-1]) + 1e-12).all()
    assert (divergence >= -1e-12).all()
    finite = np.isfinite(cross)
    assert np.array_equal(finite, np.isfinite(divergence))
    assert np.allclose((entropy + divergence)[finite], cross[finite], rtol=1e-9, atol=1e-12)


@given(distributions())
def test_a_distribution_does_not_diverge_from_itself(one):
    (p,) = one
    assert (xl.kl_divergence(p, p) == 0).all()
    assert np.array_equal(xl.cross_entropy(p, p), xl.entropy(p))


# ---------------------------------------------------------------------- the losses


@given(logits_and_labels())
def test_loss_is_not_negative_and_falls_with_the_target(pair):
    x, labels = pair
    losses = xl.softmax_cross_entropy(x, labels, reduction="none")
    assert (losses >= 0).all()
    better = x + xl.one_hot(labels, x.shape[-1])
    assert (xl.softmax_cross_entropy(better, labels, reduction="none") <= losses).all()


@given(logits_and_labels())
def test_rows_of_the_gradient_sum_to_zero_and_point_to_the_target(pair):
    x, labels = pair
    grad = xl.softmax_cross_entropy_grad(x, labels, reduction="none")
    assert np.allclose(grad.sum(axis=-1), 0, atol=1e-14)
    target = xl.one_hot(labels, x.shape[-1], dtype=bool)
    assert (grad[target] <= 0).all()
    assert (grad[~target] >= 0).all()


@given(logits_and_labels(), floats(0, 1))
def test_index_and_one_hot_agree(pair, smoothing):
    x, labels = pair
    one_hot = xl.one_hot(labels, x.shape[-1])
    options = {"label_smoothing": smoothing, "weight": np.arange(1, x.shape[-1] + 1)}
    hard = xl.softmax_cross_entropy_value_and_grad(x, labels, **options)
    soft = xl.softmax_cross_entropy_value_and_grad(x, one_hot, **options)
    assert np.isclose(hard[0], soft[0], rtol=1e-14, atol=0)
    assert np.allclose(hard[1], soft[1], rtol=1e-13, atol=1e-300)


@given(logits_and_labels())
def test_the_loss_of_a_batch_is_that_of_its_rows(pair):
    x, labels = pair
    losses = xl.softmax_cross_entropy(x, labels, reduction="none")
    for index in np.ndindex(labels.shape):
        assert np.isclose(xl.softmax_cross_entropy(x[index], labels[index]), losses[index])


@given(hnp.arrays(np.float64, SHAPES, elements=floats(-1e3, 1e3)), st.randoms())
def test_flipping_label_and_logit_changes_nothing(z, random):
    y = np.array([random.randint(0, 1) for _ in range(z.size)]).reshape(z.shape)
    for loss, options in [(xl.sigmoid_cross_entropy, {}), (xl.sigmoid_focal_loss, {"gamma": 2.0})]:
        losses = loss(z, y, reduction="none", **options)
        assert (losses >= 0).all()
        assert np.array_equal(losses, loss(-z, 1 - y, reduction="none", **options))


@given(hnp.arrays(np.float64, SHAPES, elements=floats(-700, 700)), floats(0, 5))
def test_focal_never_exceeds_cross_entropy(z, gamma):
    ones = np.ones(z.shape)
    losses = xl.sigmoid_focal_loss(z, ones, gamma=gamma, reduction="none")
    assert (losses <= xl.sigmoid_cross_entropy(z, ones, reduction="none") * (1 + 1e-15)).all()
    assert (xl.sigmoid_focal_loss_grad(z, ones, gamma=gamma, reduction="none") <= 0).all()


@given(distributions(), st.data())
def test_brier_is_between_zero_and_two(one, data):
    (p,) = one
    labels = data.draw(hnp.arrays(np.int64, p.shape[:-1], elements=st.integers(0, p.shape[-1] - 1)))
    losses = xl.brier_score(p, labels, reduction="none")
    assert (losses >= 0).all()
    assert (losses <= 2 + 1e-12).all()


@given(distributions())
def test_both_proper_scores_are_least_at_the_truth(one):
    """No other prediction has a lower expected loss than the distribution itself."""
    (p,) = one
    other = 0.9 * p + 0.1 / p.shape[-1]
    for loss in (xl.categorical_nll, xl.brier_score):
        at_truth = loss(p, p, reduction="none")
        assert (at_truth <= loss(other, p, reduction="none") + 1e-12).all()


@given(st.integers(1, 20), st.data())
def test_one_hot_and_decode_are_inverse(num_classes, data):
    labels = data.draw(hnp.arrays(np.int64, SHAPES, elements=st.integers(0, num_classes - 1)))
    assert np.array_equal(xl.decode(xl.one_hot(labels, num_classes)), labels)


# ---------------------------------------------------------------------- identities


@given(distributions())
def test_the_jacobian_is_symmetric_semidefinite_and_its_rows_sum_to_zero(one):
    """It is also the Hessian of the loss in the logits, which is why that is convex."""
    jacobian = xl.softmax_jacobian(one[0])
    assert np.allclose(jacobian.sum(axis=-1), 0, atol=1e-15)
    assert np.array_equal(jacobian, np.swapaxes(jacobian, -1, -2))
    assert (np.linalg.eigvalsh(jacobian) >= -1e-15).all()


@given(hnp.arrays(np.float64, (5, 2), elements=floats(-500, 500)), st.integers(0, 1))
def test_two_classes_are_the_sigmoid_of_the_difference(x, label):
    y = np.full(5, label)
    binary = xl.sigmoid_cross_entropy(x[:, 1] - x[:, 0], y, reduction="none")
    assert np.allclose(xl.softmax_cross_entropy(x, y, reduction="none"), binary, rtol=1e-12, atol=0)


@given(logits_and_labels(), st.sampled_from(["mean", "sum", "none"]))
def test_unit_weights_are_no_weights(pair, reduction):
    x, labels = pair
    weight = np.ones(x.shape[-1])
    for function in (xl.softmax_cross_entropy, xl.softmax_cross_entropy_grad):
        plain = function(x, labels, reduction=reduction)
        assert np.array_equal(function(x, labels, weight=weight, reduction=reduction), plain)


@given(hnp.arrays(np.float64, 6, elements=floats(-700, 700)), st.integers(0, 1))
def test_focal_without_focus_is_cross_entropy(z, label):
    y = np.full(6, label)
    assert np.array_equal(
        xl.sigmoid_focal_loss(z, y, gamma=0, reduction="none"),
        xl.sigmoid_cross_entropy(z, y, reduction="none"),
    )
    assert np.allclose(
        xl.sigmoid_focal_loss_grad(z, y, gamma=0, reduction="none"),
        xl.sigmoid_cross_entropy_grad(z, y, reduction="none"),
        rtol=1e-14,
        atol=0,
    )
