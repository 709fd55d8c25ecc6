# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a device's story on its peripheral."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterable
from typing import Any

import scenario
from peripheral import Peripheral


class Signals:
    """Named signals; each once given stays given."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def _event(self, name: str) -> asyncio.Event:
        return self._events.setdefault(name, asyncio.Event())

    def give(self, name: str) -> None:
        self._event(name).set()

    async def wait(self, name: str) -> None:
        await self._event(name).wait()


async def play(peripheral: Peripheral, signals: Signals) -> None:
    await _steps(peripheral, signals, peripheral.spec.story)
    peripheral.event("story-end")


async def _steps(peripheral: Peripheral, signals: Signals, steps: Iterable[scenario.Step]) -> None:
    for step in steps:
        await _step(peripheral, signals, step)


async def _step(peripheral: Peripheral, signals: Signals, step: scenario.Step) -> None:
    match step:
        case scenario.Wait(seconds):
            await asyncio.sleep(seconds)
        case scenario.Until():
            await _until(peripheral, signals, step)
        case scenario.Notify(uuid, value):
            await _deliver(peripheral, uuid, value)
        case scenario.Stream(until=None):
            await _stream(peripheral, step)
        case scenario.Stream(until=end):
            await _first(_stream(peripheral, step), _until(peripheral, signals, end))
        case scenario.Advertise(on):
            await peripheral.advertise(on)
        case scenario.Announce():
            await peripheral.announce(step)
        case scenario.Disconnect():
            await peripheral.disconnect()
        case scenario.Mark(text):
            peripheral.event("mark", text=text)
        case scenario.Loop(times, steps):
            for _ in itertools.count() if times is None else range(times):
                await _steps(peripheral, signals, steps)
                await asyncio.sleep(0)  # a loop whose steps never wait must not stop the others
        case scenario.Parallel(branches):
            await asyncio.gather(*(_steps(peripheral, signals, branch) for branch in branches))
        case scenario.Fail():
            peripheral.event("ignored", step="fail", call=step.call)


async def _until(peripheral: Peripheral, signals: Signals, until: scenario.Until) -> None:
    argument = until.argument
    if until.condition == "signal":
        await signals.wait(argument)
        return
    if until.condition == "written":
        await peripheral.until_written(argument, until.value)
        return
    await peripheral.until({
        "connected": lambda: peripheral.connection is not None,
        "disconnected": lambda: peripheral.connection is None,
        "paired": lambda: peripheral.paired,
        "subscribed": lambda: peripheral.subscribed(argument),
        "unsubscribed": lambda: not peripheral.subscribed(argument),
    }[until.condition])


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Until one has ended; the others stop, but not in the middle of a value."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _deliver(peripheral: Peripheral, uuid: str, value: bytes) -> None:
    """Waits for somebody who wants it; where the link goes down before the value is across, the next link gets it."""
    while True:
        await peripheral.until(lambda: peripheral.wanted(uuid))
        sending = asyncio.ensure_future(peripheral.send(uuid, value))
        try:
            if await asyncio.shield(sending):
                return
        except asyncio.CancelledError:
            await sending
            raise
        await asyncio.sleep(0)


async def _stream(peripheral: Peripheral, stream: scenario.Stream) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    for n in itertools.count() if stream.count is None else range(stream.count):
        await _deliver(peripheral, stream.characteristic, stream.value(n))
        if n + 1 != stream.count:
            due = max(due + stream.every, loop.time())
            await asyncio.sleep(due - loop.time())
