# SPDX-License-Identifier: GPL-3.0-or-later
"""A cuff that can be reached only for a short while after each measurement: whether it is caught each time.

It is enrolled (fake-bluez). Then, so many times: it begins to advertise, waits until somebody has a link and listens, says one
measurement, hangs up and is silent. Counted are:

  missed   nobody came within the time that it advertises
  lost     a measurement that it had handed over has not come to the subscriber
  doubled  it came as two readings

At the end the daemon must have no more descriptors, match rules on the bus or memory than after the first tenth.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import statistics
import sys
import time

import scenarios
from waiting import TooLate, eventually
from world import World

from faulting.bluetooth_home import cuff, key_in, key_of, pressure
from faulting.footprint import Footprint, footprint
from faulting.report import Report

LOOK_SECONDS = 0.005
# So long after nothing more has come, what has not come is lost.
DELIVERY_SECONDS = 30.0
# There are so many different measurements.
DIFFERENT = 5000
# What an allocator keeps for itself is no growth.
SLACK = 1.1


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="so many visits (default 1000)")
    parser.add_argument("--window", type=float, default=30.0, metavar="SECONDS",
                        help="it advertises for so long at most (default 30)")


def run(options: argparse.Namespace) -> int:
    report = Report("visits", ("visits", "caught", "missed", "lost", "doubled"))
    began = time.monotonic()
    world = World(devices=[cuff()])
    try:
        play(world, options.count, options.window, report)
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            world.close(bool(report.failures))
    report.facts["seconds"] = round(time.monotonic() - began)
    return report.close(options.json)


def play(world: World, count: int, window: float, report: Report) -> None:
    world.start()
    device = world.pair("cuff", scenarios.HASTY)
    world.wait_connected(device)
    leave(world)
    assert world.vigil.process is not None
    pid, bus = world.vigil.process.pid, world.stage.bus_address
    said: collections.Counter[tuple[float, ...]] = collections.Counter()
    taken: list[float] = []
    early = None
    for number in range(count):
        value = pressure(number % DIFFERENT)
        seconds = visit(world, value, window)
        report.count("cuff", "visits")
        report.count("cuff", "missed" if seconds is None else "caught")
        if seconds is None:
            report.fail(f"visit {number}: nobody came within {window:g} s")
        else:
            taken.append(seconds)
            said[key_in(value)] += 1
        if number == count // 10:
            early = footprint(pid, bus)
        report.progress(f"{number + 1} of {count}")
    account(world, device, said, report)
    if taken:
        report.facts |= {"median ms": round(1000 * statistics.median(taken)), "max ms": round(1000 * max(taken))}
    if early is not None:
        compare(early, footprint(pid, bus), report)
    if not world.vigil.running or world.vigil.process.pid != pid:
        report.fail("the daemon ended by itself")


def visit(world: World, value: str, window: float) -> float | None:
    """Seconds from the first advertisement until somebody listened."""
    world.stage.tell("advertise cuff on")
    began = time.monotonic()
    try:
        while time.monotonic() - began < window:
            if world.stage.control(f"notify cuff 2a35 {value}") == "ok":
                return time.monotonic() - began
            time.sleep(LOOK_SECONDS)
        return None
    finally:
        leave(world)


def leave(world: World) -> None:
    world.stage.tell("advertise cuff off")
    # Without a link there is none to be dropped.
    world.stage.control("drop cuff")


def account(world: World, device: str, said: collections.Counter[tuple[float, ...]], report: Report,
            row: str = "cuff") -> None:
    """What was said against what came."""
    assert world.clinic is not None
    clinic = world.clinic

    def read() -> collections.Counter[tuple[float, ...]]:
        return collections.Counter(key_of(one) for one in clinic.readings(device))
    try:
        eventually(lambda: not said - read(), DELIVERY_SECONDS, "every measurement")
    except TooLate:
        lost = (said - read()).total()
        report.count(row, "lost", lost)
        report.fail(f"{lost} measurements have not come")
    if doubled := (read() - said).total():
        report.count(row, "doubled", doubled)
        report.fail(f"{doubled} measurements came twice")


def compare(early: Footprint, late: Footprint, report: Report) -> None:
    for name, before, after in zip(Footprint._fields, early, late):
        report.facts[name] = f"{before} early, {after} at the end"
        if after > (before * SLACK if name == "resident_kib" else before):
            report.fail(f"{name} grew from {before} to {after}")
