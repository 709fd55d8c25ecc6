# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl watch --clinic`: a desk that joins late, loses its broker or its gateway, and is right all the same."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import scenarios
from broker import Broker, Certificates
from conftest import MakeDesk, MakeWorld
from desk import Gateway, Message, alert, clear
from processes import free_port
from vigil import BIN, GATEWAY
from waiting import eventually
from world import World

# The pauses between tries to connect grow to 10 s.
AFTER_OUTAGE = 25


def saturation(make_world: MakeWorld, **more: Any) -> World:
    """A household with an oximeter that says 86 % until it is told to recover."""
    story = [scenarios.spo2(scenarios.SPO2_86, until="signal recover"), scenarios.spo2(scenarios.SPO2_97)]
    world = make_world(devices=[scenarios.oximeter(story)], **more).start()
    world.pair("oximeter", scenarios.OXIMETER)
    world.clinic.wait(lambda: world.clinic.phases("start", "OX-1"), 20, "the alert")
    return world


# With a daemon -------------------------------------------------------------------------------------------------------


def test_who_joins_late_sees_the_open_alert_and_its_end(make_world: MakeWorld, make_desk: MakeDesk) -> None:
    world = saturation(make_world)
    alert = world.clinic.phases("start", "OX-1")[0]["alert"]
    desk = make_desk(clear(world.broker.port))
    found = desk.until(lambda: desk.open.get((GATEWAY, alert)), 10, "the open alert")
    # The retained list has no text: nobody has sent it since the desk came. What the rule is called it says.
    assert (found["rule"], found["state"], found["priority"], found["text"]) == ("OX-1", "active", "high", None)
    assert found["ruleName"]["zh"] == "血氧过低" and found["acknowledgedBy"] is None
    assert desk.gateways == {GATEWAY: "online"}
    world.stage.tell("signal recover")
    over = desk.until(lambda: desk.open[GATEWAY, alert]["version"] == 2 and desk.open[GATEWAY, alert], 20, "it clears")
    assert over["state"] == "cleared-unacknowledged" and over["phase"] == "clear"
    assert set(over["text"]) == {"zh", "en"} and over["values"][0]["kind"] == "spo2"
    assert list(desk.open) == [(GATEWAY, alert)]
    desk.finish()


def test_a_gateway_that_dies_is_offline_and_then_lost(make_world: MakeWorld, make_desk: MakeDesk) -> None:
    world = saturation(make_world)
    # Three times 6 s and a half are longer than the broker's 10 s for the will.
    desk = make_desk(clear(world.broker.port), health_seconds=6)
    plain = make_desk(clear(world.broker.port), is_json=False, lang="zh", health_seconds=6)
    desk.until(lambda: desk.gateways.get(GATEWAY) == "online", 10, "online")
    died = time.monotonic()
    world.vigil.kill()
    desk.until(lambda: desk.gateways[GATEWAY] == "offline", 15, "offline by will")
    assert time.monotonic() - died > 8
    desk.until(lambda: desk.gateways[GATEWAY] == "lost", 15, "lost")
    assert time.monotonic() - died > 10
    assert len(desk.open) == 1, "what was open is open"
    plain.until(lambda: "失联" in plain.output(), 10, "the sentence")
    world.start()
    desk.until(lambda: desk.gateways[GATEWAY] == "online", 20, "it is back")
    desk.finish()
    plain.finish()
    assert "离线" in plain.output() and "在线" in plain.output() and "OX-1" in plain.output()


def test_a_broker_that_is_killed_and_comes_back(make_world: MakeWorld, make_desk: MakeDesk) -> None:
    world = saturation(make_world)
    alert = world.clinic.phases("start", "OX-1")[0]["alert"]
    desk = make_desk(clear(world.broker.port))
    desk.until(lambda: (GATEWAY, alert) in desk.open, 10, "the open alert")
    world.broker.kill()
    desk.until(lambda: desk.connections[-1] == "away", 10, "it notices")
    world.stage.tell("signal recover")
    eventually(lambda: world.vigil.status()["queues"][0]["waiting"] > 0, 20,
               "the end waits at the gateway")
    world.broker.start()
    over = desk.until(lambda: desk.open[GATEWAY, alert]["state"] != "active" and desk.open[GATEWAY, alert], AFTER_OUTAGE,
                     "the desk is right again")
    assert over["state"] == "cleared-unacknowledged" and len(desk.open) == 1
    # What the session has kept may come before the word that it goes on.
    desk.until(lambda: desk.connections == ["connected", "away", "connected"], 10, "it is connected again")
    assert "lost" not in [one["state"] for one in desk.lines if one["event"] == "gateway"]
    desk.finish()


def test_a_new_database_leaves_the_old_alerts_unfollowed(make_world: MakeWorld, make_desk: MakeDesk) -> None:
    world = saturation(make_world)
    desk = make_desk(clear(world.broker.port))
    desk.until(lambda: len(desk.open) == 1, 10, "the open alert")
    assert world.vigil.stop() == 0
    for file in world.vigil.database.parent.glob("vigil.db*"):
        file.unlink()
    world.start()
    desk.until(lambda: [one["followed"] for one in desk.open.values()] == [False], 10, "nobody follows it any more")
    desk.finish()


# With messages alone -------------------------------------------------------------------------------------------------


def history(dice: random.Random) -> tuple[list[Message], list[list[Message]]]:
    """A ledger's alert messages, and what is open after each number from 0 on."""
    messages: list[Message] = []
    latest: dict[int, Message] = {}
    open_at: list[list[Message]] = [[], []]  # the epoch's gap has number 1
    for number in range(1, 60):
        live = [key for key, one in latest.items() if one["state"] != "ended"]
        if not live or dice.random() < 0.4:
            key, version, state = number, 1, "active"
        else:
            key = dice.choice(live)
            version = latest[key]["version"] + 1
            state = dice.choice(["acknowledged", "cleared-unacknowledged", "paused", "active", "ended", "ended"])
        latest[key] = alert(key, version, len(open_at), state)
        messages.append(latest[key])
        open_at.append([one for one in latest.values() if one["state"] != "ended"])
    return messages, open_at


def open_list(up_to: int, episodes: list[Message]) -> Message:
    known = ("alert", "resident", "rule", "version", "state", "category", "priority", "level", "raisedAt")
    return {"schema": "vigil.alerts/1", "id": f"l-{up_to}", "gateway": GATEWAY, "at": None, "epoch": "e-1", "upTo": up_to,
            "total": len(episodes), "alerts": [{key: one[key] for key in known} for one in episodes]}


@pytest.mark.parametrize("seed", range(1, 6))
def test_shuffled_and_doubled_messages(broker: Broker, gateway: Gateway, make_desk: MakeDesk, seed: int) -> None:
    dice = random.Random(seed)
    messages, open_at = history(dice)
    joined = dice.randrange(len(open_at))
    # Some were sent before their number was known; the desk joins late, and some old ones come all the same.
    sent = [("alert/r-0001", one) for one in messages if one["seq"] > joined or dice.random() < 0.5]
    sent += [(kind, one | {"seq": None}) for kind, one in sent if dice.random() < 0.2]
    sent += [("alerts", open_list(number, open_at[number])) for number in range(len(open_at)) if dice.random() < 0.2]
    sent += dice.sample(sent, len(sent) // 2)
    dice.shuffle(sent)
    gateway.say("alerts", open_list(joined, open_at[joined]), retain=True)
    desk = make_desk(clear(broker.port))
    desk.until_connected()
    for kind, message in sent:
        gateway.say(kind, message)
    # The last word of all shows that everything has been read.
    gateway.say("status", {"schema": "vigil.status/1", "epoch": "e-1", "state": "offline", "version": "1"})
    desk.until(lambda: desk.gateways.get(GATEWAY) == "offline", 10, "the last message")
    expected = {(GATEWAY, one["alert"]): (one["version"], one["state"]) for one in open_at[-1]}
    assert {key: (one["version"], one["state"]) for key, one in desk.open.items()} == expected
    assert len(expected) > 3
    # And one that comes now sees the same by the list alone.
    gateway.say("alerts", open_list(len(open_at) - 1, open_at[-1]), retain=True)
    late = make_desk(clear(broker.port))
    late.until(lambda: {key: (one["version"], one["state"]) for key, one in late.open.items()} == expected, 10, "the list")
    desk.finish()


def test_what_ended_while_the_desk_was_away(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    """Without a name of its own, its session is not for long; the retained list makes good what it has missed."""
    desk = make_desk(clear(broker.port))
    desk.until_connected()
    gateway.say("alert/r-0001", alert(1, 1, 2, "active"))
    gateway.say("alert/r-0001", alert(2, 1, 3, "active"))
    desk.until(lambda: len(desk.open) == 2, 10, "two alerts")
    broker.kill()
    for file in broker.directory.glob("*.db*"):
        file.unlink()  # the session is gone, and all that was queued
    broker.start()
    eventually(gateway.client.is_connected, AFTER_OUTAGE, "the gateway is back")
    gateway.say("alerts", open_list(5, [alert(2, 1, 3, "active"), alert(3, 1, 5, "active")]), retain=True)
    desk.until(lambda: [int(key[1], 16) for key in desk.open] == [2, 3], AFTER_OUTAGE, "the first has ended")
    assert [one["end"] for one in desk.lines if one["event"] == "alert" and not one["open"]] == ["list"]


def test_a_name_of_its_own_keeps_the_session(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    desk = make_desk(clear(broker.port), client_id="front-desk")
    desk.until_connected()
    desk.kill()
    gateway.say("alert/r-0001", alert(1, 1, 2, "active"))
    desk.start()
    found = desk.until(lambda: list(desk.open.values()), 10, "what came while it was away")
    assert found[0]["text"]["en"] == "version 1"
    desk.finish()


def test_nonsense_is_counted_and_harmless(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    desk = make_desk(clear(broker.port))
    desk.until_connected()
    nonsense: list[bytes] = [b"{", b"[]", b"\xff\xfe", b'{"schema":"vigil.alert/1"}', b"[" * 5000, b'"' + b"x" * 70_000 + b'"']
    for payload in nonsense:
        gateway.say("alert/r-0001", payload)
    gateway.say("alert/r-0001", b'{"schema":"vigil.alert/9","new":1}')
    gateway.say("weather", b"{")
    gateway.say("alert/r-0001", alert(1, 1, 2, "active") | {"priority": "extreme", "state": "odd", "text": {"en": "\u001b[2J!"}})
    found = desk.until(lambda: list(desk.open.values()), 10, "the alert behind it")[0]
    assert (found["priority"], found["state"], found["text"]) == ("high", "odd", {"en": "[2J!"})
    counts = desk.until(lambda: [one for one in desk.lines if one["event"] == "counts"], 5, "the count")[-1]
    assert counts["malformed"] == len(nonsense)
    desk.finish()


def test_a_gateway_that_was_only_ever_retained(broker: Broker, gateway: Gateway, make_desk: MakeDesk) -> None:
    gateway.say("status", {"schema": "vigil.status/1", "epoch": "e", "state": "online", "version": "1"}, retain=True)
    desk = make_desk(clear(broker.port), health_seconds=1)
    desk.until(lambda: desk.gateways == {GATEWAY: "online"}, 10, "what is retained")
    desk.until(lambda: desk.gateways == {GATEWAY: "lost"}, 10, "judged from the subscription on")
    gateway.say("health", {"schema": "vigil.health/1", "epoch": "e", "health": {}})
    desk.until(lambda: desk.gateways == {GATEWAY: "online"}, 10, "found again")


# The broker, and what a person has to do -----------------------------------------------------------------------------


def test_a_desk_over_tls(make_desk: MakeDesk, tmp_path: Path) -> None:
    right, wrong = Certificates(tmp_path / "right"), Certificates(tmp_path / "wrong", "Another CA")
    broker = Broker(tmp_path / "broker", right)
    broker.start()
    try:
        desk = make_desk({"host": "localhost", "port": broker.port, "tls": {"ca": str(right.ca)}})
        desk.until_connected()
        other = make_desk({"host": "localhost", "port": broker.port, "tls": {"ca": str(wrong.ca)}}, lang="zh")
        other.until(lambda: "证书不受信任" in other.remarks, 10, "the sentence")
        assert "connected" not in other.output()
        for one in (desk, other):
            one.finish()
    finally:
        broker.kill()


@pytest.mark.parametrize("lang, words", [("en", "does not admit this user"), ("zh", "不接受这个用户")])
def test_a_wrong_password(make_desk: MakeDesk, tmp_path: Path, lang: str, words: str) -> None:
    users, password = tmp_path / "users", tmp_path / "password"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(users), "desk", "right"], check=True, capture_output=True)
    users.chmod(0o600)
    broker = Broker(tmp_path / "broker")
    config = broker.directory / "mosquitto.conf"
    config.write_text(config.read_text().replace("allow_anonymous true", f"allow_anonymous false\npassword_file {users}"))
    broker.start()
    try:
        password.write_text("wrong\n")
        desk = make_desk(clear(broker.port) | {"username": "desk", "password-file": str(password)}, lang=lang)
        desk.until(lambda: words in desk.remarks, 10, "the sentence")
        assert "wrong" not in desk.output() + desk.remarks
        desk.finish()
        password.write_text("right\n")
        desk.start()
        desk.until_connected()
    finally:
        broker.kill()


@pytest.mark.parametrize("host, lang, words", [
    ("no-such-broker.invalid", "en", "address cannot be found"), ("no-such-broker.invalid", "zh", "找不到消息服务器"),
    ("127.0.0.1", "en", "not running, or the port is wrong"), ("127.0.0.1", "zh", "没有运行，或端口不对")])
def test_a_broker_that_is_not_there(make_desk: MakeDesk, host: str, lang: str, words: str) -> None:
    desk = make_desk({"host": host, "port": free_port(), "tls": "off"}, lang=lang)
    desk.until(lambda: words in desk.remarks, 20, "the sentence")
    desk.finish()


def test_silence_where_the_broker_lets_nothing_through(tmp_path: Path, make_desk: MakeDesk) -> None:
    broker = Broker(tmp_path / "broker", acl="user desk\ntopic read nothing/#\n")
    broker.start()
    try:
        desk = make_desk(clear(broker.port) | {"username": "desk"}, health_seconds=1)
        desk.until(lambda: "may read vigil/v1/c1/+/up/#" in desk.remarks, 10, "the sentence")
        desk.finish()
    finally:
        broker.kill()


def refused(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "vigilctl", "watch", "--clinic", "--config", config, *arguments], capture_output=True,
                          text=True, timeout=20, env=os.environ | {"LANG": "en_US.UTF-8"})


def test_a_configuration_that_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "desk.yaml"
    found = refused(config)
    assert found.returncode == 1 and "no desk configuration" in found.stderr and str(config) in found.stderr
    assert "没有诊所端配置文件" in refused(config, "--lang", "zh").stderr
    config.write_text("clinic: c1\nbroker: {host: localhost}\ncolour: blue\n")
    found = refused(config)
    assert found.returncode == 1 and f"{config}:3:1: unknown key 'colour'" in found.stderr
    config.write_text("clinic: c1\nbroker: {host: localhost, tls: {ca: /no/such/file}}\n")
    assert "/no/such/file" in refused(config).stderr and refused(config).returncode == 1
