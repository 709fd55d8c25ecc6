# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner with a `swift` and suites that do as they are told: it ends with its line, whatever happens."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import run_tests

SWIFT = """#!/bin/sh
case $1 in
build) {build} ;;
test) {test} ;;
esac
"""
PASSES = "echo '✔ Test run with 7 tests in 2 suites passed after 0.1 seconds.'"
FAILS = ("echo '✘ Test bad() recorded an issue at A.swift:1:2: Expectation failed'; echo '↳ told so'; "
         "echo '✘ Test bad() failed after 0.1 seconds with 1 issue.'; for i in $(seq 100); do echo line; done; "
         "echo '✘ Test run with 7 tests in 2 suites failed after 0.1 seconds with 1 issue.'; exit 1")

Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs main() in an empty repository; gives its exit code and what it printed."""
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "LOGS", tmp_path / ".build/test-logs")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")

    def run(*arguments: str, build: str = "true", test: str = PASSES) -> tuple[int, list[str]]:
        script(tmp_path / "bin/swift", SWIFT.format(build=build, test=test))
        monkeypatch.setattr(sys, "argv", ["test", *arguments])
        code = run_tests.main()
        return code, capsys.readouterr().out.splitlines()

    return run


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def suite(root: Path, text: str) -> None:
    (root / "tools/acceptance").mkdir(parents=True)
    (root / "tools/acceptance/test_it.py").write_text(text)


def test_all_well(run: Run, tmp_path: Path) -> None:
    suite(tmp_path, "def test_a(): pass\ndef test_b(): pass\n")
    code, lines = run()
    assert (code, lines[-1]) == (0, "9 passed, 0 failed")
    assert any(line.startswith("step 3 of 3: tools/acceptance done") for line in lines)


def test_failures_are_summed_and_shown(run: Run, tmp_path: Path) -> None:
    suite(tmp_path, "def test_a(): pass\ndef test_b(): assert 1 == 2\ndef test_c(missing): pass\n")
    code, lines = run(test=FAILS)
    assert (code, lines[-1]) == (1, "7 passed, 3 failed")
    assert "  | ↳ told so" in lines


@pytest.mark.parametrize(("build", "test", "last"), [
    ("echo 'error: no'; exit 1", PASSES, "0 passed, 1 failed"),
    ("true", "kill -ILL $$", "0 passed, 1 failed"),
    ("true", "true", "0 passed, 1 failed"),
    ("true", "echo '✔ Test run with 0 tests in 0 suites passed after 0.1 seconds.'", "0 passed, 0 failed"),
])
def test_nothing_good_is_a_failure(run: Run, build: str, test: str, last: str) -> None:
    code, lines = run(build=build, test=test)
    assert (code, lines[-1]) == (1, last)


def test_a_step_that_takes_too_long(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = run_tests.steps
    monkeypatch.setattr(run_tests, "steps", lambda *a: [
        run_tests.Step(step.name, step.command, 2 if step.kind == "swift" else step.limit, step.kind) for step in real(*a)])
    code, lines = run(test=f"sh -c 'echo $$ > {tmp_path}/left; exec sleep 600'")
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert any("took too long" in line for line in lines)
    assert is_gone(int((tmp_path / "left").read_text()))


def is_gone(process: int, limit: float = 10) -> bool:
    """Whether a process ends within the limit: it is gone, or dead and not yet waited for."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_filter_reaches_both(run: Run, tmp_path: Path) -> None:
    suite(tmp_path, "def test_a(): pass\ndef test_b(): pass\n")
    code, lines = run("--filter", "test_b", test=f'echo "$*" > {tmp_path}/words; {PASSES}')
    assert (code, lines[-1]) == (0, "8 passed, 0 failed")
    assert "--filter test_b" in (tmp_path / "words").read_text()


def test_lab(run: Run, tmp_path: Path) -> None:
    code, lines = run("--lab")
    assert (code, lines[-1]) == (1, "7 passed, 1 failed")
    script(tmp_path / "tools/lab/boot", '#!/bin/sh\nexec sh "$1"\n')
    script(tmp_path / "tools/lab/tests/contract.sh", f"{PASSES}\nprintf '==== 3 passed in 1.00s ====\\r\\n'\n")
    script(tmp_path / "tools/lab/tests/broken.sh", "echo booting; exit 125\n")
    (tmp_path / "tools/lab/tests/library.sh").write_text("exit 1\n")
    code, lines = run("--lab")
    assert (code, lines[-1]) == (1, "17 passed, 1 failed")


def test_what_failed_in_the_lab_is_named_above_its_logs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite/test_it.py").write_text("def test_a(): pass\ndef test_b():\n    assert 1 == 2, 'the strap'\n")
    script(tmp_path / "tools/lab/boot", '#!/bin/sh\nexec sh "$1"\n')
    logs = "; for i in $(seq 300); do echo '{\"event\": \"sent\"}'; done; exit 1\n"
    script(tmp_path / "tools/lab/tests/systemd.sh",
           f"{sys.executable} -m pytest --color=yes -p no:cacheprovider {tmp_path}/suite{logs}")
    code, lines = run("--lab")
    assert (code, lines[-1]) == (1, "8 passed, 1 failed")
    assert any("FAILED" in line and "test_b" in line and "the strap" in line for line in lines), lines
    assert sum("sent" in line for line in lines) < 50
