# SPDX-License-Identifier: GPL-3.0-or-later
"""A broker that says it has something and loses it: with `receipts: clinic` the archive gets everything all the same."""

from __future__ import annotations

from typing import Any

import scenarios
from archive import Archive
from conftest import MakeWorld
from test_broker import AFTER_OUTAGE, assert_everything_came
from waiting import eventually
from world import World

# A consumer that does not get on for 10 s gets it again, and an acknowledgement counts after 5 s.
AFTER_LOSS = 40
CLINIC = {"receipts": "clinic", "consumer": "archive", "streams": "full"}
STREAM = 0.2


def make(make_world: MakeWorld, **mosquitto: Any) -> tuple[World, Archive, str]:
    """A strap that streams, two desks, and an archive whose receipts count."""
    world = make_world(devices=[scenarios.strap(every=STREAM)], config=CLINIC, clinic=False, mosquitto=mosquitto)
    archive = Archive(world.broker.port)
    world.subscribers.append(archive)
    world.clinic = archive
    for name in ("desk-1", "desk-2"):
        world.subscriber(name=name)
    world.start()
    return world, archive, world.pair("strap", scenarios.STRAP)


def waiting(world: World) -> int:
    return next(one["waiting"] for one in world.vigil.status()["queues"] if one["lane"] == "reading")


def wait_stream(world: World, more: int) -> None:
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + more, more * STREAM * 2 + 10)


def assert_all_have_everything(world: World, strap: str) -> None:
    assert_everything_came(world, strap, "strap", AFTER_LOSS)
    for desk in world.subscribers[1:]:
        desk.wait(lambda: set(desk.ledger.readings) == set(world.clinic.ledger.readings), 20, "the desks have it too")
        desk.assert_complete()
    eventually(lambda: waiting(world) == 0, 20, lambda: f"{waiting(world)} still wait for a receipt")


def test_what_a_killed_broker_forgot_comes_again(make_world: MakeWorld) -> None:
    world, archive, strap = make(make_world, persistence="false", autosave_on_changes=None, autosave_interval=None,
                                 persistence_location=None)
    archive.wait(lambda: len(archive.readings(strap)) > 10, 15, "the stream flows")
    eventually(lambda: waiting(world) < 10, 15, "receipts count")
    archive.away()
    # The broker has these for longer than an acknowledgement needs to count, and nothing of it counts as delivered.
    before = world.vigil.status()["queues"][1]["lastSeq"]
    wait_stream(world, 50)
    desk = world.subscribers[1]
    desk.wait(lambda: max(one.highest for one in desk.ledger.lanes.values()) >= before + 40, 10, "the desks see what is now")
    assert waiting(world) >= 40
    world.broker.kill()
    world.broker.start()
    for one in world.subscribers[1:]:
        one.wait_subscribed()
    world.vigil.wait_for(r"connected to the broker[^$]*connected to the broker", AFTER_OUTAGE)
    archive.back()
    world.vigil.wait_for("the consumer does not get on, sending again.*lane=reading", AFTER_LOSS)
    assert_all_have_everything(world, strap)


def test_what_a_full_queue_dropped_comes_again(make_world: MakeWorld) -> None:
    world, archive, strap = make(make_world, max_queued_messages=30)
    archive.wait(lambda: len(archive.readings(strap)) > 10, 15, "the stream flows")
    archive.away()
    wait_stream(world, 100)
    archive.back()
    world.vigil.wait_for("the consumer does not get on, sending again.*lane=reading", AFTER_LOSS)
    assert_all_have_everything(world, strap)


def test_an_archive_that_lost_its_disk_gets_everything_from_where_it_says(make_world: MakeWorld) -> None:
    world, archive, strap = make(make_world)
    archive.wait(lambda: len(archive.readings(strap)) > 20, 15, "the stream flows")
    eventually(lambda: waiting(world) < 10, 15, "receipts count")
    archive.silence()
    [(epoch, numbers)] = archive.up_to().items()
    before = archive.ledger.totals("reading").duplicates
    archive.say({"schema": "vigil.receipt/1", "consumer": "archive", "epoch": epoch, "upTo": {"reading": 3}})
    world.vigil.wait_for("the consumer has less than it had.*lane=reading", 10)
    archive.wait(lambda: archive.ledger.totals("reading").duplicates - before >= numbers["reading"] - 3, 15,
                 "all of it comes again")
    assert waiting(world) >= numbers["reading"] - 3
    archive.speak()
    assert_all_have_everything(world, strap)


def test_receipts_that_do_not_count(make_world: MakeWorld) -> None:
    world, archive, strap = make(make_world)
    archive.wait(lambda: len(archive.readings(strap)) > 10, 15, "the stream flows")
    archive.silence()
    eventually(lambda: waiting(world) >= 5, 15, "nothing is delivered without receipts")
    [(epoch, _)] = archive.up_to().items()
    right = {"schema": "vigil.receipt/1", "consumer": "archive", "epoch": epoch, "upTo": {"reading": 10**6}}
    archive.say(right)
    world.vigil.wait_for("a receipt is above what was sent.*lane=reading", 10)
    archive.say(right | {"consumer": "desk-1", "upTo": {"reading": 1}})
    world.vigil.wait_for("a receipt of another consumer", 10)
    for one in (b"", b"\xff\x00", b"{}", b"[" * 4000, right | {"upTo": {"reading": -5}}, right | {"upTo": {"reading": "9"}}):
        archive.say(one)
    archive.say(right | {"upTo": {"reading": 2}}, retain=True)
    world.vigil.wait_for("not a receipt", 10)
    last = world.vigil.status()["queues"][1]["lastSeq"]
    eventually(lambda: world.vigil.status()["queues"][1]["lastSeq"] > last, 10, "it goes on")
    assert waiting(world) >= 5 and "sending again" not in world.vigil.output()
    # A right one counts.
    archive.speak()
    assert_all_have_everything(world, strap)


def test_a_restart_resumes_behind_what_the_broker_has(make_world: MakeWorld) -> None:
    world, archive, strap = make(make_world)
    archive.wait(lambda: len(archive.readings(strap)) > 10, 15, "the stream flows")
    archive.away()
    wait_stream(world, 60)
    desk = world.subscribers[1]
    world.vigil.stop()
    seen = desk.ledger.duplicates
    world.start()
    world.wait_connected(strap)
    wait_stream(world, 10)
    # What had settled does not go to the desks a second time, although no receipt covers it.
    assert desk.ledger.duplicates - seen < 40
    archive.back()
    assert_all_have_everything(world, strap)
