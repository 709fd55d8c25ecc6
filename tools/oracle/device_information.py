# SPDX-License-Identifier: GPL-3.0-or-later
"""Device Information Service 180A."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from oracle.octets import Octets
from oracle.reading import Reading, one_of

# Controls, and what breaks lines or turns their direction.
UNPRINTABLE = {"Cc", "Cf", "Zl", "Zp"}
VENDOR_SOURCES = {1: "bluetooth-sig", 2: "usb-forum"}


def text(name: str) -> Callable[[Octets, bytes | None], Reading]:
    """A characteristic that is UTF-8 and nothing else; some devices end or fill it with NUL."""

    def decode(octets: Octets, feature: bytes | None) -> Reading:
        whole = octets.rest("text").decode("utf-8", errors="replace")
        return Reading(facts={name: "".join(one for one in whole if unicodedata.category(one) not in UNPRINTABLE)})

    return decode


def system_id(octets: Octets, feature: bytes | None) -> Reading:
    """2A23: an EUI-64 whose last octet comes first."""
    return Reading(facts={"system-id": octets.take(8, "bytes")[::-1].hex("-").upper()})


def regulatory(octets: Octets, feature: bytes | None) -> Reading:
    """2A2A: a structure of IEEE 11073-20601, kept as it is."""
    return Reading(facts={"regulatory-data": octets.rest("bytes").hex("-").upper()})


def pnp_id(octets: Octets, feature: bytes | None) -> Reading:
    """2A50."""
    return Reading(facts={"vendor-id-source": one_of(octets.uint8(), VENDOR_SOURCES), "vendor-id": octets.uint16(),
                          "product-id": octets.uint16(), "product-version": octets.uint16()})
