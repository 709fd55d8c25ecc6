# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes written to the disk for a reading, at three streams of one value a second.

Counted is `write_bytes` of /proc/PID/io: of the real vigild over some minutes, of the same journal by a clock that runs ahead
until it deletes as much as it takes in, and of a naive program that stores each reading as JSON in a transaction of its own.
The exit code is 1 if Vigil writes more than 1500 bytes for a reading.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from program_build import PRODUCTS, ROOT, BenchError, build, say

MOST = 1500
STREAMS = ("full", "summaries")
# So that a simulated day is enough to reach the state in which as much is deleted as comes in.
KEEP = {"captures-hours": 1, "samples-days": 1}
SIMULATED_HOURS, LAST_HOURS = 30, 4


@dataclass(frozen=True)
class Row:
    name: str
    readings: int
    written: int
    # Somebody else's: nothing is demanded of it.
    is_ours: bool = True

    @property
    def each(self) -> float:
        return self.written / self.readings


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=10, help="how long vigild runs in each way (10)")
    parser.add_argument("--simulated", action="store_true", help="only by the clock that runs ahead")


def run(options: argparse.Namespace) -> int:
    directory = Path(tempfile.mkdtemp(prefix="wear-", dir=ROOT / ".build"))
    try:
        build("vigild", "vigilctl", "vigil-simulation")
        refuse_memory(directory)
        rows = [naive("a commit for each reading", directory, "DELETE"),
                naive("the same with a WAL", directory, "WAL")]
        rows += [simulated(streams, directory) for streams in STREAMS]
        if not options.simulated:
            rows += [real(streams, options.minutes) for streams in STREAMS]
    except BenchError as error:
        say(str(error))
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for line in json_lines(rows) if options.json else table(rows):
        print(line)
    return verdict(rows)


def verdict(rows: list[Row]) -> int:
    return 1 if any(row.is_ours and row.each > MOST for row in rows) else 0


def written(process: int | str) -> int:
    """Bytes that the process has had written to disks so far."""
    lines = Path(f"/proc/{process}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


def refuse_memory(directory: Path) -> None:
    before = written("self")
    with tempfile.TemporaryFile(dir=directory) as file:
        file.write(bytes(65536))
        file.flush()
        os.fsync(file.fileno())
    if written("self") == before:
        raise BenchError(f"{directory} is not on a disk: nothing can be counted there")


def naive(name: str, directory: Path, mode: str, readings: int = 1800) -> Row:
    """What one would write first: a row of JSON for each reading, committed at once."""
    database = sqlite3.connect(directory / f"naive-{mode}.db", isolation_level=None)
    database.execute(f"PRAGMA journal_mode = {mode}")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE reading(id INTEGER PRIMARY KEY, at TEXT, payload TEXT)")
    before = written("self")
    for number in range(readings):
        payload = json.dumps({"device": "d-1", "resident": "r-0001", "receivedAt": f"2026-03-14T08:{number // 60:02}:{number % 60:02}",
                              "values": [{"kind": "heart-rate", "value": 60 + number % 20, "unit": "/min"}]})
        database.execute("INSERT INTO reading(at, payload) VALUES(datetime(), ?)", (payload,))
    database.close()
    return Row(name, readings, written("self") - before, is_ours=False)


def simulated(streams: str, directory: Path) -> Row:
    """The last hours of a day and more, in which what is old is deleted."""
    say(f"simulating {SIMULATED_HOURS} hours, streams: {streams} …")
    config = {"clinic": "c1", "gateway": "gw-1", "zone": "Asia/Shanghai", "streams": streams,
              "broker": {"host": "127.0.0.1", "port": 1, "tls": "off"}, "log": {"level": "error"},
              "storage": {"database": str(directory / f"{streams}.db"), "keep": KEEP},
              "profiles": [str(ROOT / "device-profiles")]}
    path = directory / f"{streams}.yaml"
    path.write_text(yaml.safe_dump(config))
    process = subprocess.Popen([PRODUCTS / "vigil-simulation", "--config", path, "--hours", str(SIMULATED_HOURS),
                                "--taken", "yes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        points: list[tuple[int, int]] = []
        assert process.stdout is not None
        for line in process.stdout:
            message: dict[str, Any] = json.loads(line)
            if message["event"] in ("feeding", "fed"):
                points.append((message["samples"] + message["weighings"], written(process.pid)))
            if message["event"] == "fed":
                break
        else:
            raise BenchError(f"the simulation ended with {process.wait()}")
    finally:
        process.kill()
        process.wait()
    (first, before), (last, after) = points[-1 - LAST_HOURS], points[-1]
    return Row(f"simulated, streams: {streams}, with deletion", last - first, after - before)


def real(streams: str, minutes: float) -> Row:
    """vigild, with a bluetoothd made of Python and a real broker."""
    say(f"vigild, streams: {streams}, {minutes:g} minutes …")
    os.environ["VIGIL_BIN"] = str(PRODUCTS)
    os.environ["TMPDIR"] = str(ROOT / ".build")
    tempfile.tempdir = None
    sys.path[:0] = [str(ROOT / "tools" / "acceptance")]
    import scenarios
    from world import World

    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, 1.0)])
    names = {"strap": scenarios.STRAP, "runner": scenarios.RUNNER, "oximeter": scenarios.OXIMETER}
    world = World([scenarios.strap(every=1.0), scenarios.strap("runner", scenarios.RUNNER, every=1.0), oximeter],
                  config={"streams": streams, "log": {"level": "info"}})
    failed = True
    try:
        world.start()
        for name, address in names.items():
            world.pair(name, address)
        assert world.vigil.process is not None
        sent = [len(world.stage.sent(name)) for name in names]
        before = written(world.vigil.process.pid)
        time.sleep(minutes * 60)
        after = written(world.vigil.process.pid)
        readings = sum(len(world.stage.sent(name)) for name in names) - sum(sent)
        failed = False
    finally:
        world.close(failed)
    return Row(f"vigild, streams: {streams}", readings, after - before)


def json_lines(rows: list[Row]) -> list[str]:
    return [json.dumps({"bench": "wear", "name": row.name, "readings": row.readings, "written": row.written,
                        "bytesPerReading": round(row.each, 1)}) for row in rows]


def table(rows: list[Row]) -> list[str]:
    width = max(len(row.name) for row in rows)
    result = [f"{'':{width}}  readings     written  bytes/reading  of the naive"]
    return result + [f"{row.name:{width}}  {row.readings:8}  {row.written:10}  {row.each:13.0f}  {row.each / rows[0].each:12.1%}"
                     for row in rows]
