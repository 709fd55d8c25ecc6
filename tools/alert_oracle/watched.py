# SPDX-License-Identifier: GPL-3.0-or-later
"""One rule over one person: what it waits for, whether it is on, and how far its clearing has come."""

from __future__ import annotations

from alert_oracle.baseline import Baseline
from alert_oracle.conditions import Missing, is_met, judges
from alert_oracle.holds import Hold, Holds
from alert_oracle.reading import Reading
from alert_oracle.rules import Rule
from alert_oracle.waits import OverDays, Pair, offends, waiting


class Watched:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.waiting = waiting(rule)
        self.is_on = False
        self.link = 0
        # What raised it is known to be of now.
        self.is_fresh = False
        self.priority = rule.priority
        self.last_begin: int | None = None
        self.last_offending: int | None = None
        # The newest valid reading of a rule that is on, where it offended.
        self.offended_at: int | None = None
        self._holds = Holds()
        self._clears: dict[tuple[str, str], Hold] = {}
        self._normal: set[str] = set()
        self._missing = tuple(test for test in rule.when if isinstance(test, Missing))
        self._kinds = rule.kinds

    def change(self, rule: Rule) -> None:
        """Other limits: what was seen by the old ones stays seen."""
        self.rule = self.waiting.rule = rule

    def concerns(self, reading: Reading) -> bool:
        return (not self._kinds.isdisjoint(reading.numbers)
                or any(judges(test, reading) for test in self._missing))

    def lacks(self, reading: Reading) -> bool:
        """Whether the device says that it could not measure."""
        return not self._kinds.isdisjoint(reading.absents)

    def offends(self, reading: Reading, baseline: Baseline) -> bool:
        return offends(self.rule, reading, baseline)

    def is_clean(self, reading: Reading) -> bool:
        """A meter that says LO is questionable only for that; a bad measurement is what a technical rule is about."""
        if reading.is_valid or self.rule.category == "technical":
            return True
        return (reading.quality == "questionable" and not reading.status
                and any(test.holds(reading, _NOTHING) for test in self._missing))

    # Whether it begins is for the family to say.

    def begin(self, at: int, link: int, priority: str, is_fresh: bool) -> None:
        self.is_on, self.link, self.priority, self.last_begin, self.is_fresh = True, link, priority, at, is_fresh
        self.drop()
        self.offended_at = at if isinstance(self.waiting, Pair) else None

    def restore(self, at: int, link: int, priority: str, is_fresh: bool) -> None:
        """After a restart, for an episode that is open: its clearing begins anew."""
        self.begin(at, link, priority, is_fresh)
        self.offended_at = None
        if isinstance(self.waiting, OverDays):
            self.waiting.present = []

    def end(self) -> None:
        self.is_on = False
        self.drop()

    def drop(self) -> None:
        self.waiting.drop()
        self._holds.clear()
        self._unclear()

    def _unclear(self) -> None:
        self._clears.clear()
        self._normal.clear()

    # Streams.

    def freeze(self, reading: Reading) -> None:
        """For a sample that cannot be used, or says nothing of what the rule is about."""
        self._holds.freeze(reading, self.rule.is_guarded)
        self._freeze_clear(reading)

    def _freeze_clear(self, reading: Reading) -> None:
        if reading.source in self._clears and not self._is_guarded_from(reading):
            self._clears[reading.source].freeze()

    def doubt(self, reading: Reading, is_offending: bool, baseline: Baseline) -> None:
        """For a questionable sample: it may be one of those that a clean one confirms, and clears nothing."""
        if self.concerns(reading) and not self._is_in_band(reading, baseline):
            self._unclear()
        self._freeze_clear(reading)
        if is_offending and not self.is_on and self.rule.stream is not None:
            self._holds.meet(reading, self.rule.is_guarded)
        else:
            self._holds.freeze(reading, self.rule.is_guarded)

    def clears_by_sample(self, reading: Reading, is_offending: bool, baseline: Baseline) -> bool:
        """For a rule that is on."""
        if self.rule.clear.quiet is not None:
            return False
        if is_offending:
            self.last_offending = reading.at
        if is_offending or not self._is_in_band(reading, baseline):
            self._unclear()
            return False
        if not self._may_clear(reading):
            return False
        hold = self._clears.get(reading.source)
        if hold is None or hold.is_void(reading.at):
            hold = self._clears[reading.source] = Hold(reading.at)
        hold.meet(reading)
        return hold.held >= self.rule.clear.held

    def holds_by_sample(self, reading: Reading, is_offending: bool) -> Hold | None:
        """For a rule that is off: what has been so for long enough in this stream, the oldest of it."""
        if not is_offending:
            self._holds.deny(reading, self.rule.is_guarded)
            return None
        found = self._holds.meet(reading, self.rule.is_guarded)
        assert self.rule.stream is not None
        return next((one for one in found if one.held >= self.rule.stream), None)

    def _is_in_band(self, reading: Reading, baseline: Baseline) -> bool:
        return all(is_met(one, reading, baseline) for one in self.rule.clear.when)

    def _may_clear(self, reading: Reading) -> bool:
        """What is over a worse link, or of no known time, takes nothing from what is surer."""
        return not self._is_guarded_from(reading) and reading.speaks(self.is_fresh)

    # Spots.

    def clears_by_spot(self, reading: Reading, is_offending: bool, baseline: Baseline) -> bool:
        if is_offending:
            self._unclear()
            return False
        if self.rule.clear.not_so:
            return reading.is_valid and self._may_clear(reading)
        if self._kinds.isdisjoint(reading.numbers):
            return False
        if self.rule.clear.quiet is not None or isinstance(self.waiting, OverDays):
            return False
        # Over a worse link nothing is cleared, but what is seen outside the band counts, as in a stream.
        if not self._is_in_band(reading, baseline):
            self._unclear()
            return False
        if not reading.is_valid or not self._may_clear(reading):
            return False
        self._normal.add(reading.id)
        return len(self._normal) >= self.rule.clear.readings

    def note_offence(self, reading: Reading, is_offending: bool) -> None:
        """For a rule that is on, of a valid reading."""
        if not self._is_guarded_from(reading):
            self.offended_at = reading.at if is_offending else None

    def _is_guarded_from(self, reading: Reading) -> bool:
        return self.rule.is_guarded and reading.link < self.link

    # Time.

    @property
    def quiet_since(self) -> int:
        """Nothing of before an episode clears it, so it begins with the episode at the earliest."""
        return max(one for one in (self.last_begin, self.last_offending, 0) if one is not None)

    def due(self) -> int | None:
        dues = [self.waiting.due()] if not self.is_on or isinstance(self.waiting, OverDays) else []
        if self.is_on and self.rule.clear.quiet is not None:
            dues.append(self.quiet_since + self.rule.clear.quiet)
        return min((one for one in dues if one is not None), default=None)

    def is_over(self, at: int, judged: bool, baseline: Baseline) -> bool:
        """For a rule that is on, when something was due."""
        quiet = self.rule.clear.quiet
        if quiet is not None:
            return at - self.quiet_since >= quiet
        average = self.waiting.average if judged and isinstance(self.waiting, OverDays) else None
        return average is not None and all(is_met(one, average, baseline) for one in self.rule.clear.when)


_NOTHING = Baseline()
