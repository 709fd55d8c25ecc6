# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the devices are: a made-up bluetoothd on a private bus, or the lab's real one on its system bus."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import scenarios
from processes import Process
from waiting import eventually

TOOLS = Path(__file__).resolve().parents[1]
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={0}</listen><policy context="default">
<allow send_destination="*" eavesdrop="false"/><allow eavesdrop="false"/><allow own="*"/><allow user="*"/>
<allow receive_type="signal"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow send_type="signal"/></policy></busconfig>"""


class Stage:
    """What both stages can do. `events` begins where this test began."""

    def __init__(self, control: Path, passkeys: Path, events: Path, bus_address: str):
        self.control_path, self.passkeys, self.events_path = control, passkeys, events
        self.bus_address = bus_address
        self._away: set[str] = set()
        self._skip = events.stat().st_size if events.exists() else 0

    def stop(self) -> None:
        """The next test finds every device where it was. The lab's own scripts end the rest."""
        for device in list(self._away):
            self.come_back(device)

    def control(self, command: str) -> str:
        """One line to the player; its answer, which begins with `ok` or `error:`."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(str(self.control_path))
            link.sendall(command.encode() + b"\n")
            return link.makefile().readline().strip()

    def tell(self, command: str) -> None:
        answer = self.control(command)
        assert answer.startswith("ok"), f"{command}: {answer}"

    def events(self, name: str | None = None, device: str | None = None) -> list[dict[str, Any]]:
        with open(self.events_path, "rb") as file:
            file.seek(self._skip)
            lines = file.read().split(b"\n")[:-1]
        found = [json.loads(line) for line in lines if line.startswith(b"{")]
        return [one for one in found if name in (None, one["event"]) and device in (None, one.get("device"))]

    def sent(self, device: str) -> list[str]:
        """The values that the device has handed over to a listener, in order.

        A bonded device goes on sending while the daemon is dead, or before it could subscribe after a restart of
        bluetoothd, which confirms such values and drops them: they are not the daemon's to lose.
        """
        return [one["value"] for one in self.events("sent", device) if one.get("heard", True)]

    def wait_event(self, name: str, device: str | None = None, count: int = 1, limit: float = 20) -> dict[str, Any]:
        return eventually(lambda: self.events(name, device)[count - 1:count], limit,
                          lambda: f"{count} × {name} of {device}: {self.events(None, device)[-6:]}")[0]

    def wait_sent(self, device: str, count: int, limit: float = 30) -> list[str]:
        """Until the device has handed over so many values in all."""
        eventually(lambda: len(self.sent(device)) >= count, limit,
                   lambda: f"{count} values of {device}, it has sent {len(self.sent(device))}")
        return self.sent(device)

    def passkey(self, device: str, limit: float = 30) -> str:
        """What the device's display shows, as soon as it does."""
        path = self.passkeys / device
        return eventually(lambda: path.exists() and path.read_text().strip(), limit, f"{device} shows a passkey")

    def leave(self, device: str) -> None:
        """The device goes out of range: its link ends, and it is not seen."""
        self._away.add(device)
        self.tell(f"advertise {device} off")
        self.control(f"drop {device}")
        eventually(lambda: self.events(None, device) and self._is_gone(device), 20, f"{device} has gone")

    def clock(self) -> float:
        """The player's clock in seconds, as of its last event. Costs nothing however long it has been playing."""
        with open(self.events_path, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            return json.loads(file.read().split(b"\n")[-2])["t"]

    def switch_off(self) -> None:
        """Somebody switches the controller off, and bluetoothd is not asked."""
        self.tell("adapter power off")

    def _is_gone(self, device: str) -> bool:
        links = [one["event"] for one in self.events(None, device) if one["event"] in ("connected", "disconnected")]
        return not links or links[-1] == "disconnected"

    def come_back(self, device: str) -> None:
        self._away.discard(device)
        self.tell(f"advertise {device} on")


class FakeStage(Stage):
    def __init__(self, directory: Path, devices: list[scenarios.Device], environment: dict[str, str] | None = None):
        scenario, passkeys, events = directory / "scenario.yaml", directory / "passkeys", directory / "events"
        scenario.write_text(scenarios.text(devices))
        passkeys.mkdir()
        self.bus_path = directory / "bus"
        super().__init__(directory / "control", passkeys, events, f"unix:path={self.bus_path}")
        config = directory / "bus.conf"
        config.write_text(BUS_CONFIG.format(self.bus_path))
        self.bus = Process("dbus-daemon", ["dbus-daemon", "--nofork", "--config-file", config], directory / "bus.log")
        self.bluez = Process("fake-bluez", [sys.executable, TOOLS / "fake-bluez" / "fake-bluez", scenario, "--control",
                                            self.control_path, "--passkey-dir", passkeys, "--address",
                                            self.bus_address], events, environment)
        try:
            self.start_bus()
            self.start_bluez()
        except AssertionError:
            # Nobody else has them to end.
            self.stop()
            raise

    def start_bus(self) -> None:
        self.bus_path.unlink(missing_ok=True)
        self.bus.start()

        def open_() -> bool:
            with socket.socket(socket.AF_UNIX) as probe:
                return probe.connect_ex(str(self.bus_path)) == 0
        eventually(open_, 10, "the private bus listens")

    def start_bluez(self) -> None:
        self.bluez.start()
        self.bluez.wait_for('"event": "ready"')

    def stop(self) -> None:
        self.bluez.kill()
        self.bus.kill()


class LabStage(Stage):
    """tools/lab has started everything; VIGIL_CONTROL, VIGIL_PASSKEYS and VIGIL_EVENTS say where it is."""

    def __init__(self) -> None:
        where = {name: Path(os.environ.get(f"VIGIL_{name.upper()}", f"/run/lab/{name}"))
                 for name in ("control", "passkeys", "events")}
        bus = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/dbus/system_bus_socket")
        super().__init__(**where, bus_address=bus)

    def switch_off(self) -> None:
        # Through the kernel's management interface. btmgmt waits on its input for more, so it has none.
        done = subprocess.run(["btmgmt", "--index", "0", "power", "off"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, done
