# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own proof, for smoke.yaml: real pairing, notification, indication, and the indication after a reconnect."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from client import ADAPTER, DEVICE, Agent, Bluez, device_path

STRAP, CUFF, OXIMETER = "F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:02", "F5:F1:F2:F3:F4:03"


def say(text: str) -> None:
    print(f"smoke: {time.monotonic() - BEGIN:.1f} s {text}", flush=True)


async def command(control: str, line: str) -> None:
    reader, writer = await asyncio.open_unix_connection(control)
    writer.write(line.encode() + b"\n")
    answer = (await reader.readline()).decode().strip()
    writer.close()
    assert answer.startswith("ok"), f"{line}: {answer}"


async def subscribe(bluez: Bluez, address: str, uuid: str) -> str:
    path = await bluez.characteristic(address, uuid)
    await bluez.call(path, "GattCharacteristic1.StartNotify")
    return path


async def main(control: str, passkeys: str) -> None:
    bluez = await Bluez().open()
    agent = Agent(Path(passkeys), {device_path(CUFF): "cuff"})
    await agent.register(bluez)
    await bluez.set(ADAPTER, "org.bluez.Adapter1", "Pairable", "b", True)
    await bluez.find(STRAP, CUFF, OXIMETER)
    say("all three found")

    # Just Works, and notifications
    await bluez.connect(STRAP)
    await bluez.call(device_path(STRAP), "Device1.Pair")
    assert await bluez.get(device_path(STRAP), DEVICE, "Bonded")
    assert not agent.asked, agent.asked
    say("strap bonded, nobody was asked")
    since = bluez.now()
    rate = await subscribe(bluez, STRAP, "2a37")
    assert await bluez.values(rate, 3, since) == ["010100", "010200", "010300"]
    say("strap notifies, each value once")

    # Passkey, authenticated characteristic, indication
    await bluez.connect(CUFF)
    await bluez.call(device_path(CUFF), "Device1.Pair")
    assert await bluez.get(device_path(CUFF), DEVICE, "Bonded")
    assert agent.asked == ["RequestPasskey"], agent.asked
    say("cuff bonded by the passkey on its display")
    since = bluez.now()
    pressure = await subscribe(bluez, CUFF, "2a35")
    assert await bluez.values(pressure, 1, since) == ["1e780050006400e507060108000048000000"]
    say("cuff indicates")

    # The cuff leaves and indicates as soon as it is back: its bond and its subscription hold
    await command(control, "signal leave")
    await bluez.becomes(device_path(CUFF), DEVICE, "Connected", False)
    since = bluez.now()
    await bluez.connect(CUFF)
    assert await bluez.values(pressure, 1, since) == ["1e790051006500e507060108010049000000"]
    say("cuff indicates after the reconnect, without a new StartNotify")

    # Known and disconnected: StartNotify first, then Connect, and the indication that follows at once is there
    await bluez.connect(OXIMETER)
    since = bluez.now()
    spot = await subscribe(bluez, OXIMETER, "2a5e")
    assert await bluez.values(spot, 1, since) == ["0062004800"]
    await bluez.becomes(device_path(OXIMETER), DEVICE, "Connected", False)
    second = await Bluez().open()
    await subscribe(second, OXIMETER, "2a5e")
    say("StartNotify on the disconnected oximeter is accepted")
    since = second.now()
    await second.call(device_path(OXIMETER), "Device1.Connect")
    assert await second.values(spot, 1, since) == ["0061004700"]
    say("oximeter's indication right after Connect is there")


BEGIN = time.monotonic()
asyncio.run(main(*sys.argv[1:]))
