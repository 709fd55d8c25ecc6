# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's own clock, without a zone, that goes on from what it is set to. Both stages play it."""

from __future__ import annotations

import struct
import time
from datetime import UTC, datetime, timedelta

CURRENT_TIME = "2a2b"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def octets(shown: datetime) -> bytes:
    """A Date Time, as it stands in a record too."""
    return struct.pack("<HBBBBB", shown.year, shown.month, shown.day, shown.hour, shown.minute, shown.second)


class DeviceClock:
    def __init__(self, ahead: float | None):
        """`ahead`: how many seconds it shows more than UTC; None: it was never set."""
        self.ahead = ahead

    def shows(self) -> datetime | None:
        return None if self.ahead is None else EPOCH + timedelta(seconds=time.time() + self.ahead)

    def read(self, uuid: str) -> bytes:
        shown = self.shows()
        value = bytes(7) if shown is None else octets(shown)
        if uuid != CURRENT_TIME:
            return value
        weekday, fraction = (0, 0) if shown is None else (shown.isoweekday(), shown.microsecond * 256 // 1_000_000)
        return value + bytes([weekday, fraction, 0])

    def write(self, value: bytes) -> None:
        year, month, day, hour, minute, second = struct.unpack("<HBBBBB", value[:7])
        fraction = value[8] / 256 if len(value) > 8 else 0
        told = datetime(year, month, day, hour, minute, second, tzinfo=UTC) + timedelta(seconds=fraction)
        self.ahead = (told - EPOCH).total_seconds() - time.time()
