# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what `vigilctl decode` answered to what a value has to mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from oracle.catalogue import Characteristic
from oracle.medical_float import Absent
from oracle.octets import Octets, Refused
from oracle.reading import Fact, Reading, Value

Line = dict[str, Any]
MISSING = "nothing"


def differences(one: Characteristic, octets: bytes, feature: bytes | None, line: Line) -> list[str]:
    """Sentences about where the answer is not what our own decoder makes of the value; none where they agree."""
    value = Octets(octets)
    try:
        reading = one.decode(value, feature)
    except Refused as refused:
        return refusal(line, refused.reason, refused.offset)
    notes = " ".join(line.get("notes", []))
    return [*against(reading, line), *compared("note of trailing octets", value.left > 0, "trailing byte" in notes),
            *compared("note of reserved flags", value.reserved_flags != 0, "of flags ignored" in notes)]


def ours(one: Characteristic, octets: bytes, feature: bytes | None = None) -> Line:
    """What our own decoder makes of a value, as an answer."""
    value = Octets(octets)
    try:
        line = line_of(one.decode(value, feature))
    except Refused as refused:
        return {"ok": False, "error": {"reason": refused.reason, "offset": refused.offset}}
    return line | ({"notes": [f"{value.left} trailing bytes"]} if value.left else {})


def against(reading: Reading, line: Line) -> list[str]:
    """Everything that a reading says. The values stand in the order of the fields; status bits have no order."""
    if not line.get("ok"):
        return [f"a reading is expected, answered: {line.get('error', line)}"]
    values = [answered(one) for one in line["values"]]
    expected = [given if one.is_extreme and given == (one.kind, "nres", None) else shown(one)
                for one, given in zip_longest(reading.values, values[:len(reading.values)])]
    found = compared("values", expected, values)
    found += compared("status", sorted(reading.status), sorted(line["status"]))
    found += compared("user", reading.user, line["user"])
    found += compared("time", reading.time, line["deviceTime"])
    found += compared("sequence", reading.sequence, line.get("sequence"))
    return found + same_facts(reading.facts, line.get("facts", {}))


def same_facts(expected: Mapping[str, Fact], answer: Mapping[str, Fact]) -> list[str]:
    found = []
    for name in sorted(expected.keys() | answer.keys()):
        found += compared(f"fact {name}", _plain(expected.get(name, MISSING)), _plain(answer.get(name, MISSING)))
    return found


def line_of(reading: Reading) -> Line:
    """A reading of ours as an answer."""
    values = [{"kind": one.kind, "absent": one.number.value} if isinstance(one.number, Absent)
              else {"kind": one.kind, "value": one.number, "unit": one.unit} for one in reading.values]
    return {"ok": True, "values": values, "status": reading.status, "user": reading.user, "deviceTime": reading.time,
            "sequence": reading.sequence, "facts": reading.facts}


def refusal(line: Line, reason: str, offset: int) -> list[str]:
    if line.get("ok"):
        return [f"{reason} at {offset} is expected, answered: {line}"]
    error = line["error"]
    return compared("error", (reason, offset), (error["reason"], error["offset"]))


def shown(value: Value) -> tuple[str, Decimal | str, str | None]:
    """A value of ours as `answered` gives one of theirs."""
    number = value.number
    return value.kind, number.value if isinstance(number, Absent) else number, value.unit


def answered(value: Line) -> tuple[str, Decimal | str, str | None]:
    if "absent" in value:
        return value["kind"], value["absent"], value.get("unit")
    return value["kind"], value["value"], value["unit"]


def _plain(fact: Fact | None) -> object:
    return Decimal(fact) if isinstance(fact, int) else fact


def compared(what: str, expected: object, answer: object) -> list[str]:
    return [] if expected == answer else [f"{what}: {_text(expected)} is expected, answered: {_text(answer)}"]


def _text(thing: object) -> str:
    if isinstance(thing, Decimal):
        return str(thing)
    if isinstance(thing, Sequence) and not isinstance(thing, str):
        return "[" + ", ".join(_text(one) for one in thing) + "]"
    return repr(thing)
