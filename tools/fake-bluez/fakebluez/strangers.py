# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's devices that pass by, each under a random address of its own: nobody's, and nobody wants them."""

from __future__ import annotations

import asyncio
import random
from collections import deque

from scenario import Announce, Characteristic, Device

from .events import Events
from .world import Peripheral, World

TICK = 0.02
APPLE, MICROSOFT = 0x004C, 0x0006
# What they advertise, one after the other: services that a home's own devices have too, data of a maker, nothing at all.
SERVICES = {"180d": ("2a37", "notify"), "1810": ("2a35", "indicate"), "1822": ("2a5f", "notify")}
MAKERS = {APPLE: bytes.fromhex("1005031c5a2b7d"), MICROSOFT: bytes.fromhex("0109200226d5")}
KINDS: tuple[str | int | None, ...] = (*SERVICES, *MAKERS, None)


class Strangers:
    """Part of the devices of a World for as long as they are in hearing. One that has a link stays."""

    def __init__(self, world: World, events: Events):
        self._world, self._events = world, events
        self._number = 0
        self._random = random.Random(0)

    async def pass_by(self, count: int, rate: float, stay: float) -> None:
        """So many come, `rate` in a second, and go again after `stay` seconds."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        here: deque[tuple[float, Peripheral]] = deque()
        self._events.write("strangers", count=count)
        came = 0
        while came < count or here:
            now = loop.time()
            while came < min(count, (now - began) * rate):
                here.append((now + stay, self._come()))
                came += 1
            while here and here[0][0] <= now:
                self._go(here.popleft()[1])
            await asyncio.sleep(TICK)
        self._events.write("strangers-gone", count=count)

    def _come(self) -> Peripheral:
        self._number += 1
        kind = KINDS[self._number % len(KINDS)]
        peripheral = Peripheral(_stranger(f"stranger-{self._number}", self._address(), kind), self._events, None)
        self._world.peripherals[peripheral.spec.id] = peripheral
        return peripheral

    def _go(self, peripheral: Peripheral) -> None:
        if not peripheral.connected:
            del self._world.peripherals[peripheral.spec.id]

    def _address(self) -> str:
        """A resolvable private one: the upper bits are 01 (Core, Vol 6, Part B, 1.3.2.2)."""
        octets = (1 << 46 | self._random.getrandbits(46)).to_bytes(6, "big")
        return ":".join(f"{octet:02X}" for octet in octets)


def _stranger(id: str, address: str, kind: str | int | None) -> Device:
    gatt, announce = {}, Announce()
    if isinstance(kind, str):
        uuid, sends = SERVICES[kind]
        gatt = {kind: {uuid: Characteristic(uuid, (sends,))}}
    elif kind is not None:
        announce = Announce({kind: MAKERS[kind]})
    return Device(id=id, address=address, name="", services=tuple(gatt), announce=announce, advertise=True,
                  pairing="just-works", passkey=None, require="none", disconnect_after_pairing=False, gatt=gatt, story=())
