# SPDX-License-Identifier: GPL-3.0-or-later
"""A cuff for two people: each has her own readings, and what is of nobody known is nobody's."""

from __future__ import annotations

import json
from typing import Any

import journal
import pytest
import scenarios
from conftest import MakeWorld
from technician import FAST, Technician
from test_schemas import validators
from test_watch import Watcher
from waiting import eventually
from world import World

SHE, HE, HOUSE = "r-8m2q", "r-9n3s", "r-31k7"
NOBODY = "_unassigned"


@pytest.fixture
def home(make_world: MakeWorld) -> World:
    return make_world(devices=[scenarios.cuff(), scenarios.strap()], bluez=FAST).start()


def systolic(reading: dict[str, Any]) -> int:
    return next(one["value"] for one in reading["values"] if one["kind"] == "systolic")


class Cuff:
    """One that was paired for the house. Every measurement has another pressure."""

    def __init__(self, world: World):
        self._world = world
        self.id = world.pair("cuff", scenarios.CUFF, HOUSE)
        self._links = 0
        self.wait()

    def wait(self) -> None:
        """Until the daemon listens to it, on another link than before."""
        self._links += 1
        self._world.wait_connected(self.id)
        self._world.stage.wait_event("subscribed", "cuff", count=self._links)

    def measure(self, pressure: int, user: int | None) -> dict[str, Any]:
        """What the clinic gets of it."""
        self._world.stage.tell(f"notify cuff 2a35 {scenarios.pressure(pressure, user=user)}")
        return self._world.clinic.wait(lambda: self.readings(pressure), 15, f"a pressure of {pressure}")[0]

    def readings(self, pressure: int) -> list[dict[str, Any]]:
        return [one for one in self._world.clinic.readings(self.id) if systolic(one) == pressure]

    def assign(self, user: int, resident: str | None) -> None:
        whose = ["--nobody"] if resident is None else ["--resident", resident]
        answer = self._world.vigil.ctl("assign", self.id, "--user", str(user), *whose, "--json")
        assert answer.code == 0 and not answer.err, answer
        assert answer.json == [{"assigned": self.id, "user": user, "resident": resident}]

    @property
    def users(self) -> list[dict[str, Any]] | None:
        return self._world.vigil.devices()[self.id].get("users")


def of(reading: dict[str, Any]) -> tuple[str, int | None]:
    return reading["resident"], reading.get("user")


def test_two_people_and_a_stranger(home: World) -> None:
    cuff = Cuff(home)
    known = validators()
    assert cuff.users is None
    assert [of(cuff.measure(100 + number, user)) for number, user in enumerate((None, 0, 1, 255))] == [
        (HOUSE, None), (HOUSE, 0), (HOUSE, 1), (HOUSE, None)]

    cuff.assign(1, SHE)
    assert cuff.users == [{"user": 1, "resident": SHE}]
    assert [of(cuff.measure(110 + number, user)) for number, user in enumerate((1, 2, 0, 254, 255, None))] == [
        (SHE, 1), (NOBODY, 2), (NOBODY, 0), (NOBODY, 254), (NOBODY, None), (NOBODY, None)]

    home.vigil.stop()
    home.start()
    cuff.wait()
    assert cuff.users == [{"user": 1, "resident": SHE}]
    assert [of(cuff.measure(120 + number, user)) for number, user in enumerate((1, 2))] == [(SHE, 1), (NOBODY, 2)]
    cuff.assign(2, HE)
    assert cuff.users == [{"user": 1, "resident": SHE}, {"user": 2, "resident": HE}]
    assert [of(cuff.measure(130 + number, user)) for number, user in enumerate((1, 2, 3))] == [
        (SHE, 1), (HE, 2), (NOBODY, 3)]
    cuff.assign(1, None)
    assert cuff.users == [{"user": 2, "resident": HE}]
    assert [of(cuff.measure(140 + number, user)) for number, user in enumerate((1, 2))] == [(NOBODY, 1), (HE, 2)]

    home.vigil.kill()
    home.start()
    cuff.wait()
    assert [of(cuff.measure(150 + number, user)) for number, user in enumerate((1, 2))] == [(NOBODY, 1), (HE, 2)]

    # What the clinic got stands under the person's own topic, and no number is missing.
    arrived = [one for one in home.clinic.all("reading") if one.message["device"]["id"] == cuff.id]
    assert {one.topic for one in arrived} == {f"vigil/v1/c1/gw-1/up/reading/{one}" for one in (SHE, HE, HOUSE, NOBODY)}
    assert all(one.topic.endswith("/" + one.message["resident"]) for one in arrived)
    assert [error.message for one in arrived for error in known["vigil.reading/1"].iter_errors(one.message)] == []
    envelope = {"schema": "vigil.health/1", "id": "a29b41d4-a716-4466-8554-400000000003", "gateway": "gw-1", "at": None,
                "epoch": home.clinic.messages("status")[-1]["epoch"], "health": home.vigil.status()}
    assert [error.message for error in known["vigil.health/1"].iter_errors(envelope)] == []
    home.clinic.assert_complete()
    home.vigil.stop()
    assert [one for one in home.audit() if one[0] == "assigned"] == [
        ("assigned", code, cuff.id) for code in (f"1={SHE}", f"2={HE}", f"1={NOBODY}")]
    assert journal.rows(home.vigil.database, "SELECT COUNT(DISTINCT resident) FROM source")[0][0] == 4


def test_only_a_known_persons_pressure_alerts(home: World) -> None:
    cuff = Cuff(home)
    cuff.assign(1, SHE)
    for number, user in enumerate((2, 2, 255, 255, None, None)):
        assert cuff.measure(190 + number, user)["resident"] == NOBODY
    # By the time that hers has started, theirs would have.
    for number in (200, 201):
        cuff.measure(number, 1)
    home.clinic.wait(lambda: home.clinic.phases("start"), 15, "an alert")
    alerts = home.clinic.messages("alert")
    assert {(one["resident"], one["category"]) for one in alerts} == {(SHE, "physiological")}
    evidence = {one["reading"] for alert in alerts for one in alert["evidence"]}
    assert evidence <= {cuff.readings(pressure)[0]["reading"] for pressure in (200, 201)}


def test_what_a_person_sees(home: World) -> None:
    cuff = Cuff(home)
    done = home.vigil.ctl("assign", scenarios.CUFF.lower(), "--user", "1", "--resident", SHE)
    assert done.code == 0 and SHE in done.out and cuff.id in done.out, done
    for command in ("devices", "status"):
        assert f"user 1: {SHE}, others: nobody" in home.vigil.ctl(command).out
        assert f"用户 1：{SHE}，其余：无人" in home.vigil.ctl(command, "--lang", "zh").out
    watcher = Watcher(home)
    home.processes.append(watcher)
    eventually(lambda: "gw-1" in watcher.output(), 10, "it watches")
    cuff.measure(101, 2)
    cuff.measure(102, 1)
    eventually(lambda: len([line for line in watcher.lines if "mmHg" in line]) == 2, 10, "both readings are shown")
    nobodys, hers = (line for line in watcher.lines if "mmHg" in line)
    assert NOBODY in nobodys and "[user 2]" in nobodys
    assert SHE in hers and "user" not in hers
    back = home.vigil.ctl("assign", cuff.id, "--user", "1", "--nobody", "--lang", "zh")
    assert back.code == 0 and "不归任何人" in back.out
    assert cuff.users == []
    assert SHE not in home.vigil.output(everything=True), "no person is named in the log"


def test_what_is_refused(home: World) -> None:
    cuff = Cuff(home)
    control, she = home.vigil.ctl, ("--resident", SHE)
    for arguments, words in (
            ((cuff.id, "--user", "255", *she), "255"), ((cuff.id, "--user=-1", *she), "0 to 254"),
            ((cuff.id, "--user", "one", *she), "--user"), ((cuff.id, *she), "--user"),
            ((cuff.id, "--user", "1"), "--nobody"), ((cuff.id, "--user", "1", "--nobody", *she), "--nobody"),
            ((cuff.id, "--user", "1", "--resident", "Wang"), "resident's id"),
            ((cuff.id, "--user", "1", "--resident", NOBODY), "resident's id")):
        answer = control("assign", *arguments)
        assert answer.code == 2 and words in answer.err and not answer.out, answer
    control("assign", "d-9", "--user", "1", *she).assert_refused("no such enrolled device", codes=(1,))
    control("assign", cuff.id, "--user", "1", "--nobody").assert_refused("one resident's", codes=(1,))
    assert cuff.users is None, "nothing of that made it a shared one"
    assert of(cuff.measure(120, 1)) == (HOUSE, 1)


def test_forgotten_with_its_users(home: World) -> None:
    """And paired again, it is one person's, whose first reading is confirmed as ever."""
    cuff = Cuff(home)
    cuff.assign(1, SHE)
    assert home.vigil.ctl("forget", cuff.id).code == 0
    technician = Technician(home, scenarios.CUFF, resident=HE)
    technician.until_bonded()
    technician.hear(progress="measure")
    home.stage.wait_event("subscribed", "cuff", count=2)
    home.stage.tell(f"notify cuff 2a35 {scenarios.pressure(127, user=1)}")
    technician.hear(question="value")
    technician.say("yes")
    done = technician.end()
    assert done.code == 0, done
    again = next(line["device"] for line in done.json if "device" in line)
    assert again != cuff.id and "users" not in home.vigil.devices()[again]
    reading = home.clinic.wait(lambda: home.clinic.readings(again), 15, "the first reading")[0]
    assert of(reading) == (HE, 1) and reading["purpose"] == "commissioning"
    home.vigil.stop()
    assert journal.rows(home.vigil.database, "SELECT id FROM device WHERE slots NOTNULL") == []


def test_a_device_that_says_no_user(home: World) -> None:
    """Its stream goes to nobody, sample by sample, and nothing of it is lost."""
    strap = home.pair("strap", scenarios.STRAP, HOUSE)
    home.clinic.wait(lambda: home.clinic.readings(strap), 15, "its stream")
    answer = home.vigil.ctl("assign", strap, "--user", "1", "--resident", SHE, "--json")
    assert json.loads(answer.out)["assigned"] == strap
    home.clinic.wait(lambda: home.clinic.readings(strap)[-1]["resident"] == NOBODY, 15, "it is nobody's")
    assert {one["resident"] for one in home.clinic.readings(strap)} == {HOUSE, NOBODY}
    home.clinic.assert_complete()
