# SPDX-License-Identifier: GPL-3.0-or-later
"""Current Time Service 1805, and Date Time alone."""

from __future__ import annotations

from decimal import Decimal

from oracle import device_time
from oracle.octets import Octets
from oracle.reading import Reading, names, one_of

WEEKDAYS = {0: "unknown", 1: "monday", 2: "tuesday", 3: "wednesday", 4: "thursday", 5: "friday", 6: "saturday", 7: "sunday"}
ADJUSTMENTS = {0: "manual", 1: "external-reference", 2: "time-zone", 3: "daylight-saving-time"}
DAYLIGHT_SAVING = {0: "standard-time", 2: "plus-30-minutes", 4: "plus-60-minutes", 8: "plus-120-minutes", 255: "unknown"}
SOURCES = {0: "unknown", 1: "network-time-protocol", 2: "gps", 3: "radio-time-signal", 4: "manual", 5: "atomic-clock",
           6: "cellular-network"}


def current_time(octets: Octets, feature: bytes | None) -> Reading:
    """2A2B: local time, weekday, 1/256 s, why it was set."""
    reading = date_time(octets, feature)
    reading.facts["weekday"] = one_of(octets.uint8(), WEEKDAYS)
    reading.facts["fraction-seconds"] = Decimal(octets.uint8()) / 256
    reading.facts["adjust-reason"] = names(octets.uint8(), ADJUSTMENTS)
    return reading


def local_time(octets: Octets, feature: bytes | None) -> Reading:
    """2A0F: quarters of an hour east of UTC without daylight saving time, and the latter."""
    quarters = octets.sint8()
    return Reading(facts={"utc-offset-minutes": "unknown" if quarters == -128 else quarters * 15,
                          "daylight-saving-time": one_of(octets.uint8(), DAYLIGHT_SAVING)})


def reference(octets: Octets, feature: bytes | None) -> Reading:
    """2A14: where the time comes from, its accuracy in 1/8 s, and how long ago it was set."""
    facts: dict[str, str | int | Decimal] = {"source": one_of(octets.uint8(), SOURCES)}
    accuracy, days, hours = octets.uint8(), octets.uint8(), octets.uint8()
    facts["accuracy-seconds"] = {254: "more-than-31-seconds", 255: "unknown"}.get(accuracy, Decimal(accuracy) / 8)
    facts["days-since-update"] = "255-or-more" if days == 255 else days
    facts["hours-since-update"] = "255-days-or-more" if hours == 255 else hours
    return Reading(facts=facts)


def date_time(octets: Octets, feature: bytes | None) -> Reading:
    """2A08."""
    reading = Reading()
    reading.time = device_time.text(device_time.read(octets, reading))
    return reading
