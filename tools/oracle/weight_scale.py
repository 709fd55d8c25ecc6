# SPDX-License-Identifier: GPL-3.0-or-later
"""Weight Scale Service 181D."""

from __future__ import annotations

from decimal import Decimal

from oracle import device_time, units
from oracle.medical_float import Absent
from oracle.octets import Octets
from oracle.reading import Reading, names, one_of, user_slot

FEATURES = {0: "time-stamp", 1: "multiple-users", 2: "bmi"}
WEIGHT_RESOLUTIONS = {0: "unspecified", 1: "500-g", 2: "200-g", 3: "100-g", 4: "50-g", 5: "20-g", 6: "10-g", 7: "5-g"}
HEIGHT_RESOLUTIONS = {0: "unspecified", 1: "10-mm", 2: "5-mm", 3: "1-mm"}
UNSUCCESSFUL = 0xFFFF


def measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2A9D. Flags: bit 0 imperial, 1 time, 2 user, 3 body mass index and height."""
    flags = octets.flags(reserved=0xF0)
    imperial = flags & 0x01
    weight = octets.uint16()
    step, unit = (Decimal("0.01"), "[lb_av]") if imperial else (Decimal("0.005"), "kg")
    reading = Reading([units.value("body-weight", Absent.NAN if weight == UNSUCCESSFUL else weight * step, unit)])
    if weight == UNSUCCESSFUL:
        reading.status.append("measurement-unsuccessful")
    if flags & 0x02:
        reading.time = device_time.text(device_time.read(octets, reading))
    if flags & 0x04:
        reading.user = user_slot(octets.uint8())
    if flags & 0x08:
        reading.values.append(units.value("bmi", octets.uint16() * Decimal("0.1"), "kg/m2"))
        step, unit = (Decimal("0.1"), "[in_i]") if imperial else (Decimal("0.001"), "m")
        reading.values.append(units.value("body-height", octets.uint16() * step, unit))
    return reading


def features(octets: Octets, feature: bytes | None) -> Reading:
    """2A9E: three bits, then the resolutions of weight in four and of height in three."""
    raw = octets.uint32()
    return Reading(facts={
        "features": names(raw, FEATURES), "weight-resolution": one_of(raw >> 3 & 15, WEIGHT_RESOLUTIONS),
        "height-resolution": one_of(raw >> 7 & 7, HEIGHT_RESOLUTIONS)})
