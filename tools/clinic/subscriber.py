# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic's connection to the broker: a session that the broker keeps while the clinic or the broker is away.

MQTT 5, QoS 1, clean start false, session expiry a day: what came in the meantime is delivered at the next connect.
The callbacks are called on the network thread. A message is acknowledged when `on_message` has returned.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

SESSION_SECONDS = 24 * 3600


class Subscriber:
    """Subscribes to one topic filter and stays at it until stopped."""

    def __init__(self, host: str, port: int, client_id: str, topic: str,
                 on_message: Callable[[str, bytes], None], on_connection: Callable[[bool], None] = lambda up: None):
        self._host, self._port, self._topic = host, port, topic
        self._subscribed = threading.Event()
        self._on_connection = on_connection
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        # Soon again: whoever watches should not see the gap of a back-off on top of the broker's own.
        self._client.reconnect_delay_set(min_delay=1, max_delay=2)
        self._client.on_connect = self._connected
        self._client.on_disconnect = lambda *_: on_connection(False)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = lambda client, data, message: on_message(message.topic, bytes(message.payload))

    def start(self) -> None:
        """Connects and subscribes in the background; OSError if there is no broker. See `is_subscribed`."""
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_SECONDS
        self._client.connect(self._host, self._port, keepalive=20, clean_start=False, properties=properties)
        self._client.loop_start()

    @property
    def is_subscribed(self) -> bool:
        """The broker has the subscription: from now on nothing is missed."""
        return self._subscribed.is_set()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: mqtt.Client, data: object, flags: mqtt.ConnectFlags, reason: mqtt.ReasonCode,
                   properties: Properties | None) -> None:
        if reason.is_failure:
            return
        self._on_connection(True)
        # A kept session has its subscription; a new one, or one that the broker lost, has not.
        if not flags.session_present:
            client.subscribe(self._topic, qos=1)
        else:
            self._subscribed.set()
