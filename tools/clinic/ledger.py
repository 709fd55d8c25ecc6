# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clinic has to keep account of: a pure fold over the messages of one or more gateways.

A gateway numbers its ledger messages 1, 2, 3… without a hole in each epoch and lane, so a receiver can prove that it
has everything. This module is that proof: feed it every message as it came, in whatever order and however often.

    check = LedgerCheck()
    for topic, payload in messages:
        check.feed(topic, payload)
    check.holes()                    -> [] if nothing is missing
    check.readings_per_device()      -> {"d-1": 120, "d-2": 3}   distinct measurements, not messages
    check.phases("start")            -> the alerts that began, each once
    check.complaints                 -> what the contract forbids and was seen all the same

It never raises on what came: a wrong message is a complaint, and the clinic goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Message = dict[str, Any]
LANES = ("alert", "reading")
LEDGER_SCHEMAS = ("vigil.reading/1", "vigil.summary/1", "vigil.alert/1", "vigil.gap/1")


class LaneKey(NamedTuple):
    gateway: str
    epoch: str
    lane: str


@dataclass(frozen=True)
class Hole:
    """Sequence numbers `first` to `last` never came although later ones did."""
    gateway: str
    epoch: str
    lane: str
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass
class Lane:
    """One numbered series. `messages` counts every arrival, `duplicates` those that had come before."""
    seen: set[int] = field(default_factory=set)
    messages: int = 0
    duplicates: int = 0

    @property
    def received(self) -> int:
        return len(self.seen)

    @property
    def highest(self) -> int:
        return max(self.seen, default=0)

    def holes(self) -> list[tuple[int, int]]:
        """Ranges missing below the highest number that came. What is missing above it only the sender knows."""
        result: list[tuple[int, int]] = []
        expected = 1
        for seq in sorted(self.seen):
            if seq > expected:
                result.append((expected, seq - 1))
            expected = seq + 1
        return result


class Topic(NamedTuple):
    clinic: str
    gateway: str
    direction: str  # up | down
    kind: str  # alert | escalation | alerts | reading | gap | status | health | result | command | receipt
    rest: tuple[str, ...]


def parse_topic(topic: str) -> Topic | None:
    """`vigil/v1/{clinic}/{gateway}/up/reading/r-1` in its parts; None for what is not ours."""
    parts = topic.split("/")
    if len(parts) < 6 or parts[0] != "vigil" or parts[1] != "v1":
        return None
    return Topic(parts[2], parts[3], parts[4], parts[5], tuple(parts[6:]))


@dataclass(frozen=True)
class Arrival:
    """What one message turned out to be."""
    topic: Topic
    message: Message
    duplicate: bool = False  # a ledger message with this id had come before
    news: bool = True  # False also for an older version of an alert, or a reading that is known already


class LedgerCheck:
    """Accounts for everything that came. All state is open to read; only `feed` writes it."""

    def __init__(self) -> None:
        self.lanes: dict[LaneKey, Lane] = {}
        self.readings: dict[str, Message] = {}  # reading id -> the message with the highest revision
        self.alerts: dict[str, Message] = {}  # alert id -> the message with the highest version
        self.transitions: list[Message] = []  # every alert message once, in the order of arrival
        self.escalations: list[Message] = []  # the same for escalations
        self.gaps: list[Message] = []
        self.status: dict[str, Message] = {}  # gateway -> latest
        self.health: dict[str, Message] = {}
        self.open_lists: dict[str, Message] = {}  # gateway -> latest `up/alerts`
        self.complaints: list[str] = []
        self._per_device: Counter[str] = Counter()
        self._ids: dict[str, bytes] = {}  # message id -> the payload's hash, as it first came with its seq
        self._pending: dict[str, Message] = {}  # alerts that came with `seq: null`, by message id
        self._holders: dict[tuple[LaneKey, int], str] = {}

    # Taking in ------------------------------------------------------------------------------------------------------

    def feed(self, topic: str, payload: bytes | str) -> Arrival | None:
        """Takes one message. None if it is not of Vigil's or not to be read (then there is a complaint)."""
        raw = payload.encode() if isinstance(payload, str) else bytes(payload)
        place = parse_topic(topic)
        if place is None or place.direction != "up":
            return None
        try:
            message = json.loads(raw)
        except ValueError:
            self._complain(topic, "is not JSON")
            return None
        if not isinstance(message, dict) or not isinstance(message.get("id"), str):
            self._complain(topic, "is not an object with an id")
            return None
        if message.get("gateway") != place.gateway:
            self._complain(topic, f"says it is from gateway {message.get('gateway')!r}")
            return None
        if message.get("schema") in LEDGER_SCHEMAS:
            return self._ledger(topic, place, message, raw)
        beside = {"status": self.status, "health": self.health, "alerts": self.open_lists}.get(place.kind)
        if beside is not None:
            beside[place.gateway] = message
        return Arrival(place, message)

    def _complain(self, topic: str, what: str) -> None:
        self.complaints.append(f"{topic}: {what}")

    def _ledger(self, topic: str, place: Topic, message: Message, raw: bytes) -> Arrival | None:
        epoch, lane_name, seq = message.get("epoch"), message.get("lane"), message.get("seq")
        if not isinstance(epoch, str) or lane_name not in LANES:
            self._complain(topic, "has no epoch or lane")
            return None
        if seq is None and place.kind in ("alert", "escalation"):
            return self._unnumbered(place, message)
        if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
            self._complain(topic, f"has the seq {seq!r}")
            return None
        key = LaneKey(place.gateway, epoch, lane_name)
        lane = self.lanes.setdefault(key, Lane())
        lane.messages += 1
        identifier: str = message["id"]
        content = hashlib.blake2b(raw, digest_size=16).digest()
        if identifier in self._ids:
            lane.duplicates += 1
            if self._ids[identifier] != content:
                self._complain(topic, f"seq {seq} of lane {lane_name} came again with another content")
            return Arrival(place, message, duplicate=True, news=False)
        holder = self._holders.setdefault((key, seq), identifier)
        if holder != identifier:
            self._complain(topic, f"seq {seq} of lane {lane_name} was given to two messages")
        self._ids[identifier] = content
        lane.seen.add(seq)
        if (early := self._pending.pop(identifier, None)) is not None:
            early.update(message)  # the same alert as before, which now has its number wherever it is kept
            return Arrival(place, message, news=False)
        return Arrival(place, message, news=self._content(place, message))

    def _unnumbered(self, place: Topic, message: Message) -> Arrival:
        identifier: str = message["id"]
        if identifier in self._ids or identifier in self._pending:
            return Arrival(place, message, duplicate=True, news=False)
        self._pending[identifier] = message
        return Arrival(place, message, news=self._content(place, message))

    def _content(self, place: Topic, message: Message) -> bool:
        """Files a message that came for the first time. True if it tells something new."""
        match place.kind:
            case "gap":
                self.gaps.append(message)
                return True
            case "reading":
                return self._reading(message)
            case "alert" | "escalation":
                if not self._is_ranked(message, "alert", "version"):
                    return False
                (self.transitions if place.kind == "alert" else self.escalations).append(message)
                return self._newer(self.alerts, message, "alert", "version")
        return True

    def _reading(self, message: Message) -> bool:
        device = message.get("device")
        if not isinstance(device, dict) or not isinstance(device.get("id"), str):
            self.complaints.append(f"message {message['id']}: has no device")
            return False
        if not self._is_ranked(message, "reading", "revision"):
            return False
        known = len(self.readings)
        if not self._newer(self.readings, message, "reading", "revision"):
            return False
        if len(self.readings) > known:
            self._per_device[device["id"]] += 1
        return True

    @staticmethod
    def _newer(known: dict[str, Message], message: Message, name: str, rank: str) -> bool:
        """The highest number wins in whatever order they come."""
        identifier = message[name]
        if identifier in known and known[identifier][rank] >= message[rank]:
            return False
        known[identifier] = message
        return True

    def _is_ranked(self, message: Message, name: str, rank: str) -> bool:
        if isinstance(message.get(name), str) and isinstance(message.get(rank), int):
            return True
        self.complaints.append(f"message {message['id']}: has no {name} or no {rank}")
        return False

    # Asking ---------------------------------------------------------------------------------------------------------

    def holes(self, lane: str | None = None) -> list[Hole]:
        """Every range that is missing; of one lane or of all."""
        return [Hole(*key, first, last) for key, series in self.lanes.items() if lane in (None, key.lane)
                for first, last in series.holes()]

    def missing_below(self, key: LaneKey, highest: int) -> int:
        """How many of 1…`highest` have not come; `highest` is what the gateway says it has given out."""
        lane = self.lanes.get(key, Lane())
        return highest - sum(1 for seq in lane.seen if seq <= highest)

    def totals(self, lane: str) -> Lane:
        """All epochs and gateways of a lane added up, for display. Its `seen` is only good for its size."""
        result = Lane()
        for index, (key, series) in enumerate(self.lanes.items()):
            if key.lane == lane:
                result.messages += series.messages
                result.duplicates += series.duplicates
                result.seen |= {seq + index * 10**12 for seq in series.seen}
        return result

    @property
    def duplicates(self) -> int:
        """Ledger messages that had come before, by message id."""
        return sum(lane.duplicates for lane in self.lanes.values())

    def readings_per_device(self) -> Counter[str]:
        """Distinct measurements per device id (`d-1`)."""
        return Counter(self._per_device)

    def open_alerts(self) -> list[Message]:
        """Episodes that have not ended, by their highest version, the most serious and then the newest first."""
        order = {"high": 0, "medium": 1, "low": 2}  # an unknown priority counts as high
        ranks = {message["alert"]: position for position, message in enumerate(self.transitions)}
        return sorted((message for message in self.alerts.values() if message.get("state") != "ended"),
                      key=lambda message: (order.get(str(message.get("priority")), 0), -ranks.get(message["alert"], 0)))

    def active_alerts(self) -> list[Message]:
        """Those whose condition still holds."""
        return [message for message in self.open_alerts() if message.get("state") != "cleared-unacknowledged"]

    def phases(self, phase: str, rule: str | None = None) -> list[Message]:
        """Alert transitions of that phase, each once however often it was sent; optionally of one rule."""
        return [message for message in self.transitions
                if message.get("phase") == phase and rule in (None, message.get("rule"))]
