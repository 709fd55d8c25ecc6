# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon before its nth call of a kind, a thousand times, and looks for what is gone.

Three devices send while `strace --inject` lets SIGKILL fall before the nth call of one kind by one of the daemon's threads:
before a page is written, between writing and syncing, before a message leaves, while it starts. The next start is the
restart, without a hand. A point is a kind of call, its n, and a way of sending; no point comes twice.

After each kill the files are copied as they were left. Then, and after every 25 kills when all has been delivered, hold:

  lost     whatever an earlier copy had is there, as it was; every number that the subscriber had seen is there; spot
           readings are there that came 1 s before the kill, and stream samples that came 5 s before; at the end the
           subscriber's ledger has no hole
  doubled  no value is stored twice, no reading came under two numbers, no alert began twice, no complaint of the ledger
  damaged  PRAGMA integrity_check says ok, the epoch is the same, and the daemon starts by itself
"""

from __future__ import annotations

import argparse
import collections
import itertools
import random
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from faulting import household, workers
from faulting.lives import Lives, Point
from faulting.report import Report

# The share of each kind of call; the last is of all that is not named.
WEIGHTS = {"pwrite64": 30, "fdatasync": 8, "write": 14, "read": 8, "recvmsg": 8, "epoll_wait": 8, "pread64": 6, "futex": 5,
           "sendmsg": 4, "sendto": 4, "ftruncate": 3, "unlink": 3, "fsync": 3}
OTHERS = 8
COLUMNS = ("points", "lost", "doubled", "damaged")
KILLS_PER_WORLD = 25
# Streams as messages of their own or as summaries; with many spot readings nearly each commit is of one, with few the
# stream is committed in groups.
WAYS = [(streams, scale) for streams in ("full", "summaries") for scale in (0.15, 2.5)]
FEW = 50
# More points than are asked for, for those that a life does not come to.
SPARE_SHARE = 20
CALIBRATION_SECONDS = 6.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=1000, help="distinct points (default 1000)")
    parser.add_argument("--jobs", type=int, default=2, help="boxes side by side (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="which points, of those that there are")
    parser.add_argument("--seconds", type=float, help="begin no new box after so long")


def run(options: argparse.Namespace) -> int:
    report = Report("crash", COLUMNS)
    if shutil.which("strace") is None:
        report.fail("there is no strace: tools/setup run")
        return report.close(options.json)
    began = time.monotonic()
    ways = WAYS if options.runs >= FEW else [random.Random(options.seed).choice(WAYS[::2])]
    report.say("counting the calls of undisturbed lives …")
    counts = dict(workers.each(count_calls, [(way,) for way in ways], options.jobs))
    points = choose(counts, options.runs + options.runs // SPARE_SHARE + 1, options.seed)
    starts: list[float] = []
    unreached = doubtful = 0
    # Those that are not reached are made up for.
    while points and (missing := options.runs - report.total("points")) > 0:
        boxes, points = in_boxes(points[:missing]), points[missing:]
        report.say(f"{missing} points in {len(boxes)} boxes")
        for box in workers.each(play, [(points_of_box,) for points_of_box in boxes], options.jobs, options.seconds):
            report.add(box.report)
            unreached, doubtful, starts = unreached + box.unreached, doubtful + box.doubtful, starts + box.starts
            report.say(f"{report.total('points')} of {options.runs} points, {report.total('lost')} lost, "
                       f"{report.total('doubled')} doubled, {report.total('damaged')} damaged")
        if options.seconds is not None and time.monotonic() - began > options.seconds:
            break
    report.facts |= {"distinct points": report.total("points"), "not reached": unreached,
                     "values too young to be committed, and gone": doubtful,
                     "slowest start (s)": round(max(starts, default=0), 2), "seconds": round(time.monotonic() - began)}
    if report.total("points") == 0:
        report.fail("no point was reached")
    return report.close(options.json)



def choose(counts: dict[tuple[str, float], dict[str, int]], runs: int, seed: int) -> list[Point]:
    """Distinct points; every kind of call has its share as far as it has calls."""
    chance = random.Random(seed)
    waiting: dict[str, list[Point]] = collections.defaultdict(list)
    for way, calls in counts.items():
        for call, most in calls.items():
            # Not the last ones: the next life may have fewer.
            waiting[call] += [Point(*way, call, nth) for nth in range(1, max(1, most * 4 // 5) + 1)]
    for points in waiting.values():
        chance.shuffle(points)
    kinds = sorted(waiting)
    rest = OTHERS / max(1, sum(1 for kind in kinds if kind not in WEIGHTS))
    chosen: list[Point] = []
    while len(chosen) < runs and any(waiting.values()):
        shares = [WEIGHTS.get(kind, rest) if waiting[kind] else 0 for kind in kinds]
        chosen.append(waiting[chance.choices(kinds, shares)[0]].pop())
    return chosen


def in_boxes(points: list[Point]) -> list[list[Point]]:
    """Each box has points of one way only."""
    ways = itertools.groupby(sorted(points, key=way_of), way_of)
    return [batch for _, ours in ways for batch in batched(list(ours), KILLS_PER_WORLD)]


def way_of(point: Point) -> tuple[str, float]:
    return point.streams, point.scale


def batched(points: list[Point], size: int) -> list[list[Point]]:
    return [points[start:start + size] for start in range(0, len(points), size)]


def most_calls(log: Path) -> dict[str, int]:
    """The most calls of each kind by one thread, from what `strace -f -o` wrote: it counts for each thread apart."""
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    with log.open(errors="replace") as lines:
        for line in lines:
            if match := re.match(r"(\d+) +([a-z_0-9]+)\(", line):
                counts[match[2], match[1]] += 1
    most: dict[str, int] = {}
    for (call, _), number in counts.items():
        # A process that exits, or becomes another program, has nothing left to lose.
        if call not in ("exit", "exit_group", "execve", "rt_sigreturn"):
            most[call] = max(most.get(call, 0), number)
    return most


def count_calls(way: tuple[str, float]) -> tuple[tuple[str, float], dict[str, int]]:
    """A life in which nothing is broken."""
    world = household.make_world(way[0], strap=0.05, scale=way[1])
    failed = True
    try:
        lives = Lives(world)
        log = world.directory / "strace"
        lives.start(["strace", "-f", "-qq", "-o", str(log)])
        lives.wait_for_end(CALIBRATION_SECONDS)
        lives.kill()
        failed = False
        return way, most_calls(log)
    finally:
        world.close(failed)


@dataclass
class Box:
    """What came of one world."""

    report: Report = field(default_factory=lambda: Report("crash", COLUMNS))
    unreached: int = 0
    # Values that came too shortly before a kill to be committed, and were not.
    doubtful: int = 0
    # How long starts took until all was ready.
    starts: list[float] = field(default_factory=list)


def row(point: Point) -> str:
    return point.call if point.call in WEIGHTS else "any other call"


def play(points: list[Point]) -> Box:
    """Kills at each of the points in turn, then looks at what is left."""
    box = Box()
    world = None
    try:
        world = household.make_world(points[0].streams, strap=0.05, scale=points[0].scale)
        lives = Lives(world)
        for number, point in enumerate(points):
            if lives.kill_at(point):
                box.report.count(row(point), "points")
            else:
                box.unreached += 1
            for column, sentence in lives.look(number):
                box.report.count(row(point), column)
                box.report.fail(f"{point}: {sentence}")
        for column, sentence in lives.finish():
            box.report.count("at the end", column)
            box.report.fail(f"after {points[0].streams} {points[0].scale}: {sentence}")
        box.doubtful, box.starts = lives.doubtful, lives.starts
    except Exception as error:  # noqa: BLE001: whatever it is, it is a finding, and the other boxes go on
        box.report.count("at the end", "damaged")
        box.report.fail(f"{points[0].streams} {points[0].scale}: {type(error).__name__}: {str(error)[:1500]}")
    finally:
        if world is not None:
            world.close(bool(box.report.failures))
    return box
