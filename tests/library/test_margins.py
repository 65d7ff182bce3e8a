"""The zoo of margin and residual losses: values, slopes, kinks, tails, and PyTorch's opinion."""

import inspect
import math

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

import xent_lib as xl
from xent_lib import margins
from xent_lib.gradcheck import check_gradient

NAN, INF = float("nan"), float("inf")
LARGEST = np.finfo(float).max

MARGIN_LOSSES = [
    "zero_one_loss",
    "perceptron_loss",
    "hinge_loss",
    "squared_hinge_loss",
    "squared_margin_loss",
    "logistic_loss",
    "exponential_loss",
]
# Further arguments of the residual losses.
RESIDUAL_LOSSES = {
    "squared_error": {},
    "absolute_error": {},
    "huber_loss": {"delta": 0.75},
    "tolerance_loss": {"threshold": 0.5},
}
# Where a loss jumps or bends: there no step gives its slope.
KINKS = {
    "zero_one_loss": [0],
    "perceptron_loss": [0],
    "hinge_loss": [1],
    "squared_hinge_loss": [1],
    "absolute_error": [0],
    "huber_loss": [-0.75, 0.75],
    "tolerance_loss": [-0.5, 0.5],
}
JUMPS = {"zero_one_loss", "tolerance_loss"}
LOSSES = [*MARGIN_LOSSES, *RESIDUAL_LOSSES]
every_loss = pytest.mark.parametrize("name", LOSSES)
every_function = pytest.mark.parametrize("name", [n + g for n in LOSSES for g in ("", "_grad")])


def function(name):
    """A loss or gradient as a function of one argument."""
    options = RESIDUAL_LOSSES.get(name.removesuffix("_grad"), {})
    return lambda x: getattr(margins, name)(x, **options)


def points(name, count=40):
    """Random points, a hundredth or more away from the kinks."""
    x = np.random.default_rng(5).normal(0, 2, count)
    near = np.abs(x[:, np.newaxis] - np.array(KINKS.get(name, []))) < 0.01
    return x[~near.any(axis=-1)]


# ---------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # at m = −2, 0, 2, the table of the chapter
        ("zero_one_loss", [1, 1, 0]),
        ("perceptron_loss", [2, 0, 0]),
        ("hinge_loss", [3, 1, 0]),
        ("squared_hinge_loss", [9, 1, 0]),
        ("squared_margin_loss", [9, 1, 1]),
        ("logistic_loss", [2.126928, 0.693147, 0.126928]),
        ("exponential_loss", [7.389056, 1, 0.135335]),
    ],
)
def test_margin_losses_at_three_points(name, expected):
    assert np.round(function(name)([-2, 0, 2]), 6).tolist() == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zero_one_loss", [0, 0, 0, 0, 0]),
        ("perceptron_loss", [-1, -1, 0, 0, 0]),
        ("hinge_loss", [-1, -1, -1, 0, 0]),
        ("squared_hinge_loss", [-6, -2, -1, 0, 0]),
        ("squared_margin_loss", [-6, -2, -1, 0, 2]),
        ("logistic_loss", [-0.880797, -0.5, -0.377541, -0.268941, -0.119203]),
        ("exponential_loss", [-7.389056, -1, -0.606531, -0.367879, -0.135335]),
    ],
)
def test_slopes_at_five_margins(name, expected):
    """At m = −2, 0, ½, 1, 2: among them the kinks, 0 and 1."""
    assert np.round(function(name + "_grad")([-2, 0, 0.5, 1, 2]), 6).tolist() == expected


def test_margin_losses_at_three_more_margins():
    margin = [-1, 0.5, 3]
    assert margins.logistic_loss(margin).round(6).tolist() == [1.313262, 0.474077, 0.048587]
    assert margins.hinge_loss(margin).tolist() == [2, 0.5, 0]


def test_an_outlier_of_margin_minus_five():
    assert round(float(margins.exponential_loss(-5)), 2) == 148.41
    assert margins.hinge_loss(-5) == 6
    assert round(float(margins.logistic_loss(-5)), 4) == 5.0067


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("exponential_loss", 0.916),
        ("logistic_loss", 0.077),
        ("squared_margin_loss", 0.057),
        ("hinge_loss", 1.0),
    ],
)
def test_share_of_one_outlier_among_a_hundred_points(name, share):
    """A hundred margins of 2 and one of −5: how much of the pull is the outlier's?"""
    pull = abs(function(name + "_grad")([2.0] * 100 + [-5.0]))
    assert round(float(pull[-1] / pull.sum()), 3) == share


ERRORS = [-0.5, 0.5, 0, 1]


def test_residual_losses_of_four_errors():
    assert margins.squared_error(ERRORS).sum() == 1.5
    assert margins.squared_error(ERRORS).mean() == 0.375
    assert margins.absolute_error(ERRORS).mean() == 0.5
    assert margins.huber_loss(ERRORS).mean() == 0.1875
    assert margins.squared_error_grad(ERRORS).tolist() == [-1, 1, 0, 2]
    assert margins.absolute_error_grad(ERRORS).tolist() == [-1, 1, 0, 1]
    assert margins.huber_loss_grad(ERRORS).tolist() == [-0.5, 0.5, 0, 1]
    assert margins.huber_loss_grad(ERRORS, delta=0.25).tolist() == [-0.25, 0.25, 0, 0.25]


def test_tolerance_counts_its_boundary():
    predictions = np.array([2.6, 3.5, 4.2])
    assert margins.tolerance_loss(predictions - 3, threshold=0.5).tolist() == [0, 1, 1]
    assert margins.tolerance_loss(3 - predictions, threshold=0.5).tolist() == [0, 1, 1]
    assert margins.tolerance_loss(np.float32([0.1]), threshold=0.1) == 1


def test_huber_is_half_a_square_then_a_line():
    r = np.linspace(-3, 3, 61)
    for delta in (0.5, 1, 2):
        line = delta * (abs(r) - delta / 2)
        assert np.allclose(
            margins.huber_loss(r, delta=delta), np.where(abs(r) <= delta, r**2 / 2, line)
        )
    assert np.array_equal(margins.huber_loss(r, delta=100), r**2 / 2)


def test_the_mean_has_least_squares_and_the_median_least_absolute_error():
    targets = np.array([1, 2, 3, 4, 100])
    constant = np.linspace(0, 100, 10_001)[:, np.newaxis]
    for loss, best in [(margins.squared_error, 22), (margins.absolute_error, 3)]:
        assert constant[loss(constant - targets).mean(axis=1).argmin()] == best


def test_logistic_is_the_cross_entropy_of_labels_0_and_1():
    rng = np.random.default_rng(0)
    z, labels = rng.normal(0, 5, 50), rng.integers(0, 2, 50)
    signs = xl.to_signs(labels)
    expected = xl.sigmoid_cross_entropy(z, labels, reduction="none")
    assert np.array_equal(margins.logistic_loss(signs * z), expected)
    expected = xl.sigmoid_cross_entropy_grad(z, labels, reduction="none")
    assert np.array_equal(signs * margins.logistic_loss_grad(signs * z), expected)


def test_labels_0_and_1_instead_of_signs_give_every_negative_a_constant_hinge_loss():
    labels, z = np.array([0, 0]), np.array([-3.0, 3.0])
    assert margins.hinge_loss(labels * z).tolist() == [1, 1]
    assert margins.hinge_loss(xl.to_signs(labels) * z).tolist() == [0, 4]


def test_conditional_minimizers():
    """The best score if η = 80 % are positive: log-odds, half of them, 2η − 1, or the sign."""
    z = np.linspace(-3, 3, 60_001)
    for name, best in [
        ("logistic_loss", math.log(4)),
        ("exponential_loss", math.log(4) / 2),
        ("squared_margin_loss", 0.6),
        ("hinge_loss", 1),
        ("perceptron_loss", 0),
    ]:
        loss = function(name)
        risk = 0.8 * loss(z) + 0.2 * loss(-z)
        assert abs(z[risk.argmin()] - best) < 1e-4, name


# ---------------------------------------------------------------------- shape of the curves

margin_numbers = st.floats(-700, 700, allow_nan=False)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(margin_numbers, min_size=1, max_size=8))
def test_the_surrogates_bound_the_mistakes(numbers):
    mistakes = margins.zero_one_loss(numbers)
    for name in ("hinge_loss", "squared_hinge_loss", "squared_margin_loss", "exponential_loss"):
        assert (function(name)(numbers) >= mistakes).all(), name
    assert (margins.logistic_loss(numbers) / math.log(2) >= mistakes * (1 - 1e-15)).all()


def test_the_logistic_loss_in_nats_and_the_perceptron_do_not_bound_the_mistakes():
    assert margins.logistic_loss(0) < margins.zero_one_loss(0)
    assert margins.perceptron_loss(-0.5) < margins.zero_one_loss(-0.5)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(margin_numbers, margin_numbers, st.floats(0, 1))
@pytest.mark.parametrize("name", [n for n in LOSSES if n not in JUMPS])
def test_all_losses_except_the_counting_ones_are_convex(name, first, second, share):
    loss = function(name)
    between = loss(share * first + (1 - share) * second)
    chord = share * loss(first) + (1 - share) * loss(second)
    assert between <= chord * (1 + 1e-9) + 1e-12


@settings(max_examples=60, deadline=None, derandomize=True)
@given(margin_numbers, margin_numbers)
@pytest.mark.parametrize("name", LOSSES)
def test_every_gradient_is_a_subgradient_also_at_the_kinks(name, x, y):
    """The line with the claimed slope lies below a convex loss everywhere."""
    if name in JUMPS:
        assert function(name + "_grad")(x) == 0
        return
    for at in (x, *map(float, KINKS.get(name, []))):
        loss, slope = function(name)(at), function(name + "_grad")(at)
        line = loss + slope * (y - at)
        assert function(name)(y) >= line - 1e-9 * (1 + abs(loss) + abs(slope * (y - at)))


# ---------------------------------------------------------------------- gradients


@every_loss
def test_gradient_by_central_difference(name):
    loss = function(name)
    report = check_gradient(lambda x: loss(x).sum(), function(name + "_grad"), points(name))
    assert report, report


@pytest.mark.parametrize("name", [n for n in LOSSES if n not in JUMPS])
def test_gradient_by_complex_step(name):
    loss = function(name)
    x = np.concatenate([points(name), [-30.0, 30.0, 300.0, -300.0]])
    for one in x:  # one by one, so that a small slope is not compared with large losses
        report = check_gradient(loss, function(name + "_grad"), one, method="complex")
        assert report, report


def test_squared_hinge_has_no_kink():
    h = 1e-6
    sides = [margins.squared_hinge_loss(1 - h) / -h, margins.squared_hinge_loss(1 + h) / h]
    assert np.allclose(sides, margins.squared_hinge_loss_grad(1), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "at", "left", "right", "chosen"),
    [
        ("perceptron_loss", 0.0, -1, 0, -1),
        ("hinge_loss", 1.0, -1, 0, 0),
        ("absolute_error", 0.0, -1, 1, 0),
    ],
)
def test_slope_at_a_kink_is_the_documented_one(name, at, left, right, chosen):
    loss, grad = function(name), function(name + "_grad")
    h = 1e-6
    assert np.isclose((loss(at) - loss(at - h)) / h, left)
    assert np.isclose((loss(at + h) - loss(at)) / h, right)
    assert grad(at) == grad(-at if at == 0 else at) == chosen  # −0.0 as well
    assert grad(np.nextafter(at, -5)) == left
    assert grad(np.nextafter(at, 5)) == right


def test_value_at_a_jump_is_the_documented_one():
    tiny = 5e-324
    assert margins.zero_one_loss([-tiny, -0.0, 0.0, tiny]).tolist() == [1, 1, 1, 0]
    assert margins.zero_one_loss_grad(0.0) == 0
    below = np.nextafter(0.5, 0)
    assert margins.tolerance_loss([-0.5, -below, below, 0.5], threshold=0.5).tolist() == [
        1,
        0,
        0,
        1,
    ]
    assert margins.tolerance_loss_grad([-0.5, 0.5], threshold=0.5).tolist() == [0, 0]


def test_perceptron_starts_at_zero_weights_and_needs_seven_updates():
    """Three points, one at a time: with perceptron′(0) = 0 the weights would stay at 0."""
    x, signs = np.array([[3, 3, 1], [4, 3, 1], [1, 1, 1]]), np.array([1, 1, -1])
    weights, updates, mistakes = np.zeros(3), 0, 1
    while mistakes:
        mistakes = 0
        for row, sign in zip(x, signs, strict=True):
            slope = margins.perceptron_loss_grad(sign * (row @ weights))
            weights = weights - slope * sign * row
            mistakes += slope != 0
        updates += mistakes
    assert updates == 7
    assert weights.tolist() == [1, 1, -3]


# ---------------------------------------------------------------------- tails and special numbers


def test_exponential_of_a_large_margin_is_exactly_zero():
    assert margins.exponential_loss(800) == 0
    assert margins.exponential_loss_grad(800) == 0
    assert margins.exponential_loss(-800) == INF
    assert margins.exponential_loss_grad(-800) == -INF


def ulps(result, exact):
    """Distance of a float from an mpmath number, in spacings at the exact one."""
    unit = np.spacing(abs(result.dtype.type(float(exact))))
    return float(abs(mpmath.mpf(float(result)) - exact) / mpmath.mpf(float(unit)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_logistic_and_exponential_keep_their_digits_in_both_tails(dtype):
    tail = 87 if dtype is np.float32 else 708
    rng = np.random.default_rng(3)
    m = np.concatenate([rng.uniform(-tail, tail, 80), rng.normal(0, 2, 40), [0, 1e-9]])
    m = m.astype(dtype)
    with mpmath.workdps(700):
        for k, number in enumerate(m):
            power = mpmath.exp(-mpmath.mpf(float(number)))
            assert ulps(margins.logistic_loss(m)[k], mpmath.log(1 + power)) <= 4
            assert ulps(margins.logistic_loss_grad(m)[k], -power / (1 + power)) <= 4
            assert ulps(margins.exponential_loss(m)[k], power) <= 4
            assert ulps(margins.exponential_loss_grad(m)[k], -power) <= 4


@pytest.mark.parametrize(
    ("name", "losses", "slopes"),
    [
        # at −∞, minus the largest float, the largest float, ∞
        ("zero_one_loss", [1, 1, 0, 0], [0, 0, 0, 0]),
        ("perceptron_loss", [INF, LARGEST, 0, 0], [-1, -1, 0, 0]),
        ("hinge_loss", [INF, LARGEST, 0, 0], [-1, -1, 0, 0]),
        ("squared_hinge_loss", [INF, INF, 0, 0], [-INF, -INF, 0, 0]),
        ("squared_margin_loss", [INF, INF, INF, INF], [-INF, -INF, INF, INF]),
        ("logistic_loss", [INF, LARGEST, 0, 0], [-1, -1, 0, 0]),
        ("exponential_loss", [INF, INF, 0, 0], [-INF, -INF, 0, 0]),
        ("squared_error", [INF, INF, INF, INF], [-INF, -INF, INF, INF]),
        ("absolute_error", [INF, LARGEST, LARGEST, INF], [-1, -1, 1, 1]),
        ("huber_loss", [INF, 0.75 * LARGEST, 0.75 * LARGEST, INF], [-0.75, -0.75, 0.75, 0.75]),
        ("tolerance_loss", [1, 1, 1, 1], [0, 0, 0, 0]),
    ],
)
def test_values_at_the_ends_of_the_floating_point_range(name, losses, slopes):
    ends = [-INF, -LARGEST, LARGEST, INF]
    assert function(name)(ends).tolist() == losses
    assert function(name + "_grad")(ends).tolist() == slopes


def test_a_huge_delta_clips_nothing_and_overflows_to_infinity():
    r = np.float32([1, -2, 3e38])
    assert margins.huber_loss(r, delta=1e300).tolist() == [0.5, 2, INF]
    assert np.array_equal(margins.huber_loss_grad(r, delta=1e300), r)
    assert margins.huber_loss(LARGEST, delta=1e300) == INF


@every_function
def test_nan_in_nan_out(name):
    result = function(name)([NAN, 0.25, -NAN])
    assert np.isnan(result).tolist() == [True, False, True]
    assert np.isnan(function(name)(NAN))


@every_function
def test_no_negative_zero_is_printed(name):
    for at in (0, 1, 2, 800):
        result = function(name)(float(at))
        assert result != 0 or not np.signbit(result), at


# ---------------------------------------------------------------------- dtypes and shapes


@every_function
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int64, np.float64),
        (np.int8, np.float64),
        (np.uint8, np.float64),
        (bool, np.float64),
    ],
)
def test_dtypes(name, dtype, computed):
    x = np.array([[0, 1, 1]], dtype)
    result = function(name)(x)
    assert result.dtype == computed
    assert result.shape == x.shape
    assert np.array_equal(result, function(name)(x.astype(computed)))


def test_float16_is_computed_in_float32():
    """In float16, 300² would be ∞ and exp(−m) too coarse."""
    assert margins.squared_error(np.float16([300])).tolist() == [90_000]
    assert margins.exponential_loss(np.float16([-12])) == np.exp(np.float32(12))


def test_small_unsigned_integers_do_not_wrap_around():
    """In uint8, 1 − 200 would be 57."""
    assert margins.squared_margin_loss(np.array([200], np.uint8)) == 199**2
    assert margins.perceptron_loss(np.array([1], np.uint8)) == 0
    assert margins.absolute_error(np.array([-128], np.int8)) == 128


@every_function
def test_scalars_and_empty_arrays_keep_their_shape(name):
    assert isinstance(function(name)(0.5), np.float64)
    assert isinstance(function(name)(np.float32(0.5)), np.float32)
    assert function(name)(np.zeros((0, 3))).shape == (0, 3)
    assert function(name)([[[1.0], [2.0]]]).shape == (1, 2, 1)


@every_function
def test_the_input_is_not_changed(name):
    x = np.array([-2.0, 0.5, 3.0])
    x.flags.writeable = False
    assert not np.shares_memory(function(name)(x), x)


@every_function
def test_no_result_is_minus_zero(name):
    x = np.array([INF, -INF, 800.0, -800.0, 1.0, -1.0, 0.5, -0.5, 0.0, -0.0])
    for dtype in (np.float32, np.float64):
        result = function(name)(x.astype(dtype))
        assert not (np.signbit(result) & (result == 0)).any(), result


@every_loss
def test_loss_and_gradient_take_the_same_arguments(name):
    loss, grad = getattr(margins, name), getattr(margins, name + "_grad")
    assert inspect.signature(loss) == inspect.signature(grad)


@every_function
def test_the_docstring_shows_numbers(name):
    assert ">>> " in getattr(margins, name).__doc__


# ---------------------------------------------------------------------- PyTorch and SciPy agree

RNG = np.random.default_rng(0)
Z = RNG.normal(0, 3, 200)
SIGNS = xl.to_signs(RNG.integers(0, 2, 200))


def torch_hinge(z, signs, margin=1):
    """max(0, margin − s·z), as the ranking of a score above 0."""
    return F.margin_ranking_loss(z, 0 * z.detach(), signs, margin=margin, reduction="none")


# name: the same loss in PyTorch, as a function of scores and signs
TORCH_MARGIN = {
    "perceptron_loss": lambda z, signs: torch_hinge(z, signs, margin=0),
    "hinge_loss": torch_hinge,
    "squared_hinge_loss": lambda z, signs: torch_hinge(z, signs) ** 2,
    "squared_margin_loss": lambda z, signs: F.mse_loss(z, signs, reduction="none"),
    "logistic_loss": lambda z, signs: F.soft_margin_loss(z, signs, reduction="none"),
    "exponential_loss": lambda z, signs: torch.exp(-signs * z),
}
# name: the same loss in PyTorch, as a function of predictions and targets
TORCH_RESIDUAL = {
    "squared_error": lambda x, y: F.mse_loss(x, y, reduction="none"),
    "absolute_error": lambda x, y: F.l1_loss(x, y, reduction="none"),
    "huber_loss": lambda x, y: F.huber_loss(x, y, reduction="none", delta=0.75),
}


@pytest.mark.parametrize("name", TORCH_MARGIN)
def test_pytorch_agrees_on_margins(name):
    z = torch.tensor(Z, requires_grad=True)
    theirs = TORCH_MARGIN[name](z, torch.tensor(SIGNS, dtype=torch.float64))
    theirs.sum().backward()
    margin = SIGNS * Z
    np.testing.assert_allclose(function(name)(margin), theirs.detach(), rtol=1e-12, atol=1e-14)
    slope = SIGNS * function(name + "_grad")(margin)
    np.testing.assert_allclose(slope, z.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", TORCH_RESIDUAL)
def test_pytorch_agrees_on_residuals(name):
    predictions, targets = torch.tensor(Z, requires_grad=True), torch.tensor(Z[::-1].copy())
    theirs = TORCH_RESIDUAL[name](predictions, targets)
    theirs.sum().backward()
    residual = Z - Z[::-1]
    np.testing.assert_allclose(function(name)(residual), theirs.detach(), rtol=1e-14)
    np.testing.assert_allclose(function(name + "_grad")(residual), predictions.grad, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "at", "theirs", "ours"),
    [("absolute_error", 0, 0, 0), ("perceptron_loss", 0, -1, -1), ("hinge_loss", 1, -1, 0)],
)
def test_slopes_of_pytorch_at_the_kinks(name, at, theirs, ours):
    """The hinge differs: there PyTorch takes the slope from the left."""
    x = torch.tensor(float(at), requires_grad=True)
    if name in TORCH_MARGIN:
        TORCH_MARGIN[name](x, torch.tensor(1.0)).backward()
    else:
        TORCH_RESIDUAL[name](x, torch.tensor(0.0)).backward()
    assert x.grad == theirs
    assert function(name + "_grad")(at) == ours


def test_smooth_l1_is_huber_over_delta():
    theirs = F.smooth_l1_loss(torch.tensor(Z), torch.zeros(200), reduction="none", beta=0.75)
    np.testing.assert_allclose(margins.huber_loss(Z, delta=0.75) / 0.75, theirs, rtol=1e-14)


def test_hinge_embedding_loss_is_not_the_hinge():
    """Its targets choose between the score itself and max(0, 1 − score)."""
    z, signs = torch.tensor([0.3, 0.3]), torch.tensor([1.0, -1.0])
    theirs = F.hinge_embedding_loss(z, signs, reduction="none")
    assert np.allclose(theirs, [0.3, 0.7])
    assert np.allclose(margins.hinge_loss(signs.numpy() * 0.3), [0.7, 1.3])


def test_soft_margin_loss_overflows_where_logistic_does_not():
    theirs = F.soft_margin_loss(torch.tensor([-800.0], dtype=torch.float64), torch.tensor([1.0]))
    assert theirs == INF
    assert margins.logistic_loss(-800) == 800


def test_scipy_agrees():
    np.testing.assert_allclose(
        margins.huber_loss(Z, delta=0.75), scipy.special.huber(0.75, Z), rtol=1e-14
    )
    np.testing.assert_allclose(margins.logistic_loss(Z), -scipy.special.log_expit(Z), rtol=1e-14)


def test_delta_is_1_by_default():
    assert margins.huber_loss(3.0) == margins.huber_loss(3.0, delta=1)
    assert margins.huber_loss(3.0) != margins.huber_loss(3.0, delta=2)
    assert margins.huber_loss_grad(3.0) == 1
