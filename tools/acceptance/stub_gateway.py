# SPDX-License-Identifier: GPL-3.0-or-later
"""A private bus, and on it somebody in the daemon's place who answers as he is told: errors that the real one gives rarely."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
from pathlib import Path

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from processes import Process
from stage import BUS_CONFIG
from waiting import eventually

NAME = "org.vigil.Gateway1"
OBJECT = "/org/vigil/Gateway1"


class PrivateBus:
    """A dbus-daemon; `policy` is put at the end of its configuration."""

    def __init__(self, policy: str = ""):
        # Not pytest's directory: the path of a Unix socket has room for 107 characters.
        self.directory = Path(tempfile.mkdtemp(prefix="vigil-bus-"))
        self.directory.chmod(0o755)
        self.path = self.directory / "bus"
        self.address = f"unix:path={self.path}"
        config = self.directory / "bus.conf"
        config.write_text(BUS_CONFIG.format(self.path).replace("</busconfig>", f"{policy}</busconfig>"))
        self._daemon = Process("dbus-daemon", ["dbus-daemon", "--nofork", "--config-file", config],
                               self.directory / "bus.log")
        self._daemon.start()

        def listens() -> bool:
            with socket.socket(socket.AF_UNIX) as probe:
                return probe.connect_ex(str(self.path)) == 0
        eventually(listens, 10, "the private bus listens")

    def close(self) -> None:
        self._daemon.kill()


class StubGateway:
    """Owns the daemon's name. `error` or `body` is the answer to every method; `hangs_up` leaves the bus instead."""

    def __init__(self, bus: PrivateBus):
        self.error: tuple[str, str] | None = None
        self.body: tuple[str, list[object]] = ("s", ["[]"])
        self.hangs_up = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._connect(bus.address))

    def _run(self, work) -> None:  # type: ignore[no-untyped-def]
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _connect(self, address: str) -> None:
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(NAME)

    def _answer(self, call: Message) -> Message | bool | None:
        if call.message_type is not MessageType.METHOD_CALL or call.interface != NAME:
            return None
        if self.hangs_up:
            self._bus.disconnect()
            return True
        if self.error:
            return Message.new_error(call, *self.error)
        return Message.new_method_return(call, *self.body)

    def emit(self, member: str, signature: str, body: list[object]) -> None:
        async def send() -> None:
            await self._bus.send(Message.new_signal(OBJECT, NAME, member, signature, body))
        self._run(send())

    def close(self) -> None:
        if not self._thread.is_alive():
            return

        async def leave() -> None:
            self._bus.disconnect()
        self._run(leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
