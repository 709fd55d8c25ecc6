# SPDX-License-Identifier: GPL-3.0-or-later
"""A process under test: its output goes to a file, so that it is there to read after a failure."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from waiting import PATIENCE, eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    def __init__(self, name: str, arguments: list[str | Path], log: Path, environment: dict[str, str] | None = None):
        self.name, self.arguments, self.log = name, [str(item) for item in arguments], log
        self.environment = os.environ | (environment or {})
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        assert not self.running, f"{self.name} is running already"
        with open(self.log, "ab") as output:
            self.start_of_log = output.tell()
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=self.environment)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def descriptors(self) -> int:
        """How many files it has open."""
        assert self.process is not None
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def resident_kib(self) -> int:
        """How much memory it has."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1])

    def output(self, everything: bool = False) -> str:
        """What this life of the process has written; or all lives."""
        if not self.log.exists():
            return ""
        data = self.log.read_bytes()
        return data[0 if everything else self.start_of_log:].decode(errors="replace")

    def wait_for(self, pattern: str, limit: float = 10) -> re.Match[str]:
        def found() -> re.Match[str] | None:
            match = re.search(pattern, self.output(), re.MULTILINE)
            assert match or self.running, f"{self.name} ended with {self.process.returncode}:\n{self.output()[-2000:]}"
            return match
        return eventually(found, limit, lambda: f"`{pattern}` from {self.name}:\n{self.output()[-2000:]}")

    def signal(self, number: signal.Signals) -> None:
        assert self.running, f"{self.name} has ended:\n{self.output()[-2000:]}"
        self.process.send_signal(number)

    def wait(self, limit: float = 10) -> int:
        """The exit code; negative for a signal, as in subprocess."""
        return self.process.wait(limit * PATIENCE)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.running:
            self.process.kill()
            self.process.wait()

    def stop(self, limit: float = 10) -> int:
        """SIGTERM, and the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(limit)
