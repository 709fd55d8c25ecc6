# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every check, quick ones first, and prints what they find: see tools/check."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from built import check_build, check_format, check_linking, check_warnings_are_errors
from findings import Finding
from layers import check_layers, describe
from schemas import check_schemas
from source_text import check_text
from texts import check_texts
from units import check_units

ROOT = Path(__file__).resolve().parents[2]

Check = Callable[[Path], list[Finding]]
QUICK: tuple[tuple[str, Check], ...] = (
    ("text", check_text),
    ("texts", check_texts),
    ("schemas", check_schemas),
    ("systemd", check_units),
    ("format", check_format),
    ("layers", lambda root: check_layers(root, describe(root))),
    ("warnings are errors", check_warnings_are_errors),
)
WITH_BUILD: tuple[tuple[str, Check], ...] = (("build", check_build), ("linking", check_linking))


def main() -> int:
    checks = QUICK if "--no-build" in sys.argv[1:] else QUICK + WITH_BUILD
    total = 0
    for name, check in checks:
        started = time.monotonic()
        try:
            found = check(ROOT)
        except (subprocess.SubprocessError, OSError, ValueError, LookupError) as error:
            detail = getattr(error, "stderr", None) or b""
            text = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
            found = [Finding(f"tools/checks ({name})", 1, f"the check itself failed: {error} {text.strip()[-500:]}", "mend it")]
        for finding in sorted(found):
            print(finding)
        total += len(found)
        verdict = f"{len(found)} wrong" if found else "well"
        print(f"check {name}: {verdict}, {time.monotonic() - started:.1f} s", flush=True)
    print(f"check: {total} places are wrong, see above" if total else "check: all well", flush=True)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
