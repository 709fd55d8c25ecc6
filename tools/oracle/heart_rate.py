# SPDX-License-Identifier: GPL-3.0-or-later
"""Heart Rate Service 180D."""

from __future__ import annotations

from decimal import Decimal

from oracle import units
from oracle.octets import Octets
from oracle.reading import Reading, one_of

LOCATIONS = {0: "other", 1: "chest", 2: "wrist", 3: "finger", 4: "hand", 5: "ear-lobe", 6: "foot"}
COMMANDS = {1: "reset-energy-expended"}


def measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2A37: bit 0 width of the rate, 1-2 contact, 3 energy, 4 RR intervals to the end, oldest first."""
    flags = octets.flags(reserved=0xE0)
    rate = octets.uint16() if flags & 0x01 else octets.uint8()
    reading = Reading([units.value("heart-rate", Decimal(rate), "/min")])
    if flags & 0x08:
        reading.values.append(units.value("energy-expended", Decimal(octets.uint16()), "kJ"))
    if flags & 0x10:
        while octets.has(2):
            reading.values.append(units.value("rr-interval", Decimal(octets.uint16()), "s/1024"))
    # 0 and 1: the sensor cannot tell; 3: there is contact.
    if flags >> 1 & 3 == 2:
        reading.status.append("contact-lost")
    return reading


def location(octets: Octets, feature: bytes | None) -> Reading:
    """2A38."""
    return Reading(facts={"location": one_of(octets.uint8(), LOCATIONS)})


def control_point(octets: Octets, feature: bytes | None) -> Reading:
    """2A39."""
    return Reading(facts={"command": one_of(octets.uint8(), COMMANDS)})
