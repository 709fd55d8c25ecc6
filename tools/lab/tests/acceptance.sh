#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The acceptance tests that make sense on the real bluetoothd, with the broker away for a minute.
LAB_OUTAGE=${LAB_OUTAGE:-60} LAB_KILLS=${LAB_KILLS:-3} exec "$(dirname "$(readlink -f "$0")")/../../acceptance/in-lab.sh" "$@"
