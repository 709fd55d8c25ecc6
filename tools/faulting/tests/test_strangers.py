# SPDX-License-Identifier: GPL-3.0-or-later
"""Strangers in their short form, and that it would be said if one of them cost something."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bluez import path_of
from faulting.report import Report
from faulting.strangers import judge
from scenarios import HASTY
from vigil import BIN

RUN = Path(__file__).resolve().parents[1] / "run.py"
CUFF, STRANGER = path_of(HASTY), path_of("41:00:00:00:00:01")
LOAD, CONNECT = ("/", "GetManagedObjects"), (CUFF, "Connect")


def test_strangers_cost_nothing() -> None:
    done = subprocess.run([sys.executable, RUN, "strangers", "--json", "--count", "600"], capture_output=True, text=True,
                          timeout=180, env=os.environ | {"VIGIL_BIN": str(BIN)})
    assert done.stdout, done.stderr[-6000:]
    said = json.loads(done.stdout)
    assert (done.returncode, said["failures"]) == (0, [])
    assert said["rows"]["street"]["strangers"] == 600 and said["rows"]["street"]["touched"] == 0
    assert said["rows"]["strap"]["said"] > 0 and said["at a time"] > 50


def found(made: list[tuple[str, str]], meanwhile: int = 1, touched: tuple[str, ...] = ()) -> list[str]:
    report = Report("strangers", ())
    judge(made, meanwhile, 10, list(touched), report)
    return report.failures


def test_what_is_as_it_should_be_is_not_said() -> None:
    assert found([LOAD, CONNECT, (f"{CUFF}/service000a/char000b", "StartNotify")]) == []


def test_what_strangers_cost_is_said() -> None:
    assert "1 strangers were touched" in found([LOAD], touched=("stranger-7",))[0]
    assert "calls went to strangers, Connect" in found([LOAD, (STRANGER, "Connect")])[0]
    assert "2 times" in found([LOAD, CONNECT, LOAD])[0]
    assert "600 calls in 10 s" in found([LOAD], meanwhile=600)[0]
