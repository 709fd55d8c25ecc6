# SPDX-License-Identifier: GPL-3.0-or-later
"""How spot readings confirm each other. Each wait is fed with what concerns its rule, and says when it is sure."""

from __future__ import annotations

from dataclasses import dataclass, field

from alert_oracle.baseline import SESSION, Baseline, mean
from alert_oracle.conditions import Test, judges
from alert_oracle.reading import Facts, Hours, Number, Reading, day_of, is_within
from alert_oracle.rules import Average, Mean, One, Rule, Second, Sessions

MOST_EVIDENCE = 8
OPPOSITES = {frozenset((-1,)), frozenset((1,))}


def mean_of(readings: list[Reading]) -> Facts:
    """Kind by kind; a status of any reading is one of the whole."""
    numbers: dict[str, list[Number]] = {}
    for reading in readings:
        for kind, number in reading.numbers.items():
            numbers.setdefault(kind, []).append(number)
    status = frozenset(word for reading in readings for word in reading.status)
    return Facts({kind: mean(values) for kind, values in numbers.items()}, {}, status)


def offended(rule: Rule, facts: Facts, baseline: Baseline) -> tuple[Test, ...]:
    return tuple(test for test in rule.when if test.holds(facts, baseline))


def offends(rule: Rule, facts: Facts, baseline: Baseline) -> bool:
    return any(test.holds(facts, baseline) for test in rule.when)


@dataclass
class Waiting:
    """For a rule that one reading is enough for; the others wait."""

    rule: Rule
    # Over which link came what time alone made sure.
    link: int = field(default=0, kw_only=True)
    # The readings that made sure, the newest time.
    proof: list[Reading] = field(default_factory=list, kw_only=True)

    @property
    def is_fresh(self) -> bool:
        """Whether some reading of the proof is known to be of now."""
        return any(one.is_fresh for one in self.proof[-MOST_EVIDENCE:])

    def feed(self, reading: Reading, is_offending: bool, is_clean: bool, baseline: Baseline) -> bool:
        self.proof = [reading]
        return is_offending and is_clean

    def due(self) -> int | None:
        return None

    def pass_time(self, at: int, baseline: Baseline) -> bool:
        return False

    def drop(self) -> None:
        pass


@dataclass(frozen=True)
class Suspect:
    """An offending reading that waits for a second one, and which tests it offends."""

    reading: Reading
    is_clean: bool
    tests: tuple[Test, ...]

    def contradicts(self, other: Suspect) -> bool:
        """One is only too low and the other only too high: neither says that the other was right."""
        return {frozenset(one.side for one in each.tests) for each in (self, other)} == OPPOSITES


@dataclass
class Pair(Waiting):
    how: Second
    kept: list[Suspect] = field(default_factory=list)

    def feed(self, reading: Reading, is_offending: bool, is_clean: bool, baseline: Baseline) -> bool:
        self.kept = [one for one in self.kept if reading.at - one.reading.at <= self.how.within]
        if not is_offending:
            if is_clean:
                self.kept = [one for one in self.kept if not self._denies(reading, one)]
            return False
        if any(one.reading.id == reading.id for one in self.kept):
            return False
        new = Suspect(reading, is_clean, offended(self.rule, reading, baseline))
        partners = [one.reading for one in self.kept if self._confirms(new, one)]
        self.kept.append(new)
        self.proof = [*partners[:1], reading]
        needs_none = self.how.or_fully_qualified and "fully-qualified" in reading.status
        return is_clean and (needs_none or bool(partners))

    def _denies(self, reading: Reading, first: Suspect) -> bool:
        return (not self._is_worse(reading, first.reading) and reading.speaks(first.reading.is_fresh)
                and all(judges(test, reading) for test in first.tests))

    def _confirms(self, new: Suspect, first: Suspect) -> bool:
        return (new.reading.at - first.reading.at >= self.how.apart and not self._is_worse(new.reading, first.reading)
                and not new.contradicts(first))

    def _is_worse(self, reading: Reading, first: Reading) -> bool:
        return self.rule.is_guarded and reading.link < first.link

    def due(self) -> int | None:
        if self.how.unconfirmed_after is None:
            return None
        return min((one.reading.at + self.how.unconfirmed_after for one in self.kept if one.is_clean), default=None)

    def pass_time(self, at: int, baseline: Baseline) -> bool:
        due = self.due()
        if due is None or due > at:
            return False
        first = next(one.reading for one in self.kept if one.is_clean)
        self.link, self.proof = first.link, [first]
        self.kept = [one for one in self.kept if at - one.reading.at < (self.how.unconfirmed_after or 0)]
        return True

    def drop(self) -> None:
        self.kept = []


@dataclass
class Together(Waiting):
    """The mean of the readings that stand close together, normal ones with them."""

    how: Mean
    kept: list[Reading] = field(default_factory=list)

    def feed(self, reading: Reading, is_offending: bool, is_clean: bool, baseline: Baseline) -> bool:
        if not reading.is_valid or any(one.id == reading.id for one in self.kept):
            return False
        self.kept = [one for one in self.kept if reading.at - one.at <= self.how.within] + [reading]
        floors = {one.link for one in self.kept} if self.rule.is_guarded else {0}
        return any(self._is_sure(reading, floor, baseline) for floor in floors)

    def _is_sure(self, reading: Reading, floor: int, baseline: Baseline) -> bool:
        """None is confirmed over a worse link, and a reading over a worse link takes nothing from those over a better."""
        counted = [one for one in self.kept if not self.rule.is_guarded or floor <= one.link <= reading.link]
        return bool(counted) and any(self._is_proof(one, baseline) for one in parts(counted))

    def _is_proof(self, counted: list[Reading], baseline: Baseline) -> bool:
        if len(counted) < self.how.readings or counted[-1].at - counted[0].at < self.how.apart:
            return False
        self.proof = counted
        return offends(self.rule, mean_of(counted), baseline)

    def drop(self) -> None:
        self.kept = []


def parts(readings: list[Reading]) -> list[list[Reading]]:
    """What is judged: where the newest is of a known time, first those that are, and then all."""
    known = [one for one in readings if one.age != "unknown"]
    has_both = readings[-1].age != "unknown" and len(known) < len(readings)
    return [known, readings] if has_both else [readings]


@dataclass(frozen=True)
class Session:
    """Of which the whole, or the part that offends, is kept; `is_known` where the time of some reading was."""

    at: int
    is_bad: bool
    is_known: bool
    readings: list[Reading]


@dataclass
class InSessions(Waiting):
    """Judges a session when its ten minutes are over."""

    how: Sessions | Average
    present: list[Reading] = field(default_factory=list)
    past: list[Session] = field(default_factory=list)

    def feed(self, reading: Reading, is_offending: bool, is_clean: bool, baseline: Baseline) -> bool:
        if is_clean and all(one.id != reading.id for one in self.present):
            self.present.append(reading)
        return False

    def due(self) -> int | None:
        return self.present[0].at + SESSION if self.present else None

    def pass_time(self, at: int, baseline: Baseline) -> bool:
        due = self.due()
        if due is None or due > at:
            return False
        session, self.present = self.present, []
        return self.judge(session, baseline)

    def judge(self, readings: list[Reading], baseline: Baseline) -> bool:
        assert isinstance(self.how, Sessions)
        new = self._session(readings, baseline)
        if new.is_bad or new.is_known or not any(one.is_bad and one.is_known for one in self.past):
            self.past = [*self.past, new][-self.how.of:]
        bad = [one for one in self.past if one.is_bad and new.at - one.at <= self.how.within]
        self.proof = [one for session in bad for one in session.readings]
        return len(bad) >= self.how.count

    def _session(self, readings: list[Reading], baseline: Baseline) -> Session:
        """By the readings whose time is known, where they offend, or else by all."""
        at, is_known = readings[0].at, any(one.age != "unknown" for one in readings)
        known = [one for one in readings if one.age != "unknown"]
        for part in (known, readings):
            if part and offends(self.rule, mean_of(part), baseline):
                return Session(at, True, is_known, part)
        return Session(at, False, is_known, readings)

    def drop(self) -> None:
        self.present, self.past = [], []


class Week:
    """The valid spot readings of a person by when they were measured, stored ones too."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[int, Reading]] = {}

    def add(self, reading: Reading) -> None:
        if reading.observed is not None and reading.is_valid:
            self._readings.setdefault(reading.id, (day_of(reading.observed), reading))

    def after_first(self, now: int, days: int, kinds: frozenset[str], hours: Hours | None) -> tuple[int, list[Reading]]:
        """On how many of the last days there are readings of the kinds, and those of all days but the first of them."""
        today = day_of(now)
        self._readings = {key: one for key, one in self._readings.items() if one[0] > today - 14}
        found = [one for one in self._readings.values() if today - days < one[0] <= today
                 and one[1].numbers.keys() & kinds and is_within(hours, one[1].minute)]
        first = min((day for day, _ in found), default=today)
        return len({day for day, _ in found}), [one for day, one in found if day > first]


@dataclass
class OverDays(InSessions):
    """The average of a week of readings at home, by when they were measured."""

    # Of the newest judgement.
    average: Facts | None = None
    # The calendar's moment of a judgement.
    now_wall: int = 0
    week: Week = field(default_factory=Week)

    def judge(self, readings: list[Reading], baseline: Baseline) -> bool:
        assert isinstance(self.how, Average)
        days, counted = self.week.after_first(self.now_wall, self.how.days, self.rule.kinds, self.rule.hours)
        self.average = None
        if days >= self.how.least_days and len(counted) >= self.how.readings:
            self.average = mean_of(counted)
        return self.average is not None and offends(self.rule, self.average, baseline)

    def drop(self) -> None:
        # The history is a fact of the week, not a suspicion, and what is present will be judged with it.
        pass


def waiting(rule: Rule) -> Waiting:
    if isinstance(rule.spot, Second):
        return Pair(rule, rule.spot)
    if isinstance(rule.spot, Mean):
        return Together(rule, rule.spot)
    if isinstance(rule.spot, Sessions):
        return InSessions(rule, rule.spot)
    if isinstance(rule.spot, Average):
        return OverDays(rule, rule.spot)
    assert isinstance(rule.spot, One)
    return Waiting(rule)
