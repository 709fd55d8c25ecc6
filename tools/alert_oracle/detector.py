# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings and time in, what is the matter out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alert_oracle.baseline import Baseline
from alert_oracle.finding import Began, Ended, Finding, Gone, Stored
from alert_oracle.holds import Settling
from alert_oracle.reading import MINUTE, SECOND, Number, Reading
from alert_oracle.rules import Rule
from alert_oracle.waits import OverDays, Week
from alert_oracle.watched import Watched

AGGRAVATION = 5 * MINUTE
LATE_PAUSE = 60 * SECOND


class Detector:
    def __init__(self, rules: Iterable[Rule], begin: int) -> None:
        self.begin = begin
        self.baseline = Baseline()
        # Not while readings of before are looked at again: they are in the baseline.
        self.adds = True
        # Rules with a pause of their own: they silence no other.
        self.shelved: frozenset[str] = frozenset()
        self.watched: list[Watched] = []
        self._week = Week()
        self._settling: dict[tuple[str, str], Settling] = {}
        self._newest: dict[tuple[str, ...], tuple[int, Reading]] = {}
        self._late: list[str] = []
        self._late_due: int | None = None
        self.adopt(rules)

    def adopt(self, rules: Iterable[Rule]) -> list[Finding]:
        """Other rules for this person. One that is gone ends; one that is changed goes on where it is on."""
        before = {one.rule.id: one for one in self.watched}
        self.watched = []
        for rule in rules:
            old = before.pop(rule.id, None) or Watched(rule)
            old.change(rule)
            self.watched.append(old)
        self._superiors = {one.rule.id: [other for other in self.watched if one.rule.id in other.rule.supersedes]
                           for one in self.watched}
        self._groups = {test.kinds for one in self.watched for test in one.rule.aggravated_by}
        return [Gone(one.rule) for one in before.values() if one.is_on]

    def restore(self, on: Sequence[tuple[str, int, int, str, bool]]) -> None:
        """What was published is the truth: the rules with an open episode as (id, since, link, priority, is fresh)."""
        published = {one[0]: one for one in on}
        for one in self.watched:
            if one.rule.id in published:
                one.restore(*published[one.rule.id][1:])
            elif one.is_on:
                one.end()

    # Time.

    def due(self) -> int | None:
        dues = [one.due() for one in self.watched] + [self._late_due]
        return min((one for one in dues if one is not None), default=None)

    def pass_time(self, at: int) -> list[Finding]:
        found: list[Finding] = []
        for one in self.watched:
            due = one.due()
            if due is None or due > at:
                continue
            if isinstance(one.waiting, OverDays):
                one.waiting.now_wall, one.waiting.week = self.begin + at, self._week
            is_sure = one.waiting.pass_time(at, self.baseline)
            if one.is_on:
                if one.is_over(at, True, self.baseline):
                    one.end()
                    found.append(Ended(one.rule))
            elif is_sure:
                found += self._begin(one, at, one.waiting.link, one.waiting.is_fresh, set())
        if self._late_due is not None and self._late_due <= at:
            rules = {one.rule.id: one.rule for one in self.watched}
            found += [Stored(rules[one]) for one in self._late if one in rules]
            self._late, self._late_due = [], None
        return found

    # Readings.

    def read(self, reading: Reading) -> list[Finding]:
        self.baseline.look(reading)
        return self._sample(reading) if reading.is_stream else self._spot(reading)

    def _sample(self, reading: Reading) -> list[Finding]:
        settling = self._settling.setdefault(reading.source, Settling())
        is_settled = settling.is_settled(reading.at, reading.quality != "invalid" and bool(reading.numbers))
        if not is_settled or reading.is_late or not reading.is_valid:
            is_doubtful = is_settled and not reading.is_late and reading.quality == "questionable"
            for one in self.watched:
                if is_doubtful and one.rule.looks_at(reading):
                    one.doubt(reading, one.offends(reading, self.baseline), self.baseline)
                else:
                    one.freeze(reading)
            return []
        self._note(reading)
        concerned = []
        for one in self.watched:
            if one.rule.stream is not None and one.concerns(reading) and one.rule.looks_at(reading):
                concerned.append((one, one.offends(reading, self.baseline)))
            elif one.lacks(reading):
                one.freeze(reading)
        found: list[Finding] = []
        ended: set[str] = set()
        for one, is_offending in concerned:
            if one.is_on and one.clears_by_sample(reading, is_offending, self.baseline):
                one.end()
                ended.add(one.rule.id)
                found.append(Ended(one.rule))
        found += self._note_offences(reading, concerned)
        for one, is_offending in concerned:
            if one.is_on or one.rule.id in ended:
                continue
            hold = one.holds_by_sample(reading, is_offending)
            if hold is not None:
                found += self._begin(one, reading.at, reading.link, hold.is_fresh, ended)
        self._add(reading)
        return found

    def _spot(self, reading: Reading) -> list[Finding]:
        if reading.is_late:
            if reading.is_valid:
                self._keep_late(reading)
            return []
        concerned = [(one, one.offends(reading, self.baseline)) for one in self.watched
                     if one.concerns(reading) and one.rule.looks_at(reading) and (reading.quality != "invalid" or one.rule.category == "technical")]
        if reading.is_valid:
            self._note(reading)
        found: list[Finding] = []
        ended: set[str] = set()
        for one, is_offending in concerned:
            if is_offending:
                one.last_offending = reading.at
            if one.is_on and one.clears_by_spot(reading, is_offending, self.baseline):
                one.end()
                ended.add(one.rule.id)
                found.append(Ended(one.rule))
        if reading.is_valid:
            found += self._note_offences(reading, concerned)
        for one, is_offending in concerned:
            if one.rule.id in ended or (one.is_on and not isinstance(one.waiting, OverDays)):
                continue
            if one.waiting.feed(reading, is_offending, one.is_clean(reading), self.baseline):
                found += self._begin(one, reading.at, reading.link, one.waiting.is_fresh, ended)
        if reading.is_valid:
            self._add(reading)
        return found

    def _add(self, reading: Reading) -> None:
        if not reading.is_stream:
            self._week.add(reading)
        if self.adds:
            self.baseline.add(reading)

    def _offends_late(self, rule: Rule, reading: Reading) -> bool:
        return any(test.is_of_the_reading and test.holds(reading, self.baseline) for test in rule.when)

    def _keep_late(self, reading: Reading) -> None:
        offending = {one.rule.id for one in self.watched if one.rule.priority != "low" and one.rule.looks_at(reading)
                     and self._offends_late(one.rule, reading)}
        for one in self.watched:
            rule = one.rule.id
            is_known_by_graver = any(other.rule.id in offending - self.shelved for other in self._superiors[rule])
            if rule in offending and not is_known_by_graver and rule not in self._late:
                self._late.append(rule)
            if isinstance(one.waiting, OverDays) and one.concerns(reading) and one.rule.looks_at(reading):
                one.waiting.feed(reading, False, True, self.baseline)
        self._late_due = reading.at + LATE_PAUSE
        self._add(reading)

    # The family.

    def _begin(self, one: Watched, at: int, link: int, is_fresh: bool, dropped: set[str]) -> list[Finding]:
        """Adds to `dropped` for whom the reading of this moment does not count any more."""
        if one.is_on or self._is_silenced(one.rule):
            return []
        if one.rule.once_in is not None and one.last_begin is not None and at - one.last_begin < one.rule.once_in:
            return []
        priority = self._priority(one.rule, at)
        silences = () if one.rule.id in self.shelved else one.rule.supersedes
        superseded = [lesser for lesser in self.watched if lesser.rule.id in silences]
        ended = tuple(lesser.rule.id for lesser in superseded if lesser.is_on)
        for lesser in superseded:
            lesser.end()
            dropped.add(lesser.rule.id)
        one.begin(at, link, priority, is_fresh)
        return [Began(one.rule, priority, ended)]

    def _is_silenced(self, rule: Rule) -> bool:
        return any(superior.is_on and superior.rule.id not in self.shelved for superior in self._superiors[rule.id])

    def _note_offences(self, reading: Reading, concerned: list[tuple[Watched, bool]]) -> list[Finding]:
        """Of a valid reading. What is on becomes high by what is said beside it, whichever of the two came first."""
        for one, is_offending in concerned:
            if one.is_on:
                one.note_offence(reading, is_offending)
        found: list[Finding] = []
        for one in self.watched:
            if not one.is_on or one.priority == "high" or one.offended_at is None:
                continue
            is_new = one.offended_at == reading.at or (not reading.is_stream and any(
                kind in reading.numbers for test in one.rule.aggravated_by for kind in test.kinds))
            if is_new and reading.at - one.offended_at <= AGGRAVATION and self._priority(one.rule, reading.at) == "high":
                one.priority = "high"
                found.append(Began(one.rule, "high"))
        return found

    def _note(self, reading: Reading) -> None:
        for kinds in self._groups:
            if any(kind in reading.numbers for kind in kinds):
                self._newest[kinds] = (reading.at, reading)

    def _priority(self, rule: Rule, at: int) -> str:
        return "high" if self._is_aggravated(rule, at) else rule.priority

    def _is_aggravated(self, rule: Rule, at: int) -> bool:
        for test in rule.aggravated_by:
            when, reading = self._newest.get(test.kinds, (at - AGGRAVATION - 1, None))
            if reading is not None and at - when <= AGGRAVATION and test.holds(reading, self.baseline):
                return True
        return False


def own_rules(rules: Iterable[Rule], conditions: Sequence[str], age: int | None,
              limits: Iterable[tuple[str, str, str, Number]]) -> list[Rule]:
    """The rules for a person; `limits` are (rule, kind, op, value)."""
    own = [rule.for_person(conditions, age) for rule in rules if rule.applies(conditions, age)]
    for rule, kind, op, value in limits:
        own = [one.with_limit(kind, op, value) if one.id == rule else one for one in own]
    return own
