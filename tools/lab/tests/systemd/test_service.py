# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit from its start to its end: ready, watched, restarted, stopped; and what it leaves on the disk."""

from __future__ import annotations

import grp
import pwd
import re
import signal
import stat
import time
from pathlib import Path

import pytest
from box import BLUETOOTH, CONFIG, NO_PASSAGE, STATE, UNIT, Box, configure, run, succeed
from conftest import STRAP
from stage import LabStage
from subscriber import Subscriber
from waiting import eventually

CAP_NET_ADMIN = 12  # linux/capability.h


def owner_and_mode(path: Path) -> tuple[str, str, int]:
    status = path.stat()
    return pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name, stat.S_IMODE(status.st_mode)


def assert_no_backtrace(lines: list[str]) -> None:
    assert not [line for line in lines if any(bad in line for bad in NO_PASSAGE)]


def readings(clinic: Subscriber, device: str) -> int:
    return len(clinic.readings(device))


def test_it_is_ready_and_says_how_it_is(box: Box, strap: str, clinic: Subscriber) -> None:
    assert box.is_running()
    useful = r"([1-9]) of \1 devices connected, broker connected"
    eventually(lambda: re.match(useful, box.show("StatusText")), 40, lambda: f"a useful status: {box.show('StatusText')}")
    assert re.search(rf'^ +Status: "{useful}', succeed("systemctl", "status", "--no-pager", "--full", UNIT), re.MULTILINE)
    assert clinic.status() == "online"


def test_it_runs_as_its_own_user_and_keeps_its_files_to_itself(box: Box, strap: str) -> None:
    status = Path(f"/proc/{box.pid}/status").read_text()
    user = pwd.getpwnam("vigil")
    assert re.search(rf"^Uid:(\t{user.pw_uid}){{4}}$", status, re.MULTILINE)
    assert re.search(rf"^Gid:(\t{user.pw_gid}){{4}}$", status, re.MULTILINE)
    # A controller that hangs is reset with it; nothing else is to be had.
    for name in ("CapEff", "CapPrm", "CapBnd"):
        assert re.search(rf"^{name}:\t{1 << CAP_NET_ADMIN:016x}$", status, re.MULTILINE), name

    assert owner_and_mode(STATE) == ("vigil", "vigil", 0o700)
    files = list(STATE.rglob("*"))
    assert STATE / "vigil.db" in files
    assert {owner_and_mode(path) for path in files} == {("vigil", "vigil", 0o600)}
    assert owner_and_mode(Path("/run/vigil")) == ("vigil", "vigil", 0o755)
    assert owner_and_mode(CONFIG) == ("root", "vigil", 0o640)
    assert owner_and_mode(CONFIG.parent) == ("root", "vigil", 0o750)


def test_a_killed_daemon_is_started_again(box: Box, strap: str, clinic: Subscriber) -> None:
    restarts = int(box.show("NRestarts"))
    box.wait_restarted(box.kill(signal.SIGKILL), 30)
    assert int(box.show("NRestarts")) == restarts + 1
    before = readings(clinic, strap)
    eventually(lambda: readings(clinic, strap) > before, 40, "readings arrive again")


def test_the_watchdog_ends_a_hung_daemon(box: Box, strap: str, clinic: Subscriber) -> None:
    began, restarts = time.monotonic(), int(box.show("NRestarts"))
    hung = box.kill(signal.SIGSTOP)
    box.wait_restarted(hung, 90)
    seconds = time.monotonic() - began
    assert int(box.show("NRestarts")) == restarts + 1
    lines = box.lines(began)
    assert any("Watchdog timeout (limit 30s)" in line for line in lines), lines
    assert_no_backtrace(lines)
    # Hung for as long as it may be, at least what is left of that since it last gave a sign; and RestartSec.
    assert seconds > 20, seconds
    before = readings(clinic, strap)
    eventually(lambda: readings(clinic, strap) > before, 40, "readings arrive again")


@pytest.mark.parametrize("action", [("restart",), ("kill", "--signal=KILL")], ids=["restarted", "crashed"])
def test_it_outlives_bluetoothd(box: Box, strap: str, stage: LabStage, clinic: Subscriber, action: tuple[str, ...]) -> None:
    pid, bluetoothd, links = box.pid, box.show("MainPID", BLUETOOTH), len(stage.events("connected", "strap"))
    succeed("systemctl", *action, BLUETOOTH, limit=90)
    eventually(lambda: box.show("MainPID", BLUETOOTH) not in ("0", bluetoothd), 30, "another bluetoothd runs")
    stage.wait_event("connected", "strap", links + 1, 60)
    before = readings(clinic, strap)
    eventually(lambda: readings(clinic, strap) > before, 40, "readings arrive again")
    assert box.pid == pid and box.is_running()


def test_it_stops_in_time_and_says_goodbye(box: Box, strap: str, clinic: Subscriber) -> None:
    eventually(lambda: box.devices()[STRAP]["state"] == "connected", 60, "the strap is connected")
    began = time.monotonic()
    box.stop()
    seconds = time.monotonic() - began
    assert seconds < 20, f"TimeoutStopSec: {seconds:.1f} s"
    assert box.show("ActiveState") == "inactive"
    # systemd forgets a unit's exit status with the unit; the journal keeps the verdict: exit status 0, not killed.
    lines = box.lines(began)
    assert f"{UNIT}: Deactivated successfully." in lines, lines
    assert_no_backtrace(lines)
    eventually(lambda: clinic.status() == "offline", 10, "the clinic sees it offline")
    clinic.assert_complete()


def test_a_wrong_configuration_is_said_once_and_not_tried_again(box: Box, good_configuration: str) -> None:
    box.stop()
    configure(good_configuration.replace("zone: Asia/Shanghai", "zone: Asia/Atlantis"))
    began = time.monotonic()
    assert run("systemctl", "start", UNIT).code != 0
    # Not `auto-restart`: systemd has given it up.
    assert (box.show("ActiveState"), box.show("SubState")) == ("failed", "failed")
    assert (box.show("Result"), box.show("ExecMainStatus"), box.show("NRestarts")) == ("exit-code", "78", "0")
    lines = box.own_lines(began)
    assert len(lines) == 1, lines
    assert re.match(r"vigild: /etc/vigil/vigil\.yaml:3:7: .*Atlantis", lines[0]), lines

    configure(good_configuration)
    box.start()
