# SPDX-License-Identifier: GPL-3.0-or-later
# Measures how the real bluetoothd behaves: boot observe.sh 600 [PART...], where a part is a function of
# observe.py, such as `forgotten`. What came out stands in observations.md.
. "$(dirname "$0")/guest.sh"
lab_start "$LAB/observe.yaml"
lab_python "$LAB/observe.py" first "$LAB_CONTROL" "$LAB_PASSKEYS" "$@"
[ $# -eq 0 ] || exit 0
for signal in TERM KILL; do
  echo "== bluetoothd restarted after SIG$signal"
  lab_bluetoothd_restart "$signal"
  lab_python "$LAB/observe.py" restarted "$LAB_CONTROL" "$LAB_PASSKEYS"
done
