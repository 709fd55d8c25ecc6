# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts in their short form, and that what does not come is said."""

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulting import bursts, visits
from faulting.report import Report
from faulting.visits import account
from vigil import BIN

RUN = Path(__file__).resolve().parents[1] / "run.py"


def test_nothing_of_a_burst_is_lost() -> None:
    done = subprocess.run([sys.executable, RUN, "bursts", "--json", "--seconds", "1", "--rate", "1000"], capture_output=True,
                          text=True, timeout=180, env=os.environ | {"VIGIL_BIN": str(BIN)})
    assert done.stdout, done.stderr[-6000:]
    said = json.loads(done.stdout)
    assert (done.returncode, said["failures"]) == (0, [])
    assert said["total"] == {"said": 2000, "lost": 0, "doubled": 0}


def test_what_is_lost_or_doubled_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "DELIVERY_SECONDS", 0.05)

    class Clinic:
        @staticmethod
        def readings(device: str) -> list[dict]:
            return [{"values": [{"kind": "heart-rate", "value": 60}, {"kind": "rr-interval", "value": 1000 * rr / 1024}]}
                    for rr in (1, 1, 2)]

    class World:
        clinic = Clinic()

    report = Report("bursts", ("said", "lost", "doubled"))
    account(World(), "d-1", collections.Counter({(60, 1): 1, (60, 2): 1, (60, 3): 1}), report, "strap")
    assert report.total("lost") == 1 and report.total("doubled") == 1 and len(report.failures) == 2


def test_the_values_of_a_long_burst_all_differ() -> None:
    streams = [step["stream"] for step in bursts.strap({"first": 10, "second": 120_000}, 1000)["story"] if "stream" in step]
    assert [one["count"] for one in streams] == [10, 50_000, 50_000, 20_000]
    assert len({one["counter"]["prefix"] for one in streams}) == len(streams)
