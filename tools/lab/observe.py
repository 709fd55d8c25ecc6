# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the real bluetoothd what it does, for observe.yaml, and prints the answers. Nothing here passes or fails."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from dbus_fast import Variant

from client import ADAPTER, CHARACTERISTIC, DEVICE, Agent, Bluez, Failure, device_path, rejecting

STRAP, CUFF, OXIMETER, SCALE, AWAY, LOSER = (device_path(f"F5:F1:F2:F3:F4:0{n}") for n in range(1, 7))
NAMES = {STRAP: "strap", CUFF: "cuff", OXIMETER: "oximeter", SCALE: "scale", AWAY: "away", LOSER: "loser"}
PRESSURE = CUFF + "/service000e/char000f"  # there is no object to find it by after a restart
ADAPTER1 = "org.bluez.Adapter1"
NOTHING = Variant("s", "")
CONTROL, PASSKEYS = "", Path()


def title(text: str) -> None:
    print(f"== {text}", flush=True)


async def attempt(what: str, work: Awaitable[Any], seconds: float = 60) -> bool:
    begin = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(seconds):
            result = await work
        print(f"   {what}: ok {result or ''} ({asyncio.get_running_loop().time() - begin:.2f} s)", flush=True)
        return True
    except Failure as error:
        print(f"   {what}: {error.name} \"{error.text}\" ({error.seconds:.2f} s)", flush=True)
    except TimeoutError as error:
        print(f"   {what}: no answer within {seconds} s {error}", flush=True)
    return False


async def command(line: str) -> str:
    reader, writer = await asyncio.open_unix_connection(CONTROL)
    writer.write(line.encode() + b"\n")
    answer = (await reader.readline()).decode().strip()
    writer.close()
    return answer


def trace(bluez: Bluez, since: float, only: str = "") -> None:
    """The signals since then, in their order; runs of the same kind are counted."""
    lines: list[list[Any]] = []
    for at, path, signal, body in bluez.signals:
        if at < since or signal.endswith("NameOwnerChanged"):
            continue
        subject = path if signal == "Properties.PropertiesChanged" else body[0]
        if only and not subject.startswith(only):
            continue
        tail = subject.replace("/org/bluez/hci0", "") or "/hci0"
        for path_, name in NAMES.items():
            tail = tail.replace(path_.rsplit("/", 1)[-1], name)
        if signal == "Properties.PropertiesChanged":
            values = ", ".join(f"{key}={show(value.value)}" for key, value in body[1].items())
            text = f"{tail} {values}" + (f" invalidated {body[2]}" if body[2] else "")
        else:
            interfaces = [name.rsplit(".", 1)[-1] for name in body[1] if "freedesktop" not in name]
            text = f"{signal.split('.')[1]} {tail} {interfaces}"
            if "RSSI" in body[1].get(DEVICE, {}):
                text += f" RSSI={body[1][DEVICE]['RSSI'].value}"
        if lines and "RSSI=" in text and lines[-1][1] == text:
            lines[-1][2] += 1
        else:
            lines.append([at - since, text, 1])
    for at, text, times in lines:
        print(f"      {at:6.2f} {text}{f' ({times} times)' if times > 1 else ''}", flush=True)


def show(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, dict)) and len(value) > 3:
        return f"[{len(value)}]"
    return str(value)


async def table(bluez: Bluez, device: str) -> str:
    objects = await bluez.objects()
    below = [path for path in objects if path.startswith(device + "/")]
    properties = objects.get(device, {}).get(DEVICE)
    if properties is None:
        return "no object"
    keys = ("Paired", "Bonded", "Trusted", "Connected", "ServicesResolved", "RSSI")
    state = {key: properties[key].value for key in keys if key in properties}
    return f"{len(below)} GATT objects, {state}"


async def characteristic(bluez: Bluez, device: str, uuid: str) -> str:
    for path, interfaces in (await bluez.objects()).items():
        if path.startswith(device) and uuid in interfaces.get(CHARACTERISTIC, {}).get("UUID", NOTHING).value:
            return path
    return device + "/none"


async def known(bluez: Bluez, device: str) -> None:
    """Objects of devices that are neither connected nor paired vanish 30 s after they were last heard of."""
    if device not in await bluez.objects():
        print(f"   ({NAMES[device]} is no longer on the bus)")
        await bluez.find(device[-17:].replace("_", ":"))


async def up(bluez: Bluez, device: str) -> None:
    await known(bluez, device)
    if not await bluez.get(device, DEVICE, "Connected"):
        await bluez.call(device, "Device1.Connect")
    await bluez.becomes(device, DEVICE, "ServicesResolved", True)


async def down(bluez: Bluez, device: str) -> None:
    await command(f"drop {NAMES[device]}")
    await bluez.becomes(device, DEVICE, "Connected", False)
    await asyncio.sleep(0.5)


async def discovery(bluez: Bluez) -> None:
    title("discovery")
    since = bluez.now()
    await attempt("StopDiscovery without a start", bluez.call(ADAPTER, "Adapter1.StopDiscovery"))
    await bluez.find(*(path[-17:].replace("_", ":") for path in NAMES))
    print("   strap after discovery:", await table(bluez, STRAP))
    trace(bluez, since, STRAP)
    trace(bluez, since, "/org/bluez/hci0 ")
    since = bluez.now()
    await attempt("StartDiscovery", bluez.call(ADAPTER, "Adapter1.StartDiscovery"))
    await attempt("StartDiscovery again, same client", bluez.call(ADAPTER, "Adapter1.StartDiscovery"))
    await asyncio.sleep(5)
    print("   strap while discovering:", await table(bluez, STRAP))
    await attempt("StopDiscovery", bluez.call(ADAPTER, "Adapter1.StopDiscovery"))
    await asyncio.sleep(1)
    print("   strap after StopDiscovery:", await table(bluez, STRAP))
    trace(bluez, since, STRAP)


async def first_connect(bluez: Bluez) -> None:
    title("first Connect: the order of things")
    since = bluez.now()
    await attempt("Connect strap", bluez.call(STRAP, "Device1.Connect"))
    print(f"      {bluez.now() - since:6.2f} (Connect has returned)")
    await attempt("resolved", up(bluez, STRAP))
    await asyncio.sleep(1)
    trace(bluez, since)
    await attempt("Connect while connected", bluez.call(STRAP, "Device1.Connect"))


async def pairing(bluez: Bluez) -> None:
    title("pairing without an agent")
    await bluez.set(ADAPTER, ADAPTER1, "Pairable", "b", True)
    await attempt("Pair strap, Pairable=true, no agent", bluez.call(STRAP, "Device1.Pair"))
    await attempt("Pair cuff, Pairable=true, no agent", bluez.call(CUFF, "Device1.Pair"))
    print("   strap", await table(bluez, STRAP), "cuff", await table(bluez, CUFF))

    title("pairing with a KeyboardDisplay agent")
    agent = Agent(PASSKEYS, {path: name for path, name in NAMES.items()})
    await agent.register(bluez)

    async def pair(what: str, device: str, answer: Any = lambda passkey: passkey) -> None:
        agent.answer = answer
        agent.asked.clear()
        await known(bluez, device)
        since = bluez.now()
        done = await attempt(what, bluez.call(device, "Device1.Pair"), 15)
        if not done and await bluez.get(device, DEVICE, "Bonded"):
            await attempt("CancelPairing", bluez.call(device, "Device1.CancelPairing"))
        await asyncio.sleep(1)
        print("     agent:", agent.asked, "|", await table(bluez, device))
        trace(bluez, since, device)

    await bluez.set(ADAPTER, ADAPTER1, "Pairable", "b", False)
    await pair("Pair strap, Pairable=false", STRAP)
    if await bluez.get(STRAP, DEVICE, "Connected"):
        await down(bluez, STRAP)
        print("   strap after disconnect:", await table(bluez, STRAP))
    await bluez.set(ADAPTER, ADAPTER1, "Pairable", "b", True)
    await pair("Pair strap again, Pairable=true", STRAP)
    if not await bluez.get(STRAP, DEVICE, "Bonded"):
        await down(bluez, STRAP)
        await pair("Pair strap after disconnect, Pairable=true", STRAP)
    await pair("Pair strap, bonded already", STRAP)
    await pair("Pair cuff, wrong passkey", CUFF, lambda passkey: (passkey + 1) % 1000000)
    await pair("Pair cuff, agent rejects", CUFF, rejecting)
    await pair("Pair cuff, right passkey", CUFF)
    await pair("Pair oximeter, which refuses", OXIMETER)
    await pair("Pair scale, agent rejects the number", SCALE, rejecting)
    await pair("Pair scale, agent confirms", SCALE)
    title("StartNotify on a characteristic that needs encryption, no bond")
    await attempt("connect", up(bluez, AWAY))
    temperature = await characteristic(bluez, AWAY, "2a1c")
    await attempt("StartNotify", bluez.call(temperature, "GattCharacteristic1.StartNotify"))
    print("   agent:", agent.asked, "| away", await table(bluez, AWAY))
    await attempt("RemoveDevice while connected", bluez.call(ADAPTER, "Adapter1.RemoveDevice", "o", AWAY))


async def notifying(bluez: Bluez) -> None:
    title("StartNotify")
    await up(bluez, STRAP)
    rate = await characteristic(bluez, STRAP, "2a37")
    start = "GattCharacteristic1.StartNotify"
    await attempt("StopNotify before any start", bluez.call(rate, "GattCharacteristic1.StopNotify"))
    await attempt("StartNotify", bluez.call(rate, start))
    await attempt("again, same client, connected", bluez.call(rate, start))
    await attempt("on a characteristic that only reads", bluez.call(await characteristic(bluez, STRAP, "2a38"), start))
    second = await Bluez().open()
    await attempt("a second client", second.call(rate, start))
    since = bluez.now()
    print("   one notification with two clients:", await command("notify strap 2a37 0048"))
    await asyncio.sleep(0.5)
    trace(bluez, since, rate)
    second.close()
    await asyncio.sleep(0.5)
    since = bluez.now()
    print("   two equal ones with one client:")
    for _ in range(2):
        await command("notify strap 2a37 0048")
    await asyncio.sleep(0.5)
    trace(bluez, since, rate)
    since = bluez.now()
    await down(bluez, STRAP)
    print("   after the disconnect (bonded):", await table(bluez, STRAP))
    trace(bluez, since, STRAP)
    print("   Notifying:", await bluez.get(rate, CHARACTERISTIC, "Notifying"))
    await attempt("StartNotify, same client, disconnected", bluez.call(rate, start))
    location = await characteristic(bluez, STRAP, "2a38")
    await attempt("ReadValue while disconnected", bluez.call(location, "GattCharacteristic1.ReadValue", "a{sv}", {}))
    third = await Bluez().open()
    await attempt("StartNotify, new client, disconnected", third.call(rate, start))
    since = bluez.now()
    await up(bluez, STRAP)
    await asyncio.sleep(0.5)
    print("   notification after the reconnect:", await command("notify strap 2a37 0049"))
    await asyncio.sleep(0.5)
    trace(bluez, since, STRAP)
    third.close()

    await up(bluez, CUFF)
    await attempt("StartNotify cuff", bluez.call(await characteristic(bluez, CUFF, "2a35"), start))

    title("an unbonded device")
    await up(bluez, OXIMETER)
    spot = await characteristic(bluez, OXIMETER, "2a5e")
    await attempt("StartNotify", bluez.call(spot, start))
    since = bluez.now()
    await down(bluez, OXIMETER)
    print("   after the disconnect:", await table(bluez, OXIMETER))
    trace(bluez, since, OXIMETER)
    await attempt("StartNotify while disconnected", bluez.call(spot, start))


async def connecting(bluez: Bluez) -> None:
    title("Connect to a device that does not advertise")
    print("  ", await command("advertise scale off"), await command("advertise oximeter off"))
    for device in (SCALE, CUFF):
        await known(bluez, device)
        if await bluez.get(device, DEVICE, "Connected"):
            await down(bluez, device)
    await known(bluez, OXIMETER)
    since = bluez.now()
    call = "Device1.Connect"
    one = asyncio.ensure_future(attempt("Connect scale (bonded)", bluez.call(SCALE, call)))
    await asyncio.sleep(1)
    await attempt("Connect scale while that one runs", bluez.call(SCALE, "Device1.Connect"))
    other = asyncio.ensure_future(attempt("Connect oximeter (unbonded), 1 s later", bluez.call(OXIMETER, call)))
    await attempt("Connect cuff, which advertises, meanwhile", up(bluez, CUFF))
    await asyncio.gather(one, other)
    trace(bluez, since, SCALE)
    one = asyncio.ensure_future(attempt("Connect scale, with a Disconnect after 2 s", bluez.call(SCALE, call)))
    await asyncio.sleep(2)
    await attempt("Disconnect while connecting", bluez.call(SCALE, "Device1.Disconnect"))
    await one
    print("  ", await command("advertise scale on"), await command("advertise oximeter on"))
    await attempt("Connect scale, advertising again", up(bluez, SCALE))
    await attempt("Disconnect", bluez.call(SCALE, "Device1.Disconnect"))
    await attempt("Disconnect while disconnected", bluez.call(SCALE, "Device1.Disconnect"))
    title("an object that nobody needs")
    await attempt("RemoveDevice scale", bluez.call(ADAPTER, "Adapter1.RemoveDevice", "o", SCALE))
    await attempt("Connect to the removed device", bluez.call(SCALE, "Device1.Connect"))
    title("adapter off")
    since = bluez.now()
    await bluez.set(ADAPTER, ADAPTER1, "Powered", "b", False)
    await asyncio.sleep(1)
    trace(bluez, since)
    await attempt("StartDiscovery", bluez.call(ADAPTER, "Adapter1.StartDiscovery"))
    await attempt("Connect", bluez.call(STRAP, "Device1.Connect"))
    await attempt("Pair", bluez.call(OXIMETER, "Device1.Pair"))
    await bluez.set(ADAPTER, ADAPTER1, "Powered", "b", True)


async def forgotten(bluez: Bluez) -> None:
    title("a device that has forgotten its bond")
    await known(bluez, LOSER)
    await bluez.set(ADAPTER, ADAPTER1, "Pairable", "b", True)
    agent = Agent(PASSKEYS, {LOSER: "loser"})
    await agent.register(bluez)
    await attempt("Pair", bluez.call(LOSER, "Device1.Pair"))
    await up(bluez, LOSER)
    await attempt("StartNotify", bluez.call(await characteristic(bluez, LOSER, "2a1c"), "GattCharacteristic1.StartNotify"))
    since = bluez.now()
    print("   it forgets, and hangs up:", await command("unbond loser"))
    await bluez.becomes(LOSER, DEVICE, "Connected", False)
    await asyncio.sleep(1)
    trace(bluez, since, LOSER)
    for _ in range(4):
        since = bluez.now()
        await attempt("Connect", bluez.call(LOSER, "Device1.Connect"))
        await asyncio.sleep(3)
        print("  ", await table(bluez, LOSER), "| agent:", agent.asked)
        trace(bluez, since, LOSER)
    await bluez.call(ADAPTER, "Adapter1.StartDiscovery")
    for _ in range(3):
        since = bluez.now()
        await attempt("Connect while discovering", bluez.call(LOSER, "Device1.Connect"))
        await asyncio.sleep(2)
        trace(bluez, since, LOSER)
    await bluez.call(ADAPTER, "Adapter1.StopDiscovery")
    since = bluez.now()
    if not await attempt("Pair", bluez.call(LOSER, "Device1.Pair"), 15):
        await attempt("CancelPairing", bluez.call(LOSER, "Device1.CancelPairing"))
    trace(bluez, since, LOSER)
    await attempt("RemoveDevice", bluez.call(ADAPTER, "Adapter1.RemoveDevice", "o", LOSER))
    await known(bluez, LOSER)
    await attempt("Pair once it is removed", bluez.call(LOSER, "Device1.Pair"), 30)
    print("  ", await table(bluez, LOSER))
    await agent.unregister(bluez)


async def restarted(bluez: Bluez) -> None:
    """A new bluetoothd, and nothing has been connected or discovered yet."""
    for device, name in NAMES.items():
        print(f"   {name}:", await table(bluez, device))
    await attempt("StartNotify cuff before Connect",
                  bluez.call(PRESSURE, "GattCharacteristic1.StartNotify"))
    await command("signal restarted")
    for which in ("first", "second"):
        print(f"   cuff, which indicates at once, {which} connection:")
        since = bluez.now()
        await attempt("Connect", up(bluez, CUFF))
        await attempt("StartNotify", bluez.call(PRESSURE, "GattCharacteristic1.StartNotify"))
        await asyncio.sleep(1)
        trace(bluez, since, CUFF)
        await bluez.becomes(CUFF, DEVICE, "Connected", False)
    await attempt("Connect oximeter, never bonded", bluez.call(OXIMETER, "Device1.Connect"))


async def main() -> None:
    bluez = await Bluez().open()
    if sys.argv[1] == "restarted":
        await restarted(bluez)
    else:
        parts = (discovery, first_connect, pairing, notifying, connecting, forgotten)
        for part in parts:
            if part.__name__ in (sys.argv[4:] or [one.__name__ for one in parts]):
                await part(bluez)


CONTROL, PASSKEYS = sys.argv[2], Path(sys.argv[3])
asyncio.run(main())
