# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole evening, played through the commands that people use (tools/scenarios/evening-visit.yaml).

A technician comes, looks what is near, pairs three devices by the three methods, confirms each by its first reading and
goes. Later the oxygen falls: the clinic's desk sees it, and sees it end. A device is given back, and the box is switched off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from desk import Desk
from stage import Stage
from technician import Commands, Technician
from vigil import Answer
from waiting import eventually

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "evening-visit.yaml"
STRAP, CUFF, OXIMETER = "F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:02", "F5:F1:F2:F3:F4:03"
PROFILES = {STRAP: "bluetooth.heart-rate", CUFF: "bluetooth.blood-pressure", OXIMETER: "bluetooth.pulse-oximeter"}
RESIDENT = "r-31k7"


class Gateway(Commands, Protocol):
    """Whoever starts and stops it."""

    def start(self) -> None: ...
    def stop(self) -> Any: ...
    def ctl(self, *arguments: str, stdin: str = "", limit: float = 60) -> Answer: ...


class House(Protocol):
    vigil: Gateway
    stage: Stage


def play(house: House, desk: Desk) -> None:
    gateway, stage = house.vigil, house.stage
    gateway.start()
    desk.until(lambda: "online" in desk.gateways.values(), 60, "the gateway is online at the desk")
    look_around(gateway)

    strap = pair(house, STRAP, kind="heart-rate")
    cuff = pair(house, CUFF, kind="systolic", passkey=lambda: stage.passkey("cuff"))
    oximeter = pair(house, OXIMETER, kind="spo2", compared=lambda: stage.passkey("oximeter"))
    assert len({strap, cuff, oximeter}) == 3
    look_again(gateway, {STRAP: strap, CUFF: cuff, OXIMETER: oximeter})

    assert desk.open == {}, "a technician's test reading never alerts"
    stage.tell("signal desaturate")
    desk.until(lambda: states(desk) == {"OX-1": "active"}, 60, "the desk sees the alert")
    # The retained list of what is open has no text, and a desk may hear it before the alert.
    desk.until(lambda: next(iter(desk.open.values()))["text"] is not None, 10, "the desk has the alert's text")
    alert = next(iter(desk.open.values()))
    assert alert["resident"] == RESIDENT and alert["priority"] == "high" and "86" in alert["text"]["zh"]
    stage.tell("signal recover")
    desk.until(lambda: states(desk) == {"OX-1": "cleared-unacknowledged"}, 60, "the desk sees that it is over")

    forgotten = gateway.ctl("forget", strap)
    assert forgotten.code == 0, forgotten
    assert strap not in enrolled(gateway).values() and len(enrolled(gateway)) == 2
    gateway.stop()
    desk.until(lambda: set(desk.gateways.values()) == {"offline"}, 30, "the gateway has said goodbye")
    desk.finish()


def look_around(gateway: Gateway) -> None:
    """`vigilctl scan` names all three, and what they are, before anybody has paired."""
    near: dict[str, dict[str, Any]] = {}

    def found() -> bool:
        answer = gateway.ctl("scan", "--seconds", "5", "--json")
        assert answer.code == 0, answer
        near.update({one["address"]: one for one in answer.json if "address" in one})
        return PROFILES.keys() <= near.keys()
    eventually(found, 30, lambda: f"the three devices are near: {near}")
    for address, profile in PROFILES.items():
        assert near[address]["profiles"] == [profile] and near[address]["enrolled"] is None, near[address]


def pair(house: House, address: str, kind: str, passkey: Any = None, compared: Any = None) -> str:
    """Pairs as a technician does, and confirms the first reading. The device's id."""
    technician = Technician(house, address, resident=RESIDENT)
    if passkey is not None:
        technician.hear(question="passkey")
        technician.say(passkey())
    if compared is not None:
        assert technician.hear(question="confirm")["passkey"] == int(compared())
        technician.say("y")
    shown = technician.hear(limit=60, progress="reading")["reading"]
    assert kind in {one["kind"] for one in shown["values"]}
    assert technician.hear(progress="delivered")["delivered"] is True, "the clinic's broker has it"
    technician.hear(question="value")
    technician.say("y")
    answer = technician.end(60)
    assert answer.code == 0, answer
    done = answer.json[-1]
    assert done["link"] == ("encrypted" if passkey is compared is None else "authenticated")
    return done["device"]


def enrolled(gateway: Gateway) -> dict[str, str]:
    """Ids by address."""
    return {one["address"]: one["id"] for one in gateway.ctl("devices", "--json").json}


def look_again(gateway: Gateway, expected: dict[str, str]) -> None:
    assert enrolled(gateway) == expected
    status = gateway.ctl("status", "--lang", "zh")
    assert status.code == 0 and all(device in status.out for device in expected.values()), status


def states(desk: Desk) -> dict[str, str]:
    return {one["rule"]: one["state"] for one in desk.open.values()}
