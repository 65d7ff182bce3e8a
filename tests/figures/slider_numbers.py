"""Reference values of the figures with sliders: the decimals of their read-outs, in order."""

import re

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

import xent_lib as xl


def picture_scores(x0, x1, x2, x3):
    weights = np.array([[1, -1, 2, 0], [0, 1, -1, 1], [-1, 0, 1, 1]])
    z = weights @ [x0, x1, x2, x3] + [0.1, -0.1, 0]
    return *z, *xl.softmax(z)


def softmax_temperature(z0, z1, z2, T, label):
    z = np.array([z0, z1, z2])
    p = xl.softmax(z, temperature=T)
    return *p, xl.softmax_cross_entropy([z / T], [int(label)])


def entropy_plus_kl(w0, w1, w2):
    p, q = [0.7, 0.2, 0.1], np.array([w0, w1, w2]) / (w0 + w1 + w2)
    return *q, xl.entropy(p), xl.kl_divergence(p, q), xl.cross_entropy(p, q)


def margin_losses(m):
    names = ("zero_one", "perceptron", "hinge", "logistic", "exponential", "squared_margin")
    pairs = [(getattr(xl, f"{n}_loss")(m), getattr(xl, f"{n}_loss_grad")(m)) for n in names]
    return m, *np.ravel(pairs)


def sigmoid_gradients(z, y):
    p = xl.sigmoid(z)
    of_half_the_square = xl.squared_error_grad(p - y) / 2 * p * (1 - p)
    return z, xl.sigmoid_cross_entropy_grad([z], [y])[0], of_half_the_square


def stable_losses(z, e):
    eps = 10.0**e
    with np.errstate(all="ignore"):
        overflows = np.isinf(np.exp(np.float32(-z)))
        p = np.where(overflows, 0, xl.sigmoid(z))
        by_z = p * xl.sigmoid(-z)
        naive = -np.log(p), -by_z / p
    stable = xl.sigmoid_cross_entropy([z], [1]), xl.sigmoid_cross_entropy_grad([z], [1])[0]
    with_eps = -np.log(p + eps), -by_z / (p + eps)
    clamped = -np.log(max(p, eps)), 0 if p < eps else naive[1]
    return *stable, *naive, *with_eps, *clamped


def double_softmax(lead, K):
    K = int(K)
    z, certain = lead * np.eye(K)[0], np.eye(K)[0]
    return lead, *(xl.softmax_cross_entropy(row, 0) for row in (z, xl.softmax(z), certain))


def gradient_descent(eta, n):
    w, history = xl.gradient_descent(
        lambda w: (w**2, 2 * w), 1.0, learning_rate=eta, max_iter=int(n)
    )
    return eta, w, history[-1]


def thresholds(t, percent, miss):
    share = percent / 100

    def cost(x):
        return (1 - share) * ndtr(-1 - x) + miss * share * ndtr(x - 1)

    def slope(x):  # of the cost, up to a constant factor
        return miss * share * np.exp(-((x - 1) ** 2) / 2) - (1 - share) * np.exp(
            -((x + 1) ** 2) / 2
        )

    found, alarms = share * ndtr(1 - t), (1 - share) * ndtr(-1 - t)
    rates = found / share, found / (found + alarms), found + (1 - share) - alarms
    best = brentq(slope, -5, 5)
    return t, *rates, cost(t), best, cost(best)


def tangents(p, q, r):
    mine, bank = (xl.cross_entropy([p, 1 - p], [said, 1 - said]) for said in (q, r))
    return p, q, mine, r, bank, xl.entropy([p, 1 - p]), 100 * (bank - mine)


def bits_per_byte(loss_A, tokens_A, loss_B, tokens_B):
    pairs = ((loss_A, tokens_A), (loss_B, tokens_B))
    return [xl.bits_per_byte(loss * tokens, 2007) for loss, tokens in pairs]


def lead_of_favourite(lead, r, K, e):
    K, eps = int(K), 10.0**e

    def loss(z):  # right in the share r, else the label is one of the other classes
        of_favourite, of_other = (xl.softmax_cross_entropy(z, label) for label in (0, 1))
        return r * of_favourite + (1 - r) * of_other

    z = lead * np.eye(K)[0]
    p = xl.softmax(z)
    clipped = -r * np.log(min(p[0], 1 - eps)) - (1 - r) * np.log(max(p[1], eps))
    best = max(0, np.log(r * (K - 1) / (1 - r)))
    return r, lead, p[0], loss(z), clipped, loss(p), loss(best * np.eye(K)[0]), best


EXPECTED = {
    function.__name__: function
    for function in (
        picture_scores,
        softmax_temperature,
        entropy_plus_kl,
        margin_losses,
        sigmoid_gradients,
        stable_losses,
        double_softmax,
        gradient_descent,
        thresholds,
        tangents,
        bits_per_byte,
        lead_of_favourite,
    )
}


def check(name, words, values):
    """Compare the decimals in ``words`` with the library's results at ``values``."""
    numbers = re.findall(r"-?\d+\.\d+|Infinity|NaN", words.replace("−", "-"))
    said = [float(number) for number in numbers]
    # Four decimals are correct to half a unit in the last; numbers with fewer decimals are exact.
    np.testing.assert_allclose(said, EXPECTED[name](**values), rtol=0, atol=0.5001e-4)
