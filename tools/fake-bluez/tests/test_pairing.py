# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing, bonds, and what is left after a restart of bluetoothd."""

from __future__ import annotations

import asyncio

import pytest
from conftest import ADAPTER, Client, Fake, after, device_path, fails

STRAP, CUFF, REFUSER, CONFIRMER, LOCKED = (device_path(number) for number in (1, 2, 4, 5, 7))

STAGE = """
devices:
  - {id: strap, address: "F5:F1:F2:F3:F4:01", name: Strap, gatt: {180d: {2a37: {properties: [notify]}}}}
  - {id: cuff, address: "F5:F1:F2:F3:F4:02", name: Cuff, pairing: passkey,
     gatt: {1810: {2a35: {properties: [indicate]}}}}
  - {id: refuser, address: "F5:F1:F2:F3:F4:04", name: Refuser, pairing: refuse, services: [1809]}
  - {id: confirmer, address: "F5:F1:F2:F3:F4:05", name: Confirmer, pairing: confirm, services: [181d]}
  - id: locked
    address: "F5:F1:F2:F3:F4:07"
    name: Locked
    pairing: passkey
    passkey: 42
    require: authentication
    gatt:
      1810:
        2a35: {properties: [indicate]}
        2a49: {properties: [read], value: "0000"}
"""


async def ready(fake: Fake, client: Client, device: str, capability: str = "KeyboardDisplay") -> None:
    """With an agent that types what the cuff displays."""
    await client.register_agent(capability)
    client.answer = lambda member: (int((fake.directory / "passkeys" / "cuff").read_text())
                                    if member == "RequestPasskey" else None)
    await client.discover(device)


async def state(client: Client, device: str) -> tuple[bool, bool]:
    return await client.get(device, "Device1", "Paired"), await client.get(device, "Device1", "Bonded")


def test_agents_make_the_adapter_pairable(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        manager = ("/org/bluez", "AgentManager1")
        await fails(client.call(*manager, "UnregisterAgent", "o", "/agent"), "DoesNotExist")
        await fails(client.call(*manager, "RegisterAgent", "os", "/agent", "Telepathy"), "InvalidArguments")
        await client.register_agent()
        await client.changed(ADAPTER, "Pairable", True)
        await fails(client.call(*manager, "RegisterAgent", "os", "/agent", ""), "AlreadyExists")
        other = await fake.client()
        await fails(other.call(*manager, "RequestDefaultAgent", "o", "/agent"), "DoesNotExist")
        await client.call(*manager, "UnregisterAgent", "o", "/agent")
        await client.changed(ADAPTER, "Pairable", False)

    play(test, STAGE)


def test_pair_without_agent(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(STRAP)
        await fails(client.call(STRAP, "Device1", "Pair"), "AuthenticationFailed", "Authentication Failed")
        assert await state(client, STRAP) == (False, False)
        assert await client.get(STRAP, "Device1", "Connected")

    play(test, STAGE)


def test_just_works_asks_nobody(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, STRAP, "NoInputNoOutput")
        await client.call(STRAP, "Device1", "Pair")
        assert await state(client, STRAP) == (True, True) and not client.asked
        assert await client.get(STRAP, "Device1", "ServicesResolved")  # Pair() answers after that

    play(test, STAGE)


def test_passkey(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        await client.call(CUFF, "Device1", "Pair")
        assert client.asked == [("RequestPasskey", [CUFF])]
        assert client.changes(CUFF, "Bonded") == [True]
        assert (await fake.event("passkey", device="cuff"))["passkey"] < 1_000_000
        assert not (fake.directory / "passkeys" / "cuff").exists()
        assert await fake.control("passkey-of cuff") == "error: none shown"
        # 5.66 looks for a bonded LE device over BR/EDR then, and never answers.
        again = asyncio.ensure_future(client.call(CUFF, "Device1", "Pair"))
        await fails(after(again, client.call(CUFF, "Device1", "Pair")), "InProgress", "In Progress")
        await client.call(CUFF, "Device1", "CancelPairing")
        await fails(again, "AuthenticationCanceled")
        assert await state(client, CUFF) == (True, True)

    play(test, STAGE)


@pytest.mark.parametrize("answer", [1_000_000, "org.bluez.Error.Rejected", "org.bluez.Error.Canceled"])
def test_wrong_or_refused_passkey(play, answer: int | str) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        client.answer = lambda member: answer
        await fails(client.call(CUFF, "Device1", "Pair"), "AuthenticationFailed", "Authentication Failed")
        assert await state(client, CUFF) == (False, False)

    play(test, STAGE)


def test_passkey_of_the_control_socket_and_nobody_types(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        client.answer = lambda member: NotImplemented
        pairing = asyncio.ensure_future(client.call(CUFF, "Device1", "Pair"))
        shown = (await fake.event("passkey", device="cuff"))["passkey"]
        assert await fake.control("passkey-of cuff") == f"ok {shown:06d}"
        await fails(pairing, "AuthenticationCanceled", "Authentication Canceled")
        await client.until(lambda: client.asked[-1][0] == "Cancel")
        await client.changed(CUFF, "Connected", False)  # the security manager's time-out ends the link

    play(test, STAGE, PAIRING_TIMEOUT="0.6")


def test_cancel_pairing(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        client.answer = lambda member: NotImplemented
        await fails(client.call(CUFF, "Device1", "CancelPairing"), "DoesNotExist")
        pairing = asyncio.ensure_future(client.call(CUFF, "Device1", "Pair"))
        await client.until(lambda: client.asked)
        await fails(client.call(CUFF, "Device1", "Pair"), "InProgress", "In Progress")
        await client.call(CUFF, "Device1", "CancelPairing")
        await fails(pairing, "AuthenticationCanceled")
        await client.until(lambda: client.asked[-1][0] == "Cancel")

    play(test, STAGE)


def test_cancel_pairing_before_there_is_a_link(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        await fake.control("advertise cuff off")
        pairing = asyncio.ensure_future(client.call(CUFF, "Device1", "Pair"))
        await after(pairing, client.call(CUFF, "Device1", "CancelPairing"))
        await fails(pairing, "AuthenticationCanceled")
        await client.until(lambda: client.removed(CUFF))

    play(test, STAGE)


def test_pair_with_a_device_that_is_silent(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        await fake.control("advertise cuff off")
        await fails(client.call(CUFF, "Device1", "Pair"), "AuthenticationTimeout", "Authentication Timeout")

    play(test, STAGE, BONDING_TIMEOUT="0.3")


def test_refusing_device_and_confirmation(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, REFUSER)
        await fails(client.call(REFUSER, "Device1", "Pair"), "AuthenticationFailed")
        await client.discover(CONFIRMER)
        await client.call(CONFIRMER, "Device1", "Pair")
        shown = (await fake.event("passkey", device="confirmer"))["passkey"]
        assert client.asked == [("RequestConfirmation", [CONFIRMER, shown])]

    play(test, STAGE)


def test_the_callers_agent_comes_before_the_default(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        default = await fake.client()
        await default.register_agent()
        await ready(fake, client, CUFF)
        await client.call(CUFF, "Device1", "Pair")
        assert client.asked and not default.asked
        third = await fake.client()  # has no agent: the default is asked
        await third.discover(CONFIRMER)
        await third.call(CONFIRMER, "Device1", "Pair")
        assert [member for member, _ in default.asked] == ["RequestConfirmation"]

    play(test, STAGE)


def test_pairing_without_pairable_does_not_last(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        await client.set(ADAPTER, "Adapter1", "Pairable", "b", False)
        await client.call(CUFF, "Device1", "Pair")
        assert await state(client, CUFF) == (True, False)
        await fails(client.call(CUFF, "Device1", "Pair"), "AlreadyExists", "Already Paired")
        await fake.control("drop cuff")
        await client.changed(CUFF, "Connected", False)
        assert client.changes(CUFF, "Paired") == [True, False]
        assert await state(client, CUFF) == (False, False)

    play(test, STAGE)


def test_a_device_that_wants_security(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(LOCKED)
        await client.connect(LOCKED)
        feature = await client.characteristic(LOCKED, "2a49")
        reading = await client.characteristic(LOCKED, "2a35")
        read = (feature, "GattCharacteristic1", "ReadValue", "a{sv}", {})
        await fails(client.call(*read), "NotPermitted", "Not paired")  # there is no agent for the pairing it starts
        await fails(client.start_notify(reading), "NotPermitted", "Not paired")
        await client.register_agent()
        client.answer = lambda member: 42
        assert await client.call(*read) == b"\0\0"
        assert client.asked == [("RequestPasskey", [LOCKED])]
        assert await state(client, LOCKED) == (True, True)

    play(test, STAGE)


def test_restart_keeps_bonds_and_nothing_else(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, CUFF)
        await client.call(CUFF, "Device1", "Pair")
        await client.set(CUFF, "Device1", "Trusted", "b", True)
        path = await client.characteristic(CUFF, "2a35")
        await client.start_notify(path)
        await client.adapter("StartDiscovery")
        await client.raw("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                         "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'")
        owners: list[str] = []
        back = asyncio.Event()

        def owner_changed(message) -> None:
            if message.member == "NameOwnerChanged" and message.body[0] == "org.bluez":
                owners.append(message.body[2])
                if message.body[2]:
                    back.set()

        client.bus.add_message_handler(owner_changed)
        assert await fake.control("restart 0.2") == "ok"
        await asyncio.wait_for(back.wait(), 5)
        assert owners[0] == "" and len(owners) == 2
        objects = await client.objects()
        device = {name: value.value for name, value in objects[CUFF]["org.bluez.Device1"].items()}
        assert device["Bonded"] and device["Paired"] and device["Trusted"] and not device["Connected"]
        # 5.66 reads its cache only when the device connects: until then there is nothing to subscribe to.
        assert path not in objects and STRAP not in objects
        await fails(client.start_notify(path), "org.freedesktop.DBus.Error.UnknownObject")
        await client.register_agent()       # the agent is forgotten, so this is no second one
        await client.adapter("StartDiscovery")
        client.signals.clear()
        await client.connect(CUFF)
        assert not await client.get(path, "GattCharacteristic1", "Notifying")

    play(test, STAGE)


def test_removing_a_device_takes_the_bond(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await ready(fake, client, STRAP)
        await client.call(STRAP, "Device1", "Pair")
        await client.adapter("RemoveDevice", "o", STRAP)
        client.signals.clear()
        await client.discover(STRAP)
        assert await state(client, STRAP) == (False, False)

    play(test, STAGE)


def test_pairing_ends_with_the_client(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        other = await fake.client()
        await ready(fake, other, CUFF)
        other.answer = lambda member: NotImplemented
        pairing = asyncio.ensure_future(other.call(CUFF, "Device1", "Pair"))
        await fake.event("passkey", device="cuff")
        other.bus.disconnect()
        await fake.event("disconnected", device="cuff")
        pairing.cancel()
        assert await fake.control("passkey-of cuff") == "error: none shown"

    play(test, STAGE)


def test_a_device_asks_that_nobody_pairs_with(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        assert await fake.control("ask strap authorization") == "ok no agent"
        await client.register_agent()
        client.answer = lambda member: "org.bluez.Error.Rejected" if member != "RequestPasskey" else 7
        asked = {kind: await fake.control(f"ask strap {kind}")
                 for kind in ("passkey", "confirmation", "authorization", "service", "pin")}
        assert asked.pop("passkey") == "ok accepted" and set(asked.values()) == {"ok org.bluez.Error.Rejected"}
        assert client.asked[:2] == [("RequestPasskey", [STRAP]), ("RequestConfirmation", [STRAP, 123456])]
        assert (await fake.control("ask strap everything")).startswith("error: unknown question")

    play(test, STAGE)
