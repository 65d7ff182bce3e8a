"""Known answers: a call, its value, and where the value comes from.

"50 digits" means that it was computed from the textbook formula in mpmath with 50 digits or
more, "by hand" that the formula has a closed form with the numbers shown.
"""

import math

import numpy as np
import pytest
from numpy import inf, nan

import xent_lib as xl

LN2 = math.log(2)
BOOK = [[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]]
ISSUE_107680 = [[2.3, 2.1, 4.5], [4.2, 3.2, 5.1]]
DEMOCRAT_1 = [[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7]]
DEMOCRAT_2 = [[0.1, 0.2, 0.7], [0.1, 0.7, 0.2], [0.3, 0.4, 0.3]]


def rows(function, *arguments, **options):
    return function(*arguments, reduction="none", **options)


# (source, call, expected, relative tolerance)
REFERENCES = [
    # ------------------------------------------------------------------ log-sum-exp, softmax
    ("50 digits", lambda: xl.logsumexp([0, -40]), 4.248354255291589e-18, 1e-15),
    ("50 digits", lambda: xl.logsumexp([1000, 1001, 1002]), 1002.4076059644444, 1e-15),
    ("50 digits", lambda: xl.logsumexp([-1000, -1001, -1002]), -999.5923940355556, 1e-15),
    ("log 0", lambda: xl.logsumexp([-inf, -inf]), -inf, 0),
    (
        "SciPy's tests of log_softmax",
        lambda: xl.log_softmax([0, 1, 2, 3]),
        [-3.4401896985611953, -2.4401896985611953, -1.4401896985611953, -0.44018969856119533],
        1e-15,
    ),
    ("SciPy's tests of log_softmax", lambda: xl.log_softmax([1000, 1]), [0, -999], 1e-15),
    ("50 digits", lambda: xl.softmax([2, 1, 0.1]), [0.659001, 0.242433, 0.098566], 1e-5),
    (
        "50 digits",
        lambda: xl.softmax([2, 1, 0.1], temperature=0.5),
        [0.863777, 0.116900, 0.019323],
        3e-5,
    ),
    (
        "50 digits",
        lambda: xl.softmax([2, 1, 0.1], temperature=2),
        [0.501688, 0.304289, 0.194023],
        5e-6,
    ),
    (
        "softmax([1, 2])",
        lambda: xl.softmax([1, -inf, 2]),
        [0.2689414213699951, 0, 0.7310585786300049],
        1e-15,
    ),
    ("no class is left", lambda: xl.softmax([-inf, -inf]), [nan, nan], 0),
    ("no class is left", lambda: xl.log_softmax([-inf, -inf]), [nan, nan], 0),
    ("log 1 and log 0", lambda: xl.log_softmax([-inf, 3]), [-inf, 0], 0),
    (
        "50 digits",
        lambda: xl.softmax([[3, 1, -3], [2, 8, 1]]),
        [[8.7888e-01, 1.1894e-01, 2.1785e-03], [2.4704e-03, 9.9662e-01, 9.0880e-04]],
        3e-5,
    ),
    # ------------------------------------------------------------------ sigmoid and its kin
    ("exact rounding", lambda: xl.log_sigmoid(-35.0), -35.0, 0),
    ("SciPy's tests of log_expit", lambda: xl.log_sigmoid(735.0), -6.217e-320, 1e-4),
    (
        "SciPy's tests of log_expit",
        lambda: xl.log_sigmoid([0, 1e-9, 1, 10, 100, 500]),
        [
            -0.6931471805599453,
            -0.6931471800599454,
            -0.3132616875182228,
            -4.539889921686465e-05,
            -3.720075976020836e-44,
            -7.124576406741286e-218,
        ],
        1e-15,
    ),
    ("softmax([0.3, 1.7])[1]", lambda: xl.sigmoid(1.4), xl.softmax([0.3, 1.7])[1], 1e-15),
    (
        "exp(-1000) is below the floats",
        lambda: xl.sigmoid([-1000, 1000, -inf, inf]),
        [0, 1, 0, 1],
        0,
    ),
    # ------------------------------------------------------------------ information
    (
        "by hand: 1/2 + 2/4 + 3/8 + 3/8 bits",
        lambda: xl.entropy([1 / 2, 1 / 4, 1 / 8, 1 / 8], base=2),
        1.75,
        0,
    ),
    ("by hand: ln 3", lambda: xl.entropy([1 / 3, 1 / 3, 1 / 3]), math.log(3), 1e-15),
    ("by hand: certain", lambda: xl.entropy([0, 1, 0]), 0, 0),
    ("50 digits", lambda: xl.entropy([0.7, 0.2, 0.1]), 0.801819, 1e-6),
    ("50 digits", lambda: xl.entropy([0.9, 0.1]), 0.3251, 1e-4),
    ("50 digits, in bits", lambda: xl.entropy([0.9, 0.1], base=2), 0.4690, 1e-4),
    ("50 digits", lambda: xl.cross_entropy([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]), 0.886941, 1e-6),
    ("50 digits", lambda: xl.kl_divergence([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]), 0.085123, 1e-5),
    ("H(p, p) = H(p), not 0", lambda: xl.cross_entropy([0.5, 0.5], [0.5, 0.5]), LN2, 1e-15),
    ("KL(p, p) = 0", lambda: xl.kl_divergence([0.7, 0.2, 0.1], [0.7, 0.2, 0.1]), 0, 0),
    (
        "a code of 2 bits costs 1/4 too many",
        lambda: xl.kl_divergence([1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 4] * 4, base=2),
        0.25,
        0,
    ),
    ("the model excludes what occurs", lambda: xl.cross_entropy([1, 0], [0, 1]), inf, 0),
    ("the model excludes what occurs", lambda: xl.kl_divergence([0.5, 0.5], [1, 0]), inf, 0),
    ("0 log 0 = 0", lambda: xl.kl_divergence([0, 1], [0, 1]), 0, 0),
    ("0 log 0 = 0", lambda: xl.kl_divergence([0, 1], [0.5, 0.5]), LN2, 1e-15),
    ("by hand", lambda: xl.self_information([1, 0.5, 0.25, 0], base=2), [0, 1, 2, inf], 0),
    ("by hand: 2^1.75", lambda: xl.perplexity(1.75, base=2), 2**1.75, 1e-15),
    ("V equal choices", lambda: xl.perplexity(math.log(50257)), 50257, 1e-14),
    ("beyond the floats", lambda: xl.perplexity(1000.0), inf, 0),
    # ------------------------------------------------------------------ softmax cross-entropy
    ("50 digits", lambda: xl.softmax_cross_entropy([40, 0], 0), 4.248354255291589e-18, 1e-15),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy_grad([40, 0], 0)[0],
        -4.248354255291589e-18,
        1e-15,
    ),
    ("50 digits", lambda: xl.softmax_cross_entropy([20, 0], 0), 2.0611536203143807e-09, 1e-15),
    ("50 digits", lambda: xl.softmax_cross_entropy([1e6, 1e6 + 1], 0), 1.3132616875182228, 1e-15),
    (
        "50 digits, in float32",
        lambda: xl.softmax_cross_entropy(np.float32([1e6, 1e6 + 1]), 0),
        np.float32(1.3132616875182228),
        1e-7,
    ),
    (
        "masked class without target",
        lambda: xl.softmax_cross_entropy([-inf, 0, 0], [0, 0.5, 0.5]),
        LN2,
        1e-15,
    ),
    (
        "masked class with target",
        lambda: xl.softmax_cross_entropy([-inf, 0, 0], [0.4, 0.3, 0.3]),
        inf,
        0,
    ),
    ("no class is left", lambda: xl.softmax_cross_entropy([-inf, -inf], 0), nan, 0),
    (
        "Optax's tests of softmax_cross_entropy, to their six digits",
        lambda: rows(xl.softmax_cross_entropy, [[10, 1, -2], [1, 4, 0.2]], [1, 0]),
        [9.00013, 3.0696733],
        1e-6,
    ),
    (
        "50 digits",
        lambda: rows(xl.softmax_cross_entropy, BOOK, [0, 1, 2]),
        [0.417030, 0.153178, 1.365732],
        3e-6,
    ),
    ("50 digits", lambda: xl.softmax_cross_entropy(BOOK, [0, 1, 2]), 0.645313, 1e-6),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy(BOOK, [0, 1, 2], weight=[1, 2, 5]),
        0.944006,
        1e-6,
    ),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy(BOOK, [0, -100, 2], ignore_index=-100),
        0.891381,
        1e-6,
    ),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy(BOOK, [0, 1, 2], label_smoothing=0.1),
        0.731980,
        1e-6,
    ),
    (
        "PyTorch issue 107680, the index form",
        lambda: xl.softmax_cross_entropy(ISSUE_107680, [1, 2], weight=[25, 25, 100]),
        0.87048350145262,
        1e-14,
    ),
    (
        "PyTorch issue 107680, the one-hot form: the same here, 54.405219 in PyTorch",
        lambda: xl.softmax_cross_entropy(ISSUE_107680, xl.one_hot([1, 2], 3), weight=[25, 25, 100]),
        0.87048350145262,
        1e-14,
    ),
    (
        "50 digits, PyTorch's rule",
        lambda: xl.softmax_cross_entropy(
            ISSUE_107680, [1, 2], weight=[25, 25, 100], label_smoothing=0.1
        ),
        0.857800310126901,
        1e-14,
    ),
    (
        "50 digits",
        lambda: [
            xl.softmax_cross_entropy([[1, 2]], [1], weight=[0.3, 0.6], label_smoothing=0.05),
            xl.softmax_cross_entropy([[1, 2]], [1], weight=[0.3, 0.6], label_smoothing=0.15),
            xl.softmax_cross_entropy([[1, 2]], [1], label_smoothing=0.05),
            xl.softmax_cross_entropy([[1, 2]], [1], label_smoothing=0.15),
        ],
        [0.3218459164242451, 0.33901437423628955, 0.33826168751822283, 0.3882616875182228],
        1e-15,
    ),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy_grad([2, 1, 0.1], 0),
        [-0.340999, 0.242433, 0.098566],
        5e-6,
    ),
    (
        "the multi-hot trap: for Σy = 2 the gradient would not be p − y; halved, it is",
        lambda: xl.softmax_cross_entropy_grad([2, 1, 0.1], [0.5, 0.5, 0]),
        [0.318002 / 2, -0.515134 / 2, 0.197132 / 2],
        5e-6,
    ),
    (
        "50 digits: ln 70000; in float16 the sum of exponentials overflows",
        lambda: xl.softmax_cross_entropy(np.zeros(70_000, np.float16), 0),
        np.float32(math.log(70_000)),
        1e-7,
    ),
    # ------------------------------------------------------------------ sigmoid cross-entropy
    (
        "Optax's tests of sigmoid_binary_cross_entropy",
        lambda: xl.sigmoid_cross_entropy([-1e9, -1e-9], [1, 0]),
        5e8,
        1e-9,
    ),
    (
        "scikit-learn's tests of HalfBinomialLoss",
        lambda: rows(xl.sigmoid_cross_entropy, [-1e20, -37, 37, 232.8, 1e20], [1, 0, 1, 0, 1]),
        [1e20, 8.533047625744065e-17, 8.533047625744066e-17, 232.8, 0],
        1e-15,
    ),
    (
        "scikit-learn's tests of HalfBinomialLoss",
        lambda: rows(xl.sigmoid_cross_entropy_grad, [-1e20, -37, 232.8], [1, 0, 0]),
        [-1, 8.533047625744065e-17, 1],
        1e-15,
    ),
    (
        # scikit-learn's own reference here is 1.43e-101, which is 2^-335: p − 1 at 100 digits has
        # one bit left. Its tolerance, 1e-15, does not see that.
        "50 digits after the cancellation: −exp(−232.8)",
        lambda: rows(xl.sigmoid_cross_entropy_grad, [232.8], [1]),
        [-7.8748921186014467e-102],
        1e-15,
    ),
    (
        "scikit-learn's tests of HalfBinomialLoss (second derivative, as σ(z) σ(−z))",
        lambda: xl.sigmoid([-37, -1e20]) * xl.sigmoid([37, 1e20]),
        [8.533047625744065e-17, 0],
        1e-15,
    ),
    (
        "50 digits",
        lambda: xl.softmax_cross_entropy([0.3, 1.7], 1),
        xl.sigmoid_cross_entropy(1.4, 1),
        1e-15,
    ),
    # ------------------------------------------------------------------ probabilities
    (
        "scikit-learn's tests of log_loss",
        lambda: xl.categorical_nll([[0.2, 0.7, 0.1], [0.6, 0.2, 0.2], [0.6, 0.1, 0.3]], [1, 0, 2]),
        0.6904911,
        1e-7,
    ),
    (
        "by hand: −(ln .7 + ln .8 + ln .5)/3",
        lambda: xl.categorical_nll([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]], [0, 1, 2]),
        0.424322,
        1e-6,
    ),
    ("50 digits", lambda: xl.categorical_nll(DEMOCRAT_1, [2, 1, 0]), 1.378389, 1e-6),
    ("50 digits", lambda: xl.categorical_nll(DEMOCRAT_2, [2, 1, 0]), 0.639108, 1e-6),
    (
        "by hand: (.54 + .54 + 1.34)/3",
        lambda: xl.brier_score(DEMOCRAT_1, [2, 1, 0]),
        2.42 / 3,
        1e-15,
    ),
    ("by hand: (.14 + .14 + .74)/3", lambda: xl.brier_score(DEMOCRAT_2, [2, 1, 0]), 0.34, 1e-15),
    ("by hand: −ln .8", lambda: xl.binary_nll([0.8], [1]), -math.log(0.8), 1e-15),
    (
        "by hand: −(ln .9 + ln .8 + ln .4)/3",
        lambda: xl.binary_nll([0.9, 0.2, 0.6], [1, 0, 0]),
        0.414932,
        1e-6,
    ),
    (
        "50 digits",
        lambda: xl.binary_nll([0.9, 0.2, 0.6], [1, 0, 0], weight=[0.5, 1, 0.25]),
        0.168299,
        3e-6,
    ),
    ("no ε hides it", lambda: xl.binary_nll([0.0, 1.0], [1, 0]), inf, 0),
    ("0 log 0 = 0", lambda: xl.binary_nll([0.0, 1.0], [0, 1]), 0, 0),
    ("log1p(−p), not log(1 − p)", lambda: xl.binary_nll([1e-20], [0]), 1e-20, 1e-15),
    # ------------------------------------------------------------------ focal
    ("50 digits", lambda: xl.sigmoid_focal_loss([2.0], [1], gamma=2), 0.0018035628352403754, 2e-15),
    (
        "50 digits",
        lambda: xl.sigmoid_focal_loss_grad([2.0], [1], gamma=2)[0],
        -0.0048709401953927665,
        2e-15,
    ),
    ("50 digits", lambda: xl.sigmoid_focal_loss([-40.0], [1], gamma=2), 40.0, 1e-15),
    ("50 digits", lambda: xl.sigmoid_focal_loss_grad([-40.0], [1], gamma=2)[0], -1.0, 1e-15),
    (
        "50 digits: exp(−60)",
        lambda: xl.sigmoid_focal_loss([40.0], [1], gamma=0.5),
        8.7565107626965203e-27,
        2e-15,
    ),
    (
        "50 digits: −1.5 exp(−60)",
        lambda: xl.sigmoid_focal_loss_grad([40.0], [1], gamma=0.5)[0],
        -1.313476614404478e-26,
        2e-15,
    ),
    (
        "50 digits: .01 · (−ln .9)",
        lambda: xl.sigmoid_focal_loss([math.log(9)], [1], gamma=2),
        0.0010536,
        1e-5,
    ),
    # ------------------------------------------------------------------ labels
    (
        "by hand",
        lambda: xl.smooth_labels([0, 2], 3, 0.1),
        [[2.8 / 3, 0.1 / 3, 0.1 / 3], [0.1 / 3, 0.1 / 3, 2.8 / 3]],
        1e-15,
    ),
    (
        "50 digits",
        lambda: xl.softmax_jacobian(xl.softmax([2, 1, 0.1]))[0],
        [0.224719, -0.159764, -0.064955],
        1e-5,
    ),
]


@pytest.mark.parametrize(
    ("call", "expected", "tolerance"),
    [pytest.param(*case[1:], id=f"{i}: {case[0]}") for i, case in enumerate(REFERENCES)],
)
def test_reference(call, expected, tolerance):
    np.testing.assert_allclose(call(), expected, rtol=tolerance, atol=0)
