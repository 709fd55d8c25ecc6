# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays invented traces to both, and says how far they agree."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from alert_oracle import vigilctl
from alert_oracle.comparison import Tally, Verdict, judge, shrink, tallies
from alert_oracle.episode import Said
from alert_oracle.replay import replay
from alert_oracle.traces import Trace, trace, traces

PULSE_SECONDS = 15


@dataclass
class Outcome:
    """Of one trace."""

    seed: int
    samples: int
    tallies: dict[str, Tally] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    failure: str | None = None

    @property
    def is_well(self) -> bool:
        return self.failure is None and self.verdict.is_well


@dataclass
class Report:
    traces: int = 0
    samples: int = 0
    rules: dict[str, Tally] = field(default_factory=dict)
    bad: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        self.traces += 1
        self.samples += one.samples
        for rule, tally in one.tallies.items():
            self.rules[rule] = self.rules.get(rule, Tally()) + tally
        if not one.is_well:
            self.bad.append(one)


def differ(lines: Sequence[str]) -> Verdict:
    return judge(replay(lines), vigilctl.play(lines))


def examine(one: Trace) -> Outcome:
    expected = replay(one.lines)
    try:
        verdict = judge(expected, vigilctl.play(one.lines))
    except vigilctl.Failed as failed:
        return Outcome(one.seed, one.samples, failure=str(failed))
    return Outcome(one.seed, one.samples, tallies(expected, verdict), verdict)


def examine_seed(seed: int) -> Outcome:
    return examine(trace(seed))


def run(samples: int, seed: int, workers: int = 1, say: Callable[[str], None] = lambda _: None) -> Report:
    """At least so many samples; `say` is told now and then how far it is."""
    report = Report()
    said = time.monotonic()
    if workers == 1:
        outcomes: Iterable[Outcome] = map(examine, traces(samples, seed))
        return _summed(report, outcomes, samples, said, say)
    with ProcessPoolExecutor(workers) as pool:
        while report.samples < samples:
            many = range(seed, seed + 20 * workers)
            seed = many.stop
            said = time.monotonic()
            _summed(report, pool.map(examine_seed, many), samples, said, say)
    return report


def _summed(report: Report, outcomes: Iterable[Outcome], samples: int, said: float, say: Callable[[str], None]) -> Report:
    for one in outcomes:
        report.add(one)
        if not one.is_well:
            say(f"trace {one.seed}: {one.failure or one.verdict.first}")
        if time.monotonic() - said >= PULSE_SECONDS:
            said = time.monotonic()
            say(f"{report.samples} of {samples} samples, {report.traces} traces, {len(report.bad)} differ")
    return report


def smallest(outcome: Outcome) -> list[str]:
    """The trace without what it does not need to differ as it does."""
    first = outcome.verdict.first

    def still_differs(lines: Sequence[str]) -> bool:
        try:
            return differ(lines).first == first
        except vigilctl.Failed:
            return False

    return shrink(trace(outcome.seed).lines, still_differs)


def explained(lines: Sequence[str]) -> str:
    """For people: what was said and what not."""
    verdict = differ(lines)
    rows = [(one.at, f"missed    {describe(one)}") for one in verdict.missed]
    rows += [(one.at, f"spurious  {describe(one)}") for one in verdict.spurious]
    rows += [(one.said.at, f"repeated  {describe(one.said)} version {one.version}") for one in verdict.repeated]
    return "\n".join(text for _, text in sorted(rows)[:20])


def describe(one: Said) -> str:
    return f"{one.at} {one.rule} {one.phase} {one.state} {one.priority} {one.level}"


def keep(lines: Sequence[str], folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def say_to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
