#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the tests marked `lab` in the guest, with the real bluetoothd. On the host:
#
#   tools/lab/boot --memory 3072 tools/acceptance/in-lab.sh 1800 [PYTEST ARGUMENTS...]
#
# LAB_KILLS changes how often the daemon is killed, LAB_STREAM for how many seconds eight devices stream.
set -euo pipefail
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../lab/guest.sh"

python=${LAB_ACCEPTANCE_VENV:-$HERE/../../.venv}/bin/python
export PYTHONDONTWRITEBYTECODE=1
"$python" "$HERE/scenarios.py" >"$LAB_RUN/acceptance.yaml"
# On the system bus a name belongs to whom a policy file allows it.
policy=$(find "$HERE/../.." -path '*/.build' -prune -o -name 'org.vigil.Gateway1.conf' -print -quit)
if [ -n "$policy" ]; then
  cp "$policy" /etc/dbus-1/system.d/
else
  cat >/etc/dbus-1/system.d/org.vigil.Gateway1.conf <<'XML'
<busconfig><policy user="root"><allow own="org.vigil.Gateway1"/><allow send_destination="org.vigil.Gateway1"/></policy>
</busconfig>
XML
fi
lab_start "$LAB_RUN/acceptance.yaml"

export VIGIL_WORLD=lab VIGIL_PATIENCE=${LAB_PATIENCE:-6}
export VIGIL_CONTROL=$LAB_CONTROL VIGIL_PASSKEYS=$LAB_PASSKEYS VIGIL_EVENTS=$LAB_EVENTS
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
[ -z "${LAB_KILLS:-}" ] || export VIGIL_KILLS=$LAB_KILLS
[ -z "${LAB_STREAM:-}" ] || export VIGIL_STREAM=$LAB_STREAM
[ -z "${LAB_BIN:-}" ] || export VIGIL_BIN=$LAB_BIN
"$python" -m pytest -p no:cacheprovider -v --durations=0 "$HERE" "$@"
