"""Measure how many units in the last place (ulp) each library is off, on the same rows.

`make accuracy` runs this, prints the table and writes accuracy.md, which the book shows.
The truth is the textbook formula in arithmetic of so many digits that nothing can cancel.
"""

import platform
from pathlib import Path

import mpmath
import numpy as np
import scipy
import sklearn
import torch
from sklearn._loss import HalfMultinomialLoss

import xent_lib

DIGITS = 450  # e^-400 added to 1 still leaves fifty digits


def rows_of(kind, dtype):
    """Rows of logits, one kind of difficulty each."""
    rng = np.random.default_rng(7)
    if kind == "wide":
        return rng.normal(0, 3, (4, 3000)).astype(dtype)
    x = rng.normal(0, 2, (100, 10))
    if kind == "peaked":  # one class leads by up to 400 nats (float32: 80)
        lead = rng.uniform(5, 80 if dtype == "float32" else 400, 100)
        x[np.arange(100), rng.integers(10, size=100)] += lead
    if kind == "shifted":
        x += 1e4
    return x.astype(dtype)


def textbook(x, labels):
    shifted = x - x.max(axis=1, keepdims=True)
    lse = np.log(np.exp(shifted).sum(axis=1))
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    return lse + x.max(axis=1), lse - shifted[rows, labels], p[rows, labels] - 1


def by_xent_lib(x, labels):
    loss, grad = xent_lib.softmax_cross_entropy_value_and_grad(x, labels, reduction="none")
    return xent_lib.logsumexp(x), loss, grad[np.arange(len(x)), labels]


def by_scipy(x, labels):
    rows = np.arange(len(x))
    loss = -scipy.special.log_softmax(x, axis=1)[rows, labels]
    grad = scipy.special.softmax(x, axis=1)[rows, labels] - 1
    return scipy.special.logsumexp(x, axis=1), loss, grad


def by_sklearn(x, labels):
    """Scikit-learn's own loss of multinomial logistic regression."""
    multinomial = HalfMultinomialLoss(n_classes=x.shape[1])
    loss, grad = multinomial.loss_gradient(labels.astype(x.dtype), np.asfortranarray(x))
    return None, loss, grad[np.arange(len(x)), labels]


def by_torch(x, labels):
    z = torch.tensor(x, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(labels), reduction="none")
    loss.sum().backward()
    grad = z.grad.numpy()[np.arange(len(x)), labels]
    return torch.logsumexp(z, 1).detach().numpy(), loss.detach().numpy(), grad


def exact(x, labels):
    """Log-sum-exp, loss and the target's gradient of each row, as mpmath numbers."""
    for row, label in zip(x.tolist(), labels, strict=True):
        exponentials = [mpmath.exp(v) for v in row]
        total = mpmath.fsum(exponentials)
        lse = mpmath.log(total)
        yield lse, lse - mpmath.mpf(row[label]), exponentials[label] / total - 1


def worst_ulp(results, truths, dtype):
    """The largest distance from the truth, in spacings of the dtype at the truth."""
    spacings = [float(np.spacing(np.dtype(dtype).type(abs(float(t))))) for t in truths]
    pairs = zip(results.tolist(), truths, spacings, strict=True)
    return max(float(abs(mpmath.mpf(result) - truth) / spacing) for result, truth, spacing in pairs)


LIBRARIES = {
    "xent_lib": by_xent_lib,
    "textbook NumPy": textbook,
    "SciPy": by_scipy,
    "scikit-learn": by_sklearn,
    "PyTorch": by_torch,
}
QUANTITIES = ("log-sum-exp", "loss", "gradient at the label")


def table():
    """The lines of the Markdown table, the worst of all rows in each cell."""
    yield "| worst error in ulp | rows | " + " | ".join(LIBRARIES) + " |"
    yield "|---|---|" + "---|" * len(LIBRARIES)
    for dtype in ("float32", "float64"):
        for kind in ("normal", "peaked", "shifted", "wide"):
            print(f"measuring {dtype}, {kind} rows", flush=True)
            x = rows_of(kind, dtype)
            # The label that leads, where losses are small, for every other row.
            labels = np.random.default_rng(1).integers(x.shape[1], size=len(x))
            labels[::2] = x[::2].argmax(axis=1)
            truths = list(zip(*exact(x, labels), strict=True))
            found = [function(x, labels) for function in LIBRARIES.values()]
            for q, quantity in enumerate(QUANTITIES):
                errors = [
                    "–" if f[q] is None else f"{worst_ulp(f[q], truths[q], dtype):.2g}"
                    for f in found
                ]
                yield f"| {quantity}, {dtype} | {kind} | " + " | ".join(errors) + " |"


def main():
    with mpmath.workdps(DIGITS):
        lines = list(table())
    versions = f"NumPy {np.__version__}, SciPy {scipy.__version__}, "
    versions += f"scikit-learn {sklearn.__version__}, PyTorch {torch.__version__}"
    lines += ["", f"Python {platform.python_version()}, {versions}, {platform.machine()}."]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
