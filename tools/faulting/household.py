# SPDX-License-Identifier: GPL-3.0-or-later
"""What sends while things break: values that can each be told apart, so that each can be accounted for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import journal
import scenarios
from stage import Stage
from world import World

STRAP, SCALE, NIGHT = scenarios.STRAP, "F5:F1:F2:F3:F4:11", scenarios.NIGHT
ADDRESSES = {"strap": STRAP, "scale": SCALE, "night": NIGHT}
CLOCK = "ea070b16071e00070000"
# Those whose every value is another one.
COUNTED = ("strap", "scale")
# Rules of seconds, so that alerts come and go while something is broken.
RULES = {"OX-1": {"confirm-seconds": 1, "clear-seconds": 1}, "OX-2": {"enabled": False}, "settle-seconds": 0}
# bluetoothd's own pauses would be most of the time.
HASTE = {"FAKE_BLUEZ_ADVERTISING_INTERVAL": "0.05", "FAKE_BLUEZ_DISCONNECT_DELAY": "0.1"}
# Never changed once written, but for what retention does after days.
KEPT_TABLES = ("reading", "ledger", "alert", "gap", "spot", "undecoded", "audit", "summary", "correction", "command")


def devices(strap: float, scale: float, night: float) -> list[scenarios.Device]:
    """A strap (a stream) and a scale (spot readings) that count, and an oximeter that falls and recovers; pauses in seconds."""
    spell = max(4, round(2.0 / night))
    return [
        scenarios.strap(every=strap),
        # With a clock, which is read at each connection before its values count.
        scenarios.device("scale", SCALE, "Scale", {"181d": {"2a9d": {"properties": ["indicate"]}},
                                                   "1805": {"2a2b": {"properties": ["read", "write"], "value": CLOCK}}},
                         [{"stream": {"characteristic": "2a9d", "every": scale, "counter": {"prefix": "00"}}}],
                         services=["181d"]),
        scenarios.oximeter([{"loop": {"steps": [scenarios.spo2(scenarios.SPO2_97, night, count=spell),
                                                scenarios.spo2(scenarios.SPO2_86, night, count=spell)]}}], "night", NIGHT)]


def make_world(streams: str, strap: float = 0.1, scale: float = 0.2, night: float = 0.2,
               config: dict[str, Any] | None = None, before: Callable[[World], None] = lambda world: None) -> World:
    """The household with all three enrolled and the daemon running. `streams` is the configuration's word; `before` is
    called before the daemon's first start."""
    world = World(devices(strap, scale, night), config={"rules": RULES, "streams": streams} | (config or {}), bluez=HASTE)
    before(world)
    world.start()
    for number, (name, address) in enumerate(ADDRESSES.items(), 1):
        world.pair(name, address, f"r-000{number}")
    return world


@dataclass(frozen=True)
class Snapshot:
    """What a database holds: its epoch, the next number of each lane, and every row that must stay as it is."""

    epoch: str
    next: dict[str, int]
    rows: frozenset[tuple]
    check: str

    @staticmethod
    def of(database: Path) -> "Snapshot":
        """Reads a file that nobody has open; its WAL beside it is taken into account, and gone afterwards."""
        with closing(sqlite3.connect(database)) as connection:
            check = "\n".join(row[0] for row in connection.execute("PRAGMA integrity_check"))
            known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            rows = frozenset((table, *row) for table in KEPT_TABLES if table in known
                             for row in connection.execute(f"SELECT {kept_columns(connection, table)} FROM {table}"))
            epoch = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
            lanes = dict(connection.execute("SELECT lane, next_seq FROM lane").fetchall())
        return Snapshot(epoch[0] if epoch else "", {journal.LANES[lane]: seq for lane, seq in lanes.items()}, rows, check)

    def seqs(self, lane: str) -> set[int]:
        """The numbers that have a row: columns lane and seq of `ledger`."""
        return {row[2] for row in self.rows if row[0] == "ledger" and journal.LANES[row[1]] == lane}

    def missing_in(self, later: "Snapshot") -> list[tuple]:
        """What is here and not there any more, or not as it was."""
        return sorted(self.rows - later.rows, key=repr)


def kept_columns(connection: sqlite3.Connection, table: str) -> str:
    """A sample of a stream may get its number later, when an alert asks for it; `ledger` has the number too."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if (table, name) != ("reading", "seq"))


def summed_up(database: Path) -> tuple[int, int]:
    """How many samples the summaries count, and how many there are up to where summing up has come."""
    sums = journal.rows(database, "SELECT coalesce(sum(samples), 0) FROM summary")[0][0]
    there = journal.rows(database, "SELECT count(*) FROM reading r JOIN source s ON s.id = r.source WHERE s.stream = 1 AND "
                                   "s.purpose = 'care' AND r.id <= (SELECT value FROM progress WHERE name = 'summarised')")
    return sums, there[0][0]


def values_in(database: Path) -> list[str]:
    """The octets of what is stored in hex: of each reading, and of each value whose age is being found out."""
    return [row[0] for row in journal.rows(
        database, "SELECT lower(hex(bytes)) FROM reading UNION ALL SELECT lower(hex(bytes)) FROM held")]


@dataclass(frozen=True)
class Sent:
    """A value that a device has handed over to a listener; `at` by the player's clock, in seconds."""

    device: str
    value: str
    at: float


def sent(stage: Stage) -> list[Sent]:
    """As `Stage.sent`, of all devices that count, with the times."""
    found = []
    for device in COUNTED:
        found += [Sent(device, one["value"], one["t"]) for one in stage.events("sent", device) if one.get("heard", True)]
    return found


def now(stage: Stage) -> float:
    """The player's clock, never ahead of it: the time of what it told last."""
    events = stage.events()
    return events[-1]["t"] if events else 0.0
