# SPDX-License-Identifier: GPL-3.0-or-later
"""Summaries computed once more, by other means: from the samples in the daemon's database, in Python's decimals."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import journal

Key = tuple[str, str, str, int]  # device, resident, boot id, and where the minute begins on the monotonic clock
MINUTE = 60_000

SAMPLES = """SELECT s.device, s.resident, b.uuid, r.monotonic_ms, r.quality, r.status, r.content
    FROM reading r JOIN source s ON s.id = r.source JOIN boot b ON b.id = r.boot
    WHERE s.stream = 1 AND s.purpose = 'care' ORDER BY r.id"""


def expected(database: Path) -> dict[Key, dict[str, Any]]:
    """What each minute of each stream is to say."""
    minutes: dict[Key, list[tuple]] = defaultdict(list)
    for device, resident, boot, at, *rest in journal.rows(database, SAMPLES):
        minutes[device, resident, boot, at // MINUTE * MINUTE].append((at, *rest))
    return {key: _summary(samples) for key, samples in minutes.items()}


def _summary(samples: list[tuple]) -> dict[str, Any]:
    quality, values = "invalid", {}
    for tried in ("valid", "questionable"):
        if values := _values([content for _, word, _, content in samples if word == tried]):
            quality = tried
            break
    status = dict.fromkeys(word for _, _, words, _ in samples for word in words.split())
    return {"samples": len(samples), "coveredSeconds": len({at % MINUTE // 1000 for at, *_ in samples}),
            "quality": quality, "status": list(status), "values": values}


def _values(contents: list[str]) -> dict[str, tuple]:
    numbers: dict[str, list[str]] = defaultdict(list)
    for content in contents:
        for item in content.split():
            kind, text = item.split("=")
            if text.lstrip("-")[0].isdigit():
                numbers[kind].append(text)
    result = {}
    for kind, texts in numbers.items():
        all_ = [Decimal(text) for text in texts]
        step = Decimal(1).scaleb(-1 - max(len(text.partition(".")[2]) for text in texts))
        mean = (sum(all_) / len(all_)).quantize(step, ROUND_HALF_EVEN)
        result[kind] = (len(all_), min(all_), max(all_), mean, all_[-1])
    return result


def said(messages: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The same of the clinic's messages; their numbers are to be Decimals."""
    result = {}
    for one in messages:
        clock = one["clock"]
        key = one["device"]["id"], one["resident"], clock["bootId"], clock["monotonicMs"] - MINUTE
        assert key not in result, f"two summaries of {key}"
        result[key] = {name: one[name] for name in ("samples", "coveredSeconds", "quality", "status")} | {
            "values": {value["kind"]: tuple(Decimal(value[name]) for name in ("n", "min", "max", "mean", "last"))
                       for value in one["values"]}}
    return result


def numbers(database: Path) -> Counter[int]:
    """How many numbers of the ledger each sample of a stream that is for care has, by its row."""
    return Counter(dict(journal.rows(database, """SELECT r.id, count(l.seq) FROM reading r JOIN source s ON s.id = r.source
        LEFT JOIN ledger l ON l.lane = 1 AND l.kind = 0 AND l.reference = r.id
        WHERE s.stream = 1 AND s.purpose = 'care' GROUP BY r.id""")))
