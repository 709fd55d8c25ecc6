# SPDX-License-Identifier: GPL-3.0-or-later
"""Pair() and what the kernel's security manager does with it: src/device.c, src/adapter.c, src/agent.c.

Which questions are asked follows from both sides' input and output (Bluetooth Core, Vol 3 Part H 2.3.5.1, LE Secure
Connections): a `passkey` device only displays, a `confirm` device displays and has yes and no, the others have neither.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from . import errors
from .agent import Agent, AgentRefused
from .bus import Call

if TYPE_CHECKING:
    from .device import Device

JUST_WORKS, PASSKEY, CONFIRM = "just works", "passkey", "confirm"


def association(device_pairing: str, capability: str) -> str:
    """How the two sides authenticate each other."""
    if device_pairing == "passkey" and capability in ("KeyboardOnly", "KeyboardDisplay"):
        return PASSKEY
    if device_pairing == "confirm" and capability in ("DisplayYesNo", "KeyboardDisplay"):
        return CONFIRM
    if device_pairing == "confirm" and capability == "KeyboardOnly":
        return PASSKEY
    return JUST_WORKS


class Bonding:
    """One Pair() under way: bonding_req in src/device.c."""

    def __init__(self, device: "Device", client: str, agent: Agent | None):
        self._device, self.client, self._agent = device, client, agent
        self._made_link = not device.connected  # the link is there for this only
        self._linked = False
        self._end: errors.BlueZError | None = None
        self._task: asyncio.Task | None = None

    async def run(self) -> None:
        """Returns when paired and the services are resolved; else raises what Pair() answers."""
        device = self._device
        device.tree.watch(self.client, self._client_gone)
        self._task = asyncio.ensure_future(self._pair())
        try:
            await self._task
        except asyncio.CancelledError:
            if self._end is None:
                self._task.cancel()
                raise
            self._give_up()
            if self._made_link and not self._linked and device.temporary:
                device.adapter.remove(device)  # connect_failed_callback
            raise self._end from None
        except errors.BlueZError:
            self._give_up()
            raise
        finally:
            device.tree.unwatch(self.client, self._client_gone)

    def _give_up(self) -> None:
        """device_bonding_complete: it is again what a newly discovered device is."""
        if not self._device.paired and not self._device.trusted:
            self._device.set_temporary(True)

    def cancel(self, error: errors.BlueZError) -> None:
        if self._task and not self._task.done():
            self._end = error
            self._task.cancel()

    @property
    def made_link(self) -> bool:
        """CancelPairing ends a link that was made only for pairing (the kernel's cancel_pair_device)."""
        return self._made_link

    def _client_gone(self) -> None:
        """create_bond_req_exit."""
        self.cancel(errors.authentication_canceled())
        self._device.request_disconnect()

    async def _pair(self) -> None:
        device = self._device
        if device.bonded:
            # pair_device takes the bearer that is not bonded yet, BR/EDR, and whatever comes of that is then looked up
            # as a BR/EDR device, which there is none of: 5.66 never answers. CancelPairing() gets one out of it.
            await asyncio.Event().wait()
        if not device.connected:
            try:
                await asyncio.wait_for(device.make_link(), device.timing.bonding_timeout)
            except TimeoutError:
                raise errors.authentication_timeout() from None
        self._linked = True
        await exchange(device, self._agent, asked_for=True)
        await device.resolved()
        if not device.paired:
            raise errors.failed("Not paired")


async def exchange(device: "Device", agent: Agent | None, asked_for: bool) -> None:
    """The security manager. `asked_for`: a client called Pair(), so Just Works needs no question."""
    peripheral = device.peripheral
    try:
        async with asyncio.timeout(device.timing.pairing_timeout):
            await asyncio.sleep(device.timing.pair_delay)
            authenticated = await _authenticate(device, agent, asked_for)
    except TimeoutError:
        # SMP_TIMEOUT: the kernel ends the link, and bluetoothd takes that for a cancellation.
        device.end_link()
        raise errors.authentication_canceled() from None
    except AgentRefused:
        raise errors.authentication_failed() from None
    finally:
        peripheral.hide_passkey()
    if peripheral.spec.require == "authentication" and not authenticated:
        raise errors.authentication_failed()
    device.keys_arrived(authenticated)
    if peripheral.spec.disconnect_after_pairing:
        peripheral.drop()


async def _authenticate(device: "Device", agent: Agent | None, asked_for: bool) -> bool:
    peripheral = device.peripheral
    if peripheral.spec.pairing == "refuse":
        raise errors.authentication_failed()
    if agent is None:
        raise errors.authentication_failed()  # new_auth: "No agent available for request type"
    way = association(peripheral.spec.pairing, agent.capability)
    if way == JUST_WORKS:
        if not asked_for:
            await agent.request("RequestAuthorization", "o", [device.path])
        return False
    number = peripheral.show_passkey()
    if way == CONFIRM:
        await agent.request("RequestConfirmation", "ou", [device.path, number])
    elif await agent.request("RequestPasskey", "o", [device.path]) != number:
        raise errors.authentication_failed()
    return True


async def pair(device: "Device", call: Call) -> None:
    """Device1.Pair: pair_device."""
    device.set_temporary(False)
    if device.bonding:
        raise errors.in_progress()
    if not device.powered and not device.bonded:
        raise errors.authentication_failed()  # the kernel's NOT_POWERED, for which there is no error of its own
    if device.paired and not device.bonded:
        raise errors.already_paired()
    device.bonding = Bonding(device, call.sender, device.agents.find(call.sender))
    try:
        await device.bonding.run()
    finally:
        device.bonding = None

