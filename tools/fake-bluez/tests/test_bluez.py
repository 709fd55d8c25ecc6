# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapter, discovery, connection and notification as BlueZ 5.66 has them."""

from __future__ import annotations

import asyncio

from conftest import ADAPTER, Client, Fake, after, device_path, fails
from dbus_fast import Variant

STRAP, CUFF = device_path(1), device_path(2)

STAGE = """
devices:
  - id: strap
    address: "F5:F1:F2:F3:F4:01"
    name: HR strap
    services: [180d]
    gatt:
      180d:
        2a37: {properties: [notify]}
        2a38: {properties: [read], value: 01}
        2a39: {properties: [write]}
      180f:
        2a19: {properties: [read, notify], value: 4b}
  - id: cuff
    address: "F5:F1:F2:F3:F4:02"
    name: BP cuff
    services: [1810]
    gatt:
      1810:
        2a35: {properties: [indicate]}
"""


async def known_strap(client: Client) -> str:
    """Connected once, so that its table is there; answers the path of 2a37."""
    await client.discover(STRAP)
    await client.connect(STRAP)
    return await client.characteristic(STRAP, "2a37")


def test_objects_and_first_properties(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        objects = await client.objects()
        assert "org.bluez.AgentManager1" in objects["/org/bluez"]
        adapter = {name: value.value for name, value in objects[ADAPTER]["org.bluez.Adapter1"].items()}
        assert adapter["Address"] == "F0:F1:F2:F3:F4:00" and adapter["AddressType"] == "public"
        assert adapter["Powered"] and not adapter["Pairable"] and not adapter["Discovering"]
        assert "RSSI" in await client.adapter("GetDiscoveryFilters")

    play(test, STAGE)


def test_discovery_finds_devices_and_forgets_the_rssi(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP, CUFF)
        await client.changed(ADAPTER, "Discovering", False)
        assert client.changes(ADAPTER, "Discovering") == [True, False]
        assert client.changes(STRAP, "RSSI") == [None]
        properties = (await client.objects())[STRAP]["org.bluez.Device1"]
        assert properties["UUIDs"].value == ["0000180d-0000-1000-8000-00805f9b34fb"]
        assert properties["Alias"].value == "HR strap" and properties["Paired"].value is False
        assert "ManufacturerData" not in properties

    play(test, STAGE)


def test_discovery_belongs_to_a_client(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        other = await fake.client()
        await fails(client.adapter("StopDiscovery"), "Failed", "No discovery started")
        await client.adapter("StartDiscovery")
        await fails(client.adapter("StartDiscovery"), "InProgress", "Operation already in progress")
        await other.adapter("StartDiscovery")
        await client.adapter("StopDiscovery")
        assert await client.get(ADAPTER, "Adapter1", "Discovering")
        other.bus.disconnect()
        await client.changed(ADAPTER, "Discovering", False)

    play(test, STAGE)


def test_filters(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        for wrong in ({"Colour": Variant("s", "red")}, {"Transport": Variant("s", "fm")}):
            await fails(client.adapter("SetDiscoveryFilter", "a{sv}", wrong), "InvalidArguments")
        await client.adapter("SetDiscoveryFilter", "a{sv}", {"UUIDs": Variant("as", ["1810"]),
                                                             "Transport": Variant("s", "le"),
                                                             "DuplicateData": Variant("b", True)})
        await client.adapter("StartDiscovery")
        # With a filter each advertisement tells the RSSI, and the manufacturer data where it is asked for.
        await client.until(lambda: len(client.changes(CUFF, "RSSI")) >= 3)
        assert len(client.changes(CUFF, "ManufacturerData")) >= 3
        assert not client.added(STRAP)

    play(test, STAGE, "--manufacture")


def test_temporary_devices_vanish(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP, CUFF)
        await client.connect(STRAP)
        await client.until(lambda: client.removed(CUFF))
        assert not client.removed(STRAP)
        await fails(client.call(CUFF, "Device1", "Connect"), "org.freedesktop.DBus.Error.UnknownObject")

    play(test, STAGE, TEMPORARY_TIMEOUT="0.3")


def test_connect_then_services(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await client.call(STRAP, "Device1", "Connect")
        assert client.changes(STRAP, "Connected") == [True]
        assert client.changes(STRAP, "ServicesResolved") == []  # Connect() does not wait for the services
        await client.changed(STRAP, "ServicesResolved", True)
        assert client.added(f"{STRAP}/service000a/char000b")
        heart = (await client.objects())[f"{STRAP}/service000a/char000b"]["org.bluez.GattCharacteristic1"]
        assert heart["UUID"].value == "00002a37-0000-1000-8000-00805f9b34fb" and heart["Flags"].value == ["notify"]
        assert heart["Value"].value == b"" and not heart["Notifying"].value
        assert "00001801-0000-1000-8000-00805f9b34fb" in client.changes(STRAP, "UUIDs")[-1]
        await client.call(STRAP, "Device1", "Connect")  # connected already: success

    play(test, STAGE)


def test_connect_to_a_silent_device(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await fake.control("advertise strap off")
        await fails(client.call(STRAP, "Device1", "Connect"), "Failed", "le-connection-abort-by-local")

    play(test, STAGE)


def test_second_connect_and_disconnect_while_connecting(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await fake.control("advertise strap off")
        other = await fake.client()
        waiting = asyncio.ensure_future(client.call(STRAP, "Device1", "Connect"))
        await fails(after(waiting, other.call(STRAP, "Device1", "Connect")), "Failed", "Operation already in progress")
        await other.call(STRAP, "Device1", "Disconnect")
        await fails(waiting, "Failed", "br-connection-canceled")

    play(test, STAGE, CONNECT_TIMEOUT="5")


def test_disconnect_tells_in_order(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        path = await known_strap(client)
        leaving = asyncio.ensure_future(client.call(STRAP, "Device1", "Disconnect"))
        await fails(after(leaving, client.start_notify(path)), "NotConnected", "Not Connected")
        await leaving
        order = [name for m in client.signals if m.member == "PropertiesChanged" and m.path == STRAP
                 for name in m.body[1]]
        assert order[-2:] == ["ServicesResolved", "Connected"]
        await client.call(STRAP, "Device1", "Disconnect")  # not connected: success
        await fails(client.call(path, "GattCharacteristic1", "ReadValue", "a{sv}", {}), "Failed", "Not connected")
        assert path in await client.objects()

    play(test, STAGE)


def test_notifications_one_signal_per_session(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        path = await known_strap(client)
        other = await fake.client()
        await client.start_notify(path)
        await client.start_notify(path)  # in effect already: success
        await fake.event("subscribed", device="strap", characteristic="2a37")
        await fake.control("notify strap 2a37 0048")
        await fake.control("notify strap 2a37 0048")  # an equal value is another reading
        await client.until(lambda: client.values(path) == ["0048", "0048"])
        await other.start_notify(path)
        await fake.control("notify strap 2a37 0049")
        await client.until(lambda: client.values(path) == ["0048", "0048", "0049", "0049"])
        await other.call(path, "GattCharacteristic1", "StopNotify")
        await fails(other.call(path, "GattCharacteristic1", "StopNotify"), "Failed", "No notify session started")
        assert client.changes(path, "Notifying") == [True]
        await fake.control("notify strap 2a37 004a")
        await client.until(lambda: client.values(path)[4:] == ["004a"])
        assert [event["n"] for event in fake.find("sent")] == [1, 2, 3, 4]

    play(test, STAGE)


def test_sessions_end_with_their_client(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        path = await known_strap(client)
        other = await fake.client()
        await other.start_notify(path)
        other.bus.disconnect()
        await fake.event("unsubscribed", device="strap", characteristic="2a37")
        await client.changed(path, "Notifying", False)
        assert await fake.control("notify strap 2a37 0048") == "error: nobody is subscribed"
        assert fake.find("dropped") and not client.values(path)

    play(test, STAGE)


def test_subscribing_beforehand_gets_the_first_value(play) -> None:
    story = STAGE + """
    story:
      - until: subscribed 2a35
      - until: disconnected
      - until: connected
      - notify: {characteristic: 2a35, value: 0102}
"""

    async def test(fake: Fake, client: Client) -> None:
        await client.discover(CUFF)
        await client.connect(CUFF)
        path = await client.characteristic(CUFF, "2a35")
        await client.start_notify(path)
        await fake.control("drop cuff")
        await client.changed(CUFF, "Connected", False)
        # The session waits now; another one waits with it, and asking again is refused.
        await fails(client.start_notify(path), "InProgress", "In Progress")
        other = await fake.client()
        await other.start_notify(path)
        await other.call(path, "GattCharacteristic1", "StopNotify")
        await client.call(CUFF, "Device1", "Connect")
        await client.until(lambda: client.values(path) == ["0102"])
        resolved = [index for index, m in enumerate(client.signals) if "ServicesResolved" in (m.body[1] or {})]
        value = next(index for index, m in enumerate(client.signals) if "Value" in (m.body[1] or {}))
        assert len(resolved) == 2 and value > resolved[-1]  # told before the services are resolved again

    play(test, story, CACHED_DELAY="5")


def test_indication_without_session_is_lost(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(CUFF)
        await client.connect(CUFF)
        path = await client.characteristic(CUFF, "2a35")
        assert await fake.control("notify cuff 2a35 01") == "error: nobody is subscribed"
        await client.start_notify(path)
        await fake.control("notify cuff 2a35 02")
        await client.until(lambda: client.values(path) == ["02"])

    play(test, STAGE)


def test_reading_and_writing(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        heart = await known_strap(client)
        place = await client.characteristic(STRAP, "2a38")
        point = await client.characteristic(STRAP, "2a39")
        assert await client.call(place, "GattCharacteristic1", "ReadValue", "a{sv}", {}) == b"\x01"
        assert client.values(place) == ["01"]  # a read is told like a notification
        await client.call(point, "GattCharacteristic1", "WriteValue", "aya{sv}", b"\x01", {})
        await fails(client.call(place, "GattCharacteristic1", "StartNotify"), "NotSupported")
        await fails(client.call(heart, "GattCharacteristic1", "ReadValue", "a{sv}", {}), "NotPermitted",
                    "Read not permitted")
        await fails(client.call(heart, "GattCharacteristic1", "WriteValue", "aya{sv}", b"", {}), "NotSupported")
        await fails(client.call(heart, "GattCharacteristic1", "AcquireNotify", "a{sv}", {}), "NotSupported")

    play(test, STAGE)


def test_battery_comes_and_goes_with_the_link(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await known_strap(client)
        assert await client.get(STRAP, "Battery1", "Percentage") == 0x4B
        await fake.control("notify strap 2a19 32")
        await client.changed(STRAP, "Percentage", 0x32)
        await fake.control("drop strap")
        await client.until(lambda: any(m.member == "InterfacesRemoved" and m.body == [STRAP, ["org.bluez.Battery1"]]
                                       for m in client.signals))

    play(test, STAGE)


def test_remove_device(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        path = await known_strap(client)
        await client.adapter("RemoveDevice", "o", STRAP)
        await client.until(lambda: client.removed(STRAP) and client.removed(path))
        await fake.event("disconnected", device="strap")
        await fails(client.adapter("RemoveDevice", "o", STRAP), "DoesNotExist")

    play(test, STAGE)


def test_power_off_ends_everything(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await known_strap(client)
        await client.adapter("StartDiscovery")
        await client.changed(ADAPTER, "Discovering", True)
        await fake.control("adapter power off")
        await client.changed(ADAPTER, "Powered", False)
        await client.changed(STRAP, "Connected", False)
        await fails(client.adapter("StartDiscovery"), "NotReady", "Resource Not Ready")
        await fails(client.adapter("StopDiscovery"), "NotReady")
        await fails(client.adapter("RemoveDevice", "o", STRAP), "NotReady")
        await fails(client.call(STRAP, "Device1", "Connect"), "Failed", "Input/output error")
        await client.set(ADAPTER, "Adapter1", "Powered", "b", True)
        await client.adapter("StartDiscovery")  # the discovery from before is gone, so this is no second one
        await client.call(STRAP, "Device1", "Connect")

    play(test, STAGE)


def test_what_rfkill_holds_off_stays_off(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await fake.control("adapter power blocked")
        await client.changed(ADAPTER, "Powered", False)
        await fails(client.set(ADAPTER, "Adapter1", "Powered", "b", True), "Blocked", "Blocked through rfkill")
        await fake.control("adapter power on")
        await client.changed(ADAPTER, "Powered", True)

    play(test, STAGE)


def test_adapter_pulled_and_plugged(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await known_strap(client)
        await fake.control("adapter remove")
        await client.until(lambda: client.removed(ADAPTER) and client.removed(STRAP))
        await fake.control("adapter add")
        await client.until(lambda: client.added(STRAP))
        assert not await client.get(STRAP, "Device1", "Connected")

    play(test, STAGE)


def test_faults(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        assert await fake.control('error startdiscovery org.bluez.Error.Failed "no radio" 2') == "ok"
        await fails(client.adapter("StartDiscovery"), "Failed", "no radio")
        await fails(client.adapter("StartDiscovery"), "Failed", "no radio")
        await client.discover(STRAP)
        await fake.control("hang connect")
        hanging = asyncio.ensure_future(client.call(STRAP, "Device1", "Connect"))
        await after(hanging, client.call(STRAP, "Device1", "Connect"))
        assert not hanging.done()
        hanging.cancel()
        assert (await fake.control("error fly a.b c")).startswith("error: unknown call")
        assert (await fake.control("jump")).startswith("error: unknown command")

    play(test, STAGE)


def test_properties_as_gdbus_has_them(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await fails(client.get(STRAP, "Device1", "RSSI"), "org.freedesktop.DBus.Error.InvalidArgs")
        await fails(client.set(STRAP, "Device1", "Paired", "b", True), "org.freedesktop.DBus.Error.PropertyReadOnly")
        await client.set(STRAP, "Device1", "Trusted", "b", True)
        await client.changed(STRAP, "Trusted", True)
        await client.set(STRAP, "Device1", "Alias", "s", "Grandma's strap")
        assert await client.get(STRAP, "Device1", "Alias") == "Grandma's strap"
        xml = (await client.raw("org.bluez", STRAP, "org.freedesktop.DBus.Introspectable", "Introspect"))[0]
        assert '<method name="Pair">' in xml

    play(test, STAGE)
