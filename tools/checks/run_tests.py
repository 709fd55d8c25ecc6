# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and runs every suite there is, each within its time, and sums them up: see tools/test."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from closing_lines import Tally, lines_of, tally_of

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / ".build" / "test-logs"
PULSE_SECONDS = 60
# These compute all the time: beside them tests that wait for something are starved of the few threads there are.
COMPUTING = "^(AlertingTests|ReplayTests)"
# The acceptance tests mostly wait for limits of the real world, so several run side by side.
PYTEST_SUITES = (("tools/checks/tests", 300, ()), ("tools/fake-bluez/tests", 300, ()), ("tools/clinic/tests", 300, ()),
                 ("tools/consumer/tests", 300, ()),
                 ("tools/oracle/tests", 300, ("-n", "2", "--dist", "loadfile")),
                 ("tools/alert_oracle/tests", 1200, ("-n", "2", "--dist", "loadfile")), ("tools/benchmarks/tests", 300, ()),
                 ("tools/fuzzing/tests", 600, ()), ("tools/faulting/tests", 600, ("-n", "2")),
                 ("tools/screens", 600, ("-n", "2")),
                 ("tools/acceptance", 1800, ("-n", "4")))


@dataclass(frozen=True)
class Step:
    """A command with its limit. `kind` says how its output is counted; a `build` counts only when it fails."""

    name: str
    command: Sequence[str]
    limit: int
    kind: str


def steps(lab: bool, pattern: str | None) -> list[Step]:
    swift = ["swift", "test", "--skip-build", "--disable-xctest"]
    plan = [Step("build", ["swift", "build", "--build-tests"], 3600, "build")]
    if pattern or not (ROOT / "Tests/AlertingTests").is_dir():
        plan.append(Step("swift", swift + (["--filter", pattern] if pattern else []), 900, "swift"))
    else:
        plan += [Step("swift", [*swift, "--skip", COMPUTING], 900, "swift"),
                 Step("swift rules", [*swift, "--filter", COMPUTING], 900, "swift")]
    for folder, limit, more in PYTEST_SUITES:
        if (ROOT / folder).is_dir():
            # Tests that hang show where: each dumps its stacks before the limit of the step. No test that is well may
            # come to it: the dump reads the stacks of threads that run on, which can crash the interpreter.
            options = ["-p", "no:cacheprovider", "-o", f"faulthandler_timeout={min(limit - 60, 600)}", "--tb=short"]
            command = [sys.executable, "-m", "pytest", folder, *options, *more] + (["-k", pattern] if pattern else [])
            plan.append(Step(folder, command, limit, "pytest"))
    if lab:
        boot = ROOT / "tools/lab/boot"
        scripts = [script for script in sorted((ROOT / "tools/lab/tests").glob("*.sh")) if os.access(script, os.X_OK)]
        plan += [Step(f"lab {script.stem}", [str(boot), str(script), "1200"], 1260, "either") for script in scripts]
    return plan


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a step with everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def run(step: Step, log: Path, label: str) -> int | None:
    """Runs a step with its output in `log`, and says each minute that it still does; None when it took too long."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(step.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            while True:
                left = step.limit - (time.monotonic() - started)
                try:
                    return process.wait(timeout=max(0.0, min(PULSE_SECONDS, left)))
                except subprocess.TimeoutExpired:
                    seconds = time.monotonic() - started
                    if seconds >= step.limit:
                        return None
                    print(f"{label} still running, {seconds:.0f} s of at most {step.limit}", flush=True)
        finally:
            # What a test left behind, or everything when we are interrupted.
            end(process)


# What names a failed test and says why: Swift's issues and what goes with them, pytest's headings, reasons and summary.
TELLING = re.compile(r"✘|FAILED |ERROR |E   |_{4,} .+ _{4,}$|.* error: ")
AT_MOST = 120


def show_failure(output: str) -> None:
    """Prints what matters of a failed step: what failed and why, from wherever it stands, then the end of the log."""
    lines = [line for line in lines_of(output) if line.strip()]
    tail_at = max(len(lines) - 40, 0)
    shown = 0
    for index, line in enumerate(lines[:tail_at]):
        after_issue = line.startswith("↳") and index > 0 and lines[index - 1].startswith("✘")
        if (TELLING.match(line) or after_issue) and shown < AT_MOST:
            print(f"  | {line}")
            shown += 1
    print("  | …" if tail_at else "  |")
    for line in lines[tail_at:]:
        print(f"  | {line}")


def table(results: list[tuple[str, Tally, float]]) -> None:
    width = max(len(name) for name, _, _ in results)
    print(f"\n{'':{width}}  passed  failed  skipped  seconds")
    for name, tally, seconds in results:
        remark = f"  {tally.remark}" if tally.remark else ""
        print(f"{name:{width}}  {tally.passed:6}  {tally.failed:6}  {tally.skipped:7}  {seconds:7.0f}{remark}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="test", description="Builds Vigil and runs all its tests.")
    parser.add_argument("--lab", action="store_true", help="also the tests against a real bluetoothd")
    parser.add_argument("--filter", metavar="PATTERN", help="only tests whose name matches")
    options = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)

    plan = steps(options.lab, options.filter)
    results: list[tuple[str, Tally, float]] = []
    for number, step in enumerate(plan, 1):
        label = f"step {number} of {len(plan)}: {step.name}"
        print(f"{label} …", flush=True)
        log = LOGS / (step.name.replace("/", "-").replace(" ", "-") + ".log")
        started = time.monotonic()
        try:
            code = run(step, log, label)
        except OSError as error:
            log.write_text(f"{step.command[0]}: {error}\n")
            code = 127
        seconds = time.monotonic() - started
        output = log.read_text(errors="replace")
        if step.kind != "build":
            tally = tally_of(output, code, step.kind)
        elif code == 0:
            tally = Tally()
        else:
            tally = Tally(failed=1, remark="took too long" if code is None else "does not build")
        results.append((step.name, tally, seconds))
        verdict = "FAILED" if tally.failed else "done"
        counted = "" if step.kind == "build" else f", {tally.passed} passed, {tally.failed} failed"
        print(f"{label} {verdict}, {seconds:.0f} s{counted}", flush=True)
        if tally.failed:
            show_failure(output)
            print(f"  the whole log: {log.relative_to(ROOT)}", flush=True)
        if step.kind == "build" and tally.failed:
            break

    if options.lab and not any(step.name.startswith("lab ") for step in plan):
        results.append(("lab", Tally(failed=1, remark="no executable tools/lab/tests/*.sh to run"), 0))
    total = sum((tally for _, tally, _ in results), Tally())
    table(results)
    if total.passed + total.failed == 0:
        print("no test ran" + (f": does anything match {options.filter!r}?" if options.filter else ""))
    sys.stderr.flush()
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    # A shell starts what runs in its background with SIGINT ignored, and everything below would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
