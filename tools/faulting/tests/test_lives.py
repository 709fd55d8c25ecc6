# SPDX-License-Identifier: GPL-3.0-or-later
"""The account of killed lives finds what is wrong, where something is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faulting import crash, household
from faulting.lives import Lives, Point
from world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = household.make_world("full", strap=0.05, scale=0.1)
    yield made
    made.close(False)


def spoil(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        assert connection.execute(statement).rowcount == 1


def test_what_is_gone_or_there_twice_is_found(world: World) -> None:
    lives = Lives(world)
    assert lives.kill_at(Point("full", 0.1, "fdatasync", 8))
    assert lives.look(1) == []
    database = world.vigil.database
    # A spot reading that nobody has any more, and whose number a message had.
    spoil(database, "DELETE FROM ledger WHERE lane = 1 AND seq = (SELECT max(seq) - 3 FROM ledger WHERE lane = 1)")
    spoil(database, "DELETE FROM reading WHERE id = (SELECT max(id) - 3 FROM reading WHERE lower(hex(bytes)) LIKE '00%')")
    spoil(database, "INSERT INTO ledger SELECT lane, seq + 100000, kind, reference, at_ms FROM ledger WHERE lane = 1 AND seq = 5")
    found = lives.look(2)
    assert found and {column for column, _ in found} == {"lost"}
    assert any("rows" in sentence for _, sentence in found)


def test_a_value_that_came_in_time_and_is_not_there_is_found(world: World) -> None:
    lives = Lives(world)
    assert lives.kill_at(Point("full", 0.1, "fdatasync", 20))
    stored = household.values_in(world.vigil.database)
    spots = [value for value in stored if value.startswith("00")]
    assert lives._in_time(set(stored)) == []
    (column, sentence), = lives._in_time(set(stored) - {spots[2]})
    assert column == "lost" and spots[2] in sentence
    assert lives._doubled([*stored, spots[2]]) and not lives._doubled(stored)


def test_points_are_distinct_and_of_every_kind_of_call() -> None:
    counts = {way: {"pwrite64": 100, "fdatasync": 20, "socket": 3, "connect": 1} for way in crash.WAYS}
    points = crash.choose(counts, 200, 1)
    assert len(points) == len(set(points)) == 200
    assert {point.call for point in points} == {"pwrite64", "fdatasync", "socket", "connect"}
    boxes = crash.in_boxes(points)
    assert sorted(point for box in boxes for point in box) == sorted(points)
    assert all(len(set(map(crash.way_of, box))) == 1 and len(box) <= crash.KILLS_PER_WORLD for box in boxes)
    # Fewer than were asked for, where there are no more.
    assert len(crash.choose({crash.WAYS[0]: {"socket": 3}}, 200, 1)) == 2
