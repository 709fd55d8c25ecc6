# SPDX-License-Identifier: GPL-3.0-or-later
"""What bluetoothd keeps in /var/lib/bluetooth and so survives it: src/device.c's store_device_info, load_devices.

A device is stored as soon as it is no longer temporary, bonded or not: Connect() and Pair() are enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class StoredDevice:
    address: str
    alias: str = ""
    trusted: bool = False
    blocked: bool = False
    bonded: bool = False
    authenticated: bool = False  # the key's quality
    cached: bool = False         # the GATT table is in the cache
    uuids: set[str] = field(default_factory=set)


class Storage:
    def __init__(self) -> None:
        self.devices: dict[str, StoredDevice] = {}
        self.alias: str | None = None  # the adapter's
        self.pairable = False          # the controller's setting, which the kernel keeps while bluetoothd is away

    def keep(self, device: StoredDevice) -> None:
        self.devices[device.address] = device

    def forget(self, address: str) -> None:
        self.devices.pop(address, None)
