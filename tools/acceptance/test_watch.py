# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl watch`: readings and alerts as they are committed, and that no one who watches can hold the gateway up."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scenarios
from conftest import MakeWorld
from processes import Process
from vigil import BIN
from waiting import eventually
from world import World

RESIDENT = "r-31k7"


class Watcher(Process):
    """vigilctl watch with its output in a file."""

    def __init__(self, world: World, *arguments: str, log: str = "watch"):
        super().__init__("vigilctl", [BIN / "vigilctl", "watch", *arguments], world.directory / log,
                         world.vigil.bus | {"LANG": "en_US.UTF-8"})
        self.start()

    @property
    def lines(self) -> list[str]:
        return self.output().splitlines()

    def news(self, kind: str) -> list[dict[str, Any]]:
        """What was said of that kind; every whole line has to be JSON with one key."""
        found = [json.loads(line) for line in self.output().split("\n")[:-1] if not line.startswith("vigilctl: ")]
        assert all(len(one) == 1 for one in found), found
        return [one[kind] for one in found if kind in one]


@pytest.fixture
def watching() -> Iterator[list[Process]]:
    """What the test starts, ended with it."""
    found: list[Process] = []
    yield found
    for one in found:
        one.kill()


@pytest.fixture
def home(make_world: MakeWorld) -> World:
    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, until="signal desaturate"),
                                   scenarios.spo2(scenarios.SPO2_86, until="signal recover"),
                                   scenarios.spo2(scenarios.SPO2_97)])
    cuff = scenarios.cuff(pairing="just-works", require="none")
    world = make_world(devices=[oximeter, cuff]).start()
    for name, address in (("oximeter", scenarios.OXIMETER), ("cuff", scenarios.CUFF)):
        world.wait_connected(world.pair(name, address, RESIDENT))
    return world


def test_readings_and_an_alert_as_the_clinic_gets_them(home: World, watching: list[Process]) -> None:
    watcher = Watcher(home, "--json")
    watching.append(watcher)
    eventually(lambda: watcher.news("state"), 10, "the state comes first")
    assert "state" in json.loads(watcher.lines[0])
    state = watcher.news("state")[0]
    assert state["gateway"] == "gw-1" and {one["state"] for one in state["devices"]} == {"connected"}
    home.stage.tell("notify cuff 2a35 1e8e005b006c00ea0703141300054c00010000")
    eventually(lambda: [one for one in watcher.news("reading") if one["device"]["id"] == "d-2"], 10, "the cuff's reading")
    home.stage.tell("signal desaturate")
    eventually(lambda: [one for one in watcher.news("alert") if one["phase"] == "start"], 15, "an alert begins")
    home.stage.tell("signal recover")
    eventually(lambda: [one for one in watcher.news("alert") if one["phase"] == "clear"], 15, "and clears")

    # Word for word what the clinic is told, without the ledger's own.
    clinic = home.clinic
    eventually(lambda: {one["reading"] for one in watcher.news("reading")} <= {one["reading"] for one in clinic.readings()},
               15, "the clinic has them, too")
    sent = {one["reading"]: one for one in clinic.readings()}
    for reading in watcher.news("reading"):
        assert reading.items() <= sent[reading["reading"]].items()
        assert reading["resident"] == RESIDENT and reading["purpose"] in ("care", "commissioning")
    alerts = {(one["alert"], one["version"]): one for phase in ("start", "clear") for one in clinic.phases(phase)}
    assert len(watcher.news("alert")) == 2
    for alert in watcher.news("alert"):
        assert alert.items() <= alerts[alert["alert"], alert["version"]].items()
        assert set(alert["text"]) == {"zh", "en"}
    assert watcher.news("missed") == []
    # And no value of a person is in the log.
    assert "142" not in re.sub(r"\S*=\S*", "", home.vigil.output()) and "spo2" not in home.vigil.output().lower()


def test_who_comes_late_is_told_of_the_open_alerts(home: World, watching: list[Process]) -> None:
    home.stage.tell("signal desaturate")
    home.clinic.wait(lambda: home.clinic.phases("start"), 15, "an alert")
    watcher = Watcher(home, "--json")
    watching.append(watcher)
    eventually(lambda: watcher.news("alert"), 10, "the alert is told")
    assert [next(iter(json.loads(line))) for line in watcher.lines[:2]] == ["state", "alert"]
    assert watcher.news("alert")[0]["state"] == "active"


@pytest.mark.parametrize("language, words", [
    ("en", ["gateway gw-1: 2 of 2 devices connected, broker connected", "blood pressure 142/91 mmHg",
            "!!!  high  OX-1  r-31k7  active  raised", "SpO2 86 %, below 90 %"]),
    ("zh", ["网关 gw-1：设备 2/2 已连接，消息服务器已连接", "血压 142/91 mmHg", "!!!  高  OX-1  r-31k7  进行中  始于",
            "血氧 86%，低于 90%"]),
])
def test_lines_without_a_terminal(home: World, watching: list[Process], language: str, words: list[str]) -> None:
    watcher = Watcher(home, "--lang", language)
    watching.append(watcher)
    eventually(lambda: words[0] in watcher.output(), 10, "it watches")
    home.stage.tell("notify cuff 2a35 1e8e005b006c00ea0703141300054c00010000")
    home.stage.tell("signal desaturate")
    for word in words:
        eventually(lambda: word in watcher.output(), 20, lambda: f"{word} in {watcher.output()}")
    watcher.signal(signal.SIGINT)
    assert watcher.wait() == 0


def test_the_daemon_goes_away(home: World, watching: list[Process]) -> None:
    watcher = Watcher(home, "--json")
    watching.append(watcher)
    eventually(lambda: watcher.news("state"), 10, "it watches")
    assert home.vigil.stop() == 0
    assert watcher.wait() == 1
    assert watcher.lines[-1] == "vigilctl: The daemon has ended, nothing more comes. See: systemctl status vigild"


def test_without_a_daemon(make_world: MakeWorld) -> None:
    make_world(devices=[scenarios.strap()]).vigil.ctl("watch").assert_refused("not running", codes=(1,))


def test_many_watchers_and_none_left_behind(home: World, watching: list[Process]) -> None:
    before = descriptors(home)
    for number in range(8):
        watching.append(Watcher(home, "--json", log=f"watch-{number}"))
    for one in watching:
        one.wait_for('"state"')
    refused = home.vigil.ctl("watch", "--json")
    refused.assert_refused("too many", codes=(1,))
    for one in watching:
        one.kill()
    eventually(lambda: descriptors(home) <= before, 15, "their sockets are closed")
    watching.append(Watcher(home, "--json"))
    eventually(lambda: watching[-1].news("state"), 10, "there is room again")


def descriptors(world: World) -> int:
    return len(os.listdir(f"/proc/{world.vigil.process.pid}/fd"))


def memory(world: World) -> int:
    """What the daemon has in memory, in KiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{world.vigil.process.pid}/status").read_text())[1])


def test_one_who_does_not_read_holds_nobody_up(make_world: MakeWorld, watching: list[Process]) -> None:
    """A client is stopped for good in the middle of a fast stream, and goes on in the end."""
    world = make_world(devices=[scenarios.strap(every=0.004)], config={"log": {"level": "notice"}}).start()
    strap = world.pair("strap", scenarios.STRAP, RESIDENT)
    asleep, awake = Watcher(world, "--json", log="asleep"), Watcher(world, "--json", log="awake")
    watching += [asleep, awake]
    for watcher in (asleep, awake):
        eventually(lambda: len(watcher.news("reading")) > 20, 20, "it watches")
    asleep.signal(signal.SIGSTOP)
    start = len(world.stage.sent("strap"))
    # What is read ahead and awaits its five seconds is there by then.
    world.stage.wait_sent("strap", start + 3000, 60)
    before = memory(world)
    world.stage.wait_sent("strap", start + 5000, 60)
    # 2000 lines of some 700 bytes would be 1.4 MB.
    assert memory(world) - before < 1300, f"{before} KiB became {memory(world)} KiB"
    world.stage.leave("strap")
    sent = [scenarios.counter_in(value) for value in world.stage.sent("strap")]
    eventually(lambda: len(world.clinic.readings(strap)) >= len(sent), 60,
               lambda: f"{len(world.clinic.readings(strap))} of {len(sent)} readings at the clinic")
    assert sorted(scenarios.counter_of(one) for one in world.clinic.readings(strap)) == sorted(sent)
    world.clinic.assert_complete()

    asleep.signal(signal.SIGCONT)
    eventually(lambda: asleep.news("missed"), 20, "it is told what it has missed")
    # Those from before both came are no one's: the same number for each.
    lost = {one["reading"] for one in awake.news("reading")} - {one["reading"] for one in asleep.news("reading")}
    assert sum(asleep.news("missed")) == len(lost) > 1500
    assert awake.news("missed") == []
    world.stage.come_back("strap")
    seen = len(asleep.news("reading"))
    eventually(lambda: len(asleep.news("reading")) > seen, 30, "and it goes on")


class Picture:
    """A terminal of 80×24 in which `watch` draws; as much of a terminal as its few sequences need."""

    def __init__(self, world: World, *arguments: str):
        self.process, terminal = None, pty.openpty()
        self.terminal = terminal[0]
        fcntl.ioctl(terminal[1], termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen([BIN / "vigilctl", "watch", *arguments], stdin=terminal[1], stdout=terminal[1],
                                        stderr=terminal[1], start_new_session=True, preexec_fn=self._control,
                                        env=os.environ | world.vigil.bus | {"TERM": "xterm", "LANG": "en_US.UTF-8"})
        os.close(terminal[1])
        os.set_blocking(self.terminal, False)
        self.raw, self.lines = b"", [""] * 24

    @staticmethod
    def _control() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def look(self) -> list[str]:
        try:
            while data := os.read(self.terminal, 65_536):
                self.raw += data
        except (BlockingIOError, OSError):
            pass
        for row, text in re.findall(rb"\x1b\[(\d+);1H\x1b\[2K([^\x1b]*)", self.raw):
            self.lines[int(row) - 1] = text.decode(errors="replace")
        return self.lines

    def shows(self, *words: str, limit: float = 15) -> None:
        eventually(lambda: any(all(word in line for word in words) for line in self.look()), limit,
                   lambda: f"{words} in\n" + "\n".join(self.lines))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def test_the_picture_on_a_terminal(home: World) -> None:
    english, chinese = Picture(home), Picture(home, "--lang", "zh")
    try:
        english.shows("Vigil gw-1: 2 of 2 devices connected, broker connected")
        chinese.shows("守望 gw-1：设备 2/2 已连接，消息服务器已连接")
        home.stage.tell("notify cuff 2a35 1e8e005b006c00ea0703141300054c00010000")
        english.shows("BP cuff", "blood pressure", "142/91 mmHg")
        home.stage.tell("signal desaturate")
        english.shows("!!!  high  OX-1", RESIDENT)
        english.shows("SpO2 86 %, below 90 %")
        english.shows("SpO2", "86 %", "█")
        chinese.shows("血压", "142/91 mmHg")
        chinese.shows("!!!  高  OX-1", "血氧 86%，低于 90%")
        home.stage.tell("signal recover")
        english.shows("OX-1", "over, not acknowledged")
        os.write(english.terminal, b"\x03")
        assert english.process.wait(10) == 0
        english.look()
        # The terminal is given back, and the last picture stays.
        assert b"\x1b[?1049l" in english.raw and b"Open alerts: 1" in english.raw.split(b"\x1b[?1049l")[-1]
        home.vigil.kill()
        assert chinese.process.wait(10) == 1
        chinese.look()
        assert "vigild 已停止" in chinese.raw.decode()
    finally:
        english.close()
        chinese.close()
