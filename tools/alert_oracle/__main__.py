# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: see tools/alert-oracle."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from alert_oracle import nuisance, vigilctl
from alert_oracle.comparison import Tally
from alert_oracle.rules import RULES
from alert_oracle.run import Report, explained, keep, run, say_to_stderr, smallest

MOST_SHRUNK = 3


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["nuisance"]:
        return nuisance.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="alert-oracle", description="Holds Vigil's alerts to a second implementation.")
    parser.add_argument("--samples", type=int, default=100_000, metavar="N", help="at least so many readings")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the first trace")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="traces side by side")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="where shrunk traces go")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    options = parser.parse_args(arguments)
    if not vigilctl.PROGRAM.exists():
        say_to_stderr(f"alert-oracle: there is no {vigilctl.PROGRAM}: swift build, or VIGIL_BIN")
        return 2
    report = run(options.samples, options.seed, options.workers, say_to_stderr)
    shrunk = show_bad(report, options.keep)
    if options.json:
        print(json.dumps(plain(report, options.seed, shrunk)))
    else:
        print(table(report))
    return 1 if report.bad else 0


def show_bad(report: Report, folder: Path | None) -> list[list[str]]:
    """The first of each kind, as short as it gets."""
    found: dict[object, list[str]] = {}
    for one in report.bad:
        key = one.failure or one.verdict.first
        if key in found or len(found) >= MOST_SHRUNK or one.failure is not None:
            continue
        say_to_stderr(f"\nshrinking trace {one.seed}: {key}")
        found[key] = smallest(one)
        say_to_stderr("\n".join(found[key]) + "\n" + explained(found[key]))
        if folder is not None:
            say_to_stderr(f"kept: {keep(found[key], folder, f'trace-{one.seed}')}")
    return list(found.values())


def table(report: Report) -> str:
    rows = [f"{'rule':18} {'episodes':>9} {'said':>9} {'missed':>7} {'spurious':>9} {'repeated':>9}"]
    known = [rule.id for rule in RULES]
    for rule in [*known, *sorted(report.rules.keys() - set(known))]:
        rows.append(_row(rule, report.rules.get(rule, Tally())))
    rows.append(_row("all", sum(report.rules.values(), Tally())))
    rows.append(f"{report.samples} samples in {report.traces} traces, {len(report.bad)} of them differ")
    rows += [f"trace {one.seed}: {one.failure}" for one in report.bad if one.failure]
    return "\n".join(rows)


def _row(name: str, tally: Tally) -> str:
    return (f"{name:18} {tally.episodes:>9} {tally.said:>9} {tally.missed:>7} {tally.spurious:>9} {tally.repeated:>9}")


def plain(report: Report, seed: int, shrunk: list[list[str]]) -> dict[str, object]:
    return {"seed": seed, "samples": report.samples, "traces": report.traces, "differ": [one.seed for one in report.bad],
            "rules": {rule: asdict(tally) for rule, tally in sorted(report.rules.items())}, "shrunk": shrunk}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
