# SPDX-License-Identifier: GPL-3.0-or-later
"""The wall clock of a daemon under test: off by what the test says, synchronized or not."""

from __future__ import annotations

import struct
import subprocess
import time
from pathlib import Path

SHIM = Path(__file__).resolve().parents[1] / "faulting" / "shim" / "clock.c"


class BoxClock:
    """Give it to a World before the daemon starts; it may change at any time."""

    def __init__(self, directory: Path, ahead: float = 0, synchronized: bool = True):
        library = directory / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SHIM, "-ldl"], check=True)
        self._control = directory / "clock"
        self.set(ahead, synchronized)
        self.environment = {"LD_PRELOAD": str(library), "VIGIL_TEST_CLOCK": str(self._control)}

    def set(self, ahead: float = 0, synchronized: bool = True) -> None:
        """How many seconds it is ahead of this machine's clock, and whether the kernel says that it is right."""
        self.ahead = ahead
        # In place: the daemon has the file mapped.
        with open(self._control, "r+b" if self._control.exists() else "w+b") as file:
            file.write(struct.pack("=qq", round(ahead * 1000), synchronized))

    def now(self) -> float:
        """What the box takes for the time, in seconds since 1970."""
        return time.time() + self.ahead
