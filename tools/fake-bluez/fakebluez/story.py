# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a device's story: the steps of a scenario, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import scenario as steps
from scenario import Step

from .events import Events
from .faults import Faults
from .world import Peripheral, World

# The loop's own timers are no finer than 1 ms: a fast stream is late for a moment, and then sends several values at once.
CATCH_UP = 0.05


class Story:
    def __init__(self, world: World, peripheral: Peripheral, events: Events, faults: Faults):
        self._world, self._peripheral, self._events, self._faults = world, peripheral, events, faults

    async def run(self) -> None:
        await self._steps(self._peripheral.spec.story)
        self._events.write("story-end", device=self._peripheral.spec.id)

    async def _steps(self, todo: tuple[Step, ...]) -> None:
        for step in todo:
            await self._step(step)

    async def _step(self, step: Step) -> None:
        device = self._peripheral
        match step:
            case steps.Wait(seconds):
                await asyncio.sleep(seconds)
            case steps.Until():
                await self._until(step)
            case steps.Notify(characteristic, value):
                await self._send(characteristic, value)
            case steps.Stream(until=None):
                await self._stream(step)
            case steps.Stream(until=end):
                await self._first(self._stream(step), self._until(end))
            case steps.Advertise(on):
                device.advertise(on)
            case steps.Announce():
                device.announce(step)
            case steps.Disconnect():
                device.drop()
            case steps.Mark(text):
                self._events.write("mark", device=device.spec.id, text=text)
            case steps.Loop(times, inner):
                done = 0
                while times is None or done < times:
                    await self._steps(inner)
                    await asyncio.sleep(0)  # a loop in which nothing waits must not stop the rest of the world
                    done += 1
            case steps.Fail(call, error, message, times):
                only = None if call == "startdiscovery" else device.spec.id
                self._faults.fail(call, error, message, times, only)
            case steps.Parallel(branches):
                await asyncio.gather(*(self._steps(branch) for branch in branches))

    @staticmethod
    async def _first(*works: Coroutine) -> None:
        """Until one has ended; the others stop where they are, which is never in the middle of a value."""
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def _until(self, step: steps.Until) -> None:
        device, argument = self._peripheral, step.argument
        match step.condition:
            case "signal":
                await self._world.signal(argument).wait()
            case "connected":
                await device.until(lambda: device.connected)
            case "disconnected":
                await device.until(lambda: not device.connected)
            case "paired":
                await device.until(lambda: device.paired)
            case "subscribed":
                await device.until(lambda: argument in device.subscribed)
            case "written":
                await device.until_written(argument, step.value)
            case "unsubscribed":
                await device.until(lambda: argument not in device.subscribed)

    async def _send(self, uuid: str, value: bytes) -> None:
        device = self._peripheral
        while True:
            await device.until(lambda: device.wanted(uuid))
            if device.indicate(uuid, value):
                return

    async def _stream(self, step: steps.Stream) -> None:
        """Paced by a clock of its own, so that the rate does not sag by the time each step takes: what is late for a short
        while is sent at once."""
        loop = asyncio.get_running_loop()
        due, n = loop.time(), 0
        while step.count is None or n < step.count:
            await self._send(step.characteristic, step.value(n))
            n += 1
            if n != step.count:
                due = max(due + step.every, loop.time() - CATCH_UP)
                await asyncio.sleep(due - loop.time())
