# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a characteristic's value from its first octet to its last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from oracle.medical_float import Absent, float32, sfloat, signed


class Refused(Exception):
    """There is no reading in the value: `reason` is a word of `vigilctl decode`, `offset` that of the field at fault."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} at offset {offset}")
        self.reason, self.offset = reason, offset


class Octets:
    """Little-endian fields one after the other. Each reader names the kind of field, so that a subclass can invent it."""

    def __init__(self, value: bytes) -> None:
        self._value = value
        self.offset = 0
        # Of a flags octet: set bits that no version has given a meaning, and that are ignored.
        self.reserved_flags = 0
        self.has_flags = False

    @property
    def left(self) -> int:
        return len(self._value) - self.offset

    def take(self, count: int, kind: str) -> bytes:
        """The next `count` octets; `kind` is only of use to who invents them."""
        if self.left < count:
            raise Refused("truncated", self.offset)
        taken = self._value[self.offset:self.offset + count]
        self.offset += count
        return taken

    def has(self, count: int) -> bool:
        """Whether a field of that many octets follows, where only the length of the value can tell."""
        return self.left >= count

    def rest(self, kind: str) -> bytes:
        return self.take(self.left, kind)

    def uint8(self) -> int:
        return self.take(1, "integer")[0]

    def flags(self, reserved: int) -> int:
        flags = self.uint8()
        self.reserved_flags = flags & reserved
        self.has_flags = True
        return flags

    def uint16(self) -> int:
        return int.from_bytes(self.take(2, "integer"), "little")

    def uint24(self) -> int:
        return int.from_bytes(self.take(3, "integer"), "little")

    def uint32(self) -> int:
        return int.from_bytes(self.take(4, "integer"), "little")

    def sint8(self) -> int:
        return signed(self.uint8(), 8)

    def sint16(self) -> int:
        return signed(self.uint16(), 16)

    def record_uuid(self, known: Sequence[int]) -> int:
        """A short UUID; `known` is only of use to who invents one."""
        return self.uint16()

    def drop_checksum(self, of: Callable[[bytes], int]) -> None:
        """Takes the last two octets off, which are the checksum of everything from here to them."""
        if self.left < 2:
            raise Refused("truncated", self.offset)
        end = len(self._value) - 2
        if of(self._value[self.offset:end]) != int.from_bytes(self._value[end:], "little"):
            raise Refused("malformed", end)
        self._value = self._value[:end]

    def sfloat(self) -> Decimal | Absent:
        return sfloat(int.from_bytes(self.take(2, "sfloat"), "little"))

    def float32(self) -> Decimal | Absent:
        return float32(int.from_bytes(self.take(4, "float"), "little"))
