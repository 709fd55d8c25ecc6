# SPDX-License-Identifier: GPL-3.0-or-later
"""SFLOAT and FLOAT of IEEE 11073-20601: a decimal mantissa and exponent, both two's complement, neither biased."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class Absent(StrEnum):
    """Why there is no number, in the words of `vigilctl decode`."""

    NAN = "nan"
    NRES = "nres"
    PINF = "pinf"
    NINF = "ninf"
    RESERVED = "reserved"


# The specials exist at exponent 0 only, so the whole 16 or 32 bits are compared: F7FF is 204.7 and no NaN.
SFLOAT_SPECIALS = {0x07FF: Absent.NAN, 0x0800: Absent.NRES, 0x07FE: Absent.PINF, 0x0802: Absent.NINF,
                   0x0801: Absent.RESERVED}
FLOAT_SPECIALS = {0x007FFFFF: Absent.NAN, 0x00800000: Absent.NRES, 0x007FFFFE: Absent.PINF, 0x00800002: Absent.NINF,
                  0x00800001: Absent.RESERVED}


def signed(number: int, bits: int) -> int:
    """Reads `bits` bits as two's complement."""
    return number - (1 << bits) if number >> (bits - 1) else number


def _number(raw: int, mantissa_bits: int, exponent_bits: int) -> Decimal:
    mantissa = signed(raw & ((1 << mantissa_bits) - 1), mantissa_bits)
    exponent = signed(raw >> mantissa_bits, exponent_bits)
    # Made of its digits: arithmetic would round to the context's precision.
    return Decimal((int(mantissa < 0), tuple(int(digit) for digit in str(abs(mantissa))), exponent))


def sfloat(raw: int) -> Decimal | Absent:
    """Of 16 bits: 12 of mantissa below 4 of exponent."""
    return SFLOAT_SPECIALS.get(raw) or _number(raw, 12, 4)


def float32(raw: int) -> Decimal | Absent:
    """Of 32 bits: 24 of mantissa below 8 of exponent."""
    return FLOAT_SPECIALS.get(raw) or _number(raw, 24, 8)
