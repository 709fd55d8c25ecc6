# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl status` and `devices`: what a technician reads in every state that the box can be in."""

from __future__ import annotations

import unicodedata

import pytest
import scenarios
from conftest import MakeWorld
from waiting import eventually
from world import World

COLUMNS, LINES = 80, 24


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
    says(home, "waits until it advertises: switch it on or take a measurement")
    says(home, "等待设备发出广播：请打开设备，或测量一次", language="zh")
    # bluetoothd gives up on an attempt, and the next one is announced.
    says(home, "not in sight, switch it on or take a measurement; next try in", limit=30)
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
    says(world, "it hung up at once, if that goes on pair it anew; next try in", limit=30)
    says(world, "一连上就断开了，若一直如此请重新配对；", language="zh", limit=30)


def test_the_controller_is_off(home: World) -> None:
    home.stage.tell("adapter power blocked")
    says(home, "bluetoothd 5.66 is running, hci0 is off, the gateway switches it on")
    says(home, "if it stays off: rfkill unblock bluetooth")
    says(home, "waits for Bluetooth: the controller is off, it is switched on every 30 s")
    says(home, "等待蓝牙：适配器已关闭，每 30 秒重新打开一次", language="zh")
    home.stage.tell("adapter power on")
    says(home, "connected, last reading", limit=40)


def test_the_controller_is_pulled(home: World) -> None:
    home.stage.tell("adapter remove")
    says(home, "there is no hci0: plug the controller in")
    says(home, "waits for Bluetooth: the controller is missing")
    says(home, "等待蓝牙：没有找到适配器", language="zh")
    home.stage.tell("adapter add")
    says(home, "connected, last reading", limit=40)


def test_bluetoothd_is_dead(home: World) -> None:
    home.fake.bluez.kill()
    says(home, "bluetoothd is not running. Start it: systemctl start bluetooth")
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
