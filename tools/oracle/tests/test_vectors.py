# SPDX-License-Identifier: GPL-3.0-or-later
"""Every value of the fixtures means to `vigilctl decode`, and to our own decoder, what is written beside it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from oracle import vectors, vigilctl
from oracle.blood_pressure_record import joined
from oracle.catalogue import ALL
from oracle.comparison import Line, ours
from oracle.medical_float import Absent
from oracle.vectors import Vector

CASES = [(vector, name == "specification.json") for name in ("specification.json", "implementations.json")
         for vector in vectors.load(name)]
FLOATS = vectors.load("floats.json")
# A value that carries the number as it is: SpO2 of a spot check, a temperature in degrees Celsius.
CARRIERS = {"sfloat": ("2A5E", "00 {} 48 00"), "float": ("2A1C", "00 {}")}


def name(case: object) -> str:
    if not isinstance(case, dict):
        return "complete" if case is True else "partial"
    return f"{case.get('characteristic') or case['float']}-{''.join(case['octets']).replace(' ', '')}"


@cache
def answers(characteristic: str) -> dict[bytes, Line]:
    """All values of the fixtures in one process."""
    values = [octets for vector, _ in CASES if vector["characteristic"] == characteristic
              for octets in vectors.octets(vector)]
    values += [carried(vector) for vector in FLOATS if CARRIERS[vector["float"]][0] == characteristic]
    return dict(zip(values, vigilctl.decode(characteristic, values, profiles=vigilctl.STANDARD_PROFILES), strict=True))


def carried(vector: Vector) -> bytes:
    return bytes.fromhex(CARRIERS[vector["float"]][1].format(vector["octets"]))


@pytest.mark.parametrize(("vector", "is_complete"), CASES, ids=name)
def test_vector(vector: Vector, is_complete: bool) -> None:
    octets = vectors.octets(vector)[-1]
    assert not vectors.differences(vector, answers(vector["characteristic"])[octets], is_complete)


@pytest.mark.parametrize(("vector", "is_complete"), CASES, ids=name)
def test_vector_and_oracle(vector: Vector, is_complete: bool) -> None:
    """What tests others has to be right itself."""
    values = vectors.octets(vector)
    line = ours(ALL[vector["characteristic"]], joined(values) if len(values) > 1 else values[0])
    assert not vectors.differences(vector, line, is_complete)


@pytest.mark.parametrize("vector", FLOATS, ids=name)
def test_float(vector: Vector) -> None:
    characteristic = CARRIERS[vector["float"]][0]
    for line in (answers(characteristic)[carried(vector)], ours(ALL[characteristic], carried(vector))):
        first = line["values"][0]
        if vector["number"] in list(Absent):
            assert first.get("absent") == vector["number"]
        else:
            assert first["value"] == Decimal(vector["number"])


def test_fixtures_are_whole() -> None:
    """So many there were when they were taken over: 184 derived, 50 from elsewhere; those of vendors have their own test."""
    assert (len(CASES), len(FLOATS)) == (156 + 35, 28 + 15)
