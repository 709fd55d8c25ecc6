# SPDX-License-Identifier: GPL-3.0-or-later
"""The lamp's unit as installed: its user, its rights and a real LED, one of the guest's keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from box import Box, run, succeed
from conftest import OXIMETER
from stage import LabStage
from waiting import eventually

UNIT, SETTINGS = "vigil-lamp.service", Path("/etc/vigil/lamp.env")
NAME = "input0::capslock"
LED = Path("/sys/class/leds") / NAME


def shows() -> str:
    if "[timer]" in (LED / "trigger").read_text():
        return "blinks"
    return "steady" if int((LED / "brightness").read_text()) else "dark"


def wait_shows(wanted: str) -> None:
    eventually(lambda: shows() == wanted, 20,
               lambda: f"{wanted}, not {shows()}: {run('journalctl', '--no-pager', '-u', UNIT).out[-2000:]}")


@pytest.fixture
def lamp(box: Box) -> Iterator[Box]:
    SETTINGS.write_text(f"LAMP={NAME}\nLOOK_SECONDS=1\n")
    (LED / "trigger").write_text("kbd-capslock")
    assert not (Path("/etc/systemd/system/multi-user.target.wants") / UNIT).exists(), "nobody asked for it"
    succeed("systemctl", "start", UNIT)
    wait_shows("dark")
    yield box
    succeed("systemctl", "stop", UNIT)
    SETTINGS.unlink()


def test_a_crisis_blinks_and_a_silent_gateway_shines(lamp: Box, stage: LabStage) -> None:
    oximeter = lamp.pair(OXIMETER)
    # A signal counts once, whichever test gave it.
    for signal in ("desaturate", "recover", "crisis"):
        stage.tell(f"signal {signal}")
    wait_shows("blinks")
    succeed("systemctl", "restart", UNIT)
    wait_shows("blinks")
    stage.tell("signal relief")
    wait_shows("dark")
    lamp.ctl("forget", oximeter)
    # Who looks does not start what was stopped.
    lamp.stop()
    wait_shows("steady")
    assert not lamp.is_running()
    lamp.start()
    wait_shows("dark")


def test_it_runs_as_nobody_who_may_do_more(lamp: Box) -> None:
    for unit_property, wanted in (("ActiveState", "active"), ("User", "vigil-lamp"), ("SupplementaryGroups", "")):
        assert lamp.show(unit_property, UNIT) == wanted
    assert (LED / "brightness").group() == "vigil-lamp"
    api = ("busctl", "call", "org.vigil.Gateway1", "/org/vigil/Gateway1", "org.vigil.Gateway1")
    assert succeed(*api, "Status", user="vigil-lamp").startswith('s "{')
    for other in (("Devices",), ("Forget", "s", "d-1"), ("Watch", "a{sv}", "0")):
        answer = run(*api, *other, user="vigil-lamp")
        assert answer.code != 0 and "denied" in answer.err, answer


def test_a_lamp_that_is_not_there_is_not_tried_again(lamp: Box) -> None:
    succeed("systemctl", "stop", UNIT)
    SETTINGS.write_text("LAMP=alram\n")
    run("systemctl", "start", UNIT)
    eventually(lambda: lamp.show("ActiveState", UNIT) == "failed", 20, "it stays down")
    assert f"there is no /sys/class/leds/alram; there are: {NAME}" in run("journalctl", "--no-pager", "-u", UNIT).out
    succeed("systemctl", "reset-failed", UNIT)
