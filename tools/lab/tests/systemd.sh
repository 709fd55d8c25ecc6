#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# boot: --systemd --memory 3072
# The shipped unit, users, directories and bus policy under the real systemd, with the real bluetoothd:
#
#   tools/lab/boot tools/lab/tests/systemd.sh 1200 [PYTEST ARGUMENTS...]
. "$(dirname "$(readlink -f "$0")")/../guest.sh"
repository=$(readlink -f "$LAB/../..")

"$LAB/install" "${LAB_BIN:-$repository/.build/debug}"
useradd --no-create-home --groups vigil-tech tech
useradd --no-create-home stranger
lab_start "$repository/tools/scenarios/evening-visit.yaml"

export VIGIL_WORLD=lab VIGIL_PATIENCE=${LAB_PATIENCE:-3} PYTHONDONTWRITEBYTECODE=1
export VIGIL_CONTROL=$LAB_CONTROL VIGIL_PASSKEYS=$LAB_PASSKEYS VIGIL_EVENTS=$LAB_EVENTS
"${LAB_ACCEPTANCE_VENV:-$repository/.venv}/bin/python" -m pytest -p no:cacheprovider -v --durations=0 "$LAB/tests/systemd" "$@"
