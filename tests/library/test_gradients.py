"""Every gradient of the losses against numerical ones, and wrong gradients found in tutorials.

The losses take complex numbers, so their gradients are held to a complex step, to twelve digits.
"""

import numpy as np
import pytest

import xent_lib as xl
from xent_lib.gradcheck import check_gradient, complex_step

METHODS = ["central", "complex"]
both_methods = pytest.mark.parametrize("method", METHODS)
every_reduction = pytest.mark.parametrize("reduction", ["none", "mean", "sum"])

RNG = np.random.default_rng(11)
N, K = 5, 4
LOGITS = RNG.normal(0, 2, (N, K))
PROBS = 0.05 + 0.8 * xl.softmax(LOGITS)  # a step stays inside [0, 1], and the rows sum to 1
LABELS = np.array([0, 3, 1, 1, 2])
SOFT = RNG.dirichlet(np.ones(K), N)
WEIGHT = np.array([0.5, 2.0, 0.0, 3.0])
BITS = RNG.integers(0, 2, (N, K))
SHARES = RNG.uniform(size=(N, K))

# With reduction="none", the losses are combined into one number with these factors.
FACTORS = RNG.uniform(-1, 1, (N, K))

LABEL_KINDS = {
    "hard": (LABELS, {}),
    "soft": (SOFT, {}),
    "one-hot": (xl.one_hot(LABELS, K), {}),
    "ignored": (np.array([0, -1, 1, -1, 2]), {"ignore_index": -1}),
    "ignored class": (LABELS, {"ignore_index": 1}),
}
every_kind = pytest.mark.parametrize("kind", LABEL_KINDS)
every_weight = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weight"])
every_smoothing = pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])


def joined(loss, grad, labels, reduction, **options):
    """Loss and gradient as functions of the predictions alone, the loss as one number."""
    options["reduction"] = reduction

    def factors(losses_shape):
        return FACTORS[:, 0] if losses_shape == (N,) else FACTORS

    def f(x):
        losses = loss(x, labels, **options)
        return (factors(losses.shape) * losses).sum() if reduction == "none" else losses

    def gradient(x):
        if reduction != "none":
            return grad(x, labels, **options)
        scale = factors(loss(x, labels, **options).shape)
        return scale.reshape(N, -1) * grad(x, labels, **options)

    return f, gradient


def assert_right(f, grad, x, method):
    report = check_gradient(f, grad, x, method=method)
    assert report, f"\n{report}"


# ---------------------------------------------------------------------- logits, K classes


@both_methods
@every_reduction
@every_smoothing
@every_weight
@every_kind
def test_softmax_cross_entropy(kind, weight, smoothing, reduction, method):
    labels, options = LABEL_KINDS[kind]
    f, grad = joined(
        xl.softmax_cross_entropy,
        xl.softmax_cross_entropy_grad,
        labels,
        reduction,
        weight=weight,
        label_smoothing=smoothing,
        **options,
    )
    assert_right(f, grad, LOGITS, method)


@both_methods
@pytest.mark.parametrize(
    ("row", "label"),
    [
        ([1, 1, 1, 1], 0),  # a tie
        ([40, 0, 1, 2], 0),  # a lead of 38 nats, for the right class
        ([40, 0, 1, 2], 1),  # and for the wrong one
        ([-300, -340, -301, -330], 0),
        ([1e4, 1e4 + 1, 1e4 - 2, 1e4], 2),
    ],
)
def test_softmax_cross_entropy_of_hard_rows(row, label, method):
    f, grad = xl.softmax_cross_entropy, xl.softmax_cross_entropy_grad
    x = np.array(row, dtype=float)
    assert_right(lambda z: f(z, label), lambda z: grad(z, label), x, method)


@both_methods
def test_softmax_cross_entropy_with_a_masked_class(method):
    def masked(z):
        return np.concatenate([[-np.inf], z])

    def grad(z):
        return xl.softmax_cross_entropy_grad(masked(z), 2)[1:]

    assert_right(lambda z: xl.softmax_cross_entropy(masked(z), 2), grad, LOGITS[0], method)


@both_methods
def test_softmax_cross_entropy_with_further_axes(method):
    x, labels = np.stack([LOGITS, LOGITS[::-1]]), np.stack([LABELS, LABELS])
    f, grad = xl.softmax_cross_entropy, xl.softmax_cross_entropy_grad
    assert_right(lambda z: f(z, labels), lambda z: grad(z, labels), x, method)


@both_methods
def test_softmax_jacobian(method):
    """Row j of it is the gradient of output j."""
    for j in range(K):
        assert_right(
            lambda z, j=j: xl.softmax(z)[j],
            lambda z, j=j: xl.softmax_jacobian(xl.softmax(z))[j],
            LOGITS[1],
            method,
        )


@both_methods
def test_softmax_jacobian_of_a_batch(method):
    """For any loss of the probabilities, here Σ v·p, the rows of a batch are independent."""

    def grad(z):
        return np.einsum("nj,njk->nk", FACTORS, xl.softmax_jacobian(xl.softmax(z)))

    assert_right(lambda z: (FACTORS * xl.softmax(z)).sum(), grad, LOGITS, method)


# ---------------------------------------------------------------------- logits, yes or no


@both_methods
@every_reduction
@pytest.mark.parametrize("labels", [BITS, SHARES], ids=["hard", "soft"])
@pytest.mark.parametrize("weight", [None, 0.5, SHARES[::-1]], ids=["", "w", "w each"])
@pytest.mark.parametrize("pos_weight", [None, 3.0, WEIGHT], ids=["", "pos", "pos each"])
def test_sigmoid_cross_entropy(labels, weight, pos_weight, reduction, method):
    f, grad = joined(
        xl.sigmoid_cross_entropy,
        xl.sigmoid_cross_entropy_grad,
        labels,
        reduction,
        weight=weight,
        pos_weight=pos_weight,
    )
    assert_right(f, grad, LOGITS, method)


@both_methods
@every_reduction
@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
@pytest.mark.parametrize("alpha", [None, 0.0, 0.25])
def test_focal(gamma, alpha, reduction, method):
    options = {"gamma": gamma, "alpha": alpha}
    f, grad = joined(xl.sigmoid_focal_loss, xl.sigmoid_focal_loss_grad, BITS, reduction, **options)
    assert_right(f, grad, LOGITS, method)


@both_methods
@pytest.mark.parametrize("z", [-600.0, -40.0, -2.0, 0.0, 2.0, 40.0, 600.0])
@pytest.mark.parametrize("label", [0, 1])
def test_sigmoid_cross_entropy_of_one_logit(z, label, method):
    """Each alone, so that a slope of 1e-18 is checked as closely as one of 1."""
    loss, grad = xl.sigmoid_cross_entropy, xl.sigmoid_cross_entropy_grad
    assert_right(lambda z: loss(z, label), lambda z: grad(z, label), z, method)


@pytest.mark.parametrize("z", [-40.0, -2.0, 0.0, 2.0, 40.0])
@pytest.mark.parametrize("label", [0, 1])
def test_focal_of_one_logit(z, label):
    """By differences alone: NumPy's log1p of complex numbers loses real parts below 1e-16."""
    f, grad = xl.sigmoid_focal_loss, xl.sigmoid_focal_loss_grad
    assert_right(lambda z: f(z, label), lambda z: grad(z, label), z, "central")


# ---------------------------------------------------------------------- probabilities


@every_reduction
@every_smoothing
@every_weight
@every_kind
def test_categorical_nll(kind, weight, smoothing, reduction):
    labels, options = LABEL_KINDS[kind]
    options = {"weight": weight, "label_smoothing": smoothing, **options}
    f, grad = joined(xl.categorical_nll, xl.categorical_nll_grad, labels, reduction, **options)
    assert_right(f, grad, PROBS, "central")


@every_reduction
@pytest.mark.parametrize("labels", [LABELS, SOFT], ids=["hard", "soft"])
def test_brier(labels, reduction):
    f, grad = joined(xl.brier_score, xl.brier_score_grad, labels, reduction)
    assert_right(f, grad, PROBS, "central")


@both_methods
@every_reduction
@pytest.mark.parametrize("labels", [BITS, SHARES], ids=["hard", "soft"])
@pytest.mark.parametrize("weight", [None, 0.5, SHARES[::-1]], ids=["", "w", "w each"])
@pytest.mark.parametrize("pos_weight", [None, 3.0, WEIGHT], ids=["", "pos", "pos each"])
def test_binary_nll(labels, weight, pos_weight, reduction, method):
    options = {"weight": weight, "pos_weight": pos_weight}
    f, grad = joined(xl.binary_nll, xl.binary_nll_grad, labels, reduction, **options)
    assert_right(f, grad, PROBS, method)


def textbook_nll(p):
    weights = WEIGHT * SOFT
    return -(weights * np.log(p)).sum() / weights.sum()


def textbook_brier(p):
    return ((p - SOFT) ** 2).sum() / N


def textbook_binary(p):
    return -(3 * SHARES * np.log(p) + (1 - SHARES) * np.log(1 - p)).mean()


@pytest.mark.parametrize(
    ("textbook", "loss", "grad", "labels", "options"),
    [
        (textbook_nll, xl.categorical_nll, xl.categorical_nll_grad, SOFT, {"weight": WEIGHT}),
        (textbook_brier, xl.brier_score, xl.brier_score_grad, SOFT, {}),
        (textbook_binary, xl.binary_nll, xl.binary_nll_grad, SHARES, {"pos_weight": 3}),
    ],
)
def test_losses_of_probabilities_by_a_complex_step_through_their_formula(
    textbook, loss, grad, labels, options
):
    assert np.isclose(textbook(PROBS), loss(PROBS, labels, **options), rtol=1e-14)
    assert_right(textbook, lambda p: grad(p, labels, **options), PROBS, "complex")


@pytest.mark.parametrize("options", [{}, {"weight": WEIGHT}, {"ignore_index": 1}])
@pytest.mark.parametrize("name", ["categorical_nll", "brier_score"])
def test_losses_of_probabilities_accept_a_complex_step(name, options):
    loss, grad = getattr(xl, name), getattr(xl, f"{name}_grad")
    numeric = complex_step(lambda p: loss(p, LABELS, **options), PROBS)
    assert np.allclose(grad(PROBS, LABELS, **options), numeric, rtol=1e-14, atol=1e-18)


def test_second_derivatives_of_binary_nll_by_a_complex_step():
    curvature = complex_step(lambda p: xl.binary_nll_grad(p, BITS, reduction="sum").sum(), PROBS)
    assert np.allclose(curvature, np.where(BITS, PROBS, 1 - PROBS) ** -2, rtol=1e-14)


@both_methods
def test_chain_rule_gives_the_gradient_in_the_logits(method):
    """Through the Jacobian, −c/p̂ becomes the gradient of the logits."""

    def grad(z):
        p = xl.softmax(z)
        return np.einsum("nj,njk->nk", xl.categorical_nll_grad(p, LABELS), xl.softmax_jacobian(p))

    assert_right(lambda z: xl.softmax_cross_entropy(z, LABELS), grad, LOGITS, method)


@both_methods
def test_weights_and_bias_of_softmax_regression(method):
    """dW = (P̂ − Y)ᵀ X / N and db = the column sums of (P̂ − Y)/N."""
    features = RNG.normal(size=(N, 3))

    def logits(parameters):
        return features @ parameters[:, :3].T + parameters[:, 3]

    def grad(parameters):
        by_logits = xl.softmax_cross_entropy_grad(logits(parameters), LABELS)
        return np.column_stack([by_logits.T @ features, by_logits.sum(axis=0)])

    parameters = RNG.normal(size=(K, 4))
    assert_right(lambda w: xl.softmax_cross_entropy(logits(w), LABELS), grad, parameters, method)


# ---------------------------------------------------------------------- wrong gradients
# Wrong formulas from tutorials. A gradient check detects each of them.


def failures(report):
    """Positions whose error is beyond the tolerance."""
    return [tuple(map(int, k)) for k in np.argwhere(report.wrong)]


@both_methods
def test_cross_entropy_derived_without_the_logarithm_is_caught(method):
    """−Σ p dq is not the differential of −Σ p log q, which is −Σ (p/q) dq."""
    p, z = np.array([0.7, 0.2, 0.1]), np.array([2.0, 1.0, 0.1])

    def f(z):
        return xl.softmax_cross_entropy(z, p)

    def wrong(z):
        return -xl.softmax_jacobian(xl.softmax(z)) @ p

    def right(z):
        q = xl.softmax(z)
        return -xl.softmax_jacobian(q) @ (p / q)

    assert failures(check_gradient(f, wrong, z, method=method)) == [(0,), (1,), (2,)]
    assert_right(f, right, z, method)


def test_the_binary_derivative_of_a_categorical_loss_is_caught():
    """(p − y) / (p (1 − p)) is right for the target's entry alone; all others should be 0."""
    p, labels = np.array([[0.2, 0.5, 0.3], [0.1, 0.7, 0.2]]), [1, 2]
    y = xl.one_hot(labels, 3)

    def f(p):
        return xl.categorical_nll(p, labels)

    def wrong(p):
        return (p - y) / (p * (1 - p) + 1e-7) / len(p)

    report = check_gradient(f, wrong, p)
    assert report.claimed.round(3).tolist() == [[0.625, -1, 0.714], [0.556, 1.667, -2.5]]
    assert failures(report) == [(0, 0), (0, 2), (1, 0), (1, 1)]
    assert_right(f, lambda p: -y / p / len(p), p, "central")


@both_methods
@pytest.mark.parametrize("num_classes", [2, 3, 5])
def test_binary_derivative_after_a_softmax_is_caught(num_classes, method):
    """With two classes it is exactly twice the right gradient: a loss that falls proves nothing."""
    z, label = LOGITS.ravel()[:num_classes], 1
    y = xl.one_hot(label, num_classes)

    def wrong(z):
        p = xl.softmax(z)
        return xl.softmax_jacobian(p) @ ((p - y) / (p * (1 - p)))

    report = check_gradient(lambda z: xl.softmax_cross_entropy(z, label), wrong, z, method=method)
    assert not report
    assert len(failures(report)) == num_classes
    if num_classes == 2:
        assert np.allclose(report.claimed, 2 * report.numeric, rtol=1e-6)


@both_methods
@pytest.mark.parametrize(
    ("wrong", "claimed"),
    [
        (lambda p, y: p - y, [-0.340999, -0.757567, 0.098566]),
        (lambda p, y: p * y, [0.659001, 0.242433, 0]),  # where a minus sign was lost in print
    ],
    ids=["p − y", "p y"],
)
def test_p_minus_y_for_labels_that_do_not_sum_to_one_is_caught(wrong, claimed, method):
    """Two classes marked at once, (1, 1, 0): the gradient is p Σy − y."""
    y, z = np.array([1, 1, 0]), np.array([2, 1, 0.1])

    def f(z):
        return -(y * xl.log_softmax(z)).sum()

    report = check_gradient(f, lambda z: wrong(xl.softmax(z), y), z, method=method)
    assert failures(report) == [(0,), (1,), (2,)]
    assert report.claimed.round(6).tolist() == claimed
    assert report.numeric.round(6).tolist() == [0.318002, -0.515134, 0.197132]
    assert_right(f, lambda z: xl.softmax(z) * y.sum() - y, z, method)


@both_methods
def test_a_product_of_sums_in_place_of_a_sum_of_products_is_caught(method):
    """The chain rule for a batch sums inside: Σ_i (∂L/∂p̂_i)(∂p̂_i/∂w)."""
    x, y = np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -1.5], [2.0, 1.0]]), np.array([1, 0, 0, 1])
    w = np.array([0.4, -0.3])

    def f(w):
        return xl.sigmoid_cross_entropy(x @ w, y)

    def parts(w):
        p = xl.sigmoid(x @ w)
        return xl.binary_nll_grad(p, y), (p * (1 - p))[:, np.newaxis] * x

    def wrong(w):
        by_p, by_w = parts(w)
        return by_p.sum() * by_w.sum(axis=0)

    def right(w):
        by_p, by_w = parts(w)
        return by_p @ by_w

    assert failures(check_gradient(f, wrong, w, method=method)) == [(0,), (1,)]
    assert_right(f, right, w, method)


def test_a_sum_of_all_reciprocals_is_caught():
    """−y_k / p̂_k involves one probability; −Σ y (1/p̂_1 + … + 1/p̂_K) involves them all."""
    p, y = np.array([0.2, 0.5, 0.3]), np.array([0, 1, 0])

    def wrong(p):
        return np.full(3, -(y * (1 / p).sum()).sum())

    for f, method in [
        (lambda p: xl.categorical_nll(p, 1), "central"),
        (lambda p: -(y * np.log(p)).sum(), "complex"),
    ]:
        report = check_gradient(f, wrong, p, method=method)
        assert failures(report) == [(0,), (1,), (2,)]
        assert report.claimed.round(4).tolist() == [-10.3333] * 3
        assert report.numeric.round(6).tolist() == [0, -2, 0]


@both_methods
@pytest.mark.parametrize(
    "wrong",
    [
        lambda z, y: -y,  # the normaliser left out of the graph
        lambda z, y: y - xl.softmax(z),  # the sign
        lambda z, y: xl.softmax(xl.softmax(z)) - y,  # softmax twice
        lambda z, y: (xl.softmax(z) - y) / 2,  # a mean taken twice
        lambda z, y: xl.softmax(z, axis=0) - y,  # the wrong axis
        lambda z, y: xl.softmax(z) - xl.smooth_labels(y, K, 1e-4),  # a forgotten smoothing
    ],
    ids=["no normaliser", "sign", "twice", "half", "axis", "smoothing"],
)
def test_common_slips_are_caught(wrong, method):
    y = xl.one_hot(LABELS, K)
    report = check_gradient(
        lambda z: xl.softmax_cross_entropy(z, LABELS, reduction="sum"),
        lambda z: wrong(z, y),
        LOGITS,
        method=method,
    )
    assert not report
