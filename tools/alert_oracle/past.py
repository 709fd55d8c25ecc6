# SPDX-License-Identifier: GPL-3.0-or-later
"""The readings that a gateway's database has, and gives to the rules again after a restart."""

from __future__ import annotations

from collections import deque

from alert_oracle.reading import DAY, MINUTE, Reading

STREAMS, SPOTS = 20 * MINUTE, 8 * DAY


class Past:
    def __init__(self) -> None:
        self._streams: deque[Reading] = deque()
        self._spots: deque[Reading] = deque()
        self._known: set[str] = set()

    def take(self, reading: Reading) -> bool:
        """False for what was there before: a database takes a reading once."""
        if reading.is_stream:
            if self._streams and self._streams[-1].id == reading.id:
                return False
            _append(self._streams, reading, STREAMS)
        elif reading.id in self._known:
            return False
        else:
            self._known.add(reading.id)
            _append(self._spots, reading, SPOTS)
        return True

    def seen(self, now: int) -> list[Reading]:
        """In the order in which they came."""
        found = [one for one in self._streams if one.at >= now - STREAMS]
        found += [one for one in self._spots if one.at >= now - SPOTS]
        return sorted(found, key=lambda one: one.at)


def _append(readings: deque[Reading], reading: Reading, length: int) -> None:
    readings.append(reading)
    while readings[0].at < reading.at - length:
        readings.popleft()
