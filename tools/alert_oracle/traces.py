# SPDX-License-Identifier: GPL-3.0-or-later
"""Invents traces: each is one person's, comes from its number alone, and is a list of lines as `vigilctl replay` takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from alert_oracle import doubts, scenes
from alert_oracle.pen import Line, Pen
from alert_oracle.rules import RULES

CONDITIONS: tuple[list[str], ...] = ([], [], [], ["heart-failure"], ["heart-failure"], ["scale-2"], ["scale-2", "oxygen"],
                                     ["scale-2", "oxygen"], ["oxygen"], ["covid-pathway"])
SCENES = (scenes.stream, scenes.stream, scenes.stream, scenes.two_streams, scenes.finger_spots, scenes.every_half_minute,
          scenes.pulse_sessions, scenes.pressures, scenes.pressures, scenes.pressure_sessions, scenes.temperatures,
          scenes.warm_stream, scenes.glucoses, scenes.late_ones, scenes.weights, doubts.gappy_stream, doubts.gappy_stream,
          doubts.doubtful_spots, doubts.doubtful_spots, doubts.ups_and_downs)
GRAVER = tuple(rule.id for rule in RULES if rule.supersedes)
# Stricter ones only: a looser one needs a reason and an end.
LIMITS = (("OX-1", "spo2", "<", 91), ("OX-2", "spo2", "<=", 93), ("HR-1", "heart-rate", ">=", 125),
          ("HR-2", "pulse-rate", "<=", 48), ("BP-1", "systolic", ">=", 175), ("TP-2", "body-temperature", ">=", 37.9),
          ("GL-1", "glucose", "<", 4.2))
LONG_TRACES = 0.08


@dataclass(frozen=True)
class Trace:
    seed: int
    samples: int
    lines: tuple[str, ...]

    def with_lines(self, lines: tuple[str, ...]) -> Trace:
        return Trace(self.seed, sum('"values"' in line for line in lines), lines)


def settings(pen: Pen, conditions: list[str]) -> None:
    own = pen.random.sample(LIMITS, pen.one_of(1, 3)) if pen.chance(0.15) else []
    limits = [{"rule": rule, "kind": kind, "op": sign, "value": value} for rule, kind, sign, value in own]
    settings: Line = {"born": pen.one_of(None, 1940, 1950, 1980), "conditions": conditions, "limits": limits}
    pen.control({"settings": settings})


def action(pen: Pen, conditions: list[str]) -> None:
    """What people and the box do between."""
    which = pen.random.random()
    rule = pen.one_of(pen.one_of(*RULES).id, pen.one_of(*GRAVER))
    if which < 0.45:
        # Whoever acknowledges does so for what may well be open.
        for one in pen.random.sample(RULES, 12):
            pen.control({"acknowledge": {"rule": one.id, "by": pen.one_of("u-1", "u-2")}})
    elif which < 0.60:
        minutes = pen.one_of(1, 5, 30, 120)
        pen.control({"pause": {"scope": "resident", "minutes": minutes, "reason": "care"}})
    elif which < 0.75:
        pen.control({"pause": {"scope": "rule", "rule": rule, "minutes": pen.one_of(5, 30, 600), "reason": "known"}})
    elif which < 0.80:
        pen.control({"pause": {"scope": "resident", "minutes": 0, "reason": "over"}})
    elif which < 0.90:
        pen.control({"restart": True})
    else:
        settings(pen, conditions if pen.chance(0.6) else pen.one_of(*CONDITIONS))


def trace(seed: int, restarts: bool = True) -> Trace:
    pen = Pen(seed)
    conditions = pen.one_of(*CONDITIONS)
    settings(pen, conditions)
    if pen.chance(LONG_TRACES):
        scenes.home_week(pen, conditions)
    most = pen.one_of(150, 400, 800, 1500)
    while pen.samples < most:
        pen.one_of(*SCENES)(pen)
        if pen.chance(0.3):
            action(pen, conditions)
        pen.wait(pen.one_of(0, 0, 5, 40, 100, 200, 400, 600, 1500, 3000))
    # Long enough for what is still due.
    pen.lines.append({"tick": 5 * 3600_000})
    lines = [line for line in pen.lines if restarts or "restart" not in line]
    return Trace(seed, pen.samples, tuple(json.dumps(line, separators=(",", ":")) for line in lines))


def traces(samples: int, seed: int) -> Iterator[Trace]:
    """At least so many samples, from traces of neighbouring seeds."""
    while samples > 0:
        one = trace(seed)
        yield one
        samples -= one.samples
        seed += 1
