# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices that these tests speak to, as a scenario for either stage.

`python scenarios.py` prints the whole household and more: the lab plays it once for all its tests, each of which uses devices
of its own. On the host each test gets a bluetoothd of its own with the same household.
"""

from __future__ import annotations

import sys
from typing import Any

import yaml

Device = dict[str, Any]

STRAP, CUFF, OXIMETER = "F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:02", "F5:F1:F2:F3:F4:03"
HASTY, NIGHT, REFUSER, RUNNER = "F5:F1:F2:F3:F4:04", "F5:F1:F2:F3:F4:05", "F5:F1:F2:F3:F4:06", "F5:F1:F2:F3:F4:07"
CONFIRMER, WALKER, CLIMBER = "F5:F1:F2:F3:F4:08", "F5:F1:F2:F3:F4:09", "F5:F1:F2:F3:F4:0A"
ABSENT = "F5:F1:F2:F3:F4:7F"
TRIES = 20

SPO2_97, SPO2_86 = "0061004800", "0056005800"
RR_PREFIX = "1048"  # flags: an R-R interval follows; 72 beats per minute; then the counter is that interval


def counter_of(reading: dict[str, Any]) -> int:
    """Which value of a strap's stream this reading is: its R-R interval is the counter, in 1/1024 s."""
    milliseconds = next(one["value"] for one in reading["values"] if one["kind"] == "rr-interval")
    return round(milliseconds * 1024 / 1000)


def counter_in(value: str) -> int:
    """The same of a value as the device sent it."""
    assert value.startswith(RR_PREFIX), value
    return int.from_bytes(bytes.fromhex(value[4:8]), "little")


def pressure(systolic: int, diastolic: int = 80, user: int | None = None) -> str:
    """A blood pressure without a time stamp: every pair of pressures is another measurement. User 255 is an unknown one."""
    pressures = systolic.to_bytes(2, "little").hex() + diastolic.to_bytes(2, "little").hex() + "5800"
    return "00" + pressures if user is None else "08" + pressures + f"{user:02x}"


def device(id: str, address: str, name: str, gatt: dict, story: list | None = None, **more: Any) -> Device:
    return {"id": id, "address": address, "name": name, "gatt": gatt} | ({"story": story} if story else {}) | more


def identity(serial: str) -> dict:
    """A Device Information Service."""
    return {"180a": {uuid: {"properties": ["read"], "value": text.encode().hex()} for uuid, text in
                     (("2a29", "Example Medical"), ("2a24", "EM-1"), ("2a25", serial))}}


def strap(id: str = "strap", address: str = STRAP, every: float = 0.5) -> Device:
    return device(id, address, "HR strap",
                  {"180d": {"2a37": {"properties": ["notify"]}},
                   "180f": {"2a19": {"properties": ["read", "notify"], "value": "4b"}}} | identity(f"HR-{id}"),
                  [{"stream": {"characteristic": "2a37", "every": every, "counter": {"prefix": RR_PREFIX}}}],
                  services=["180d"])


def cuff(id: str = "cuff", address: str = CUFF, **more: Any) -> Device:
    """Displays a passkey; says what the test tells it to, by `notify`."""
    return device(id, address, "BP cuff", {"1810": {"2a35": {"properties": ["indicate"]},
                                                    "2a49": {"properties": ["read"], "value": "0000"}}}
                  | identity(f"BP-{id}"),
                  **{"services": ["1810"], "pairing": "passkey", "require": "authentication"} | more)


def oximeter(story: list, id: str = "oximeter", address: str = OXIMETER) -> Device:
    return device(id, address, "Oximeter", {"1822": {"2a5f": {"properties": ["notify"]},
                                                     "2a60": {"properties": ["read"], "value": "0000"}}}, story)


def spo2(value: str, every: float = 0.5, **more: Any) -> dict:
    return {"stream": {"characteristic": "2a5f", "every": every, "values": [value], **more}}


def hasty() -> Device:
    """Gets to know its central, then says one thing the moment the link is up, and hangs up: twenty times."""
    story: list = [{"until": "subscribed 2a35"}, {"until": "signal known"}, {"advertise": False}, {"disconnect": True}]
    for number in range(1, TRIES + 1):
        story += [{"advertise": True}, {"until": "connected"},
                  {"notify": {"characteristic": "2a35", "value": pressure(99 + number)}},
                  {"advertise": False}, {"disconnect": True}]
    return device("hasty", HASTY, "Hasty cuff", {"1810": {"2a35": {"properties": ["indicate"]}}}, story)


def household() -> list[Device]:
    return [
        strap(), cuff(), hasty(), strap("runner", RUNNER),
        oximeter([spo2(SPO2_97, until="signal desaturate"), spo2(SPO2_86, until="signal recover"), spo2(SPO2_97)]),
        # Falls and recovers again and again, so that a kill at any moment meets alerts.
        oximeter([{"loop": {"steps": [spo2(SPO2_97, 0.25, count=14), spo2(SPO2_86, 0.25, count=14)]}}],
                 "night", NIGHT),
        cuff("confirmer", CONFIRMER, pairing="confirm"),
        device("refuser", REFUSER, "Refuser", {"180d": {"2a37": {"properties": ["notify"]}}}, pairing="refuse"),
    ]


def eight() -> dict[str, Device]:
    """By address, what a home may have at once: six that stream all the time, and two cuffs."""
    wanted = ("strap", "runner", "oximeter", "night", "cuff", "confirmer")
    devices = [one for one in household() if one["id"] in wanted]
    return {one["address"]: one for one in [*devices, *walkers()]}


def walkers() -> list[Device]:
    return [strap("walker", WALKER), strap("climber", CLIMBER)]


def text(devices: list[Device]) -> str:
    return yaml.safe_dump({"devices": devices}, sort_keys=False)


if __name__ == "__main__":
    sys.stdout.write("# SPDX-License-Identifier: GPL-3.0-or-later\n" + text([*household(), *walkers()]))
