# SPDX-License-Identifier: GPL-3.0-or-later
import json
import subprocess
from pathlib import Path

import decode
from decode import Row

BENCH = str(Path(__file__).resolve().parents[2] / "bench")


def row(**more: object) -> Row:
    return Row("bluetooth.battery", "2A19", "Battery Level", reports={"4b": {}, "ff": {}}, ours=[100.0, 120.0, 90.0], **more)


def test_vectors_are_gathered_by_characteristic() -> None:
    rows = decode.read_vectors('a.b\t2A19\tBattery Level\t4b\t{"ok":true}\na.b\t2A19\tBattery Level\t32\t{"ok":true}\n')
    assert [(entry.characteristic, list(entry.reports)) for entry in rows] == [("2A19", ["4b", "32"])]


def test_only_octets_that_both_read_alike_are_measured() -> None:
    assert row(is_known=True, differences={"ff": "refused"}).measured == ["4b"]
    assert row(is_known=True, differences={"4b": "x", "ff": "x"}).measured == ["4b", "ff"]
    assert row().measured == ["4b", "ff"]


def test_the_ratio_is_of_medians() -> None:
    known = row(is_known=True, theirs=[900.0, 1000.0, 5000.0])
    assert known.ratio == 10
    entry = json.loads(decode.json_lines([known])[0])
    assert (entry["nanoseconds"], entry["ratio"], entry["library"]["nanoseconds"]) == (100, 10, 1000)


def test_the_table_says_what_was_left_out_and_why() -> None:
    lines = decode.table([row(is_known=True, theirs=[1000.0], differences={"ff": "the library refuses it"})], with_library=True)
    assert "10.0x" in lines[1]
    assert lines[-1].endswith("2A19 ff: the library refuses it")


def test_every_shipped_characteristic_is_measured() -> None:
    done = subprocess.run([BENCH, "decode", "--alone", "--json"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=280)
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"2A35", "2A37", "2A5E", "2A5F", "2A19"} <= {entry["characteristic"] for entry in entries}
    assert all(0 < entry["lowest"] <= entry["nanoseconds"] <= entry["highest"] for entry in entries)


def test_help_lists_the_benches_and_an_unknown_one_is_a_usage_error() -> None:
    helped = subprocess.run([BENCH, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280)
    assert helped.returncode == 0
    assert "decode" in helped.stdout
    assert subprocess.run([BENCH, "nothing"], stdin=subprocess.DEVNULL, capture_output=True, timeout=280).returncode == 2
