# SPDX-License-Identifier: GPL-3.0-or-later
"""C that is loaded into the daemon by LD_PRELOAD, built where it is needed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parents[2] / ".build" / "faults"


def build(name: str) -> Path:
    """The library made of NAME.c, made anew where the source is newer."""
    source, library = HERE / f"{name}.c", BUILT / f"{name}.so"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        BUILT.mkdir(parents=True, exist_ok=True)
        # Two that build at once must not see each other's half.
        unfinished = BUILT / f"{name}.{os.getpid()}"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", unfinished, source, "-ldl",
                        "-lpthread"], check=True)
        unfinished.replace(library)
    return library


def disk(database: Path, log: Path | None = None, control: Path | None = None) -> dict[str, str]:
    """The environment for disk.c, which says what is what."""
    environment = {"LD_PRELOAD": str(build("disk")), "VIGIL_DISK_DATABASE": str(database)}
    if log:
        environment["VIGIL_DISK_LOG"] = str(log)
    if control:
        environment["VIGIL_DISK_CONTROL"] = str(control)
    return environment
