# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clinic's screen knows: folded from the messages that came, and from nothing else."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from .ledger import Arrival, LedgerCheck

HISTORY = 60  # values kept for a sparkline


@dataclass
class Series:
    """One kind of value of one device."""
    unit: str = ""
    history: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))

    @property
    def last(self) -> float:
        return self.history[-1]


@dataclass
class Device:
    id: str
    resident: str
    model: str
    link: str = ""
    readings: int = 0
    last_at: float = 0.0  # seconds of the caller's clock
    series: dict[str, Series] = field(default_factory=dict)


@dataclass
class Scene:
    """What is happening now, for the one who watches."""
    number: int = 0
    total: int = 0
    zh: str = ""
    en: str = ""


def values_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The values of a reading; none where there is something else."""
    values = message.get("values")
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def text_of(message: dict[str, Any], language: str) -> str:
    """An alert's text in a language; empty where there is none."""
    texts = message.get("text")
    return str(texts.get(language, "")) if isinstance(texts, dict) else ""


class View:
    """Takes arrivals; `now` is always the caller's clock, so that a test has its own."""

    def __init__(self, title: str, note: str = ""):
        self.title, self.note = title, note
        self.ledger = LedgerCheck()
        self.devices: dict[str, Device] = {}
        self.scene = Scene()
        self.broker_up = False
        self.broker_note = ""
        self.started = 0.0
        self.now = 0.0

    def feed(self, topic: str, payload: bytes, now: float) -> Arrival | None:
        self.now = now
        arrival = self.ledger.feed(topic, payload)
        if arrival is not None and arrival.news and arrival.topic.kind == "reading":
            self._reading(arrival.message, now)
        return arrival

    def _reading(self, message: dict[str, Any], now: float) -> None:
        described = message["device"]  # the ledger has seen to it that there is one
        identifier = str(described["id"])
        device = self.devices.setdefault(identifier, Device(identifier, str(message.get("resident")), ""))
        device.model, device.link = str(described.get("model", "")), str(described.get("link", ""))
        device.readings += 1
        device.last_at = now
        for value in values_of(message):
            number = value.get("value", value.get("last"))
            if isinstance(number, (int, float)):
                series = device.series.setdefault(str(value.get("kind")), Series(str(value.get("unit", ""))))
                series.history.append(float(number))

    @property
    def gateway_state(self) -> str:
        """`online`, `offline`, or `-` while it is not known."""
        return next((str(status.get("state")) for status in self.ledger.status.values()), "-")
