# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form: an hour without a broker, on a disk that is large enough and on one that is not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / "run.py"


@pytest.mark.parametrize("streams", ["full", "summaries"])
def test_an_hour_without_a_broker(streams: str) -> None:
    done = subprocess.run([sys.executable, RUN, "outage", "--debug", "--hours", "1", "--streams", streams, "--rate", "0", "--json"],
                          capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["rows"][f"{streams}: samples"]["received"] == said["rows"][f"{streams}: samples"]["said"] == 10_800
