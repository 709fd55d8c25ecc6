# SPDX-License-Identifier: GPL-3.0-or-later
"""What one value of a characteristic says, in the words of `vigilctl decode`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from oracle.medical_float import Absent

Fact = str | int | Decimal | list[str]


@dataclass(frozen=True)
class Value:
    """`unit` is UCUM after normalization, None where there is no number.

    `is_extreme`: it was converted, and so far from anything that a device measures that `nres` is as good an answer.
    """

    kind: str
    number: Decimal | Absent
    unit: str | None
    is_extreme: bool = False


@dataclass
class Reading:
    """`facts` is whatever is no value, by name."""

    values: list[Value] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    user: int | None = None
    time: str | None = None
    sequence: int | None = None
    facts: dict[str, Fact] = field(default_factory=dict)


def names(number: int, table: Mapping[int, str]) -> list[str]:
    """The names of the bits that are set, lowest first; the others are reserved and ignored."""
    return [name for bit, name in sorted(table.items()) if number >> bit & 1]


def one_of(number: int, table: Mapping[int, str]) -> str | int:
    """Its name; a reserved code stays a number."""
    return table.get(number, number)


def user_slot(number: int) -> int | None:
    """User Index and User ID: 255 is unknown."""
    return None if number == 0xFF else number
