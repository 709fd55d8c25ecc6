# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swift side of the benches, built as it is shipped: optimised, without instrumentation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build" / "bench"
PROGRAM = SCRATCH / "release" / "vigil-bench"


class BenchError(Exception):
    """Why a bench cannot measure, for a person."""


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def build() -> None:
    """Builds apart from all other builds; raises BenchError with the compiler's words."""
    say("building …")
    done = subprocess.run(["swift", "build", "--scratch-path", str(SCRATCH), "-c", "release", "--product", "vigil-bench"],
                          cwd=ROOT, env=os.environ | {"VIGIL_TOOLS": "1"}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode != 0:
        raise BenchError(f"it does not build:\n{done.stdout[-4000:]}")
