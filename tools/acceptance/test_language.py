# SPDX-License-Identifier: GPL-3.0-or-later
"""vigilctl's help and refusals in both languages, and within the columns of a terminal."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from language import ENGLISH_SENTENCE, HAN
from vigil import BIN, Answer
from wcwidth import wcswidth


def run(*arguments: str, environment: dict[str, str] | None = None) -> Answer:
    """vigilctl without any locale but the given one."""
    clean = {name: value for name, value in os.environ.items() if name not in ("LANG", "LC_ALL", "LC_MESSAGES", "COLUMNS")}
    bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
    done = subprocess.run([BIN / "vigilctl", *arguments], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
                          env=clean | bus | (environment or {}))
    return Answer(done.returncode, done.stdout, done.stderr)


def commands() -> list[str]:
    """As the program lists them itself."""
    listed = run("--help", "--lang", "en").out.partition("SUBCOMMANDS:\n")[2]
    return re.findall(r"^  ([a-z]+)\b", listed, re.MULTILINE)


def assert_fits(text: str) -> None:
    for line in text.splitlines():
        assert 0 <= wcswidth(line) <= 80, f"{wcswidth(line)} cells: {line}"


def assert_chinese(text: str) -> None:
    assert HAN.search(text) and not (match := ENGLISH_SENTENCE.search(text)), f"{match}\n{text}"


def test_help_of_every_command() -> None:
    assert len(commands()) >= 5
    for command in [[], *([name] for name in commands())]:
        english, chinese = (run(*command, "--help", "--lang", language) for language in ("en", "zh"))
        assert (english.code, chinese.code) == (0, 0) and not english.err + chinese.err
        assert not HAN.search(english.out)
        assert_chinese(chinese.out)
        for answer in (english, chinese):
            assert_fits(answer.out)
        # The same options in both.
        options = re.compile(r"^  (?:-h, )?(--[a-z-]+)", re.MULTILINE)
        assert options.findall(english.out) == options.findall(chinese.out) != []
        assert run("help", *command, "--lang", "zh").out == chinese.out
        assert run("--lang", "zh", *command, "-h").out == chinese.out
    assert run("--lang=zh").out == run("--help", "--lang", "zh").out, "without a command it shows its help"


@pytest.mark.parametrize(("environment", "is_chinese"), [
    ({}, False), ({"LANG": "zh_CN.UTF-8"}, True), ({"LANG": "zh"}, True), ({"LANG": "en_GB.UTF-8"}, False),
    ({"LANG": "de_DE.UTF-8"}, False), ({"LANG": "C"}, False), ({"LANG": "en_US", "LC_MESSAGES": "zh_CN"}, True),
    ({"LANG": "zh_CN", "LC_ALL": "C.UTF-8"}, False), ({"LANG": "zh_CN", "LC_ALL": ""}, True),
])
def test_the_locale(environment: dict[str, str], is_chinese: bool) -> None:
    for arguments in (["--help"], ["no-such-command"], ["status"], ["decode", "--characteristic", "2A37", "--profiles", "/nowhere"]):
        answer = run(*arguments, environment=environment)
        assert bool(HAN.search(answer.out + answer.err)) == is_chinese, answer
        # What is asked for on the command line counts more.
        chosen = run(*arguments, "--lang", "zh", environment=environment)
        assert HAN.search(chosen.out + chosen.err)


@pytest.mark.parametrize(("arguments", "chinese"), [
    (["nothing"], "没有命令“nothing”"), (["forget"], "缺少参数 <设备>"), (["devices", "--jsn"], "--json 吗"),
    (["devices", "--loud"], "没有选项 --loud"), (["devices", "x"], "多余的参数“x”"), (["devices", "--json=1"], "不带值"),
    (["decode", "--characteristic"], "缺少值"), (["decode", "--characteristic", "zz"], "2A35"),
])
def test_unusable_arguments(arguments: list[str], chinese: str) -> None:
    answer = run(*arguments, "--lang", "zh") if arguments[-1] != "--characteristic" else run("--lang", "zh", *arguments)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("错误：") and "用法：vigilctl" in answer.err and chinese in answer.err, answer.err
    assert_chinese(answer.err)
    assert_fits(answer.err)
    english = run("--lang=en", *arguments)
    assert english.code == 2 and english.err.startswith("Error: ") and not HAN.search(english.err)
    assert_fits(english.err)


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--lang=fr"], ["--lang="], ["--lang", ""]])
def test_an_unusable_language(arguments: list[str]) -> None:
    for command in ([], ["devices"], ["help"]):
        english = run(*command, *arguments)
        assert english.code == 2 and "--lang" in english.err.splitlines()[0] and not HAN.search(english.err), english
        assert HAN.search(run(*command, *arguments, environment={"LANG": "zh_CN.UTF-8"}).err)


def test_what_programs_read_is_in_no_language() -> None:
    for arguments in (["--version"], ["--generate-completion-script", "bash"]):
        answer = run(*arguments, "--lang", "zh")
        assert answer.code == 0 and answer.out
    assert not HAN.search(run("--version", "--lang", "zh").out)
