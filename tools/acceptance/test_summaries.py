# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams as summaries of their minutes, and in full around an alert; whatever kills the daemon, each sample once.

A minute is one of the monotonic clock, so these tests take one or two.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import journal
import minutes
import scenarios
from conftest import MakeWorld
from subscriber import Subscriber
from test_schemas import validators
from world import World

WINDOW = 60_000
SUMMARIES = {"config": {"streams": "summaries"}}


def summaries(clinic: Subscriber, number: Callable[[str], Any] = Decimal) -> list[dict[str, Any]]:
    """Each message once, with its numbers as they stand there."""
    found = [json.loads(one.payload, parse_float=number) for one in clinic.all("reading")]
    return list({one["id"]: one for one in found if one["schema"] == "vigil.summary/1"}.values())


def singly(clinic: Subscriber, device: str) -> list[int]:
    """When the samples came that were sent one by one, monotonic."""
    return sorted(one["clock"]["monotonicMs"] for one in clinic.readings(device) if one["schema"] == "vigil.reading/1")


def assert_summaries_are_right(world: World, minutes_at_least: int) -> None:
    """Waits until all that is stored is summed up, ends the daemon, and computes it all once more from its database."""
    clinic, stored = world.clinic, 0

    def is_complete() -> bool:
        return sum(one["samples"] for one in summaries(clinic)) >= stored
    world.vigil.stop()
    stored = len(minutes.numbers(world.vigil.database))
    # The last minute may not be over.
    world.start()
    clinic.wait(is_complete, 80, lambda: f"{stored} samples, of these are summed up: "
                f"{sum(one['samples'] for one in summaries(clinic))}")
    world.vigil.stop()
    expected, said = minutes.expected(world.vigil.database), minutes.said(summaries(clinic))
    assert said == expected
    assert len(expected) >= minutes_at_least and sum(one["samples"] for one in said.values()) == stored
    assert journal.rows(world.vigil.database, "PRAGMA integrity_check") == [("ok",)]
    clinic.assert_complete()
    schema = validators()["vigil.summary/1"]
    errors = [f"{error.json_path}: {error.message}" for one in summaries(clinic, float) for error in schema.iter_errors(one)]
    assert not errors, errors


def test_a_minute_in_which_the_daemon_is_killed_again_and_again(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)], **SUMMARIES).start()
    strap = world.pair("strap", scenarios.STRAP)
    for _ in range(5):
        count = len(world.stage.sent("strap"))
        # More than the 4 s that a stream may wait, so that something of each life is on the disk.
        world.stage.wait_sent("strap", count + 55)
        world.vigil.kill()
        world.start()
        world.wait_connected(strap)
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 55)
    world.stage.leave("strap")
    world.clinic.wait(lambda: summaries(world.clinic), 70, "a summary")
    assert_summaries_are_right(world, 1)
    assert singly(world.clinic, strap) == [], "there was no alert"
    assert set(minutes.numbers(world.vigil.database).values()) == {0}
    summary = summaries(world.clinic)[0]
    assert summary["resident"] == "r-0001" and summary["purpose"] == "care" and summary["device"]["id"] == strap
    assert summary["from"] < summary["to"] == summary["observedAt"]


def test_around_an_alert_every_sample_comes_once(make_world: MakeWorld) -> None:
    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, 0.25, until="signal fall"),
                                   scenarios.spo2(scenarios.SPO2_86, 0.25, count=16),
                                   scenarios.spo2(scenarios.SPO2_97, 0.25, until="signal end")])
    world = make_world(devices=[oximeter, scenarios.strap(), scenarios.strap("runner", scenarios.RUNNER)],
                       **SUMMARIES).start()
    clinic = world.clinic
    finger = world.pair("oximeter", scenarios.OXIMETER, "r-0001")
    beat = world.pair("strap", scenarios.STRAP, "r-0001")
    runner = world.pair("runner", scenarios.RUNNER, "r-0002")
    for device in ("strap", "runner"):
        world.stage.wait_sent(device, 10)
    assert [singly(clinic, one) for one in (finger, beat, runner)] == [[], [], []]
    world.stage.tell("signal fall")
    start = clinic.wait(lambda: clinic.phases("start", "OX-1"), 15, "the alert")[0]
    at_start = len(world.stage.sent("oximeter"))
    # What its evidence names follows at once, and so does the rest of what came before.
    evidence = start["evidence"][0]["reading"]
    clinic.wait(lambda: evidence in clinic.ledger.readings, 10, "the evidence")
    for device in (finger, beat):
        clinic.wait(lambda: singly(clinic, device), 10, "what came before the alert")
    # In the middle of the window it dies, twice.
    for _ in range(2):
        world.stage.wait_sent("oximeter", len(world.stage.sent("oximeter")) + 24)
        world.vigil.kill()
        world.start()
        world.wait_connected(finger)
        world.wait_connected(beat)
    until = start["monotonicMs"] + WINDOW
    # Four values a second: by then the window is over.
    world.stage.wait_sent("oximeter", at_start + 4 * 68, 120)
    for device in ("oximeter", "strap", "runner"):
        world.stage.leave(device)
    assert_summaries_are_right(world, 6)

    for device in (finger, beat):
        wanted = [at for at, in journal.rows(world.vigil.database, f"""SELECT r.monotonic_ms FROM reading r
            JOIN source s ON s.id = r.source WHERE s.device = '{device}' AND s.purpose = 'care'
            AND r.monotonic_ms BETWEEN {start['monotonicMs'] - WINDOW} AND {until} ORDER BY r.id""")]
        assert len(wanted) > 40 and singly(clinic, device) == wanted
    assert singly(clinic, runner) == [], "the alert is another person's"
    assert set(minutes.numbers(world.vigil.database).values()) == {0, 1}
