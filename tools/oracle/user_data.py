# SPDX-License-Identifier: GPL-3.0-or-later
"""User Data Service 181C, as far as a gateway needs it."""

from __future__ import annotations

from oracle.octets import Octets, Refused
from oracle.reading import Reading, one_of, user_slot

REQUESTS = {0x01: "register-new-user", 0x02: "consent", 0x03: "delete-user-data", 0x04: "list-all-users",
            0x05: "delete-users"}
OPERATIONS = REQUESTS | {0x20: "response"}
RESULTS = {1: "success", 2: "op-code-not-supported", 3: "invalid-parameter", 4: "operation-failed",
           5: "user-not-authorized"}


def user_index(octets: Octets, feature: bytes | None) -> Reading:
    """2A9A."""
    return Reading(user=user_slot(octets.uint8()))


def control_point(octets: Octets, feature: bytes | None) -> Reading:
    """2A9F. Of what the operand means, only the op code tells."""
    operation = octets.uint8()
    if operation not in OPERATIONS:
        raise Refused("unsupported", 0)
    reading = Reading(facts={"op": OPERATIONS[operation]})
    if operation == 0x20:
        _response(octets, reading)
    if operation in (0x02, 0x05):
        reading.user = user_slot(octets.uint8())
    if operation in (0x01, 0x02):
        reading.facts["consent-code"] = octets.uint16()
    return reading


def _response(octets: Octets, reading: Reading) -> None:
    """After a success there follows the new user's index or the number of users."""
    request, result = octets.uint8(), octets.uint8()
    reading.facts["request"] = one_of(request, REQUESTS)
    reading.facts["result"] = one_of(result, RESULTS)
    if (request, result) == (0x01, 1):
        reading.user = user_slot(octets.uint8())
    elif (request, result) == (0x04, 1):
        reading.facts["count"] = octets.uint8()
    elif octets.has(1):
        reading.facts["parameter"] = octets.rest("bytes").hex("-").upper()
