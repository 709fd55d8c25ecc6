# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway does what those may want who are known to it, once; and everything else it refuses and says why."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import scenarios
from commander import Commander, Key, make_key
from conftest import MakeWorld
from test_schemas import validators
from vigil import CLINIC, GATEWAY
from vigil import ROOT as PROJECT
from world import World

from clinic.command import base64url, command, sign

LONG_AGO = datetime(2026, 1, 2, tzinfo=timezone.utc)
MakeCommander = Callable[[World], Commander]


@pytest.fixture
def archive(tmp_path: Path) -> Key:
    return make_key(tmp_path, "archive", "technician")


@pytest.fixture
def commander_of() -> Iterator[MakeCommander]:
    made: list[Commander] = []

    def make(world: World) -> Commander:
        made.append(Commander(world.broker.port))
        world.vigil.wait_for("connected to the broker", 30)
        return made[-1]

    yield make
    known = validators()
    for one in made:
        one.close()
        for payload, _ in one.answers():
            errors = [error.message for error in known["vigil.result/1"].iter_errors(json.loads(payload))]
            assert not errors, f"{payload.decode()}: {errors}"


def made(make_world: MakeWorld, *keys: Key, clock: dict | None = None) -> World:
    """A daemon with these keys and with a right clock, a strap that has said something, and its clinic."""
    world = make_world(devices=[scenarios.strap()], config={"commands": {"keys": [key.config for key in keys]}},
                       clock=clock or {}).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: len(world.clinic.readings(strap)) >= 5, 20, "some readings")
    world.stage.leave("strap")
    return world


def epoch(world: World) -> str:
    return world.clinic.messages("status")[-1]["epoch"]


def history(world: World, first: int, last: int, lane: str = "reading") -> dict:
    return {"epoch": epoch(world), "lane": lane, "fromSeq": first, "toSeq": last}


def by_number(world: World) -> dict[int, list[bytes]]:
    """The messages of the reading lane as they came."""
    found: dict[int, list[bytes]] = {}
    for one in world.clinic.all():
        if one.kind in ("reading", "gap") and one.message["lane"] == "reading":
            found.setdefault(one.message["seq"], []).append(one.payload)
    return found


def counts(world: World) -> list[int]:
    return [len(by_number(world)[seq]) for seq in range(1, 6)]


def test_history_is_sent_again_as_it_was(make_world: MakeWorld, archive: Key, commander_of: MakeCommander) -> None:
    world = made(make_world, archive)
    commander = commander_of(world)
    _, answer = commander.ask("send-history", archive.signed("send-history", history(world, 2, 4)))
    assert answer["outcome"] == "done" and answer["body"] == history(world, 2, 4)
    world.clinic.wait(lambda: counts(world) == [1, 2, 2, 2, 1], 20, lambda: f"2 to 4 again, {counts(world)}")
    assert all(len(set(copies)) == 1 for copies in by_number(world).values()), "a resend that differs"
    # The alert lane has one row, which tells the epoch.
    _, answer = commander.ask("send-history", archive.signed("send-history", history(world, 1, 999, "alert")))
    assert answer["body"] == history(world, 1, 1, "alert")
    for body, code in ((history(world, 100_000, 100_001), "empty-range"), ({"epoch": epoch(world)}, "bad-body"),
                       (history(world, 1, 2) | {"epoch": str(uuid.uuid4())}, "unknown-epoch")):
        assert commander.code("send-history", archive.signed("send-history", body)) == code
    world.clinic.assert_complete()


def test_a_request_is_done_once_however_often_it_comes(make_world: MakeWorld, archive: Key,
                                                       commander_of: MakeCommander) -> None:
    world = made(make_world, archive)
    commander = commander_of(world)
    payload = archive.signed("send-history", history(world, 1, 2))
    first, answer = commander.ask("send-history", payload)
    assert answer["outcome"] == "done"
    for _ in range(3):
        assert commander.ask("send-history", payload)[0] == first
    world.clinic.wait(lambda: counts(world) == [2, 2, 1, 1, 1], 20, lambda: f"1 and 2 again, {counts(world)}")
    # In order: what is not settled when a daemon is killed is sent again, whoever has asked for it.
    world.vigil.stop()
    world.start()
    assert commander.ask("send-history", payload)[0] == first
    # What is asked for later is sent later, so there is nothing on its way any more.
    commander.ask("send-history", archive.signed("send-history", history(world, 5, 5)))
    world.clinic.wait(lambda: counts(world)[4] == 2, 20, lambda: f"5 again, {counts(world)}")
    assert counts(world) == [2, 2, 1, 1, 2]
    other = sign(command(GATEWAY, "diagnose", "u-12", "technician", {}, request=answer["request"]), archive.private, "archive")
    assert commander.code("diagnose", other) == "request-reused"


def test_who_is_not_known_or_speaks_to_somebody_else_is_refused(
        make_world: MakeWorld, archive: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    world = made(make_world, archive)
    commander = commander_of(world)
    (tmp_path / "strangers").mkdir()
    forger, stranger = make_key(tmp_path / "strangers", "archive", "technician"), make_key(tmp_path, "nobody", "technician")
    body = history(world, 1, 5)
    good = archive.signed("send-history", body)
    message = command(GATEWAY, "send-history", "u-12", "technician", body)
    header, payload, signature = good.decode().split(".")
    unsigned = base64url(b'{"alg":"none","kid":"archive"}')
    assert commander.code("send-history", forger.signed("send-history", body)) == "bad-signature"
    assert commander.code("send-history", stranger.signed("send-history", body)) == "unknown-key"
    assert commander.code("send-history", json.dumps(message).encode()) == "unsigned"
    assert commander.code("send-history", f"{unsigned}.{payload}.".encode()) == "malformed"
    assert commander.code("send-history", archive.signed("send-history", body, gateway="gw-2")) == "wrong-gateway"
    assert commander.code("diagnose", good) == "wrong-topic"
    assert commander.code("send-history", b"x" * 70_000) == "too-large"
    assert commander.code("send-history", good, retain=True) == "retained"
    # At most ten a minute, so that is the last but one.
    refused = commander.answers()
    world.vigil.stop()
    world.start()
    world.clinic.wait(lambda: len(commander.answers()) > len(refused), 20, "the retained one is refused again")
    assert json.loads(commander.answers()[-1][0])["reason"]["code"] == "retained"
    # None of them has used the request up.
    assert commander.code("send-history", good) == "done"
    world.clinic.wait(lambda: counts(world) == [2] * 5, 20, lambda: f"all again, {counts(world)}")
    world.vigil.stop()
    turned_away = [code for what, code, _ in world.audit() if what == "command-turned-away"]
    assert turned_away == ["bad-signature", "unknown-key", "unsigned", "malformed", "wrong-gateway", "wrong-topic",
                           "too-large", "retained", "retained"]
    assert "Fatal error" not in world.vigil.output(everything=True)


def test_a_role_has_its_commands(make_world: MakeWorld, archive: Key, tmp_path: Path, commander_of: MakeCommander) -> None:
    nurse, county = make_key(tmp_path, "ward-2", "nurse"), make_key(tmp_path, "county", "county")
    world = made(make_world, archive, nurse, county)
    commander = commander_of(world)
    body = history(world, 1, 1)
    assert commander.code("send-history", county.signed("send-history", body)) == "wrong-role"
    assert commander.code("send-history", archive.signed("send-history", body, role="nurse")) == "wrong-role"
    assert commander.code("send-history", nurse.signed("send-history", body)) == "done"
    assert commander.code("pause", archive.signed("pause", {})) == "wrong-role"
    assert commander.code("diagnose", nurse.signed("diagnose", {})) == "done"
    assert commander.code("notify", nurse.signed("notify", {})) == "not-built"
    assert commander.code("dance", nurse.signed("dance", {})) == "unknown-command"


def test_what_has_expired_is_refused_as_soon_as_the_time_is_known(
        make_world: MakeWorld, tmp_path: Path, commander_of: MakeCommander) -> None:
    nurse = make_key(tmp_path, "ward-2", "nurse")
    world = made(make_world, nurse, clock={"synchronized": False})
    commander = commander_of(world)
    body = history(world, 1, 1)
    # Nobody can say what has expired, so only what does no harm is taken.
    pause = nurse.signed("pause", {})
    assert commander.code("send-history", nurse.signed("send-history", body, now=LONG_AGO)) == "done"
    assert commander.code("pause", pause) == "unsynchronized"
    assert commander.code("set-limits", nurse.signed("set-limits", {})) == "unsynchronized"
    world.clock.set(synchronized=True)
    assert commander.code("send-history", nurse.signed("send-history", body, now=LONG_AGO)) == "expired"
    assert commander.code("send-history", nurse.signed("send-history", body, validity=timedelta(days=40))) == "expiry-too-far"
    # It was put off and has not been used up.
    assert commander.code("pause", pause) == "bad-body"
    late = nurse.signed("send-history", body)
    world.clock.set(ahead=601, synchronized=True)
    assert commander.code("send-history", late) == "expired"
    # Its answer is its answer: it does not become another one by going back.
    world.clock.set(synchronized=True)
    assert commander.code("send-history", late) == "expired"


def test_without_keys_nobody_is_known(make_world: MakeWorld, archive: Key, commander_of: MakeCommander) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    commander = commander_of(world)
    world.clinic.wait(lambda: world.clinic.status() == "online", 10, "online")
    assert commander.code("send-history", archive.signed("send-history", history(world, 1, 1))) == "no-keys"


def test_where_the_brokers_word_counts(make_world: MakeWorld, commander_of: MakeCommander) -> None:
    world = make_world(devices=[scenarios.strap()], config={"commands": "broker"}, clock={}).start()
    commander = commander_of(world)
    world.clinic.wait(lambda: world.clinic.status() == "online", 10, "online")

    def plain(name: str, body: dict) -> bytes:
        return json.dumps(command(GATEWAY, name, "u-12", "nurse", body)).encode()
    assert commander.code("send-history", plain("send-history", history(world, 1, 1))) == "done"
    assert commander.code("pause", plain("pause", {})) == "needs-signature"
    assert commander.code("send-history", plain("send-history", history(world, 1, 1)), retain=True) == "retained"


def test_a_flood_of_rubbish_is_borne(make_world: MakeWorld, archive: Key, commander_of: MakeCommander) -> None:
    world = made(make_world, archive)
    commander = commander_of(world)
    good = archive.signed("send-history", history(world, 1, 1))
    for number in range(300):
        octets = bytearray(good)
        octets[number * 7 % len(octets)] ^= 1 + number % 255
        commander.send("send-history", bytes(octets if number % 3 else octets[:number]))
    for payload in (b"", b"\x00" * 60_000, b"[" * 60_000, b'{"a":' * 12_000, b"\xff\xfe" * 1000, b"." * 60_000):
        commander.send("send-history", payload)
    # It is dropped where too many wait, and then sent again, as a clinic would.
    world.clinic.wait(lambda: "done" in [json.loads(one)["outcome"] for one, _ in commander.answers()]
                      or commander.send("send-history", good), 20, "the good one is answered")
    world.clinic.wait(lambda: counts(world)[0] == 2, 20, lambda: f"1 again, {counts(world)}")
    refused = [one for one, _ in commander.answers() if json.loads(one)["outcome"] == "refused"]
    assert len(refused) == 10, "no flood is answered"
    assert world.vigil.running and "Fatal error" not in world.vigil.output(everything=True)


def test_the_program_for_clinics(make_world: MakeWorld, archive: Key, commander_of: MakeCommander) -> None:
    world = made(make_world, archive)
    program = [sys.executable, PROJECT / "tools" / "clinic" / "command.py", "--broker", "127.0.0.1", "--port",
               str(world.broker.port), "--no-tls", "--clinic", CLINIC, "--gateway", GATEWAY, "--key", archive.private,
               "--kid", "archive", "--by", "archive", "--role", "technician"]

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60)
    done = run("send-history", json.dumps(history(world, 1, 3)))
    assert done.returncode == 0 and json.loads(done.stdout)["body"] == history(world, 1, 3), done
    world.clinic.wait(lambda: counts(world) == [2, 2, 2, 1, 1], 20, lambda: f"1 to 3 again, {counts(world)}")
    refused = run("send-history", json.dumps(history(world, 100_000, 100_001)))
    assert refused.returncode == 1 and json.loads(refused.stdout)["reason"]["code"] == "empty-range", refused
    printed = run("--print", "send-history", json.dumps(history(world, 4, 4)))
    assert commander_of(world).code("send-history", printed.stdout.encode()) == "done", printed
    world.vigil.stop()
    silent = run("--seconds", "0.5", "send-history", json.dumps(history(world, 1, 3)))
    assert silent.returncode == 2 and "no answer from gw-1" in silent.stderr and silent.stderr.count("\n") == 1, silent
