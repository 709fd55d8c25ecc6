# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's events by hand; times are seconds from the beginning, which is 09:00."""

from __future__ import annotations

import json

from alert_oracle.episode import Said
from alert_oracle.pen import CUFF, FIRST_DAY, OXIMETER, Line, Pen
from alert_oracle.replay import replay

MINUTE, HOUR, DAY = 60, 3600, 86_400


class Story:
    def __init__(self, *conditions: str, born: int | None = None) -> None:
        self.pen = Pen(1, FIRST_DAY + 9 * HOUR * 1000)
        self.pen.control({"settings": {"born": born, "conditions": list(conditions), "limits": []}})

    def spot(self, second: int, source: tuple[str, str] = CUFF, more: Line | None = None, **values: float | str) -> Line:
        """`body_temperature=39.2`; what a line has besides stands in `more`."""
        self.pen.second = second
        named = {kind.replace("_", "-"): value for kind, value in values.items()}
        return self.pen.reading(named, source, **(more or {}))

    def stream(self, first: int, last: int, spo2: float = 97, more: Line | None = None, step: int = 1) -> None:
        for second in range(first, last + 1, step):
            self.pen.second = second
            self.pen.reading({"spo2": spo2}, OXIMETER, True, **(more or {}))

    def heart(self, first: int, last: int, value: float, source: tuple[str, str] = ("d-strap", "2A37")) -> None:
        for second in range(first, last + 1):
            self.pen.second = second
            self.pen.reading({"heart-rate": value}, source, True)

    def control(self, second: int, **line: object) -> None:
        self.pen.second = second
        self.pen.control(line)

    def wait(self, second: int) -> None:
        self.pen.lines.append({"tick": (second - self.pen.second) * 1000})
        self.pen.second = second

    @property
    def texts(self) -> list[str]:
        return [json.dumps(line) for line in self.pen.lines]

    def transitions(self) -> list[Said]:
        return replay(self.texts)

    def said(self, *rules: str) -> list[str]:
        """`90 OX-1 start active` and so on, of these rules or of all."""
        found = [one for one in self.transitions() if not rules or one.rule in rules]
        return [f"{(one.at - self.pen.begin) // 1000} {one.rule} {one.phase} {one.state}" for one in found]
