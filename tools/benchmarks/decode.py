# SPDX-License-Identifier: GPL-3.0-or-later
"""Time for one value of each characteristic, beside a Python library on the same octets.

Measured are the octets of the profiles' own vectors that decode, in turn, warm, the median of 15 rounds. The library is
labmcp-ble-health of PyPI, in an environment of its own. Octets that it reads otherwise than we do are left out on both
sides and counted, because a ratio would then compare different work.
"""

from __future__ import annotations

import argparse
import json
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

    @property
    def measured(self) -> list[str]:
        """What is measured: all that both read alike, or all where the library reads nothing."""
        alike = [octets for octets in self.reports if octets not in self.differences]
        return alike or list(self.reports)

    @property
    def is_compared(self) -> bool:
        return bool(self.theirs)

    @property
    def ratio(self) -> float | None:
        return statistics.median(self.theirs) / statistics.median(self.ours) if self.theirs and self.ours else None


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alone", action="store_true", help="without the library: needs no network")


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
    for (row, octets), answer in zip(asked, answers, strict=True):
        if difference := agreement.difference(row.reports[octets], json.loads(answer)):
            row.differences[octets] = difference


def measure(rows: list[Row], program: list[str]) -> None:
    def line(row: Row) -> str:
        return f"{row.profile}\t{row.characteristic}\t{' '.join(row.measured)}\n"

    def rounds(command: list[str], measured: list[Row]) -> list[list[float]]:
        output = call(command, "".join(map(line, measured))).splitlines()
        return [[float(number) for number in answer.split("\t")[2].split(" ")] for answer in output]

    for row, numbers in zip(rows, rounds(program, rows), strict=True):
        row.ours = numbers
    both = [row for row in rows if len(row.differences) < len(row.reports) and VENV.exists() and row.was_asked]
    theirs = rounds([str(VENV / "bin" / "python"), str(SIDE), "decode"], both) if both else []
    for row, numbers in zip(both, theirs, strict=True):
        row.theirs = numbers


def json_lines(rows: list[Row]) -> list[str]:
    lines = []
    for row in rows:
        entry: dict[str, Any] = {
            "bench": "decode", "profile": row.profile, "characteristic": row.characteristic, "title": row.title,
            "octetStrings": len(row.measured), "nanoseconds": round(statistics.median(row.ours), 1),
            "lowest": round(min(row.ours), 1), "highest": round(max(row.ours), 1)}
        if row.is_compared:
            entry["library"] = {"name": LIBRARY, "version": LIBRARY_VERSION,
                                "nanoseconds": round(statistics.median(row.theirs), 1)}
            entry["ratio"] = round(row.ratio or 0, 1)
        if row.was_asked and row.differences:
            entry["differ"] = row.differences
        lines.append(json.dumps(entry, ensure_ascii=False, sort_keys=True))
    return lines
