# SPDX-License-Identifier: GPL-3.0-or-later
"""A few minutes of a gateway's life, seen from the clinic; it ends by itself with a count of everything.

Started by tools/demo. Exit codes: 0 everything that was sent has come and every alert came once, 1 not so or something
broke, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from .ledger import LaneKey
from .output import Output, open_output
from .processes import DemoError, Processes
from .stage import CLEAR, CONFIRM, GATEWAY, ROOT, SETTLE, ZONE, Stage
from .story import EXPECTED_ALERTS, Story
from .summary import Summary, summarize
from .view import Scene, View
from .world import FakeWorld, LabWorld, World

NOTE = f"demo: confirm {CONFIRM} s (30), clear {CLEAR} s (60), settle {SETTLE} s (30), streams full (by the minute)"


async def play(directory: Path, options: argparse.Namespace, processes: Processes, output: Output) -> Summary:
    """Everything from the first program to the count; what was started is the caller's to stop."""
    world: World = LabWorld() if options.lab_guest else FakeWorld(directory)
    view = output.view
    view.started = view.now = time.monotonic()
    stage = Stage(directory, world, processes, view, options.products)
    stage.on_arrival, stage.on_world_event = output.arrival, output.world_event
    drawing = asyncio.ensure_future(output.keep_drawing())
    try:
        output.scene(Scene(zh="启动蓝牙设备、消息服务器和网关", en="Starting devices, broker and gateway"))
        await world.start(processes)
        await stage.start_broker()
        await stage.start_clinic()
        await stage.start_gateway()
        await Story(stage, output.scene).play()
        if drawing.done():
            drawing.result()  # what broke it
        status = await stage.status()
        epoch = str(view.ledger.status.get(GATEWAY, {}).get("epoch"))
        given = {LaneKey(GATEWAY, epoch, queue["lane"]): queue["lastSeq"] for queue in (status or {}).get("queues", [])}
        return summarize(view.ledger, world.sent, stage.device_ids, given, EXPECTED_ALERTS, world.dropped)
    finally:
        drawing.cancel()
        stage.stop_clinic()


async def run(options: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    directory = Path(tempfile.mkdtemp(prefix="vigil-demo."))
    processes = Processes(directory)
    view = View(f"Vigil 演示 demo   {GATEWAY}, {ZONE}", NOTE)
    output = open_output(view, options.plain)
    keep = False
    try:
        output.open()
        summary = await play(directory, options, processes, output)
        output.close()
        keep = not summary.is_good
        _tell(summary, time.monotonic() - view.started)
        return 0 if summary.is_good else 1
    except asyncio.CancelledError:
        output.close()
        print("\ninterrupted; nothing is left behind", flush=True)
        return 130
    except DemoError as error:
        output.close()
        keep = True
        print(f"\nFAILED: {error}", file=sys.stderr)
        if error.name:
            for line in processes.tail(error.name):
                print(f"  {error.name}: {line}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more: nothing to say
        return 141
    except BaseException:
        keep = True
        raise
    finally:
        output.close()
        processes.stop_all()
        if keep:
            print(f"The logs are kept in {directory}", file=sys.stderr)
        else:
            shutil.rmtree(directory, ignore_errors=True)


def _tell(summary: Summary, seconds: float) -> None:
    print(f"\nCOUNTED AT THE END, after {seconds:.0f} s")
    for line in summary.lines:
        print(line)
    for problem in summary.problems:
        print(f"NOT GOOD: {problem}")
    if summary.is_good:
        print("Nothing is missing, and every alert came exactly once.")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="demo", description="A gateway's life in a minute and a half.")
    parser.add_argument("--plain", action="store_true", help="plain lines even on a terminal")
    parser.add_argument("--lab-guest", action="store_true", help="in the lab's guest: the devices are there already")
    parser.add_argument("--products", type=Path, default=ROOT / ".build" / "debug",
                        help="where vigild and vigilctl are")
    return asyncio.run(run(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
