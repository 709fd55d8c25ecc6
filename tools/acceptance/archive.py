# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic's archive: a subscriber that says with receipts how far it has everything."""

from __future__ import annotations

import json
import threading

from subscriber import Subscriber
from vigil import CLINIC, GATEWAY

TOPIC = f"vigil/v1/{CLINIC}/{GATEWAY}/down/receipt"
EVERY = 0.5


class Archive(Subscriber):
    """`away` and `back`: its program is ended and started again, with what it has stored and the session of before."""

    def __init__(self, port: int, name: str = "archive"):
        self._stopping = threading.Event()
        super().__init__(port, name=name)
        self._name, self._port = name, port
        self.speak()

    def speak(self) -> None:
        """Writes receipts, until `silence`."""
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._write, args=(self._stopping,), daemon=True)
        self._writer.start()

    def _write(self, stopping: threading.Event) -> None:
        while not stopping.wait(EVERY):
            self.send_receipt()

    def up_to(self) -> dict[str, dict[str, int]]:
        """By epoch and lane: it has everything up to and with this."""
        with self._lock:
            result: dict[str, dict[str, int]] = {}
            for key, lane in self.ledger.lanes.items():
                starts_at_one = lane.have and lane.have[0][0] == 1
                result.setdefault(key.epoch, {})[key.lane] = lane.have[0][1] if starts_at_one else 0
            return result

    def send_receipt(self) -> None:
        for epoch, numbers in self.up_to().items():
            self.say({"schema": "vigil.receipt/1", "consumer": self._name, "epoch": epoch, "upTo": numbers})

    def say(self, receipt: object, retain: bool = False) -> None:
        self._client.publish(TOPIC, receipt if isinstance(receipt, bytes) else json.dumps(receipt), 1, retain)

    def silence(self) -> None:
        """It goes on taking, and writes no receipts."""
        self._stopping.set()
        self._writer.join()

    def away(self) -> None:
        self.silence()
        super().close()

    def back(self) -> None:
        stored, ledger = self.arrived, self.ledger
        super().__init__(self._port, name=self._name)
        with self._lock:
            # What came between is kept as well: nothing is delivered before the client has a loop.
            for one in self.arrived:
                stored.append(one)
                ledger.feed(one.topic, one.payload)
            self.arrived, self.ledger = stored, ledger
        self.speak()

    def close(self) -> None:
        self._stopping.set()
        super().close()
