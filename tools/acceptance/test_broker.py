# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker goes, comes, refuses, or is not whom it should be: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import signal
import time

import scenarios
from broker import Certificates
from conftest import MakeWorld
from subscriber import Subscriber
from waiting import eventually
from world import IN_LAB, World

OUTAGE = float(os.environ.get("VIGIL_OUTAGE", "60" if IN_LAB else "15"))
# A refused message is tried again after 30 s.
AFTER_REFUSAL = 45
# The pauses between tries to connect grow to 30 s.
AFTER_OUTAGE = 45


def assert_everything_came(world: World, device: str, name: str, limit: float = 20) -> None:
    """Ends the device's stream and compares what it has sent with what the clinic has."""
    clinic = world.clinic
    world.stage.leave(name)
    sent = [scenarios.counter_in(value) for value in world.stage.sent(name) if value.startswith(scenarios.RR_PREFIX)]
    assert len(set(sent)) == len(sent)

    def missing() -> set[int]:
        return set(sent) - {scenarios.counter_of(one) for one in clinic.readings(device)}
    eventually(lambda: not missing(), limit, lambda: f"of {len(sent)} values, these are missing: {sorted(missing())}")
    assert sorted(scenarios.counter_of(one) for one in clinic.readings(device)) == sorted(sent)
    clinic.assert_complete()


def test_nothing_is_lost_while_the_broker_is_dead(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap("runner", scenarios.RUNNER)]).start()
    runner = world.pair("runner", scenarios.RUNNER)
    world.clinic.wait(lambda: world.clinic.readings(runner), 15, "the stream flows")
    world.broker.kill()
    # The stream's own clock says how long the broker is away: two values a second.
    world.stage.wait_sent("runner", len(world.stage.sent("runner")) + int(2 * OUTAGE), OUTAGE * 1.5 + 10)
    assert world.vigil.status()["broker"]["connected"] is False
    # The broker died in the moment of its first acknowledgement of a reading, and may have taken the readings along: they
    # are not delivered, however long it is away. The first row tells the epoch.
    queue = next(one for one in world.vigil.status()["queues"] if one["lane"] == "reading")
    assert queue["lastSeq"] - queue["waiting"] <= 1, queue
    world.broker.start()
    world.clinic.wait(lambda: world.vigil.status()["broker"]["connected"], AFTER_OUTAGE, "connected again")
    assert_everything_came(world, runner, "runner")
    assert world.clinic.ledger.gaps[0]["reason"] == "epoch" and len(world.clinic.ledger.gaps) == 2


def test_a_broker_that_was_never_there_gets_everything_later(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()])
    world.broker.stop()  # the clinic's session is on its disk
    world.vigil.start()
    world.vigil.wait_for("connected to the message bus")
    strap = world.pair("strap", scenarios.STRAP)
    world.stage.wait_sent("strap", 10)
    status = world.vigil.status()["broker"]
    assert status["connected"] is False and "refused" in status["reason"].lower()
    assert world.clinic.all() == []
    world.broker.start()
    world.clinic.wait(lambda: world.clinic.readings(strap), AFTER_OUTAGE, "the first reading")
    assert_everything_came(world, strap, "strap")


def test_the_will_tells_that_the_gateway_died(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    clinic = world.clinic
    clinic.wait(lambda: clinic.status() == "online", 10, "online")
    online = clinic.messages("status")[-1]
    died = time.monotonic()
    world.vigil.kill()
    clinic.wait(lambda: clinic.status() == "offline", 20, "offline by will")
    delay = clinic.all("status")[-1].at - died
    assert 8 <= delay <= 15, f"the will came after {delay:.1f} s"
    offline = clinic.messages("status")[-1]
    assert (offline["epoch"], offline["bootId"], offline["gateway"]) == (online["epoch"], online["bootId"], "gw-1")
    late = world.subscriber("vigil/v1/+/+/up/status", name="late")
    late.wait(lambda: late.status() == "offline", 10, "the retained status")
    assert late.all("status")[0].retained
    world.start()
    clinic.wait(lambda: clinic.status() == "online", 10, "online again")


ACL = """user gw
topic write vigil/v1/c1/gw-1/up/status
topic write vigil/v1/c1/gw-1/up/alerts
topic write vigil/v1/c1/gw-1/up/health
topic write vigil/v1/c1/gw-1/up/gap
topic write vigil/v1/c1/gw-1/up/alert/#
{more}
user archive
topic readwrite #
"""


def test_what_the_brokers_acl_refused_comes_when_the_acl_is_mended(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()], acl=ACL.format(more=""), broker={"username": "gw"}).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.vigil.wait_for(r"did not take a message.*reason=135", 15)
    world.broker.write_acl(ACL.format(more="topic write vigil/v1/c1/gw-1/up/reading/#"))
    world.broker.reload()
    world.clinic.wait(lambda: world.clinic.readings(strap), AFTER_REFUSAL, "readings after the ACL was mended")
    assert_everything_came(world, strap, "strap")


def test_an_alert_that_nobody_was_subscribed_to_is_sent_until_somebody_is(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.oximeter([scenarios.spo2(scenarios.SPO2_86)])], clinic=False)
    clinic = world.subscriber("vigil/v1/c1/gw-1/up/reading/#", "vigil/v1/c1/gw-1/up/gap")
    world.start()
    world.pair("oximeter", scenarios.OXIMETER)
    world.vigil.wait_for(r"did not take a message.*lane=alert.*reason=16", 20)
    # The technical alert that says so is one of those that nobody takes.
    eventually(lambda: world.vigil.status()["broker"]["undeliveredAlerts"] == 2, 10, "status says so")
    eventually(lambda: "UD-1" in [one["rule"] for one in world.vigil.status()["alerts"]], 10, "a technical alert")
    clinic.subscribe("vigil/v1/c1/gw-1/up/alert/#")
    clinic.wait(lambda: clinic.phases("start", "OX-1"), AFTER_REFUSAL, "the alert")
    clinic.wait(lambda: world.vigil.status()["broker"]["undeliveredAlerts"] == 0, 10, "nothing undelivered")
    clinic.wait(lambda: clinic.phases("end", "UD-1") or clinic.phases("clear", "UD-1"), 10, "it is over")
    assert len(clinic.phases("start", "OX-1")) == len(clinic.phases("start", "UD-1")) == 1
    clinic.assert_complete()


def test_tls_with_the_right_authority(make_world: MakeWorld, tmp_path) -> None:
    certificates = Certificates(tmp_path / "right")
    world = make_world(devices=[scenarios.strap()], tls=certificates, clinic=False,
                       broker={"host": "localhost", "tls": {"ca": str(certificates.ca)}})
    world.subscribers.append(Subscriber(world.broker.port, ca=certificates.ca))
    world.clinic = world.subscribers[-1]
    world.start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "a reading over TLS")
    assert_everything_came(world, strap, "strap")


def test_tls_with_another_authority_gives_no_connection_and_loses_nothing(make_world: MakeWorld, tmp_path) -> None:
    right, wrong = Certificates(tmp_path / "right"), Certificates(tmp_path / "wrong", "Another CA")
    world = make_world(devices=[scenarios.strap()], tls=right, clinic=False,
                       broker={"host": "localhost", "tls": {"ca": str(wrong.ca)}})
    world.subscribers.append(Subscriber(world.broker.port, ca=right.ca))
    clinic = world.clinic = world.subscribers[-1]
    world.vigil.start()
    world.vigil.wait_for("connected to the message bus")
    strap = world.pair("strap", scenarios.STRAP)
    world.stage.wait_sent("strap", 4)

    def reason() -> str:
        state = world.vigil.status()["broker"]
        assert state["connected"] is False
        return state.get("reason", "")
    eventually(lambda: "certificate verify failed" in reason(), 10, lambda: f"status says why: {reason()}")
    assert clinic.all() == []
    # The technician puts the right file there.
    assert world.vigil.stop() == 0
    wrong.ca.write_bytes(right.ca.read_bytes())
    world.start()
    world.wait_connected(strap)
    clinic.wait(lambda: clinic.readings(strap), 15, "readings")
    assert_everything_came(world, strap, "strap")


def test_the_daemon_ends_in_order_although_the_broker_does_not_answer(make_world: MakeWorld) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "the stream flows")
    world.broker.signal(signal.SIGSTOP)
    try:
        assert world.vigil.stop(10) == 0
    finally:
        world.broker.signal(signal.SIGCONT)
    world.start()
    world.wait_connected(strap)
    # What had been received when it stopped is in the database; see test_stops for what may be on the way then.
    world.clinic.wait(lambda: world.clinic.status() == "online", 10, "online")
    world.clinic.assert_complete()
