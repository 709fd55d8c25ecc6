# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sends commands to the gateway, rightly or not, and hears the answers with their properties."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

sys.path.append(str(Path(__file__).resolve().parents[1]))

from clinic.command import command, sign  # noqa: E402
from vigil import CLINIC, GATEWAY  # noqa: E402
from waiting import eventually  # noqa: E402

ROOT = f"vigil/v1/{CLINIC}/{GATEWAY}"


@dataclass(frozen=True)
class Key:
    """A pair of files, and by what id and role the gateway is to know it."""
    kid: str
    role: str
    private: Path
    public: Path

    @property
    def config(self) -> dict[str, str]:
        return {"id": self.kid, "role": self.role, "key": str(self.public)}

    def signed(self, name: str, body: Any, expected: int | None = None, **more: Any) -> bytes:
        message = command(more.pop("gateway", GATEWAY), name, more.pop("by", "u-12"), more.pop("role", self.role), body, **more)
        return sign(message | ({} if expected is None else {"expectedVersion": expected}), self.private, self.kid)


def make_key(directory: Path, kid: str, role: str) -> Key:
    key = Key(kid, role, directory / f"{kid}.pem", directory / f"{kid}.pub.pem")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key.private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key.private, "-pubout", "-out", key.public], check=True)
    return key


class Commander:
    def __init__(self, port: int):
        self._answers: list[tuple[bytes, bytes | None]] = []
        self._lock, self._ready, self._sent = threading.Lock(), threading.Event(), 0
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "commander", protocol=mqtt.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/up/result", qos=1)
        self._client.on_subscribe, self._client.on_message = lambda *_: self._ready.set(), self._message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        eventually(self._ready.is_set, 20, "who sends commands hears the answers")

    def _message(self, client: mqtt.Client, user: Any, message: mqtt.MQTTMessage) -> None:
        with self._lock:
            self._answers.append((bytes(message.payload), getattr(message.properties, "CorrelationData", None)))

    def send(self, name: str, payload: bytes, retain: bool = False) -> None:
        """Without waiting for an answer."""
        self._client.publish(f"{ROOT}/down/command/{name}", payload, qos=1, retain=retain)

    def ask(self, name: str, payload: bytes, retain: bool = False) -> tuple[bytes, dict[str, Any]]:
        """The answer to this command, as octets and read. It is the one with its correlation data."""
        self._sent += 1
        mark = f"question {self._sent}".encode()
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = mark
        self._client.publish(f"{ROOT}/down/command/{name}", payload, qos=1, retain=retain, properties=properties)
        found = eventually(lambda: [one for one, correlation in self.answers() if correlation == mark], 20,
                           f"an answer to {name}")
        return found[0], json.loads(found[0])

    def code(self, name: str, payload: bytes, retain: bool = False) -> str:
        """Why it was refused, or `done`."""
        _, answer = self.ask(name, payload, retain)
        return answer["reason"]["code"] if answer["reason"] else answer["outcome"]

    def answers(self) -> list[tuple[bytes, bytes | None]]:
        with self._lock:
            return list(self._answers)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
