# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a scenario: which Bluetooth devices there are, and what each does in what order.

One file is played by two stages: `tools/fake-bluez` (a bluetoothd made of Python) and `tools/lab` (the real bluetoothd
and virtual peripherals). A mistyped key that was ignored would make a test pass for the wrong reason, so everything
unknown is an error that names `file:line:column` and the place in the document.

Scalars are taken as they are written, never as YAML types: `value: 0048` is two bytes, not the number 38, and the
service `1810` needs no quotes.

    scenario = load("evening.yaml")
    scenario.devices[0].story      -> [Wait(2.0), Until("connected"), Stream(...), ...]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union

from yaml_node import Node, ScenarioError, compose

PAIRINGS = ("just-works", "passkey", "confirm", "refuse")
REQUIREMENTS = ("none", "encryption", "authentication")
PROPERTIES = ("read", "write", "write-without-response", "notify", "indicate")
CALLS = ("connect", "pair", "startnotify", "startdiscovery", "stopdiscovery", "removedevice", "readvalue", "writevalue",
         "powered")
DEFAULT_ADAPTER = "F0:F1:F2:F3:F4:00"
BASE_UUID = "0000{}-0000-1000-8000-00805f9b34fb"


def full_uuid(uuid: str) -> str:
    """The 128 bit lower case form in which BlueZ shows every UUID."""
    return BASE_UUID.format(uuid) if len(uuid) == 4 else uuid


# What a story is made of --------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Wait:
    """Do nothing for that long."""
    seconds: float


@dataclass(frozen=True)
class Until:
    """Go on as soon as the condition holds; `argument` is the characteristic or the signal's name."""
    condition: str  # connected, disconnected, subscribed, unsubscribed, paired, signal, written
    argument: str = ""
    value: bytes = b""  # what is written, where it is that: each write lets one such step go on


@dataclass(frozen=True)
class Notify:
    """One notification, or indication where the characteristic's property is `indicate`."""
    characteristic: str
    value: bytes


@dataclass(frozen=True)
class Stream:
    """A value every so many seconds while somebody is subscribed. It ends after `count` values, or as soon as the
    condition `until` holds; with neither never."""
    characteristic: str
    every: float
    count: int | None
    values: tuple[bytes, ...] = ()
    prefix: bytes | None = None  # set: generated values, prefix + uint16 LE counter from 1
    until: Until | None = None

    def value(self, n: int) -> bytes:
        """The n-th value, counted from 0."""
        if self.prefix is not None:
            return self.prefix + ((n + 1) & 0xFFFF).to_bytes(2, "little")
        return self.values[n % len(self.values)]


@dataclass(frozen=True)
class Advertise:
    on: bool


@dataclass(frozen=True)
class Announce:
    """From now on its advertisement carries this data, and no other."""
    manufacturer: dict[int, bytes] = field(default_factory=dict)  # company id -> what follows it
    service_data: dict[str, bytes] = field(default_factory=dict)  # UUID as written, lower case -> what follows it


@dataclass(frozen=True)
class Disconnect:
    """The device drops the link."""


@dataclass(frozen=True)
class Mark:
    """Only a line among the events."""
    text: str


@dataclass(frozen=True)
class Loop:
    """The steps again and again: `times`, or without it forever."""
    times: int | None
    steps: tuple["Step", ...]


@dataclass(frozen=True)
class Fail:
    """The next calls of that kind fail like this (fake only)."""
    call: str
    error: str
    message: str
    times: int


@dataclass(frozen=True)
class Parallel:
    """All branches at once; ends when the last has ended."""
    branches: tuple[tuple["Step", ...], ...]


Step = Union[Wait, Until, Notify, Stream, Advertise, Announce, Disconnect, Mark, Loop, Fail, Parallel]


# What a scenario is made of -----------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Characteristic:
    uuid: str  # as written: four lower case hex digits, or the full form
    properties: tuple[str, ...]
    value: bytes = b""
    has_clock: bool = False  # it is the device's clock: what is read goes on by itself, and what is written sets it
    ahead: float | None = None  # how many seconds that shows more than UTC at the start; None: it was never set


@dataclass(frozen=True)
class Device:
    id: str
    address: str
    name: str
    services: tuple[str, ...]  # advertised
    announce: Announce  # advertised besides, until a story says otherwise
    advertise: bool
    pairing: str
    passkey: int | None  # None: a random one at each pairing
    require: str
    disconnect_after_pairing: bool
    gatt: dict[str, dict[str, Characteristic]]  # service -> characteristic, in the file's order
    story: tuple[Step, ...]

    def characteristic(self, uuid: str) -> Characteristic | None:
        """The characteristic, whichever service it is in: each occurs once per device."""
        for service in self.gatt.values():
            if uuid in service:
                return service[uuid]
        return None


@dataclass(frozen=True)
class Scenario:
    path: str
    name: str
    adapter: str  # the adapter's address
    devices: tuple[Device, ...] = field(default_factory=tuple)

    def device(self, identifier: str) -> Device | None:
        return next((device for device in self.devices if device.id == identifier), None)


def load(path: str | Path) -> Scenario:
    """Reads the file; ScenarioError if it cannot be read or anything in it is not understood."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read: {error}") from error
    return parse(text, str(path))


def parse(text: str, path: str = "<text>") -> Scenario:
    """The same for a text; `path` is only for error messages and for the scenario's default name."""
    return _scenario(compose(text, path))


# Reading the document -----------------------------------------------------------------------------------------------

def _uuid(node: Node, text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{4}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise node.error(f"`{text}` is not a UUID (four hex digits, or the full form)")
    return text.lower()


def _address(node: Node) -> str:
    return node.matching(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", "an address like F5:F1:F2:F3:F4:01").upper()


def _scenario(root: Node) -> Scenario:
    keys = root.mapping(("devices",), ("name", "adapter"))
    adapter = DEFAULT_ADAPTER
    if "adapter" in keys:
        adapter = _address(keys["adapter"].mapping(("address",))["address"])
    devices: list[Device] = []
    for node in keys["devices"].items():
        device = _device(node)
        if any(other.id == device.id for other in devices):
            raise node.error(f"the id `{device.id}` is there twice")
        if device.address == adapter or any(other.address == device.address for other in devices):
            raise node.error(f"the address {device.address} is there twice")
        devices.append(device)
    name = keys["name"].text() if "name" in keys else Path(root.path).stem
    return Scenario(root.path, name, adapter, tuple(devices))


def _device(node: Node) -> Device:
    keys = node.mapping(("id", "address", "name"), ("services", "announce", "advertise", "pairing", "passkey", "require",
                                                   "disconnect_after_pairing", "gatt", "story"))
    address = _address(keys["address"])
    if int(address[:2], 16) < 0xC0:
        raise keys["address"].error(f"{address} is not a random static address (C0 to FF in front)")
    gatt = _gatt(keys["gatt"]) if "gatt" in keys else {}
    pairing = keys["pairing"].choice(PAIRINGS) if "pairing" in keys else "just-works"
    require = keys["require"].choice(REQUIREMENTS) if "require" in keys else "none"
    if "passkey" in keys and pairing != "passkey":
        raise keys["passkey"].error("only for `pairing: passkey`")
    if require == "authentication" and pairing not in ("passkey", "confirm"):
        raise keys["require"].error(f"`pairing: {pairing}` never authenticates")
    services = (tuple(_uuid(child, child.text()) for child in keys["services"].items())
                if "services" in keys else tuple(gatt))
    return Device(
        id=keys["id"].matching(r"[A-Za-z0-9][A-Za-z0-9_-]*", "an id (letters, digits, - and _)"),
        address=address, name=keys["name"].text(), services=services,
        announce=_announce(keys["announce"]) if "announce" in keys else Announce(),
        advertise=keys["advertise"].boolean() if "advertise" in keys else True,
        pairing=pairing, passkey=keys["passkey"].integer(0, 999999) if "passkey" in keys else None, require=require,
        disconnect_after_pairing=(keys["disconnect_after_pairing"].boolean()
                                  if "disconnect_after_pairing" in keys else False),
        gatt=gatt, story=_steps(keys["story"], gatt) if "story" in keys else ())


def _gatt(node: Node) -> dict[str, dict[str, Characteristic]]:
    result: dict[str, dict[str, Characteristic]] = {}
    seen: set[str] = set()
    for service_name, service_node in node.pairs().items():
        service = _uuid(service_node, service_name)
        characteristics: dict[str, Characteristic] = {}
        for name, child in service_node.pairs().items():
            uuid = _uuid(child, name)
            if uuid in seen:
                raise child.error(f"{uuid} is there twice in this device")
            seen.add(uuid)
            keys = child.mapping(("properties",), ("value", "clock"))
            properties = tuple(item.choice(PROPERTIES) for item in keys["properties"].items())
            if not properties:
                raise keys["properties"].error("at least one property is wanted")
            characteristics[uuid] = Characteristic(
                uuid, properties, keys["value"].hex() if "value" in keys else b"", "clock" in keys,
                _ahead(keys["clock"]) if "clock" in keys else None)
        result[service] = characteristics
    return result


def _ahead(node: Node) -> float | None:
    if node.text() == "not-set":
        return None
    return float(node.matching(r"-?[0-9]+(\.[0-9]+)?", "seconds ahead of UTC, or not-set"))


# Reading a story ----------------------------------------------------------------------------------------------------

_Gatt = dict[str, dict[str, Characteristic]]


def _announce(node: Node, _: _Gatt | None = None) -> Announce:
    keys = node.mapping((), ("manufacturer", "service-data"))
    companies, services = (keys[name].pairs() if name in keys else {} for name in ("manufacturer", "service-data"))
    for text, child in companies.items():
        if not re.fullmatch(r"[0-9a-fA-F]{4}", text):
            raise child.error(f"`{text}` is not a company id (four hex digits)")
    return Announce({int(text, 16): child.hex() for text, child in companies.items()},
                    {_uuid(child, text): child.hex() for text, child in services.items()})


def _writable(node: Node, uuid: str, gatt: _Gatt) -> str:
    uuid = _uuid(node, uuid)
    for service in gatt.values():
        if uuid in service and {"write", "write-without-response"} & set(service[uuid].properties):
            return uuid
    raise node.error(f"the device has no characteristic {uuid} with `write` or `write-without-response`")


def _subscribable(node: Node, uuid: str, gatt: _Gatt) -> str:
    uuid = _uuid(node, uuid)
    for service in gatt.values():
        if uuid in service and {"notify", "indicate"} & set(service[uuid].properties):
            return uuid
    raise node.error(f"the device has no characteristic {uuid} with `notify` or `indicate`")


def _steps(node: Node, gatt: _Gatt) -> tuple[Step, ...]:
    return tuple(_step(child, gatt) for child in node.items())


def _step(node: Node, gatt: _Gatt) -> Step:
    pairs = node.pairs()
    if len(pairs) != 1:
        raise node.error("a step is a mapping with one verb")
    verb, value = next(iter(pairs.items()))
    if verb not in _VERBS:
        raise value.error(f"unknown verb (known: {', '.join(_VERBS)})")
    return _VERBS[verb](value, gatt)


def _until(node: Node, gatt: _Gatt) -> Until:
    words = node.text().split()
    match words:
        case ["connected" | "disconnected" | "paired" as condition]:
            return Until(condition)
        case ["subscribed" | "unsubscribed" as condition, uuid]:
            return Until(condition, _subscribable(node, uuid, gatt))
        case ["signal", name]:
            return Until("signal", name)
        case ["written", uuid, value] if re.fullmatch(r"([0-9a-fA-F]{2})+", value):
            return Until("written", _writable(node, uuid, gatt), bytes.fromhex(value))
    raise node.error(f"`{node.text()}` is unknown (known: connected, disconnected, paired, subscribed UUID, "
                     "unsubscribed UUID, signal NAME, written UUID HEX)")


def _notify(node: Node, gatt: _Gatt) -> Notify:
    keys = node.mapping(("characteristic", "value"))
    return Notify(_subscribable(keys["characteristic"], keys["characteristic"].text(), gatt), keys["value"].hex())


def _stream(node: Node, gatt: _Gatt) -> Stream:
    keys = node.mapping(("characteristic", "every"), ("count", "values", "counter", "until"))
    if ("values" in keys) == ("counter" in keys):
        raise node.error("one of `values` and `counter` is wanted")
    values = tuple(child.hex() for child in keys["values"].items()) if "values" in keys else ()
    if "values" in keys and not values:
        raise keys["values"].error("at least one value is wanted")
    prefix = keys["counter"].mapping(("prefix",))["prefix"].hex() if "counter" in keys else None
    return Stream(_subscribable(keys["characteristic"], keys["characteristic"].text(), gatt),
                  keys["every"].number(0.001), keys["count"].integer(1) if "count" in keys else None, values, prefix,
                  _until(keys["until"], gatt) if "until" in keys else None)


def _disconnect(node: Node, gatt: _Gatt) -> Disconnect:
    node.choice(("true",))
    return Disconnect()


def _loop(node: Node, gatt: _Gatt) -> Loop:
    keys = node.mapping(("steps",), ("times",))
    steps = _steps(keys["steps"], gatt)
    if not steps:
        raise keys["steps"].error("at least one step is wanted")
    return Loop(keys["times"].integer(1) if "times" in keys else None, steps)


def _fail(node: Node, gatt: _Gatt) -> Fail:
    keys = node.mapping(("call", "error"), ("message", "times"))
    error = keys["error"].matching(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+", "a D-Bus error name")
    return Fail(keys["call"].choice(CALLS), error, keys["message"].text() if "message" in keys else "",
                keys["times"].integer(1) if "times" in keys else 1)


_VERBS: dict[str, Callable[[Node, _Gatt], Step]] = {
    "wait": lambda node, gatt: Wait(node.number(0)),
    "until": _until,
    "notify": _notify,
    "stream": _stream,
    "announce": _announce,
    "advertise": lambda node, gatt: Advertise(node.boolean()),
    "disconnect": _disconnect,
    "mark": lambda node, gatt: Mark(node.text()),
    "loop": _loop,
    "fail": _fail,
    "parallel": lambda node, gatt: Parallel(tuple(_steps(branch, gatt) for branch in node.items())),
}
