# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with vigilctl, and the screens worth keeping on the way."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import scenarios
from recorder import Recorder, Story
from session import CTRL_C
from stub_gateway import PrivateBus, StubGateway
from vigil import BIN, PROFILES
from waiting import eventually
from world import World

STORIES: dict[str, Story] = {}
RESIDENT, OTHER = "r-31k7", "r-8m2q"
BEAT_72 = "0048"


def story(function: Story) -> Story:
    STORIES[function.__name__] = function
    return function


def strap() -> scenarios.Device:
    """Always the same pulse: a golden screen could not hold another."""
    return scenarios.device("strap", scenarios.STRAP, "HR strap",
                            {"180d": {"2a37": {"properties": ["notify"]}},
                             "180f": {"2a19": {"properties": ["read", "notify"], "value": "4b"}}},
                            [{"stream": {"characteristic": "2a37", "every": 0.5, "values": [BEAT_72]}}],
                            services=["180d"])


def oximeter() -> scenarios.Device:
    return scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, until="signal desaturate"),
                               scenarios.spo2(scenarios.SPO2_86)]) | {"services": ["1822"], "pairing": "confirm"}


@contextmanager
def household(recorder: Recorder, *devices: scenarios.Device, is_running: bool = True) -> Iterator[World]:
    """The daemon with a bus, a broker and these devices around it."""
    world = World(devices=list(devices), bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"})
    recorder.environment = world.vigil.bus
    failed = True
    try:
        yield world.start() if is_running else world
        failed = False
    finally:
        world.close(failed)


@story
def help(recorder: Recorder) -> None:
    """Each command's, as the program lists them itself; and what it says to unusable arguments."""
    recorder.settles = False
    recorder.show("help")
    listed = subprocess.run([BIN / "vigilctl", "--help", "--lang", "en"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  ([a-z]+)\b", listed.partition("SUBCOMMANDS:\n")[2], re.MULTILINE)
    assert "status" in commands, listed
    for command in commands:
        recorder.show(f"help-{command}", command, "--help")
    recorder.show("refused-command", "no-such-command", code=2)
    recorder.show("refused-option", "devices", "--jsn", code=2)
    recorder.show("refused-argument", "forget", code=2)
    recorder.show("refused-language", "status", "--lang", "fr", code=2)


@story
def decode(recorder: Recorder) -> None:
    recorder.settles = False
    profiles = ("--profiles", str(PROFILES.relative_to(PROFILES.parent)))
    recorder.show("decode", "decode", *profiles, "--characteristic", "2A35",
                  "1a7f005000ff07ea07030e08051e010400", "1e9c005e007300ea07030e08051e48", "hello")
    recorder.show("decode-no-profiles", "decode", "--profiles", "/nowhere", "--characteristic", "2A35", "00", code=1)
    recorder.show("decode-not-hexadecimal", "decode", *profiles, "--characteristic", "2A35", "--feature", "x", "00", code=2)


@story
def errors(recorder: Recorder) -> None:
    """No bus, no daemon, no rights, an older daemon, and an error that nobody has heard of."""
    recorder.settles = False
    recorder.environment = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
    recorder.show("error-no-bus", "status", code=1)
    bus = PrivateBus()
    recorder.environment = {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
    try:
        recorder.show("error-no-daemon", "status", code=1)
        gateway = StubGateway(bus)
        for name, error in {"no-rights": ("org.freedesktop.DBus.Error.AccessDenied", "Rejected send message"),
                            "older-daemon": ("org.freedesktop.DBus.Error.UnknownMethod", "Unknown method Status"),
                            "unheard-of": ("org.example.Error.Moon", "the moon is full")}.items():
            gateway.error = error
            recorder.show(f"error-{name}", "status", code=1)
        gateway.close()
    finally:
        bus.close()


@story
def first_look(recorder: Recorder) -> None:
    """A gateway without a device, and what is near."""
    with household(recorder, strap(), scenarios.cuff(services=["1810"])) as world:
        recorder.show("devices-none", "devices")
        recorder.show("status-none", "status")
        with recorder.vigilctl("scan") as scan:
            scan.wait(lambda text: "HR strap" in text and "BP cuff" in text)
            recorder.keep("scan", scan)
            scan.type(CTRL_C)
        world.stage.tell("adapter remove")
        eventually(lambda: not world.vigil.status()["bluetooth"]["powered"], 20, "the controller is missed")
        recorder.show("status-no-controller", "status")
        world.broker.kill()
        eventually(lambda: "refused" in (world.vigil.status()["broker"].get("reason") or ""), 20, "the broker is missed")
        recorder.show("status-no-broker", "status")


@story
def evening(recorder: Recorder) -> None:
    """Devices that are enrolled, an alert, and one device less."""
    with household(recorder, strap(), scenarios.cuff(services=["1810"]), oximeter()) as world:
        enrolled = {name: world.pair(name, address, resident) for name, address, resident in (
            ("strap", scenarios.STRAP, RESIDENT), ("cuff", scenarios.CUFF, OTHER))}
        for device in enrolled.values():
            world.wait_connected(device)
        world.stage.wait_event("subscribed", "cuff")
        world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
        each_has_spoken(world)
        recorder.show("devices", "devices")
        recorder.show("status", "status")
        with recorder.vigilctl("watch") as watch:
            watch.wait("HR strap")
            world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
            watch.wait(lambda text: "127" in text and "▅▅▅" in text)
            recorder.keep("watch", watch)
            for systolic in (186, 188):
                world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(systolic)}")
            watch.wait("BP-1")
            recorder.keep("watch-alert", watch)
            watch.type(CTRL_C)
        recorder.show("status-alert", "status")
        recorder.show("forget", "forget", enrolled["strap"])
        recorder.show("forget-unknown", "forget", "d-9", code=1)


def each_has_spoken(world: World) -> None:
    eventually(lambda: all(one.get("lastReadingSecondsAgo") is not None for one in world.vigil.devices().values()), 20,
               "each device has sent something")
