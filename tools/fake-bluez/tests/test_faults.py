# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control socket can let go wrong, each as a client of BlueZ 5.66 meets it."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from conftest import ADAPTER, BUS_CONFIG, CallFailed, Client, Fake, after, device_path, fails
from dbus_fast.aio import MessageBus

STRAP, CUFF = device_path(1), device_path(2)
ABORT = "le-connection-abort-by-local"
STAGE = """
devices:
  - {id: strap, address: "F5:F1:F2:F3:F4:01", name: HR strap, gatt: {180d: {2a37: {properties: [notify]}}}}
  - {id: cuff, address: "F5:F1:F2:F3:F4:02", name: BP cuff, gatt: {1810: {2a35: {properties: [indicate]}}}}
"""


async def bonded_strap(client: Client) -> str:
    """The path of 2a37."""
    await client.register_agent()
    await client.discover(STRAP)
    await client.call(STRAP, "Device1", "Pair")
    await client.changed(STRAP, "ServicesResolved", True)
    return await client.characteristic(STRAP, "2a37")


async def without_link(fake: Fake, client: Client) -> None:
    assert await fake.control("drop strap") == "ok"
    await client.changed(STRAP, "Connected", False)
    client.signals.clear()


def test_a_call_is_answered_late_and_done_at_once(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        path = await bonded_strap(client)
        assert await fake.control("delay startnotify 0.3") == "ok"
        answer = asyncio.ensure_future(client.start_notify(path))
        await fake.event("subscribed", device="strap")
        assert await fake.control("notify strap 2a37 0048") == "ok"
        await client.until(lambda: client.values(path) == ["0048"])
        assert not answer.done()
        await answer

    play(test, STAGE)


def test_faults_are_taken_back(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP, CUFF)
        await fake.control(f"error connect org.bluez.Error.Failed {ABORT} 1000")
        await fake.control("error stopdiscovery org.bluez.Error.InProgress 'In Progress'")
        await fails(client.call(STRAP, "Device1", "Connect"), "Failed", ABORT)
        assert await fake.control("clear connect") == "ok"
        await client.connect(STRAP)
        await client.adapter("StartDiscovery")
        await fails(client.adapter("StopDiscovery"), "InProgress")
        await client.adapter("StopDiscovery")
        await fake.control("error connect org.bluez.Error.Failed x 1000")
        assert await fake.control("clear") == "ok"
        await client.connect(CUFF)

    play(test, STAGE)


def test_power_that_is_refused_or_never_answered(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await fake.control("adapter power off")
        await fake.control("error powered org.bluez.Error.Failed Failed")
        await fails(client.set(ADAPTER, "Adapter1", "Powered", "b", True), "Failed", "Failed")
        await fake.control("hang powered")
        hung = asyncio.ensure_future(client.set(ADAPTER, "Adapter1", "Powered", "b", True))
        await after(hung, client.set(ADAPTER, "Adapter1", "Powered", "b", True))
        assert await client.get(ADAPTER, "Adapter1", "Powered") and not hung.done()
        hung.cancel()

    play(test, STAGE)


def test_a_controller_comes_back_under_another_index(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await bonded_strap(client)
        await fake.control("adapter remove")
        assert (await fake.control("adapter add usb1")).startswith("error")
        assert await fake.control("adapter add hci1") == "ok"
        moved = STRAP.replace("hci0", "hci1")
        await client.until(lambda: client.added(moved))
        objects = await client.objects()
        assert ADAPTER not in objects and STRAP not in objects
        assert objects[moved]["org.bluez.Device1"]["Bonded"].value is True
        assert objects[moved]["org.bluez.Device1"]["Adapter"].value == "/org/bluez/hci1"
        await client.call(moved, "Device1", "Connect")

    play(test, STAGE)


def test_a_discovery_that_is_deaf_until_it_begins_anew(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        assert await fake.control("deaf scan") == "ok"
        await client.adapter("StartDiscovery")
        await client.until(lambda: client.added(STRAP))  # beginning is what heals it
        assert await fake.control("deaf scan") == "ok"
        await asyncio.sleep(0.1)
        client.signals.clear()
        await asyncio.sleep(0.2)
        assert client.changes(STRAP, "RSSI") == [] and await client.get(ADAPTER, "Adapter1", "Discovering")
        await client.adapter("StopDiscovery")
        client.signals.clear()
        await client.adapter("StartDiscovery")
        await client.until(lambda: -60 in client.changes(STRAP, "RSSI"))

    play(test, STAGE)


def test_a_controller_that_is_deaf_until_it_was_off(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await fake.control("deaf power")
        await fails(client.call(STRAP, "Device1", "Connect"), "Failed", ABORT)
        await client.set(ADAPTER, "Adapter1", "Powered", "b", False)
        await client.set(ADAPTER, "Adapter1", "Powered", "b", True)
        await client.connect(STRAP)

    play(test, STAGE)


def test_all_connections_are_taken(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP, CUFF)
        assert await fake.control("slots 1") == "ok"
        await client.connect(STRAP)
        await fails(client.call(CUFF, "Device1", "Connect"), "Failed", ABORT)
        await fake.control("slots all")
        await client.connect(CUFF)

    play(test, STAGE)


def test_services_come_late_or_never_or_the_device_hangs_up(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        assert await fake.control("resolve strap drop") == "ok"
        await client.call(STRAP, "Device1", "Connect")
        await client.changed(STRAP, "Connected", False)
        assert client.changes(STRAP, "ServicesResolved") == []
        await fake.control("resolve strap 0.3")
        client.signals.clear()
        await client.call(STRAP, "Device1", "Connect")
        await asyncio.sleep(0.1)
        assert client.changes(STRAP, "ServicesResolved") == []
        await client.changed(STRAP, "ServicesResolved", True)
        await without_link(fake, client)
        await fake.control("resolve strap never")
        await client.call(STRAP, "Device1", "Connect")
        await asyncio.sleep(0.2)
        assert client.changes(STRAP, "ServicesResolved") == []
        await without_link(fake, client)
        await client.connect(STRAP)

    play(test, STAGE)


def test_a_new_firmware_moves_the_handles(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        old = await bonded_strap(client)
        await client.start_notify(old)
        await without_link(fake, client)
        assert await fake.control("new-firmware strap") == "ok"
        await client.connect(STRAP)
        new = await client.characteristic(STRAP, "2a37")
        assert new != old and client.removed(old) and client.added(new)
        assert (await fake.control("notify strap 2a37 0048")).startswith("error")  # the session went with the object
        await client.start_notify(new)
        # And while it is connected: Service Changed.
        client.signals.clear()
        await fake.control("new-firmware strap")
        await client.until(lambda: client.removed(new))
        assert client.changes(STRAP, "Connected") == client.changes(STRAP, "ServicesResolved") == []
        assert await client.characteristic(STRAP, "2a37") not in (old, new)

    play(test, STAGE)


def test_a_device_that_has_forgotten_its_bond(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await bonded_strap(client)
        assert await fake.control("unbond strap") == "ok"
        await client.changed(STRAP, "Connected", False)
        for _ in range(4):
            client.signals.clear()
            with pytest.raises(CallFailed) as caught:
                await client.call(STRAP, "Device1", "Connect")
            assert caught.value.text in (ABORT, "br-connection-canceled")
            await client.changed(STRAP, "Connected", False)
            assert client.changes(STRAP, "Connected") == [True, False]
            assert client.changes(STRAP, "ServicesResolved") == []
        assert await client.get(STRAP, "Device1", "Paired") and await client.get(STRAP, "Device1", "Bonded")

    play(test, STAGE)


def test_the_end_of_the_bus(tmp_path: Path) -> None:
    """It exits with the bus and is there again with it: bonds stay, links go."""
    path, config = tmp_path / "bus", tmp_path / "bus.conf"
    config.write_text(BUS_CONFIG.replace("unix:dir={0}", "unix:path={0}").format(path))
    address = f"unix:path={path}"
    buses: list[subprocess.Popen] = []

    def begin() -> None:
        path.unlink(missing_ok=True)
        buses.append(subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", "--config-file", config],
                                      stdout=subprocess.PIPE, text=True))
        assert buses[-1].stdout.readline()

    async def owned() -> None:
        while True:
            bus = await MessageBus(bus_address=address).connect()
            reply = await Client(bus).raw("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "NameHasOwner", "s", "org.bluez")
            bus.disconnect()
            if reply == [True]:
                return
            await asyncio.sleep(0.02)

    async def test() -> None:
        scenario = tmp_path / "scenario.yaml"
        scenario.write_text(STAGE)
        fake = Fake(address, tmp_path)
        await fake.start(scenario, [], {})
        try:
            await bonded_strap(await fake.client())
            buses[0].kill()
            buses[0].wait()
            await fake.event("disconnected", device="strap")
            begin()
            await asyncio.wait_for(owned(), 8)
            client = await fake.client()
            assert await client.get(STRAP, "Device1", "Bonded")
            await client.connect(STRAP)
        finally:
            await fake.stop()

    begin()
    try:
        asyncio.run(test())
    finally:
        for bus in buses:
            bus.kill()
            bus.wait()
