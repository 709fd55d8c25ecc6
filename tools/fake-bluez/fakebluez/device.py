# SPDX-License-Identifier: GPL-3.0-or-later
"""org.bluez.Device1 as bluetoothd keeps it: doc/device-api.txt, src/device.c."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from scenario import full_uuid

from . import errors, gatt, pairing
from .battery import BatteryProfile
from .bus import Call, method
from .device_properties import DeviceProperties
from .storage import StoredDevice
from .world import Peripheral

if TYPE_CHECKING:
    from .adapter import Adapter

RSSI_THRESHOLD = 8  # src/device.c: smaller changes are not told, unless a filter is set
SELF_HANDLED = ("1800", "1801")  # GAP and GATT: in UUIDs, never among the objects


class Device(DeviceProperties):
    def __init__(self, adapter: "Adapter", peripheral: Peripheral):
        super().__init__(adapter, peripheral)
        self.device_id = peripheral.spec.id
        self.tree, self.timing, self.agents, self._world = adapter.tree, adapter.timing, adapter.agents, adapter.world
        self.path = f"{adapter.path}/dev_{peripheral.spec.address.replace(':', '_')}"
        self.temporary = True
        self.attached = False       # the ATT channel is up
        self.bonding: pairing.Bonding | None = None
        self.pending_remove = False
        self._paired_untold = False
        self._temporary_timer: asyncio.TimerHandle | None = None
        self._disconnect_timer: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Future | None = None
        self._link_ended: list[asyncio.Future] = []
        self._resolved: asyncio.Event = asyncio.Event()
        self._tasks: set[asyncio.Task] = set()
        self._securing: asyncio.Task | None = None
        self.table = gatt.Table(self)
        self._battery = BatteryProfile(self)

    # What others ask

    @property
    def powered(self) -> bool:
        return self.adapter.powered

    @property
    def disconnecting(self) -> bool:
        return self._disconnect_timer is not None

    @property
    def secured(self) -> bool:
        """The link is as safe as the device wants it."""
        require = self.peripheral.spec.require
        return require == "none" or self.paired and (require == "encryption" or self.stored.authenticated)

    def uses_itself(self, uuid: str) -> bool:
        """bluetoothd's battery profile has subscribed too."""
        return self._battery.uses(uuid)

    def later(self, work: Coroutine) -> asyncio.Task:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Temporary or kept: btd_device_set_temporary

    def set_temporary(self, temporary: bool) -> None:
        if self.temporary != temporary:
            self.temporary = temporary
            if temporary:
                self.restart_temporary_timer()
            else:
                self._stop_temporary_timer()
                self.adapter.storage.keep(self.stored)

    def restart_temporary_timer(self) -> None:
        self._stop_temporary_timer()
        loop = asyncio.get_running_loop()
        self._temporary_timer = loop.call_later(self.timing.temporary_timeout, self.adapter.remove, self)

    def _stop_temporary_timer(self) -> None:
        if self._temporary_timer:
            self._temporary_timer.cancel()
            self._temporary_timer = None

    # Discovery: btd_adapter_update_found_device

    def heard(self, rssi: int, filtered: bool, duplicate_data: bool) -> None:
        self.seen = True
        if self.temporary:
            self.restart_temporary_timer()
        told = [] if self.rssi is not None and not filtered and abs(rssi - self.rssi) < RSSI_THRESHOLD else ["RSSI"]
        if told:
            self.rssi = rssi
        told += self.advertising_data(duplicate_data)
        if told:
            self.changed(*told)

    def advertising_data(self, duplicate_data: bool) -> list[str]:
        """device_set_manufacturer_data, device_set_service_data: what is new is told, and all of it where a client wants
        duplicates."""
        manufacturer = self.adapter.manufacturer_data(self.peripheral)
        services = {full_uuid(uuid): data for uuid, data in self.peripheral.announced.service_data.items()}
        told = [name for name, known, heard in (("ManufacturerData", self.manufacturer, manufacturer),
                                               ("ServiceData", self.service_data, services))
                if heard and (duplicate_data or not heard.items() <= known.items())]
        self.manufacturer = manufacturer if duplicate_data else self.manufacturer | manufacturer
        self.service_data = services if duplicate_data else self.service_data | services
        return told

    def discovery_ended(self) -> None:
        if self.rssi is not None:
            self.rssi = None
            self.changed("RSSI")

    # Connecting

    @method(fault="connect")
    async def Connect(self, call: Call) -> None:
        if self.connected:
            return
        self.set_temporary(False)
        if self._connecting:
            raise errors.failed("Operation already in progress")  # strerror(EALREADY), not InProgress
        if not self.powered:
            raise errors.failed("Input/output error")  # strerror(EIO): no route, so no socket
        self._connecting = self.later(asyncio.wait_for(self.make_link(), self.timing.connect_timeout))
        try:
            await self._connecting
        except TimeoutError:
            raise errors.failed("le-connection-abort-by-local") from None
        except asyncio.CancelledError:
            raise errors.failed(self._canceled_by) from None
        finally:
            self._connecting = None

    _canceled_by = "br-connection-canceled"  # for LE too: device_request_disconnect

    def stop_connecting(self, text: str = _canceled_by) -> None:
        if self._connecting:
            self._canceled_by = text
            self._connecting.cancel()

    async def make_link(self) -> None:
        """The kernel waits for an advertisement, then connects."""
        while not self.connected:
            await self.peripheral.until(lambda: self.peripheral.visible and not self._world.deaf or self.connected)
            await asyncio.sleep(self.timing.link_delay)
            if self.peripheral.visible and not self.stored.blocked and not self._world.deaf:
                if self._world.is_full:
                    # The kernel says EMLINK; att_connect_cb makes ECONNABORTED of every errno.
                    raise errors.failed("le-connection-abort-by-local")
                self._link_up()
                if not self.attached:
                    await self._key_missing()

    def _link_up(self) -> None:
        self.peripheral.link_up(self)
        self._stop_temporary_timer()
        self.changed("Connected")
        if self.stored.bonded and not self.peripheral.bonded:
            return
        self.attached = True
        self.table.link_up()
        self.later(self._resolve())

    async def _key_missing(self) -> None:
        """The socket is to be encrypted, the device has no key: att_connect_cb gets EACCES, and the kernel ends the link for
        AUTH_FAILURE. Which of the two is told first is a matter of luck. 5.66 tells nobody why, and goes on showing Paired
        and Bonded."""
        await asyncio.sleep(self.timing.pair_delay)
        if random.random() < 0.5:
            self.peripheral.drop()  # which cancels the connecting
            return
        asyncio.get_running_loop().call_soon(self.peripheral.drop)
        raise errors.failed("le-connection-abort-by-local")

    async def _resolve(self) -> None:
        delay = self.timing.cached_delay if self.stored.cached and not self.table.is_stale else self.timing.resolve_delay
        if self.peripheral.resolutions:
            match self.peripheral.resolutions.pop(0):
                case "never":
                    return
                case "drop":
                    await asyncio.sleep(delay / 2)
                    self.peripheral.drop()
                    return
                case seconds:
                    delay = float(seconds)
        await asyncio.sleep(delay)
        self.set_temporary(False)  # register_gatt_services
        self.table.renew()
        uuids = self.uuids | {full_uuid(uuid) for uuid in (*SELF_HANDLED, *self.peripheral.spec.gatt)}
        told = ["UUIDs"] if uuids != self.uuids else []
        self.uuids, self.stored.uuids = uuids, uuids
        self.stored.cached = True
        self.resolved_now = True
        # Mostly the objects come first. In a Pair() whose keys came before the services it is the other way round: a
        # client that looks for the objects the moment it hears of ServicesResolved has to ask for them.
        if self._paired_untold:
            self._paired_untold = False
            self.changed(*told, "ServicesResolved", "Paired")
            self.table.export()
        else:
            self.table.export()
            self.changed(*told, "ServicesResolved")
        self._battery.start()
        self._resolved.set()

    async def resolved(self) -> None:
        """Until the services are resolved, or the link is gone."""
        while self.connected and not self.resolved_now:
            self._resolved.clear()
            await self._resolved.wait()

    @method()
    async def Disconnect(self, call: Call) -> None:
        if ended := self.request_disconnect():
            await ended

    def request_disconnect(self) -> asyncio.Future | None:
        """device_request_disconnect; what comes back is done when the link is gone."""
        if self.bonding:
            self.bonding.cancel(errors.authentication_canceled())
        self.stop_connecting()
        if not self.connected:
            return None
        ended = asyncio.get_running_loop().create_future()
        self._link_ended.append(ended)
        if not self._disconnect_timer:
            loop = asyncio.get_running_loop()
            self._disconnect_timer = loop.call_later(self.timing.disconnect_delay, self.end_link)
        return ended

    def end_link(self) -> None:
        if self.connected:
            self.peripheral.link_down()
            self.link_lost()

    # Host: what the device itself does

    def value_arrived(self, uuid: str, value: bytes) -> bool:
        by_profile = self._battery.value_arrived(uuid, value)
        return self.table.value_arrived(uuid, value) or by_profile

    def services_changed(self) -> None:
        """gatt_service_removed and gatt_service_added while the link is up; ServicesResolved stays as it is."""
        if self.resolved_now:
            self.table.renew()
            self.table.export()

    def link_lost(self) -> None:
        """device_remove_connection: what is told, and in which order."""
        for task in list(self._tasks):
            if task is not self._connecting:
                task.cancel()
        self.attached = False
        self.table.link_down()
        self._battery.stop()
        if self._disconnect_timer:
            self._disconnect_timer.cancel()
            self._disconnect_timer = None
        if self.resolved_now:
            self.resolved_now = False
            self.changed("ServicesResolved")
        self.stop_connecting()
        self._paired_untold = False
        if self.paired and not self.bonded:
            self.paired = False
            self.changed("Paired")
        self.changed("Connected")
        self._resolved.set()
        for ended in self._link_ended:
            if not ended.done():
                ended.set_result(None)
        self._link_ended.clear()
        if self.bonding and not self.paired:
            self.bonding.cancel(errors.authentication_canceled())
        if self.pending_remove:
            self.adapter.remove(self)
        elif self.temporary:
            self.restart_temporary_timer()

    # Pairing

    @method(fault="pair")
    async def Pair(self, call: Call) -> None:
        await pairing.pair(self, call)

    @method()
    def CancelPairing(self, call: Call) -> None:
        if not self.bonding:
            raise errors.does_not_exist()
        made_link = self.bonding.made_link
        self.bonding.cancel(errors.authentication_canceled())
        if made_link:
            self.end_link()

    @method("s")
    def ConnectProfile(self, call: Call) -> None:
        raise errors.not_supported()

    @method("s")
    def DisconnectProfile(self, call: Call) -> None:
        raise errors.not_supported()

    def keys_arrived(self, authenticated: bool) -> None:
        """new_long_term_key_callback: a key is kept only while the adapter is pairable."""
        bond = self.adapter.pairable
        self.stored.authenticated = authenticated
        self.peripheral.pairing_done(bond)
        told = []
        if bond:
            self.stored.bonded = True
            self.set_temporary(False)
            told.append("Bonded")
        self.paired = True
        if self.table.exported:
            told.append("Paired")
        else:
            self._paired_untold = True  # pending_paired: told with the services
        if told:
            self.changed(*told)

    async def secure(self) -> None:
        """What src/shared/att.c does when the device says that it wants more security: pair, then once again."""
        if self.secured:
            return
        if not self._securing or self._securing.done():
            self._securing = self.later(pairing.exchange(self, self.agents.find(None), asked_for=False))
        try:
            await asyncio.shield(self._securing)
        except errors.BlueZError:
            raise errors.not_permitted("Not paired") from None
        except asyncio.CancelledError:
            if self.connected:
                raise
            raise errors.failed("Not connected") from None

    # Storage

    def restore(self, stored: StoredDevice) -> None:
        """device_create_from_storage. The GATT objects do not come back before the next connection: 5.66 reads its
        cache only in device_attach_att."""
        self.stored, self.temporary, self.paired = stored, False, stored.bonded
        self.uuids |= stored.uuids

    def destroy(self) -> None:
        """device_remove: the objects go, and so do all sessions."""
        self._stop_temporary_timer()
        self.pending_remove = False
        if self.bonding:
            self.bonding.cancel(errors.authentication_canceled())
        self.stop_connecting()
        self.end_link()
        self.table.remove()
        for task in self._tasks:
            task.cancel()
        self.tree.unexport(self.path)

    def halt(self) -> None:
        """bluetoothd is dead: the link goes, and nobody is told."""
        self._stop_temporary_timer()
        if self._disconnect_timer:
            self._disconnect_timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self.connected:
            self.peripheral.link_down()
