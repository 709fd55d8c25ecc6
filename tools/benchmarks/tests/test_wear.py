# SPDX-License-Identifier: GPL-3.0-or-later
import json
from pathlib import Path

import program_build
import pytest
import wear
from wear import Row


def test_the_naive_program_writes_pages_for_each_reading() -> None:
    # In the repository, which is on a disk; pytest's own directory may be in memory.
    directory = program_build.ROOT / ".build" / "wear-test"
    directory.mkdir(parents=True, exist_ok=True)
    try:
        wear.refuse_memory(directory)
        row = wear.naive("naive", directory, "WAL", readings=50)
    except program_build.BenchError as error:
        pytest.skip(str(error))
    finally:
        for path in directory.iterdir():
            path.unlink()
        directory.rmdir()
    assert row.each > 1000 and not row.is_ours


def test_what_is_in_memory_is_refused() -> None:
    if not Path("/dev/shm").is_dir():
        pytest.skip("no file system in memory")
    with pytest.raises(program_build.BenchError):
        wear.refuse_memory(Path("/dev/shm"))


def test_numbers_stand_beside_the_naive_one() -> None:
    rows = [Row("naive", 100, 1_000_000, is_ours=False), Row("vigild", 1000, 500_000)]
    assert rows[1].each == 500
    assert wear.table(rows)[2].split()[-1] == "5.0%"
    assert json.loads(wear.json_lines(rows)[1]) == {
        "bench": "wear", "name": "vigild", "readings": 1000, "written": 500_000, "bytesPerReading": 500}


@pytest.mark.parametrize(("written", "code"), [(1500, 0), (1501, 1)])
def test_too_much_is_a_failure(written: int, code: int) -> None:
    assert wear.verdict([Row("naive", 1, 9000, is_ours=False), Row("vigild", 1, written)]) == code
