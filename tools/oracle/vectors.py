# SPDX-License-Identifier: GPL-3.0-or-later
"""Values with their meaning, from outside of Vigil: `fixtures/*.json`.

`specification.json` was derived by hand from the field tables of the services, and says everything that a value means.
`implementations.json` (standard characteristics) and `devices.json` (protocols of vendors) come from tests, drivers and
recordings of public repositories, and say what these say; `without` names what is not there, `not-decoded` what they say and
Vigil has no use for. Values stand as the device sent them, in its unit.
"""

from __future__ import annotations

import json
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

from oracle import units
from oracle.comparison import Line, against, answered, compared, refusal, same_facts, shown
from oracle.medical_float import Absent
from oracle.reading import Reading, Value

FIXTURES = Path(__file__).resolve().parent / "fixtures"
# Of an entry, what is no expectation.
ORIGIN = {"characteristic", "form", "octets", "about", "source", "device", "recorded", "not-decoded"}

Vector = dict[str, Any]


def load(name: str) -> list[Vector]:
    return json.loads((FIXTURES / name).read_text(), parse_float=Decimal)


def octets(vector: Vector) -> list[bytes]:
    """Of most one value; of several the last one completes the message."""
    texts = vector["octets"]
    return [bytes.fromhex(text) for text in ([texts] if isinstance(texts, str) else texts)]


def value(text: str) -> Value:
    """`systolic 16.3 kPa` or `systolic nan`."""
    kind, number, *unit = text.split(" ")
    return units.value(kind, Decimal(number), unit[0]) if unit else Value(kind, Absent(number), None)


def differences(vector: Vector, line: Line, is_complete: bool) -> list[str]:
    """Where an answer is not what the vector says; of a complete one everything else has to be missing too."""
    expected = {key: one for key, one in vector.items() if key not in ORIGIN}
    if "refused" in expected:
        reason, offset = expected["refused"].split(" at ")
        return refusal(line, reason, int(offset))
    values = [value(text) for text in expected.pop("values", [])]
    if is_complete:
        reading = Reading(values, **expected)
        return against(reading, line)
    if not line["ok"]:
        return [f"a reading is expected, answered: {line['error']}"]
    kinds = {one.kind for one in values}
    found = compared("values", sorted([shown(one) for one in values], key=itemgetter(0)),
                     sorted([answered(one) for one in line["values"] if one["kind"] in kinds], key=itemgetter(0)))
    there = {one["kind"] for one in line["values"]}
    for kind in expected.pop("without", []):
        found += compared(f"a {kind}", False, kind in there)
    if "trailing" in expected:
        found += compared("note of trailing octets", True,
                          any(note.startswith(f"{expected['trailing']} trailing byte") for note in line.get("notes", [])))
        del expected["trailing"]
    if "status" in expected:
        found += compared("status", sorted(expected.pop("status")), sorted(line["status"]))
    facts = expected.pop("facts", {})
    found += same_facts(facts, {name: fact for name, fact in line.get("facts", {}).items() if name in facts})
    for key, answer in (("user", "user"), ("time", "deviceTime"), ("sequence", "sequence")):
        if key in expected:
            found += compared(key, expected.pop(key), line.get(answer))
    assert not expected, f"nobody looks at {', '.join(expected)}"
    return found
