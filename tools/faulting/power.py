# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts the power a thousand times, on a disk that keeps only what was synced.

A daemon runs with devices that send, is killed, started and stopped, while a shim writes down each write, sync and rename of
its database's files and each message that leaves. From that, images are made: all up to some moment, of which what was
synced is there, and of the rest some sectors of 512 octets are there and some are not, in any order; names that were not
synced with their directory may be missing. The real daemon starts on each image, with nobody to help. Then hold:

  lost     every row that the synced octets alone hold is there, as it was; every number of a message that had left is there
  refused  the daemon is ready within 10 s and ends in order
  damaged  PRAGMA integrity_check says ok, the epoch is the same, nothing was set aside
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import journal
from faulting import disk_log, household, shim, workers
from faulting.disk_log import Numbered, Operation
from faulting.household import Snapshot
from faulting.power_model import Disk
from faulting.report import Report
from vigil import PROFILES, Vigild
from waiting import PATIENCE
from world import World

COLUMNS = ("cuts", "lost", "refused", "damaged")
START_SECONDS = 10.0
FEW = 50
# How long the daemon lives: it is killed, stopped, killed.
LIVES, SHORT_LIVES = (15.0, 12.0, 5.0), (3.0, 2.0, 1.0)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=1000, help="distinct cuts (default 1000)")
    parser.add_argument("--jobs", type=int, default=2, help="daemons side by side (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="where the cuts fall, and what they take")
    parser.add_argument("--lie", action="store_true", help="the disk syncs nothing: shows that a loss is found")


def run(options: argparse.Namespace) -> int:
    report = Report("power", COLUMNS)
    began = time.monotonic()
    shim.build("disk")
    chance = random.Random(options.seed)
    ways = ["full", "summaries"] if options.runs >= FEW else [chance.choice(("full", "summaries"))]
    lives = LIVES if options.runs >= FEW else SHORT_LIVES
    os.nice(workers.NICE)
    place = Path(tempfile.mkdtemp(prefix="vigil-power-"))
    try:
        report.say(f"recording {len(ways)} × {sum(lives):g} s …")
        logs = [place / way for way in ways]
        list(workers.each(record, [(way, log, lives) for way, log in zip(ways, logs)], options.jobs))
        recordings = [disk_log.read(log) for log in logs]
        report.say(", ".join(f"{len(one)} operations with {sum(o.kind == 'F' for o in one)} syncs" for one in recordings))
        share = options.runs // len(recordings)
        slowest = 0.0
        for way, recording in zip(ways, recordings):
            cuts = make_cuts(recording, share, chance, options.lie)
            for cut, found, seconds in start_each(cuts, place / f"cuts-{way}", options.jobs):
                slowest = max(slowest, seconds)
                report.count(cut.where, "cuts")
                for column, sentence in found:
                    report.count(cut.where, column)
                    report.fail(f"{way}, cut after operation {cut.at}, {cut.where}: {sentence}")
                report.progress(f"{report.total('cuts')} of {share * len(recordings)} cuts, {report.total('lost')} lost, "
                                f"{report.total('refused')} refused, {report.total('damaged')} damaged")
    finally:
        if report.failures and not options.lie:
            report.say(f"what was there: {place}")
        else:
            shutil.rmtree(place)
    report.facts |= {"distinct cuts": report.total("cuts"), "slowest start (s)": round(slowest, 2),
                     "seconds": round(time.monotonic() - began)}
    return report.close(options.json)


def record(streams: str, log: Path, lives: tuple[float, ...]) -> None:
    """Lives of a daemon under the shim, from the making of its database on; the second is ended in order."""
    def under_the_shim(world: World) -> None:
        world.vigil.environment |= shim.disk(world.vigil.database, log=log)

    world = household.make_world(streams, strap=0.05, scale=0.05, before=under_the_shim)
    failed = True
    try:
        for number, seconds in enumerate(lives):
            if not world.vigil.running:
                world.start()
            time.sleep(seconds * PATIENCE)
            if number == 1:
                assert world.vigil.stop() == 0
            else:
                world.vigil.kill()
        failed = False
    finally:
        world.close(failed)


@dataclass(frozen=True)
class Cut:
    """A moment, and what the disk may hold then; of that `least` must be there."""

    at: int
    where: str
    image: dict[str, bytes]
    least: dict[str, bytes]
    sent: frozenset[Numbered]


def where(operation: Operation, names: dict[int, str]) -> str:
    """What has just happened, for the table. `names` are of the open files."""
    name = names.get(operation.file, "")
    what = {"vigil.db": "database", "vigil.db-wal": "WAL", "vigil.db-journal": "journal"}.get(name, "other file")
    match operation.kind:
        case "W" | "T":
            return f"{what} written" if operation.kind == "W" else f"{what} truncated"
        case "F":
            return f"{what} synced" if name else "directory synced"
        case "N":
            return "message sent"
        case _:
            return "name made or gone"


def moments(recording: list[Operation]) -> dict[str, list[int]]:
    """The operations after which the power may be cut, by their kind."""
    found: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    for index, operation in enumerate(recording):
        if operation.kind == "S":
            names = {}
        elif operation.kind in "CO":
            names[operation.file] = Path(operation.paths[0]).name
        if operation.kind not in "SOD" and (operation.kind != "N" or operation.octets):
            found.setdefault(where(operation, names), []).append(index)
    return found


def choose(kinds: dict[str, list[int]], runs: int, chance: random.Random) -> dict[int, str]:
    """Distinct moments, each kind as often as any other as far as there are so many."""
    waiting = {kind: chance.sample(indexes, len(indexes)) for kind, indexes in kinds.items()}
    chosen: dict[int, str] = {}
    while len(chosen) < runs and any(waiting.values()):
        for kind, indexes in waiting.items():
            if indexes and len(chosen) < runs:
                chosen[indexes.pop()] = kind
    return chosen


def make_cuts(recording: list[Operation], runs: int, chance: random.Random, lie: bool) -> Iterator[Cut]:
    chosen = choose(moments(recording), runs, chance)
    honest, disk, publishes = Disk(), Disk(lie), disk_log.Publishes()
    sent: set[Numbered] = set()
    for index, operation in enumerate(recording):
        if operation.kind == "N":
            sent |= set(publishes.feed(operation))
        else:
            honest.take(operation)
            disk.take(operation)
        if index in chosen:
            yield Cut(index, chosen[index], disk.image(chance), honest.least(), frozenset(sent))


def start_each(cuts: Iterator[Cut], place: Path, jobs: int) -> Iterator[tuple[Cut, list[tuple[str, str]], float]]:
    """Starts the daemon on each, `jobs` at a time; an image is made only when its turn has come."""
    with ThreadPoolExecutor(jobs) as pool:
        running: set[Future] = set()
        for cut in cuts:
            running.add(pool.submit(start, cut, place / f"cut-{cut.at}"))
            while len(running) > jobs:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in running)


def start(cut: Cut, folder: Path) -> tuple[Cut, list[tuple[str, str]], float]:
    """One start on one image, and what is wrong with it."""
    must, epoch = required(cut, folder / "least")
    daemon = folder / "daemon"
    write(cut.image, daemon)
    vigil = Vigild(daemon, f"unix:path={folder}/none", {"host": "127.0.0.1", "port": 9, "tls": "off"},
                   profiles=[str(PROFILES / "bluetooth-sig")])
    began = time.monotonic()
    found: list[tuple[str, str]] = []
    seconds = 0.0
    try:
        vigil.start()
        seconds = time.monotonic() - began
        if seconds > START_SECONDS * PATIENCE:
            found.append(("refused", f"ready only after {seconds:.1f} s"))
        if code := vigil.stop():
            found.append(("refused", f"ended with {code}: {vigil.output()[-500:]}"))
        found += compare(Snapshot.of(vigil.database), must, epoch, cut.sent)
        if must and (aside := sorted(path.name for path in daemon.glob("*damaged*"))):
            found.append(("damaged", f"set aside: {aside}"))
    except Exception as error:  # noqa: BLE001: whatever it is, the daemon did not start or left no database
        found.append(("refused", f"{type(error).__name__}: {str(error)[-800:]}"))
    finally:
        vigil.kill()
    if not found:
        shutil.rmtree(folder)
    return cut, found, seconds


def write(files: dict[str, bytes], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, octets in files.items():
        (folder / name).write_bytes(octets)


def required(cut: Cut, folder: Path) -> tuple[frozenset[tuple], str]:
    """The rows of what was synced, and their epoch."""
    write(cut.least, folder)
    if not cut.least.get("vigil.db"):
        return frozenset(), ""
    try:
        snapshot = Snapshot.of(folder / "vigil.db")
    except sqlite3.OperationalError:
        # Its tables were not there yet.
        return frozenset(), ""
    return snapshot.rows, snapshot.epoch


def compare(found: Snapshot, must: frozenset[tuple], epoch: str, sent: frozenset[Numbered]) -> list[tuple[str, str]]:
    result: list[tuple[str, str]] = []
    if found.check != "ok":
        result.append(("damaged", f"integrity_check: {found.check[:300]}"))
    if epoch and found.epoch != epoch:
        result.append(("damaged", f"epoch {epoch} became {found.epoch}"))
    if gone := must - found.rows:
        result.append(("lost", f"{len(gone)} of {len(must)} rows, the first {min(gone, key=repr)}"))
    there = {Numbered(found.epoch, lane, seq) for lane in journal.LANES.values() for seq in found.seqs(lane)}
    if gone := sent - there:
        result.append(("lost", f"{len(gone)} of {len(sent)} messages that had left, the first {min(gone, key=repr)}"))
    return result
