"""Borderline input: it must be rejected with a clear message or give the correct result."""

# ruff: noqa: E501 (the table of invalid input has one call per line)

import numpy as np
import pytest

import xent_lib as xl

f32 = np.float32
MASKED = np.ma.array([1.0, 2.0, 9.0], mask=[0, 0, 1])
FOUR_ROWS = [[0.0], [1.0], [2.0], [3.0]]


def fit(y, X=FOUR_ROWS):
    return xl.SoftmaxRegression(max_iter=2).fit(X, y)


REFUSED = [
    ("masked logits", lambda: xl.softmax(MASKED), TypeError, r"x has masked entries, which NumPy would use; fill or drop them first"),
    ("masked labels", lambda: fit(np.ma.array([0, 1, 0, 1], mask=[1, 0, 0, 0])), TypeError, r"^y has masked entries, which NumPy would use; drop these rows first$"),
    ("a missing label among text", lambda: fit(["a", "a", float("nan"), "b"]), TypeError, r"y must hold labels of one kind, got nan at position 2"),
    ("a number among text", lambda: fit(["a", "a", 1, "b"]), TypeError, r"labels of one kind, got 1 at position 2"),
    ("a weight beyond float32", lambda: xl.softmax_cross_entropy(f32([[0, 0]]), [0], weight=[1, 1e39]), ValueError, r"weight must be finite and not negative, got inf at position 1"),
    ("an element weight beyond float32", lambda: xl.sigmoid_cross_entropy(f32([0]), [0], weight=1e39), ValueError, r"weight must be finite .*got inf at position 0"),
    ("a temperature of 0 in float32", lambda: xl.softmax(f32([1, 2]), temperature=1e-46), ValueError, r"temperature must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("the same for log_softmax", lambda: xl.log_softmax(f32([1, 2]), temperature=1e-46), ValueError, r"which is 0.0 in float32"),
    ("an infinite temperature in float32", lambda: xl.softmax(f32([1, 2]), temperature=1e39), ValueError, r"got 1e\+39, which is inf in float32"),
    ("a threshold of 0 in float32", lambda: xl.tolerance_loss(f32([0, 1]), threshold=1e-46), ValueError, r"threshold must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("an integer too large for a float", lambda: xl.softmax([1, 2], temperature=10**400), ValueError, r"temperature is too large for a float"),
    ("a NaN temperature", lambda: xl.softmax([1, 2], temperature=np.nan), ValueError, r"temperature must be positive and finite, got nan$"),
    ("a temperature beyond the largest float", lambda: xl.fit_temperature([[1e308, -1e308]] * 9, [0] * 5 + [1] * 4), ValueError, r"the best temperature is .* beyond the range of floats; scale the logits"),
    ("bytes among text", lambda: fit(["a", b"a", "b", "b"]), TypeError, r"labels of one kind, got b'a' at position 1"),
    ("an epsilon of 0 in float32", lambda: xl.adam(lambda x: (x.sum(), 0 * x), f32([1]), eps=1e-46, max_iter=1), ValueError, r"eps must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("a learning rate of 0 in float32", lambda: xl.gradient_descent(lambda x: (x.sum(), 0 * x), f32([1]), learning_rate=1e-46, max_iter=1), ValueError, r"learning_rate must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("complex labels", lambda: xl.to_signs([1 + 0j]), TypeError, r"labels must be real, got dtype complex128"),
    ("one-hot of text", lambda: xl.one_hot([0], 2, dtype=str), TypeError, r"dtype must be one of numbers or booleans, got <U0"),
    ("one-hot of objects", lambda: xl.one_hot([0], 2, dtype=object), TypeError, r"dtype must be one of numbers or booleans, got object"),
    ("logits that overflow", lambda: far_from_the_fit(), FloatingPointError, r"^the logits overflow: X is far from what the model was fitted on$"),
    ("logits of ∞ − ∞", lambda: far_both_ways(), FloatingPointError, r"^the logits overflow: X is far"),
]  # fmt: skip


def far_from_the_fit():
    model = fit([0, 1, 1, 0], np.eye(4))
    model.weights_ = 100 * np.ones_like(model.weights_)
    return model.predict([[1e308, 1e308, 0, 0]])


def far_both_ways():
    """NumPy adds up several parts of a long sum, here one to ∞ and one to −∞, and then these."""
    model = xl.LogisticRegression(max_iter=2).fit(np.eye(2, 64), [0, 1])
    model.weights_ = np.resize([1e200, -1e200], 64)
    return model.predict(np.full((1, 64), 1e200))


@pytest.mark.parametrize(
    ("call", "exception", "message"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_invalid_input_is_rejected(call, exception, message):
    with pytest.raises(exception, match=message) as caught:
        call()
    assert caught.type is exception


def test_masked_arrays_without_masked_entries_are_accepted():
    nothing_masked = np.ma.array([2.0, 1.0, 0.1], mask=False)
    assert np.array_equal(xl.softmax(nothing_masked), xl.softmax([2.0, 1.0, 0.1]))
    assert fit(np.ma.array([0, 1, 0, 1], mask=False)).classes_.tolist() == [0, 1]


def test_text_labels_of_one_type_are_accepted():
    assert fit(["a", "b", "a", "b"]).classes_.tolist() == ["a", "b"]
    assert fit(np.array(["a", "b", "a", "b"])).classes_.tolist() == ["a", "b"]
    assert fit([b"a", b"b", b"a", b"b"]).classes_.tolist() == [b"a", b"b"]


def test_a_probability_that_was_rounded_up_to_just_above_1_is_1():
    above = np.nextafter(1.0, 2)
    assert xl.categorical_nll([[above, 0.0]], [0]) == 0
    assert xl.entropy([above, 0.0]) == 0
    with pytest.raises(ValueError, match="must lie in"):
        xl.entropy([1 + 1e-12, 0.0])


def test_minus_zero_is_treated_as_zero():
    assert xl.binary_nll_grad([-0.0], [1]).tolist() == [-np.inf]
    assert xl.categorical_nll_grad([[-0.0, 1.0]], [0]).tolist() == [[-np.inf, 0.0]]


@pytest.mark.parametrize("num_classes", [10_000, 200_000])
def test_the_order_in_memory_does_not_matter(num_classes):
    p = np.full((2, num_classes), 1 / num_classes, f32)
    exact = np.log(num_classes)
    for q in (p, np.asfortranarray(p), np.ascontiguousarray(p.T).T):
        assert abs(xl.entropy(q) / exact - 1).max() < 1e-6


def test_an_empty_list_of_labels_fits_an_empty_batch():
    assert xl.softmax_cross_entropy(np.zeros((0, 3)), [], reduction="sum") == 0
    assert np.isnan(xl.softmax_cross_entropy(np.zeros((0, 3)), []))
    block, labels = np.zeros((0, 4, 3)), np.zeros((0, 4))
    assert xl.softmax_cross_entropy(block, labels, reduction="none").shape == (0, 4)


def test_zero_dimensional_arrays_are_accepted_as_numbers():
    assert np.array_equal(
        xl.softmax([1.0, 2.0], temperature=np.array(2.0)), xl.softmax([1.0, 2.0], temperature=2.0)
    )
    x, history = xl.gradient_descent(
        lambda x: (np.tensordot(x, x, 1), 2 * x), [1.0, 2.0], learning_rate=0.25, max_iter=1
    )
    assert x.tolist() == [0.5, 1.0]
    assert history == [5.0, 1.25]


def test_overflow_gives_infinity_without_warning():
    grad = xl.categorical_nll_grad([[5e-324, 1.0]], [0], weight=[1e-320, 1])
    assert grad.tolist() == [[-np.inf, 0.0]]


def test_a_fit_without_penalty_never_squares_its_weights():
    model = xl.LogisticRegression(max_iter=1).fit([[1e160], [-1e160]], [0, 1])
    assert np.isfinite(model.history_).all()


def test_row_sum_off_by_exactly_the_tolerance_is_accepted():
    """Where a long double is longer than a double, it can be off by 0.001 to the last bit."""
    assert xl.entropy(np.longdouble([1, 0.001])) == pytest.approx(-0.001 * np.log(0.001))


def test_calibration_accepts_long_doubles():
    confidence, accuracy, count = xl.reliability_curve(np.longdouble([0.1, 0.9]), [0, 1], bins=2)
    assert confidence == pytest.approx([0.1, 0.9])
    assert accuracy.tolist() == [0.0, 1.0]
    assert count.tolist() == [1, 1]


def test_mean_over_no_weight_is_nan_with_smoothing():
    """Smoothing spreads onto classes with a weight, but the target has none: no mean exists."""
    options = {"weight": [1, 1, 0], "label_smoothing": 0.1}
    loss, grad = xl.softmax_cross_entropy_value_and_grad([[1, 2, 0]], [2], **options)
    assert np.isnan(loss)
    assert np.isnan(grad).all()


def test_defaults_in_the_signatures_are_used():
    """The functions compute with the defaults that their signatures show."""
    rng = np.random.default_rng(0)
    p, labels = rng.uniform(size=200), rng.integers(2, size=200)
    assert len(xl.reliability_curve(p, labels)[2]) == 15
    ece = xl.expected_calibration_error
    assert ece(p, labels) == ece(p, labels, bins=15) != ece(p, labels, bins=16)
    assert xl.huber_loss([3.0]) == xl.huber_loss([3.0], delta=1) != xl.huber_loss([3.0], delta=2)
    assert xl.huber_loss_grad([3.0]) == 1
    model = xl.LogisticRegression()
    assert (model.learning_rate, model.max_iter, model.tol) == (0.1, 1000, 1e-6)
    assert (model.l2, model.solver) == (0.0, "gd")


def test_temperature_weights_rows_equally_whatever_their_masks():
    """The mean of the slopes over rows, as in the formula; found here by a fine search."""
    z = np.array([[2.0, 0.0, -np.inf], [2.0, 0.0, 1.0], [0.5, 1.5, -np.inf], [1.0, 3.0, 2.0]])
    labels = np.array([0, 1, 0, 1])
    grid = np.linspace(0.5, 20, 39001)
    nll = [xl.softmax_cross_entropy(z / t, labels) for t in grid]
    assert xl.fit_temperature(z, labels) == pytest.approx(grid[np.argmin(nll)], abs=1e-3)


def test_adam_without_memory_takes_steps_of_the_learning_rate():
    x, _ = xl.adam(lambda x: (x @ x, 2 * x), [3.0, -2.0], beta1=0, beta2=0, max_iter=2)
    assert x == pytest.approx([2.998, -1.998], abs=1e-8)


def test_infinite_penalty_is_rejected():
    with pytest.raises(ValueError, match="l2 must be finite and not negative, got inf"):
        xl.SoftmaxRegression(l2=np.inf).fit([[0.0], [1.0]], [0, 1])


# ---------------------------------------------------------------------- np.errstate(all="raise")

LOGITS = [np.inf, -np.inf, 800.0, -800.0, 1e-38, -1e-38, 1e30, -1e30, 1.0, 0.0, np.nan]
PROBABILITIES = [0.0, 1.0, 0.5, 1e-38, 1e-30, np.nan]
ROWS = np.array([[0, 1, 0], [1e-38, 1, 0], [0.5, 0.5, 0], [1 / 3] * 3, [np.nan, 0.5, 0.5]])


def ordinary_calls(dtype):
    """Calls with legal numbers near the ends of the range: name, and what to call."""
    tiny = 1 if dtype is np.float32 else 1e-270
    z, p, rows = (np.array(x, dtype) for x in (LOGITS, PROBABILITIES, ROWS))
    z[4:6] *= tiny
    p[3:5] *= tiny
    rows[1, 0] *= tiny
    for name in xl.__all__:
        function = getattr(xl, name)
        module = getattr(function, "__module__", "").rpartition(".")[2]
        if module == "margins":
            options = {"threshold": 0.5} if "tolerance" in name else {}
            yield name, lambda f=function, o=options: f(z, **o)
        if module == "binary_losses":
            x = p if "nll" in name else z
            for y in (0, 1) if "focal" in name else (0, 1, 0.5):
                for how in ("none", "mean", "sum"):
                    yield (
                        name,
                        lambda f=function, x=x, y=y, how=how: f(
                            x, np.full(x.shape, y), reduction=how
                        ),
                    )
    for name in ("cross_entropy", "kl_divergence", "jensen_shannon_divergence"):
        for p_row in rows:
            for q_row in rows:
                yield name, lambda n=name, p=p_row, q=q_row: getattr(xl, n)(p, q)
    joint = rows[:4] / 4
    yield "mutual_information", lambda: xl.mutual_information(joint)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_numpy_is_told_to_raise_makes_no_difference(dtype):
    names = set()
    for name, call in ordinary_calls(dtype):
        names.add(name)
        with np.errstate(all="ignore"):
            expected = call()
        with np.errstate(all="raise"):
            found = call()
        pairs = zip(expected, found, strict=True) if "value_and" in name else [(expected, found)]
        for one, other in pairs:
            np.testing.assert_array_equal(one, other)
    assert {"huber_loss", "sigmoid_cross_entropy_grad", "kl_divergence"} <= names


def test_a_probability_that_rounding_put_above_1_is_1():
    above = 1 + 2.0**-52
    assert xl.binary_nll([above], [1]) == 0
    assert xl.binary_nll_grad([above], [1]).tolist() == [-1]
    assert xl.expected_calibration_error([above], [1]) == 0
    assert xl.kl_divergence([above, 0.0], [1.0, 0.0]) == 0
    with pytest.raises(ValueError, match=r"probs must lie in \[0, 1\]"):
        xl.binary_nll([1 + 1e-14], [1])
