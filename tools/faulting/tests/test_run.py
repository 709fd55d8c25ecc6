# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / "run.py"


def test_what_there_is_is_listed() -> None:
    done = subprocess.run([sys.executable, RUN, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "NAME" in done.stdout


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run([sys.executable, RUN, "nonsense"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
