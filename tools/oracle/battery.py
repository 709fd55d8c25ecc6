# SPDX-License-Identifier: GPL-3.0-or-later
"""Battery Service 180F."""

from __future__ import annotations

from decimal import Decimal

from oracle import units
from oracle.medical_float import Absent
from oracle.octets import Octets
from oracle.reading import Reading


def level(octets: Octets, feature: bytes | None) -> Reading:
    """2A19: above 100 is reserved."""
    percent = octets.uint8()
    return Reading([units.value("battery", Decimal(percent) if percent <= 100 else Absent.RESERVED, "%")])
