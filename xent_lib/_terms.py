"""Helpers of the losses: products and quotients with well-defined zeros, and reductions."""

from __future__ import annotations

import numpy as np

from ._types import Array


def times(p: Array, values: Array) -> Array:
    """Multiply, with 0·∞ = 0: an event of probability 0 costs nothing. 0·NaN stays NaN."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # overflow to ∞ is intended
        return p * np.where((p == 0) & np.isinf(values), 0, values)


def ratio(c: Array, p: Array) -> Array:
    """Divide, with 0/0 = 0: a class with no target weight has zero gradient. Else c/0 is ±∞."""
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        return c / np.where((c == 0) & (p == 0), 1, p)


def reduce_losses(losses: Array, total: float, reduction: str) -> Array:
    """Return the losses, their sum, or their sum over the total weight (NaN where that is 0).

    The sum is taken in double precision, so that a million equal float32 losses have their mean.
    """
    if reduction == "none":
        return losses
    narrow = losses.dtype if losses.dtype.kind in "fc" else np.dtype(np.float64)
    wide = np.result_type(narrow, np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        value = losses.sum(dtype=wide)
        return (value if reduction == "sum" else value / (total or np.nan)).astype(narrow)


def reduce_grad(grad: Array, total: float, reduction: str) -> Array:
    """Return the gradient of the losses that `reduce_losses` returns."""
    if reduction != "mean":
        return grad
    with np.errstate(under="ignore"):
        return grad / (total or np.nan)
