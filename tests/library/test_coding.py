"""Arithmetic coding: what was written is read back, in as many bits as the cross-entropy."""

from fractions import Fraction
from math import prod

import numpy as np
import pytest

from xent_lib import arithmetic_decode, arithmetic_encode


def counted(before):
    """Frequencies that depend on all symbols so far: one more for each that occurred."""
    return [1 + before.count(k) for k in range(5)]


def constant(before):
    return [4, 2, 1, 1]


def certain(before):
    return [0, 3, 0]


def interval(message, frequencies):
    """Return the lower end and the width of a message's interval, by fractions."""
    low, width = Fraction(0), Fraction(1)
    for t, symbol in enumerate(message):
        f = frequencies(tuple(message[:t]))
        low += width * Fraction(sum(f[:symbol]), sum(f))
        width *= Fraction(f[symbol], sum(f))
    return low, width


MESSAGES = [
    *(([0, 3, 1, 0], constant), ([], constant), ([1], certain), ([1] * 50, certain)),
    *((np.random.default_rng(n).integers(5, size=n).tolist(), counted) for n in (1, 2, 7, 300)),
    ([0] * 200, counted),
    ([3], constant),
]


@pytest.mark.parametrize(("message", "frequencies"), MESSAGES)
def test_message_is_read_back(message, frequencies):
    number, bits = arithmetic_encode(message, frequencies)
    assert arithmetic_decode(number, bits, len(message), frequencies) == tuple(message)


@pytest.mark.parametrize(("message", "frequencies"), MESSAGES)
def test_code_lies_in_the_interval_and_is_as_long_as_the_cross_entropy(message, frequencies):
    number, bits = arithmetic_encode(message, frequencies)
    low, width = interval(message, frequencies)
    assert width == prod(
        Fraction(frequencies(tuple(message[:t]))[x], sum(frequencies(tuple(message[:t]))))
        for t, x in enumerate(message)
    )
    # bits = ceil(-log2 P) + 1, without a logarithm, which would be rounded
    assert Fraction(1, 2 ** (bits - 1)) <= width < Fraction(1, 2**bits) * 4
    # whatever follows these bits
    assert low <= Fraction(number, 2**bits)
    assert Fraction(number + 1, 2**bits) <= low + width


def test_the_code_is_the_first_that_fits():
    """0.01111000 and eight bits: the interval of 0, 3, 1, 0 is from 60/128 to 61/128."""
    assert arithmetic_encode([0, 3, 1, 0], constant) == (0b01111000, 8)
    assert interval([0, 3, 1, 0], constant) == (Fraction(60, 128), Fraction(1, 128))


def test_bytes_and_numpy_integers_are_messages():
    def uniform(before):
        return np.ones(256, dtype=np.int32)

    number, bits = arithmetic_encode(b"loss", uniform)
    assert (number, bits) == (int.from_bytes(b"loss", "big") << 1, 33)
    assert bytes(arithmetic_decode(number, bits, 4, uniform)) == b"loss"
    assert arithmetic_encode(np.frombuffer(b"loss", np.uint8), uniform) == (number, bits)


def test_the_model_sees_what_came_before():
    seen = []

    def watched(before):
        seen.append(before)
        return [1, 1]

    number, bits = arithmetic_encode([1, 0, 1], watched)
    arithmetic_decode(number, bits, 3, watched)
    assert seen == [(), (1,), (1, 0)] * 2


def test_every_number_decodes_to_the_message_of_its_interval():
    """The intervals of all messages tile the fractions, so random bits are a sample."""
    bits, length = 10, 3
    shares = {}
    for number in range(2**bits):
        message = arithmetic_decode(number, bits, length, constant)
        shares[message] = shares.get(message, 0) + Fraction(1, 2**bits)
    assert shares == {message: interval(message, constant)[1] for message in shares}
    assert len(shares) == 4**length


def test_a_symbol_without_frequency_has_no_code():
    with pytest.raises(ValueError, match=r"symbols has 0 at position 1, .*probability 0"):
        arithmetic_encode([1, 0], certain)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: arithmetic_encode([4], constant), IndexError, "from 0 to 3, got 4 at position 0"),
        (lambda: arithmetic_encode([0, -1], constant), IndexError, "got -1 at position 1"),
        (lambda: arithmetic_encode([0.5], constant), TypeError, "sequence of integers"),
        (lambda: arithmetic_encode(3, constant), TypeError, "sequence of integers"),
        (lambda: arithmetic_encode([0], [1, 1]), TypeError, "must be a function"),
        (lambda: arithmetic_encode([0], lambda _: [0.5, 0.5]), TypeError, "return integers"),
        (lambda: arithmetic_encode([0], lambda _: [2, -1]), ValueError, "none is negative"),
        (lambda: arithmetic_encode([0], lambda _: []), ValueError, "not all are 0"),
        (lambda: arithmetic_decode(0, 1, 1, lambda _: [0, 0]), ValueError, "after 0 symbols"),
        (lambda: arithmetic_decode(4, 2, 1, constant), ValueError, "at most 2 bits, got 4"),
        (lambda: arithmetic_decode(-1, 2, 1, constant), ValueError, "at most 2 bits, got -1"),
        (lambda: arithmetic_decode(0, -1, 1, constant), ValueError, "bits must not be negative"),
        (lambda: arithmetic_decode(0, 1, -1, constant), ValueError, "length must not be negative"),
        (lambda: arithmetic_decode(0, 1, 2.0, constant), TypeError, "length must be an integer"),
    ],
)
def test_wrong_calls(call, error, words):
    with pytest.raises(error, match=words):
        call()
