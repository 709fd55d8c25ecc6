# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing as a whole conversation, by each of the three methods; who is refused meanwhile, and what is audited."""

from __future__ import annotations

import bluez
import journal
import pytest
import scenarios
from conftest import MakeWorld
from technician import FAST, Technician
from waiting import eventually
from world import World

# The whole way ----------------------------------------------------------------------------------------------------------

@pytest.mark.lab
def test_just_works(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()], bluez=FAST).start()
    before = bluez.is_pairable(world.stage.bus_address)
    technician = Technician(world, scenarios.STRAP)
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
    technician = Technician(one, scenarios.CUFF)
    technician.until_asked()
    values = technician.find(progress="reading")[0]["reading"]["values"]
    assert [device["purpose"] for device in one.vigil.devices().values()] == ["commissioning"]
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
    technician = Technician(one, scenarios.CONFIRMER, "--without-reading")
    assert technician.hear(question="confirm")["passkey"] == int(one.stage.passkey("confirmer"))
    technician.say("yes")
    assert technician.hear(link="authenticated")["serial"] == "BP-confirmer"
    assert technician.end().code == 0


def test_the_broker_refuses_the_reading(make_world: MakeWorld) -> None:
    """A clinic that forgot the gateway's right to write is noticed while the technician is still there."""
    acl = "user gw\ntopic write vigil/v1/c1/gw-1/up/status\ntopic write vigil/v1/c1/gw-1/up/alerts\n"
    world = make_world(devices=[scenarios.strap()], acl=acl, broker={"username": "gw"}, bluez=FAST).start()
    technician = Technician(world, scenarios.STRAP)
    told = technician.hear(limit=40, progress="delivered")
    assert told["delivered"] is False and told["refusal"] == 135
    technician.hear(question="value")
    technician.say("y")
    assert technician.end().code == 0
    assert "refuses the readings (code 135)" in world.vigil.ctl("status").out.replace("\n           ", " ")


def test_yes_to_all(one: World) -> None:
    technician = Technician(one, scenarios.CONFIRMER, "--yes")
    technician.hang_up()
    technician.hear(progress="measure")
    one.stage.wait_event("subscribed", "confirmer")
    one.stage.tell(f"notify confirmer 2a35 {Technician.GOOD}")
    assert technician.hear(link="authenticated")["delivered"] is True
    assert technician.end().code == 0


def test_a_technicians_reading_never_alerts(one: World) -> None:
    """86 % for as long as the technician looks at it; then it is about a person."""
    technician = Technician(one, scenarios.OXIMETER)
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
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    one.stage.tell("notify cuff 2a35 00ff07ff07ff07")  # no numbers
    technician.hear(progress="unusable")
    one.stage.tell(f"notify cuff 2a35 {Technician.GOOD}")
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
    technician = Technician(one, scenarios.CUFF)
    technician.until_asked()
    told = technician.find(progress="delivered")[0]
    assert told["delivered"] is False and told["reason"]
    technician.say("y")
    cuff = technician.hear(link="authenticated", delivered=False)["device"]
    assert technician.end().code == 0
    one.broker.start()
    one.clinic.wait(lambda: one.clinic.readings(cuff), 40, "the reading follows")
    assert one.clinic.readings(cuff)[0]["purpose"] == "commissioning"


# Who may --------------------------------------------------------------------------------------------------------------

QUESTIONS = ("passkey", "confirmation", "authorization", "service", "pin")


def test_the_agent_refuses_every_other_device(one: World) -> None:
    """While the technician is asked for the cuff's digits, and after it."""
    technician = Technician(one, scenarios.CUFF, "--without-reading")
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
    technician = Technician(one, scenarios.STRAP)
    technician.hear(question="value")
    one.vigil.ctl("pair", scenarios.REFUSER, "--resident", "r-0002").assert_refused("another device")
    technician.say("n")
    technician.end()
    assert one.vigil.ctl("forget", cuff).code == 0
    one.vigil.stop()
    assert one.audit() == [
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
    technician = Technician(one, scenarios.CUFF)
    technician.until_measuring()
    [cuff] = one.vigil.devices()
    assert one.vigil.ctl("forget", cuff).code == 0
    technician.end().assert_refused("cancelled", codes=(1,))
    one.assert_nothing_half_paired(scenarios.CUFF)
