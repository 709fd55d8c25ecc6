# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the checks on the path of their tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
