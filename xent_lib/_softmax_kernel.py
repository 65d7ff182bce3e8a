r"""The arithmetic below the softmax and its losses: rows of exponentials that keep their digits.

Probabilities do not change when one number c is subtracted from all logits of a row,

.. math:: \hat p_k = \frac{e^{z_k - c}}{\sum_j e^{z_j - c}}

but the rounding does: exp turns an error of 1e-6 in z − c into one of 1e-6 of the result, and
z − c rounds by half an ulp of a gap that may be a hundred times as large as the result's own.

* So c = 0 wherever the sum of e^z is neither tiny nor huge. Nothing is subtracted, nothing rounds.
* Elsewhere c = max z, and z − c is held as two numbers, the difference and its rounding error.
* The label is left out of the sum, and its exponential computed in double precision. So
  −log p̂_y = log1p(others / label) and p̂_y − 1 = −others / (others + label) never cancel.

All of it works on a block of rows that fits into the cache of a core, in one scratch table.

References
----------
Knuth, D. E. (1997). *The Art of Computer Programming* 2, section 4.2.2 (the error of a sum).

Dekker, T. J. (1971). A floating-point technique for extending the available precision.
*Numerische Mathematik* 18 (the error of a product).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from ._types import Array

# A block and its scratch table should fit into the cache of a core.
BLOCK_BYTES = 2**20

# Numbers are added up in stretches of this length, then the sums of the stretches: as in NumPy's
# own pairwise sum, errors do not grow with the length of a row.
STRETCH = 256


class Rows(NamedTuple):
    """What `exponentials` finds out about each row; in double precision at least."""

    losses: Array  # −log p̂_y
    others: Array  # Σ e^(z_k − c) over all classes but the label
    total: Array  # Σ e^(z_k − c) over all classes


def exponentials(
    x: Array,
    table: Array,
    labels: Array,
    temperature: float = 1,
    exact_total: bool = False,
) -> Rows:
    """Write e^(z − c) of a block of rows into `table`, and find out the rest.

    Where one class outweighs all others, the total has the error of its exponential, and of every
    addition to it. With `exact_total` the largest is added last, in double precision.
    """
    if x.dtype.kind == "c" or temperature != 1:
        table[...], rows = _shifted(x, labels, temperature)
        return rows
    np.exp(x, out=table)
    every, wide = np.arange(len(x)), np.result_type(x.dtype, np.float64)
    z_label = x[every, labels].astype(wide)
    at_top = None
    if exact_total:
        top = x.argmax(axis=1)
        at_top = top, np.exp(x[every, top].astype(wide))
    rows = _summed(table, labels, z_label, np.exp(z_label), at_top)
    # From ½ to the square root of the largest float: no term has overflowed, and a term that has
    # underflowed is a probability that does. NaN is neither.
    total, most = rows.total, np.finfo(x.dtype).max ** 0.5
    if len(x) and not (total.min() >= 0.5 and total.max() <= most):
        far = ~((total >= 0.5) & (total <= most))
        # A smaller sum will do, too, where no term at all has underflowed.
        low = np.flatnonzero((total < 0.5) & (total >= 1e-30))
        far[low] = ~(table[low].min(axis=1) >= np.finfo(x.dtype).tiny)
    else:
        return rows
    if far.any():
        table[far], mended = _shifted(x[far], labels[far], temperature)
        for column, values in zip(rows, mended, strict=True):
            column[far] = values
    return rows


def _shifted(x: Array, labels: Array, temperature: float) -> tuple[Array, Rows]:
    """Return what `exponentials` does, in a new table, with c = max z."""
    every, wide = np.arange(len(x)), np.result_type(x.dtype, np.float64)
    top = x.argmax(axis=1)
    z_top = x[every, top]
    table = exp_of_difference(x, z_top[:, np.newaxis], temperature)
    z_label, z_top = x[every, labels].astype(wide), z_top.astype(wide)
    gap = difference(z_label, z_top, temperature)
    at_label = exp_of_difference(z_label, z_top, temperature)
    at_top = top, exp_of_difference(z_top, z_top, temperature)
    return table, _summed(table, labels, gap, at_label, at_top)


def _summed(
    table: Array,
    labels: Array,
    gap: Array,
    at_label: Array,
    at_top: tuple[Array, Array] | None = None,
) -> Rows:
    """Add up each row; its label, and its top if given, are added in double precision."""
    every = np.arange(len(table))
    e_label = table[every, labels]
    table[every, labels] = 0
    if at_top is None:
        others = row_sums(table)
    else:
        top, e_top = at_top
        e_top = np.where(top == labels, 0, e_top)
        there = table[every, top]
        table[every, top] = 0
        others = row_sums(table) + e_top
        table[every, top] = there
    table[every, labels] = e_label
    return Rows(losses_of(others, at_label, gap), others, others + at_label)


def write_residuals(table: Array, rows: Rows, labels: Array, share: Array, out: Array) -> None:
    """Write share·(p̂ − y) of a block of rows to `out`, one share for each row."""
    scale = share / rows.total
    limits = np.finfo(table.dtype)
    if ((abs(scale) < limits.tiny) | (abs(scale) > limits.max)).any():
        table *= (1 / rows.total).astype(table.dtype)[:, np.newaxis]  # in two steps, to be exact
        scale = share
    np.multiply(table, scale.astype(table.dtype)[:, np.newaxis], out=out)
    # p̂_y − 1, without the subtraction; and not −0.0, but 0.
    out[np.arange(len(out)), labels] = 0 - share * (rows.others / rows.total)


def losses_of(others: Array, at_label: Array, gap: Array) -> Array:
    """Return −log p̂_y = log(1 + others/e^gap), where gap = z_y − c and at_label = e^gap."""
    losses = np.log1p(others / at_label)
    if len(losses) and not abs(at_label).min() > 1e-150:
        low = ~(abs(at_label) > 1e-150)  # there both terms of the other form are ≥ 0, or all but
        losses[low] = np.log(others[low]) - gap[low]
    return losses


def difference(a: Array, b: Array, temperature: float = 1) -> Array:
    """Return (a − b)/T. Subtracted first, a shift common to all logits costs no digits."""
    if temperature == 1:
        return a - b
    half = 0.5 if temperature > 1 else 1  # else the difference might overflow, and only that
    return (half * a - half * b) / (half * temperature)


def exp_of_difference(a: Array, b: Array, temperature: float = 1) -> Array:
    """Return e^((a − b)/T) for a ≤ b as if the exponent had not been rounded."""
    if temperature == 1:
        exponent = a - b
        if _exact(b):
            return np.exp(exponent, out=exponent)
        shadow = exponent - a
        error = (a - (exponent - shadow)) - (b + shadow)  # Knuth: exactly what a − b rounds off
    else:
        exponent, error = _quotient(a, b, temperature)
    result = np.exp(exponent)
    error[~np.isfinite(error)] = 0  # beside an infinite gap there is no error to mend
    error *= result
    result += error  # e^(s + ε) = e^s (1 + ε), as ε² is nothing
    return result


def _exact(b: Array) -> bool:
    """Say whether all a − b are exact, wherever e^(a − b) is not 0.

    Sterbenz: the difference of two numbers within a factor of 2 is exact; and e^(a − b) is 0
    where the gap is larger than half of |b|, if that is large enough.
    """
    limits = np.finfo(b.dtype)
    return bool((abs(b) > -2.1 * float(np.log(limits.smallest_subnormal))).all())


def _quotient(a: Array, b: Array, temperature: float) -> tuple[Array, Array]:
    """Return (a − b)/T as two numbers, the quotient and what it rounds off."""
    # By a power of two, T becomes a number near 1: exact, and what follows does not overflow.
    _, power = math.frexp(temperature)
    power = min(max(power, -1000), 1000)
    before, after = 2.0 ** -max(power, 0), 2.0 ** -min(power, 0)
    divisor = a.real.dtype.type(temperature * 2.0**-power)
    a, b = a * before, b * before
    s = a - b
    shadow = s - a
    error = ((a - (s - shadow)) - (b + shadow)) * after
    s = s * after
    quotient = s / divisor
    # Dekker: split into halves, whose products are exact, to find what the product rounds off.
    high_q, low_q = _halves(quotient)
    high_d, low_d = _halves(divisor)
    product = quotient * divisor
    rounded = ((high_q * high_d - product) + high_q * low_d + low_q * high_d) + low_q * low_d
    missing = float(temperature * 2.0**-power - float(divisor))  # of T itself, in float32
    error = (((s - product) - rounded) + error - quotient * missing) / divisor
    return quotient, np.asarray(error)


def _halves(x: Array) -> tuple[Array, Array]:
    """Return x as a sum of two numbers with half as many bits each."""
    digits = np.finfo(np.asarray(x).dtype).nmant + 1
    scaled = x * (2.0 ** ((digits + 1) // 2) + 1)
    high = scaled - (scaled - x)
    return high, x - high


def row_sums(table: Array) -> Array:
    """Add up each row, in short stretches; einsum does so several times faster than sum."""
    wide = np.result_type(table.dtype, np.float64)
    whole = table.shape[1] // STRETCH * STRETCH
    sums = np.einsum("nk->n", table[:, whole:]).astype(wide)
    if whole:
        stretches = table[:, :whole].reshape(len(table), -1, STRETCH)
        sums += np.einsum("nsk->ns", stretches).sum(axis=1, dtype=wide)
    return sums


def in_blocks(
    work: Callable[[slice, Array], None],
    shape: tuple[int, int],
    dtype: np.dtype[Any],
    threads: int | None = None,
) -> None:
    """Call ``work(rows, scratch)`` for block after block of a table, several at once."""
    num_rows, num_classes = shape
    block = max(1, BLOCK_BYTES // (num_classes * dtype.itemsize))

    def part(start: int, stop: int) -> None:
        scratch = np.empty((min(block, stop - start), num_classes), dtype)
        # Threads do not inherit the caller's errstate. Overflow and ∞ − ∞ are dealt with.
        with np.errstate(all="ignore"):
            for first in range(start, stop, block):
                last = min(first + block, stop)
                work(slice(first, last), scratch[: last - first])

    # NumPy lets other threads run while it calculates. One long part each, and none of less
    # than two blocks: to start a thread takes about as long as half a block.
    threads = min(cores() if threads is None else threads, num_rows // block // 2)
    if threads <= 1:
        part(0, num_rows)
    else:
        bounds = [num_rows * i // threads for i in range(threads + 1)]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, bounds[:-1], bounds[1:]))  # list() raises what a part raised


def cores() -> int:
    """Return the number of cores that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
