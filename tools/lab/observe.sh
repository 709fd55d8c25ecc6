# SPDX-License-Identifier: GPL-3.0-or-later
# Measures how the real bluetoothd behaves: boot observe.sh 600. What came out stands in observations.md.
. "$(dirname "$0")/guest.sh"
lab_start "$LAB/observe.yaml"
lab_python "$LAB/observe.py" first "$LAB_CONTROL" "$LAB_PASSKEYS"
for signal in TERM KILL; do
  echo "== bluetoothd restarted after SIG$signal"
  lab_bluetoothd_restart "$signal"
  lab_python "$LAB/observe.py" restarted "$LAB_CONTROL" "$LAB_PASSKEYS"
done
