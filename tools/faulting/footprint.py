# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon holds while it runs: descriptors, match rules on the bus, memory."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, NamedTuple

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

BUS = "org.freedesktop.DBus"
STATS = f"{BUS}.Debug.Stats"


class Footprint(NamedTuple):
    descriptors: int
    matches: int
    resident_kib: int


def footprint(pid: int, bus_address: str) -> Footprint:
    status = (Path("/proc") / str(pid) / "status").read_text()
    return Footprint(descriptors(pid), matches(pid, bus_address), int(status.split("VmRSS:")[1].split()[0]))


def descriptors(pid: int) -> int:
    return len(os.listdir(Path("/proc") / str(pid) / "fd"))


def matches(pid: int, bus_address: str) -> int:
    """The match rules of all of its connections to the bus."""
    [names] = bus_call(bus_address, "ListNames") or [[]]
    [rules] = bus_call(bus_address, "GetAllMatchRules", interface=STATS) or [{}]
    return sum(len(rules.get(name, [])) for name in names if name.startswith(":")
               and bus_call(bus_address, "GetConnectionUnixProcessID", "s", name) == [pid])


def bus_call(bus_address: str, member: str, signature: str = "", *body: Any, interface: str = BUS) -> list[Any] | None:
    """Asks the bus itself. None where the answer is an error."""
    async def ask() -> list[Any] | None:
        bus = await MessageBus(bus_address=bus_address).connect()
        reply = await bus.call(Message(destination=BUS, path="/org/freedesktop/DBus", member=member,
                                       interface=interface, signature=signature, body=list(body)))
        bus.disconnect()
        return reply.body if reply.message_type is MessageType.METHOD_RETURN else None
    return asyncio.run(ask())
