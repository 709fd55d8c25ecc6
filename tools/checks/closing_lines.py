# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts tests by what a runner said at its end. A runner that did not get to its closing line has crashed."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """How many tests passed, failed and were skipped; `remark` says why where no test did."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remark: str = ""

    def __add__(self, other: Tally) -> Tally:
        remarks = "; ".join(filter(None, (self.remark, other.remark)))
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped, remarks)


ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# `✘ Test run with 5 tests in 1 suite failed after 0.002 seconds with 3 issues.` A test's name may hold anything, so
# only lines with the runner's own mark in front count.
SWIFT_CLOSING = re.compile(r"^\S{1,2} Test run with (\d+) tests?(?: in \d+ suites?)? (passed|failed) after [\d.]+ seconds")
SWIFT_FAILED = re.compile(r"^\S{1,2} Test (?!run with )(?!case )(.+) failed after [\d.]+ seconds with \d+ issues?\b")
SWIFT_PASSED = re.compile(r"^\S{1,2} Test (?!run with )(?!case )(.+) passed after [\d.]+ seconds")
SWIFT_SKIPPED = re.compile(r"^\S{1,2} Test (?!run with )(?!case )(.+) skipped(?:\.|: )")
# XCTest's, where a test still uses it: `Executed 3 tests, with 1 failure (0 unexpected) in 0.1 (0.1) seconds`
XCTEST_CLOSING = re.compile(r"^\s*Executed (\d+) tests?, with (?:(\d+) tests? skipped and )?(\d+) failures?")
XCTEST_OUTERMOST = re.compile(r"^Test Suite '(?:All tests|Selected tests|.*\.xctest)' (?:passed|failed)")

# `==== 2 failed, 11 passed, 1 error in 1.20s (0:00:01) ====`, with -q without the equals signs
PYTEST_CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+|no tests ran) in [\d.]+ ?s(?:econds)?(?: \([\d:]+\))?\s*=*$")
PYTEST_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


def lines_of(output: str) -> list[str]:
    """The lines as they looked to a reader: without colours, and of overwritten ones only the last state."""
    return [ANSI.sub("", line).rstrip("\r").rpartition("\r")[2] for line in output.split("\n")]


def swift_tally(lines: list[str]) -> Tally | None:
    """Sums Swift Testing's and XCTest's closing lines; None where there is none."""
    total, has_failed, closed = 0, False, False
    failed, skipped = 0, 0
    xctest = Tally()
    expects_xctest = False
    for line in lines:
        if match := SWIFT_CLOSING.match(line):
            closed = True
            total += int(match[1])
            has_failed |= match[2] == "failed"
        elif SWIFT_FAILED.match(line):
            failed += 1
        elif SWIFT_SKIPPED.match(line):
            skipped += 1
        elif XCTEST_OUTERMOST.match(line):
            expects_xctest = True
        elif expects_xctest and (match := XCTEST_CLOSING.match(line)):
            # The outermost suite comes last, each one repeating what is in it.
            xctest = Tally(int(match[1]) - int(match[2] or 0) - int(match[3]), int(match[3]), int(match[2] or 0))
            expects_xctest = False
    if not closed:
        return None
    if has_failed:
        # An issue outside any test fails the run alone.
        failed = max(failed, 1)
    else:
        # The run passed: a test's own output looked like a failure.
        failed = 0
    return Tally(max(total - failed, 0), failed, skipped) + xctest


def pytest_tally(lines: list[str]) -> Tally | None:
    """Sums pytest's closing lines; None where there is none."""
    tally: Tally | None = None
    for line in lines:
        if not (match := PYTEST_CLOSING.match(line)):
            continue
        counts = {"passed": 0, "failed": 0, "error": 0, "skipped": 0, "xfailed": 0, "xpassed": 0}
        for number, word in PYTEST_COUNT.findall(match[1]):
            counts["error" if word == "errors" else word] += int(number)
        tally = (tally or Tally()) + Tally(
            # What fails as expected proves nothing.
            counts["passed"] + counts["xpassed"], counts["failed"] + counts["error"], counts["skipped"] + counts["xfailed"])
    return tally


def tally_of(output: str, exit_code: int | None, kind: str) -> Tally:
    """The tally of one runner: `kind` is `swift`, `pytest` or `either`; an exit code of None means that it took too long.

    A run without its closing line, or one that ended badly without a failed test, counts as one more failure.
    """
    lines = lines_of(output)
    found = [tally for tally in (
        swift_tally(lines) if kind != "pytest" else None,
        pytest_tally(lines) if kind != "swift" else None) if tally is not None]
    tally = sum(found, Tally())
    if exit_code is None:
        return tally + Tally(failed=1, remark="took too long")
    if not found:
        passed = sum(1 for line in lines if kind != "pytest" and SWIFT_PASSED.match(line))
        failed = sum(1 for line in lines if kind != "pytest" and SWIFT_FAILED.match(line))
        return Tally(passed, failed + 1, remark=f"ended without a closing line, exit code {exit_code}")
    is_empty_pytest = kind == "pytest" and exit_code == 5
    if exit_code != 0 and tally.failed == 0 and not is_empty_pytest:
        return tally + Tally(failed=1, remark=f"exit code {exit_code} though no test failed")
    return tally
