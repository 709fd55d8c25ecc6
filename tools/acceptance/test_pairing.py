# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing as a whole conversation, by each of the three methods, and that nothing half-paired stays however it ends."""

from __future__ import annotations

from collections.abc import Callable

import bluez
import journal
import pytest
import scenarios
from conftest import MakeWorld
from technician import Technician
from waiting import eventually
from world import World

FAST = {"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}
GOOD = scenarios.pressure(127)


def audit(world: World) -> list[tuple]:
    """What the database of a daemon that has stopped says of who did what."""
    return journal.rows(world.vigil.database, "SELECT what, code, subject FROM audit ORDER BY id")


def until_bonded(world: World, technician: Technician, device: str = "cuff") -> None:
    technician.hear(question="passkey")
    technician.say(world.stage.passkey(device))
    technician.hear(progress="bonded")


def until_measuring(world: World, technician: Technician, device: str = "cuff") -> None:
    until_bonded(world, technician, device)
    technician.hear(progress="measure")
    world.stage.wait_event("subscribed", device)


def until_asked(world: World, technician: Technician, value: str = GOOD) -> None:
    until_measuring(world, technician)
    world.stage.tell(f"notify cuff 2a35 {value}")
    technician.hear(question="value")


@pytest.fixture
def one(make_world: MakeWorld) -> World:
    """Cuffs with a passkey and with a comparison, one that refuses, a strap and an oximeter."""
    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_86)])
    return make_world(devices=[scenarios.cuff(), scenarios.cuff("confirmer", scenarios.CONFIRMER, pairing="confirm"),
                               scenarios.strap(), scenarios.household()[-1], oximeter], bluez=FAST).start()


# The whole way ----------------------------------------------------------------------------------------------------------

@pytest.mark.lab
def test_just_works(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()], bluez=FAST).start()
    before = bluez.is_pairable(world.stage.bus_address)
    technician = Technician(world.vigil, scenarios.STRAP)
    assert technician.hear(progress="identified").items() >= {
        "serial": "HR-strap", "model": "EM-1", "manufacturer": "Example Medical"}.items()
    assert 0 < technician.hear(progress="measure")["seconds"] <= 900
    shown = technician.hear(progress="reading")["reading"]
    assert {one["kind"]: one["unit"] for one in shown["values"]}["heart-rate"] == "/min"
    assert technician.hear(progress="delivered")["delivered"] is True
    technician.hear(question="value")
    technician.say("y")
    done = technician.hear(link="encrypted")
    assert done.items() >= {"serial": "HR-strap", "delivered": True}.items()
    assert "bluetooth.heart-rate" in done["profiles"]
    assert technician.end().code == 0
    assert [one["progress"] for one in technician.heard if "progress" in one] == [
        "searching", "found", "pairing", "bonded", "identified", "measure", "reading", "delivered"]

    strap, clinic = done["device"], world.clinic
    clinic.wait(lambda: [one for one in clinic.readings(strap) if one["purpose"] == "care"], 20, "readings for care")
    purposes = [one["purpose"] for one in sorted(clinic.readings(strap), key=lambda one: one["seq"])]
    assert purposes == sorted(purposes, reverse=True) and purposes[0] == "commissioning", "commissioning, then care"
    assert world.vigil.devices()[strap]["serial"] == "HR-strap"
    assert bluez.is_pairable(world.stage.bus_address) == before
    clinic.assert_complete()


@pytest.mark.lab
def test_passkey(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_asked(one, technician)
    values = technician.find(progress="reading")[0]["reading"]["values"]
    assert {"kind": "systolic", "unit": "mm[Hg]", "value": 127} in values
    technician.say("是")
    cuff = technician.hear(link="authenticated")["device"]
    assert technician.end().code == 0
    one.stage.tell(f"notify cuff 2a35 {scenarios.pressure(128)}")
    one.clinic.wait(lambda: len(one.clinic.readings(cuff)) == 2, 20, "both readings")
    assert {one["purpose"]: one["values"][0]["value"] for one in one.clinic.readings(cuff)} == {
        "commissioning": 127, "care": 128}


@pytest.mark.lab
def test_comparison(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CONFIRMER, "--without-reading")
    assert technician.hear(question="confirm")["passkey"] == int(one.stage.passkey("confirmer"))
    technician.say("yes")
    assert technician.hear(link="authenticated")["serial"] == "BP-confirmer"
    assert technician.end().code == 0


def test_yes_to_all(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CONFIRMER, "--yes")
    technician.hang_up()
    technician.hear(progress="measure")
    one.stage.wait_event("subscribed", "confirmer")
    one.stage.tell(f"notify confirmer 2a35 {GOOD}")
    assert technician.hear(link="authenticated")["delivered"] is True
    assert technician.end().code == 0


def test_a_technicians_reading_never_alerts(one: World) -> None:
    """86 % for as long as the technician looks at it; then it is about a person."""
    technician = Technician(one.vigil, scenarios.OXIMETER)
    technician.hear(question="value")
    one.stage.wait_sent("oximeter", 8)
    assert one.vigil.status()["openAlerts"] == 0
    # The rules are given what was before when the daemon starts: that is not given to them either.
    technician.say("y")
    oximeter = technician.hear(link="encrypted")["device"]
    one.clinic.wait(lambda: one.clinic.phases("start"), 20, "an alert, now that it is for care")
    evidence = {item["reading"] for item in one.clinic.phases("start")[0]["evidence"]}
    # An alert overtakes the readings that it rests on.
    one.clinic.wait(lambda: evidence <= {item["reading"] for item in one.clinic.readings(oximeter)}, 20, "its evidence")
    assert {item["purpose"] for item in one.clinic.readings(oximeter) if item["reading"] in evidence} == {"care"}


def test_what_is_no_measurement_of_now_is_not_shown(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    one.stage.tell("notify cuff 2a35 00ff07ff07ff07")  # no numbers
    technician.hear(progress="unusable")
    one.stage.tell("notify cuff 2a35 020080005000580000e8070101080000")  # 2024-01-01, from its memory
    one.stage.tell(f"notify cuff 2a35 {GOOD}")
    technician.hear(question="value")
    assert [one["value"] for one in technician.find(progress="reading")[0]["reading"]["values"]][:1] == [127]
    technician.press_ctrl_c()
    assert technician.end().code == 1


def test_two_of_a_kind_have_their_serials(make_world: MakeWorld) -> None:
    cuffs = [scenarios.cuff("left", scenarios.CUFF), scenarios.cuff("right", scenarios.HASTY)]
    nameless = scenarios.device("plain", scenarios.STRAP, "Strap", {"180d": {"2a37": {"properties": ["notify"]}}})
    world = make_world(devices=[*cuffs, nameless], bluez=FAST).start()
    ids = [world.pair("left", scenarios.CUFF), world.pair("right", scenarios.HASTY), world.pair("plain", scenarios.STRAP)]
    assert [world.vigil.devices()[one].get("serial") for one in ids] == ["BP-left", "BP-right", None]


def test_a_serial_from_the_air_moves_no_cursor(make_world: MakeWorld) -> None:
    device = scenarios.strap()
    device["gatt"]["180a"]["2a25"]["value"] = "\x1b[2J\n SN  7\0\0".encode().hex()
    world = make_world(devices=[device], bluez=FAST).start()
    strap = world.pair("strap", scenarios.STRAP)
    assert world.vigil.devices()[strap]["serial"] == "[2J SN 7"


def test_the_broker_is_away(one: World) -> None:
    one.broker.kill()
    eventually(lambda: not one.vigil.status()["broker"]["connected"], 30, "it is noticed")
    technician = Technician(one.vigil, scenarios.CUFF)
    until_asked(one, technician)
    told = technician.find(progress="delivered")[0]
    assert told["delivered"] is False and told["reason"]
    technician.say("y")
    cuff = technician.hear(link="authenticated", delivered=False)["device"]
    assert technician.end().code == 0
    one.broker.start()
    one.clinic.wait(lambda: one.clinic.readings(cuff), 40, "the reading follows")
    assert one.clinic.readings(cuff)[0]["purpose"] == "commissioning"


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
    technician = Technician(one.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF, before)
    one.pair("cuff", scenarios.CUFF)


@pytest.mark.lab
@pytest.mark.parametrize("way", ["Ctrl-C", "killed"])
def test_the_technician_goes_away_while_waiting_for_the_reading(one: World, way: str) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.parametrize("way", ["Ctrl-C", "end of file", "killed"])
def test_the_technician_goes_away_before_the_confirmation(one: World, way: str) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_asked(one, technician)
    go_away(technician, way)
    one.assert_nothing_half_paired(scenarios.CUFF)
    one.vigil.stop()
    assert audit(one) == [("pairing-opened", None, scenarios.CUFF), ("pairing-cancelled", "cancelled", scenarios.CUFF)]
    assert journal.rows(one.vigil.database, "SELECT * FROM unwanted_bond") == []
    assert journal.rows(one.vigil.database, "SELECT DISTINCT purpose FROM source") == [("commissioning",)]


def test_the_technician_goes_away_while_it_searches(one: World) -> None:
    technician = Technician(one.vigil, scenarios.ABSENT)
    technician.hear(progress="searching")
    go_away(technician, "Ctrl-C")
    one.assert_nothing_half_paired(scenarios.ABSENT)


def test_the_technician_goes_away_while_services_are_found(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "3"}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    go_away(technician, "Ctrl-C")
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.lab
def test_a_wrong_passkey(one: World) -> None:
    before = bluez.is_pairable(one.stage.bus_address)
    technician = Technician(one.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(f"{(int(one.stage.passkey('cuff')) + 1) % 1_000_000:06d}")
    technician.end(60).assert_refused("refused", "phone", codes=(1,))
    assert technician.heard[-1]["code"] == "refused"
    one.assert_nothing_half_paired(scenarios.CUFF, before)
    one.pair("cuff", scenarios.CUFF)


@pytest.mark.lab
def test_a_comparison_that_a_person_rejects(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CONFIRMER)
    technician.hear(question="confirm")
    technician.say("n")
    technician.end(60).assert_refused("no", codes=(1,))
    assert technician.heard[-1]["code"] == "rejected-by-person"
    one.assert_nothing_half_paired(scenarios.CONFIRMER)


def test_a_value_that_a_person_rejects(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_asked(one, technician)
    technician.say("否")
    technician.end().assert_refused("no", codes=(1,))
    assert technician.heard[-1]["code"] == "rejected-by-person"
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_nobody_types(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_PAIRING_TIMEOUT": "26"}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.end(60).assert_refused("not answered", codes=(1,))
    assert technician.heard[-1]["code"] == "unanswered"
    world.assert_nothing_half_paired(scenarios.CUFF)


# The device is switched off ---------------------------------------------------------------------------------------------

def test_switched_off_before_it_is_linked(make_world: MakeWorld) -> None:
    """It was heard, and is off when Pair() wants to connect."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_LINK_DELAY": "1"}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(progress="found")
    world.stage.leave("cuff")
    technician.end(80).assert_refused("not in sight", codes=(1,))
    assert technician.heard[-1]["code"] == "not-in-sight"
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.lab
def test_switched_off_while_pairing(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    one.stage.passkey("cuff")
    one.stage.leave("cuff")
    technician.end(60).assert_refused("ended the link", codes=(1,))
    assert technician.heard[-1]["code"] == "hung-up"
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_switched_off_while_services_are_found(make_world: MakeWorld) -> None:
    timing = {"FAKE_BLUEZ_RESOLVE_DELAY": "2", "FAKE_BLUEZ_CONNECT_TIMEOUT": "2"}
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | timing).start()
    technician = Technician(world.vigil, scenarios.CUFF)
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
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    one.stage.leave("cuff")
    technician.press_ctrl_c()
    technician.end(60).assert_refused("cancelled", codes=(1,))
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_back_with_the_reading(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    one.stage.leave("cuff")
    one.stage.come_back("cuff")
    one.stage.wait_event("subscribed", "cuff", 2)
    one.stage.tell(f"notify cuff 2a35 {GOOD}")
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
    technician = Technician(one.vigil, address)
    moment(one, technician)
    one.stage.tell("restart 1")
    technician.end().assert_refused("bluetoothd", codes=(1,))
    assert technician.heard[-1]["code"] == "bluetooth-gone"
    eventually(lambda: one.vigil.status()["bluetooth"]["available"], 15, "it is back")
    one.assert_nothing_half_paired(address)


def test_bluetoothd_restarts_while_services_are_found(make_world: MakeWorld) -> None:
    """The bond is there already, and stays in bluetoothd's storage."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "2"}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    world.stage.tell("restart 2")
    technician.end().assert_refused("bluetoothd", "removes", codes=(1,))
    assert technician.heard[-1]["bondRemains"] is True
    eventually(lambda: world.vigil.status()["bluetooth"]["available"], 15, "it is back")
    world.assert_nothing_half_paired(scenarios.CUFF)


def test_bluetoothd_restarts_while_waiting_for_the_reading(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    one.stage.tell("restart 1")
    one.stage.wait_event("subscribed", "cuff", 2)
    one.stage.tell(f"notify cuff 2a35 {GOOD}")
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
    technician = Technician(one.vigil, scenarios.CUFF)
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
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.end().assert_refused("bluetoothd", codes=(1,))
    assert technician.heard[-1]["code"] == "bluetooth-gone"


@pytest.mark.parametrize("bluetoothd_is_away", [False, True])
def test_the_daemon_is_killed_before_the_confirmation(one: World, bluetoothd_is_away: bool) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_asked(one, technician)
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
    assert audit(one)[-1] == ("pairing-failed", "interrupted", scenarios.CUFF)
    assert journal.rows(one.vigil.database, "SELECT * FROM unwanted_bond") == []


def test_the_daemon_is_killed_right_after_the_bond(make_world: MakeWorld) -> None:
    """There is no enrolment yet, only the bond."""
    world = make_world(devices=[scenarios.cuff()], bluez=FAST | {"FAKE_BLUEZ_RESOLVE_DELAY": "3"}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    technician.say(world.stage.passkey("cuff"))
    world.stage.wait_event("paired", "cuff")
    world.vigil.kill()
    assert bluez.is_bonded(world.stage.bus_address, scenarios.CUFF)
    technician.end().assert_refused(codes=(1,))
    world.start()
    world.assert_nothing_half_paired(scenarios.CUFF)


def test_the_daemon_is_stopped_before_the_confirmation(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    assert one.vigil.stop(20) == 0
    technician.end().assert_refused("stopping", codes=(1,))
    assert not bluez.is_bonded(one.stage.bus_address, scenarios.CUFF)
    assert audit(one)[-1] == ("pairing-failed", "stopping", scenarios.CUFF)
    one.start()
    one.assert_nothing_half_paired(scenarios.CUFF)


def test_the_window_closes(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"pairing-seconds": 3}}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.hear(question="passkey")
    assert bluez.is_pairable(world.stage.bus_address)
    technician.end().assert_refused("window", codes=(1,))
    assert technician.heard[-1]["code"] == "window-closed"
    world.assert_nothing_half_paired(scenarios.CUFF)
    assert world.stage.control("ask cuff authorization") == "ok no agent"


def test_pair_is_never_answered(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"pairing-seconds": 4}}).start()
    world.stage.tell("hang pair")
    technician = Technician(world.vigil, scenarios.CUFF)
    technician.end().assert_refused("window", codes=(1,))
    world.assert_nothing_half_paired(scenarios.CUFF)


@pytest.mark.parametrize("asked", [False, True])
def test_no_word_in_time(make_world: MakeWorld, asked: bool) -> None:
    world = make_world(devices=[scenarios.cuff()], bluez=FAST, config={"bluetooth": {"commissioning-seconds": 6}}).start()
    technician = Technician(world.vigil, scenarios.CUFF)
    (until_asked if asked else until_measuring)(world, technician)
    technician.end().assert_refused("in time", codes=(1,))
    assert technician.heard[-1]["code"] == "timed-out"
    world.assert_nothing_half_paired(scenarios.CUFF)


# Who may --------------------------------------------------------------------------------------------------------------

QUESTIONS = ("passkey", "confirmation", "authorization", "service", "pin")


def test_the_agent_refuses_every_other_device(one: World) -> None:
    """While the technician is asked for the cuff's digits, and after it."""
    technician = Technician(one.vigil, scenarios.CUFF, "--without-reading")
    technician.hear(question="passkey")
    for kind in QUESTIONS:
        assert one.stage.control(f"ask strap {kind}") == "ok org.bluez.Error.Rejected", kind
    for kind in ("service", "pin"):
        assert one.stage.control(f"ask cuff {kind}") == "ok org.bluez.Error.Rejected", kind
    technician.say(one.stage.passkey("cuff"))
    technician.hear(link="authenticated")
    assert len(technician.find(question="passkey")) == 1 and not technician.find(question="confirm")
    assert technician.end().code == 0
    for device in ("cuff", "strap"):
        assert one.stage.control(f"ask {device} authorization") == "ok no agent"
        assert bluez.ask_agent(one.stage.bus_address, scenarios.CUFF) == "org.bluez.Error.Rejected"


def test_audit(one: World) -> None:
    cuff = one.pair("cuff", scenarios.CUFF)
    one.vigil.ctl("pair", scenarios.CUFF, "--resident", "r-0002").assert_refused("already enrolled", cuff)
    one.try_pair("refuser", scenarios.REFUSER).assert_refused("refused")
    technician = Technician(one.vigil, scenarios.STRAP)
    technician.hear(question="value")
    one.vigil.ctl("pair", scenarios.REFUSER, "--resident", "r-0002").assert_refused("another device")
    technician.say("n")
    technician.end()
    assert one.vigil.ctl("forget", cuff).code == 0
    one.vigil.stop()
    assert audit(one) == [
        ("pairing-opened", None, scenarios.CUFF), ("enrolled", None, cuff),
        ("pairing-refused", "already-enrolled", scenarios.CUFF),
        ("pairing-opened", None, scenarios.REFUSER), ("pairing-failed", "refused", scenarios.REFUSER),
        ("pairing-opened", None, scenarios.STRAP), ("pairing-refused", "busy", scenarios.REFUSER),
        ("pairing-cancelled", "rejected-by-person", scenarios.STRAP), ("forgotten", None, cuff)]
    who = journal.rows(one.vigil.database, "SELECT DISTINCT uid, wall_ms > 0, monotonic_ms > 0 FROM audit")
    assert who == [(bluez.own_uid(), 1, 1)]
    # Neither digits nor values are in it, or in the log.
    log = one.vigil.output(everything=True)
    assert log.count("pairing-opened") == 3 and "enrolled" in log and "forgotten" in log


def test_forget_while_bluetoothd_is_away(one: World) -> None:
    strap = one.pair("strap", scenarios.STRAP)
    one.stage.tell("restart 3")
    eventually(lambda: not one.vigil.status()["bluetooth"]["available"], 10, "it is noticed")
    assert one.vigil.ctl("forget", strap).code == 0
    eventually(lambda: one.vigil.status()["bluetooth"]["available"], 15, "it is back")
    one.assert_nothing_half_paired(scenarios.STRAP)


def test_forget_what_is_being_paired(one: World) -> None:
    technician = Technician(one.vigil, scenarios.CUFF)
    until_measuring(one, technician)
    [cuff] = one.vigil.devices()
    assert one.vigil.ctl("forget", cuff).code == 0
    technician.end().assert_refused("cancelled", codes=(1,))
    one.assert_nothing_half_paired(scenarios.CUFF)
