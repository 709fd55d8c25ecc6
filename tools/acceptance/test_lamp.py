# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd/vigil-lamp: what a lamp and a buzzer on the box show, with a made-up /sys/class/leds."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import scenarios
from conftest import MakeWorld
from dbus_fast import Message
from dbus_fast.aio import MessageBus
from processes import Process
from stub_gateway import NAME, OBJECT, PrivateBus, StubGateway
from waiting import eventually

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/vigil-lamp"
ONE, OTHER = "0193aa", "5f1c-bb"
OFF, STEADY, BLINKS = ("none", "0"), ("none", "255"), ("timer", "255")


class Lamp(Process):
    def __init__(self, directory: Path, bus_address: str, **settings: str):
        self.leds, runtime = directory / "leds", directory / "runtime"
        runtime.mkdir(exist_ok=True)
        for name in ("alarm", "beeper"):
            (self.leds / name).mkdir(parents=True, exist_ok=True)
            for file, text in (("brightness", "7"), ("max_brightness", "255"), ("trigger", "[none] timer")):
                (self.leds / name / file).write_text(f"{text}\n")
        super().__init__("vigil-lamp", ["/bin/sh", SCRIPT], directory / "lamp.log", {
            "DBUS_SYSTEM_BUS_ADDRESS": bus_address, "LEDS": str(self.leds), "LAMP": "alarm",
            "RUNTIME_DIRECTORY": str(runtime), **settings})

    def shows(self, name: str = "alarm") -> tuple[str, str]:
        trigger, brightness = ((self.leds / name / file).read_text().strip() for file in ("trigger", "brightness"))
        return trigger, brightness

    def wait_shows(self, wanted: tuple[str, str], name: str = "alarm") -> None:
        eventually(lambda: self.shows(name) == wanted, 10, lambda: f"{wanted}, not {self.shows(name)}:\n{self.output()}")


def status(alerts: list[tuple[str, str, str]] = [], undelivered: int = 0) -> tuple[str, list[object]]:  # noqa: B006
    """The answer to Status, of which a device's name is the worst that may stand in it."""
    return "s", [json.dumps({
        "alerts": [{"alert": alert, "priority": priority, "raisedAt": None, "resident": "r-31k7", "rule": "OX-1",
                    "state": state, "version": 2} for alert, state, priority in alerts],
        "broker": {"connected": True, "undeliveredAlerts": undelivered, "waiting": 1},
        "devices": [{"model": '"alerts":[{"alert":"ff","priority":"high","state":"active"}] \\ 血氧仪'}],
    }, separators=(",", ":"), ensure_ascii=False)]


@pytest.fixture
def bus() -> Iterator[PrivateBus]:
    found = PrivateBus()
    yield found
    found.close()


@pytest.fixture
def gateway(bus: PrivateBus) -> Iterator[StubGateway]:
    found = StubGateway(bus)
    found.body = status()
    yield found
    found.close()


@pytest.fixture
def make_lamp(tmp_path: Path) -> Iterator[Callable[..., Lamp]]:
    lamps: list[Lamp] = []

    def make(bus_address: str, **settings: str) -> Lamp:
        lamps.append(Lamp(tmp_path, bus_address, **settings))
        lamps[-1].start()
        return lamps[-1]

    yield make
    for lamp in lamps:
        if lamp.running:
            assert lamp.stop() == 0


@pytest.fixture
def lamp(bus: PrivateBus, gateway: StubGateway, make_lamp: Callable[..., Lamp]) -> Lamp:
    found = make_lamp(bus.address, BUZZER="beeper")
    found.wait_shows(OFF)
    return found


def tell(gateway: StubGateway, alert: str, state: str, priority: str = "high", undelivered: bool = False) -> None:
    gateway.emit("AlertChanged", "sssb", [alert, state, priority, undelivered])


def test_a_high_alert_blinks_until_somebody_acknowledges_it(lamp: Lamp, gateway: StubGateway) -> None:
    tell(gateway, ONE, "active")
    lamp.wait_shows(BLINKS)
    lamp.wait_shows(BLINKS, "beeper")
    tell(gateway, OTHER, "active")
    tell(gateway, ONE, "acknowledged")
    tell(gateway, OTHER, "active", "low")
    lamp.wait_shows(OFF)
    lamp.wait_shows(OFF, "beeper")


@pytest.mark.parametrize("state", ["acknowledged", "cleared-unacknowledged", "paused", "ended"])
def test_only_what_is_active_blinks(lamp: Lamp, gateway: StubGateway, state: str) -> None:
    tell(gateway, ONE, "active")
    lamp.wait_shows(BLINKS)
    tell(gateway, ONE, state)
    lamp.wait_shows(OFF)


def test_two_alerts_are_not_one(lamp: Lamp, gateway: StubGateway) -> None:
    for alert in (ONE, OTHER):
        tell(gateway, alert, "active")
    tell(gateway, ONE, "ended")
    tell(gateway, "last", "ended")
    lamp.wait_shows(BLINKS)
    tell(gateway, OTHER, "ended")
    lamp.wait_shows(OFF)


def test_an_undelivered_alert_shines_steadily(lamp: Lamp, gateway: StubGateway) -> None:
    tell(gateway, ONE, "active", "medium", undelivered=True)
    lamp.wait_shows(STEADY)
    lamp.wait_shows(OFF, "beeper")
    # What is worse is shown, and after it the rest.
    tell(gateway, OTHER, "active")
    lamp.wait_shows(BLINKS)
    tell(gateway, OTHER, "acknowledged")
    lamp.wait_shows(STEADY)
    tell(gateway, ONE, "active", "medium")
    lamp.wait_shows(OFF)


def test_one_that_ended_on_its_way_is_over(lamp: Lamp, gateway: StubGateway) -> None:
    tell(gateway, ONE, "active", "medium", undelivered=True)
    lamp.wait_shows(STEADY)
    tell(gateway, ONE, "ended", "medium", undelivered=True)
    lamp.wait_shows(OFF)


@pytest.mark.parametrize(("answer", "wanted"), [
    (status([(ONE, "active", "medium"), (OTHER, "active", "high")]), BLINKS),
    (status([(ONE, "acknowledged", "high"), (OTHER, "active", "medium")]), OFF),
    (status([(ONE, "cleared-unacknowledged", "high")], undelivered=12), STEADY),
    (status([(ONE, "active", "high")], undelivered=1), BLINKS),
], ids=["active", "acknowledged", "undelivered", "both"])
def test_it_learns_at_the_start_what_is_so(
    bus: PrivateBus, gateway: StubGateway, make_lamp: Callable[..., Lamp], answer: tuple[str, list[object]],
    wanted: tuple[str, str],
) -> None:
    gateway.body = answer
    lamp = make_lamp(bus.address)
    lamp.wait_shows(wanted)
    # What it learned ends by its signal.
    for alert in (ONE, OTHER):
        tell(gateway, alert, "ended")
    if wanted is BLINKS and '"undeliveredAlerts":0' in str(answer):
        lamp.wait_shows(OFF)


def test_a_gateway_that_comes_back_is_asked(
    bus: PrivateBus, make_lamp: Callable[..., Lamp], lamp: Lamp, gateway: StubGateway
) -> None:
    tell(gateway, ONE, "active")
    tell(gateway, OTHER, "active", "medium", undelivered=True)
    lamp.wait_shows(BLINKS)
    gateway.close()
    again = StubGateway(bus)
    again.body = status()
    # Its name was taken before it had this answer: one more change of hands.
    again.close()
    last = StubGateway(bus)
    last.body = status([(OTHER, "active", "high")])
    tell(last, OTHER, "active")
    tell(last, ONE, "ended")
    lamp.wait_shows(BLINKS)
    tell(last, OTHER, "ended")
    lamp.wait_shows(OFF)
    last.close()


def test_a_gateway_that_does_not_answer_is_trouble(
    bus: PrivateBus, gateway: StubGateway, make_lamp: Callable[..., Lamp]
) -> None:
    gateway.error = ("org.vigil.Error.Storage", "no")
    lamp = make_lamp(bus.address, LOOK_SECONDS="1")
    lamp.wait_shows(STEADY)
    gateway.error = None
    lamp.wait_shows(OFF)


def test_what_got_lost_is_asked_again(bus: PrivateBus, gateway: StubGateway, make_lamp: Callable[..., Lamp]) -> None:
    lamp = make_lamp(bus.address, LOOK_SECONDS="1")
    lamp.wait_shows(OFF)
    gateway.body = status([(ONE, "active", "high")])
    lamp.wait_shows(BLINKS)
    gateway.body = status()
    lamp.wait_shows(OFF)


def test_nobody_else_lights_it(bus: PrivateBus, lamp: Lamp, gateway: StubGateway) -> None:
    async def pretend() -> None:
        other = await MessageBus(bus_address=bus.address).connect()
        await other.send(Message.new_signal(OBJECT, NAME, "AlertChanged", "sssb", [OTHER, "active", "high", True]))
        other.disconnect()

    asyncio.run(pretend())
    gateway.emit("Other", "sssb", [OTHER, "active", "high", True])
    tell(gateway, "../runtime", "active")
    # The bus hands out in order: this one comes last.
    tell(gateway, ONE, "active", "low", undelivered=True)
    lamp.wait_shows(STEADY)
    lamp.wait_shows(OFF, "beeper")


def test_the_shipped_policy_lets_it_listen_and_look() -> None:
    """As a user who is nobody else; only root can become another one, and whoever is not is one already."""
    user = "nobody" if os.getuid() == 0 else getpass.getuser()
    policy = re.sub(r"<!--.*?-->", "", (SCRIPT.parent / "org.vigil.Gateway1.conf").read_text(), flags=re.DOTALL)
    policy = policy.partition("<busconfig>")[2].partition("</busconfig>")[0]
    policy = policy.replace('user="vigil-lamp"', f'user="{user}"')
    policy = re.sub(r'<policy (group="vigil-tech"|user="vigil")>.*?</policy>', "", policy, flags=re.DOTALL)
    if user != "nobody":
        policy += f'<policy user="{user}"><allow own="{NAME}"/></policy>'
    bus = PrivateBus(policy)
    gateway = StubGateway(bus)
    gateway.body = status([(ONE, "active", "high")])
    # Not pytest's directory, which is for its owner alone.
    directory = Path(tempfile.mkdtemp(prefix="vigil-lamp-"))
    lamp = Lamp(directory, bus.address)
    if user == "nobody":
        for path in (bus.path, directory, *directory.rglob("*")):
            path.chmod(path.stat().st_mode | (0o777 if path.is_dir() or path == bus.path else 0o666))
        lamp.arguments[:0] = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
    lamp.start()
    try:
        lamp.wait_shows(BLINKS)
        tell(gateway, ONE, "ended")
        lamp.wait_shows(OFF)
        tell(gateway, OTHER, "active")
        lamp.wait_shows(BLINKS)
    finally:
        lamp.stop()
        gateway.close()
        bus.close()
        shutil.rmtree(directory)


def test_a_buzzer_that_is_gone_does_not_dim_the_lamp(lamp: Lamp, gateway: StubGateway) -> None:
    shutil.rmtree(lamp.leds / "beeper")
    tell(gateway, ONE, "active")
    lamp.wait_shows(BLINKS)
    lamp.wait_for("cannot write to .*beeper")
    tell(gateway, ONE, "ended")
    lamp.wait_shows(OFF)


def test_it_ends_dark_and_leaves_nothing_behind(lamp: Lamp, gateway: StubGateway) -> None:
    tell(gateway, ONE, "active")
    lamp.wait_shows(BLINKS)
    address = lamp.environment["DBUS_SYSTEM_BUS_ADDRESS"].encode()
    assert lamp.stop() == 0
    assert lamp.shows() == OFF and lamp.shows("beeper") == OFF
    assert os.listdir(lamp.environment["RUNTIME_DIRECTORY"]) == []

    def left() -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "comm").read_text().strip() in {"dbus-monitor", "sleep", "sh", "vigil-lamp"} \
                        and address in (process / "environ").read_bytes():
                    found.append(process.name)
            except OSError:
                continue
        return found

    eventually(lambda: not left(), 5, "its children end with it")


def test_it_ends_with_the_bus(bus: PrivateBus, lamp: Lamp, gateway: StubGateway) -> None:
    tell(gateway, ONE, "active")
    lamp.wait_shows(BLINKS)
    bus.close()
    assert lamp.wait() == 1
    assert lamp.shows() == OFF


@pytest.mark.parametrize(("settings", "reason"), [
    ({"LAMP": "alram"}, "LAMP: there is no .*alram; there are: alarm beeper"),
    ({"LAMP": ""}, "LAMP='' names no device"),
    ({"BUZZER": "../alarm"}, "BUZZER='../alarm' names no device"),
    ({"LOOK_SECONDS": "soon"}, "LOOK_SECONDS='soon' is no number of seconds"),
])
def test_a_wrong_setting_is_told_and_not_tried_again(
    tmp_path: Path, bus: PrivateBus, settings: dict[str, str], reason: str
) -> None:
    lamp = Lamp(tmp_path, bus.address, **settings)
    lamp.start()
    assert lamp.wait() == 78
    lamp.wait_for(reason)


def test_the_group_gets_what_the_lamp_writes_to(tmp_path: Path, bus: PrivateBus) -> None:
    """As the unit calls it, with a chgrp that only says what it was told: the group is made at the installation."""
    lamp = Lamp(tmp_path, bus.address, BUZZER="beeper")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "chgrp").write_text('#!/bin/sh\necho "$@"\n')
    (bin_folder / "chgrp").chmod(0o755)
    for file in lamp.leds.glob("*/*"):
        file.chmod(0o644)
    done = subprocess.run(["/bin/sh", SCRIPT, "prepare"], capture_output=True, text=True,
                          env=lamp.environment | {"PATH": f"{bin_folder}:{os.environ['PATH']}"})
    assert done.returncode == 0, done
    written = [lamp.leds / name / file for name in ("alarm", "beeper") for file in ("brightness", "trigger")]
    assert done.stdout.splitlines() == [f"vigil-lamp {file}" for file in written]
    assert {file for file in lamp.leds.glob("*/*") if file.stat().st_mode & 0o020} == set(written)


def test_with_the_real_gateway(make_world: MakeWorld, make_lamp: Callable[..., Lamp]) -> None:
    """A crisis lights it; one that begins to look later sees the same."""
    world = make_world(devices=[scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, until="signal desaturate"),
                                                    scenarios.spo2(scenarios.SPO2_86)])]).start()
    world.wait_connected(world.pair("oximeter", scenarios.OXIMETER))
    lamp = make_lamp(world.stage.bus_address)
    lamp.wait_shows(OFF)
    world.stage.tell("signal desaturate")
    eventually(lambda: lamp.shows() == BLINKS, 20, "it blinks")
    assert lamp.stop() == 0
    assert lamp.shows() == OFF
    lamp.start()
    lamp.wait_shows(BLINKS)
