# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories: what the devices do of themselves, and the two scenarios that others build on."""

from __future__ import annotations

from conftest import SCENARIOS, CallFailed, Client, Fake, device_path, fails

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
