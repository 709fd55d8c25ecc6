# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of one alert, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from alert_oracle.rules import MANNERS, Manner, Rule

ACTIVE, ACKNOWLEDGED, CLEARED, PAUSED, ENDED = "active", "acknowledged", "cleared-unacknowledged", "paused", "ended"


@dataclass(frozen=True, order=True)
class Said:
    """One transition that people hear of; `at` is milliseconds since 1970."""

    at: int
    rule: str
    phase: str
    state: str
    priority: str
    level: int


@dataclass
class Pause:
    """`scope` is resident or rule; `until` is None for out of service."""

    scope: str
    rule: str | None
    until: int | None
    began: int = 0

    def covers(self, rule: str) -> bool:
        return self.scope == "resident" or self.rule == rule


@dataclass
class Episode:
    """Open until it is ended. Times are monotonic milliseconds."""

    rule: Rule
    priority: str
    state: str
    since: int
    last_said: int
    # The condition, the last time; a pause or an answer begins nothing. `since` is of what waits for an answer.
    began: int
    level: int = 1
    link: int = 0
    acknowledged_at: int | None = None
    is_quiet: bool = False
    # The pause that people were told of.
    pause: Pause | None = None
    # It waited for an answer when the pause began.
    waited_before: bool = False

    @property
    def manner(self) -> Manner:
        return MANNERS["technical" if self.rule.category == "technical" else self.priority]

    @property
    def is_on(self) -> bool:
        return self.state in (ACTIVE, ACKNOWLEDGED, PAUSED)

    @property
    def escalates_at(self) -> int | None:
        steps = self.manner.escalate
        return self.since + steps[self.level - 1] if self.level <= len(steps) else None

    def due(self) -> int | None:
        if self.is_quiet:
            return None
        if self.state == ACKNOWLEDGED:
            realarm = self.manner.realarm
            return None if realarm is None or self.acknowledged_at is None else self.acknowledged_at + realarm
        if self.state != ACTIVE:
            return None
        again = None if self.manner.again is None else self.last_said + self.manner.again
        return min((one for one in (again, self.escalates_at) if one is not None), default=None)
