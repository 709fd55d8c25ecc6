# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody answers: it is said again, and it goes up to the county hospital, whose broker takes nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answers import asker, household, wait_for
from broker import Broker
from commander import Key, make_key
from conftest import MakeWorld
from subscriber import Subscriber
from test_commands import MakeCommander, commander_of
from waiting import eventually
from world import World

__all__ = ["commander_of"]
ONLY = "up/escalation/#"


@pytest.fixture
def county(tmp_path: Path) -> Key:
    return make_key(tmp_path, "county", "county")


def county_broker(world: World) -> Broker:
    """A mosquitto of the county hospital that bridges only escalations from the clinic's, as the README says. As an MQTT 5
    bridge mosquitto 2.0.11 would keep no session, and what is said while the two are apart would be lost."""
    broker = Broker(world.directory / "county", settings={
        "connection": "county", "address": f"127.0.0.1:{world.broker.port}", "topic": f"vigil/v1/+/+/{ONLY} in 1",
        "bridge_protocol_version": "mqttv311", "cleansession": "false", "restart_timeout": "1", "remote_clientid": "county",
        "try_private": "false", "notifications": "false"})
    world.processes.append(broker)
    broker.start()

    def is_known() -> bool:
        """The clinic's broker has the bridge's subscription, on its disk too."""
        _, found, rest = world.broker.output(everything=True).partition("Received SUBSCRIBE from county")
        return bool(found) and "Saving in-memory database" in rest
    eventually(is_known, 20, "the bridge is there")
    return broker


def escalations(subscriber: Subscriber) -> list[dict]:
    return [one.message for one in subscriber.all() if "/up/escalation/" in one.topic]


def waiting(world: World) -> int:
    return next(one["waiting"] for one in world.vigil.status()["queues"] if one["lane"] == "alert")


def test_the_county_hospital_hears_of_what_nobody_answers_and_of_nothing_else(
        make_world: MakeWorld, county: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [county], escalate="[2 s, 4 s]", again="1 s")
    hospital = Subscriber(county_broker(world).port, name="hospital")
    world.subscribers.append(hospital)
    world.stage.tell("signal fall")
    start = wait_for(world, "start", "active")
    eventually(lambda: [one["level"] for one in escalations(hospital)] == [2, 3], 40, lambda: f"two levels, {escalations(hospital)}")
    second, third = escalations(hospital)
    assert all((one["alert"], one["phase"], one["state"]) == (start["alert"], "escalate", "active") for one in (second, third))
    assert [one.topic.split("/up/")[1] for one in hospital.all()] == ["escalation/2/r-0001", "escalation/3/r-0001"]
    # The clinic has it too, as a transition of the episode and with another number.
    mine = [one for one in world.clinic.messages("alert") if one["phase"] == "escalate"]
    assert [one["level"] for one in mine] == [2, 3]
    assert {one["seq"] for one in mine}.isdisjoint({second["seq"], third["seq"]})
    assert mine[0]["version"] == second["version"] and mine[0]["text"] == second["text"]
    # It is said again once the clinic has what was said before.
    wait_for(world, "continue", "active")
    ask = asker(commander_of(world), county)
    assert ask("acknowledge", {"alert": start["alert"]}, expected=third["version"])["outcome"] == "done"
    heard = len(escalations(hospital))
    wait_for(world, "acknowledge", "acknowledged")
    world.stage.tell("signal rise")
    wait_for(world, "end", "ended")
    assert len(escalations(hospital)) == heard
    world.clinic.assert_complete()


def test_an_escalation_of_a_dead_brokers_time_comes_when_it_is_back(
        make_world: MakeWorld, county: Key, tmp_path: Path) -> None:
    world = household(make_world, tmp_path, [county], escalate="[2 s, 4 s]", again="1 s")
    hospital = Subscriber(county_broker(world).port, name="hospital")
    world.subscribers.append(hospital)
    world.broker.kill()
    world.stage.tell("signal fall")
    # The epoch's gap, a start, and twice a transition and its way up.
    eventually(lambda: waiting(world) >= 5, 40, lambda: f"it has gone up twice on the box, {waiting(world)} wait")
    world.broker.start()
    eventually(lambda: [one["level"] for one in escalations(hospital)] == [2, 3], 60, lambda: f"both, {escalations(hospital)}")
    # While nobody could hear it, it was not said again and again.
    world.clinic.wait(lambda: [one for one in world.clinic.messages("alert") if one["phase"] == "escalate"], 30, "the clinic too")
    first_escalation = min(one["version"] for one in world.clinic.messages("alert") if one["phase"] == "escalate")
    assert first_escalation <= 3, "start, escalate: nothing was repeated to a broker that was away"
    world.clinic.assert_complete()


def test_a_restart_neither_forgets_nor_doubles_an_escalation(make_world: MakeWorld, county: Key, tmp_path: Path) -> None:
    world = household(make_world, tmp_path, [county], escalate="[3 s, 15 min]")
    world.stage.tell("signal fall")
    wait_for(world, "start", "active")
    world.vigil.kill()
    world.start()
    wait_for(world, "escalate", "active")
    world.vigil.kill()
    world.start()
    world.clinic.wait(lambda: world.clinic.status() == "online", 30, "online again")
    world.stage.wait_sent("oximeter", len(world.stage.sent("oximeter")) + 20)
    found = [json.loads(one.payload) for one in world.clinic.all("alert")]
    assert len({one["seq"] for one in found if one["phase"] == "escalate"}) == 1
    world.clinic.assert_complete()
