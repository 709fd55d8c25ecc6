# SPDX-License-Identifier: GPL-3.0-or-later
"""Has `vigilctl replay` play a trace."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alert_oracle.episode import Said

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("VIGIL_BIN", ROOT / ".build" / "debug")) / "vigilctl"
LIMIT_SECONDS = 600


class Failed(Exception):
    """It did not answer as it should; the text says how."""


@dataclass(frozen=True)
class Heard:
    """A transition as Vigil said it, and of which episode it was."""

    said: Said
    alert: str
    version: int


def play(lines: Iterable[str]) -> list[Heard]:
    command = [str(PROGRAM), "replay", "-", "--json"]
    try:
        done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=LIMIT_SECONDS,
                              check=False)
    except subprocess.TimeoutExpired as expired:
        raise Failed(f"no end after {LIMIT_SECONDS} s") from expired
    if done.returncode != 0:
        raise Failed(f"exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return [heard_of(line) for line in done.stdout.splitlines()]


def heard_of(text: str) -> Heard:
    line = json.loads(text)
    said = Said(line["at"], line["rule"], line["phase"], line["state"], line["priority"], line["level"])
    return Heard(said, line["alert"], line["version"])
