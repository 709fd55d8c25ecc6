# SPDX-License-Identifier: GPL-3.0-or-later
"""A clinic's desk under test, and a gateway that says what a test lets it say."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import yaml

from processes import Process
from vigil import BIN, CLINIC, GATEWAY
from waiting import eventually

Message = dict[str, Any]
ROOT = f"vigil/v1/{CLINIC}/{GATEWAY}"


def clear(port: int) -> dict[str, Any]:
    """A broker without TLS, as a configuration names it."""
    return {"host": "127.0.0.1", "port": port, "tls": "off"}


def alert(number: int, version: int, seq: int | None, state: str, **more: Any) -> Message:
    """An episode's message: its last one where the state is `ended`."""
    return {"schema": "vigil.alert/1", "id": f"m-{number}-{version}", "epoch": "e-1", "lane": "alert", "seq": seq,
            "gateway": GATEWAY, "at": None, "resident": "r-0001", "alert": f"{number:032x}", "version": version,
            "phase": "start" if version == 1 else "end" if state == "ended" else "continue", "state": state,
            "category": "physiological", "priority": "high", "level": 1, "rule": "OX-1", "ruleVersion": 1, "limits": [],
            "evidence": [], "raisedAt": None, "text": {"zh": f"第 {version} 版", "en": f"version {version}"}, **more}


class Desk(Process):
    """The program as another program follows it: the open alerts and the gateways, out of its lines alone."""

    def __init__(self, directory: Path, name: str, broker: dict[str, Any], is_json: bool = True, lang: str = "en",
                 **more: Any):
        """`more`: further keys of its configuration, with underscores."""
        self.errors = directory / f"{name}.err"
        config = directory / f"{name}.yaml"
        config.write_text(yaml.safe_dump({"clinic": CLINIC, "broker": broker} |
                                         {key.replace("_", "-"): value for key, value in more.items()}))
        super().__init__(name, [BIN / "vigilctl", "watch", "--clinic", "--config", config, "--lang", lang,
                                *(["--json"] if is_json else [])], directory / f"{name}.out")

    def start(self) -> None:
        with open(self.log, "ab") as output, open(self.errors, "ab") as errors:
            self.start_of_log = output.tell()
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.PIPE, stdout=output, stderr=errors,
                                            env=self.environment)

    def tell(self, order: Message | str) -> None:
        """A line on its standard input."""
        assert self.process and self.process.stdin
        self.process.stdin.write(((order if isinstance(order, str) else json.dumps(order)) + "\n").encode())
        self.process.stdin.flush()

    @property
    def lines(self) -> list[Message]:
        return [json.loads(line) for line in self.output().splitlines(keepends=True) if line.endswith("\n")]

    @property
    def remarks(self) -> str:
        return self.errors.read_text() if self.errors.exists() else ""

    @property
    def open(self) -> dict[tuple[str, str], Message]:
        found: dict[tuple[str, str], Message] = {}
        for line in self.lines:
            if line["event"] == "alert":
                key = line["gateway"], line["alert"]
                if line["open"]:
                    found[key] = line
                else:
                    del found[key]  # what ends was open before
        return found

    @property
    def commands(self) -> list[Message]:
        """What has become of its commands."""
        return [line for line in self.lines if line["event"] == "command"]

    @property
    def overdue(self) -> list[Message]:
        return [line for line in self.lines if line["event"] == "alert" and line["change"] == "overdue"]

    @property
    def gateways(self) -> dict[str, str]:
        return {line["gateway"]: line["state"] for line in self.lines if line["event"] == "gateway"}

    @property
    def connections(self) -> list[str]:
        """How it stood with the broker, one after the other."""
        return [line["state"] for line in self.lines if line["event"] == "broker"]

    def until(self, condition: Callable[[], Any], limit: float, what: str) -> Any:
        def checked() -> Any:
            assert self.running, f"the desk ended with {self.process.returncode}:\n{self.remarks[-2000:]}"
            return condition()
        return eventually(checked, limit, lambda: f"{what}:\n{self.output()[-3000:]}\n{self.remarks[-1000:]}")

    def until_connected(self) -> None:
        self.until(lambda: self.connections[-1:] == ["connected"], 10, "connected")

    def finish(self) -> None:
        """Ctrl-C is how it ends, and nothing of Swift's shows."""
        self.signal(signal.SIGINT)
        assert self.wait() == 0
        for bad in ("Fatal error", "Thread 0", "Optional(", "Error("):
            assert bad not in self.output(everything=True) + self.remarks


class Gateway:
    """Says what a test lets it say, and hears the commands."""

    def __init__(self, port: int):
        self.commands: list[tuple[str, bytes]] = []
        self._hears = threading.Event()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "gateway", protocol=mqtt.MQTTv5)
        self.client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/down/#", qos=1)
        self.client.on_subscribe = lambda *_: self._hears.set()
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._hears.wait(10)

    def _message(self, client: mqtt.Client, user: Any, message: mqtt.MQTTMessage) -> None:
        self.commands.append((message.topic.removeprefix(f"{ROOT}/down/"), message.payload))

    def say(self, kind: str, message: Message | bytes, retain: bool = False) -> None:
        payload = message if isinstance(message, bytes) else json.dumps(message)
        self.client.publish(f"{ROOT}/up/{kind}", payload, 1, retain).wait_for_publish(10)

    def answer(self, request: str, outcome: str, reason: Message | None = None, body: Message | None = None) -> None:
        self.say("result", {"schema": "vigil.result/1", "id": f"answer-{request}", "gateway": GATEWAY, "at": None,
                            "request": request, "name": "acknowledge", "outcome": outcome, "reason": reason, "body": body})

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
