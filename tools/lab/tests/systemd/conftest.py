# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest has the gateway installed and its devices playing (systemd.sh); here it gets a broker and a configuration."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(TOOLS / "acceptance")]

from box import Box, configure  # noqa: E402
from broker import Broker  # noqa: E402
from stage import LabStage  # noqa: E402
from subscriber import Subscriber  # noqa: E402

STRAP, OXIMETER = "F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:03"
GOOD = """clinic: c1
gateway: gw-1
zone: Asia/Shanghai
broker: {{host: 127.0.0.1, port: {port}, tls: off}}
streams: full
rules: {{OX-1: {{confirm-seconds: 1, clear-seconds: 1}}, settle-seconds: 0}}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("LAB_INIT") != "systemd":
        for item in items:
            item.add_marker(pytest.mark.skip(reason="only in a guest that runs systemd: tools/lab/tests/systemd.sh"))


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    broker = Broker(Path(tempfile.mkdtemp(prefix="vigil-")) / "broker")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(scope="session")
def clinic(broker: Broker) -> Iterator[Subscriber]:
    subscriber = Subscriber(broker.port)
    yield subscriber
    subscriber.close()


@pytest.fixture(scope="session")
def stage() -> LabStage:
    return LabStage()


@pytest.fixture(scope="session")
def good_configuration(broker: Broker) -> str:
    return GOOD.format(port=broker.port)


@pytest.fixture
def box(good_configuration: str, clinic: Subscriber) -> Box:
    """The gateway, configured and running."""
    box = Box()
    configure(good_configuration)
    box.start()
    return box


@pytest.fixture
def strap(box: Box) -> str:
    """The id of the strap, which streams; paired by a technician."""
    found = box.devices().get(STRAP)
    return found["id"] if found else box.pair(STRAP)
