# SPDX-License-Identifier: GPL-3.0-or-later
# The demo in the lab's guest (tools/demo --lab): the real bluetoothd, with virtual devices on a virtual controller.
# shellcheck source=tools/lab/guest.sh
. "$(dirname "$0")/../lab/guest.sh"
tools=$(dirname "$LAB")

# The guest's bus is its own; who runs vigild there needs no more than this.
cat >/etc/dbus-1/system.d/vigil-demo.conf <<'POLICY'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><policy user="root"><allow own="org.vigil.Gateway1"/><allow send_destination="org.vigil.Gateway1"/></policy>
</busconfig>
POLICY

lab_start "$tools/scenarios/demo.yaml"
export LAB_EVENTS LAB_CONTROL LAB_PASSKEYS TMPDIR=/tmp
[ -z "${LAB_DEMO_COLUMNS:-}" ] || export COLUMNS=$LAB_DEMO_COLUMNS LINES=$LAB_DEMO_LINES
cd "$tools"
"$LAB_DEMO_PYTHON" -B -m clinic.demo --lab-guest --products "$LAB_DEMO_PRODUCTS" "$@"
