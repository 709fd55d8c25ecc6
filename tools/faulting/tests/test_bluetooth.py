# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix of Bluetooth's faults in its short form, and that it would say so if something were not heard again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulting.bluetooth import Cell, Matrix, table
from faulting.bluetooth_faults import FAULTS
from faulting.bluetooth_home import key_in, key_of, oximeter, pressure
from vigil import BIN

RUN = Path(__file__).resolve().parents[1] / "run.py"
SHORT = ("bluetoothd-restarts", "adapter-off", "bus-dies", "handles-moved")


def test_what_is_broken_for_a_moment_is_heard_again() -> None:
    only = [word for name in SHORT for word in ("--only", name)]
    done = subprocess.run([sys.executable, RUN, "bluetooth", "--seeds", "1", "--json", *only], capture_output=True, text=True,
                          timeout=240, env=os.environ | {"VIGIL_BIN": str(BIN)})
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"
    rows = json.loads(done.stdout)["rows"]
    assert set(rows) == set(SHORT) and all(row["well"] == 1 and row["max"] <= 60 for row in rows.values()), rows


def test_every_fault_says_what_it_is() -> None:
    assert len(FAULTS) >= 30 and all(one.about for one in FAULTS.values())
    assert [name for name, one in FAULTS.items() if one.alert] == [
        "controller-hangs-for-good", "bond-lost", "bond-removed"]


def test_the_table_counts_what_was_not_heard_again(capsys: pytest.CaptureFixture[str]) -> None:
    matrix = Matrix(0)
    matrix.cells = [Cell("burst", 1, 2.0), Cell("burst", 2, 4.0), Cell("burst", 3, 1.0, ["lost 1 value"]),
                    Cell("bond-lost", 1, None, ["after 60 s"])]
    rows = matrix.rows(["burst", "bond-lost"])
    assert rows["burst"] == {"seeds": 3, "well": 2, "end": "recovered", "median": 2.0, "max": 4.0}
    assert rows["bond-lost"] == {"seeds": 1, "well": 0, "end": "alerted", "median": None, "max": None}
    assert table(rows)[1].split() == ["burst", "3", "2", "2.0", "4.0", "recovered"]
    assert matrix.close(["burst", "bond-lost"], as_json=True) == 1
    assert len(json.loads(capsys.readouterr().out)["failures"]) == 2


def test_values_are_known_again_as_readings() -> None:
    def reading(**kinds: float) -> dict:
        return {"values": [{"kind": kind.replace("_", "-"), "value": value} for kind, value in kinds.items()]}
    assert key_in("10480a00") == key_of(reading(heart_rate=72, rr_interval=9.766)) == (72, 10)
    assert key_in("005e003700") == key_of(reading(spo2=94, pulse_rate=55)) == (94, 55)
    assert key_in(pressure(101)) == key_of(reading(systolic=111, diastolic=51, mean_arterial_pressure=61)) == (111, 51)
    [step] = oximeter()["story"]
    assert len(set(step["stream"]["values"])) == 300
