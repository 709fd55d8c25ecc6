# SPDX-License-Identifier: GPL-3.0-or-later
"""The string literals of Swift sources, with what is interpolated in them: as much of the grammar as our sources use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
# Stands in a literal's text where something is interpolated.
HOLE = "\ufffc"
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Token:
    """A word or a mark of the source, or a whole literal: then `text` has its escapes resolved, and
    HOLE where there is an interpolation."""

    text: str
    line: int
    is_literal: bool = False
    holes: tuple[str, ...] = ()


class Unfinished(ValueError):
    """The source ends within a literal: it is not Swift, or more of Swift than this module knows."""


def tokens(source: str) -> Iterator[Token]:
    """Everything but comments and space."""
    at = 0
    while at < len(source):
        line = source.count("\n", 0, at) + 1
        if source.startswith("//", at):
            at = (source.find("\n", at) + 1) or len(source)
        elif source.startswith("/*", at):
            at = (source.find("*/", at) + 2) if "*/" in source[at:] else len(source)
        elif match := re.compile(r'(#*)("""|")').match(source, at):
            text, holes, at = _literal(source, match.end(), match[1], match[2])
            yield Token(text, line, True, holes)
        elif match := WORD.match(source, at):
            yield Token(match[0], line)
            at = match.end()
        else:
            if not source[at].isspace():
                yield Token(source[at], line)
            at += 1


def _literal(source: str, at: int, pounds: str, quote: str) -> tuple[str, tuple[str, ...], int]:
    """Text, holes and the place behind a literal whose first quotation mark ends at `at`."""
    text: list[str] = []
    holes: list[str] = []
    end, escape = quote + pounds, "\\" + pounds
    while at < len(source):
        if source.startswith(end, at):
            return "".join(text), tuple(holes), at + len(end)
        if not source.startswith(escape, at):
            text.append(source[at])
            at = _begin_of_text(source, at + 1) if source[at] == "\n" else at + 1
            continue
        at += len(escape)
        mark = source[at:at + 1]
        if mark == "(":
            behind = _hole(source, at + 1)
            holes.append(source[at + 1:behind - 1].strip())
            text.append(HOLE)
            at = behind
        elif mark == "u":
            behind = source.index("}", at) + 1
            text.append(chr(int(source[at + 2:behind - 1], 16)))
            at = behind
        else:
            # An escaped end of line is nothing.
            text.append(ESCAPES.get(mark, ""))
            at = _begin_of_text(source, at + 1) if mark == "\n" else at + 1
    raise Unfinished("a literal without an end")


def _begin_of_text(source: str, at: int) -> int:
    """Behind the indentation, which Swift takes from a literal of several lines. Ours indent nothing within one."""
    while source[at:at + 1] == " ":
        at += 1
    return at


def _hole(source: str, at: int) -> int:
    """The place behind the bracket that closes an interpolation; there may be literals in it."""
    depth = 1
    while at < len(source):
        if match := re.compile(r'(#*)("""|")').match(source, at):
            at = _literal(source, match.end(), match[1], match[2])[2]
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
        if depth == 0:
            return at
    raise Unfinished("an interpolation without an end")
