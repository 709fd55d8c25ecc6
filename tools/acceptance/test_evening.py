# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evening on the made-up bluetoothd; under the real systemd and bluetoothd: tools/lab/tests/systemd."""

from __future__ import annotations

import evening
import yaml
from conftest import MakeWorld
from desk import Desk, clear


def test_a_whole_evening(make_world: MakeWorld) -> None:
    world = make_world(devices=yaml.safe_load(evening.SCENARIO.read_text())["devices"])
    desk = Desk(world.directory, "desk", clear(world.broker.port))
    desk.start()
    try:
        evening.play(world, desk)
    finally:
        desk.kill()
