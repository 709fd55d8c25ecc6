# SPDX-License-Identifier: GPL-3.0-or-later
"""Damages the database in every way, and counts what the clinic gets that is wrong or gone without a word.

A real daemon with three devices makes a database: a part is delivered, then the broker is away. Its files are kept once after
an orderly end, and once more, later, as a SIGKILL leaves them with their log. Each run damages a copy, starts the daemon on it with
a broker and a subscriber of its own, and holds it to this:

  failed   it is ready within 10 s, by itself; what was set aside is what it was, octet for octet
  wrong    whatever arrives is a reading or an alert as it was; no number of an epoch stands for two things
  silent   whatever was not delivered arrives, or as many are declared by gaps (or by one that says it cannot know)

With VIGIL_KEEP=FOLDER what was found is kept there. `whole` counts the runs whose damage changed nothing that matters: the database was opened as it is.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import Broker
from faulting import household, workers
from faulting.report import Report
from subscriber import Subscriber
from vigil import CLINIC, Vigild
from waiting import PATIENCE, TooLate
from world import World

COLUMNS = ("runs", "set aside", "whole", "failed", "wrong", "silent", "devices lost", "open alerts lost")
START_SECONDS = 10.0
MAKING_SECONDS = 12.0
BOX = 25
FILES = ("", "-wal", ".epochs")
# What of a message is the reading or the alert itself, whatever it is sent in.
READING = ("reading", "revision", "state", "purpose", "resident", "device", "observedAt", "receivedAt", "clock", "quality",
           "status", "values", "from", "to", "coveredSeconds")
ALERT = ("alert", "version", "phase", "state", "resident", "rule", "priority", "limits", "evidence", "raisedAt", "text")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=500, help="how often (default 500)")
    parser.add_argument("--jobs", type=int, default=2, help="boxes side by side (default 2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(WAYS), help="only this way of damage")


# Damage ---------------------------------------------------------------------------------------------------------------

@dataclass
class Files:
    """The octets of a database and of its log."""

    database: bytearray
    log: bytearray


def _flip(files: Files, chance: random.Random) -> None:
    part = chance.choices((files.database, files.log), (len(files.database), len(files.log)))[0]
    part[chance.randrange(len(part))] ^= chance.randrange(1, 256)


def _flips(files: Files, chance: random.Random) -> None:
    for _ in range(chance.randrange(2, 20)):
        _flip(files, chance)


def _sector(files: Files, chance: random.Random) -> None:
    at = chance.randrange(len(files.database) // 512) * 512
    files.database[at:at + 512] = chance.choice((bytes(512), chance.randbytes(512)))


def _page(files: Files, chance: random.Random) -> None:
    at = chance.randrange(len(files.database) // 4096) * 4096
    files.database[at:at + 4096] = chance.choice((bytes(4096), chance.randbytes(4096)))


def _truncated(files: Files, chance: random.Random) -> None:
    del files.database[chance.randrange(1, len(files.database)):]


def _other(content: Callable[[random.Random], bytes]) -> Callable[[Files, random.Random], None]:
    def replace(files: Files, chance: random.Random) -> None:
        files.database[:] = content(chance)
        files.log.clear()
    return replace


def _foreign(chance: random.Random) -> bytes:
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE track(id INTEGER PRIMARY KEY, name TEXT)")
        other.executemany("INSERT INTO track(name) VALUES(?)", [(str(chance.random()),) for _ in range(50)])
        other.commit()
        return other.serialize()


WAYS: dict[str, tuple[int, Callable[[Files, random.Random], None]]] = {
    "one octet": (60, _flip),
    "some octets": (12, _flips),
    "a sector": (7, _sector),
    "a page": (7, _page),
    "truncated": (8, _truncated),
    "empty": (2, _other(lambda chance: b"")),
    "text": (2, _other(lambda chance: b"gateway: gw-1\n" * chance.randrange(1, 500))),
    "another program's": (2, _other(_foreign)),
}


# The database ---------------------------------------------------------------------------------------------------------

@dataclass
class Truth:
    """What a clinic with everything has, and what of it was not delivered when the files were kept."""

    epoch: str
    readings: dict[str, dict[str, Any]]
    alerts: dict[tuple[str, int], dict[str, Any]]
    ids: dict[tuple[str, int], str]
    waiting_readings: set[str]
    waiting_alerts: set[tuple[str, int]]
    devices: list[tuple]
    open_alerts: int


def make(folder: Path) -> None:
    """Leaves `killed` and `closed` in the folder, each with the database's files."""
    world = household.make_world("full")
    try:
        clinic = world.clinic
        assert clinic is not None
        clinic.wait(lambda: clinic.phases("start"), 30, "an alert")
        time.sleep(MAKING_SECONDS / 2)  # so that something counts as delivered
        world.broker.kill()
        more(world)
        assert world.vigil.stop() == 0
        keep(world.vigil.database, folder / "closed")
        world.vigil.start()
        more(world)
        world.vigil.kill()
        keep(world.vigil.database, folder / "killed")
    finally:
        world.close(False)


def more(world: World) -> None:
    """Some seconds of everything."""
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + int(MAKING_SECONDS / 2 / 0.1), 60)


def keep(database: Path, folder: Path) -> None:
    folder.mkdir()
    for suffix in FILES:
        if (source := database.with_name(database.name + suffix)).exists():
            shutil.copy(source, folder / source.name)


def rows(database: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


DEVICES = "SELECT id, address, resident FROM device WHERE forgotten = 0"
OPEN_ALERTS = """SELECT count(*) FROM alert a WHERE state <> 'ended' AND category = 'physiological'
                 AND version = (SELECT max(version) FROM alert x WHERE x.alert = a.alert)"""


def part(message: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: message[key] for key in keys if key in message}


class Box:
    """A broker, and the daemon that is started on one database after another."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vigil-corrupt-"))
        self.broker = Broker(self.folder / "broker")
        self.broker.start()
        self.number = 0

    def close(self) -> None:
        self.broker.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def life(self, files: Path) -> "Life":
        self.number += 1
        folder = self.folder / f"run-{self.number}"
        shutil.copytree(files, folder)
        gateway = f"gw-{self.number}"
        return Life(self, folder, gateway)


class Life:
    """One daemon on one database, from its start until all has arrived."""

    def __init__(self, box: Box, folder: Path, gateway: str):
        self.clinic = Subscriber(box.broker.port, (f"vigil/v1/{CLINIC}/{gateway}/up/#",), f"desk-{gateway}")
        settings = {"host": "127.0.0.1", "port": box.broker.port, "tls": "off"}
        self.vigil = Vigild(folder, f"unix:path={folder}/no-bus", settings, gateway=gateway, streams="full",
                            rules=household.RULES)
        self.seconds = 0.0

    def run(self) -> None:
        """Starts, waits until all that there is has come, and stops."""
        try:
            began = time.monotonic()
            self.vigil.start()
            self.seconds = time.monotonic() - began
            self.clinic.wait(self._is_all_there, 90, lambda: f"everything comes: {self.clinic.messages('health')[-1:]}")
            assert self.vigil.stop(20) == 0
            assert self.complete(), "numbers are missing after an orderly end"
        finally:
            self.vigil.kill()
            self.clinic.close()

    def _is_all_there(self) -> bool:
        """By the gateway's first `health`, which says the last number of each lane and how many wait."""
        health = self.clinic.messages("health")
        with self.clinic._lock:
            seen = {key.lane: series.highest for key, series in self.clinic.ledger.lanes.items()}
        return bool(health) and all(one["waiting"] == 0 or seen.get(one["lane"], 0) >= one["lastSeq"]
                                    for one in health[0]["health"]["queues"])

    def complete(self) -> bool:
        """Whether each number from the first that came up to the last that was given out has come."""
        following = dict(rows(self.vigil.database, "SELECT lane, next_seq FROM lane"))
        epoch = self.epoch
        seen = {key.lane: lane.seen for key, lane in self.clinic.ledger.lanes.items() if key.epoch == epoch}
        return all(following[number] - 1 in seen.get(name, set()) or self._is_delivered(number)
                   for number, name in ((0, "alert"), (1, "reading")))

    def _is_delivered(self, lane: int) -> bool:
        return rows(self.vigil.database, f"SELECT next_seq - 1 <= delivered FROM lane WHERE lane = {lane}") == [(1,)]

    @property
    def epoch(self) -> str:
        return rows(self.vigil.database, "SELECT value FROM meta WHERE key = 'epoch'")[0][0]

    def readings(self) -> dict[str, dict[str, Any]]:
        return {one["reading"]: part(one, READING) for one in self.clinic.ledger.readings.values()}

    def alerts(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Those of people: a technical one may be raised at any start."""
        return {(one["alert"], one["version"]): part(one, ALERT) for one in self.clinic.ledger.transitions
                if one["category"] == "physiological"}


def truth_of(box: Box, files: Path) -> Truth:
    """What an undamaged database sends, and what there is in it besides."""
    database = files / "vigil.db"
    shutil.copytree(files, look := box.folder / "look", dirs_exist_ok=True)
    life = box.life(files)
    life.run()
    waiting_readings, waiting_alerts = life.readings(), life.alerts()
    ids = {(key, one["seq"]): one["id"] for key in ("reading", "alert") for one in life.clinic.messages(key)
           if one["seq"] is not None}
    # The same once more with nothing delivered: every reading there is, as the clinic has it.
    with closing(sqlite3.connect(look / database.name)) as connection:
        connection.execute("UPDATE lane SET delivered = 0, accepted = 0")
        connection.commit()
    everything = box.life(look)
    everything.run()
    return Truth(
        epoch=life.epoch, readings=everything.readings(), alerts=everything.alerts(), ids=ids,
        waiting_readings=set(waiting_readings), waiting_alerts=set(waiting_alerts),
        devices=rows(look / database.name, DEVICES), open_alerts=rows(look / database.name, OPEN_ALERTS)[0][0])


# A run ----------------------------------------------------------------------------------------------------------------

def judge(life: Life, truth: Truth, damaged: Files) -> tuple[list[str], list[str], list[str], bool]:
    """What failed, what is wrong, what is missing without a word; and whether the database was set aside."""
    failed: list[str] = []
    aside = life.vigil.database.with_name("vigil.db.damaged-1")
    if life.seconds > START_SECONDS * PATIENCE:
        failed.append(f"ready after {life.seconds:.1f} s")
    if aside.exists():
        if aside.read_bytes() != damaged.database:
            failed.append("what was set aside was changed")
        log = aside.with_name(aside.name + "-wal")
        if damaged.log and (not log.exists() or log.read_bytes() != damaged.log):
            failed.append("the log that was set aside was changed")
        begun = [one for one in life.clinic.ledger.gaps if one["reason"] == "epoch" and one["epoch"] == life.epoch]
        if [one["previousEpoch"] for one in begun] != [truth.epoch] * 2:
            failed.append(f"the epoch before is not named: {begun}")
    wrong = list(life.clinic.ledger.complaints)
    silent: list[str] = []
    for lane, came, known, waiting in (("reading", life.readings(), truth.readings, truth.waiting_readings),
                                       ("alert", life.alerts(), truth.alerts, truth.waiting_alerts)):
        wrong += [f"{lane} {key} is {one}, was {known.get(key)}" for key, one in came.items() if known.get(key) != one]
        gaps = [one for one in life.clinic.ledger.gaps if one["lane"] == lane and one["reason"] != "epoch"]
        if missing := waiting - set(came):
            counts = [one["count"] for one in gaps]
            if None not in counts and sum(counts) < len(missing):
                silent.append(f"{len(missing)} of lane {lane} are missing, {counts} declared")
    if life.epoch == truth.epoch:
        for key in ("reading", "alert"):
            wrong += [f"{key} {one['seq']} stands for two things" for one in life.clinic.messages(key)
                      if truth.ids.get((key, one["seq"]), one["id"]) != one["id"] and one["schema"] != "vigil.gap/1"]
    return failed, wrong, silent, aside.exists()


def play(base: str, first: int, count: int, seed: int, only: str | None) -> Report:
    """A box that damages and starts so many times."""
    report = Report("corrupt", COLUMNS)
    box = Box()
    try:
        truths = {kind: truth_of(box, Path(base) / kind) for kind in ("killed", "closed")}
        for number in range(first, first + count):
            chance = random.Random(seed * 1_000_003 + number)
            way = only or chance.choices(list(WAYS), [weight for weight, _ in WAYS.values()])[0]
            kind = chance.choice(("killed", "closed"))
            one_run(report, box, Path(base) / kind, truths[kind], way, chance, f"{number}, {way}, {kind}")
    finally:
        box.close()
    return report


def one_run(report: Report, box: Box, base: Path, truth: Truth, way: str, chance: random.Random, name: str) -> None:
    log = base / "vigil.db-wal"
    files = Files(bytearray((base / "vigil.db").read_bytes()), bytearray(log.read_bytes() if log.exists() else b""))
    WAYS[way][1](files, chance)
    folder = Path(tempfile.mkdtemp(prefix="damaged-", dir=box.folder)) / "files"
    shutil.copytree(base, folder)
    (folder / "vigil.db").write_bytes(files.database)
    if log.exists():
        (folder / "vigil.db-wal").write_bytes(files.log)
    report.count(way, "runs")
    life = box.life(folder)
    try:
        life.run()
        failed, wrong, silent, was_set_aside = judge(life, truth, files)
    except (AssertionError, TooLate, sqlite3.Error) as error:
        report.count(way, "failed")
        report.fail(f"run {name}: {str(error)[-600:]}")
        return
    report.count(way, "set aside" if was_set_aside else "whole")
    for column, found in (("failed", failed), ("wrong", wrong), ("silent", silent)):
        if found:
            report.count(way, column)
            report.fail(f"run {name}: {column}: {found[0][:500]}")
            if kept := os.environ.get("VIGIL_KEEP"):
                shutil.copytree(life.vigil.database.parent, Path(kept) / f"run-{name.replace(', ', '-')}", dirs_exist_ok=True)
                shutil.copytree(base, Path(kept) / "base", dirs_exist_ok=True)
    if rows(life.vigil.database, DEVICES) != truth.devices:
        report.count(way, "devices lost")
    if rows(life.vigil.database, OPEN_ALERTS)[0][0] < truth.open_alerts:
        report.count(way, "open alerts lost")
    shutil.rmtree(folder.parent)
    shutil.rmtree(life.vigil.database.parent)


def run(options: argparse.Namespace) -> int:
    report = Report("corrupt", COLUMNS)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="vigil-corrupt-base-"))
    try:
        report.say("making a database …")
        make(folder)
        sizes = [(folder / "killed" / f"vigil.db{suffix}").stat().st_size for suffix in ("", "-wal")]
        report.facts["octets of the database and its log"] = sizes
        boxes = [(str(folder), first, min(BOX, options.runs - first), options.seed, options.only)
                 for first in range(0, options.runs, BOX)]
        for box in workers.each(play, boxes, options.jobs):
            report.add(box)
            report.say(f"{report.total('runs')} of {options.runs}: {report.total('failed')} failed, "
                       f"{report.total('wrong')} wrong, {report.total('silent')} silent")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.facts["seconds"] = round(time.monotonic() - began)
    return report.close(options.json)
