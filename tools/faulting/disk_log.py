# SPDX-License-Identifier: GPL-3.0-or-later
"""What shim/disk.c has written down: what reached the disk, in order, and what had left by the network."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RECORD = struct.Struct("<IIQQ")


@dataclass(frozen=True)
class Operation:
    """See shim/disk.c for the kinds. `life` is the how-manieth start it belongs to, from 1."""

    kind: str
    life: int
    file: int
    offset: int
    octets: bytes

    @property
    def paths(self) -> list[str]:
        return self.octets.decode().split("\0")


def read(log: Path) -> list[Operation]:
    """All that is whole: a killed daemon may have left the last one unfinished."""
    data = log.read_bytes()
    operations: list[Operation] = []
    at = life = 0
    while at + RECORD.size <= len(data):
        kind, file, offset, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        if at + length > len(data):
            break
        life += kind == ord("S")
        operations.append(Operation(chr(kind), life, file, offset, data[at:at + length]))
        at += length
    return operations


@dataclass(frozen=True)
class Numbered:
    """A ledger message that was sent."""

    epoch: str
    lane: str
    seq: int


class Publishes:
    """Finds the PUBLISH packets (MQTT 5.0, 3.3) in what a connection sends, however it is cut into pieces."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[int, int], bytearray] = {}

    def feed(self, operation: Operation) -> Iterator[Numbered]:
        connection = (operation.life, operation.file)
        if not operation.octets:
            self._pieces[connection] = bytearray()
            return
        waiting = self._pieces.setdefault(connection, bytearray())
        waiting += operation.octets
        while packet := _packet(waiting):
            first, body = packet
            if first >> 4 == 3 and (found := _numbered(first, body)):
                yield found


def _packet(waiting: bytearray) -> tuple[int, bytes] | None:
    """Takes a whole packet off the front: its first octet, and what follows the length."""
    length = shift = 0
    for index in range(1, min(len(waiting), 5)):
        length |= (waiting[index] & 0x7F) << shift
        shift += 7
        if waiting[index] < 0x80:
            end = index + 1 + length
            if end > len(waiting):
                return None
            packet = waiting[0], bytes(waiting[index + 1:end])
            del waiting[:end]
            return packet
    return None


def _numbered(first: int, body: bytes) -> Numbered | None:
    at = 2 + int.from_bytes(body[:2], "big")
    if first & 0x06:
        at += 2
    length = shift = 0
    while True:
        length |= (body[at] & 0x7F) << shift
        shift += 7
        at += 1
        if body[at - 1] < 0x80:
            break
    try:
        message = json.loads(body[at + length:])
    except ValueError:
        return None
    if not isinstance(message, dict) or not isinstance(message.get("seq"), int):
        return None
    return Numbered(message["epoch"], message["lane"], message["seq"])
