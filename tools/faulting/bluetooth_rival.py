# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program on the box that has subscribed to a device too."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Any

import bluez
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus


class Rival:
    """Has a notification session of its own while the block runs."""

    def __init__(self, bus_address: str, address: str, characteristic: str):
        self._bus_address, self._device, self._uuid = bus_address, bluez.path_of(address), f"0000{characteristic}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._bus: MessageBus | None = None

    def __enter__(self) -> "Rival":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._subscribe(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bus:
            self._loop.call_soon_threadsafe(self._bus.disconnect)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _subscribe(self) -> None:
        self._bus = await MessageBus(bus_address=self._bus_address).connect()
        [objects] = await self._call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        [path] = [path for path, interfaces in objects.items() if path.startswith(self._device) and self._is_wanted(interfaces)]
        await self._call(path, "org.bluez.GattCharacteristic1", "StartNotify")

    def _is_wanted(self, interfaces: dict[str, Any]) -> bool:
        characteristic = interfaces.get("org.bluez.GattCharacteristic1")
        return characteristic is not None and characteristic["UUID"].value.startswith(self._uuid)

    async def _call(self, path: str, interface: str, member: str) -> list[Any]:
        assert self._bus is not None
        reply = await self._bus.call(Message(destination="org.bluez", path=path, interface=interface, member=member))
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        return reply.body
