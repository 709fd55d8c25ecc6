# SPDX-License-Identifier: GPL-3.0-or-later
"""A private bus for each run, a fake for each test, and a client that waits for signals instead of sleeping."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

PROGRAM = Path(__file__).parents[1] / "fake-bluez"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
sys.path[:0] = [str(SCENARIOS), str(PROGRAM.parent)]

LIMIT = 8.0
ADAPTER = "/org/bluez/hci0"
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={0}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""

FAST = {"ADVERTISING_INTERVAL": "0.03", "LINK_DELAY": "0.02", "RESOLVE_DELAY": "0.05", "CACHED_DELAY": "0.05",
        "DISCONNECT_DELAY": "0.1", "PAIR_DELAY": "0.02", "CONNECT_TIMEOUT": "0.5"}


@pytest.fixture(scope="session")
def bus_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("bus")
    config = directory / "bus.conf"
    config.write_text(BUS_CONFIG.format(directory))
    daemon = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", "--config-file", config],
                              stdout=subprocess.PIPE, text=True)
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.wait()


class CallFailed(Exception):
    def __init__(self, name: str, text: str):
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


class Client:
    """A D-Bus client that remembers every signal of bluetoothd and answers as a pairing agent."""

    def __init__(self, bus: MessageBus):
        self.bus = bus
        self.signals: list[Message] = []
        self.asked: list[tuple[str, list]] = []
        self.answer: Callable[[str], Any] = lambda member: None
        self._news = asyncio.Event()
        bus.add_message_handler(self._message)

    @property
    def name(self) -> str:
        return self.bus.unique_name

    def _message(self, message: Message) -> Any:
        if message.message_type is MessageType.SIGNAL and message.path != "/org/freedesktop/DBus":
            self.signals.append(message)
            self._news.set()
        if message.message_type is MessageType.METHOD_CALL and message.interface == "org.bluez.Agent1":
            self.asked.append((message.member, message.body))
            self._news.set()
            answer = self.answer(message.member)
            if answer is NotImplemented:
                return True  # never answered
            if isinstance(answer, str):
                return Message.new_error(message, answer, "no")
            return Message.new_method_return(message, "u", [answer]) if answer is not None else \
                Message.new_method_return(message)
        return None

    async def until(self, condition: Callable[[], Any]) -> Any:
        async with asyncio.timeout(LIMIT):
            while not (result := condition()):
                self._news.clear()
                await self._news.wait()
            return result

    async def raw(self, destination: str, path: str, interface: str, member: str, signature: str = "",
                  *body: Any) -> list[Any]:
        message = Message(destination=destination, path=path, interface=interface, member=member, signature=signature,
                          body=list(body))
        reply = await asyncio.wait_for(self.bus.call(message), LIMIT)
        if reply.message_type is MessageType.ERROR:
            raise CallFailed(reply.error_name, reply.body[0] if reply.body else "")
        return reply.body

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        result = await self.raw("org.bluez", path, f"org.bluez.{interface}", member, signature, *body)
        return result[0] if result else None

    async def adapter(self, member: str, signature: str = "", *body: Any) -> Any:
        return await self.call(ADAPTER, "Adapter1", member, signature, *body)

    async def objects(self) -> dict[str, Any]:
        return (await self.raw("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))[0]

    async def get(self, path: str, interface: str, name: str) -> Any:
        body = await self.raw("org.bluez", path, "org.freedesktop.DBus.Properties", "Get", "ss",
                              f"org.bluez.{interface}", name)
        return body[0].value

    async def set(self, path: str, interface: str, name: str, signature: str, value: Any) -> None:
        await self.raw("org.bluez", path, "org.freedesktop.DBus.Properties", "Set", "ssv", f"org.bluez.{interface}",
                       name, Variant(signature, value))

    def changes(self, path: str, name: str) -> list[Any]:
        """Every value the property was said to have, None where it was invalidated."""
        return [message.body[1][name].value if name in message.body[1] else None
                for message in self.signals if message.member == "PropertiesChanged" and message.path == path
                and (name in message.body[1] or name in message.body[2])]

    async def changed(self, path: str, name: str, value: Any) -> None:
        await self.until(lambda: value in self.changes(path, name))

    def values(self, path: str) -> list[str]:
        return [value.hex() for value in self.changes(path, "Value")]

    def added(self, path: str) -> bool:
        return any(m.member == "InterfacesAdded" and m.body[0] == path for m in self.signals)

    def removed(self, path: str) -> bool:
        return any(m.member == "InterfacesRemoved" and m.body[0] == path for m in self.signals)

    async def register_agent(self, capability: str = "KeyboardDisplay") -> None:
        await self.call("/org/bluez", "AgentManager1", "RegisterAgent", "os", "/agent", capability)

    async def discover(self, *devices: str) -> None:
        """Until the devices are there; then no longer."""
        await self.adapter("StartDiscovery")
        known = await self.objects()
        for device in devices:
            if device not in known:
                await self.until(lambda: self.added(device))
        await self.adapter("StopDiscovery")

    async def connect(self, device: str) -> None:
        await self.call(device, "Device1", "Connect")
        await self.changed(device, "ServicesResolved", True)

    async def characteristic(self, device: str, uuid: str) -> str:
        for path, interfaces in (await self.objects()).items():
            item = interfaces.get("org.bluez.GattCharacteristic1")
            if item and path.startswith(device) and item["UUID"].value.startswith(f"0000{uuid}"):
                return path
        raise LookupError(uuid)

    async def start_notify(self, path: str) -> None:
        await self.call(path, "GattCharacteristic1", "StartNotify")


class Fake:
    """The program under test, its events and its control socket."""

    def __init__(self, address: str, directory: Path):
        self.address, self.directory = address, directory
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._clients: list[Client] = []

    async def start(self, scenario: Path, arguments: list[str], timing: dict[str, str]) -> None:
        environment = os.environ | {f"FAKE_BLUEZ_{name}": value for name, value in (FAST | timing).items()}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, PROGRAM, scenario, "--address", self.address, "--control", self.directory / "control",
            "--passkey-dir", self.directory / "passkeys", *arguments, stdout=asyncio.subprocess.PIPE, env=environment)
        self._reader = asyncio.ensure_future(self._read())
        await self.event("ready")
        self.reader, self.writer = await asyncio.open_unix_connection(self.directory / "control")

    async def stop(self) -> None:
        for client in self._clients:
            client.bus.disconnect()
        if self.process.returncode is None:
            self.process.terminate()
        assert await asyncio.wait_for(self.process.wait(), LIMIT) == 0
        await self._reader
        self.writer.close()

    async def _read(self) -> None:
        while line := await self.process.stdout.readline():
            self.events.append(json.loads(line))
            self._news.set()

    def find(self, name: str, **fields: Any) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == name and fields.items() <= one.items()]

    async def event(self, name: str, count: int = 1, **fields: Any) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT):
            while len(found := self.find(name, **fields)) < count:
                self._news.clear()
                await self._news.wait()
            return found[count - 1]

    async def control(self, line: str) -> str:
        self.writer.write(f"{line}\n".encode())
        return (await asyncio.wait_for(self.reader.readline(), LIMIT)).decode().strip()

    async def client(self) -> Client:
        bus = await MessageBus(bus_address=self.address).connect()
        client = Client(bus)
        await client.raw("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                         "type='signal',sender='org.bluez'")
        self._clients.append(client)
        return client


Stage = Callable[..., Awaitable[None]]


@pytest.fixture
def play(bus_address: str, tmp_path: Path) -> Callable[..., None]:
    """play(test, scenario, timing...): runs the coroutine `test(fake, client)` against the scenario."""

    def run(test: Stage, scenario: str | Path, *arguments: str, **timing: str) -> None:
        path = scenario
        if isinstance(scenario, str):
            path = tmp_path / "scenario.yaml"
            path.write_text(scenario)

        async def whole() -> None:
            fake = Fake(bus_address, tmp_path)
            await fake.start(path, list(arguments), timing)
            try:
                await test(fake, await fake.client())
            finally:
                await fake.stop()

        asyncio.run(whole())

    return run


def device_path(number: int) -> str:
    return f"{ADAPTER}/dev_F5_F1_F2_F3_F4_{number:02X}"


async def fails(call: Awaitable[Any], name: str, text: str | None = None) -> None:
    with pytest.raises(CallFailed) as caught:
        await call
    assert caught.value.name.removeprefix("org.bluez.Error.") == name
    assert text is None or caught.value.text == text


async def after(_started: object, call: Awaitable[Any]) -> Any:
    """The call, once the one before it has been sent; what order they then have is the bus's business."""
    await asyncio.sleep(0)
    return await call
