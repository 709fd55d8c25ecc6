# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories: what the devices do of themselves, and the two scenarios that others build on."""

from __future__ import annotations

from conftest import SCENARIOS, CallFailed, Client, Fake, device_path, fails
from dbus_fast import Variant

STRAP, CUFF, OXIMETER, RECONNECT = (device_path(number) for number in (1, 2, 3, 6))

HEAD = """
devices:
  - id: strap
    address: "F5:F1:F2:F3:F4:01"
    name: Strap
    gatt: {180d: {2a37: {properties: [notify]}}}
    story:
"""


def test_a_stream_waits_for_its_listener(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await client.connect(STRAP)
        path = await client.characteristic(STRAP, "2a37")
        await client.start_notify(path)
        await client.until(lambda: len(client.values(path)) >= 2)
        await fake.control("drop strap")
        await client.changed(STRAP, "Connected", False)
        await client.connect(STRAP)
        await fake.event("story-end", device="strap")
        await client.until(lambda: len(client.values(path)) == 6)
        assert client.values(path) == [f"01{n:02x}00" for n in range(1, 7)]
        assert [event["n"] for event in fake.find("sent")] == [1, 2, 3, 4, 5, 6]

    play(test, HEAD + "      - stream: {characteristic: 2a37, every: 0.05, count: 6, counter: {prefix: '01'}}\n")


def test_every_verb(play) -> None:
    story = """
      - advertise: false
      - until: signal go
      - parallel:
          - - {mark: left}
            - fail: {call: connect, error: org.bluez.Error.Failed, message: le-connection-timeout, times: 1}
          - [{wait: 0.01}, {mark: right}, {advertise: true}]
      - until: connected
      - until: subscribed 2a37
      - stream: {characteristic: 2a37, every: 0.01, values: [00], until: signal enough}
      - loop: {times: 2, steps: [{mark: again}]}
      - until: unsubscribed 2a37
      - disconnect: true
      - until: disconnected
"""

    async def test(fake: Fake, client: Client) -> None:
        await fake.event("advertising", device="strap", on=False)
        await fake.control("signal go")
        await fake.event("advertising", device="strap", on=True)
        await client.discover(STRAP)
        await fails(client.call(STRAP, "Device1", "Connect"), "Failed", "le-connection-timeout")
        await client.connect(STRAP)
        path = await client.characteristic(STRAP, "2a37")
        await client.start_notify(path)
        await client.until(lambda: len(client.values(path)) >= 3)
        await fake.control("signal enough")
        await fake.event("mark", 2, text="again")
        await client.call(path, "GattCharacteristic1", "StopNotify")
        await fake.event("story-end")
        await client.changed(STRAP, "Connected", False)

    play(test, HEAD + story)


def test_contract_every_indication_at_link_up_arrives(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(RECONNECT)
        await client.connect(RECONNECT)
        path = await client.characteristic(RECONNECT, "2a35")
        await client.start_notify(path)
        for n in range(1, 31):
            await client.until(lambda: client.changes(RECONNECT, "Connected")[-1] is False)
            try:
                await client.start_notify(path)  # a hang-up may have ended the session, see the next test
            except CallFailed as error:
                assert error.name == "org.bluez.Error.InProgress"
            await client.call(RECONNECT, "Device1", "Connect")
            await client.until(lambda: len(client.values(path)) >= n)
            await fake.event("disconnected", n + 1, device="reconnect")
            await client.until(lambda: client.changes(RECONNECT, "Connected").count(False) == n + 1)
        assert len(set(client.values(path))) == len(client.values(path)) >= 30
        assert client.values(path)[:20] == [f"00{n:02x}0050005800" for n in range(1, 21)]

    play(test, SCENARIOS / "contract.yaml")


def test_a_hang_up_while_the_session_is_registered_again_drops_it(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(RECONNECT)
        await client.connect(RECONNECT)
        path = await client.characteristic(RECONNECT, "2a35")
        await client.start_notify(path)
        await client.until(lambda: client.changes(RECONNECT, "Connected").count(False) == 1)
        await client.call(RECONNECT, "Device1", "Connect")
        await client.until(lambda: client.changes(RECONNECT, "Connected").count(False) == 2)
        await client.start_notify(path)  # of a session that lived the answer would be InProgress

    play(test, SCENARIOS / "contract.yaml", REGISTER_DELAY="5")


def test_evening(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP, CUFF, OXIMETER)
        for device in (STRAP, CUFF, OXIMETER):
            await client.connect(device)
        for device, uuid in ((STRAP, "2a37"), (CUFF, "2a35"), (OXIMETER, "2a5f")):
            await client.start_notify(await client.characteristic(device, uuid))
        await fake.event("sent", device="oximeter", value="0061004800")
        await fake.control("signal desaturate")
        await fake.control("signal cuff-1")
        await fake.event("sent", device="oximeter", value="0056005800")
        await fake.event("sent", device="cuff")
        await fake.event("disconnected", device="cuff")
        await fake.event("sent", 3, device="strap")

    play(test, SCENARIOS / "evening.yaml")


def test_a_story_goes_on_by_what_is_written(play) -> None:
    scenario = """
devices:
  - id: vendor
    address: "F5:F1:F2:F3:F4:01"
    name: Vendor
    gatt: {fff0: {fff1: {properties: [notify]}, fff2: {properties: [write, write-without-response]}}}
    story:
      - loop:
          times: 2
          steps:
            - until: written fff2 9b01
            - notify: {characteristic: fff1, value: eb}
      - until: written fff2 02
"""

    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await client.connect(STRAP)
        values, control = [await client.characteristic(STRAP, uuid) for uuid in ("fff1", "fff2")]
        await client.start_notify(values)
        for kind in ("request", "command"):
            await client.call(control, "GattCharacteristic1", "WriteValue", "aya{sv}", b"\x9b\x01",
                              {"type": Variant("s", kind)})
        await client.until(lambda: len(client.values(values)) == 2)
        assert not fake.find("story-end")
        await client.call(control, "GattCharacteristic1", "WriteValue", "aya{sv}", b"\x02", {})
        await fake.event("story-end", device="vendor")
        assert [event["value"] for event in fake.find("written")] == ["9b01", "9b01", "02"]

    play(test, scenario)


def test_what_is_announced_is_heard(play) -> None:
    scenario = """
devices:
  - id: band
    address: "F5:F1:F2:F3:F4:01"
    name: Band
    announce: {manufacturer: {"0157": 0248}, service-data: {181d: "22"}}
    story:
      - until: signal go
      - announce: {manufacturer: {"0157": 0250}}
"""

    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        assert (await client.get(STRAP, "Device1", "ManufacturerData"))[0x0157].value == bytes.fromhex("0248")
        service, = (await client.get(STRAP, "Device1", "ServiceData")).items()
        assert service[0].startswith("0000181d") and service[1].value == b"\x22"

        await client.adapter("SetDiscoveryFilter", "a{sv}", {"DuplicateData": Variant("b", False)})
        await client.adapter("StartDiscovery")
        await client.until(lambda: len(client.changes(STRAP, "RSSI")) > 3)
        assert not client.changes(STRAP, "ManufacturerData"), "what is known is not told again"
        await fake.control("signal go")
        await client.until(lambda: client.changes(STRAP, "ManufacturerData"))
        assert client.changes(STRAP, "ManufacturerData")[0][0x0157].value == bytes.fromhex("0250")
        assert await fake.control("announce band service-data 181d 33") == "ok"
        await client.until(lambda: client.changes(STRAP, "ServiceData"))
        await client.adapter("StopDiscovery")

        await client.adapter("SetDiscoveryFilter", "a{sv}", {"DuplicateData": Variant("b", True)})
        await client.adapter("StartDiscovery")
        before = len(client.changes(STRAP, "ServiceData"))
        await client.until(lambda: len(client.changes(STRAP, "ServiceData")) > before + 2)

    play(test, scenario)
