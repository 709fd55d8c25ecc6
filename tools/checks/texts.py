# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read is there in both languages, in good form, and nowhere but in Sources/Texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from findings import Finding
from swift_strings import HOLE, Token, Unfinished, tokens

CATALOGUE, PROGRAM = Path("Sources/Texts"), Path("Sources/vigilctl")

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
HAS_HAN = re.compile(f"[{HAN}]")
# Units stand as they are in both languages.
UNITS = {"mmHg", "MB", "dBm", "kg", "cm", "mmol", "L", "s", "min", "h", "ms", "kJ", "C"}
BEYOND_ASCII = set("°…×µ·–")
WRONG_IN_CHINESE = re.compile(f"[{HAN}][,.;:?!()]|[,;:?!()][{HAN}]")
# Between words. Two spaces beside what is put in are columns.
DOUBLED_SPACE = re.compile(rf"(?<=[^\s{HOLE}])  +(?=[^\s{HOLE}])")
BRACES = re.compile(r"\{\w+\}")

WORDS = re.compile(r"[A-Za-z']{2,}[,.;:!?)]* +[(]?[A-Za-z']{2,}")
LABEL = re.compile(r"[A-Za-z]{2,}:? {2,}|^[A-Z]{2,}$")
# Names of the environment, and what a program reads.
NO_HEADINGS = {"HOME", "LANG", "TERM", "COLUMNS", "LINES", "JSON"}
SPEAKING = {"out", "err"}
# What is typed, and whose sentence it is: the same in both languages.
COMMAND = re.compile(r"vigilctl(?:: | [a-z-]+)")
# English counts with them, Chinese does not.
PLURALS = {"word"}
KEYWORDS = {"nil", "true", "false", "is", "as", "in"}


@dataclass(frozen=True)
class Side:
    """What a text says in one language: its words, and what is put into them."""

    words: str
    holes: frozenset[str]


def names(found: Sequence[Token]) -> Iterator[str]:
    """What an expression is made from: not its members, nor the words between which it chooses."""
    for before, token in zip([None, *found], found):
        if token.is_literal:
            for hole in token.holes:
                yield from names(list(tokens(hole)))
        elif re.match(r"[^\W\d]", token.text) and token.text not in KEYWORDS and not (before and before.text == "."):
            yield token.text


def literals(found: Sequence[Token]) -> Iterator[str]:
    """All words in an expression, also those within interpolations."""
    for token in found:
        if token.is_literal:
            yield token.text
            for hole in token.holes:
                yield from literals(list(tokens(hole)))


def side(expression: Sequence[Token]) -> Side:
    """Of an expression: literals, and whatever is added to them or chooses between them."""
    words = "\n".join(literals(expression))
    holes = {"itself" if name in ("zh", "en") else name for name in names(expression)}
    return Side(words, frozenset(holes) | frozenset(BRACES.findall(words)))


def texts(found: Sequence[Token]) -> Iterator[tuple[Token, dict[str, Side]]]:
    """Each `Text(zh: …, en: …)`, at its first token."""
    for index, token in enumerate(found):
        if token.is_literal or token.text != "Text" or [t.text for t in found[index + 1:index + 4]] != ["(", "zh", ":"]:
            continue
        sides: dict[str, list[Token]] = {}
        label, depth, at = "zh", 0, index + 4
        while at < len(found) and depth >= 0:
            here = found[at]
            is_label = depth == 0 and [t.text for t in found[at + 1:at + 3]] == ["en", ":"]
            if not here.is_literal and here.text == "," and is_label:
                label, at = "en", at + 3
                continue
            depth += 0 if here.is_literal else {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(here.text, 0)
            if depth >= 0:
                sides.setdefault(label, []).append(here)
            at += 1
        yield token, {label: side(expression) for label, expression in sides.items()}


def faults(zh: Side, en: Side) -> Iterator[tuple[str, str]]:
    """What is wrong with one text, and the remedy."""
    for name, one in (("zh", zh), ("en", en)):
        if not one.words.strip() and not one.holes:
            yield f"{name} is empty", "write it"
        if match := DOUBLED_SPACE.search(one.words):
            yield f"{name} has doubled spaces at '{one.words[max(match.start() - 8, 0):match.end() + 8]}'", "leave one"
    if "..." in zh.words:
        yield "zh has three dots", "write ……"
    if unequal := (zh.holes ^ en.holes) - PLURALS:
        odd = ", ".join(sorted(unequal))
        yield f"zh and en do not hold the same: {odd}", "put the same into both"
    letters = set(re.findall(r"[A-Za-z]+", zh.words)) - UNITS
    if letters and not HAS_HAN.search(zh.words):
        yield f"zh is not Chinese: {zh.words!r}", "translate it"
    if HAS_HAN.search(en.words):
        yield f"en has Chinese in it: {en.words!r}", "translate it"
    elif odd := {character for character in en.words if not character.isascii()} - BEYOND_ASCII - {HOLE}:
        yield f"en has {' '.join(sorted(odd))}", "use what any terminal and any English reader knows"
    if match := WRONG_IN_CHINESE.search(zh.words):
        yield f"zh has {match[0]!r}", "use Chinese punctuation beside Chinese characters: ，。；：？！（）"


def catalogue_findings(path: str, source: str) -> Iterator[Finding]:
    for token, sides in texts(list(tokens(source))):
        if "zh" not in sides or "en" not in sides:
            yield Finding(path, token.line, "a text without one of the languages", "write zh and en")
            continue
        for what, remedy in faults(sides["zh"], sides["en"]):
            yield Finding(path, token.line, what, remedy)


def is_for_people(literal: Token, before: Sequence[Token]) -> bool:
    """Whether a literal of the program looks like something that it says. JSON, names of D-Bus and keys do not."""
    text = literal.text
    if text.lstrip().startswith(('{"', "[{")):
        return False
    if COMMAND.fullmatch(text):
        return False
    if HAS_HAN.search(text) or WORDS.search(text):
        return True
    if LABEL.search(text) and text not in NO_HEADINGS:
        return True
    says = [token.text for token in before[-4:]]
    return len(says) == 4 and says[:2] == ["Terminal", "."] and says[2] in SPEAKING and bool(re.search("[A-Za-z]{2}", text))


def program_findings(path: str, source: str) -> Iterator[Finding]:
    found = list(tokens(source))
    for index, token in enumerate(found):
        if token.is_literal and is_for_people(token, found[:index]):
            yield Finding(path, token.line, f"says '{token.text.strip().replace(HOLE, '…')[:40]}' in no language",
                          "make it a Text in Sources/Texts: what people read stands in both languages")


def outline(page: str) -> dict[str, list[str]]:
    """What a page and its translation have alike: how much of each, and what is typed or linked."""
    fences = page.split("```")
    prose = "".join(fences[::2])
    typed = [line.split("#")[0].strip().removeprefix("$ ") for line in "".join(fences[1::2]).splitlines()]
    return {
        "headings": ["##" for line in prose.splitlines() if line.startswith("## ")],
        "blocks": ["```" for _ in fences[1::2]],
        "points": ["-" for line in prose.splitlines() if re.match(r"- |\|", line)],
        "commands": sorted(line for line in typed if re.match(r"vigil(?:ctl|d) |tools/", line)),
        "keys": sorted(re.findall(r"^[# ]*([a-z-]+):", "".join(fences[1::2]), re.MULTILINE)),
        "links": sorted(re.findall(r"\]\((?!README)([^)]+)\)", prose)),
        "files": sorted(set(re.findall(r"`((?:Sources|tools|systemd|device-profiles|/etc|/usr)[/\w.-]*)`", prose))),
    }


def check_readmes(root: Path) -> list[Finding]:
    """The Chinese page keeps up with the English one: as many parts, the same commands, keys and files."""
    english, chinese = root / "README.md", root / "README.zh-CN.md"
    if not chinese.exists():
        return []
    ours, theirs = outline(english.read_text()), outline(chinese.read_text())
    return [Finding(chinese.name, 1, f"its {what} differ from README.md's: "
                    f"{', '.join(sorted(set(ours[what]) ^ set(theirs[what]))) or f'{len(ours[what])}, {len(theirs[what])}'}",
                    "change both")
            for what in ours if ours[what] != theirs[what]]


def check_texts(root: Path) -> list[Finding]:
    found = check_readmes(root)
    for folder, check in ((CATALOGUE, catalogue_findings), (PROGRAM, program_findings)):
        for path in sorted((root / folder).rglob("*.swift")):
            name = str(path.relative_to(root))
            try:
                found += check(name, path.read_text())
            except Unfinished as error:
                found.append(Finding(name, 1, f"cannot be read: {error}", "mend it, or tools/checks/swift_strings.py"))
    return found
