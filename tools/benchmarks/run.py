# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Vigil: `bench NAME [OPTION…]`. Progress goes to stderr; numbers hold for the machine that they came from.

Each bench is a module beside this one with a docstring, `options(parser)` and `run(options)`.
"""

from __future__ import annotations

import argparse
import signal
import sys

import alert
import decode
import drain
import wear

BENCHES = {"alert": alert, "decode": decode, "drain": drain, "wear": wear}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").split("\n")[0])
    names = parser.add_subparsers(title="benches", metavar="NAME", required=True)
    for name, bench in BENCHES.items():
        description = bench.__doc__ or ""
        one = names.add_parser(name, help=description.split("\n")[0].rstrip("."), description=description,
                               formatter_class=argparse.RawDescriptionHelpFormatter)
        one.add_argument("--json", action="store_true", help="a JSON object a line on stdout, in place of the table")
        bench.options(one)
        one.set_defaults(run=bench.run)
    options = parser.parse_args()
    return options.run(options)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
