# SPDX-License-Identifier: GPL-3.0-or-later
"""The account after an outage has to find what is missing, or it proves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from faulting.backlog import account
from faulting.simulated import SCALE
from reference_consumer import Consumer
from vigil_consumer import Store

ROOT = "vigil/v1/c1/gw-1"
FED = {"samples": 4, "weighings": 1, "monotonicMs": 5000}  # with a second for the end of its minute


def reading(seq: int, **more: Any) -> dict[str, Any]:
    return {"schema": "vigil.reading/1", "id": f"m-{seq}", "epoch": "e1", "lane": "reading", "seq": seq, "reading": f"r-{seq}",
            "revision": 1, "device": {"id": "d-1", "profile": "bluetooth.heart-rate"}, "clock": {"monotonicMs": 1000 * seq}} | more


def gap(seq: int, reason: str, count: int, first: int | None = None) -> dict[str, Any]:
    return {"schema": "vigil.gap/1", "id": f"g-{seq}", "epoch": "e1", "lane": "reading", "seq": seq, "reason": reason,
            "count": count, "fromSeq": first, "toSeq": first and seq}


WEIGHED = reading(5, device={"id": "d-4", "profile": "bluetooth.weight-scale"})
LATER = reading(7)


def found(directory: Path, *messages: dict[str, Any], streams: str = "full"):  # noqa: ANN201
    consumer = Consumer(directory, 1)
    store = Store(consumer.database)
    store.save([(f"{ROOT}/up/reading/r-0001", json.dumps(one, separators=(",", ":")).encode()) for one in messages])
    store.database.close()
    return account(consumer, FED, streams)


def test_everything_is_there(tmp_path: Path) -> None:
    result = found(tmp_path, *(reading(seq) for seq in range(1, 5)), WEIGHED, gap(6, "epoch", 0), LATER)
    assert result.is_complete
    assert result.rows["samples"] == {"said": 4, "received": 4, "declared": 0, "lost": 0, "doubled": 0}
    assert result.rows[SCALE] == {"said": 1, "received": 1, "declared": 0, "lost": 0, "doubled": 0}


def test_what_is_missing_is_lost_and_what_is_declared_is_not(tmp_path: Path) -> None:
    result = found(tmp_path, gap(2, "capacity", 2, first=1), reading(4), WEIGHED, LATER)
    assert not result.is_complete and result.missing
    assert result.rows["samples"]["declared"] == 2 and result.rows["samples"]["lost"] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_loss_that_is_counted_wrong_shows(tmp_path: Path, count: int) -> None:
    result = found(tmp_path, gap(2, "capacity", count, first=1), reading(3), reading(4), WEIGHED)
    assert result.is_complete and result.rows["samples"]["lost"] != 0


def test_a_reading_that_came_as_two_messages_is_doubled(tmp_path: Path) -> None:
    result = found(tmp_path, *(reading(seq) for seq in range(1, 5)), WEIGHED, reading(6, reading="r-4"))
    assert result.rows["samples"]["doubled"] == 1


def test_summaries_count_for_their_samples(tmp_path: Path) -> None:
    summary = reading(1, schema="vigil.summary/1", samples=4)
    result = found(tmp_path, summary, reading(2), WEIGHED | {"seq": 3}, streams="summaries")
    assert result.rows["samples"]["received"] == 4 and result.rows["samples"]["lost"] == 0
