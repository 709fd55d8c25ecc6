# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the consumer in `tools/consumer`, wherever pytest is started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
