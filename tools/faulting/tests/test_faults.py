# SPDX-License-Identifier: GPL-3.0-or-later
"""Each harness in its short form, and that it would find something."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from vigil import BIN

RUN = Path(__file__).resolve().parents[1] / "run.py"


def faults(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = subprocess.run([sys.executable, RUN, *arguments, "--json"], capture_output=True, text=True, timeout=240,
                          env=os.environ | {"VIGIL_BIN": str(BIN)})
    assert done.returncode == code, f"{done.stdout}\n{done.stderr[-6000:]}"
    return json.loads(done.stdout)


def test_kills_lose_nothing() -> None:
    said = faults("crash", "--runs", "12")
    assert said["total"]["points"] >= 10, said
    assert said["total"]["lost"] == said["total"]["doubled"] == said["total"]["damaged"] == 0


def test_power_cuts_lose_nothing() -> None:
    said = faults("power", "--runs", "24")
    assert said["total"] == {"cuts": 24, "lost": 0, "refused": 0, "damaged": 0}


def test_a_disk_that_does_not_sync_is_found_out() -> None:
    """What proves that nothing is lost must be able to find a loss."""
    said = faults("power", "--runs", "16", "--lie", code=1)
    assert said["total"]["lost"] > 0


def test_a_broken_disk_loses_nothing() -> None:
    said = faults("disk", "--runs", "12")
    assert said["total"]["points"] >= 10, said
    assert said["total"] | {"points": 0} == {"points": 0, "crashed": 0, "silent": 0, "late": 0, "lost": 0}


def test_a_damaged_database_sends_nothing_wrong_and_loses_nothing_in_silence() -> None:
    said = faults("corrupt", "--runs", "20", "--only", "one octet")
    assert said["total"]["runs"] == 20 and said["total"]["set aside"] > 0, said
    assert said["total"]["failed"] == said["total"]["wrong"] == said["total"]["silent"] == 0, said
