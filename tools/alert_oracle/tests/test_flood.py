# SPDX-License-Identifier: GPL-3.0-or-later
"""However bad the days are, one episode of a rule at a time, the caps, and one digest a day."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from alert_oracle import vigilctl
from alert_oracle.comparison import judge
from alert_oracle.flood import bad_days, broken_promises
from alert_oracle.reading import day_of
from alert_oracle.replay import replay
from alert_oracle.vigilctl import Heard


DAYS = 60 if "VIGIL_LONG" in os.environ else 4


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return bad_days(DAYS)


@pytest.fixture(scope="module")
def heard(lines: list[str]) -> list[Heard]:
    return vigilctl.play(lines)


def test_the_promises_hold(heard: list[Heard]) -> None:
    assert broken_promises(heard)[:10] == []


def test_the_days_are_bad_enough(heard: list[Heard]) -> None:
    """Or the promises were not tried: on half of the days something was held back."""
    days = {day_of(one.said.at) for one in heard}
    digests = Counter(day_of(one.said.at) for one in heard if one.said.rule == "DG-1")
    assert len(days) >= DAYS
    assert len(digests) >= DAYS // 2


def test_it_is_what_the_oracle_says(lines: list[str], heard: list[Heard]) -> None:
    verdict = judge(replay(lines), heard)
    assert (verdict.missed[:3], verdict.spurious[:3]) == ([], [])


def test_a_broken_promise_is_found(heard: list[Heard]) -> None:
    assert broken_promises([*heard, *heard[-3:]])
    twice = [one for one in heard if one.said.rule == "DG-1"][:1] * 2
    assert any("digest" in one for one in broken_promises(twice))
