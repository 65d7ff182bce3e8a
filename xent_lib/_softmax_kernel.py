r"""Arithmetic of the softmax and its losses: accurate exponentials, row by row.

Probabilities do not change when a constant c is subtracted from all logits of a row,

.. math:: \hat p_k = \frac{e^{z_k - c}}{\sum_j e^{z_j - c}}

but rounding does: exp turns an absolute error of z − c into a relative error of the result. A gap
near 100 is rounded by up to 7·10⁻¹⁵, which would cost almost two of sixteen digits.

* So c = 0 wherever the sum of e^z is neither tiny nor huge: nothing is subtracted or rounded.
* Elsewhere c = max z, and z − c is stored as two numbers, the difference and its rounding error.
* The label is left out of the sum, and its exponential computed in double precision, so that
  −log p̂_y = log1p(others / label) and p̂_y − 1 = −others / (others + label) never cancel.

Everything works on a block of rows that fits into the cache, with one scratch table.

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

# Smaller blocks wait for Python's lock more often; larger ones leave the processor's cache.
BLOCK_BYTES = 2**21


class Rows(NamedTuple):
    """Results of `exponentials` for each row, at least in double precision."""

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
    """Write e^(z − c) of a block of logits x into `table`, and return losses and sums.

    Where one class dominates, the error of the total is that of its exponential and of the
    additions to it. With `exact_total`, the largest term is therefore computed in double
    precision, and added last.
    """
    # A sum of complex exponentials may be small though none of them is, so it tells nothing.
    if x.dtype.kind == "c" or temperature != 1:
        table[...], rows = _shifted(x, labels, temperature)
        return rows
    np.exp(x, out=table)
    every, wide = np.arange(len(x)), np.result_type(x.dtype, np.float64)  # every row
    z_label = x[every, labels].astype(wide)
    at_top = None
    if exact_total:
        top = x.argmax(axis=1)
        at_top = top, np.exp(x[every, top].astype(wide))
    rows = _summed(
        table,
        labels,
        z_label,
        np.exp(z_label),
        lambda chosen: np.exp(x[chosen].astype(wide)),
        at_top,
        exact_gap=True,
    )
    # Between ½ and the square root of the largest float, no term has overflowed, and where a term
    # underflows, so does its probability. NaN fails both comparisons.
    total, most = rows.total, np.finfo(x.dtype).max ** 0.5
    if not len(x) or (total.min() >= 0.5 and total.max() <= most):
        return rows
    far = ~((total >= 0.5) & (total <= most))
    # A smaller sum will do, too, where no term at all has underflowed. The bound of 1e-30 keeps its
    # reciprocal far below the largest float32.
    low = np.flatnonzero((total < 0.5) & (total >= 1e-30))
    far[low] = ~(table[low].min(axis=1) >= np.finfo(x.dtype).tiny)
    if far.any():
        table[far], mended = _shifted(x[far], labels[far], temperature)
        for column, values in zip(rows, mended, strict=True):
            column[far] = values
    return rows


def _shifted(x: Array, labels: Array, temperature: float) -> tuple[Array, Rows]:
    """Return a new table and the results of `exponentials`, with c = max z."""
    every, wide = np.arange(len(x)), np.result_type(x.dtype, np.float64)
    top = x.argmax(axis=1)
    z_top = x[every, top]
    table = exp_of_difference(x, z_top[:, np.newaxis], temperature)
    z_label, z_top = x[every, labels].astype(wide), z_top.astype(wide)
    gap = difference(z_label, z_top, temperature)
    at_label = exp_of_difference(z_label, z_top, temperature)
    at_top = top, np.exp(z_top - z_top)  # 1, or NaN

    def in_double(chosen: Array) -> Array:
        return exp_of_difference(x[chosen].astype(wide), z_top[chosen, np.newaxis], temperature)

    return table, _summed(table, labels, gap, at_label, in_double, at_top)


def _summed(
    table: Array,
    labels: Array,
    gap: Array,
    at_label: Array,
    in_double: Callable[[Array], Array],
    at_top: tuple[Array, Array] | None = None,
    exact_gap: bool = False,
) -> Rows:
    """Sum each row; add its label, and its top if given, in double precision.

    `in_double` computes chosen rows of the table in double precision, for sums so small that the
    digits of the terms that underflow in the table would be missed.
    """
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
    # Terms below the smallest normal number, `tiny`, have few digits. In double precision there is
    # no wider one to turn to.
    faint = (others > 0) & (others < 2 * table.shape[1] * np.finfo(table.dtype).tiny)
    if faint.any() and table.dtype != others.dtype:
        exact = in_double(faint)
        exact[np.arange(len(exact)), labels[faint]] = 0
        others[faint] = row_sums(exact)
    return Rows(losses_of(others, at_label, gap, exact_gap), others, others + at_label)


def write_residuals(table: Array, rows: Rows, labels: Array, share: Array, out: Array) -> None:
    """Write share·(p̂ − y) of a block of rows to `out`; a row's share is its weight in the loss."""
    scale = share / rows.total
    limits = np.finfo(table.dtype)
    if ((abs(scale) < limits.tiny) | (abs(scale) > limits.max)).any():
        # In two steps, because one factor would lose digits or overflow.
        table *= (1 / rows.total).astype(table.dtype)[:, np.newaxis]
        scale = share
    np.multiply(table, scale.astype(table.dtype)[:, np.newaxis], out=out)
    # p̂_y − 1 without the subtraction; 0 − … avoids −0.0.
    out[np.arange(len(out)), labels] = 0 - share * (rows.others / rows.total)


def losses_of(others: Array, at_label: Array, gap: Array, exact_gap: bool = False) -> Array:
    """Return −log p̂_y = log(1 + others/e^gap), where gap = z_y − c and at_label = e^gap."""
    # If the gap is exact, e^(−gap) has one rounding error less than 1/e^gap.
    losses = np.log1p(others * np.exp(-gap) if exact_gap else others / at_label)
    if len(losses) and not abs(at_label).min() > 1e-150:
        low = ~(abs(at_label) > 1e-150)  # there −gap > 345 outweighs a negative log(others)
        losses[low] = np.log(others[low]) - gap[low]
    return losses


def difference(a: Array, b: Array, temperature: float) -> Array:
    """Return (a − b)/T; subtracting first, a shift common to all logits costs no digits."""
    if temperature == 1:
        return a - b
    half = 0.5 if temperature > 1 else 1  # a − b may overflow where (a − b)/T does not
    return (half * a - half * b) / (half * temperature)


def exp_of_difference(a: Array, b: Array, temperature: float) -> Array:
    """Return e^((a − b)/T) for a ≤ b as if the exponent had not been rounded."""
    if temperature == 1:
        exponent = a - b
        if _exact(b):
            return np.exp(exponent, out=exponent)
        shadow = exponent - a
        error = (a - (exponent - shadow)) - (b + shadow)  # Knuth: the exact rounding error of a − b
    else:
        exponent, error = _quotient(a, b, temperature)
    result = np.exp(exponent)
    error[~np.isfinite(error)] = 0  # an infinite gap has no rounding error
    error *= result
    result += error  # e^(s + ε) = e^s (1 + ε), because ε² is negligible
    return result


def _exact(b: Array) -> bool:
    """Say whether all a − b are exact, wherever e^(a − b) is not 0.

    Sterbenz: the difference of two numbers within a factor of 2 is exact. Where a and b ≥ a differ
    by more, the gap is larger than |b|/2, and e^(a − b) is then 0 if |b| is at least twice the gap
    at which exp underflows; 2.1 is a little more.
    """
    limits = np.finfo(b.dtype)
    return bool((abs(b) > -2.1 * float(np.log(limits.smallest_subnormal))).all())


def _quotient(a: Array, b: Array, temperature: float) -> tuple[Array, Array]:
    """Return (a − b)/T as two numbers, the quotient and its rounding error."""
    # A power of two scales T to about 1: that is exact, and nothing below overflows. 2^±1000 itself
    # is a float.
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
    # Dekker: the products of halves are exact and give the rounding error of the product.
    high_q, low_q = _halves(quotient)
    high_d, low_d = _halves(divisor)
    product = quotient * divisor
    rounded = ((high_q * high_d - product) + high_q * low_d + low_q * high_d) + low_q * low_d
    missing = float(temperature * 2.0**-power - float(divisor))  # rounding error of T in float32
    error = (((s - product) - rounded) + error - quotient * missing) / divisor
    return quotient, np.asarray(error)


def _halves(x: Array) -> tuple[Array, Array]:
    """Return x as a sum of two numbers with half as many bits each (Veltkamp's splitting)."""
    digits = np.finfo(np.asarray(x).dtype).nmant + 1
    scaled = x * (2.0 ** ((digits + 1) // 2) + 1)
    high = scaled - (scaled - x)
    return high, x - high


def row_sums(table: Array) -> Array:
    """Sum each row in short stretches, then these sums in stretches, in double precision.

    As in NumPy's own pairwise summation, errors hardly grow with the length of a row, but einsum
    is several times faster on short rows. Within a stretch they may add up; in double precision,
    which has no wider one, stretches are therefore shorter.
    """
    wide = np.result_type(table.dtype, np.float64)
    stretch = 128 if table.dtype == np.float32 else 16
    whole = table.shape[1] // stretch * stretch
    sums = np.einsum("nk->n", table[:, whole:]).astype(wide)
    if whole:
        stretches = table[:, :whole].reshape(len(table), -1, stretch)
        sums += row_sums(np.einsum("nsk->ns", stretches).astype(wide, copy=False))
    return sums


def in_blocks(
    work: Callable[[slice, Array], None],
    shape: tuple[int, int],
    dtype: np.dtype[Any],
    threads: int | None = None,
    table: Array | None = None,
) -> None:
    """Call ``work(rows, scratch)`` for each block of rows, in parallel.

    The scratch table has the shape of the block. It is the block of `table`, if that is given.
    """
    num_rows, num_classes = shape
    block = max(1, BLOCK_BYTES // (num_classes * dtype.itemsize))

    def part(start: int, stop: int) -> None:
        if table is None:
            scratch = np.empty((min(block, stop - start), num_classes), dtype)
        # Threads do not inherit the caller's errstate. Overflow and ∞ − ∞ are handled.
        with np.errstate(all="ignore"):
            for first in range(start, stop, block):
                last = min(first + block, stop)
                rows = slice(first, last)
                work(rows, scratch[: last - first] if table is None else table[rows])

    # NumPy releases the lock while it computes. Each thread gets one part of at least two blocks,
    # because starting a thread takes about as long as half a block.
    threads = min(cores() if threads is None else threads, num_rows // block // 2)
    if threads <= 1:
        part(0, num_rows)
        return
    bounds = [num_rows * i // threads for i in range(threads + 1)]
    with ThreadPoolExecutor(threads - 1) as pool:
        others = pool.map(part, bounds[1:-1], bounds[2:])
        part(0, bounds[1])  # in this thread, which would otherwise wait for the new ones to start
        list(others)  # re-raises their errors


def cores() -> int:
    """Return the number of cores that this process may use, or that exist if that is unknown."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
