# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's GATT table on D-Bus and the notification sessions: doc/gatt-api.txt, src/gatt-client.c.

What a client has to know and what is therefore kept here as it is there:
- the objects appear when the services are resolved for the first time and stay while the device object stays;
- a session belongs to a D-Bus client. While the device is away it only waits (and asking again is InProgress); it takes
  effect with the link, before the services are resolved and before the client could do anything;
- every value is told once for each session in effect, even if it equals the last one. The signal goes to everybody, so
  two clients with a session each see each value twice;
- an indication for which there is no session is confirmed and lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import scenario
from scenario import full_uuid

from . import errors
from .bus import Call, Interface, method, prop

if TYPE_CHECKING:
    from .device import Device

# The order of src/gatt-client.c's chrc_props.
FLAGS = ("read", "write-without-response", "write", "notify", "indicate")
FIRST_HANDLE = 0x000A  # what comes before is GAP and GATT, which bluetoothd keeps to itself
CCC_UUID = full_uuid("2902")
MTU = 517


@dataclass(eq=False)
class Session:
    """notify_client in src/gatt-client.c."""
    owner: str
    registered: bool = False  # in effect on this link
    written: bool = True      # the device has confirmed the client configuration that a new link is given
    client_gone: Callable[[], None] = lambda: None


class Service(Interface):
    NAME = "org.bluez.GattService1"

    def __init__(self, device_path: str, uuid: str):
        self._device_path, self._uuid = device_path, uuid

    @prop("s")
    def UUID(self) -> str:
        return full_uuid(self._uuid)

    @prop("o")
    def Device(self) -> str:
        return self._device_path

    @prop("b")
    def Primary(self) -> bool:
        return True

    @prop("ao")
    def Includes(self) -> list[str]:
        return []


class Descriptor(Interface):
    """Only the client configuration, which bluetoothd writes itself and lets nobody else write."""
    NAME = "org.bluez.GattDescriptor1"

    def __init__(self, characteristic: "Characteristic", characteristic_path: str):
        self._characteristic, self._characteristic_path = characteristic, characteristic_path

    @prop("s")
    def UUID(self) -> str:
        return CCC_UUID

    @prop("o")
    def Characteristic(self) -> str:
        return self._characteristic_path

    @prop("ay")
    def Value(self) -> bytes:
        return b""

    @method("a{sv}", "ay")
    def ReadValue(self, call: Call) -> bytes:
        self._characteristic.need_link()
        return self._characteristic.configuration()

    @method("aya{sv}")
    def WriteValue(self, call: Call) -> None:
        self._characteristic.need_link()
        raise errors.not_permitted("Write not permitted")


class Characteristic(Interface):
    NAME = "org.bluez.GattCharacteristic1"

    def __init__(self, device: "Device", service_path: str, spec: scenario.Characteristic):
        self._device, self._service_path, self.spec = device, service_path, spec
        self.device_id = device.peripheral.spec.id
        self.sessions: list[Session] = []
        self._notifying = False
        self._value = b""

    @property
    def _can_notify(self) -> bool:
        return bool({"notify", "indicate"} & set(self.spec.properties))

    @prop("s")
    def UUID(self) -> str:
        return full_uuid(self.spec.uuid)

    @prop("o")
    def Service(self) -> str:
        return self._service_path

    @prop("ay")
    def Value(self) -> bytes:
        return self._value

    @prop("b")
    def Notifying(self) -> bool | None:
        return self._notifying if self._can_notify else None

    @prop("as")
    def Flags(self) -> list[str]:
        return [flag for flag in FLAGS if flag in self.spec.properties]

    @prop("b")
    def WriteAcquired(self) -> bool | None:
        return False if "write-without-response" in self.spec.properties else None

    @prop("b")
    def NotifyAcquired(self) -> bool | None:
        return False if "notify" in self.spec.properties else None

    @prop("q")
    def MTU(self) -> int | None:
        return MTU if self._device.attached else None

    # Methods

    @method("a{sv}", "ay", fault="readvalue")
    async def ReadValue(self, call: Call) -> bytes:
        self.need_link()
        offset = _option(call.body[0], "offset", "q", 0)
        if "read" not in self.spec.properties:
            raise errors.not_permitted("Read not permitted")
        await self._device.secure()
        value = self._device.peripheral.read(self.spec.uuid)
        if offset > len(value):
            raise errors.invalid_arguments("Invalid offset")
        self._store(self._value[:offset] + value[offset:])
        return value[offset:]

    @method("aya{sv}", fault="writevalue")
    async def WriteValue(self, call: Call) -> None:
        self.need_link()
        value, options = call.body
        kind, offset = _option(options, "type", "s", ""), _option(options, "offset", "q", 0)
        if kind not in ("", "command", "request", "reliable"):
            raise errors.invalid_arguments()
        if kind == "request" or kind == "" and "write" in self.spec.properties:
            if "write" not in self.spec.properties:
                raise errors.not_permitted("Write not permitted")
        elif offset or kind == "reliable" or kind == "" and "write-without-response" not in self.spec.properties:
            raise errors.not_supported()
        await self._device.secure()
        self._device.peripheral.write(self.spec.uuid, offset, bytes(value))

    @method("a{sv}", "hq")
    def AcquireNotify(self, call: Call) -> None:
        raise errors.not_supported()  # one of the things that are not modelled: see the README

    @method("a{sv}", "hq")
    def AcquireWrite(self, call: Call) -> None:
        raise errors.not_supported()

    @method(fault="startnotify")
    async def StartNotify(self, call: Call) -> None:
        if self._device.disconnecting:
            raise errors.not_connected()
        if not self._can_notify:
            raise errors.not_supported()
        for session in self.sessions:
            if session.owner == call.sender:
                if session.registered:
                    return
                raise errors.in_progress()
        session = Session(call.sender)
        self.sessions.append(session)
        session.client_gone = lambda: self._end(session)
        self.tree.watch(call.sender, session.client_gone)
        if self._device.attached:
            await self._register(session)

    @method()
    def StopNotify(self, call: Call) -> None:
        for session in self.sessions:
            if session.owner == call.sender:
                self._end(session)
                return
        raise errors.failed("No notify session started")

    # Sessions

    async def _register(self, session: Session) -> None:
        session.registered = True
        try:
            await self._device.secure()
        except errors.BlueZError:
            self._end(session)
            raise
        self._in_effect(session)

    def _in_effect(self, session: Session) -> None:
        if session not in self.sessions or not self._device.attached:
            return
        session.registered = True
        self._device.peripheral.subscribe(self.spec.uuid, True)
        if not self._notifying:
            self._notifying = True
            self.changed("Notifying")

    def _end(self, session: Session) -> None:
        if session not in self.sessions:
            return
        self.sessions.remove(session)
        self.tree.unwatch(session.owner, session.client_gone)
        if any(other.registered for other in self.sessions):
            return
        if self._device.attached and not self._device.uses_itself(self.spec.uuid):
            self._device.peripheral.subscribe(self.spec.uuid, False)
        if self._notifying:
            self._notifying = False
            self.changed("Notifying")

    def link_up(self) -> None:
        """btd_gatt_client_connected. On a device that wants security and has no keys the registration fails."""
        for session in list(self.sessions):
            if self._device.secured:
                self._in_effect(session)
                session.written = False
                self._device.later(self._written(session))
            else:
                self._device.later(self._register_again(session))

    async def _register_again(self, session: Session) -> None:
        try:
            await self._register(session)
        except errors.BlueZError:
            pass  # bluetoothd drops the session without telling anybody

    async def _written(self, session: Session) -> None:
        await asyncio.sleep(self._device.timing.register_delay)
        session.written = True

    def link_down(self) -> None:
        """clear_notify_id: the sessions stay and wait; Notifying stays as it is. One whose configuration was still being
        written is dropped without a word (register_notify_cb): a client has to call StartNotify again."""
        for session in list(self.sessions):
            session.registered = False
            if not session.written:
                self.sessions.remove(session)
                self.tree.unwatch(session.owner, session.client_gone)

    def value_arrived(self, value: bytes) -> bool:
        registered = [session for session in self.sessions if session.registered]
        for _ in registered:
            self._store(value)
        return bool(registered)

    def _store(self, value: bytes) -> None:
        self._value = value
        self.changed("Value")

    def need_link(self) -> None:
        if not self._device.attached:
            raise errors.failed("Not connected")

    def configuration(self) -> bytes:
        """What the device has as its client configuration now."""
        on = self.spec.uuid in self._device.peripheral.subscribed
        return (0 if not on else 1 if "notify" in self.spec.properties else 2).to_bytes(2, "little")


class Table:
    """All services of one device, as long as its object lives."""

    def __init__(self, device: "Device"):
        self._device = device
        self._paths: list[str] = []
        self._shift = device.peripheral.shift
        self.characteristics: dict[str, Characteristic] = {}

    @property
    def exported(self) -> bool:
        return bool(self._paths)

    def export(self) -> None:
        """Handles as a small peripheral gives them: service, then declaration, value, client configuration."""
        if self.exported:
            return
        handle = FIRST_HANDLE + self._shift
        for uuid, characteristics in self._device.peripheral.spec.gatt.items():
            service_path = f"{self._device.path}/service{handle:04x}"
            self._export(service_path, Service(self._device.path, uuid))
            handle += 1
            for spec in characteristics.values():
                path = f"{service_path}/char{handle:04x}"
                characteristic = Characteristic(self._device, service_path, spec)
                self._export(path, characteristic)
                self.characteristics[spec.uuid] = characteristic
                handle += 2
                if {"notify", "indicate"} & set(spec.properties):
                    self._export(f"{path}/desc{handle:04x}", Descriptor(characteristic, path))
                    handle += 1

    def renew(self) -> None:
        """Where the device's database hash is another one (db_hash_read_cb in src/shared/gatt-client.c): the old objects go,
        and their sessions with them."""
        if self.is_stale:
            self.remove()
            self._shift = self._device.peripheral.shift

    @property
    def is_stale(self) -> bool:
        """The device's handles are others than those that are known here."""
        return self._shift != self._device.peripheral.shift

    def _export(self, path: str, interface: Interface) -> None:
        self._device.tree.export(path, interface)
        self._paths.append(path)

    def remove(self) -> None:
        for path in reversed(self._paths):
            self._device.tree.unexport(path)
        self._paths.clear()
        for characteristic in self.characteristics.values():
            characteristic.sessions.clear()
        self.characteristics.clear()

    def link_up(self) -> None:
        if self.is_stale:
            return  # what is written to an old handle is refused, and register_notify_cb drops the session
        for characteristic in self.characteristics.values():
            characteristic.link_up()

    def link_down(self) -> None:
        for characteristic in self.characteristics.values():
            characteristic.link_down()

    def value_arrived(self, uuid: str, value: bytes) -> bool:
        return uuid in self.characteristics and not self.is_stale and self.characteristics[uuid].value_arrived(value)


def _option(options: dict, name: str, signature: str, default: object) -> object:
    if name not in options:
        return default
    if options[name].signature != signature:
        raise errors.invalid_arguments()
    return options[name].value
