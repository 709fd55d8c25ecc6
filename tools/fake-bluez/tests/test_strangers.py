# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's devices that pass by, and streams that are too fast for a timer."""

from __future__ import annotations

import contextlib
import socket

import pytest
from conftest import ADAPTER, Client, Fake, device_path
from dbus_fast import Variant
from fakebluez.bus import PatientSocket

STRAP = device_path(1)
STAGE = """
devices:
  - id: strap
    address: "F5:F1:F2:F3:F4:01"
    name: HR strap
    services: [180d]
    gatt:
      180d:
        2a37: {properties: [notify]}
    story:
      - until: signal go
      - stream: {characteristic: 2a37, every: 0.001, count: 2000, counter: {prefix: 1048}}
      - mark: done
"""


def properties_of_strangers(client: Client) -> dict[str, dict]:
    """By path, as InterfacesAdded told them."""
    added = (m.body for m in client.signals if m.member == "InterfacesAdded")
    return {path: {name: value.value for name, value in interfaces["org.bluez.Device1"].items()}
            for path, interfaces in added if path.startswith(f"{ADAPTER}/dev_") and path != STRAP}


def gone(client: Client) -> set[str]:
    return {m.body[0] for m in client.signals if m.member == "InterfacesRemoved"}


def test_strangers_come_and_go(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.adapter("SetDiscoveryFilter", "a{sv}", {"Transport": Variant("s", "le")})
        await client.adapter("StartDiscovery")
        assert await fake.control("strangers 60 200 0.15") == "ok"
        assert await fake.control("strangers 1 1") == "error: some pass by already"
        await fake.event("strangers-gone", count=1)
        await client.until(lambda: len(gone(client)) == 60)
        seen = properties_of_strangers(client)
        assert len(seen) == 60 and set(seen) == gone(client)
        assert all(0x40 <= int(one["Address"][:2], 16) < 0x80 for one in seen.values())
        assert all("Name" not in one and one["Alias"] == one["Address"].replace(":", "-") for one in seen.values())
        services = [tuple(uuid[4:8] for uuid in one["UUIDs"]) for one in seen.values()]
        assert {kind: services.count(kind) for kind in set(services)} == \
            {("180d",): 10, ("1810",): 10, ("1822",): 10, (): 30}
        assert sum("ManufacturerData" in one for one in seen.values()) == 20
        assert all(client.changes(path, "RSSI") for path in seen)
        assert STRAP in await client.objects()
        assert await fake.control("strangers 1 100 0.1") == "ok"

    play(test, STAGE, TEMPORARY_TIMEOUT="0.1")


def test_nobody_hears_of_strangers_that_a_filter_leaves_out(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.adapter("SetDiscoveryFilter", "a{sv}", {"Pattern": Variant("s", "F5:F1:F2:F3:F4:01")})
        await client.adapter("StartDiscovery")
        await fake.control("strangers 20 200 0.1")
        await fake.event("strangers-gone")
        await client.until(lambda: client.added(STRAP))
        assert not properties_of_strangers(client)

    play(test, STAGE)


def test_a_stranger_can_be_connected_to_and_stays_then(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.adapter("StartDiscovery")
        await fake.control("strangers 1 100 0.4")
        await client.until(lambda: properties_of_strangers(client))
        [path] = properties_of_strangers(client)
        await client.connect(path)
        await fake.event("connected", device="stranger-1")
        await fake.event("strangers-gone")
        assert path in await client.objects()

    play(test, STAGE)


@pytest.mark.parametrize("command", ["strangers 0 1", "strangers 1 fast", "strangers 1 0", "strangers 1 1 1 1"])
def test_what_makes_no_sense_is_refused(play, command: str) -> None:
    async def test(fake: Fake, client: Client) -> None:
        assert (await fake.control(command)).startswith("error: ")

    play(test, STAGE)


def test_a_stream_is_as_fast_as_it_says(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await client.connect(STRAP)
        path = await client.characteristic(STRAP, "2a37")
        await client.start_notify(path)
        await fake.event("subscribed")
        await fake.control("signal go")
        first, done = await fake.event("sent"), await fake.event("mark")
        assert done["t"] - first["t"] < 2.6  # 2 s, and what a busy machine makes of it
        await client.until(lambda: client.values(path)[-1:] == ["1048d007"])
        assert client.values(path) == [f"1048{n.to_bytes(2, 'little').hex()}" for n in range(1, 2001)]

    play(test, STAGE)


def test_a_bus_that_cannot_keep_up_is_waited_for() -> None:
    ours, its = socket.socketpair()
    with ours, its:
        ours.setblocking(False)
        patient, data = PatientSocket(ours), memoryview(bytes(65536))
        while patient.send(data):
            pass
        its.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while its.recv(65536):
                pass
        assert patient.send(data) > 0
