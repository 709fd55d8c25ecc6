# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading as the rules see it, and the calendar of the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Number = int | Fraction
# Minutes of the day, the second not included.
Hours = tuple[int, int]

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# A replay lives in Asia/Shanghai, which knows no summer time.
ZONE = 8 * HOUR

LINKS = ("advert", "open", "encrypted", "authenticated")


def day_of(wall: int) -> int:
    """The calendar day, counted from 1970-01-01 at the site."""
    return (wall + ZONE) // DAY


def hour_of(wall: int) -> int:
    return (wall + ZONE) % DAY // HOUR


def minute_of(wall: int) -> int:
    """Of the day."""
    return (wall + ZONE) % DAY // MINUTE


def year_of(wall: int) -> int:
    """By the civil calendar, with no time zone database."""
    days = day_of(wall) + 719_468
    era, rest = divmod(days, 146_097)
    year = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    march = rest - (365 * year + year // 4 - year // 100)
    return era * 400 + year + (1 if march >= 306 else 0)


def is_within(hours: Hours | None, minute: int | None) -> bool:
    """What nobody knows the time of is looked at."""
    return hours is None or minute is None or hours[0] <= minute < hours[1]


@dataclass
class Facts:
    """What a rule's tests look at: a reading's values, or the means of several readings."""

    numbers: dict[str, Number]
    absents: dict[str, str] = field(default_factory=dict)
    status: frozenset[str] = frozenset()


@dataclass
class Reading(Facts):
    """Times are milliseconds: `at` on the monotonic clock, `wall` since 1970."""

    at: int = 0
    wall: int = 0
    observed: int | None = None
    id: str = ""
    source: tuple[str, str] = ("", "")
    is_stream: bool = False
    quality: str = "valid"
    age: str = "fresh"
    link: int = 3

    @property
    def is_valid(self) -> bool:
        return self.quality == "valid"

    @property
    def is_late(self) -> bool:
        return self.age == "late"

    @property
    def is_fresh(self) -> bool:
        return self.age == "fresh"

    def speaks(self, is_against_fresh: bool) -> bool:
        """Of no known time, it may be older than what is known to be of now, and so says nothing against it."""
        return self.age != "unknown" or not is_against_fresh

    @property
    def minute(self) -> int | None:
        """Of the day in which it was measured; nobody sends a stream of yesterday."""
        when = self.wall if self.is_stream else self.observed
        return None if when is None else minute_of(when)


def reading_of(line: dict[str, Any], begin: int) -> Reading:
    """A line of a trace. Numbers came from JSON as int or Fraction, so nothing is rounded."""
    numbers: dict[str, Number] = {}
    absents: dict[str, str] = {}
    for value in line["values"]:
        if "absent" in value:
            absents[value["kind"]] = value["absent"]
        else:
            numbers[value["kind"]] = value["value"]
    wall = line["at"]
    return Reading(
        numbers=numbers, absents=absents, status=frozenset(line.get("status", ())), at=wall - begin, wall=wall,
        observed=line.get("observedAt", wall), id=line["reading"],
        source=(line.get("device", ""), line.get("characteristic", "")), is_stream=line.get("stream", False),
        quality=line.get("quality", "valid"), age=line.get("age", "fresh"),
        link=LINKS.index(line.get("link", "authenticated")))
