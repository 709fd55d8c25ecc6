# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes screens under names, and makes equal what differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from session import Session
from wcwidth import wcswidth

GOLDEN = Path(__file__).resolve().parent / "golden"
LOCALES = {"en": "en_GB.UTF-8", "zh": "zh_CN.UTF-8"}

# Each token in the form in which it stands in the golden screens.
VARIABLE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])"), "0.0.0"),  # of Vigil
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:1883"),
    (re.compile(r"\b\d+(?:\.\d+)? [GM]B\b"), "80.5 GB"),
    (re.compile(r"刚刚|(?<![\d.])\d+ (?:秒|分钟)前"), "5 秒前"),
    (re.compile(r"just now(?!\?)|(?<![\d.])\d+ (?:s|min) ago"), "5 s ago"),
    (re.compile(r"(?<![\d.])\d+ (?:秒|分钟)(?!前)(?= *$|，|。|后| {2}|无人确认)"), "5 秒"),
    (re.compile(r"(?<= {2})now(?= {2})"), "5 s"),
    (re.compile(r"within \d+ min\b"), "within 14 min"),
    (re.compile(r"（\d+ 分钟内）"), "（14 分钟内）"),
    (re.compile(r"(?<![\d.])(?<!within )\d+ (?:s|min)(?! ago)(?= *$|,|\.| {2}| unanswered)"), "5 s"),
    (re.compile(r"\|{1,4} +-\d{2,3}\b"), "|||| -59"),
    (re.compile(r"\b\d{2}:\d{2}:\d{2}\b(?!:)"), "08:06:02"),
    (re.compile(r"(?<![\w:])\d{2}:\d{2}(?![\w:])"), "08:06"),
    (re.compile(r"\b\d{2}-\d{2} \d{2}:\d{2}\b"), "03-14 08:06"),
    (re.compile(r"(?<![\w.])\d{6}(?![\w.])"), "123456"),  # a passkey
    (re.compile(r"/tmp/vigil-\w+"), "/tmp/vigil"),
    # How much waits differs with the moment.
    (re.compile(r"(?<=^Waiting {4})\d+ alerts?, \d+ readings?"), "1 alert, 1 reading"),
    (re.compile(r"\d+ waiting$"), "1 waiting"),
    (re.compile(r"(?<=待送达 )\d+ 条|(?<=警报 |读数 )\d+ 条(?=，|$)"), "1 条"),
    # The host's clock may be synchronized or not.
    (re.compile(r"(?<=^时钟 {8})\S.*$"), "已同步"),
    (re.compile(r"(?<=^Clock {6})\S.*$"), "synchronized"),
)
# A line of blocks grows with each value, and its column with it.
TREND = re.compile(r"(?:[▁▂▃▄▅▆▇█]+|TREND|变化)(?= {2})( *)")
# What a gateway says of itself each minute comes within the story or does not: devices, waiting, last heard.
GATEWAY = re.compile(r"^(gw-1 +(?:online|在线) +)(\S+ +\S+ +(?:-|\S+ \S+(?: ago)?|刚刚|just now) +)(?=\d+\.)")


def settled(line: str) -> str:
    """A line without what differs from run to run. Where the token stands in a column, the next one stays where it is."""
    line = GATEWAY.sub(lambda match: match[1] + re.sub(r"\S+(?: \S+)*", lambda cell: "-".ljust(wcswidth(cell[0])), match[2]), line)
    for pattern, shown in VARIABLE:
        def replaced(match: re.Match[str], shown: str = shown) -> str:
            token, spaces = match[1], match[2]
            if len(spaces) < 2:
                return shown + spaces
            return shown + " " * max(2, wcswidth(token) + len(spaces) - wcswidth(shown))
        line = re.sub(f"({pattern.pattern})( *)", replaced, line)
    return TREND.sub(lambda match: ("▅▅▅▅▅" if match[0][0] in "▁▂▃▄▅▆▇█" else match[0].rstrip()) + "  ", line).rstrip()


class Recorder:
    """The screens of one story in one language, in the order in which they were taken."""

    def __init__(self, program: Path, language: str):
        self.program, self.language = program, language
        self.screens: dict[str, str] = {}
        self.faults: list[str] = []
        self.environment: dict[str, str] = {}
        # Whether what differs from run to run is made equal. Texts that never differ may hold the like.
        self.settles = True

    def words(self, en: str, zh: str) -> str:
        """What to wait for, in the story's language."""
        return {"en": en, "zh": zh}[self.language]

    def keep(self, name: str, session: Session) -> None:
        assert name not in self.screens, f"two screens are called {name}"
        lines = session.text.splitlines()
        self.screens[name] = "\n".join(settled(line) if self.settles else line for line in lines) + "\n"

    @contextmanager
    def vigilctl(self, *arguments: str, code: int = 0) -> Iterator[Session]:
        """A command to look at while it runs. It has to have ended by itself, or by what was typed, with this exit code."""
        clean = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": LOCALES[self.language], "COLUMNS": "", "LINES": ""}
        session = Session(self.program, list(arguments), clean | self.environment)
        try:
            yield session
            ended = session.code if session.code is not None else session.end()
            assert ended == code, f"vigilctl {' '.join(arguments)} ended with {ended}:\n{session.text}"
            self.faults += [f"vigilctl {' '.join(arguments)}: {fault}" for fault in session.faults]
        finally:
            session.close()

    def show(self, name: str, *arguments: str, code: int = 0) -> None:
        """A command that ends by itself, and the screen that it leaves."""
        with self.vigilctl(*arguments, code=code) as session:
            session.end()
            self.keep(name, session)


def golden_path(language: str, name: str) -> Path:
    return GOLDEN / language / f"{name}.txt"


def compare(recorder: Recorder, update: bool) -> list[str]:
    """What differs from the golden screens, as text to read; with `update` they are written instead."""
    found = list(recorder.faults)
    for name, screen in recorder.screens.items():
        path = golden_path(recorder.language, name)
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(screen)
        elif not path.exists():
            found.append(f"{path.name} in {recorder.language} is not there yet: tools/screens/record --update\n{screen}")
        elif (golden := path.read_text()) != screen:
            found.append(difference(f"{recorder.language}/{path.name}", golden, screen))
    return found


def difference(name: str, golden: str, screen: str) -> str:
    """Both screens, with a mark at the lines that differ."""
    lines = [f"{name} differs; if it is meant so: tools/screens/record --update"]
    old, new = golden.splitlines(), screen.splitlines()
    for number in range(max(len(old), len(new))):
        before, after = (side[number] if number < len(side) else None for side in (old, new))
        if before == after:
            lines.append(f"    {after}")
        else:
            lines += [f"  - {before}"] * (before is not None) + [f"  + {after}"] * (after is not None)
    return "\n".join(lines)


Story = Callable[[Recorder], None]
