# SPDX-License-Identifier: GPL-3.0-or-later
"""Has `vigilctl decode` read many values in one process."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("VIGIL_BIN", ROOT / ".build" / "debug")) / "vigilctl"
PROFILES = Path(os.environ.get("VIGIL_PROFILES", ROOT / "device-profiles"))
# Far more than a million values take.
LIMIT_SECONDS = 900

Line = dict[str, Any]


def decode(characteristic: str, values: Sequence[bytes], feature: bytes | None = None,
           profile: str | None = None) -> list[Line]:
    """One answer for each value, its numbers exact.

    An empty value cannot be a line of its own: it goes as an argument, in a process of its own for all of them.
    """
    command = [str(PROGRAM), "decode", "--characteristic", characteristic, "--profiles", str(PROFILES)]
    command += [] if feature is None else ["--feature", feature.hex()]
    command += [] if profile is None else ["--profile", profile]
    lines = _run(command, "".join(value.hex() + "\n" for value in values if value))
    given = iter(lines)
    empty = {} if all(values) else _run([*command, ""], "")[0]
    answers = [next(given, {}) if value else empty for value in values]
    assert all(answers) and next(given, None) is None, f"{characteristic}: {len(values)} values in, {len(lines)} lines out"
    return answers


def _run(command: Sequence[str], text: str) -> list[Line]:
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}, {done.stderr.strip()[-500:]}"
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in done.stdout.splitlines()]
