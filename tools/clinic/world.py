# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the devices live: behind a bluetoothd made of Python, or in the lab behind the real one.

Both play the same scenario file and speak the same control lines and events; what differs is only who starts them.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from .processes import DemoError, Processes

TOOLS = Path(__file__).resolve().parents[1]
SCENARIO = TOOLS / "scenarios" / "demo.yaml"

# The bus of one play and nobody else's, so everybody may do everything on it.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="false"/>
<allow send_type="signal"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>
"""


class World:
    """What the devices do, told by their events, and a way to tell them what to do next.

    `bus_address` is the system bus for vigild; `patience` is by how much everything is slower here than on a plain
    machine: limits are multiplied by it.
    """

    bus_address: str
    patience = 1.0

    def __init__(self, events: Path, control: Path, passkeys: Path):
        self._events, self._control, self._passkeys = events, control, passkeys
        self._position = 0
        self.sent: Counter[str] = Counter()  # values handed over, per device
        self.dropped: Counter[str] = Counter()  # values that nobody had subscribed to
        self.seen: Counter[tuple[str, str]] = Counter()  # (device, event) -> how often
        self.subscribed: set[str] = set()

    async def start(self, processes: Processes) -> None:
        raise NotImplementedError

    def poll(self) -> list[dict[str, Any]]:
        """Takes in the events that were written since the last time."""
        try:
            with self._events.open("rb") as file:
                file.seek(self._position)
                data = file.read()
        except FileNotFoundError:
            return []
        complete = data[:data.rfind(b"\n") + 1]
        self._position += len(complete)
        new = [json.loads(line) for line in complete.splitlines() if line.startswith(b"{")]
        for event in new:
            self._note(event)
        return new

    def _note(self, event: dict[str, Any]) -> None:
        device, kind = event.get("device", ""), event["event"]
        self.seen[device, kind] += 1
        match kind:
            case "sent":
                self.sent[device] += 1
            case "dropped":
                self.dropped[device] += 1
            case "subscribed":
                self.subscribed.add(device)
            case "unsubscribed" | "disconnected":
                self.subscribed.discard(device)

    async def control(self, line: str) -> None:
        """Gives one command; DemoError with the answer if it is not taken."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._control)
            writer.write(line.encode() + b"\n")
            answer = (await asyncio.wait_for(reader.readline(), 30 * self.patience)).decode().strip()
            writer.close()
        except (OSError, asyncio.TimeoutError) as error:
            raise DemoError(f"the devices do not answer to `{line}`: {error!r}", "devices") from error
        if not answer.startswith("ok"):
            raise DemoError(f"the devices' answer to `{line}`: {answer or 'none'}", "devices")

    def passkey(self, device: str) -> str | None:
        """What the device's display shows, if it shows something."""
        try:
            return (self._passkeys / device).read_text().strip().zfill(6)
        except FileNotFoundError:
            return None


class FakeWorld(World):
    """A private bus and tools/fake-bluez on it."""

    def __init__(self, directory: Path):
        super().__init__(directory / "events", directory / "control", directory / "displays")
        self._directory = directory
        self._bus = directory / "bus"
        self.bus_address = f"unix:path={self._bus}"

    async def start(self, processes: Processes) -> None:
        configuration = self._directory / "bus.conf"
        configuration.write_text(BUS.format(path=self._bus))
        processes.spawn("dbus", "dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile")
        await _until_exists(self._bus, "dbus", processes)
        processes.spawn("devices", sys.executable, TOOLS / "fake-bluez" / "fake-bluez", SCENARIO, "--address",
                        self.bus_address, "--control", self._control, "--passkey-dir", self._passkeys,
                        output=self._events)
        await _until_exists(self._control, "devices", processes)


class LabWorld(World):
    """In the lab's virtual machine: tools/clinic/lab.sh has started the bus, bluetoothd and the devices already."""

    patience = 12.0

    def __init__(self) -> None:
        super().__init__(*(Path(os.environ[name]) for name in ("LAB_EVENTS", "LAB_CONTROL", "LAB_PASSKEYS")))
        self.bus_address = "unix:path=/run/dbus/system_bus_socket"

    async def start(self, processes: Processes) -> None:
        await _until_exists(self._control, "devices", processes)


async def _until_exists(path: Path, name: str, processes: Processes) -> None:
    for _ in range(400):
        processes.check()
        if path.exists():
            return
        await asyncio.sleep(0.05)
    raise DemoError(f"{name} does not come up", name)
