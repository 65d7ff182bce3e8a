"""Measure how many units in the last place (ulp) each library is off, on the same numbers.

`make accuracy` runs this, prints the tables and writes accuracy.md, which the book shows.
The truth is the textbook formula in arithmetic of so many digits that nothing can cancel.
"""

import platform
from pathlib import Path

import mpmath
import numpy as np
import scipy
import sklearn
import torch
from scipy import special
from sklearn._loss import HalfBinomialLoss, HalfMultinomialLoss
from torch.nn import functional as F

import xent_lib as xl

DIGITS = 700  # e^-700 added to 1, and its square, still leave fifty digits
LIBRARIES = ("xent_lib", "textbook NumPy", "SciPy", "scikit-learn", "PyTorch")


def rows_of(kind, dtype):
    """Rows of logits, one kind of difficulty each, and a label for every row."""
    rng = np.random.default_rng(7)
    x = rng.normal(0, 3, (4, 3000)) if kind == "wide" else rng.normal(0, 2, (100, 10))
    if kind == "peaked":  # one class leads by up to 400 nats (float32: 80)
        lead = rng.uniform(5, 80 if dtype == "float32" else 400, 100)
        x[np.arange(100), rng.integers(10, size=100)] += lead
    if kind == "shifted":
        x += 1e4
    labels = rng.integers(x.shape[1], size=len(x))
    labels[::2] = x[::2].argmax(axis=1)  # where the loss is small, and hardest to get right
    return x.astype(dtype), labels


def logits_of(dtype):
    """Single logits: the middle, and both tails to where focal's (1 − p)³ underflows."""
    rng = np.random.default_rng(3)
    tail = 25 if dtype == "float32" else 230
    return np.concatenate([rng.uniform(-tail, tail, 100), rng.normal(0, 2, 100)]).astype(dtype)


def at(table, labels):
    return table[np.arange(len(labels)), labels]


def torch_gradient(loss, x, *labels):
    z = torch.tensor(x, requires_grad=True)
    loss(z, *labels).sum().backward()
    return z.grad.numpy()


def textbook_softmax(x):
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def textbook_logsumexp(x):
    top = x.max(axis=1)
    return top + np.log(np.exp(x - top[:, None]).sum(axis=1))


def multinomial(x, y):
    """Scikit-learn's own loss of multinomial logistic regression, with its gradient."""
    loss = HalfMultinomialLoss(n_classes=x.shape[1])
    return loss.loss_gradient(y.astype(x.dtype), np.asfortranarray(x))


def binomial(z):
    """Scikit-learn's own loss of logistic regression for the label 1, with its gradient."""
    return HalfBinomialLoss().loss_gradient(np.ones_like(z), z)


def torch_cross_entropy(z, y):
    return F.cross_entropy(z, torch.tensor(y), reduction="none")


def torch_binary(z):
    return F.binary_cross_entropy_with_logits(z, torch.ones_like(z), reduction="none")


def plain(x):
    return torch.tensor(x)


# Each quantity: one function a library, in the order of LIBRARIES; None where it has none.
ROW_QUANTITIES = {
    "logsumexp": (
        lambda x, y: xl.logsumexp(x),
        lambda x, y: textbook_logsumexp(x),
        lambda x, y: special.logsumexp(x, axis=1),
        None,
        lambda x, y: torch.logsumexp(plain(x), 1).numpy(),
    ),
    "softmax at the label": (
        lambda x, y: at(xl.softmax(x), y),
        lambda x, y: at(textbook_softmax(x), y),
        lambda x, y: at(special.softmax(x, axis=1), y),
        None,
        lambda x, y: at(torch.softmax(plain(x), 1).numpy(), y),
    ),
    "log_softmax at the label": (
        lambda x, y: at(xl.log_softmax(x), y),
        lambda x, y: at(x - textbook_logsumexp(x)[:, None], y),
        lambda x, y: at(special.log_softmax(x, axis=1), y),
        None,
        lambda x, y: at(torch.log_softmax(plain(x), 1).numpy(), y),
    ),
    "cross-entropy": (
        lambda x, y: xl.softmax_cross_entropy(x, y, reduction="none"),
        lambda x, y: -np.log(at(textbook_softmax(x), y)),
        None,
        lambda x, y: multinomial(x, y)[0],
        lambda x, y: torch_cross_entropy(plain(x), y).numpy(),
    ),
    "its gradient at the label": (
        lambda x, y: at(xl.softmax_cross_entropy_grad(x, y, reduction="none"), y),
        lambda x, y: at(textbook_softmax(x), y) - 1,
        None,
        lambda x, y: at(multinomial(x, y)[1], y),
        lambda x, y: at(torch_gradient(torch_cross_entropy, x, y), y),
    ),
}


def ones(z):
    return np.ones(z.shape, int)


LOGIT_QUANTITIES = {
    "sigmoid": (
        xl.sigmoid,
        lambda z: 1 / (1 + np.exp(-z)),
        special.expit,
        None,
        lambda z: torch.sigmoid(plain(z)).numpy(),
    ),
    "log_sigmoid": (
        xl.log_sigmoid,
        lambda z: np.log(1 / (1 + np.exp(-z))),
        special.log_expit,
        None,
        lambda z: F.logsigmoid(plain(z)).numpy(),
    ),
    "softplus": (
        xl.softplus,
        lambda z: np.logaddexp(0, z),
        None,
        None,
        lambda z: F.softplus(plain(z)).numpy(),
    ),
    "binary cross-entropy, y = 1": (
        lambda z: xl.sigmoid_cross_entropy(z, ones(z), reduction="none"),
        lambda z: -np.log(1 / (1 + np.exp(-z))),
        None,
        lambda z: binomial(z)[0],
        lambda z: torch_binary(plain(z)).numpy(),
    ),
    "its gradient, y = 1": (
        lambda z: xl.sigmoid_cross_entropy_grad(z, ones(z), reduction="none"),
        lambda z: 1 / (1 + np.exp(-z)) - 1,
        None,
        lambda z: binomial(z)[1],
        lambda z: torch_gradient(torch_binary, z),
    ),
    "focal, γ = 2, y = 1": (
        lambda z: xl.sigmoid_focal_loss(z, ones(z), gamma=2.0, reduction="none"),
        lambda z: -((1 - 1 / (1 + np.exp(-z))) ** 2) * np.log(1 / (1 + np.exp(-z))),
        None,
        None,
        None,
    ),
}


def row_truths(x, labels):
    """The exact values of ROW_QUANTITIES, a tuple a row."""
    for row, label in zip(x.tolist(), labels, strict=True):
        exponentials = [mpmath.exp(v) for v in row]
        total = mpmath.fsum(exponentials)
        p, log_p = exponentials[label] / total, mpmath.mpf(row[label]) - mpmath.log(total)
        yield mpmath.log(total), p, log_p, -log_p, p - 1


def logit_truths(z):
    """The exact values of LOGIT_QUANTITIES, a tuple a logit."""
    for v in z.tolist():
        p = 1 / (1 + mpmath.exp(-v))
        log_p = mpmath.log(p)
        yield p, log_p, mpmath.log(1 + mpmath.exp(v)), -log_p, p - 1, -((1 - p) ** 2) * log_p


def worst_ulp(results, truths):
    """The largest distance from the truth, in spacings of the results' own dtype at the truth."""
    worst = 0.0
    for result, truth in zip(results, truths, strict=True):
        if not np.isfinite(result):
            return np.inf
        spacing = float(np.spacing(abs(results.dtype.type(float(truth)))))
        worst = max(worst, float(abs(mpmath.mpf(float(result)) - truth) / mpmath.mpf(spacing)))
    return worst


def measured(quantities, truths, arguments, kind):
    """The lines of a table: the worst of all rows in each cell."""
    dtype = arguments[0].dtype
    for (quantity, functions), exact in zip(
        quantities.items(), zip(*truths, strict=True), strict=True
    ):
        with np.errstate(all="ignore"):  # the textbook forms overflow, divide by 0 and more
            results = [function and function(*arguments) for function in functions]
        errors = ["–" if r is None else f"{worst_ulp(r, exact):.2g}" for r in results]
        yield f"| {quantity} | {dtype} | {kind} | " + " | ".join(errors) + " |"


def tables():
    head = "| quantity | dtype | rows | " + " | ".join(LIBRARIES) + " |"
    head += "\n|---|---|---|" + "---|" * len(LIBRARIES)
    yield head
    for dtype in ("float32", "float64"):
        for kind in ("normal", "peaked", "shifted", "wide"):
            print(f"measuring {dtype}, {kind} rows", flush=True)
            x, labels = rows_of(kind, dtype)
            yield from measured(ROW_QUANTITIES, row_truths(x, labels), (x, labels), kind)
    yield "\n" + head.replace("rows", "logits")
    for dtype in ("float32", "float64"):
        print(f"measuring {dtype}, single logits", flush=True)
        z = logits_of(dtype)
        yield from measured(LOGIT_QUANTITIES, logit_truths(z), (z,), "tails")
    versions = f"NumPy {np.__version__}, SciPy {scipy.__version__}, "
    versions += f"scikit-learn {sklearn.__version__}, PyTorch {torch.__version__}"
    yield f"\nPython {platform.python_version()}, {versions}, {platform.machine()}."


def main():
    with mpmath.workdps(DIGITS):
        text = "\n".join(tables())
    Path(__file__).with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
