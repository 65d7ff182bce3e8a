r"""Arithmetic coding: a message as a number of as many bits as its cross-entropy.

References
----------
Witten, I. H., Neal, R. M. and Cleary, J. G. (1987). Arithmetic coding for data compression.
*Communications of the ACM* 30.

Cover, T. M. and Thomas, J. A. (2006). *Elements of Information Theory*, 2nd edition, chapter 13.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence

from . import _validation as check

Frequencies = Callable[[tuple[int, ...]], Sequence[int]]


def arithmetic_encode(symbols: Iterable[int], frequencies: Frequencies) -> tuple[int, int]:
    r"""Write a message as a binary fraction in the interval that a model gives to it.

    .. math:: \mathrm{bits} = \lceil -\log_2 P \rceil + 1, \qquad
              P = \prod_t \frac{f_t(x_t)}{\sum_k f_t(k)}

    Parameters
    ----------
    symbols : sequence of int
        The message x, of symbols from 0 to K−1; bytes are one.
    frequencies : callable
        The model. It is called with the tuple of the symbols so far, and returns K integers, ≥ 0,
        whose ratios are the probabilities of the next symbol.

    Returns
    -------
    number : int
        The code, from 0 to 2^bits − 1. Every fraction that begins with these bits lies within
        the interval, so no other message of the same length has a code that begins with them.
    bits : int
        Its length: less than the cross-entropy of the message, in bits, plus 2.

    Raises
    ------
    IndexError
        If a symbol is outside 0..K−1.
    TypeError
        If symbols or frequencies are not integers.
    ValueError
        If a symbol of the message, or each symbol, has frequency 0, or a frequency is negative.

    Notes
    -----
    Integers of any length make it exact, and the time grows with the square of the length. The
    programs in use round the interval to a fixed number of digits.

    Examples
    --------
    Probabilities 1/2, 1/4, 1/8 and 1/8, so the four symbols have 1 + 3 + 2 + 1 bits:

    >>> number, bits = arithmetic_encode([0, 3, 1, 0], lambda before: [4, 2, 1, 1])
    >>> f"{number:0{bits}b}"
    '01111000'
    """
    low, width, one = 0, 1, 1  # the interval from low / one to (low + width) / one
    before: tuple[int, ...] = ()
    for symbol in _message(symbols):
        f = _frequencies_after(before, frequencies)
        if not 0 <= symbol < len(f):
            raise IndexError(
                f"symbols must be from 0 to {len(f) - 1}, got {symbol} at position {len(before)}"
            )
        if f[symbol] == 0:
            raise ValueError(
                f"symbols has {symbol} at position {len(before)}, where frequencies gives it 0: "
                "what has probability 0 has no code"
            )
        total, below = sum(f), sum(f[:symbol])
        low, width, one = low * total + width * below, width * f[symbol], one * total
        before += (symbol,)
    bits = (-(-2 * one // width) - 1).bit_length()  # the fewest with 2^-bits <= width / one / 2
    return -(-(low << bits) // one), bits


def arithmetic_decode(
    number: int, bits: int, length: int, frequencies: Frequencies
) -> tuple[int, ...]:
    """Read a message back from its code.

    Parameters
    ----------
    number, bits : int
        What `arithmetic_encode` returned.
    length : int
        How many symbols to read. The code does not say where the message ends.
    frequencies : callable
        The model that the message was encoded with, to the last digit.

    Returns
    -------
    tuple of int
        The message. Random bits give a sample of the model if there are many more of them than
        the message's own cross-entropy.

    Raises
    ------
    TypeError, ValueError
        If number, bits or length is no integer, or is out of range; if frequencies are not
        integers, or are negative, or all 0.

    Examples
    --------
    >>> arithmetic_decode(0b01111000, 8, 4, lambda before: [4, 2, 1, 1])
    (0, 3, 1, 0)
    """
    number, bits = check.integer(number, "number"), check.integer(bits, "bits")
    length = check.integer(length, "length")
    for value, name in ((bits, "bits"), (length, "length")):
        if value < 0:
            raise ValueError(f"{name} must not be negative, got {value}")
    if not 0 <= number < 1 << bits:
        raise ValueError(f"number must have at most {bits} bits, got {number}")
    over, under = number, 1 << bits  # the place over / under within the interval so far
    message: tuple[int, ...] = ()
    for _ in range(length):
        f = _frequencies_after(message, frequencies)
        place, symbol, below = over * sum(f) // under, 0, 0
        while below + f[symbol] <= place:
            below, symbol = below + f[symbol], symbol + 1
        over, under = over * sum(f) - under * below, under * f[symbol]
        message += (symbol,)
    return message


def _message(symbols: Iterable[int]) -> list[int]:
    try:
        return [operator.index(symbol) for symbol in symbols]
    except TypeError:
        raise TypeError(f"symbols must be a sequence of integers, got {symbols!r}") from None


def _frequencies_after(before: tuple[int, ...], frequencies: Frequencies) -> list[int]:
    if not callable(frequencies):
        raise TypeError(f"frequencies must be a function, got {frequencies!r}")
    found = frequencies(before)
    try:
        f = [operator.index(count) for count in found]
    except TypeError:
        raise TypeError(
            f"frequencies must return integers, got {found!r} after {len(before)} symbols"
        ) from None
    if not f or min(f) < 0 or not any(f):
        raise ValueError(
            "frequencies must return integers of which none is negative and not all are 0, "
            f"got {f} after {len(before)} symbols"
        )
    return f
