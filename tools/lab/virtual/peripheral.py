# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual peripheral: its controller, attribute table, pairing and bonds, without the story it plays."""

from __future__ import annotations

import asyncio
import logging
import secrets
import struct
from collections.abc import Callable
from typing import Any

from bumble import att, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR, Characteristic, Descriptor, Service
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate

import scenario
from device_clock import DeviceClock
from events import Events, Passkeys
from radio import Air, DeviceController

logger = logging.getLogger(__name__)

ADVERTISING_INTERVAL = 200.0  # milliseconds
MAX_ADVERTISING_DATA = 31
# How long a central may be connected without a word. Linux says something at once.
PATIENCE = 15.0  # seconds
PROPERTIES = {
    "read": Characteristic.Properties.READ,
    "write": Characteristic.Properties.WRITE,
    "write-without-response": Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": Characteristic.Properties.NOTIFY,
    "indicate": Characteristic.Properties.INDICATE,
}
CAPABILITIES = {
    "just-works": PairingDelegate.NO_OUTPUT_NO_INPUT,
    "refuse": PairingDelegate.NO_OUTPUT_NO_INPUT,
    "passkey": PairingDelegate.DISPLAY_OUTPUT_ONLY,
    "confirm": PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT,
}


class Hand(PairingDelegate):
    """What the device's display and buttons do in a pairing."""

    def __init__(self, peripheral: Peripheral):
        super().__init__(io_capability=CAPABILITIES[peripheral.spec.pairing])
        self.peripheral = peripheral

    async def accept(self) -> bool:
        return self.peripheral.spec.pairing != "refuse"

    async def generate_passkey(self) -> int:
        fixed = self.peripheral.spec.passkey
        return secrets.randbelow(1000000) if fixed is None else fixed

    async def display_number(self, number: int, digits: int) -> None:
        self.peripheral.passkeys.show(self.peripheral.spec.id, number)

    async def compare_numbers(self, number: int, digits: int) -> bool:
        self.peripheral.passkeys.show(self.peripheral.spec.id, number)
        return True


class Peripheral:
    def __init__(self, spec: scenario.Device, air: Air, events: Events, passkeys: Passkeys):
        self.spec, self.events, self.passkeys = spec, events, passkeys
        self.connection: Connection | None = None
        self.bonded = self.paired = False
        self.sent = 0
        self.written: list[tuple[str, bytes]] = []  # on this link, and no step of the story has gone on by it yet
        self._announced = spec.announce
        self._configured: dict[str, bytes] = {}  # characteristic -> CCCD, of the present connection
        self._kept: dict[str, bytes] = {}  # the same, remembered for the bonded peer
        self._recognized = False  # the link is encrypted by the key of the bond
        self._pulse = asyncio.Event()
        self._advertise = spec.advertise
        self._advertising = False
        self._advertising_lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

        host = Host()
        host.controller = self.controller = DeviceController(spec.id, link=air)
        self.device = Device(config=DeviceConfiguration(
            name=spec.name, address=hci.Address(spec.address), irk=secrets.token_bytes(16),
            advertising_data=self._advertising_data(),
            advertising_interval_min=ADVERTISING_INTERVAL, advertising_interval_max=ADVERTISING_INTERVAL), host=host)
        self.keys = self.device.keystore = MemoryKeyStore()
        self.device.pairing_config_factory = lambda _: PairingConfig(
            sc=True, mitm=spec.pairing in ("passkey", "confirm"), bonding=True, delegate=Hand(self),
            identity_address_type=PairingConfig.AddressType.RANDOM)
        self.characteristics: dict[str, Characteristic] = {}
        for uuid, content in spec.gatt.items():
            self.device.add_service(Service(UUID(uuid), [self._characteristic(item) for item in content.values()]))
        self.device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def start(self) -> None:
        await self.device.power_on()
        await self._settle_advertising()

    # What a story asks and does --------------------------------------------------------------------------------------

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._pulse.wait()

    def subscribed(self, uuid: str) -> bool:
        return self.connection is not None and any(self._configured.get(uuid, b""))

    def wanted(self, uuid: str) -> bool:
        """A bonded peer's subscription holds as soon as the link is encrypted, before the peer has written anything."""
        return self.subscribed(uuid) or (self.connection is not None and self._recognized
                                         and any(self._kept.get(uuid, b"")))

    async def send(self, uuid: str, value: bytes) -> bool:
        """A notification, or an indication and its confirmation; False if the link went down meanwhile."""
        connection = self.connection
        if connection is None or not self.wanted(uuid):
            return False
        characteristic, server = self.characteristics[uuid], self.device.gatt_server
        if characteristic.properties & Characteristic.Properties.NOTIFY:
            await server.notify_subscriber(connection, characteristic, value, force=True)
        elif not await self._while_up(connection, server.indicate_subscriber(connection, characteristic, value,
                                                                             force=True)):
            return False
        self.sent += 1
        self.event("sent", characteristic=uuid, value=value.hex(), n=self.sent)
        return True

    async def advertise(self, on: bool) -> None:
        if on != self._advertise:
            self._advertise = on
            self.event("advertising", on=on)
        await self._settle_advertising()

    async def announce(self, data: scenario.Announce) -> None:
        if data != self._announced:
            self._announced = data
            self.event("announcing")
            self.device.advertising_data = self._advertising_data()
            async with self._advertising_lock:
                if self._advertising:
                    self._advertising = False
                    await self.device.stop_advertising()
            await self._settle_advertising()

    async def until_written(self, uuid: str, value: bytes) -> None:
        await self.until(lambda: (uuid, value) in self.written)
        self.written.remove((uuid, value))

    async def disconnect(self) -> None:
        connection = self.connection
        if connection is not None:
            # To its end: a command that is cancelled leaves its answer behind, and the next one takes it for its own.
            self._spawn(connection.disconnect())
            await self.until(lambda: self.connection is not connection)

    async def forget_bond(self) -> None:
        """Somebody has reset it; the host goes on believing in the bond."""
        self.bonded = self.paired = False
        self._kept.clear()
        await self.keys.delete_all()
        self.event("unbonded")
        await self.disconnect()

    def event(self, name: str, **more: Any) -> None:
        self.events.write(name, device=self.spec.id, **more)

    # The link --------------------------------------------------------------------------------------------------------

    def _on_connection(self, connection: Connection) -> None:
        self.connection, self._advertising = connection, False
        connection.on(Connection.EVENT_DISCONNECTION, lambda _reason: self._on_disconnection(connection))
        connection.on(Connection.EVENT_CONNECTION_ENCRYPTION_CHANGE, lambda: self._on_encryption(connection))
        connection.on(Connection.EVENT_PAIRING, lambda _keys: self._on_paired(connection))
        connection.on(Connection.EVENT_PAIRING_FAILURE, lambda _reason: self._on_pairing_end(connection))
        self.event("connected")
        self._changed()
        self._spawn(self._leave_silent_central(connection))

    async def _leave_silent_central(self, connection: Connection) -> None:
        """Linux can forget a link that comes up while it is cancelled (observations.md). A real device hangs up after a while,
        or is switched off and on; without that it would be off the air for good."""
        before = self.controller.received
        ended = asyncio.ensure_future(self.until(lambda: self.connection is not connection))
        await asyncio.wait({ended}, timeout=PATIENCE)
        ended.cancel()
        if self.connection is connection and self.controller.received == before:
            self.event("silence")
            await self.disconnect()

    def _on_disconnection(self, connection: Connection) -> None:
        if self.connection is not connection:
            return
        self.connection, self._configured, self._recognized = None, {}, False
        self.written.clear()
        self.paired = self.bonded
        self.passkeys.clear(self.spec.id)
        self.event("disconnected")
        self._changed()
        self._spawn(self._settle_advertising())

    def _on_encryption(self, connection: Connection) -> None:
        if connection.encryption and self.bonded:
            self._recognized = True
            self._changed()

    def _on_pairing_end(self, connection: Connection) -> Any:
        """bumble keeps a pairing's session until the link ends, and a second pairing on the same link would talk to the
        ended one and hang."""
        self.passkeys.clear(self.spec.id)
        return self.device.smp_manager.sessions.pop(connection.handle, None)

    def _on_paired(self, connection: Connection) -> None:
        session = self._on_pairing_end(connection)
        self.paired, self.bonded = True, session is None or session.bonding
        self._kept = dict(self._configured)
        if not self.bonded:
            self._spawn(self.keys.delete_all())
        self.event("paired", bonded=self.bonded)
        self._changed()
        if self.spec.disconnect_after_pairing:
            self._spawn(self.disconnect())

    async def _while_up(self, connection: Connection, work: Any) -> bool:
        """Waits for the work or the connection's end: bumble would wait 30 s for a confirmation that cannot come."""
        task = asyncio.ensure_future(work)
        down = asyncio.ensure_future(self.until(lambda: self.connection is not connection))
        try:
            await asyncio.wait({task, down}, return_when=asyncio.FIRST_COMPLETED)
            return task.done() and not task.cancelled() and task.exception() is None
        finally:
            task.cancel()
            down.cancel()

    async def _settle_advertising(self) -> None:
        """A device advertises while it is told to and nobody is connected.

        A central that waits for it may connect, and even hang up again, within `start_advertising`; so what is being done is
        noted first, and looked at again afterwards.
        """
        async with self._advertising_lock:
            while (wanted := self._advertise and self.connection is None) != self._advertising:
                self._advertising = wanted
                if wanted:
                    await self.device.start_advertising()
                else:
                    await self.device.stop_advertising()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """What fails behind the story is said, or a device would be silent for good and nobody would know why."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s: %r", self.spec.id, error, exc_info=error)

    def _changed(self) -> None:
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()

    # The attribute table ---------------------------------------------------------------------------------------------

    def _characteristic(self, item: scenario.Characteristic) -> Characteristic:
        properties = Characteristic.Properties(0)
        for name in item.properties:
            properties |= PROPERTIES[name]
        permissions = att.Attribute.Permissions(0)
        if "read" in item.properties:
            permissions |= Characteristic.READABLE
        if "write" in item.properties or "write-without-response" in item.properties:
            permissions |= Characteristic.WRITEABLE
        content = {"value": item.value}
        clock = DeviceClock(item.ahead) if item.has_clock else None

        async def read(connection: Connection) -> bytes:
            await self._authorize(connection)
            shown = content["value"] if clock is None else clock.read(item.uuid)
            self.event("read", characteristic=item.uuid, value=shown.hex())
            return shown

        async def write(connection: Connection, value: bytes) -> None:
            await self._authorize(connection)
            content["value"] = value
            if clock is not None:
                clock.write(bytes(value))
            self.written.append((item.uuid, bytes(value)))
            self.event("written", characteristic=item.uuid, value=bytes(value).hex())
            self._changed()

        descriptors = []
        if {"notify", "indicate"} & set(item.properties):
            descriptors.append(self._configuration(item.uuid))
        characteristic = Characteristic(UUID(item.uuid), properties, permissions,
                                        att.AttributeValue(read=read, write=write), descriptors)
        self.characteristics[item.uuid] = characteristic
        return characteristic

    def _configuration(self, uuid: str) -> Descriptor:
        async def write(connection: Connection, value: bytes) -> None:
            await self._authorize(connection)
            if self.bonded and connection.encryption:
                self._kept[uuid] = bytes(value[:2])
            self._configure(uuid, bytes(value[:2]))

        return Descriptor(GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
                          Characteristic.READABLE | Characteristic.WRITEABLE,
                          att.AttributeValue(read=lambda _: self._configured.get(uuid, bytes(2)), write=write))

    def _configure(self, uuid: str, value: bytes) -> None:
        before = self.subscribed(uuid)
        self._configured[uuid] = value
        if self.subscribed(uuid) != before:
            self.event("unsubscribed" if before else "subscribed", characteristic=uuid)
        self._changed()

    async def _authorize(self, connection: Connection) -> None:
        """`require`, by the error codes that make a central encrypt or pair. bumble's own permissions do not do: they
        take every encrypted link for an authenticated one."""
        if self.spec.require == "none":
            return
        keys = await self.keys.get(str(connection.peer_address))
        if not connection.encryption:
            code = att.ATT_INSUFFICIENT_ENCRYPTION_ERROR if keys else att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR
        elif self.spec.require == "authentication" and not (keys and keys.ltk and keys.ltk.authenticated):
            code = att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR
        else:
            return
        raise att.ATT_Error(error_code=code)

    def _advertising_data(self) -> bytes:
        short = [uuid for uuid in self.spec.services if len(uuid) == 4]
        parts = [(AdvertisingData.FLAGS, bytes([0x06]))]
        if short:
            parts.append((AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                          b"".join(struct.pack("<H", int(uuid, 16)) for uuid in short)))
        for uuid in self.spec.services:
            if uuid not in short:
                parts.append((AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, UUID(uuid).to_bytes()))
        parts += [(AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", company) + data)
                  for company, data in self._announced.manufacturer.items()]
        parts += [(AdvertisingData.SERVICE_DATA_16_BIT_UUID, struct.pack("<H", int(uuid, 16)) + data)
                  for uuid, data in self._announced.service_data.items() if len(uuid) == 4]
        room = MAX_ADVERTISING_DATA - len(bytes(AdvertisingData(parts))) - 2
        name = self.spec.name.encode()
        if room >= len(name):
            parts.append((AdvertisingData.COMPLETE_LOCAL_NAME, name))
        elif room > 0:
            parts.append((AdvertisingData.SHORTENED_LOCAL_NAME, name[:room]))
        return bytes(AdvertisingData(parts))
