# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes up values of a characteristic: the decoder itself asks for field after field, so what comes out is well-formed.

A decoder that asked for the wrong fields would make up the wrong values, but then `vigilctl`, which knows nothing of it,
reads them otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress

from oracle.catalogue import Characteristic
from oracle.octets import Octets, Refused

SFLOAT_CODES = (0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801)
FLOAT_CODES = (0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001)
# Around where signs and reserved codes begin.
EDGES = {1: (0, 1, 0x7F, 0x80, 0x64, 0x65, 0xFE, 0xFF), 2: (0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF)}
TEXTS = ("OMRON", "Nonin Medical\0", "鱼跃", "", "\0", "a\0b", "B\r\n", "é\x7f", "x" * 60)


class Invention(Octets):
    """Octets that come into being when they are read; the first one is given."""

    def __init__(self, first: int, chance: random.Random) -> None:
        super().__init__(b"")
        self._first = first
        self._chance = chance
        self.made = b""
        # Of fields that only the length of the value announces.
        self._more = chance.choice((0, 0, 1, 1, 2, 3, 9))

    @property
    def left(self) -> int:
        return self._more

    def has(self, count: int) -> bool:
        self._more -= 1
        return self._more >= 0

    def take(self, count: int, kind: str) -> bytes:
        field = self._invent(count, kind)
        if not self.made and kind == "integer":
            field = bytes([self._first]) + field[1:]
        self.made += field
        self.offset += len(field)
        return field

    def rest(self, kind: str) -> bytes:
        return self.take(self._chance.randrange(24), kind)

    def record_uuid(self, known: Sequence[int]) -> int:
        uuid = self._chance.choice((*known, self._chance.randrange(0x10000)))
        self.made += uuid.to_bytes(2, "little")
        self.offset += 2
        return uuid

    def _invent(self, count: int, kind: str) -> bytes:
        match kind:
            case "sfloat":
                return self._sfloat()
            case "float":
                return self._float()
            case "date":
                return self._date()
            case "text" if self._chance.random() < 0.5:
                return self._chance.choice(TEXTS).encode()
        likely = self._chance.random()
        if count in EDGES and likely < 0.3:
            return self._chance.choice(EDGES[count]).to_bytes(count, "little")
        if count == 1 and likely < 0.7:
            # An enumeration.
            return bytes([self._chance.randrange(12)])
        return self._chance.randbytes(count)

    def _sfloat(self) -> bytes:
        """As a device would send it, any bits, or a special; half of those with an exponent, which makes them none."""
        kind = self._chance.random()
        if kind < 0.4:
            number = self._chance.randrange(0x400) | self._chance.choice((0x0000, 0xF000, 0xE000, 0xB000, 0xC000))
        elif kind < 0.7:
            number = self._chance.randrange(0x10000)
        else:
            exponent = self._chance.randrange(16) if kind < 0.85 else 0
            number = self._chance.choice(SFLOAT_CODES) | exponent << 12
        return number.to_bytes(2, "little")

    def _float(self) -> bytes:
        kind = self._chance.random()
        if kind < 0.5:
            number = self._chance.randrange(0x2000) | self._chance.choice((0x00, 0xFF, 0xFE)) << 24
        elif kind < 0.7:
            number = self._chance.randrange(1 << 24) | (self._chance.randrange(-128, 128) & 0xFF) << 24
        else:
            exponent = self._chance.randrange(256) if kind < 0.85 else 0
            number = self._chance.choice(FLOAT_CODES) | exponent << 24
        return number.to_bytes(4, "little")

    def _date(self) -> bytes:
        """Seven in ten exist; of the others each part may be anything."""
        pick = self._chance.choice
        if self._chance.random() < 0.7:
            year, month, day = pick((1582, 2019, 2024, 2026, 9999)), pick(range(1, 13)), pick(range(1, 29))
            return year.to_bytes(2, "little") + bytes([month, day, pick(range(24)), pick(range(60)), pick(range(60))])
        year = pick((0, 1, 1581, 1582, 1900, 2000, 2023, 2024, 9999, 10000, 65535))
        parts = [pick((0, 1, 2, 2, 4, 12, 13, 255)), pick((0, 1, 28, 29, 30, 31, 32, 255)), pick((0, 12, 23, 24, 255)),
                 pick((0, 59, 60, 255)), pick((0, 59, 60, 255))]
        return year.to_bytes(2, "little") + bytes(parts)


def values(one: Characteristic, each: int, seed: int, cuts: bool = True) -> Iterator[bytes]:
    """For every first octet (the flags, where there are any) `each` values, a third of them with octets too many.

    With `cuts` the first of them is cut at every length too, unless its reserved bits, or a first octet that decides
    nothing, make it another's double.
    """
    chance = random.Random(f"{one.uuid} {seed}")
    yield b""
    for first in range(256):
        for number in range(each):
            invention = Invention(first, chance)
            with suppress(Refused):
                one.decode(invention, None)
            decides = invention.has_flags or first < 16 or first % 16 == 0
            if cuts and number == 0 and decides and not invention.reserved_flags:
                yield from (invention.made[:length] for length in range(1, len(invention.made)))
            yield invention.made + (chance.randbytes(chance.randrange(1, 4)) if chance.random() < 0.33 else b"")
