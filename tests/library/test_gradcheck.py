"""The gradient check itself: is it right, does it see mistakes, does it say where they are?"""

import inspect

import numpy as np
import pytest

import xent_lib as xl
from xent_lib import gradcheck
from xent_lib.gradcheck import GradientReport, central_difference, check_gradient, complex_step

NAN, INF = float("nan"), float("inf")
METHODS = ["central", "complex"]
both_methods = pytest.mark.parametrize("method", METHODS)
STEPS = {"central": central_difference, "complex": complex_step}
ACCURACY = {"central": 1e-8, "complex": 1e-14}


def cubes(x):
    return (x**3).sum()


def cubes_grad(x):
    return 3 * x**2


POINT = np.array([1.0, -2.0, 0.5])

# Functions of one number, and their derivatives.
KNOWN = {
    "square": (lambda x: x**2, lambda x: 2 * x),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "sin": (np.sin, np.cos),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
}


# ---------------------------------------------------------------------- the steps


@both_methods
@pytest.mark.parametrize("name", KNOWN)
def test_known_derivatives(method, name):
    f, derivative = KNOWN[name]
    for x in (0.3, 1.0, 2.7):
        assert np.isclose(STEPS[method](f, x), derivative(x), rtol=ACCURACY[method], atol=0)


@both_methods
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_the_gradient_has_the_shape_of_x(method, shape):
    x = np.random.default_rng(0).normal(size=shape)
    gradient = STEPS[method](cubes, x)
    assert gradient.shape == shape
    assert gradient.dtype == np.float64
    assert np.allclose(gradient, cubes_grad(x), rtol=1e-8)


@both_methods
def test_each_coordinate_gets_its_own_derivative(method):
    coefficients = np.arange(6.0).reshape(2, 3)
    gradient = STEPS[method](lambda x: (coefficients * x).sum(), np.ones((2, 3)))
    assert np.allclose(gradient, coefficients, rtol=1e-9)


@both_methods
def test_x_is_not_changed_not_even_by_a_function_that_writes_into_it(method):
    def rude(x):
        x *= 2
        return x.sum()

    x = np.array([1.0, 2.0])
    assert np.allclose(STEPS[method](rude, x), 2)
    assert check_gradient(rude, lambda x: np.full_like(x, 2), x, method=method)
    assert x.tolist() == [1, 2]
    x.flags.writeable = False
    assert np.allclose(STEPS[method](cubes, x), cubes_grad(x))


@both_methods
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_smaller_floats_are_converted_to_float64(method, dtype):
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return cubes(x)

    def grad(x):
        seen.add(x.dtype)
        return cubes_grad(x)

    assert check_gradient(f, grad, POINT.astype(dtype), method=method)
    assert seen <= {np.dtype(np.float64), np.dtype(np.complex128)}


def test_list_of_floats_is_accepted():
    assert np.allclose(central_difference(cubes, [1.0, -2.0, 0.5]), cubes_grad(POINT))


def test_error_of_a_central_difference_falls_and_then_rises_as_h_shrinks():
    """A large step has an error of order h², a small one the rounding of f divided by h."""
    logits = np.array([2.0, 1.0, 0.1])
    exact = xl.softmax_cross_entropy_grad(logits, 0)

    def error(h):
        gradient = central_difference(lambda z: xl.softmax_cross_entropy(z, 0), logits, h=h)
        return abs(gradient / exact - 1).max()

    assert error(1e-5) < 1e-9
    assert 50 < error(1e-2) / error(1e-3) < 200
    assert error(1e-1) > 1e4 * error(1e-5)
    assert error(1e-13) > 1e4 * error(1e-5)


def test_complex_step_does_not_depend_on_h():
    logits = np.array([2.0, 1.0, 0.1])
    exact = xl.softmax_cross_entropy_grad(logits, 0)
    for h in (1e-8, 1e-20, 1e-100, 1e-300):
        gradient = complex_step(lambda z: xl.softmax_cross_entropy(z, 0), logits, h=h)
        assert np.allclose(gradient, exact, rtol=1e-14, atol=0)


def test_the_rounding_of_x_plus_h_costs_no_digits():
    """Beside 1e6, a step of 1e-5 is rounded by about 1e-5 of itself."""
    assert np.isclose(central_difference(lambda x: 3 * (x - 1e6), 1e6 + 0.1), 3, rtol=1e-14)
    x = np.array([2.0, 1.0, 0.1]) + 1e6
    report = check_gradient(
        lambda z: xl.softmax_cross_entropy(z, 0), lambda z: xl.softmax_cross_entropy_grad(z, 0), x
    )
    assert report, report


def test_the_usual_steps_of_check_gradient_are_those_of_its_methods():
    for method, steps in STEPS.items():
        function, h, _ = gradcheck._METHODS[method]
        assert function is steps
        assert inspect.signature(steps).parameters["h"].default == h


# ---------------------------------------------------------------------- passing and failing


@both_methods
def test_a_right_gradient_passes(method):
    report = check_gradient(cubes, cubes_grad, POINT, method=method)
    assert report
    assert report.passed is True
    assert np.array_equal(report.claimed, cubes_grad(POINT))
    assert np.allclose(report.numeric, cubes_grad(POINT))
    assert (report.error <= report.tolerance).all() and not report.wrong.any()


@both_methods
@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: -cubes_grad(x),
        lambda x: cubes_grad(x) / 3,
        lambda x: cubes_grad(x) * (1 + 1e-5),
        lambda x: cubes_grad(x)[::-1],
        lambda x: cubes_grad(x).mean() * np.ones(3),
        lambda x: np.zeros(3),
        lambda x: np.full(3, 1e300),
        lambda x: np.full(3, INF),
        lambda x: np.full(3, -INF),
        lambda x: np.full(3, NAN),
    ],
)
def test_a_wrong_gradient_fails(method, wrong):
    report = check_gradient(cubes, wrong, POINT, method=method)
    assert not report
    assert report.passed is False


@both_methods
@pytest.mark.parametrize("position", [(0, 0), (0, 2), (1, 1)])
@pytest.mark.parametrize("fault", ["sign", "small", "nan", "inf"])
def test_one_wrong_coordinate_is_found_and_named(method, position, fault):
    x = np.random.default_rng(1).normal(size=(2, 3))

    def grad(x):
        gradient = cubes_grad(x)
        change = {"sign": -1, "small": 1 + 1e-4, "nan": NAN, "inf": INF}
        gradient[position] *= change[fault]
        return gradient

    report = check_gradient(cubes, grad, x, method=method)
    assert not report
    assert report.worst == position
    verdict = repr(report).splitlines()[-2:]
    assert verdict[0].startswith("FAILED: 1 of 6 coordinates")
    assert verdict[1].startswith(f"worst: {position}, claimed {grad(x)[position]:.6g}, numeric ")


def test_infinite_numbers_are_no_agreement():
    with np.errstate(all="raise"):
        report = check_gradient(lambda x: np.where(x <= 1, 0, INF).sum(), lambda x: x * INF, [1.0])
    assert not report and report.numeric == INF and report.error == INF


@both_methods
def test_nan_has_the_largest_error(method):
    report = check_gradient(cubes, lambda x: np.array([1e9, NAN, 0.75]), POINT, method=method)
    assert report.worst == (1,)
    assert report.error.tolist()[1] == INF


@both_methods
def test_the_scale_of_f_makes_no_difference(method):
    for scale in (1e-200, 1e-12, 1, 1e12, 1e100):
        for factor, passes in [(1, True), (2, False), (1.001, False), (0, False)]:
            report = check_gradient(
                lambda x, s=scale: s * cubes(x),
                lambda x, s=scale * factor: s * cubes_grad(x),
                POINT,
                method=method,
            )
            assert report.passed is passes, (scale, factor, report)


@both_methods
def test_a_confident_prediction_is_checked_to_its_last_digits(method):
    """The loss is 4e-18. p − 1 is 0 there, and must not pass because all numbers are small."""

    def loss(z):
        return xl.softmax_cross_entropy(z, 0)

    confident = [40.0, 0.0]
    right = check_gradient(
        loss, lambda z: xl.softmax_cross_entropy_grad(z, 0), confident, method=method
    )
    assert right, right
    naive = check_gradient(loss, lambda z: xl.softmax(z) - [1, 0], confident, method=method)
    assert naive.worst == (0,)
    assert naive.error.tolist()[0] == 1
    assert np.isclose(naive.numeric[0], -4.248354e-18, rtol=1e-6, atol=0)


@both_methods
def test_zero_slope_of_a_large_f_passes(method):
    """At its floor the smoothed loss is 0.29 and flat: the steps find rounding errors alone."""
    best = np.log(xl.smooth_labels(0, 3, 0.1))
    report = check_gradient(
        lambda z: xl.softmax_cross_entropy(z, 0, label_smoothing=0.1),
        lambda z: np.zeros(3),
        best,
        method=method,
    )
    assert report, report


@both_methods
def test_error_in_the_slope_of_a_large_f_is_detected_and_shown(method):
    report = check_gradient(
        lambda x: 1e5 + cubes(x), lambda x: 2 * cubes_grad(x), POINT, tolerance=1e-4, method=method
    )
    assert report.error == pytest.approx([0.5, 0.5, 0.5], rel=1e-6)
    assert str(report).count(" 0.5\n") == 3


@pytest.mark.parametrize(
    ("method", "tolerance", "limit"),
    [
        ("central", 1e-6, 4 * 2.0**-52 / 1e-5 * 8.0),  # four roundings of 8, over the step
        ("central", 1e-9, 1e-3 * 1e-9 * 8.0),  # a thousandth of tolerance·|f| is less
        ("complex", 1e-6, 4 * 2.0**-52 * 8.0),
        ("complex", 1e-13, 1e-3 * 1e-13 * 8.0),
    ],
)
def test_rounding_allowance_has_the_documented_size(method, tolerance, limit):
    for slope, passes in [(limit * (1 - 1e-9), True), (limit * (1 + 1e-9), False)]:
        report = check_gradient(
            lambda x: 8.0 + 0 * x, lambda x, s=slope: s, 1.0, method=method, tolerance=tolerance
        )
        assert report.passed is passes
        assert report.error == 1  # the true error, whether or not it passes
        assert report.below_rounding == passes
        assert report.wrong == (not passes)
        assert ("1, below rounding" in str(report)) is passes


@both_methods
def test_wrong_sign_is_detected_despite_a_large_f(method):
    """A slope of 1e-10, compared with f = 1, is small but still detected."""

    def f(x):
        return 1 + 1e-10 * x.sum()

    for sign, passes in [(1, True), (-1, False)]:
        report = check_gradient(
            f, lambda x, s=sign: s * np.full(3, 1e-10), POINT, method=method, tolerance=0.5
        )
        assert report.passed is passes, report
    assert not check_gradient(f, lambda x: np.full(3, -1e-10), POINT, method=method)


def test_error_of_a_thousandth_is_detected_despite_f_of_a_million():
    report = check_gradient(lambda x: 1e6 + x.sum(), lambda x: np.full(2, 1.0009), [0.0, 1.0])
    assert not report
    assert report.error == pytest.approx([9e-4, 9e-4], rel=0.05)
    assert "<= 1e-06" not in str(report)


def test_coordinates_below_rounding_are_counted():
    report = check_gradient(lambda x: 1 + x[0] ** 2, lambda x: np.array([2.0, 1e-11]), [1.0, 1.0])
    assert str(report).splitlines()[-2:] == [
        "       1    1e-11        0  1, below rounding",
        "passed: 2 of 2 coordinates, 1 of them below rounding (central, h=1e-05)",
    ]


@both_methods
def test_the_wrong_sign_of_a_slope_near_the_largest_float(method):
    """The difference of the two slopes overflows, in silence: they differ without measure."""
    slope = 1.5e308
    report = check_gradient(lambda x: slope * x, lambda x: -slope, 0.0, method=method)
    assert report.error == INF
    assert not report


@both_methods
def test_a_function_that_ignores_a_coordinate(method):
    assert check_gradient(lambda x: x[0] ** 2, lambda x: [2 * x[0], 0.0], [3.0, 1.0], method=method)
    assert check_gradient(lambda x: 0 * x.sum(), lambda x: 0 * x, [3.0, 1.0], method=method)


def test_complex_step_detects_errors_that_central_differences_miss():
    def nearly(x):
        return cubes_grad(x) * (1 + 1e-9)

    assert check_gradient(cubes, nearly, POINT)
    assert not check_gradient(cubes, nearly, POINT, method="complex")


def test_tolerance_and_step_are_configurable():
    def nearly(x):
        return cubes_grad(x) * (1 + 1e-4)

    assert check_gradient(cubes, nearly, POINT, tolerance=1e-3)
    assert not check_gradient(cubes, nearly, POINT, tolerance=1e-5)
    assert not check_gradient(cubes, cubes_grad, POINT, h=1e-1)
    assert not check_gradient(cubes, cubes_grad, POINT, h=1e-14)
    report = check_gradient(cubes, cubes_grad, POINT, h=1e-4, tolerance=1e-3)
    assert (report.method, report.tolerance) == ("central, h=0.0001", 1e-3)


@pytest.mark.parametrize("beyond", [NAN, INF])
def test_f_that_is_not_finite_near_x_fails(beyond):
    """Finite at x itself but NaN or ∞ one step away, so there is no derivative."""

    def f(x):
        return x.sum() if x[0] == 1 else beyond

    report = check_gradient(f, np.ones_like, [1.0, 2.0])
    assert not report
    assert report.worst == (0,)
    assert np.isnan(report.numeric).tolist() == [True, False]


def test_kink_fails_at_the_kink_and_passes_next_to_it():
    def relu(x):
        return np.maximum(x, 0).sum()

    def relu_grad(x):
        return np.where(x > 0, 1.0, 0.0)

    assert not check_gradient(relu, relu_grad, [0.0, 1.0])
    assert central_difference(relu, 0.0) == 0.5
    assert check_gradient(relu, relu_grad, [0.1, -0.1])


@both_methods
def test_x_may_be_a_single_number(method):
    report = check_gradient(np.sin, np.cos, 0.5, method=method)
    assert report
    assert report.worst == ()
    assert not check_gradient(np.sin, np.sin, 0.5, method=method)


def test_gradients_in_float32_or_integers_or_lists_are_compared_as_they_are():
    assert check_gradient(cubes, lambda x: [3, 12, 0.75], POINT)
    assert check_gradient(lambda x: (2 * x).sum(), lambda x: np.full(3, 2), POINT)
    assert check_gradient(cubes, lambda x: np.float32(cubes_grad(x)), POINT)


def test_the_gradient_of_pytorch():
    import torch

    def grad(x):
        tensor = torch.tensor(x, requires_grad=True)
        torch.nn.functional.cross_entropy(tensor, torch.tensor([0, 2])).backward()
        return tensor.grad.numpy()

    x = np.random.default_rng(0).normal(size=(2, 3))
    for method in METHODS:
        assert check_gradient(lambda z: xl.softmax_cross_entropy(z, [0, 2]), grad, x, method=method)


# ---------------------------------------------------------------------- the report


def test_report_prints_a_table():
    report = check_gradient(cubes, lambda x: np.array([3, -12, NAN]), POINT)
    assert str(report).splitlines() == [
        "position  claimed  numeric  relative error",
        "       0        3        3        <= 1e-06",
        "       1      -12       12               2",
        "       2      nan     0.75             inf",
        "FAILED: 2 of 3 coordinates (central, h=1e-05)",
        "worst: 2, claimed nan, numeric 0.75",
    ]


def test_report_of_a_matrix_of_zeros():
    report = check_gradient(lambda x: 0 * x.sum(), lambda x: -0.0 * x, np.ones((1, 2)))
    assert str(report).splitlines() == [
        "position  claimed  numeric  relative error",
        "  (0, 0)        0        0        <= 1e-06",
        "  (0, 1)        0        0        <= 1e-06",
        "passed: 2 of 2 coordinates (central, h=1e-05)",
    ]


def test_long_report_shows_the_worst_coordinates():
    x = np.arange(1.0, 101.0).reshape(10, 10)

    def grad(x):
        gradient = cubes_grad(x)
        gradient[4, 2] *= 3
        gradient[9, 9] *= 2
        gradient[0, 5] *= 5
        return gradient

    lines = str(check_gradient(cubes, grad, x)).splitlines()
    assert len(lines) == 1 + 10 + 3
    shown = [line[: line.index(")") + 1].strip() for line in lines[1:6]]
    assert shown == ["(0, 5)", "(4, 2)", "(9, 9)", "(0, 0)", "(0, 1)"]
    assert [line.split()[-1] for line in lines[1:4]] == ["0.8", "0.67", "0.5"]
    assert lines[4].endswith(", below rounding")  # a slope of 3, where f is 25 million
    assert lines[11] == "... and 90 more, none of them worse"
    assert lines[12] == "FAILED: 3 of 100 coordinates (central, h=1e-05)"
    assert lines[13].startswith("worst: (0, 5), claimed 540, numeric 108")


def test_report_shows_at_most_ten_rows():
    ten = str(check_gradient(cubes, cubes_grad, np.ones(10)))
    assert "more" not in ten
    assert len(ten.splitlines()) == 12
    eleven = str(check_gradient(cubes, cubes_grad, np.ones(11)))
    assert "... and 1 more" in eleven
    assert len(eleven.splitlines()) == 13


def test_order_of_the_report_ignores_noise():
    """A forgotten 1/N makes all coordinates equally wrong: the first is named, on any machine."""
    x = np.random.default_rng(0).normal(size=20)
    report = check_gradient(lambda x: cubes(x) / 20, cubes_grad, x)
    assert report.error == pytest.approx(np.full(20, 0.95))
    assert report.worst == (0,)


def test_the_tolerance_is_exact():
    """Errors are rounded where they are shown, not where they are judged."""

    def nearly(x):
        return cubes_grad(x) * (1 + 1.04e-6)

    assert check_gradient(cubes, nearly, POINT, method="complex", tolerance=1.041e-6)
    assert not check_gradient(cubes, nearly, POINT, method="complex", tolerance=1.039e-6)


def test_an_error_at_the_tolerance_passes_and_is_shown_so():
    at, above = 1e-6, 2e-6
    report = GradientReport(
        np.ones(2), np.ones(2), np.array([at, above]), np.zeros(2, bool), at, "by hand"
    )
    assert str(report).splitlines() == [
        "position  claimed  numeric  relative error",
        "       0        1        1        <= 1e-06",
        "       1        1        1           2e-06",
        "FAILED: 1 of 2 coordinates (by hand)",
        "worst: 1, claimed 1, numeric 1",
    ]


def test_short_report_keeps_the_order_of_coordinates():
    """Ten rows are shown as they are, even where the last is the worst."""
    wrong_at_the_end = np.r_[np.full(9, 3.0), -3.0]
    lines = str(check_gradient(cubes, lambda x: wrong_at_the_end, np.ones(10))).splitlines()
    assert [line.split()[0] for line in lines[1:11]] == [str(k) for k in range(10)]


def test_minus_zero_is_shown_as_zero_in_both_columns():
    minus = np.array([-0.0])
    line = str(
        GradientReport(minus, minus, np.zeros(1), np.ones(1, bool), 1e-6, "by hand")
    ).splitlines()[1]
    assert line.split()[:3] == ["0", "0", "0"]


def test_report_fits_the_width_of_a_page():
    x = -1e-5 * np.ones((2, 2, 2))
    wide = check_gradient(lambda x: (1e-200 * x).sum(), lambda x: -1.23456e-200 + 0 * x, x)
    assert max(map(len, str(wide).splitlines())) <= 79


def test_report_is_immutable():
    report = check_gradient(cubes, cubes_grad, POINT)
    assert isinstance(report, GradientReport)
    with pytest.raises(AttributeError):
        report.tolerance = 1.0


def test_an_error_as_large_as_the_tolerance_passes_without_the_allowance_for_rounding():
    def f(x):
        return 1e3 + x.sum()

    def grad(x):
        return x + 1e-9

    error = xl.check_gradient(f, grad, [1.0]).error[0]
    report = xl.check_gradient(f, grad, [1.0], tolerance=error)
    assert report.passed and report.below_rounding.all() and error > 0
    assert "below rounding" not in str(report)
