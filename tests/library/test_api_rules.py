"""The rules that all public functions share, each checked for all functions in one table.

They are written down in the docstring of the package.
"""

import contextlib
import inspect
import re

import numpy as np
import pytest

import xent_lib as xl

NAN = float("nan")
LOGITS = np.array([[2.0, 1.0, 0.1], [-800.0, 2.5, -1.0], [30.0, -1.0, 0.0]])
PROBS = np.array([[0.7, 0.2, 0.1], [1e-300, 0.9, 0.1], [1.0, 0.0, 0.0]])
LABELS = [0, 1, 2]
Z, BITS = np.array([-800.0, -1.0, 0.0, 2.0, 800.0]), [0, 1, 0, 1, 1]
P = np.array([1e-310, 0.2, 0.5, 0.9, 1.0])
X, W = np.array([[1e-200, 2.0]]), np.array([[1e-200, 1.0], [3.0, -400.0]])

# A legal call of every function of numbers, with numbers that underflow where they can.
ARGUMENTS = {
    **dict.fromkeys(["softmax", "log_softmax", "logsumexp"], (LOGITS,)),
    **dict.fromkeys(["sigmoid", "log_sigmoid", "softplus"], (Z,)),
    "softmax_jacobian": (PROBS,),
    **dict.fromkeys(
        [f"softmax_cross_entropy{end}" for end in ("", "_grad", "_value_and_grad")],
        (LOGITS, LABELS),
    ),
    **dict.fromkeys(["categorical_nll", "brier_score"], (PROBS, LABELS)),
    **dict.fromkeys(["categorical_nll_grad", "brier_score_grad"], (PROBS, LABELS)),
    **dict.fromkeys(
        [f"sigmoid_cross_entropy{end}" for end in ("", "_grad", "_value_and_grad")], (Z, BITS)
    ),
    **dict.fromkeys(["sigmoid_focal_loss", "sigmoid_focal_loss_grad"], (Z, BITS)),
    **dict.fromkeys(["binary_nll", "binary_nll_grad"], (P, BITS)),
    **dict.fromkeys(["linear_cross_entropy", "linear_cross_entropy_value_and_grad"], (X, W, [0])),
    **dict.fromkeys(["self_information"], (P,)),
    **dict.fromkeys(["entropy"], (PROBS,)),
    **dict.fromkeys(
        ["cross_entropy", "kl_divergence", "jensen_shannon_divergence"], (PROBS, PROBS[::-1])
    ),
    "one_hot": (LABELS, 3),
    "smooth_labels": (LABELS, 3, 1e-310),
    "decode": (np.eye(3),),
    "to_signs": (BITS,),
    "to_labels": ([-1, 1],),
    "softmax_cross_entropy_hvp": (LOGITS, LABELS, LOGITS),
    **dict.fromkeys(["softmax_focal_loss", "softmax_focal_loss_grad"], (LOGITS, LABELS)),
    **dict.fromkeys(
        ["softmax_kl_divergence", "softmax_kl_divergence_grad"], (LOGITS, LOGITS[::-1])
    ),
    **dict.fromkeys(["info_nce", "info_nce_value_and_grad"], (LOGITS, LOGITS)),
    "adjust_logits": (LOGITS, [0.2, 0.3, 0.5]),
    "perplexity": ([1e-310, 800.0],),
    "bits_per_byte": ([1e-310, 800.0], [5, 2]),
    "arithmetic_encode": ([0, 3, 1, 0], lambda before: [4, 2, 1, 1]),
    "arithmetic_decode": (0b01111000, 8, 4, lambda before: [4, 2, 1, 1]),
    "mutual_information": ([[1.0, 1e-310], [1e-310, 0.0]],),
    **dict.fromkeys(["expected_calibration_error", "classwise_calibration_error"], (PROBS, LABELS)),
    **dict.fromkeys(["reliability_curve", "brier_decomposition"], (PROBS, LABELS)),
    "fit_temperature": ([[2.0, 1.0], [0.0, 1.0], [1.0, 0.0], [9e4, 0.0]], [0, 1, 1, 0]),
}
MARGINS = [
    name
    for name in xl.__all__
    if inspect.isfunction(getattr(xl, name))
    and next(iter(inspect.signature(getattr(xl, name)).parameters)) in ("margin", "residual")
]
ARGUMENTS |= dict.fromkeys(MARGINS, (Z,))
NEEDED = {name: {"threshold": 1} for name in ("tolerance_loss", "tolerance_loss_grad")}
every_function = pytest.mark.parametrize("name", ARGUMENTS)

LOSSES_AND_GRADIENTS = [
    name for name in ARGUMENTS if "reduction" in inspect.signature(getattr(xl, name)).parameters
]
GRADIENTS = [name for name in xl.__all__ if name.endswith("_grad") and "value" not in name]


def call(name, *arguments, **options):
    return getattr(xl, name)(*arguments, **NEEDED.get(name, {}), **options)


def arrays(result):
    """Return the results of a call as a list of arrays."""
    return [np.asarray(part) for part in (result if isinstance(result, tuple) else [result])]


@every_function
def test_valid_input_causes_no_warning_under_any_errstate(name):
    for threads in (1, 2) if "threads" in inspect.signature(getattr(xl, name)).parameters else (0,):
        with np.errstate(all="raise"):
            call(name, *ARGUMENTS[name], **({"threads": threads} if threads else {}))


@every_function
def test_valid_float32_input_causes_no_warning(name):
    arguments = [np.array(v) for v in ARGUMENTS[name]]
    with np.errstate(under="ignore"):
        arguments = [v.astype(np.float32) if v.dtype == float and v.ndim else v for v in arguments]
    with np.errstate(all="raise"):
        call(name, *(v if v.ndim else v.item() for v in arguments))


@every_function
def test_no_result_is_minus_zero(name):
    """0·x and 0 − 0 are 0; a −0.0 would print as one, and 1/−0.0 is −∞."""
    for part in arrays(call(name, *ARGUMENTS[name])):
        assert not (np.signbit(part) & (part == 0)).any()


@pytest.mark.parametrize(
    "call",
    [
        lambda: xl.brier_score_grad([[0.2, 0.8]], [0], weight=[0, 1], reduction="sum"),
        lambda: xl.adjust_logits([-0.0], [1.0], tau=-1),
        lambda: xl.complex_step(lambda x: -(x * 0).sum(), [1.0]),
    ],
    ids=["a weight of 0", "a prior of 1", "a slope of 0"],
)
def test_a_product_with_zero_is_not_minus_zero(call):
    assert not np.signbit(call()).any()


@every_function
def test_no_argument_is_changed(name):
    arguments = [np.array(v) for v in ARGUMENTS[name]]
    before = [v.copy() for v in arguments]
    call(name, *(v if v.ndim else v.item() for v in arguments))
    assert all(map(np.array_equal, arguments, before))


@every_function
def test_options_are_keyword_only(name):
    """Required arguments may be positional; arguments with a default are keyword-only."""
    for parameter in inspect.signature(getattr(xl, name)).parameters.values():
        if parameter.default is not parameter.empty:
            assert parameter.kind is parameter.KEYWORD_ONLY


class Passed(Exception):
    """Nothing was refused."""


CHOICES = ("reduction", "strategy")  # a wrong choice is refused by "unknown reduction"
OPTIONS = [
    (name, parameter)
    for name in ARGUMENTS
    for parameter in inspect.signature(getattr(xl, name)).parameters
    if parameter not in CHOICES and (name, parameter) != ("one_hot", "dtype")
]


@pytest.mark.parametrize(("name", "parameter"), OPTIONS)
def test_every_refusal_begins_with_the_name_of_the_argument(name, parameter):
    required = [*inspect.signature(getattr(xl, name)).parameters]
    options = NEEDED.get(name, {}) | dict(zip(required, ARGUMENTS[name], strict=False))
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(xl, name)(**options | {parameter: "text"})
    assert re.match(rf"{parameter}\b", str(caught.value))

    # These are right for some of the arguments, and wrong for others.
    names = rf"\b({'|'.join([*required, 'predictions'])})\b"
    for value in (0.5, -1.0, np.zeros((2, 2, 2))):
        with contextlib.suppress(Passed), pytest.raises((TypeError, ValueError), match=names):
            getattr(xl, name)(**options | {parameter: value})
            raise Passed


@every_function
def test_options_have_the_same_names_everywhere(name):
    names = [*inspect.signature(getattr(xl, name)).parameters]
    assert not {"weight_", "smoothing", "from_logits", "eps", "dim", "size_average"} & {*names}
    assert ("weights" in names) == name.startswith("linear_")  # a matrix; `weight` weighs losses


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_has_the_signature_of_its_loss(name):
    loss = inspect.signature(getattr(xl, name.removesuffix("_grad"))).parameters
    gradient = inspect.signature(getattr(xl, name)).parameters
    assert [*loss] == [p for p in gradient if p != "out"]
    assert all(loss[p].default == gradient[p].default for p in loss)


@pytest.mark.parametrize("name", LOSSES_AND_GRADIENTS)
def test_every_loss_has_the_same_reductions_and_errors(name):
    function = getattr(xl, name)
    parameters = inspect.signature(function).parameters
    assert parameters["reduction"].default == "mean"
    for wrong in ("avg", None, "MEAN"):
        with pytest.raises(ValueError, match=r"^unknown reduction"):
            function(*ARGUMENTS[name], reduction=wrong)


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in LOSSES_AND_GRADIENTS
        if not n.startswith(("linear_", "info_nce")) and not n.endswith(("value_and_grad", "hvp"))
    ],
)
def test_every_loss_accepts_an_empty_batch(name):
    function, (x, labels, *_) = getattr(xl, name), ARGUMENTS[name]
    x, labels = x[:0], np.array(labels)[:0]
    result = function(x, labels, reduction="sum")
    assert (result.shape == x.shape) if name.endswith("_grad") else (result == 0)
    assert function(x, labels, reduction="mean").size == (0 if name.endswith("_grad") else 1)
    assert function(x, labels, reduction="none").shape[0] == 0


SMOOTH = [
    *["softmax_cross_entropy", "categorical_nll", "brier_score"],
    *["sigmoid_cross_entropy", "sigmoid_focal_loss", "binary_nll"],
    *["softplus", "logistic_loss", "exponential_loss", "squared_error"],
]


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("name", SMOOTH)
def test_every_smooth_loss_accepts_a_complex_step(name, dtype):
    function, (x, *rest) = getattr(xl, name), ARGUMENTS[name]
    x = (np.clip(x, 0.1, 0.9) + 1e-20j).astype(dtype)
    with np.errstate(all="raise"):
        assert np.iscomplexobj(function(x, *rest))


# ---------------------------------------------------------------------- np.errstate(all="raise")

EXTREME_LOGITS = [1e-38, -1e-38, 1e30, -1e30, np.inf, -np.inf, 800, -800, 400, 60, 1, 0, np.nan]
EXTREME_PROBS = [0.0, 1.0, 0.5, 1e-38, 1e-30, np.nan]
EXTREME_ROWS = np.array([[0, 1, 0], [1e-38, 1, 0], [0.5, 0.5, 0], [1 / 3] * 3, [np.nan, 0.5, 0.5]])


def ordinary_calls(dtype):
    """Calls with legal numbers near the ends of the range: name, and what to call."""
    tiny = 1 if dtype is np.float32 else 1e-270
    z, p, rows = (np.array(x, dtype) for x in (EXTREME_LOGITS, EXTREME_PROBS, EXTREME_ROWS))
    z[:2] *= tiny
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
            if "focal" not in name:  # the product of the weights has few digits left
                y = np.full(x.shape, 0.3)
                for options in (
                    {"weight": 1e-30, "pos_weight": 1e-12 if tiny == 1 else 1e-280},
                    {"weight": 1e-40 * tiny},
                ):
                    yield name, lambda f=function, x=x, y=y, o=options: f(x, y, **o)
    for name in ("cross_entropy", "kl_divergence", "jensen_shannon_divergence"):
        for p_row in rows:
            for q_row in rows:
                yield name, lambda n=name, p=p_row, q=q_row: getattr(xl, n)(p, q)
    faint = np.array([[1e-42, 0], [0, 1]], dtype)  # the result underflows in float32
    for joint in (rows[:4] / 4, faint, np.array([[1e-40 * tiny, 0.7], [0.3, 0]], dtype)):
        yield "mutual_information", lambda joint=joint: xl.mutual_information(joint)
    yield "kl_divergence", lambda: xl.kl_divergence(3 * faint[0] + faint[1], faint.sum(axis=0))
    yield "categorical_nll_grad", lambda: xl.categorical_nll_grad(faint.sum(axis=0), 0)

    gap, small = (100, 1e-30) if dtype is np.float32 else (740, 1e-200)
    far = np.array([[0, -gap], [-gap, 0]], dtype)  # e^−gap is a subnormal number
    near = np.array([[small, 2], [1, -small]], dtype)  # the square of `small` underflows
    for end in ("", "_grad"):
        name = f"softmax_kl_divergence{end}"
        yield name, lambda n=name: getattr(xl, n)(3 * far, 6 * far, temperature=3)
        name = f"softmax_focal_loss{end}"
        options = {"weight": [1, 1e-42], "reduction": "sum"}
        yield name, lambda n=name, o=options: getattr(xl, n)(far, [1, 1], **o)
    for name in ("info_nce", "info_nce_value_and_grad"):
        for keys in (near, np.finfo(dtype).tiny / 16 * near):
            yield name, lambda n=name, y=keys: getattr(xl, n)(near, y, temperature=0.7)
    yield "brier_score_grad", lambda: xl.brier_score_grad(faint.sum(axis=0), 1, weight=[1, 1e-310])
    for weight in ([1e-30, 1e-310], [1e30, 1]):
        soft = np.array([[small, 1 - small], [0.5, 0.5]], dtype)
        for how in ("mean", "sum"):
            options = {"weight": weight, "reduction": how}
            for name in ("softmax_cross_entropy_value_and_grad", "categorical_nll", "brier_score"):
                x = near if name.startswith("softmax") else soft
                yield name, lambda n=name, x=x, y=soft, o=options: getattr(xl, n)(x, y, **o)
    for tau in (1e-42, 1e-310):
        yield "adjust_logits", lambda tau=tau: xl.adjust_logits(far, [0.3, 0.7], tau=tau)


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


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "log_sigmoid", "softmax", "logsumexp"])
def test_a_missing_number_stays_missing_in_a_complex_step(name):
    with np.errstate(all="raise"):
        assert np.isnan(getattr(xl, name)(np.array([NAN + 1e-20j, 1]))).any()
