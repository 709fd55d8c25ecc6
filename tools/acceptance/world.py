# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything around one daemon, put together: devices, broker, clinic. It hides which of the two stages it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import bluez
import journal
import scenarios
from box_clock import BoxClock
from broker import Broker, Certificates
from processes import Process
from stage import FakeStage, LabStage, Stage
from subscriber import Subscriber
from vigil import Answer, Vigild, finish
from waiting import eventually

IN_LAB = os.environ.get("VIGIL_WORLD", "fake") == "lab"


class World:
    """
    devices: what the made-up bluetoothd plays; the lab always plays scenarios.household()
    config:  keys of the daemon's configuration, over the tests' defaults
    broker:  keys of the daemon's `broker`, over the tests' defaults
    tls, acl, mosquitto: certificates, rights and settings of the broker itself
    clinic:  False where the test makes its subscriber itself
    clock:   the daemon's wall clock is the test's; with what the test says of it
    """

    def __init__(self, devices: list[scenarios.Device] | None = None, config: dict[str, Any] | None = None,
                 broker: dict[str, Any] | None = None, tls: Certificates | None = None, acl: str | None = None,
                 clinic: bool = True, bluez: dict[str, str] | None = None, directory: Path | None = None,
                 clock: dict[str, Any] | None = None, mosquitto: dict[str, Any] | None = None):
        # Not pytest's directory: the path of a Unix socket has room for 107 characters.
        self.directory = directory or Path(tempfile.mkdtemp(prefix="vigil-"))
        self.stage: Stage = LabStage() if IN_LAB else FakeStage(self.directory, devices or scenarios.household(), bluez)
        self.broker = Broker(self.directory / "broker", tls, acl, mosquitto)
        settings = {"host": "127.0.0.1", "port": self.broker.port, "tls": "off"} | (broker or {})
        self.vigil = Vigild(self.directory, self.stage.bus_address, settings, **(config or {}))
        self.clock = BoxClock(self.directory, **clock) if clock is not None else None
        if self.clock:
            self.vigil.environment |= self.clock.environment
        self.broker.start()
        self.subscribers: list[Subscriber] = []
        # Whatever else a test starts: ended with the world.
        self.processes: list[Process] = []
        self.clinic = self.subscriber() if clinic else None
        self._enrolled: set[str] = set()

    @property
    def fake(self) -> FakeStage:
        assert isinstance(self.stage, FakeStage), "this test is only for the made-up bluetoothd"
        return self.stage

    def subscriber(self, *filters: str, name: str = "archive") -> Subscriber:
        self.subscribers.append(Subscriber(self.broker.port, filters or ("vigil/v1/#",), name))
        return self.subscribers[-1]

    def start(self) -> "World":
        """The daemon runs and has found its broker."""
        self.vigil.start()
        self.vigil.wait_for("connected to the broker", 30)
        self.vigil.wait_for("connected to the message bus", 30)
        return self

    def pair(self, device: str, address: str, resident: str = "r-0001") -> str:
        """Enrols a device without a test reading. Its id at the gateway."""
        answer = self.try_pair(device, address, resident)
        assert answer.code == 0, f"{answer}\n{self.vigil.output()[-3000:]}"
        done = [line for line in answer.json if "device" in line]
        assert done, answer.out
        self._enrolled.add(done[0]["device"])
        return done[0]["device"]

    def try_pair(self, device: str, address: str, resident: str = "r-0001", passkey: str | None = None,
                 limit: float = 60) -> Answer:
        """Pairs, and types what the device shows, or the given passkey, as soon as it is asked. Says yes to the rest."""
        command = self.vigil.control("pair", address, "--resident", resident, "--json", "--yes", "--without-reading")
        # The answer is looked up only when the question has come: Just Works asks none.
        shown = self.stage.passkeys / device
        eventually(lambda: command.poll() is not None or shown.exists(), limit, f"pairing with {device} goes on")
        if command.poll() is None:
            correct = self.stage.passkey(device)
            return finish(command, f"{correct if passkey is None else passkey}\n", limit)
        return finish(command, "", limit)

    def audit(self) -> list[tuple]:
        """What the database of a daemon that has stopped says of who did what: event, code, subject."""
        return journal.rows(self.vigil.database, "SELECT what, code, subject FROM audit ORDER BY id")

    def assert_nothing_half_paired(self, address: str, pairable: bool = False) -> None:
        """After a pairing that came to nothing: no bond, no link, no enrolment, and Pairable as before."""
        bus = self.stage.bus_address
        for name in ("Bonded", "Paired", "Connected"):
            eventually(lambda: not (bluez.device(bus, address) or {}).get(name), 15, f"not {name}")
        eventually(lambda: bluez.is_pairable(bus) == pairable, 15, f"Pairable is {pairable} again")
        assert self.vigil.devices() == {}

    def wait_connected(self, device: str, limit: float = 30) -> None:
        eventually(lambda: self.vigil.state_of(device) == "connected", limit, f"{device} is connected")

    def close(self, failed: bool) -> None:
        for subscriber in self.subscribers:
            subscriber.close()
        for process in [self.vigil, self.broker, *self.processes]:
            process.kill()
        if IN_LAB:
            # The next test finds devices that nobody has a bond with, whether or not this one's daemon ran to its end.
            for address in bluez.bonded(self.stage.bus_address):
                bluez.remove(self.stage.bus_address, address)
        self.stage.stop()
        if failed:
            print(f"\nwhat was there: {self.directory}\n--- vigild.log, its end\n"
                  + "\n".join(self.vigil.output(everything=True).splitlines()[-60:]))
        elif "VIGIL_KEEP" not in os.environ:
            shutil.rmtree(self.directory, ignore_errors=True)
