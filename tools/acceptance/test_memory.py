# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored records of a glucose meter: only the new ones are asked for, none is lost, and none is deleted."""

from __future__ import annotations

from typing import Any

import journal
import scenarios
from conftest import MakeWorld
from technician import FAST
from waiting import eventually
from world import World

METER = "F5:F1:F2:F3:F4:31"
ALL, LATEST, ABORT, SUCCESS, NONE = "0101", "0106", "0300", "06000101", "06000106"
# A sequence number follows.
SINCE = "010301"


def number(sequence: int) -> str:
    return sequence.to_bytes(2, "little").hex()


def record(sequence: int, minute: int = 5, value: int = 53) -> dict[str, Any]:
    """A glucose in tenths of a mmol/L. Two records of one number differ in their time."""
    stamp = "ea07030e08" + f"{minute:02x}" + "1e"
    concentration = (0xC000 | value).to_bytes(2, "little").hex()
    return {"notify": {"characteristic": "2a18", "value": f"06{number(sequence)}{stamp}0000{concentration}11"}}


def asked(request: str, *records: dict[str, Any], response: str | None = SUCCESS) -> list[dict[str, Any]]:
    """Is asked for that, says these, and its response."""
    end = [{"notify": {"characteristic": "2a52", "value": response}}] if response else []
    return [{"until": f"written 2a52 {request}"}, *records, *end]


def start(make_world: MakeWorld, *story: list[dict[str, Any]]) -> tuple[World, str]:
    """What the meter does, one list for each question."""
    meter = scenarios.device(
        "meter", METER, "Glucose meter",
        {"1808": {"2a18": {"properties": ["notify"]}, "2a51": {"properties": ["read"], "value": "0000"},
                  "2a52": {"properties": ["write", "indicate"]}}},
        [step for part in story for step in part])
    world = make_world(devices=[meter], bluez=FAST).start()
    return world, world.pair("meter", METER)


def link_again(world: World) -> None:
    world.stage.leave("meter")
    world.stage.come_back("meter")


def requests(world: World) -> list[str]:
    return [one["value"] for one in world.stage.events("written", "meter")]


def wait_requests(world: World, wanted: list[str], limit: float = 30) -> None:
    eventually(lambda: requests(world) == wanted, limit, lambda: f"{wanted} are asked for: {requests(world)}")


def assert_each_once(world: World, device: str, count: int) -> None:
    """So many records, each once at the clinic, and nothing deleted. Ends the daemon."""
    world.clinic.wait(lambda: len(world.clinic.readings(device)) >= count, 20, f"{count} readings")
    world.vigil.stop()
    arrived = [one["reading"] for one in world.clinic.readings(device)]
    assert len(arrived) == len(set(arrived)) == count
    world.clinic.assert_complete()
    assert not [one for one in requests(world) if one.startswith("02")]
    assert journal.rows(world.vigil.database, "SELECT characteristic, reason FROM undecoded") == []


def last_record(world: World) -> list[tuple]:
    """Of a daemon that has stopped."""
    return journal.rows(world.vigil.database, "SELECT number FROM last_record")


def test_only_what_is_new_is_asked_for(make_world: MakeWorld) -> None:
    world, device = start(
        make_world, asked(ALL, record(1), record(2)),
        asked(SINCE + number(2), record(2), record(3)), asked(LATEST, record(3)),
        # Nothing new.
        asked(SINCE + number(3), record(3)), asked(LATEST, record(3)))
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 2, 20, "the first two")
    link_again(world)
    wait_requests(world, [ALL, SINCE + number(2), LATEST])
    world.stage.wait_sent("meter", 3 + 3 + 2)
    link_again(world)
    wait_requests(world, [ALL, SINCE + number(2), LATEST, SINCE + number(3), LATEST])
    assert_each_once(world, device, 3)
    assert last_record(world) == [(3,)]


def test_a_memory_that_was_cleared_is_read_whole(make_world: MakeWorld) -> None:
    world, device = start(
        make_world, asked(ALL, record(7)),
        asked(SINCE + number(7), response=NONE), asked(ALL, record(1, minute=6), record(2, minute=7)))
    world.clinic.wait(lambda: world.clinic.readings(device), 20, "the first")
    link_again(world)
    wait_requests(world, [ALL, SINCE + number(7), ALL])
    world.stage.wait_sent("meter", 2 + 1 + 3)
    assert_each_once(world, device, 3)
    assert last_record(world) == [(2,)]


def test_a_counter_that_wraps_hides_nothing(make_world: MakeWorld) -> None:
    before, after = [record(65534), record(65535)], [record(0, minute=6), record(1, minute=7)]
    world, device = start(
        make_world, asked(ALL, before[0]),
        asked(SINCE + number(65534), *before), asked(LATEST, after[1]), asked(ALL, *before, *after))
    world.clinic.wait(lambda: world.clinic.readings(device), 20, "the first")
    link_again(world)
    wait_requests(world, [ALL, SINCE + number(65534), LATEST, ALL])
    assert_each_once(world, device, 4)


def test_a_meter_that_does_not_know_the_question_is_asked_for_all(make_world: MakeWorld) -> None:
    world, device = start(
        make_world, asked(ALL, record(1)),
        asked(SINCE + number(1), response="06000104"), asked(ALL, record(1), record(2)))
    world.clinic.wait(lambda: world.clinic.readings(device), 20, "the first")
    link_again(world)
    wait_requests(world, [ALL, SINCE + number(1), ALL])
    assert_each_once(world, device, 2)


def test_a_report_that_halts_is_aborted_and_asked_for_again(make_world: MakeWorld) -> None:
    world, device = start(
        make_world, asked(ALL, record(1), record(2), response=None), asked(ABORT, response="06000301"),
        asked(ALL, record(1), record(2), record(3)))
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 2, 20, "what came is there")
    wait_requests(world, [ALL, ABORT], limit=20)
    link_again(world)
    wait_requests(world, [ALL, ABORT, ALL])
    assert_each_once(world, device, 3)
    assert last_record(world) == [(3,)]


def test_a_link_that_ends_half_way_skips_nothing(make_world: MakeWorld) -> None:
    """The later ones first, as no specification forbids."""
    world, device = start(
        make_world, asked(ALL, record(1)),
        [*asked(SINCE + number(1), record(4), record(3), response=None), {"disconnect": True}],
        asked(SINCE + number(1), record(4), record(3), record(2), record(1)), asked(LATEST, record(4)))
    world.clinic.wait(lambda: world.clinic.readings(device), 20, "the first")
    link_again(world)
    wait_requests(world, [ALL, *2 * [SINCE + number(1)], LATEST])
    world.stage.wait_sent("meter", 2 + 2 + 5 + 2)
    assert_each_once(world, device, 4)
    assert last_record(world) == [(4,)]


def test_a_daemon_that_is_killed_half_way_gets_the_rest(make_world: MakeWorld) -> None:
    """bluetoothd keeps the link, and the meter is still busy with what it was asked for before."""
    world, device = start(
        make_world, asked(ALL, record(1), record(2), response=None),
        asked(ABORT, response="06000301"), asked(ALL, record(1), record(2), record(3)))
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 2, 20, "the first two")
    world.vigil.kill()
    world.stage.tell("error writevalue org.bluez.Error.InProgress busy")
    world.vigil.start()
    wait_requests(world, [ALL, ABORT, ALL])
    assert_each_once(world, device, 3)
    assert last_record(world) == [(3,)]
