# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened, one JSON object a line on stdout, for the one who runs the scenario."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


class Events:
    def __init__(self) -> None:
        self._start = time.monotonic()

    def write(self, event: str, **fields: Any) -> None:
        line = {"t": round(time.monotonic() - self._start, 3), "event": event} | fields
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
