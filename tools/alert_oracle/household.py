# SPDX-License-Identifier: GPL-3.0-or-later
"""What badly fitted devices make of a person's days, as a trace, with what is really the matter beside it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from alert_oracle.pen import FIRST_DAY
from alert_oracle.physiology import HOUR, Sleeper, beyond, day_of_heart, drift, night_of_oxygen

DAY = 24 * HOUR
# Thinned out: a stream without a sample for ten seconds would begin anew.
NIGHT_STEP, DAY_STEP = 4, 8
NIGHT_AT, NIGHT_LASTS = int(22.5 * HOUR), int(7.5 * HOUR)
DAY_AT, DAY_LASTS = 8 * HOUR, 12 * HOUR
SETTLE = 30
# An oximeter and a strap are wrong by no more than so many points.
NOISE = 2.0
# Rule, at or below, at or above, and for longer than this; the signal is not rounded, so below 90 is 89.99.
OXYGEN = (("OX-1", 89.99, 999, 30), ("OX-2", 92, 999, 120), ("OX-3", 94, 999, 900))
OXYGEN_2 = (("OX-S2-high", 83, 999, 30), ("OX-S2-medium", 85, 999, 120), ("OX-S2-low", 87, 999, 900))
HEART = (("HR-1", 40, 131, 30), ("HR-2", 45, 111, 600), ("HR-3", 50, 101, 600))


@dataclass(frozen=True)
class Excursion:
    """Seconds from the trace's beginning. It is clear when it was beyond the limit by more than the device is wrong by."""

    rule: str
    first: int
    last: int
    is_clear: bool


@dataclass
class Days:
    who: Sleeper
    lines: list[str] = field(default_factory=list)
    excursions: list[Excursion] = field(default_factory=list)
    # (second, variable, value), in their order: what a simple program would look at.
    seen: list[tuple[int, str, float]] = field(default_factory=list)


class Household:
    """The devices of one person."""

    def __init__(self, who: Sleeper, seed: int, days: int) -> None:
        self._random = random.Random(seed)
        self.days = Days(who)
        self._number = 0
        settings = {"born": 1950, "conditions": list(who.conditions), "limits": []}
        self.days.lines.append(json.dumps({"settings": settings, "at": FIRST_DAY}))
        for day in range(days):
            begin = day * DAY
            self._pressures(begin + 7 * HOUR, begin + 8 * HOUR - 60)
            self._day(begin + DAY_AT)
            self._pressures(begin + 20 * HOUR + 600, begin + 22 * HOUR)
            self._night(begin + NIGHT_AT)
        self.days.lines.append('{"tick": 10800000}')

    def _line(self, second: int, values: str, device: str, characteristic: str, is_stream: bool, quality: str = "valid",
              status: str = "") -> None:
        self._number += 1
        self.days.lines.append(
            f'{{"at":{FIRST_DAY + second * 1000},"stream":{str(is_stream).lower()},"values":[{values}],"quality":"{quality}",'
            f'"age":"fresh","status":[{status}],"device":"{device}","link":"authenticated","resident":"r-0001",'
            f'"reading":"{self._number:032x}","characteristic":"{characteristic}"}}')

    # Oxygen, at night.

    def _night(self, begin: int) -> None:
        source, who = self._random, self.days.who
        truth = night_of_oxygen(who, source, NIGHT_LASTS, NIGHT_STEP)
        noise = self._noise(len(truth))
        states = self._fit(len(truth), NIGHT_STEP)
        for index, blood in enumerate(truth):
            second, state = begin + index * NIGHT_STEP, states[index]
            value = round(min(100.0, blood + noise[index]))
            quality, status = "valid", ""
            if state == "off":
                quality, status = "invalid", '"sensor-off"'
                self._line(second, '{"kind":"spo2","absent":"nan"}', "d-1", "2A5F", True, quality, status)
                continue
            if state in ("slipping", "hidden motion"):
                value = max(60, round(value - source.uniform(4, 20)))
            elif state == "motion":
                value, quality, status = max(60, round(value - source.uniform(0, 18))), "questionable", '"motion"'
            pulse = f'{{"kind":"pulse-rate","value":{round(who.heart - 6)}}}'
            self._line(second, f'{{"kind":"spo2","value":{value}}},{pulse}', "d-1", "2A5F", True, quality, status)
            self.days.seen.append((second, "spo2", value))
        usable = _usable(states, NIGHT_STEP)
        limits = OXYGEN_2 if "scale-2" in who.conditions else OXYGEN
        self._label(truth, usable, limits, begin, NIGHT_STEP)

    def _noise(self, length: int) -> list[float]:
        """An oximeter averages over several beats: it wanders within two points, and does not jump."""
        slow, quick = drift(self._random, length, NIGHT_STEP, 600, 0.7), drift(self._random, length, NIGHT_STEP, 15, 0.4)
        return [max(-NOISE, min(NOISE, one + other)) for one, other in zip(slow, quick, strict=True)]

    def _fit(self, length: int, step: int) -> list[str]:
        """How well the sensor sits."""
        source = self._random
        states = ["well"] * length

        def put(at: int, seconds: float, state: str) -> int:
            end = min(length, at + max(1, int(seconds / step)))
            states[at:end] = [state] * (end - at)
            return end

        for _ in range(source.randint(6, 16)):
            put(source.randrange(length), source.uniform(3, 25), "motion")
        for _ in range(source.randint(2, 8)):
            put(source.randrange(length), source.uniform(2, 18), "hidden motion")
        for _ in range(source.randint(0, 4)):
            # Low values first, then none.
            end = put(source.randrange(length), source.uniform(4, 20), "slipping")
            put(min(end, length - 1), source.uniform(20, 900), "off")
        return states

    # The heart, by day.

    def _day(self, begin: int) -> None:
        source = self._random
        truth = day_of_heart(self.days.who, source, DAY_LASTS, DAY_STEP)
        states = ["well"] * len(truth)
        for _ in range(source.randint(6, 18)):
            at, lasts = source.randrange(len(truth) - 4), source.randint(1, 4)
            states[at:at + lasts] = ["spike"] * lasts
        for index, beats in enumerate(truth):
            value = round(beats + max(-NOISE, min(NOISE, source.gauss(0, 0.8))))
            if states[index] == "spike":
                value = source.choice((round(source.uniform(160, 225)), round(source.uniform(28, 38))))
            self._line(begin + index * DAY_STEP, f'{{"kind":"heart-rate","value":{value}}}', "d-2", "2A37", True)
            self.days.seen.append((begin + index * DAY_STEP, "heart-rate", value))
        self._label(truth, _usable(states, DAY_STEP), HEART, begin, DAY_STEP)

    def _label(self, truth: list[float], usable: list[bool], limits: tuple[tuple[str, float, float, int], ...], begin: int,
               step: int) -> None:
        for rule, low, high, longer in limits:
            clear = beyond(truth, usable, (low - NOISE, high + NOISE), longer, step)
            for first, last in beyond(truth, usable, (low, high), longer, step):
                is_clear = any(first <= one and other <= last for one, other in clear)
                self.days.excursions.append(Excursion(rule, begin + first * step, begin + last * step, is_clear))

    # The cuff.

    def _pressures(self, earliest: int, latest: int) -> None:
        """Two readings, the first one of them taken by a person who has just sat down."""
        source, who = self._random, self.days.who
        is_crisis = source.random() < who.crisis / 2
        systolic, diastolic = (source.uniform(190, 205), source.uniform(113, 125)) if is_crisis else who.pressure
        second = source.randrange(earliest, latest)
        for number in range(2):
            coat = source.uniform(4, 34) if number == 0 else source.uniform(-3, 4)
            high = round(systolic + coat + source.gauss(0, 3))
            low = round(diastolic + coat * 0.45 + source.gauss(0, 2))
            self._line(second, f'{{"kind":"systolic","value":{high}}},{{"kind":"diastolic","value":{low}}},'
                       f'{{"kind":"pulse-rate","value":{round(who.heart)}}}', "d-3", "2A35", False)
            self.days.seen += [(second, "systolic", high), (second, "diastolic", low)]
            last = second
            second += source.randint(65, 110)
        if is_crisis:
            self.days.excursions.append(Excursion("BP-1", last - 1, last, True))


def _usable(states: list[str], step: int) -> list[bool]:
    """Where the sensor sits well and has settled: what happens elsewhere nobody can see."""
    found, since = [], 0
    for state in states:
        since = since + step if state != "off" else 0
        found.append(state == "well" and since > SETTLE)
    return found
