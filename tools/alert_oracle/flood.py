# SPDX-License-Identifier: GPL-3.0-or-later
"""A very sick person with badly fitted devices for many days, and what must hold however bad it gets."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

from alert_oracle.comparison import repetitions
from alert_oracle.episode import ENDED, Said
from alert_oracle.pen import CUFF, EAR, FINGER, FIRST_DAY, METER, OXIMETER, STRAP, Pen
from alert_oracle.reading import day_of
from alert_oracle.rules import DIGEST_AT, LATE_CAP, MANNERS, RULES
from alert_oracle.vigilctl import Heard

MINUTE, HOUR, DAY = 60, 3600, 86_400
# A high alert is repeated each five minutes at the most, and then there is what people do and what begins and ends.
MOST_A_DAY_AND_RULE = 24 * 12 + 200
TECHNICAL = {rule.id for rule in RULES if rule.category == "technical"}


def bad_days(days: int, seed: int = 1) -> list[str]:
    pen = Pen(seed, FIRST_DAY)
    pen.control({"settings": {"born": 1938, "conditions": ["heart-failure"], "limits": []}})
    for day in range(days):
        for hour in (6, 16):
            _bout(pen, day * DAY + hour * HOUR)
    pen.lines.append({"tick": DAY * 1000})
    return [json.dumps(line) for line in pen.lines]


def _bout(pen: Pen, begin: int) -> None:
    """An hour or two in which everything happens at once; the rest of the day a box has little to do."""
    pen.wait(begin - pen.second)
    while pen.second < begin + 120 * MINUTE:
        pen.one_of(_fidgety_finger, _fidgety_finger, _fluttering_heart, _pressures, _fevers, _sugars, _stored)(pen)
        if pen.chance(0.1):
            for rule in RULES:
                pen.control({"acknowledge": {"rule": rule.id, "by": "u-1"}})


def _fidgety_finger(pen: Pen) -> None:
    """Around every limit, and off and on again."""
    for _ in range(pen.random.randint(4, 12)):
        level = pen.one_of(82, 86, 89, 90, 91, 92, 93, 94, 95, 97)
        for _ in range(pen.one_of(10, 30, 60)):
            noisy = level + pen.one_of(-2, -1, 0, 0, 1, 2)
            pen.reading({"spo2": noisy, "pulse-rate": 90}, OXIMETER, True,
                        **({"quality": pen.one_of("questionable", "invalid")} if pen.chance(0.03) else {}))
            pen.wait(9)
        pen.wait(pen.one_of(0, 5, 30, 300))
    for _ in range(3):
        pen.reading({"spo2": pen.one_of(85, 91, 93, 96)}, FINGER)
        pen.wait(70)


def _fluttering_heart(pen: Pen) -> None:
    for _ in range(pen.random.randint(2, 8)):
        level = pen.one_of(38, 44, 49, 75, 104, 113, 135)
        for _ in range(pen.one_of(8, 20, 70)):
            pen.reading({"heart-rate": level + pen.one_of(-2, 0, 2)}, STRAP, True)
            pen.wait(9)


def _pressures(pen: Pen) -> None:
    for _ in range(pen.random.randint(1, 6)):
        systolic, diastolic = pen.one_of((190, 122), (184, 111), (166, 102), (128, 70), (88, 50), (100, 62), (120, 105))
        pen.reading({"systolic": systolic, "diastolic": diastolic, "pulse-rate": pen.one_of(70, 115)}, CUFF,
                    status=["irregular-pulse"] if pen.chance(0.4) else [])
        pen.wait(pen.random.randint(60, 500))


def _fevers(pen: Pen) -> None:
    for _ in range(pen.random.randint(2, 6)):
        pen.reading({"body-temperature": pen.one_of(34.8, 36.5, 36.6, 38.2, 39.3)}, EAR)
        pen.wait(pen.random.randint(100, 800))


def _sugars(pen: Pen) -> None:
    for _ in range(pen.random.randint(2, 6)):
        pen.reading({"glucose": pen.one_of(2.7, 3.6, 6.0, 17.0, "pinf")}, METER)
        pen.wait(pen.random.randint(100, 800))


def _stored(pen: Pen) -> None:
    for _ in range(pen.random.randint(1, 30)):
        pen.reading({"systolic": 186, "diastolic": 121}, CUFF, age="late", observedAt=pen.at - 3 * HOUR * 1000)
        pen.wait(pen.one_of(0, 1, 90))


def _is_graver(said: Said, superseded: set[tuple[int, str]]) -> bool:
    """What somebody was told of does not grow worse in silence: the caps do not hold this back."""
    return any((said.at, lesser) in superseded for rule in RULES if rule.id == said.rule for lesser in rule.supersedes)


def broken_promises(heard: Sequence[Heard]) -> list[str]:
    """What went beyond its bounds; nothing where all held."""
    found = [f"{one.said} is repeated, or a second episode of its rule" for one in repetitions(heard)]
    of_rule = Counter((day_of(one.said.at), one.said.rule) for one in heard)
    superseded = {(one.said.at, one.said.rule) for one in heard if one.said.phase == "supersede"}
    started: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one in heard:
        said = one.said
        if said.phase != "start":
            continue
        # A day of the caps begins with its digest.
        day, key = day_of(said.at - DIGEST_AT), (_cap_of(said), said.rule)
        if not _is_graver(said, superseded) and _is_too_many(started[day], *key, said.priority):
            found.append(f"day {day}: {said} is more than a day may have of {key[0]}")
        started[day].append(key)
    found += [f"day {day}: {count} of {rule}" for (day, rule), count in of_rule.items() if count > MOST_A_DAY_AND_RULE]
    return found


def _cap_of(said: Said) -> str:
    if said.rule == "DG-1":
        return "digest"
    if said.state == ENDED:
        return "late"
    return "technical" if said.rule in TECHNICAL else said.priority


def _is_too_many(started: list[tuple[str, str]], cap: str, rule: str, priority: str) -> bool:
    """Stored readings have a cap for each rule; the first start of a medium rule is always told."""
    if cap == "digest":
        return (cap, rule) in started
    if cap == "late":
        return started.count((cap, rule)) >= LATE_CAP
    most = MANNERS[cap].daily_cap
    is_first = priority == "medium" and (cap, rule) not in started
    return most is not None and not is_first and sum(one == cap for one, _ in started) >= most
