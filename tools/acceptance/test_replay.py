# SPDX-License-Identifier: GPL-3.0-or-later
"""`vigilctl replay`: a sample trace as a table, for programs and as a picture; what is wrong with lines and arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from profiles import vigilctl
from vigil import ROOT

EVENING = ROOT / "Tests" / "Fixtures" / "replay" / "evening.jsonl"
PICTURES = ROOT / "docs"
SVG = "{http://www.w3.org/2000/svg}"
# 2026-03-14 08:00 in Shanghai.
START = 1_773_446_400_000
NAMES = {"en": "OX-1 low oxygen saturation", "zh": "OX-1 血氧过低"}


def reading(kind: str, value: float, second: float, **more: Any) -> dict[str, Any]:
    return {"at": START + int(second * 1000), "values": [{"kind": kind, "value": value}]} | more


def play(*lines: dict[str, Any], more: tuple[str, ...] = (), code: int = 0) -> list[dict[str, Any]]:
    answer = vigilctl("replay", "-", "--json", *more, stdin="".join(json.dumps(line) + "\n" for line in lines))
    assert answer.code == code, answer
    return answer.json


def phases(said: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["rule"], line["phase"]) for line in said]


def words_of(picture: str) -> list[str]:
    """What stands on a picture, which has to be XML and to need nothing else."""
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg" and len(picture) < 500_000
    assert not list(root.iter(f"{SVG}script")) and not list(root.iter(f"{SVG}image"))
    assert picture.count("http") == 1, "it asks for something from elsewhere"
    return [text.text or "" for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_evening(lang: str, tmp_path: Path) -> None:
    picture = tmp_path / "evening.svg"
    answer = vigilctl("replay", EVENING, "--svg", picture, lang=lang)
    assert answer.code == 0 and not answer.err, answer
    lines = answer.out.splitlines()
    starts = [line for line in lines if line.startswith("2026-03-14 20:55:30")]
    assert len(starts) == 1 and NAMES[lang] in starts[0] and "90" in starts[0], answer.out
    assert any(line.startswith("2026-03-14 21:03:00") and "u-12" in line for line in lines)
    assert f"  {NAMES[lang]}: 1" in lines
    words = words_of(picture.read_text())
    assert NAMES[lang] in words and "<90 OX-1" in words and "20:00" in words
    assert any("r-31k7" in word for word in words)


def test_for_programs_it_is_the_same_in_every_language() -> None:
    english, chinese = (vigilctl("replay", EVENING, "--json", lang=lang) for lang in ("en", "zh"))
    assert english.code == 0 and english.out == chinese.out
    said = english.json
    assert [line["at"] for line in said] == sorted(line["at"] for line in said)
    start = next(line for line in said if line["rule"] == "OX-1")
    assert (start["phase"], start["state"], start["priority"], start["level"], start["version"]) == (
        "start", "active", "high", 1, 1)
    assert set(start["text"]) == {"zh", "en"} and start["evidence"] and start["resident"] == "r-31k7"
    assert start["limits"] == [{"kind": "spo2", "op": "<", "value": 90, "basis": "default"}]
    versions = [line["version"] for line in said if line["alert"] == start["alert"]]
    assert versions == list(range(1, len(versions) + 1))


def test_the_pictures_of_the_readme_are_of_that_evening() -> None:
    said = vigilctl("replay", EVENING, "--json").json
    for lang in ("en", "zh"):
        words = words_of((PICTURES / f"replay.{lang}.svg").read_text())
        for rule in {line["rule"] for line in said}:
            assert any(word.startswith(rule + " ") for word in words), f"{rule} is missing: {lang}"


def test_editions_files_and_settings(tmp_path: Path) -> None:
    stream = [reading("spo2", 91, second, stream=True) for second in range(200)]
    china, elsewhere = play(*stream), play(*stream, more=("--edition", "intl"))
    assert (china[0]["rule"], china[0]["priority"]) == ("OX-2", "high")
    assert (elsewhere[0]["rule"], elsewhere[0]["priority"]) == ("OX-2", "medium")
    rules = tmp_path / "rules.yaml"
    rules.write_text("edition: ours\nbased-on: cn\nversion: 3\nauthor: us\ndate: 2026-11-22\nrules:\n  OX-2: {enabled: false}\n")
    assert phases(play(*stream, more=("--rules", str(rules)))) == []
    settings = tmp_path / "settings.json"
    settings.write_text('{"limits": [{"rule": "OX-1", "kind": "spo2", "op": "<", "value": 92}]}')
    assert play(*stream, more=("--settings", str(settings)))[0]["rule"] == "OX-1"
    rules.write_text("edition: ours\n")
    vigilctl("replay", EVENING, "--rules", rules).assert_refused("rules.yaml:1", codes=(1,))
    settings.write_text('{"born": "long ago"}')
    vigilctl("replay", EVENING, "--settings", settings).assert_refused("settings.json", "born", codes=(1,))


def test_what_people_and_the_box_do_between() -> None:
    crisis = [reading("systolic", 186, 0, reading="a"), reading("systolic", 188, 60, reading="b")]
    said = play(
        *crisis, {"restart": True}, {"acknowledge": {"rule": "BP-1", "by": "u-1"}, "at": START + 70_000}, {"tick": 1_800_000})
    assert [(line["phase"], line["state"], line["at"] - START) for line in said] == [
        ("start", "active", 60_000), ("acknowledge", "acknowledged", 70_000), ("continue", "active", 1_870_000)]
    assert said[0]["evidence"] == ["a", "b"] and said[1]["acknowledgedBy"] == "u-1"
    paused = play({"pause": {"scope": "resident", "reason": "bath", "minutes": 5}, "resident": "r-31k7", "at": START},
                  *(one | {"resident": "r-31k7"} for one in crisis), {"tick": 300_000})
    assert [(line["phase"], line["state"]) for line in paused] == [("pause", "paused"), ("resume", "active")]
    refused = vigilctl("replay", "-", stdin='{"acknowledge": {"rule": "BP-1"}, "at": 1}\n')
    assert refused.code == 0 and refused.err.startswith("stdin:1: would be refused: ")


def test_bad_lines_are_named_and_passed_over() -> None:
    lines = ["x", json.dumps(reading("spo2", 97, 0)), "", '{"at": 5, "values": [{"kind": "spO2", "value": 88}]}',
             '{"schema": "vigil.summary/1"}']
    for lang, line_1, line_4 in (("en", "stdin:1: not a JSON object", "stdin:4: there is no kind of value 'spO2'"),
                                 ("zh", "stdin:1：不是 JSON 对象", "stdin:4：没有名为“spO2”的数值种类")):
        answer = vigilctl("replay", "-", stdin="\n".join(lines), lang=lang)
        first, second = answer.err.splitlines()
        assert answer.code == 1 and first.startswith(line_1) and second.startswith(line_4), answer
        # What was good counts.
        assert "1" in answer.out.splitlines()[0] and len(answer.out.splitlines()) == 3


@pytest.mark.parametrize("user", [-1, 255, 1.5, "1", 2 ** 63 - 1])
def test_a_number_that_no_user_has(user: object) -> None:
    answer = vigilctl("replay", "-", stdin=json.dumps(reading("spo2", 97, 0, user=user)) + "\n")
    assert answer.code == 1 and answer.err.startswith("stdin:1: ") and "user" in answer.err, answer


def test_a_misspelt_key_is_no_default(tmp_path: Path) -> None:
    trace = tmp_path / "evening.jsonl"
    trace.write_text(json.dumps(reading("spo2", 97, 0)) + "\n" + json.dumps(reading("spo2", 88, 1, strem=True)) + "\n")
    for lang, words in (("en", "unknown key 'strem', allowed: at, stream, values, "), ("zh", "没有名为“strem”的字段，可用的有：at, stream")):
        answer = vigilctl("replay", trace, lang=lang)
        assert answer.code == 1 and answer.err.startswith(f"{trace}:2") and words in answer.err, answer


def test_messages_as_they_are_captured_play() -> None:
    example = json.loads((ROOT / "Sources" / "Gateway" / "Schemas" / "vigil.reading-1.schema.json").read_text())["examples"][0]
    # Somebody may have cut off what no rule needs, and so the name of the schema.
    cut = {key: value for key, value in example.items() if key != "schema"}
    for line in (example, cut, example | {"novel": {"x": 1}}):
        answer = vigilctl("replay", "-", stdin=json.dumps(line) + "\n")
        assert answer.code == 0 and not answer.err, answer


@pytest.mark.parametrize(("settings", "words"), [
    ({"rule": "OX-1", "kind": "spo2", "op": "<", "value": 80}, "This limit is looser than the rule's: it needs a reason and an end"),
    ({"rule": "OX-1", "kind": "spo2", "op": "=", "value": 92}, "The field limits[0].op is missing or not in form."),
    ({"rule": "OX-1", "kind": "spo2", "op": ">", "value": 92}, "The rule OX-1 has no limit spo2 >."),
    ({"rule": "OX-9", "kind": "spo2", "op": "<", "value": 92}, "There is no rule OX-9."),
])
def test_settings_that_a_gateway_would_refuse(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    line = {"at": START, "settings": {"limits": [settings]}}
    answer = vigilctl("replay", "-", stdin=json.dumps(line) + "\n" + json.dumps(reading("spo2", 97, 1)) + "\n")
    assert answer.code == 1 and answer.err.startswith(f"stdin:1: would be refused: {words}"), answer
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(line["settings"]))
    vigilctl("replay", EVENING, "--settings", file).assert_refused("settings.json", words, codes=(1,))


def test_unusable_arguments(tmp_path: Path) -> None:
    for arguments in (("--zone", "Mars/Base"), ("--zone", "../zone.tab"), ("--edition", "us"), ("--edition", "cn", "--rules", "x")):
        assert vigilctl("replay", EVENING, *arguments).code == 2, arguments
    assert vigilctl("replay").code == 2
    vigilctl("replay", tmp_path / "none").assert_refused("no file", codes=(1,))
    vigilctl("replay", tmp_path).assert_refused(str(tmp_path), codes=(1,))
    vigilctl("replay", EVENING, "--svg", tmp_path / "no" / "x.svg").assert_refused("x.svg", codes=(1,))


def test_a_week_of_a_stream_is_a_small_picture(tmp_path: Path) -> None:
    picture = tmp_path / "week.svg"
    lines = (json.dumps(reading("spo2", 95 + second // 30 % 4, second, stream=True))
             for second in range(0, 7 * 86_400, 30))
    answer = vigilctl("replay", "-", "--json", "--svg", picture, stdin="\n".join(lines))
    assert answer.code == 0 and not answer.out, answer
    words = words_of(picture.read_text())
    assert "20 Mar" in words and len(picture.read_bytes()) > 10_000
