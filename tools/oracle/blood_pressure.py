# SPDX-License-Identifier: GPL-3.0-or-later
"""Blood Pressure Service 1810."""

from __future__ import annotations

from oracle import device_time, units
from oracle.octets import Octets
from oracle.reading import Reading, names, user_slot

FEATURES = {0: "body-movement", 1: "cuff-fit", 2: "irregular-pulse", 3: "pulse-range", 4: "position", 5: "multiple-bonds",
            6: "e2e-crc", 7: "user-data-service", 8: "user-facing-time"}
# A status and the feature that has to announce it. The pulse range is a number of two bits.
STATUS = ((0, 1, 1, "body-movement", 0), (1, 1, 1, "cuff-too-loose", 1), (2, 1, 1, "irregular-pulse", 2),
          (3, 3, 1, "pulse-above-upper-limit", 3), (3, 3, 2, "pulse-below-lower-limit", 3),
          (5, 1, 1, "improper-position", 4))
PRESSURES = ("systolic", "diastolic", "mean-arterial")


def _status(raw: int, feature: bytes | None) -> list[str]:
    """Those that the feature's value announces; all where there is none, or too little of one."""
    supported = int.from_bytes(feature[:2], "little") if feature and len(feature) >= 2 else ~0
    return [name for low, mask, code, name, bit in STATUS if raw >> low & mask == code and supported >> bit & 1]


def _pressures(octets: Octets, flags: int, kinds: tuple[str, ...], placeholders: int = 0) -> Reading:
    unit = "kPa" if flags & 0x01 else "mm[Hg]"
    reading = Reading([units.value(kind, octets.sfloat(), unit) for kind in kinds])
    for _ in range(placeholders):
        octets.sfloat()
    return reading


def _pulse_user_status(octets: Octets, flags: int, reading: Reading, feature: bytes | None) -> None:
    if flags & 0x04:
        reading.values.append(units.value("pulse-rate", octets.sfloat(), "/min"))
    if flags & 0x08:
        reading.user = user_slot(octets.uint8())
    if flags & 0x10:
        reading.status = _status(octets.uint16(), feature)


def _plain(octets: Octets, feature: bytes | None, kinds: tuple[str, ...], placeholders: int = 0) -> Reading:
    """Flags: bit 0 kilopascal, 1 time, 2 pulse, 3 user, 4 status."""
    flags = octets.flags(reserved=0xE0)
    reading = _pressures(octets, flags, kinds, placeholders)
    if flags & 0x02:
        reading.time = device_time.text(device_time.read(octets, reading))
    _pulse_user_status(octets, flags, reading, feature)
    return reading


def _enhanced(octets: Octets, feature: bytes | None, kinds: tuple[str, ...]) -> Reading:
    """As the plain one, but the time is seconds of UTC, and bit 5 announces a time as the display showed it at the end.

    Bit 6 says since when both count. A device's time has no zone, so what the display showed is it where there is one;
    0 is a clock that was never set.
    """
    flags = octets.flags(reserved=0x80)
    epoch = 2000 if flags & 0x40 else 1900
    reading = _pressures(octets, flags, kinds)
    if flags & 0x02:
        reading.facts["utc"] = device_time.text(device_time.since(epoch, octets.uint32()))
    _pulse_user_status(octets, flags, reading, feature)
    if flags & 0x20:
        seconds = octets.uint32()
        reading.time = device_time.text(device_time.since(epoch, seconds)) if seconds else None
    return reading


def measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2A35."""
    return _plain(octets, feature, PRESSURES)


def cuff_pressure(octets: Octets, feature: bytes | None) -> Reading:
    """2A36: the compound of 2A35, of which only the first is used."""
    return _plain(octets, feature, ("cuff-pressure",), placeholders=2)


def features(octets: Octets, feature: bytes | None) -> Reading:
    """2A49."""
    return Reading(facts={"features": names(octets.uint16(), FEATURES)})


def enhanced_measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2B34."""
    return _enhanced(octets, feature, PRESSURES)


def enhanced_cuff_pressure(octets: Octets, feature: bytes | None) -> Reading:
    """2B35: one pressure, no placeholders."""
    return _enhanced(octets, feature, ("cuff-pressure",))
