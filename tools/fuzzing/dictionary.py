# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the profile language, for libFuzzer to put into its inputs: those that the shipped profiles use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from engine import ROOT

WORD = re.compile(r"[A-Za-z0-9][\w.%/\[\]-]{1,30}")
COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
MOST = 1500


def words(texts: Iterable[str]) -> list[str]:
    """The words of the texts, the most frequent first, and with the colon that makes a key of them."""
    counted = Counter(word for text in texts for word in WORD.findall(COMMENT.sub("", text)))
    return [word for word, _ in counted.most_common(MOST)]


def write(path: Path) -> Path:
    profiles = sorted((ROOT / "device-profiles").glob("*/*.yaml"))
    lines = [f'"{word}"\n' for word in words(profile.read_text() for profile in profiles)]
    path.write_text("".join(lines) + '"\\x0a"\n"\\x0a  "\n"- {"\n": "\n", "\n"}"\n"\\x00"\n')
    return path
