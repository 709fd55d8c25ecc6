# SPDX-License-Identifier: GPL-3.0-or-later
import json

import pytest
from faulting.report import Report


def filled() -> Report:
    report = Report("crash", ("points", "lost"))
    report.count("pwrite64", "points", 3)
    report.count("fdatasync", "points")
    report.count("fdatasync", "lost")
    return report


def test_rows_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert filled().close(as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["total"] == {"points": 4, "lost": 1} and said["rows"]["pwrite64"] == {"points": 3, "lost": 0}


def test_one_failure_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    report = filled()
    report.fail("a reading is lost")
    assert report.close(as_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "FOUND: a reading is lost" in lines and lines[-1] == "crash: 1 failures"
    assert [line.split() for line in lines if line.startswith("in all")] == [["in", "all", "4", "1"]]


def test_a_worker_counts_for_the_whole() -> None:
    report = filled()
    other = filled()
    other.failures.append("a reading is doubled")
    report.add(other)
    assert report.total("points") == 8 and report.failures == ["a reading is doubled"]
