/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CBLUETOOTH_H
#define VIGIL_CBLUETOOTH_H
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
#endif
