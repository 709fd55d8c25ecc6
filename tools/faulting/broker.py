# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the broker lie, the archive be away and the daemon die, in an order of chance, and looks for what the archive lacks.

The daemon runs with `receipts: clinic`. The broker is one of three: it forgets everything when it is killed (no persistence),
it keeps only a few messages for who is away and drops the rest without a word, or it refuses readings by its ACL for a
while. Acts are drawn: the archive goes and comes back, the broker is killed and started, the daemon is killed and started,
time passes. At the end all are there, and soon the archive and a desk that was never away must have everything that the
gateway has numbered, each reading once.

  lost     a number that has not come, or a hole
  doubled  a value under two reading ids, a number given twice, a resend that differs
  early    something counted as delivered that the archive's receipts do not cover
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import dataclass, field

from faulting import workers
from faulting.report import Report

COLUMNS = ("runs", "values", "lost", "doubled", "early")
KINDS = ("forgets", "drops", "refuses")
ACTS = ("archive", "broker", "daemon", "time")
ACTS_PER_RUN = 6
EVERY = 0.1
# A consumer that gets it again in vain is tried again at pauses that double; a refusal after 30 s.
PATIENCE = 90
RIGHTS = "user gw\ntopic read vigil/v1/c1/gw-1/down/#\ntopic write vigil/v1/c1/gw-1/up/{}#\nuser archive\ntopic readwrite #\n"
RIGHTS += "user desk\ntopic read #\n"
NO_READINGS = "\n".join(f"topic write vigil/v1/c1/gw-1/up/{kind}" for kind in ("status", "alerts", "health", "gap", "alert/#"))


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=30, help="boxes, each with a broker of its own (default 30)")
    parser.add_argument("--jobs", type=int, default=2, help="boxes side by side (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="which acts, of those that there are")
    parser.add_argument("--seconds", type=float, help="begin no new box after so long")


def run(options: argparse.Namespace) -> int:
    report = Report("broker", COLUMNS)
    began = time.monotonic()
    plans = [(KINDS[number % len(KINDS)], options.seed * 100_000 + number) for number in range(options.runs)]
    slowest = 0.0
    for result in workers.each(play, plans, options.jobs, options.seconds):
        report.add(result.report)
        slowest = max(slowest, result.seconds)
        report.progress(f"{report.total('runs')} of {len(plans)}, {report.total('lost')} lost, "
                        f"{report.total('doubled')} doubled", 20)
    report.facts |= {"slowest to be complete (s)": round(slowest, 1), "seconds": round(time.monotonic() - began)}
    if report.total("runs") == 0:
        report.fail("nothing was run")
    return report.close(options.json)


@dataclass
class Played:
    report: Report = field(default_factory=lambda: Report("broker", COLUMNS))
    # From the last act to everything being there.
    seconds: float = 0.0


def rights(readings: bool) -> str:
    if readings:
        return RIGHTS.format("")
    return RIGHTS.replace("topic write vigil/v1/c1/gw-1/up/{}#", NO_READINGS)


def play(kind: str, seed: int) -> Played:
    """One box: chance is all in the seed."""
    import scenarios
    from archive import Archive
    from subscriber import Subscriber
    from waiting import TooLate, eventually
    from world import World

    played, chance = Played(), random.Random(seed)
    report, place = played.report, f"{kind} {seed}"
    mosquitto = {"log_type": "error"}
    if kind == "forgets":
        mosquitto |= {"persistence": "false", "persistence_location": None, "autosave_on_changes": None,
                      "autosave_interval": None}
    elif kind == "drops":
        mosquitto |= {"max_queued_messages": 30}
    world = World(devices=[scenarios.strap(every=EVERY)], clinic=False, mosquitto=mosquitto,
                  config={"receipts": "clinic", "consumer": "archive", "streams": "full"}, broker={"username": "gw"},
                  acl=rights(True) if kind == "refuses" else None)
    failed = True
    try:
        archive = Archive(world.broker.port)
        desk = Subscriber(world.broker.port, name="desk")
        world.subscribers += [archive, desk]
        world.start()
        strap = world.pair("strap", scenarios.STRAP)
        archive.wait(lambda: archive.readings(strap), 30, "the stream flows")
        is_away, is_refused, did = False, False, []
        for _ in range(ACTS_PER_RUN):
            act = chance.choice(ACTS + (("rights",) if kind == "refuses" else ()))
            did.append(act)
            if act == "archive":
                if is_away:
                    archive.back()
                else:
                    archive.away()
                is_away = not is_away
            elif act == "broker":
                world.broker.kill()
                time.sleep(chance.uniform(0, 2))
                world.broker.start()
            elif act == "daemon":
                world.vigil.kill()
                world.vigil.start()
            elif act == "rights":
                is_refused = not is_refused
                world.broker.write_acl(rights(not is_refused))
                world.broker.signal(1)
            time.sleep(chance.uniform(0.5, 8))
            check_early(world, archive, place, report)
        if is_refused:
            world.broker.write_acl(rights(True))
            world.broker.signal(1)
        if is_away:
            archive.back()
        # Who writes no receipts may lose what it is too slow for, where the broker keeps little.
        complete = (archive,) if kind == "drops" else (archive, desk)
        began = time.monotonic()
        world.wait_connected(strap)
        world.stage.leave("strap")
        # What came within 5 s before a kill may not have been committed: test_stops and `faults crash` account for that.
        report.count(kind, "runs")
        report.count(kind, "values", len(archive.readings(strap)))

        def is_complete() -> bool:
            queues = {one["lane"]: one for one in world.vigil.status()["queues"]}
            return all(not one.ledger.holes(lane) and highest(one, lane) == queues[lane]["lastSeq"]
                       and queues[lane]["waiting"] == 0 for one in complete for lane in queues)
        try:
            eventually(is_complete, PATIENCE, "everything is there")
        except TooLate:
            for name, one in zip(("archive", "desk"), complete):
                for lane in ("alert", "reading"):
                    holes = one.ledger.holes(lane)
                    report.count(kind, "lost", sum(hole.count for hole in holes))
                    report.fail(f"{place} ({' '.join(did)}): the {name} lacks {holes[:3]} of lane {lane}, has up to "
                                f"{highest(one, lane)}; {world.vigil.status()['queues']}")
        played.seconds = time.monotonic() - began
        counters = [scenarios.counter_of(one) for one in archive.readings(strap)]
        wrong = len(counters) - len(set(counters)) + len(archive.ledger.complaints)
        if wrong:
            report.count(kind, "doubled", wrong)
            report.fail(f"{place} ({' '.join(did)}): {wrong} doubled: {archive.ledger.complaints[:3]}")
        failed = bool(report.failures)
    finally:
        world.close(failed)
    return played


def highest(one, lane: str) -> int:  # noqa: ANN001
    return max((series.highest for key, series in one.ledger.lanes.items() if key.lane == lane), default=0)


def check_early(world, archive, place: str, report: Report) -> None:  # noqa: ANN001
    """What counts as delivered is covered by what the archive has."""
    answer = world.vigil.ctl("status", "--json")
    if answer.code != 0:
        return
    have = {lane: number for numbers in archive.up_to().values() for lane, number in numbers.items()}
    for queue in answer.json[0]["queues"]:
        delivered = queue["lastSeq"] - queue["waiting"]
        if delivered > have.get(queue["lane"], 0):
            report.count(place.split()[0], "early")
            report.fail(f"{place}: {delivered} of lane {queue['lane']} count as delivered, the archive has {have}")
