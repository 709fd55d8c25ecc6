# SPDX-License-Identifier: GPL-3.0-or-later
"""The words are those of Swift 6.3's and pytest 9's runners."""

from __future__ import annotations

import pytest
from closing_lines import Tally, tally_of

PASSED = """\
◇ Test run started.
✔ Test good() passed after 0.001 seconds.
➜ Test off() skipped: "why"
✔ Suite A passed after 0.002 seconds.
✔ Test run with 11 tests in 2 suites passed after 0.002 seconds.
"""
FAILED = """\
◇ Test "a "named" failed after 3 seconds one" started.
✘ Test args(x:) recorded an issue with 1 argument x → 2 at A.swift:5:49: Expectation failed: (x → 2) != 2
✘ Test "a "named" failed after 3 seconds one" failed after 0.001 seconds with 1 issue.
✘ Test args(x:) with 3 test cases failed after 0.001 seconds with 1 issue.
━ Test known() passed after 0.001 seconds with 1 known issue.
✘ Suite A failed after 0.002 seconds with 3 issues (including 1 known issue).
✘ Test run with 5 tests in 1 suite failed after 0.002 seconds with 3 issues (including 1 known issue).
error: Process failed
"""
CRASHED = """\
✔ Test good() passed after 0.001 seconds.
✘ Test bad() failed after 0.001 seconds with 1 issue.
◇ Test crash() started.
error: Process 'x.xctest' exited with unexpected signal code 4
"""
XCTEST = """\
Test Suite 'All tests' started at 2026-11-21 21:54:36.867
Test Suite 'Inner' passed at 2026-11-21 21:54:36.867
\t Executed 3 tests, with 0 failures (0 unexpected) in 0.0 (0.0) seconds
Test Suite 'All tests' failed at 2026-11-21 21:54:36.867
\t Executed 5 tests, with 1 test skipped and 2 failures (0 unexpected) in 0.0 (0.0) seconds
"""


@pytest.mark.parametrize(("output", "code", "kind", "expected"), [
    (PASSED, 0, "swift", Tally(11, 0, 1)),
    (FAILED, 1, "swift", Tally(3, 2, 0)),
    ("\x1b[92m✔\x1b[0m Test run with 1 test in 1 suite passed after 0.001 seconds with 1 warning.\r\n", 0, "swift", Tally(1)),
    ("✔ Test run with 0 tests in 0 suites passed after 0.001 seconds.\n", 0, "swift", Tally()),
    ("✔ Test run with 7 tests passed after 0.001 seconds.\n", 0, "either", Tally(7)),
    ("✘ Test run with 7 tests in 1 suite failed after 0.001 seconds with 1 issue.\n", 1, "swift", Tally(6, 1)),
    (XCTEST + PASSED, 0, "swift", Tally(13, 2, 2)),
    ("I say: ✘ Test x failed after 0.1 seconds with 1 issue.\n" + PASSED, 0, "swift", Tally(11, 0, 1)),
    ("===== 2 failed, 11 passed, 1 skipped, 3 errors in 1.20s =====\n", 1, "pytest", Tally(11, 5, 1)),
    ("11 passed, 2 deselected, 1 xfailed, 4 warnings in 61.20s (0:01:01)\n", 0, "pytest", Tally(11, 0, 1)),
    ("====== no tests ran in 0.01s ======\n", 5, "pytest", Tally()),
    ("5 deselected in 0.01s\n", 5, "pytest", Tally()),
    (PASSED + "3 passed in 0.10s\r\n", 0, "either", Tally(14, 0, 1)),
])
def test_counts_what_the_runner_says(output: str, code: int, kind: str, expected: Tally) -> None:
    assert tally_of(output, code, kind) == expected


@pytest.mark.parametrize(("output", "code", "kind", "counts"), [
    (CRASHED, 1, "swift", (1, 2)),
    ("", 0, "swift", (0, 1)),
    ("Traceback (most recent call last):\n", 1, "pytest", (0, 1)),
    ("collected 3 items\n", 139, "pytest", (0, 1)),
    (PASSED, 1, "swift", (11, 1)),
    ("3 passed in 0.10s\n", 3, "either", (3, 1)),
    ("3 passed in 0.10s\n", None, "pytest", (3, 1)),
    ("", None, "either", (0, 1)),
    # What a test prints about tests is not the runner's closing line.
    ("it says 3 passed in 0.10s\n", 0, "pytest", (0, 1)),
])
def test_a_runner_that_did_not_end_well_is_a_failure(
        output: str, code: int | None, kind: str, counts: tuple[int, int]) -> None:
    tally = tally_of(output, code, kind)
    assert (tally.passed, tally.failed) == counts
    assert tally.remark
