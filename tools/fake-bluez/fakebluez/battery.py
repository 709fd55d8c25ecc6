# SPDX-License-Identifier: GPL-3.0-or-later
"""org.bluez.Battery1: bluetoothd reads and subscribes to 2a19 of 180f itself (profiles/battery/battery.c).

The interface comes with the resolved services and goes with the link. The service stays visible as GATT objects too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bus import Interface, prop

if TYPE_CHECKING:
    from .device import Device

SERVICE, LEVEL = "180f", "2a19"


class Battery(Interface):
    NAME = "org.bluez.Battery1"

    def __init__(self, percentage: int):
        self.percentage = percentage

    @prop("y")
    def Percentage(self) -> int:
        return self.percentage


class BatteryProfile:
    def __init__(self, device: "Device"):
        self._device = device
        self._battery: Battery | None = None

    def uses(self, uuid: str) -> bool:
        return self._battery is not None and uuid == LEVEL

    def start(self) -> None:
        peripheral = self._device.peripheral
        spec = peripheral.spec.gatt.get(SERVICE, {}).get(LEVEL)
        value = peripheral.values.get(LEVEL)
        if self._battery or spec is None or "read" not in spec.properties or not value or not self._device.secured:
            return
        self._battery = Battery(value[0])
        self._device.tree.export(self._device.path, self._battery)
        if "notify" in spec.properties:
            peripheral.subscribe(LEVEL, True)

    def stop(self) -> None:
        if self._battery:
            self._battery = None
            self._device.tree.unexport(self._device.path, Battery.NAME)

    def value_arrived(self, uuid: str, value: bytes) -> bool:
        if not self.uses(uuid) or not value:
            return False
        if self._battery.percentage != value[0]:
            self._battery.percentage = value[0]
            self._battery.changed("Percentage")
        return True
