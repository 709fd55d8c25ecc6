# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic's subscriber: a real MQTT 5 client with a session that outlives the broker, and the account of it all."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

sys.path.append(str(Path(__file__).resolve().parents[1]))

from clinic.ledger import LedgerCheck, parse_topic  # noqa: E402
from waiting import eventually  # noqa: E402

Message = dict[str, Any]


@dataclass(frozen=True)
class Arrived:
    at: float  # time.monotonic()
    topic: str
    payload: bytes
    retained: bool

    @property
    def message(self) -> Message:
        return json.loads(self.payload)

    @property
    def kind(self) -> str:
        place = parse_topic(self.topic)
        return place.kind if place else ""


class Subscriber:
    def __init__(self, port: int, filters: tuple[str, ...] = ("vigil/v1/#",), name: str = "archive",
                 ca: Path | None = None):
        self.filters, self.arrived = filters, []
        self.ledger = LedgerCheck()
        self._lock = threading.RLock()
        self._ready = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5)
        self._client.username_pw_set(name)
        self._client.on_connect, self._client.on_subscribe = self._connected, lambda *_: self._ready.set()
        self._client.on_message = self._message
        self._client.reconnect_delay_set(0.2, 0.5)
        if ca:
            self._client.tls_set(str(ca))
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 86_400
        self._client.connect_async("localhost" if ca else "127.0.0.1", port, clean_start=False, properties=properties)
        self._client.loop_start()
        self.wait_subscribed()

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        # Also where the session is there still: then it changes nothing, and tells that the session is usable.
        options = SubscribeOptions(qos=1, retainHandling=1)
        client.subscribe([(one, options) for one in self.filters])

    def wait_subscribed(self) -> None:
        eventually(self._ready.is_set, 20, "the clinic's subscriber is subscribed")

    def subscribe(self, *filters: str) -> None:
        self._ready.clear()
        self.filters += filters
        self._client.subscribe([(one, SubscribeOptions(qos=1)) for one in filters])
        self.wait_subscribed()

    def _message(self, client: mqtt.Client, user: Any, message: mqtt.MQTTMessage) -> None:
        with self._lock:
            self.arrived.append(Arrived(time.monotonic(), message.topic, bytes(message.payload), message.retain))
            self.ledger.feed(message.topic, message.payload)

    def close(self) -> None:
        self._client.loop_stop()  # no DISCONNECT: the session stays as it is
        self._client._sock_close()

    # Asking ---------------------------------------------------------------------------------------------------------

    def all(self, kind: str | None = None) -> list[Arrived]:
        with self._lock:
            return [one for one in self.arrived if kind in (None, one.kind)]

    def messages(self, kind: str) -> list[Message]:
        return [one.message for one in self.all(kind)]

    def readings(self, device: str | None = None) -> list[Message]:
        """Distinct ones by their reading id, of a device by its id at the gateway."""
        with self._lock:
            return [one for one in self.ledger.readings.values() if device in (None, one["device"]["id"])]

    def phases(self, phase: str, rule: str | None = None) -> list[Message]:
        with self._lock:
            return self.ledger.phases(phase, rule)

    def wait(self, condition: Callable[[], Any], limit: float, what: str | Callable[[], str]) -> Any:
        return eventually(condition, limit, what)

    def status(self) -> str | None:
        found = self.messages("status")
        return found[-1]["state"] if found else None

    def assert_complete(self) -> None:
        """No hole, nothing twice under another number, no resend that differs."""
        with self._lock:
            assert self.ledger.holes() == []
            assert self.ledger.complaints == []
