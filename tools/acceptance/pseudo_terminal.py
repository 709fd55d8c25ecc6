# SPDX-License-Identifier: GPL-3.0-or-later
"""vigilctl on a terminal: what a person sees there, and what is left when it has ended."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
from pathlib import Path

from waiting import eventually

# What vigilctl's live pictures are made of: a line is always erased and written whole.
SEQUENCE = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])")
ALTERNATE_SCREEN, CURSOR, WRAPPING = "?1049", "?25", "?7"


class PseudoTerminal:
    """A program with a terminal of its own, which is its controlling one, so that Ctrl-C reaches it."""

    def __init__(self, arguments: list[str | Path], environment: dict[str, str], columns: int = 80, lines: int = 24):
        self._size = struct.pack("HHHH", lines, columns, 0, 0)
        self._raw = b""
        self.code: int | None = None
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.execve(arguments[0], [str(one) for one in arguments],
                      os.environ | {"TERM": "xterm", "LANG": "en_US.UTF-8"} | environment)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, self._size)
        self.modes = termios.tcgetattr(self._master)

    def _read(self) -> str:
        while self._master >= 0 and select.select([self._master], [], [], 0)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # nobody has it open any more
                data = b""
            if not data:
                break
            self._raw += data
        return self._raw.decode("utf-8", "replace")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    @property
    def is_restored(self) -> bool:
        """No alternate screen, the cursor there, lines wrap, and what is typed can be seen."""
        switched = {name: action for name, action in re.findall(r"\x1b\[(\?\d+)([hl])", self._read())}
        return (switched.get(ALTERNATE_SCREEN, "l"), switched.get(CURSOR, "h"), switched.get(WRAPPING, "h")) == (
            "l", "h", "h") and termios.tcgetattr(self._master)[3] == self.modes[3]

    @property
    def picture(self) -> list[str]:
        """The lines of the alternate screen, as they are or as they were last."""
        rows: dict[int, str] = {}
        row, is_picture, position = 0, False, 0
        text = self._read()
        for match in SEQUENCE.finditer(text):
            if is_picture:
                rows[row] = rows.get(row, "") + text[position:match.start()]
            position = match.end()
            arguments, name = match.groups()
            if arguments == ALTERNATE_SCREEN:
                is_picture = name == "h"
            elif name == "H":
                row = int(arguments.split(";")[0])
            elif (arguments, name) == ("2", "K"):
                rows[row] = ""
            elif (arguments, name) == ("2", "J") and is_picture:
                rows = {}
        if is_picture and "\x1b" not in text[position:]:
            rows[row] = rows.get(row, "") + text[position:]
        return [rows.get(number, "") for number in range(1, max(rows, default=0) + 1)]

    @property
    def left(self) -> list[str]:
        """What stays on the normal screen."""
        return SEQUENCE.sub("", self._read().rpartition("\x1b[?1049l")[2]).replace("\r\n", "\n").splitlines()

    def row(self, *words: str) -> str | None:
        """The first line of the picture that has all these words."""
        return next((line for line in self.picture if all(word in line for word in words)), None)

    def wait_for(self, *words: str, limit: float = 20) -> str:
        return eventually(lambda: self.row(*words), limit, lambda: f"{words} in\n" + "\n".join(self.picture))

    def wait(self, limit: float = 10) -> int:
        """The exit code, as in subprocess."""
        def ended() -> bool:
            self._read()
            if self.code is None and (found := os.waitpid(self.pid, os.WNOHANG))[0]:
                self.code = os.waitstatus_to_exitcode(found[1])
            return self.code is not None
        eventually(ended, limit, lambda: "the program ends:\n" + "\n".join(self.picture))
        return self.code

    def close(self) -> None:
        if self.code is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._master)
        self._master = -1


