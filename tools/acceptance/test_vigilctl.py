# SPDX-License-Identifier: GPL-3.0-or-later
"""The technician's program: what it says when something is wrong, and that nothing half-done stays."""

from __future__ import annotations

import json
import subprocess
import time

import bluez
import pytest
import scenarios
from conftest import MakeWorld
from vigil import BIN, PROFILES, finish
from waiting import eventually
from world import World


@pytest.fixture
def one(make_world: MakeWorld) -> World:
    """A cuff with a passkey, one that refuses to pair, and a strap."""
    return make_world(devices=[scenarios.cuff(), scenarios.strap(), scenarios.household()[-1]],
                      bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}).start()


@pytest.mark.parametrize("address", ["F5:F1:F2:F3:F4", "hello", "", "F5-F1-F2-F3-F4-01"])
def test_a_wrong_address(one: World, address: str) -> None:
    answer = one.vigil.ctl("pair", address, "--resident", "r-0001")
    assert answer.code == 2 and "That is not a Bluetooth address" in answer.err, answer


@pytest.mark.parametrize("resident", ["Wang", "r", "r_0001", "r-" + "0" * 40, "_gateway"])
def test_a_wrong_resident(one: World, resident: str) -> None:
    answer = one.vigil.ctl("pair", scenarios.STRAP, "--resident", resident, limit=10)
    assert answer.code == 2 and "That is not a resident's id" in answer.err, answer
    assert one.vigil.devices() == {}


def test_unusable_arguments() -> None:
    for arguments in (["pair"], ["pair", scenarios.STRAP], ["devices", "--loud"], ["no-such-command"], ["forget"]):
        found = subprocess.run([BIN / "vigilctl", *arguments], capture_output=True, text=True, timeout=20)
        assert found.returncode == 2, f"{arguments}: exit code {found.returncode}\n{found.stderr}"
        assert "rror" in found.stderr and "Fatal" not in found.stderr


def test_already_enrolled(one: World) -> None:
    strap = one.pair("strap", scenarios.STRAP)
    one.vigil.ctl("pair", scenarios.STRAP.lower(), "--resident", "r-0002").assert_refused("already enrolled", strap)
    assert list(one.vigil.devices()) == [strap] and bluez.is_bonded(one.stage.bus_address, scenarios.STRAP)


def test_a_device_that_is_not_there(one: World) -> None:
    began = time.monotonic()
    one.vigil.ctl("pair", scenarios.ABSENT, "--resident", "r-0001", limit=90).assert_refused("not in sight")
    assert time.monotonic() - began < 75


@pytest.mark.parametrize("passkey", ["12345", "1234567", "hello", "-1"])
def test_a_passkey_that_is_none(one: World, passkey: str) -> None:
    before = bluez.is_pairable(one.stage.bus_address)
    one.try_pair("cuff", scenarios.CUFF, passkey=passkey).assert_refused("pairing")
    one.assert_nothing_half_paired(scenarios.CUFF, before)


def test_a_device_that_refuses(one: World) -> None:
    before = bluez.is_pairable(one.stage.bus_address)
    one.try_pair("refuser", scenarios.REFUSER).assert_refused("pairing")
    one.assert_nothing_half_paired(scenarios.REFUSER, before)


def test_the_daemon_is_killed_in_the_middle_of_a_pairing(make_world: MakeWorld) -> None:
    """The bond is there, the enrolment is not: pairing again must not take an authenticated link for a lesser one."""
    world = make_world(devices=[scenarios.cuff()], bluez={"FAKE_BLUEZ_RESOLVE_DELAY": "3"}).start()
    command = world.vigil.control("pair", scenarios.CUFF, "--resident", "r-0001")
    command.stdin.write(world.stage.passkey("cuff") + "\n")
    command.stdin.flush()
    world.stage.wait_event("paired", "cuff")
    world.vigil.kill()
    world.stage.wait_event("disconnected", "cuff")  # bluetoothd ends a pairing whose client is gone
    finish(command).assert_refused(codes=(1,))
    world.start()
    assert world.vigil.devices() == {}
    cuff = world.pair("cuff", scenarios.CUFF)
    assert world.vigil.devices()[cuff]["link"] == "authenticated"


def test_a_cuff_that_hangs_up_after_pairing(make_world: MakeWorld) -> None:
    """Real ones do that: their services are found in the next link."""
    world = make_world(devices=[scenarios.cuff(disconnect_after_pairing=True)]).start()
    cuff = world.pair("cuff", scenarios.CUFF)
    world.wait_connected(cuff)
    assert world.vigil.devices()[cuff]["link"] == "authenticated"
    world.stage.wait_event("subscribed", "cuff")
    world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(120)}")
    world.clinic.wait(lambda: world.clinic.readings(cuff), 15, "its reading")


def test_forget_a_device_that_is_away(one: World) -> None:
    strap = one.pair("strap", scenarios.STRAP)
    one.wait_connected(strap)
    one.stage.leave("strap")
    eventually(lambda: one.vigil.state_of(strap) == "connecting", 10, "it tries to connect")
    assert one.vigil.ctl("forget", strap, limit=10).code == 0
    assert one.vigil.devices() == {} and bluez.device(one.stage.bus_address, scenarios.STRAP) is None


def test_two_pairings_at_once(one: World) -> None:
    first = one.vigil.control("pair", scenarios.CUFF, "--resident", "r-0001", "--without-reading")
    digits = one.stage.passkey("cuff")
    one.vigil.ctl("pair", scenarios.STRAP, "--resident", "r-0001").assert_refused("another device")
    assert finish(first, digits + "\n").code == 0
    one.pair("strap", scenarios.STRAP)


def test_forget(one: World) -> None:
    strap = one.pair("strap", scenarios.STRAP)
    clinic, bus = one.clinic, one.stage.bus_address
    clinic.wait(lambda: clinic.readings(strap), 15, "the stream flows")
    assert one.vigil.ctl("forget", strap).code == 0
    eventually(lambda: bluez.device(bus, scenarios.STRAP) is None or not bluez.is_bonded(bus, scenarios.STRAP), 10,
               "the bond is gone")
    assert one.vigil.devices() == {}
    one.stage.wait_event("disconnected", "strap")
    # All that it had sent before is still delivered, and nothing after.
    sent = len(one.stage.sent("strap"))
    clinic.wait(lambda: all(lane["waiting"] == 0 for lane in one.vigil.status()["queues"]), 15, "all is delivered")
    assert sent - 1 <= len(clinic.readings(strap)) <= sent == len(one.stage.sent("strap"))
    one.vigil.ctl("forget", strap).assert_refused("enrolled device")

    again = one.pair("strap", scenarios.STRAP)
    assert again != strap
    clinic.wait(lambda: clinic.readings(again), 15, "it streams under its new id")
    assert one.vigil.ctl("forget", scenarios.STRAP.lower()).code == 0, "by its address too"
    clinic.assert_complete()


def test_status_and_devices(one: World) -> None:
    assert "No device" in one.vigil.ctl("devices").out
    strap = one.pair("strap", scenarios.STRAP)
    one.wait_connected(strap)
    table = one.vigil.ctl("devices").out
    assert strap in table and scenarios.STRAP in table and "connected" in table
    status = one.vigil.status()
    assert status["broker"]["connected"] and status["bluetooth"]["powered"] and status["openAlerts"] == 0
    text = one.vigil.ctl("status").out
    assert "connected" in text and strap in text
    # No value of a person and no secret is in the log.
    assert "heart" not in one.vigil.output(everything=True).lower()


def test_without_the_daemon(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()])
    for command in (["status"], ["devices"], ["forget", "d-1"], ["pair", scenarios.STRAP, "--resident", "r-0001"]):
        world.vigil.ctl(*command).assert_refused("not running", codes=(1,))
    world.fake.bus.kill()
    world.vigil.ctl("status").assert_refused("message bus", codes=(1,))


def decode(*arguments: str, stdin: str = "") -> tuple[int, list[dict], str]:
    found = subprocess.run([BIN / "vigilctl", "decode", "--profiles", PROFILES, *arguments], input=stdin, text=True,
                           capture_output=True, timeout=20)
    return found.returncode, [json.loads(line) for line in found.stdout.splitlines()], found.stderr


def test_decode_gives_the_contracts_examples() -> None:
    # 127 mmHg, 80, NaN; with time stamp, user and status.
    good = "1a7f005000ff07ea07030e08051e010400"
    code, found, error = decode("--characteristic", "2A35", good, "1e9c005e007300ea07030e08051e48")
    assert code == 0 and not error
    assert found[0] == {
        "ok": True, "profile": "bluetooth.blood-pressure", "characteristic": "2A35", "user": 1,
        "deviceTime": "2026-03-14T08:05:30", "quality": found[0]["quality"], "status": ["irregular-pulse"],
        "values": [{"kind": "systolic", "value": 127, "unit": "mm[Hg]"},
                   {"kind": "diastolic", "value": 80, "unit": "mm[Hg]"}, {"kind": "mean-arterial", "absent": "nan"}]}
    assert found[1]["ok"] is False and found[1]["characteristic"] == "2A35"
    assert found[1]["error"]["reason"] == "truncated" and set(found[1]["error"]) == {"reason", "offset", "detail"}

    code, found, _ = decode("--characteristic", "2A35", "000050")
    assert code == 0 and found[0]["error"]["reason"] == "truncated"
    code, found, _ = decode("--characteristic", "2A37", "--json", stdin="0048\n\n1048\nzz\n")
    assert code == 0 and [one["ok"] for one in found] == [True, True, False]
    assert found[0]["deviceTime"] is None and found[0]["user"] is None
    assert found[2]["error"]["reason"] == "malformed"


def test_decode_with_unusable_arguments() -> None:
    assert decode("--characteristic", "FFFF", "00")[0] in (1, 2)
    assert decode("--characteristic", "2A35", "--feature", "xyz", "00")[0] in (1, 2)
    assert decode("--characteristic", "2A35", "--profile", "no-such", "00")[0] in (1, 2)
