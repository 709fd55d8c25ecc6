# SPDX-License-Identifier: GPL-3.0-or-later
"""Broker, gateway and clinic on one machine: started, asked and, where the play wants it, killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .processes import DemoError, Processes
from .subscriber import Subscriber
from .view import View
from .world import World

ROOT = Path(__file__).resolve().parents[2]
CLINIC, GATEWAY, ZONE = "demo", "gw-demo", "Asia/Shanghai"
STEP = 0.05  # how often a condition is looked at, in seconds
# Shorter than by default, so that the play is not an hour long: 30 s, 60 s and 30 s. Streams are sent in full, because the
# audience sees more in each value than in the summary of a minute, and each can be counted.
CONFIRM, CLEAR, SETTLE = 5, 5, 2

BROKER = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {directory}/
autosave_interval 1
autosave_on_changes true
max_inflight_messages 0
max_queued_messages 0
{user}
"""

GATEWAY_CONFIGURATION = """clinic: {clinic}
gateway: {gateway}
zone: {zone}
broker: {{host: 127.0.0.1, port: {port}, tls: off}}
storage: {{database: {directory}/vigil.db}}
profiles: [{profiles}]
streams: full
rules:
  OX-1: {{confirm-seconds: {confirm}, clear-seconds: {clear}}}
  settle-seconds: {settle}
"""


class Stage:
    """All that runs, beside the devices, and the ways to look at it."""

    def __init__(self, directory: Path, world: World, processes: Processes, view: View, products: Path):
        self.directory, self.world, self.processes, self.view = directory, world, processes, view
        self._products = products
        self.device_ids: dict[str, str] = {}  # scenario's id -> the gateway's
        self._port = 0
        self._subscriber: Subscriber | None = None
        self.on_arrival: Callable[..., None] = lambda arrival: None
        self.on_world_event: Callable[[dict[str, Any]], None] = lambda event: None

    # Waiting --------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Takes in what has happened; DemoError if a program is gone."""
        for event in self.world.poll():
            self.on_world_event(event)
        self.view.now = time.monotonic()
        self.processes.check()

    async def until(self, condition: Callable[[], bool], what: str, seconds: float = 30.0,
                    blame: str = "vigild") -> None:
        """Waits for a condition; DemoError naming `what` did not happen in time."""
        limit = time.monotonic() + seconds * self.world.patience
        while True:
            self.look()
            if condition():
                return
            if time.monotonic() > limit:
                raise DemoError(f"waited {seconds * self.world.patience:.0f} s in vain: {what}", blame)
            await asyncio.sleep(STEP)

    async def pause(self, seconds: float) -> None:
        """Time for the audience to read, and for a silence to be one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            await asyncio.sleep(STEP)

    # The broker -----------------------------------------------------------------------------------------------------

    async def start_broker(self) -> None:
        """On a free port; another one if somebody was quicker."""
        for _ in range(5):
            self._port = _free_port()
            data = self.directory / "broker"
            data.mkdir(exist_ok=True)
            user = "user root" if os.geteuid() == 0 else ""  # it would drop to a user who cannot write here
            (self.directory / "broker.conf").write_text(BROKER.format(port=self._port, directory=data, user=user))
            self._spawn_broker()
            try:
                await self.until(self._broker_listens, "the broker listens", 10, "broker")
                return
            except DemoError:
                if self.processes.is_running("broker"):
                    raise
                self.processes.stop("broker")
        raise DemoError("the broker does not start", "broker")

    def _spawn_broker(self) -> None:
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
        self.processes.spawn("broker", "mosquitto", "-v", "-c", self.directory / "broker.conf",
                             environment={"PATH": path})

    def _broker_listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def kill_broker(self) -> None:
        """As a power cut would: no goodbye, nothing flushed."""
        self.processes.stop("broker", signal.SIGKILL)

    def restart_broker(self) -> None:
        self._spawn_broker()

    # The clinic -----------------------------------------------------------------------------------------------------

    async def start_clinic(self) -> None:
        loop = asyncio.get_running_loop()

        def on_message(topic: str, payload: bytes) -> None:
            _hand_over(loop, self._arrived, topic, payload)

        def on_connection(up: bool) -> None:
            _hand_over(loop, self._broker_seen, up)

        subscriber = self._subscriber = Subscriber(
            "127.0.0.1", self._port, "demo-clinic", f"vigil/v1/{CLINIC}/+/up/#", on_message, on_connection)
        try:
            await asyncio.to_thread(subscriber.start)
        except OSError as error:
            raise DemoError(f"the clinic cannot connect to the broker: {error}", "broker") from error
        await self.until(lambda: subscriber.is_subscribed, "the clinic is subscribed", 10, "broker")

    def _arrived(self, topic: str, payload: bytes) -> None:
        arrival = self.view.feed(topic, payload, time.monotonic())
        if arrival is not None:
            self.on_arrival(arrival)

    def _broker_seen(self, up: bool) -> None:
        self.view.broker_up = up

    def stop_clinic(self) -> None:
        if self._subscriber is not None:
            self._subscriber.stop()

    # The gateway ----------------------------------------------------------------------------------------------------

    async def start_gateway(self) -> None:
        configuration = self.directory / "vigil.yaml"
        configuration.write_text(GATEWAY_CONFIGURATION.format(
            clinic=CLINIC, gateway=GATEWAY, zone=ZONE, port=self._port, directory=self.directory,
            profiles=ROOT / "device-profiles", confirm=CONFIRM, clear=CLEAR, settle=SETTLE))
        self.processes.spawn("vigild", self._products / "vigild", "--config", configuration,
                             environment={"DBUS_SYSTEM_BUS_ADDRESS": self.world.bus_address})
        await self.until(lambda: self.view.gateway_state == "online", "the gateway is online", 30)
        limit = time.monotonic() + 30 * self.world.patience
        while not ((status := await self.status()) and status["bluetooth"]["powered"]):
            if time.monotonic() > limit:
                raise DemoError("the gateway does not find the Bluetooth controller", "vigild")
            await self.pause(0.2)

    async def vigilctl(self, *arguments: str) -> asyncio.subprocess.Process:
        with self.processes.log("vigilctl").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                self._products / "vigilctl", *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=log, env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": self.world.bus_address})

    async def status(self) -> dict[str, Any] | None:
        """`vigilctl status --json`; None while the daemon does not answer."""
        process = await self.vigilctl("status", "--json")
        try:
            output, _ = await asyncio.wait_for(process.communicate(), 20 * self.world.patience)
        finally:
            _kill(process)
        return json.loads(output) if process.returncode == 0 and output else None

    async def enrol(self, device: str, address: str, resident: str,
                    on_display: Callable[[str], Awaitable[None]] | None = None) -> None:
        """`vigilctl pair`, with the digits from the device's display typed in where it asks for them.

        `on_display` is told the digits first, and takes the time that a person needs to read them.
        """
        process = await self.vigilctl("pair", address, "--resident", resident, "--json", "--without-reading")
        try:
            await asyncio.wait_for(self._converse(process, device, on_display), 60 * self.world.patience)
        except asyncio.TimeoutError as error:
            raise DemoError(f"the {device} could not be enrolled in time", "vigild") from error
        finally:
            _kill(process)

    async def _converse(self, process: asyncio.subprocess.Process, device: str,
                        on_display: Callable[[str], Awaitable[None]] | None) -> None:
        assert process.stdin is not None and process.stdout is not None
        while line := await process.stdout.readline():
            answer = json.loads(line)
            if answer.get("question") == "passkey":
                await self.until(lambda: self.world.passkey(device) is not None, f"the {device} shows a passkey", 30,
                                 "devices")
                passkey = self.world.passkey(device) or ""
                if on_display is not None:
                    await on_display(passkey)
                process.stdin.write(f"{passkey}\n".encode())
                await process.stdin.drain()
            elif answer.get("error"):
                raise DemoError(f"the {device} could not be enrolled: {answer['error']}", "vigild")
            elif answer.get("device"):
                self.device_ids[device] = answer["device"]
        await process.wait()
        if device not in self.device_ids:
            raise DemoError(f"vigilctl pair ended with {process.returncode}", "vigilctl")


def _hand_over(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    """From the network thread to the loop; at the very end there may be no loop any more."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        pass


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()


def _free_port() -> int:
    """Below the range for outgoing connections: while the broker is away nobody gets its port by chance."""
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise DemoError("no free port on 127.0.0.1")
