# SPDX-License-Identifier: GPL-3.0-or-later
"""What people hear of a person's findings: one episode for a rule, told in its manner, within its caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from alert_oracle.episode import ACKNOWLEDGED, ACTIVE, CLEARED, ENDED, PAUSED, Episode, Pause, Said
from alert_oracle.finding import Began, Ended, Finding, Gone, Stored
from alert_oracle.reading import DAY, ZONE, day_of
from alert_oracle.rules import DIGEST_AT, LATE_CAP, MANNERS

FOREVER = 1 << 62


class EpisodeBook:
    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.episodes: dict[str, Episode] = {}
        self.pauses: list[Pause] = []
        # A day of the caps begins when the digest of the one before is due.
        self._day: int | None = None
        self._told: Counter[tuple[str, str]] = Counter()
        # What the next digest counts.
        self._held_back: Counter[str] = Counter()
        # When that is told, and what is quiet may be; a finding of the same moment does not put it off.
        self._ends_at: int | None = None

    def resume(self, episodes: Sequence[Episode], before: EpisodeBook) -> None:
        """After a restart; who was quiet is not known any more."""
        self.episodes = {one.rule.id: one for one in episodes if not one.is_quiet}
        self.pauses = list(before.pauses)
        self._day, self._told = before._day, before._told
        self._held_back, self._ends_at = before._held_back, before._ends_at

    @property
    def shelved(self) -> frozenset[str]:
        """The rules with a pause of their own."""
        return frozenset(one.rule for one in self.pauses if one.scope == "rule" and one.rule is not None)

    # What the detector found.

    def hear(self, findings: Sequence[Finding], at: int, link: int) -> list[Said]:
        said: list[Said] = []
        for finding in findings:
            if isinstance(finding, Began):
                said += self._began(finding, at, link)
            elif isinstance(finding, Ended):
                said += self._ended(finding.rule.id, at)
            elif isinstance(finding, Gone):
                said += self._gone(finding.rule.id, at)
            else:
                said += self._stored(finding, at)
        return said

    def _began(self, began: Began, at: int, link: int) -> list[Said]:
        rule = began.rule
        pause = self._longest_pause(rule.id)
        # What somebody was told of does not grow worse in silence.
        is_known = any(self._is_told(one) for one in (rule.id, *began.superseded))
        episode = self.episodes.get(rule.id)
        # Again while nobody has answered is no new wait: its time and level go on.
        if episode is None or episode.state != CLEARED:
            episode = self.episodes[rule.id] = Episode(rule, began.priority, ACTIVE, at, at, at)
        episode.priority, episode.link, episode.began = began.priority, link, at
        episode.state, episode.acknowledged_at, episode.is_quiet = ACTIVE if pause is None else PAUSED, None, False
        episode.pause, episode.waited_before = pause, False
        if pause is not None:
            said = [self._say(episode, "pause", at)]
        elif self._may_tell(episode, at, is_known):
            said = [self._say(episode, "start", at)]
        else:
            episode.is_quiet = True
            self._hold_back(rule.id, at)
            said = []
        for lesser in began.superseded:
            said += self._superseded(lesser, at)
        return said

    def _is_told(self, rule: str) -> bool:
        episode = self.episodes.get(rule)
        return episode is not None and episode.is_on and not episode.is_quiet

    def _superseded(self, rule: str, at: int) -> list[Said]:
        episode = self.episodes.get(rule)
        if episode is None or episode.state == CLEARED:
            return []
        return self._close(episode, "supersede", at)

    def _ended(self, rule: str, at: int) -> list[Said]:
        episode = self.episodes.get(rule)
        if episode is None or not episode.is_on:
            return []
        is_waiting = episode.state == PAUSED and episode.waited_before and episode.acknowledged_at is None
        if episode.manner.latches and not episode.is_quiet and (episode.state == ACTIVE or is_waiting):
            episode.state = CLEARED
            return [self._say(episode, "clear", at)]
        return self._close(episode, "clear" if episode.state == ACTIVE else "end", at)

    def _gone(self, rule: str, at: int) -> list[Said]:
        """Nothing has cleared, so there is nothing to latch."""
        episode = self.episodes.get(rule)
        return [] if episode is None or not episode.is_on else self._close(episode, "end", at)

    def _close(self, episode: Episode, phase: str, at: int) -> list[Said]:
        del self.episodes[episode.rule.id]
        episode.state = ENDED
        return [] if episode.is_quiet else [self._say(episode, phase, at)]

    def _stored(self, stored: Stored, at: int) -> list[Said]:
        rule = stored.rule.id
        self._turn_day(at)
        if self._told["late", rule] >= LATE_CAP or self._is_paused(rule):
            self._hold_back(rule, at)
            return []
        self._told["late", rule] += 1
        return [Said(self.begin + at, rule, "start", ENDED, "low", 1)]

    # What people do.

    def acknowledge(self, rule: str, at: int) -> list[Said]:
        episode = self.episodes.get(rule)
        if episode is None or episode.is_quiet or episode.acknowledged_at is not None:
            return []
        if episode.state == CLEARED:
            return self._close(episode, "acknowledge", at)
        episode.acknowledged_at = at
        if episode.state == ACTIVE:
            episode.state = ACKNOWLEDGED
        return [self._say(episode, "acknowledge", at)]

    def begin_pause(self, pause: Pause, at: int) -> list[Said]:
        self.pauses = [one for one in self.pauses if (one.scope, one.rule) != (pause.scope, pause.rule)] + [pause]
        return self._follow_pauses(at)

    def end_pause(self, scope: str, rule: str | None, at: int) -> list[Said]:
        self.pauses = [one for one in self.pauses if (one.scope, one.rule) != (scope, rule)]
        return self._follow_pauses(at)

    def _follow_pauses(self, at: int) -> list[Said]:
        """Of the pauses that concern an episode people are told of the longest, when it is another one than before."""
        said = []
        for episode in self._in_order():
            pause = self._longest_pause(episode.rule.id)
            if not episode.is_on or episode.is_quiet or episode.pause is pause:
                continue
            episode.pause = pause
            if pause is not None:
                episode.waited_before = episode.waited_before or episode.state == ACTIVE or episode.began < pause.began
                episode.state = PAUSED
                said.append(self._say(episode, "pause", at))
            else:
                if episode.acknowledged_at is None:
                    episode.state, episode.since = ACTIVE, at
                else:
                    episode.state, episode.acknowledged_at = ACKNOWLEDGED, at
                said.append(self._say(episode, "resume", at))
        return said

    def _longest_pause(self, rule: str) -> Pause | None:
        """Of two that end together the later one, whose reason is news."""
        found = [one for one in self.pauses if one.covers(rule)]
        return max(reversed(found), key=lambda one: FOREVER if one.until is None else one.until, default=None)

    def _is_paused(self, rule: str) -> bool:
        return self._longest_pause(rule) is not None

    # Time.

    def due(self) -> int | None:
        dues = [one.due() for one in self.episodes.values()] + [one.until for one in self.pauses]
        dues.append(self._ends_at)
        return min((one for one in dues if one is not None), default=None)

    def pass_time(self, at: int) -> list[Said]:
        said: list[Said] = []
        if any(one.until is not None and one.until <= at for one in self.pauses):
            self.pauses = [one for one in self.pauses if one.until is None or one.until > at]
            said += self._follow_pauses(at)
        is_day_over = self._ends_at is not None and self._ends_at <= at
        if is_day_over:
            said += self._tell_the_quiet(at)
            self._ends_at = self._next_day(at) if any(one.is_quiet for one in self._in_order()) else None
        for episode in self._in_order():
            due = episode.due()
            if due is not None and due <= at:
                said += self._remind(episode, at)
        if is_day_over and self._held_back:
            self._held_back = Counter()
            said.append(Said(self.begin + at, "DG-1", "start", ENDED, "low", 1))
        return said

    def _remind(self, episode: Episode, at: int) -> list[Said]:
        if episode.state == ACKNOWLEDGED:
            episode.state, episode.acknowledged_at, episode.since, episode.level = ACTIVE, None, at, 1
            return [self._say(episode, "continue", at)]
        said = []
        while (escalates_at := episode.escalates_at) is not None and escalates_at <= at:
            episode.level += 1
            said.append(self._say(episode, "escalate", at))
        return said or [self._say(episode, "continue", at)]

    def _tell_the_quiet(self, at: int) -> list[Said]:
        """A new day has room for what was held back and is still so; the digest need not count it then."""
        self._turn_day(at)
        said = []
        for episode in self._in_order():
            if episode.is_quiet and not self._is_paused(episode.rule.id) and self._may_tell(episode, at):
                episode.is_quiet, episode.since = False, at
                self._held_back -= Counter([episode.rule.id])
                said.append(self._say(episode, "start", at))
        return said

    # Caps.

    def _turn_day(self, at: int) -> None:
        day = day_of(self.begin + at - DIGEST_AT)
        if day != self._day:
            self._day, self._told = day, Counter()

    def _may_tell(self, episode: Episode, at: int, is_known: bool = False) -> bool:
        self._turn_day(at)
        rule = episode.rule.id
        manner = "technical" if episode.rule.category == "technical" else episode.priority
        cap = MANNERS[manner].daily_cap
        is_first = episode.priority == "medium" and not self._told[manner, rule]
        is_full = cap is not None and sum(count for (one, _), count in self._told.items() if one == manner) >= cap
        if is_full and not is_known and not is_first:
            return False
        self._told[manner, rule] += 1
        return True

    def _hold_back(self, rule: str, at: int) -> None:
        self._held_back[rule] += 1
        if self._ends_at is None:
            self._ends_at = self._next_day(at)

    def _next_day(self, at: int) -> int:
        return (day_of(self.begin + at - DIGEST_AT) + 1) * DAY + DIGEST_AT - ZONE - self.begin

    def _in_order(self) -> list[Episode]:
        return list(self.episodes.values())

    def _say(self, episode: Episode, phase: str, at: int) -> Said:
        episode.last_said = at
        return Said(self.begin + at, episode.rule.id, phase, episode.state, episode.priority, episode.level)
