# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import corpus
from corpus import Entry


def test_what_is_written_reads_back_short_ones_first(tmp_path: Path) -> None:
    file = tmp_path / "decode.txt"
    corpus.write(file, [Entry(b"\x02\x03"), Entry(b""), Entry(b"\x01")])
    assert file.read_text() == "-\n01\n0203\n"
    assert corpus.read(file) == [Entry(b""), Entry(b"\x01"), Entry(b"\x02\x03")]


def test_a_crash_is_kept_once_with_its_remark(tmp_path: Path) -> None:
    file = tmp_path / "decode.txt"
    corpus.write(file, [Entry(b"\x01"), Entry(b"\x02")])
    corpus.add(file, Entry(b"\x02", "crash"))
    corpus.add(file, Entry(b"\x02", "crash"))
    assert file.read_text() == "02 # crash\n01\n"


def test_an_empty_corpus_is_no_file(tmp_path: Path) -> None:
    file = tmp_path / "decode.txt"
    corpus.write(file, [Entry(b"\x01")])
    corpus.write(file, [])
    assert not file.exists()
    assert corpus.read(file) == []


def test_unpacking_leaves_just_the_inputs(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    corpus.unpack([Entry(b"\x01"), Entry(b"\x02")], folder)
    corpus.unpack([Entry(b"\x02"), Entry(b"\x03")], folder)
    assert sorted(corpus.inputs(folder)) == [b"\x02", b"\x03"]


def test_the_smallest_inputs_are_kept() -> None:
    assert corpus.smallest([b"\x01\x02\x03", b"\x02", b"\x01\x02"], 3) == [Entry(b"\x02"), Entry(b"\x01\x02")]
