# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference consumer beside a real gateway: it proves by itself that it has everything, whatever happens to it."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import scenarios
from commander import make_key
from conftest import MakeWorld
from reference_consumer import Consumer
from vigil import CLINIC
from waiting import eventually
from world import World

COMMAND = Path(__file__).resolve().parents[1] / "clinic" / "command.py"


def last_seq(world: World, lane: str) -> int:
    return next(one["lastSeq"] for one in world.vigil.status()["queues"] if one["lane"] == lane)


def assert_all_of_it(world: World, consumer: Consumer) -> None:
    """What the gateway says it has given out has come, without a hole, and no measurement twice."""
    world.stage.leave("strap")
    for lane in ("alert", "reading"):
        eventually(lambda: consumer.up_to(lane) == last_seq(world, lane), 30,
                   lambda: f"{lane}: {consumer.report()}, given {last_seq(world, lane)}")
    assert consumer.is_complete
    with closing(sqlite3.connect(consumer.database)) as database:
        newest: list[dict[str, Any]] = [json.loads(row[0]) for row in database.execute(
            "SELECT payload FROM newest WHERE payload LIKE '%vigil.reading/1%'")]
    counters = [scenarios.counter_of(one) for one in newest]
    assert counters and len(set(counters)) == len(counters)


def test_a_consumer_that_is_killed_has_everything_in_the_end(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)], config={"streams": "full"}, clinic=False)
    word = world.subscriber("vigil/v1/c1/gw-1/down/receipt", name="listener")
    consumer = Consumer(world.directory, world.broker.port)
    world.processes.append(consumer)
    consumer.start()
    world.start()
    world.pair("strap", scenarios.STRAP)
    for _ in range(3):
        before = consumer.up_to("reading")
        eventually(lambda: consumer.up_to("reading") > before + 3, 30, "readings are stored")
        consumer.kill()
        world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 10)
        consumer.start()
    world.broker.kill()
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 10)
    world.broker.start()
    eventually(lambda: world.vigil.status()["broker"]["connected"], 45, "the gateway is connected again")
    assert_all_of_it(world, consumer)

    receipts = [one.message for one in word.all("receipt")]
    assert all((one["schema"], one["consumer"]) == ("vigil.receipt/1", "archive") for one in receipts)
    assert {one["epoch"] for one in receipts} == {consumer.report()[0]["epoch"]}
    told = [one["upTo"]["reading"] for one in receipts]
    assert told == sorted(told), "an archive that keeps its disk never takes a word back"
    word.wait(lambda: word.all("receipt")[-1].message["upTo"]["reading"] == last_seq(world, "reading"), 10, "the last word")


def test_what_the_broker_dropped_is_asked_for(make_world: MakeWorld, tmp_path: Path) -> None:
    key = make_key(tmp_path, "archive", "technician")
    world = make_world(devices=[scenarios.strap(every=0.1)], config={"streams": "full", "commands": {"keys": [key.config]}},
                       clinic=False, mosquitto={"max_queued_messages": 20})
    ask = (f"{sys.executable} {COMMAND} --broker 127.0.0.1 --port {world.broker.port} --no-tls --clinic {CLINIC} "
           f"--key {key.private} --kid {key.kid} --by archive --role {key.role}")
    consumer = Consumer(world.directory, world.broker.port, "archive", "--ask", ask)
    world.processes.append(consumer)
    consumer.start()
    world.start()
    world.pair("strap", scenarios.STRAP)
    eventually(lambda: consumer.up_to("reading") > 3, 30, "readings are stored")
    consumer.kill()
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 100)
    consumer.start()

    def dropped() -> list[int]:
        """The most that are missing in one piece."""
        holes = [hole for row in consumer.report() for hole in row["missing"]]
        return max(holes, key=lambda hole: hole[1] - hole[0], default=[0, 0])
    hole = eventually(lambda: [dropped()] if dropped()[1] - dropped()[0] > 10 else None, 30, lambda: f"a hole, {consumer.report()}")[0]
    # It looks every 30 s, and asks for what was missing the time before as well. Such a broker goes on dropping, so there
    # may be a younger hole at any moment: what counts is that this one is filled.
    eventually(lambda: consumer.up_to("reading") > hole[1], 150, lambda: f"it is asked for and comes: {consumer.report()}")
