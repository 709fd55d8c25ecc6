# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that are easy to type, and the bodies that the gateway takes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from clinic.bodies import COMMANDS, parse
from clinic.command import command, sentence

MARCH = datetime(2027, 3, 1).astimezone().isoformat()
PROGRAM = Path(__file__).resolve().parents[1] / "command.py"


@pytest.mark.parametrize("name, words, body, version", [
    ("acknowledge", ["6f0d", "--version", "3"], {"alert": "6f0d"}, 3),
    ("acknowledge", ["6f0d"], {"alert": "6f0d"}, None),
    ("pause", ["r-1", "--minutes", "30", "--reason", "洗澡"],
     {"resident": "r-1", "scope": "resident", "reason": "洗澡", "minutes": 30}, None),
    ("pause", ["r-1", "--rule", "OX-2", "--end"],
     {"resident": "r-1", "scope": "rule", "rule": "OX-2", "reason": "", "minutes": 0}, None),
    ("pause", ["r-1", "--alert", "6f0d", "--minutes", "5", "--reason", "x"],
     {"resident": "r-1", "scope": "alert", "alert": "6f0d", "reason": "x", "minutes": 5}, None),
    ("pause", ["r-1", "--out-of-service", "--reason", "moved out"],
     {"resident": "r-1", "scope": "resident", "reason": "moved out", "minutes": None}, None),
    ("set-limits", ["r-1", "--version", "0", "--born", "1948", "--condition", "scale-2", "--condition", "oxygen"],
     {"resident": "r-1", "born": 1948, "conditions": ["scale-2", "oxygen"]}, 0),
    ("set-limits", ["r-1", "--born", "none", "--no-limits", "--no-conditions"],
     {"resident": "r-1", "born": None, "conditions": [], "limits": []}, None),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 why=COPD, stable until=2027-03-01", "--limit", "GL-1 glucose<=4.2"],
     {"resident": "r-1", "limits": [
         {"rule": "OX-1", "kind": "spo2", "op": "<", "value": 85, "why": "COPD, stable", "until": MARCH},
         {"rule": "GL-1", "kind": "glucose", "op": "<=", "value": 4.2}]}, None),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 until=2027-03-01T08:00:00+08:00"],
     {"resident": "r-1", "limits": [
         {"rule": "OX-1", "kind": "spo2", "op": "<", "value": 85, "until": "2027-03-01T08:00:00+08:00"}]}, None),
    ("set-limits", ["r-1"], {"resident": "r-1"}, None),
    ("set-plan", ["r-1", "--measure", "systolic,diastolic@07:00,19:00", "--measure", "body-weight@08:00±90",
                  "--stream", "spo2@22:00-06:00"],
     {"resident": "r-1", "plan": [
         {"kinds": ["systolic", "diastolic"], "times": ["07:00", "19:00"]},
         {"kinds": ["body-weight"], "times": ["08:00"], "toleranceMinutes": 90},
         {"kinds": ["spo2"], "continuous": {"from": "22:00", "to": "06:00"}}]}, None),
    ("set-plan", ["r-1"], {"resident": "r-1", "plan": []}, None),
    ("send-history", ["e", "reading", "1", "9"], {"epoch": "e", "lane": "reading", "fromSeq": 1, "toSeq": 9}, None),
    ("diagnose", [], {}, None)])
def test_words_become_a_body(name: str, words: list[str], body: dict[str, Any], version: int | None) -> None:
    assert parse(name, words) == (body, version)


@pytest.mark.parametrize("name, words", [
    ("acknowledge", []), ("pause", ["r-1"]), ("pause", ["r-1", "--end", "--minutes", "3"]),
    ("pause", ["r-1", "--end", "--rule", "a", "--alert", "b"]), ("set-limits", ["r-1", "--limit", "OX-1 spo2 = 85"]),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 because"]),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 why=x until=spring"]),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 why=x until=2027-02-30"]),
    ("set-limits", ["r-1", "--limit", "OX-1 spo2 < 85 why=x until=2027-03-01T08:00:00"]), ("set-limits", ["r-1", "--born", "48"]),
    ("set-plan", ["r-1", "--measure", "systolic"]), ("set-plan", ["r-1", "--measure", "systolic@7"]),
    ("set-plan", ["r-1", "--measure", "@07:00"]), ("set-plan", ["r-1", "--stream", "spo2@22:00"]),
    ("send-history", ["e", "both", "1", "2"]), ("diagnose", ["now"])])
def test_unusable_words_are_said(name: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(name, words)
    assert ended.value.code == 2 and "error:" in capsys.readouterr().err


def test_the_expected_version_stands_only_where_there_is_one() -> None:
    assert "expectedVersion" not in command("gw-1", "diagnose", "u-1", "nurse", {})
    assert command("gw-1", "acknowledge", "u-1", "nurse", {}, expected_version=0)["expectedVersion"] == 0


def test_an_answer_in_a_sentence() -> None:
    done = {"name": "acknowledge", "outcome": "done", "reason": None, "body": {"version": 4, "state": "acknowledged"}}
    assert sentence(done, "en") == 'acknowledge: done (version 4, state "acknowledged")'
    refused = {"name": "pause", "outcome": "refused", "body": None,
               "reason": {"code": "wrong-role", "text": {"zh": "无权", "en": "not yours"}}}
    assert sentence(refused, "zh") == "pause: refused, wrong-role: 无权"
    assert sentence(refused, "fr").endswith("not yours")


@pytest.mark.parametrize("words, body, version", [
    (["acknowledge", "6f0d", "--version", "3"], {"alert": "6f0d"}, 3),
    (["--version", "2", "set-plan", '{"resident": "r-1", "plan": []}'], {"resident": "r-1", "plan": []}, 2),
    (["notify", '{"to": "u-1"}'], {"to": "u-1"}, None), (["diagnose"], {}, None)])
def test_the_program_prints_what_it_would_send(words: list[str], body: dict[str, Any], version: int | None) -> None:
    done = subprocess.run([sys.executable, PROGRAM, "--print", "--gateway", "gw-1", "--by", "u-1", "--role", "nurse", *words],
                          capture_output=True, text=True, check=True)
    message = json.loads(done.stdout)
    assert message["body"] == body and message.get("expectedVersion") == version


@pytest.mark.parametrize("words", [["notify", "u-1"], ["notify"], ["set-plan", "{"]])
def test_the_program_refuses_what_it_does_not_understand(words: list[str]) -> None:
    done = subprocess.run([sys.executable, PROGRAM, "--print", "--gateway", "gw-1", "--by", "u-1", "--role", "nurse", *words],
                          capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("command: ") and not done.stdout


@pytest.mark.parametrize("words", [["foo"], ["foo", "{}"], ["set-limit", '{"resident": "r-1"}'], ["Pause"]])
def test_a_word_that_is_no_command_is_not_sent(words: list[str]) -> None:
    done = subprocess.run([sys.executable, PROGRAM, "--print", "--gateway", "gw-1", "--by", "u-1", "--role", "nurse", *words],
                          capture_output=True, text=True)
    assert done.returncode == 2 and not done.stdout
    assert f"there is no command {words[0]!r}" in done.stderr and all(name in done.stderr for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(name, ["--help"])
    assert ended.value.code == 0 and "--version" in capsys.readouterr().out


@pytest.mark.parametrize("before", [[], ["--gateway", "gw-1", "--by", "u-1"]])
def test_the_help_shows_how_a_limit_is_written(before: list[str]) -> None:
    done = subprocess.run([sys.executable, PROGRAM, *before, "set-limits", "--help"], capture_output=True, text=True, check=True)
    text = " ".join(done.stdout.split())
    for words in ("RULE KIND OP VALUE why=REASON until=DATE", "OX-1 spo2 < 92", "OX-1 spo2 < 85 why=COPD until=2027-03-01",
                  "scale-2, oxygen"):
        assert words in text
