# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic answers: somebody has seen it, wants to hear nothing for a while, has limits and a plan for a person."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta, timezone
from itertools import product
from pathlib import Path
from typing import Any

import journal
import pytest
import scenarios
from answers import asker, household, latest, wait_for
from commander import Commander, Key, make_key
from conftest import MakeWorld
from test_commands import MakeCommander, commander_of, epoch
from vigil import GATEWAY
from world import World

from clinic.command import command

__all__ = ["commander_of"]
ROLES = ("nurse", "doctor", "county", "technician")
MAY = {
    "acknowledge": {"nurse", "doctor", "county"},
    "pause": {"nurse", "doctor"},
    "set-limits": {"nurse", "doctor"},
    "set-plan": {"nurse", "doctor"},
    "send-history": {"nurse", "doctor", "technician"},
    "diagnose": {"nurse", "doctor", "technician"},
}
WITHOUT_CLOCK = {"acknowledge", "send-history", "diagnose"}


@pytest.fixture
def nurse(tmp_path: Path) -> Key:
    return make_key(tmp_path, "ward-2", "nurse")


def reason(answer: dict[str, Any]) -> str:
    return answer["reason"]["code"] if answer["reason"] else answer["outcome"]


def fall(world: World) -> dict[str, Any]:
    world.stage.tell("signal fall")
    return wait_for(world, "start", "active")


def test_an_acknowledged_alert_ends_when_the_person_is_well(
        make_world: MakeWorld, nurse: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    alert = fall(world)
    ask = asker(commander_of(world), nurse)
    answer = ask("acknowledge", {"alert": alert["alert"]}, expected=alert["version"])
    assert answer["outcome"] == "done" and answer["body"]["state"] == "acknowledged", answer
    seen = wait_for(world, "acknowledge", "acknowledged")
    assert seen["alert"] == alert["alert"] and seen["acknowledgedBy"] == "u-12" and seen["acknowledgedAt"]
    again = ask("acknowledge", {"alert": alert["alert"]}, by="u-13")
    assert reason(again) == "already-acknowledged" and again["body"]["by"] == "u-12" and again["body"]["at"], again
    world.stage.tell("signal rise")
    end = wait_for(world, "end", "ended")
    assert end["alert"] == alert["alert"] and end["acknowledgedBy"] == "u-12"
    assert reason(ask("acknowledge", {"alert": alert["alert"]})) == "not-open"
    assert reason(ask("acknowledge", {"alert": str(uuid.uuid4())})) in ("not-open", "bad-body")
    world.clinic.assert_complete()


def test_what_is_over_and_high_waits_for_somebody_and_survives_a_kill(
        make_world: MakeWorld, nurse: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    alert = fall(world)
    world.stage.tell("signal rise")
    wait_for(world, "clear", "cleared-unacknowledged")
    world.vigil.kill()
    world.start()
    world.clinic.wait(lambda: [one["alert"] for one in world.clinic.messages("alerts")[-1]["alerts"]] == [alert["alert"]],
                      20, "it is in the list of open ones")
    answer = asker(commander_of(world), nurse)("acknowledge", {"alert": alert["alert"]})
    assert answer["outcome"] == "done" and answer["body"]["state"] == "ended", answer
    wait_for(world, "acknowledge", "ended")
    world.clinic.wait(lambda: world.clinic.messages("alerts")[-1]["alerts"] == [], 20, "nothing is open")
    world.clinic.assert_complete()


def test_who_has_seen_less_than_there_is_is_told_so(
        make_world: MakeWorld, nurse: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse], escalate="[2 s, 15 min]")
    alert = fall(world)
    higher = wait_for(world, "escalate", "active")
    assert higher["level"] == 2 and higher["version"] > alert["version"]
    ask = asker(commander_of(world), nurse)
    assert reason(ask("acknowledge", {"alert": alert["alert"]}, expected=alert["version"])) == "stale-version"
    assert ask("acknowledge", {"alert": alert["alert"]}, expected=higher["version"])["outcome"] == "done"


def test_a_pause_is_quiet_and_ends_by_itself_or_by_hand(
        make_world: MakeWorld, nurse: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    ask = asker(commander_of(world), nurse)
    body = {"resident": "r-0001", "scope": "rule", "rule": "OX-1", "reason": "being washed", "minutes": 60}
    answer = ask("pause", body)
    assert answer["outcome"] == "done" and answer["body"]["until"], answer
    world.stage.tell("signal fall")
    paused = wait_for(world, "pause", "paused")
    assert paused["version"] == 1 and paused["pausedUntil"] == answer["body"]["until"]
    assert not [one for one in world.clinic.messages("alert") if one["phase"] == "start" and one["rule"] == "OX-1"]
    world.vigil.kill()
    world.start()
    assert ask("pause", body | {"minutes": 0})["outcome"] == "done"
    assert wait_for(world, "resume", "active")["alert"] == paused["alert"]
    assert reason(ask("pause", body | {"minutes": 0})) == "not-paused"
    for wrong in (body | {"minutes": 100_000}, body | {"scope": "everything"}, body | {"minutes": -1},
                  {name: value for name, value in body.items() if name != "reason"}):
        assert reason(ask("pause", wrong)) == "bad-body", wrong
    assert reason(ask("pause", body | {"minutes": None})) == "wrong-role"
    world.clinic.assert_complete()


def test_a_person_has_limits_of_their_own(
        make_world: MakeWorld, tmp_path: Path, nurse: Key, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    ask = asker(commander_of(world), nurse)
    until = (datetime.now(timezone.utc) + timedelta(days=30)).isoformat(timespec="seconds")
    looser = {"rule": "OX-1", "kind": "spo2", "op": "<", "value": 85}
    body = {"resident": "r-0001", "born": 1941, "conditions": ["heart-failure"], "limits": [looser]}
    assert reason(ask("set-limits", body)) == "too-loose"
    good = body | {"limits": [looser | {"why": "COPD, agreed with Dr Li", "until": until}]}
    first = ask("set-limits", good)
    assert first["outcome"] == "done" and first["body"]["version"] == 1, first
    assert reason(ask("set-limits", good)) == "stale-version"
    assert reason(ask("set-limits", good, expected=0)) == "stale-version"
    world.vigil.kill()
    world.start()
    # 86 % is below the rule's limit and not below hers.
    world.stage.tell("signal fall")
    world.stage.wait_sent("oximeter", len(world.stage.sent("oximeter")) + 20)
    assert latest(world)["phase"] is None
    stricter = {"rule": "OX-1", "kind": "spo2", "op": "<", "value": 91}
    assert ask("set-limits", {"resident": "r-0001", "limits": [stricter]}, expected=1)["body"]["version"] == 2
    alert = wait_for(world, "start", "active")
    assert [(one["value"], one["basis"]) for one in alert["limits"]] == [(91, "own")]
    for wrong in ({"resident": "r-0001", "limits": [{"rule": "XX-1", "kind": "spo2", "op": "<", "value": 1}]},
                  {"resident": "r-0001", "conditions": ["tired"]}, {"resident": "r-0001", "born": 1700}, {}):
        assert reason(ask("set-limits", wrong, expected=2)) == "bad-body", wrong


def test_a_plan_is_kept_and_missed_measurements_are_said(
        make_world: MakeWorld, tmp_path: Path, nurse: Key, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    ask = asker(commander_of(world), nurse)
    plan = [{"kinds": ["systolic"], "times": ["07:00", "19:00"]}, {"kinds": ["spo2"], "continuous": {"from": "22:00", "to": "06:00"}}]
    assert ask("set-plan", {"resident": "r-0001", "plan": plan})["body"]["version"] == 1
    for wrong in ([{"kinds": ["systolic"]}], [{"kinds": [], "times": ["07:00"]}], [{"kinds": ["mood"], "times": ["07:00"]}],
                  [{"kinds": ["systolic"], "times": ["25:00"]}], "daily"):
        assert reason(ask("set-plan", {"resident": "r-0001", "plan": wrong}, expected=1)) == "bad-body", wrong


def test_a_gateway_is_diagnosed_from_afar(
        make_world: MakeWorld, tmp_path: Path, nurse: Key, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    alert = fall(world)
    answer = asker(commander_of(world), nurse)("diagnose", {})
    assert answer["outcome"] == "done"
    assert alert["alert"] in json.dumps(answer["body"]) and "86" not in json.dumps(answer["body"].get("alerts", []))


@pytest.mark.parametrize("synchronized", [True, False])
def test_who_may_do_what(make_world: MakeWorld, tmp_path: Path, commander_of: MakeCommander, synchronized: bool) -> None:
    """The whole table of roles and commands; nothing that is refused changes anything."""
    keys = {role: make_key(tmp_path, f"key-{role}", role) for role in ROLES}
    world = household(make_world, tmp_path, list(keys.values()), clock={"synchronized": synchronized})
    alert = fall(world)["alert"]
    commander = commander_of(world)
    bodies = {"acknowledge": {"alert": alert}, "diagnose": {},
              "pause": {"resident": "r-0001", "scope": "rule", "rule": "HR-1", "reason": "x", "minutes": 5},
              "set-limits": {"resident": "r-0001", "born": 1941}, "set-plan": {"resident": "r-0001", "plan": []},
              "send-history": {"epoch": epoch(world), "lane": "alert", "fromSeq": 1, "toSeq": 1}}
    version, acknowledged = 0, False
    # Ten refusals a minute are answered.
    for name, role in product(MAY, ROLES if synchronized else ("nurse", "county")):
        expected = version if name in ("set-limits", "set-plan") else None
        code = commander.code(name, keys[role].signed(name, bodies[name], expected=expected))
        if not synchronized and name not in WITHOUT_CLOCK:
            assert code == "unsynchronized", (name, role)
        elif role not in MAY[name]:
            assert code == "wrong-role", (name, role)
        elif name == "acknowledge":
            assert code == ("already-acknowledged" if acknowledged else "done"), (name, role)
            acknowledged = True
        else:
            assert code == "done", (name, role)
            version += name in ("set-limits", "set-plan")
    assert version == (4 if synchronized else 0)
    world.vigil.stop()
    kept = journal.rows(world.vigil.database, "SELECT name, role, outcome FROM command")
    done = {(name, role) for name, role, outcome in kept if outcome == "done"}
    allowed = {(name, role) for name in MAY for role in MAY[name]
               if synchronized or name in WITHOUT_CLOCK and role in ("nurse", "county")}
    assert done == allowed - {("acknowledge", role) for role in ("doctor", "county")}


def test_who_is_not_who_they_say_changes_nothing(
        make_world: MakeWorld, tmp_path: Path, nurse: Key, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [nurse])
    alert = fall(world)
    commander, body = commander_of(world), {"alert": alert["alert"]}
    (tmp_path / "strangers").mkdir()
    forger = make_key(tmp_path / "strangers", "ward-2", "nurse")
    long_ago = datetime.now(timezone.utc) - timedelta(hours=1)
    plain = json.dumps(command(GATEWAY, "acknowledge", "u-12", "nurse", body)).encode()
    for payload, code in ((forger.signed("acknowledge", body), "bad-signature"), (plain, "unsigned"),
                          (nurse.signed("acknowledge", body, gateway="gw-2"), "wrong-gateway"),
                          (nurse.signed("acknowledge", body, now=long_ago), "expired"),
                          (nurse.signed("acknowledge", body, role="doctor"), "wrong-role")):
        assert commander.code("acknowledge", payload) == code
    assert latest(world)["state"] == "active"
    payload = nurse.signed("acknowledge", body)
    first, answer = commander.ask("acknowledge", payload)
    assert answer["outcome"] == "done"
    assert all(commander.ask("acknowledge", payload)[0] == first for _ in range(3)), "a replay has the answer of before"
    assert len([one for one in world.clinic.messages("alert") if one["phase"] == "acknowledge"]) == 1


def test_by_the_brokers_word_nobody_is_silenced(
        make_world: MakeWorld, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = household(make_world, tmp_path, [], config={"commands": "broker"})
    alert = fall(world)
    commander = commander_of(world)

    def plain(name: str, body: dict[str, Any]) -> bytes:
        return json.dumps(command(GATEWAY, name, "u-12", "doctor", body)).encode()
    until = (datetime.now(timezone.utc) + timedelta(days=30)).isoformat(timespec="seconds")
    looser = {"rule": "OX-1", "kind": "spo2", "op": "<", "value": 80, "why": "x", "until": until}
    pause = {"resident": "r-0001", "scope": "resident", "reason": "x", "minutes": 5}
    assert commander.code("pause", plain("pause", pause)) == "needs-signature"
    assert commander.code("set-plan", plain("set-plan", {"resident": "r-0001", "plan": []})) == "needs-signature"
    assert commander.code("set-limits", plain("set-limits", {"resident": "r-0001", "limits": [looser]})) == "needs-signature"
    for silencing in ({"conditions": ["scale-2"]}, {"conditions": []}, {"born": 1990}, {"born": None}):
        assert commander.code("set-limits", plain("set-limits", {"resident": "r-0001", **silencing})) == "needs-signature"
    stricter = looser | {"value": 91}
    assert commander.code("set-limits", plain("set-limits", {"resident": "r-0001", "limits": [stricter]})) == "done"
    taken_back = json.dumps(command(GATEWAY, "set-limits", "u-12", "doctor", {"resident": "r-0001", "limits": []},
                                    expected_version=1)).encode()
    assert commander.code("set-limits", taken_back) == "needs-signature"
    assert latest(world)["state"] == "active"
    assert commander.code("acknowledge", plain("acknowledge", {"alert": alert["alert"]})) == "done"


def test_a_pressed_button_is_not_lost_with_the_disk(
        make_world: MakeWorld, nurse: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    """An acknowledgement and its answer are one transaction: killed at any moment there are both or neither."""
    world = household(make_world, tmp_path, [nurse])
    alert = fall(world)
    commander: Commander = commander_of(world)
    payload = nurse.signed("acknowledge", {"alert": alert["alert"]})
    commander.send("acknowledge", payload)
    world.vigil.kill()
    world.start()
    first, answer = commander.ask("acknowledge", payload)
    assert answer["outcome"] == "done", answer
    wait_for(world, "acknowledge", "acknowledged")
    world.vigil.stop()
    phases = journal.rows(world.vigil.database, "SELECT phase FROM alert WHERE rule = 'OX-1' ORDER BY version")
    assert [phase for phase, in phases].count("acknowledge") == 1
