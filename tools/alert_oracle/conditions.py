# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests that a rule makes of values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace

from alert_oracle.baseline import Baseline
from alert_oracle.reading import Facts, Hours, Number

# What a meter says instead of a number.
BEYOND = ("ninf", "pinf")
# A test's side: it is about what is too low (-1), too high (1) or neither (0).
LOW_SIDE = ("below", "at-most", "ninf")
OPERATORS: dict[str, Callable[[Number, Number], bool]] = {
    "below": operator.lt, "at-most": operator.le, "above": operator.gt, "at-least": operator.ge}


@dataclass(frozen=True)
class Given:
    """Only for a person whose own mean of `kind` is so."""

    kind: str
    op: str
    number: Number

    def holds(self, baseline: Baseline) -> bool:
        mean = baseline.mean(self.kind)
        return mean is not None and OPERATORS[self.op](mean, self.number)


@dataclass(frozen=True)
class Threshold:
    kinds: tuple[str, ...]
    op: str
    number: Number
    given: Given | None = None

    # A late reading is judged by what stands in it, and not by what is usual now.
    @property
    def is_of_the_reading(self) -> bool:
        return self.given is None

    def holds(self, facts: Facts, baseline: Baseline) -> bool:
        compare = OPERATORS[self.op]
        met = any(kind in facts.numbers and compare(facts.numbers[kind], self.number) for kind in self.kinds)
        return met and (self.given is None or self.given.holds(baseline))

    @property
    def side(self) -> int:
        return _side(self.op)

    def holds_for_all(self, facts: Facts) -> bool:
        """For clearing: every value of the kinds, and at least one."""
        numbers = [facts.numbers[kind] for kind in self.kinds if kind in facts.numbers]
        return bool(numbers) and all(OPERATORS[self.op](number, self.number) for number in numbers)

    def with_number(self, number: Number) -> Threshold:
        return replace(self, number=number)


@dataclass(frozen=True)
class Missing:
    """The meter said LO or HI instead of a number."""

    kinds: tuple[str, ...]
    absent: str
    is_of_the_reading: bool = True

    def holds(self, facts: Facts, baseline: Baseline) -> bool:
        return any(facts.absents.get(kind) == self.absent for kind in self.kinds)

    @property
    def side(self) -> int:
        return _side(self.absent)


@dataclass(frozen=True)
class Status:
    word: str
    kinds: tuple[str, ...]
    is_of_the_reading: bool = True
    side: int = 0

    def holds(self, facts: Facts, baseline: Baseline) -> bool:
        return self.word in facts.status and any(kind in facts.numbers for kind in self.kinds)


@dataclass(frozen=True)
class Change:
    """Away from what is usual for this person: `sign` is -1 for a fall, 1 for a rise."""

    kind: str
    sign: int
    by: Number
    reference: str
    days: int = 0
    hours: Hours | None = None
    is_of_the_reading: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,)

    def usual(self, baseline: Baseline) -> Number | None:
        if self.reference == "median":
            return baseline.median(self.kind)
        if self.reference == "mean":
            return baseline.mean(self.kind, self.hours)
        return baseline.least(self.kind, self.days, self.hours)

    @property
    def side(self) -> int:
        return self.sign

    def holds(self, facts: Facts, baseline: Baseline) -> bool:
        if self.kind not in facts.numbers:
            return False
        usual = self.usual(baseline)
        return usual is not None and (facts.numbers[self.kind] - usual) * self.sign >= self.by


@dataclass(frozen=True)
class BackToUsual:
    """The clear condition of a `Change`: no further than `by` from the usual."""

    kind: str
    sign: int
    by: Number
    reference: str

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,)

    def holds_for_all(self, facts: Facts, baseline: Baseline) -> bool:
        if self.kind not in facts.numbers:
            return False
        usual = baseline.median(self.kind) if self.reference == "median" else baseline.mean(self.kind)
        return usual is not None and (facts.numbers[self.kind] - usual) * self.sign <= self.by


@dataclass(frozen=True)
class Difference:
    minuend: str
    subtrahend: str
    op: str
    number: Number
    is_of_the_reading: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.minuend, self.subtrahend)

    def holds(self, facts: Facts, baseline: Baseline) -> bool:
        numbers = facts.numbers
        return (self.minuend in numbers and self.subtrahend in numbers
                and OPERATORS[self.op](numbers[self.minuend] - numbers[self.subtrahend], self.number))

    def holds_for_all(self, facts: Facts) -> bool:
        return self.holds(facts, Baseline())

    @property
    def side(self) -> int:
        return _side(self.op)


def _side(op: str) -> int:
    return -1 if op in LOW_SIDE else 1


Test = Threshold | Missing | Status | Change | Difference
Clearing = Threshold | Difference | BackToUsual


def judges(test: Test, facts: Facts) -> bool:
    """Whether there is something for it to be so or not so: a LO says nothing of how high, but that it was no HI."""
    if isinstance(test, Missing) and any(facts.absents.get(kind) in BEYOND for kind in test.kinds):
        return True
    found = [kind in facts.numbers for kind in test.kinds]
    return all(found) if isinstance(test, Difference) else any(found)


def is_met(clearing: Clearing, facts: Facts, baseline: Baseline) -> bool:
    if isinstance(clearing, BackToUsual):
        return clearing.holds_for_all(facts, baseline)
    return clearing.holds_for_all(facts)
