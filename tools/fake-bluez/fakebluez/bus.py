# SPDX-License-Identifier: GPL-3.0-or-later
"""The D-Bus objects of one bluetoothd, on dbus-fast's message level.

BlueZ's gdbus decides much that clients notice: a property may come and go, a change may be told though the value is the
same, an answer may come long after the call, and all depends on who called. So messages are handled here as they are,
after gdbus/object.c: InterfacesAdded and InterfacesRemoved at `/`, PropertiesChanged with invalidated names, errors for
unknown properties, and UnknownObject where there is no object (libdbus).
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

from .errors import BlueZError
from .faults import HANG, Delay, Faults

LOG = logging.getLogger(__name__)
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
DBUS_ERROR = "org.freedesktop.DBus.Error."


class PatientSocket:
    """dbus-fast 5.2.0 takes a socket that is full for a broken one, and ends the connection: `_MessageWriter` does not
    expect BlockingIOError. That nothing was sent it understands, and waits until it can write."""

    def __init__(self, inner: socket.socket):
        self._inner = inner

    def send(self, data: memoryview) -> int:
        try:
            return self._inner.send(data)
        except BlockingIOError:
            return 0


async def connect(address: str) -> MessageBus:
    bus = await MessageBus(bus_address=address).connect()
    bus._writer.sock = PatientSocket(bus._sock)
    return bus


@dataclass
class Call:
    """A method call as its handler needs it: who calls, with what."""
    sender: str
    body: list[Any]


class Property:
    """A D-Bus property; the getter answers None where the property does not exist at the moment."""

    def __init__(self, signature: str, get: Callable[[Any], Any]):
        self.signature, self.get = signature, get
        self.name = get.__name__
        self.set: Callable[[Any, Any], None] | None = None
        self.fault: str | None = None  # the kind of call that setting it is, for scenarios that let it fail

    def setter(self, set_: Callable[[Any, Any], None]) -> "Property":
        self.set = set_
        return self


def prop(signature: str, fault: str | None = None) -> Callable[[Callable[[Any], Any]], Property]:
    def mark(get: Callable[[Any], Any]) -> Property:
        made = Property(signature, get)
        made.fault = fault
        return made
    return mark


def method(takes: str = "", gives: str = "", fault: str | None = None) -> Callable:
    """A D-Bus method; `fault` names the kind of call for scenarios that let it fail."""
    def mark(handler: Callable) -> Callable:
        handler.dbus = (takes, gives, fault)
        return handler
    return mark


class Interface:
    """One interface of one object. Subclasses set NAME and use @method and @prop."""

    NAME = ""
    methods: dict[str, Callable] = {}
    properties: dict[str, Property] = {}
    device_id: str | None = None  # for faults that hit one device only

    def __init_subclass__(cls) -> None:
        members = [getattr(cls, name) for name in dir(cls)]
        cls.methods = {m.__name__: m for m in members if callable(m) and hasattr(m, "dbus")}
        cls.properties = {m.name: m for m in members if isinstance(m, Property)}

    path = ""
    tree: "ObjectTree"
    exported = False

    def values(self) -> dict[str, Variant]:
        found = ((name, item.signature, item.get(self)) for name, item in self.properties.items())
        return {name: Variant(signature, value) for name, signature, value in found if value is not None}

    def changed(self, *names: str) -> None:
        """Tells everybody, whether or not the value is another one than before (gdbus does the same)."""
        if not self.exported:
            return
        values = self.values()
        present = {name: values[name] for name in names if name in values}
        gone = [name for name in names if name not in values]
        self.tree.signal(self.path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [self.NAME, present, gone])


class ObjectTree:
    """All objects of one bus connection, and the clients somebody wants to hear the end of."""

    def __init__(self, bus: MessageBus, faults: Faults):
        self.bus, self.faults = bus, faults
        self.objects: dict[str, dict[str, Interface]] = {}
        self._watches: dict[str, list[Callable[[], None]]] = {}
        self._tasks: set[asyncio.Task] = set()
        bus.add_message_handler(self._handle)

    async def start(self) -> None:
        match = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await self.bus.call(Message(destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                                    interface="org.freedesktop.DBus", member="AddMatch", signature="s", body=[match]))

    def stop(self) -> None:
        """As if the process died: nobody is told anything."""
        for interfaces in self.objects.values():
            for interface in interfaces.values():
                interface.exported = False
        for task in self._tasks:
            task.cancel()
        self.bus.disconnect()

    # Objects

    def export(self, path: str, interface: Interface) -> None:
        new = path not in self.objects
        self.objects.setdefault(path, {})[interface.NAME] = interface
        interface.path, interface.tree, interface.exported = path, self, True
        added: dict[str, Any] = {interface.NAME: interface.values()}
        if new:
            added |= {INTROSPECTABLE: {}, PROPERTIES: {}}
        self.signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, added])

    def unexport(self, path: str, name: str | None = None) -> None:
        """Takes one interface away, or the whole object."""
        interfaces = self.objects.get(path, {})
        names = [name] if name else list(interfaces)
        for item in names:
            interfaces.pop(item).exported = False
        if not interfaces:
            self.objects.pop(path, None)
            names += [INTROSPECTABLE, PROPERTIES]
        self.signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, names])

    def signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        if self.bus.connected:
            self.bus.send(Message(message_type=MessageType.SIGNAL, path=path, interface=interface, member=member,
                                  signature=signature, body=body))

    # Clients

    def watch(self, client: str, gone: Callable[[], None]) -> None:
        """Calls `gone` once when the D-Bus client leaves the bus."""
        self._watches.setdefault(client, []).append(gone)

    def unwatch(self, client: str, gone: Callable[[], None]) -> None:
        if gone in self._watches.get(client, []):
            self._watches[client].remove(gone)

    # Messages

    def _handle(self, message: Message) -> bool | None:
        """Each message becomes a task, and tasks begin in the order in which they are made. So a call acts up to its
        first wait before the next call does, and a client that has gone is noticed after the last of its calls."""
        gone = message.member == "NameOwnerChanged" and message.sender == "org.freedesktop.DBus"
        if message.message_type is not MessageType.METHOD_CALL and not gone:
            return None
        task = asyncio.ensure_future(self._client_gone(message) if gone else self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _client_gone(self, message: Message) -> None:
        name, _, owner = message.body
        if not owner:
            for tell in self._watches.pop(name, []):
                tell()

    async def _answer(self, message: Message) -> None:
        try:
            reply = await self._call(message)
        except BlueZError as error:
            reply = Message.new_error(message, error.name, error.text)
        except Exception:
            LOG.exception("%s.%s", message.interface, message.member)
            reply = Message.new_error(message, "org.bluez.Error.Failed", "the fake itself failed; see its stderr")
        if reply and self.bus.connected and not message.flags & MessageFlag.NO_REPLY_EXPECTED:
            self.bus.send(reply)

    async def _call(self, message: Message) -> Message | None:
        interface, member = message.interface or "", message.member
        if interface == "org.freedesktop.DBus.Peer" and member == "Ping":
            return Message.new_method_return(message)
        if interface == INTROSPECTABLE and member == "Introspect":
            return Message.new_method_return(message, "s", [self._introspect(message.path)])
        if interface == OBJECT_MANAGER and member == "GetManagedObjects" and message.path == "/":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._managed()])
        interfaces = self.objects.get(message.path)
        if interfaces is None:
            raise self._unknown("UnknownObject", message)
        if interface == PROPERTIES:
            return self._properties(message, interfaces)
        target = interfaces.get(interface)
        handler = target.methods.get(member) if target else None
        if handler is None or handler.dbus[0] != (message.signature or ""):
            raise self._unknown("UnknownMethod", message)
        _, gives, fault_kind = handler.dbus
        fault = self.faults.take(fault_kind, target.device_id) if fault_kind else None
        if fault is HANG:
            return None
        if isinstance(fault, BlueZError):
            raise fault
        result = handler(target, Call(message.sender, list(message.body)))
        if inspect.isawaitable(result):
            result = await result
        if isinstance(fault, Delay):
            await asyncio.sleep(fault.seconds)
        return Message.new_method_return(message, gives, [result] if gives else [])

    @staticmethod
    def _unknown(kind: str, message: Message) -> BlueZError:
        return BlueZError(DBUS_ERROR + kind, f'Method "{message.member}" with signature "{message.signature}" on '
                                             f'interface "{message.interface}" doesn\'t exist\n')

    def _properties(self, message: Message, interfaces: dict[str, Interface]) -> Message | None:
        name, arguments = (message.body or [""])[0], message.body[1:]
        target = interfaces.get(name)
        if target is None:
            raise BlueZError(DBUS_ERROR + "InvalidArgs", f"No such interface '{name}'")
        if message.member == "GetAll" and message.signature == "s":
            return Message.new_method_return(message, "a{sv}", [target.values()])
        item = target.properties.get(arguments[0]) if arguments else None
        value = item.get(target) if item else None
        if message.member == "Get" and message.signature == "ss":
            if item is None or value is None:
                raise BlueZError(DBUS_ERROR + "InvalidArgs", f"No such property '{arguments[0]}'")
            return Message.new_method_return(message, "v", [Variant(item.signature, value)])
        if message.member == "Set" and message.signature == "ssv":
            if item is None:
                raise BlueZError(DBUS_ERROR + "UnknownProperty", f"No such property '{arguments[0]}'")
            if item.set is None:
                raise BlueZError(DBUS_ERROR + "PropertyReadOnly", f"Property '{arguments[0]}' is not writable")
            if arguments[1].signature != item.signature:
                raise BlueZError(DBUS_ERROR + "InvalidSignature", f"Invalid signature for '{arguments[0]}'")
            fault = self.faults.take(item.fault, None) if item.fault else None
            if fault is HANG:
                return None
            if isinstance(fault, BlueZError):
                raise fault
            item.set(target, arguments[1].value)
            return Message.new_method_return(message)
        raise self._unknown("UnknownMethod", message)

    def _managed(self) -> dict[str, Any]:
        return {path: {INTROSPECTABLE: {}, PROPERTIES: {}} | {name: item.values() for name, item in interfaces.items()}
                for path, interfaces in self.objects.items()}

    def _introspect(self, path: str) -> str:
        lines = ["<node>"]
        for name, item in self.objects.get(path, {}).items():
            lines.append(f' <interface name="{name}">')
            for member, handler in item.methods.items():
                takes, gives, _ = handler.dbus
                arguments = [f'<arg type="{one}" direction="in"/>' for one in _split(takes)]
                arguments += [f'<arg type="{one}" direction="out"/>' for one in _split(gives)]
                lines.append(f'  <method name="{member}">{"".join(arguments)}</method>')
            for member, detail in item.properties.items():
                access = "readwrite" if detail.set else "read"
                lines.append(f'  <property name="{member}" type="{detail.signature}" access="{access}"/>')
            lines.append(" </interface>")
        for name in (INTROSPECTABLE, PROPERTIES) + ((OBJECT_MANAGER,) if path == "/" else ()):
            lines.append(f' <interface name="{name}"/>')
        prefix = path.rstrip("/") + "/"
        children = sorted({other[len(prefix):].split("/")[0] for other in self.objects if other.startswith(prefix)})
        return "\n".join(lines + [f' <node name="{child}"/>' for child in children if child] + ["</node>"])


def _split(signature: str) -> list[str]:
    from dbus_fast.signature import get_signature_tree
    return [one.signature for one in get_signature_tree(signature).types]
