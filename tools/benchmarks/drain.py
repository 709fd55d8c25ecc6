# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a backlog of days leaves the box, and what a fresh alert has to wait meanwhile.

The daemon finds a database with so many readings that no broker has had (777,600 are 72 hours of three streams at 1 Hz), a
mosquitto with a subscriber, and an oximeter whose person has an alert each few seconds. Measured are the messages a second
that the subscriber gets, the daemon's processor time for each, its memory, and the time from an alert's commit to its
arrival. Beside it a Python program sends the same messages: paho-mqtt, as many in flight, out of a table of sqlite3 that has
them ready, while the daemon makes each from its rows. The ratios say more than the figures, which are the machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from program_build import ROOT, SCRATCH, BenchError, build, say

TOOLS = ROOT / "tools"
SEQ = re.compile(rb'"seq":(\d+)')
PEER = Path(__file__).resolve().parent / "drain_side.py"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """A process's processor time and memory, from /proc."""

    pid: int
    most: int = 0  # kB

    def look(self) -> int:
        text = Path(f"/proc/{self.pid}/status").read_text()
        now = int(re.search(r"VmRSS:\s+(\d+)", text)[1])
        self.most = max(self.most, now)
        return now

    @property
    def seconds(self) -> float:
        parts = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / TICKS


@dataclass
class Listener:
    """A subscriber: what comes is counted as it comes, a line a message."""

    port: int
    backlog: range = range(0)
    samples: list[tuple[str, bytes]] = field(default_factory=list)
    count: int = 0
    doubled: int = 0
    latest: float = 0.0
    first: float = 0.0
    alerts: list[float] = field(default_factory=list)
    _process: subprocess.Popen | None = None

    def start(self) -> None:
        self._seen = bytearray(1 << 20)
        self._process = subprocess.Popen(
            ["mosquitto_sub", "-p", str(self.port), "-V", "5", "-q", "1", "-i", "bench", "-t", "vigil/v1/#", "-F", "%t %p"],
            stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            topic, _, payload = line.partition(b" ")
            if b"/up/reading/" in topic or (b"/up/gap" in topic and b'"lane":"reading"' in payload):
                seq = int(SEQ.search(payload)[1])
                if seq >= len(self._seen):
                    self._seen.extend(bytes(seq))
                if self._seen[seq]:
                    self.doubled += 1
                    continue
                self._seen[seq] = 1
                if seq in self.backlog:
                    self.count += 1
                    self.latest = time.monotonic()
                    self.first = self.first or self.latest
                if len(self.samples) < 1000 and b"/up/reading/" in topic:
                    self.samples.append((topic.decode(), payload.rstrip(b"\n")))
            elif b"/up/alert/" in topic:
                self.alerts.append(time.time() - committed(json.loads(payload)["at"]))

    def missing(self, backlog: range) -> int:
        return len(backlog) - sum(self._seen[backlog.start:backlog.stop])

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


def committed(at: str) -> float:
    from datetime import datetime
    return datetime.fromisoformat(at).timestamp()


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=777_600, help="readings of the backlog (default 777600)")
    parser.add_argument("--alone", action="store_true", help="without the Python program")
    parser.add_argument("--peer-rows", type=int, default=50_000, help="messages for the Python program (default 50000)")


def run(options: argparse.Namespace) -> int:
    try:
        if "VIGIL_BIN" not in os.environ:
            build("vigild")
            build("vigilctl")
            os.environ["VIGIL_BIN"] = str(SCRATCH / "release")
        sys.path[:0] = [str(TOOLS / "acceptance"), str(TOOLS)]
        ours, samples = measure(options.rows)
        theirs = None if options.alone else measure_peer(samples, options.peer_rows)
    except BenchError as error:
        say(str(error))
        return 1
    if options.json:
        print(json.dumps({"bench": "drain", "vigil": ours, "python": theirs}))
    else:
        print("\n".join(table(ours, theirs)))
    return 0 if ours["missing"] == 0 else 1


# Ours ---------------------------------------------------------------------------------------------------------------


def measure(rows: int) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    import scenarios
    from world import World

    steps = [scenarios.spo2(value, 0.25, count=14) for value in (scenarios.SPO2_97, scenarios.SPO2_86)]
    world = World(devices=[scenarios.oximeter([{"loop": {"steps": steps}}])], clinic=False,
                  config={"log": {"level": "info"}, "streams": "full"},
                  mosquitto={"log_type": "error", "autosave_on_changes": None, "autosave_interval": None,
                             "persistence": "false", "persistence_location": None, "max_queued_messages": 0},
                  directory=Path(tempfile.mkdtemp(prefix="vigil-bench-")))
    listener = Listener(world.broker.port)
    try:
        world.start()
        world.pair("oximeter", scenarios.OXIMETER)
        if world.vigil.stop() != 0:
            raise BenchError("the daemon did not end in order")
        say(f"writing {rows} readings …")
        listener.backlog = fill(world.vigil.database, rows)
        listener.start()
        say("draining …")
        begun = time.monotonic()
        world.start()
        usage = Usage(world.vigil.process.pid)
        memory = [usage.look()]
        while listener.count < rows and time.monotonic() - begun < 60 + rows / 300:
            time.sleep(0.5)
            memory.append(usage.look())
        seconds, processor = listener.latest - listener.first, usage.seconds
        rate = listener.count / seconds if seconds else 0.0
        quarter = max(1, len(memory) // 4)
        return {
            "rows": rows, "missing": listener.missing(listener.backlog), "doubled": listener.doubled, "seconds": round(seconds, 1),
            "rate": round(rate), "microseconds": round(processor / max(1, listener.count) * 1e6, 1),
            # kB
            "memory": {"first": statistics.median(memory[:quarter]), "last": statistics.median(memory[-quarter:]),
                       "most": usage.most},
            "alerts": spread(listener.alerts),
        }, listener.samples
    finally:
        listener.stop()
        world.close(False)


def spread(seconds: list[float]) -> dict[str, Any]:
    found = sorted(seconds)
    if not found:
        return {"count": 0}
    return {"count": len(found), "median": round(statistics.median(found) * 1000, 1), "most": round(found[-1] * 1000, 1)}


def fill(database: Path, rows: int) -> range:
    """Three streams of `rows` samples in all, in the ledger and sent to nobody. Their numbers."""
    with closing(sqlite3.connect(database)) as db, db:
        first = db.execute("SELECT next_seq FROM lane WHERE lane = 1").fetchone()[0]
        base = db.execute("SELECT coalesce(max(id), 0) FROM reading").fetchone()[0]
        boot = db.execute("INSERT INTO boot(uuid) VALUES('00000000-0000-4000-8000-000000000000') RETURNING id").fetchone()[0]
        sources = [db.execute(
            "INSERT INTO source(device, address, model, profile, characteristic, resident, link, purpose, stream)"
            " VALUES(?, ?, 'HR strap', 'bluetooth.heart-rate', '2A37', ?, 'encrypted', 'care', 1) RETURNING id",
            (f"d-9{n}", f"F5:F1:F2:F3:F4:9{n}", f"r-90{n}")).fetchone()[0] for n in range(3)]
        wall = int((time.time() - rows / 3) * 1000)
        db.execute("CREATE TEMP TABLE number(n INTEGER PRIMARY KEY)")
        db.execute("WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ? - 1)"
                   " INSERT INTO number SELECT n FROM c", (rows,))
        has_seq = any(row[1] == "seq" for row in db.execute("PRAGMA table_info(reading)"))
        db.execute(f"""
            INSERT INTO reading(id, source, boot, monotonic_ms, wall_ms, synchronized, observed_ms, clock, age, quality,
              status, content, bytes{', seq' if has_seq else ''})
            SELECT ? + 1 + n, CASE n % 3 WHEN 0 THEN ? WHEN 1 THEN ? ELSE ? END, ?, 10000 + n / 3 * 1000, ? + n / 3 * 1000, 1,
              ? + n / 3 * 1000, 'receipt', 'fresh', 'valid', '',
              'heart-rate=' || (60 + n % 40) || ' rr-interval=' || (700 + n % 300), x'104800B0'
              {', ? + n' if has_seq else ''} FROM number""",
                   (base, *sources, boot, wall, wall, *([first] if has_seq else [])))
        db.execute("INSERT INTO ledger(lane, seq, kind, reference, at_ms) SELECT 1, ? + n, 0, ? + 1 + n, ? + n / 3 * 1000"
                   " FROM number", (first, base, wall))
        db.execute("UPDATE lane SET next_seq = next_seq + ? WHERE lane = 1", (rows,))
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return range(first, first + rows)


# Theirs -------------------------------------------------------------------------------------------------------------


def measure_peer(samples: list[tuple[str, bytes]], rows: int) -> dict[str, Any]:
    from broker import Broker

    directory = Path(tempfile.mkdtemp(prefix="vigil-bench-"))
    database = directory / "outbox.db"
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE outbox(id INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL)")
        db.execute("CREATE TABLE position(id INTEGER NOT NULL)")
        db.execute("INSERT INTO position VALUES(0)")
        db.executemany("INSERT INTO outbox(topic, payload) VALUES(?, ?)", (samples[n % len(samples)] for n in range(rows)))
    broker = Broker(directory / "broker", settings={
        "log_type": "error", "autosave_on_changes": None, "autosave_interval": None, "persistence": "false",
        "persistence_location": None, "max_queued_messages": 0})
    broker.start()
    listener = Listener(broker.port)
    listener.start()
    try:
        say(f"the Python program: {rows} messages …")
        done = subprocess.run([sys.executable, str(PEER), str(database), str(broker.port)], capture_output=True, text=True,
                              timeout=600)
        if done.returncode != 0:
            raise BenchError(f"the Python program failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout)
    finally:
        listener.stop()
        broker.kill()
        shutil.rmtree(directory, ignore_errors=True)


def table(ours: dict[str, Any], theirs: dict[str, Any] | None) -> list[str]:
    lines = [f"{'':28}{'vigild':>12}" + (f"{'Python':>12}{'ratio':>9}" if theirs else "")]

    def line(name: str, mine: float, other: float | None, better: str) -> None:
        text = f"{name:28}{mine:>12,}"
        if theirs and other:
            ratio = mine / other if better == "more" else other / mine
            text += f"{other:>12,}{ratio:>8.1f}x"
        lines.append(text)
    line("messages a second", ours["rate"], theirs and theirs["rate"], "more")
    line("processor, µs a message", ours["microseconds"], theirs and theirs["microseconds"], "less")
    line("memory at most, kB", ours["memory"]["most"], theirs and theirs["memory"], "less")
    lines.append(f"memory, first and last quarter: {ours['memory']['first']:,} and {ours['memory']['last']:,} kB")
    alerts = ours["alerts"]
    if alerts["count"]:
        lines.append(f"{alerts['count']} alert messages from commit to arrival: median {alerts['median']} ms, "
                     f"at most {alerts['most']} ms")
    lines.append(f"{ours['rows']:,} readings in {ours['seconds']} s, {ours['missing']} missing, {ours['doubled']} doubled")
    return lines
