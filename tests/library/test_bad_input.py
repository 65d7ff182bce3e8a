"""Wrong calls: each must stop with the right exception and a message that helps.

A message says what was wrong, where, and what was expected.
"""

# ruff: noqa: E501 (the table of wrong calls has one call per line)

import inspect
from datetime import date

import numpy as np
import pytest
import torch

import xent_lib as xl

LOGITS = [[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]
PROBS = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]
NAN = float("nan")

# (what is wrong, the call, the exception, what its message must match)
WRONG_CALLS = [
    # ------------------------------------------------------------------ not numbers
    ("text", lambda: xl.softmax("abc"), TypeError, r"x must hold numbers, got dtype <U3"),
    ("None", lambda: xl.softmax(None), TypeError, r"x must hold numbers, got dtype object"),
    ("dates", lambda: xl.sigmoid([date(2024, 1, 1)]), TypeError, r"z must hold numbers"),
    ("ragged", lambda: xl.logsumexp([[1, 2], [3]]), ValueError, r"x is ragged: its rows differ"),
    ("objects", lambda: xl.softplus([object()]), TypeError, r"z must hold numbers, got dtype object"),
    ("text labels", lambda: xl.softmax_cross_entropy(LOGITS, ["cat", "dog"]), TypeError, r"labels must hold numbers, got dtype <U3"),
    ("no labels", lambda: xl.softmax_cross_entropy(LOGITS, None), TypeError, r"labels must hold numbers"),
    ("ragged labels", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0], [0.5, 0.5]]), ValueError, r"labels is ragged"),
    ("complex p", lambda: xl.entropy([0.5 + 0j, 0.5]), TypeError, r"p must be real, got dtype complex128"),
    ("complex labels", lambda: xl.softmax_cross_entropy(LOGITS, [0j, 1j]), TypeError, r"labels must be integers .* or floats .*, got dtype complex128"),
    ("complex binary labels", lambda: xl.sigmoid_cross_entropy([1.0], [1j]), TypeError, r"labels must be real"),
    ("text for q", lambda: xl.kl_divergence([1.0], "abc"), TypeError, r"^q must hold numbers"),
    ("text weight", lambda: xl.categorical_nll(PROBS, [0, 1], weight=["a", "b", "c"]), TypeError, r"^weight must hold numbers"),
    ("an integer beyond 64 bits", lambda: xl.softmax([10**400, 1]), TypeError, r"^x holds numbers that no NumPy dtype can represent"),
    ("a tensor that requires grad", lambda: xl.softmax(torch.ones(3, requires_grad=True)), TypeError, r"^x is a Tensor that NumPy cannot read .* pass x\.detach\(\)"),
    ("a tensor of bfloat16", lambda: xl.sigmoid(torch.ones(3, dtype=torch.bfloat16)), TypeError, r"^z is a Tensor that NumPy cannot read"),
    ("a list of masked arrays", lambda: xl.softmax([np.ma.array([1.0, 9.0], mask=[0, 1])]), TypeError, r"^x has masked entries"),
    ("a missing label", lambda: xl.softmax_cross_entropy(LOGITS, [0.0, NAN]), ValueError, r"^labels hold NaN at position 1: a label is missing there"),
    ("ignore_index True", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], ignore_index=True), TypeError, r"^ignore_index must be an integer, got True"),
    ("no thread", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], threads=0), ValueError, r"threads must be at least 1, got 0"),
    ("threads by name", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], threads="all"), TypeError, r"threads must be an integer, got 'all'"),
    ("out that is read-only", lambda: xl.softmax_cross_entropy_grad([[1.0, 2.0]], [0], out=np.broadcast_to(0.0, (1, 2))), ValueError, r"^out is read-only"),
    # ------------------------------------------------------------------ labels out of range
    ("label too large", lambda: xl.one_hot([0, 1, 2, 7], 3), IndexError, r"label 7 at position 3 is outside 0\.\.2 \(num_classes=3\)"),
    ("label −1", lambda: xl.softmax_cross_entropy(LOGITS, [0, -1]), IndexError, r"label -1 at position 1 is outside 0\.\.2"),
    ("labels from 1", lambda: xl.softmax_cross_entropy(LOGITS, [1, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2"),
    ("one scalar label", lambda: xl.softmax_cross_entropy([2.0, 1.0], 2), IndexError, r"label 2 at position 0 is outside 0\.\.1"),
    ("label in a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), [[0, 1], [5, 0]]), IndexError, r"label 5 at position \(1, 0\) is outside 0\.\.2"),
    ("padding not declared", lambda: xl.softmax_cross_entropy(LOGITS, [0, -100]), IndexError, r"label -100 at position 1"),
    ("another ignore_index", lambda: xl.softmax_cross_entropy(LOGITS, [0, -100], ignore_index=-1), IndexError, r"label -100 at position 1"),
    ("uint8 label", lambda: xl.one_hot(np.array([255], np.uint8), 10), IndexError, r"label 255 at position 0 is outside 0\.\.9"),
    ("label of Brier", lambda: xl.brier_score(PROBS, [0, 3]), IndexError, r"label 3 at position 1"),
    # ------------------------------------------------------------------ hard or soft
    ("indices as floats", lambda: xl.softmax_cross_entropy(LOGITS, [0.0, 1.0]), TypeError, r"labels of shape \(2,\) have dtype float64, and floats are read as distributions of shape \(2, 3\); class indices must be integers: labels\.astype\(int\)"),
    ("indices as booleans", lambda: xl.softmax_cross_entropy([[1.0, 2.0]], [True]), TypeError, r"labels must be integers .* got dtype bool"),
    ("one-hot as integers", lambda: xl.softmax_cross_entropy(LOGITS, [[1, 0, 0], [0, 1, 0]]), ValueError, r"integer labels have shape \(2, 3\), .* need class indices of shape \(2,\); a one-hot table must hold floats"),
    ("one-hot of floats", lambda: xl.one_hot([0.0, 1.0], 2), TypeError, r"labels must be integers \(class indices\), got dtype float64"),
    ("soft labels sum to .9", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 0, 0], [0.5, 0.3, 0.1]]), ValueError, r"labels must sum to 1 over the last axis, but row 1 sums to 0\.9"),
    ("multi-hot", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 1.0, 0.0], [0, 0, 1]]), ValueError, r"row 0 sums to 2\.0"),
    ("negative soft label", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 0, 0], [-0.5, 0.5, 1]]), ValueError, r"labels must lie in \[0, 1\], but row 1 holds -0\.5 \(at position \(1, 0\)\)"),
    ("ignore_index for soft labels", lambda: xl.softmax_cross_entropy(LOGITS, PROBS, ignore_index=0), ValueError, r"^ignore_index needs integer labels; soft labels have no index to ignore$"),
    ("ignore_index not an integer", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], ignore_index=-1.0), TypeError, r"ignore_index must be an integer, got -1\.0"),
    # ------------------------------------------------------------------ shapes
    ("too few labels", lambda: xl.softmax_cross_entropy(LOGITS, [0]), ValueError, r"integer labels have shape \(1,\), but predictions of shape \(2, 3\) need class indices of shape \(2,\)$"),
    ("too few labels for a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), [0, 1]), ValueError, r"need class indices of shape \(2, 2\)$"),
    ("indices as floats for a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), np.zeros((2, 2))), TypeError, r"floats are read as distributions of shape \(2, 2, 3\)"),
    ("(N, 1) labels", lambda: xl.softmax_cross_entropy(LOGITS, [[0], [1]]), ValueError, r"shape \(2, 1\), .* shape \(2,\)"),
    ("soft labels, other K", lambda: xl.softmax_cross_entropy(LOGITS, [[0.5, 0.5], [1.0, 0]]), ValueError, r"soft labels have shape \(2, 2\), but predictions have shape \(2, 3\)"),
    ("broadcast of one soft row", lambda: xl.softmax_cross_entropy(LOGITS, [[0.5, 0.5, 0.0]]), ValueError, r"\(1, 3\), but predictions have shape \(2, 3\)"),
    ("(4, 1) against (4,)", lambda: xl.sigmoid_cross_entropy(np.zeros((4, 1)), np.ones(4)), ValueError, r"predictions of shape \(4, 1\) and labels of shape \(4,\) do not match; nothing is broadcast"),
    ("(4, 1) against (4,), NLL", lambda: xl.binary_nll(np.full((4, 1), 0.5), np.ones(4)), ValueError, r"\(4, 1\) and labels of shape \(4,\) do not match"),
    ("(4, 1) against (4,), focal", lambda: xl.sigmoid_focal_loss(np.zeros((4, 1)), np.ones(4), gamma=2), ValueError, r"^logits of shape \(4, 1\) and labels of shape \(4,\) do not match"),
    ("scalar label for a batch", lambda: xl.sigmoid_cross_entropy([0.0, 1.0], 1), ValueError, r"\(2,\) and labels of shape \(\) do not match"),
    ("p and q differ", lambda: xl.cross_entropy([0.5, 0.5], [0.2, 0.3, 0.5]), ValueError, r"p of shape \(2,\) and q of shape \(3,\) do not match"),
    ("p and q broadcast", lambda: xl.kl_divergence(PROBS, [0.2, 0.3, 0.5]), ValueError, r"p of shape \(2, 3\) and q of shape \(3,\) do not match"),
    ("a single number", lambda: xl.softmax(3.0), ValueError, r"x must have an axis of classes, got the single number 3.0"),
    ("no such axis", lambda: xl.softmax(LOGITS, axis=2), np.exceptions.AxisError, r"axis 2 is out of bounds"),
    ("axis of None", lambda: xl.logsumexp(LOGITS, axis=None), TypeError, r"^axis must be an integer, got None$"),
    ("no classes", lambda: xl.softmax(np.zeros((2, 0))), ValueError, r"x of shape \(2, 0\) has no classes on axis 1"),
    ("no classes to sum", lambda: xl.logsumexp(np.zeros((2, 0))), ValueError, r"^x of shape \(2, 0\) has no classes on axis 1"),
    ("no classes, in logarithms", lambda: xl.log_softmax(np.zeros((0, 2)), axis=0), ValueError, r"^x of shape \(0, 2\) has no classes on axis 0"),
    ("no classes to lose", lambda: xl.softmax_cross_entropy(np.zeros((2, 0)), [0, 0]), ValueError, r"^predictions of shape \(2, 0\) has no classes"),
    ("no classes to be surprised by", lambda: xl.entropy(np.zeros((2, 0))), ValueError, r"^p of shape \(2, 0\) has no classes"),
    ("no classes to decode", lambda: xl.decode(np.zeros((2, 0))), ValueError, r"^one_hot of shape \(2, 0\) has no classes"),
    ("out of another shape", lambda: xl.softmax_cross_entropy_value_and_grad(LOGITS, [0, 1], out=np.empty((3, 2))), ValueError, r"out has shape \(3, 2\) and dtype float64, but the result has shape \(2, 3\)"),
    ("out a list", lambda: xl.softmax_cross_entropy_value_and_grad([1.0, 2.0], 0, out=[0.0, 0.0]), TypeError, r"out must be a NumPy array, got list"),
    ("out of another dtype", lambda: xl.softmax_cross_entropy_value_and_grad(LOGITS, [0, 1], out=np.empty((2, 3), np.float32)), ValueError, r"out has .* dtype float32, but the result has .* dtype float64"),
    # ------------------------------------------------------------------ probabilities
    ("p above 1", lambda: xl.self_information([0.5, 1.5]), ValueError, r"p must lie in \[0, 1\], but row 1 holds 1\.5"),
    ("p below 0", lambda: xl.categorical_nll([[0.5, 0.5], [1.2, -0.2]], [0, 1]), ValueError, r"probs must lie in \[0, 1\], but row 1 holds 1\.2 \(at position \(1, 0\)\)"),
    ("logits taken for probabilities", lambda: xl.binary_nll([2.0, -1.0], [1, 0]), ValueError, r"probs must lie in \[0, 1\], but row 0 holds 2\.0"),
    ("log-probabilities", lambda: xl.brier_score(np.log(PROBS), [0, 1]), ValueError, r"probs must lie in \[0, 1\]"),
    ("p of infinity", lambda: xl.brier_score([[np.inf, 0.0]], [0]), ValueError, r"holds inf"),
    ("counts for a distribution", lambda: xl.entropy([3, 1]), ValueError, r"p must lie in \[0, 1\], but row 0 holds 3"),
    ("p sums to .9", lambda: xl.entropy([0.5, 0.4]), ValueError, r"p must sum to 1 over the last axis, but row 0 sums to 0\.9"),
    ("q sums to .9", lambda: xl.cross_entropy(PROBS, [[0.7, 0.2, 0.1], [0.1, 0.7, 0.1]]), ValueError, r"q must sum to 1 .* row 1 sums to 0\.8999"),
    ("logits to the Jacobian", lambda: xl.softmax_jacobian([2.0, 1.0, 0.1]), ValueError, r"p must lie in \[0, 1\]"),
    ("negative NLL", lambda: xl.perplexity([0.0, -2.0]), ValueError, r"nll must not be negative, got -2\.0 at position 1: the minus sign"),
    # ------------------------------------------------------------------ two-valued labels
    ("signs for labels", lambda: xl.sigmoid_cross_entropy([0.5, 1.0], [1, -1]), ValueError, r"labels must lie in \[0, 1\], but row 1 holds -1"),
    ("a label of 2", lambda: xl.sigmoid_cross_entropy([0.5], [2]), ValueError, r"labels must lie in \[0, 1\]"),
    ("soft focal label", lambda: xl.sigmoid_focal_loss([0.5, 1.0], [1, 0.5], gamma=2), ValueError, r"must be 0 or 1, got 0\.5 at position 1"),
    ("signs to to_signs", lambda: xl.to_signs([1, -1]), ValueError, r"labels must be 0 or 1, got -1 at position 1"),
    ("labels to to_labels", lambda: xl.to_labels([1, 0]), ValueError, r"signs must be -1 or 1, got 0 at position 1"),
    ("NaN sign", lambda: xl.to_labels([1.0, NAN]), ValueError, r"signs must be -1 or 1, got nan"),
    ("text label", lambda: xl.to_signs(["yes"]), TypeError, r"labels must hold numbers"),
    # ------------------------------------------------------------------ one-hot and back
    ("probabilities decoded", lambda: xl.decode(PROBS), ValueError, r"row 0 is not one-hot \(one 1, the rest 0\): \[0\.7, 0\.2, 0\.1\]"),
    ("two ones", lambda: xl.decode([[1, 0, 0], [1, 1, 0]]), ValueError, r"row 1 is not one-hot"),
    ("a one and a half", lambda: xl.decode([1, 0.5, 0]), ValueError, r"row 0 is not one-hot"),
    ("no one", lambda: xl.decode([0, 0, 0]), ValueError, r"row 0 is not one-hot"),
    ("K not an integer", lambda: xl.one_hot([0, 1], 3.0), TypeError, r"num_classes must be an integer, got 3\.0"),
    ("K missing", lambda: xl.one_hot([0, 1], None), TypeError, r"num_classes must be an integer, got None"),
    ("K = 0", lambda: xl.one_hot([], 0), ValueError, r"num_classes must be at least 1, got 0"),
    ("soft labels of other K", lambda: xl.smooth_labels(PROBS, 4, 0.1), ValueError, r"soft labels have shape \(2, 3\), expected \(\.\.\., 4\): one column for each"),
    # ------------------------------------------------------------------ options
    ("unknown reduction", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], reduction="avg"), ValueError, r"unknown reduction 'avg'; choose one of \('none', 'mean', 'sum'\)"),
    ("reduction of None", lambda: xl.brier_score(PROBS, [0, 1], reduction=None), ValueError, r"unknown reduction None"),
    ("unknown reduction, gradient", lambda: xl.sigmoid_focal_loss_grad([1.0], [1], gamma=2, reduction="batch"), ValueError, r"unknown reduction 'batch'"),
    ("temperature 0", lambda: xl.softmax(LOGITS, temperature=0), ValueError, r"temperature must be positive and finite, got 0"),
    ("temperature −1", lambda: xl.log_softmax(LOGITS, temperature=-1), ValueError, r"temperature must be positive and finite, got -1"),
    ("temperature NaN", lambda: xl.softmax(LOGITS, temperature=NAN), ValueError, r"temperature must be positive and finite, got nan"),
    ("temperature ∞", lambda: xl.softmax(LOGITS, temperature=np.inf), ValueError, r"temperature must be positive and finite, got inf"),
    ("temperature a list", lambda: xl.softmax(LOGITS, temperature=[1, 2]), TypeError, r"temperature must be a real number, got \[1, 2\]"),
    ("base 10", lambda: xl.entropy([0.5, 0.5], base=10), ValueError, r"base must be e \(nats\) or 2 \(bits\), got 10"),
    ("base in words", lambda: xl.kl_divergence([0.5, 0.5], [0.5, 0.5], base="bits"), ValueError, r"base must be .* got 'bits'"),
    ("base of perplexity", lambda: xl.perplexity(1.0, base=0), ValueError, r"base must be"),
    ("smoothing above 1", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], label_smoothing=1.1), ValueError, r"label_smoothing must lie in \[0, 1\], got 1\.1"),
    ("smoothing below 0", lambda: xl.smooth_labels([0], 2, -0.1), ValueError, r"^label_smoothing must lie in \[0, 1\], got -0\.1"),
    ("smoothing NaN", lambda: xl.categorical_nll(PROBS, [0, 1], label_smoothing=NAN), ValueError, r"label_smoothing must lie in"),
    ("smoothing in words", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], label_smoothing="0.1"), TypeError, r"label_smoothing must be a real number, got '0\.1'"),
    ("weight of other length", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, 2]), ValueError, r"weight has shape \(2,\), expected \(3,\): one weight per class"),
    ("weight a row", lambda: xl.categorical_nll(PROBS, [0, 1], weight=[[1, 2, 3]]), ValueError, r"weight has shape \(1, 3\), expected \(3,\)"),
    ("negative weight", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, -2, 3]), ValueError, r"weight must be finite and not negative, got -2\.0 at position 1"),
    ("NaN weight", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, 1, NAN]), ValueError, r"weight must be finite .* got nan at position 2"),
    ("weight that does not fit", lambda: xl.sigmoid_cross_entropy([0.0, 1.0], [0, 1], weight=[1, 2, 3]), ValueError, r"weight of shape \(3,\) does not fit predictions of shape \(2,\)"),
    ("negative pos_weight", lambda: xl.sigmoid_cross_entropy([0.0], [1], pos_weight=-1), ValueError, r"pos_weight must be finite and not negative"),
    ("negative gamma", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=-1), ValueError, r"gamma must be finite and not negative, got -1"),
    ("infinite gamma", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=np.inf), ValueError, r"gamma must be finite"),
    ("gamma a list", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=[2.0]), TypeError, r"gamma must be a real number"),
    ("alpha above 1", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=2, alpha=2), ValueError, r"alpha must lie in \[0, 1\], got 2"),
    ("option given by position", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], [1, 2, 3]), TypeError, r"positional"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "exception", "message"), [pytest.param(*case[1:], id=case[0]) for case in WRONG_CALLS]
)
def test_wrong_call(call, exception, message):
    with pytest.raises(exception, match=message) as caught:
        call()
    assert caught.type is exception


# Further arguments of the functions that take an array; the others take a function instead.
OTHERS = {
    "labels": [0],
    "num_classes": 3,
    "label_smoothing": 0.1,
    "q": [1.0],
    "threshold": 1,
    "num_bytes": 1,
}


def required(name):
    """Return the names of a function's required arguments."""
    parameters = inspect.signature(getattr(xl, name)).parameters.values()
    return [p.name for p in parameters if p.default is p.empty]


OF_ARRAYS = [
    name
    for name in xl.__all__
    if inspect.isfunction(getattr(xl, name)) and {*required(name)[1:]} <= {*OTHERS}
]


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_text_is_rejected_with_the_name_of_the_argument(name):
    first, *others = required(name)
    with pytest.raises(TypeError, match=f"^{first} must hold numbers"):
        getattr(xl, name)("abc", **{other: OTHERS[other] for other in others})


REDUCED = [
    name
    for name in xl.__all__
    if name.endswith("_grad")
    and "reduction" in (parameters := inspect.signature(getattr(xl, name)).parameters)
    and "labels" in parameters
    and "features" not in parameters
]


@pytest.mark.parametrize("name", REDUCED)
def test_gradient_rejects_what_its_loss_rejects(name):
    function = getattr(xl, name)
    with pytest.raises(ValueError, match="unknown reduction"):
        function([[0.5, 0.5]], [0], reduction="avg")
    with pytest.raises((ValueError, IndexError)):
        function([[0.5, 0.5]], [[9, 9]])
