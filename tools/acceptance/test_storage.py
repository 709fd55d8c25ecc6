# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk is full: the daemon lives, says so, and writes what it kept as soon as there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import scenarios
from conftest import MakeWorld
from test_broker import assert_everything_came
from waiting import eventually


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"no file system of one's own here: {mount.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with open(filler, "wb") as file:
        while os.statvfs(disk).f_bavail:
            file.write(bytes(os.statvfs(disk).f_bsize))
            file.flush()
    return filler


def test_a_full_disk(make_world: MakeWorld, small_disk: Path) -> None:
    world = make_world(devices=[scenarios.strap(every=0.05)],
                       config={"storage": {"database": str(small_disk / "vigil.db")}}).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "the stream flows")
    filler = fill(small_disk)
    error = eventually(lambda: world.vigil.status()["storage"].get("error"), 60, "status says that it cannot write")
    assert "full" in error
    count = len(world.stage.sent("strap"))
    world.stage.wait_sent("strap", count + 100)  # it goes on taking values
    assert world.vigil.running and world.vigil.state_of(strap) == "connected"
    assert "disk" in world.vigil.ctl("status").out or "full" in world.vigil.ctl("status").out
    filler.unlink()
    eventually(lambda: not world.vigil.status()["storage"].get("error"), 15, "status says that it can again")
    assert_everything_came(world, strap, "strap")
    assert world.vigil.stop() == 0


def test_an_alert_on_a_full_disk_comes_all_the_same(make_world: MakeWorld, small_disk: Path) -> None:
    """`seq: null` marks an alert sent while storage fails; the same id follows with its seq."""
    world = make_world(devices=[scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, 0.1, until="signal fall"),
                                                    scenarios.spo2(scenarios.SPO2_86, 0.1)])],
                       config={"storage": {"database": str(small_disk / "vigil.db")}}).start()
    oximeter = world.pair("oximeter", scenarios.OXIMETER)
    world.clinic.wait(lambda: world.clinic.readings(oximeter), 15, "the stream flows")
    filler = fill(small_disk)
    eventually(lambda: world.vigil.status()["storage"].get("error"), 60, "it cannot write")
    world.stage.tell("signal fall")
    alert = world.clinic.wait(lambda: world.clinic.phases("start", "OX-1"), 15, "the alert, with nowhere to write")[0]
    assert alert["seq"] is None
    filler.unlink()
    world.clinic.wait(lambda: [one for one in world.clinic.messages("alert")
                               if one["id"] == alert["id"] and one["seq"] is not None], 15, "its number")
    assert len(world.clinic.phases("start", "OX-1")) == 1
    assert "high" in [one["priority"] for one in world.clinic.phases("start", "ST-1")]
    world.clinic.wait(lambda: world.clinic.phases("clear", "ST-1"), 15, "the word that it writes again")
    world.clinic.assert_complete()
