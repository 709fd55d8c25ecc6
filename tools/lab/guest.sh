# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For scripts that run in the guest:
#
#   . "$(dirname "$0")/guest.sh"
#   lab_start tools/lab/smoke.yaml        the bus, the peripherals and bluetoothd, all at once, adapter powered
#   lab_python tools/lab/smoke.py
#
# or the same one by one with lab_dbus_start, lab_peripherals_start and lab_bluetoothd_start. A script that
# fails, or is cut short, gets the logs on the console; they are in /results too if boot has one.
#
# With `boot --systemd` (LAB_INIT=systemd) all of it works alike, but bus and bluetoothd are Debian's units, and the
# journal is one of the logs.

set -euo pipefail
LAB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
LAB_RUN=/run/lab                            # our scratch directory
LAB_EVENTS=$LAB_RUN/events                  # what the peripherals tell
LAB_CONTROL=$LAB_RUN/control                # and their control socket
LAB_PASSKEYS=$LAB_RUN/passkeys              # their displays
LAB_STEP=0.1                                # how often something is looked at, in seconds
LAB_INIT=${LAB_INIT:-script}
LAB_PERIPHERALS_PID= LAB_BLUETOOTHD_PID=
mkdir -p "$LAB_RUN"

lab_say() { echo "lab: $(cut -d' ' -f1 /proc/uptime) $*"; }

lab_python() { "$LAB_VENV/bin/python" "$@"; }

# lab_wait WHAT SECONDS COMMAND...: until the command succeeds
lab_wait() {
  local what=$1 limit=$2 start=$SECONDS; shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - start)) -ge "$limit" ]; then
      lab_say "no $what after $limit s"
      return 1
    fi
    sleep $LAB_STEP
  done
}

lab_has_systemd() { [ "$LAB_INIT" = systemd ]; }

lab_journal() {
  lab_has_systemd || return 0
  # All but the kernel's own boot.
  journalctl --no-pager --output=short-monotonic _TRANSPORT=journal + _TRANSPORT=stdout + _TRANSPORT=syslog \
    >"$LAB_RUN/journal.log" 2>&1 || true
}

lab_logs() {
  local file
  for file in "$LAB_RUN"/*.log "$LAB_EVENTS"; do
    [ -s "$file" ] || continue
    echo "--- $file"; tail -n "${LAB_LOG_LINES:-200}" "$file"
  done
}

lab_end() {
  local code=$?
  trap - EXIT
  lab_journal
  [ "$code" -eq 0 ] || { lab_say "failed with $code"; lab_logs; }
  cp "$LAB_RUN"/*.log "$LAB_EVENTS" /results/ 2>/dev/null || true
  exit "$code"
}
trap lab_end EXIT
trap 'exit 143' INT TERM

# The bus -----------------------------------------------------------------------------------------

lab_dbus_start() {
  if lab_has_systemd; then systemctl start dbus.service; return; fi
  [ -s /etc/machine-id ] || dbus-uuidgen --ensure=/etc/machine-id
  dbus-daemon --system --fork
}

# lab_call OBJECT INTERFACE.METHOD ARGS...: a call to bluetoothd
lab_call() { dbus-send --system --print-reply --dest=org.bluez "$@"; }

# The peripherals ---------------------------------------------------------------------------------

lab_peripherals_begin() {
  : >"$LAB_EVENTS"
  "$LAB/peripherals" "$1" --control "$LAB_CONTROL" --passkey-dir "$LAB_PASSKEYS" \
    >"$LAB_EVENTS" 2>>"$LAB_RUN/peripherals.log" &
  LAB_PERIPHERALS_PID=$!
}

lab_has_event() { [[ $(<"$LAB_EVENTS") == *"\"event\": \"$1\""* ]]; }

lab_has_event_or_died() { lab_has_event "$1" || ! kill -0 "$LAB_PERIPHERALS_PID"; }

# lab_event NAME [SECONDS]: waits for the first event of that name
lab_event() {
  lab_wait "event $1" "${2:-60}" lab_has_event_or_died "$1"
  lab_has_event "$1" || { lab_say "the peripherals died before the event $1"; return 1; }
}

lab_peripherals_start() { lab_peripherals_begin "$1"; lab_event ready 120; }

lab_peripherals_stop() {
  [ -z "$LAB_PERIPHERALS_PID" ] || kill "$LAB_PERIPHERALS_PID" 2>/dev/null || true
  wait "$LAB_PERIPHERALS_PID" 2>/dev/null || true
  LAB_PERIPHERALS_PID=
}

# lab_control COMMAND...: one line to the peripherals' control socket
lab_control() {
  local answer
  answer=$(/usr/bin/python3 -I -S - "$LAB_CONTROL" "$*" <<'PYTHON'
import socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(sys.argv[2].encode() + b"\n")
print(link.makefile().readline().strip())
PYTHON
  )
  echo "$answer"
  [[ $answer == ok* ]]
}

# bluetoothd --------------------------------------------------------------------------------------

# LAB_BLUETOOTHD_ARGS="-d" makes it talkative.
lab_bluetoothd_begin() {
  if lab_has_systemd; then
    if [ -n "${LAB_BLUETOOTHD_ARGS:-}" ]; then
      mkdir -p /run/systemd/system/bluetooth.service.d
      printf '[Service]\nExecStart=\nExecStart=/usr/libexec/bluetooth/bluetoothd %s\n' "$LAB_BLUETOOTHD_ARGS" \
        >/run/systemd/system/bluetooth.service.d/lab.conf
      systemctl daemon-reload
    fi
    systemctl start --no-block bluetooth.service
    return
  fi
  # shellcheck disable=SC2086
  /usr/libexec/bluetooth/bluetoothd -n ${LAB_BLUETOOTHD_ARGS:-} >>"$LAB_RUN/bluetoothd.log" 2>&1 &
  LAB_BLUETOOTHD_PID=$!
}

lab_adapter() { lab_call /org/bluez/hci0 org.freedesktop.DBus.Properties.Get string:org.bluez.Adapter1 string:Address; }

lab_power() {
  lab_call /org/bluez/hci0 org.freedesktop.DBus.Properties.Set string:org.bluez.Adapter1 string:Powered \
    "variant:boolean:$1"
}

lab_bluetoothd_ready() {
  lab_wait "adapter on the bus" 60 lab_adapter
  lab_wait "power" 30 lab_power true
}

lab_bluetoothd_start() { lab_bluetoothd_begin; lab_bluetoothd_ready; }

# lab_bluetoothd_stop [SIGNAL]: TERM by default; KILL is the crash
lab_bluetoothd_stop() {
  if lab_has_systemd; then
    systemctl kill --signal="${1:-TERM}" bluetooth.service || true
    systemctl stop bluetooth.service
    systemctl reset-failed bluetooth.service 2>/dev/null || true
    return
  fi
  [ -n "$LAB_BLUETOOTHD_PID" ] || return 0
  kill "-${1:-TERM}" "$LAB_BLUETOOTHD_PID" 2>/dev/null || true
  wait "$LAB_BLUETOOTHD_PID" 2>/dev/null || true
  LAB_BLUETOOTHD_PID=
}

lab_bluetoothd_kill() { lab_bluetoothd_stop KILL; }

lab_bluetoothd_restart() { lab_bluetoothd_stop "${1:-TERM}"; lab_bluetoothd_start; }

# lab_start SCENARIO: everything at once, since the peripherals' start takes the longest. Bonds of the host's own
# are not for us.
lab_start() {
  rm -rf /var/lib/bluetooth; mkdir -p -m 700 /var/lib/bluetooth
  lab_peripherals_begin "$1"
  lab_dbus_start
  lab_bluetoothd_begin
  lab_event ready 120
  lab_bluetoothd_ready
  lab_say "ready"
}
