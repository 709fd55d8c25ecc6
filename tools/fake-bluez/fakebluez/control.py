# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket: the one who runs the scenario plays the household, the cat, and fate."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import sys
from pathlib import Path

from scenario import CALLS, Announce

from .agent import QUESTIONS
from .daemon import Daemon
from .faults import Faults
from .strangers import Strangers
from .world import Peripheral, World


# A new firmware has that many handles more in front.
HANDLES = 0x10
# So many seconds a stranger is in hearing.
STAY = 5.0


class CommandError(Exception):
    """What is answered after `error: `."""


class Control:
    def __init__(self, world: World, daemon: Daemon, faults: Faults, strangers: Strangers):
        self._world, self._daemon, self._faults, self._strangers = world, daemon, faults, strangers
        self.quit = asyncio.Event()
        self._restart: asyncio.Task | None = None
        self._passing: asyncio.Task | None = None
        self._server: asyncio.Server | None = None

    async def listen(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        # Under another name until it listens, so that whoever waits for the path can connect at once.
        early = path.with_name(f".{path.name}.new")
        early.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, early)
        os.rename(early, path)

    def close(self) -> None:
        if self._server:
            self._server.close()
        for task in (self._restart, self._passing):
            if task:
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):  # cancelled: the program ends
            while line := await reader.readline():
                try:
                    answer = await self._answer(shlex.split(line.decode("utf-8", "replace")))
                except (CommandError, ValueError) as error:
                    answer = f"error: {error}"
                writer.write(f"{answer}\n".encode())
                await writer.drain()
        writer.close()

    async def _answer(self, words: list[str]) -> str:
        match words:
            case ["ask", device, kind]:
                if kind not in QUESTIONS:
                    raise CommandError(f"unknown question (known: {', '.join(QUESTIONS)})")
                return f"ok {await self._daemon.ask(kind, self._peripheral(device).spec.address)}"
            case _:
                return self._command(words)

    def _command(self, words: list[str]) -> str:
        match words:
            case ["signal", name]:
                self._world.signal(name).set()
            case ["drop", device]:
                if not self._peripheral(device).drop():
                    raise CommandError("not connected")
            case ["advertise", device, "on" | "off" as state]:
                self._peripheral(device).advertise(state == "on")
            case ["announce", device, "manufacturer", company, value]:
                self._peripheral(device).announce(Announce({int(company, 16): bytes.fromhex(value)}))
            case ["announce", device, "service-data", uuid, value]:
                self._peripheral(device).announce(Announce({}, {uuid.lower(): bytes.fromhex(value)}))
            case ["notify", device, uuid, value]:
                self._notify(self._peripheral(device), uuid.lower(), value)
            case ["passkey-of", device]:
                number = self._peripheral(device).passkey
                if number is None:
                    raise CommandError("none shown")
                return f"ok {number:06d}"
            case ["quit"]:
                self.quit.set()
            case ["adapter", "power", "on" | "off" | "blocked" as state]:
                if not self._daemon.adapter:
                    raise CommandError("no adapter")
                self._daemon.adapter.blocked = state == "blocked"
                self._daemon.adapter.power(state == "on")
            case ["adapter", "remove"]:
                if not self._daemon.unplug():
                    raise CommandError("no adapter")
            case ["adapter", "add", *index] if len(index) < 2:
                if index and not re.fullmatch(r"hci\d", index[0]):
                    raise CommandError("an index is hci0 to hci9")
                if not self._daemon.plug(*index):
                    raise CommandError("there is one, or bluetoothd is not there")
            case ["slots", "all" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" as number]:
                self._world.slots = None if number == "all" else int(number)
            case ["deaf", "scan" | "power" | "off" as until]:
                self._world.be_deaf(None if until == "off" else until)
            case ["resolve", device, how, *times] if len(times) < 2:
                if how not in ("never", "drop"):
                    _number(how)
                self._peripheral(device).resolutions += [how] * _times(times)
            case ["new-firmware", device]:
                self._peripheral(device).new_firmware(HANDLES)
            case ["unbond", device]:
                self._peripheral(device).forget_bond()
            case ["strangers", count, rate, *stay] if len(stay) < 2:
                self._begin_passing(_times([count]), _number(rate), _number(stay[0]) if stay else STAY)
            case ["restart", *seconds] if len(seconds) < 2:
                self._begin_restart(_number(seconds[0]) if seconds else 1.0)
            case ["error", call, name, text, *times] if len(times) < 2:
                if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", name):
                    raise CommandError(f"`{name}` is not a D-Bus error name")
                self._faults.fail(_call(call), name, text, _times(times))
            case ["hang", call, *times] if len(times) < 2:
                self._faults.hang(_call(call), _times(times))
            case ["delay", call, seconds, *times] if len(times) < 2:
                self._faults.delay(_call(call), _number(seconds), _times(times))
            case ["clear", *calls] if len(calls) < 2:
                self._faults.clear(_call(calls[0]) if calls else None)
            case _:
                raise CommandError(f"unknown command: {' '.join(words)}")
        return "ok"

    def _peripheral(self, name: str) -> Peripheral:
        if name not in self._world.peripherals:
            raise CommandError(f"no device {name}")
        return self._world.peripherals[name]

    @staticmethod
    def _notify(device: Peripheral, uuid: str, value: str) -> None:
        spec = device.spec.characteristic(uuid)
        if spec is None or not {"notify", "indicate"} & set(spec.properties):
            raise CommandError(f"no characteristic {uuid} with notify or indicate")
        if not device.connected:
            raise CommandError("not connected")
        if not device.indicate(uuid, bytes.fromhex(value)):
            raise CommandError("nobody is subscribed")

    def _begin_restart(self, away: float) -> None:
        if self._restart and not self._restart.done():
            raise CommandError("restarting already")
        self._restart = asyncio.ensure_future(self._daemon.restart(away))
        self._restart.add_done_callback(self._ended)

    def _begin_passing(self, count: int, rate: float, stay: float) -> None:
        if self._passing and not self._passing.done():
            raise CommandError("some pass by already")
        if not rate:
            raise CommandError("RATE is more than 0")
        self._passing = asyncio.ensure_future(self._strangers.pass_by(count, rate, stay))
        self._passing.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task) -> None:
        if not task.cancelled() and (error := task.exception()):
            print(f"fake-bluez: {error!r}", file=sys.stderr)
            self.quit.set()


def _call(name: str) -> str:
    if name not in CALLS:
        raise CommandError(f"unknown call (known: {', '.join(CALLS)})")
    return name


def _times(words: list[str]) -> int:
    if words and not re.fullmatch(r"[1-9]\d{0,8}", words[0]):
        raise CommandError(f"`{words[0]}` is not a number from 1")
    return int(words[0]) if words else 1


def _number(word: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", word):
        raise CommandError(f"`{word}` is not a number")
    return float(word)
