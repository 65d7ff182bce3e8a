"""Errors in units in the last place (ulp), measured against multi-precision arithmetic.

The bound is 5 ulp for softmax, its logarithm, the loss of class indices and its gradient, on each
kind of row below, except for numbers below the smallest normal one. The table has the bounds for
functions of one logit.

The references are the textbook formulas, which cancel, so they are computed with fifty digits more
than cancellation can destroy.
"""

import functools

import mpmath
import numpy as np
import pytest

import xent_lib as xl

DTYPES = [np.float64, np.float32]


def rows_of(kind, dtype):
    """Rows of logits, one kind of difficulty each."""
    rng = np.random.default_rng(7)
    if kind == "normal":
        x = rng.normal(0, 2, (60, 10))
    elif kind == "negative":  # as log-probabilities are
        x = rng.normal(-30, 5, (60, 10))
    elif kind == "high":  # between what exp can hold and where z − m rounds to nothing
        x = rng.normal(60, 15, (60, 10)) * (1 if dtype is np.float32 else 12)
    elif kind == "peaked":  # one class leads by up to 400 nats (float32: up to 80)
        x = rng.normal(0, 1, (60, 10))
        lead = rng.uniform(5, 80 if dtype is np.float32 else 400, 60)
        x[np.arange(60), rng.integers(0, 10, 60)] += lead
    elif kind == "shifted":
        x = rng.normal(0, 2, (60, 10)) + 1e4
    elif kind == "equal":  # every addition of a stretch rounds the same way
        x = np.linspace(-60, 85, 40)[:, np.newaxis] + np.zeros(513)
    elif kind == "faint":  # a loss in reach of float32, of exponentials that are not
        x = np.hstack(
            [np.zeros((4, 1)), rng.normal([[-84], [-88], [-92], [-96]], 0.3, (4, 20_000))]
        )
    elif kind == "wide":
        x = rng.normal(0, 3, (3, 3000))
    else:
        x = rng.normal(0, 3, (1, 20_000))
    return x.astype(dtype)


KINDS = ["normal", "peaked", "shifted", "negative", "high", "equal", "faint", "wide", "very wide"]


def digits_for(row):
    """Fifty digits after all that log Σ exp(x) − x_y can cancel."""
    return 50 + int((row.max() - row.min()) / np.log(10))


def ulps(result, reference):
    """Distance of a floating-point result from the exact one, in spacings at the exact one."""
    nearest = np.abs(result.dtype.type(float(reference)))
    return float(
        abs(mpmath.mpf(float(result)) - reference) / mpmath.mpf(float(np.spacing(nearest)))
    )


def exact_row(row):
    """The logits of one row, their exponentials, the sum of these and its logarithm, in mpmath."""
    return exact_numbers(tuple(row.tolist()))


@functools.cache  # every function is measured on the same rows
def exact_numbers(row):
    x = [mpmath.mpf(v) for v in row]
    exponentials = [mpmath.exp(v) for v in x]
    total = mpmath.fsum(exponentials)
    return x, exponentials, total, mpmath.log(total)


def normal_ulps(result, reference):
    """The distance as by `ulps`, unless the number is so small that it has fewer digits."""
    if abs(reference) >= np.finfo(result.dtype).tiny:
        yield ulps(result, reference)


def softmax_errors(x):
    p = xl.softmax(x)
    for i, row in enumerate(x):
        with mpmath.workdps(digits_for(row)):
            _, exponentials, total, _ = exact_row(row)
            for k in chosen(row):
                yield from normal_ulps(p[i, k], exponentials[k] / total)


def log_softmax_errors(x):
    log_p = xl.log_softmax(x)
    for i, row in enumerate(x):
        with mpmath.workdps(digits_for(row)):
            exact, _, _, lse = exact_row(row)
            for k in chosen(row):
                yield from normal_ulps(log_p[i, k], exact[k] - lse)


def logsumexp_errors(x):
    lse = xl.logsumexp(x)
    for i, row in enumerate(x):
        with mpmath.workdps(digits_for(row)):
            exact = exact_row(row)[3]
            # m + log1p(…) may cancel near 0: there the unit is an ulp of the largest logit.
            unit = max(np.spacing(abs(lse[i])), np.spacing(abs(row.max())))
            yield float(abs(mpmath.mpf(float(lse[i])) - exact) / mpmath.mpf(float(unit)))


def loss_errors(x):
    for label in (0, 1, 2):
        losses = xl.softmax_cross_entropy(x, np.full(len(x), label), reduction="none")
        top = xl.softmax_cross_entropy(x, x.argmax(axis=1), reduction="none")
        for i, row in enumerate(x):
            with mpmath.workdps(digits_for(row)):
                exact, _, _, lse = exact_row(row)
                yield from normal_ulps(losses[i], lse - exact[label])
                yield from normal_ulps(top[i], lse - exact[row.argmax()])


def grad_errors(x):
    for labels in (np.zeros(len(x), int), x.argmax(axis=1), x.argmin(axis=1)):
        grad = xl.softmax_cross_entropy_grad(x, labels, reduction="none")
        for i, row in enumerate(x):
            with mpmath.workdps(digits_for(row)):
                _, exponentials, total, _ = exact_row(row)
                for k in chosen(row):
                    exact = exponentials[k] / total - (k == labels[i])
                    yield from normal_ulps(grad[i, k], exact)


def chosen(row):
    """A few classes of a row: among them the largest and the smallest."""
    return {0, 1, 2, int(row.argmax()), int(row.argmin())}


ROW_FUNCTIONS = {
    "softmax": softmax_errors,
    "log_softmax": log_softmax_errors,
    "logsumexp": logsumexp_errors,
    "softmax_cross_entropy": loss_errors,
    "softmax_cross_entropy_grad": grad_errors,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ROW_FUNCTIONS)
def test_rows_stay_within_their_ulp(name, kind, dtype):
    errors = list(ROW_FUNCTIONS[name](rows_of(kind, dtype)))
    assert errors
    assert max(errors) <= (2 if name == "logsumexp" else 5)


def test_long_rows_lose_little_more():
    """In one row nearly all additions round down: each adds less than half an ulp to the sum."""
    built = np.full(4097, np.log(0.45 * 2.0**-52) - 40)
    built[:2] = 0.23, -40
    rows = np.vstack([built, np.random.default_rng(1).normal(size=(2, 4097))])
    for errors in ROW_FUNCTIONS.values():
        assert max(errors(rows)) <= 16


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("temperature", [0.7, 3.3, 1e-3, 1e3, 7e30])
def test_temperature_costs_no_digits(temperature, dtype):
    """Peaked rows far from 0: the difference and the division both round their gaps."""
    rng = np.random.default_rng(3)
    x = rng.normal(0, 2, (30, 6))
    x[np.arange(30), rng.integers(0, 6, 30)] += rng.uniform(5, 60, 30)
    errors = []
    for shift in (0, 1e4):
        logits = (temperature * (x + shift)).astype(dtype)
        p = xl.softmax(logits, temperature=temperature)
        log_p = xl.log_softmax(logits, temperature=temperature)
        for i, row in enumerate(logits):
            with mpmath.workdps(200):
                row = [mpmath.mpf(float(v)) / mpmath.mpf(temperature) for v in row]
                lse = mpmath.log(mpmath.fsum(map(mpmath.exp, row)))
                for k in range(6):
                    errors += normal_ulps(p[i, k], mpmath.exp(row[k] - lse))
                    errors += normal_ulps(log_p[i, k], row[k] - lse)
    assert max(errors) <= 3


def test_float32_stays_within_five_ulp_on_millions_of_entries():
    """Against the same in float64, which is exact enough here, and its loss and gradient, too."""
    rng = np.random.default_rng(5)
    for classes in (2, 10, 64, 1000):
        for scale, shift in [(1, 0), (3, 0), (8, -5), (15, 20), (3, -50), (10, 70), (5, 1e4)]:
            x = rng.normal(shift, scale, (200_000 // classes, classes)).astype(np.float32)
            for labels in (rng.integers(0, classes, len(x)), x.argmax(axis=1)):
                ours = xl.softmax_cross_entropy_value_and_grad(x, labels, reduction="none")
                theirs = xl.softmax_cross_entropy_value_and_grad(
                    x.astype(np.float64), labels, reduction="none"
                )
                for result, exact in zip(ours, theirs, strict=True):
                    exact = exact[abs(result) >= np.finfo(np.float32).tiny]
                    result = result[abs(result) >= np.finfo(np.float32).tiny]
                    assert (
                        abs(result - exact) <= 5 * np.spacing(abs(exact).astype(np.float32))
                    ).all()


# ---------------------------------------------------------------------------- one logit


def mp_sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


def mp_softplus(z):
    return mpmath.log(1 + mpmath.exp(z))


def mp_focal(z, gamma):
    return -((1 - mp_sigmoid(z)) ** gamma) * mpmath.log(mp_sigmoid(z))


def mp_focal_grad(z, gamma):
    p = mp_sigmoid(z)
    return (1 - p) ** gamma * (gamma * p * mpmath.log(p) - (1 - p))


def one(function, label, **options):
    """The loss of every logit for one label."""
    return lambda z: function(z, np.full(z.shape, label), **options, reduction="none")


# name: (function, reference, bound)
SCALAR_FUNCTIONS = {
    "sigmoid": (xl.sigmoid, mp_sigmoid, 4),
    "softplus": (xl.softplus, mp_softplus, 4),
    "log_sigmoid": (xl.log_sigmoid, lambda z: -mp_softplus(-z), 4),
    "sigmoid_cross_entropy, y=1": (one(xl.sigmoid_cross_entropy, 1), lambda z: mp_softplus(-z), 4),
    "sigmoid_cross_entropy, y=0": (one(xl.sigmoid_cross_entropy, 0), mp_softplus, 4),
    "its gradient, y=1": (one(xl.sigmoid_cross_entropy_grad, 1), lambda z: -mp_sigmoid(-z), 6),
    "its gradient, y=0": (one(xl.sigmoid_cross_entropy_grad, 0), mp_sigmoid, 6),
    "focal, gamma=2": (one(xl.sigmoid_focal_loss, 1, gamma=2.0), lambda z: mp_focal(z, 2), 4 + 2),
    "focal, gamma=0.5": (
        one(xl.sigmoid_focal_loss, 1, gamma=0.5),
        lambda z: mp_focal(z, mpmath.mpf(0.5)),
        4,
    ),
    "its gradient, gamma=2": (
        one(xl.sigmoid_focal_loss_grad, 1, gamma=2.0),
        lambda z: mp_focal_grad(z, 2),
        6 + 2,
    ),
}


def logits_of(dtype):
    """Both tails, to where exp(−abs(z)) is just still a normal number, and the middle."""
    tail = 87 if dtype is np.float32 else 708
    rng = np.random.default_rng(3)
    z = np.concatenate([rng.uniform(-tail, tail, 60), rng.normal(0, 2, 60), [0.0, 1e-9, -1e-9]])
    return z.astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SCALAR_FUNCTIONS)
def test_single_logits_stay_within_their_ulp(name, dtype):
    function, reference, bound = SCALAR_FUNCTIONS[name]
    z = logits_of(dtype)
    if name.startswith(("focal", "its gradient, gamma")):
        z = z[abs(z) < (25 if dtype is np.float32 else 230)]  # (1 − p)^(γ+1) must not underflow
    with mpmath.workdps(1000):
        exact = [reference(mpmath.mpf(float(v))) for v in z]
        errors = [ulps(f, e) for f, e in zip(function(z), exact, strict=True)]
    assert max(errors) <= bound


@pytest.mark.parametrize("z", [-709.5, -720.0, -735.0, -744.0])
def test_subnormal_results_are_accurate_to_their_last_bits(z):
    """Below 2.2e-308 a number has fewer bits; it is still right within two of the last."""
    smallest = 5e-324
    with mpmath.workdps(50):
        exact = mpmath.exp(mpmath.mpf(z))
        for result in (xl.sigmoid(z), xl.softplus(z), -xl.log_sigmoid(-z), xl.softmax([z, 0])[0]):
            assert abs(mpmath.mpf(float(result)) - exact) <= 2 * smallest


@pytest.mark.parametrize("gap", [1.0, 37.0, 100.0, 400.0, 700.0])
def test_a_confident_prediction_keeps_its_loss_and_gradient(gap):
    """Where 1 + e^-gap rounds to 1, the naive loss is 0 and its gradient stops; here neither is."""
    loss, grad = xl.softmax_cross_entropy_value_and_grad([gap, 0.0], 0)
    with mpmath.workdps(400):
        tail = mpmath.exp(-mpmath.mpf(gap))
        assert ulps(np.float64(loss), mpmath.log(1 + tail)) <= 2
        assert ulps(grad[0], -tail / (1 + tail)) <= 2
        assert ulps(grad[1], tail / (1 + tail)) <= 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("temperature", [3.0, 0.1, 1e-3, 7e4])
def test_temperature_divides_the_gap_and_not_the_logit(temperature, dtype):
    """x/T first would round at the size of x: 1e4 where only the gaps of size 1 matter."""
    x = np.random.default_rng(0).normal(0, 30 * temperature, (20, 10)) + 1e4 * temperature
    x = x.astype(dtype)
    p = xl.softmax(x, temperature=temperature)
    log_p = xl.log_softmax(x, temperature=temperature)
    for i, row in enumerate(x):
        with mpmath.workdps(400):
            top = mpmath.mpf(float(row.max()))
            exact = [(mpmath.mpf(float(v)) - top) / mpmath.mpf(temperature) for v in row]
            total = mpmath.fsum(mpmath.exp(v) for v in exact)
            for k in range(10):
                for error in (
                    *normal_ulps(p[i, k], mpmath.exp(exact[k]) / total),
                    *normal_ulps(log_p[i, k], exact[k] - mpmath.log(total)),
                ):
                    assert error <= 5


def test_temperature_may_be_the_largest_float():
    log_p = xl.log_softmax([1e308, -1e308], temperature=1e308)
    assert log_p == pytest.approx([-np.log1p(np.exp(-2)), -2 - np.log1p(np.exp(-2))], rel=1e-15)
    assert xl.softmax([1e308, -1e308], temperature=1e308) == pytest.approx(np.exp(log_p), rel=1e-15)
    assert np.isfinite(xl.softmax([1.0, 2.0], temperature=5e-324)).all()


# ---------------------------------------------------------------------------- long double

LONG_RNG = np.random.default_rng(8)
LONG_P, LONG_Q = (v / v.sum() for v in LONG_RNG.uniform(1, 2, (2, 12)).astype(np.longdouble))
LONG_Z, LONG_W = LONG_RNG.normal(size=(2, 6, 4)).astype(np.longdouble) * 7 / 3
LONG_LABELS = np.array([0, 3, 1, 1, 2, 5])


def textbook_loss(logits, labels, weight):
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -(weight * log_p[np.arange(len(labels)), labels]).sum() / weight.sum()


def textbook_slope(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


def textbook_information(joint):
    return (joint * np.log(joint / np.outer(joint.sum(axis=1), joint.sum(axis=0)))).sum()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: xl.kl_divergence(LONG_P, LONG_Q), (LONG_P * np.log(LONG_P / LONG_Q)).sum()),
        (
            lambda: xl.mutual_information(LONG_P.reshape(3, 4)),
            textbook_information(LONG_P.reshape(3, 4)),
        ),
        (
            lambda: xl.softmax_cross_entropy(LONG_Z @ LONG_W.T, LONG_LABELS, weight=LONG_P[:6]),
            textbook_loss(LONG_Z @ LONG_W.T, LONG_LABELS, LONG_P[LONG_LABELS]),
        ),
        (
            lambda: xl.linear_cross_entropy(LONG_Z, LONG_W, LONG_LABELS, chunk=2, reduction="sum"),
            textbook_loss(LONG_Z @ LONG_W.T, LONG_LABELS, np.ones(6)) * 6,
        ),
        (
            lambda: xl.linear_cross_entropy_value_and_grad(LONG_Z, LONG_W, LONG_LABELS, chunk=2)[1],
            textbook_slope(LONG_Z @ LONG_W.T, LONG_LABELS) @ LONG_W,
        ),
    ],
    ids=["divergence", "information", "weights", "chunks", "gradient in chunks"],
)
def test_a_long_double_keeps_its_digits(found, expected):
    """Where it has more of them than a double, all intermediate results must have them, too."""
    tolerance = 50 * float(np.finfo(np.longdouble).eps)
    np.testing.assert_allclose(found(), expected, rtol=tolerance, atol=tolerance)
