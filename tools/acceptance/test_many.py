# SPDX-License-Identifier: GPL-3.0-or-later
"""As many devices as a home may have, all at once, for as long as VIGIL_STREAM says."""

from __future__ import annotations

import os

import pytest
import scenarios
from conftest import MakeWorld
from waiting import eventually
from world import World

SECONDS = int(os.environ.get("VIGIL_STREAM", "30"))
GROWTH_KIB = 8 * 1024


def assert_all_have_come(world: World, ids: dict[str, str]) -> dict[str, int]:
    """What each device has handed over is at the clinic, once. How many that are."""
    sent = {name: len(world.stage.sent(name)) for name in ids}
    come = lambda: {name: len(world.clinic.readings(device)) for name, device in ids.items()}  # noqa: E731
    eventually(lambda: come() == sent, 30, lambda: f"sent {sent}, at the clinic {come()}")
    world.clinic.assert_complete()
    return sent


@pytest.mark.lab
def test_eight_devices_at_once(make_world: MakeWorld, capsys: pytest.CaptureFixture[str]) -> None:
    devices = scenarios.eight()
    world = make_world(devices=list(devices.values())).start()
    stage, vigil = world.stage, world.vigil
    ids = {one["id"]: world.pair(one["id"], address, f"r-{number:04}")
           for number, (address, one) in enumerate(devices.items(), 1)}
    cuffs = [name for name in ids if name in ("cuff", "confirmer")]
    eventually(lambda: {one["state"] for one in vigil.devices().values()} == {"connected"}, 60,
               lambda: f"all eight are connected: {vigil.devices()}")
    for name in cuffs:
        stage.wait_event("subscribed", name)
        stage.tell(f"notify {name} 2a35 {scenarios.pressure(121)}")
    for name in ids:
        stage.wait_sent(name, 1)

    began, links = stage.clock(), {name: len(stage.events("connected", name)) for name in ids}
    before = vigil.descriptors, vigil.resident_kib
    eventually(lambda: stage.clock() >= began + SECONDS, 2 * SECONDS, f"they stream for {SECONDS} s")
    after = vigil.descriptors, vigil.resident_kib
    for name in cuffs:
        stage.tell(f"notify {name} 2a35 {scenarios.pressure(122)}")
    for name in ids:
        stage.leave(name)
    sent = assert_all_have_come(world, ids)
    with capsys.disabled():
        print(f"\n{SECONDS} s: readings {sent}, files and KiB before {before}, after {after}")

    # Each on one link all the time.
    assert {name: len(stage.events("connected", name)) for name in ids} == links
    assert after[0] <= before[0] and after[1] - before[1] < GROWTH_KIB, f"{before} {after}"
