# SPDX-License-Identifier: GPL-3.0-or-later
"""Date Time 2A08 and seconds since an epoch, as ISO 8601 text without a zone: what the device's own clock showed."""

from __future__ import annotations

from datetime import datetime, timedelta

from oracle.octets import Octets
from oracle.reading import Reading

FIRST_YEAR, LAST_YEAR = 1582, 9999


def read(octets: Octets, reading: Reading) -> datetime | None:
    """Seven octets; None where year, month or day is unknown (0) or the calendar has no such moment.

    Then the reading gets what was sent as a fact.
    """
    raw = octets.take(7, "date")
    year = int.from_bytes(raw[:2], "little")
    try:
        if FIRST_YEAR <= year <= LAST_YEAR:
            return datetime(year, *raw[2:])
    except ValueError:
        pass
    month, day, hour, minute, second = raw[2:]
    reading.facts["sent-time"] = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    return None


def since(year: int, seconds: int) -> datetime:
    """The moment so many seconds after the first of January of that year; none of these epochs knows leap seconds."""
    return datetime(year, 1, 1) + timedelta(seconds=seconds)


def shifted(time: datetime | None, minutes: int) -> datetime | None:
    """None where it leaves the years that a Date Time can have."""
    if time is None:
        return None
    try:
        moved = time + timedelta(minutes=minutes)
    except OverflowError:
        return None
    return moved if moved.year >= FIRST_YEAR else None


def text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="seconds")
