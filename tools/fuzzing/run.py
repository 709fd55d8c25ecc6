# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the fuzz targets side by side and sums them up: see tools/fuzz."""

from __future__ import annotations

import argparse
import fcntl
import fnmatch
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import corpus
import dictionary
import engine

WORK = engine.ROOT / ".build" / "fuzz-work"
# Elsewhere for a test that is to find something.
KEPT = Path(os.environ.get("VIGIL_FUZZ_CORPUS", engine.ROOT / "tools" / "fuzzing" / "corpus"))
# Named like a crash by libFuzzer; `slow-unit-` is only a remark.
CRASHES = ("crash-", "timeout-", "oom-", "leak-")
PULSE_SECONDS = 15
# Octets that are kept of a target, the smallest inputs first, so that the repository stays small.
MOST_KEPT = 1_500
MOST_KEPT_PROFILES = 30_000
# Proves that a trap is found; it is run only by its name.
SELF_TEST = "selftest."


@dataclass
class Run:
    """A target while it runs, and what came of it."""

    target: str
    process: subprocess.Popen[bytes]
    started: float
    seconds: float = 0.0
    report: engine.Report | None = None
    crashes: int = 0

    @property
    def log(self) -> Path:
        return WORK / self.target / "log"

    def read(self) -> engine.Report:
        return engine.read_report(self.log.read_text(errors="replace"))


def say(text: str) -> None:
    print(f"fuzz: {text}", file=sys.stderr, flush=True)


def start(target: str, runs: int, seconds: int | None) -> Run:
    place = WORK / target
    corpus.unpack(corpus.read(KEPT / f"{target}.txt"), place / "kept")
    (place / "found").mkdir(exist_ok=True)
    seeds = WORK / "seeds" / target
    longest = max((path.stat().st_size for path in seeds.iterdir()), default=0)
    arguments: list[str | Path] = [
        place / "found", place / "kept", seeds, f"-runs={runs}", f"-max_len={max(64, 2 * longest)}", "-timeout=10",
        "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={place}/"]
    if seconds is not None:
        arguments.append(f"-max_total_time={seconds}")
    if target == "profile":
        arguments.append(f"-dict={dictionary.write(WORK / 'profile.dict')}")
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(engine.command(arguments), cwd=place, env=engine.environment(VIGIL_FUZZ_TARGET=target),
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    return Run(target, process, time.monotonic())


def finish(run: Run) -> None:
    """Reads what the target said, keeps what broke it and tells how to see it again."""
    run.seconds = time.monotonic() - run.started
    run.report = run.read()
    for path in sorted((WORK / run.target).iterdir()):
        if not path.name.startswith(CRASHES):
            continue
        run.crashes += 1
        octets = path.read_bytes()
        corpus.add(KEPT / f"{run.target}.txt", corpus.Entry(octets, path.name.partition("-")[0]))
        say(f"FOUND in {run.target}: {path.relative_to(engine.ROOT)}, {len(octets)} octets")
        for line in run.report.reasons[:4] + run.report.frames[:8]:
            say(f"  | {line}")
        if len(octets) <= 512:
            say(f"  octets: {octets.hex(' ')}")
        say(f"  again: tools/fuzz --input {path.relative_to(engine.ROOT)} {run.target}")
        say(f"  it is in {KEPT.name}/{run.target}.txt now: commit that with the mending")
    if run.process.returncode != 0 and run.crashes == 0:
        run.crashes = 1
        say(f"FOUND in {run.target}: it ended with code {run.process.returncode} and left no input")
        for line in run.log.read_text(errors="replace").splitlines()[-12:]:
            say(f"  | {line}")


def run_all(targets: list[str], runs: int, seconds: int | None, jobs: int) -> list[Run]:
    share = max(1, runs // len(targets))
    waiting, running, done = list(targets), [], []
    spoken = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(start(waiting.pop(0), share, seconds))
            # Waits for the one that began first; the others are looked at when it has ended or the time is up.
            try:
                running[0].process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                pass
            for run in [run for run in running if run.process.poll() is not None]:
                running.remove(run)
                finish(run)
                done.append(run)
            if time.monotonic() - spoken >= PULSE_SECONDS:
                spoken = time.monotonic()
                now = ", ".join(f"{run.target} at {run.read().runs}" for run in running)
                say(f"{len(done)} of {len(targets)} targets done; {now}")
    finally:
        for run in running:
            run.process.kill()
            run.process.wait()
    return sorted(done, key=lambda run: run.target)


def keep(targets: list[str]) -> None:
    """Minimises what is known of each target into the kept corpus; what the vectors reach already is left out."""
    for number, target in enumerate(targets, 1):
        place = WORK / target
        seeds, merged = WORK / "seeds" / target, place / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        shutil.copytree(seeds, merged)
        given = {path.name for path in merged.iterdir()}
        arguments: list[str | Path] = ["-merge=1", "-timeout=10", f"-artifact_prefix={place}/", merged, place / "found",
                                       place / "kept"]
        subprocess.run(engine.command(arguments), cwd=place, env=engine.environment(VIGIL_FUZZ_TARGET=target), check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        kept = KEPT / f"{target}.txt"
        most = MOST_KEPT_PROFILES if target == "profile" else MOST_KEPT
        found = corpus.smallest([path.read_bytes() for path in merged.iterdir() if path.name not in given], most)
        corpus.write(kept, found + [entry for entry in corpus.read(kept) if entry.remark])
        corpus.unpack(corpus.read(kept), place / "kept")
        shutil.rmtree(place / "found")
        say(f"kept {len(found)} inputs of {target} ({number} of {len(targets)})")


def table(runs: list[Run]) -> None:
    width = max(len(run.target) for run in runs)
    print(f"{'target':{width}}  {'runs':>10}  {'runs/s':>8}  {'seconds':>7}  {'covered':>7}  {'new':>6}  crashes")
    for run in runs:
        report = run.report or engine.Report()
        rate = report.runs / run.seconds if run.seconds > 0 else 0
        print(f"{run.target:{width}}  {report.runs:10}  {rate:8.0f}  {run.seconds:7.1f}  {report.coverage:7}  {report.new:6}"
              f"  {run.crashes:7}")


def try_input(target: str, path: str) -> int:
    done = subprocess.run(engine.command([Path(path).resolve()]), env=engine.environment(VIGIL_FUZZ_TARGET=target),
                          stdin=subprocess.DEVNULL)
    say(f"{target}: {'nothing wrong with it' if done.returncode == 0 else 'it still breaks'}")
    return 0 if done.returncode == 0 else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", add_help=False)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--input")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    options = parser.parse_args()
    if options.runs < 1 or options.jobs < 1 or (options.seconds is not None and options.seconds < 1):
        parser.error("--runs, --jobs and --seconds are 1 or more")

    WORK.mkdir(parents=True, exist_ok=True)
    lock = (WORK / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another run to end …")
        fcntl.flock(lock, fcntl.LOCK_EX)

    say("building …")
    started = time.monotonic()
    if failure := engine.build():
        say(f"it does not build:\n{failure[-4000:]}")
        return 1
    say(f"built in {time.monotonic() - started:.0f} s")
    shutil.rmtree(WORK / "seeds", ignore_errors=True)
    known = engine.write_seeds(WORK / "seeds")
    targets = [name for name in known
               if any(fnmatch.fnmatchcase(name, pattern) for pattern in options.targets or ["*"])
               and (options.targets or not name.startswith(SELF_TEST))]
    if not targets:
        parser.error(f"no such target; there are {', '.join(known)}")
    if options.list:
        print("\n".join(targets))
        return 0
    if options.input:
        if len(targets) != 1:
            parser.error("--input needs the one target that it is for")
        return try_input(targets[0], options.input)

    for target in targets:
        (WORK / target).mkdir(parents=True, exist_ok=True)
        for path in (WORK / target).iterdir():
            if path.name.startswith(CRASHES):
                path.unlink()
    began = time.monotonic()
    runs = run_all(targets, options.runs, options.seconds, options.jobs)
    if options.keep:
        keep([run.target for run in runs if not run.crashes])
    table(runs)
    crashes = sum(run.crashes for run in runs)
    total = sum(run.report.runs for run in runs if run.report)
    print(f"{len(runs)} targets, {total} executions in {time.monotonic() - began:.0f} s, {crashes} crashes", flush=True)
    return 1 if crashes else 0


if __name__ == "__main__":
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
