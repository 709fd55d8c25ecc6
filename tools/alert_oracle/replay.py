# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a trace of one person: its lines in, what is said out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from alert_oracle.book import EpisodeBook
from alert_oracle.detector import Detector, own_rules
from alert_oracle.episode import Pause, Said
from alert_oracle.finding import Finding
from alert_oracle.past import Past
from alert_oracle.reading import MINUTE, SECOND, reading_of, year_of
from alert_oracle.rules import RULES

Line = dict[str, Any]
SIGNS = {"<": "below", "<=": "at-most", ">": "above", ">=": "at-least"}


def number(text: str) -> int | Fraction:
    """Exact; 95.0 is 95."""
    exact = Fraction(text)
    return exact.numerator if exact.denominator == 1 else exact


class Replay:
    """Time goes in steps of a second, from the first line on."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.now = 0
        self.said: list[Said] = []
        self._next_tick = 0
        self._rules = own_rules(RULES, (), None, ())
        self._detector = Detector(self._rules, begin)
        self._book = EpisodeBook(begin)
        self._past = Past()
        # Looking what is due takes longer than a sample, which seldom changes it.
        self._due: int | None = None
        self._is_due_known = False

    def take(self, line: Line) -> None:
        at = self.now + line["tick"] if "tick" in line else line["at"] - self.begin
        self._pass_time(at)
        if "values" in line:
            reading = reading_of(line, self.begin)
            if not self._past.take(reading):
                return
            found = self._detector.read(reading)
            self._is_due_known = self._is_due_known and reading.is_stream and not found
            self._hear(found)
            return
        self._is_due_known = False
        if "acknowledge" in line:
            self.said += self._book.acknowledge(line["acknowledge"]["rule"], at)
        elif "pause" in line:
            self._pause(line["pause"], at)
        elif "settings" in line:
            self._settle(line["settings"], at)
        elif "restart" in line:
            self._restart()

    def _pass_time(self, to: int) -> None:
        while True:
            if not self._is_due_known:
                dues = [one for one in (self._detector.due(), self._book.due()) if one is not None]
                self._due, self._is_due_known = min(dues, default=None), True
            if self._due is None:
                break
            # What a line makes due at once comes with the next second.
            tick = max(-(-self._due // SECOND) * SECOND, self._next_tick)
            if tick > to:
                break
            self.now, self._next_tick, self._is_due_known = tick, tick + SECOND, False
            self._hear(self._detector.pass_time(tick))
            self.said += self._book.pass_time(tick)
            self._detector.shelved = self._book.shelved
        self.now, self._next_tick = to, (to // SECOND + 1) * SECOND

    def _hear(self, findings: list[Finding]) -> None:
        if findings:
            links = {one.rule.id: one.link for one in self._detector.watched}
            for finding in findings:
                self.said += self._book.hear([finding], self.now, links.get(finding.rule.id, 0))

    def _pause(self, pause: Line, at: int) -> None:
        scope, rule, minutes = pause["scope"], pause.get("rule"), pause["minutes"]
        if minutes == 0:
            self.said += self._book.end_pause(scope, rule, at)
        else:
            until = None if minutes is None else at + minutes * MINUTE
            self.said += self._book.begin_pause(Pause(scope, rule, until, at), at)
        self._detector.shelved = self._book.shelved

    def _settle(self, settings: Line, at: int) -> None:
        born = settings.get("born")
        age = None if born is None else year_of(self.begin + at) - born
        limits = [(one["rule"], one["kind"], SIGNS[one["op"]], one["value"]) for one in settings.get("limits", ())]
        self._rules = own_rules(RULES, settings.get("conditions", ()), age, limits)
        self._hear(self._detector.adopt(self._rules))

    def _restart(self) -> None:
        """What the disk has: readings, the open episodes, the pauses, the settings. Nothing is said a second time."""
        open_ones = [one for one in self._book.episodes.values() if not one.is_quiet]
        fresh = {one.rule.id for one in self._detector.watched if one.is_on and one.is_fresh}
        book = EpisodeBook(self.begin)
        book.resume(open_ones, self._book)
        detector = Detector(self._rules, self.begin)
        detector.shelved = book.shelved
        detector.baseline, detector.adds = self._detector.baseline, False
        for reading in self._past.seen(self.now):
            _live(detector, reading.at)
            detector.read(reading)
        _live(detector, self.now)
        detector.adds = True
        detector.restore([(one.rule.id, one.began, one.link, one.priority, one.rule.id in fresh)
                          for one in open_ones if one.is_on])
        self._book, self._detector = book, detector


def _live(detector: Detector, to: int) -> None:
    """Lets time pass without saying anything."""
    while (due := detector.due()) is not None and due <= to:
        detector.pass_time(-(-due // SECOND) * SECOND)


def replay(lines: Iterable[str]) -> list[Said]:
    """Of one person's trace."""
    player: Replay | None = None
    for text in lines:
        line = json.loads(text, parse_float=number)
        if player is None:
            player = Replay(line["at"])
        player.take(line)
    return [] if player is None else player.said
