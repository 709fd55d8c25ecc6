# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored survives, what comes again changes nothing, and the highest revision wins."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import vigil_consumer
from vigil_consumer import Store

ROOT = "vigil/v1/c1/gw-1"


def reading(seq: int | None, reading: str = "r-1", revision: int = 1, **more: Any) -> tuple[str, bytes]:
    content = {"schema": "vigil.reading/1", "id": f"m-{reading}-{revision}", "epoch": "e1", "lane": "reading", "seq": seq,
               "reading": reading, "revision": revision, "state": "final"} | more
    return f"{ROOT}/up/reading/r-0001", json.dumps(content).encode()


def alert(seq: int | None, version: int = 1) -> tuple[str, bytes]:
    content = {"schema": "vigil.alert/1", "id": f"a-{version}", "epoch": "e1", "lane": "alert", "seq": seq,
               "alert": "a", "version": version}
    return f"{ROOT}/up/alert/r-0001", json.dumps(content).encode()


STATUS = f"{ROOT}/up/status", json.dumps({"schema": "vigil.status/1", "id": "s", "epoch": "e1"}).encode()


def newest(store: Store) -> dict[str, dict[str, Any]]:
    return {subject: json.loads(payload) for subject, payload in store.database.execute("SELECT subject, payload FROM newest")}


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Store(tmp_path / "archive.db")
    assert first.save([STATUS, reading(1), alert(1)]) == {ROOT} and first.current == {ROOT: "e1"}
    again = Store(tmp_path / "archive.db")
    assert [one["upTo"] for one in again.ledger.rows({ROOT})] == [1, 1]
    again.save([reading(1), reading(2, "r-2")])
    assert set(newest(again)) == {"a", "r-1", "r-2"}
    assert again.database.execute("SELECT count(*) FROM message").fetchone() == (3,)


def test_the_highest_revision_wins_in_whatever_order_they_come(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive.db")
    store.save([reading(1), reading(3, revision=3, state="entered-in-error"), reading(2, revision=2, state="amended")])
    assert newest(store)["r-1"]["state"] == "entered-in-error"
    store.save([alert(2, version=2), alert(1)])
    assert newest(store)["a"]["version"] == 2


def test_an_alert_without_a_number_is_the_one_that_follows_with_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive.db")
    store.save([alert(None), alert(None)])
    assert list(store.ledger.rows({ROOT})) == [] and len(newest(store)) == 1
    store.save([alert(1)])
    assert newest(store)["a"]["seq"] == 1 and store.database.execute("SELECT count(*) FROM message").fetchone() == (1,)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"7", b"{}", b'{"schema":"vigil.reading/1","lane":"reading"}',
                                     b'{"schema":"x","lane":"reading","seq":"1","epoch":"e"}',
                                     b'{"schema":"x","lane":"reading","seq":2,"epoch":"e1","id":{}}'])
def test_what_is_not_understood_does_not_stop_the_rest(tmp_path: Path, payload: bytes) -> None:
    store = Store(tmp_path / "archive.db")
    store.save([(f"{ROOT}/up/reading/r-0001", payload), reading(1)])
    assert "r-1" in newest(store)


def test_messages_beside_the_ledger_are_not_counted(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive.db")
    store.save([(f"{ROOT}/up/health", b'{"schema":"vigil.health/1","id":"h"}')])
    assert newest(store) == {} and store.ledger.epochs == {}


def test_what_cannot_be_stored_ends_it_and_no_receipt_covers_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive.db")
    store.save([reading(1)])
    store.database.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON message BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    with pytest.raises(sqlite3.Error):
        store.save([reading(2, "r-2")])
    assert [one["upTo"] for one in Store(tmp_path / "archive.db").ledger.rows({ROOT})] == [0, 1]


def report(database: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, vigil_consumer.__file__, str(database), "--report", *more],
                          capture_output=True, text=True, timeout=60)


def test_the_report_says_what_is_missing(tmp_path: Path) -> None:
    database = tmp_path / "archive.db"
    assert report(database).returncode == 1, "nothing is no proof"
    Store(database).save([alert(1), reading(1), reading(3, "r-3")])
    found = report(database, "--json")
    assert found.returncode == 1
    assert [json.loads(line)["missing"] for line in found.stdout.splitlines()] == [[], [[2, 2]]]
    assert "missing [[2, 2]]" in report(database).stdout
    Store(database).save([reading(2, "r-2")])
    assert report(database).returncode == 0


def test_it_is_short_enough_to_be_read() -> None:
    assert len(Path(vigil_consumer.__file__).read_text().splitlines()) < 150
