# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys
from pathlib import Path

import drain

ROOT = Path(__file__).resolve().parents[3]
BIN = os.environ.get("VIGIL_BIN", str(ROOT / ".build" / "debug"))


def test_a_small_backlog_is_drained_wholly_and_in_this_form() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/benchmarks/run.py"), "drain", "--json", "--rows", "3000",
                           "--peer-rows", "500"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280,
                          env=os.environ | {"VIGIL_BIN": BIN})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    ours, theirs = answer["vigil"], answer["python"]
    assert (ours["rows"], ours["missing"]) == (3000, 0)
    assert ours["rate"] > 0 and ours["memory"]["most"] > 0 and theirs["rows"] == 500


def test_the_table_shows_ratios_and_what_was_lost() -> None:
    ours = {"rows": 10, "missing": 1, "doubled": 0, "seconds": 2.0, "rate": 5000, "microseconds": 100.0,
            "memory": {"first": 20000, "last": 20100, "most": 20200}, "alerts": {"count": 2, "median": 3.0, "most": 9.0}}
    lines = drain.table(ours, {"rows": 5, "seconds": 1.0, "rate": 2500, "microseconds": 250.0, "memory": 40400})
    assert lines[1].split()[-1] == "2.0x" and lines[2].split()[-1] == "2.5x" and lines[3].split()[-1] == "2.0x"
    assert "1 missing" in lines[-1] and "median 3.0 ms" in lines[-2]
    assert "ratio" not in drain.table(ours, None)[0]
