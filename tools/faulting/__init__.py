# SPDX-License-Identifier: GPL-3.0-or-later
"""What `tools/faults` runs.

Every module here with `options(parser)` and `run(options) -> int` is a subcommand of its name; its docstring is the help.
They are imported as `faulting.NAME`, with tools/acceptance on the path: `from world import World` is the tests' world.
"""
