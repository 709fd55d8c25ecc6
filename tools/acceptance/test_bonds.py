# SPDX-License-Identifier: GPL-3.0-or-later
"""A bond that one side has lost is a technician's matter: nothing is believed without it, and nothing is paired in silence."""

from __future__ import annotations

import bluez
import pytest
import scenarios
from conftest import MakeWorld
from waiting import eventually
from world import World


def device_of(world: World, device: str) -> dict:
    return next(one for one in world.vigil.status()["devices"] if one["id"] == device)


def wait_for_alert(world: World, device: str) -> None:
    eventually(lambda: any(device in one["text"]["en"] and "not paired any more" in one["text"]["en"]
                           for one in world.clinic.phases("start", "DV-1")), 40, "a technical alert says so")


def assert_is_paired_anew(world: World, cuff: str) -> None:
    assert world.vigil.ctl("forget", cuff).code == 0
    again = world.pair("cuff", scenarios.CUFF)
    world.wait_connected(again)
    world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
    world.clinic.wait(lambda: world.clinic.readings(again), 20, "its reading")


def test_without_its_bond_a_device_is_not_connected_to(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()]).start()
    cuff = world.pair("cuff", scenarios.CUFF)
    world.wait_connected(cuff)
    bluez.remove(world.stage.bus_address, scenarios.CUFF)
    links = len(world.stage.events("connected", "cuff"))
    eventually(lambda: (device_of(world, cuff).get("failure") or {}).get("name") == "org.vigil.Error.BondMissing", 60,
               lambda: f"{device_of(world, cuff)}")
    wait_for_alert(world, cuff)
    assert len(world.stage.events("connected", "cuff")) == links
    assert "forget it and pair it anew" in world.vigil.ctl("status").out

    assert_is_paired_anew(world, cuff)


@pytest.mark.lab
def test_a_device_that_has_forgotten_its_bond_waits_for_a_technician(make_world: MakeWorld) -> None:
    """bluetoothd goes on believing in the bond; the link ends for want of a key, again and again."""
    world = make_world(devices=[scenarios.cuff()]).start()
    cuff = world.pair("cuff", scenarios.CUFF)
    world.wait_connected(cuff)
    world.stage.tell("unbond cuff")
    eventually(lambda: (device_of(world, cuff).get("failure") or {}).get("name") == "org.vigil.Error.KeyMissing", 60,
               lambda: f"{device_of(world, cuff)}")
    wait_for_alert(world, cuff)
    assert len(world.stage.events("paired", "cuff")) == 1, "it was paired again and nobody was asked"
    assert "does not know this box any more" in world.vigil.ctl("status").out
    assert_is_paired_anew(world, cuff)


def test_only_bluetoothd_is_believed_what_a_device_says(make_world: MakeWorld) -> None:
    """Any process may send the daemon a signal of its own; nobody but bluetoothd may send one to all in that name."""
    world = make_world(devices=[scenarios.cuff()]).start()
    cuff = world.pair("cuff", scenarios.CUFF)
    world.wait_connected(cuff)
    bluez.forge_value(world.stage.bus_address, scenarios.CUFF, "2a35", bytes.fromhex(scenarios.pressure(199)))
    world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
    world.clinic.wait(lambda: world.clinic.readings(cuff), 20, "the reading that the cuff has sent")
    assert len(world.clinic.readings(cuff)) == 1, f"{world.clinic.readings(cuff)}"
