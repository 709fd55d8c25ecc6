# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the disk be full or broken at 300 calls, and fills a small real one.

A shim between the daemon and its database's files lets calls fail with ENOSPC or EIO, while three devices send: one call, one
write of which half succeeds, or all calls until it is mended; while a database is made, opened, and in use. With root a tmpfs
of a few megabytes is filled and emptied too. Then hold:

  crashed  the daemon lives; where the fault was at its start it may end with one clear line, and the next start does
  silent   while a fault lasts, alerts go out with `seq: null` and follow with their number; ST-1 begins and ends
  late     5 s after the mending everything is written and sent again
  lost     everything that came while it lasted is there in the end, once, and the subscriber's ledger has no hole
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faulting import household, shim, workers
from faulting.disk_control import KINDS, DiskControl, Fault
from faulting.household import Snapshot
from faulting.lives import Lives
from faulting.report import Report
from vigil import PROFILES, Vigild
from waiting import PATIENCE, TooLate, eventually
from world import World

COLUMNS = ("points", "crashed", "silent", "late", "lost")
# How many of eight points in use each manner has.
MANNERS = {"once": 4, "half": 1, "lasting": 3}
START_SHARE, TMPFS_SHARE = 5, 30
# What fails together: a full disk takes nothing more, a broken one may fail anywhere. While the daemon is in use it hardly
# ever truncates, opens or reads.
FULL = [("ENOSPC", ("write",)), ("ENOSPC", ("write", "truncate", "open"))]
BROKEN = [("EIO", kinds) for kinds in (("write",), ("sync",), ("write", "sync"), KINDS)]
POINTS_PER_WORLD = 15
MOST_SKIPPED = 60
RECOVERY_SECONDS = 5.0
# Five transactions come in a second, and a call may be the sixtieth of its kind.
HIT_SECONDS = 20.0
ALERT_SECONDS = 12.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=300, help="calls that fail (default 300)")
    parser.add_argument("--jobs", type=int, default=2, help="boxes side by side (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="which calls")


def run(options: argparse.Namespace) -> int:
    report = Report("disk", COLUMNS)
    began = time.monotonic()
    shim.build("disk")
    starts = max(1, options.runs // START_SHARE)
    filled = max(1, options.runs // TMPFS_SHARE) if os.getuid() == 0 else 0
    if not filled:
        report.say("not root: no small disk is filled")
    # The longest first.
    tasks: list[tuple] = [(fill_small_disk, filled, options.seed)] if filled else []
    tasks.append((play_starts, starts, options.seed))
    faults = choose(max(1, options.runs - starts - filled), options.seed)
    tasks += [(play, batch, number) for number, batch in enumerate(batches(faults, POINTS_PER_WORLD))]
    slowest: list[float] = []
    for box in workers.each(dispatch, tasks, options.jobs):
        report.add(box.report)
        slowest += box.recoveries
        report.say(f"{report.total('points')} points, " + ", ".join(f"{report.total(one)} {one}" for one in COLUMNS[1:]))
    slowest.sort()
    report.facts |= {"distinct calls": report.total("points"), "recoveries": len(slowest),
                     "median recovery (s)": round(slowest[len(slowest) // 2], 2) if slowest else None,
                     "slowest recovery (s)": round(max(slowest, default=0), 2), "seconds": round(time.monotonic() - began)}
    return report.close(options.json)


def dispatch(function: Callable[..., "Box"], *arguments: Any) -> "Box":
    """Whatever goes wrong in a box is a finding, and the others go on."""
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001
        box = Box()
        box.found("a box", "crashed", f"{function.__name__}: {str(error)[-2000:]}")
        return box


def batches(faults: list[Fault], size: int) -> list[list[Fault]]:
    return [faults[start:start + size] for start in range(0, len(faults), size)]


def choose(runs: int, seed: int) -> list[Fault]:
    """Distinct faults of a daemon in use, every manner with its share."""
    chance = random.Random(seed)
    chosen: set[Fault] = set()
    manners = [manner for manner, share in MANNERS.items() for _ in range(share)]
    while len(chosen) < runs:
        manner = manners[len(chosen) % len(manners)]
        error, kinds = chance.choice(FULL) if manner == "half" else chance.choice(FULL + BROKEN)
        chosen.add(Fault(("write",) if manner == "half" else kinds, error, manner, chance.randrange(MOST_SKIPPED)))
    return chance.sample(sorted(chosen), len(chosen))


@dataclass
class Box:
    """What came of one world."""

    report: Report = field(default_factory=lambda: Report("disk", COLUMNS))
    recoveries: list[float] = field(default_factory=list)

    def found(self, row: str, column: str, sentence: str) -> None:
        self.report.count(row, column)
        self.report.fail(f"{row}: {sentence}")


# A daemon in use --------------------------------------------------------------------------------------------------------

class Ward:
    """A running household whose disk fails, and what the clinic must see of that."""

    def __init__(self, world: World, box: Box):
        assert world.clinic is not None
        self.world, self.clinic, self.box = world, world.clinic, box
        self.lives = Lives(world)
        world.start()
        eventually(lambda: world.clinic.readings(), 20, "readings come")

    def number(self, message_id: str) -> int | None:
        """The number that an alert's message has by now."""
        with self.clinic._lock:
            return next((one.message["seq"] for one in reversed(self.clinic.arrived)
                         if one.kind == "alert" and one.message["id"] == message_id and one.message["seq"] is not None), None)

    def alerts_since(self, count: int) -> list[dict[str, Any]]:
        return [one.message for one in self.clinic.all()[count:] if one.kind == "alert"]

    def spots_since(self, count: int) -> list[Any]:
        return [one for one in self.clinic.all()[count:] if one.kind == "reading"
                and any(value["kind"] == "body-weight" for value in one.message.get("values", []))]

    def recover(self, row: str, unnumbered: list[str]) -> None:
        """Waits until what was left behind has its number and new spot readings come, and measures how long that takes."""
        count, began = len(self.clinic.all()), time.monotonic()

        def is_well() -> bool:
            return all(self.number(one) is not None for one in unnumbered) and bool(self.spots_since(count))

        try:
            eventually(is_well, 45, "it is written and sent again")
        except TooLate as late:
            self.box.found(row, "late", f"{late}: {self.world.vigil.output()[-1200:]}")
            return
        seconds = time.monotonic() - began
        self.box.recoveries.append(seconds)
        if seconds > RECOVERY_SECONDS * PATIENCE:
            self.box.found(row, "late", f"it took {seconds:.1f} s")

    def alert_without_number(self, row: str, count: int) -> list[str]:
        """While nothing can be written: alerts come all the same. Their messages' ids."""
        def found() -> list[str]:
            return [one["id"] for one in self.alerts_since(count) if one["seq"] is None and one["category"] != "technical"]

        def said() -> bool:
            return any(one["rule"] == "ST-1" and one["phase"] == "start" for one in self.alerts_since(count))

        try:
            eventually(found, ALERT_SECONDS, "an alert with nowhere to write")
        except TooLate as late:
            self.box.found(row, "silent", f"{late}: {self.world.vigil.output()[-1200:]}")
        try:
            eventually(said, ALERT_SECONDS, "a technical alert says so")
        except TooLate as late:
            self.box.found(row, "silent", f"{late}")
        return found()

    def wait_ended(self, row: str, count: int) -> None:
        """The technical alert ends."""
        try:
            eventually(lambda: any(one["rule"] == "ST-1" and one["phase"] in ("end", "clear")
                                   for one in self.alerts_since(count)), RECOVERY_SECONDS, "the technical alert ends")
        except TooLate as late:
            self.box.found(row, "silent", f"{late}")

    def finish(self) -> None:
        """All that came is there."""
        for column, sentence in self.lives.finish():
            self.box.found("at the end", "crashed" if column == "damaged" else "lost", sentence)
        if self.lives.doubtful:
            self.box.found("at the end", "lost", f"{self.lives.doubtful} values")


def play(faults: list[Fault], number: int) -> Box:
    """One fault after the other in a daemon that runs."""
    box = Box()
    controls: list[DiskControl] = []

    def under_the_shim(world: World) -> None:
        controls.append(DiskControl(world.directory / "control-of-disk"))
        world.vigil.environment |= shim.disk(world.vigil.database, control=controls[0].path)

    world = household.make_world("full" if number % 2 == 0 else "summaries", before=under_the_shim)
    try:
        ward, control = Ward(world, box), controls[0]
        for fault in faults:
            suffer(ward, control, fault)
            if not world.vigil.running:
                box.found(fault.row, "crashed", world.vigil.output()[-1500:])
                world.start()
        ward.finish()
    finally:
        world.close(bool(box.report.failures))
    return box


def suffer(ward: Ward, control: DiskControl, fault: Fault) -> None:
    count = len(ward.clinic.all())
    control.set(fault)
    try:
        eventually(lambda: control.failed > 0 or not ward.world.vigil.running, HIT_SECONDS, "the call")
    except TooLate:
        # Reads are rare while all is in the cache; it is no point then.
        control.mend()
        return
    ward.box.report.count(fault.row, "points")
    unnumbered: list[str] = []
    # What cannot be read or need not be written holds nothing back.
    is_blocked = fault.manner == "lasting" and {"write", "sync"} & set(fault.kinds)
    if is_blocked:
        unnumbered = ward.alert_without_number(fault.row, count)
    control.mend()
    mended = len(ward.clinic.all())
    ward.recover(fault.row, unnumbered)
    if is_blocked:
        ward.wait_ended(fault.row, mended)


# A daemon that starts ---------------------------------------------------------------------------------------------------

def play_starts(number: int, seed: int) -> Box:
    """A fault from the first call on, or at one call: where there is no database yet, and where there is one."""
    box = Box()
    place = Path(tempfile.mkdtemp(prefix="vigil-disk-"))
    try:
        old, new = place / "old", place / "new"
        new.mkdir()
        calls = {"new": count_calls(shutil.copytree(new, old)), "old": count_calls(shutil.copytree(old, place / "again"))}
        for file in ("control-of-disk", "vigild.log"):
            (old / file).unlink()
        before = Snapshot.of(shutil.copytree(old, place / "read") / "vigil.db")
        points = [(database, Fault((kind,), error, manner, nth)) for database, counts in calls.items() for kind in KINDS
                  for error in (("EIO",) if kind in ("sync", "unlink", "read") else ("ENOSPC", "EIO"))
                  for manner in ("once", "lasting") for nth in range(counts[kind])]
        chosen = random.Random(seed).sample(points, min(number, len(points)))
        for index, (database, fault) in enumerate(chosen):
            start(shutil.copytree(place / database, place / f"start-{index}"), fault, box, before if database == "old" else None)
    finally:
        if not box.report.failures:
            shutil.rmtree(place)
    return box


def count_calls(folder: Path) -> dict[str, int]:
    """The calls of each kind of an undisturbed start; the database is there afterwards."""
    control = DiskControl(folder / "control-of-disk")
    daemon = lone_daemon(folder)
    daemon.environment |= shim.disk(daemon.database, control=control.path)
    daemon.start()
    counts = control.calls
    assert daemon.stop() == 0
    return counts


def lone_daemon(folder: Path) -> Vigild:
    """Without devices and without a broker."""
    return Vigild(folder, f"unix:path={folder}/none", {"host": "127.0.0.1", "port": 9, "tls": "off"},
                  profiles=[str(PROFILES / "bluetooth-sig")])


def start(folder: Path, fault: Fault, box: Box, before: Snapshot | None) -> None:
    """A start with the fault, then one without."""
    row = f"at a start, {'old' if before else 'new'} database"
    control = DiskControl(folder / "control-of-disk")
    control.set(fault)
    daemon = lone_daemon(folder)
    plain = dict(daemon.environment)
    daemon.environment |= shim.disk(daemon.database, control=control.path)
    try:
        started = True
        try:
            daemon.start()
        except AssertionError:
            started = False
        if started:
            code = daemon.stop(15)
        else:
            assert daemon.process is not None
            code = daemon.process.wait(15)
            lines = [line for line in daemon.output().splitlines() if line.startswith("vigild: ")]
            if code <= 0 or len(lines) != 1:
                box.found(row, "crashed", f"it ended with {code}: {daemon.output()[-1500:]}")
        if started and code < 0:
            box.found(row, "crashed", f"it ended with {code}: {daemon.output()[-1500:]}")
        if control.failed:
            box.report.count(row, "points")
        daemon.environment = plain
        daemon.start()
        if daemon.stop(15):
            box.found(row, "crashed", f"the next start: {daemon.output()[-1500:]}")
        after = Snapshot.of(daemon.database)
        if after.check != "ok" or (before and not before.rows <= after.rows) or (before and before.epoch != after.epoch):
            box.found(row, "lost", f"{fault}: {after.check}, epoch {before and before.epoch} and then {after.epoch}, "
                                   f"{sorted(path.name for path in folder.iterdir())}")
    except (AssertionError, subprocess.TimeoutExpired, sqlite3.Error) as error:
        box.found(row, "crashed", f"{type(error).__name__}: {str(error)[-1500:]}")
    finally:
        daemon.kill()


# A real one that is full ------------------------------------------------------------------------------------------------

def fill_small_disk(times: int, seed: int) -> Box:
    """A tmpfs is filled to its last pages and emptied again."""
    box, chance = Box(), random.Random(seed)
    disk = Path(tempfile.mkdtemp(prefix="vigil-tmpfs-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
    row = "a real tmpfs, full"
    try:
        world = household.make_world("full", config={"storage": {"database": str(disk / "vigil.db")}})
        try:
            ward = Ward(world, box)
            for _ in range(times):
                count = len(ward.clinic.all())
                filler = fill(disk, spare=chance.randrange(4) * 4096)
                box.report.count(row, "points")
                unnumbered = ward.alert_without_number(row, count)
                # Long enough for the pauses between two tries to have grown.
                time.sleep(chance.uniform(0, 10) * PATIENCE)
                filler.unlink()
                mended = len(ward.clinic.all())
                ward.recover(row, unnumbered)
                ward.wait_ended(row, mended)
                if not world.vigil.running:
                    box.found(row, "crashed", world.vigil.output()[-1500:])
                    break
            ward.finish()
        finally:
            world.close(bool(box.report.failures))
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        disk.rmdir()
    return box


def fill(disk: Path, spare: int) -> Path:
    """Takes all room but some pages, again and again until the daemon has used those up too."""
    filler = disk / "filler"
    with open(filler, "wb") as file:
        while os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize > spare:
            file.write(bytes(os.statvfs(disk).f_bsize))
            file.flush()
    return filler
