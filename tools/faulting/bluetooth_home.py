# SPDX-License-Identifier: GPL-3.0-or-later
"""A home whose devices go on measuring while Bluetooth is broken, and the account of what they said."""

from __future__ import annotations

import collections
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import bluez
import scenarios
from waiting import TooLate, eventually
from world import World

from faulting import footprint

ADDRESSES = {"strap": scenarios.STRAP, "oximeter": scenarios.OXIMETER, "cuff": scenarios.HASTY}
BAND = "F5:F1:F2:F3:F4:20"
CHARACTERISTICS = {"strap": "2a37", "oximeter": "2a5f", "cuff": "2a35"}
STRAP_EVERY, OXIMETER_EVERY, CUFF_EVERY, BAND_EVERY = 0.2, 0.5, 0.5, 1.0
BURST_PREFIX = "1049"  # as the strap's stream, at 73 beats per minute
BURST_RATE, BURST_COUNT = 1000, 4000
SPO2, PULSE = range(94, 100), range(55, 105)
POLL = 0.1
ON_THE_WAY = 20
# So long after nothing more has come, what has not come is lost.
DELIVERY_SECONDS = 15.0
# What a person can read off a value: enough to tell it from those before and after it.
Key = tuple[float, ...]


class Said(NamedTuple):
    """What a device has handed over to a live session, when by the player's clock."""

    key: Key
    at: float


def strap() -> scenarios.Device:
    """Streams, and on a signal sends a burst beside it."""
    burst = {"characteristic": "2a37", "every": 1 / BURST_RATE, "count": BURST_COUNT, "counter": {"prefix": BURST_PREFIX}}
    device = scenarios.strap(every=STRAP_EVERY)
    return device | {"story": [{"parallel": [device["story"], [{"until": "signal burst"}, {"stream": burst}]]}]}


def oximeter() -> scenarios.Device:
    values = ["00" + (spo2.to_bytes(2, "little") + pulse.to_bytes(2, "little")).hex() for spo2 in SPO2 for pulse in PULSE]
    return scenarios.oximeter([{"stream": {"characteristic": "2a5f", "every": OXIMETER_EVERY, "values": values}}])


def cuff() -> scenarios.Device:
    return scenarios.cuff("cuff", scenarios.HASTY, pairing="just-works", require="none")


def band() -> scenarios.Device:
    """Is only listened to, so that a discovery goes on all the time."""
    return scenarios.device("band", BAND, "Mi Smart Band 4", {}, services=["fee0"],
                            announce={"manufacturer": {"0157": pulse(72)}})


def pulse(value: int) -> str:
    return f"020201{value:02x}" + 13 * "ff" + "02aabbccddeeff"


def pressure(number: int) -> str:
    """Each number is another measurement."""
    systolic, diastolic = 110 + number % 100, 50 + number // 100 % 50
    return "00" + b"".join(one.to_bytes(2, "little") for one in (systolic, diastolic, diastolic + 10)).hex()


def key_in(value: str) -> Key:
    """Of a value as the device sends it."""
    octets = bytes.fromhex(value)
    if value.startswith("10"):
        return octets[1], int.from_bytes(octets[2:4], "little")
    return int.from_bytes(octets[1:3], "little"), int.from_bytes(octets[3:5], "little")


def key_of(reading: dict[str, Any]) -> Key:
    """The same of a reading."""
    found = {one["kind"]: one["value"] for one in reading["values"]}
    if "rr-interval" in found:
        return found["heart-rate"], round(found["rr-interval"] * 1024 / 1000)
    if "spo2" in found:
        return found["spo2"], found["pulse-rate"]
    if "systolic" in found:
        return found["systolic"], found["diastolic"]
    return (found["heart-rate"],)


class Home:
    """`heard` below names devices of the scenario. Its world is the caller's to close."""

    def __init__(self, with_band: bool = False, environment: dict[str, str] | None = None):
        self.names = [*ADDRESSES, *(["band"] if with_band else [])]
        self.world = World(devices=[strap(), oximeter(), cuff(), *([band()] if with_band else [])], bluez=environment)
        self.stage, self.vigil = self.world.fake, self.world.vigil
        assert self.world.clinic is not None
        self.clinic = self.world.clinic
        self.ids: dict[str, str] = {}
        self._talked = dict.fromkeys(("cuff", "band"), 0.0)
        self._number = 0
        self._announced: list[Said] = []
        self._excused: list[tuple[float, float]] = []
        self._pid = self._descriptors = self._matches = 0
        self._from: dict[str, int] = {}
        # What has been taken from the player's events, and from the clinic, so far.
        self._heard_of: dict[str, list[Said]] = {name: [] for name in ADDRESSES}
        self._events_at, self._time = 0, 0.0
        self._read: dict[str, list[Key]] = {}
        self._readings_at = 0

    # Living -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """All are enrolled and heard."""
        self.world.start()
        for number, name in enumerate(self.names, 1):
            self.ids[name] = self.world.pair(name, ADDRESSES.get(name, BAND), f"r-000{number}")
        self._from = {name: len(self.said(name)) for name in self.names}
        assert self.until_heard(self.names, 30)[0] is not None, "all is well before anything breaks"
        self._from = {name: len(self.said(name)) for name in self.names}
        assert self.vigil.process is not None
        self._pid, self._descriptors, self._matches = self.vigil.process.pid, self.descriptors(), self.matches()

    def pause(self, seconds: float) -> None:
        """Life goes on meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.talk()
            time.sleep(min(POLL, left))

    def talk(self) -> None:
        """Who does not stream says something from time to time, where there is somebody to say it to."""
        now = time.monotonic()
        if now - self._talked["cuff"] >= CUFF_EVERY:
            self._talked["cuff"] = now
            self._number += 1
            self.stage.control(f"notify cuff 2a35 {pressure(self._number)}")
        if "band" in self.names and now - self._talked["band"] >= BAND_EVERY:
            self._talked["band"] = now
            value = 50 + len(self._announced) % 150
            self.stage.tell(f"announce band manufacturer 0157 {pulse(value)}")
            self._announced.append(Said((value,), 0))

    # Breaking -----------------------------------------------------------------------------------------------------

    def tell(self, *commands: str) -> None:
        for command in commands:
            self.stage.tell(command)

    def drop(self, *names: str) -> None:
        """These end their links; one that has none may."""
        for name in names:
            self.stage.control(f"drop {name}")

    def restart_bluetoothd(self, away: float) -> None:
        """Killed now, and there again after so many seconds."""
        eventually(lambda: self.stage.control(f"restart {away:.2f}") == "ok", 10, "a bluetoothd is there to be killed")

    def remove_device(self, name: str) -> None:
        bluez.remove(self.stage.bus_address, ADDRESSES[name])

    def until_bluetoothd(self, limit: float = 40) -> None:
        asked = (self.stage.bus_address, "NameHasOwner", "s", "org.bluez")
        self.until(lambda: footprint.bus_call(*asked) == [True], limit, "bluetoothd is back")

    def until(self, condition: Any, limit: float, what: str) -> None:
        def alive() -> Any:
            self.talk()
            return condition()
        eventually(alive, limit, what)

    def excuse_from(self, began: float) -> None:
        """What was said from then to now was on its way when something died that carried it."""
        self._excused.append((began, self.now()))

    # Listening ----------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The player's clock: the time of what it told last."""
        self._follow()
        return self._time

    def said(self, name: str) -> list[Said]:
        """What a bonded device sends before anybody could subscribe is confirmed and dropped, and nobody's to lose."""
        self._follow()
        return self._announced if name == "band" else self._heard_of[name]

    def _follow(self) -> None:
        with open(self.stage.events_path, "rb") as file:
            file.seek(self._events_at)
            lines = file.read().split(b"\n")[:-1]
        self._events_at += sum(len(line) + 1 for line in lines)
        for one in (json.loads(line) for line in lines if line.startswith(b"{")):
            self._time = one["t"]
            name = one.get("device", "")
            if one["event"] == "sent" and one.get("heard", True) and one["characteristic"] == CHARACTERISTICS.get(name):
                self._heard_of[name].append(Said(key_in(one["value"]), one["t"]))

    def read(self, name: str) -> list[Key]:
        """What has come to the clinic, in order."""
        readings = self.clinic.readings()
        for one in readings[self._readings_at:]:
            self._read.setdefault(one["device"]["id"], []).append(key_of(one))
        self._readings_at = len(readings)
        return self._read.get(self.ids[name], [])

    def until_heard(self, heard: Iterable[str], limit: float) -> tuple[float | None, set[str]]:
        """Seconds until a value of each of them that is said from now on has arrived at the clinic; who is missing."""
        began = time.monotonic()
        said = {name: len(self.said(name)) for name in heard}
        had = {name: len(self.read(name)) for name in said}
        while said and time.monotonic() - began < limit:
            self.pause(POLL)
            for name in list(said):
                # Not what was on its way when this began: values come again after a while.
                before, after = self.said(name)[:said[name]], self.said(name)[said[name]:]
                new = {one.key for one in after} - {one.key for one in before[-ON_THE_WAY:]}
                if not new.isdisjoint(self.read(name)[had[name]:]):
                    del said[name]
        return (None if said else time.monotonic() - began), set(said)

    # The account --------------------------------------------------------------------------------------------------

    def findings(self) -> list[str]:
        """What must hold after each fault, healed or not."""
        return [*self._process(), *self._lost(), *self._doubled()]

    def _process(self) -> list[str]:
        if not self.vigil.running or self.vigil.process is None or self.vigil.process.pid != self._pid:
            return [f"the daemon ended by itself: {self.vigil.output()[-800:]}"]
        found = []
        for what, count, before in (("descriptors", self.descriptors, self._descriptors),
                                    ("matches", self.matches, self._matches)):
            try:
                eventually(lambda: count() <= before, 15, "")
            except TooLate:
                found.append(f"{what} grew from {before} to {count()}")
        return found

    def _lost(self) -> list[str]:
        """A value that a session had and the clinic has not."""
        expected = {name: collections.Counter(one.key for one in self.said(name)[start:] if not self._is_excused(one))
                    for name, start in self._from.items() if name in ADDRESSES}

        missing = self._missing(expected)
        fewest, since = sum(map(len, missing.values())), time.monotonic()
        while missing and time.monotonic() - since < DELIVERY_SECONDS:
            time.sleep(POLL * 5)
            missing = self._missing(expected)
            if (now := sum(map(len, missing.values()))) < fewest:
                fewest, since = now, time.monotonic()
        return [f"lost {len(keys)} of {expected[name].total()} values of the {name}: {keys[:5]}"
                for name, keys in missing.items()]

    def _missing(self, expected: dict[str, collections.Counter[Key]]) -> dict[str, list[Key]]:
        lacking = {name: keys - collections.Counter(self.read(name)) for name, keys in expected.items()}
        return {name: sorted(keys.elements()) for name, keys in lacking.items() if keys}

    def _is_excused(self, one: Said) -> bool:
        return any(began <= one.at <= ended for began, ended in self._excused)

    def _doubled(self) -> list[str]:
        twice = {name: collections.Counter(self.read(name)) - collections.Counter(one.key for one in self.said(name))
                 for name in ADDRESSES}
        return [f"{keys.total()} values of the {name} came twice: {list(keys)[:5]}" for name, keys in twice.items() if keys]

    def descriptors(self) -> int:
        return footprint.descriptors(self._process_id)

    def matches(self) -> int:
        return footprint.matches(self._process_id, self.stage.bus_address)

    @property
    def _process_id(self) -> int:
        assert self.vigil.process is not None
        return self._pid or self.vigil.process.pid

    # Looking ------------------------------------------------------------------------------------------------------

    def is_discovering(self) -> bool:
        return bluez.objects(self.stage.bus_address)[bluez.ADAPTER]["org.bluez.Adapter1"]["Discovering"].value

    def shown(self, name: str) -> dict[str, Any]:
        """What `status` says of the device."""
        return next((one for one in self.vigil.status()["devices"] if one["id"] == self.ids[name]), {})
