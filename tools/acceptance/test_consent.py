# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that give a user's readings only for her consent code, on every connection anew (User Data Service)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import scenarios
from conftest import MakeWorld
from pseudo_terminal import PseudoTerminal
from scenarios import Device
from technician import FAST
from test_schemas import validators
from vigil import BIN, Answer
from waiting import eventually
from world import World

SCALE = "F5:F1:F2:F3:F4:41"
SHE, HE, HOUSE = "r-8m2q", "r-9n3s", "r-31k7"
CODES = {1: "7391", 2: "4826"}
WRONG = "5174"
GRANTED, REFUSED = "200201", "200205"
Story = list[dict[str, Any]]


def octets(code: str) -> str:
    return int(code).to_bytes(2, "little").hex()


def consent(user: int, code: str) -> str:
    return f"02{user:02x}{octets(code)}"


def weight(kilograms: float, user: int) -> dict[str, Any]:
    """Without a time stamp: every weight is another measurement."""
    value = f"04{round(kilograms / 0.005).to_bytes(2, 'little').hex()}{user:02x}"
    return {"notify": {"characteristic": "2a9d", "value": value}}


def asked(user: int, code: str, answer: str | None, *values: dict[str, Any]) -> Story:
    """Is asked for that user's data, says its answer and then these."""
    said = [{"notify": {"characteristic": "2a9f", "value": answer}}] if answer else []
    return [{"until": f"written 2a9f {consent(user, code)}"}, *said, *values]


def scale(*story: Story) -> Device:
    """What it does, one list for each consent."""
    return scenarios.device(
        "scale", SCALE, "Scale",
        {"181d": {"2a9d": {"properties": ["indicate"]}, "2a9e": {"properties": ["read"], "value": "00000000"}},
         "181c": {"2a9f": {"properties": ["write", "indicate"]}}},
        [step for part in story for step in part], services=["181d"])


def start(make_world: MakeWorld, device: Device) -> tuple[World, str]:
    world = make_world(devices=[device], bluez=FAST).start()
    return world, world.pair(device["id"], device["address"], HOUSE)


def assign(world: World, device: str, user: int, resident: str, code: str) -> Answer:
    answer = world.vigil.ctl("assign", device, "--user", str(user), "--resident", resident, "--consent", stdin=code + "\n")
    assert answer.code == 0 and not answer.err, answer
    return answer


def assign_both(world: World, device: str, first: str = CODES[1]) -> None:
    assign(world, device, 1, SHE, first)
    assign(world, device, 2, HE, CODES[2])


def link_again(world: World, device: str = "scale") -> None:
    world.stage.leave(device)
    world.stage.come_back(device)


def weights(world: World, device: str) -> list[tuple[str, int, float]]:
    return [(one["resident"], one["user"], one["values"][0]["value"]) for one in world.clinic.readings(device)]


def wait_weights(world: World, device: str, *wanted: tuple[str, int, float]) -> None:
    eventually(lambda: weights(world, device) == list(wanted), 30,
               lambda: f"{wanted}: {weights(world, device)}, written {written(world)}")


def written(world: World, device: str = "scale") -> list[tuple[str, str]]:
    return [(one["characteristic"], one["value"]) for one in world.stage.events("written", device)]


def consents(world: World, device: str) -> list[str | None]:
    return [one.get("consent") for one in world.vigil.devices()[device]["users"]]


def assert_no_code_is_told(world: World, *answers: Answer) -> None:
    """Ends the daemon, and looks through everything that it and vigilctl have said."""
    shown = [world.vigil.ctl(*command, "--lang", language) for language in ("en", "zh")
             for command in (("status",), ("devices",), ("status", "--json"), ("devices", "--json"))]
    world.vigil.stop()
    text = "\n".join([
        world.vigil.output(everything=True), json.dumps(world.audit()),
        *(f"{one.out}{one.err}" for one in (*shown, *answers)),
        *(json.dumps(one.message) for one in world.clinic.all("health")),
        *(json.dumps(one.message) for one in world.clinic.all("reading"))])
    for code in (*CODES.values(), WRONG):
        low, high = bytes.fromhex(octets(code))
        # As it is typed, and as its octets are printed. An id or a time may have the same digits among others.
        for secret in (code, octets(code), consent(1, code), consent(2, code), f"{low}, {high}"):
            found = re.search(rf"(?<![\w-]){secret}(?![\w-])", text, re.IGNORECASE)
            assert not found, f"{secret} is told: …{text[max(0, found.start() - 200):found.end() + 100]}…"


def test_each_user_has_her_own_readings_on_every_connection(make_world: MakeWorld) -> None:
    world, device = start(make_world, scale(
        asked(1, CODES[1], GRANTED, weight(61, 1), weight(62, 1)), asked(2, CODES[2], GRANTED, weight(81, 2)),
        asked(1, CODES[1], GRANTED, weight(63, 1)), asked(2, CODES[2], GRANTED, weight(82, 2))))
    answers = [assign(world, device, 1, SHE, CODES[1]), assign(world, device, 2, HE, CODES[2])]
    assert consents(world, device) == ["stored", "stored"]
    assert not written(world), "from the next connection on"
    link_again(world)
    first = [(SHE, 1, 61), (SHE, 1, 62), (HE, 2, 81)]
    wait_weights(world, device, *first)
    assert consents(world, device) == ["granted", "granted"]
    link_again(world)
    wait_weights(world, device, *first, (SHE, 1, 63), (HE, 2, 82))
    assert written(world) == 2 * [("2a9f", consent(user, code)) for user, code in CODES.items()]
    # Both were listened to before anything was asked.
    subscribed = [one["characteristic"] for one in world.stage.events("subscribed", "scale")]
    assert "2a9f" in subscribed and not world.stage.events("dropped", "scale")

    envelope = {"schema": "vigil.health/1", "id": "a29b41d4-a716-4466-8554-400000000003", "gateway": "gw-1", "at": None,
                "epoch": world.clinic.messages("status")[-1]["epoch"], "health": world.vigil.status()}
    assert [error.message for error in validators()["vigil.health/1"].iter_errors(envelope)] == []
    world.clinic.assert_complete()
    assert_no_code_is_told(world, *answers)
    assert [one for one in world.audit() if one[0] == "assigned"] == [
        ("assigned", f"1={SHE} consent", device), ("assigned", f"2={HE} consent", device)]


def test_a_wrong_code_is_said_and_the_other_user_has_her_turn(make_world: MakeWorld) -> None:
    world, device = start(make_world, scale(
        asked(1, WRONG, REFUSED), asked(2, CODES[2], GRANTED, weight(81, 2)),
        asked(1, CODES[1], GRANTED, weight(61, 1)), asked(2, CODES[2], GRANTED, weight(82, 2))))
    assign_both(world, device, first=WRONG)
    link_again(world)
    wait_weights(world, device, (HE, 2, 81))
    assert consents(world, device) == ["refused", "granted"]
    assert written(world) == [("2a9f", consent(1, WRONG)), ("2a9f", consent(2, CODES[2]))], "each once"
    remedy = f"vigilctl assign {device} --user 1 --resident {SHE} --consent"
    for command in ("status", "devices"):
        said = " ".join(world.vigil.ctl(command).out.split())
        assert "user 1 refuses the consent code" in said and remedy in said, said
        assert "设备拒绝用户 1 的授权码" in world.vigil.ctl(command, "--lang", "zh").out
    world.vigil.wait_for(r"refuses its user's consent code.*user=1")

    assign(world, device, 1, SHE, CODES[1])
    assert consents(world, device) == ["stored", "granted"]
    link_again(world)
    wait_weights(world, device, (HE, 2, 81), (SHE, 1, 61), (HE, 2, 82))
    assert consents(world, device) == ["granted", "granted"]
    assert_no_code_is_told(world)


def test_a_device_that_does_not_answer_is_left_and_asked_for_the_other_one_first(make_world: MakeWorld) -> None:
    world, device = start(make_world, scale(
        asked(1, CODES[1], None), [{"until": "disconnected"}], asked(2, CODES[2], GRANTED, weight(81, 2))))
    assign_both(world, device)
    link_again(world)
    world.stage.wait_event("disconnected", "scale", count=2, limit=60)
    assert written(world) == [("2a9f", consent(1, CODES[1]))], "no other procedure over that link"
    assert consents(world, device) == ["unanswered", "stored"]
    assert "user 1 does not answer the consent code" in " ".join(world.vigil.ctl("status").out.split())
    # It advertises anew.
    link_again(world)
    wait_weights(world, device, (HE, 2, 81))
    assert consents(world, device) == ["unanswered", "granted"]
    assert_no_code_is_told(world)


def test_what_is_stored_is_asked_for_after_each_consent(make_world: MakeWorld) -> None:
    """Each user's records are numbered by themselves, and a user who has none keeps nobody waiting."""
    def record(sequence: int, minute: int) -> dict[str, Any]:
        value = f"02{sequence:02x}00ea07030e08{minute:02x}1e35c011"
        return {"notify": {"characteristic": "2a18", "value": value}}

    def reported(*records: dict[str, Any], response: str = "06000101") -> Story:
        return [{"until": "written 2a52 0101"}, *records, {"notify": {"characteristic": "2a52", "value": response}}]

    meter = scenarios.device(
        "meter", SCALE, "Glucose meter",
        {"1808": {"2a18": {"properties": ["notify"]}, "2a51": {"properties": ["read"], "value": "0000"},
                  "2a52": {"properties": ["write", "indicate"]}},
         "181c": {"2a9f": {"properties": ["write", "indicate"]}}},
        [*reported(response="06000106"),
         *asked(1, CODES[1], GRANTED), *reported(record(8, 1), record(9, 2)),
         *asked(2, CODES[2], GRANTED), *reported(record(1, 3)),
         *asked(1, CODES[1], GRANTED), *reported(response="06000106"),
         *asked(2, CODES[2], GRANTED), *reported(record(1, 3), record(2, 4))], services=["1808"])
    world, device = start(make_world, meter)
    eventually(lambda: written(world, "meter") == [("2a52", "0101")], 20, "it is asked as ever")
    assign_both(world, device)
    turns = [one for user, code in CODES.items() for one in (("2a9f", consent(user, code)), ("2a52", "0101"))]
    for count in (1, 2):
        link_again(world, "meter")
        eventually(lambda: written(world, "meter")[1:] == count * turns, 30, lambda: f"{written(world, 'meter')}")
    readings = world.clinic.wait(lambda: world.clinic.readings(device)[3:], 20, "the last record")
    assert len(readings) == 1 and len(world.clinic.readings(device)) == 4
    world.clinic.assert_complete()
    assert_no_code_is_told(world)


def test_nobodys_code_is_dropped(make_world: MakeWorld) -> None:
    world, device = start(make_world, scale(asked(2, CODES[2], GRANTED, weight(81, 2))))
    assign_both(world, device)
    assert "用户 1" in world.vigil.ctl("assign", device, "--user", "1", "--nobody", "--lang", "zh").out
    assert world.vigil.ctl("assign", device, "--user", "1", "--resident", SHE).code == 0
    assert consents(world, device) == [None, "stored"]
    # What is left is kept over a kill.
    world.vigil.kill()
    world.start()
    link_again(world)
    wait_weights(world, device, (HE, 2, 81))
    assert written(world) == [("2a9f", consent(2, CODES[2]))]
    assert_no_code_is_told(world)


@pytest.mark.parametrize("typed", ["", "739", "73911", "739a", " 7391", "７３９１"])
def test_what_is_no_code_is_refused_and_not_repeated(make_world: MakeWorld, typed: str) -> None:
    world, device = start(make_world, scale())
    answer = world.vigil.ctl("assign", device, "--user", "1", "--resident", SHE, "--consent", stdin=f"{typed}\n")
    answer.assert_refused("four digits", codes=(1,))
    assert not typed or typed.strip() not in answer.err
    assert "users" not in world.vigil.devices()[device]
    refused = world.vigil.ctl("assign", device, "--user", "1", "--nobody", "--consent", stdin="7391\n")
    assert refused.code == 2 and "--resident" in refused.err


def test_a_person_types_it_unseen(make_world: MakeWorld) -> None:
    world, device = start(make_world, scale())
    arguments: list[str | Path] = [
        BIN / "vigilctl", "assign", device, "--user", "1", "--resident", SHE, "--consent"]
    for typed, code in ((f"{CODES[1]}\n", 0), ("\x03", 1)):
        terminal = PseudoTerminal(arguments, world.vigil.bus)
        try:
            eventually(lambda: "four digits" in "".join(terminal.left), 20, "it asks")
            assert CODES[1] not in Path(f"/proc/{terminal.pid}/cmdline").read_text()
            terminal.type(typed)
            assert terminal.wait() == code, terminal.left
            assert CODES[1] not in "".join(terminal.left)
            assert terminal.is_restored
        finally:
            terminal.close()
    assert consents(world, device) == ["stored"]
    assert_no_code_is_told(world)
