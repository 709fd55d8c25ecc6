# SPDX-License-Identifier: GPL-3.0-or-later
"""Health Thermometer Service 1809."""

from __future__ import annotations

from oracle import device_time, units
from oracle.octets import Octets
from oracle.reading import Reading, one_of

SITES = {1: "armpit", 2: "body", 3: "ear", 4: "finger", 5: "gastro-intestinal-tract", 6: "mouth", 7: "rectum", 8: "toe",
         9: "tympanum"}


def measurement(octets: Octets, feature: bytes | None) -> Reading:
    """2A1C and 2A1E. Flags: bit 0 Fahrenheit, 1 time, 2 site."""
    flags = octets.flags(reserved=0xF8)
    reading = Reading([units.value("body-temperature", octets.float32(), "[degF]" if flags & 0x01 else "Cel")])
    if flags & 0x02:
        reading.time = device_time.text(device_time.read(octets, reading))
    if flags & 0x04:
        reading.facts["site"] = one_of(octets.uint8(), SITES)
    return reading


def site(octets: Octets, feature: bytes | None) -> Reading:
    """2A1D."""
    return Reading(facts={"site": one_of(octets.uint8(), SITES)})


def interval(octets: Octets, feature: bytes | None) -> Reading:
    """2A21: seconds between two measurements, 0 for none by itself."""
    seconds = octets.uint16()
    return Reading(facts={"interval-seconds": seconds or "not-periodic"})
