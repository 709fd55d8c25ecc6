# SPDX-License-Identifier: GPL-3.0-or-later
"""One life of bluetoothd after another: it takes the name, shows its objects, and can die and come back."""

from __future__ import annotations

import asyncio
import contextlib

from dbus_fast import AuthError, RequestNameReply
from dbus_fast.aio import MessageBus

from .adapter import FIRST, ROOT, Adapter
from .agent import AgentManager
from .bus import ObjectTree, connect
from .faults import Faults
from .storage import Storage
from .timing import Timing
from .world import World

BUS_NAME = "org.bluez"
BUS_PAUSE = 0.2


class NameTaken(Exception):
    """Somebody else is org.bluez on this bus, most likely the real one."""


class Daemon:
    def __init__(self, address: str, world: World, faults: Faults, timing: Timing, manufacture: bool):
        self._address, self._world, self._faults, self._timing = address, world, faults, timing
        self._manufacture = manufacture
        self._storage = Storage()
        self._tree: ObjectTree | None = None
        self._agents: AgentManager | None = None
        self.adapter: Adapter | None = None
        self._watch: asyncio.Task | None = None

    async def start(self) -> None:
        bus = await connect(self._address)
        self._tree = ObjectTree(bus, self._faults)
        await self._tree.start()
        self._agents = AgentManager(self._tree, self._timing.agent_timeout)
        self._tree.export("/org/bluez", self._agents)
        self.plug()
        if await bus.request_name(BUS_NAME) is not RequestNameReply.PRIMARY_OWNER:
            self.stop()
            raise NameTaken(f"{BUS_NAME} is taken on {self._address}")
        self._watch = asyncio.ensure_future(self._live_on(bus))

    async def _live_on(self, bus: MessageBus) -> None:
        """disconnected_dbus in src/main.c: it exits with the bus. It is started again as soon as there is one."""
        with contextlib.suppress(Exception):
            await bus.wait_for_disconnect()
        if not self._tree or self._tree.bus is not bus:
            return
        self.stop()
        while True:
            try:
                return await self.start()
            except (OSError, EOFError, AuthError):
                await asyncio.sleep(BUS_PAUSE)

    def stop(self) -> None:
        """Dies: no signal, no Release to the agents, links gone. What is stored stays in the Storage."""
        if self.adapter:
            self.adapter.halt()
            self.adapter = None
        if self._tree:
            self._tree.stop()
            self._tree = None

    async def restart(self, away: float) -> None:
        self.stop()
        await asyncio.sleep(away)
        await self.start()

    def plug(self, name: str = FIRST) -> bool:
        """The controller is there, under the index that the kernel gives it now."""
        if self.adapter or not self._tree or not self._agents:
            return False
        self.adapter = Adapter(self._tree, self._world, self._storage, self._agents, self._timing, self._manufacture,
                               name)
        self._tree.export(self.adapter.path, self.adapter)
        self.adapter.load()
        return True

    def unplug(self) -> bool:
        if not self.adapter:
            return False
        self.adapter.unplug()
        self.adapter = None
        return True

    async def ask(self, kind: str, address: str) -> str:
        """A device that nobody pairs with wants something of the default agent; what that says."""
        agent = self._agents.find(None) if self._tree and self._agents else None
        place = self.adapter.path if self.adapter else f"{ROOT}/{FIRST}"
        return await agent.try_on(kind, f"{place}/dev_{address.replace(':', '_')}") if agent else "no agent"
