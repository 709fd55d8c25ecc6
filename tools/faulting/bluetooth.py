# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks Bluetooth in all ways that are known of, and takes the time until every device is heard again.

A streaming strap, an oximeter and a cuff are enrolled, connected and heard (fake-bluez). Then comes a fault, at a moment that
the seed decides. Taken is the time from its end until a value that each device says afterwards has arrived at the subscriber,
or, where nothing can be healed, until `vigilctl status` says what a technician has to know. It may be 60 s. In every cell:

  lost     a value that a device had handed over to a live session has not come
  doubled  a value came as two readings
  grown    the daemon has more descriptors or match rules on the bus than before, or is not the same process

What fails leaves its files where the sentence says; the daemon's log is among them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass, field

from faulting import workers
from faulting.bluetooth_faults import FAULTS, Fault
from faulting.bluetooth_home import POLL, Home

MOMENT_SECONDS = 4.0
TRIES = 3


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="FAULT", action="append", choices=list(FAULTS),
                        help="this one; may be said again, see below")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="so many of each fault (default 3)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the first seed (default 1)")
    parser.add_argument("--jobs", type=int, default=2, help="homes side by side (default 2)")
    parser.add_argument("--seconds", type=float, help="begin no new home after so long")
    width = max(map(len, FAULTS))
    said = (f"  {name:{width}}  {' '.join(one.about.split())}" for name, one in FAULTS.items())
    parser.epilog = "\n".join(["faults:", *said])


def run(options: argparse.Namespace) -> int:
    chosen = options.only or list(FAULTS)
    cells = [(name, seed) for seed in range(options.seed, options.seed + options.seeds) for name in chosen]
    matrix = Matrix(time.monotonic())
    for cell in workers.each(play, cells, options.jobs, options.seconds):
        matrix.cells.append(cell)
        matrix.say(cell, len(cells))
    return matrix.close(chosen, options.json)


@dataclass
class Cell:
    """What came of one fault with one seed."""

    fault: str
    seed: int
    # None where it took longer than it may.
    seconds: float | None = None
    failures: list[str] = field(default_factory=list)
    kept: str = ""

    @property
    def is_well(self) -> bool:
        return self.seconds is not None and not self.failures


def play(name: str, seed: int) -> Cell:
    """One home, one fault."""
    fault, cell, chance = FAULTS[name], Cell(name, seed), random.Random(f"{name} {seed}")
    home = None
    try:
        home = begin(fault)
        home.pause(chance.uniform(0, MOMENT_SECONDS))
        fault.act(home, chance)
        measure(home, fault, cell)
        cell.failures += home.findings()
    except Exception as error:  # noqa: BLE001: whatever it is, it is a finding, and the other cells go on
        cell.failures.append(f"{type(error).__name__}: {str(error)[:800]}")
    finally:
        if home is not None:
            cell.kept = "" if cell.is_well else str(home.world.directory)
            home.world.close(not cell.is_well)
    return cell


def begin(fault: Fault) -> Home:
    """A home where all is well. On a busy machine its programs may not all begin in time, which is no finding."""
    for attempt in range(1, TRIES + 1):
        home = None
        try:
            home = Home(fault.with_band)
            home.begin()
            return home
        except (AssertionError, OSError):
            if home is not None:
                home.world.close(attempt == TRIES)
            if attempt == TRIES:
                raise
    raise AssertionError("no home")


def measure(home: Home, fault: Fault, cell: Cell) -> None:
    """Takes the time; what a scanner's silence needs to be noticed does not count."""
    began = time.monotonic()
    limit = fault.limit + fault.notice
    taken, missing = home.until_heard(fault.heard, limit)
    if taken is None:
        states = {name: home.shown(name) for name in sorted(missing)}
        cell.failures.append(f"not heard again within {limit:.0f} s: " + "; ".join(
            f"{name} {one.get('state')} {(one.get('failure') or {}).get('message', '')}" for name, one in states.items()))
        return
    while (wrong := fault.check(home)) and time.monotonic() - began < limit:
        home.pause(POLL * 5)
    if wrong:
        cell.failures.append(f"after {limit:.0f} s: {wrong}")
    else:
        cell.seconds = max(0.0, time.monotonic() - began - fault.notice)


class Matrix:
    """All cells, and the table of them."""

    def __init__(self, began: float):
        self.cells: list[Cell] = []
        self._began = began

    def say(self, cell: Cell, of: int) -> None:
        found = f"{cell.seconds:.1f} s" if cell.seconds is not None else "NOT RECOVERED"
        self._print(f"{len(self.cells)} of {of}: {cell.fault} {cell.seed}: {found}")
        for failure in cell.failures:
            self._print(f"FOUND: {cell.fault} {cell.seed}: {failure} [{cell.kept}]")

    @staticmethod
    def _print(text: str) -> None:
        print(f"bluetooth: {text}", file=sys.stderr, flush=True)

    def rows(self, faults: list[str]) -> dict[str, dict[str, object]]:
        """`well` counts what recovered, or alerted where nothing can be healed, and lost nothing."""
        found: dict[str, dict[str, object]] = {}
        for name in faults:
            cells = [one for one in self.cells if one.fault == name]
            seconds = [one.seconds for one in cells if one.seconds is not None]
            found[name] = {"seeds": len(cells), "well": sum(one.is_well for one in cells),
                           "end": "alerted" if FAULTS[name].alert else "recovered",
                           "median": round(statistics.median(seconds), 1) if seconds else None,
                           "max": round(max(seconds), 1) if seconds else None}
        return found

    def close(self, faults: list[str], as_json: bool) -> int:
        rows, failed = self.rows(faults), [one for one in self.cells if not one.is_well]
        failures = [f"{one.fault} {one.seed}: {sentence} [{one.kept}]" for one in failed for sentence in one.failures]
        took = round(time.monotonic() - self._began)
        if as_json:
            print(json.dumps({"faults": "bluetooth", "rows": rows, "failures": failures, "seconds": took}, ensure_ascii=False))
        else:
            print("\n".join([*table(rows), *(f"FOUND: {one}" for one in failures), f"seconds: {took}",
                             f"bluetooth: {len(failed)} of {len(self.cells)} cells failed"]))
        sys.stdout.flush()
        return 1 if failed or not self.cells else 0


def table(rows: dict[str, dict[str, object]]) -> list[str]:
    width = max(map(len, rows))
    lines = [f"{'fault':{width}} seeds  well  median s   max s  end"]
    for name, row in rows.items():
        times = [f"{row[key]:.1f}" if row[key] is not None else "-" for key in ("median", "max")]
        lines.append(f"{name:{width}} {row['seeds']:5} {row['well']:5} {times[0]:>9} {times[1]:>7}  {row['end']}")
    return lines
