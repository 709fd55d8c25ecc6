# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks what Vigil stands on and counts what it costs: `faults NAME [OPTION…]`. Progress goes to stderr."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Subcommands may have the names of the tests' modules, so they are of a package and this folder is not on the path.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "acceptance")]


def subcommands() -> dict[str, ModuleType]:
    """Whatever module here has `options` and `run`."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        text = path.read_text()
        if "\ndef options(" in text and "\ndef run(" in text:
            found[path.stem] = importlib.import_module(f"faulting.{path.stem}")
    return found


def build() -> None:
    """What is broken is what the sources say, unless VIGIL_BIN names other programs."""
    if "VIGIL_BIN" in os.environ:
        return
    print("faults: building …", file=sys.stderr, flush=True)
    done = subprocess.run(["swift", "build"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"faults: it does not build:\n{(done.stdout + done.stderr)[-4000:]}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description=(__doc__ or "").split("\n")[0])
    names = parser.add_subparsers(title="faults", metavar="NAME", required=True)
    for name, fault in subcommands().items():
        description = fault.__doc__ or ""
        one = names.add_parser(name, help=description.split("\n")[0].rstrip("."), description=description,
                               formatter_class=argparse.RawDescriptionHelpFormatter)
        one.add_argument("--json", action="store_true", help="a JSON object on stdout, in place of the table")
        fault.options(one)
        one.set_defaults(run=fault.run)
    options = parser.parse_args()
    build()
    return options.run(options)


if __name__ == "__main__":
    # A shell starts what runs in its background with SIGINT ignored, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
