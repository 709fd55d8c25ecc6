# SPDX-License-Identifier: GPL-3.0-or-later
"""What root, a technician (group vigil-tech) and any other user of the machine may do and get to know."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from box import BUS_NAME, NO_PASSAGE, UNIT, Box, owner, run, succeed
from conftest import OXIMETER, STRAP
from stage import LabStage
from waiting import eventually

MARKER = "org.vigil.Test"
SPO2_86 = "0056005800"
COMMANDS = (("status",), ("devices",), ("forget", "d-1"), ("pair", STRAP, "--resident", "r-0001"))


class Listener:
    """dbus-monitor as some user: every signal that the bus gives him."""

    def __init__(self, user: str, log: Path):
        self.user, self.log = user, log
        with log.open("wb") as output:
            # Not runuser: it stays around and takes its time to end.
            become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
            self.process = subprocess.Popen([*become, "dbus-monitor", "--system", "type='signal'"], stdout=output,
                                            stderr=subprocess.DEVNULL, cwd="/")
        eventually(lambda: "member=NameAcquired" in self.heard, 20, f"{user} listens")

    @property
    def heard(self) -> str:
        return self.log.read_text(errors="replace")

    def signals(self, sender: str) -> list[str]:
        """The signals of a connection, each with its arguments."""
        return [part for part in re.split(r"^(?=signal )", self.heard, flags=re.MULTILINE) if f" sender={sender} " in part]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Callable[[str], Listener]]:
    listeners: list[Listener] = []

    def make(user: str) -> Listener:
        listeners.append(Listener(user, tmp_path / user))
        return listeners[-1]

    yield make
    for listener in listeners:
        listener.stop()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_stranger_is_denied(box: Box, command: tuple[str, ...]) -> None:
    answer = box.ctl(*command, user="stranger")
    answer.assert_refused("vigil-tech", codes=(1,))
    assert answer.out == ""


def test_the_daemon_s_own_user_is_denied_too(box: Box) -> None:
    box.ctl("status", user="vigil").assert_refused("vigil-tech", codes=(1,))


def test_a_technician_pairs_looks_and_forgets(box: Box, stage: LabStage) -> None:
    device = box.pair(OXIMETER, user="tech")
    for command in ("status", "devices"):
        answer = box.ctl(command, user="tech")
        assert answer.code == 0 and answer.err == "", answer
        assert device in answer.out
    answer = box.ctl("forget", device, user="tech")
    assert answer.code == 0, answer
    assert OXIMETER not in box.devices()


def test_root_may_all_that(box: Box, strap: str) -> None:
    assert box.ctl("status", user="root").code == 0
    # Refused for another reason than its rights.
    answer = box.ctl("forget", "d-999", user="root")
    answer.assert_refused(codes=(1,))
    assert "vigil-tech" not in answer.err
    assert STRAP in box.devices()


def test_no_other_user_hears_a_value(box: Box, strap: str, stage: LabStage, listen: Callable[[str], Listener]) -> None:
    """While a strap streams and an alert begins, everything that is broadcast; the daemon's own user shows that there is
    something to hear."""
    oximeter = box.pair(OXIMETER)
    control, *others = [listen(user) for user in ("vigil", "tech", "stranger")]
    bluez, vigil = owner("org.bluez"), owner(BUS_NAME)

    def values() -> list[str]:
        return [one for one in control.signals(bluez) if "GattCharacteristic1" in one and '"Value"' in one]

    eventually(lambda: len(values()) > 5, 30, "the daemon's user hears values")
    for signal in ("desaturate", "recover", "crisis", "relief", "desaturate-again"):
        stage.tell(f"signal {signal}")
    eventually(lambda: any("member=AlertChanged" in one for one in control.signals(vigil)), 60, "an alert is announced")
    succeed("dbus-send", "--system", "--type=signal", "/", f"{MARKER}.Last")
    for listener in (control, *others):
        # The bus hands out in order: who has this has had his chance at all before it.
        eventually(lambda: f"interface={MARKER}" in listener.heard, 20, f"{listener.user} hears the marker")
    for listener in others:
        assert listener.signals(bluez) == [], f"{listener.user} hears bluetoothd"
        announced = listener.signals(vigil)
        assert announced, f"{listener.user} does not hear that there is an alert"
        for one in announced:
            assert "member=AlertChanged" in one
            arguments = " ".join(line.strip() for line in one.splitlines()[1:])
            assert re.fullmatch(r'string "[0-9a-f-]+" string "[a-z-]+" string "(high|medium|low)" boolean (true|false)',
                                arguments), one
    box.ctl("forget", oximeter)


@pytest.mark.parametrize("user", ["tech", "stranger"])
def test_no_other_user_gets_a_value_from_bluetoothd_by_asking(box: Box, strap: str, user: str) -> None:
    words = ("busctl", "--timeout=5", "call", "org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    assert "GattCharacteristic1" in succeed(*words, user="vigil")
    answer = run(*words, user=user)
    assert answer.code != 0 and answer.out == "", answer


def test_a_technicians_call_starts_a_gateway_that_is_enabled(box: Box) -> None:
    box.stop()
    box.ctl("status", user="stranger").assert_refused("vigil-tech", codes=(1,))
    assert box.show("ActiveState") == "inactive"
    answer = box.ctl("status", user="tech")
    assert answer.code == 0, answer
    assert box.is_running()


def test_the_call_that_starts_the_gateway_is_answered(box: Box, strap: str) -> None:
    """Who has called must be known before the first answer, also when it has come before the name was given."""
    box.stop()
    box.ctl("pair", STRAP, "--resident", "r-0001", user="tech").assert_refused("already enrolled", strap, codes=(1,))


@pytest.mark.parametrize("user", ["tech", "stranger"])
def test_nobody_but_root_brings_up_a_gateway_that_is_disabled(box: Box, user: str) -> None:
    succeed("systemctl", "disable", "--now", "--quiet", UNIT)
    try:
        box.ctl("status", user=user).assert_refused("enable" if user == "tech" else "vigil-tech", codes=(1,))
        start = ("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                 "StartServiceByName", "su", BUS_NAME, "0")
        answer = run(*start, user=user)
        assert answer.code != 0, answer
        assert not any(bad in answer.err for bad in NO_PASSAGE)
        assert box.show("ActiveState") == "inactive"
    finally:
        succeed("systemctl", "enable", "--quiet", UNIT)
