# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the lines of a trace while time goes on."""

from __future__ import annotations

import random
from typing import Any

Line = dict[str, Any]
# 2026-03-14 00:00 in Shanghai.
FIRST_DAY = 1_773_417_600_000
OXIMETER, STRAP, CUFF = ("d-oximeter", "2A5F"), ("d-strap", "2A37"), ("d-cuff", "2A35")
FINGER, EAR, METER, SCALES = ("d-oximeter", "2A5E"), ("d-ear", "2A1C"), ("d-meter", "2A18"), ("d-scales", "2A9D")


class Pen:
    def __init__(self, seed: int, begin: int | None = None, resident: str = "r-0001") -> None:
        self.random = random.Random(seed)
        self.resident = resident
        self.second = 0
        self.begin = FIRST_DAY + self.random.randrange(24 * 3600) * 1000 if begin is None else begin
        self.lines: list[Line] = []
        self.samples = 0

    @property
    def at(self) -> int:
        return self.begin + self.second * 1000

    def wait(self, seconds: float) -> None:
        self.second += max(0, int(seconds))

    def reading(self, values: dict[str, float | str], source: tuple[str, str], is_stream: bool = False,
                **more: object) -> Line:
        """A number, or a text for why there is none. `more` replaces or adds fields of the line."""
        line: Line = {
            "at": self.at, "stream": is_stream, "resident": self.resident, "device": source[0], "characteristic": source[1],
            "quality": "valid", "age": "fresh", "observedAt": self.at, "status": [], "link": "authenticated",
            "reading": f"{self.random.getrandbits(128):032x}",
            "values": [{"kind": kind, "absent": value} if isinstance(value, str) else {"kind": kind, "value": value}
                       for kind, value in values.items()]}
        line |= more
        self.lines.append(line)
        self.samples += 1
        return line

    def again(self, line: Line) -> None:
        """The same reading once more, as a device sends it that got no confirmation."""
        self.lines.append(line | {"at": self.at})
        self.samples += 1

    def control(self, line: Line) -> None:
        self.lines.append(line | {"at": self.at, "resident": self.resident})

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def one_of(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def near(self, seconds: int) -> int:
        """About as long as something that is waited for: just not, exactly, or just longer."""
        return max(1, seconds + self.random.choice((-31, -10, -2, -1, 0, 0, 1, 2, 5, 31)))
