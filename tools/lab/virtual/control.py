# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket: one command a line, one answer a line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
from pathlib import Path

from events import Passkeys
from peripheral import Peripheral
from scenario import Announce
from story import Signals

FAKE_ONLY = ("adapter", "restart", "error", "hang")


class CommandError(Exception):
    """What is wrong with a command."""


class Control:
    def __init__(self, peripherals: dict[str, Peripheral], signals: Signals, passkeys: Passkeys):
        self.peripherals, self.signals, self.passkeys = peripherals, signals, passkeys
        self.quit = asyncio.Event()

    async def listen(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        # under another name until it listens: who waits for the path can connect at once
        early = path.with_name(f".{path.name}")
        early.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, early)
        os.rename(early, path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                try:
                    answer = await self._command(shlex.split(line.decode(errors="replace")))
                except (CommandError, ValueError) as error:
                    answer = f"error: {error}"
                writer.write(answer.encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _command(self, words: list[str]) -> str:
        match words:
            case ["signal", name]:
                self.signals.give(name)
            case ["drop", device]:
                if self._device(device).connection is None:
                    raise CommandError("not connected")
                await self._device(device).disconnect()
            case ["advertise", device, "on" | "off" as state]:
                await self._device(device).advertise(state == "on")
            case ["announce", device, "manufacturer", company, value]:
                await self._device(device).announce(Announce({int(company, 16): bytes.fromhex(value)}))
            case ["announce", device, "service-data", uuid, value]:
                await self._device(device).announce(Announce({}, {uuid.lower(): bytes.fromhex(value)}))
            case ["unbond", device]:
                await self._device(device).forget_bond()
            case ["notify", device, uuid, value]:
                await self._notify(self._device(device), uuid.lower(), value)
            case ["passkey-of", device]:
                self._device(device)
                passkey = self.passkeys.shown.get(device)
                if passkey is None:
                    raise CommandError("none shown")
                return f"ok {passkey:06}"
            case ["quit"]:
                self.quit.set()
            case [name, *_] if name in FAKE_ONLY:
                raise CommandError(f"{name} is for the fake only")
            case _:
                raise CommandError("unknown command")
        return "ok"

    def _device(self, name: str) -> Peripheral:
        if name not in self.peripherals:
            raise CommandError(f"no device {name}")
        return self.peripherals[name]

    async def _notify(self, peripheral: Peripheral, uuid: str, value: str) -> None:
        spec = peripheral.spec.characteristic(uuid)
        if spec is None or not {"notify", "indicate"} & set(spec.properties):
            raise CommandError(f"no characteristic {uuid} with notify or indicate")
        data = bytes.fromhex(value)
        if peripheral.connection is None:
            raise CommandError("not connected")
        if not peripheral.wanted(uuid):
            raise CommandError("nobody is subscribed")
        if not await peripheral.send(uuid, data):
            raise CommandError("not confirmed")
