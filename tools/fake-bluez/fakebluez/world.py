# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices themselves, as they would be in the air: what goes on there goes on whether or not bluetoothd lives.

A story acts on a Peripheral; bluetoothd's side (device.py) holds on to one as its Host. The two sides meet only in
`link_up`, `link_down`, `indicate` and `Host`.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from device_clock import DeviceClock
from scenario import Announce, Scenario
from scenario import Device as DeviceSpec

from .events import Events


class Host(Protocol):
    """The gateway's end of a link."""

    def value_arrived(self, uuid: str, value: bytes) -> bool:
        """A notification or indication; False if nobody is there for it (an indication is confirmed all the same)."""

    def link_lost(self) -> None:
        """The device ended the link, or went out of range."""

    def services_changed(self) -> None:
        """The device's table is another one now (Service Changed)."""


class Peripheral:
    def __init__(self, spec: DeviceSpec, events: Events, passkey_dir: Path | None):
        self.spec, self._events, self._passkey_dir = spec, events, passkey_dir
        self.advertising, self.announced = spec.advertise, spec.announce
        self.host: Host | None = None
        self.paired = False  # keys are there: for good if bonded, else until the link ends
        self.bonded = False
        self.subscribed: set[str] = set()  # the client configuration of this link, bluetoothd's own uses included
        self.remembered: set[str] = set()  # the client configuration that a bonded device keeps over disconnections
        self.values = {uuid: item.value for service in spec.gatt.values() for uuid, item in service.items()}
        self.clocks = {uuid: DeviceClock(item.ahead) for service in spec.gatt.values() for uuid, item in service.items()
                       if item.has_clock}
        self.passkey: int | None = None  # on its display now
        self.shift = 0                         # how far a new firmware has moved its handles
        self.resolutions: list[str] = []       # how the next discoveries of its services go: seconds, `never` or `drop`
        self.sent = 0
        self.written: list[tuple[str, bytes]] = []  # on this link, and no step of the story has gone on by it yet
        self._waiting: set[asyncio.Future] = set()

    # Waiting for something to become true

    def touched(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)

    # The air

    @property
    def connected(self) -> bool:
        return self.host is not None

    @property
    def visible(self) -> bool:
        """Can be heard and connected to: a device with a link advertises no more until that ends."""
        return self.advertising and self.host is None

    def advertise(self, on: bool) -> None:
        if self.advertising != on:
            self.advertising = on
            self._events.write("advertising", device=self.spec.id, on=on)
            self.touched()

    def announce(self, data: Announce) -> None:
        if self.announced != data:
            self.announced = data
            self._events.write("announcing", device=self.spec.id)

    def link_up(self, host: Host) -> None:
        self.host = host
        self.paired = self.bonded
        self._events.write("connected", device=self.spec.id)
        self.touched()

    def link_down(self) -> None:
        """The host ended the link, or there is none on the other side any more."""
        if self.host is None:
            return
        self.host = None
        self.subscribed.clear()
        self.written.clear()
        self.paired = self.bonded
        self._events.write("disconnected", device=self.spec.id)
        self.touched()

    def drop(self) -> bool:
        """The device ends the link itself."""
        host = self.host
        if host is None:
            return False
        self.link_down()
        host.link_lost()
        return True

    # Subscriptions and values

    def subscribe(self, uuid: str, on: bool) -> None:
        if on == (uuid in self.subscribed):
            return
        (self.subscribed.add if on else self.subscribed.discard)(uuid)
        if self.bonded:
            (self.remembered.add if on else self.remembered.discard)(uuid)
        self._events.write("subscribed" if on else "unsubscribed", device=self.spec.id, characteristic=uuid)
        self.touched()

    def wanted(self, uuid: str) -> bool:
        """Whether the device thinks that the host wants values: a bonded one remembers it from the last link, and sends
        at once, subscribed or not (Core, Vol 3, Part G, 3.3.3.3)."""
        return self.host is not None and (uuid in self.subscribed or self.bonded and uuid in self.remembered)

    def indicate(self, uuid: str, value: bytes) -> bool:
        """Sends a value. False if it was for nobody. One that a bonded device was asked for, and that bluetoothd
        confirms and drops because nobody listens yet, is handed over: it is `sent` and not `heard`, and lost."""
        if self.host is None:
            return False
        self.values[uuid] = value
        heard = self.host.value_arrived(uuid, value)
        if not heard:
            self._events.write("dropped", device=self.spec.id, characteristic=uuid, value=value.hex())
            if not self.wanted(uuid):
                return False
        self.sent += 1
        self._events.write("sent", device=self.spec.id, characteristic=uuid, value=value.hex(), n=self.sent, heard=heard)
        return True

    def read(self, uuid: str) -> bytes:
        value = self.clocks[uuid].read(uuid) if uuid in self.clocks else self.values[uuid]
        self._events.write("read", device=self.spec.id, characteristic=uuid, value=value.hex())
        return value

    def write(self, uuid: str, offset: int, value: bytes) -> None:
        """The host has written this, and the story may go on by it."""
        if uuid in self.clocks:
            self.clocks[uuid].write(value)
        self.values[uuid] = self.values[uuid][:offset] + value
        self.written.append((uuid, value))
        self._events.write("written", device=self.spec.id, characteristic=uuid, value=value.hex())
        self.touched()

    async def until_written(self, uuid: str, value: bytes) -> None:
        """Each write is for one who waits."""
        await self.until(lambda: (uuid, value) in self.written)
        self.written.remove((uuid, value))

    def new_firmware(self, shift: int) -> None:
        """Other handles; what it had been configured to on the old ones is forgotten."""
        self.shift += shift
        self.subscribed.clear()
        self.remembered.clear()
        self._events.write("new-firmware", device=self.spec.id)
        if self.host is not None:
            self.host.services_changed()

    # Pairing

    def forget_bond(self) -> None:
        """Somebody has reset it; the host goes on believing in the bond."""
        self.bonded = False
        self.remembered.clear()
        self._events.write("unbonded", device=self.spec.id)
        self.drop()

    def show_passkey(self) -> int:
        self.passkey = random.randrange(1_000_000) if self.spec.passkey is None else self.spec.passkey
        if self._passkey_dir:
            partial = self._passkey_dir / f".{self.spec.id}.new"
            partial.write_text(f"{self.passkey:06d}\n")
            os.replace(partial, self._passkey_dir / self.spec.id)
        self._events.write("passkey", device=self.spec.id, passkey=self.passkey)
        return self.passkey

    def hide_passkey(self) -> None:
        self.passkey = None
        if self._passkey_dir:
            (self._passkey_dir / self.spec.id).unlink(missing_ok=True)

    def pairing_done(self, bonded: bool) -> None:
        self.paired, self.bonded = True, bonded
        self.remembered = set(self.subscribed) if bonded else set()
        self._events.write("paired", device=self.spec.id, bonded=bonded)
        self.touched()


class World:
    """All devices, and the signals by which the one who runs the scenario lets their stories go on."""

    def __init__(self, scenario: Scenario, events: Events, passkey_dir: Path | None):
        self.scenario = scenario
        self.peripherals = {spec.id: Peripheral(spec, events, passkey_dir) for spec in scenario.devices}
        self._signals: dict[str, asyncio.Event] = {}
        # What the controller itself can do, whether or not there is a bluetoothd.
        self.slots: int | None = None  # the most links that it can have
        self.deaf: str | None = None   # it reports no advertisement until it is told to `scan` anew, or its `power` comes back

    def at(self, address: str) -> Peripheral:
        return next(one for one in self.peripherals.values() if one.spec.address == address)

    def be_deaf(self, until: str | None) -> None:
        self.deaf = until
        for peripheral in self.peripherals.values():
            peripheral.touched()

    @property
    def is_full(self) -> bool:
        """The controller refuses one more link."""
        return self.slots is not None and sum(one.connected for one in self.peripherals.values()) >= self.slots

    def signal(self, name: str) -> asyncio.Event:
        return self._signals.setdefault(name, asyncio.Event())
