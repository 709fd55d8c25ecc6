# SPDX-License-Identifier: GPL-3.0-or-later
"""A bluetoothd for tests: BlueZ 5.66's D-Bus behaviour, with devices that follow a scenario."""
