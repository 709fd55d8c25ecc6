# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evening with everything real but the radio: systemd, bluetoothd, the kernel's Bluetooth, the installed unit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import evening
from box import Box
from broker import Broker
from conftest import configure
from desk import Desk, clear
from stage import LabStage
from subscriber import Subscriber


class House:
    """The gateway as its unit, in the hands of a technician."""

    def __init__(self, stage: LabStage):
        self.stage = stage
        self.vigil = self
        self._box = Box()
        self.start, self.stop, self.ctl = self._box.start, self._box.stop, self._box.ctl

    def control(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(["runuser", "-u", "tech", "--", "vigilctl", *arguments], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
                                env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8"})


def test_a_whole_evening(broker: Broker, clinic: Subscriber, stage: LabStage, good_configuration: str,
                         tmp_path: Path) -> None:
    configure(good_configuration)
    desk = Desk(tmp_path, "desk", clear(broker.port))
    desk.start()
    try:
        evening.play(House(stage), desk)
    finally:
        desk.kill()
    clinic.assert_complete()

    # The next test finds devices that nobody has a bond with.
    box = Box()
    box.start()
    for device in box.devices().values():
        assert box.ctl("forget", device["id"]).code == 0
