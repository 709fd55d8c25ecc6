# SPDX-License-Identifier: GPL-3.0-or-later
"""Who discovers, and with which filter: the discovery clients of src/adapter.c, doc/adapter-api.txt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scenario import full_uuid

from . import errors

# What SetDiscoveryFilter takes, in the order of src/adapter.c's parsers, with the D-Bus type.
KNOWN = {"UUIDs": "as", "RSSI": "n", "Pathloss": "q", "Transport": "s", "DuplicateData": "b", "Discoverable": "b",
         "Pattern": "s"}
FULL_LENGTH = 36


@dataclass(frozen=True)
class Filter:
    uuids: frozenset[str] = frozenset()
    rssi: int | None = None
    transport: str = "auto"
    duplicate_data: bool = False
    pattern: str | None = None

    @staticmethod
    def parse(options: dict[str, Any]) -> "Filter | None":
        """None for an empty dictionary, which takes the filter away."""
        if not options:
            return None
        values = {}
        for name, variant in options.items():
            if KNOWN.get(name) != variant.signature:
                raise errors.invalid_arguments()
            values[name] = variant.value
        transport = values.get("Transport", "auto")
        if transport not in ("auto", "le", "bredr") or "RSSI" in values and "Pathloss" in values:
            raise errors.invalid_arguments()
        if not -127 <= values.get("RSSI", 0) <= 20 or values.get("Pathloss", 0) > 137:
            raise errors.invalid_arguments()
        return Filter(frozenset(_uuid(text) for text in values.get("UUIDs", [])), values.get("RSSI"), transport,
                      values.get("DuplicateData", False), values.get("Pattern"))

    def lets_through(self, uuids: set[str], rssi: int) -> bool:
        return (self.transport != "bredr" and (not self.uuids or bool(self.uuids & uuids))
                and (self.rssi is None or rssi >= self.rssi))

    def matches_pattern(self, name: str, address: str) -> bool:
        return self.pattern is None or name.startswith(self.pattern) or address.startswith(self.pattern)


@dataclass
class Client:
    filter: Filter | None = None
    discovering: bool = False


class Discovery:
    """A client is kept while it discovers or has a filter set beforehand."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}

    @property
    def active(self) -> list[Client]:
        return [client for client in self.clients.values() if client.discovering]

    @property
    def filtered(self) -> bool:
        return any(client.filter for client in self.active)

    @property
    def duplicate_data(self) -> bool:
        return any(client.filter and client.filter.duplicate_data for client in self.active)

    def wants(self, uuids: set[str], rssi: int, name: str, address: str) -> bool:
        """The filters are merged: what one client asks for, all get."""
        patterns = [client.filter.pattern for client in self.active if client.filter]
        if patterns and None not in patterns and len(patterns) == len(self.active):
            if not any(client.filter.matches_pattern(name, address) for client in self.active):
                return False
        return any(client.filter is None or client.filter.lets_through(uuids, rssi) for client in self.active)


def _uuid(text: str) -> str:
    text = text.lower().removeprefix("0x")
    try:
        int(text.replace("-", ""), 16)
    except ValueError:
        raise errors.invalid_arguments() from None
    if len(text) == 8 and "-" not in text:
        return text + full_uuid("0000")[8:]
    if len(text) not in (4, FULL_LENGTH):
        raise errors.invalid_arguments()
    return full_uuid(text)
