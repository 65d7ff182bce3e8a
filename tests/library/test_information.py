"""Entropy and its relatives: units, shapes, zeros, NaN, and what holds between them."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats

import xent_lib as xl

P = np.array([0.7, 0.2, 0.1])
Q = np.array([0.5, 0.3, 0.2])


def test_cross_entropy_is_entropy_plus_divergence():
    assert np.isclose(xl.cross_entropy(P, Q), xl.entropy(P) + xl.kl_divergence(P, Q), rtol=1e-14)


def test_order_of_p_and_q_matters():
    assert round(float(xl.cross_entropy(P, Q)), 4) == 0.8869
    assert round(float(xl.cross_entropy(Q, P)), 4) == 1.1217


def test_divergence_violates_the_triangle_inequality():
    a, b, c = [0.5, 0.5], [0.9, 0.1], [0.99, 0.01]
    detour = xl.kl_divergence(a, b) + xl.kl_divergence(b, c)
    assert round(float(detour), 4) == 0.6553
    assert round(float(xl.kl_divergence(a, c)), 4) == 1.6145


@pytest.mark.parametrize("function", [xl.entropy, xl.self_information, xl.perplexity])
def test_bits_are_nats_over_ln_2(function):
    if function is xl.perplexity:
        assert np.isclose(function(2.0, base=2), function(2.0 * math.log(2)))
    else:
        assert np.allclose(function(P, base=2), function(P) / math.log(2))


@pytest.mark.parametrize("function", [xl.cross_entropy, xl.kl_divergence])
def test_bits_of_two_distributions(function):
    assert np.isclose(function(P, Q, base=2), function(P, Q) / math.log(2))


def test_powers_of_two_are_exact_in_bits():
    assert xl.entropy([0.5, 0.25, 0.125, 0.125], base=2) == 1.75
    assert xl.self_information(0.125, base=2) == 3


def test_scipy_agrees_on_batches():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(6), (2, 4, 5))
    assert np.allclose(xl.entropy(p), scipy.stats.entropy(p, axis=-1))
    assert np.allclose(xl.kl_divergence(p, q), scipy.special.rel_entr(p, q).sum(axis=-1))
    assert xl.cross_entropy(p, q).shape == (4, 5)


def test_zeros():
    assert xl.entropy([1.0, 0.0]) == 0
    assert xl.cross_entropy([1.0, 0.0], [0.5, 0.5]) == math.log(2)
    assert xl.cross_entropy([0.0, 1.0], [0.0, 1.0]) == 0
    assert xl.cross_entropy([0.5, 0.5], [0.0, 1.0]) == np.inf
    assert xl.kl_divergence([0.0, 1.0], [0.0, 1.0]) == 0
    assert xl.kl_divergence([0.5, 0.5], [0.0, 1.0]) == np.inf


def test_subnormal_q_is_not_treated_as_zero():
    assert np.isclose(xl.kl_divergence([1.0, 0.0], [5e-324, 1.0]), 744.4400719213812)


def test_certainty_is_a_positive_zero():
    assert math.copysign(1, xl.self_information(1.0)) == 1
    assert math.copysign(1, xl.entropy([0.0, 1.0])) == 1


@pytest.mark.parametrize("function", [xl.cross_entropy, xl.kl_divergence])
def test_nan_is_not_hidden_even_behind_a_zero(function):
    assert np.isnan(function([0.5, np.nan], [0.5, 0.5]))
    assert np.isnan(function([1.0, 0.0], [1.0, np.nan]))
    assert np.isnan(function([0.0, 1.0], [np.nan, 1.0]))


def test_nan_in_nan_out():
    assert np.isnan(xl.entropy([np.nan, 1.0]))
    assert np.isnan(xl.self_information(np.nan))
    assert np.isnan(xl.perplexity(np.nan))


def test_dtypes():
    p = P.astype(np.float32)
    for result in (xl.entropy(p), xl.cross_entropy(p, p), xl.kl_divergence(p, p)):
        assert result.dtype == np.float32
    assert xl.self_information(np.float16([0.5])).dtype == np.float32
    assert xl.self_information([1, 0]).dtype == np.float64
    assert xl.perplexity(np.float32(2)).dtype == np.float32


def test_a_table_rounded_to_four_digits_is_a_distribution():
    assert np.isfinite(xl.entropy([0.3333, 0.3333, 0.3333]))


@pytest.mark.parametrize("num_classes", [10_000, 200_000])
def test_the_order_in_memory_does_not_matter(num_classes):
    p = np.full((2, num_classes), 1 / num_classes, np.float32)
    exact = np.log(num_classes)
    for q in (p, np.asfortranarray(p), np.ascontiguousarray(p.T).T):
        assert abs(xl.entropy(q) / exact - 1).max() < 1e-6


def test_row_sum_off_by_exactly_the_tolerance_is_accepted():
    """Where a long double is longer than a double, it can be off by 0.001 to the last bit."""
    assert xl.entropy(np.longdouble([1, 0.001])) == pytest.approx(-0.001 * np.log(0.001))


def test_a_probability_that_rounding_put_above_1_is_1():
    above = np.nextafter(1.0, 2)
    assert xl.entropy([above, 0.0]) == 0
    assert xl.kl_divergence([above, 0.0], [1.0, 0.0]) == 0
    with pytest.raises(ValueError, match="must lie in"):
        xl.entropy([1 + 1e-12, 0.0])


def test_empty_batch_is_valid():
    assert xl.entropy(np.zeros((0, 3))).shape == (0,)


def test_perplexity_of_the_mean_is_not_the_mean_of_perplexities():
    p_target = np.array([0.5, 0.25, 0.125, 0.5])
    nll = xl.self_information(p_target)
    assert round(float(xl.perplexity(nll.mean())), 6) == 3.363586
    assert xl.perplexity(nll).mean() == pytest.approx(4.0)


def test_perplexity_of_a_certain_outcome_is_one():
    assert xl.perplexity([0.0, math.log(2)]).tolist() == [1, 2]


def test_perplexity_of_a_uniform_model_is_the_number_of_choices():
    assert xl.perplexity(xl.entropy(np.full(8, 1 / 8), base=2), base=2) == 8


# ---------------------------------------------------------------------- the last digits


def exact_kl(p, q):
    """The divergence of these very floats, at 50 digits."""
    with mpmath.workdps(50):
        return mpmath.fsum(
            mpmath.mpf(float(a)) * mpmath.log(mpmath.mpf(float(a)) / mpmath.mpf(float(b)))
            for a, b in zip(p, q, strict=True)
        )


def relative_error(value, exact):
    return float(abs((mpmath.mpf(float(value)) - exact) / exact))


def perturbed(size, dtype):
    """Fifty pairs of distributions whose logits differ by about `size`."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        logits = rng.normal(size=10)
        moved = logits + size * rng.normal(size=10)
        yield xl.softmax(logits.astype(dtype)), xl.softmax(moved.astype(dtype))


def test_divergence_of_a_coin_that_is_off_by_a_millionth():
    assert xl.kl_divergence([0.5 + 1e-6, 0.5 - 1e-6], [0.5, 0.5]) == pytest.approx(
        2.0000555112e-12, rel=1e-10
    )


@pytest.mark.parametrize("size", [1e-6, 1e-4, 1e-2, 1, 10])
def test_divergence_is_as_accurate_as_in_scipy(size):
    ours, scipy_s = [], []
    for p, q in perturbed(size, np.float64):
        exact = exact_kl(p, q)
        ours.append(relative_error(xl.kl_divergence(p, q), exact))
        scipy_s.append(relative_error(scipy.special.rel_entr(p, q).sum(), exact))
    assert max(ours) <= 1.25 * max(scipy_s) + 2e-16


@pytest.mark.parametrize("size", [1e-3, 1e-2, 1, 10])
def test_divergence_in_single_precision_is_right_to_its_last_digit(size):
    for p, q in perturbed(size, np.float32):
        exact = exact_kl(p, q)
        if exact > 1e-8:  # below, the rounded rows may not even sum to what makes it positive
            assert relative_error(xl.kl_divergence(p, q), exact) < 6.1e-8


@pytest.mark.parametrize("function", [xl.kl_divergence, xl.jensen_shannon_divergence])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_divergence_is_never_negative(function, dtype):
    for size in (0, 1e-8, 1e-7, 1e-6):
        for p, q in perturbed(size, dtype):
            assert xl.perplexity(function(p, q)) >= 1
    assert function([0.333] * 3, [1 / 3] * 3) >= 0  # a table rounded to three digits


def test_divergence_of_quotients_beyond_the_largest_float():
    p = np.array([1e-200, 3e-200, 1.0])
    assert relative_error(xl.kl_divergence(p, p[[1, 0, 2]]), exact_kl(p, p[[1, 0, 2]])) < 1e-15
    p, q = np.array([1e-300, 1.0]), np.array([1.0, 1e-300])
    assert relative_error(xl.kl_divergence(p, q), exact_kl(p, q)) < 1e-15


@pytest.mark.parametrize(
    "function", [xl.cross_entropy, xl.kl_divergence, xl.jensen_shannon_divergence]
)
def test_mixed_precisions_give_the_wider_one(function):
    single = P.astype(np.float32)
    for p, q in [(single, Q), (Q, single)]:
        result = function(p, q)
        assert result.dtype == np.float64
        assert result == function(p.astype(np.float64), q.astype(np.float64))
    assert function(single, Q.astype(np.float32)).dtype == np.float32


# ---------------------------------------------------------------------- Jensen and Shannon


def exact_js(p, q):
    with mpmath.workdps(50):
        p, q = ([mpmath.mpf(float(x)) for x in row] for row in (p, q))
        halfway = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
        return mpmath.fsum(
            x * mpmath.log(x / m) / 2 for row in (p, q) for x, m in zip(row, halfway, strict=True)
        )


@pytest.mark.parametrize("size", [1e-9, 1e-6, 1e-2, 1, 10])
@pytest.mark.parametrize(("dtype", "bound"), [(np.float32, 5e-7), (np.float64, 2e-15)])
def test_jensen_shannon_keeps_its_digits(size, dtype, bound):
    for p, q in perturbed(size, dtype):
        exact = exact_js(p, q)
        if exact:
            assert relative_error(xl.jensen_shannon_divergence(p, q), exact) < bound
        else:
            assert xl.jensen_shannon_divergence(p, q) == 0


def test_scipy_agrees_on_jensen_shannon():
    from scipy.spatial.distance import jensenshannon

    p, q = np.random.default_rng(0).dirichlet(np.ones(6), (2, 4, 5))
    for base in (math.e, 2):
        theirs = jensenshannon(p, q, axis=-1, base=base) ** 2
        assert np.allclose(xl.jensen_shannon_divergence(p, q, base=base), theirs, rtol=1e-12)


def test_jensen_shannon_is_symmetric_and_at_most_one_bit():
    assert xl.jensen_shannon_divergence(P, Q) == xl.jensen_shannon_divergence(Q, P)
    assert xl.jensen_shannon_divergence([0.5, 0.5, 0], [0, 0, 1], base=2) == 1
    assert xl.jensen_shannon_divergence([0.5, 0.5, 0], [0.5, 0.5, 0]) == 0
    assert np.isnan(xl.jensen_shannon_divergence([np.nan, 1.0], [0.5, 0.5]))


def test_jensen_shannon_is_the_mean_of_two_divergences():
    halfway = (P + Q) / 2
    expected = (xl.kl_divergence(P, halfway) + xl.kl_divergence(Q, halfway)) / 2
    assert np.isclose(xl.jensen_shannon_divergence(P, Q), expected, rtol=1e-12)


# ---------------------------------------------------------------------- mutual information


def test_sklearn_agrees_on_mutual_information():
    from sklearn.metrics import mutual_info_score

    counts = np.random.default_rng(0).integers(0, 20, (4, 3))
    assert np.isclose(
        xl.mutual_information(counts / counts.sum()),
        mutual_info_score(None, None, contingency=counts),
        rtol=1e-12,
    )


def test_mutual_information_is_the_sum_of_entropies_minus_the_joint_entropy():
    joint = np.random.default_rng(1).dirichlet(np.ones(12), 5).reshape(5, 3, 4)
    of_x, of_y = joint.sum(axis=-1), joint.sum(axis=-2)
    expected = xl.entropy(of_x) + xl.entropy(of_y) - xl.entropy(joint.reshape(5, 12))
    assert np.allclose(xl.mutual_information(joint), expected, rtol=1e-12)
    swapped = xl.mutual_information(joint.swapaxes(-1, -2))
    assert np.allclose(xl.mutual_information(joint), swapped, rtol=1e-12)


def test_mutual_information_reaches_its_bounds():
    assert 0 <= xl.mutual_information(np.outer(P, Q)) < 1e-15
    assert xl.mutual_information(np.eye(4) / 4, base=2) == 2
    assert xl.mutual_information([[1.0, 0.0], [0.0, 0.0]]) == 0
    assert np.isclose(  # p(x) p(y) is 1e-600, beyond the floats
        xl.mutual_information([[1e-300, 0], [0, 1]]), 1e-300 * math.log(1e300), rtol=1e-14, atol=0
    )
    assert xl.mutual_information(np.float32([[0.5, 0], [0, 0.5]])).dtype == np.float32


# ---------------------------------------------------------------------- bits per byte


def test_bits_per_byte():
    text = "naïve"
    uniform_over_bytes = len(text.encode()) * math.log(256)
    assert xl.bits_per_byte(uniform_over_bytes, len(text.encode())) == pytest.approx(8, rel=1e-15)
    assert xl.bits_per_byte([math.log(2), 0.0], [1, 5]).tolist() == [1, 0]
    assert xl.bits_per_byte(np.float32(3), 4).dtype == np.float32
