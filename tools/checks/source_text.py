# SPDX-License-Identifier: GPL-3.0-or-later
"""What every source file must have and must not have, by its text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from findings import Finding, is_below, project_files, read_text

LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
LONGEST = 400
# Package.swift begins with its tools version, a script with its interpreter, a policy with its document type.
LICENCE_WITHIN_LINES = 4
SOURCE_SUFFIXES = {".swift", ".h", ".c", ".py", ".sh", ".yaml", ".yml", ".service", ".socket", ".timer", ".sysusers",
                   ".tmpfiles"}

MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root)/")
# The guest's new root is mounted there while it boots.
MAY_NAME_MACHINE_PATHS = {"tools/lab/init"}
SHARED_PATH = re.compile(r"\.\./shared\b")

FORBIDDEN_IN_SOURCES = (
    (re.compile(r"\b(?:TODO|FIXME|XXX)\b"), "an unfinished place", "finish it, or open an issue and say why in words"),
    (re.compile(r"\b(?:fatalError|preconditionFailure|assertionFailure)\s*\("), "a trap on purpose",
     "throw: a trap is an outage of the box"),
    (re.compile(r"(?<![\w.])(?:debugPrint|print|dump)\s*\("), "writes to stdout behind everybody's back",
     "use the logger in vigild, Terminal in vigilctl"),
    (re.compile(r"^\s*(?:@\w+\s+)*(?:\w+\s+)?import\s+(?:\w+\s+)?Foundation\b"), "imports all of Foundation",
     "import FoundationEssentials: full Foundation brings ICU and 8 MB with it"),
)


def is_script(text: str) -> bool:
    return bool(re.match(r"#!.*\b(?:sh|bash|dash|python3?)\b", text))


def findings_in(path: Path, text: str) -> Iterator[Finding]:
    """What is wrong with one file."""
    name = str(path)
    lines = text.splitlines()
    is_source = path.suffix in SOURCE_SUFFIXES or is_script(text) or (path.parts[0] == "systemd" and path.suffix == ".conf")
    if is_source and text.strip() and not any(LICENCE in line for line in lines[:LICENCE_WITHIN_LINES]):
        yield Finding(name, 1, "no licence line", f"put a comment with `{LICENCE}` at the top")
    is_program = path.suffix in {".swift", ".py"} or is_script(text)
    if is_program and len(lines) > LONGEST:
        yield Finding(name, LONGEST + 1, f"{len(lines)} lines, {LONGEST} at most", "take a second type out into its own file")
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line) and name not in MAY_NAME_MACHINE_PATHS:
            yield Finding(name, number, "a path of one machine", "make it relative to the repository or a setting")
        if SHARED_PATH.search(line):
            yield Finding(name, number, "refers to something outside the repository", "say it here or leave it out")
        if path.suffix == ".swift" and is_below(path, {"Sources"}):
            for pattern, what, remedy in FORBIDDEN_IN_SOURCES:
                if pattern.search(line):
                    yield Finding(name, number, what, remedy)


def check_text(root: Path) -> list[Finding]:
    found: list[Finding] = []
    for path in project_files(root):
        text = read_text(root / path)
        if text is not None:
            found += findings_in(path, text)
    return found
