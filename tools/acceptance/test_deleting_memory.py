# SPDX-License-Identifier: GPL-3.0-or-later
"""A cuff that deletes what was read from it: the technician is asked first, and without a yes nothing is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import scenarios
from conftest import MakeWorld
from device_clock import octets
from pseudo_terminal import PseudoTerminal
from technician import FAST, Technician
from vigil import BIN
from waiting import eventually
from world import World

ADDRESS = "F5:F1:F2:F3:F4:41"
SHANGHAI = timedelta(hours=8)
QUESTION, VALUE = "Take them over? [y/N]", "Is this value right"


@pytest.fixture
def home(make_world: MakeWorld) -> World:
    """Each time that somebody subscribes it tells what it has stored."""
    two_days_ago = datetime.now(UTC) + SHANGHAI - timedelta(days=2)
    stored = (struct.pack("<BHHH", 2, 128, 80, 96) + octets(two_days_ago)).hex()
    cuff = scenarios.device(
        "cuff", ADDRESS, "X4 Smart",
        {"1810": {"2a35": {"properties": ["indicate"]}},
         "1805": {"2a2b": {"properties": ["read", "write"], "clock": SHANGHAI.total_seconds()}}} | scenarios.identity("X4"),
        [{"until": "subscribed 2a35"}, {"notify": {"characteristic": "2a35", "value": stored}}], services=["1810"])
    return make_world(devices=[cuff], bluez=FAST).start()


class Terminal(PseudoTerminal):
    """`vigilctl pair`, begun where somebody can be asked."""

    def __init__(self, world: World, *options: str):
        super().__init__([BIN / "vigilctl", "pair", ADDRESS, "--resident", "r-0001", *options], world.vigil.bus)

    @property
    def text(self) -> str:
        return " ".join(self.left)

    def wait_text(self, words: str) -> None:
        eventually(lambda: words in self.text, 30, lambda: f"{words} in {self.left}")


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.close()


def begin(world: World, terminals: list[Terminal], *options: str) -> Terminal:
    terminals.append(Terminal(world, *options))
    terminals[-1].wait_text(QUESTION)
    assert world.stage.events("subscribed", "cuff") == [] and world.vigil.devices() == {}
    return terminals[-1]


def assert_nothing_was_read(world: World) -> None:
    world.assert_nothing_half_paired(ADDRESS)
    assert world.stage.events("subscribed", "cuff") == [] and world.stage.sent("cuff") == []
    world.vigil.stop()
    assert world.audit() == [("pairing-opened", None, ADDRESS), ("pairing-cancelled", "memory-declined", ADDRESS)]


def test_yes(home: World, terminals: list[Terminal]) -> None:
    terminal = begin(home, terminals)
    terminal.type("perhaps\r")
    eventually(lambda: terminal.text.count(QUESTION) == 2, 10, "it is asked again")
    terminal.type("y\r")
    terminal.wait_text("old measurement")
    home.stage.tell(f"notify cuff 2a35 {Technician.GOOD}")
    terminal.wait_text(VALUE)
    terminal.type("y\r")
    assert terminal.wait() == 0, terminal.left
    [device] = home.vigil.devices()
    home.stage.leave("cuff")
    home.stage.come_back("cuff")
    home.stage.wait_event("subscribed", "cuff", 2)
    home.stage.tell(f"notify cuff 2a35 {scenarios.pressure(131)}")
    home.clinic.wait(lambda: len(home.clinic.readings(device)) == 3, 20, "what is new is read without a question")
    # What it had stored is the person's, its reading of the trial is not.
    assert {one["values"][0]["value"]: (one["purpose"], one["revision"]) for one in home.clinic.readings(device)} == {
        128: ("care", 2), 127: ("commissioning", 1), 131: ("care", 1)}
    home.clinic.assert_complete()
    home.vigil.stop()
    assert home.audit() == [
        ("pairing-opened", None, ADDRESS), ("memory-agreed", None, ADDRESS), ("enrolled", None, device)]


@pytest.mark.parametrize("answer", ["\r", "n\r", "否\r"])
def test_no(home: World, terminals: list[Terminal], answer: str) -> None:
    """Enter is a no."""
    terminal = begin(home, terminals, "--yes")
    terminal.type(answer)
    assert terminal.wait() == 1
    assert "None was read" in terminal.text and "--take-memory" in terminal.text
    assert_nothing_was_read(home)


def test_the_technician_goes_away_at_the_question(home: World, terminals: list[Terminal]) -> None:
    terminal = begin(home, terminals)
    terminal.type("\x03")
    assert terminal.wait(30) == 1
    home.assert_nothing_half_paired(ADDRESS)
    home.vigil.stop()
    assert home.audit()[-1] == ("pairing-cancelled", "cancelled", ADDRESS) and home.stage.sent("cuff") == []


def test_a_program_reads_the_question_and_a_person_answers(home: World, terminals: list[Terminal]) -> None:
    terminal = begin(home, terminals, "--json", "--without-reading")
    assert '{"question":"memory"}' in terminal.text
    terminal.type("y\r")
    assert terminal.wait() == 0, terminal.left
    assert '"device":' in terminal.text


def test_the_command_line_says_yes(home: World) -> None:
    technician = Technician(home, ADDRESS, "--take-memory")
    technician.hear(question="memory")
    technician.hear(progress="stored")
    home.stage.tell(f"notify cuff 2a35 {Technician.GOOD}")
    # It answers that question only.
    technician.hear(question="value")
    technician.say("y")
    device = technician.hear(link="encrypted")["device"]
    assert technician.end().code == 0
    home.vigil.stop()
    assert home.audit()[1:] == [("memory-agreed", None, ADDRESS), ("enrolled", None, device)]


@pytest.mark.parametrize("options", [(), ("--yes", "--without-reading")])
def test_nobody_can_be_asked(home: World, options: tuple[str, ...]) -> None:
    """A y on standard input was meant for another question."""
    answer = home.vigil.ctl("pair", ADDRESS, "--resident", "r-0001", *options, stdin="y\ny\n")
    answer.assert_refused("deletes", "nothing is enrolled", "--take-memory", codes=(1,))
    assert_nothing_was_read(home)


def test_a_program_is_refused_too(home: World) -> None:
    technician = Technician(home, ADDRESS, "--yes")
    technician.end().assert_refused("--take-memory", codes=(1,))
    last = technician.heard[-1]
    assert (last["code"], last["subject"]) == ("memory-declined", ADDRESS) and last["error"]
    assert_nothing_was_read(home)
