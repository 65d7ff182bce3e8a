"""Entropy and its relatives: units, shapes, zeros, NaN, and what holds between them."""

import math

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


def test_divergence_breaks_the_triangle_inequality():
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


def test_a_denormal_q_is_not_taken_for_zero():
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


def test_an_empty_batch_is_legal():
    assert xl.entropy(np.zeros((0, 3))).shape == (0,)


def test_perplexity_of_the_mean_is_not_the_mean_of_perplexities():
    p_target = np.array([0.5, 0.25, 0.125, 0.5])
    nll = xl.self_information(p_target)
    assert round(float(xl.perplexity(nll.mean())), 6) == 3.363586
    assert xl.perplexity(nll).mean() == pytest.approx(4.0)


def test_perplexity_of_certainty_is_one_choice():
    assert xl.perplexity([0.0, math.log(2)]).tolist() == [1, 2]


def test_perplexity_of_a_uniform_model_is_the_number_of_choices():
    assert xl.perplexity(xl.entropy(np.full(8, 1 / 8), base=2), base=2) == 8
