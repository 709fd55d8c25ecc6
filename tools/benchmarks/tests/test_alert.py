# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys
from pathlib import Path

import alert

ROOT = Path(__file__).resolve().parents[3]
BIN = os.environ.get("VIGIL_BIN", str(ROOT / ".build" / "debug"))


def test_some_alerts_come_wholly_and_in_this_form() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/benchmarks/run.py"), "alert", "--json", "--alerts", "20",
                           "--rows", "2000"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240,
                          env=os.environ | {"VIGIL_BIN": BIN})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["alerts"], answer["missing"]) == (20, 0)
    for who in ("vigil", "python"):
        assert answer[who]["count"] == 20 and 0 < answer[who]["p50"] <= answer[who]["p99"] <= answer[who]["max"]


def test_the_spread_is_over_what_came() -> None:
    sent = {value: 0.0 for value in range(200)}
    came = {value: (value + 1) / 1000 for value in range(199)}
    assert alert.spread(sent, came, set(sent)) == {"count": 199, "p50": 100.0, "p99": 198.0, "max": 199.0}
    assert alert.spread(sent, {}, set(sent)) == {"count": 0}


def test_each_alert_has_pressures_of_its_own_that_are_believed() -> None:
    all_of_them = [alert.pressures(one) for one in range(1800)]
    assert [alert.number(*pair) for pair in all_of_them] == list(range(1800))
    assert all(200 <= systolic <= 300 and systolic - diastolic >= 20 for systolic, diastolic in all_of_them)
