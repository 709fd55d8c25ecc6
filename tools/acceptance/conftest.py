# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures and marks of the acceptance tests."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[1]
# A limit says what is too late; the machine may be busy with other things at the same time.
os.environ.setdefault("VIGIL_PATIENCE", "3")
sys.path[:0] = [str(TOOLS / "acceptance"), str(TOOLS), str(TOOLS / "scenarios")]

import scenarios  # noqa: E402
from broker import Broker  # noqa: E402
from desk import Desk, Gateway  # noqa: E402
from vigil import BIN  # noqa: E402
from world import IN_LAB, World  # noqa: E402

MakeWorld = Callable[..., World]
MakeDesk = Callable[..., Desk]


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in its background with SIGINT ignored, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "lab: makes sense with the real bluetoothd too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if IN_LAB:
        config.hook.pytest_deselected(items=[one for one in items if not one.get_closest_marker("lab")])
        items[:] = [one for one in items if one.get_closest_marker("lab")]


def pytest_sessionstart(session: pytest.Session) -> None:
    if not (BIN / "vigild").exists() or not (BIN / "vigilctl").exists():
        pytest.exit(f"{BIN} has no vigild and vigilctl: swift build, or VIGIL_BIN", 2)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[FAILED] = call.excinfo is not None


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def make_world(request: pytest.FixtureRequest) -> Iterator[MakeWorld]:
    """Makes a world that ends with the test; arguments as World's."""
    worlds: list[World] = []

    def make(**options: object) -> World:
        worlds.append(World(**options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close(request.node.stash.get(FAILED, True))


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """The household, a broker, a clinic, and a daemon that runs."""
    return make_world().start()


@pytest.fixture
def one(make_world: MakeWorld) -> World:
    """Cuffs with a passkey and with a comparison, one device that refuses, a strap and an oximeter."""
    oximeter = scenarios.oximeter([scenarios.spo2(scenarios.SPO2_86)])
    return make_world(devices=[scenarios.cuff(), scenarios.cuff("confirmer", scenarios.CONFIRMER, pairing="confirm"),
                               scenarios.strap(), scenarios.household()[-1], oximeter],
                      bluez={"FAKE_BLUEZ_DISCONNECT_DELAY": "0.2"}).start()


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    desks: list[Desk] = []

    def make(broker: dict[str, Any], **more: Any) -> Desk:
        desks.append(Desk(tmp_path, f"desk{len(desks)}", broker, **more))
        desks[-1].start()
        return desks[-1]

    yield make
    for desk in desks:
        desk.kill()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def gateway(broker: Broker) -> Iterator[Gateway]:
    gateway = Gateway(broker.port)
    yield gateway
    gateway.close()
