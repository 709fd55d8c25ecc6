# SPDX-License-Identifier: GPL-3.0-or-later
"""Which calls of the daemon fail: the other side of `struct control` in shim/disk.c."""

from __future__ import annotations

import errno
import mmap
import struct
from pathlib import Path
from typing import NamedTuple

CONTROL = struct.Struct("<IIIiiII6I")
KINDS = ("write", "sync", "truncate", "open", "unlink", "read")
FAILED = struct.Struct("<I")
FAILED_AT = 24
CALLS = struct.Struct("<6I")
CALLS_AT = 28


class Fault(NamedTuple):
    """`manner`: once (one call), half (one write, of which half succeeds), lasting (until it is mended)."""

    kinds: tuple[str, ...]
    error: str
    manner: str
    # So many calls of these kinds pass before.
    skip: int

    @property
    def row(self) -> str:
        kinds = "any call" if self.kinds == KINDS else "+".join(self.kinds)
        return f"{self.error} {kinds} {self.manner}"


class DiskControl:
    def __init__(self, path: Path):
        self.path = path
        path.write_bytes(bytes(CONTROL.size))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), CONTROL.size)

    def set(self, fault: Fault) -> None:
        """From now on; counts anew how many calls have failed."""
        kinds = sum(1 << KINDS.index(kind) for kind in fault.kinds)
        self._page[:FAILED_AT + FAILED.size] = CONTROL.pack(
            0, getattr(errno, fault.error), kinds, fault.skip, -1 if fault.manner == "lasting" else 1,
            fault.manner == "half", 0, *[0] * len(KINDS))[:FAILED_AT + FAILED.size]
        self._page[:4] = b"\1\0\0\0"

    def mend(self) -> None:
        self._page[:4] = bytes(4)

    @property
    def failed(self) -> int:
        return FAILED.unpack_from(self._page, FAILED_AT)[0]

    @property
    def calls(self) -> dict[str, int]:
        """Of each kind, since the start."""
        return dict(zip(KINDS, CALLS.unpack_from(self._page, CALLS_AT)))
