# SPDX-License-Identifier: GPL-3.0-or-later
"""What is usual for a person: the medians of the hours and the spot values of the last week."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from alert_oracle.reading import DAY, MINUTE, Hours, Number, Reading, day_of, hour_of, is_within

SESSION = 10 * MINUTE
KINDS = ("spo2", "systolic", "body-weight")
DAYS = 7
LEAST_DAYS = 3
LEAST_READINGS = 6
MOST_HOURS = 1000


def mean(numbers: Sequence[Number]) -> Number:
    return Fraction(sum(numbers)) / len(numbers)


def median(numbers: Sequence[Number]) -> Number:
    """Of sorted numbers; between the two in the middle where there are two."""
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else mean(numbers[half - 1:half + 1])


@dataclass(frozen=True)
class _Spot:
    """A session is named by when it began; `minute` is that of the day in which it was measured."""

    wall: int
    session: int
    number: Number
    minute: int | None


class Baseline:
    """Asked about the moment that `look` was told."""

    def __init__(self) -> None:
        self._hours: dict[tuple[str, int, int], list[Number]] = {}
        self._spots: dict[str, list[_Spot]] = {}
        self._session: dict[str, int] = {}
        self._medians: dict[str, tuple[tuple[int, int], Number | None]] = {}
        self._wall = 0

    def look(self, reading: Reading) -> None:
        """Before a reading is judged: which moment, and which session is the present one."""
        self._wall = reading.wall
        if reading.is_stream or reading.is_late or not reading.is_valid or reading.observed is None:
            return
        for kind in KINDS:
            if kind in reading.numbers and reading.wall - self._session.get(kind, -SESSION) >= SESSION:
                self._session[kind] = reading.wall

    def add(self, reading: Reading) -> None:
        """After a valid reading was judged; a late one belongs to when it was measured.

        A spot of which nobody knows when it was measured may be years old: it says nothing of what is usual now.
        """
        wall = reading.observed if reading.is_late else reading.wall
        if wall is None or (reading.observed is None and not reading.is_stream):
            return
        for kind in KINDS:
            if kind not in reading.numbers:
                continue
            number = reading.numbers[kind]
            insort(self._hours.setdefault((kind, day_of(wall), hour_of(wall)), []), number)
            if reading.is_late:
                self._medians.pop(kind, None)
            if not reading.is_stream:
                session = -1 if reading.is_late else self._session[kind]
                self._spots.setdefault(kind, []).append(_Spot(wall, session, number, reading.minute))
        if len(self._hours) > MOST_HOURS:
            self._forget()

    def median(self, kind: str) -> Number | None:
        today, hour = day_of(self._wall), hour_of(self._wall)
        kept = self._medians.get(kind)
        if kept is None or kept[0] != (today, hour):
            kept = ((today, hour), self._median(kind, today, hour))
            self._medians[kind] = kept
        return kept[1]

    def _median(self, kind: str, today: int, hour: int) -> Number | None:
        days = range(today - DAYS, today)
        same = [median(self._hours[kind, day, hour]) for day in days if (kind, day, hour) in self._hours]
        if len(same) >= LEAST_DAYS:
            return median(sorted(same))
        found = [(day, median(values)) for (one, day, _), values in self._hours.items() if one == kind and day in days]
        if len({day for day, _ in found}) < LEAST_DAYS:
            return None
        return median(sorted(number for _, number in found))

    def mean(self, kind: str, hours: Hours | None = None) -> Number | None:
        """Of the spot readings, without the session that is present."""
        present = self._session.get(kind)
        if present is not None and self._wall - present >= SESSION:
            present = None
        found = [one for one in self._spots.get(kind, ()) if is_within(hours, one.minute)
                 and self._wall - DAYS * DAY <= one.wall <= self._wall and one.session != present]
        if len(found) < LEAST_READINGS or len({day_of(one.wall) for one in found}) < LEAST_DAYS:
            return None
        return mean([one.number for one in found])

    def least(self, kind: str, days: int, hours: Hours | None = None) -> Number | None:
        """Of what came before the present reading, today and on so many calendar days before."""
        first = day_of(self._wall) - days
        return min((one.number for one in self._spots.get(kind, ()) if first <= day_of(one.wall)
                    and one.wall <= self._wall and is_within(hours, one.minute)), default=None)

    def _forget(self) -> None:
        oldest = day_of(self._wall) - DAYS - 1
        self._hours = {key: values for key, values in self._hours.items() if key[1] >= oldest}
        self._spots = {kind: [one for one in spots if day_of(one.wall) >= oldest] for kind, spots in self._spots.items()}
