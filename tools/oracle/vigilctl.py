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
# Which is quicker to load, for who needs no more.
STANDARD_PROFILES = PROFILES / "bluetooth-sig"
# Far more than a million values take.
LIMIT_SECONDS = 900

Line = dict[str, Any]


def decode(characteristic: str, values: Sequence[bytes], feature: bytes | None = None,
           profile: str | None = None, profiles: Path = PROFILES) -> list[Line]:
    """One answer for each value, its numbers exact, from one process: loading the profiles takes longer than the rest."""
    command = [str(PROGRAM), "decode", "--characteristic", characteristic, "--profiles", str(profiles)]
    command += [] if feature is None else ["--feature", feature.hex()]
    command += [] if profile is None else ["--profile", profile]
    # An empty line is skipped; octets may be spaced, and so a blank is a value without any.
    text = "".join((value.hex() or " ") + "\n" for value in values)
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}, {done.stderr.strip()[-500:]}"
    answers = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in done.stdout.splitlines()]
    assert len(answers) == len(values), f"{characteristic}: {len(values)} values in, {len(answers)} lines out"
    return answers
