# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at bluetoothd from the side: its objects, and the order of the daemon's calls."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from processes import Process

ADAPTER = "/org/bluez/hci0"


def path_of(address: str) -> str:
    return f"{ADAPTER}/dev_{address.replace(':', '_')}"


def objects(bus_address: str) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        bus = await MessageBus(bus_address=bus_address).connect()
        reply = await bus.call(Message(destination="org.bluez", path="/", member="GetManagedObjects",
                                       interface="org.freedesktop.DBus.ObjectManager"))
        bus.disconnect()
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        return reply.body[0]
    return asyncio.run(ask())


def device(bus_address: str, address: str) -> dict[str, Any] | None:
    """Properties of the device, None where bluetoothd does not know it."""
    found = objects(bus_address).get(path_of(address), {}).get("org.bluez.Device1")
    return {name: variant.value for name, variant in found.items()} if found is not None else None


def is_bonded(bus_address: str, address: str) -> bool:
    return bool((device(bus_address, address) or {}).get("Bonded"))


def bonded(bus_address: str) -> list[str]:
    """The addresses of all devices that there is a bond with."""
    devices = [one["org.bluez.Device1"] for one in objects(bus_address).values() if "org.bluez.Device1" in one]
    return [one["Address"].value for one in devices if one["Bonded"].value]


def is_pairable(bus_address: str) -> bool:
    return objects(bus_address)[ADAPTER]["org.bluez.Adapter1"]["Pairable"].value


def remove(bus_address: str, address: str) -> None:
    """As `bluetoothctl remove` does: the bond and the device are forgotten."""
    async def ask() -> None:
        bus = await MessageBus(bus_address=bus_address).connect()
        reply = await bus.call(Message(destination="org.bluez", path=ADAPTER, signature="o", body=[path_of(address)],
                                       interface="org.bluez.Adapter1", member="RemoveDevice"))
        bus.disconnect()
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
    asyncio.run(ask())


def connect(bus_address: str, address: str) -> None:
    """As `bluetoothctl scan le` and `connect` do; the link stays when this client has gone."""
    async def ask() -> None:
        bus = await MessageBus(bus_address=bus_address).connect()
        for path, interface, member in ((ADAPTER, "org.bluez.Adapter1", "StartDiscovery"),
                                        (path_of(address), "org.bluez.Device1", "Connect")):
            end = time.monotonic() + 10
            while True:
                reply = await bus.call(Message(destination="org.bluez", path=path, interface=interface, member=member))
                # It is not there before it has been heard.
                if reply.error_name != "org.freedesktop.DBus.Error.UnknownObject" or time.monotonic() > end:
                    break
                await asyncio.sleep(0.05)
            assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        bus.disconnect()
    asyncio.run(ask())


def switch_off(bus_address: str) -> None:
    """As `bluetoothctl power off` does."""
    async def ask() -> None:
        bus = await MessageBus(bus_address=bus_address).connect()
        reply = await bus.call(Message(destination="org.bluez", path=ADAPTER, signature="ssv",
                                       interface="org.freedesktop.DBus.Properties", member="Set",
                                       body=["org.bluez.Adapter1", "Powered", Variant("b", False)]))
        bus.disconnect()
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
    asyncio.run(ask())


def ask_agent(bus_address: str, address: str) -> str:
    """Asks the daemon's agent by itself, as bluetoothd does; the error that it answers with."""
    async def ask() -> str:
        bus = await MessageBus(bus_address=bus_address).connect()
        reply = await bus.call(Message(destination="org.vigil.Gateway1", path="/org/vigil/agent", signature="o",
                                       interface="org.bluez.Agent1", member="RequestAuthorization",
                                       body=[path_of(address)]))
        bus.disconnect()
        return reply.error_name if reply.message_type is MessageType.ERROR else "accepted"
    return asyncio.run(ask())


def forge_value(bus_address: str, address: str, uuid: str, value: bytes) -> None:
    """Tells the daemon alone what bluetoothd tells all: that a characteristic has this value."""
    [path] = [path for path, one in objects(bus_address).items()
              if path.startswith(path_of(address)) and "org.bluez.GattCharacteristic1" in one
              and one["org.bluez.GattCharacteristic1"]["UUID"].value.startswith(f"0000{uuid}-")]

    async def tell() -> None:
        bus = await MessageBus(bus_address=bus_address).connect()
        await bus.send(Message(message_type=MessageType.SIGNAL, destination="org.vigil.Gateway1", path=path,
                               interface="org.freedesktop.DBus.Properties", member="PropertiesChanged", signature="sa{sv}as",
                               body=["org.bluez.GattCharacteristic1", {"Value": Variant("ay", value)}, []]))
        # The bus has passed it on when it answers.
        await bus.call(Message(destination="org.freedesktop.DBus", path="/org/freedesktop/DBus", member="GetId",
                               interface="org.freedesktop.DBus"))
        bus.disconnect()
    asyncio.run(tell())


def own_uid() -> int:
    return os.getuid()


class CallRecorder(Process):
    """dbus-monitor on the private bus: which calls bluetoothd gets, in order."""

    def __init__(self, bus_address: str, log: Path):
        super().__init__("dbus-monitor", ["dbus-monitor", "--address", bus_address,
                                          "type='method_call',destination='org.bluez'"], log)

    def start(self) -> None:
        super().start()
        self.wait_for("member=NameLost")  # it has become a monitor

    def calls(self, address: str) -> list[str]:
        """Connect and StartNotify on the device and its characteristics."""
        found = re.findall(r"^method call.*path=(\S+); interface=\S+; member=(\S+)$", self.output(), re.MULTILINE)
        return [member for path, member in found
                if path.startswith(path_of(address)) and member in ("Connect", "StartNotify")]
