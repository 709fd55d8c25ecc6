# SPDX-License-Identifier: GPL-3.0-or-later
"""org.bluez.Adapter1 of the one controller: doc/adapter-api.txt, src/adapter.c."""

from __future__ import annotations

import asyncio

from scenario import full_uuid

from . import errors
from .agent import AgentManager
from .bus import Call, Interface, ObjectTree, method, prop
from .device import Device
from .discovery import KNOWN, Client, Discovery, Filter
from .storage import Storage
from .timing import Timing
from .world import Peripheral, World

ROOT = "/org/bluez"
FIRST = "hci0"
NAME = "BlueZ 5.66"
TEST_COMPANY = 0xFFFF  # the number that is nobody's
RSSI_WALK = (-60, -62, -59, -61)


class Adapter(Interface):
    NAME = "org.bluez.Adapter1"

    def __init__(self, tree: ObjectTree, world: World, storage: Storage, agents: AgentManager, timing: Timing,
                 manufacture: bool, name: str):
        self.tree, self.world, self.storage, self.agents, self.timing = tree, world, storage, agents, timing
        self.path = f"{ROOT}/{name}"
        self.experimental = False  # Debian starts bluetoothd without --experimental
        self._manufacture = manufacture
        self.devices: dict[str, Device] = {}  # by path
        self.powered = True                   # AutoEnable, the default since 5.65
        self.blocked = False                  # by rfkill
        self.pairable = storage.pairable or agents.find(None) is not None
        self._pairable_timeout = 0
        self._discoverable = False
        self._discoverable_timeout = 180
        self._discovery = Discovery()
        self._discovering = False
        self._found: list[Device] = []
        self._watched: set[str] = set()  # clients whose end is waited for
        self._scan: asyncio.Task | None = None
        self._pairable_timer: asyncio.TimerHandle | None = None
        agents.default_changed = self._default_agent_changed

    # Properties

    @prop("s")
    def Address(self) -> str:
        return self.world.scenario.adapter

    @prop("s")
    def AddressType(self) -> str:
        return "public"

    @prop("s")
    def Name(self) -> str:
        return NAME

    @prop("s")
    def Alias(self) -> str:
        return self.storage.alias or NAME

    @Alias.setter
    def Alias(self, value: str) -> None:
        self.storage.alias = value
        self.changed("Alias")

    @prop("u")
    def Class(self) -> int:
        return 0

    @prop("b", fault="powered")
    def Powered(self) -> bool:
        return self.powered

    @Powered.setter
    def Powered(self, value: bool) -> None:
        if value and self.blocked:
            raise errors.blocked()
        if not value:
            for device in [one for one in self.devices.values() if one.temporary]:
                self.remove(device)
        self.power(value)

    @prop("b")
    def Discoverable(self) -> bool:
        return self._discoverable

    @Discoverable.setter
    def Discoverable(self, value: bool) -> None:
        if not self.powered:
            raise errors.failed("Not Powered")
        if self._discoverable != value:
            self._discoverable = value
            self.changed("Discoverable")

    @prop("u")
    def DiscoverableTimeout(self) -> int:
        return self._discoverable_timeout

    @DiscoverableTimeout.setter
    def DiscoverableTimeout(self, value: int) -> None:
        self._discoverable_timeout = value
        self.changed("DiscoverableTimeout")

    @prop("b")
    def Pairable(self) -> bool:
        return self.pairable

    @Pairable.setter
    def Pairable(self, value: bool) -> None:
        self._set_pairable(value)

    @prop("u")
    def PairableTimeout(self) -> int:
        return self._pairable_timeout

    @PairableTimeout.setter
    def PairableTimeout(self, value: int) -> None:
        self._pairable_timeout = value
        self.changed("PairableTimeout")
        self._restart_pairable_timer()

    @prop("b")
    def Discovering(self) -> bool:
        return self._discovering

    @prop("as")
    def UUIDs(self) -> list[str]:
        return [full_uuid(uuid) for uuid in ("1801", "1800", "180a")] if self.powered else []

    @prop("s")
    def Modalias(self) -> str:
        return "usb:v1D6Bp0246d0542"

    @prop("as")
    def Roles(self) -> list[str]:
        return ["central", "peripheral"]

    # Pairable goes with there being an agent (adapter_set_io_capability), and is off before the first one comes

    def _default_agent_changed(self) -> None:
        self._set_pairable(self.agents.find(None) is not None)

    def _set_pairable(self, value: bool) -> None:
        if self.pairable != value:
            self.pairable = self.storage.pairable = value
            self.changed("Pairable")
            self._restart_pairable_timer()

    def _restart_pairable_timer(self) -> None:
        if self._pairable_timer:
            self._pairable_timer.cancel()
            self._pairable_timer = None
        if self.pairable and self._pairable_timeout:
            loop = asyncio.get_running_loop()
            self._pairable_timer = loop.call_later(self._pairable_timeout, self._set_pairable, False)

    # Power

    def power(self, on: bool) -> None:
        """adapter_start, adapter_stop. What clients had set up for discovery is gone after it."""
        if self.powered == on:
            return
        self.powered = on
        if on:
            self.world.be_deaf(None)
            self.changed("Powered", "UUIDs")
            return
        self._discovery = Discovery()
        self._stop_scan(tell=False)
        for device in list(self.devices.values()):
            if device.bonding:
                device.bonding.cancel(errors.authentication_canceled())
            device.stop_connecting("le-connection-abort-by-local")
            device.end_link()
        self._discovering = False
        self.changed("Powered", "Discovering", "UUIDs")

    # Discovery

    @method(fault="startdiscovery")
    def StartDiscovery(self, call: Call) -> None:
        self._need_power()
        client = self._client(call.sender)
        if client.discovering:
            raise errors.busy()
        client.discovering = True
        if not self._scan:
            if self.world.deaf == "scan":
                self.world.be_deaf(None)
            # The answer first, then Discovering: start_discovery_complete.
            self._scan = asyncio.ensure_future(self._scanning())

    @method(fault="stopdiscovery")
    def StopDiscovery(self, call: Call) -> None:
        self._need_power()
        client = self._discovery.clients.get(call.sender)
        if client is None or not client.discovering:
            raise errors.failed("No discovery started")
        self._stop(call.sender, client)

    @method("a{sv}")
    def SetDiscoveryFilter(self, call: Call) -> None:
        self._need_power()
        filter_ = Filter.parse(call.body[0])
        client = self._client(call.sender)
        client.filter = filter_
        if not client.filter and not client.discovering:
            del self._discovery.clients[call.sender]

    @method("", "as")
    def GetDiscoveryFilters(self, call: Call) -> list[str]:
        return list(KNOWN)

    @method("o", fault="removedevice")
    async def RemoveDevice(self, call: Call) -> None:
        device = self.devices.get(call.body[0])
        if device is None:
            raise errors.does_not_exist()
        self._need_power()
        device.set_temporary(True)
        ended = device.request_disconnect()
        if ended:
            device.pending_remove = True
            await ended
        else:
            self.remove(device)

    def _need_power(self) -> None:
        if not self.powered:
            raise errors.not_ready()

    def _client(self, sender: str) -> Client:
        if sender not in self._discovery.clients:
            self._discovery.clients[sender] = Client()
            if sender not in self._watched:
                self._watched.add(sender)
                self.tree.watch(sender, lambda: self._client_gone(sender))
        return self._discovery.clients[sender]

    def _client_gone(self, sender: str) -> None:
        self._watched.discard(sender)
        client = self._discovery.clients.pop(sender, None)
        if client and client.discovering and not self._discovery.active:
            self._stop_scan()

    def _stop(self, sender: str, client: Client) -> None:
        client.discovering = False
        if not client.filter:  # a filter stays for the next time
            del self._discovery.clients[sender]
        if not self._discovery.active:
            self._stop_scan()

    def _stop_scan(self, tell: bool = True) -> None:
        if self._scan:
            self._scan.cancel()
            self._scan = None
        for device in self._found:
            device.discovery_ended()
        self._found.clear()
        if tell and self._discovering:
            self._discovering = False
            self.changed("Discovering")

    async def _scanning(self) -> None:
        await asyncio.sleep(0)
        self._discovering = True
        self.changed("Discovering")
        step = 0
        while True:
            await asyncio.sleep(self.timing.advertising_interval)
            for peripheral in self.world.peripherals.values():
                if peripheral.visible and not self.world.deaf:
                    self._heard(peripheral, RSSI_WALK[step % len(RSSI_WALK)])
            step += 1

    def _heard(self, peripheral: Peripheral, rssi: int) -> None:
        spec = peripheral.spec
        if not self._discovery.wants({full_uuid(uuid) for uuid in spec.services}, rssi, spec.name, spec.address):
            return
        device = self._find(spec.address)
        known = device is not None
        device = device or Device(self, peripheral)
        filtered, duplicates = self._discovery.filtered, self._discovery.duplicate_data
        if known:
            device.heard(rssi, filtered, duplicates)
        else:
            device.rssi, device.seen = rssi, True
            device.advertising_data(duplicates)
            device.restart_temporary_timer()
            self.add(device)
        if device not in self._found:
            self._found.append(device)

    def manufacturer_data(self, peripheral: Peripheral) -> dict[int, bytes]:
        """What it advertises now."""
        address = bytes.fromhex(peripheral.spec.address.replace(":", ""))
        return peripheral.announced.manufacturer | ({TEST_COMPANY: address} if self._manufacture else {})

    # Devices

    def _find(self, address: str) -> Device | None:
        return self.devices.get(f"{self.path}/dev_{address.replace(':', '_')}")

    def add(self, device: Device) -> None:
        self.devices[device.path] = device
        self.tree.export(device.path, device)

    def remove(self, device: Device) -> None:
        """btd_adapter_remove_device. A device that is temporary is forgotten for good, its bond too."""
        if self.devices.pop(device.path, None):
            if device in self._found:
                self._found.remove(device)
            self.storage.forget(device.peripheral.spec.address)
            device.destroy()

    def load(self) -> None:
        """load_devices."""
        for stored in self.storage.devices.values():
            device = Device(self, self.world.at(stored.address))
            device.restore(stored)
            self.add(device)

    def unplug(self) -> None:
        """The controller is gone: all objects go, what is stored stays."""
        self._discovery = Discovery()
        self._stop_scan(tell=False)
        for device in list(self.devices.values()):
            device.destroy()
        self.devices.clear()
        self.storage.pairable = False
        self.world.be_deaf(None)
        self.tree.unexport(self.path)
        self.halt()

    def halt(self) -> None:
        """Nothing more comes from this object; links are let go without a word on the bus."""
        self.agents.default_changed = lambda: None
        if self._scan:
            self._scan.cancel()
        if self._pairable_timer:
            self._pairable_timer.cancel()
        for device in self.devices.values():
            device.halt()
