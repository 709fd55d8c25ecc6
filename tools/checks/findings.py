# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check says, and the files it looks at."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong at a place. `remedy` tells the reader what to do about it."""

    path: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}; {self.remedy}"


def project_files(root: Path) -> list[Path]:
    """Every file that git tracks or would add, relative to `root`: not what it ignores."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True,
                            capture_output=True).stdout
    return [Path(name) for name in sorted(set(listed.decode().split("\0"))) if name and (root / name).is_file()]


def read_text(path: Path) -> str | None:
    """The text of a file, None for a binary one."""
    data = path.read_bytes()
    return None if b"\0" in data else data.decode(errors="replace")


def is_below(path: Path, folders: Iterable[str]) -> bool:
    return path.parts[0] in folders


def output_of(command: Sequence[str], root: Path, limit: int = 120) -> tuple[int, str]:
    """Exit code and everything that a tool printed."""
    done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=limit, text=True, errors="replace")
    return done.returncode, done.stdout
