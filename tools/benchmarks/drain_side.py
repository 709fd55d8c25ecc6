# SPDX-License-Identifier: GPL-3.0-or-later
"""What `bench drain` compares with: an outbox in sqlite3, sent by paho-mqtt with a window. `drain_side.py DATABASE PORT`."""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import threading
import time

import paho.mqtt.client as mqtt

WINDOW = 50
CHUNK = 200
SAVE_EVERY = 5.0


def main(database: str, port: int) -> None:
    db = sqlite3.connect(database)
    room = threading.Semaphore(WINDOW)
    connected = threading.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "peer", protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(WINDOW)
    client.on_connect = lambda *_: connected.set()
    client.on_publish = lambda *_: room.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait(10)
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = saved = time.monotonic()
    position = count = 0
    while rows := db.execute("SELECT id, topic, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?",
                             (position, CHUNK)).fetchall():
        for position, topic, payload in rows:
            room.acquire()
            client.publish(topic, payload, qos=1)
            count += 1
        if time.monotonic() - saved > SAVE_EVERY:
            with db:
                db.execute("UPDATE position SET id = ?", (position,))
            saved = time.monotonic()
    for _ in range(WINDOW):
        room.acquire()
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"rows": count, "seconds": round(seconds, 1), "rate": round(count / seconds),
                      "microseconds": round(processor / count * 1e6, 1), "memory": after.ru_maxrss}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
