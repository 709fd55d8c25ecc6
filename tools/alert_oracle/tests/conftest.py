# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the package `alert_oracle` in `tools/`, wherever pytest is started."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
