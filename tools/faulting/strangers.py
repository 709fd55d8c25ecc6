# SPDX-License-Identifier: GPL-3.0-or-later
"""A street full of other people's devices, each under an address that it has for a while only: what they cost.

So many pass by (fake-bluez), some with the services of the home's own devices. bluetoothd makes an object for each, tells of its
advertisements and drops it again. Meanwhile an enrolled strap streams, an enrolled cuff is looked for, and a band is listened to:
because of that one bluetoothd is asked for all that it hears, with repetitions. Thousands pass in the time of a few: 100,000
are what a street sees in a day. When the last has gone the cuff comes.

  strangers  have passed
  touched    were connected to, read, written or paired with
  calls      that the daemon made to bluetoothd meanwhile
  said       values that the strap had handed over
  lost       of these have not come to the subscriber
  doubled    came as two readings

Found is: a stranger that was touched, a value of the strap that is lost or doubled, a cuff that is not caught, more than one
GetManagedObjects, calls that become more with the strangers, and descriptors, match rules or memory that grow after the first
tenth.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import re
import sys
import time
from pathlib import Path

import bluez
import scenarios
from waiting import eventually
from world import World

from faulting.bluetooth_home import BAND, STRAP_EVERY, band, cuff, key_in, pressure
from faulting.footprint import bus_call, footprint
from faulting.report import Report
from faulting.visits import account, compare, leave, visit

# Each is in hearing for so long, and bluetoothd has dropped it so much later.
STAY, FORGOTTEN_AFTER = 0.4, 0.5
LOOK_SECONDS = 1.0
CUFF_SECONDS = 90.0
# While a cuff is looked for bluetoothd is asked to connect to it again and again, however many strangers there are: at most
# so often in a second, and so often at the beginning of it.
CALLS_A_SECOND, FIRST_CALLS = 0.5, 12


class Calls(bluez.CallRecorder):
    def of(self, client: str) -> list[tuple[str, str]]:
        """Path and member of all that this one called, in order."""
        return re.findall(rf"^method call .*sender={re.escape(client)} .*path=(\S+); interface=\S+; member=(\S+)$",
                          self.output(), re.MULTILINE)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=100_000, metavar="N", help="so many strangers (default 100000)")
    parser.add_argument("--rate", type=float, default=300.0, metavar="N",
                        help="so many come in a second (default 300, that is some 300 at a time)")


def run(options: argparse.Namespace) -> int:
    report = Report("strangers", ("strangers", "touched", "calls", "said", "lost", "doubled"))
    world = World(devices=[scenarios.strap(every=STRAP_EVERY), cuff(), band()],
                  bluez={"FAKE_BLUEZ_TEMPORARY_TIMEOUT": f"{FORGOTTEN_AFTER:g}"})
    try:
        play(world, options.count, options.rate, report)
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            world.close(bool(report.failures))
    return report.close(options.json)


def play(world: World, count: int, rate: float, report: Report) -> None:
    calls = Calls(world.stage.bus_address, world.directory / "calls")
    world.processes.append(calls)
    calls.start()
    world.start()
    strap, device = world.pair("strap", scenarios.STRAP), world.pair("cuff", scenarios.HASTY)
    world.pair("band", BAND)
    for one in (strap, device):
        world.wait_connected(one)
    leave(world)
    assert world.vigil.process is not None
    pid = world.vigil.process.pid
    daemon = name_of(pid, world.stage.bus_address)
    pass_by(world, pid, daemon, calls, count, rate, report)
    value = pressure(1)
    seconds = visit(world, value, CUFF_SECONDS)
    if seconds is None:
        report.fail(f"nobody came to the cuff within {CUFF_SECONDS:g} s")
    else:
        report.facts["cuff caught after ms"] = round(1000 * seconds)
        account(world, device, collections.Counter([key_in(value)]), report)
    world.stage.tell("advertise strap off")
    world.stage.control("drop strap")
    said = collections.Counter(key_in(one) for one in world.stage.sent("strap") if one.startswith(scenarios.RR_PREFIX))
    report.count("strap", "said", said.total())
    account(world, strap, said, report, "strap")
    if not world.vigil.running or world.vigil.process.pid != pid:
        report.fail("the daemon ended by itself")


def pass_by(world: World, pid: int, daemon: str, calls: Calls, count: int, rate: float, report: Report) -> None:
    """All strangers, and what the daemon held and did meanwhile."""
    bus = world.stage.bus_address
    before, began, cpu = len(calls.of(daemon)), time.monotonic(), cpu_seconds(pid)
    world.stage.tell(f"strangers {count} {rate:g} {STAY:g}")
    early, present = None, 0
    while not world.stage.events("strangers-gone"):
        time.sleep(LOOK_SECONDS)
        passed = min(count, round((time.monotonic() - began) * rate))
        present = max(present, strangers_of(bus))
        if early is None and passed >= count // 10:
            early = footprint(pid, bus)
        report.progress(f"{passed} of {count}")
    eventually(lambda: strangers_of(bus) == 0, 30, "bluetoothd has dropped all strangers")
    seconds, cpu = time.monotonic() - began, cpu_seconds(pid) - cpu
    late = footprint(pid, bus)
    made = calls.of(daemon)
    touched = sorted({one["device"] for one in world.stage.events() if one.get("device", "").startswith("stranger-")})
    report.count("street", "strangers", count)
    report.count("street", "touched", len(touched))
    report.count("street", "calls", len(made) - before)
    report.facts |= {"seconds": round(seconds), "at a time": present,
                     "CPU ms per 1000 strangers": round(1000 * cpu / (count / 1000)),
                     "calls": dict(collections.Counter(member for _, member in made[before:]))}
    judge(made, len(made) - before, seconds, touched, report)
    if present == 0:
        report.fail("bluetoothd told nobody of a stranger: this measure measures nothing")
    if early is not None:
        compare(early, late, report)


def judge(made: list[tuple[str, str]], meanwhile: int, seconds: float, touched: list[str], report: Report) -> None:
    """What the daemon called, against what it may.

    made: all calls of its life; meanwhile: how many of them while strangers passed
    """
    if touched:
        report.fail(f"{len(touched)} strangers were touched, {touched[0]} for one")
    own = {bluez.path_of(address) for address in (scenarios.STRAP, scenarios.HASTY, BAND)}
    if foreign := [(path, member) for path, member in made if "/dev_" in path and not path.startswith(tuple(own))]:
        report.fail(f"{len(foreign)} calls went to strangers, {foreign[0][1]} for one")
    if (loads := sum(member == "GetManagedObjects" for _, member in made)) != 1:
        report.fail(f"GetManagedObjects was called {loads} times")
    if meanwhile > FIRST_CALLS + CALLS_A_SECOND * seconds:
        report.fail(f"{meanwhile} calls in {seconds:.0f} s")


def strangers_of(bus_address: str) -> int:
    """How many bluetoothd shows now."""
    own = {bluez.path_of(address) for address in (scenarios.STRAP, scenarios.HASTY, BAND)}
    return sum("org.bluez.Device1" in one for path, one in bluez.objects(bus_address).items() if path not in own)


def name_of(pid: int, bus_address: str) -> str:
    """The daemon's own name on the bus, `:1.5`."""
    [names] = bus_call(bus_address, "ListNames") or [[]]
    return next(name for name in names if name.startswith(":")
                and bus_call(bus_address, "GetConnectionUnixProcessID", "s", name) == [pid])


def cpu_seconds(pid: int) -> float:
    """User and system time (proc(5), stat, fields 14 and 15)."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
