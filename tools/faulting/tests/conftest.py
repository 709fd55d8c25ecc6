# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the package `faulting` and the acceptance tests' modules, wherever pytest is started."""

import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOOLS), str(TOOLS / "acceptance"), str(TOOLS / "consumer")]
