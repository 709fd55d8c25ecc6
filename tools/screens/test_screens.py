# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen is as its golden one, in both languages; and the emulator and the recorder can tell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from emulator import Emulator
from recorder import GOLDEN, LOCALES, Recorder, compare, settled
from session import Late, Session
from stories import STORIES
from vigil import BIN

# Names of the screens that the stories have taken in this run, for the last test.
TAKEN: set[tuple[str, str]] = set()


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("name", sorted(STORIES))
def test_story(name: str, language: str) -> None:
    recorder = Recorder(BIN / "vigilctl", language)
    STORIES[name](recorder)
    TAKEN.update((language, one) for one in recorder.screens)
    found = compare(recorder, update=False)
    assert recorder.screens and not found, "\n\n".join(found)


def test_no_screen_is_left_over() -> None:
    """Each golden screen is in both languages, and a story takes it."""
    golden = {(path.parent.name, path.stem) for path in GOLDEN.glob("*/*.txt")}
    assert golden and {name for language, name in golden if language == "en"} == {
        name for language, name in golden if language == "zh"}
    if {language for language, _ in TAKEN} == set(LOCALES) and len(TAKEN) >= len(golden):
        assert golden == TAKEN


# MARK: the tools themselves

def shown(*data: bytes) -> Emulator:
    emulator = Emulator()
    for piece in data:
        emulator.feed(piece)
    return emulator


def test_wide_characters() -> None:
    emulator = shown("血氧 86%\r\n守望，a\r\n".encode(), "\x1b[1;1Hab".encode())
    assert emulator.text == "ab氧 86%\n守望，a" and not emulator.faults()
    # Half of one is seen as such.
    assert shown("血氧".encode(), b"\x1b[1;2Hx").text != "血氧"
    # A character that comes in two pieces is one.
    data = "血".encode()
    assert shown(data[:1], data[1:]).text == "血"


def test_the_alternate_screen_leaves_no_trace() -> None:
    emulator = shown(b"before\r\n", b"\x1b[?1049h\x1b[2J\x1b[1;1Hlive")
    assert emulator.text == "live" and "the alternate screen stays" in emulator.faults()
    emulator.feed(b"\x1b[?1049lafter")
    assert emulator.text == "before\nafter" and not emulator.faults()


@pytest.mark.parametrize(("data", "fault"), [
    ("守".encode() * 41, "wider than"), (b"x" * 81, "wider than"), (b"\x1b[?25l", "cursor"), (b"\x1b[?7l", "wrap"),
    (b"a[2Kb", "escape sequence"), (b"\xff", "escape sequence"),
])
def test_faults(data: bytes, fault: str) -> None:
    assert fault in " ".join(shown(data).faults())
    assert not shown("守".encode() * 40, b"\r\n", b"x" * 80, b"\r\n\x1b[?25l\x1b[?25h\x1b[1mx\x1b[0m").faults()


@pytest.mark.parametrize(("line", "expected"), [
    ("守望        0.1.0，已运行 52 秒", "守望        0.0.0，已运行 5 秒"),
    ("Vigil       0.1.0, up 1 min", "Vigil       0.0.0, up 5 s"),
    ("d-1  HR strap  刚刚    已连接", "d-1  HR strap  5 秒前  已连接"),
    ("d-1  HR strap  12 s ago  on", "d-1  HR strap  5 s ago   on"),
    ("72 次/分  ▅▅▅▅▅▅▅▅▅▅      0 秒", "72 次/分  ▅▅▅▅▅  5 秒"),
    ("项目  变化        时间", "项目  变化  时间"), ("127.0.0.1:41234", "127.0.0.1:1883"), ("online  0.12.3", "online  0.0.0"),
    ("|||| -61   x", "|||| -59   x"), ("||   -81   x", "|||| -59   x"), ("F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:01"),
    ("86 %  97 %", "86 %  97 %"), ("08:59:59 a", "08:06:02 a"),
    ("-59   now     -     F5:F1:F2:F3:F4:02", "-59   5 s     -     F5:F1:F2:F3:F4:02"), ("r-8m2q  01:43  5 s", "r-8m2q  08:06  5 s"),
    ("Take it now, within 13 min.", "Take it now, within 14 min."), ("Just now, is it from just now?",) * 2,
    ("shows, within 30 s: 654321", "shows, within 30 s: 123456"), ("请在 30 秒内输入：", "请在 30 秒内输入："),
    ("Waiting    2 alerts, 10 readings", "Waiting    1 alert, 1 reading"), ("BP-1  12-31 23:59", "BP-1  03-14 08:06"),
    ("待送达      警报 0 条，读数 12 条", "待送达      警报 1 条，读数 1 条"), ("Clock      not synchronized", "Clock      synchronized"),
])
def test_what_differs_is_made_equal(line: str, expected: str) -> None:
    assert settled(line) == expected


def test_a_difference_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recorder.GOLDEN", tmp_path)
    recorder = Recorder(Path("/bin/echo"), "en")
    recorder.show("greeting", "hello")
    assert "not there yet" in compare(recorder, update=False)[0]
    assert compare(recorder, update=True) == compare(recorder, update=False) == []
    assert (tmp_path / "en/greeting.txt").read_text() == "$ echo hello\nhello\n"
    (tmp_path / "en/greeting.txt").write_text("$ echo hello\nhullo\n")
    (found,) = compare(recorder, update=False)
    assert "  - hullo\n  + hello" in found
    with pytest.raises(AssertionError, match="ended with 1"), recorder.vigilctl("x", code=1):
        raise AssertionError("ended with 1")
    recorder.program = Path("/bin/false")
    with pytest.raises(AssertionError, match="ended with 1"):
        recorder.show("lost")


def test_a_session_waits_and_types() -> None:
    session = Session(Path(sys.executable), ["-c", "print(input('name? '), 'is here')"], {})
    session.wait("\nname?")
    session.type("王\r")
    assert session.end() == 0 and session.text.endswith("name? 王\n王 is here") and not session.faults
    session.close()
    silent = Session(Path("/bin/cat"), [], {})
    with pytest.raises(Late):
        silent.wait("never", limit=0.2)
    silent.close()
