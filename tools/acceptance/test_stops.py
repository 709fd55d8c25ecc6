# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon is stopped, or killed at any moment."""

from __future__ import annotations

import os
import random
import time

import journal
import pytest
import scenarios
from conftest import MakeWorld
from test_broker import assert_everything_came
from waiting import eventually
from world import IN_LAB, World

ROUNDS = int(os.environ.get("VIGIL_KILLS", "4" if IN_LAB else "20"))
SEED = int(os.environ.get("VIGIL_SEED", "1"))
# A stream's readings wait at most 4 s for their transaction; the rest is how precisely we know the moment of the kill.
MAY_BE_LOST = 4.0 + 1.0


def test_sigterm_ends_in_order_and_a_restart_goes_on(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)]).start()
    strap = world.pair("strap", scenarios.STRAP)
    clinic = world.clinic
    world.stage.wait_sent("strap", 30)
    # The last values wait for their transaction when the signal comes; that the daemon has them, its answer shows.
    world.stage.leave("strap")
    eventually(lambda: world.vigil.state_of(strap) != "connected", 10, "the daemon has noticed")
    began = time.monotonic()
    assert world.vigil.stop(5) == 0
    ended = time.monotonic()
    clinic.wait(lambda: clinic.status() == "offline", 2, "offline at once, by the daemon and not by the will")
    # The will has a delay of 10 s; and its `at` is the time of connecting.
    assert clinic.all("status")[-1].at <= ended + 0.5, "after the daemon's end"
    assert ended - began < 5
    late = world.subscriber("vigil/v1/+/+/up/status", name="late")
    late.wait(lambda: late.status() == "offline", 10, "the retained status")

    before = journal.committed(world.vigil.database)
    assert before.readings == len(world.stage.sent("strap")), "what was received is in the database"
    offlines = len([one for one in clinic.messages("status") if one["state"] == "offline"])
    world.start()
    world.stage.come_back("strap")
    world.stage.wait_sent("strap", before.readings + 10)
    assert_everything_came(world, strap, "strap")
    assert world.vigil.stop(5) == 0
    after = journal.committed(world.vigil.database)
    assert after.epoch == before.epoch
    assert after.seqs["reading"] == set(range(1, after.next["reading"]))
    assert after.next["reading"] > before.next["reading"]
    assert {key.epoch for key in clinic.ledger.lanes} == {before.epoch}
    assert [one["reason"] for one in clinic.ledger.gaps] == ["epoch", "epoch"]
    assert offlines == 1


def test_it_stops_at_once_while_it_waits_for_everything(make_world: MakeWorld) -> None:
    """No broker, no bluetoothd, and a device that is away: nothing of that holds up the end."""
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.wait_connected(strap)
    world.stage.leave("strap")
    eventually(lambda: world.vigil.state_of(strap) == "connecting", 10, "it connects")
    world.broker.kill()
    assert world.vigil.stop(5) == 0
    world.fake.bluez.kill()
    world.vigil.start()
    assert world.vigil.stop(5) == 0
    world.fake.bus.kill()
    world.vigil.start()
    assert world.vigil.stop(5) == 0


def kill(world: World, number: int) -> journal.Committed:
    """SIGKILL. What was committed at that moment, from a copy, as the daemon goes on with the file itself."""
    world.vigil.kill()
    return journal.committed(journal.copy(world.vigil.database, world.directory / f"killed-{number}"))


def test_a_kill_costs_a_stream_no_more_than_its_last_seconds(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)]).start()
    strap = world.pair("strap", scenarios.STRAP)
    doubtful: set[int] = set()
    for number, count in enumerate((75, 64, 87)):  # at different moments of the four seconds
        before = len(world.stage.sent("strap"))
        world.wait_connected(strap)
        world.stage.wait_sent("strap", before + count)
        world.vigil.kill()
        events = world.stage.events("sent", "strap")
        for event in events:
            if event["t"] >= events[-1]["t"] - MAY_BE_LOST:
                doubtful.add(scenarios.counter_in(event["value"]))
        world.start()
    world.wait_connected(strap)
    world.stage.leave("strap")
    sent = {scenarios.counter_in(value) for value in world.stage.sent("strap")}
    clinic = world.clinic
    missing = lambda: sent - {scenarios.counter_of(one) for one in clinic.readings(strap)} - doubtful  # noqa: E731
    eventually(lambda: not missing(), 15, lambda: f"lost: {sorted(missing())}")
    clinic.assert_complete()


@pytest.mark.lab
def test_killed_at_any_moment(make_world: MakeWorld) -> None:
    devices = [scenarios.strap("runner", scenarios.RUNNER, 0.25), scenarios.cuff(),
               next(one for one in scenarios.household() if one["id"] == "night")]
    # The pressures go up and down; their rules are others' business.
    rules = {"OX-1": {"confirm-seconds": 1, "clear-seconds": 1}, "OX-2": {"enabled": False}, "settle-seconds": 0}
    world = make_world(devices=devices, config={"rules": rules}).start()
    chance = random.Random(SEED)
    runner = world.pair("runner", scenarios.RUNNER, "r-0001")
    night = world.pair("night", scenarios.NIGHT, "r-0002")
    cuff = world.pair("cuff", scenarios.CUFF, "r-0003")
    clinic, systolic = world.clinic, 100
    committed: list[journal.Committed] = []

    for number in range(ROUNDS):
        manner = ("any", "commit", "any", "outage", "at once")[number % 5]
        if manner == "commit":
            # An indication is committed the moment it comes: the kill falls around that.
            world.wait_connected(cuff)
            world.stage.wait_event("subscribed", "cuff")
            systolic += 1
            world.stage.control(f"notify cuff 2a35 {scenarios.pressure(systolic)}")
            time.sleep(chance.uniform(0, 0.03))
        elif manner != "at once":
            if manner == "outage":
                world.broker.kill()
            time.sleep(chance.uniform(0.2, 4.5))
        committed.append(kill(world, number))
        if manner == "outage":
            world.broker.start()
        world.vigil.start()

    for device in (runner, night):
        world.wait_connected(device, 60)
    for name in ("runner", "night"):
        world.stage.wait_sent(name, len(world.stage.sent(name)) + 10)
        world.stage.leave(name)
    for device in (runner, night):
        eventually(lambda: world.vigil.state_of(device) != "connected", 10, "the daemon has noticed")
    assert world.vigil.stop(10) == 0  # which writes what waits for its transaction
    world.start()
    clinic.wait(lambda: all(one["waiting"] == 0 for one in world.vigil.status()["queues"]), 30, "all is delivered")
    assert world.vigil.stop(10) == 0

    # All that was ever committed has come, each number to one message and each message as it was.
    final = journal.committed(world.vigil.database)
    for lane in ("alert", "reading"):
        came = {key.epoch: series.seen for key, series in clinic.ledger.lanes.items() if key.lane == lane}
        assert list(came) == [final.epoch]
        assert came[final.epoch] == final.seqs[lane] == set(range(1, final.next[lane]))
        for earlier in committed:
            assert earlier.seqs[lane] <= final.seqs[lane]
    clinic.assert_complete()
    assert len(clinic.ledger.readings) == final.readings, "distinct reading ids"

    # A value is one reading, however often the daemon died.
    counters = [scenarios.counter_of(one) for one in clinic.readings(runner)]
    assert len(counters) == len(set(counters)) and set(counters) <= {
        scenarios.counter_in(one["value"]) for one in world.stage.events("sent", "runner")}
    # In emulation the kill always comes before the commit.
    assert IN_LAB or clinic.readings(cuff)

    # One start for each episode, and no second episode of a rule before the first is over.
    assert clinic.phases("start"), "the test met no alert"
    open_: dict[tuple[str, str], str] = {}
    for alert in sorted(clinic.ledger.transitions, key=lambda one: one["seq"]):
        key = (alert["resident"], alert["rule"])
        if alert["phase"] == "start":
            assert key not in open_, f"{alert['alert']} starts while {open_[key]} is open"
            open_[key] = alert["alert"]
        elif alert["phase"] in ("clear", "end", "supersede"):
            assert open_.pop(key) == alert["alert"]
    # What nobody has acknowledged begins again as the same episode, with another version.
    starts = [(one["alert"], one["version"]) for one in clinic.phases("start")]
    assert len(starts) == len(set(starts))
