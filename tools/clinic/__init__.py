# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic's end of the line: what receives from a gateway, keeps account, and shows it."""
