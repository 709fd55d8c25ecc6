# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon tells systemd (sd_notify(3))."""

from __future__ import annotations

import socket

import scenarios
from conftest import MakeWorld
from waiting import PATIENCE


def test_ready_alive_and_stopping_are_told(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()])
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(world.directory / "notify"))
    listener.settimeout(20 * PATIENCE)
    world.vigil.environment |= {"NOTIFY_SOCKET": str(world.directory / "notify"), "WATCHDOG_USEC": "3000000"}

    def told() -> list[str]:
        return listener.recv(4096).decode().splitlines()

    world.start()
    assert told()[0] == "READY=1"
    signs = [told() for _ in range(3)]
    assert all(sign[0] == "WATCHDOG=1" for sign in signs)
    assert "devices connected" in signs[0][1] and signs[0][1].startswith("STATUS=")
    assert world.vigil.stop() == 0
    last = told()
    while last[0] == "WATCHDOG=1":
        last = told()
    assert last[0] == "STOPPING=1"
