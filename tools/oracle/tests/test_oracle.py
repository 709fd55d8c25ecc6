# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the oracle itself, against numbers worked out by hand."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest

from oracle import comparison, invention, units
from oracle.blood_pressure_record import crc
from oracle.catalogue import ALL, Characteristic
from oracle.octets import Octets, Refused


@pytest.mark.parametrize(("number", "unit", "expected"), [
    ("16.3", "kPa", "122.3"), ("20", "kPa", "150.0"), ("0.02", "kPa", "0.2"), ("-1", "kPa", "-7.5"),
    ("98.6", "[degF]", "37.00"), ("97.8", "[degF]", "36.56"), ("0", "[degF]", "-17.78"), ("-40", "[degF]", "-40.00"),
    ("163.75", "[lb_av]", "74.276"), ("0.01", "[lb_av]", "0.005"), ("68.5", "[in_i]", "174.0"), ("0.1", "[in_i]", "0.3"),
    ("1.74", "m", "174.0"), ("0.00095", "kg/L", "5.27"), ("0.00120", "kg/L", "6.66"), ("0.0053", "mol/L", "5.30"),
    ("853", "s/1024", "833.008"), ("8", "s/1024", "7.812"), ("24", "s/1024", "23.438"), ("36.50", "Cel", "36.50"),
])
def test_units(number: str, unit: str, expected: str) -> None:
    assert str(units.value("systolic", Decimal(number), unit).number) == expected


@pytest.mark.parametrize(("number", "digits", "expected"), [
    ("0.25", 1, "0.2"), ("0.35", 1, "0.4"), ("-0.25", 1, "-0.2"), ("-0.35", 1, "-0.4"), ("0.2500001", 1, "0.3"),
    ("0.04", 1, "0.0"), ("2.5", 0, "2"), ("1e20", 1, "100000000000000000000.0"),
])
def test_half_goes_to_even(number: str, digits: int, expected: str) -> None:
    assert str(units.rounded(Fraction(number), digits)) == expected


def test_crc() -> None:
    """The check value of CRC-16 with this polynomial and beginning, as catalogues of CRCs have it."""
    assert crc(b"123456789") == 0x29B1


def test_record_with_crc() -> None:
    record, feature = bytes.fromhex("03 05 00 35 2A 00 80 00 50 00 60 00"), bytes.fromhex("4000")
    signed = record + crc(record[5:]).to_bytes(2, "little")
    assert comparison.ours(ALL["2B36"], signed, feature)["sequence"] == 5
    assert comparison.ours(ALL["2B36"], record, feature)["error"] == {"reason": "malformed", "offset": 10}


def has_flags(one: Characteristic) -> bool:
    octets = Octets(bytes(600))
    with suppress(Refused):
        one.decode(octets, None)
    return octets.has_flags


@pytest.mark.parametrize("one", [one for one in ALL.values() if has_flags(one)], ids=lambda one: one.uuid)
def test_inventions_cover(one: Characteristic) -> None:
    """Each octet of flags comes, whole, cut, and with octets too many."""
    values = list(invention.values(one, 2, 0))
    lines = [comparison.ours(one, value) for value in values]
    assert {value[0] for value, line in zip(values, lines, strict=True) if line["ok"]} == set(range(256))
    assert sum(line.get("error", {}).get("reason") == "truncated" for line in lines) > 32
    assert sum("notes" in line for line in lines) > 32
