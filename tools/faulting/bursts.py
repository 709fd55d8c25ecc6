# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that says very much at once: whether every value of it arrives, once.

An enrolled strap (fake-bluez) sends a first burst of 20 s at most and then a second one of the whole time. Each value is
another one. What counts is what comes out at the other end, at an MQTT subscriber with `streams: full`: it has been through the
bus, the decoder, the database and the broker.

  said       values that the strap had handed over
  lost       of these have not come to the subscriber
  doubled    came as two readings

When all of a burst has come, the daemon must have no more descriptors, match rules or memory after the second than after the
first, where that was shorter.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import sys
import time

import scenarios
from world import World

from faulting.bluetooth_home import key_in
from faulting.footprint import footprint
from faulting.report import Report
from faulting.visits import account, compare

LOOK_SECONDS = 0.5
# So long after nothing more has come, what has not come is lost.
PATIENCE_SECONDS = 30.0
# The values of a stream are told apart by two octets; the next ones have another heart rate.
DIFFERENT = 50_000
SLOWEST_HEART = 60
# As much as it takes for a backlog to be read ahead and for the allocator to have what it keeps: after a shorter one the
# daemon has hardly begun.
FIRST_SECONDS = 20.0
FIRST, SECOND = "first", "second"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=60.0, help="of the second burst (default 60)")
    parser.add_argument("--rate", type=float, default=1000.0, metavar="N", help="values in a second (default 1000)")


def run(options: argparse.Namespace) -> int:
    report = Report("bursts", ("said", "lost", "doubled"))
    if not 0 < options.rate <= 1000:
        sys.exit("faults bursts: --rate is more than 0 and at most 1000")
    counts = {FIRST: round(options.rate * min(options.seconds, FIRST_SECONDS)), SECOND: round(options.rate * options.seconds)}
    world = World(devices=[strap(counts, options.rate)])
    try:
        play(world, counts, report)
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            world.close(bool(report.failures))
    return report.close(options.json)


def strap(counts: dict[str, int], rate: float) -> scenarios.Device:
    """Sends each burst on a signal of its name, in values that all differ."""
    story: list = []
    heart = SLOWEST_HEART
    for name, count in counts.items():
        story.append({"until": f"signal {name}"})
        for at in range(0, count, DIFFERENT):
            story.append({"stream": {"characteristic": "2a37", "every": 1 / rate, "count": min(DIFFERENT, count - at),
                                     "counter": {"prefix": f"10{heart:02x}"}}})
            heart += 1
        story.append({"mark": name})
    return scenarios.strap() | {"story": story}


def play(world: World, counts: dict[str, int], report: Report) -> None:
    world.start()
    device = world.pair("strap", scenarios.STRAP)
    world.wait_connected(device)
    assert world.vigil.process is not None
    pid, bus = world.vigil.process.pid, world.stage.bus_address
    held = []
    total = 0
    for name, count in counts.items():
        total += count
        burst(world, device, name, total, report)
        held.append(footprint(pid, bus))
    said = collections.Counter(key_in(one) for one in world.stage.sent("strap"))
    report.count("strap", "said", said.total())
    if said.total() != total or len(said) != total:
        report.fail(f"the strap said {said.total()} values, {len(said)} different ones, and was to say {total}")
    account(world, device, said, report, "strap")
    # A burst as short as the first one says nothing of growth.
    if counts[SECOND] > counts[FIRST]:
        compare(*held, report)
    if not world.vigil.running or world.vigil.process.pid != pid:
        report.fail("the daemon ended by itself")


def burst(world: World, device: str, name: str, total: int, report: Report) -> None:
    """Until so many have come in all, or nothing more comes."""
    assert world.clinic is not None
    clinic = world.clinic
    began = time.monotonic()
    world.stage.tell(f"signal {name}")
    came, last = len(clinic.readings(device)), began
    while came < total and time.monotonic() - last < PATIENCE_SECONDS:
        time.sleep(LOOK_SECONDS)
        now = len(clinic.readings(device))
        if now != came:
            came, last = now, time.monotonic()
        report.progress(f"{name}: {came} of {total} have come")
    events = [one for one in world.stage.events(None, "strap") if one["event"] in ("sent", "mark")]
    marks = [number for number, one in enumerate(events) if one["event"] == "mark"]
    if not marks or events[marks[-1]]["text"] != name:
        report.fail(f"the {name} burst has not ended")
        return
    own = events[marks[-2] + 1 if len(marks) > 1 else 0:marks[-1]]
    if len(own) > 1:
        report.facts[f"values a second, {name}"] = round((len(own) - 1) / max(own[-1]["t"] - own[0]["t"], 0.001))
    report.facts[f"all had come after s, {name}"] = round(time.monotonic() - began, 1)
