# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl watch --clinic --json`, followed as another program would."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from processes import Process
from vigil import BIN, CLINIC
from waiting import PATIENCE, eventually

Message = dict[str, Any]


class Desk(Process):
    """The program as another program follows it: the open alerts and the gateways, out of its lines alone."""

    def __init__(self, directory: Path, broker: dict[str, Any], *arguments: str, clinic: str = CLINIC, lang: str = "en",
                 name: str = "desk", **more: Any):
        self.errors = directory / f"{name}.err"
        config = directory / f"{name}.yaml"
        config.write_text(yaml.safe_dump({"clinic": clinic, "broker": broker} | more))
        super().__init__(name, [BIN / "vigilctl", "watch", "--clinic", "--config", config, "--lang", lang,
                                *(arguments or ["--json"])], directory / f"{name}.out")

    def start(self) -> None:
        with open(self.log, "ab") as output, open(self.errors, "ab") as errors:
            self.start_of_log = output.tell()
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                            env=self.environment)

    @property
    def lines(self) -> list[Message]:
        return [json.loads(line) for line in self.output().splitlines(keepends=True) if line.endswith("\n")]

    @property
    def remarks(self) -> str:
        return self.errors.read_text() if self.errors.exists() else ""

    @property
    def open(self) -> dict[tuple[str, str], Message]:
        found: dict[tuple[str, str], Message] = {}
        for line in self.lines:
            if line["event"] == "alert":
                key = line["gateway"], line["alert"]
                if line["open"]:
                    found[key] = line
                else:
                    del found[key]  # what ends was open before
        return found

    @property
    def gateways(self) -> dict[str, str]:
        return {line["gateway"]: line["state"] for line in self.lines if line["event"] == "gateway"}

    def wait(self, condition: Callable[[], Any], limit: float, what: str) -> Any:
        def checked() -> Any:
            assert self.running, f"the desk ended with {self.process.returncode}:\n{self.remarks[-2000:]}"
            return condition()
        return eventually(checked, limit, lambda: f"{what}:\n{self.output()[-3000:]}\n{self.remarks[-1000:]}")

    def wait_connected(self, limit: float = 10) -> None:
        self.wait(lambda: [one for one in self.lines if one["event"] == "broker"][-1:] and
                  [one for one in self.lines if one["event"] == "broker"][-1]["state"] == "connected", limit, "connected")

    def finish(self) -> None:
        """Ctrl-C is how it ends, and nothing of Swift's shows."""
        self.signal(signal.SIGINT)
        assert self.wait_exit() == 0
        for bad in ("Fatal error", "Thread 0", "Optional(", "Error("):
            assert bad not in self.output(True) + self.remarks

    def wait_exit(self) -> int:
        return self.process.wait(10 * PATIENCE)
