# SPDX-License-Identifier: GPL-3.0-or-later
"""However a pairing ends before the confirmation, nothing half-paired stays: no bond, no enrolment, no link."""

from __future__ import annotations

from collections.abc import Callable

import bluez
import journal
import pytest
import scenarios
from conftest import MakeWorld
from technician import FAST, Technician
from waiting import eventually
from world import World


# Nothing stays ----------------------------------------------------------------------------------------------------------

def go_away(technician: Technician, way: str) -> None:
    {"Ctrl-C": technician.press_ctrl_c, "end of file": technician.hang_up, "killed": technician.kill}[way]()
    if way == "killed":
        technician.end()
    else:
        technician.end().assert_refused("cancelled", codes=(1,))


@pytest.mark.lab
@pytest.mark.parametrize("way", ["Ctrl-C", "end of file", "killed"])
def test_the_technician_goes_away_at_the_question(one: World, way: str) -> None:
    before = bluez.is_pairable(one.stage.bus_address)
    technician = Technician(one, scenarios.CUFF)
    technician.hear(question="passkey")
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF, before)
    one.pair("cuff", scenarios.CUFF)


@pytest.mark.lab
@pytest.mark.parametrize("way", ["Ctrl-C", "killed"])
def test_the_technician_goes_away_while_waiting_for_the_reading(one: World, way: str) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.parametrize("way", ["Ctrl-C", "end of file", "killed"])
def test_the_technician_goes_away_before_the_confirmation(one: World, way: str) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_asked()
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF)
    one.vigil.stop()
    assert one.audit() == [("pairing-opened", None, scenarios.CUFF), ("pairing-cancelled", "cancelled", scenarios.CUFF)]
    assert journal.rows(one.vigil.database, "SELECT * FROM unwanted_bond") == []
    assert journal.rows(one.vigil.database, "SELECT DISTINCT purpose FROM source") == [("commissioning",)]


def test_the_technician_goes_away_while_it_searches(one: World) -> None:
    technician = Technician(one, scenarios.ABSENT)
    technician.hear(progress="searching")
    go_away(technician, "Ctrl-C")
    one.assert_nothing_half_paired(scenarios.ABSENT)


def test_the_technician_goes_away_while_services_are_found(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "3"}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    go_away(technician, "Ctrl-C")
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.lab
def test_a_wrong_passkey(one: World) -> None:
    before = bluez.is_pairable(one.stage.bus_address)
    technician = Technician(one, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(f"{(int(one.stage.passkey('cuff')) + 1) % 1_000_000:06d}")
    technician.end(60).assert_refused("refused", "phone", codes=(1,))
    assert technician.heard[-1]["code"] == "refused"
    one.assert_nothing_half_paired(scenarios.CUFF, before)
    one.pair("cuff", scenarios.CUFF)


@pytest.mark.lab
def test_a_comparison_that_a_person_rejects(one: World) -> None:
    technician = Technician(one, scenarios.CONFIRMER)
    technician.hear(question="confirm")
    technician.say("n")
    technician.end(60).assert_refused("no", codes=(1,))
    assert technician.heard[-1]["code"] == "rejected-by-person"
    one.assert_nothing_half_paired(scenarios.CONFIRMER)


def test_a_value_that_a_person_rejects(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_asked()
    technician.say("否")
    technician.end().assert_refused("no", codes=(1,))
    assert technician.heard[-1]["code"] == "rejected-by-person"
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_nobody_types(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_PAIRING_TIMEOUT": "26"}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.end(60).assert_refused("not answered", codes=(1,))
    assert technician.heard[-1]["code"] == "unanswered"
    world.assert_nothing_half_paired(scenarios.CUFF)


# The device is switched off ---------------------------------------------------------------------------------------------

def test_switched_off_before_it_is_linked(make_world: MakeWorld) -> None:
    """It was heard, and is off when Pair() wants to connect."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_LINK_DELAY": "1"}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(progress="found")
    world.stage.leave("cuff")
    technician.end(80).assert_refused("not in sight", codes=(1,))
    assert technician.heard[-1]["code"] == "not-in-sight"
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.lab
def test_switched_off_while_pairing(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.hear(question="passkey")
    one.stage.passkey("cuff")
    one.stage.leave("cuff")
    technician.end(60).assert_refused("ended the link", codes=(1,))
    assert technician.heard[-1]["code"] == "hung-up"
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_switched_off_while_services_are_found(make_world: MakeWorld) -> None:
    timing = {"FAKE_BLUEZ_RESOLVE_DELAY": "2", "FAKE_BLUEZ_CONNECT_TIMEOUT": "2"}
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | timing).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    world.stage.leave("cuff")
    technician.end(60).assert_refused("ended the link", codes=(1,))
    assert technician.heard[-1]["code"] == "hung-up"
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.lab
def test_switched_off_while_waiting_for_the_reading(one: World) -> None:
    """A cuff does that by itself: the conversation goes on when it is back, and leaves nothing when it is ended."""
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    one.stage.leave("cuff")
    technician.press_ctrl_c()
    technician.end(60).assert_refused("cancelled", codes=(1,))
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_back_with_the_reading(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    one.stage.leave("cuff")
    one.stage.come_back("cuff")
    one.stage.wait_event("subscribed", "cuff", 2)
    one.stage.tell(f"notify cuff 2a35 {Technician.GOOD}")
    technician.hear(question="value")
    technician.say("y")
    technician.hear(link="authenticated")
    assert technician.end().code == 0


# bluetoothd, the daemon and time ----------------------------------------------------------------------------------------

def while_searching(world: World, technician: Technician) -> None:
    technician.hear(progress="searching")


def while_asking(world: World, technician: Technician) -> None:
    technician.hear(question="passkey")


@pytest.mark.parametrize(("address", "moment"), [(scenarios.ABSENT, while_searching), (scenarios.CUFF, while_asking)])
def test_bluetoothd_restarts(one: World, address: str, moment: Callable) -> None:
    technician = Technician(one, address)
    moment(one, technician)
    one.stage.tell("restart 1")
    technician.end().assert_refused("bluetoothd", codes=(1,))
    assert technician.heard[-1]["code"] == "bluetooth-gone"
    eventually(lambda: one.vigil.status()["bluetooth"]["available"], 15, "it is back")
    one.assert_nothing_half_paired(address)


def test_bluetoothd_restarts_while_services_are_found(make_world: MakeWorld) -> None:
    """The bond is there already, and stays in bluetoothd's storage."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "2"}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    world.stage.tell("restart 2")
    technician.end().assert_refused("bluetoothd", "removes", codes=(1,))
    assert technician.heard[-1]["bondRemains"] is True
    eventually(lambda: world.vigil.status()["bluetooth"]["available"], 15, "it is back")
    world.assert_nothing_half_paired(scenarios.CUFF)


def test_bluetoothd_restarts_while_waiting_for_the_reading(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    one.stage.tell("restart 1")
    one.stage.wait_event("subscribed", "cuff", 2)
    one.stage.tell(f"notify cuff 2a35 {Technician.GOOD}")
    technician.hear(question="value")
    # And once more: nothing can be removed while it is away.
    one.stage.tell("restart 3")
    eventually(lambda: not one.vigil.status()["bluetooth"]["available"], 10, "it is noticed")
    technician.press_ctrl_c()
    technician.end().assert_refused("cancelled", codes=(1,))
    assert one.vigil.devices() == {}
    eventually(lambda: one.vigil.status()["bluetooth"]["available"], 15, "it is back")
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_the_controller_is_switched_off(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.hear(question="passkey")
    one.stage.tell("adapter power off")
    assert technician.end().code == 1
    assert technician.heard[-1]["code"] in ("bluetooth-off", "hung-up")  # the daemon switches it on again at once
    eventually(lambda: one.vigil.status()["bluetooth"]["powered"], 15, "it is on again")
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_without_bluetoothd(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()])
    world.fake.bluez.kill()
    world.start()
    technician = Technician(world, scenarios.CUFF)
    technician.end().assert_refused("bluetoothd", codes=(1,))
    assert technician.heard[-1]["code"] == "bluetooth-gone"


@pytest.mark.parametrize("bluetoothd_is_away", [False, True])
def test_the_daemon_is_killed_before_the_confirmation(one: World, bluetoothd_is_away: bool) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_asked()
    one.vigil.kill()
    technician.end().assert_refused(codes=(1,))
    if bluetoothd_is_away:
        one.stage.tell("restart 4")
    one.start()
    assert one.vigil.devices() == {}
    eventually(lambda: one.vigil.status()["bluetooth"]["available"], 15, "bluetoothd is there")
    one.assert_nothing_half_paired(scenarios.CUFF)
    eventually(lambda: "Paired" not in str(bluez.device(one.stage.bus_address, scenarios.CUFF)), 10, "no object")
    one.vigil.stop()
    assert one.audit()[-1] == ("pairing-failed", "interrupted", scenarios.CUFF)
    assert journal.rows(one.vigil.database, "SELECT * FROM unwanted_bond") == []


def test_the_daemon_is_killed_right_after_the_bond(make_world: MakeWorld) -> None:
    """There is no enrolment yet, only the bond."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "3"}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    world.vigil.kill()
    assert bluez.is_bonded(world.stage.bus_address, scenarios.CUFF)
    technician.end().assert_refused(codes=(1,))
    world.start()
    world.assert_nothing_half_paired(scenarios.CUFF)


def test_the_daemon_is_stopped_before_the_confirmation(one: World) -> None:
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    assert one.vigil.stop(20) == 0
    technician.end().assert_refused("stopping", codes=(1,))
    assert not bluez.is_bonded(one.stage.bus_address, scenarios.CUFF)
    assert one.audit()[-1] == ("pairing-failed", "stopping", scenarios.CUFF)
    one.start()
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_the_window_closes(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"pairing-seconds": 3}}).start()
    technician = Technician(world, scenarios.CUFF)
    technician.hear(question="passkey")
    assert bluez.is_pairable(world.stage.bus_address)
    technician.end().assert_refused("window", codes=(1,))
    assert technician.heard[-1]["code"] == "window-closed"
    world.assert_nothing_half_paired(scenarios.CUFF)
    assert world.stage.control("ask cuff authorization") == "ok no agent"


def test_pair_is_never_answered(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"pairing-seconds": 4}}).start()
    world.stage.tell("hang pair")
    technician = Technician(world, scenarios.CUFF)
    technician.end().assert_refused("window", codes=(1,))
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.parametrize("asked", [False, True])
def test_no_word_in_time(make_world: MakeWorld, asked: bool) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"commissioning-seconds": 6}}).start()
    technician = Technician(world, scenarios.CUFF)
    (technician.until_asked if asked else technician.until_measuring)()
    technician.end().assert_refused("in time", codes=(1,))
    assert technician.heard[-1]["code"] == "timed-out"
    world.assert_nothing_half_paired(scenarios.CUFF)
