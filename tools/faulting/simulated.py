# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway whose hours pass at once, with a broker and a consumer that are there or not: see tools/faulting/simulation."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from processes import Process, free_port
from reference_consumer import Consumer
from waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools" / "benchmarks"))

from program_build import BenchError, build_debug  # noqa: E402
from program_build import build as build_products  # noqa: E402

# The account's word for spot readings.
SCALE = "weighings"
RULES = {"OX-1": {"confirm-seconds": 1, "clear-seconds": 1}, "OX-2": {"enabled": False}, "settle-seconds": 0}
Line = dict[str, Any]


def build(is_debug: bool) -> Path:
    """Builds the simulation, as it would be shipped or as the tests are; where it is then."""
    try:
        return build_debug() if is_debug else build_products("vigil-simulation")
    except BenchError as error:
        sys.exit(f"faults: {error}")


class Simulation:
    """Runs while it is entered. The consumer has been at the broker once, so its session is there."""

    def __init__(self, products: Path, directory: Path, streams: str, hours: int, limit_mib: int | None):
        self.products, self.hours, self.port = products, hours, free_port()
        self.database = directory / "vigil.db"
        storage: dict[str, Any] = {"database": str(self.database)} | ({"limit-mib": limit_mib} if limit_mib else {})
        self.config = directory / "vigil.yaml"
        self.config.write_text(yaml.safe_dump({
            "clinic": "c1", "gateway": "gw-1", "zone": "Asia/Shanghai", "streams": streams, "rules": RULES,
            "broker": {"host": "127.0.0.1", "port": self.port, "tls": "off"}, "storage": storage,
            "receipts": "clinic", "consumer": "archive",
            "profiles": [str(ROOT / "device-profiles")], "log": {"level": "warning"}}))
        conf = directory / "mosquitto.conf"
        # Its own limits: 1000 messages queued for a client, 20 in flight.
        conf.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n"
                        f"persistence_location {directory}/\nlog_type subscribe\nlog_type error\n")
        self.broker = Process("mosquitto", ["mosquitto", "-c", conf], directory / "broker.log")
        self.consumer = Consumer(directory, self.port)
        self.largest = 0
        self.seconds = 0.0
        self.written = 0
        self._lines: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self.alerts: dict[tuple[str, int], int] = {}  # (alert, version) -> nanoseconds when it was on the disk

    def __enter__(self) -> "Simulation":
        self.broker.start()
        self.consumer.start()
        self.broker.wait_for("archive 1 vigil/v1")
        self.broker.stop()
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [self.products / "vigil-simulation", "--config", self.config, "--hours", str(self.hours)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        self.consumer.kill()
        self.broker.kill()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            line = json.loads(text)
            if line["event"] == "alert":
                self.alerts[line["alert"], line["version"]] = line["monotonicNs"]
            else:
                self._lines.put(line)
        self._lines.put(None)

    def next(self) -> Line:
        """What it says next: about the hours, then each second. Looks how large the files are as well."""
        line = self._lines.get(timeout=300)
        if line is None:
            raise RuntimeError(f"vigil-simulation ended with {self.process.wait()}")
        files = [self.database, Path(f"{self.database}-wal")]
        self.largest = max(self.largest, sum(path.stat().st_size for path in files if path.exists()))
        return line

    def feed(self, tell: Callable[[Line], None]) -> Line:
        """Until the hours have passed; the line that says so."""
        while (line := self.next())["event"] != "fed":
            tell(line)
        self.seconds = time.monotonic() - self._began
        figures = Path(f"/proc/{self.process.pid}/io").read_text().split()
        self.written = int(figures[figures.index("write_bytes:") + 1])
        return line

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    @property
    def rss(self) -> int:
        """KiB."""
        figures = Path(f"/proc/{self.process.pid}/status").read_text().split()
        return int(figures[figures.index("VmRSS:") + 1])

    def connect(self) -> None:
        """The broker is there again."""
        self.broker.start()
        eventually(lambda: self.next()["isConnected"], 60, "the gateway is connected")
