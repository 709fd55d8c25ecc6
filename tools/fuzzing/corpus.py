# SPDX-License-Identifier: GPL-3.0-or-later
"""The kept inputs: a text file for each target with an input a line in hex, so that git and people can read them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """An input; one with a remark (a crash that was mended) stays whatever a minimisation says."""

    octets: bytes
    remark: str = ""

    def __str__(self) -> str:
        text = self.octets.hex() or "-"
        return f"{text} # {self.remark}" if self.remark else text


def read(path: Path) -> list[Entry]:
    """The entries of a corpus file, none where there is no file."""
    if not path.exists():
        return []
    entries = []
    for line in path.read_text().splitlines():
        text, _, remark = line.partition("#")
        if text.strip():
            entries.append(Entry(b"" if text.strip() == "-" else bytes.fromhex(text), remark.strip()))
    return entries


def write(path: Path, entries: list[Entry]) -> None:
    """Writes them sorted, each input once, those with a remark first; removes the file where there are none."""
    best: dict[bytes, Entry] = {}
    for entry in entries:
        if entry.octets not in best or entry.remark:
            best[entry.octets] = entry
    if not best:
        path.unlink(missing_ok=True)
        return
    ordered = sorted(best.values(), key=lambda entry: (not entry.remark, len(entry.octets), entry.octets))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{entry}\n" for entry in ordered))


def add(path: Path, entry: Entry) -> None:
    write(path, [*read(path), entry])


def smallest(found: list[bytes], most: int) -> list[Entry]:
    """As many of the inputs as fit into so many octets, the smallest first."""
    kept: list[Entry] = []
    for octets in sorted(found, key=lambda octets: (len(octets), octets)):
        most -= len(octets)
        if most < 0:
            break
        kept.append(Entry(octets))
    return kept


def unpack(entries: list[Entry], folder: Path) -> None:
    """Lays the inputs out as libFuzzer wants them, a file each; what else is in the folder goes."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {hashlib.sha1(entry.octets).hexdigest(): entry.octets for entry in entries}
    for old in folder.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name, octets in wanted.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(octets)


def inputs(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
