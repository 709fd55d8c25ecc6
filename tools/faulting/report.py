# SPDX-License-Identifier: GPL-3.0-or-later
"""What a subcommand says while it runs and at its end."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Report:
    """Counts by row and column, and what went wrong.

    `failures` are sentences: one is enough for exit code 1. `facts` are figures beside the table (`{"seconds": 812}`).
    """

    name: str
    columns: tuple[str, ...]
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    _spoken: float = field(default=0.0, repr=False)

    def count(self, row: str, column: str, number: int = 1) -> None:
        line = self.rows.setdefault(row, dict.fromkeys(self.columns, 0))
        line[column] += number

    def total(self, column: str) -> int:
        return sum(line[column] for line in self.rows.values())

    def fail(self, sentence: str) -> None:
        self.failures.append(sentence)
        self.say(f"FOUND: {sentence}")

    def say(self, text: str) -> None:
        print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    def progress(self, text: str, every: float = 10.0) -> None:
        """Said at most each `every` seconds."""
        if time.monotonic() - self._spoken >= every:
            self._spoken = time.monotonic()
            self.say(text)

    def add(self, other: "Report") -> None:
        """What a worker of its own has counted."""
        for row, line in other.rows.items():
            for column, number in line.items():
                self.count(row, column, number)
        self.failures += other.failures

    def close(self, as_json: bool) -> int:
        """Prints the table or the object; the exit code."""
        totals = {column: self.total(column) for column in self.columns}
        if as_json:
            print(json.dumps({"faults": self.name, "rows": self.rows, "total": totals, "failures": self.failures} | self.facts,
                             ensure_ascii=False))
        else:
            print("\n".join(self._table(totals)))
        sys.stdout.flush()
        return 1 if self.failures else 0

    def _table(self, totals: dict[str, int]) -> list[str]:
        width = max(len(name) for name in [*self.rows, "in all"])
        result = [" ".join([" " * width, *(f"{column:>{max(len(column), 7)}}" for column in self.columns)])]
        for name, line in [*self.rows.items(), ("in all", totals)]:
            result.append(" ".join([f"{name:{width}}", *(f"{line[column]:{max(len(column), 7)}}" for column in self.columns)]))
        result += [f"{name}: {value}" for name, value in self.facts.items()]
        result += [f"FOUND: {sentence}" for sentence in self.failures[:40]]
        result.append(f"{self.name}: {len(self.failures)} failures")
        return result
