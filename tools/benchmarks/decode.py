# SPDX-License-Identifier: GPL-3.0-or-later
"""Time for one value of each characteristic, beside a Python library on the same octets.

Measured are the octets of the profiles' own vectors that decode, in turn, warm, in processor time, the median of 15
rounds. The library is labmcp-ble-health of PyPI, in an environment of its own. Octets that it reads otherwise than we do
are left out on both sides and counted, because a ratio would then compare different work.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import agreement
from program_build import PROGRAM, ROOT, BenchError, build, say

LIBRARY = "labmcp-ble-health"
LIBRARY_VERSION = "0.1.3"
VENV = ROOT / ".build" / "bench-venv"
SIDE = Path(__file__).resolve().parent / "library_side.py"


@dataclass
class Row:
    """One characteristic: what is decoded, and how long a value takes."""

    profile: str
    characteristic: str
    title: str
    # Octets in hex, and what we make of them.
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    # Instructions for one value, where they were counted.
    instructions: float | None = None
    # The library knows this characteristic.
    is_known: bool = False

    @property
    def measured(self) -> list[str]:
        """All that both read alike; all, where the library has nothing to be compared with."""
        return self.alike if self.is_known and self.alike else list(self.reports)

    @property
    def alike(self) -> list[str]:
        return [octets for octets in self.reports if octets not in self.differences]

    @property
    def ratio(self) -> float | None:
        return statistics.median(self.theirs) / statistics.median(self.ours) if self.theirs and self.ours else None


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alone", action="store_true", help="without the library: needs no network")
    parser.add_argument("--instructions", action="store_true",
                        help="also count instructions for a value, by valgrind: steady on a machine that is busy")


def run(options: argparse.Namespace) -> int:
    try:
        build()
        profiles = sorted(map(str, (ROOT / "device-profiles").glob("*/*.yaml")))
        rows = read_vectors(call([str(PROGRAM), "vectors", *profiles], ""))
        if not options.alone:
            install()
            compare(rows)
        say(f"measuring {len(rows)} characteristics …")
        measure(rows, [str(PROGRAM), "decode", *profiles])
        if options.instructions:
            count_instructions(rows, profiles)
    except BenchError as error:
        say(str(error))
        return 1
    for line in json_lines(rows) if options.json else table(rows, with_library=not options.alone):
        print(line)
    return 0


def call(command: list[str], text: str) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def read_vectors(listing: str) -> list[Row]:
    rows: dict[tuple[str, str], Row] = {}
    for line in listing.splitlines():
        profile, characteristic, title, octets, report = line.split("\t")
        row = rows.setdefault((profile, characteristic), Row(profile, characteristic, title))
        row.reports[octets] = json.loads(report)
    return list(rows.values())


def install() -> None:
    """Installs the library where it is not there in this version."""
    python = VENV / "bin" / "python"
    check = f"import importlib.metadata as m, sys; sys.exit(m.version('{LIBRARY}') != '{LIBRARY_VERSION}')"
    if python.exists() and subprocess.run([str(python), "-c", check], capture_output=True).returncode == 0:
        return
    say(f"installing {LIBRARY} {LIBRARY_VERSION} …")
    for command in (["python3", "-m", "venv", "--clear", str(VENV)],
                    [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
                     "--only-binary", ":all:", f"{LIBRARY}=={LIBRARY_VERSION}"]):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise BenchError(f"cannot install {LIBRARY}: {done.stderr.strip()[-500:]}\nwithout it: tools/bench decode --alone")


def compare(rows: list[Row]) -> None:
    """Asks the library what it makes of the octets, and notes where that differs."""
    asked = [(row, octets) for row in rows for octets in row.reports]
    answers = call([str(VENV / "bin" / "python"), str(SIDE), "values"],
                   "".join(f"{row.characteristic}\t{octets}\n" for row, octets in asked)).splitlines()
    for (row, octets), answer in zip(asked, map(json.loads, answers), strict=True):
        row.is_known |= "unknown" not in answer
        if difference := agreement.difference(row.reports[octets], answer):
            row.differences[octets] = difference


def lines(rows: list[Row]) -> str:
    return "".join(f"{row.profile}\t{row.characteristic}\t{' '.join(row.measured)}\n" for row in rows)


def measure(rows: list[Row], program: list[str]) -> None:
    def rounds(command: list[str], measured: list[Row]) -> list[list[float]]:
        output = call(command, lines(measured)).splitlines()
        return [[float(number) for number in answer.split("\t")[2].split(" ")] for answer in output]

    for row, numbers in zip(rows, rounds(program, rows), strict=True):
        row.ours = numbers
    both = [row for row in rows if row.is_known and row.alike]
    if both:
        for row, numbers in zip(both, rounds([str(VENV / "bin" / "python"), str(SIDE), "decode"], both), strict=True):
            row.theirs = numbers


def count_instructions(rows: list[Row], profiles: list[str]) -> None:
    """The difference of a long and a short run leaves what one value takes, without the start."""
    few, many = 5, 55
    for number, row in enumerate(rows, 1):
        counts = []
        for passes in (few, many):
            command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(PROGRAM), "repeat", str(passes),
                       *profiles]
            done = subprocess.run(command, input=lines([row]).encode(), capture_output=True)
            found = re.search(r"refs:\s+([\d,]+)", done.stderr.decode(errors="replace"))
            if done.returncode != 0 or not found:
                raise BenchError(f"valgrind failed: {done.stderr.decode(errors='replace')[-500:]}")
            counts.append(int(found[1].replace(",", "")))
        row.instructions = (counts[1] - counts[0]) / ((many - few) * len(row.measured))
        say(f"{row.profile} {row.characteristic}: {row.instructions:.0f} instructions ({number} of {len(rows)})")


def json_lines(rows: list[Row]) -> list[str]:
    result = []
    for row in rows:
        entry: dict[str, Any] = {
            "bench": "decode", "profile": row.profile, "characteristic": row.characteristic, "title": row.title,
            "octetStrings": len(row.measured), "nanoseconds": round(statistics.median(row.ours), 1),
            "lowest": round(min(row.ours), 1), "highest": round(max(row.ours), 1)}
        if row.instructions is not None:
            entry["instructions"] = round(row.instructions)
        if row.ratio is not None:
            entry["library"] = {"name": LIBRARY, "version": LIBRARY_VERSION,
                                "nanoseconds": round(statistics.median(row.theirs), 1)}
            entry["ratio"] = round(row.ratio, 1)
        if row.is_known and row.differences:
            entry["differ"] = row.differences
        result.append(json.dumps(entry, ensure_ascii=False, sort_keys=True))
    return result


def table(rows: list[Row], with_library: bool) -> list[str]:
    """A line for each characteristic; then what was left out, and why."""
    width = max(len(f"{row.profile} {row.characteristic}") for row in rows)
    counted = any(row.instructions is not None for row in rows)
    result = [f"{'':{width}}  octet strings   ns/value" + ("  instructions" if counted else "")
              + ("  library  ratio  left out" if with_library else "")]
    for row in rows:
        line = f"{row.profile + ' ' + row.characteristic:{width}}  {len(row.measured):13}  {statistics.median(row.ours):9.0f}"
        if row.instructions is not None:
            line += f"  {row.instructions:12.0f}"
        if with_library and row.ratio is not None:
            line += f"  {statistics.median(row.theirs):7.0f}  {row.ratio:4.1f}x  {len(row.differences):8}"
        elif with_library:
            line += f"  {'unlike' if row.is_known else '-':>7}  {'-':>5}  {len(row.differences):8}"
        result.append(line)
    if with_library:
        result.append(f"library: {LIBRARY} {LIBRARY_VERSION} on Python; -: it does not read that; left out: read otherwise there")
        for row in rows:
            for octets, difference in row.differences.items():
                result.append(f"  {row.characteristic} {octets}: {difference}"[:200])
    return result
