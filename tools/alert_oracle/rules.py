# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the Chinese edition, typed from the table of the clinic's thresholds. The YAML was not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from alert_oracle.conditions import BackToUsual, Change, Clearing, Difference, Given, Missing, Status, Test, Threshold
from alert_oracle.reading import DAY, HOUR, MINUTE, SECOND, Hours, Number, Reading, is_within

SETTLE = 30 * SECOND
PULSE = ("heart-rate", "pulse-rate")
SCALE_1 = ("scale-2",)
OLD = 65
MORNING: Hours = (4 * 60, 12 * 60)


@dataclass(frozen=True)
class One:
    pass


@dataclass(frozen=True)
class Second:
    within: int
    apart: int = 0
    or_fully_qualified: bool = False
    unconfirmed_after: int | None = None


@dataclass(frozen=True)
class Mean:
    readings: int
    apart: int
    within: int


@dataclass(frozen=True)
class Sessions:
    count: int
    of: int
    within: int


@dataclass(frozen=True)
class Average:
    days: int = 7
    least_days: int = 4
    readings: int = 12


Spot = One | Second | Mean | Sessions | Average


@dataclass(frozen=True)
class Clear:
    """`held` for a stream, `readings` in a row for spots; or `quiet` for so long, or the first that is not so any more."""

    when: tuple[Clearing, ...] = ()
    held: int = 60 * SECOND
    readings: int = 2
    quiet: int | None = None
    not_so: bool = False


@dataclass(frozen=True)
class Rule:
    id: str
    priority: str
    when: tuple[Test, ...]
    spot: Spot
    clear: Clear
    stream: int | None = None
    at_rest: int | None = None
    supersedes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    from_age: int | None = None
    once_in: int | None = None
    # With one of these among the newest values it is high.
    aggravated_by: tuple[Threshold, ...] = ()
    category: str = "physiological"
    # Whose rule is high only for the old and those on this pathway; for others medium.
    high_with: str | None = None
    hours: Hours | None = None

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for test in self.when for kind in test.kinds)

    @property
    def is_guarded(self) -> bool:
        """Whether a worse link neither confirms nor clears it: what is or may be high."""
        return self.priority == "high" or bool(self.aggravated_by)

    def looks_at(self, reading: Reading) -> bool:
        """What was measured outside its hours is no reading for it."""
        return is_within(self.hours, reading.minute)

    def for_person(self, conditions: Sequence[str], age: int | None) -> Rule:
        if self.high_with is None or self.high_with in conditions or age is None or age >= OLD:
            return self
        return replace(self, priority="medium")

    def applies(self, conditions: Sequence[str], age: int | None) -> bool:
        """Whose age is not known is taken for old: that is whom the box is for."""
        return (all(one in conditions for one in self.needs) and not any(one in conditions for one in self.excludes)
                and (self.from_age is None or age is None or age >= self.from_age))

    def with_limit(self, kind: str, op: str, value: Number) -> Rule:
        """A person's own limit; what clears it moves along, so that the band between keeps its width."""
        moved: Number = 0
        tests: list[Test] = []
        for test in self.when:
            if isinstance(test, Threshold) and kind in test.kinds and test.op == op:
                moved = value - test.number
                test = test.with_number(value)
            tests.append(test)
        is_low = op in ("below", "at-most")
        clears = tuple(one.with_number(one.number + moved) if isinstance(one, Threshold) and kind in one.kinds
                       and (one.op in ("above", "at-least")) == is_low else one for one in self.clear.when)
        return replace(self, when=tuple(tests), clear=replace(self.clear, when=clears))


def is_(kind: str | tuple[str, ...], op: str, number: Number, given: Given | None = None) -> Threshold:
    return Threshold((kind,) if isinstance(kind, str) else kind, op, number, given)


def tenths(number: int) -> Number:
    return Fraction(number, 10)


def pressure(systolic: Number, diastolic: Number) -> tuple[Test, ...]:
    return is_("systolic", "at-least", systolic), is_("diastolic", "at-least", diastolic)


def below_pressure(systolic: Number, diastolic: Number, readings: int = 2) -> Clear:
    return Clear((is_("systolic", "below", systolic), is_("diastolic", "below", diastolic)), readings=readings)


def pulse_between(low: Number, high: Number) -> Clear:
    return Clear((is_(PULSE, "at-least", low), is_(PULSE, "at-most", high)))


RULES: tuple[Rule, ...] = (
    Rule("BP-1", "high", pressure(180, 120), Second(15 * MINUTE, unconfirmed_after=15 * MINUTE), below_pressure(170, 110),
         supersedes=("BP-2", "BP-3")),
    Rule("BP-2", "high", pressure(180, 110), Mean(2, MINUTE, 10 * MINUTE), below_pressure(170, 110), supersedes=("BP-3",)),
    Rule("BP-3", "medium", pressure(160, 100), Sessions(2, 2, DAY), below_pressure(155, 95)),
    Rule("BP-4-uncontrolled", "low", pressure(150, 90), Average(), below_pressure(145, 85), supersedes=("BP-4",),
         from_age=OLD, once_in=7 * DAY),
    Rule("BP-4", "low", pressure(135, 85), Average(), below_pressure(130, 80), once_in=7 * DAY),
    Rule("BP-5", "medium", (is_("systolic", "at-most", 90),), Second(5 * MINUTE), Clear((is_("systolic", "at-least", 95),)),
         supersedes=("BP-6",),
         aggravated_by=(is_(PULSE, "at-least", 111), is_(PULSE, "at-most", 40), is_("spo2", "at-most", 91))),
    Rule("BP-6", "medium", (is_("systolic", "at-most", 100, Given("systolic", "at-least", 120)),
                            Change("systolic", -1, 40, "mean")),
         Mean(2, 0, 10 * MINUTE), Clear((is_("systolic", "at-least", 105),))),
    Rule("BP-7", "low", (Difference("systolic", "diastolic", "below", 20), is_(("systolic", "diastolic"), "below", 40),
                         is_(("systolic", "diastolic"), "above", 300)),
         One(), Clear((Difference("systolic", "diastolic", "at-least", 20), is_(("systolic", "diastolic"), "at-least", 40),
                       is_(("systolic", "diastolic"), "at-most", 300)), readings=1), category="technical"),
    Rule("OX-1", "high", (is_("spo2", "below", 90),), Second(10 * MINUTE, MINUTE, or_fully_qualified=True),
         Clear((is_("spo2", "at-least", 92),)), 30 * SECOND, supersedes=("OX-2", "OX-3", "OX-4"), excludes=SCALE_1),
    Rule("OX-2", "high", (is_("spo2", "at-most", 92),), Second(5 * MINUTE), Clear((is_("spo2", "at-least", 94),)),
         120 * SECOND, supersedes=("OX-3", "OX-4"), excludes=SCALE_1, high_with="covid-pathway"),
    Rule("OX-4", "medium", (Change("spo2", -1, 4, "median"),), Second(15 * MINUTE),
         Clear((BackToUsual("spo2", -1, 2, "median"),)), 10 * MINUTE, supersedes=("OX-3",), excludes=SCALE_1),
    Rule("OX-3", "low", (is_("spo2", "at-most", 94),), Second(60 * MINUTE, 15 * MINUTE),
         Clear((is_("spo2", "at-least", 95),)), 15 * MINUTE, excludes=SCALE_1),
    Rule("OX-S2-high", "high", (is_("spo2", "at-most", 83),), Second(10 * MINUTE), Clear((is_("spo2", "at-least", 84),)),
         30 * SECOND, supersedes=("OX-S2-medium", "OX-S2-low"), needs=("scale-2",)),
    Rule("OX-S2-medium", "medium", (is_("spo2", "at-most", 85),), Second(10 * MINUTE),
         Clear((is_("spo2", "at-least", 86),)), 120 * SECOND, supersedes=("OX-S2-low",), needs=("scale-2",)),
    Rule("OX-S2-low", "low", (is_("spo2", "at-most", 87),), Second(15 * MINUTE), Clear((is_("spo2", "at-least", 88),)),
         15 * MINUTE, needs=("scale-2",)),
    Rule("OX-S2-oxygen", "medium", (is_("spo2", "at-least", 97),), Second(15 * MINUTE),
         Clear((is_("spo2", "at-most", 96),)), 15 * MINUTE, needs=("scale-2", "oxygen")),
    Rule("HR-1", "high", (is_(PULSE, "at-most", 40), is_(PULSE, "at-least", 131)), Second(10 * MINUTE),
         pulse_between(45, 125), 30 * SECOND, supersedes=("HR-2", "HR-3")),
    Rule("HR-2", "medium", (is_(PULSE, "at-most", 45), is_(PULSE, "at-least", 111)), Second(15 * MINUTE),
         pulse_between(50, 105), 10 * MINUTE, at_rest=5 * MINUTE, supersedes=("HR-3",)),
    Rule("HR-3", "low", (is_(PULSE, "at-most", 50), is_(PULSE, "at-least", 101)), Sessions(3, 3, DAY),
         pulse_between(52, 98), 10 * MINUTE),
    Rule("IR-1", "medium", (Status("irregular-pulse", ("systolic",)),), Sessions(2, 3, 7 * DAY), Clear(quiet=7 * DAY),
         once_in=DAY),
    Rule("TP-1", "medium", (is_("body-temperature", "at-least", tenths(391)), is_("body-temperature", "at-most", 35)),
         Second(10 * MINUTE),
         Clear((is_("body-temperature", "at-most", tenths(385)), is_("body-temperature", "at-least", tenths(355)))),
         10 * MINUTE, supersedes=("TP-2",)),
    Rule("TP-2", "low", (is_("body-temperature", "at-least", tenths(381)),), Second(60 * MINUTE),
         Clear((is_("body-temperature", "at-most", tenths(378)),)), 10 * MINUTE),
    Rule("GL-1-high", "high", (is_("glucose", "below", 3), Missing(("glucose",), "ninf")), Second(15 * MINUTE),
         Clear((is_("glucose", "at-least", tenths(44)),)), supersedes=("GL-1",)),
    Rule("GL-1", "medium", (is_("glucose", "below", tenths(39)), Missing(("glucose",), "ninf")), Second(15 * MINUTE),
         Clear((is_("glucose", "at-least", tenths(44)),))),
    Rule("GL-2-high", "high", (Missing(("glucose",), "pinf"),), Second(60 * MINUTE),
         Clear((is_("glucose", "below", 14),)), supersedes=("GL-2",)),
    Rule("GL-2", "medium", (is_("glucose", "at-least", tenths(167)), Missing(("glucose",), "pinf")), Second(60 * MINUTE),
         Clear((is_("glucose", "below", 14),))),
    Rule("WT-1", "low", (Change("body-weight", 1, 2, "least", 3, MORNING),), One(), Clear(quiet=3 * DAY, not_so=True),
         needs=("heart-failure",), once_in=DAY, hours=MORNING),
)


@dataclass(frozen=True)
class Manner:
    """How people are told, in milliseconds."""

    again: int | None = None
    escalate: tuple[int, ...] = ()
    latches: bool = False
    realarm: int | None = None
    daily_cap: int | None = None


MANNERS = {
    "high": Manner(5 * MINUTE, (5 * MINUTE, 15 * MINUTE), True, 30 * MINUTE),
    "medium": Manner(30 * MINUTE, (30 * MINUTE, 4 * HOUR), daily_cap=6),
    "low": Manner(daily_cap=3),
    # What is technical and low is said once and not repeated, so nothing of it is escalated either.
    "technical": Manner(daily_cap=6),
}
DIGEST_AT = 8 * HOUR
LATE_CAP = 6
