# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon is killed and bluetoothd keeps its links: ours go on, what nobody wants is dropped, others are left alone."""

from __future__ import annotations

import bluez
import scenarios
from conftest import MakeWorld
from technician import FAST, Technician
from waiting import eventually
from world import World

SLOW = FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "3"}


def is_connected(world: World, address: str) -> bool:
    return bool((bluez.device(world.stage.bus_address, address) or {}).get("Connected"))


def wait_dropped(world: World, address: str) -> None:
    eventually(lambda: not is_connected(world, address), 15, f"{address} is let go")


def test_an_enrolled_device_goes_on_over_the_same_link(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap(every=0.1)]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.wait_connected(strap)
    links = len(world.stage.events("connected", "strap"))
    world.vigil.kill()
    assert is_connected(world, scenarios.STRAP)
    sent = len(world.stage.sent("strap"))
    world.start()
    world.wait_connected(strap)
    said = world.stage.wait_sent("strap", sent + 20)
    last = scenarios.counter_in(said[-1])
    world.clinic.wait(lambda: any(scenarios.counter_of(one) >= last for one in world.clinic.readings(strap)), 20, "readings")
    assert len(world.stage.events("connected", "strap")) == links, "the link that was there is used"


def test_a_device_that_was_being_paired_is_dropped(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST).start()
    technician = Technician(world, scenarios.CUFF)
    technician.until_measuring()
    assert is_connected(world, scenarios.CUFF)
    world.vigil.kill()
    technician.end()
    assert is_connected(world, scenarios.CUFF)
    world.start()
    wait_dropped(world, scenarios.CUFF)
    world.assert_nothing_half_paired(scenarios.CUFF)


def test_a_device_whose_services_were_looked_at_is_dropped(make_world: MakeWorld) -> None:
    """It does not say what it is before it is connected to, so there is a link and no bond."""
    world = make_world(devices=[scenarios.cuff(services=[])], bluez=SLOW).start()
    technician = Technician(world, scenarios.CUFF)
    world.stage.wait_event("connected", "cuff")
    world.vigil.kill()
    technician.end()
    assert is_connected(world, scenarios.CUFF)
    world.start()
    wait_dropped(world, scenarios.CUFF)


def test_a_device_that_a_scan_was_reading_is_dropped(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff(services=["1810"])], bluez=SLOW).start()
    command = world.vigil.control("scan", "--serials", "--json", "--seconds", "60")
    world.stage.wait_event("connected", "cuff")
    world.vigil.kill()
    command.communicate(timeout=20)
    assert is_connected(world, scenarios.CUFF)
    world.start()
    wait_dropped(world, scenarios.CUFF)


def test_somebody_elses_link_is_left_alone(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff(), scenarios.strap()], bluez=FAST).start()
    # What ours are is known by then: an enrolment and a scan have come and gone.
    strap = world.pair("strap", scenarios.STRAP)
    assert world.vigil.ctl("scan", "--json", "--seconds", "2").code == 0
    bluez.connect(world.stage.bus_address, scenarios.CUFF)
    world.vigil.kill()
    world.start()
    world.wait_connected(strap)
    assert is_connected(world, scenarios.CUFF)
    assert not world.stage.events("disconnected", "cuff")
