# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules as a clinic sees them: `vigilctl rules`, and the example in the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from language import HAN
from profiles import vigilctl
from vigil import ROOT
from wcwidth import wcswidth

EDITIONS = ("cn", "intl")
TECHNICAL = ["ND-1", "ND-2", "ND-3", "ND-4", "DV-1", "TM-1", "ST-1", "UD-1", "UA-1", "BT-1", "DG-1"]
BASED = "{edition: site, based-on: cn, version: 1, author: Dr. Li, date: 2026-12-01, rules: {%s}}"


def write(directory: Path, text: str) -> Path:
    path = directory / "rules.yaml"
    path.write_text(text)
    return path


def test_the_example_in_the_page_changes_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    examples = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "\nbased-on: cn" in block]
    assert len(examples) == 1
    answer = vigilctl("rules", "check", write(tmp_path, examples[0]))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "changed: OX-1 low oxygen saturation, version 101, by Dr. Li Wen, 2026-12-01",
        "changed: OX-2 reduced oxygen saturation, version 101, by Dr. Li Wen, 2026-12-01",
        "left out: OX-3 slightly reduced oxygen saturation",
        "changed: how alerts are brought, or when devices are missed",
        "26 rules, 4 changes: all good",
    ]
    explained = vigilctl("rules", "explain", "OX-1", "--file", tmp_path / "rules.yaml").out
    assert "SpO2 below 86 %" in explained and "SpO2 at or above 88 %" in explained and "101, by Dr. Li Wen" in explained


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_rule_is_listed_and_explained(edition: str, lang: str) -> None:
    machine = vigilctl("rules", "list", "--edition", edition, "--json").json
    ids = [rule["id"] for rule in machine]
    assert len(ids) == len(set(ids)) == 27 + len(TECHNICAL) and all(rule["edition"] == edition for rule in machine)
    assert ids[27:] == TECHNICAL and all(rule["category"] == "technical" for rule in machine[27:])
    listed = vigilctl("rules", "list", "--edition", edition, lang=lang)
    assert listed.code == 0 and all(wcswidth(line) <= 80 for line in listed.out.splitlines())
    shown = [line.split()[0] for line in listed.out.splitlines() if re.match(r"[A-Z]{2}-\S+ ", line)]
    assert shown == ids
    whole = vigilctl("rules", "explain", "--edition", edition, lang=lang)
    assert whole.code == 0 and [block.split()[0] for block in whole.out.split("\n\n")] == ids
    for rule in machine:
        block = next(block for block in whole.out.split("\n\n") if block.split()[0] == rule["id"])
        assert (HAN.search(block) is not None) or lang == "en"
        assert rule["name"][lang] in block and f"{rule['author']}" in block and rule["date"] in block
        for limit in rule.get("limits", []):
            assert limit["value"] in block


def test_what_an_alert_of_the_box_means_can_be_looked_up() -> None:
    for id in TECHNICAL:
        answer = vigilctl("rules", "explain", id.lower())
        assert answer.code == 0 and answer.out.startswith(f"{id} ") and "What to do" in answer.out
        (machine,) = vigilctl("rules", "explain", id, "--json").json
        assert machine["id"] == id and machine["toDo"]["zh"] and machine["over"]["en"]
    desk = vigilctl("rules", "explain", "ND-4").out
    assert "the clinic's desk" in desk and "3 `health` messages" in desk
    (plan,) = vigilctl("rules", "explain", "ND-1", "--json").json
    assert plan["numbers"] == {"missed": 3, "nothingForSeconds": 129_600, "nothingForLongSeconds": 259_200}


def test_the_editions_differ_where_they_should() -> None:
    rules = {edition: {rule["id"]: rule for rule in vigilctl("rules", "list", "--edition", edition, "--json").json}
             for edition in EDITIONS}
    different = {key for key in rules["cn"] if rules["cn"][key] | {"edition": ""} != rules["intl"][key] | {"edition": ""}}
    assert different == {"BP-2", "OX-2"}


@pytest.mark.parametrize(("rule", "place", "words"), [
    ("OX-1: {version: 3, when: [{kinds: [spo2], below: 95}]}", "1:110", "would end the alert while 'spo2 < 95' lasts"),
    ("OX-1: {priority: low}", "1:91", "a changed rule is a new version"),
    ("OX-9: {version: 1, priority: low}", "1:85", "there is no rule 'OX-9' to be changed"),
    ("OX-1: {version: 3, supersedes: [HR-9]}", "1:117", "there is no rule 'HR-9'"),
    ("OX-3: {version: 3, supersedes: [OX-1]}", "1:117", "silences the next"),
    ("OX-1: {version: 3, confirm: {stream: -5 s}}", "1:122", "expected a length of time"),
])
def test_check_says_where_and_what(tmp_path: Path, rule: str, place: str, words: str) -> None:
    path = write(tmp_path, BASED % rule)
    answer = vigilctl("rules", "check", path)
    assert answer.code == 1 and answer.out.startswith(f"{path}:{place}: ") and words in answer.out, answer.out
    assert len(answer.out.splitlines()) == 1
    chinese = vigilctl("rules", "check", path, lang="zh")
    assert chinese.out.startswith(f"{path}:{place}: ") and HAN.search(chinese.out) and words not in chinese.out
    finding, result = vigilctl("rules", "check", path, "--json").json
    assert (finding["line"], finding["column"]) == tuple(map(int, place.split(":"))) and words in finding["what"]
    assert finding["severity"] == "error"
    assert result == {"added": [], "changed": [], "leftOut": [], "ok": False, "rules": 0, "warnings": 0}


@pytest.mark.parametrize(("rule", "place", "words"), [
    ("OX-1: {version: 2, when: [{kinds: [spo2], below: 89}]}", "1:92", "alerts cannot tell the two apart"),
    ("OX-1: {enabled: false}", "1:92", "is left out"), ("OX-1: {version: 101, priority: low}", "1:106", "is made low"),
    ("}, manners: {high: {latches: false}", "1:105", "do not stay when they are over"),
])
def test_check_warns_of_what_is_seldom_meant(tmp_path: Path, rule: str, place: str, words: str) -> None:
    path = write(tmp_path, BASED % rule)
    answer = vigilctl("rules", "check", path)
    (warning,) = [line for line in answer.out.splitlines() if line.startswith(f"{path}:{place}: warning: ")]
    assert answer.code == 0 and words in warning and answer.out.endswith(": no error, 1 warning\n"), answer.out
    chinese = vigilctl("rules", "check", path, lang="zh")
    assert f"{path}:{place}: 请留意：" in chinese.out and chinese.code == 0
    found, result = vigilctl("rules", "check", path, "--json").json
    assert (found["severity"], f"{found['line']}:{found['column']}") == ("warning", place) and words in found["what"] and found["next"]
    assert result["ok"] is True and result["warnings"] == 1


def test_check_without_a_file() -> None:
    answer = vigilctl("rules", "check", "/nowhere.yaml")
    assert answer.code == 1 and answer.out.startswith("/nowhere.yaml:1:1: cannot be read: ")


def test_an_id_that_is_nearly_right() -> None:
    assert vigilctl("rules", "explain", "ox-1").out.startswith("OX-1 low oxygen saturation\n")
    vigilctl("rules", "explain", "OX1").assert_refused("OX-1", "vigilctl rules list", codes=(1,))
    vigilctl("rules", "explain", "XY-7").assert_refused("XY-7", codes=(1,))
    assert vigilctl("rules", "list", "--edition", "us").code == 2
    assert vigilctl("rules", "list", "--edition", "cn", "--file", "/x").code == 2
