# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal of 80 columns and 24 lines, as text: pyte, with what it lacks for our programs."""

from __future__ import annotations

import copy
import re
from typing import Any

import pyte
from wcwidth import wcwidth

COLUMNS, LINES = 80, 24
ALTERNATE_SCREEN = 1049
# What is left of an escape sequence when the terminal did not take it for one.
LEAKED = re.compile(r"\x1b|\[\??\d+(?:;\d+)*[A-Za-z]|\ufffd")


class Screen(pyte.Screen):
    """pyte's, and the alternate screen of live pictures, which comes empty and goes without a trace (xterm's 1049)."""

    def __init__(self, columns: int, lines: int):
        super().__init__(columns, lines)
        self._beneath: tuple[Any, Any] | None = None

    @property
    def is_alternate(self) -> bool:
        return self._beneath is not None

    def set_mode(self, *modes: int, **options: Any) -> None:
        if options.get("private") and ALTERNATE_SCREEN in modes and not self.is_alternate:
            self._beneath = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes: int, **options: Any) -> None:
        super().reset_mode(*modes, **options)
        if options.get("private") and ALTERNATE_SCREEN in modes and self._beneath:
            self.buffer, self.cursor = self._beneath
            self.dirty.update(range(self.lines))
            self._beneath = None

    def rows(self) -> list[str]:
        """Each line's text; a wide character's second cell is none. Half a wide character shows as U+FFFD."""
        return [self.row(number) for number in range(self.lines)]

    def row(self, number: int) -> str:
        text, is_second = [], False
        cells = self.buffer[number]
        for column in range(max(cells, default=-1) + 1):
            data = cells[column].data
            if is_second and data == "":
                is_second = False
                continue
            text.append(data if data and not is_second else "\ufffd" if data == "" else f"\ufffd{data}")
            is_second = bool(data) and wcwidth(data[0]) == 2
        return "".join(text).rstrip(" ")


class Emulator:
    """Takes what a program writes. A second, much wider screen sees which lines would not have fitted.

    JSON may be as long as it likes: it is for programs.
    """

    def __init__(self) -> None:
        self.screen, self._wide = Screen(COLUMNS, LINES), Screen(3 * COLUMNS, 100)
        self._streams = [pyte.ByteStream(self.screen), pyte.ByteStream(self._wide)]
        self.too_wide: set[str] = set()

    def begin(self, line: str) -> None:
        """What stood there before the program: it may be as long as it likes."""
        self._streams[0].feed(line.encode() + b"\r\n")
        self._streams[1].feed(b"\r\n")

    def feed(self, data: bytes) -> None:
        for stream in self._streams:
            stream.feed(data)
        for number in self._wide.dirty:
            row = self._wide.row(number)
            if not row.startswith("{") and sum(max(wcwidth(character), 0) for character in row) > COLUMNS:
                self.too_wide.add(row)
        self._wide.dirty.clear()

    @property
    def text(self) -> str:
        """The screen without the empty lines at its end."""
        return "\n".join(self.screen.rows()).rstrip("\n")

    def faults(self) -> list[str]:
        """What no screen of ours may have, looked at when the program has ended."""
        found = [f"wider than {COLUMNS} cells: {row}" for row in sorted(self.too_wide)]
        found += [f"an escape sequence is to be read: {row}" for row in self.screen.rows() if LEAKED.search(row)]
        if self.screen.cursor.hidden:
            found.append("the cursor stays hidden")
        if self.screen.is_alternate:
            found.append("the alternate screen stays")
        if pyte.modes.DECAWM not in self.screen.mode:
            found.append("long lines do not wrap any more")
        return found
