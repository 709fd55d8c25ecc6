# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the acceptance tests' world on the path: the screens are taken in it."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "acceptance"), str(HERE.parent)]
