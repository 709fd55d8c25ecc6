# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the modules in `tools/fuzzing`, wherever pytest is started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
