#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The contract suite of the BlueZ target on the real bluetoothd. Runs in the guest; needs the tests built.
. "$(dirname "$(readlink -f "$0")")/../guest.sh"
repository=$(readlink -f "$LAB/../..")

lab_start "$repository/tools/scenarios/contract.yaml"
# The suite kills bluetoothd and expects that somebody starts it again, as systemd would.
(while sleep 0.5; do pgrep -x bluetoothd >/dev/null || lab_bluetoothd_begin; done) &
respawn=$!

export VIGIL_WORLD=lab VIGIL_CONTROL=$LAB_CONTROL VIGIL_PASSKEYS=$LAB_PASSKEYS
code=0
"$repository/.build/debug/vigilPackageTests.xctest" --testing-library swift-testing --filter BlueZContractTests || code=$?
kill "$respawn"
exit "$code"
