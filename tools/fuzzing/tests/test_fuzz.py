# SPDX-License-Identifier: GPL-3.0-or-later
"""The short run that belongs to every change, and the proof that a run would find a trap."""

import os
import re
import subprocess
from pathlib import Path

import engine
import pytest

FUZZ = str(engine.ROOT / "tools" / "fuzz")
LINE = re.compile(r"^(\S+)\s+(\d+)\s+\d+\s+[\d.]+\s+\d+\s+\d+\s+(\d+)$", re.MULTILINE)


def fuzz(*arguments: str, kept: Path | None = None) -> subprocess.CompletedProcess[str]:
    more = {"VIGIL_FUZZ_CORPUS": str(kept)} if kept else {}
    return subprocess.run([FUZZ, *arguments], cwd=engine.ROOT, env=os.environ | more, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=500)


@pytest.fixture(scope="module")
def targets() -> list[str]:
    """All targets; the program is built by the way."""
    done = fuzz("--list")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_there_is_a_target_for_each_decoder_the_loader_and_the_numbers(targets: list[str]) -> None:
    assert {"profile", "numbers", "command", "decode.bluetooth.blood-pressure.2A35",
            "decode.bluetooth.heart-rate.2A37"} <= set(targets)


def test_a_short_run_finds_nothing(targets: list[str]) -> None:
    done = fuzz("--runs", "100000")
    assert done.returncode == 0, done.stderr[-6000:]
    found = LINE.findall(done.stdout)
    assert [name for name, _, _ in found] == [name for name in sorted(targets) if not name.startswith("selftest.")]
    share = 100_000 // len(found)
    assert all(int(runs) >= share and crashes == "0" for _, runs, crashes in found), done.stdout


@pytest.mark.usefixtures("targets")
def test_a_trap_is_found_kept_and_reproduced(tmp_path: Path) -> None:
    done = fuzz("--runs", "5000000", "selftest.trap", kept=tmp_path)
    assert done.returncode == 1
    assert "broken promise: the input is not what the self-test looks for" in done.stderr
    assert "octets: 74 72 61" in done.stderr
    assert (tmp_path / "selftest.trap.txt").read_text() == "747261 # crash\n"

    command = re.search(r"again: tools/fuzz (--input \S+ selftest\.trap)", done.stderr)
    assert command is not None
    again = fuzz(*command[1].split(" "))
    assert again.returncode == 1
    assert "it still breaks" in again.stderr


@pytest.mark.usefixtures("targets")
def test_a_kept_crash_is_tried_again_by_every_run(tmp_path: Path) -> None:
    (tmp_path / "selftest.trap.txt").write_text("747261 # crash\n")
    assert fuzz("--runs", "1", "selftest.trap", kept=tmp_path).returncode == 1


@pytest.mark.usefixtures("targets")
def test_an_unknown_target_is_a_usage_error() -> None:
    done = fuzz("decode.nothing")
    assert done.returncode == 2
    assert "no such target" in done.stderr
