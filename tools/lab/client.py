# SPDX-License-Identifier: GPL-3.0-or-later
"""A small BlueZ client for the lab's own scripts: raw calls, and every signal with the time it came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method

ADAPTER = "/org/bluez/hci0"
PROPERTIES = "org.freedesktop.DBus.Properties"
DEVICE = "org.bluez.Device1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
BASE_UUID = "0000{}-0000-1000-8000-00805f9b34fb"


def device_path(address: str) -> str:
    return f"{ADAPTER}/dev_{address.replace(':', '_')}"


class Failure(Exception):
    """An error reply: its D-Bus name, its text and how long it took."""

    def __init__(self, name: str, text: str, seconds: float):
        super().__init__(f"{name}: {text} (after {seconds:.1f} s)")
        self.name, self.text, self.seconds = name, text, seconds


class Bluez:
    """One D-Bus client. `signals` has (seconds, path, interface.member, body) of all that bluetoothd sent."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.signals: list[tuple[float, str, str, list[Any]]] = []
        self._arrived = asyncio.Event()

    async def open(self) -> Bluez:
        self.bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self.bus.add_message_handler(self._on_message)
        await self._raw("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                        ["type='signal',sender='org.bluez'"])
        return self

    def close(self) -> None:
        self.bus.disconnect()

    def _on_message(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL:
            self.signals.append((time.monotonic() - self.start, message.path,
                                 f"{message.interface.rsplit('.', 1)[-1]}.{message.member}", message.body))
            arrived, self._arrived = self._arrived, asyncio.Event()
            arrived.set()

    async def _raw(self, destination: str, path: str, interface: str, member: str, signature: str,
                   body: list[Any]) -> list[Any]:
        begin = time.monotonic()
        reply = await self.bus.call(Message(destination=destination, path=path, interface=interface, member=member,
                                            signature=signature, body=body))
        if reply.message_type is MessageType.ERROR:
            raise Failure(reply.error_name, str(reply.body[0]) if reply.body else "", time.monotonic() - begin)
        return reply.body

    async def call(self, path: str, name: str, signature: str = "", *body: Any) -> list[Any]:
        interface, member = name.rsplit(".", 1)
        if not interface.startswith("org."):
            interface = f"org.bluez.{interface}"
        return await self._raw("org.bluez", path, interface, member, signature, list(body))

    async def get(self, path: str, interface: str, name: str) -> Any:
        return (await self.call(path, f"{PROPERTIES}.Get", "ss", interface, name))[0].value

    async def set(self, path: str, interface: str, name: str, signature: str, value: Any) -> None:
        await self.call(path, f"{PROPERTIES}.Set", "ssv", interface, name, Variant(signature, value))

    async def objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        return (await self.call("/", "org.freedesktop.DBus.ObjectManager.GetManagedObjects"))[0]

    async def characteristic(self, address: str, uuid: str) -> str:
        wanted = BASE_UUID.format(uuid)
        for path, interfaces in (await self.objects()).items():
            if path.startswith(device_path(address)) and CHARACTERISTIC in interfaces:
                if interfaces[CHARACTERISTIC]["UUID"].value == wanted:
                    return path
        raise LookupError(f"{address} has no {uuid} on the bus")

    # Waiting ---------------------------------------------------------------------------------------------------------

    async def until(self, what: str, holds: Callable[[], Any], seconds: float = 20) -> Any:
        """Looks again at every signal; gives back what `holds` did."""
        try:
            async with asyncio.timeout(seconds):
                while not (result := holds()):
                    await self._arrived.wait()
                return result
        except TimeoutError as error:
            raise TimeoutError(f"{what}: not within {seconds} s") from error

    def seen(self, path: str, interface: str, name: str, since: float = 0) -> list[Any]:
        """The values that the property has taken, by PropertiesChanged and InterfacesAdded."""
        result = []
        for at, source, signal, body in self.signals:
            if at < since:
                continue
            if signal == "Properties.PropertiesChanged" and source == path and body[0] == interface:
                changed = body[1]
            elif signal == "ObjectManager.InterfacesAdded" and body[0] == path:
                changed = body[1].get(interface, {})
            else:
                continue
            if name in changed:
                result.append(changed[name].value)
        return result

    async def becomes(self, path: str, interface: str, name: str, value: Any, seconds: float = 20) -> None:
        if await self.get(path, interface, name) == value:
            return
        since = self.now()
        await self.until(f"{path} {name} = {value}",
                         lambda: value in self.seen(path, interface, name, since), seconds)

    def now(self) -> float:
        return time.monotonic() - self.start

    async def values(self, path: str, count: int, since: float, seconds: float = 30) -> list[str]:
        """The first so many values of a characteristic that came since then."""
        def arrived() -> list[str] | None:
            found = [bytes(value).hex() for value in self.seen(path, CHARACTERISTIC, "Value", since)]
            return found[:count] if len(found) >= count else None
        return await self.until(f"{count} values of {path}", arrived, seconds)

    # What the scripts do often ---------------------------------------------------------------------------------------

    async def find(self, *addresses: str, seconds: float = 30) -> None:
        """Discovers until all are there."""
        since = self.now()
        await self.call(ADAPTER, "Adapter1.SetDiscoveryFilter", "a{sv}", {"Transport": Variant("s", "le")})
        await self.call(ADAPTER, "Adapter1.StartDiscovery")
        known = set(await self.objects())
        for address in addresses:
            path = device_path(address)
            await self.until(f"discovery of {address}", lambda path=path: path in known or any(
                at >= since and signal == "ObjectManager.InterfacesAdded" and body[0] == path
                for at, _, signal, body in self.signals), seconds)
        await self.call(ADAPTER, "Adapter1.StopDiscovery")

    async def connect(self, address: str) -> None:
        """Connects and waits until the attribute table is on the bus."""
        path = device_path(address)
        await self.call(path, "Device1.Connect")
        await self.becomes(path, DEVICE, "ServicesResolved", True)

    async def connected(self, address: str) -> bool:
        return await self.get(device_path(address), DEVICE, "Connected")


class Agent(ServiceInterface):
    """Types the passkey that the device shows; `answer` makes it do something else, `asked` is what it was asked."""

    def __init__(self, passkeys: Path, devices: dict[str, str], seconds: float = 20):
        super().__init__("org.bluez.Agent1")
        self.passkeys, self.devices, self.seconds = passkeys, devices, seconds
        self.answer: Callable[[int], int] = lambda passkey: passkey
        self.asked: list[str] = []

    async def register(self, bluez: Bluez, capability: str = "KeyboardDisplay") -> None:
        bluez.bus.export("/lab/agent", self)
        await bluez.call("/org/bluez", "AgentManager1.RegisterAgent", "os", "/lab/agent", capability)
        await bluez.call("/org/bluez", "AgentManager1.RequestDefaultAgent", "o", "/lab/agent")

    async def unregister(self, bluez: Bluez) -> None:
        await bluez.call("/org/bluez", "AgentManager1.UnregisterAgent", "o", "/lab/agent")
        bluez.bus.unexport("/lab/agent")

    @method()
    def Release(self):
        self.asked.append("Release")

    @method()
    async def RequestPasskey(self, device: "o") -> "u":  # noqa: F821
        self.asked.append("RequestPasskey")
        display = self.passkeys / self.devices[device]
        async with asyncio.timeout(self.seconds):
            while not display.exists():
                await asyncio.sleep(0.05)
        return self.answer(int(display.read_text()))

    @method()
    def DisplayPasskey(self, device: "o", passkey: "u", entered: "q"):  # noqa: F821
        self.asked.append("DisplayPasskey")

    @method()
    def RequestConfirmation(self, device: "o", passkey: "u"):  # noqa: F821
        self.asked.append("RequestConfirmation")
        self.answer(passkey)

    @method()
    def RequestAuthorization(self, device: "o"):  # noqa: F821
        self.asked.append("RequestAuthorization")
        self.answer(0)

    @method()
    def AuthorizeService(self, device: "o", uuid: "s"):  # noqa: F821
        self.asked.append("AuthorizeService")

    @method()
    def Cancel(self):
        self.asked.append("Cancel")


def rejecting(_passkey: int) -> int:
    raise DBusError("org.bluez.Error.Rejected", "no")
