# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts what devices send into the units of the contract, exactly, and rounds half to even once at the end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from oracle.medical_float import Absent
from oracle.reading import Value

# Of glucose, g/mol.
MOLAR_MASS = Fraction("180.156")

# Exponents that a conversion in 64 bits surely copes with.
EXPONENTS = range(-12, 8)

# From the unit on the wire to that of the contract: factor, digits after the point.
FACTORS: dict[str, tuple[str, Fraction, int]] = {
    "kPa": ("mm[Hg]", Fraction("7.50062"), 1),
    "[lb_av]": ("kg", Fraction("0.45359237"), 3),
    "[in_i]": ("cm", Fraction("2.54"), 1),
    "m": ("cm", Fraction(100), 1),
    "kg/L": ("mmol/L", 1_000_000 / MOLAR_MASS, 2),
    "mol/L": ("mmol/L", Fraction(1000), 2),
    # Three digits: a step of the field is 0.977 ms.
    "s/1024": ("ms", Fraction(1000, 1024), 3),
}


def rounded(number: Fraction, digits: int) -> Decimal:
    """Half to even; `round` of a Fraction does exactly that."""
    whole = round(number * 10**digits)
    return Decimal((int(whole < 0), tuple(int(digit) for digit in str(abs(whole))), -digits))


def value(kind: str, number: Decimal | Absent, unit: str) -> Value:
    """A value of the contract from a number in the unit that the device used; one of the contract's own stays as it is."""
    if isinstance(number, Absent):
        return Value(kind, number, None)
    is_extreme = number.as_tuple().exponent not in EXPONENTS
    if unit == "[degF]":
        return Value(kind, rounded((Fraction(number) - 32) * 5 / 9, 2), "Cel", is_extreme)
    if unit in FACTORS:
        target, factor, digits = FACTORS[unit]
        return Value(kind, rounded(Fraction(number) * factor, digits), target, is_extreme)
    return Value(kind, number, unit)
