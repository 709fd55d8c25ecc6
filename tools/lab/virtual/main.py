# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a scenario file with virtual peripherals on a virtual controller behind /dev/vhci."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys
from pathlib import Path

gc.disable()  # the imports make many objects and no garbage; in emulation the collector costs a second
sys.path.append(str(Path(__file__).resolve().parents[2] / "scenarios"))

import scenario  # noqa: E402
from control import Control  # noqa: E402
from events import Events, Passkeys  # noqa: E402
from peripheral import Peripheral  # noqa: E402
from radio import Air, HostController, Vhci  # noqa: E402
from story import Signals, play  # noqa: E402

gc.freeze()
gc.enable()


async def run(options: argparse.Namespace, events: Events) -> None:
    plan = scenario.load(options.scenario)
    passkeys, signals, air = Passkeys(events, options.passkey_dir), Signals(), Air()
    peripherals = {spec.id: Peripheral(spec, air, events, passkeys) for spec in plan.devices}
    control = Control(peripherals, signals, passkeys)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, control.quit.set)
    for peripheral in peripherals.values():
        await peripheral.start()
    vhci = Vhci()
    HostController("linux", host_source=vhci, host_sink=vhci, link=air, public_address=plan.adapter)
    vhci.start()
    if options.control is not None:
        await control.listen(options.control)
    events.write("ready")

    quit_task = asyncio.ensure_future(control.quit.wait())
    stories = [asyncio.ensure_future(play(peripheral, signals)) for peripheral in peripherals.values()]
    unfinished = {quit_task, vhci.lost, *stories}
    while not quit_task.done() and not vhci.lost.done():
        done, unfinished = await asyncio.wait(unfinished, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # raises what broke a story
    for story in stories:
        story.cancel()


def main() -> int:
    parser = argparse.ArgumentParser(prog="peripherals", description=__doc__)
    parser.add_argument("scenario", type=Path, metavar="SCENARIO.yaml")
    parser.add_argument("--control", type=Path, metavar="PATH", help="a Unix socket to make for commands")
    parser.add_argument("--passkey-dir", type=Path, metavar="DIR", help="where a shown passkey is written as well")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        asyncio.run(run(options, Events()))
    except scenario.ScenarioError as error:
        print(f"peripherals: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"peripherals: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
