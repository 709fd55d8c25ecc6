# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk that answers alerts, turns to somebody else when nobody does, and says which gateways are dead."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from broker import Broker
from commander import Key, make_key
from conftest import MakeDesk, MakeWorld
from desk import Desk, Gateway, Message, alert, clear
from pseudo_terminal import PseudoTerminal
from test_desk import saturation
from vigil import BIN, CLINIC, GATEWAY
from waiting import eventually

ALERT = f"{1:032x}"
PATIENCE = 15  # of a desk, for a gateway's answer


@pytest.fixture
def nurse(tmp_path: Path) -> Key:
    return make_key(tmp_path, "desk-1", "nurse")


def with_key(key: Key) -> dict[str, Any]:
    return {"key": {"id": key.kid, "file": str(key.private), "role": key.role}, "by": "u-12"}


def ago(**time: int) -> str:
    return (datetime.now(timezone.utc) - timedelta(**time)).isoformat(timespec="seconds")


def read(payload: bytes, key: Key, directory: Path) -> Message:
    """The command in a JWS, once openssl has found the signature right."""
    signed, mark = directory / "signed", directory / "signature"
    header, body, signature = (part + "=" * (-len(part) % 4) for part in payload.decode().split("."))
    assert json.loads(base64.urlsafe_b64decode(header)) == {"alg": "EdDSA", "kid": key.kid}
    signed.write_bytes(payload.rpartition(b".")[0])
    mark.write_bytes(base64.urlsafe_b64decode(signature))
    subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key.public, "-in", signed, "-sigfile",
                    mark], check=True, capture_output=True)
    return json.loads(base64.urlsafe_b64decode(body))


@pytest.fixture
def desk(broker: Broker, gateway: Gateway, make_desk: MakeDesk, nurse: Key) -> Desk:
    """With a key, and an alert in version 3."""
    desk = make_desk(clear(broker.port), **with_key(nurse))
    desk.until_connected()
    gateway.say("alert/r-0001", alert(1, 3, 2, "active", raisedAt=ago(seconds=20)))
    desk.until(lambda: desk.open, 10, "the alert")
    return desk


def test_an_acknowledgement_is_signed_and_answered(desk: Desk, gateway: Gateway, nurse: Key, tmp_path: Path) -> None:
    desk.tell({"acknowledge": ALERT})
    name, payload = eventually(lambda: gateway.commands, 10, "the command")[0]
    command = read(payload, nurse, tmp_path)
    assert name == "command/acknowledge" and command["name"] == "acknowledge" and command["gateway"] == GATEWAY
    assert command["by"] == {"id": "u-12", "role": "nurse"} and command["body"] == {"alert": ALERT}
    assert command["expectedVersion"] == 3
    validity = datetime.fromisoformat(command["expiresAt"]) - datetime.fromisoformat(command["issuedAt"])
    assert validity == timedelta(minutes=10)
    gateway.answer(command["request"], "done", body={"alert": ALERT, "version": 4, "state": "acknowledged"})
    gateway.say("alert/r-0001", alert(1, 4, 3, "acknowledged", acknowledgedBy="u-12", acknowledgedAt=ago(seconds=0)))
    done = desk.until(lambda: [one for one in desk.commands if one["state"] == "done"], 10, "the answer")[0]
    assert (done["request"], done["alert"], done["version"]) == (command["request"], ALERT, 3)
    taken = desk.until(lambda: (one := desk.open[GATEWAY, ALERT])["state"] == "acknowledged" and one, 10, "it is taken")
    assert taken["acknowledgedBy"] == "u-12" and taken["unansweredSeconds"] is None
    desk.finish()
    assert "PRIVATE" not in desk.output(everything=True) + desk.remarks


def test_who_was_first_is_said(desk: Desk, gateway: Gateway, nurse: Key, tmp_path: Path) -> None:
    desk.tell({"acknowledge": ALERT, "gateway": GATEWAY, "version": 2})
    command = read(eventually(lambda: gateway.commands, 10, "the command")[0][1], nurse, tmp_path)
    assert command["expectedVersion"] == 2
    reason = {"code": "already-acknowledged", "text": {"zh": "已确认。", "en": "Done already."}}
    gateway.answer(command["request"], "refused", reason, {"by": "u-7", "at": "2026-03-14T08:05:00+08:00"})
    refused = desk.until(lambda: [one for one in desk.commands if one["state"] == "refused"], 10, "the refusal")[0]
    assert (refused["code"], refused["by"], refused["text"]["en"]) == ("already-acknowledged", "u-7", "Done already.")
    assert datetime.fromisoformat(refused["acknowledgedAt"]) == datetime.fromisoformat("2026-03-14T08:05:00+08:00")


def test_without_an_answer_the_same_request_comes_again(desk: Desk, gateway: Gateway) -> None:
    desk.tell({"acknowledge": ALERT})
    eventually(lambda: gateway.commands, 10, "the command")
    desk.until(lambda: desk.commands[-1]["state"] == "unanswered", PATIENCE + 10, "it says so")
    eventually(lambda: len(gateway.commands) == 2, 10, "it comes again")
    desk.tell({"acknowledge": ALERT})
    eventually(lambda: len(gateway.commands) == 3, 10, "and once more")
    assert len({payload for _, payload in gateway.commands}) == 1
    assert [one["state"] for one in desk.commands] == ["sent", "unanswered", "unanswered"]


def test_a_gateway_that_is_not_there(broker: Broker, gateway: Gateway, desk: Desk) -> None:
    gateway.client.unsubscribe("vigil/v1/c1/gw-1/down/#")[1]
    gateway.say("health", {"schema": "vigil.health/1", "epoch": "e-1", "health": {}})  # behind it at the broker
    desk.tell({"acknowledge": ALERT})
    lost = desk.until(lambda: [one for one in desk.commands if one["state"] == "undeliverable"], 10, "it says so")[0]
    assert lost["code"] == "16"


@pytest.mark.parametrize("order, code", [
    ({"acknowledge": "f" * 32}, "unknown-alert"), ({"acknowledge": ALERT, "gateway": "gw-9"}, "unknown-alert"),
    ("{", "unreadable"), ({"acknowledge": 5}, "unreadable"), ("x" * 200_000, "unreadable")])
def test_what_cannot_be_sent_is_said(desk: Desk, order: Any, code: str) -> None:
    desk.tell(order)
    desk.tell({"acknowledge": "e" * 32})
    desk.until(lambda: [one["state"] for one in desk.commands][-1:] == ["not-sent"] and desk.commands[-1]["alert"] == "e" * 32,
               10, "it goes on")
    if len(str(order)) < 1000:
        assert [one["code"] for one in desk.commands] == [code, "unknown-alert"]


def test_without_a_key_it_can_only_look(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    desk = make_desk(clear(broker.port))
    desk.until_connected()
    gateway.say("alert/r-0001", alert(1, 1, 2, "active"))
    desk.until(lambda: desk.open, 10, "the alert")
    desk.tell({"acknowledge": ALERT})
    found = desk.until(lambda: desk.commands, 10, "it says so")
    assert (found[0]["state"], found[0]["code"]) == ("not-sent", "read-only") and "desk.yaml" in desk.remarks
    assert not gateway.commands


def test_a_key_that_others_may_read(tmp_path: Path, nurse: Key) -> None:
    config = tmp_path / "desk.yaml"
    config.write_text(yaml.safe_dump({"clinic": CLINIC, "broker": clear(1)} | with_key(nurse)))
    nurse.private.chmod(0o640)
    found = subprocess.run([BIN / "vigilctl", "watch", "--clinic", "--config", config, "--lang", "en"], capture_output=True,
                           text=True, timeout=20)
    assert found.returncode == 1 and f"chmod 600 {nurse.private}" in found.stderr
    assert nurse.private.read_text().splitlines()[1] not in found.stderr


# What nobody answers -------------------------------------------------------------------------------------------------


def test_what_nobody_answers_is_overdue_once(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    desk = make_desk(clear(broker.port), second_tier_minutes={"high": [1, 600]})
    plain = make_desk(clear(broker.port), is_json=False, lang="zh", second_tier_minutes={"high": [1, 600]})
    desk.until_connected()
    plain.until(lambda: "消息服务器已连接" in plain.remarks, 10, "connected")
    gateway.say("alert/r-0001", alert(1, 1, 2, "active", raisedAt=ago(seconds=57)))
    gateway.say("alert/r-0001", alert(2, 1, 3, "active", raisedAt=ago(seconds=40)))
    gateway.say("alert/r-0001", alert(3, 2, 4, "acknowledged", raisedAt=ago(seconds=90)))
    found = desk.until(lambda: desk.overdue, 10, "the first")[0]
    assert (found["alert"], found["secondTier"], found["level"]) == (ALERT, 2, 1)
    assert 60 <= found["unansweredSeconds"] < 80
    desk.until(lambda: len(desk.overdue) == 2, 30, "the second")
    plain.until(lambda: plain.output().count("超时  gw-1") == 2, 10, "both, in words")
    assert [one["alert"][-1] for one in desk.overdue] == ["1", "2"]


def test_a_dead_gateways_alerts_go_on_being_timed(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    desk = make_desk(clear(broker.port), health_seconds=1, second_tier_minutes={"high": 1})
    desk.until_connected()
    gateway.say("health", {"schema": "vigil.health/1", "epoch": "e-1", "health": {}})
    gateway.say("alert/r-0001", alert(1, 1, 2, "active", raisedAt=ago(seconds=50)))
    lost = desk.until(lambda: [one for one in desk.lines if one.get("state") == "lost"], 15, "it is lost")[0]
    assert (lost["rule"], lost["category"], lost["priority"]) == ("ND-4", "technical", "high")
    assert not desk.overdue
    desk.until(lambda: desk.overdue, 20, "nobody has answered all the same")
    assert len(desk.open) == 1


# The screen ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def screen(broker: Broker, nurse: Key, tmp_path: Path) -> Iterator[PseudoTerminal]:
    config = tmp_path / "desk.yaml"
    config.write_text(yaml.safe_dump({"clinic": CLINIC, "broker": clear(broker.port)} | with_key(nurse)))
    terminal = PseudoTerminal([BIN / "vigilctl", "watch", "--clinic", "--config", config, "--lang", "en"], {})
    yield terminal
    terminal.close()


def test_keys_choose_and_acknowledge(screen: PseudoTerminal, gateway: Gateway, nurse: Key, tmp_path: Path) -> None:
    screen.wait_for("broker connected")
    for number in (1, 2):
        gateway.say("alert/r-0001", alert(number, 1, number + 1, "active", raisedAt=ago(minutes=number),
                                          resident=f"r-000{number}"))
    screen.wait_for("> ", "r-0001", "1 min unanswered")
    screen.type("\x1b[B")
    screen.wait_for("> ", "r-0002")
    screen.type("a")
    screen.wait_for("Acknowledge OX-1 of r-0002 as u-12?")
    screen.type("n")
    screen.wait_for("a acknowledges")
    assert not gateway.commands
    screen.type("ay")
    screen.wait_for("waiting for the gateway's answer")
    command = read(eventually(lambda: gateway.commands, 10, "the command")[0][1], nurse, tmp_path)
    assert command["body"]["alert"] == f"{2:032x}" and command["expectedVersion"] == 1
    gateway.answer(command["request"], "done", body={"alert": f"{2:032x}", "version": 2, "state": "acknowledged"})
    screen.wait_for("Acknowledged: OX-1 of r-0002")
    gateway.say("alert/r-0001", alert(2, 2, 4, "acknowledged", acknowledgedBy="u-12", acknowledgedAt=ago(minutes=0),
                                      resident="r-0002"))
    screen.wait_for("r-0002", "acknowledged by u-12")
    screen.type("\x03")
    assert screen.wait() == 0 and screen.is_restored


# With a daemon -------------------------------------------------------------------------------------------------------


def test_a_real_gateway_takes_it(make_world: MakeWorld, make_desk: MakeDesk, nurse: Key) -> None:
    world = saturation(make_world, config={"commands": {"keys": [nurse.config]}})
    found = world.clinic.phases("start", "OX-1")[0]["alert"]
    desk = make_desk(clear(world.broker.port), **with_key(nurse))
    desk.until(lambda: (GATEWAY, found) in desk.open, 10, "the open alert")
    desk.tell({"acknowledge": found})
    desk.until(lambda: [one for one in desk.commands if one["state"] == "done"], 20, "the answer")
    taken = desk.until(lambda: (one := desk.open[GATEWAY, found])["state"] == "acknowledged" and one, 20, "it is taken")
    assert taken["acknowledgedBy"] == "u-12"
    desk.tell({"acknowledge": found})
    again = desk.until(lambda: [one for one in desk.commands if one["state"] == "refused"], 20, "the second")[0]
    assert (again["code"], again["by"]) == ("already-acknowledged", "u-12")
    # Whoever connects now has the retained list alone: who has it and what it is about, and no value.
    late = make_desk(clear(world.broker.port))
    seen = late.until(lambda: late.open.get((GATEWAY, found)), 10, "the open alert at the late desk")
    assert (seen["acknowledgedBy"], seen["acknowledgedAt"]) == ("u-12", taken["acknowledgedAt"]) and seen["acknowledgedAt"]
    assert seen["ruleName"] == {"zh": "血氧过低", "en": "low oxygen saturation"} and seen["text"] is None
    plain = make_desk(clear(world.broker.port), is_json=False, lang="zh")
    plain.until(lambda: "u-12 " in plain.output() and "血氧过低（数值随下一条消息到达）" in plain.output(), 10, "the same words")
