# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl status` and `devices`: what a technician reads in every state that the box can be in."""

from __future__ import annotations

import shutil
import signal
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import scenarios
from conftest import MakeWorld
from vigil import PROFILES
from waiting import eventually
from world import World

COLUMNS, LINES = 80, 24
BAND = "F5:F1:F2:F3:F4:20"


def cells(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


def status(world: World, language: str = "en") -> list[str]:
    """The lines, which have to fit on one screen."""
    answer = world.vigil.ctl("status", "--lang", language)
    assert answer.code == 0 and not answer.err, answer
    lines = answer.out.splitlines()
    assert len(lines) < LINES and all(cells(line) <= COLUMNS for line in lines), answer.out
    return lines


def says(world: World, *words: str, language: str = "en", limit: float = 15) -> None:
    """Sooner or later one line of the status has all these words."""
    shown: list[str] = []

    def found() -> bool:
        shown[:] = status(world, language)
        return any(all(word in line for word in words) for line in shown)
    eventually(found, limit, lambda: f"{words} in\n" + "\n".join(shown))


@pytest.fixture
def home(make_world: MakeWorld) -> World:
    """A strap that is connected, with fast timing."""
    world = make_world(devices=[scenarios.strap()], bluez={"FAKE_BLUEZ_CONNECT_TIMEOUT": "1.5"}).start()
    world.wait_connected(world.pair("strap", scenarios.STRAP, "r-31k7"))
    return world


def test_all_is_well(home: World) -> None:
    says(home, "d-1", "HR strap", "r-31k7")
    says(home, "connected, last reading", "battery 75 %")
    says(home, "已连接，最近读数", "电量 75%", language="zh")
    says(home, "Bluetooth", "bluetoothd 5.66 is running", "hci0", "is on")
    says(home, "Broker", f"connected to 127.0.0.1:{home.broker.port} for")
    says(home, "消息服务器", f"已连接 127.0.0.1:{home.broker.port}", language="zh")
    says(home, "Clock", "Asia/Shanghai")
    says(home, "Storage", "free")
    says(home, "Alerts", "none")
    says(home, "Devices", "1 of 1 connected")
    found = home.vigil.status()
    assert found["zone"] == "Asia/Shanghai" and found["alerts"] == [] and found["bluetooth"]["name"] == "hci0"
    assert found["broker"]["stateSeconds"] >= 0 and "retryInSeconds" not in found["broker"]


def test_an_open_alert_is_named_without_its_values(make_world: MakeWorld) -> None:
    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_86, until="signal recover"),
                                   scenarios.spo2(scenarios.SPO2_97)])
    world = make_world(devices=[oximeter]).start()
    world.pair("oximeter", scenarios.OXIMETER, "r-31k7")
    says(world, "!!!", "high", "OX-1", "r-31k7", "active", limit=30)
    says(world, "Alerts", "1 open")
    says(world, "高", "OX-1", "进行中", language="zh")
    assert not [line for line in status(world) if "86" in line and "OX-1" in line]
    world.stage.tell("signal recover")
    says(world, "OX-1", "over, not acknowledged")
    assert [one["state"] for one in world.vigil.status()["alerts"]] == ["cleared-unacknowledged"]


def test_a_device_that_is_away(home: World) -> None:
    home.stage.leave("strap")
    says(home, "away for", "does not advertise (off, far away, with a phone?)")
    says(home, "未连接", "没有收到它的广播", language="zh")
    # bluetoothd gives up on an attempt, and the next one is announced.
    says(home, "not in sight; next try in", limit=30)
    device = eventually(lambda: next((one for one in home.vigil.devices().values() if one["state"] == "retrying"), None),
                        30, "it retries")
    assert device["failure"] == {"name": "org.bluez.Error.Failed", "message": "le-connection-abort-by-local"}
    assert 0 <= device["retryInSeconds"] <= 30
    home.stage.come_back("strap")
    says(home, "connected, last reading")


@pytest.mark.parametrize("error, en, zh", [
    ("org.bluez.Error.Failed br-connection-canceled", "Bluetooth was busy; next try in", "蓝牙当时正忙；"),
    ("org.bluez.Error.Failed 'Input/output error'", "the controller was off; next try in", "适配器当时关着；"),
    ("org.bluez.Error.Failed 'sudden snow'", "sudden snow", "sudden snow"),
])
def test_a_try_that_failed(home: World, error: str, en: str, zh: str) -> None:
    home.stage.tell(f"error connect {error} 1000")
    home.stage.tell("drop strap")
    says(home, en, limit=30)
    says(home, zh, language="zh", limit=30)


def test_a_device_that_hangs_up(make_world: MakeWorld) -> None:
    story = [{"until": "signal moody"}, {"loop": {"steps": [{"until": "connected"}, {"disconnect": True}]}}]
    cuff = scenarios.device("cuff", scenarios.CUFF, "BP cuff", {"1810": {"2a35": {"properties": ["indicate"]}}}, story)
    world = make_world(devices=[cuff]).start()
    world.wait_connected(world.pair("cuff", scenarios.CUFF))
    world.stage.tell("signal moody")
    says(world, "it hung up at once; next try in", limit=30)
    says(world, "一连上就断开了；", language="zh", limit=30)


def standing(world: World, device: str) -> dict[str, Any]:
    return world.vigil.devices()[device]


def test_a_link_whose_services_are_never_read(home: World) -> None:
    home.stage.tell("resolve strap never")
    home.stage.tell("drop strap")
    eventually(lambda: standing(home, "d-1")["condition"] == "resolving", 20, "its services are being read")
    says(home, "linked, what it can do is being read; that takes 40 s at most")
    assert standing(home, "d-1")["state"] == "resolving"
    assert not [line for line in status(home) if "away for" in line], "it is there"


def test_a_stream_that_falls_silent(make_world: MakeWorld) -> None:
    strap = scenarios.strap()
    strap["story"][0]["stream"]["count"] = 4
    world = make_world(devices=[strap]).start()
    world.wait_connected(world.pair("strap", scenarios.STRAP, "r-31k7"))
    assert standing(world, "d-1")["condition"] == "connected"
    eventually(lambda: standing(world, "d-1")["condition"] == "silent", 75, "it has said nothing for a minute")
    assert standing(world, "d-1")["state"] == "connected" and standing(world, "d-1")["stateSeconds"] >= 60
    says(world, "connected, but no reading comes; the gateway goes on listening")
    says(world, "已连接，但没有传来读数；网关继续接收", language="zh")


def test_a_cuff_between_two_measurements(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.cuff(pairing="just-works", require="none")]).start()
    world.wait_connected(world.pair("cuff", scenarios.CUFF, "r-31k7"))
    world.stage.leave("cuff")
    eventually(lambda: standing(world, "d-1")["condition"] == "asleep", 20, "that is its way")
    says(world, "does not advertise, as is normal between measurements")
    says(world, "没有广播，两次测量之间属正常；一有广播就自动连接", language="zh")


def test_bluetoothd_hangs(home: World) -> None:
    """It has its name, all that it said stands, and nothing comes of it any more."""
    home.fake.bluez.signal(signal.SIGSTOP)
    try:
        eventually(lambda: home.vigil.status()["bluetooth"]["condition"] == "bluetoothd-frozen", 60, "it is noticed")
        assert standing(home, "d-1")["condition"] == "no-bluetooth"
        says(home, "bluetoothd does not answer, what is known may be out of date;")
        says(home, "systemctl restart bluetooth")
        seen = standing(home, "d-1")["lastSeenSecondsAgo"]
        eventually(lambda: standing(home, "d-1")["lastSeenSecondsAgo"] > seen, 10, "nobody sees it meanwhile")
    finally:
        home.fake.bluez.signal(signal.SIGCONT)
    eventually(lambda: home.vigil.status()["bluetooth"]["condition"] == "working", 30, "it answers again")
    eventually(lambda: standing(home, "d-1")["condition"] == "connected", 60, "and so does the strap")


def test_a_signal_of_the_past_is_not_shown(make_world: MakeWorld) -> None:
    """While a device is listened to a discovery goes on, and bluetoothd keeps the RSSI of whoever has gone."""
    band = scenarios.device("band", BAND, "Mi Smart Band 4", {}, services=["fee0"],
                            announce={"manufacturer": {"0157": "02020148" + 13 * "ff" + "02aabbccddeeff"}})
    world = make_world(devices=[scenarios.strap(), band]).start()
    world.wait_connected(world.pair("strap", scenarios.STRAP, "r-31k7"))
    world.pair("band", BAND, "r-8m2q")
    eventually(lambda: standing(world, "d-2")["condition"] == "listening", 15, "the band is heard")
    world.stage.tell("error connect org.bluez.Error.Failed le-connection-abort-by-local 1000")
    world.stage.tell("drop strap")
    eventually(lambda: "rssi" in standing(world, "d-1"), 20, "the strap advertises")
    world.stage.leave("strap")
    eventually(lambda: "rssi" not in standing(world, "d-1"), 45, "it has gone, and its signal with it")
    assert standing(world, "d-1")["lastSeenSecondsAgo"] >= 15, "it is looked every 10 s"
    assert "rssi" in standing(world, "d-2"), "the band is there still"
    world.stage.leave("band")
    eventually(lambda: standing(world, "d-2")["condition"] == "not-heard", 45, "the band has gone too")
    says(world, "not heard for 30 s or more; the gateway listens")


def test_a_profile_is_gone_after_an_upgrade(make_world: MakeWorld, tmp_path: Path) -> None:
    shutil.copytree(PROFILES, tmp_path / "profiles")
    world = make_world(devices=[scenarios.strap()], config={"profiles": [str(tmp_path / "profiles")]}).start()
    world.wait_connected(world.pair("strap", scenarios.STRAP, "r-31k7"))
    assert world.vigil.stop(10) == 0
    for path in (tmp_path / "profiles").rglob("*.yaml"):
        if "bluetooth.heart-rate" in path.read_text():
            path.unlink()
    world.start()
    found = eventually(lambda: world.vigil.devices().get("d-1"), 20, "the strap is enrolled")
    assert found["condition"] == "profile-missing" and found["missingProfiles"] == ["bluetooth.heart-rate"]
    says(world, "profiles of it are not there any more: bluetooth.heart-rate")
    says(world, "它的设备描述不在了：bluetooth.heart-rate；现在无法读取它", language="zh")


def test_the_controller_is_off(home: World) -> None:
    home.stage.tell("adapter power blocked")
    says(home, "bluetoothd 5.66 is running, hci0 is off; the gateway switches it on")
    says(home, "if it stays off: rfkill unblock bluetooth")
    says(home, "waits for Bluetooth: hci0 is off; the gateway switches it")
    says(home, "等待蓝牙：hci0 已关闭；网关每 30 秒重新打开一次", language="zh")
    home.stage.tell("adapter power on")
    says(home, "connected, last reading", limit=40)


def test_the_controller_is_pulled(home: World) -> None:
    home.stage.tell("adapter remove")
    says(home, "there is no hci0; the gateway goes on as soon")
    says(home, "waits for Bluetooth: there is no hci0")
    says(home, "等待蓝牙：没有 hci0；插好后网关自动继续", language="zh")
    home.stage.tell("adapter add")
    says(home, "connected, last reading", limit=40)


def test_bluetoothd_is_dead(home: World) -> None:
    home.fake.bluez.kill()
    says(home, "bluetoothd is not running; the gateway asks for it every 30 s")
    says(home, "waits for Bluetooth: bluetoothd is not running")
    says(home, "等待蓝牙：bluetoothd 没有运行", language="zh")
    assert "version" not in home.vigil.status()["bluetooth"]


def test_the_broker_is_away(home: World) -> None:
    home.broker.kill()
    says(home, "Broker", f"not connected to 127.0.0.1:{home.broker.port} for", "next try in")
    says(home, "The broker is not running, or the port is wrong")
    says(home, f"没有连上 127.0.0.1:{home.broker.port}", language="zh")
    found = eventually(lambda: home.vigil.status()["broker"].get("retryInSeconds") is not None
                       and home.vigil.status()["broker"], 15, "an attempt is announced")
    assert not found["connected"] and found["stateSeconds"] >= 0
    # Readings wait, and are counted.
    before = {one["lane"]: one["waiting"] for one in home.vigil.status()["queues"]}
    eventually(lambda: any(one["waiting"] > before["reading"] + 3 for one in home.vigil.status()["queues"]), 20,
               "readings wait")
    says(home, "Waiting", "alert", "readings")
    home.broker.start()
    says(home, "Broker", "connected to", limit=30)


def test_the_table_of_devices(make_world: MakeWorld) -> None:
    long_name = "Blood pressure monitor of the upper arm, model 2026 血压计"
    world = make_world(devices=[scenarios.strap() | {"name": long_name}, scenarios.cuff()]).start()
    strap = world.pair("strap", scenarios.STRAP, "r-" + "x" * 30)
    world.pair("cuff", scenarios.CUFF, "r-31k7")
    world.wait_connected(strap)
    for language, words in (("en", ("ID", "NAME", "connected")), ("zh", ("编号", "名称", "已连接"))):
        lines = world.vigil.ctl("devices", "--lang", language).out.splitlines()
        assert len(lines) == 3 and all(cells(line) <= COLUMNS for line in lines), lines
        for word in (*words, scenarios.STRAP, scenarios.CUFF, "r-31k7"):
            assert any(word in line for line in lines), f"{word} in {lines}"
    status(world)
