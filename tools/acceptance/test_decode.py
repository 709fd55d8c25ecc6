# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl decode` beyond the contract's examples: octet streams, many values, and what ends it."""

from __future__ import annotations

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest
from profiles import FIELD, VALUES, characteristic, profile, vigilctl, write
from vigil import BIN, PROFILES
from waiting import PATIENCE

FRAMED = characteristic(
    live=True, frames={"start": "AA", "length": 4, "checksum": {"kind": "sum", "from": 0, "until": 1}},
    fields=None, messages=[
        {"name": "beat", "when": {"1": 1}, "fields": [
            {"name": "rate", "type": "uint8", "at": 2, "kind": "heart-rate", "unit": "/min"}]},
        {"name": "idle", "when": {"1": 0}, "ignore": True}],
    vectors=[{"hex": "AA 01 48 F3", "values": VALUES}], **{"sample-every": 60})


def decode(folder: Path, source: str, *values: str, more: tuple[str, ...] = (), stdin: str = "") -> list[dict[str, Any]]:
    answer = vigilctl("decode", "--profiles", folder, "--characteristic", source, *more, *values, stdin=stdin)
    assert answer.code == 0 and not answer.err, answer
    return answer.json


def rates(line: dict[str, Any]) -> list[int]:
    return [value["value"] for one in (line, *line.get("more", [])) for value in one["values"]]


def test_frames_go_over_several_values(tmp_path: Path) -> None:
    """One line for each value: what is incomplete waits for the next, nothing is thinned out."""
    write(tmp_path, "p.yaml", FRAMED)
    values = ["AA 01 48 F3", "AA:01", "49-F4", "AA014AF5AA014BF6AA", "00 00 AA", "zz", "", "11 22 AA 01 4C F7", "AA 01 4D 00", "AA 01 4E F9"]
    lines = decode(tmp_path, "FFB2", stdin="\n".join(values) + "\n")
    # An empty line is no value.
    assert len(lines) == len(values) - 1
    assert [one["ok"] for one in lines] == [True, True, True, True, True, False, True, False, True]
    assert [rates(one) if one["ok"] else None for one in lines] == [[72], [], [73], [74, 75], [], None, [76], None, [78]]
    assert all(one["characteristic"] == "FFB2" for one in lines)
    assert set(lines[0]) == {"characteristic", "deviceTime", "message", "ok", "profile", "quality", "status", "user", "values"}
    assert lines[0]["message"] == "beat" and lines[1]["notes"] == ["no message is complete yet, or none is read"]
    assert set(lines[3]["more"][0]) == {"deviceTime", "message", "quality", "status", "user", "values"}
    assert lines[5]["error"]["reason"] == "malformed" and "hexadecimal" in lines[5]["error"]["detail"]
    assert any("2 bytes skipped" in note for note in lines[6]["notes"]), lines[6]
    assert "checksum" in lines[7]["error"]["detail"]
    assert decode(tmp_path, "FFB2", *values[1:3]) == lines[1:3]


def test_what_is_no_measurement(tmp_path: Path) -> None:
    write(tmp_path, "p.yaml", characteristic(
        use="information", fields=None, messages=[
            {"name": "answer", "when": {"0": 6}, "length": [3, 20], "fields": [
                {"name": "code", "type": "uint8"},
                {"name": "place", "type": "uint8", "fact": "location", "names": {"1": "chest"}},
                {"name": "more", "type": "uint8", "fact": "features", "flags": {"0": "a", "1": "b"}},
                {"name": "number", "type": "uint16", "optional": True, "fact": "count", "scale": 0.5},
                {"name": "text", "type": "utf8", "optional": True, "fact": "text"}]},
            {"name": "wave", "when": {"0": 7}, "ignore": True}],
        vectors=[{"hex": "06 01 03", "facts": {"location": "chest", "features": ["a", "b"]}}]))
    full, short, none, odd, other = decode(
        tmp_path, "ffb2", "06 01 03 05 00 22 5C 09 C3 A9", "06 01 00", "07 00", "06 01", "09")
    assert full["facts"] == {"location": "chest", "features": ["a", "b"], "count": 2.5, "text": '"\\é'}
    assert short["facts"] == {"location": "chest", "features": []} and short["values"] == []
    assert none["ok"] and none["values"] == [] and none["notes"] == ["this message is not read"] and "facts" not in none
    assert odd["error"]["reason"] == "truncated" and other["error"]["reason"] == "unsupported"


def test_advertisements(tmp_path: Path) -> None:
    fields = [{"name": "rate", "type": "uint8", "at": 1, "kind": "heart-rate", "unit": "/min", "absent": {"255": "nan"}}]
    heard = {"title": "heard", "fields": fields, "vectors": [{"hex": "00 48", "values": VALUES}]}
    write(tmp_path, "p.yaml", profile(characteristics=None, match={"manufacturers": [0x157]}, advertisements=[
        heard | {"manufacturer": 0x157}, heard | {"service-data": "181D"}]))
    for source, shown in (("manufacturer:0157", "manufacturer:0157"), ("service-data:181d", "service-data:181D")):
        for line in decode(tmp_path, source, "0048", "00ff"):
            assert line["characteristic"] == shown and line["profile"] == "example.strap"
    for wrong in ("manufacturer:157", "manufacturer:", "service-data:zz", "elsewhere:0157", "2A3"):
        answer = vigilctl("decode", "--profiles", tmp_path, "--characteristic", wrong, "00")
        assert answer.code == 2 and "manufacturer:0157" in answer.err.replace("\n", " "), answer


def test_which_profile_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", profile(id="example.base"))
    derived = profile(id="example.ann", match={"names": ["Ann*"]}, **{"based-on": "example.base"})
    write(tmp_path, "derived.yaml", derived)
    named = profile(id="example.aaa", match={"names": ["Bob*"]})
    write(tmp_path, "named.yaml", named)
    # The one for most devices; another where it is asked for.
    assert decode(tmp_path, "FFB2", "48")[0]["profile"] == "example.base"
    for id in ("example.ann", "example.aaa"):
        assert decode(tmp_path, "FFB2", "48", more=("--profile", id))[0]["profile"] == id
    write(tmp_path, "rival.yaml", profile(id="example.rival", match={"services": ["FFB9"]}))
    answer = vigilctl("decode", "--profiles", tmp_path, "--characteristic", "FFB2", "48")
    answer.assert_refused("example.base", "example.rival", "--profile", codes=(1,))
    for id in ("example.none", "example.base"):
        vigilctl("decode", "--profiles", tmp_path, "--characteristic", "FFB7", "--profile", id, "48").assert_refused(id, codes=(1,))


def test_the_feature_says_which_statuses_count(tmp_path: Path) -> None:
    fields = [FIELD | {"status": {"1": "contact-lost"}, "supported-by": "features"},
              {"name": "rate", "type": "uint8", "kind": "heart-rate", "unit": "/min"}]
    write(tmp_path, "p.yaml", characteristic(
        feature={"uuid": "FFB3", "fields": [{"name": "features", "type": "uint8"}]}, fields=fields,
        quality={"invalid": ["contact-lost"]},
        vectors=[{"hex": "02 48", "values": VALUES, "status": ["contact-lost"], "quality": "invalid"}]))
    for more, quality in (((), "invalid"), (("--feature", "02"), "invalid"), (("--feature", "00"), "valid")):
        assert decode(tmp_path, "FFB2", "02 48", more=more)[0]["quality"] == quality


def begin(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen([BIN / "vigilctl", "decode", "--profiles", PROFILES, *arguments], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)


def test_an_answer_does_not_wait_for_the_next_value() -> None:
    with begin("--characteristic", "2A37") as process:
        assert process.stdin and process.stdout
        for rate in (72, 73):
            process.stdin.write(f"00{rate:02x}\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 20 * PATIENCE)[0], "the answer is held back"
            assert rates(json.loads(process.stdout.readline())) == [rate]
        # The last line may lack its end.
        process.stdin.write("004a")
        process.stdin.close()
        assert [rates(json.loads(line)) for line in process.stdout] == [[74]]
        assert process.wait(20 * PATIENCE) == 0


def memory_of(pid: int) -> int:
    """The most that it has had so far, in KiB."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(fields["VmHWM"].split()[0])


def test_many_values_take_no_more_memory() -> None:
    value = "1E9C005E007300EA07030E08051E4800010400\n"
    with begin("--characteristic", "2A35") as process:
        assert process.stdin and process.stdout
        peaks = []
        for _ in range(5):
            count = 2000
            for start in range(0, count, 100):
                process.stdin.write(value * 100)
                process.stdin.flush()
                for _ in range(100):
                    assert process.stdout.readline().startswith('{"characteristic":"2A35"')
            peaks.append(memory_of(process.pid))
        process.stdin.close()
        assert process.wait(20 * PATIENCE) == 0
    # What one value leaves behind would show: 8,000 values and 500 bytes each are 4 MB.
    assert peaks[-1] - peaks[0] < 1000, peaks


@pytest.mark.parametrize("count", [1, 20_000])
def test_a_reader_that_leaves_ends_it_quietly(count: int) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([BIN / "vigilctl", "decode", "--profiles", PROFILES, "--characteristic", "2A37"], input="0048\n" * count,
                          stdout=write_end, stderr=subprocess.PIPE, text=True, timeout=60 * PATIENCE)
    os.close(write_end)
    assert done.returncode not in (0, 2) and done.stderr == ""


def test_a_line_without_an_end_is_refused_in_time() -> None:
    """And what was answered before it stays answered."""
    answer = vigilctl("decode", "--profiles", PROFILES, "--characteristic", "2A37", stdin="0048\n" + "0" * (3 << 20))
    assert answer.code == 1 and rates(answer.json[0]) == [72] and "1 MiB" in answer.err
