# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's own clock: it goes on by itself, and from what it is set to."""

from __future__ import annotations

import struct
import time
from datetime import UTC, datetime

import pytest
import scenario
from conftest import Client, Fake, device_path
from dbus_fast import Variant
from yaml_node import ScenarioError

CUFF = device_path(1)
SCENARIO = """
devices:
  - id: cuff
    address: "F5:F1:F2:F3:F4:01"
    name: Cuff
    gatt: {1805: {2a2b: {properties: [read, write], clock: %s}}}
"""


def shown(value: bytes) -> float:
    """Seconds since 1970 in the device's zone."""
    return datetime(*struct.unpack("<HBBBBB", bytes(value[:7])), tzinfo=UTC).timestamp() + value[8] / 256


async def read(client: Client, path: str) -> bytes:
    return await client.call(path, "GattCharacteristic1", "ReadValue", "a{sv}", {})


def test_it_shows_the_time_and_what_it_is_set_to(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(CUFF)
        await client.connect(CUFF)
        path = await client.characteristic(CUFF, "2a2b")
        assert abs(shown(await read(client, path)) - time.time() - 3600) < 2
        told = bytes.fromhex("ea07030e08051e068001")
        await client.call(path, "GattCharacteristic1", "WriteValue", "aya{sv}", told, {"type": Variant("s", "request")})
        value = await read(client, path)
        assert 0 <= shown(value) - shown(told) < 2 and value[7] == 6, value.hex()

    play(test, SCENARIO % "3600")


def test_one_that_was_never_set_says_nothing(play) -> None:
    async def test(fake: Fake, client: Client) -> None:
        await client.discover(CUFF)
        await client.connect(CUFF)
        assert await read(client, await client.characteristic(CUFF, "2a2b")) == bytes(10)

    play(test, SCENARIO % "not-set")


def test_another_word_is_an_error() -> None:
    with pytest.raises(ScenarioError, match="not-set"):
        scenario.parse(SCENARIO % "soon")
