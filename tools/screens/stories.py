# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with vigilctl, and the screens worth keeping on the way."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import scenarios
import yaml
from commander import make_key
from desk import clear
from recorder import Recorder, Story
from session import CTRL_C
from stub_gateway import PrivateBus, StubGateway
from vigil import BIN, CLINIC, PROFILES
from waiting import eventually
from world import World

STORIES: dict[str, Story] = {}
LEFT, RIGHT = "F5:F1:F2:F3:F4:11", "F5:F1:F2:F3:F4:12"
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
    return scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97)]) | {
        "services": ["1822"], "pairing": "confirm", "require": "authentication"}


def cuff(id: str = "cuff", address: str = scenarios.CUFF, **more: Any) -> scenarios.Device:
    """With a serial number that leaves room: what is cut would depend on the moment."""
    device = scenarios.cuff(id, address, services=["1810"], **more)
    device["gatt"]["180a"]["2a25"]["value"] = b"SN1".hex()
    return device


@contextmanager
def household(recorder: Recorder, *devices: scenarios.Device, is_running: bool = True, **options: Any) -> Iterator[World]:
    """The daemon with a bus, a broker and these devices around it."""
    world = World(devices=list(devices), bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}, **options)
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
def profiles(recorder: Recorder) -> None:
    """Few, and made for this: a golden screen must not change with each device that Vigil comes to know."""
    recorder.settles = False
    good, wrong = (f"tools/screens/profiles/{name}" for name in ("good", "wrong"))
    recorder.show("profiles", "profiles")
    recorder.show("profiles-list", "profiles", "list", "--profiles", good)
    for name in ("strap", "finger-oximeter"):
        recorder.show(f"profiles-show-{name}", "profiles", "show", f"example.{name}", "--profiles", good)
    recorder.show("profiles-show-unknown", "profiles", "show", "example.strp", "--profiles", good, code=1)
    recorder.show("profiles-check", "profiles", "check", good, "--profiles", good)
    recorder.show("profiles-check-wrong", "profiles", "check", wrong, "--profiles", good, code=1)


@story
def rules(recorder: Recorder) -> None:
    """Of the editions, which change rarely, and of a site's file."""
    recorder.settles = False
    site, wrong = (f"tools/screens/rules/{name}.yaml" for name in ("site", "wrong"))
    recorder.show("rules", "rules")
    recorder.show("rules-list", "rules", "list", "--file", "tools/screens/rules/few.yaml")
    recorder.show("rules-explain", "rules", "explain", "OX-2", "--edition", "intl")
    recorder.show("rules-explain-unknown", "rules", "explain", "OX2", code=1)
    recorder.show("rules-explain-technical", "rules", "explain", "DV-1")
    recorder.show("rules-check", "rules", "check", site)
    recorder.show("rules-check-warned", "rules", "check", "tools/screens/rules/warned.yaml")
    recorder.show("rules-check-wrong", "rules", "check", wrong, code=1)


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
    """A gateway without a device; then without a controller and a broker."""
    with household(recorder, strap()) as world:
        recorder.show("devices-none", "devices")
        recorder.show("status-none", "status")
        world.stage.tell("adapter remove")
        eventually(lambda: not world.vigil.status()["bluetooth"]["powered"], 20, "the controller is missed")
        recorder.show("status-no-controller", "status")
        world.broker.kill()
        eventually(lambda: "refused" in (world.vigil.status()["broker"].get("reason") or ""), 20, "the broker is missed")
        recorder.show("status-no-broker", "status")


@story
def scan(recorder: Recorder) -> None:
    """Which of two cuffs of a kind is the one in the hand."""
    with household(recorder, strap(), cuff("left", LEFT), cuff("right", RIGHT, advertise=False)) as world:
        with recorder.vigilctl("scan") as live:
            live.wait(lambda text: "HR strap" in text and LEFT in text and recorder.words("Press the button", "按键") in text)
            recorder.keep("scan", live)
            world.stage.tell("advertise right on")
            live.wait(lambda text: "* " in text and RIGHT in text)
            recorder.keep("scan-pressed", live)
            live.type(CTRL_C)


@story
def pairing(recorder: Recorder) -> None:
    """By the three methods, each to its end; and what can come between."""
    deleting = cuff("deleting", LEFT, pairing="just-works", require="none") | {"name": "X4 Smart"}
    with household(recorder, strap(), cuff(), oximeter(), deleting) as world:
        resident = ("--resident", RESIDENT)
        with recorder.vigilctl("pair", scenarios.STRAP, *resident) as pair:
            pair.wait(recorder.words("Is this value right", "这个数值对吗"))
            pair.type("y\r")
            pair.end()
            recorder.keep("pair-just-works", pair)

        with recorder.vigilctl("pair", scenarios.CUFF, *resident, code=1) as pair:
            pair.wait(recorder.words("six digits", "六位数字"))
            pair.type("000000\r" if world.stage.passkey("cuff") != "000000" else "111111\r")
            pair.end()
            recorder.keep("pair-wrong-passkey", pair)
        with recorder.vigilctl("pair", scenarios.CUFF, *resident, code=1) as pair:
            pair.wait(recorder.words("six digits", "六位数字"))
            pair.type(CTRL_C)
            pair.end(40)
            recorder.keep("pair-ctrl-c", pair)
        with recorder.vigilctl("pair", scenarios.CUFF, *resident) as pair:
            pair.wait(recorder.words("six digits", "六位数字"))
            recorder.keep("pair-passkey-asked", pair)
            pair.type(world.stage.passkey("cuff") + "\r")
            pair.wait(recorder.words("Take a measurement", "测量一次"))
            world.stage.wait_event("subscribed", "cuff")
            world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
            pair.wait(recorder.words("Is this value right", "这个数值对吗"))
            pair.type("y\r")
            pair.end()
            recorder.keep("pair-passkey", pair)

        with recorder.vigilctl("pair", scenarios.OXIMETER, *resident) as pair:
            pair.wait(recorder.words("Does the device show", "设备上显示的是"))
            recorder.keep("pair-comparison-asked", pair)
            pair.type("y\r")
            pair.wait(recorder.words("Is this value right", "这个数值对吗"))
            pair.type("y\r")
            pair.end()
            recorder.keep("pair-comparison", pair)

        asked = recorder.words("Take them over?", "由网关接收吗")
        with recorder.vigilctl("pair", LEFT, *resident, code=1) as pair:
            pair.wait(asked)
            recorder.keep("pair-memory-asked", pair)
            pair.type("\r")
            pair.end()
            recorder.keep("pair-memory-declined", pair)

        recorder.show("pair-already-enrolled", "pair", scenarios.CUFF, *resident, code=1)
        recorder.show("pair-no-address", "pair", "hello", *resident, code=2)


@story
def evening(recorder: Recorder) -> None:
    """Devices that are enrolled, an alert here and at the clinic's desk, and one device less."""
    with household(recorder, strap(), cuff()) as world:
        desk = world.directory / "desk.yaml"
        desk.write_text(yaml.safe_dump({"clinic": CLINIC, "broker": clear(world.broker.port)}))
        enrolled = {name: world.pair(name, address, resident) for name, address, resident in (
            ("strap", scenarios.STRAP, RESIDENT), ("cuff", scenarios.CUFF, OTHER))}
        for device in enrolled.values():
            world.wait_connected(device)
        world.stage.wait_event("subscribed", "cuff")
        world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
        each_has_spoken(world)
        recorder.show("devices", "devices")
        recorder.show("status", "status")
        clinic = ("watch", "--clinic", "--config", str(desk))
        with recorder.vigilctl(*clinic) as follower, recorder.vigilctl("watch") as watch:
            follower.wait(recorder.words("online", "在线"))
            watch.wait("HR strap")
            world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127)}")
            watch.wait(lambda text: "127" in text and "▅▅▅" in text)
            recorder.keep("watch", watch)
            for systolic in (186, 188):
                world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(systolic)}")
            watch.wait(lambda text: "BP-1" in text and "188/80" in text)
            recorder.keep("watch-alert", watch)
            watch.type(CTRL_C)
            # In the alert's words and as a reading.
            follower.wait(lambda text: "BP-1" in text and "188/80" in text and "188 mmHg" in text)
            recorder.keep("watch-clinic", follower)
            follower.type(CTRL_C)
        with recorder.vigilctl(*clinic) as late:
            late.wait(lambda text: "BP-1" in text and "gw-1" in text)
            recorder.keep("watch-clinic-late", late)
            late.type(CTRL_C)
        recorder.show("status-alert", "status")
        recorder.show("forget", "forget", enrolled["strap"])
        recorder.show("forget-unknown", "forget", "d-9", code=1)


@story
def answering(recorder: Recorder) -> None:
    """An alert that a nurse acknowledges at the clinic's desk."""
    with tempfile.TemporaryDirectory() as directory:
        nurse = make_key(Path(directory), "desk-1", "nurse")
        with household(recorder, cuff(), config={"commands": {"keys": [nurse.config]}}) as world:
            desk = world.directory / "desk.yaml"
            desk.write_text(yaml.safe_dump({
                "clinic": CLINIC, "broker": clear(world.broker.port), "by": "u-12",
                "key": {"id": nurse.kid, "file": str(nurse.private), "role": nurse.role}}))
            world.wait_connected(world.pair("cuff", scenarios.CUFF, OTHER))
            world.stage.wait_event("subscribed", "cuff")
            with recorder.vigilctl("watch", "--clinic", "--config", str(desk)) as follower:
                follower.wait(recorder.words("online", "在线"))
                for systolic in (186, 188):
                    world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(systolic)}")
                follower.wait(lambda text: "BP-1" in text and "188/80" in text and "188 mmHg" in text)
                follower.type("a")
                follower.wait(recorder.words("as u-12?", "以 u-12 的名义"))
                recorder.keep("watch-clinic-question", follower)
                follower.type("y")
                follower.wait(lambda text: re.search(recorder.words("acknowledged by u-12", r"u-12 \S+ 已确认"), text) is not None)
                recorder.keep("watch-clinic-acknowledged", follower)
                follower.type(CTRL_C)


def each_has_spoken(world: World) -> None:
    eventually(lambda: all(one.get("lastReadingSecondsAgo") is not None for one in world.vigil.devices().values()), 20,
               "each device has sent something")
