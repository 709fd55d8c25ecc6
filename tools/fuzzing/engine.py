# SPDX-License-Identifier: GPL-3.0-or-later
"""The fuzz program: how it is built and started, and what it says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build" / "fuzz"
PROGRAM = SCRATCH / "release" / "vigil-fuzz"

STATUS = re.compile(r"^#(\d+)\s+\w+.*?\bcov: (\d+)")
STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)")
REASON = re.compile(r"^(?:vigil-fuzz: |.*(?:Fatal error|fatal error): |==\d+== ?ERROR: |SUMMARY: )")
FRAME = re.compile(r"^\s+#\d+ 0x[0-9a-f]+ in (\S+) (.*)$")
# libFuzzer's and the C library's own frames say nothing about the fault.
FOREIGN = re.compile(r"llvm-project|/csu/|nptl|stdlib/|signal/|compiler-generated")


def build() -> str | None:
    """Builds with libFuzzer's instrumentation, apart from all other builds; what went wrong, or None."""
    command = ["swift", "build", "--scratch-path", str(SCRATCH), "-c", "release", "--sanitize", "fuzzer", "--product",
               "vigil-fuzz"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"VIGIL_TOOLS": "1"}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return None if done.returncode == 0 else done.stdout


def environment(**more: str) -> dict[str, str]:
    """Swift's own crash report would take the signal away from libFuzzer, and with it the input."""
    return os.environ | {"SWIFT_BACKTRACE": "enable=no", "VIGIL_PROFILES": str(ROOT / "device-profiles")} | more


def write_seeds(folder: Path) -> list[str]:
    """Writes the seeds that the profiles give, a folder for each target, and returns the targets."""
    subprocess.run([str(PROGRAM)], env=environment(VIGIL_FUZZ_SEEDS=str(folder)), check=True, stdin=subprocess.DEVNULL)
    return sorted(path.name for path in folder.iterdir())


def command(arguments: Sequence[str | Path]) -> list[str]:
    return [str(PROGRAM), *map(str, arguments)]


@dataclass
class Report:
    """What a run of one target said."""

    runs: int = 0
    new: int = 0
    coverage: int = 0
    reasons: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)


def read_report(log: str) -> Report:
    """Understands libFuzzer's log, also one that a crash has cut short."""
    report = Report()
    for line in log.splitlines():
        if match := STATUS.match(line):
            report.runs, report.coverage = int(match[1]), int(match[2])
        elif match := STATISTIC.match(line):
            if match[1] == "number_of_executed_units":
                report.runs = int(match[2])
            elif match[1] == "new_units_added":
                report.new = int(match[2])
        elif REASON.match(line):
            report.reasons.append(line)
        elif (match := FRAME.match(line)) and not FOREIGN.search(match[2]):
            report.frames.append(f"{match[1]} {match[2]}")
    return report
