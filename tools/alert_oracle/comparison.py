# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what Vigil said to what was to be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from alert_oracle.episode import ENDED, Said
from alert_oracle.vigilctl import Heard


@dataclass
class Tally:
    """Of one rule. `episodes` were to be told; the rest is transitions."""

    episodes: int = 0
    said: int = 0
    missed: int = 0
    spurious: int = 0
    repeated: int = 0

    @property
    def is_well(self) -> bool:
        return not (self.missed or self.spurious or self.repeated)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.episodes + other.episodes, self.said + other.said, self.missed + other.missed,
                     self.spurious + other.spurious, self.repeated + other.repeated)


@dataclass
class Verdict:
    missed: list[Said] = field(default_factory=list)
    spurious: list[Said] = field(default_factory=list)
    repeated: list[Heard] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.missed or self.spurious or self.repeated)

    @property
    def first(self) -> tuple[str, str, str] | None:
        """What differs first, without its time: by this a shrunk trace is still about the same."""
        found = [(one.at, "missed", one) for one in self.missed] + [(one.at, "spurious", one) for one in self.spurious]
        found += [(one.said.at, "repeated", one.said) for one in self.repeated]
        if not found:
            return None
        _, what, said = min(found, key=lambda one: one[0])
        return what, said.rule, said.phase


def judge(expected: Sequence[Said], heard: Sequence[Heard]) -> Verdict:
    """What happens in one moment has no order."""
    wanted, got = Counter(expected), Counter(one.said for one in heard)
    return Verdict(sorted((wanted - got).elements()), sorted((got - wanted).elements()), repetitions(heard))


def repetitions(heard: Iterable[Heard]) -> list[Heard]:
    """The same version twice, or a version that does not follow, or a second open episode of a rule."""
    found: list[Heard] = []
    versions: dict[str, int] = {}
    open_of: dict[str, str] = {}
    for one in heard:
        is_news = one.said.phase == "start" and one.said.state == ENDED
        last = versions.get(one.alert, 0)
        if one.version != last + 1 or (not is_news and open_of.get(one.said.rule, one.alert) != one.alert):
            found.append(one)
        versions[one.alert] = max(last, one.version)
        if is_news:
            continue
        open_of[one.said.rule] = one.alert
        if one.said.state == ENDED:
            del open_of[one.said.rule]
    return found


def tallies(expected: Sequence[Said], verdict: Verdict) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for one in expected:
        tally = found.setdefault(one.rule, Tally())
        tally.said += 1
        tally.episodes += one.phase == "start"
    for one in verdict.missed:
        found.setdefault(one.rule, Tally()).missed += 1
    for one in verdict.spurious:
        found.setdefault(one.rule, Tally()).spurious += 1
    for heard in verdict.repeated:
        found.setdefault(heard.said.rule, Tally()).repeated += 1
    return found


def shrink(lines: Sequence[str], still_differs: Callable[[Sequence[str]], bool], most_tries: int = 400) -> list[str]:
    """Drops lines, many at once at first, as long as it still differs. The first line stays: time begins with it."""
    kept = list(lines)
    size = max(1, len(kept) // 2)
    while most_tries > 0:
        at, has_dropped = 1, False
        while at < len(kept) and most_tries > 0:
            fewer = kept[:at] + kept[at + size:]
            most_tries -= 1
            if len(fewer) < len(kept) and still_differs(fewer):
                kept, has_dropped = fewer, True
            else:
                at += size
        if size == 1 and not has_dropped:
            break
        size = max(1, size // 2)
    return kept
