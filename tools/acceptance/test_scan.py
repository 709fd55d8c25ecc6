# SPDX-License-Identifier: GPL-3.0-or-later
"""vigilctl scan: what is near, which of two it is, and what stands in the way of hearing."""

from __future__ import annotations

import os
import signal
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import bluez
import journal
import pytest
import scenarios
from conftest import MakeWorld
from pseudo_terminal import PseudoTerminal
from vigil import BIN, finish
from waiting import eventually
from world import World

LEFT, RIGHT = "F5:F1:F2:F3:F4:11", "F5:F1:F2:F3:F4:12"
KEYS = {"address", "name", "services", "profiles", "titles", "rssi", "lastSeenMs", "beganMs", "enrolled", "paired",
        "bonded", "connected", "serial", "model", "note"}
OpenTerminal = Callable[..., PseudoTerminal]


def cuff(id: str, address: str, serial: str, **more: Any) -> scenarios.Device:
    device = scenarios.cuff(id, address, services=["1810"], **{"require": "none"} | more)
    device["gatt"]["180a"] = {uuid: {"properties": ["read"], "value": value.encode().hex()}
                              for uuid, value in (("2a25", serial), ("2a24", "BP-7000 \0"))}
    return device


def television() -> scenarios.Device:
    return scenarios.device("tv", "C0:00:00:00:00:01", "电视", {"180a": {"2a29": {"properties": ["read"], "value": "41"}}})


@pytest.fixture
def home(make_world: MakeWorld) -> World:
    """Two cuffs of a kind, the right one silent; a strap, one that refuses to pair, and a television."""
    return make_world(devices=[cuff("left", LEFT, "SN-0001"), cuff("right", RIGHT, "SN-0002", advertise=False),
                               scenarios.strap(), scenarios.household()[-1], television()],
                      bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}).start()


@pytest.fixture
def terminal(home: World) -> Iterator[OpenTerminal]:
    opened: list[PseudoTerminal] = []

    def open_(*arguments: str, **options: Any) -> PseudoTerminal:
        opened.append(PseudoTerminal([BIN / "vigilctl", *arguments], home.vigil.bus, **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def last(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each address was last."""
    return {line["address"]: line for line in lines}


def is_discovering(world: World) -> bool:
    return bluez.objects(world.stage.bus_address)[bluez.ADAPTER]["org.bluez.Adapter1"]["Discovering"].value


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def test_json_lines(home: World) -> None:
    strap = home.pair("strap", scenarios.STRAP)
    home.wait_connected(strap)
    answer = home.vigil.ctl("scan", "--json", "--seconds", "4")
    assert answer.code == 0 and not answer.err
    for line in answer.json:
        assert set(line) == KEYS
        assert line["rssi"] is None or -127 <= line["rssi"] <= 20
        assert 0 <= line["lastSeenMs"] < 30_000 and isinstance(line["services"], list)
    found = last(answer.json)
    assert set(found) == {LEFT, scenarios.STRAP, scenarios.REFUSER}, "usable ones that are near, no others"
    assert found[LEFT] | {"rssi": 0, "lastSeenMs": 0} == {
        "address": LEFT, "name": "BP cuff", "services": ["1810"], "profiles": ["bluetooth.blood-pressure"],
        "titles": [{"zh": "血压服务", "en": "Blood Pressure Service"}], "rssi": 0, "lastSeenMs": 0, "beganMs": None,
        "enrolled": None, "paired": False, "bonded": False, "connected": False, "serial": None, "model": None, "note": None}
    assert found[scenarios.STRAP]["enrolled"] == strap and found[scenarios.STRAP]["connected"]
    assert found[scenarios.STRAP]["serial"] == "HR-strap", "from the enrolment"
    assert found[scenarios.STRAP]["bonded"] and found[scenarios.STRAP]["profiles"] == ["bluetooth.heart-rate"]
    # A device is told about now and again, not with each of its five advertisements a second.
    assert 2 <= len([line for line in answer.json if line["address"] == LEFT]) <= 6

    everything = last(home.vigil.ctl("scan", "--json", "--seconds", "2", "--all").json)
    assert set(everything) == {LEFT, scenarios.STRAP, scenarios.REFUSER, "C0:00:00:00:00:01"}
    assert everything["C0:00:00:00:00:01"]["profiles"] == []


def test_a_device_that_goes(home: World) -> None:
    command = home.vigil.control("scan", "--json", "--seconds", "60")
    assert any(LEFT in line for line in command.stdout)
    home.stage.leave("left")
    # bluetoothd forgets it after half a minute of silence.
    gone = next(line for line in command.stdout if "gone" in line)
    assert gone == f'{{"address":"{LEFT}","gone":true}}\n'
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=10)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table(home: World, language: str) -> None:
    home.pair("strap", scenarios.STRAP)
    answer = home.vigil.ctl("scan", "--seconds", "3", "--lang", language)
    assert answer.code == 0 and not answer.err
    *rows, empty, others = answer.out.splitlines()
    assert not empty and others == {"en": "and 1 other that Vigil does not know (--all shows it)",
                                    "zh": "另有 1 台守望用不到的设备（--all 全部显示）"}[language]
    header, *devices = rows
    assert header.split() == {"en": ["NAME", "WHAT", "SIGNAL", "SEEN", "ID", "ADDRESS"],
                              "zh": ["名称", "类型", "信号", "上次", "编号", "地址"]}[language]
    assert [row.split()[-1] for row in devices] == [LEFT, scenarios.REFUSER, scenarios.STRAP]
    assert "d-1" in devices[2] and {"en": "blood pressure", "zh": "血压计"}[language] in devices[0]
    # In the cells of a terminal the columns stand below one another.
    begin = cells(header.rpartition(header.split()[-1])[0])
    assert {cells(row.rpartition(row.split()[-1])[0]) for row in devices} == {begin}
    assert max(cells(row) for row in answer.out.splitlines()) <= 80


def test_which_of_two_cuffs_it_is(home: World, terminal: OpenTerminal) -> None:
    strap = home.pair("strap", scenarios.STRAP)
    screen = terminal("scan")
    screen.wait_for("Hearing what is there already")
    screen.wait_for("Press the button")
    assert not screen.row("*", "BP cuff") and screen.row(strap, "linked", scenarios.STRAP)
    home.stage.tell("advertise right on")
    screen.wait_for("* BP cuff", RIGHT)
    rows = [line for line in screen.picture if ":" in line and "F5" in line]
    assert rows[0].startswith("* ") and RIGHT in rows[0], "the one that was pressed is on top"
    assert LEFT in rows[1] and not any(row.startswith("*") for row in rows[1:])
    screen.type("\x03")
    assert screen.wait() == 0
    assert screen.is_restored
    assert [line.rstrip() for line in screen.left] == [line.rstrip() for line in screen.picture], "the last picture stays"
    eventually(lambda: not is_discovering(home), 10, "discovery ends with the client")


def test_a_live_view_in_chinese_and_in_a_small_window(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan", "--lang", "zh", "--seconds", "30", "--all", lines=7)
    screen.wait_for("请在要配对的设备上按键")
    eventually(lambda: len(screen.picture) == 7 and "还有 2 台没有显示" in screen.picture[-1], 10, "4 devices, room for 2")
    screen.resize(80, 24)
    screen.wait_for("电视")
    assert screen.row("血压计", LEFT) and not screen.row("没有显示")
    screen.resize(40, 24)
    eventually(lambda: screen.picture and max(map(cells, screen.picture)) <= 40, 10, "it is cut to 40 columns")
    screen.type("\x03")
    assert screen.wait() == 0 and screen.is_restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_give_the_terminal_back(home: World, terminal: OpenTerminal, number: signal.Signals) -> None:
    screen = terminal("scan")
    screen.wait_for("BP cuff")
    os.kill(screen.pid, number)
    assert screen.wait() == 0 and screen.is_restored


def test_ctrl_z_and_fg(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan")
    screen.wait_for("BP cuff")
    screen.type("\x1a")
    eventually(lambda: screen.is_restored, 10, "the shell has its terminal")
    os.kill(screen.pid, signal.SIGCONT)
    eventually(lambda: not screen.is_restored and screen.row("BP cuff"), 10, "it goes on")
    screen.type("\x03")
    assert screen.wait() == 0 and screen.is_restored


def test_the_daemon_goes_away_during_a_live_view(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan")
    screen.wait_for("BP cuff")
    home.vigil.kill()
    assert screen.wait() == 1 and screen.is_restored
    assert "vigilctl: The daemon ended the scan" in screen.left[-1]


def test_seconds_limit_a_live_view(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan", "--seconds", "2")
    screen.wait_for("BP cuff")
    assert screen.wait() == 0 and screen.is_restored and any("BP cuff" in line for line in screen.left)


def test_a_dumb_terminal_gets_lines(home: World) -> None:
    screen = PseudoTerminal([BIN / "vigilctl", "scan", "--seconds", "2"], home.vigil.bus | {"TERM": "dumb"})
    assert screen.wait() == 0 and not screen.picture and any(LEFT in line for line in screen.left)
    screen.close()


def test_serial_numbers(make_world: MakeWorld) -> None:
    world = make_world(devices=[cuff("left", LEFT, "SN-0001"), cuff("right", RIGHT, "SN-0002"), television(),
                                cuff("closed", scenarios.CUFF, "SN-0003", require="authentication")],
                       bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}).start()
    command = world.vigil.control("scan", "--serials", "--json", "--seconds", "60")
    for device in ("left", "right", "closed"):
        world.stage.wait_event("disconnected", device)
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=10)
    # What was read is known to the next scan too.
    answer = world.vigil.ctl("scan", "--json", "--seconds", "3")
    found = last(answer.json)
    assert (found[LEFT]["serial"], found[LEFT]["model"]) == ("SN-0001", "BP-7000")
    assert found[RIGHT]["serial"] == "SN-0002" and found[RIGHT]["beganMs"] is None, "being spoken to is no beginning"
    assert found[scenarios.CUFF]["serial"] is None
    table = world.vigil.ctl("scan", "--serials", "--seconds", "3").out
    assert "    serial SN-0001, model BP-7000\n" in table and "    serial -\n" in table
    # Nobody was paired with, nobody is connected, and those of no use were left alone.
    assert not world.stage.events("paired")
    # bluetoothd tries to pair where a value is protected; it is refused, and not tried again.
    assert len(world.stage.events("passkey")) <= 1
    assert not world.stage.events("connected", "tv")
    for address in (LEFT, RIGHT, scenarios.CUFF):
        known = bluez.device(world.stage.bus_address, address) or {}
        assert not known.get("Connected") and not known.get("Paired")
    world.vigil.stop()
    assert journal.rows(world.vigil.database, "SELECT * FROM unwanted_bond") == []


def test_strangers_that_do_not_answer_are_no_hung_controller(make_world: MakeWorld) -> None:
    addresses = (LEFT, RIGHT, scenarios.CUFF, scenarios.OXIMETER)
    world = make_world(devices=[cuff(f"cuff-{number}", one, f"SN-{number}") for number, one in enumerate(addresses)]).start()
    world.stage.tell("hang connect 3")
    command = world.vigil.control("scan", "--serials", "--json", "--seconds", "60")
    eventually(lambda: world.stage.events("connected"), 50, "the fourth is spoken to")
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=10)
    assert "does not answer" not in world.vigil.output()


def test_one_that_refused_to_pair(home: World) -> None:
    assert last(home.vigil.ctl("scan", "--json", "--seconds", "1").json)[scenarios.REFUSER]["note"] is None
    home.try_pair("refuser", scenarios.REFUSER).assert_refused()
    assert last(home.vigil.ctl("scan", "--json", "--seconds", "2").json)[scenarios.REFUSER]["note"] == "refused-pairing"
    assert "maybe bonded to a phone" in home.vigil.ctl("scan", "--seconds", "2").out


def test_a_wrong_passkey_says_nothing_about_phones(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff(services=["1810"])]).start()
    world.try_pair("cuff", scenarios.CUFF, passkey="000000").assert_refused()
    found = last(world.vigil.ctl("scan", "--json", "--seconds", "2").json)
    assert found[scenarios.CUFF]["note"] is None


def test_bluetoothd_restarts_during_a_scan(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan")
    screen.wait_for("BP cuff")
    home.stage.tell("restart 2")
    screen.wait_for("bluetoothd is not running", "systemctl start bluetooth")
    screen.wait_for("Hearing what is there already")
    screen.wait_for("Press the button")
    assert screen.row("BP cuff", LEFT) and not any(line.startswith("*") for line in screen.picture)
    # And in lines.
    command = home.vigil.control("scan", "--json", "--seconds", "8")
    assert any(LEFT in line for line in command.stdout)
    home.stage.tell("restart 1")
    answer = finish(command)
    assert answer.code == 0 and "bluetoothd is not running" in answer.err and LEFT in answer.out


def test_without_bluetoothd(home: World) -> None:
    home.fake.bluez.kill()
    home.vigil.wait_for("bluetoothd went")
    home.vigil.ctl("scan", "--seconds", "1").assert_refused("bluetoothd is not running", "systemctl", codes=(1,))
    home.vigil.ctl("scan", "--seconds", "1", "--json", "--lang", "zh").assert_refused("蓝牙服务没有运行", codes=(1,))


def test_the_controller_is_pulled_and_plugged_in(home: World, terminal: OpenTerminal) -> None:
    screen = terminal("scan")
    screen.wait_for("BP cuff")
    home.stage.tell("adapter remove")
    screen.wait_for("There is no Bluetooth controller")
    eventually(lambda: not screen.row("BP cuff"), 10, "nothing is near any more")
    home.vigil.ctl("scan", "--seconds", "1").assert_refused("no Bluetooth controller", codes=(1,))
    home.stage.tell("adapter add")
    screen.wait_for("BP cuff")


def test_the_controller_is_switched_off(home: World) -> None:
    """The daemon switches it on again; the discovery that all share has to begin anew."""
    command = home.vigil.control("scan", "--json", "--seconds", "60")
    assert any(LEFT in line for line in command.stdout)
    home.stage.tell("adapter power off")
    eventually(lambda: is_discovering(home), 10, "it listens again")
    home.stage.tell("advertise right on")
    assert any(RIGHT in line for line in command.stdout), "what comes later is heard"
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=10)


def test_bluetoothd_does_not_let_us_listen_at_first(home: World) -> None:
    home.stage.tell("error startdiscovery org.bluez.Error.Failed no 1")
    answer = home.vigil.ctl("scan", "--json", "--seconds", "9")
    assert answer.code == 0 and "does not let us listen" in answer.err
    assert LEFT in last(answer.json)


def test_discovery_ends_with_the_last_client(home: World) -> None:
    one, other = (home.vigil.control("scan", "--json", "--seconds", "60") for _ in range(2))
    for command in (one, other):
        assert any(LEFT in line for line in command.stdout)
    one.kill()
    one.communicate()
    home.stage.tell("advertise right on")
    assert any(RIGHT in line for line in other.stdout)
    assert is_discovering(home)
    other.kill()
    other.communicate()
    eventually(lambda: not is_discovering(home), 10, "nobody listens")


def test_a_scan_during_a_pairing(home: World) -> None:
    scan = home.vigil.control("scan", "--json", "--seconds", "60")
    assert any(LEFT in line for line in scan.stdout)
    device = home.pair("left", LEFT)
    assert any(f'"enrolled":"{device}"' in line for line in scan.stdout)
    assert any(scenarios.STRAP in line for line in scan.stdout), "it goes on"
    scan.send_signal(signal.SIGINT)
    scan.communicate(timeout=10)


def test_too_many_scans(home: World) -> None:
    scans = [home.vigil.control("scan", "--json", "--seconds", "60") for _ in range(8)]
    for command in scans:
        assert command.stdout.readline()
    home.vigil.ctl("scan", "--seconds", "1").assert_refused("too many", codes=(1,))
    for command in scans:
        command.kill()
        command.communicate()
    eventually(lambda: home.vigil.ctl("scan", "--seconds", "1").code == 0, 10, "there is room again")


@pytest.mark.parametrize("seconds", ["0", "601", "-1", "x", "1.5", ""])
def test_unusable_seconds(home: World, seconds: str) -> None:
    answer = home.vigil.ctl("scan", f"--seconds={seconds}")
    assert answer.code == 2 and not answer.out, answer


def test_without_the_daemon(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()])
    world.vigil.ctl("scan").assert_refused("not running", codes=(1,))
