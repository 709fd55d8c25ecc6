# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference consumer (tools/consumer) as a clinic runs it, and what it proves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from processes import Process

PROGRAM = Path(__file__).resolve().parents[1] / "consumer" / "vigil_consumer.py"


class Consumer(Process):
    def __init__(self, directory: Path, port: int, name: str = "archive", *more: str):
        self.database = directory / f"{name}.db"
        super().__init__(name, [sys.executable, "-u", PROGRAM, self.database, "--host", "127.0.0.1", "--port", str(port),
                                "--name", name, *more], directory / f"{name}.log")

    def report(self) -> list[dict[str, Any]]:
        """What `--report` says of each lane, also while it runs."""
        done = subprocess.run([sys.executable, PROGRAM, self.database, "--report", "--json"], capture_output=True, text=True,
                              timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def up_to(self, lane: str) -> int:
        """How far a lane of the latest epoch is complete."""
        return next((row["upTo"] for row in reversed(self.report()) if row["lane"] == lane), 0)

    @property
    def is_complete(self) -> bool:
        rows = self.report()
        return bool(rows) and all(row["complete"] for row in rows)
