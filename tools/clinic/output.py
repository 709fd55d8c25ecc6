# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the play is shown: a screen that is redrawn, or, into a file or a pipe, one line for what matters."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from typing import Any

from .ledger import Arrival
from .screen import ansi, render
from .view import Scene, View, text_of, values_of

FRAME_SECONDS = 0.25
COUNT_SECONDS = 10.0
SMALLEST = (60, 18)  # below this a screen shows less than lines do
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # another screen without cursor; back


class Output:
    """Plain lines, one per event of interest."""

    def __init__(self, view: View):
        self.view = view
        self._counted = 0
        self._broker_up: bool | None = None

    def open(self) -> None:
        self._line(self.view.title)
        self._line(self.view.note)

    def close(self) -> None:
        pass

    def scene(self, scene: Scene) -> None:
        """A new scene, or news within one."""
        is_new = scene.number != self.view.scene.number or scene.number == 0
        self.view.scene = scene
        place = f"{scene.number}/{scene.total} " if scene.total else ""
        self._line(f"== {place}{scene.en} · {scene.zh}" if is_new else f"   {scene.en} · {scene.zh}")

    def arrival(self, arrival: Arrival) -> None:
        message = arrival.message
        if not arrival.news:
            return
        if arrival.topic.kind == "alert":
            self._line(f"alert {message.get('phase')} {message.get('priority')} {message.get('rule')} "
                       f"{message.get('resident')}: {text_of(message, 'zh')} | {text_of(message, 'en')}")
        elif arrival.topic.kind == "status":
            self._line(f"gateway {message.get('state')}")
        elif arrival.topic.kind == "reading":
            values = {str(value.get("kind")): value.get("value") for value in values_of(message)}
            if "systolic" in values:
                self._line(f"reading {message['device']['id']} {message.get('resident')}: blood pressure "
                           f"{values['systolic']}/{values.get('diastolic')} mmHg")

    def world_event(self, event: dict[str, Any]) -> None:
        if event["event"] in ("paired", "connected", "disconnected"):
            self._line(f"{event.get('device')} {event['event']}")

    async def keep_drawing(self) -> None:
        """A count now and then, and what changed without a message."""
        due = time.monotonic() + COUNT_SECONDS
        while True:
            if self.view.broker_up != self._broker_up:
                self._broker_up = self.view.broker_up
                self._line(f"broker {'up' if self._broker_up else 'DOWN'}")
            count = self.view.ledger.totals("reading").received
            if time.monotonic() >= due and count != self._counted:
                ledger, due, self._counted = self.view.ledger, time.monotonic() + COUNT_SECONDS, count
                devices = ", ".join(f"{device} {number}" for device, number in sorted(
                    ledger.readings_per_device().items()))
                self._line(f"received {devices}; holes {sum(hole.count for hole in ledger.holes())}, "
                           f"duplicates {ledger.duplicates}")
            await asyncio.sleep(FRAME_SECONDS)

    def _line(self, text: str) -> None:
        seconds = int(max(0.0, time.monotonic() - self.view.started)) if self.view.started else 0
        print(f"{seconds // 60:02}:{seconds % 60:02}  {text}", flush=True)


class Screen(Output):
    """The clinic's screen on a terminal, drawn a few times a second."""

    def __init__(self, view: View):
        super().__init__(view)
        self._is_open = False

    def open(self) -> None:
        self._is_open = True
        self._write(ENTER)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._write(LEAVE)

    def scene(self, scene: Scene) -> None:
        self.view.scene = scene

    def arrival(self, arrival: Arrival) -> None:
        pass

    def world_event(self, event: dict[str, Any]) -> None:
        pass

    async def keep_drawing(self) -> None:
        while True:
            size = shutil.get_terminal_size()
            self._write(ansi(render(self.view, size.columns, size.lines)))
            await asyncio.sleep(FRAME_SECONDS)

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def open_output(view: View, plain: bool) -> Output:
    size = shutil.get_terminal_size()
    if plain or not sys.stdout.isatty() or size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        return Output(view)
    return Screen(view)
