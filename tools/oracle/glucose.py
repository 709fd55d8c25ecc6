# SPDX-License-Identifier: GPL-3.0-or-later
"""Glucose Service 1808."""

from __future__ import annotations

from oracle import device_time, units
from oracle.medical_float import Absent
from oracle.octets import Octets
from oracle.reading import Reading, names, one_of

SAMPLE_TYPES = {1: "capillary-whole-blood", 2: "capillary-plasma", 3: "venous-whole-blood", 4: "venous-plasma",
                5: "arterial-whole-blood", 6: "arterial-plasma", 7: "undetermined-whole-blood", 8: "undetermined-plasma",
                9: "interstitial-fluid", 10: "control-solution"}
LOCATIONS = {1: "finger", 2: "alternate-site", 3: "earlobe", 4: "control-solution", 15: "not-available"}
STATUS = {0: "battery-low", 1: "sensor-malfunction", 2: "sample-insufficient", 3: "strip-insertion-error",
          4: "strip-type-incorrect", 5: "result-too-high", 6: "result-too-low", 7: "temperature-too-high",
          8: "temperature-too-low", 9: "strip-pulled-early", 10: "general-fault", 11: "time-fault"}
# The bit of 2A51 that announces a status: two of them announce a pair each.
SUPPORTED_BY = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 6, 8: 6, 9: 7, 10: 8, 11: 9}
FEATURES = {0: "low-battery", 1: "sensor-malfunction", 2: "sample-size", 3: "strip-insertion", 4: "strip-type",
            5: "result-high-low", 6: "temperature-high-low", 7: "read-interrupt", 8: "general-fault", 9: "time-fault",
            10: "multiple-bonds"}
MEALS = {1: "preprandial", 2: "postprandial", 3: "fasting", 4: "casual", 5: "bedtime"}
CARBOHYDRATES = {1: "breakfast", 2: "lunch", 3: "dinner", 4: "snack", 5: "drink", 6: "supper", 7: "brunch"}
TESTERS = {1: "self", 2: "health-care-professional", 3: "laboratory", 15: "not-available"}
HEALTH = {1: "minor-issues", 2: "major-issues", 3: "during-menses", 4: "under-stress", 5: "no-issues", 15: "not-available"}
MEDICATIONS = {1: "rapid-acting-insulin", 2: "short-acting-insulin", 3: "intermediate-acting-insulin",
               4: "long-acting-insulin", 5: "pre-mixed-insulin"}
# A time offset that does not fit, either way.
OVERRUN, UNDERRUN = 0x7FFF, -0x8000


def _announced(raw: int, feature: bytes | None) -> list[str]:
    supported = int.from_bytes(feature[:2], "little") if feature and len(feature) >= 2 else ~0
    return [STATUS[bit] for bit in sorted(STATUS) if raw >> bit & 1 and supported >> SUPPORTED_BY[bit] & 1]


def measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2A18. Flags: bit 0 time offset, 1 concentration with type and location, 2 mol/L, 3 status, 4 a context follows.

    The time of the measurement is base time plus offset. The type is the low half of its octet.
    """
    flags = octets.flags(reserved=0xE0)
    reading = Reading(sequence=octets.uint16())
    if flags & 0x10:
        reading.status.append("context-follows")
    if not flags & 0x02:
        reading.status.append("no-concentration")
    time = device_time.read(octets, reading)
    if flags & 0x01:
        minutes = octets.sint16()
        time = None if minutes in (OVERRUN, UNDERRUN) else device_time.shifted(time, minutes)
    reading.time = device_time.text(time)
    if flags & 0x02:
        concentration = octets.sfloat()
        reading.values.append(units.value("glucose", concentration, "mol/L" if flags & 0x04 else "kg/L"))
        both = octets.uint8()
        reading.facts["sample-type"] = one_of(both & 15, SAMPLE_TYPES)
        reading.facts["sample-location"] = one_of(both >> 4, LOCATIONS)
        if both & 15 == 10 or both >> 4 == 4:
            reading.status.append("control-solution")
    if flags & 0x08:
        reading.status += _announced(octets.uint16(), feature)
    return reading


def _amount(reading: Reading, name: str, octets: Octets) -> None:
    number = octets.sfloat()
    reading.facts[name] = number.value if isinstance(number, Absent) else number


def context(octets: Octets, feature: bytes | None) -> Reading:
    """2A34. Flags: bit 0 carbohydrate, 1 meal, 2 tester and health, 3 exercise, 4 medication, 5 its unit, 6 HbA1c, 7 more
    flags."""
    flags = octets.flags(reserved=0)
    reading = Reading(sequence=octets.uint16())
    if flags & 0x80:
        octets.uint8()
    if flags & 0x01:
        reading.facts["carbohydrate"] = one_of(octets.uint8(), CARBOHYDRATES)
        _amount(reading, "carbohydrate-kilograms", octets)
    if flags & 0x02:
        reading.facts["meal"] = one_of(octets.uint8(), MEALS)
    if flags & 0x04:
        both = octets.uint8()
        reading.facts["tester"] = one_of(both & 15, TESTERS)
        reading.facts["health"] = one_of(both >> 4, HEALTH)
    if flags & 0x08:
        seconds = octets.uint16()
        reading.facts["exercise-seconds"] = "overrun" if seconds == 0xFFFF else seconds
        reading.facts["exercise-percent"] = octets.uint8()
    if flags & 0x10:
        reading.facts["medication"] = one_of(octets.uint8(), MEDICATIONS)
        _amount(reading, "medication-amount", octets)
        reading.facts["medication-unit"] = "litre" if flags & 0x20 else "kilogram"
    if flags & 0x40:
        _amount(reading, "hba1c-percent", octets)
    return reading


def features(octets: Octets, feature: bytes | None) -> Reading:
    """2A51."""
    return Reading(facts={"features": names(octets.uint16(), FEATURES)})
