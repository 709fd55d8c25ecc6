# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing agents: BlueZ's doc/agent-api.txt and src/agent.c.

One agent per D-Bus client. The first one that comes is the default; the one of a client that calls Pair() is asked
before the default.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType

from . import errors
from .bus import Call, Interface, ObjectTree, method

CAPABILITIES = ("DisplayOnly", "DisplayYesNo", "KeyboardOnly", "NoInputNoOutput", "KeyboardDisplay")


# What a device can want of an agent, for the control socket's `ask`.
QUESTIONS = {"passkey": ("RequestPasskey", "o"), "confirmation": ("RequestConfirmation", "ou"),
             "authorization": ("RequestAuthorization", "o"), "service": ("AuthorizeService", "os"),
             "pin": ("RequestPinCode", "o")}
# What stands beside the device in each of them.
_MORE = {"o": (), "ou": (123456,), "os": ("0000180d-0000-1000-8000-00805f9b34fb",)}


class AgentRefused(Exception):
    """The agent answered with an error, went away, did not answer, or is busy with another device."""


class Agent:
    def __init__(self, tree: ObjectTree, owner: str, path: str, capability: str, timeout: float):
        self._tree, self.owner, self.path, self.capability = tree, owner, path, capability
        self._timeout = timeout
        self._asking: asyncio.Future | None = None

    async def request(self, member: str, signature: str, body: list[Any]) -> Any:
        """Calls the agent. AgentRefused whatever way it comes to a no; cancelled, the agent gets Cancel()."""
        if self._asking:
            raise AgentRefused
        call = Message(destination=self.owner, path=self.path, interface="org.bluez.Agent1", member=member,
                       signature=signature, body=body)
        self._asking = asyncio.ensure_future(self._tree.bus.call(call))
        try:
            reply = await asyncio.wait_for(self._asking, self._timeout)
        except asyncio.CancelledError:
            self._tell("Cancel")
            raise
        except TimeoutError:
            self._tell("Cancel")
            raise AgentRefused from None
        finally:
            self._asking = None
        if reply is None or reply.message_type is MessageType.ERROR:
            raise AgentRefused
        return reply.body[0] if reply.body else None

    async def try_on(self, kind: str, device: str) -> str:
        """Puts a question of another device to the agent, even while it answers one: the name of the error that it
        answers with, or `accepted`. bluetoothd itself would not ask an agent that is busy."""
        member, signature = QUESTIONS[kind]
        reply = await self._tree.bus.call(
            Message(destination=self.owner, path=self.path, interface="org.bluez.Agent1", member=member,
                    signature=signature, body=[device, *_MORE[signature]]))
        if reply is None:
            return "no answer"
        return reply.error_name if reply.message_type is MessageType.ERROR else "accepted"

    def _tell(self, member: str) -> None:
        if self._tree.bus.connected:
            self._tree.bus.send(Message(destination=self.owner, path=self.path, interface="org.bluez.Agent1",
                                        member=member, flags=MessageFlag.NO_REPLY_EXPECTED))


class AgentManager(Interface):
    """org.bluez.AgentManager1 at /org/bluez."""

    NAME = "org.bluez.AgentManager1"

    def __init__(self, tree: ObjectTree, timeout: float):
        self._objects, self._timeout = tree, timeout
        self._agents: dict[str, Agent] = {}
        self._defaults: list[Agent] = []  # the first is the default; the next one succeeds it
        self.default_changed: Callable[[], None] = lambda: None

    def find(self, client: str | None) -> Agent | None:
        """agent_get: the client's own agent, else the default."""
        if client in self._agents:
            return self._agents[client]
        return self._defaults[0] if self._defaults else None

    @method("os")
    def RegisterAgent(self, call: Call) -> None:
        path, capability = call.body
        if call.sender in self._agents:
            raise errors.already_exists()
        capability = capability or "KeyboardDisplay"
        if capability not in CAPABILITIES:
            raise errors.invalid_arguments()
        agent = Agent(self._objects, call.sender, path, capability, self._timeout)
        self._agents[call.sender] = agent
        self._defaults.append(agent)
        self._objects.watch(call.sender, lambda: self._forget(agent))
        self.default_changed()

    @method("o")
    def UnregisterAgent(self, call: Call) -> None:
        self._forget(self._own(call))

    @method("o")
    def RequestDefaultAgent(self, call: Call) -> None:
        agent = self._own(call)
        self._defaults.remove(agent)
        self._defaults.insert(0, agent)
        self.default_changed()

    def _own(self, call: Call) -> Agent:
        agent = self._agents.get(call.sender)
        if agent is None or agent.path != call.body[0]:
            raise errors.does_not_exist()
        return agent

    def _forget(self, agent: Agent) -> None:
        if self._agents.get(agent.owner) is agent:
            del self._agents[agent.owner]
            self._defaults.remove(agent)
            self.default_changed()
