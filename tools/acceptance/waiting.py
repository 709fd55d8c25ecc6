# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a condition with a limit: the only way in which these tests wait for another process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
# Emulation in the lab is many times slower than the host; every limit is stretched alike.
PATIENCE = float(os.environ.get("VIGIL_PATIENCE", "1"))
STEP = 0.02


class TooLate(AssertionError):
    """The condition did not come true in time."""


def eventually(condition: Callable[[], T], limit: float, what: str | Callable[[], str]) -> T:
    """The condition's first true value. Looked at every 20 ms, since the world is made of other processes."""
    end = time.monotonic() + limit * PATIENCE
    while not (value := condition()):
        if time.monotonic() > end:
            raise TooLate(f"not within {limit * PATIENCE:g} s: {what() if callable(what) else what}")
        time.sleep(STEP)
    return value
