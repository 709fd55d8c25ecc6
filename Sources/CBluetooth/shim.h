/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CBLUETOOTH_H
#define VIGIL_CBLUETOOTH_H
#include <errno.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>

/* Takes a controller down and up again, as hciconfig does: the driver begins anew and sends HCI_Reset. Blocks for some seconds
 * where the controller hangs. `ioctl` is variadic, so Swift cannot call it. Returns 0 or an errno. */
static inline int vigil_hci_restart(int device) {
  int control = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC, BTPROTO_HCI);
  if (control < 0) return errno;
  int error = 0;
  if (ioctl(control, HCIDEVDOWN, device) < 0) error = errno;
  /* Up even where down failed. bluetoothd may have been faster: EALREADY. */
  if (ioctl(control, HCIDEVUP, device) < 0 && errno != EALREADY) error = errno;
  close(control);
  return error;
}
#endif
