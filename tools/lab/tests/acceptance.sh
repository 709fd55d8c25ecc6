#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The acceptance tests that make sense on the real bluetoothd.
LAB_KILLS=${LAB_KILLS:-3} exec "$(dirname "$(readlink -f "$0")")/../../acceptance/in-lab.sh" "$@"
