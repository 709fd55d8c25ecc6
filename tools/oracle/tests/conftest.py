# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the package `oracle` in `tools/`, wherever pytest is started, and takes `--many`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oracle.vigilctl import PROGRAM  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--many", type=int, default=1, metavar="N",
                     help="N times as many invented values, each time from another seed")


def pytest_sessionstart(session: pytest.Session) -> None:
    if not PROGRAM.exists():
        pytest.exit(f"there is no {PROGRAM}: swift build, or VIGIL_BIN", 2)
