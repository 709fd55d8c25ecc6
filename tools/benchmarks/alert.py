# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an alert is on its way: from the deciding reading on the bus to the clinic's subscriber.

A cuff says a high pressure and a normal one in turn, each once, and a rule raises at the first high one. The daemon stores
reading and alert with fsync before it sends, while a backlog of readings drains over the same connection. The time begins just
before the made-up bluetoothd is told to emit the signal, so its own share is in it, and ends when a subscriber of the alerts
alone has the message. Beside it, for the same signals, a Python program commits a row to sqlite3 and publishes with paho-mqtt,
and has nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import drain
from program_build import SCRATCH, BenchError, build, say

PEER = Path(__file__).resolve().parent / "alert_side.py"
RULE = """edition: bench
based-on: cn
version: 1
author: tools/bench
date: 2026-11-22
rules:
  BENCH:
    version: 1
    name: {zh: 测试, en: bench}
    priority: high
    # The second, which never holds, has the message say both pressures.
    when: [{kinds: [systolic], at-least: 200}, {kinds: [diastolic], at-least: 200}]
    confirm: {spot: one}
    clear: {when: [{kinds: [systolic], below: 170}, {kinds: [diastolic], below: 170}], readings: 1}
""" + "".join(f"  {one}: {{enabled: false}}\n" for one in ("BP-1", "BP-2", "BP-3", "BP-4", "BP-4-uncontrolled", "BP-5",
                                                         "BP-6", "BP-7", "IR-1"))
NORMAL, FIRST_HIGH, FIRST_LOW = 130, 200, 60
# Beyond 300 no pressure is believed.
SYSTOLIC = 100


def pressures(number: int) -> tuple[int, int]:
    """Of an alert: systolic and diastolic, no two alike."""
    return FIRST_HIGH + number % SYSTOLIC, FIRST_LOW + number // SYSTOLIC


def number(systolic: int, diastolic: int) -> int:
    return (diastolic - FIRST_LOW) * SYSTOLIC + systolic - FIRST_HIGH


class Arrivals:
    """A subscriber of alerts alone; when each came first, by who sent it."""

    def __init__(self, port: int):
        self.of: dict[str, dict[int, float]] = {"vigil": {}, "python": {}}
        self._process = subprocess.Popen(
            ["mosquitto_sub", "-p", str(port), "-V", "5", "-q", "1", "-i", "bench-alerts", "-t", "vigil/v1/+/+/up/alert/#",
             "-t", "python/alert", "-F", "%t %p"], stdout=subprocess.PIPE)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout:
            now = time.monotonic()
            topic, _, payload = line.partition(b" ")
            message = json.loads(payload)
            if topic == b"python/alert":
                self.of["python"].setdefault(number(*message["pressures"]), now)
            elif message["rule"] == "BENCH" and message["phase"] == "start":
                values = {one["kind"]: int(one["value"]) for one in message["evidence"][0]["values"]}
                self.of["vigil"].setdefault(number(values["systolic"], values["diastolic"]), now)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alerts", type=int, default=1000, help="alerts to raise, at most 1800 (default 1000)")
    parser.add_argument("--rows", type=int, default=100_000, help="readings of the backlog (default 100000)")
    parser.add_argument("--every", type=float, default=0.03, help="seconds between two readings (default 0.03)")


def run(options: argparse.Namespace) -> int:
    if not 1 <= options.alerts <= 1800:
        say("--alerts is 1 to 1800: each has a pressure of its own")
        return 2
    try:
        if "VIGIL_BIN" not in os.environ:
            build("vigild")
            build("vigilctl")
            os.environ["VIGIL_BIN"] = str(SCRATCH / "release")
        sys.path[:0] = [str(drain.TOOLS / "acceptance"), str(drain.TOOLS)]
        found = measure(options.alerts, options.rows, options.every)
    except BenchError as error:
        say(str(error))
        return 1
    print(json.dumps({"bench": "alert"} | found) if options.json else "\n".join(table(found)))
    return 0 if found["missing"] == 0 else 1


def measure(alerts: int, rows: int, every: float) -> dict[str, Any]:
    import scenarios
    from world import World

    directory = Path(tempfile.mkdtemp(prefix="vigil-bench-"))
    rules = directory / "rules.yaml"
    rules.write_text(RULE)
    world = World(devices=[scenarios.cuff()], clinic=False, directory=directory,
                  config={"log": {"level": "notice"}, "streams": "full",
                          "rules": {"file": str(rules)}},
                  mosquitto={"log_type": "error", "autosave_on_changes": None, "autosave_interval": None,
                             "persistence": "false", "persistence_location": None, "max_queued_messages": 0})
    listener, arrivals, peer = drain.Listener(world.broker.port), None, None
    try:
        world.start()
        world.pair("cuff", scenarios.CUFF)
        if world.vigil.stop() != 0:
            raise BenchError("the daemon did not end in order")
        say(f"writing {rows} readings …")
        listener.backlog = drain.fill(world.vigil.database, rows) if rows else range(0)
        listener.start()
        arrivals = Arrivals(world.broker.port)
        peer = subprocess.Popen([sys.executable, str(PEER), world.stage.bus_address, str(world.broker.port),
                                 str(directory / "python.db"), str(FIRST_HIGH)], stdout=subprocess.PIPE, text=True)
        if peer.stdout.readline().strip() != "ready":
            raise BenchError("the Python program did not start")
        world.start()
        world.wait_connected("d-1")
        say(f"{alerts} alerts …")
        sent = play(world.stage, alerts, every)
        draining = listener.latest
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and any(len(one) < alerts for one in arrivals.of.values()):
            time.sleep(0.1)
        during = {value for value, at in sent.items() if at < draining} if listener.missing(listener.backlog) == 0 else set(sent)
        return {
            "alerts": alerts, "missing": alerts - len(arrivals.of["vigil"]), "rows": rows,
            "drained": listener.count, "duringBacklog": len(during),
            "vigil": spread(sent, arrivals.of["vigil"], set(sent)),
            "vigilDuringBacklog": spread(sent, arrivals.of["vigil"], during),
            "python": spread(sent, arrivals.of["python"], set(sent))}
    finally:
        listener.stop()
        if arrivals:
            arrivals.stop()
        if peer:
            peer.kill()
            peer.wait()
        world.close(False)
        shutil.rmtree(directory, ignore_errors=True)


def play(stage: Any, alerts: int, every: float) -> dict[int, float]:
    """When each alert's reading was said."""
    import scenarios

    sent: dict[int, float] = {}
    next_one = time.monotonic()
    for alert in range(alerts):
        for reading in (scenarios.pressure(*pressures(alert)), scenarios.pressure(NORMAL)):
            time.sleep(max(0.0, next_one - time.monotonic()))
            next_one += every
            sent.setdefault(alert, time.monotonic())
            stage.tell(f"notify cuff 2a35 {reading}")
        if alert % 100 == 99:
            say(f"  {alert + 1} of {alerts}")
    return sent


def spread(sent: dict[int, float], came: dict[int, float], which: set[int]) -> dict[str, Any]:
    """Milliseconds."""
    found = sorted((came[value] - sent[value]) * 1000 for value in which if value in came)
    if not found:
        return {"count": 0}
    return {"count": len(found), "p50": round(statistics.median(found), 1),
            "p99": round(found[max(0, -(-len(found) * 99 // 100) - 1)], 1), "max": round(found[-1], 1)}


def table(found: dict[str, Any]) -> list[str]:
    ours, theirs = found["vigil"], found["python"]
    lines = [f"{'milliseconds':28}{'vigild':>10}{'with backlog':>14}{'Python':>10}{'ratio':>8}"]
    for key in ("p50", "p99", "max"):
        ratio = f"{theirs[key] / ours[key]:>7.1f}x" if theirs["count"] and ours["count"] and ours[key] else ""
        lines.append(f"{key:28}{ours.get(key, '-'):>10}{found['vigilDuringBacklog'].get(key, '-'):>14}"
                     f"{theirs.get(key, '-'):>10}{ratio:>8}")
    lines.append(f"{found['alerts']} alerts, {found['missing']} missing; {found['duringBacklog']} of them while "
                 f"{found['rows']:,} readings drained")
    return lines
