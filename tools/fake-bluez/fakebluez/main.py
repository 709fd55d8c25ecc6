# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, and all parts put together."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from scenario import Scenario, ScenarioError, load

from .control import Control
from .daemon import Daemon, NameTaken
from .events import Events
from .faults import Faults
from .story import Story
from .strangers import Strangers
from .timing import Timing
from .world import World


def main() -> int:
    options = _arguments()
    address = options.address or os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    if not address:
        # The real system bus is nobody's default here: that is where the real bluetoothd lives.
        print("fake-bluez: which bus? --address or DBUS_SYSTEM_BUS_ADDRESS", file=sys.stderr)
        return 2
    try:
        scenario = load(options.scenario)
        return asyncio.run(_run(scenario, address, options))
    except (ScenarioError, NameTaken) as error:
        print(f"fake-bluez: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"fake-bluez: {address}: {error}", file=sys.stderr)
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fake-bluez", description="A bluetoothd for tests, playing a scenario.")
    parser.add_argument("scenario", type=Path, metavar="SCENARIO.yaml")
    parser.add_argument("--control", type=Path, metavar="PATH", help="a Unix socket for commands")
    parser.add_argument("--passkey-dir", type=Path, metavar="DIR", help="where the devices show their passkeys")
    parser.add_argument("--address", metavar="BUSADDR", help="the bus (default: DBUS_SYSTEM_BUS_ADDRESS)")
    parser.add_argument("--manufacture", action="store_true", help="devices advertise manufacturer data (FFFF)")
    return parser.parse_args()


async def _run(scenario: Scenario, address: str, options: argparse.Namespace) -> int:
    events, faults = Events(), Faults()
    if options.passkey_dir:
        options.passkey_dir.mkdir(parents=True, exist_ok=True)
    world = World(scenario, events, options.passkey_dir)
    daemon = Daemon(address, world, faults, Timing.from_environment(), options.manufacture)
    control = Control(world, daemon, faults, Strangers(world, events))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, control.quit.set)
    await daemon.start()
    if options.control:
        await control.listen(options.control)
    events.write("ready")
    stories = [asyncio.ensure_future(Story(world, peripheral, events, faults).run())
               for peripheral in world.peripherals.values() if peripheral.spec.story]
    ended = asyncio.ensure_future(control.quit.wait())
    try:
        waiting = {ended, *stories}
        while ended in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # a story that broke is the fake's own mistake: end, with its traceback
    finally:
        control.close()
        for task in stories:
            task.cancel()
        daemon.stop()
        if options.control:
            options.control.unlink(missing_ok=True)
    return 0
