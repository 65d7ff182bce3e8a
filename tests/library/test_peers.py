"""SciPy's and scikit-learn's own tests, run on the functions of xent_lib.

Their test files run in a separate process, with this module as a pytest plugin that replaces their
functions by the library's: adapters change the arguments, never the numbers. The failing tests must
be exactly those that are listed here, with the reason.
"""

import os
import subprocess
import sys
import types
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import scipy

import xent_lib as xl

# ---------------------------------------------------------------------- SciPy in our place


def whole(function):
    """Adapt a function to SciPy's axes: None means the whole array, a tuple several axes."""

    def adapted(x, axis=None):
        x = np.asarray(x)
        axes = tuple(range(x.ndim)) if axis is None else np.atleast_1d(axis)
        last = range(-len(axes), 0)
        moved = np.moveaxis(x, axes, last)
        flat = function(moved.reshape(*moved.shape[: moved.ndim - len(axes)], -1))
        return np.moveaxis(flat.reshape(moved.shape), last, axes)[()]

    return adapted


def logsumexp(a, axis=None, keepdims=False):
    """Without the weights b and return_sign: calls with these fail, as listed below."""
    a = np.asarray(a)
    if a.size == 0:
        return -np.inf  # log 0; the library refuses an axis without classes
    axes = tuple(range(a.ndim)) if axis is None else np.atleast_1d(axis)
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    value = xl.logsumexp(moved.reshape(*moved.shape[: moved.ndim - len(axes)], -1))
    return np.expand_dims(value, tuple(axes)) if keepdims else value


# ---------------------------------------------------------------------- scikit-learn in our place


def swap_losses(module):
    """Let scikit-learn's classes compute with xent_lib; what they compare with stays theirs."""

    def binomial(y, raw, _):
        return xl.sigmoid_cross_entropy_value_and_grad(raw, y, reduction="none")

    def multinomial(y, raw, _):
        return xl.softmax_cross_entropy_value_and_grad(raw, y.astype(int), reduction="none")

    def squared(y, raw, _):
        return xl.squared_error(raw - y) / 2, xl.squared_error_grad(raw - y) / 2

    def absolute(y, raw, _):
        return xl.absolute_error(raw - y), xl.absolute_error_grad(raw - y)

    def huber(y, raw, loss):
        delta = float(loss.closs.delta)
        return xl.huber_loss(raw - y, delta=delta), xl.huber_loss_grad(raw - y, delta=delta)

    for name, both in zip(
        OUR_LOSSES, (binomial, multinomial, squared, absolute, huber), strict=True
    ):
        swap_loss(getattr(module, name), both)


def swap_loss(cls, both):
    their_gradient_hessian = cls.gradient_hessian

    def values(self, y_true, raw_prediction, sample_weight):
        raw = np.asarray(raw_prediction)
        raw = raw[:, 0] if raw.ndim == 2 and raw.shape[1] == 1 else raw
        loss, grad = both(np.asarray(y_true), raw, self)
        if sample_weight is not None:
            loss = loss * sample_weight
            grad = grad * (sample_weight if grad.ndim == 1 else sample_weight[:, np.newaxis])
        return loss, grad

    def given(out, result):
        if out is None:
            return result
        out[...] = result.reshape(out.shape)
        return out

    def loss(self, y_true, raw_prediction, sample_weight=None, loss_out=None, n_threads=1):
        return given(loss_out, values(self, y_true, raw_prediction, sample_weight)[0])

    def gradient(self, y_true, raw_prediction, sample_weight=None, gradient_out=None, n_threads=1):
        return given(gradient_out, values(self, y_true, raw_prediction, sample_weight)[1])

    def loss_gradient(
        self,
        y_true,
        raw_prediction,
        sample_weight=None,
        loss_out=None,
        gradient_out=None,
        n_threads=1,
    ):
        loss, grad = values(self, y_true, raw_prediction, sample_weight)
        return given(loss_out, loss), given(gradient_out, grad)

    def gradient_hessian(self, y_true, raw_prediction, sample_weight=None, **outs):
        """Our gradient with their Hessian, because the library has no Hessians."""
        grad, hessian = their_gradient_hessian(self, y_true, raw_prediction, sample_weight, **outs)
        return given(grad, values(self, y_true, raw_prediction, sample_weight)[1]), hessian

    for method in (loss, gradient, loss_gradient, gradient_hessian):
        setattr(cls, method.__name__, method)


# ---------------------------------------------------------------------- as a plugin of pytest

FILES = [
    "scipy/special/tests/test_logsumexp.py",  # and softmax
    "scipy/special/tests/test_log_softmax.py",
    "sklearn/_loss/tests/test_loss.py",
]
OUR_LOSSES = (
    "HalfBinomialLoss",
    "HalfMultinomialLoss",
    "HalfSquaredError",
    "AbsoluteError",
    "HuberLoss",
)


def concerns_us(item):
    """Return whether a peer's test concerns a function of the library."""
    name, parameters = item.originalname, getattr(item, "callspec", None)
    if "sklearn" not in item.module.__name__:
        return name != "test_wrap_radians"  # tests one of SciPy's own helpers
    loss = parameters and parameters.params.get("loss")
    loss_name = loss.__name__ if isinstance(loss, type) else type(loss).__name__
    if name == "test_loss_dtype":  # threads and output arrays are those of the peer's C functions
        options = parameters.params
        if options["n_threads"] == 2 or options["out1"] or options["out2"]:
            return False
    return loss_name in OUR_LOSSES or "binomial" in name or "multinomial" in name


def pytest_collection_modifyitems(config, items):
    """Pytest calls this only in the separate process, where this module is a plugin."""
    for module in {item.module.__name__: item.module for item in items}.values():
        if module.__name__.endswith("test_logsumexp"):
            module.logsumexp, module.softmax = logsumexp, whole(xl.softmax)
        elif module.__name__.endswith("test_log_softmax"):
            module.sc = types.SimpleNamespace(log_softmax=whole(xl.log_softmax))
        else:
            swap_losses(module)
    items[:] = [item for item in items if concerns_us(item)]


# ---------------------------------------------------------------------- what differs, and why

DIFFERENCES = {
    "the library has no weights b of the exponentials, and so no sign of their sum": {
        "test_logsumexp_b",
        "test_logsumexp_sign",
        "test_logsumexp_sign_zero",
        "test_logsumexp_sign_shape",
        "test_logsumexp_complex_sign",
        "test_logsumexp_shape",
        "test_logsumexp_b_zero",
        "test_logsumexp_b_shape",
        "test_dtypes_ab",
        "test_gh22903",
    },
    "complex numbers are for the complex step: a large imaginary part is not wrapped to (−π, π]": {
        "test_gh21610",
    },
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Run the peers' tests once; return {(file, test): set of outcomes}."""
    packages = Path(scipy.__file__).parents[1]
    report = tmp_path_factory.mktemp("peers") / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", Path(__file__).stem]
    command += ["-p", "no:cacheprovider", "-p", "no:nbval", "-c", os.devnull]
    command += ["--rootdir", str(packages), f"--junitxml={report}", *FILES]
    paths = [str(Path(__file__).parent), str(Path(xl.__file__).parents[1])]
    run = subprocess.run(
        command,
        cwd=packages,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert report.exists(), run.stdout + run.stderr
    found = {}
    for case in ET.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if kinds else "passed"
        test = case.get("name").partition("[")[0]
        found.setdefault((case.get("classname"), test), []).append(outcome)
    return found


@pytest.mark.parametrize(
    ("peer", "least"), [("test_logsumexp", 14), ("test_log_softmax", 10), ("test_loss", 200)]
)
def test_peers_tests_pass_except_for_the_named_differences(results, peer, least):
    ours = {test: kinds for (where, test), kinds in results.items() if f".{peer}" in where}
    assert sum(kinds.count("passed") for kinds in ours.values()) >= least
    failed = {test for test, kinds in ours.items() if "failed" in kinds}
    named = set().union(*DIFFERENCES.values())
    assert failed == named & ours.keys()
    assert all(set(ours[test]) == {"failed"} for test in failed)


def test_every_named_difference_is_in_the_peers_tests(results):
    assert set().union(*DIFFERENCES.values()) <= {test for _, test in results}
