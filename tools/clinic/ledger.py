# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clinic has to keep account of: a pure fold over the messages of one or more gateways.

A gateway numbers its ledger messages 1, 2, 3… without a hole in each epoch and lane, so a receiver can prove that it
has everything. The numbers are kept by the reference consumer's ledger (tools/consumer); this adds what tests and the demo
ask besides: what each message was, and whether it keeps to the contract. Feed it every message as it came, in whatever
order and however often.

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
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[1] / "consumer"))

from vigil_consumer import Ledger  # noqa: E402

Message = dict[str, Any]
LANES = ("alert", "reading")
# An unknown state waits for somebody.
TAKEN_CARE_OF = ("acknowledged", "cleared-unacknowledged", "paused", "ended")
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
    have: list[list[int]] = field(default_factory=list)  # ranges, in order and apart; the consumer's own
    messages: int = 0
    duplicates: int = 0

    @property
    def received(self) -> int:
        """How many numbers came or were declared lost."""
        return sum(last - first + 1 for first, last in self.have)

    @property
    def seen(self) -> set[int]:
        return {seq for first, last in self.have for seq in range(first, last + 1)}

    @property
    def highest(self) -> int:
        return self.have[-1][1] if self.have else 0

    def holes(self) -> list[tuple[int, int]]:
        """Ranges missing below the highest number that came. What is missing above it only the sender knows."""
        ranges = [[0, 0], *self.have]
        return [(low + 1, high - 1) for (_, low), (high, _) in zip(ranges, ranges[1:]) if high > low + 1]


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
        self.numbers = Ledger()
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
        self._holders: dict[tuple[LaneKey, int], Message] = {}

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
        key = LaneKey(place.gateway, epoch, lane_name)
        try:
            if type(seq) is not int or message.get("toSeq") not in (None, seq):
                raise ValueError
            self.numbers.take(place.gateway, message)
        except (ValueError, TypeError):
            self._complain(topic, f"has the seq {seq!r}")
            return None
        lane = self.lanes.setdefault(key, Lane(self.numbers.epochs[place.gateway][epoch][lane_name]["have"]))
        lane.messages += 1
        identifier: str = message["id"]
        content = hashlib.blake2b(raw, digest_size=16).digest()
        if identifier in self._ids:
            lane.duplicates += 1
            if self._ids[identifier] != content:
                self._complain(topic, f"seq {seq} of lane {lane_name} came again with another content")
            return Arrival(place, message, duplicate=True, news=False)
        holder = self._holders.setdefault((key, seq), message)
        # What was dropped before its time leaves its number to the gap that says so.
        if holder["id"] != identifier and "vigil.gap/1" not in (message["schema"], holder["schema"]):
            self._complain(topic, f"seq {seq} of lane {lane_name} was given to two messages")
        self._ids[identifier] = content
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
        """Every range that is missing below the highest number that came; of one lane or of all."""
        return [Hole(row["gateway"], row["epoch"], row["lane"], first, last)
                for row in self.numbers.rows(self.numbers.epochs.keys()) if lane in (None, row["lane"])
                for first, last in row["missing"]]

    def losses(self) -> Counter[str]:
        """What gateways have declared as lost and what had not come before, by reason. -1 where nobody can count it."""
        result: Counter[str] = Counter()
        for row in self.numbers.rows(self.numbers.epochs.keys()):
            for reason, count in row["lost"].items():
                result[reason] = -1 if count is None or result[reason] < 0 else result[reason] + count
        return result

    def missing_below(self, key: LaneKey, highest: int) -> int:
        """How many of 1…`highest` have not come; `highest` is what the gateway says it has given out."""
        return highest - sum(max(0, min(last, highest) - first + 1) for first, last in self.lanes.get(key, Lane()).have)

    def totals(self, lane: str) -> Lane:
        """All epochs and gateways of a lane added up, for display. Its numbers are only good for how many there are."""
        result = Lane()
        for index, (key, series) in enumerate(self.lanes.items()):
            if key.lane == lane:
                result.messages += series.messages
                result.duplicates += series.duplicates
                result.have += [[first + index * 10**12, last + index * 10**12] for first, last in series.have]
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
        """Those that wait for somebody."""
        return [message for message in self.open_alerts() if message.get("state") not in TAKEN_CARE_OF]

    def phases(self, phase: str, rule: str | None = None) -> list[Message]:
        """Alert transitions of that phase, each once however often it was sent; optionally of one rule."""
        return [message for message in self.transitions
                if message.get("phase") == phase and rule in (None, message.get("rule"))]
