# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the daemon's database. Only from a copy, or when the daemon has stopped: it is the file's only user."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

LANES = {0: "alert", 1: "reading"}


@dataclass(frozen=True)
class Committed:
    """What the database says: its epoch, the numbers given out, and which lane has which number."""
    epoch: str
    seqs: dict[str, set[int]]
    next: dict[str, int]
    readings: int
    starts: list[tuple[str, str]]  # resident and rule of each episode's start


def copy(database: Path, directory: Path) -> Path:
    """The database with its WAL, as the dead daemon has left it."""
    directory.mkdir()
    for suffix in ("", "-wal"):
        source = database.with_name(database.name + suffix)
        if source.exists():
            shutil.copy(source, directory / source.name)
    return directory / database.name


def rows(database: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def committed(database: Path) -> Committed:
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    seqs: dict[str, set[int]] = {name: set() for name in LANES.values()}
    for lane, seq in rows(database, "SELECT lane, seq FROM ledger"):
        seqs[LANES[lane]].add(seq)
    return Committed(
        epoch=rows(database, "SELECT value FROM meta WHERE key = 'epoch'")[0][0], seqs=seqs,
        next={LANES[lane]: number for lane, number in rows(database, "SELECT lane, next_seq FROM lane")},
        readings=rows(database, "SELECT count(*) FROM reading")[0][0],
        starts=rows(database, "SELECT resident, rule FROM alert WHERE phase = 'start' ORDER BY id"))
