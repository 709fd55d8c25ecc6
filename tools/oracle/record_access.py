# SPDX-License-Identifier: GPL-3.0-or-later
"""Record Access Control Point 2A52, of the glucose, pulse oximeter and blood pressure services."""

from __future__ import annotations

from oracle import device_time
from oracle.octets import Octets
from oracle.reading import Reading, one_of

OPERATIONS = {1: "report-records", 2: "delete-records", 3: "abort", 4: "report-number", 5: "number-response", 6: "response",
              7: "combined-report", 8: "combined-report-response"}
OPERATORS = {0: "none", 1: "all", 2: "up-to", 3: "from", 4: "range", 5: "first", 6: "last"}
RESULTS = {1: "success", 2: "op-code-not-supported", 3: "invalid-operator", 4: "operator-not-supported",
           5: "invalid-operand", 6: "no-records-found", 7: "abort-unsuccessful", 8: "procedure-not-completed",
           9: "operand-not-supported"}
FILTERS = {1: "sequence-number", 2: "user-facing-time"}
# The bounds that an operator takes, each as a number or as a time.
BOUNDS = {2: (("highest-sequence-number", "latest-time"),), 3: (("lowest-sequence-number", "earliest-time"),),
          4: (("lowest-sequence-number", "earliest-time"), ("highest-sequence-number", "latest-time"))}
NUMBER_OF_RECORDS, RESPONSE = 5, 6


def control_point(octets: Octets, feature: bytes | None) -> Reading:
    """Op code, operator, operand. The operand of an unknown filter stays octets, the filter with it."""
    operation, operator = octets.uint8(), octets.uint8()
    reading = Reading(facts={"op": one_of(operation, OPERATIONS), "operator": one_of(operator, OPERATORS)})
    if operation == NUMBER_OF_RECORDS:
        reading.facts["count"] = octets.uint16()
    elif operation == RESPONSE:
        reading.facts["request"] = one_of(octets.uint8(), OPERATIONS)
        reading.facts["result"] = one_of(octets.uint8(), RESULTS)
    elif octets.has(1):
        kind = octets.uint8()
        if operator in BOUNDS and kind in FILTERS:
            reading.facts["filter"] = FILTERS[kind]
            for number, time in BOUNDS[operator]:
                _bound(octets, reading, number if kind == 1 else time, kind)
        else:
            reading.facts["operand"] = (bytes([kind]) + octets.rest("bytes")).hex("-").upper()
    return reading


def _bound(octets: Octets, reading: Reading, name: str, kind: int) -> None:
    if kind == 1:
        reading.facts[name] = octets.uint16()
    elif found := device_time.text(device_time.read(octets, reading)):
        reading.facts[name] = found
