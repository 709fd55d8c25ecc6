# SPDX-License-Identifier: GPL-3.0-or-later
"""Device profiles as those see them who write them and work with them: `vigilctl profiles`, the examples in the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from language import HAN
from profiles import FIELD, SCHEMA, SHIPPED, VALUES, characteristic, check, profile, read, vigilctl, write
from vigil import PROFILES, ROOT, Answer
from wcwidth import wcswidth

FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<what>.+); (?P<next>.+)")


def findings(answer: Answer) -> list[re.Match[str]]:
    """What `check` found; its last line is not one of them."""
    lines = answer.out.splitlines()[:-1]
    matches = [FINDING.fullmatch(line) for line in lines]
    assert all(matches), answer.out
    return [match for match in matches if match]


# MARK: the examples in the pages


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "device-profiles/README.md"])
def test_the_examples_in_the_pages_are_profiles(page: str, tmp_path: Path) -> None:
    examples = [block for block in re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL) if "\nid: " in block]
    assert len(examples) == 1
    answer = check(write(tmp_path, "example.yaml", examples[0]))
    assert answer.code == 0 and re.fullmatch(r"1 file, 1 profile and [3-9] vectors checked: all good\n", answer.out), answer.out
    assert Draft202012Validator(json.loads(SCHEMA.read_text())).is_valid(read(examples[0]))
    if page == "CONTRIBUTING.md":
        assert len(examples[0].splitlines()) < 25, "a strap takes fewer than 25 lines"


# MARK: vigilctl profiles check


def test_what_is_shipped_is_good() -> None:
    answer = check(PROFILES)
    assert answer.code == 0, answer.out
    counts = re.fullmatch(rf"{len(SHIPPED)} files, {len(SHIPPED)} profiles and (\d+) vectors checked: all good\n", answer.out)
    assert counts and int(counts[1]) >= 200, answer.out
    assert not answer.err


def test_check_reports_all_files(tmp_path: Path) -> None:
    """Each with its place; the good one beside them costs nothing."""
    write(tmp_path, "good.yaml", profile(id="example.good", match={"services": ["FFB9"]}))
    write(tmp_path, "a/key.yaml", "id: example.key\ntitel: x\n")
    write(tmp_path, "a/syntax.yaml", "id: [\n")
    write(tmp_path, "b/vector.yaml", characteristic(vectors=[
        {"hex": "48", "values": VALUES, "about": "right"}, {"hex": "48", "values": ["heart-rate 73"], "about": "wrong"},
        {"hex": "", "values": VALUES}]) | {"id": "example.vector"})
    write(tmp_path, "b/wide.yaml", "\xff")
    (tmp_path / "b" / "wide.yaml").write_bytes(b"\xff\xfe")
    write(tmp_path, "c/derived.yaml", profile(id="example.derived", **{"based-on": "example.nowhere"}, characteristics=None))
    write(tmp_path, "c/child.yaml", profile(id="example.child", **{"based-on": "example.key"}, characteristics=None))
    answer = check(tmp_path)
    assert answer.code == 1 and not answer.err
    found = [(str(Path(one["file"]).relative_to(tmp_path)), int(one["line"])) for one in findings(answer)]
    vector = [number for number, line in enumerate((tmp_path / "b/vector.yaml").read_text().splitlines(), 1) if "hex:" in line]
    derived = [number for number, line in enumerate((tmp_path / "c/derived.yaml").read_text().splitlines(), 1) if "id: " in line]
    # A profile that is based on a broken one is not to blame.
    assert found == [("a/key.yaml", 2), ("a/syntax.yaml", found[1][1]), ("b/vector.yaml", vector[1]), ("b/vector.yaml", vector[2]),
                     ("b/wide.yaml", 1), ("c/derived.yaml", derived[0])]
    assert answer.out.splitlines()[-1] == "7 files, 4 profiles and 4 vectors checked: 6 findings"
    wrong = findings(answer)[2]["what"]
    assert "wrong" in wrong and "expected" in wrong and "heart-rate 73" in wrong and "heart-rate 72" in wrong
    machine = check(tmp_path, "--json")
    lines = machine.json
    assert machine.code == 1 and lines[-1] == {"files": 7, "findings": 6, "ok": False, "profiles": 4, "vectors": 4}
    assert [(one["file"], one["line"], one["column"]) for one in lines[:-1]] == [
        (one["file"], int(one["line"]), int(one["column"])) for one in findings(answer)]
    assert [one["kind"] for one in lines[:-1]] == ["profile", "profile", "vector", "vector", "file", "profile"]
    chinese = check(tmp_path, lang="zh")
    assert [one["file"] for one in findings_in_chinese(chinese)] == [one["file"] for one in findings(answer)]
    assert all(HAN.search(line) for line in chinese.out.splitlines())


def findings_in_chinese(answer: Answer) -> list[re.Match[str]]:
    matches = [re.fullmatch(r"(?P<file>.+?):\d+:\d+: .+；.+", line) for line in answer.out.splitlines()[:-1]]
    assert all(matches), answer.out
    return [match for match in matches if match]


@pytest.mark.parametrize("is_json", [False, True])
def test_check_without_anything_to_check(tmp_path: Path, is_json: bool) -> None:
    for arguments in ([tmp_path], ["/nowhere"], []):
        answer = check(*arguments, *(["--json"] if is_json else []))
        assert answer.code == 1
        assert "no device profiles" in answer.out and ("/nowhere" in answer.out or str(tmp_path) in answer.out)


def test_one_file_can_be_checked(tmp_path: Path) -> None:
    one = write(tmp_path, "one.yaml", profile())
    write(tmp_path, "other.yaml", "nonsense")
    answer = check(one)
    assert (answer.code, answer.out) == (0, "1 file, 1 profile and 1 vector checked: all good\n")


def overlap(tmp_path: Path, *matches: dict[str, Any], **changes: Any) -> list[re.Match[str]]:
    """Two profiles with these matches that read the same."""
    for index, match in enumerate(matches):
        write(tmp_path, f"{index}.yaml", profile(id=f"example.n{index}", match=match) | (changes if index else {}))
    return findings(check(tmp_path))


STRAPS = {"services": ["FFB0"]}


@pytest.mark.parametrize(("matches", "is_found"), [
    ((STRAPS, STRAPS), True),
    ((STRAPS, {"services": ["180D", "FFB0"]}), True),
    ((STRAPS, {"services": ["180D"]}), False),
    ((STRAPS, STRAPS | {"names": ["X*"]}), False),
    ((STRAPS | {"names": ["AB*"]}, STRAPS | {"names": ["*BC", "X"]}), True),
    ((STRAPS | {"names": ["AB*"]}, STRAPS | {"names": ["AC*", "*b"]}), True),
    ((STRAPS | {"names": ["AB*"]}, STRAPS | {"names": ["AC*", "ab"]}), False),
    (({"models": ["M-1*"]}, {"models": ["*0"]}), True),
    (({"manufacturers": [1, 2]}, {"manufacturers": [2]}), True),
    (({"manufacturers": [1]}, {"manufacturers": [2]}), False),
])
def test_check_finds_profiles_that_compete(tmp_path: Path, matches: tuple[dict[str, Any], ...], is_found: bool) -> None:
    found = overlap(tmp_path, *matches)
    assert len(found) == is_found
    for one in found:
        assert one["file"].endswith("1.yaml") and one["line"] == "1"
        assert "example.n0" in one["what"] and "0.yaml" in one["what"] and "FFB2" in one["what"]


def test_what_does_not_compete(tmp_path: Path) -> None:
    other = characteristic(uuid="FFB3")["characteristics"]
    assert not overlap(tmp_path / "other", STRAPS, STRAPS, characteristics=other)
    assert not overlap(tmp_path / "base", STRAPS, STRAPS, **{"based-on": "example.n0"})
    information = characteristic(use="information")["characteristics"]
    assert not overlap(tmp_path / "information", STRAPS, STRAPS, characteristics=information)
    assert overlap(tmp_path / "also", STRAPS, STRAPS, characteristics=characteristic(uuid="FFB3", also=["FFB2"])["characteristics"])


def test_a_site_has_profiles_of_its_own(tmp_path: Path) -> None:
    shipped, site, desk = tmp_path / "usr", tmp_path / "etc", tmp_path / "desk"
    first = write(shipped, "strap.yaml", profile())
    # Its own with the same id: both files are named, by whoever reads them.
    second = write(site, "mine.yaml", profile(title="Mine"))
    both = ("--profiles", site)
    for arguments in ([site], [site, shipped], []):
        answer = check(*arguments, *both, known=shipped)
        assert answer.code == 1 and len(findings(answer)) == 1, answer.out
        assert str(second) in answer.out and str(first) in answer.out and "based-on" in answer.out
    catalogue = vigilctl("profiles", "list", "--profiles", shipped, "--profiles", site)
    assert catalogue.code == 1 and str(first) in catalogue.err and str(second) in catalogue.err
    # Based on the shipped one, for some devices.
    write(site, "mine.yaml", {
        "id": "site.strap", "title": "Mine", "evidence": "simulated", "sources": ["x"], "based-on": "example.strap",
        "match": STRAPS | {"names": ["Mine*"]},
        "characteristics": [{"uuid": "FFB2", "title": "my rate", "vectors": [{"hex": "48", "values": VALUES}]}]})
    assert check(site, *both, known=shipped).out == "1 file, 1 profile and 1 vector checked: all good\n"
    assert check(*both, known=shipped).out == "2 files, 2 profiles and 2 vectors checked: all good\n"
    assert "no profile 'example.strap' to be based on" in check(site).out
    # From elsewhere, the next version of an installed one.
    write(desk, "strap.yaml", profile(title="Next"))
    assert check(desk, known=shipped).code == 0
    write(desk, "rival.yaml", profile(id="example.rival"))
    assert [Path(one["file"]).name for one in findings(check(desk, known=shipped))] == ["strap.yaml"]
    (desk / "strap.yaml").unlink()
    assert [Path(one["file"]).name for one in findings(check(desk, known=shipped))] == ["rival.yaml"]


# MARK: vigilctl profiles list and show


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_fits_a_terminal(lang: str) -> None:
    answer = vigilctl("profiles", "list", "--profiles", PROFILES, lang=lang)
    lines = answer.out.splitlines()
    assert answer.code == 0 and len(lines) == len(SHIPPED) + 1
    assert max(wcswidth(line) for line in lines) <= 80
    machine = vigilctl("profiles", "list", "--profiles", PROFILES, "--json", lang=lang).json
    ids = [one["id"] for one in machine]
    assert ids == sorted(ids) and len(ids) == len(SHIPPED)
    for line, one in zip(lines[1:], machine):
        assert line.endswith(str(one["vectors"])) and line.split()[0][:8] == one["id"][:8]
        assert set(one["title"]) == {"zh", "en"} and Path(one["file"]).is_file()


def test_show_tells_all(tmp_path: Path) -> None:
    write(tmp_path, "cuff.yaml", {
        "id": "example.cuff", "title": {"zh": "血压计", "en": "Cuff"}, "evidence": "capture-backed", "sources": ["a paper"],
        "match": {"services": ["FFF0"], "names": ["Cuff*"], "models": ["C-1"], "manufacturers": [0x6B]},
        "characteristics": [{
            "uuid": "FFF1", "title": "result", "feature": {"uuid": "FFF3", "fields": [FIELD]},
            "fields": [FIELD | {"status": {"1": "cuff-too-loose", "2": "irregular-pulse", "3": "no-result"}},
                       {"name": "s", "type": "uint16", "kind": "systolic",
                        "unit": {"if": "flags.is-on", "then": "kPa", "else": "mm[Hg]"}, "scale": 0.1},
                       {"name": "t", "type": "datetime", "role": "time"}, {"name": "u", "type": "uint8", "role": "user"},
                       {"name": "n", "type": "uint8", "role": "sequence"}, {"name": "f", "type": "uint8", "fact": "cuff-size"}],
            "quality": {"questionable": ["cuff-too-loose"], "invalid": ["no-result"]},
            "vectors": [{"hex": "00", "error": "truncated", "offset": 1}]}],
        "commands": {"begin": {"to": "FFF2", "bytes": "9B 01 1C", "purpose": "start", "response": False},
                     "ask": {"to": "FFF2", "bytes": "9B 02 1D", "purpose": "live"}},
        "session": {"connection": "idle", "idle-seconds": 20, "bonding": "none", "start": ["begin"],
                    "poll": {"command": "ask", "every": 7}, "clock": {"characteristic": "2A08", "write": "when-off"},
                    "memory": {"procedure": "none", "deletes-on-read": True}, "users": 2},
        "quirks": ["says it twice"], "hint": {"zh": "按住按键", "en": "Hold the key."}})
    english = vigilctl("profiles", "show", "example.cuff", "--profiles", tmp_path)
    for word in ("Cuff", "capture-backed", "service FFF0", "name Cuff* or model C-1", "0x006B", "20 s", "`open`", "2 user slots",
                 "2A08", "deleted", "begin: 9B 01 1C to FFF2, after subscribing", "every 7 s", "says it twice", "Hold the key.",
                 "a paper", "systolic pressure (mmHg or kPa)", "user slot", "time", "number", "cuff-size", str(tmp_path)):
        assert word in english.out.replace("\n ", " ") or word in re.sub(r"\s+", " ", english.out), (word, english.out)
    assert not HAN.search(english.out) and english.code == 0 and not english.err
    chinese = vigilctl("profiles", "show", "example.cuff", "--profiles", tmp_path, lang="zh")
    for word in ("血压计", "按住按键", "收缩压", "读数无效", "读数存疑", "2 个用户位", "订阅之后", "每 7 秒一次", "FFF1"):
        assert word in chinese.out, chinese.out
    for answer in (english, chinese):
        assert max(wcswidth(line) for line in answer.out.splitlines() if str(tmp_path) not in line) <= 80
    one = vigilctl("profiles", "show", "example.cuff", "--profiles", tmp_path, "--json").json[0]
    assert one["match"] == {"services": ["FFF0"], "names": ["Cuff*"], "models": ["C-1"], "manufacturers": ["0x006B"]}
    assert one["session"] == {"connection": "idle", "idleSeconds": 20, "bonding": "none", "start": ["begin"],
                              "poll": {"command": "ask", "everySeconds": 7}, "clock": {"characteristic": "2A08", "write": "when-off"},
                              "memory": {"procedure": "none", "deletesOnRead": True}, "users": 2}
    reading = one["readings"][0]
    assert reading["statuses"] == [{"name": "cuff-too-loose", "quality": "questionable"}, {"name": "irregular-pulse"},
                                   {"name": "no-result", "quality": "invalid"}]
    assert reading["values"] == [{"kind": "systolic", "units": ["mm[Hg]", "kPa"]}] and reading["facts"] == ["cuff-size"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_show_of_what_is_shipped(path: Path) -> None:
    id = read(path.read_text())["id"]
    for lang in ("en", "zh"):
        answer = vigilctl("profiles", "show", id, "--profiles", PROFILES, lang=lang)
        assert answer.code == 0 and id in answer.out and not answer.err
        long = [line for line in answer.out.splitlines() if wcswidth(line) > 80]
        assert all(str(PROFILES)[:20] in line for line in long), long


def test_show_of_what_is_not_there() -> None:
    answer = vigilctl("profiles", "show", "no-such", "--profiles", PROFILES)
    answer.assert_refused("no-such", "vigilctl profiles list", codes=(1,))
    vigilctl("profiles", "show", "heart-rate", "--profiles", PROFILES).assert_refused("bluetooth.heart-rate", codes=(1,))
    vigilctl("profiles", "show", "x", "--profiles", "/nowhere").assert_refused("/nowhere", codes=(1,))
    assert vigilctl("profiles", "show", "--profiles", PROFILES).code == 2
    assert vigilctl("profiles", "shw").code == 2
