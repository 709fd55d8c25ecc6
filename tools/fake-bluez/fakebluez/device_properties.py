# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of org.bluez.Device1, and the state they show (src/device.c's device_properties)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbus_fast import Variant
from scenario import full_uuid

from .bus import Interface, prop
from .storage import StoredDevice
from .world import Peripheral

if TYPE_CHECKING:
    from . import adapter as owner

ADVERTISING_FLAGS = b"\x06"  # general discoverable, no BR/EDR


class DeviceProperties(Interface):
    NAME = "org.bluez.Device1"

    def __init__(self, adapter: "owner.Adapter", peripheral: Peripheral):
        self.adapter, self.peripheral = adapter, peripheral
        self.stored = StoredDevice(peripheral.spec.address)
        self.uuids = {full_uuid(uuid) for uuid in peripheral.spec.services}
        self.paired = False
        self.resolved_now = False   # ServicesResolved
        self.rssi: int | None = None
        self.manufacturer: dict[int, bytes] = {}  # what this bluetoothd has heard of the advertising data
        self.service_data: dict[str, bytes] = {}
        self.seen = False           # advertising data was heard by this bluetoothd

    @property
    def bonded(self) -> bool:
        return self.stored.bonded

    @property
    def trusted(self) -> bool:
        return self.stored.trusted

    @property
    def connected(self) -> bool:
        return self.peripheral.host is self

    def end_link(self) -> None:
        raise NotImplementedError

    def set_temporary(self, temporary: bool) -> None:
        raise NotImplementedError

    @prop("s")
    def Address(self) -> str:
        return self.peripheral.spec.address

    @prop("s")
    def AddressType(self) -> str:
        return "random"

    @prop("s")
    def Name(self) -> str | None:
        return self.peripheral.spec.name or None

    @prop("s")
    def Alias(self) -> str:
        spec = self.peripheral.spec
        return self.stored.alias or spec.name or spec.address.replace(":", "-")

    @Alias.setter
    def Alias(self, value: str) -> None:
        self.stored.alias = value
        self.changed("Alias")

    @prop("b")
    def Paired(self) -> bool:
        return self.paired

    @prop("b")
    def Bonded(self) -> bool:
        return self.bonded

    @prop("b")
    def Trusted(self) -> bool:
        return self.trusted

    @Trusted.setter
    def Trusted(self, value: bool) -> None:
        if self.stored.trusted != value:
            self.stored.trusted = value
            self.changed("Trusted")

    @prop("b")
    def Blocked(self) -> bool:
        return self.stored.blocked

    @Blocked.setter
    def Blocked(self, value: bool) -> None:
        if self.stored.blocked != value:
            self.stored.blocked = value
            if value:
                self.end_link()
                self.set_temporary(False)
            self.changed("Blocked")

    @prop("b")
    def LegacyPairing(self) -> bool:
        return False

    @prop("n")
    def RSSI(self) -> int | None:
        return self.rssi

    @prop("b")
    def Connected(self) -> bool:
        return self.connected

    @prop("as")
    def UUIDs(self) -> list[str]:
        return sorted(self.uuids)

    @prop("o")
    def Adapter(self) -> str:
        return self.adapter.path

    @prop("a{qv}")
    def ManufacturerData(self) -> dict | None:
        return {company: Variant("ay", data) for company, data in self.manufacturer.items()} or None

    @prop("a{sv}")
    def ServiceData(self) -> dict | None:
        return {uuid: Variant("ay", data) for uuid, data in self.service_data.items()} or None

    @prop("b")
    def ServicesResolved(self) -> bool:
        return self.resolved_now

    @prop("ay")
    def AdvertisingFlags(self) -> bytes | None:
        return ADVERTISING_FLAGS if self.seen and self.adapter.experimental else None
