# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes when a broker is there after days: how fast, in which order, and whether it is everything."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from faulting.simulated import SCALE, Line, Simulation
from reference_consumer import Consumer

LANES = ("alert", "reading")
# While life goes on there is always something on the way.
NEARLY = 40
STALLED_SECONDS = 60.0
# After its end a minute is summed up.
SUMMED_MS = 10_000


@dataclass
class Drain:
    """`seconds` from the connection until the clinic had said that it has what was there then."""

    messages: int = 0
    seconds: float = 0.0
    rss_before: int = 0
    rss_most: int = 0
    alert_seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.messages / self.seconds if self.seconds else 0.0


class AlertListener:
    """A desk that only takes alerts, and notes when."""

    def __init__(self, port: int):
        self.arrived: dict[tuple[str, int], int] = {}
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "desk", protocol=mqtt.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe("vigil/v1/+/+/up/alert/#", qos=1)
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        now = time.monotonic_ns()
        content = json.loads(message.payload)
        self.arrived.setdefault((content["alert"], content["version"]), now)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def take_up(simulation: Simulation, fed: Line, tell: Callable[[str], None]) -> Drain:
    """Lets the broker come back, until the clinic has everything and the gateway knows it."""
    drain = Drain(messages=sum(fed["lastSeq"].values()), rss_before=simulation.rss)
    simulation.connect()
    began, began_ns = time.monotonic(), time.monotonic_ns()
    listener = AlertListener(simulation.port)
    try:
        quiet: dict[str, int] = {}
        best, best_at = -1, began
        while True:
            line = simulation.next()
            drain.rss_most = max(drain.rss_most, simulation.rss)
            delivered = sum(line["delivered"].values())
            if delivered > best:
                best, best_at = delivered, time.monotonic()
            elif time.monotonic() - best_at > STALLED_SECONDS:
                raise RuntimeError(f"nothing more is delivered: {line}")
            tell(f"{delivered} of {sum(line['lastSeq'].values())} delivered, "
                 f"{delivered / (time.monotonic() - began):.0f} a second")
            if not drain.seconds and all(line["delivered"][lane] >= fed["lastSeq"][lane] for lane in LANES):
                drain.seconds = time.monotonic() - began
                ended_ns = time.monotonic_ns()
            if line["event"] == "quiet":
                quiet = line["lastSeq"]
            elif drain.seconds and not quiet and _is_nearly(line) and line["monotonicMs"] > fed["monotonicMs"] + SUMMED_MS:
                simulation.tell("quiet")
            if quiet and line["delivered"] == line["lastSeq"]:
                break
        drain.alert_seconds = [(listener.arrived[key] - at) / 1e9 for key, at in simulation.alerts.items()
                               if key in listener.arrived and began_ns <= at <= ended_ns]
    finally:
        listener.close()
    return drain


def _is_nearly(line: Line) -> bool:
    return all(line["lastSeq"][lane] - line["delivered"][lane] <= NEARLY for lane in LANES)


@dataclass
class Account:
    """What the consumer has, beside what was said while there was no broker."""

    rows: dict[str, dict[str, int]]
    is_complete: bool
    missing: list[Any]


def _of_life_after(message: dict[str, Any], fed: Line) -> bool:
    # A summary's moment is the end of its minute.
    end = fed["monotonicMs"] + (1001 if message["schema"] == "vigil.summary/1" else 1000)
    return bool(message["clock"]["monotonicMs"] >= end)


def account(consumer: Consumer, fed: Line, streams: str) -> Account:
    """Of the hours without a broker: samples, one by one or by the summaries that count them, and weighings."""
    report = consumer.report()
    received: Counter[str] = Counter()
    with closing(sqlite3.connect(consumer.database)) as database:
        doubled = database.execute("SELECT count(*) - count(DISTINCT subject || ' ' || revision) FROM message "
                                   "WHERE subject IS NOT NULL AND topic LIKE '%/up/reading/%'").fetchone()[0]
        for (payload,) in database.execute("SELECT payload FROM newest"):
            message = json.loads(payload)
            if message["schema"] == "vigil.alert/1" or _of_life_after(message, fed):
                continue
            if message["device"]["profile"] == "bluetooth.weight-scale":
                received[SCALE] += 1
            elif message["schema"] == "vigil.summary/1":
                received["summed"] += message["samples"]
            else:
                received["samples"] += 1
    declared = sum(count or 0 for row in report for reason, count in row["lost"].items() if reason != "epoch")
    came = received["summed" if streams == "summaries" else "samples"]
    missing = fed["samples"] - came - declared
    rows = {
        # A sample that is dropped after it was summed up is declared and is no loss.
        "samples": {"said": fed["samples"], "received": came, "declared": declared,
                    "lost": max(0, missing) if streams == "summaries" else missing, "doubled": doubled},
        SCALE: {"said": fed["weighings"], "received": received[SCALE], "declared": 0,
                "lost": fed["weighings"] - received[SCALE], "doubled": 0}}
    return Account(rows, bool(report) and all(row["complete"] for row in report), [row for row in report if row["missing"]])
