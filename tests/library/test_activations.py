"""Softmax, sigmoid and their logarithms: shapes, dtypes, masks, NaN."""

import numpy as np
import pytest
import scipy.special

import xent_lib as xl

ROW_FUNCTIONS = [xl.softmax, xl.log_softmax, xl.logsumexp]
SCALAR_FUNCTIONS = [xl.sigmoid, xl.log_sigmoid, xl.softplus]


@pytest.mark.parametrize("axis", [-1, 0, 1, 2, -3])
def test_scipy_agrees_on_every_axis(axis):
    x = np.random.default_rng(0).normal(0, 5, (3, 4, 5))
    assert np.allclose(xl.softmax(x, axis=axis), scipy.special.softmax(x, axis=axis), rtol=1e-13)
    assert np.allclose(
        xl.log_softmax(x, axis=axis), scipy.special.log_softmax(x, axis=axis), rtol=1e-13
    )
    assert np.allclose(xl.logsumexp(x, axis=axis), scipy.special.logsumexp(x, axis=axis))


def test_scipy_agrees_on_single_logits():
    z = np.random.default_rng(0).normal(0, 20, 200)
    assert np.allclose(xl.sigmoid(z), scipy.special.expit(z), rtol=1e-14)
    assert np.allclose(xl.log_sigmoid(z), scipy.special.log_expit(z), rtol=1e-14)


@pytest.mark.parametrize("function", ROW_FUNCTIONS + SCALAR_FUNCTIONS)
@pytest.mark.parametrize(
    ("given", "computed"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int64, np.float64),
        (np.uint8, np.float64),
        (bool, np.float64),
    ],
)
def test_dtypes(function, given, computed):
    assert function(np.array([[0, 1, 1]], given)).dtype == computed


def test_uint8_logits_do_not_wrap_around():
    """In uint8, −z of 1 would be 255."""
    z = np.array([0, 1, 200], np.uint8)
    assert np.array_equal(xl.sigmoid(z), xl.sigmoid([0.0, 1.0, 200.0]))
    assert np.array_equal(xl.softmax(z), xl.softmax([0.0, 1.0, 200.0]))


def test_temperature_keeps_float32_and_is_a_division():
    x = np.random.default_rng(0).normal(0, 2, (5, 4))
    for temperature in (0.5, np.float64(2), 3):
        p = xl.softmax(x.astype(np.float32), temperature=temperature)
        assert p.dtype == np.float32
        assert np.allclose(p, xl.softmax(x / float(temperature)), rtol=1e-5)
        log_p = xl.log_softmax(x, temperature=temperature)
        assert np.allclose(log_p, xl.log_softmax(x / float(temperature)), rtol=1e-13)


def test_temperature_that_gives_the_largest_class_nine_tenths():
    assert np.isclose(xl.softmax([2, 1, 0.1], temperature=0.432041).max(), 0.9)


@pytest.mark.parametrize("function", ROW_FUNCTIONS)
def test_nan_stays_in_its_row(function):
    x = np.array([[0.0, 1.0, 2.0], [0.0, np.nan, 2.0]])
    result = function(x)
    assert np.isfinite(result[0]).all()
    assert np.isnan(result[1]).all()


@pytest.mark.parametrize("function", SCALAR_FUNCTIONS)
def test_nan_in_nan_out(function):
    result = function([np.nan, 1.0])
    assert np.isnan(result[0])
    assert np.isfinite(result[1])


def test_masked_classes_get_probability_zero():
    p = xl.softmax([[1.0, -np.inf, 2.0], [-np.inf, -np.inf, -np.inf]])
    assert np.allclose(p[0], [0.268941, 0, 0.731059], atol=1e-6)
    assert np.isnan(p[1]).all()

    log_p = xl.log_softmax([[-np.inf, 0.0, 0.0], [-np.inf, -np.inf, -np.inf]])
    assert log_p[0, 0] == -np.inf
    assert np.allclose(log_p[0, 1:], -np.log(2))
    assert np.isnan(log_p[1]).all()


def test_logsumexp_of_masked_rows_is_the_log_of_zero():
    """So that blocks of a row can be joined, and a block may be masked as a whole."""
    lse = xl.logsumexp([[-np.inf, -np.inf], [0.0, -np.inf]])
    assert lse.tolist() == [-np.inf, 0.0]
    assert np.logaddexp(*lse) == 0.0


def test_infinite_logits_give_limits_or_nan():
    assert xl.sigmoid([-np.inf, np.inf]).tolist() == [0, 1]
    assert xl.softplus([-np.inf, np.inf]).tolist() == [0, np.inf]
    assert xl.log_sigmoid([-np.inf, np.inf]).tolist() == [-np.inf, 0]
    assert xl.logsumexp([np.inf, 0.0]) == np.inf
    assert np.isnan(xl.softmax([np.inf, 0.0])).all()


def test_logits_at_the_ends_of_the_floating_point_range():
    largest = np.finfo(float).max
    assert xl.softmax([largest, -largest]).tolist() == [1, 0]
    assert xl.logsumexp([largest, -largest]) == largest
    assert xl.softplus([-largest, largest]).tolist() == [0, largest]


@pytest.mark.parametrize(
    ("logits", "temperature", "gap"),
    [
        ([1e308, -1e308], 1.5, 2 * (1e308 / 1.5)),  # z − z' alone would overflow
        ([1e308, 0.75e308], 0.9, 0.25e308 / 0.9),  # and so would 2 z
        ([1.5e-323, 0], 5e-324, 3),  # T/2 would be 0
    ],
)
def test_temperature_at_the_ends_of_the_floating_point_range(logits, temperature, gap):
    one, other = xl.log_softmax(logits, temperature=temperature)
    assert one - other == pytest.approx(gap, rel=1e-14)


def test_a_class_that_is_almost_certain_keeps_its_digits_at_any_temperature():
    log_p = xl.log_softmax(np.float32([0, -176]), temperature=2)
    assert log_p[0] == pytest.approx(-np.exp(-88), rel=1e-6, abs=0)


def test_tied_logits_get_equal_probabilities():
    assert xl.softmax([5.0, 5.0]).tolist() == [0.5, 0.5]
    assert np.isclose(xl.logsumexp([5.0] * 4), 5 + np.log(4))


def test_single_class_has_probability_one():
    assert xl.softmax([[3.0]]).tolist() == [[1.0]]
    assert xl.log_softmax([[3.0]]).tolist() == [[0.0]]
    assert xl.logsumexp([[3.0]]).tolist() == [3.0]


def test_empty_batch_is_valid():
    x = np.zeros((0, 3))
    assert xl.softmax(x).shape == (0, 3)
    assert xl.log_softmax(x).shape == (0, 3)
    assert xl.logsumexp(x).shape == (0,)
    assert xl.sigmoid(np.zeros(0)).shape == (0,)


def test_results_for_one_row_or_one_logit_are_plain_numbers():
    assert isinstance(xl.logsumexp([1.0, 2.0]), np.float64)
    for function in SCALAR_FUNCTIONS:
        assert isinstance(function(0.5), np.float64)


@pytest.mark.parametrize("function", ROW_FUNCTIONS + SCALAR_FUNCTIONS)
def test_the_input_is_not_changed(function):
    x = np.array([[1.0, 2.0, 3.0]])
    x.flags.writeable = False
    function(x)


def test_each_row_of_a_batch_has_its_own_maximum():
    """With one shift for the whole batch, the first row would underflow to 0."""
    p = xl.softmax([[0, 1, 2], [1000, 1001, 1002]])
    assert np.allclose(p[0], p[1], rtol=1e-15, atol=0)


def test_jacobian_is_the_derivative_of_softmax():
    x = np.random.default_rng(0).normal(0, 2, 5)
    step = 1e-20
    columns = [xl.softmax(x + 1j * step * np.eye(5)[k]).imag / step for k in range(5)]
    assert np.allclose(xl.softmax_jacobian(xl.softmax(x)), np.array(columns).T, rtol=1e-13)


def test_rows_of_the_jacobian_sum_to_zero_where_one_class_is_certain():
    p = xl.softmax([40.0, 0.0])
    assert p[0] == 1
    assert xl.softmax_jacobian(p).tolist() == [[p[1], -p[1]], [-p[1], p[1]]]


def test_jacobian_of_a_batch():
    p = xl.softmax(np.random.default_rng(0).normal(0, 2, (2, 3, 4)))
    jacobian = xl.softmax_jacobian(p)
    assert jacobian.shape == (2, 3, 4, 4)
    assert np.array_equal(jacobian[1, 2], xl.softmax_jacobian(p[1, 2]))
    assert np.allclose(jacobian.sum(axis=-1), 0)
    assert xl.softmax_jacobian(p.astype(np.float32)).dtype == np.float32
    step = xl.softmax([2 + 1e-20j, 1.0])  # its derivative: that of p(1 − p)
    derivative = xl.softmax_jacobian(step)[0, 0].imag / 1e-20
    assert derivative == pytest.approx(step[0].real * step[1].real * (1 - 2 * step[0].real))


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (xl.sigmoid, lambda z: xl.sigmoid(z) * xl.sigmoid(-z)),
        (xl.softplus, xl.sigmoid),
        (xl.log_sigmoid, lambda z: xl.sigmoid(-z)),
    ],
)
@pytest.mark.parametrize("z", [-600.0, -30.0, -1.0, 0.0, 1.0, 30.0, 600.0])
def test_complex_step_through_single_logits(function, derivative, z):
    step = 1e-20
    assert np.isclose(function(z + 1j * step).imag / step, derivative(z), rtol=1e-14, atol=0)


@pytest.mark.parametrize("x", [[0.0, 0.0, 0.0], [3.0, -1.0, 2.0], [50.0, 0.0, -np.inf]])
def test_complex_step_through_logsumexp_gives_softmax(x):
    step = 1e-20
    for k in range(3):
        nudged = np.array(x, dtype=complex)
        nudged[k] += 1j * step
        derivative = xl.logsumexp(nudged).imag / step
        assert np.isclose(derivative, xl.softmax(x)[k], rtol=1e-14, atol=0)


def test_masked_array_without_masked_entries_is_accepted():
    nothing_masked = np.ma.array([2.0, 1.0, 0.1], mask=False)
    assert np.array_equal(xl.softmax(nothing_masked), xl.softmax([2.0, 1.0, 0.1]))


def test_temperature_may_be_a_zero_dimensional_array():
    assert np.array_equal(
        xl.softmax([1.0, 2.0], temperature=np.array(2.0)), xl.softmax([1.0, 2.0], temperature=2.0)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_softmax_of_one_class_is_exactly_1(dtype):
    logits = np.random.default_rng(0).normal(scale=30, size=(1000, 1)).astype(dtype)
    assert (xl.softmax(logits) == 1).all()
