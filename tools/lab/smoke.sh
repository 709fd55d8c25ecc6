# SPDX-License-Identifier: GPL-3.0-or-later
# Proves that the lab works: boot smoke.sh. What is proved stands in smoke.py.
. "$(dirname "$0")/guest.sh"
lab_start "$LAB/smoke.yaml"
lab_python "$LAB/smoke.py" "$LAB_CONTROL" "$LAB_PASSKEYS"
lab_say "all well"
