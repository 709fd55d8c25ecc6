# SPDX-License-Identifier: GPL-3.0-or-later
"""Far fewer alerts than simple thresholds give, and nothing missed that is clearly the matter."""

from __future__ import annotations

import pytest

from alert_oracle.household import Household
from alert_oracle.nuisance import AIM, Result, naive, run, step_of
from alert_oracle.physiology import PEOPLE, beyond


@pytest.fixture(scope="module")
def total() -> Result:
    return sum(run(20, 1), Result("all"))


def test_far_fewer_alerts(total: Result) -> None:
    assert total.days == 20
    assert total.reduction(total.naive) >= AIM
    assert total.reduction(total.refractory) >= AIM


def test_nothing_missed_that_is_clearly_the_matter(total: Result) -> None:
    assert total.excursions >= 30
    assert total.missed_clear == []


def test_the_days_have_their_shapes() -> None:
    by_name = {who.name: Household(who, 5, 1).days for who in PEOPLE}
    assert naive(by_name["severe apnoea"], 0) > naive(by_name["stable sleeper"], 0)
    assert any(one.rule == "OX-1" for one in by_name["COPD"].excursions)
    assert not any(one.rule == "OX-1" for one in by_name["stable sleeper"].excursions)


def test_an_excursion_is_longer_than_the_wait() -> None:
    signal = [97.0] * 5 + [88.0] * 17 + [97.0] * 5
    usable = [True] * len(signal)
    assert beyond(signal, usable, (89.99, 999), 30, 2) == [(5, 21)]
    assert beyond(signal, usable, (89.99, 999), 32, 2) == []
    usable[10] = False
    assert beyond(signal, usable, (89.99, 999), 30, 2) == []


def test_the_steps_of_the_naive_program() -> None:
    assert [step_of("spo2", value, False) for value in (95, 94, 92, 89)] == [0, 1, 2, 3]
    assert step_of("spo2", 89, True) == 0
    assert step_of("heart-rate", 131, False) == step_of("heart-rate", 40, False) == 3
