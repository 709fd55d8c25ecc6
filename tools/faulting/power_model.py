# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that keeps its word and no more: what was synced stays, all else may be gone, torn or in another order.

It is strict: a file that was made, renamed or removed is only so after its directory was synced, and syncing a file says
nothing about the directory. Sectors of 512 octets are old or new, never a mixture; where a file has grown without its octets,
they are zero or anything.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from faulting.disk_log import Operation

SECTOR = 512


@dataclass
class File:
    """An inode. `pending` has not been synced: (offset, octets), or (length, None) for a truncation."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            apply(self.durable, *change)
        self.pending.clear()


def apply(content: bytearray, at: int, octets: bytes | None) -> None:
    if octets is None:
        del content[at:]
        content.extend(bytes(at - len(content)))
    else:
        content.extend(bytes(max(0, at - len(content))))
        content[at:at + len(octets)] = octets


class Disk:
    """The files of one directory by name. Takes operations in order; `image` is what a cut at this moment may leave."""

    def __init__(self, syncs_nothing: bool = False) -> None:
        # A disk that lies about syncing: what finds a loss must find it then.
        self._syncs_nothing = syncs_nothing
        self._files: dict[int, File] = {}
        self._descriptors: dict[int, int] = {}
        self._directories: set[int] = set()
        self._now: dict[str, int] = {}
        self._durable: dict[str, int] = {}
        self._changes: list[tuple[str | None, str | None, int]] = []

    def take(self, operation: Operation) -> None:
        match operation.kind:
            case "S":
                self._descriptors.clear()
                self._directories.clear()
            case "D":
                self._directories.add(operation.file)
            case "C" | "O":
                self._open(Path(operation.paths[0]).name, operation.file)
            case "W":
                self._of(operation).pending.append((operation.offset, operation.octets))
            case "T":
                self._of(operation).pending.append((operation.offset, None))
            case "F":
                self._sync(operation)
            case "U":
                name = Path(operation.paths[0]).name
                self._change(name, None, self._now.get(name, 0))
            case "R":
                old, new = (Path(path).name for path in operation.paths)
                self._change(old, new, self._now[old])

    def _of(self, operation: Operation) -> File:
        return self._files[self._descriptors[operation.file]]

    def _open(self, name: str, descriptor: int) -> None:
        if name not in self._now:
            inode = len(self._files) + 1
            self._files[inode] = File()
            self._change(None, name, inode)
        self._descriptors[descriptor] = self._now[name]

    def _change(self, old: str | None, new: str | None, inode: int) -> None:
        """A name goes, comes, or becomes another."""
        self._changes.append((old, new, inode))
        rename(self._now, old, new, inode)

    def _sync(self, operation: Operation) -> None:
        if self._syncs_nothing:
            return
        if operation.file in self._directories:
            self._durable = dict(self._now)
            self._changes.clear()
        else:
            self._of(operation).sync()

    def least(self) -> dict[str, bytes]:
        """What must be there: only what was synced."""
        return {name: bytes(self._files[inode].durable) for name, inode in self._durable.items()}

    def image(self, chance: random.Random) -> dict[str, bytes]:
        """What may be there after a cut now."""
        names = dict(self._durable)
        for change in chosen(self._changes, chance):
            rename(names, *change)
        return {name: self._torn(self._files[inode], chance) for name, inode in names.items()}

    @staticmethod
    def _torn(file: File, chance: random.Random) -> bytes:
        content = bytearray(file.durable)
        length = len(content)
        manner = chance.choice(("gone", "prefix", "any", "any", "reordered", "all"))
        pending = list(file.pending)
        if manner == "gone":
            pending = []
        elif manner == "prefix":
            pending = pending[:chance.randint(0, len(pending))]
        elif manner == "reordered":
            chance.shuffle(pending)
        for number, (at, octets) in enumerate(pending):
            if octets is None:
                if manner in ("all", "prefix") or chance.random() < 0.5:
                    apply(content, at, None)
                continue
            last = manner == "prefix" and number == len(pending) - 1
            for begin, end in sectors(at, len(octets)):
                if manner == "all" or (manner == "prefix" and not last) or chance.random() < 0.5:
                    apply(content, begin, octets[begin - at:end - at])
        # The file may have its new length without its octets.
        longest = max([length, *(at + len(octets) for at, octets in pending if octets is not None)], default=0)
        if longest > len(content) and chance.random() < 0.5:
            filler = chance.randbytes if chance.random() < 0.5 else bytes
            content.extend(filler(longest - len(content)))
        return bytes(content)

def rename(names: dict[str, int], old: str | None, new: str | None, inode: int) -> None:
    if old is not None and names.get(old) == inode:
        del names[old]
    if new is not None:
        names[new] = inode


def chosen(changes: list, chance: random.Random) -> list:
    """A journalling file system keeps the order of its names, another one need not."""
    if chance.random() < 0.5:
        return changes[:chance.randint(0, len(changes))]
    return [change for change in changes if chance.random() < 0.5]


def sectors(at: int, length: int) -> list[tuple[int, int]]:
    """The octets from `at` on in pieces that end where sectors do."""
    edges = [at, *range((at // SECTOR + 1) * SECTOR, at + length, SECTOR), at + length]
    return list(zip(edges, edges[1:]))
