# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices, the controller, bluetoothd and the bus go and come: readings flow again without a hand."""

from __future__ import annotations

from collections.abc import Callable

import bluez
import pytest
import scenarios
from conftest import MakeWorld
from waiting import eventually
from world import World


def assert_flows_again(world: World, device: str, name: str = "strap", limit: float = 45) -> None:
    """New values of the device come to the clinic; all that it hands over from now on."""
    before = len(world.stage.sent(name))
    world.stage.wait_sent(name, before + 6, limit)
    world.stage.leave(name)
    sent = {scenarios.counter_in(value) for value in world.stage.sent(name)[before:]}
    missing = lambda: sent - {scenarios.counter_of(one) for one in world.clinic.readings(device)}  # noqa: E731
    eventually(lambda: not missing(), 15, lambda: f"missing: {sorted(missing())}")
    world.clinic.assert_complete()


def bluetoothd_restarts(world: World) -> None:
    world.stage.tell("restart 1")
    # Not by the status: on a busy machine it may be asked only when all is well again.
    world.vigil.wait_for("bluetoothd went")


def adapter_is_pulled_and_plugged(world: World) -> None:
    world.stage.tell("adapter remove")
    eventually(lambda: world.vigil.status()["bluetooth"]["adapter"] == "", 10, "it is noticed")
    world.stage.tell("adapter add")


def adapter_loses_its_power(world: World) -> None:
    """Nobody is there who could switch it on again but the daemon."""
    world.stage.switch_off()
    world.vigil.wait_for("was switched off")


def somebody_switches_the_adapter_off(world: World) -> None:
    """Another client of bluetoothd, as bluetoothctl is."""
    bluez.switch_off(world.stage.bus_address)
    world.vigil.wait_for("was switched off")


def bus_dies(world: World) -> None:
    """And bluetoothd with it, which forgets what was only in its memory and is started again."""
    world.fake.bus.kill()
    world.vigil.wait_for("lost the message bus")
    world.fake.start_bus()


IN_LAB_TOO = [pytest.param(fate, marks=pytest.mark.lab) for fate in
              (adapter_loses_its_power, somebody_switches_the_adapter_off)]


@pytest.mark.parametrize("fate", [bluetoothd_restarts, adapter_is_pulled_and_plugged, bus_dies, *IN_LAB_TOO])
def test_readings_flow_again(make_world: MakeWorld, fate: Callable[[World], None]) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "the stream flows")
    links = len(world.stage.events("connected", "strap"))
    fate(world)
    world.stage.wait_event("connected", "strap", links + 1, 60)
    assert_flows_again(world, strap)
    assert world.vigil.stop() == 0


def indicating_cuff() -> scenarios.Device:
    """Whenever it is connected it says something at once; the first link after pairing is for getting to know it."""
    steps: list = [{"until": "subscribed 2a35"}, {"until": "signal known"}, {"advertise": False}, {"disconnect": True}]
    for number in range(1, 6):
        steps += [{"until": f"signal go-{number}"}, {"advertise": True}, {"until": "connected"},
                  {"notify": {"characteristic": "2a35", "value": scenarios.pressure(99 + number)}}]
        # It stays for a moment, as real ones do, so that the services can be found.
        steps += [{"wait": 2}, {"advertise": False}, {"disconnect": True}]
    return scenarios.device("hasty", scenarios.HASTY, "Cuff", {"1810": {"2a35": {"properties": ["indicate"]}}}, steps)


def systolics(world: World, device: str) -> list[int]:
    return [one["value"] for reading in world.clinic.readings(device) for one in reading["values"]
            if one["kind"] == "systolic"]


def test_a_known_device_is_subscribed_to_before_it_is_connected(make_world: MakeWorld) -> None:
    world = make_world(devices=[indicating_cuff()]).start()
    cuff = world.pair("hasty", scenarios.HASTY)
    world.wait_connected(cuff)
    world.stage.tell("signal known")
    world.stage.wait_event("disconnected", "hasty")
    recorder = bluez.CallRecorder(world.stage.bus_address, world.directory / "calls")
    recorder.start()
    try:
        # The daemon starts anew: its sessions are gone, and bluetoothd knows the device's table.
        assert world.vigil.stop() == 0
        recorder.log.write_text("")
        world.start()
        eventually(lambda: "Connect" in recorder.calls(scenarios.HASTY), 10, "it connects")
        assert recorder.calls(scenarios.HASTY)[:2] == ["StartNotify", "Connect"]
        world.stage.tell("signal go-1")
        world.clinic.wait(lambda: systolics(world, cuff) == [100], 15, "the indication at once")

        # The device was away: the session is in place still, and nothing has to be called before Connect.
        world.stage.wait_event("disconnected", "hasty", 2)
        world.stage.tell("signal go-2")
        world.clinic.wait(lambda: systolics(world, cuff) == [100, 101], 30, "the next one")

        # The controller was off: bluetoothd keeps objects and sessions.
        world.stage.wait_event("disconnected", "hasty", 3)
        adapter_loses_its_power(world)
        eventually(lambda: world.vigil.status()["bluetooth"]["powered"], 10, "it is on again")
        world.stage.tell("signal go-3")
        world.clinic.wait(lambda: systolics(world, cuff) == [100, 101, 102], 30, "after the power came back")
    finally:
        recorder.kill()


def test_after_a_restart_of_bluetoothd_sessions_are_in_place_from_the_second_link_on(make_world: MakeWorld) -> None:
    """In the first link nothing can be subscribed beforehand: bluetoothd shows no characteristics before it."""
    world = make_world(devices=[indicating_cuff()]).start()
    cuff = world.pair("hasty", scenarios.HASTY)
    world.wait_connected(cuff)
    world.stage.tell("signal known")
    world.stage.wait_event("disconnected", "hasty")
    bluetoothd_restarts(world)
    eventually(lambda: world.vigil.status()["bluetooth"]["available"], 15, "it is back")
    for link in (2, 3, 4):
        world.stage.tell(f"signal go-{link - 1}")
        world.stage.wait_event("disconnected", "hasty", link, 45)
    # What it said at once in the first of these links bluetoothd has confirmed and dropped.
    world.clinic.wait(lambda: systolics(world, cuff)[-2:] == [101, 102], 15, lambda: f"{systolics(world, cuff)}")


@pytest.mark.parametrize("noticed", [False, pytest.param(True, marks=pytest.mark.lab)],
                         ids=["at once", "after it was missed"])
def test_a_device_that_comes_and_goes_loses_nothing(make_world: MakeWorld, noticed: bool) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    for _ in range(3):
        world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 4, 60)
        world.stage.leave("strap")
        if noticed:
            eventually(lambda: world.vigil.state_of(strap) != "connected", 10, "it is missed")
        world.stage.come_back("strap")
    world.stage.wait_sent("strap", len(world.stage.sent("strap")) + 4, 60)
    world.stage.leave("strap")
    sent = [scenarios.counter_in(value) for value in world.stage.sent("strap")]
    come = lambda: [scenarios.counter_of(one) for one in world.clinic.readings(strap)]  # noqa: E731
    eventually(lambda: come() == sent, 15, lambda: f"every reading: sent {sent}, at the clinic {come()}")
    world.clinic.assert_complete()


@pytest.mark.parametrize("call", ["connect", "startnotify"])
def test_a_call_that_is_never_answered_is_made_again(make_world: MakeWorld, call: str) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "the stream flows")
    world.stage.leave("strap")
    assert world.vigil.stop() == 0
    world.stage.tell(f"hang {call}")
    world.stage.come_back("strap")
    world.start()
    assert_flows_again(world, strap, limit=100)


@pytest.mark.parametrize("error", ["org.bluez.Error.Failed le-connection-abort-by-local",
                                   "org.bluez.Error.Failed 'Operation already in progress'",
                                   "org.bluez.Error.Failed br-connection-canceled"])
def test_a_connection_that_fails_is_tried_again(make_world: MakeWorld, error: str) -> None:
    world = make_world(devices=[scenarios.strap()]).start()
    strap = world.pair("strap", scenarios.STRAP)
    world.clinic.wait(lambda: world.clinic.readings(strap), 15, "the stream flows")
    world.stage.tell(f"error connect {error} 2")
    links = len(world.stage.events("connected", "strap"))
    world.stage.tell("drop strap")
    world.stage.wait_event("connected", "strap", links + 1, 30)
    assert_flows_again(world, strap)


def test_one_refused_subscription_keeps_nothing_else_from_working(make_world: MakeWorld) -> None:
    """It is asked for again while the link lives, and what the device says elsewhere is heard meanwhile."""
    device = scenarios.device("oximeter", scenarios.OXIMETER, "Oximeter",
                              {"1822": {"2a5e": {"properties": ["indicate"]}, "2a5f": {"properties": ["notify"]},
                                        "2a60": {"properties": ["read"], "value": "0000"}}},
                              [scenarios.spo2(scenarios.SPO2_97)])
    world = make_world(devices=[device]).start()
    oximeter = world.pair("oximeter", scenarios.OXIMETER)
    world.clinic.wait(lambda: world.clinic.readings(oximeter), 15, "the stream flows")
    assert len(world.stage.events("subscribed", "oximeter")) == 2
    # Before the link, and on it, as often as it takes for one of the two to be left out.
    world.stage.tell("restart 1")
    world.stage.tell("error startnotify org.bluez.Error.Failed busy 3")
    links = len(world.stage.events("connected", "oximeter"))
    world.stage.wait_event("connected", "oximeter", links + 1, 60)
    world.vigil.wait_for("a device refuses a subscription", 30)
    before = len(world.clinic.readings(oximeter))
    world.clinic.wait(lambda: len(world.clinic.readings(oximeter)) > before + 3, 30, "the other stream flows")
    eventually(lambda: len(world.stage.events("subscribed", "oximeter")) >= 4, 30, "it is asked for again")
    assert len(world.stage.events("connected", "oximeter")) == links + 1
