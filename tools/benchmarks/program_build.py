# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swift side of the benches, built as it is shipped: optimised, without instrumentation.

VIGIL_RELEASE names a folder with programs that are built already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build" / "bench"
PRODUCTS = Path(os.environ.get("VIGIL_RELEASE", SCRATCH / "release"))
PROGRAM = PRODUCTS / "vigil-bench"


class BenchError(Exception):
    """Why a bench cannot measure, for a person."""


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def build(*products: str) -> Path:
    """Builds apart from all other builds; raises BenchError with the compiler's words. The folder of the programs."""
    for product in () if "VIGIL_RELEASE" in os.environ else products or ("vigil-bench",):
        _swift_build("--scratch-path", str(SCRATCH), "-c", "release", "--product", product)
    return PRODUCTS


def build_debug() -> Path:
    """The simulation as the tests are built, and with what they have built."""
    _swift_build("--product", "vigil-simulation")
    return ROOT / ".build" / "debug"


def _swift_build(*options: str) -> None:
    say(f"building {options[-1]} …")
    done = subprocess.run(["swift", "build", *options], cwd=ROOT, env=os.environ | {"VIGIL_TOOLS": "1"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode != 0:
        raise BenchError(f"it does not build:\n{done.stdout[-4000:]}")
