# SPDX-License-Identifier: GPL-3.0-or-later
"""When something was measured: clocks of devices that are wrong, and a box that learns the time late."""

from __future__ import annotations

import struct
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import journal
import pytest
import scenarios
from conftest import MakeWorld
from device_clock import octets
from technician import FAST, Technician
from waiting import eventually
from world import World

SHANGHAI = 8 * 3600
CRISIS = 192  # BP-1, of one reading where no second one comes
RULES = {"rules": {"BP-1": {"confirm-seconds": 2}, "settle-seconds": 0}}


def record(systolic: int, shown: datetime, diastolic: int = 80) -> str:
    """A blood pressure with the time that the cuff's clock showed."""
    return (struct.pack("<BHHH", 2, systolic, diastolic, 96) + octets(shown)).hex()


def shows(ahead: float, ago: float = 0) -> datetime:
    """What a clock that is so much ahead of UTC showed so many seconds ago."""
    return datetime.now(UTC) + timedelta(seconds=ahead - ago)


def cuff(clock: float | str = SHANGHAI, properties: tuple[str, ...] = ("read", "write"), uuid: str = "2a2b",
         story: list | None = None) -> scenarios.Device:
    device = scenarios.cuff(pairing="just-works", require="none")
    device["gatt"]["1805"] = {uuid: {"properties": list(properties), "clock": clock}}
    return device | ({"story": story} if story else {})


def instant(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


def systolic(reading: dict[str, Any]) -> int:
    return next(one["value"] for one in reading["values"] if one["kind"] == "systolic")


def revisions(world: World, device: str) -> list[dict[str, Any]]:
    """Every message about the device's readings, corrections too."""
    return [one for one in world.clinic.messages("reading") if one["device"]["id"] == device]


def start(make_world: MakeWorld, device: scenarios.Device, clock: dict[str, Any] | None = None) -> tuple[World, str]:
    world = make_world(devices=[device], bluez=FAST, clock=clock or {}, config=RULES).start()
    enrolled = world.pair("cuff", scenarios.CUFF)
    world.stage.wait_event("subscribed", "cuff")
    return world, enrolled


def measure(world: World, device: str, value: str) -> dict[str, Any]:
    """The cuff says it, and it arrives."""
    known = len(world.clinic.readings(device))
    world.stage.tell(f"notify cuff 2a35 {value}")
    return world.clinic.wait(lambda: world.clinic.readings(device)[known:], 15, f"the reading {value}")[0]


def clock_was_read(world: World, count: int = 1) -> None:
    eventually(lambda: len([one for one in world.stage.events("read", "cuff")
                            if one["characteristic"] in ("2a2b", "2a08")]) >= count, 15, "the clock was read")


def conditions(world: World, rule: str = "TM-1") -> list[str]:
    return [one["phase"] for one in world.clinic.messages("alert") if one["rule"] == rule]


def alarms(world: World) -> list[dict[str, Any]]:
    """The beginnings of alerts about a person."""
    return [one for one in world.clinic.phases("start") if one["category"] == "physiological"]


# A cuff's clock -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("uuid", "slow", "name"), [
    ("2a2b", 20 * 60, "BP cuff"), ("2a2b", -3 * 3600, "BP cuff"), ("2a2b", 11 * 365 * 86400, "BP cuff"),
    ("2a08", 20 * 60, "NBP-1BLE_4")])
def test_a_clock_that_is_wrong_silences_nothing_and_is_set(
        make_world: MakeWorld, uuid: str, slow: float, name: str) -> None:
    world, device = start(make_world, cuff(SHANGHAI - slow, uuid=uuid) | {"name": name})
    # Told as soon as the link is there: it waits for the clock.
    reading = measure(world, device, record(120, shows(SHANGHAI - slow, ago=60)))
    assert reading["age"] == "fresh", reading
    assert reading["clock"]["source"] == "device" and abs(reading["clock"]["offsetSeconds"] + slow) < 3, reading["clock"]
    assert abs(instant(reading["observedAt"]) - (time.time() - 60)) < 15, reading
    told = world.stage.wait_event("written", "cuff")
    assert told["characteristic"] == uuid
    year, *rest = struct.unpack("<HBBBBB", bytes.fromhex(told["value"])[:7])
    assert abs((datetime(year, *rest) - shows(SHANGHAI).replace(tzinfo=None)).total_seconds()) < 30, told
    eventually(lambda: conditions(world) == ["start"], 10, lambda: f"TM-1: {conditions(world)}")

    # On the next link it is right, and what it has stored since is judged by the clock as it is now.
    world.stage.leave("cuff")
    world.stage.come_back("cuff")
    clock_was_read(world, 2)
    eventually(lambda: conditions(world)[1:2] in (["end"], ["clear"]), 10, lambda: f"TM-1 ends: {conditions(world)}")
    assert len(world.stage.events("written", "cuff")) == 1, "it is set where it is off, and only there"
    world.clinic.assert_complete()


def test_an_old_record_is_late_and_alerts_nobody(make_world: MakeWorld) -> None:
    world, device = start(make_world, cuff(SHANGHAI - 7200))
    clock_was_read(world)
    old = measure(world, device, record(CRISIS, shows(SHANGHAI - 7200, ago=3600), diastolic=125))
    assert old["age"] == "late" and abs(instant(old["observedAt"]) - (time.time() - 3600)) < 15, old
    # The same of now does: nothing was broken that would have raised it.
    now = measure(world, device, record(CRISIS + 1, shows(SHANGHAI, ago=0), diastolic=126))
    assert now["age"] == "fresh", now
    world.clinic.wait(lambda: alarms(world), 15, "the alert of the second one")
    assert [one["reading"] for alert in alarms(world) for one in alert["evidence"]] == [now["reading"]]


@pytest.mark.parametrize(("clock", "properties"), [(SHANGHAI, ("write",)), ("not-set", ("read", "write"))])
def test_a_clock_that_says_nothing_proves_nothing(
        make_world: MakeWorld, clock: float | str, properties: tuple[str, ...]) -> None:
    world, device = start(make_world, cuff(clock, properties))
    reading = measure(world, device, record(CRISIS, shows(SHANGHAI, ago=3600), diastolic=125))
    assert reading["age"] == "unknown", reading
    assert reading["clock"]["deviceTime"] and "offsetSeconds" in reading["clock"]
    assert reading["clock"]["offsetSeconds"] is None
    # Unknown alerts, and says so.
    alert = world.clinic.wait(lambda: alarms(world), 15, "an alert")[0]
    assert alert["evidence"][0]["age"] == "unknown", alert
    if clock == "not-set":
        eventually(lambda: conditions(world) == ["start"], 10, "TM-1")


def test_a_clock_that_does_not_answer_keeps_nobody_waiting(make_world: MakeWorld) -> None:
    world = make_world(devices=[cuff()], bluez=FAST, clock={}).start()
    world.stage.tell("hang readvalue 9")
    device = world.pair("cuff", scenarios.CUFF)
    world.stage.wait_event("subscribed", "cuff")
    begun = time.monotonic()
    reading = measure(world, device, record(120, shows(SHANGHAI)))
    assert reading["age"] == "unknown" and time.monotonic() - begun < 10


def test_a_value_that_waits_is_on_the_disk(make_world: MakeWorld) -> None:
    world = make_world(devices=[cuff()], bluez=FAST, clock={}).start()
    device = world.pair("cuff", scenarios.CUFF)
    clock_was_read(world)
    world.stage.tell("hang readvalue 9")
    world.stage.leave("cuff")
    world.stage.come_back("cuff")
    world.stage.wait_event("subscribed", "cuff", count=2)
    world.stage.tell(f"notify cuff 2a35 {record(131, shows(SHANGHAI))}")

    def held() -> list[tuple]:
        copy = journal.copy(world.vigil.database, world.directory / f"copy-{time.monotonic_ns()}")
        return journal.rows(copy, "SELECT hex(bytes) FROM held")
    eventually(lambda: len(held()) == 1, 3, "it is held")
    world.vigil.kill()
    assert world.clinic.readings(device) == []
    world.vigil.start()
    reading = world.clinic.wait(lambda: world.clinic.readings(device), 15, "it goes its way after the restart")[0]
    assert (systolic(reading), reading["age"]) == (131, "unknown")
    assert world.vigil.stop() == 0
    assert journal.rows(world.vigil.database, "SELECT count(*) FROM held") == [(0,)]


# What a device has stored ---------------------------------------------------------------------------------------------

def test_a_memory_that_is_told_at_every_link_is_there_once(make_world: MakeWorld) -> None:
    ahead = SHANGHAI - 5400
    # Fifty-nine of before, and one of now, all of them crises.
    memory = [record(181 + index % 10, shows(ahead, ago=86400 - index * 1200), diastolic=125) for index in range(59)]
    memory.append(record(190, shows(ahead, ago=5), diastolic=126))
    story = [{"loop": {"steps": [{"until": "subscribed 2a35"},
                                 *({"notify": {"characteristic": "2a35", "value": value}} for value in memory),
                                 {"mark": "told"}, {"until": "disconnected"}]}}]
    world, device = start(make_world, cuff(ahead, story=story))
    world.stage.wait_event("mark", "cuff")
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 60, 30,
                      lambda: f"60 readings: {len(world.clinic.readings(device))}")
    ages = [one["age"] for one in world.clinic.readings(device)]
    assert ages == ["late"] * 59 + ["fresh"], ages
    world.clinic.wait(lambda: alarms(world), 15, "the alert of the one of now")
    for count in (2, 3):
        world.stage.leave("cuff")
        world.stage.come_back("cuff")
        world.stage.wait_event("mark", "cuff", count=count)
    # What is told after it is behind it.
    last = measure(world, device, record(121, shows(SHANGHAI)))
    assert [one["reading"] for one in world.clinic.readings(device)].count(last["reading"]) == 1
    assert len(world.clinic.readings(device)) == 61
    of_now = world.clinic.readings(device)[59]["reading"]
    for alert in alarms(world):
        assert {one["reading"] for one in alert["evidence"]} == {of_now}, alert
    world.clinic.assert_complete()


# The box's clock ------------------------------------------------------------------------------------------------------

def test_the_networks_time_lies_by_twenty_minutes(make_world: MakeWorld) -> None:
    """The cuff is right, and looks twenty minutes slow: its crisis is of now all the same."""
    world, device = start(make_world, cuff(), clock={"ahead": 1200})
    reading = measure(world, device, record(CRISIS, shows(SHANGHAI, ago=5), diastolic=125))
    assert reading["age"] == "fresh", reading
    world.clinic.wait(lambda: alarms(world), 15, "the alert")


def test_a_box_that_begins_in_1970_amends_when_it_knows_the_time(make_world: MakeWorld) -> None:
    world, device = start(make_world, cuff(), clock={"ahead": -time.time(), "synchronized": False})
    begun = time.time()
    first = measure(world, device, record(120, shows(SHANGHAI, ago=120)))
    assert (first["observedAt"], first["receivedAt"], first["age"]) == (None, None, "fresh"), first
    assert first["clock"]["synchronized"] is False and first["revision"] == 1 and first["state"] == "final"
    assert world.stage.events("written", "cuff") == [], "a box that is not sure of the time sets no clock"

    world.clock.set(0, synchronized=True)
    second = world.clinic.wait(lambda: [one for one in revisions(world, device) if one["revision"] == 2], 15, "revision 2")[0]
    assert (second["reading"], second["state"], second["age"]) == (first["reading"], "amended", "fresh")
    assert second["clock"]["synchronized"] is True and second["seq"] > first["seq"]
    assert -1 < instant(second["receivedAt"]) - begun < 30
    assert abs(instant(second["receivedAt"]) - instant(second["observedAt"]) - 120) < 5
    third = measure(world, device, record(122, shows(SHANGHAI)))
    assert third["revision"] == 1 and third["receivedAt"] and third["seq"] > second["seq"]
    world.clinic.assert_complete()

    # Once: neither a restart nor another loss of the network's time says it again.
    assert world.vigil.stop() == 0
    world.clock.set(0, synchronized=False)
    world.vigil.start()
    world.clock.set(0, synchronized=True)
    world.stage.wait_event("subscribed", "cuff", count=2)
    measure(world, device, record(123, shows(SHANGHAI)))
    assert [one["revision"] for one in revisions(world, device)] == [1, 2, 1, 1]


@pytest.mark.parametrize("jump", [-3600, 10 * 365 * 86400])
def test_a_jump_of_the_clock_neither_loses_nor_reorders(make_world: MakeWorld, jump: float) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)], bluez=FAST, clock={"synchronized": False}).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.stage.wait_sent("strap", 20)
    world.clock.set(jump, synchronized=True)
    count = len(world.stage.sent("strap"))
    world.stage.wait_sent("strap", count + 20)
    world.stage.leave("strap")
    final = lambda: [one for one in revisions(world, strap) if one["revision"] == 1]  # noqa: E731
    world.clinic.wait(lambda: len(final()) == len(world.stage.sent("strap")), 20, "every reading")
    assert [scenarios.counter_of(one) for one in final()] == [scenarios.counter_in(one) for one in world.stage.sent("strap")]
    moments = [one["clock"]["monotonicMs"] for one in final()]
    assert moments == sorted(moments)
    # Those of before the jump get the time of after it, and then all of them follow on each other.
    stale = [one for one in final() if not one["clock"]["synchronized"]]
    world.clinic.wait(lambda: len(revisions(world, strap)) == len(final()) + len(stale), 15,
                      lambda: f"{len(stale)} amendments, {len(revisions(world, strap)) - len(final())} are there")
    latest = {one["reading"]: one for one in sorted(revisions(world, strap), key=lambda one: one["revision"])}
    received = [instant(one["receivedAt"]) for one in sorted(latest.values(), key=lambda one: one["clock"]["monotonicMs"])]
    assert all(0 <= after - before < 60 for before, after in zip(received, received[1:], strict=False))
    world.clinic.assert_complete()


# What a technician tried out ------------------------------------------------------------------------------------------

def test_the_reading_of_a_trial_that_was_refused_is_an_error(make_world: MakeWorld) -> None:
    world = make_world(devices=[cuff()], bluez=FAST, clock={}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(progress="measure")
    world.stage.wait_event("subscribed", "cuff")
    world.stage.tell(f"notify cuff 2a35 {record(133, shows(SHANGHAI))}")
    technician.hear(progress="reading")
    technician.hear(question="value")
    technician.say("no")
    technician.end()
    found = world.clinic.wait(
        lambda: [one for one in world.clinic.messages("reading") if one["state"] == "entered-in-error"], 15, "it is taken back")
    first = next(one for one in world.clinic.messages("reading") if one["revision"] == 1)
    assert [(one["reading"], one["revision"], one["purpose"]) for one in found] == [(first["reading"], 2, "commissioning")]
    world.clinic.assert_complete()
