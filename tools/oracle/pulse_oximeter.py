# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulse Oximeter Service 1822."""

from __future__ import annotations

from oracle import device_time, units
from oracle.octets import Octets, Refused
from oracle.reading import Reading, names

FEATURES = {0: "lists-measurement-status", 1: "lists-sensor-status", 2: "storage", 3: "time-stamp", 4: "fast", 5: "slow",
            6: "pulse-amplitude-index", 7: "multiple-bonds"}
MEASUREMENT_STATUS = {5: "ongoing", 6: "early-estimate", 7: "validated", 8: "fully-qualified", 9: "from-storage", 10: "demo",
                      11: "test", 12: "calibration-ongoing", 13: "unavailable", 14: "questionable", 15: "invalid"}
SENSOR_STATUS = {0: "extended-display-update", 1: "equipment-malfunction", 2: "signal-processing-irregularity",
                 3: "inadequate-signal", 4: "poor-signal", 5: "low-perfusion", 6: "erratic-signal", 7: "non-pulsatile",
                 8: "questionable-pulse", 9: "signal-analysis-ongoing", 10: "sensor-interference",
                 11: "sensor-unconnected-to-user", 12: "unknown-sensor", 13: "sensor-displaced",
                 14: "sensor-malfunctioning", 15: "sensor-disconnected"}


def _supported(feature: bytes | None) -> tuple[int, int]:
    """Which bits of the two status fields count: all of a field that 2A60 does not list, or that it cannot be read from."""
    if feature is None:
        return ~0, ~0
    octets = Octets(feature)
    try:
        flags = octets.uint16()
        measurement = octets.uint16() if flags & 0x01 else ~0
        sensor = octets.uint24() if flags & 0x02 else ~0
    except Refused:
        return ~0, ~0
    return measurement, sensor


def _pair(octets: Octets, suffix: str = "") -> list[units.Value]:
    return [units.value(f"spo2{suffix}", octets.sfloat(), "%"), units.value(f"pulse-rate{suffix}", octets.sfloat(), "/min")]


def _end(octets: Octets, flags: int, first_bit: int, reading: Reading, feature: bytes | None) -> None:
    """The three fields that both measurements end with, announced by three bits in a row."""
    measurement, sensor = _supported(feature)
    if flags >> first_bit & 1:
        reading.status += names(octets.uint16() & measurement, MEASUREMENT_STATUS)
    if flags >> first_bit & 2:
        reading.status += names(octets.uint24() & sensor, SENSOR_STATUS)
    if flags >> first_bit & 4:
        reading.values.append(units.value("pulse-amplitude-index", octets.sfloat(), "%"))


def spot_check(octets: Octets, feature: bytes | None) -> Reading:
    """2A5E. Flags: bit 0 time, 1-3 the end, 4 the device's clock is not set."""
    flags = octets.flags(reserved=0xE0)
    reading = Reading(_pair(octets))
    if flags & 0x10:
        reading.status.append("clock-not-set")
    if flags & 0x01:
        reading.time = device_time.text(device_time.read(octets, reading))
    _end(octets, flags, 1, reading, feature)
    return reading


def continuous(octets: Octets, feature: bytes | None) -> Reading:
    """2A5F. Flags: bit 0 fast pair, 1 slow pair, 2-4 the end."""
    flags = octets.flags(reserved=0xE0)
    reading = Reading(_pair(octets))
    if flags & 0x01:
        reading.values += _pair(octets, "-fast")
    if flags & 0x02:
        reading.values += _pair(octets, "-slow")
    _end(octets, flags, 2, reading, feature)
    return reading


def features(octets: Octets, feature: bytes | None) -> Reading:
    """2A60."""
    flags = octets.uint16()
    reading = Reading(facts={"features": names(flags, FEATURES)})
    if flags & 0x01:
        reading.facts["supported-measurement-status"] = names(octets.uint16(), MEASUREMENT_STATUS)
    if flags & 0x02:
        reading.facts["supported-sensor-status"] = names(octets.uint24(), SENSOR_STATUS)
    return reading
