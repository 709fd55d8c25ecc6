# SPDX-License-Identifier: GPL-3.0-or-later
"""From the air to the clinic."""

from __future__ import annotations

import pytest
import journal
import scenarios
from conftest import MakeWorld
from waiting import eventually
from world import IN_LAB, World

pytestmark = pytest.mark.lab


def values(reading: dict) -> dict[str, tuple]:
    return {one["kind"]: (one.get("value"), one.get("unit"), one.get("mdc"), one.get("loinc"))
            for one in reading["values"]}


def test_three_devices_are_paired_and_their_values_arrive(world: World) -> None:
    strap = world.pair("strap", scenarios.STRAP, "r-31k7")
    cuff = world.pair("cuff", scenarios.CUFF, "r-31k7")
    oximeter = world.pair("oximeter", scenarios.OXIMETER, "r-0002")
    world.stage.wait_event("subscribed", "cuff")
    world.stage.tell("notify cuff 2a35 1e8e005b006c00ea0703141300054c00010000")
    clinic = world.clinic
    clinic.wait(lambda: clinic.readings(strap) and clinic.readings(cuff) and clinic.readings(oximeter), 15,
                lambda: f"a reading of each device: {clinic.ledger.readings_per_device()}")

    beat, blood, finger = (clinic.readings(one)[0] for one in (strap, cuff, oximeter))
    assert values(beat)["heart-rate"] == (72, "/min", 147842, "8867-4")
    assert values(beat)["rr-interval"][1] == "ms"
    assert beat["device"]["profile"] == "bluetooth.heart-rate" and beat["device"]["link"] == "encrypted"
    assert values(blood) == {
        "systolic": (142, "mm[Hg]", 150021, "8480-6"), "diastolic": (91, "mm[Hg]", 150022, "8462-4"),
        "mean-arterial": (108, "mm[Hg]", 150023, "8478-0"), "pulse-rate": (76, "/min", 149546, "8867-4")}
    assert blood["device"]["profile"] == "bluetooth.blood-pressure" and blood["device"]["link"] == "authenticated"
    assert blood["clock"]["deviceTime"] == "2026-03-20T19:00:05" and blood["quality"] == "valid"
    assert values(finger) == {"spo2": (97, "%", 150456, "2708-6"), "pulse-rate": (72, "/min", 149530, "8867-4")}
    assert finger["device"]["link"] == "encrypted"

    for reading, resident, address in ((beat, "r-31k7", scenarios.STRAP), (blood, "r-31k7", scenarios.CUFF),
                                       (finger, "r-0002", scenarios.OXIMETER)):
        assert reading["resident"] == resident and reading["device"]["address"] == address
        assert reading["gateway"] == "gw-1" and reading["lane"] == "reading" and reading["purpose"] == "care"
        assert reading["revision"] == 1 and reading["state"] == "final"
    topics = {one.topic for one in clinic.all("reading")}
    assert topics == {"vigil/v1/c1/gw-1/up/reading/r-31k7", "vigil/v1/c1/gw-1/up/reading/r-0002"}
    assert not any(one.retained for one in clinic.all("reading"))
    clinic.assert_complete()


def test_a_low_spo2_starts_one_alert_and_its_recovery_clears_it(world: World) -> None:
    oximeter = world.pair("oximeter", scenarios.OXIMETER)
    clinic = world.clinic
    world.stage.wait_sent("oximeter", 3)
    assert clinic.phases("start") == []
    clinic.wait(lambda: clinic.messages("alerts"), 10, "up/alerts after connecting")
    assert clinic.messages("alerts")[-1]["alerts"] == []

    world.stage.tell("signal desaturate")
    start = clinic.wait(lambda: clinic.phases("start"), 15, "the alert starts")[0]
    assert (start["rule"], start["priority"], start["state"], start["version"]) == ("OX-1", "high", "active", 1)
    assert start["lane"] == "alert" and start["resident"] == "r-0001" and start["category"] == "physiological"
    assert start["limits"] == [{"kind": "spo2", "op": "<", "value": 90, "unit": "%", "basis": "default"}]
    assert start["evidence"][0]["values"] == [{"kind": "spo2", "value": 86, "unit": "%"}]
    assert start["text"]["en"] and start["text"]["zh"] and start["raisedAt"]
    clinic.wait(lambda: [one["state"] for one in clinic.messages("alerts")[-1]["alerts"]] == ["active"], 5,
                "up/alerts lists it")
    listed = clinic.messages("alerts")[-1]["alerts"][0]
    assert (listed["alert"], listed["rule"], listed["resident"]) == (start["alert"], "OX-1", "r-0001")
    assert "evidence" not in listed and "values" not in listed
    # Who joins late is told too: it is retained.
    late = world.subscriber("vigil/v1/+/+/up/alerts", name="late")
    late.wait(lambda: late.all("alerts"), 10, "the retained list")
    assert late.all("alerts")[0].retained and late.messages("alerts")[0]["alerts"][0]["alert"] == start["alert"]
    # The evidence is a reading that the clinic has.
    clinic.wait(lambda: start["evidence"][0]["reading"] in clinic.ledger.readings, 10, "the reading of the evidence")

    world.stage.tell("signal recover")
    clear = clinic.wait(lambda: clinic.phases("clear"), 15, "the alert clears")[0]
    assert clear["alert"] == start["alert"] and clear["version"] == 2 and clear["state"] == "cleared-unacknowledged"
    count = len(world.stage.sent("oximeter"))
    world.stage.wait_sent("oximeter", count + 6)
    world.stage.leave("oximeter")
    clinic.wait(lambda: len(clinic.readings(oximeter)) == len(world.stage.sent("oximeter")), 15, "every reading")
    assert len(clinic.phases("start")) == 1 and len(clinic.phases("clear")) == 1 and len(clinic.ledger.alerts) == 1
    assert [one["state"] for one in clinic.messages("alerts")[-1]["alerts"]] == ["cleared-unacknowledged"]
    clinic.assert_complete()


def test_what_a_device_says_the_moment_it_connects_is_not_missed(world: World) -> None:
    hasty = world.pair("hasty", scenarios.HASTY)
    world.wait_connected(hasty)
    world.stage.tell("signal known")
    world.stage.wait_event("story-end", "hasty", limit=60)
    sent = world.stage.sent("hasty")
    assert sent == [scenarios.pressure(99 + number) for number in range(1, scenarios.TRIES + 1)], \
        f"the device's side went wrong: {sent}"
    clinic = world.clinic
    eventually(lambda: len(clinic.readings(hasty)) == scenarios.TRIES, 15,
               lambda: f"{scenarios.TRIES} readings, there are {len(clinic.readings(hasty))}")
    systolic = [next(one["value"] for one in reading["values"] if one["kind"] == "systolic")
                for reading in clinic.readings(hasty)]
    assert systolic == [99 + number for number in range(1, scenarios.TRIES + 1)]
    clinic.assert_complete()


def test_malformed_values_are_kept_and_the_connection_goes_on(make_world: MakeWorld) -> None:
    if IN_LAB:
        pytest.skip("the lab's control socket takes no empty value")
    world = make_world(devices=[scenarios.cuff()]).start()
    cuff = world.pair("cuff", scenarios.CUFF)
    world.stage.wait_event("subscribed", "cuff")
    for value in ("1e8e005b00", "''", "00", scenarios.pressure(120)):
        world.stage.tell(f"notify cuff 2a35 {value}")
    clinic = world.clinic
    clinic.wait(lambda: clinic.readings(cuff), 10, "the good value")
    assert len(clinic.readings(cuff)) == 1 and not world.stage.events("disconnected", "cuff")
    assert world.vigil.stop() == 0
    kept = journal.rows(world.vigil.database, "SELECT device, characteristic, hex(bytes), reason FROM undecoded")
    assert [row[:3] for row in kept] == [(cuff, "2A35", "1E8E005B00"), (cuff, "2A35", ""), (cuff, "2A35", "00")]
    assert all("truncated" in row[3] for row in kept), kept
