# SPDX-License-Identifier: GPL-3.0-or-later
"""A technician who pairs: reads what vigilctl says line by line, and answers when it is time to."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from typing import IO, Any, Protocol

import scenarios
from stage import Stage
from vigil import Answer
from waiting import PATIENCE, eventually


# Ending a link takes bluetoothd 2 s.
FAST = {"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}


class Commands(Protocol):
    def control(self, *arguments: str) -> subprocess.Popen:
        """vigilctl, begun, with pipes for all three."""


class Place(Protocol):
    """Where a technician works: the gateway's commands, and the devices."""

    vigil: Commands
    stage: Stage


class Technician:
    """`vigilctl pair --json`, begun."""

    GOOD = scenarios.pressure(127)

    def __init__(self, place: Place, address: str, *options: str, resident: str = "r-0001"):
        self._stage = place.stage
        self.command = place.vigil.control("pair", address, "--resident", resident, "--json", *options)
        self._out: list[str] = []
        self._err: list[str] = []
        self._readers = [self._read(self.command.stdout, self._out), self._read(self.command.stderr, self._err)]

    @staticmethod
    def _read(pipe: IO[str], lines: list[str]) -> threading.Thread:
        def read() -> None:
            for line in pipe:
                lines.append(line)
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        return reader

    @property
    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in list(self._out)]

    def find(self, **wanted: Any) -> list[dict[str, Any]]:
        return [one for one in self.heard if wanted.items() <= one.items()]

    def hear(self, limit: float = 30, **wanted: Any) -> dict[str, Any]:
        """The first line with these fields, as soon as it is there."""
        def found() -> list[dict[str, Any]]:
            ended = self.command.poll() is not None
            matching = self.find(**wanted)
            assert matching or not ended, f"it ended without {wanted}: {self._out}\n{self._err}"
            return matching
        return eventually(found, limit, lambda: f"{wanted}: {self._out}\n{self._err}")[0]

    def say(self, line: str) -> None:
        self.command.stdin.write(line + "\n")
        self.command.stdin.flush()

    def until_bonded(self, device: str = "cuff") -> None:
        self.hear(question="passkey")
        self.say(self._stage.passkey(device))
        self.hear(progress="bonded")

    def until_measuring(self, device: str = "cuff") -> None:
        self.until_bonded(device)
        self.hear(progress="measure")
        self._stage.wait_event("subscribed", device)

    def until_asked(self, device: str = "cuff") -> None:
        """The reading has come, and is it right?"""
        self.until_measuring(device)
        self._stage.tell(f"notify {device} 2a35 {self.GOOD}")
        self.hear(question="value")

    def hang_up(self) -> None:
        """End of file."""
        self.command.stdin.close()

    def press_ctrl_c(self) -> None:
        self.command.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self.command.kill()

    def end(self, limit: float = 30) -> Answer:
        """Waits until it has ended by itself."""
        try:
            self.command.wait(limit * PATIENCE)
        except subprocess.TimeoutExpired:
            self.command.kill()
            raise AssertionError(f"vigilctl did not end within {limit:g} s: {self._out}\n{self._err}") from None
        for reader in self._readers:
            reader.join()
        if not self.command.stdin.closed:
            self.command.stdin.close()
        return Answer(self.command.returncode, "".join(self._out), "".join(self._err))
