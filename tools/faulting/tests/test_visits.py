# SPDX-License-Identifier: GPL-3.0-or-later
"""Visits of a cuff in their short form, and that it would say so if it were missed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from faulting.footprint import Footprint
from faulting.report import Report
from faulting.visits import compare
from vigil import BIN

RUN = Path(__file__).resolve().parents[1] / "run.py"


def visits(*options: str) -> tuple[int, dict]:
    done = subprocess.run([sys.executable, RUN, "visits", "--json", *options], capture_output=True, text=True, timeout=180,
                          env=os.environ | {"VIGIL_BIN": str(BIN)})
    assert done.stdout, done.stderr[-6000:]
    return done.returncode, json.loads(done.stdout)


def test_a_cuff_is_caught_each_time() -> None:
    code, said = visits("--count", "20")
    assert (code, said["failures"]) == (0, [])
    assert said["total"] == {"visits": 20, "caught": 20, "missed": 0, "lost": 0, "doubled": 0}


def test_one_that_is_gone_before_anybody_can_come_is_missed() -> None:
    code, said = visits("--count", "2", "--window", "0.001")
    assert code == 1 and said["total"]["missed"] == 2


def test_what_grows_is_said() -> None:
    report = Report("visits", ())
    compare(Footprint(24, 3, 40_000), Footprint(24, 3, 43_000), report)
    assert report.failures == []
    compare(Footprint(24, 3, 40_000), Footprint(25, 4, 60_000), report)
    assert [one.split()[0] for one in report.failures] == ["descriptors", "matches", "resident_kib"]
