"""Calibration: worked numbers, oracles, edges of bins."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.calibration import calibration_curve

from xent_lib.activations import softmax
from xent_lib.calibration import (
    brier_decomposition,
    classwise_calibration_error,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
)
from xent_lib.encoding import one_hot
from xent_lib.losses import brier_score, softmax_cross_entropy

NAN = float("nan")


def sample(n=4000, num_classes=4, overconfidence=3, seed=0):
    """Overconfident logits: the labels follow the softmax of a fraction of them."""
    rng = np.random.default_rng([seed, n, num_classes])
    true_logits = rng.normal(0, 1.5, (n, num_classes))
    # The largest of logits plus Gumbel noise is a draw from their softmax.
    labels = (true_logits + rng.gumbel(size=true_logits.shape)).argmax(axis=-1)
    return overconfidence * true_logits, labels


# ---------------------------------------------------------------------- bins

WORKED_PROBS = [0.9] * 10 + [0.6] * 10  # seven of ten are right, and six of ten
WORKED_RIGHT = [1] * 7 + [0] * 3 + [1] * 6 + [0] * 4


@pytest.mark.parametrize("bins", [4, 5, 10, 15, 100])
def test_worked_example(bins):
    assert expected_calibration_error(WORKED_PROBS, WORKED_RIGHT, bins=bins) == pytest.approx(
        0.1, rel=1e-12
    )
    table = np.stack([np.subtract(1, WORKED_PROBS), WORKED_PROBS], axis=-1)
    assert expected_calibration_error(table, WORKED_RIGHT, bins=bins) == pytest.approx(
        0.1, rel=1e-12
    )


def test_in_one_bin_errors_of_both_signs_cancel():
    probs, right = [0.6] * 10 + [0.7] * 10, [1] * 7 + [0] * 3 + [1] * 6 + [0] * 4
    assert expected_calibration_error(probs, right, bins=10) == pytest.approx(0.1)
    assert expected_calibration_error(probs, right, bins=2) == pytest.approx(0, abs=1e-15)


def test_worked_curve():
    confidence, accuracy, count = reliability_curve(WORKED_PROBS, WORKED_RIGHT, bins=5)
    np.testing.assert_allclose(confidence, [NAN, NAN, 0.6, NAN, 0.9], rtol=1e-15)
    np.testing.assert_allclose(accuracy, [NAN, NAN, 0.6, NAN, 0.7], rtol=1e-15)
    assert count.tolist() == [0, 0, 10, 0, 10] and count.dtype.kind == "i"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_edge_belongs_to_the_bin_below_it(dtype):
    edges = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], dtype)
    _, _, count = reliability_curve(edges, np.ones(11, int), bins=10)
    assert count.tolist() == [2] + [1] * 9
    _, _, count = reliability_curve(np.nextafter(edges[:-1], dtype(1)), np.ones(10, int), bins=10)
    assert count.tolist() == [1] * 10


def test_table_is_reduced_to_its_most_likely_class():
    probs = [[0.2, 0.7, 0.1], [0.4, 0.2, 0.4], [0.4, 0.2, 0.4], [0.1, 0.1, 0.8]]
    confidence, accuracy, count = reliability_curve(probs, [1, 0, 2, 0], bins=2)
    np.testing.assert_allclose(confidence, [0.4, 0.75])
    np.testing.assert_allclose(accuracy, [0.5, 0.5])  # of equally likely classes the first counts
    assert count.tolist() == [2, 2]


@pytest.mark.parametrize("bins", [1, 5, 15])
def test_scikit_learn(bins):
    rng = np.random.default_rng(bins)
    p = np.concatenate([rng.uniform(size=500) ** 3, [0, 1, 0.2, 0.4]])
    y = (rng.uniform(size=504) < p).astype(int)
    confidence, accuracy, count = reliability_curve(p, y, bins=bins)
    share, mean = calibration_curve(y, p, n_bins=bins)
    np.testing.assert_allclose(confidence[count > 0], mean, rtol=1e-12)
    np.testing.assert_allclose(accuracy[count > 0], share, rtol=1e-12)
    assert count.sum() == 504


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_bins_agree_with_a_plain_loop(bins):
    logits, labels = sample(n=300)
    probs = softmax(logits)
    error = 0
    for b in range(bins):
        inside = [i for i in range(300) if b / bins < probs[i].max() <= (b + 1) / bins]
        if inside:
            confidence = np.mean([probs[i].max() for i in inside])
            accuracy = np.mean([probs[i].argmax() == labels[i] for i in inside])
            error += len(inside) / 300 * abs(accuracy - confidence)
    assert expected_calibration_error(probs, labels, bins=bins) == pytest.approx(error, rel=1e-12)


def test_labels_of_a_vector_may_be_booleans_or_floats():
    curve = reliability_curve(WORKED_PROBS, WORKED_RIGHT)
    for dtype in (bool, float, np.uint8):
        other = reliability_curve(WORKED_PROBS, np.array(WORKED_RIGHT, dtype))
        np.testing.assert_array_equal(other, curve)


def test_predicting_the_base_rate_is_calibrated():
    assert expected_calibration_error([0.3] * 10, [1] * 3 + [0] * 7) == pytest.approx(0, abs=1e-15)
    assert expected_calibration_error([0.0, 1.0], [1, 0]) == 1


@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_empty_predictions_have_nan_error(shape):
    nothing = np.empty(shape)
    confidence, accuracy, count = reliability_curve(nothing, np.empty(0, int), bins=2)
    assert np.isnan([confidence, accuracy]).all() and count.tolist() == [0, 0]
    assert np.isnan(expected_calibration_error(nothing, np.empty(0, int)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.float16, np.float32),
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.int64, np.float64),
        (bool, np.float64),
    ],
)
def test_precision_is_kept(given, kept):
    probs = np.array([0, 1, 1], given)
    confidence, accuracy, _ = reliability_curve(probs, [0, 1, 0])
    assert confidence.dtype == accuracy.dtype == kept
    assert expected_calibration_error(probs, [0, 1, 0]).dtype == kept


def test_long_doubles_are_accepted():
    confidence, accuracy, count = reliability_curve(np.longdouble([0.1, 0.9]), [0, 1], bins=2)
    assert confidence == pytest.approx([0.1, 0.9])
    assert accuracy.tolist() == [0.0, 1.0]
    assert count.tolist() == [1, 1]


def test_fifteen_bins_are_the_default():
    rng = np.random.default_rng(0)
    p, labels = rng.uniform(size=200), rng.integers(2, size=200)
    assert len(reliability_curve(p, labels)[2]) == 15
    ece = expected_calibration_error
    assert ece(p, labels) == ece(p, labels, bins=15) != ece(p, labels, bins=16)


def test_a_probability_that_rounding_put_above_1_is_1():
    assert expected_calibration_error([np.nextafter(1.0, 2)], [1]) == 0


# ---------------------------------------------------------------------- temperature


@pytest.mark.parametrize("gap", [1e-3, 0.5, 4.0, 1e4, 1e200])
@pytest.mark.parametrize("right", [6, 8, 99])
def test_temperature_of_equal_gaps(gap, right):
    """If every gap between two logits is g, the best probability is the share that is right."""
    n = 100 if right == 99 else 10
    temperature = fit_temperature([[gap, 0]] * n, [0] * right + [1] * (n - right))
    assert temperature == pytest.approx(gap / np.log(right / (n - right)), rel=1e-12)


@pytest.mark.parametrize("overconfidence", [0.2, 1, 3])
def test_temperature_corrects_overconfidence(overconfidence):
    logits, labels = sample(overconfidence=overconfidence)
    temperature = fit_temperature(logits, labels)
    assert type(temperature) is float
    assert temperature == pytest.approx(overconfidence, rel=0.05)
    probs, corrected = softmax(logits), softmax(logits, temperature=temperature)
    assert np.array_equal(probs.argmax(axis=-1), corrected.argmax(axis=-1))
    assert softmax_cross_entropy(logits / temperature, labels) <= softmax_cross_entropy(
        logits, labels
    )
    if overconfidence != 1:
        assert expected_calibration_error(probs, labels) > 0.1
    assert expected_calibration_error(corrected, labels) < 0.03


def best_of_search(logits, labels):
    """Find the temperature of the smallest loss by SciPy."""
    found = minimize_scalar(
        lambda log_t: softmax_cross_entropy(logits / np.exp(log_t), labels),
        bounds=(-5, 10),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return np.exp(found.x)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "num_classes"), [(20, 2), (50, 3), (200, 10)])
def test_scipy(seed, n, num_classes):
    logits, labels = sample(n, num_classes, seed=seed)
    assert fit_temperature(logits, labels) == pytest.approx(
        best_of_search(logits, labels), rel=1e-6
    )


def test_at_the_best_temperature_the_model_expects_the_logits_of_the_labels():
    logits, labels = sample()
    p = softmax(logits, temperature=fit_temperature(logits, labels))
    expected = (p * logits).sum(axis=-1).mean()
    assert expected == pytest.approx(logits[np.arange(len(labels)), labels].mean(), rel=1e-12)


@pytest.mark.parametrize("factor", [1e-30, 0.5, 3.0, 1e30])
def test_temperature_scales_with_the_logits(factor):
    logits, labels = sample(n=500)
    scaled = fit_temperature(factor * logits, labels)
    assert scaled == pytest.approx(factor * fit_temperature(logits, labels), rel=1e-12)


def test_temperature_ignores_a_common_shift_and_masked_classes():
    logits, labels = sample(n=500)
    temperature = fit_temperature(logits, labels)
    shift = np.linspace(-100, 100, 500)[:, np.newaxis]
    assert fit_temperature(logits + shift, labels) == pytest.approx(temperature, rel=1e-10)
    masked = np.insert(logits, 4, -np.inf, axis=-1)
    assert fit_temperature(masked, labels) == pytest.approx(temperature, rel=1e-12)


def test_best_temperature_weights_rows_equally():
    """One row is right by 3 between two classes, one is wrong by 1.2 between four."""
    logits = np.array([[3.0, 0.0, -np.inf, -np.inf], [0.0, 1.2, 1.2, 1.2]])
    right, wrong = softmax(logits, temperature=fit_temperature(logits, [0, 0]))
    assert 3 * right[1] == pytest.approx(1.2 * (1 - wrong[0]), rel=1e-12)


def test_temperature_weights_rows_equally_whatever_their_masks():
    """The mean of the slopes over rows, as in the formula; found here by a search."""
    z = np.array([[2.0, 0.0, -np.inf], [2.0, 0.0, 1.0], [0.5, 1.5, -np.inf], [1.0, 3.0, 2.0]])
    labels = np.array([0, 1, 0, 1])
    assert fit_temperature(z, labels) == pytest.approx(best_of_search(z, labels), rel=1e-6)


def test_temperature_in_single_precision():
    logits, labels = sample(n=500)
    single = fit_temperature(logits.astype(np.float32), labels)
    assert single == pytest.approx(fit_temperature(logits, labels), rel=1e-5)


f32 = np.float32


@pytest.mark.parametrize(
    ("logits", "labels", "expected", "digits"),
    [
        # the slopes of 1001 and 999 equal rows nearly cancel: three digits go
        (f32([[4.0, 0]] * 2000), [0] * 1001 + [1] * 999, 4 / np.log(1001 / 999), 1e-12),
        (f32([[3e38, 0]] * 10), [0] * 8 + [1] * 2, float(f32(3e38)) / np.log(4), 1e-15),
        ([[1e308, 0]] * 100, [0] * 80 + [1] * 20, 1e308 / np.log(4), 1e-15),
        ([[1e308, -1e308]] * 10, [0] * 9 + [1], 2 * (1e308 / np.log(9)), 1e-15),
        ([[1e-310, 0]] * 10, [0] * 9 + [1], 1e-310 / np.log(9), 1e-13),  # a subnormal number
        # One row is right at any such temperature, so the others decide.
        ([[1, 0]] + [[1e-200, 0]] * 10, [0] + [0] * 8 + [1] * 2, 1e-200 / np.log(4), 1e-15),
        ([[1e308, 1e308]] + [[1e-20, 0]] * 10, [0] + [0] * 8 + [1] * 2, 1e-20 / np.log(4), 1e-15),
    ],
)
def test_temperature_to_the_last_digits_at_the_ends_of_the_range(logits, labels, expected, digits):
    with np.errstate(all="raise"):
        assert fit_temperature(logits, labels) == pytest.approx(expected, rel=digits, abs=0)


def test_temperature_where_one_row_is_wrong_by_hundreds_of_nats():
    """3000 rows right by 1 hold one that is wrong by 700: e^(700/T) is no float."""
    temperature = fit_temperature([[1.0, 0.0]] * 3000 + [[0.0, 700.0]], [0] * 3001)
    assert temperature == pytest.approx(1 / np.log(2300 / 700), rel=1e-14)


@pytest.mark.parametrize("num_classes", [3, 100, 10**4])
def test_temperature_of_many_equal_classes(num_classes):
    """The more there are, the farther do Newton's steps lead beyond the zero."""
    logits = np.zeros((2, num_classes))
    logits[:, 0] = 5
    temperature = fit_temperature(logits, [0, 1])
    assert temperature == pytest.approx(5 / np.log(num_classes - 1), rel=1e-14)


def test_temperature_takes_few_softmaxes(monkeypatch):
    calls = []
    exp = np.exp
    monkeypatch.setattr(np, "exp", lambda *args: calls.append(1) or exp(*args))
    for overconfidence in (0.2, 1, 3, 10):
        calls.clear()
        fit_temperature(*sample(overconfidence=overconfidence))
        assert len(calls) <= 12


# ---------------------------------------------------------------------- bins of equal mass


def test_bins_of_equal_mass():
    probs = np.arange(10) / 10
    _, _, count = reliability_curve(probs, [0] * 10, bins=4, strategy="quantile")
    assert count.tolist() == [3, 2, 3, 2]
    rng = np.random.default_rng(0)
    probs = rng.uniform(size=1000) ** 5  # half of them below 1/32
    confidence, _, count = reliability_curve(
        probs, rng.uniform(size=1000) < probs, bins=8, strategy="quantile"
    )
    assert count.tolist() == [125] * 8
    assert np.allclose(confidence, np.sort(probs).reshape(8, 125).mean(axis=1), rtol=1e-12)
    assert (np.diff(confidence) > 0).all()


def test_scikit_learn_agrees_on_bins_of_equal_mass():
    rng = np.random.default_rng(1)
    probs = rng.uniform(size=600)
    happened = rng.uniform(size=600) < probs**2
    theirs = calibration_curve(happened, probs, n_bins=6, strategy="quantile")
    confidence, accuracy, _ = reliability_curve(probs, happened, bins=6, strategy="quantile")
    np.testing.assert_allclose(theirs, [accuracy, confidence], rtol=1e-12)


def test_equal_confidences_stay_together_in_any_order():
    order = np.random.default_rng(0).permutation(20)
    probs, right = np.array(WORKED_PROBS), np.array(WORKED_RIGHT)
    for bins in (2, 3, 7, 20):
        _, _, count = reliability_curve(probs[order], right[order], bins=bins, strategy="quantile")
        assert sorted(count[count > 0]) == [10, 10]
        error = expected_calibration_error(
            probs[order], right[order], bins=bins, strategy="quantile"
        )
        assert error == pytest.approx(0.1, rel=1e-12)


def test_no_predictions_give_nan():
    for strategy in ("uniform", "quantile"):
        _, _, count = reliability_curve([], [], bins=3, strategy=strategy)
        assert count.tolist() == [0, 0, 0]
        assert np.isnan(expected_calibration_error([], [], strategy=strategy))
        empty = np.zeros((0, 3)), np.zeros(0, int)
        assert np.isnan(classwise_calibration_error(*empty, strategy=strategy))
    assert np.isnan(brier_decomposition([], [])).all()


# ---------------------------------------------------------------------- class by class


def test_classwise_error_is_the_mean_over_columns():
    logits, labels = sample(500)
    probs = softmax(logits)
    for strategy in ("uniform", "quantile"):
        expected = np.mean(
            [
                expected_calibration_error(probs[:, k], labels == k, bins=10, strategy=strategy)
                for k in range(4)
            ]
        )
        found = classwise_calibration_error(probs, labels, bins=10, strategy=strategy)
        assert found == pytest.approx(expected, rel=1e-14)
    default = classwise_calibration_error(probs, labels)
    assert default == classwise_calibration_error(probs, labels, bins=15)


def test_classwise_error_includes_columns_that_are_not_the_largest():
    probs, labels = [[0.5, 0.3, 0.2]] * 10, [0] * 5 + [1] + [2] * 4
    assert expected_calibration_error(probs, labels) == pytest.approx(0, abs=1e-15)
    assert classwise_calibration_error(probs, labels) == pytest.approx(0.4 / 3, rel=1e-14)


# ---------------------------------------------------------------------- Brier's score in parts


@pytest.mark.parametrize("decimals", [1, 2, 16])
@pytest.mark.parametrize("seed", range(5))
def test_brier_decomposition_sums_to_the_score(decimals, seed):
    """Up to rounding, for a few large groups as well as for one group per sample."""
    logits, labels = sample(300, 3, seed=seed)
    probs = softmax(logits).round(decimals)
    if decimals == 16:
        assert len(np.unique(probs, axis=0)) == 300
    probs /= probs.sum(axis=1, keepdims=True)
    reliability, resolution, uncertainty = brier_decomposition(probs, labels)
    assert min(reliability, resolution, uncertainty) >= 0
    assert reliability - resolution + uncertainty == pytest.approx(
        brier_score(probs, labels), rel=1e-13
    )
    yes = labels == 1
    reliability, resolution, uncertainty = brier_decomposition(probs[:, 1], yes)
    assert reliability - resolution + uncertainty == pytest.approx(
        np.mean((probs[:, 1] - yes) ** 2), rel=1e-13
    )


def test_brier_decomposition_worked_by_hand():
    """0.9 came true 7 times of 10, 0.6 came true 6 times of 10; 13 of all 20 came true."""
    reliability, resolution, uncertainty = brier_decomposition(WORKED_PROBS, WORKED_RIGHT)
    assert reliability == pytest.approx(10 / 20 * 0.2**2, rel=1e-12)
    assert resolution == pytest.approx(10 / 20 * (0.05**2 + 0.05**2), rel=1e-12)
    assert uncertainty == pytest.approx(0.65 * 0.35, rel=1e-14)


def test_brier_decomposition_at_its_bounds():
    labels = np.array([0, 1, 2, 2])
    base_rates = np.tile([0.25, 0.25, 0.5], (4, 1))
    assert brier_decomposition(base_rates, labels)[:2] == (0, 0)
    reliability, resolution, uncertainty = brier_decomposition(one_hot(labels, 3), labels)
    assert reliability == 0 and resolution == uncertainty == 1 - (2 * 0.25**2 + 0.5**2)
    single = brier_decomposition(base_rates.astype(np.float32), labels)
    assert {part.dtype for part in single} == {np.dtype(np.float32)}
