# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python program that `bench alert` is held against: the same D-Bus signals, sqlite3, paho-mqtt.

    alert_side.py BUS PORT DATABASE LIMIT      says `ready`, then runs until it is killed
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys

import paho.mqtt.client as mqtt
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

MATCH = "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged'"


async def main(address: str, port: str, path: str, limit: str) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE alert(id INTEGER PRIMARY KEY, payload TEXT)")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "python", protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    bus = await MessageBus(bus_address=address).connect()
    await bus.call(Message(destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                           interface="org.freedesktop.DBus", member="AddMatch", signature="s", body=[MATCH]))

    def take(message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL or message.member != "PropertiesChanged":
            return
        interface, changed, _ = message.body
        if interface != "org.bluez.GattCharacteristic1" or "Value" not in changed:
            return
        value = bytes(changed["Value"].value)
        if len(value) < 7:
            return
        systolic, diastolic = (int.from_bytes(value[at:at + 2], "little") for at in (1, 3))
        if systolic >= int(limit):
            payload = json.dumps({"pressures": [systolic, diastolic], "limit": int(limit)})
            with database:
                database.execute("INSERT INTO alert(payload) VALUES(?)", (payload,))
            client.publish("python/alert", payload, qos=1)

    bus.add_message_handler(take)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
