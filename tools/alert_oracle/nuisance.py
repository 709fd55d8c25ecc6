# SPDX-License-Identifier: GPL-3.0-or-later
"""How many alerts a person's day gives, by Vigil's rules and by simple thresholds, and what is missed."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from alert_oracle.household import DAY, NOISE, Days, Excursion, Household
from alert_oracle.pen import FIRST_DAY
from alert_oracle.physiology import PEOPLE
from alert_oracle.rules import RULES
from alert_oracle.run import say_to_stderr
from alert_oracle.vigilctl import Heard, play

MOST_DAYS = 10
AIM = 0.60
REFRACTORY = 60
# What may be said after an excursion was over for it to have been told of.
GRACE = 60
# Steps of seriousness, printed limits of the table: (at most or below, at least).
LOW = {"spo2": (94, 92, 89), "systolic": (90,), "heart-rate": (50, 45, 40)}
LOW_2 = {"spo2": (87, 85, 83)}
HIGH = {"systolic": (160, 180), "diastolic": (100, 110, 120), "heart-rate": (101, 111, 131)}


@dataclass
class Result:
    """Of one kind of person."""

    name: str
    days: int = 0
    naive: int = 0
    refractory: int = 0
    vigil: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    # Of these, what came while nothing of that kind was truly the matter.
    false: int = 0
    excursions: int = 0
    # Missed by its own rule while a milder one of the family was on.
    milder: int = 0
    # Told in the next morning's digest, since the day had had its share of such alerts.
    digested: int = 0
    missed: list[Excursion] = field(default_factory=list)

    @property
    def missed_clear(self) -> list[Excursion]:
        return [one for one in self.missed if one.is_clear]

    def reduction(self, before: int) -> float:
        return 1 - self.vigil / before if before else 0.0

    def __add__(self, other: Result) -> Result:
        return Result("all", self.days + other.days, self.naive + other.naive, self.refractory + other.refractory,
                      self.vigil + other.vigil, self.by_rule + other.by_rule, self.false + other.false,
                      self.excursions + other.excursions, self.milder + other.milder,
                      self.digested + other.digested, self.missed + other.missed)


def step_of(variable: str, value: float, is_scale_2: bool) -> int:
    low = LOW_2.get(variable, ()) if is_scale_2 else LOW.get(variable, ())
    return max(sum(value <= one for one in low), sum(value >= one for one in HIGH.get(variable, ())))


def naive(days: Days, refractory: int) -> int:
    """A program that knows the limits and nothing else: it alerts when a value is in a worse band than the one before."""
    steps: dict[str, int] = {}
    told: dict[str, int] = {}
    last = ("", -1)
    count = 0
    is_scale_2 = "scale-2" in days.who.conditions
    for second, variable, value in days.seen:
        step = step_of(variable, value, is_scale_2)
        if step > steps.get(variable, 0) and second - told.get(variable, -refractory) >= refractory:
            # Both pressures of one measurement are one alert.
            count += (variable, second) != ("diastolic", last[1])
            told[variable] = second
            last = (variable, second)
        steps[variable] = step
    return count


def missed(days: Days, heard: Sequence[Heard]) -> list[Excursion]:
    """Excursions in whose course neither their rule nor a more serious one was on."""
    spans = on_spans(heard)
    covering = {rule.id: [rule.id, *(one.id for one in RULES if rule.id in one.supersedes)] for rule in RULES}
    return [one for one in days.excursions
            if not any(first <= one.last + GRACE and last >= one.first
                       for rule in covering[one.rule] for first, last in spans.get(rule, ()))]


def milder(excursions: Sequence[Excursion], heard: Sequence[Heard]) -> int:
    spans = on_spans(heard)
    lesser = {rule.id: rule.supersedes for rule in RULES}
    return sum(any(first <= one.last and last >= one.first for rule in lesser[one.rule] for first, last in spans.get(rule, ()))
               for one in excursions)


def false(days: Days, heard: Sequence[Heard]) -> int:
    """Starts of oxygen's and the heart's rules with no labelled excursion of that variable about them."""
    count = 0
    for one in heard:
        family = one.said.rule[:2]
        second = (one.said.at - FIRST_DAY) // 1000
        if one.said.phase == "start" and family in ("OX", "HR"):
            count += not any(excursion.rule[:2] == family and excursion.first <= second <= excursion.last + GRACE
                             for excursion in days.excursions)
    return count


def is_digested(excursion: Excursion, heard: Sequence[Heard]) -> bool:
    """Only what is low is held back in these days; what is high never is."""
    priority = next(rule.priority for rule in RULES if rule.id == excursion.rule)
    digests = [(one.said.at - FIRST_DAY) // 1000 for one in heard if one.said.rule == "DG-1"]
    return priority == "low" and any(0 <= at - excursion.last <= DAY for at in digests)


def on_spans(heard: Sequence[Heard]) -> dict[str, list[tuple[int, int]]]:
    """By rule, from when to when (seconds) it was on."""
    spans: dict[str, list[tuple[int, int]]] = {}
    since: dict[str, int] = {}
    for one in heard:
        second = (one.said.at - FIRST_DAY) // 1000
        if one.said.phase == "start" and one.said.state == "active":
            since.setdefault(one.said.rule, second)
        elif one.said.phase in ("clear", "end", "supersede") and one.said.rule in since:
            spans.setdefault(one.said.rule, []).append((since.pop(one.said.rule), second))
    for rule, second in since.items():
        spans.setdefault(rule, []).append((second, second + 10**9))
    return spans


def measure(person: int, seed: int, days: int) -> Result:
    home = Household(PEOPLE[person], seed, days).days
    heard = play(home.lines)
    starts = Counter(one.said.rule for one in heard if one.said.phase == "start")
    silent = missed(home, heard)
    not_told = [one for one in silent if not is_digested(one, heard)]
    return Result(home.who.name, days, naive(home, 0), naive(home, REFRACTORY), starts.total(), starts, false(home, heard),
                  len(home.excursions), milder(not_told, heard), len(silent) - len(not_told), not_told)


def run(days: int, seed: int, say: bool = False) -> list[Result]:
    """Person-days are dealt out to the people in turn, at most ten days to each at a time."""
    results = [Result(one.name) for one in PEOPLE]
    left, number = days, 0
    said = time.monotonic()
    while left > 0:
        person = number % len(PEOPLE)
        turn = min(MOST_DAYS, max(1, days // len(PEOPLE)), left)
        one = measure(person, seed * 10_007 + number, turn)
        results[person] = results[person] + one
        results[person].name = one.name
        left, number = left - turn, number + 1
        if say and time.monotonic() - said > 15:
            said = time.monotonic()
            say_to_stderr(f"{days - left} of {days} person-days")
    return [one for one in results if one.days]


def table(results: Sequence[Result]) -> str:
    total = sum(results, Result("all"))
    rows = [f"{'':20} {'days':>5}  alerts a day: {'naive':>6} {'1 min':>6} {'Vigil':>6}  {'fewer':>6} {'fewer':>6}  "
            f"{'false':>6} {'true':>5} {'digest':>6} {'missed':>6}"]
    for one in [*results, total]:
        rows.append(f"{one.name:20} {one.days:>5}                {one.naive / one.days:6.1f} {one.refractory / one.days:6.1f} "
                    f"{one.vigil / one.days:6.1f}  {one.reduction(one.naive):6.0%} {one.reduction(one.refractory):6.0%}  "
                    f"{one.false:>6} {one.excursions:>5} {one.digested:>6} {len(one.missed):>6}")
    return "\n".join(rows)


NOTES = """\
Naive: an alert each time a value is in a worse printed band than the one before it; 1 min: for a variable not more often.
Vigil: every `start`, also that of an episode which nobody had acknowledged yet. Repeats and escalations are not counted, for
they depend on who answers.
False: of Vigil's, what came while nothing of that variable was truly the matter by what the next line calls true.
True: without the device's noise, the signal was beyond the limit for longer than the rule waits while the sensor sat well.
Digest: of those, what came only with the next morning's digest, since the day had had its share of low alerts."""


def summary(results: Sequence[Result]) -> str:
    total = sum(results, Result("all"))
    lines = [NOTES, "By rule: " + ", ".join(f"{rule} {count}" for rule, count in total.by_rule.most_common())]
    for name, before in (("naive thresholds", total.naive), ("thresholds with a minute's pause", total.refractory)):
        word = "reached" if total.reduction(before) >= AIM else "NOT REACHED"
        lines.append(f"{total.reduction(before):.0%} fewer than {name}; the aim of {AIM:.0%} is {word}.")
    for one in results:
        if one.naive and one.reduction(one.naive) < AIM:
            lines.append(f"Below the aim: {one.name}, {one.reduction(one.naive):.0%} fewer than naive.")
    by_rule = ", ".join(f"{rule} {count}" for rule, count in Counter(one.rule for one in total.missed).items())
    lines.append(f"Missed: {len(total.missed)} of {total.excursions} true excursions ({by_rule or 'none'}); "
                 f"in {total.milder} of these a milder rule of the same family was on, and {len(total.missed_clear)} were "
                 f"beyond the limit by more than the {NOISE:g} points that the device is wrong by.")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="alert-oracle nuisance", description="Alerts a day beside simple thresholds.")
    parser.add_argument("--days", type=int, default=40, metavar="N", help="person-days in all")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same days")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    options = parser.parse_args(arguments)
    results = run(options.days, options.seed, say=True)
    if options.json:
        print(json.dumps([asdict(one) for one in results]))
    else:
        print(table(results) + "\n\n" + summary(results))
    total = sum(results, Result("all"))
    return 0 if total.reduction(total.naive) >= AIM and not total.missed_clear else 1
