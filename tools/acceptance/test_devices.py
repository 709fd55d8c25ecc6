# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that have to be asked, that do not bond, or that only advertise: the box acts on what their profiles say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bluez
import journal
import pytest
import scenarios
from conftest import MakeWorld
from technician import FAST, Technician
from vigil import PROFILES
from waiting import eventually
from world import World

METER, OXIMETER, RING, BAND = (f"F5:F1:F2:F3:F4:{number}" for number in ("21", "22", "23", "24"))


def numbers(reading: dict[str, Any]) -> dict[str, float]:
    return {one["kind"]: one.get("value") for one in reading["values"]}


def written(world: World, device: str) -> list[str]:
    return [one["value"] for one in world.stage.events("written", device)]


def assert_all_was_understood(world: World) -> None:
    """Ends the daemon."""
    world.vigil.stop()
    assert journal.rows(world.vigil.database, "SELECT characteristic, reason FROM undecoded") == []


# What a device supports -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("feature", "status", "quality"), [
    ("3f00", ["body-movement", "irregular-pulse"], "questionable"), ("0400", ["irregular-pulse"], "valid")])
def test_a_status_counts_where_the_device_supports_it(
        make_world: MakeWorld, feature: str, status: list[str], quality: str) -> None:
    cuff = scenarios.cuff()
    cuff["gatt"]["1810"]["2a49"]["value"] = feature
    world = make_world(devices=[cuff], bluez=FAST).start()
    device = world.pair("cuff", scenarios.CUFF)

    def measure(systolic: int) -> dict[str, Any]:
        world.stage.tell(f"notify cuff 2a35 10{systolic:02x}00500058000500")
        found = lambda: [one for one in world.clinic.readings(device) if numbers(one)["systolic"] == systolic]  # noqa: E731
        return world.clinic.wait(found, 15, f"a pressure of {systolic}")[0]

    eventually(lambda: [one for one in world.stage.events("read", "cuff") if one["characteristic"] == "2a49"], 15,
               "the feature was asked for")
    measure(120)  # may overtake the answer
    reading = measure(121)
    assert (reading["status"], reading["quality"]) == (status, quality)

    # On the next link what is known counts at once.
    world.stage.leave("cuff")
    world.stage.come_back("cuff")
    world.stage.wait_event("subscribed", "cuff", count=2)
    reading = measure(122)
    assert (reading["status"], reading["quality"]) == (status, quality)


# Asking for what is stored ---------------------------------------------------------------------------------------------

def meter() -> scenarios.Device:
    """Two glucoses in its memory, 5.3 and 6.1 mmol/L, told when it is asked for them."""
    stored = ["060100ea07030e08051e35c011", "060200ea07030e0c051e3dc011"]
    return scenarios.device(
        "meter", METER, "Glucose meter",
        {"1808": {"2a18": {"properties": ["notify"]}, "2a34": {"properties": ["notify"]},
                  "2a51": {"properties": ["read"], "value": "0000"},
                  "2a52": {"properties": ["write", "indicate"]}}},
        [{"until": "written 2a52 0101"},
         *({"notify": {"characteristic": "2a18", "value": value}} for value in stored),
         {"notify": {"characteristic": "2a52", "value": "06000101"}}])


def test_a_glucose_meter_tells_its_records_when_it_is_asked(make_world: MakeWorld) -> None:
    world = make_world(devices=[meter()], bluez=FAST).start()
    device = world.pair("meter", METER)
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 2, 20, "both records")
    assert sorted(numbers(one)["glucose"] for one in world.clinic.readings(device)) == [5.3, 6.1]
    names = [(one["event"], one["characteristic"]) for one in world.stage.events(None, "meter")
             if one["event"] in ("subscribed", "written")]
    assert names.index(("written", "2a52")) > max(
        names.index(("subscribed", uuid)) for uuid in ("2a18", "2a52")), "it could answer before it was asked"
    world.vigil.wait_for("all stored records were reported", 15)

    assert written(world, "meter") == ["0101"], "once for each link"
    assert_all_was_understood(world)


SITE = """# SPDX-License-Identifier: GPL-3.0-or-later
id: site.logger
title: {zh: 记录仪, en: Logger}
evidence: simulated
sources: [none]
match: {names: ["Logger*"]}
characteristics:
  - uuid: FFE1
    title: Records
    messages:
      - name: record
        when: {0: 0xE9}
        fields:
          - {name: mark, type: uint8}
          - {name: number, type: uint8, role: sequence}
          - {name: oxygen saturation, type: uint8, kind: spo2, unit: "%", essential: true}
    vectors: [{hex: E9 01 60, sequence: 1, values: [spo2 96]}]
commands:
  next: {to: FFE2, bytes: 99 01 1A, purpose: next, response: false}
session: {connection: idle, idle-seconds: 2, bonding: none, start: [next], next: {after: record, command: next}}
"""


def test_a_device_that_tells_one_record_at_a_time_and_is_then_left_alone(make_world: MakeWorld, tmp_path: Path) -> None:
    records = [{"until": "written ffe2 99011a"}, {"notify": {"characteristic": "ffe1", "value": "e90160"}},
               {"until": "written ffe2 99011a"}, {"notify": {"characteristic": "ffe1", "value": "e90261"}},
               {"until": "written ffe2 99011a"}, {"mark": "no more"}]
    logger = scenarios.device(
        "logger", METER, "Logger 7", {"ffe0": {"ffe1": {"properties": ["notify"]},
                                               "ffe2": {"properties": ["write-without-response"]}}}, records,
        pairing="refuse")
    (tmp_path / "site.yaml").write_text(SITE)
    world = make_world(devices=[logger], bluez=FAST,
                       config={"profiles": [str(PROFILES), str(tmp_path)]}).start()
    device = world.pair("logger", METER)
    world.stage.wait_event("mark", "logger")
    world.clinic.wait(lambda: len(world.clinic.readings(device)) == 2, 20, "both records")
    # Nothing more comes: the link is ended by the box, and not made again while the device advertises on.
    world.stage.wait_event("disconnected", "logger")
    assert world.vigil.state_of(device) == "connecting"
    assert len(world.stage.events("connected", "logger")) == 1
    assert_all_was_understood(world)


# Devices that do not bond ----------------------------------------------------------------------------------------------

START = "9b011c"


def contec_frame(spo2: int, pulse: int) -> str:
    frame = bytes([0xEB, 0x01, 0x06, pulse, spo2, 0x7F, 0x00])
    return (frame + bytes([sum(frame) & 0x7F])).hex()


def contec(**more: Any) -> scenarios.Device:
    """Streams once it was told to; the frames begin and end anywhere in its values."""
    octets = contec_frame(97, 72) + "eb000348093f" + contec_frame(96, 73)
    values = [octets[:10], octets[10:30], octets[30:]]
    return scenarios.device(
        "oximeter", OXIMETER, "SpO2080001",
        {"ff12": {"ff01": {"properties": ["write-without-response"]}, "ff02": {"properties": ["notify"]}}},
        [{"loop": {"steps": [
            {"until": f"written ff01 {START}"},
            {"stream": {"characteristic": "ff02", "every": 0.2, "values": values, "until": "disconnected"}}]}}],
        pairing="refuse", **more)


def test_an_oximeter_that_does_not_bond_is_tried_out_and_started(make_world: MakeWorld) -> None:
    world = make_world(devices=[contec()], bluez=FAST).start()
    technician = Technician(world, OXIMETER)
    shown = technician.hear(progress="reading")["reading"]["values"]
    assert {one["kind"] for one in shown} >= {"spo2", "pulse-rate"}
    technician.hear(question="value")
    technician.say("y")
    done = technician.hear(link="open")
    assert "contec.cms50d-bt" in done["profiles"]
    assert technician.end().code == 0
    assert [one["progress"] for one in technician.heard if "progress" in one] == [
        "searching", "found", "connecting", "identified", "measure", "reading", "delivered"]
    assert not bluez.is_bonded(world.stage.bus_address, OXIMETER)
    assert world.stage.events("paired", "oximeter") == []

    device, clinic = done["device"], world.clinic
    clinic.wait(lambda: [one for one in clinic.readings(device) if one["purpose"] == "care"], 20, "readings for care")
    for one in clinic.readings(device):
        assert one["device"]["link"] == "open" and one["device"]["profile"] == "contec.cms50d-bt"
        assert (numbers(one)["spo2"], numbers(one)["pulse-rate"]) in ((97, 72), (96, 73))

    # It is started anew on each link, and found again after the daemon's own restart.
    world.stage.leave("oximeter")
    world.stage.come_back("oximeter")
    world.stage.wait_event("written", "oximeter", count=2)
    world.vigil.stop()
    world.stage.control("drop oximeter")
    world.vigil.start()
    world.stage.wait_event("written", "oximeter", count=3, limit=40)
    assert set(written(world, "oximeter")) == {START}
    assert_all_was_understood(world)


def test_an_open_pairing_that_is_given_up_leaves_nothing(make_world: MakeWorld) -> None:
    world = make_world(devices=[contec()], bluez=FAST).start()
    technician = Technician(world, OXIMETER)
    technician.hear(question="value")
    technician.say("n")
    technician.end().assert_refused("undone", codes=(1,))
    world.assert_nothing_half_paired(OXIMETER)
    assert not (bluez.device(world.stage.bus_address, OXIMETER) or {}).get("Connected")
    world.vigil.stop()
    assert world.audit()[-1][:2] == ("pairing-cancelled", "rejected-by-person")


def test_what_a_technician_reads_of_an_open_device(make_world: MakeWorld) -> None:
    world = make_world(devices=[contec()], bluez=FAST).start()
    answer = world.vigil.ctl("pair", OXIMETER, "--resident", "r-0001", "--yes", "--lang", "en")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert "This kind of device does not pair. Connecting …" in lines and "Pairing …" not in lines
    assert lines[-1].startswith("Done: d-1 is enrolled for r-0001")


LIVE = "aa17e8000000001b"


def crc8(data: bytes) -> int:
    crc = 0
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def ring() -> scenarios.Device:
    """Answers each question for the values of this moment, in two pieces."""
    payload = bytes([95, 61, 0, 0, 0, 0, 0, 80, 0, 0, 12, 1, 0])
    frame = bytes([0x55, 0x00, 0xFF, 0x00, 0x00, len(payload), 0x00]) + payload
    answer = (frame + bytes([crc8(frame)])).hex()
    notify, write = "0734594a-a8e7-4b1a-a6b1-cd5243059a57", "8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3"
    return scenarios.device(
        "ring", RING, "O2Ring 1234",
        {"14839ac4-7d7e-415c-9a42-167340cf2339": {
            write: {"properties": ["write", "write-without-response"]}, notify: {"properties": ["notify"]}}},
        [{"loop": {"steps": [
            {"until": f"written {write} {LIVE}"},
            {"notify": {"characteristic": notify, "value": answer[:30]}},
            {"notify": {"characteristic": notify, "value": answer[30:]}}]}}], pairing="refuse")


def test_a_device_that_does_not_show_what_it_is_is_looked_at(make_world: MakeWorld) -> None:
    """The service is known once it is connected, and only then that it does not pair; another one is paired with then."""
    shy = scenarios.strap() | {"services": []}
    stranger = scenarios.device("stranger", scenarios.NIGHT, "Lamp", {"fff0": {"fff1": {"properties": ["notify"]}}})
    world = make_world(devices=[ring() | {"services": []}, shy, stranger], bluez=FAST).start()
    for address, link, steps in ((RING, "open", ["examining", "connecting"]),
                                 (scenarios.STRAP, "encrypted", ["examining", "pairing", "bonded"])):
        technician = Technician(world, address, "--without-reading")
        technician.hear(link=link)
        assert technician.end().code == 0
        assert [one["progress"] for one in technician.heard if "progress" in one] == [
            "searching", "found", *steps, "identified"]
    world.vigil.ctl("pair", scenarios.NIGHT, "--resident", "r-0001").assert_refused("FFF0", codes=(1,))
    assert world.stage.events("paired", "stranger") == []
    assert bluez.device(world.stage.bus_address, scenarios.NIGHT) is None \
        or not bluez.device(world.stage.bus_address, scenarios.NIGHT)["Connected"]


def test_a_ring_is_asked_again_and_again(make_world: MakeWorld) -> None:
    world = make_world(devices=[ring()], bluez=FAST).start()
    device = world.pair("ring", RING)
    assert world.vigil.devices()[device]["link"] == "open"
    clinic = world.clinic
    clinic.wait(lambda: len(clinic.readings(device)) >= 3, 30, "three answers")
    assert {(numbers(one)["spo2"], numbers(one)["pulse-rate"]) for one in clinic.readings(device)} == {(95, 61)}
    assert set(written(world, "ring")) == {LIVE}
    assert_all_was_understood(world)


# Devices that only advertise -------------------------------------------------------------------------------------------

def band() -> scenarios.Device:
    return scenarios.device("band", BAND, "Mi Smart Band 4", {}, services=["fee0"],
                            announce={"manufacturer": {"0157": pulse(72)}})


def pulse(value: int) -> str:
    return f"020201{value:02x}" + 13 * "ff" + "02aabbccddeeff"


def test_a_band_is_heard_and_never_connected_to(make_world: MakeWorld) -> None:
    world = make_world(devices=[band()], bluez=FAST).start()
    technician = Technician(world, BAND)
    shown = technician.hear(progress="reading")["reading"]["values"]
    assert shown == [{"kind": "heart-rate", "unit": "/min", "value": 72}]
    technician.hear(question="value")
    technician.say("y")
    done = technician.hear(link="advert")
    assert "xiaomi.mi-band" in done["profiles"]
    assert technician.end().code == 0
    assert [one["progress"] for one in technician.heard if "progress" in one] == [
        "searching", "found", "listening", "identified", "measure", "reading", "delivered"]

    device, clinic = done["device"], world.clinic
    eventually(lambda: world.vigil.state_of(device) == "listening", 15, "it is listened to")
    for value in (73, 74):
        world.stage.tell(f"announce band manufacturer 0157 {pulse(value)}")
        clinic.wait(lambda: [one for one in clinic.readings(device) if numbers(one) == {"heart-rate": value}], 20,
                    f"a pulse of {value}")
    assert {one["device"]["link"] for one in clinic.readings(device)} == {"advert"}
    # What stays as it is is a reading every second or so, not one for each advertisement.
    repeated = [one for one in clinic.readings(device) if numbers(one) == {"heart-rate": 74}]
    stamps = sorted(one["clock"]["monotonicMs"] for one in repeated)
    assert all(later - earlier >= 1000 for earlier, later in zip(stamps, stamps[1:]))

    world.vigil.stop()
    world.vigil.start()
    world.stage.tell(f"announce band manufacturer 0157 {pulse(80)}")
    clinic.wait(lambda: [one for one in clinic.readings(device) if numbers(one) == {"heart-rate": 80}], 30,
                "it is heard after a restart")
    world.stage.leave("band")
    assert world.stage.events("connected", "band") == []
    assert world.vigil.ctl("forget", device).code == 0
    assert world.vigil.devices() == {}
    assert_all_was_understood(world)


def test_a_scan_with_serial_numbers_connects_to_no_band(make_world: MakeWorld) -> None:
    world = make_world(devices=[band(), scenarios.strap()], bluez=FAST).start()
    world.vigil.ctl("scan", "--seconds", "6", "--serials", "--json")
    assert world.stage.events("connected", "strap"), "the strap was asked"
    assert world.stage.events("connected", "band") == []
