# SPDX-License-Identifier: GPL-3.0-or-later
"""Vigil says what the oracle says, on invented readings that reach every rule; with VIGIL_LONG on thirty thousand more."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

import pytest

from alert_oracle.comparison import Verdict, judge, shrink
from alert_oracle.replay import replay
from alert_oracle.rules import RULES
from alert_oracle.run import Report, examine_seed, explained, run, smallest
from alert_oracle.traces import trace
from alert_oracle.vigilctl import Heard

# The shortest traces that reach every rule between them; whoever changes the scenes looks for others.
EVERY_RULE = (58, 110, 128, 187, 196, 197, 210)
SOME_MORE = (3003, 3004)
SAMPLES, SEED = 30_000, 3005


@pytest.fixture(scope="module")
def report() -> Report:
    report = run(SAMPLES, SEED) if "VIGIL_LONG" in os.environ else Report()
    for seed in (*EVERY_RULE, *SOME_MORE):
        report.add(examine_seed(seed))
    return report


def test_they_agree(report: Report) -> None:
    for one in report.bad[:1]:
        assert one.failure is None, f"trace {one.seed}: {one.failure}"
        lines = smallest(one)
        shown = "\n".join(lines) + "\n" + explained(lines)
        pytest.fail(f"{len(report.bad)} traces differ. Trace {one.seed}, shrunk:\n{shown}")


def test_every_rule_was_told_of(report: Report) -> None:
    assert {rule for rule, tally in report.rules.items() if tally.episodes} >= {rule.id for rule in RULES}


def test_a_trace_comes_from_its_number() -> None:
    assert trace(7) == trace(7)
    assert trace(7) != trace(8)


def _heard(lines: Sequence[str]) -> list[Heard]:
    """The oracle in the place of Vigil."""
    versions: dict[str, int] = {}
    found = []
    for number, one in enumerate(replay(lines)):
        if one.phase == "start" and one.state == "ended":
            found.append(Heard(one, f"{number}", 1))
            continue
        name = f"{one.rule}"
        versions[name] = versions.get(name, 0) + 1
        found.append(Heard(one, f"{name}", versions[name]))
    return found


def test_what_is_missed_spurious_or_repeated_is_found() -> None:
    lines = list(trace(3).lines)
    expected, heard = replay(lines), _heard(lines)
    assert judge(expected, heard).is_well
    assert judge(expected, heard[:-1]).missed == [heard[-1].said]
    assert judge(expected[:-1], heard).spurious == [heard[-1].said]
    assert judge(expected, [*heard, heard[-1]]).repeated == [heard[-1]]


def test_a_trace_is_shrunk_to_what_matters() -> None:
    lines = list(trace(3).lines)

    def differs(some: Sequence[str]) -> bool:
        verdict: Verdict = judge(replay(some), [one for one in _heard(some) if one.said.rule != "OX-1"])
        return verdict.first == ("missed", "OX-1", "start")

    assert differs(lines)
    shrunk = shrink(lines, differs)
    assert len(shrunk) < len(lines) / 5
    assert differs(shrunk)
    assert all(json.loads(line) for line in shrunk)
