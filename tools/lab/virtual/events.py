# SPDX-License-Identifier: GPL-3.0-or-later
"""What the peripherals tell: event lines on stdout, and the passkeys on their displays."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Events:
    def __init__(self) -> None:
        self.start = time.monotonic()

    def write(self, name: str, **more: Any) -> None:
        line = {"t": round(time.monotonic() - self.start, 3), "event": name, **more}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


class Passkeys:
    """The displays: who pairs reads them from the event, from DIR/<device> or over the control socket."""

    def __init__(self, events: Events, directory: Path | None):
        self.events, self.directory = events, directory
        self.shown: dict[str, int] = {}
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)

    def show(self, device: str, passkey: int) -> None:
        self.shown[device] = passkey
        if self.directory is not None:
            draft = self.directory / f".{device}"
            draft.write_text(f"{passkey:06}\n")
            os.replace(draft, self.directory / device)
        self.events.write("passkey", device=device, passkey=passkey)

    def clear(self, device: str) -> None:
        if self.shown.pop(device, None) is not None and self.directory is not None:
            (self.directory / device).unlink(missing_ok=True)
