# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof: what the reference consumer says is missing, lost or complete, from the messages alone."""

from __future__ import annotations

import random
from typing import Any

import pytest
from vigil_consumer import Ledger, add

GATEWAY = "vigil/v1/c1/gw-1"


def message(seq: Any, lane: str = "reading", epoch: str = "e1", **more: Any) -> dict[str, Any]:
    return {"schema": "vigil.reading/1", "epoch": epoch, "lane": lane, "seq": seq} | more


def gap(seq: int, reason: str = "epoch", count: int | None = 0, **more: Any) -> dict[str, Any]:
    return message(seq, schema="vigil.gap/1", reason=reason, count=count, **more)


def ledger(*messages: dict[str, Any]) -> Ledger:
    result = Ledger()
    for one in messages:
        result.take(GATEWAY, one)
    return result


def row(of: Ledger, lane: str = "reading", epoch: str = "e1") -> dict[str, Any]:
    return next(one for one in of.rows({GATEWAY}) if (one["lane"], one["epoch"]) == (lane, epoch))


def test_ranges_hold_the_same_numbers_as_a_set() -> None:
    chance = random.Random(5)
    for _ in range(300):
        ranges: list[list[int]] = []
        numbers: set[int] = set()
        for _ in range(chance.randrange(30)):
            first = chance.randrange(1, 60)
            last = first + chance.choice((0, 0, 0, 1, 5, 20))
            new = set(range(first, last + 1))
            assert add(ranges, first, last) == len(new & numbers)
            numbers |= new
        assert [number for low, high in ranges for number in range(low, high + 1)] == sorted(numbers)
        assert all(before[1] + 1 < after[0] for before, after in zip(ranges, ranges[1:])), "each range stands apart"


def test_what_is_missing_is_named_and_what_comes_late_fills_it() -> None:
    book = ledger(message(3), message(4), message(8))
    assert row(book)["missing"] == [[1, 2], [5, 7]] and row(book)["upTo"] == 0 and not row(book)["complete"]
    for seq in (7, 5, 6, 1, 2):
        assert book.take(GATEWAY, message(seq))
    assert row(book)["missing"] == [] and row(book)["upTo"] == 8 and row(book)["complete"]


def test_everything_up_to_the_first_hole_is_what_a_receipt_may_say() -> None:
    assert row(ledger(message(1), message(2), message(4)))["upTo"] == 2


def test_a_resend_is_no_news() -> None:
    book = ledger(message(1))
    assert not book.take(GATEWAY, message(1))
    assert book.take(GATEWAY, message(1, lane="alert")), "lanes are numbered apart"
    assert book.take(GATEWAY, message(1, epoch="e2")), "and so are epochs"
    assert book.take("vigil/v1/c1/gw-2", message(1)), "and gateways"


def test_a_gap_accounts_for_its_numbers_and_its_count_is_lost() -> None:
    book = ledger(gap(1), message(2), gap(9, "capacity", 7, fromSeq=3, toSeq=9), message(10))
    assert row(book)["missing"] == [] and row(book)["lost"] == {"epoch": 0, "capacity": 7}
    assert row(book)["upTo"] == 10 and row(book)["complete"]


def test_what_came_before_it_was_dropped_is_not_lost() -> None:
    book = ledger(gap(1), message(2), message(4), gap(5, "capacity", 4, fromSeq=2, toSeq=5))
    assert row(book)["lost"]["capacity"] == 2
    assert not book.take(GATEWAY, gap(5, "capacity", 4, fromSeq=2, toSeq=5))
    assert row(book)["lost"]["capacity"] == 2, "a gap that comes again counts once"
    book.take(GATEWAY, gap(8, "capacity", 7, fromSeq=2, toSeq=8))
    assert row(book)["lost"]["capacity"] == 5, "of a gap that grew only what is new"


def test_a_gap_with_a_number_of_its_own_counts_samples() -> None:
    assert row(ledger(gap(1), gap(2, "capacity", 60, fromSeq=None, toSeq=None)))["lost"]["capacity"] == 60


def test_a_loss_that_nobody_can_count_stays_so() -> None:
    assert row(ledger(gap(1), gap(2, "damaged", None)))["lost"]["damaged"] is None


def test_an_epoch_names_the_one_before() -> None:
    book = ledger(gap(1, epoch="e2", previousEpoch="e1"))
    assert row(book, epoch="e2")["previous"] == "e1" and not row(book, epoch="e2")["complete"]
    book.take(GATEWAY, gap(1))
    assert row(book, epoch="e2")["complete"]


@pytest.mark.parametrize("wrong", [
    message(0), message(-3), message("7"), message(None), message([1]), message(5, fromSeq=6), message(2**63),
    message(1, lane="fast"), message(1, lane=[]), {}, [], {"lane": "reading"}])
def test_what_has_no_number_is_an_error_and_changes_nothing(wrong: Any) -> None:
    book = ledger(message(1))
    with pytest.raises((ValueError, TypeError, LookupError)):
        book.take(GATEWAY, wrong)
    assert row(book)["upTo"] == 1 and row(book)["complete"] and len(list(book.rows({GATEWAY}))) == 2
