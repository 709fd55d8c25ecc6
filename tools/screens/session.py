# SPDX-License-Identifier: GPL-3.0-or-later
"""vigilctl in a pseudo-terminal, typed at when it asks."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

from emulator import COLUMNS, LINES, Emulator
from waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
CTRL_C = "\x03"


class Late(AssertionError):
    """What was waited for did not show."""


class Session:
    """One command. Its screen begins with the line that a person would have typed."""

    def __init__(self, program: Path, arguments: list[str], environment: dict[str, str], prompt: str = "$ "):
        self.emulator = Emulator()
        self.emulator.begin(f"{prompt}{program.name} {' '.join(arguments)}".rstrip())
        self.code: int | None = None
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.chdir(ROOT)
            os.execve(program, [str(program), *arguments], os.environ | {"TERM": "xterm-256color"} | environment)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._modes = termios.tcgetattr(self._master)

    @property
    def text(self) -> str:
        return self.emulator.text

    def _take(self, seconds: float) -> bool:
        """Feeds what there is, waiting for it at most so long; False at the end of all output."""
        if self._master in select.select([self._master], [], [], seconds)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: nobody has the other side open any more
                data = b""
            self.emulator.feed(data)
            return bool(data)
        return True

    def wait(self, condition: str | Callable[[str], bool], limit: float = 20) -> str:
        """The screen as soon as these words stand on it, or the condition is true of it."""
        end = time.monotonic() + limit * PATIENCE
        is_open = True
        while True:
            text = self.text
            if (condition in text) if isinstance(condition, str) else condition(text):
                return text
            if not is_open or time.monotonic() > end:
                raise Late(f"{condition!r} does not show:\n{text}")
            is_open = self._take(end - time.monotonic())

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def end(self, limit: float = 20) -> int:
        """The exit code, once the program has ended and all that it said is on the screen."""
        end = time.monotonic() + limit * PATIENCE
        while self._take(max(end - time.monotonic(), 0)):
            if time.monotonic() > end:
                raise Late(f"the program does not end:\n{self.text}")
        modes = termios.tcgetattr(self._master)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self.faults = self.emulator.faults()
        if modes[3] != self._modes[3]:
            self.faults.append("what is typed does not show any more")
        return self.code

    def close(self) -> None:
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._master)
