# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller has fewer connections than there are devices: no alert is missed for it, and `status` explains it."""

from __future__ import annotations

import time

import scenarios
from conftest import MakeWorld
from waiting import PATIENCE, eventually
from world import World

# A turn of 15 s and the change, for each of the others; then OX-1 wants 30 s of values.
OTHERS, CONFIRMATION, SLACK = 2 * (15 + 4), 30, 12
SPO2_97, SPO2_85 = "0061004800", "0055004800"


def states(world: World) -> dict[str, dict]:
    return {one["id"]: one for one in world.vigil.status()["devices"]}


def test_a_desaturation_keeps_the_only_connection_until_it_has_alerted(make_world: MakeWorld) -> None:
    devices = [scenarios.strap(), scenarios.strap("runner", scenarios.RUNNER),
               scenarios.oximeter([scenarios.spo2(SPO2_97, until="signal desaturate"), scenarios.spo2(SPO2_85)])]
    # The rules are those of a home.
    world = make_world(devices=devices, config={"rules": {}}).start()
    world.pair("strap", scenarios.STRAP, "r-0001")
    world.pair("runner", scenarios.RUNNER, "r-0002")
    oximeter = world.pair("oximeter", scenarios.OXIMETER, "r-0003")
    world.wait_connected(oximeter)
    world.fake.tell("slots 1")
    for device in ("strap", "runner"):
        world.fake.tell(f"drop {device}")
    eventually(lambda: [one["state"] for one in states(world).values()].count("waiting-for-turn") == 2, 40, "two wait")
    # A sensor that was put on is not believed for 30 s; it has gone round once by then.
    for device in ("strap", "runner", "oximeter"):
        count = len(world.stage.events("connected", device))
        world.stage.wait_event("connected", device, count + 1, 60)

    world.fake.tell("signal desaturate")
    began = time.monotonic()
    kept = eventually(lambda: states(world)[oximeter].get("keepsConnection"), OTHERS + SLACK, "it keeps its connection")
    assert kept is True
    status = world.vigil.ctl("status").out
    assert "keeps its connection: a value is being watched" in status and "its turn comes in about" in status
    waiting = [one for one in states(world).values() if one["state"] == "waiting-for-turn"]
    assert waiting and all(0 <= one["turnInSeconds"] <= 2 * 210 for one in waiting)
    world.clinic.wait(lambda: world.clinic.phases("start", "OX-1"), OTHERS + CONFIRMATION + SLACK, "the alert")
    assert time.monotonic() - began <= (OTHERS + CONFIRMATION + SLACK) * PATIENCE
    # And now the others are heard again.
    for device in ("strap", "runner"):
        count = len(world.stage.events("connected", device))
        world.stage.wait_event("connected", device, count + 1, 60)
