"""Wrong calls: each must stop with the right exception and a message that helps.

A message says what was wrong, where, and what was expected. There is one table per module of the
library; below them are the rules that hold for many functions at once.
"""

# ruff: noqa: E501 (the tables have one call per line)

import inspect
from datetime import date

import numpy as np
import pytest
import torch

import xent_lib as xl

LOGITS = [[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]
PROBS = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]
NAN, INF = float("nan"), float("inf")
f32 = np.float32

# module → rows of (what is wrong, the call, the exception, what its message must match)
WRONG_CALLS = {}

# ---------------------------------------------------------------------- activations

WRONG_CALLS["activations"] = [
    ("text", lambda: xl.softmax("abc"), TypeError, r"x must hold numbers, got dtype <U3"),
    ("None", lambda: xl.softmax(None), TypeError, r"x must hold numbers, got dtype object"),
    ("dates", lambda: xl.sigmoid([date(2024, 1, 1)]), TypeError, r"z must hold numbers"),
    ("ragged", lambda: xl.logsumexp([[1, 2], [3]]), ValueError, r"x is ragged: its rows differ"),
    ("objects", lambda: xl.softplus([object()]), TypeError, r"z must hold numbers, got dtype object"),
    ("an integer beyond 64 bits", lambda: xl.softmax([10**400, 1]), TypeError, r"^x holds numbers that no NumPy dtype can represent"),
    ("a tensor that requires grad", lambda: xl.softmax(torch.ones(3, requires_grad=True)), TypeError, r"^x is a Tensor that NumPy cannot read .* pass x\.detach\(\)"),
    ("a tensor of bfloat16", lambda: xl.sigmoid(torch.ones(3, dtype=torch.bfloat16)), TypeError, r"^z is a Tensor that NumPy cannot read"),
    ("a list of masked arrays", lambda: xl.softmax([np.ma.array([1.0, 9.0], mask=[0, 1])]), TypeError, r"^x has masked entries"),
    ("a single number", lambda: xl.softmax(3.0), ValueError, r"x must have an axis of classes, got the single number 3.0"),
    ("no such axis", lambda: xl.softmax(LOGITS, axis=2), np.exceptions.AxisError, r"axis 2 is out of bounds"),
    ("axis of None", lambda: xl.logsumexp(LOGITS, axis=None), TypeError, r"^axis must be an integer, got None$"),
    ("no classes", lambda: xl.softmax(np.zeros((2, 0))), ValueError, r"x of shape \(2, 0\) has no classes on axis 1"),
    ("no classes to sum", lambda: xl.logsumexp(np.zeros((2, 0))), ValueError, r"^x of shape \(2, 0\) has no classes on axis 1"),
    ("no classes, in logarithms", lambda: xl.log_softmax(np.zeros((0, 2)), axis=0), ValueError, r"^x of shape \(0, 2\) has no classes on axis 0"),
    ("logits to the Jacobian", lambda: xl.softmax_jacobian([2.0, 1.0, 0.1]), ValueError, r"p must lie in \[0, 1\]"),
    ("temperature 0", lambda: xl.softmax(LOGITS, temperature=0), ValueError, r"temperature must be positive and finite, got 0"),
    ("temperature −1", lambda: xl.log_softmax(LOGITS, temperature=-1), ValueError, r"temperature must be positive and finite, got -1"),
    ("temperature NaN", lambda: xl.softmax(LOGITS, temperature=NAN), ValueError, r"temperature must be positive and finite, got nan"),
    ("temperature ∞", lambda: xl.softmax(LOGITS, temperature=np.inf), ValueError, r"temperature must be positive and finite, got inf"),
    ("temperature a list", lambda: xl.softmax(LOGITS, temperature=[1, 2]), TypeError, r"temperature must be a real number, got \[1, 2\]"),
    ("masked logits", lambda: xl.softmax(np.ma.array([1.0, 9.0], mask=[0, 1])), TypeError, r"x has masked entries, which NumPy would use; fill or drop them first"),
    ("a temperature of 0 in float32", lambda: xl.softmax(f32([1, 2]), temperature=1e-46), ValueError, r"temperature must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("the same for log_softmax", lambda: xl.log_softmax(f32([1, 2]), temperature=1e-46), ValueError, r"which is 0.0 in float32"),
    ("an infinite temperature in float32", lambda: xl.softmax(f32([1, 2]), temperature=1e39), ValueError, r"got 1e\+39, which is inf in float32"),
    ("an integer too large for a float", lambda: xl.softmax([1, 2], temperature=10**400), ValueError, r"temperature is too large for a float"),
    ("a NaN temperature", lambda: xl.softmax([1, 2], temperature=np.nan), ValueError, r"temperature must be positive and finite, got nan$"),
]  # fmt: skip

# ---------------------------------------------------------------------- encoding

WRONG_CALLS["encoding"] = [
    ("label too large", lambda: xl.one_hot([0, 1, 2, 7], 3), IndexError, r"label 7 at position 3 is outside 0\.\.2 \(num_classes=3\)"),
    ("uint8 label", lambda: xl.one_hot(np.array([255], np.uint8), 10), IndexError, r"label 255 at position 0 is outside 0\.\.9"),
    ("one-hot of floats", lambda: xl.one_hot([0.0, 1.0], 2), TypeError, r"labels must be integers \(class indices\), got dtype float64"),
    ("no classes to decode", lambda: xl.decode(np.zeros((2, 0))), ValueError, r"^one_hot of shape \(2, 0\) has no classes"),
    ("signs to to_signs", lambda: xl.to_signs([1, -1]), ValueError, r"labels must be 0 or 1, got -1 at position 1"),
    ("labels to to_labels", lambda: xl.to_labels([1, 0]), ValueError, r"signs must be -1 or 1, got 0 at position 1"),
    ("NaN sign", lambda: xl.to_labels([1.0, NAN]), ValueError, r"signs must be -1 or 1, got nan"),
    ("text label", lambda: xl.to_signs(["yes"]), TypeError, r"labels must hold numbers"),
    ("probabilities decoded", lambda: xl.decode(PROBS), ValueError, r"row 0 of one_hot is not one-hot \(one 1, the rest 0\): \[0\.7, 0\.2, 0\.1\]"),
    ("two ones", lambda: xl.decode([[1, 0, 0], [1, 1, 0]]), ValueError, r"row 1 of one_hot is not one-hot"),
    ("a one and a half", lambda: xl.decode([1, 0.5, 0]), ValueError, r"row 0 of one_hot is not one-hot"),
    ("no one", lambda: xl.decode([0, 0, 0]), ValueError, r"row 0 of one_hot is not one-hot"),
    ("K not an integer", lambda: xl.one_hot([0, 1], 3.0), TypeError, r"num_classes must be an integer, got 3\.0"),
    ("K missing", lambda: xl.one_hot([0, 1], None), TypeError, r"num_classes must be an integer, got None"),
    ("K = 0", lambda: xl.one_hot([], 0), ValueError, r"num_classes must be at least 1, got 0"),
    ("soft labels of other K", lambda: xl.smooth_labels(PROBS, 4, 0.1), ValueError, r"soft labels have shape \(2, 3\), expected \(\.\.\., 4\): one column for each"),
    ("soft labels that sum to .9", lambda: xl.smooth_labels([[0.5, 0.4]], 2, 0.1), ValueError, r"^labels must sum to 1 .* row 0 sums to 0\.9"),
    ("smoothing below 0", lambda: xl.smooth_labels([0], 2, -0.1), ValueError, r"^label_smoothing must lie in \[0, 1\], got -0\.1"),
    ("complex labels", lambda: xl.to_signs([1 + 0j]), TypeError, r"labels must be real, got dtype complex128"),
    ("one-hot of text", lambda: xl.one_hot([0], 2, dtype=str), TypeError, r"dtype must be one of numbers or booleans, got <U0"),
    ("one-hot of objects", lambda: xl.one_hot([0], 2, dtype=object), TypeError, r"dtype must be one of numbers or booleans, got object"),
]  # fmt: skip

# ---------------------------------------------------------------------- information

WRONG_CALLS["information"] = [
    ("complex p", lambda: xl.entropy([0.5 + 0j, 0.5]), TypeError, r"p must be real, got dtype complex128"),
    ("text for q", lambda: xl.kl_divergence([1.0], "abc"), TypeError, r"^q must hold numbers"),
    ("p and q differ", lambda: xl.cross_entropy([0.5, 0.5], [0.2, 0.3, 0.5]), ValueError, r"p of shape \(2,\) and q of shape \(3,\) do not match"),
    ("p and q broadcast", lambda: xl.kl_divergence(PROBS, [0.2, 0.3, 0.5]), ValueError, r"p of shape \(2, 3\) and q of shape \(3,\) do not match"),
    ("no classes to be surprised by", lambda: xl.entropy(np.zeros((2, 0))), ValueError, r"^p of shape \(2, 0\) has no classes"),
    ("p above 1", lambda: xl.self_information([0.5, 1.5]), ValueError, r"p must lie in \[0, 1\], but row 1 holds 1\.5"),
    ("counts for a distribution", lambda: xl.entropy([3, 1]), ValueError, r"p must lie in \[0, 1\], but row 0 holds 3"),
    ("p sums to .9", lambda: xl.entropy([0.5, 0.4]), ValueError, r"p must sum to 1 over the last axis, but row 0 sums to 0\.9"),
    ("q sums to .9", lambda: xl.cross_entropy(PROBS, [[0.7, 0.2, 0.1], [0.1, 0.7, 0.1]]), ValueError, r"q must sum to 1 .* row 1 sums to 0\.8999"),
    ("negative NLL", lambda: xl.perplexity([0.0, -2.0]), ValueError, r"nll must not be negative, got -2\.0 at position 1: the minus sign"),
    ("base 10", lambda: xl.entropy([0.5, 0.5], base=10), ValueError, r"base must be e \(nats\) or 2 \(bits\), got 10"),
    ("base in words", lambda: xl.kl_divergence([0.5, 0.5], [0.5, 0.5], base="bits"), ValueError, r"base must be .* got 'bits'"),
    ("base of perplexity", lambda: xl.perplexity(1.0, base=0), ValueError, r"base must be"),
    ("a joint distribution of one axis", lambda: xl.mutual_information([0.5, 0.5]), ValueError, r"^joint has shape \(2,\), expected tables \(\.\.\., K, L\)"),
    ("a complex distribution", lambda: xl.kl_divergence([0.5 + 0j, 0.5], [0.5, 0.5]), TypeError, r"^p must be real, got dtype complex128"),
    ("counts for a joint distribution", lambda: xl.mutual_information([[5, 1], [2, 3]]), ValueError, r"^joint must lie in \[0, 1\]"),
    ("joint distribution sums to .9", lambda: xl.mutual_information([[0.5, 0.1], [0.2, 0.1]]), ValueError, r"^joint must sum to 1 .*sums to 0\.9"),
    ("negative NLL of bytes", lambda: xl.bits_per_byte(-1.0, 4), ValueError, r"^nll must not be negative, got -1\.0"),
    ("no bytes", lambda: xl.bits_per_byte(1.0, 0), ValueError, r"^num_bytes must be positive and finite, got 0"),
    ("NaN bytes", lambda: xl.bits_per_byte([1.0, 2.0], [4, NAN]), ValueError, r"^num_bytes must be positive and finite, got nan at position 1"),
    ("bytes of another shape", lambda: xl.bits_per_byte([1.0, 2.0], 4), ValueError, r"^nll of shape \(2,\) and num_bytes of shape \(\) do not match"),
]  # fmt: skip

# ---------------------------------------------------------------------- losses

WRONG_CALLS["losses"] = [
    ("text labels", lambda: xl.softmax_cross_entropy(LOGITS, ["cat", "dog"]), TypeError, r"labels must hold numbers, got dtype <U3"),
    ("no labels", lambda: xl.softmax_cross_entropy(LOGITS, None), TypeError, r"labels must hold numbers"),
    ("ragged labels", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0], [0.5, 0.5]]), ValueError, r"labels is ragged"),
    ("complex labels", lambda: xl.softmax_cross_entropy(LOGITS, [0j, 1j]), TypeError, r"labels must be integers .* or floats .*, got dtype complex128"),
    ("text weight", lambda: xl.categorical_nll(PROBS, [0, 1], weight=["a", "b", "c"]), TypeError, r"^weight must hold numbers"),
    ("a missing label", lambda: xl.softmax_cross_entropy(LOGITS, [0.0, NAN]), ValueError, r"^labels hold NaN at position 1: a label is missing there"),
    ("ignore_index True", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], ignore_index=True), TypeError, r"^ignore_index must be an integer, got True"),
    ("no thread", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], threads=0), ValueError, r"threads must be at least 1, got 0"),
    ("threads by name", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], threads="all"), TypeError, r"threads must be an integer, got 'all'"),
    ("out that is read-only", lambda: xl.softmax_cross_entropy_grad([[1.0, 2.0]], [0], out=np.broadcast_to(0.0, (1, 2))), ValueError, r"^out is read-only"),
    ("label −1", lambda: xl.softmax_cross_entropy(LOGITS, [0, -1]), IndexError, r"label -1 at position 1 is outside 0\.\.2"),
    ("labels from 1", lambda: xl.softmax_cross_entropy(LOGITS, [1, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2"),
    ("one scalar label", lambda: xl.softmax_cross_entropy([2.0, 1.0], 2), IndexError, r"label 2 at position 0 is outside 0\.\.1"),
    ("label in a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), [[0, 1], [5, 0]]), IndexError, r"label 5 at position \(1, 0\) is outside 0\.\.2"),
    ("padding not declared", lambda: xl.softmax_cross_entropy(LOGITS, [0, -100]), IndexError, r"label -100 at position 1"),
    ("another ignore_index", lambda: xl.softmax_cross_entropy(LOGITS, [0, -100], ignore_index=-1), IndexError, r"label -100 at position 1"),
    ("label of Brier", lambda: xl.brier_score(PROBS, [0, 3]), IndexError, r"label 3 at position 1"),
    ("indices as floats", lambda: xl.softmax_cross_entropy(LOGITS, [0.0, 1.0]), TypeError, r"labels of shape \(2,\) have dtype float64, and floats are read as distributions of shape \(2, 3\); class indices must be integers: labels\.astype\(int\)"),
    ("indices as booleans", lambda: xl.softmax_cross_entropy([[1.0, 2.0]], [True]), TypeError, r"labels must be integers .* got dtype bool"),
    ("one-hot as integers", lambda: xl.softmax_cross_entropy(LOGITS, [[1, 0, 0], [0, 1, 0]]), ValueError, r"integer labels have shape \(2, 3\), .* need class indices of shape \(2,\); decode\(labels\) reads them from a one-hot table"),
    ("soft labels sum to .9", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 0, 0], [0.5, 0.3, 0.1]]), ValueError, r"labels must sum to 1 over the last axis, but row 1 sums to 0\.9"),
    ("multi-hot", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 1.0, 0.0], [0, 0, 1]]), ValueError, r"row 0 sums to 2\.0"),
    ("negative soft label", lambda: xl.softmax_cross_entropy(LOGITS, [[1.0, 0, 0], [-0.5, 0.5, 1]]), ValueError, r"labels must lie in \[0, 1\], but row 1 holds -0\.5 \(at position \(1, 0\)\)"),
    ("ignore_index for soft labels", lambda: xl.softmax_cross_entropy(LOGITS, PROBS, ignore_index=0), ValueError, r"^ignore_index needs integer labels; soft labels have no index to ignore$"),
    ("ignore_index not an integer", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], ignore_index=-1.0), TypeError, r"ignore_index must be an integer, got -1\.0"),
    ("too few labels", lambda: xl.softmax_cross_entropy(LOGITS, [0]), ValueError, r"integer labels have shape \(1,\), but predictions of shape \(2, 3\) need class indices of shape \(2,\)$"),
    ("too few labels for a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), [0, 1]), ValueError, r"need class indices of shape \(2, 2\)$"),
    ("indices as floats for a block", lambda: xl.softmax_cross_entropy(np.zeros((2, 2, 3)), np.zeros((2, 2))), TypeError, r"floats are read as distributions of shape \(2, 2, 3\)"),
    ("(N, 1) labels", lambda: xl.softmax_cross_entropy(LOGITS, [[0], [1]]), ValueError, r"shape \(2, 1\), .* shape \(2,\)"),
    ("soft labels, other K", lambda: xl.softmax_cross_entropy(LOGITS, [[0.5, 0.5], [1.0, 0]]), ValueError, r"soft labels have shape \(2, 2\), but predictions have shape \(2, 3\)"),
    ("broadcast of one soft row", lambda: xl.softmax_cross_entropy(LOGITS, [[0.5, 0.5, 0.0]]), ValueError, r"\(1, 3\), but predictions have shape \(2, 3\)"),
    ("no classes to lose", lambda: xl.softmax_cross_entropy(np.zeros((2, 0)), [0, 0]), ValueError, r"^predictions of shape \(2, 0\) has no classes"),
    ("out of another shape", lambda: xl.softmax_cross_entropy_value_and_grad(LOGITS, [0, 1], out=np.empty((3, 2))), ValueError, r"out has shape \(3, 2\) and dtype float64, but the result has shape \(2, 3\)"),
    ("out a list", lambda: xl.softmax_cross_entropy_value_and_grad([1.0, 2.0], 0, out=[0.0, 0.0]), TypeError, r"out must be a NumPy array, got list"),
    ("out of another dtype", lambda: xl.softmax_cross_entropy_value_and_grad(LOGITS, [0, 1], out=np.empty((2, 3), np.float32)), ValueError, r"out has .* dtype float32, but the result has .* dtype float64"),
    ("p below 0", lambda: xl.categorical_nll([[0.5, 0.5], [1.2, -0.2]], [0, 1]), ValueError, r"probs must lie in \[0, 1\], but row 1 holds 1\.2 \(at position \(1, 0\)\)"),
    ("log-probabilities", lambda: xl.brier_score(np.log(PROBS), [0, 1]), ValueError, r"probs must lie in \[0, 1\]"),
    ("p of infinity", lambda: xl.brier_score([[np.inf, 0.0]], [0]), ValueError, r"holds inf"),
    ("unknown reduction", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], reduction="avg"), ValueError, r"unknown reduction 'avg'; choose one of \('none', 'mean', 'sum'\)"),
    ("reduction of None", lambda: xl.brier_score(PROBS, [0, 1], reduction=None), ValueError, r"unknown reduction None"),
    ("smoothing above 1", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], label_smoothing=1.1), ValueError, r"label_smoothing must lie in \[0, 1\], got 1\.1"),
    ("smoothing NaN", lambda: xl.categorical_nll(PROBS, [0, 1], label_smoothing=NAN), ValueError, r"label_smoothing must lie in"),
    ("smoothing in words", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], label_smoothing="0.1"), TypeError, r"label_smoothing must be a real number, got '0\.1'"),
    ("weight of other length", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, 2]), ValueError, r"weight has shape \(2,\), expected \(3,\): one weight per class"),
    ("weight a row", lambda: xl.categorical_nll(PROBS, [0, 1], weight=[[1, 2, 3]]), ValueError, r"weight has shape \(1, 3\), expected \(3,\)"),
    ("negative weight", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, -2, 3]), ValueError, r"weight must be finite and not negative, got -2\.0 at position 1"),
    ("NaN weight", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], weight=[1, 1, NAN]), ValueError, r"weight must be finite .* got nan at position 2"),
    ("option given by position", lambda: xl.softmax_cross_entropy(LOGITS, [0, 1], [1, 2, 3]), TypeError, r"positional"),
    ("a weight beyond float32", lambda: xl.softmax_cross_entropy(f32([[0, 0]]), [0], weight=[1, 1e39]), ValueError, r"weight must be finite and not negative, got inf at position 1"),
    ("a vector for all rows", lambda: xl.softmax_cross_entropy_hvp(LOGITS, [0, 1], LOGITS[0]), ValueError, r"^logits of shape \(2, 3\) and vector of shape \(3,\) do not match"),
]  # fmt: skip

# ---------------------------------------------------------------------- binary_losses

WRONG_CALLS["binary_losses"] = [
    ("a product of weights beyond the range", lambda: xl.sigmoid_cross_entropy([0.0, 1.0], [0, 1], weight=[2, 1e308], pos_weight=[3, 1e10]), ValueError, r"^weight times pos_weight is 1e\+308 times 10000000000\.0 at position 1, beyond the range of float64"),
    ("complex binary labels", lambda: xl.sigmoid_cross_entropy([1.0], [1j]), TypeError, r"labels must be real"),
    ("(4, 1) against (4,)", lambda: xl.sigmoid_cross_entropy(np.zeros((4, 1)), np.ones(4)), ValueError, r"predictions of shape \(4, 1\) and labels of shape \(4,\) do not match; nothing is broadcast"),
    ("(4, 1) against (4,), NLL", lambda: xl.binary_nll(np.full((4, 1), 0.5), np.ones(4)), ValueError, r"\(4, 1\) and labels of shape \(4,\) do not match"),
    ("(4, 1) against (4,), focal", lambda: xl.sigmoid_focal_loss(np.zeros((4, 1)), np.ones(4), gamma=2), ValueError, r"^logits of shape \(4, 1\) and labels of shape \(4,\) do not match"),
    ("scalar label for a batch", lambda: xl.sigmoid_cross_entropy([0.0, 1.0], 1), ValueError, r"\(2,\) and labels of shape \(\) do not match"),
    ("logits taken for probabilities", lambda: xl.binary_nll([2.0, -1.0], [1, 0]), ValueError, r"probs must lie in \[0, 1\], but row 0 holds 2\.0"),
    ("signs for labels", lambda: xl.sigmoid_cross_entropy([0.5, 1.0], [1, -1]), ValueError, r"labels must lie in \[0, 1\], but row 1 holds -1"),
    ("a label of 2", lambda: xl.sigmoid_cross_entropy([0.5], [2]), ValueError, r"labels must lie in \[0, 1\]"),
    ("soft focal label", lambda: xl.sigmoid_focal_loss([0.5, 1.0], [1, 0.5], gamma=2), ValueError, r"must be 0 or 1, got 0\.5 at position 1"),
    ("unknown reduction, gradient", lambda: xl.sigmoid_focal_loss_grad([1.0], [1], gamma=2, reduction="batch"), ValueError, r"unknown reduction 'batch'"),
    ("weight that does not fit", lambda: xl.sigmoid_cross_entropy([0.0, 1.0], [0, 1], weight=[1, 2, 3]), ValueError, r"weight of shape \(3,\) does not fit predictions of shape \(2,\)"),
    ("negative pos_weight", lambda: xl.sigmoid_cross_entropy([0.0], [1], pos_weight=-1), ValueError, r"pos_weight must be finite and not negative"),
    ("negative gamma", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=-1), ValueError, r"gamma must be finite and not negative, got -1"),
    ("infinite gamma", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=np.inf), ValueError, r"gamma must be finite"),
    ("gamma a list", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=[2.0]), TypeError, r"gamma must be a real number"),
    ("alpha above 1", lambda: xl.sigmoid_focal_loss([0.0], [1], gamma=2, alpha=2), ValueError, r"alpha must lie in \[0, 1\], got 2"),
    ("an element weight beyond float32", lambda: xl.sigmoid_cross_entropy(f32([0]), [0], weight=1e39), ValueError, r"weight must be finite .*got inf at position 0"),
]  # fmt: skip

# ---------------------------------------------------------------------- imbalance

WRONG_CALLS["imbalance"] = [
    ("infinite gamma of K classes", lambda: xl.softmax_focal_loss(LOGITS, [0, 1], gamma=INF), ValueError, r"gamma must be finite and not"),
    ("negative gamma of K classes", lambda: xl.softmax_focal_loss(LOGITS, [0, 1], gamma=-1), ValueError, r"gamma must be finite and not"),
    ("priors of other length", lambda: xl.adjust_logits(LOGITS, [0.5, 0.5]), ValueError, r"class_priors have shape \(2,\)"),
    ("a prior of 0", lambda: xl.adjust_logits([1.0, 2.0, 3.0], [0.5, 0.0, 0.5]), ValueError, r"class 1 has 0"),
    ("infinite tau", lambda: xl.adjust_logits([1.0, 2.0], [0.5, 0.5], tau=np.inf), ValueError, r"tau must be finite"),
    ("soft labels of a focal loss", lambda: xl.softmax_focal_loss(LOGITS, PROBS), TypeError, r"labels must be integers"),
]  # fmt: skip

# ---------------------------------------------------------------------- contrastive

WRONG_CALLS["contrastive"] = [
    ("keys of another batch", lambda: xl.info_nce(LOGITS, LOGITS[:1]), ValueError, r"^queries of shape \(2, 3\) and keys of shape \(1, 3\) do not match"),
    ("log_q of other length", lambda: xl.info_nce(LOGITS, LOGITS, log_q=[0.0]), ValueError, r"log_q has shape"),
    ("a temperature of 0 in float32", lambda: xl.info_nce(np.float32(LOGITS), np.float32(LOGITS), temperature=1e-50), ValueError, r"temperature must be positive and finite, got 1e-50, which is 0.0 in float32"),
    ("a single query", lambda: xl.info_nce(LOGITS[0], LOGITS[0]), ValueError, r"queries must have two axes"),
]  # fmt: skip

# ---------------------------------------------------------------------- distillation

WRONG_CALLS["distillation"] = [
    ("logits of another shape", lambda: xl.softmax_kl_divergence(LOGITS, LOGITS[:1]), ValueError, r"^logits of shape \(2, 3\) and target_logits of shape \(1, 3\) do not match"),
    ("temperature 0 of a divergence", lambda: xl.softmax_kl_divergence(LOGITS, LOGITS, temperature=0), ValueError, r"temperature must be"),
]  # fmt: skip

# ---------------------------------------------------------------------- chunked

FEATURES, WEIGHTS = [[1.0, 0.0], [0.5, 2.0]], [[2.0, 0.0], [1.0, 1.0], [0.1, -1.0]]

WRONG_CALLS["chunked"] = [
    ("one vector of features", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES[0], WEIGHTS, 0), ValueError, r"features must have two axes, got shape \(2,\)"),
    ("complex weights", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, [[1j, 0]], [0, 0]), TypeError, r"weights must be real, got dtype complex128"),
    ("weights the other way", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, np.transpose(WEIGHTS), [0, 1]), ValueError, r"features of shape \(2, 2\) and weights of shape \(2, 3\) do not match"),
    ("weights of no class", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, np.zeros((0, 2)), [0, 1]), ValueError, r"weights of shape \(0, 2\) has no classes on axis 0"),
    ("label beyond the weights", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, [0, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2"),
    ("labels for another batch", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, [0, 1, 2]), ValueError, r"integer labels have shape \(3,\), but predictions of shape \(2, 3\)"),
    ("one-hot labels of a layer", lambda: xl.linear_cross_entropy(FEATURES, WEIGHTS, [[1, 0, 0], [0, 1, 0]]), ValueError, r"need class indices of shape \(2,\); decode\(labels\) reads them from a one-hot table"),
    ("soft labels of a layer", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, LOGITS), TypeError, r"labels must be integers"),
    ("no chunk", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, [0, 1], chunk=0), ValueError, r"chunk must be at least 1, got 0"),
    ("no chunk for the value", lambda: xl.linear_cross_entropy(FEATURES, WEIGHTS, [0, 1], chunk=-5), ValueError, r"chunk must be at least 1, got -5"),
    ("half a chunk", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, [0, 1], chunk=1.5), TypeError, r"chunk must be an integer, got 1\.5"),
    ("unknown reduction of a layer", lambda: xl.linear_cross_entropy_value_and_grad(FEATURES, WEIGHTS, [0, 1], reduction=None), ValueError, r"unknown reduction None"),
    ("unknown reduction of a value", lambda: xl.linear_cross_entropy(FEATURES, WEIGHTS, [0, 1], reduction="max"), ValueError, r"unknown reduction 'max'"),
    ("text labels", lambda: xl.linear_cross_entropy([[1.0]], [[1.0]], ["cat"]), TypeError, r"^labels must hold numbers"),
]  # fmt: skip

# ---------------------------------------------------------------------- margins

ERRORS = [-0.5, 0.5, 0, 1]

WRONG_CALLS["margins"] = [
    ("a threshold of 0 in float32", lambda: xl.tolerance_loss(f32([0, 1]), threshold=1e-46), ValueError, r"threshold must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("a threshold of 0 in float32, in the gradient", lambda: xl.tolerance_loss_grad(f32([0, 1]), threshold=1e-46), ValueError, r"threshold must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("text", lambda: xl.hinge_loss("abc"), TypeError, r"^margin must hold numbers, got dtype <U3"),
    ("None", lambda: xl.logistic_loss(None), TypeError, r"^margin must hold numbers, got dtype object"),
    ("dates", lambda: xl.squared_margin_loss([date(2024, 1, 1)]), TypeError, r"^margin must hold numbers"),
    ("ragged", lambda: xl.exponential_loss([[1, 2], [3]]), ValueError, r"^margin is ragged: its rows differ"),
    ("text residual", lambda: xl.squared_error(["0.5"]), TypeError, r"^residual must hold numbers, got dtype <U3"),
    ("no residual", lambda: xl.absolute_error_grad(None), TypeError, r"^residual must hold numbers"),
    ("ragged residual", lambda: xl.huber_loss([[1.0], [0.5, 0.5]]), ValueError, r"^residual is ragged"),
    ("a complex step at a jump", lambda: xl.zero_one_loss(1 + 1e-20j), TypeError, r"^margin must be real, got dtype complex128"),
    ("a complex step at a threshold", lambda: xl.tolerance_loss([1j], threshold=0.5), TypeError, r"^residual must be real, got dtype complex128"),
    ("a complex step of a slope that jumps", lambda: xl.hinge_loss_grad([1j]), TypeError, r"^margin must be real"),
    ("delta 0", lambda: xl.huber_loss(ERRORS, delta=0), ValueError, r"^delta must be positive and finite, got 0\.0"),
    ("delta −1", lambda: xl.huber_loss_grad(ERRORS, delta=-1), ValueError, r"^delta must be positive and finite, got -1\.0"),
    ("delta NaN", lambda: xl.huber_loss(ERRORS, delta=NAN), ValueError, r"^delta must be positive and finite, got nan"),
    ("delta infinite", lambda: xl.huber_loss(ERRORS, delta=INF), ValueError, r"^delta must be positive and finite, got inf"),
    ("delta a list", lambda: xl.huber_loss(ERRORS, delta=[1.0] * 4), TypeError, r"^delta must be a real number, got \[1\.0, "),
    ("a target for delta", lambda: xl.huber_loss([1.0, 2.0], delta=np.array([1.0, 2.5])), TypeError, r"^delta must be a real number, got array\(\[1\. , 2\.5\]\)"),
    ("delta in words", lambda: xl.huber_loss_grad(ERRORS, delta="1"), TypeError, r"^delta must be a real number, got '1'"),
    ("threshold 0", lambda: xl.tolerance_loss(ERRORS, threshold=0), ValueError, r"^threshold must be positive and finite, got 0\.0"),
    ("threshold −0.5", lambda: xl.tolerance_loss_grad(ERRORS, threshold=-0.5), ValueError, r"^threshold must be positive and finite, got -0\.5"),
    ("threshold None", lambda: xl.tolerance_loss(ERRORS, threshold=None), TypeError, r"^threshold must be a real number, got None"),
    ("threshold missing", lambda: xl.tolerance_loss(ERRORS), TypeError, r"missing 1 required keyword-only argument: 'threshold'"),
    ("labels in addition to the margin", lambda: xl.hinge_loss([2.0], [1]), TypeError, r"takes 1 positional argument but 2 were given"),
    ("a reduction", lambda: xl.hinge_loss([2.0], reduction="mean"), TypeError, r"unexpected keyword argument 'reduction'"),
]  # fmt: skip

# ---------------------------------------------------------------------- calibration

THREE_ROWS = [*LOGITS, [1.0, 0.2, 0.3]]

WRONG_CALLS["calibration"] = [
    ("a temperature beyond the largest float", lambda: xl.fit_temperature([[1e308, -1e308]] * 9, [0] * 5 + [1] * 4), ValueError, r"^the best temperature is inf, beyond the range of floats; scale the logits"),
    ("a temperature below the smallest float", lambda: xl.fit_temperature([[5e-324, 0]] * 10, [0] * 9 + [1]), ValueError, r"^the best temperature is 0\.0, beyond the range of floats; scale the logits"),
    ("masked, and all are right", lambda: xl.fit_temperature([[1.0, 0.0, -np.inf]], [0]), ValueError, r"^every label has the largest logit"),
    ("probability above 1", lambda: xl.reliability_curve([0.5, 1.5], [0, 1]), ValueError, r"probs must lie in \[0, 1\], but row 1 holds 1\.5"),
    ("logits for probabilities", lambda: xl.expected_calibration_error(THREE_ROWS, [0, 1, 2]), ValueError, r"probs must lie in \[0, 1\], but row 0 holds 2\.0"),
    ("row that sums to .9", lambda: xl.reliability_curve([[0.7, 0.3], [0.1, 0.8]], [0, 1]), ValueError, r"probs must sum to 1 over the last axis, but row 1 sums to 0\.9"),
    ("column (N, 1) for a vector", lambda: xl.reliability_curve([[0.7], [0.2]], [0, 1]), ValueError, r"probs must sum to 1"),
    ("NaN in a vector", lambda: xl.reliability_curve([0.5, NAN], [0, 1]), ValueError, r"probs hold NaN at position 1: it fits in no bin"),
    ("NaN in a table", lambda: xl.expected_calibration_error([[0.5, 0.5], [NAN, 0.5]], [0, 1]), ValueError, r"probs hold NaN at position \(1, 0\)"),
    ("a number", lambda: xl.reliability_curve(0.5, 1), ValueError, r"probs have shape \(\), expected \(N,\) or \(N, K\)"),
    ("a block", lambda: xl.reliability_curve(np.full((2, 2, 2), 0.5), np.zeros((2, 2), int)), ValueError, r"probs have shape \(2, 2, 2\)"),
    ("no classes", lambda: xl.reliability_curve(np.empty((2, 0)), [0, 0]), ValueError, r"no classes"),
    ("text", lambda: xl.reliability_curve(["a"], [0]), TypeError, r"probs must hold numbers"),
    ("complex", lambda: xl.reliability_curve([1j], [0]), TypeError, r"probs must be real"),
    ("too few labels", lambda: xl.reliability_curve([0.5, 0.5], [1]), ValueError, r"probs of shape \(2,\) and labels of shape \(1,\) do not match; nothing is broadcast"),
    ("(N, 1) labels", lambda: xl.reliability_curve([0.5, 0.5], [[1], [0]]), ValueError, r"labels of shape \(2, 1\) do not match"),
    ("too few labels for a table", lambda: xl.reliability_curve(PROBS, [1]), ValueError, r"labels have shape \(1,\), but predictions of shape \(2, 3\) need class indices of shape \(2,\)"),
    ("one-hot labels", lambda: xl.reliability_curve(PROBS, [[1, 0, 0], [0, 1, 0]]), ValueError, r"labels have shape \(2, 3\), .*; decode\(labels\) reads them from a one-hot table"),
    ("soft labels", lambda: xl.reliability_curve(PROBS, PROBS), TypeError, r"labels must be integers \(class indices\), got dtype float64"),
    ("soft label of a vector", lambda: xl.reliability_curve([0.5], [0.5]), ValueError, r"must be 0 or 1, got 0\.5"),
    ("signs", lambda: xl.reliability_curve([0.5, 0.5], [1, -1]), ValueError, r"must be 0 or 1, got -1 at position 1"),
    ("unknown class", lambda: xl.reliability_curve(PROBS, [0, 3]), IndexError, r"label 3 at position 1 is outside 0\.\.2"),
    ("no bins", lambda: xl.reliability_curve([0.5], [1], bins=0), ValueError, r"bins must be at least 1, got 0"),
    ("half a bin", lambda: xl.expected_calibration_error([0.5], [1], bins=0.5), TypeError, r"bins must be an integer, got 0\.5"),
    ("edges for bins", lambda: xl.reliability_curve([0.5], [1], bins=[0, 0.5, 1]), TypeError, r"bins must be an integer"),
    ("bins of another kind", lambda: xl.reliability_curve([0.5], [1], strategy="mass"), ValueError, r"unknown strategy 'mass'; choose one of \('uniform', 'quantile'\)"),
    ("bins by position", lambda: xl.expected_calibration_error([0.5], [1], 10), TypeError, r"positional"),
    ("a vector, class by class", lambda: xl.classwise_calibration_error([0.5], [1]), ValueError, r"probs have shape \(1,\), expected \(N, K\)"),
    ("a block, in parts", lambda: xl.brier_decomposition(np.full((2, 2, 2), 0.5), [0, 0]), ValueError, r"probs have shape \(2, 2, 2\), expected \(N, K\)"),
    ("NaN, in parts", lambda: xl.brier_decomposition([NAN], [0]), ValueError, r"probs hold NaN at position 0"),
    ("all are right", lambda: xl.fit_temperature(THREE_ROWS, [0, 1, 0]), ValueError, r"every label has the largest logit of its row, so the loss keeps falling as the temperature goes to 0"),
    ("one class", lambda: xl.fit_temperature([[1.0], [2.0]], [0, 0]), ValueError, r"every label has the largest logit"),
    ("all are wrong", lambda: xl.fit_temperature(THREE_ROWS, [2, 2, 1]), ValueError, r"the labels have no larger logits than the mean of their rows, .* as the temperature goes to infinity"),
    ("no better than chance", lambda: xl.fit_temperature([[1.0, 0.0], [1.0, 0.0]], [0, 1]), ValueError, r"goes to infinity"),
    ("masked, and all are wrong", lambda: xl.fit_temperature([[1.0, 0.0, -np.inf]], [1]), ValueError, r"goes to infinity"),
    ("NaN logit", lambda: xl.fit_temperature([[1.0, 0.0], [NAN, 1.0]], [0, 1]), ValueError, r"logits must be numbers below ∞, .* but row 1 with label 1 is \[nan, 1\.0\]"),
    ("NaN logit of the label", lambda: xl.fit_temperature([[NAN, 1.0]], [0]), ValueError, r"row 0 with label 0"),
    ("∞ logit", lambda: xl.fit_temperature([[1.0, np.inf]], [0]), ValueError, r"row 0 with label 0 is \[1\.0, inf\]"),
    ("masked label", lambda: xl.fit_temperature([[1.0, 0.0], [-np.inf, 1.0]], [0, 0]), ValueError, r"above −∞ for the label, but row 1 with label 0 is \[-inf, 1\.0\]"),
    ("one row of logits", lambda: xl.fit_temperature([2.0, 1.0], 0), ValueError, r"logits have shape \(2,\), expected \(N, K\) with at least one row"),
    ("no rows", lambda: xl.fit_temperature(np.empty((0, 3)), np.empty(0, int)), ValueError, r"logits have shape \(0, 3\), expected"),
    ("no classes to choose", lambda: xl.fit_temperature(np.empty((2, 0)), [0, 0]), ValueError, r"^logits of shape \(2, 0\) has no classes on axis 1"),
    ("too few labels for logits", lambda: xl.fit_temperature(THREE_ROWS, [0, 1]), ValueError, r"labels have shape \(2,\), but predictions of shape \(3, 3\) need"),
    ("label out of range", lambda: xl.fit_temperature(THREE_ROWS, [0, 1, 3]), IndexError, r"label 3 at position 2"),
    ("labels as floats", lambda: xl.fit_temperature(THREE_ROWS, [0.0, 1.0, 2.0]), TypeError, r"labels must be integers"),
    ("complex logits", lambda: xl.fit_temperature([[1j, 0]], [0]), TypeError, r"logits must be real"),
]  # fmt: skip

# ---------------------------------------------------------------------- gradcheck

POINT = np.array([1.0, -2.0, 0.5])


def cubes(x):
    return (x**3).sum()


def cubes_grad(x):
    return 3 * x**2


def drops_the_imaginary_part(x):
    return np.abs(x).sum()


WRONG_CALLS["gradcheck"] = [
    ("a loss for each row", lambda: xl.central_difference(lambda x: x**2, [1.0, 2.0]), ValueError, r"^f must return one number, got shape \(2,\): sum it or average it$"),
    ("a loss for each row, complex", lambda: xl.complex_step(lambda x: x**2, [1.0, 2.0]), ValueError, r"^f must return one number, got shape \(2,\)"),
    ("a loss for each row, checked", lambda: xl.check_gradient(lambda x: x**2, lambda x: 2 * x, [1.0, 2.0]), ValueError, r"^f must return one number, got shape \(2,\)"),
    ("an array of one number", lambda: xl.check_gradient(lambda x: x**2, lambda x: 2 * x, [1.0]), ValueError, r"^f must return one number, got shape \(1,\)"),
    ("nothing returned", lambda: xl.central_difference(lambda x: None, [1.0]), TypeError, r"^f\(x\) must hold numbers, got dtype object"),
    ("text returned", lambda: xl.check_gradient(lambda x: "low", cubes_grad, POINT), TypeError, r"^f\(x\) must hold numbers, got dtype <U3"),
    ("a complex loss", lambda: xl.central_difference(lambda x: 1j * x.sum(), [1.0]), TypeError, r"^f\(x\) must be real, got dtype complex128"),
    ("f drops the imaginary part", lambda: xl.complex_step(drops_the_imaginary_part, [1.0]), TypeError, r"^f\(x\) is real \(float64\) though x is complex: f drops the imaginary part, .* use central_difference$"),
    ("f drops it, checked", lambda: xl.check_gradient(drops_the_imaginary_part, np.sign, [1.0], method="complex"), TypeError, r"f drops the imaginary part"),
    ("f takes no complex numbers", lambda: xl.complex_step(lambda z: xl.fit_temperature(z, [0, 1]), [[0.5, 0], [1, 0]]), TypeError, r"^logits must be real, got dtype complex128"),
    ("f is NaN", lambda: xl.check_gradient(lambda x: NAN * x.sum(), cubes_grad, POINT), ValueError, r"^f\(x\) must be finite, got nan: it has no gradient"),
    ("f is infinite", lambda: xl.check_gradient(lambda x: INF, cubes_grad, POINT, method="complex"), ValueError, r"^f\(x\) must be finite, got inf"),
    ("gradient of one row", lambda: xl.check_gradient(cubes, lambda x: cubes_grad(x)[0], np.ones((2, 3))), ValueError, r"^grad\(x\) of shape \(3,\) and x of shape \(2, 3\) do not match; nothing is broadcast"),
    ("gradient summed", lambda: xl.check_gradient(cubes, cubes, POINT), ValueError, r"^grad\(x\) of shape \(\) and x of shape \(3,\) do not match"),
    ("gradient transposed", lambda: xl.check_gradient(cubes, lambda x: cubes_grad(x).T, np.ones((2, 3))), ValueError, r"^grad\(x\) of shape \(3, 2\) and x of shape \(2, 3\)"),
    ("an array for a gradient", lambda: xl.check_gradient(cubes, cubes_grad(POINT), POINT), TypeError, r"^grad must be a function of x, got ndarray"),
    ("no gradient", lambda: xl.check_gradient(cubes, lambda x: None, POINT), TypeError, r"^grad\(x\) must hold numbers, got dtype object"),
    ("a complex gradient", lambda: xl.check_gradient(cubes, lambda x: 1j * x, POINT), TypeError, r"^grad\(x\) must be real, got dtype complex128"),
    ("a ragged gradient", lambda: xl.check_gradient(cubes, lambda x: [[1.0], [1.0, 2.0]], POINT), ValueError, r"^grad\(x\) is ragged"),
    ("integers", lambda: xl.central_difference(cubes, [1, 2]), TypeError, r"^x must be real floats, got dtype int64; use x\.astype\(float\)"),
    ("integers, complex", lambda: xl.complex_step(cubes, np.array([1, 2], np.uint8)), TypeError, r"^x must be real floats, got dtype uint8"),
    ("integers, checked", lambda: xl.check_gradient(cubes, cubes_grad, 3), TypeError, r"^x must be real floats, got dtype int64"),
    ("booleans", lambda: xl.check_gradient(cubes, cubes_grad, [True]), TypeError, r"^x must be real floats, got dtype bool"),
    ("complex x", lambda: xl.complex_step(cubes, [1j]), TypeError, r"^x must be real floats, got dtype complex128"),
    ("text", lambda: xl.central_difference(cubes, "x"), TypeError, r"^x must hold numbers, got dtype <U1"),
    ("ragged", lambda: xl.check_gradient(cubes, cubes_grad, [[1.0], [1.0, 2.0]]), ValueError, r"^x is ragged: its rows differ"),
    ("nothing to check", lambda: xl.check_gradient(cubes, cubes_grad, np.zeros((0, 3))), ValueError, r"^x of shape \(0, 3\) is empty: it has no coordinate"),
    ("NaN", lambda: xl.central_difference(cubes, [1.0, NAN]), ValueError, r"^x must be finite, got nan at position 1: no step"),
    ("a masked logit", lambda: xl.check_gradient(cubes, cubes_grad, [[1.0, -INF]]), ValueError, r"^x must be finite, got -inf at position \(0, 1\)"),
    ("h = 0", lambda: xl.central_difference(cubes, POINT, h=0), ValueError, r"^h must be positive and finite, got 0\.0"),
    ("h below 0", lambda: xl.complex_step(cubes, POINT, h=-1e-20), ValueError, r"^h must be positive and finite, got -1e-20"),
    ("h NaN", lambda: xl.check_gradient(cubes, cubes_grad, POINT, h=NAN), ValueError, r"^h must be positive and finite, got nan"),
    ("h in words", lambda: xl.central_difference(cubes, POINT, h="small"), TypeError, r"^h must be a real number, got 'small'"),
    ("h for each coordinate", lambda: xl.central_difference(cubes, POINT, h=[1e-5] * 3), TypeError, r"^h must be a real number, got \[1e-05, "),
    ("h is lost", lambda: xl.central_difference(cubes, [1.0, 1e12]), ValueError, r"^a step of h=1e-05 is lost when added to 1e\+12 at position 1; take a larger one"),
    ("h is lost to the right alone", lambda: xl.central_difference(cubes, 1.0, h=1e-16), ValueError, r"^a step of h=1e-16 is lost when added to 1 at position 0"),
    ("h of the wrong method", lambda: xl.check_gradient(cubes, cubes_grad, POINT, h=1e-20), ValueError, r"^a step of h=1e-20 is lost when added to 1 at position 0"),
    ("unknown method", lambda: xl.check_gradient(cubes, cubes_grad, POINT, method="forward"), ValueError, r"^unknown method 'forward'; choose one of \('central', 'complex'\)"),
    ("method of None", lambda: xl.check_gradient(cubes, cubes_grad, POINT, method=None), ValueError, r"^unknown method None"),
    ("a function for a method", lambda: xl.check_gradient(cubes, cubes_grad, POINT, method=xl.complex_step), ValueError, r"^unknown method <function complex_step"),
    ("tolerance 0", lambda: xl.check_gradient(cubes, cubes_grad, POINT, tolerance=0), ValueError, r"^tolerance must be positive and finite, got 0\.0"),
    ("tolerance in words", lambda: xl.check_gradient(cubes, cubes_grad, POINT, tolerance="strict"), TypeError, r"^tolerance must be a real number, got 'strict'"),
    ("method by position", lambda: xl.check_gradient(cubes, cubes_grad, POINT, "complex"), TypeError, r"positional"),
]  # fmt: skip

# ---------------------------------------------------------------------- optimizers


def bowl(x):
    return (x**2).sum(), 2 * x


def descend(function=bowl, x0=(1.0, 2.0), learning_rate=0.1, max_iter=3, **options):
    return xl.gradient_descent(
        function, x0, learning_rate=learning_rate, max_iter=max_iter, **options
    )


WRONG_CALLS["optimizers"] = [
    ("an epsilon of 0 in float32", lambda: xl.adam(lambda x: (x.sum(), 0 * x), f32([1]), eps=1e-46, max_iter=1), ValueError, r"eps must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("a learning rate of 0 in float32", lambda: xl.gradient_descent(lambda x: (x.sum(), 0 * x), f32([1]), learning_rate=1e-46, max_iter=1), ValueError, r"learning_rate must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("the same for Adam", lambda: xl.adam(lambda x: (x.sum(), 0 * x), f32([1]), learning_rate=1e-46, max_iter=1), ValueError, r"learning_rate must be positive and finite, got 1e-46, which is 0.0 in float32"),
    ("start of text for Adam", lambda: xl.adam(bowl, "here", max_iter=3), TypeError, r"^x0 must hold numbers"),
    ("start complex for Adam", lambda: xl.adam(bowl, [1j], max_iter=3), TypeError, r"^x0 must be real"),
    ("start of text", lambda: descend(x0="here"), TypeError, r"x0 must hold numbers"),
    ("start complex", lambda: descend(x0=[1j]), TypeError, r"x0 must be real"),
    ("infinite rate", lambda: descend(learning_rate=np.inf), ValueError, r"learning_rate must be positive and finite, got inf"),
    ("rate of a list", lambda: descend(learning_rate=[0.1]), TypeError, r"learning_rate must be a real number"),
    ("steps of a half", lambda: descend(max_iter=0.5), TypeError, r"max_iter must be an integer, got 0\.5"),
    ("negative steps", lambda: descend(max_iter=-2), ValueError, r"max_iter must not be negative, got -2"),
    ("infinite tol", lambda: descend(tol=np.inf), ValueError, r"tol must be finite and not negative, got inf"),
    ("gradient of another shape", lambda: descend(lambda x: (0.0, np.ones(3))), ValueError, r"x0 of shape \(2,\) and the gradient of shape \(3,\) do not match; nothing is broadcast"),
    ("gradient a number", lambda: descend(lambda x: (0.0, 1.0)), ValueError, r"the gradient of shape \(\) do not match"),
    ("gradient of None", lambda: descend(lambda x: (0.0, None)), TypeError, r"the gradient must hold numbers"),
    ("value a vector", lambda: descend(lambda x: (x**2, 2 * x)), TypeError, r"the value must be a real number, got array"),
    ("value alone", lambda: descend(lambda x: 0.0), TypeError, r"unpack"),
    ("beta1 of 1", lambda: xl.adam(bowl, [1.0], beta1=1, max_iter=3), ValueError, r"beta1 must lie in \[0, 1\), got 1"),
    ("beta2 below 0", lambda: xl.adam(bowl, [1.0], beta2=-0.1, max_iter=3), ValueError, r"beta2 must lie in \[0, 1\), got -0\.1"),
    ("beta NaN", lambda: xl.adam(bowl, [1.0], beta1=NAN, max_iter=3), ValueError, r"beta1 must lie in"),
    ("beta None", lambda: xl.adam(bowl, [1.0], beta2=None, max_iter=3), TypeError, r"beta2 must be a real number, got None"),
    ("eps 0", lambda: xl.adam(bowl, [1.0], eps=0, max_iter=3), ValueError, r"eps must be positive and finite, got 0"),
    ("rate 0 of Adam", lambda: xl.adam(bowl, [1.0], learning_rate=0, max_iter=3), ValueError, r"learning_rate must be positive"),
    ("no max_iter", lambda: xl.adam(bowl, [1.0]), TypeError, r"max_iter"),
]  # fmt: skip

# ---------------------------------------------------------------------- models

LINE, HALVES = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
POINTS = [[1, 0], [0, 1], [-1, -1], [2, 0], [0, 2], [-2, -1]]
CLASSES = [0, 1, 2, 0, 1, 2]


def fit(X=LINE, y=HALVES, model=xl.LogisticRegression, **options):
    return model(**{"max_iter": 5} | options).fit(X, y)


def predict_far_from_the_fit():
    model = fit(np.eye(4), [0, 1, 1, 0], xl.SoftmaxRegression)
    model.weights_ = 100 * np.ones_like(model.weights_)
    return model.predict([[1e308, 1e308, 0, 0]])


def predict_far_both_ways():
    """NumPy adds up several parts of a long sum, here one to ∞ and one to −∞, and then these."""
    model = fit(np.eye(2, 64), [0, 1])
    model.weights_ = np.resize([1e200, -1e200], 64)
    return model.predict(np.full((1, 64), 1e200))


WRONG_CALLS["models"] = [
    ("masked labels", lambda: fit(y=np.ma.array([0, 1, 0, 1], mask=[1, 0, 0, 0])), TypeError, r"^y has masked entries, which NumPy would use; drop these rows first$"),
    ("a missing label among text", lambda: fit(y=["a", "a", float("nan"), "b"]), TypeError, r"y must hold labels of one kind, got nan at position 2"),
    ("a number among text", lambda: fit(y=["a", "a", 1, "b"]), TypeError, r"labels of one kind, got 1 at position 2"),
    ("bytes among text", lambda: fit(y=["a", b"a", "b", "b"]), TypeError, r"labels of one kind, got b'a' at position 1"),
    ("logits that overflow", predict_far_from_the_fit, FloatingPointError, r"^the logits overflow: X is far from what the model was fitted on; scale it as the X of the fit was scaled$"),
    ("logits of ∞ − ∞", predict_far_both_ways, FloatingPointError, r"^the logits overflow: X is far"),
    ("predict too early", lambda: xl.LogisticRegression().predict(LINE), AttributeError, r"this LogisticRegression is not fitted yet; call fit\(X, y\) first"),
    ("probabilities too early", lambda: xl.SoftmaxRegression().predict_proba(LINE), AttributeError, r"this SoftmaxRegression is not fitted yet"),
    ("logits too early", lambda: xl.SoftmaxRegression().decision_function(LINE), AttributeError, r"not fitted yet"),
    ("score too early", lambda: xl.LogisticRegression().score(LINE, HALVES), AttributeError, r"not fitted yet"),
    ("X of one axis", lambda: fit([0.0, 1.0, 2.0, 3.0]), ValueError, r"X has shape \(4,\), expected \(N, d\): one row per sample"),
    ("X a number", lambda: fit(3.0), ValueError, r"X has shape \(\)"),
    ("X of text", lambda: fit([["a"], ["b"]], [0, 1]), TypeError, r"X must hold numbers, got dtype <U1"),
    ("X of None", lambda: fit(None), TypeError, r"X must hold numbers, got dtype object"),
    ("X ragged", lambda: fit([[1.0], [2.0, 3.0]], [0, 1]), ValueError, r"X is ragged"),
    ("X complex", lambda: fit([[1j], [2j]], [0, 1]), TypeError, r"^X must be real, got dtype complex128"),
    ("NaN in X", lambda: fit([[0.0], [1.0], [NAN], [3.0]]), ValueError, r"X must be finite, but row 2 holds nan \(at position \(2, 0\)\)"),
    ("∞ in X", lambda: fit([[0.0], [-np.inf], [2.0], [3.0]]), ValueError, r"X must be finite, but row 1 holds -inf"),
    ("NaN to predict", lambda: fit().predict([[0.0], [NAN]]), ValueError, r"X must be finite, but row 1 holds nan"),
    ("too many features", lambda: fit().predict([[1.0, 2.0, 3.0]]), ValueError, r"X of shape \(1, 3\) has 3 features, the fit had 1"),
    ("too few features", lambda: fit(POINTS, CLASSES, xl.SoftmaxRegression).predict_proba(LINE), ValueError, r"X of shape \(4, 1\) has 1 features, the fit had 2"),
    ("one row to predict", lambda: fit().predict([1.0]), ValueError, r"X has shape \(1,\), expected \(N, d\)"),
    ("one class", lambda: fit(y=["cat"] * 4), ValueError, r"y must hold at least two classes, got 1: \['cat'\]"),
    ("one class, softmax", lambda: fit(y=[7] * 4, model=xl.SoftmaxRegression), ValueError, r"at least two classes, got 1: \[7\]"),
    ("no rows", lambda: fit(np.empty((0, 2)), []), ValueError, r"at least two classes, got 0"),
    ("three classes", lambda: fit(POINTS, CLASSES), ValueError, r"LogisticRegression needs exactly two classes, but y has 3; use SoftmaxRegression"),
    ("too few labels", lambda: fit(y=[0, 1, 1]), ValueError, r"y has shape \(3,\), but X of 4 rows needs one label per row, shape \(4,\)"),
    ("(N, 1) labels", lambda: fit(y=[[0], [0], [1], [1]]), ValueError, r"y has shape \(4, 1\), .* shape \(4,\)"),
    ("(N, 1) text labels", lambda: fit(y=[["a"], ["a"], ["b"], ["b"]]), ValueError, r"y has shape \(4, 1\)"),
    ("one-hot labels", lambda: fit(y=np.eye(4), model=xl.SoftmaxRegression), ValueError, r"y has shape \(4, 4\)"),
    ("no labels", lambda: fit(y=None), ValueError, r"y has shape \(\)"),
    ("ragged labels", lambda: fit(y=[0, 0, 1, [1, 2]]), ValueError, r"y is ragged"),
    ("a measured value", lambda: fit(y=[0.0, 1.0, 0.25, 1.0]), ValueError, r"y must hold class labels, got 0\.25 at position 2"),
    ("NaN label", lambda: fit(y=[0.0, 1.0, 1.0, NAN]), ValueError, r"y must hold class labels, got nan at position 3"),
    ("∞ label", lambda: fit(y=[0.0, np.inf, 1.0, 1.0]), ValueError, r"y must hold class labels, got inf at position 1"),
    ("missing name", lambda: fit(y=np.array(["a", "b", NAN, "b"], object)), ValueError, r"y must hold class labels, got nan at position 2"),
    ("missing date", lambda: fit(y=np.array(["2024", "NaT", "2025", "2025"], "M8[Y]")), ValueError, r"got NaT at position 1"),
    ("names and None", lambda: fit(y=["a", None, "b", "b"]), TypeError, r"y must hold labels of one kind \('<' not supported"),
    ("unknown class to score", lambda: fit().score(LINE, [0, 1, 2, 0]), ValueError, r"label 2 at position 2 is not one of the classes of the fit, \[0 1\]"),
    ("bytes for text", lambda: fit(y=["a", "a", "b", "b"]).score(LINE, [b"a", b"a", b"b", b"b"]), ValueError, r"label b'a' at position 0 is not one of the classes"),
    ("text for numbers", lambda: fit().score(LINE, ["0", "0", "1", "1"]), ValueError, r"label '0' at position 0 is not one of the classes"),
    ("too few labels to score", lambda: fit().score(LINE, [0]), ValueError, r"y has shape \(1,\), but X of 4 rows"),
    ("negative learning rate", lambda: fit(learning_rate=-0.1), ValueError, r"learning_rate must be positive and finite, got -0\.1"),
    ("learning rate 0", lambda: fit(learning_rate=0), ValueError, r"learning_rate must be positive and finite, got 0"),
    ("learning rate in words", lambda: fit(learning_rate="fast"), TypeError, r"learning_rate must be a real number, got 'fast'"),
    ("negative l2", lambda: fit(l2=-1), ValueError, r"l2 must be finite and not negative, got -1"),
    ("l2 NaN", lambda: fit(l2=NAN), ValueError, r"l2 must be finite and not negative, got nan"),
    ("l2 a list", lambda: fit(l2=[0.1]), TypeError, r"l2 must be a real number"),
    ("unknown solver", lambda: fit(solver="lbfgs"), ValueError, r"unknown solver 'lbfgs'; choose one of \('gd', 'adam'\)"),
    ("solver a list", lambda: fit(solver=["gd"]), ValueError, r"unknown solver \['gd'\]"),
    ("max_iter −1", lambda: fit(max_iter=-1), ValueError, r"max_iter must not be negative, got -1"),
    ("max_iter 1e3", lambda: fit(max_iter=1e3), TypeError, r"max_iter must be an integer, got 1000\.0"),
    ("tol −1", lambda: fit(tol=-1), ValueError, r"tol must be finite and not negative, got -1"),
    ("tol None", lambda: fit(tol=None), TypeError, r"tol must be a real number, got None"),
    ("option by position", lambda: xl.LogisticRegression(0.1), TypeError, r"positional"),
    ("unknown option", lambda: xl.LogisticRegression(C=1.0), TypeError, r"unexpected keyword argument 'C'"),
    ("diverging", lambda: fit(l2=10, learning_rate=10, max_iter=200), FloatingPointError, r"the objective is inf after step \d+: scale the features, or lower the learning rate of 10"),
    ("huge features", lambda: fit([[-1e200], [1e200], [0.0], [1.0]]), FloatingPointError, r"the objective is (inf|nan) after step \d+:"),
    ("infinite penalty", lambda: fit(l2=np.inf), ValueError, r"l2 must be finite and not negative, got inf"),
]  # fmt: skip

# ---------------------------------------------------------------------- the check


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        pytest.param(*case, id=f"{module}: {what}")
        for module, rows in WRONG_CALLS.items()
        for what, *case in rows
    ],
)
def test_wrong_call(call, exception, message):
    with pytest.raises(exception, match=message) as caught:
        call()
    assert caught.type is exception


# ---------------------------------------------------------------------- rules for many functions

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
    if name != "diagnose"  # which returns that as a finding
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
