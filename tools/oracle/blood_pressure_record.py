# SPDX-License-Identifier: GPL-3.0-or-later
"""Blood Pressure Record 2B36: a segment of another value of the service, in an envelope."""

from __future__ import annotations

from collections.abc import Sequence

from oracle import blood_pressure
from oracle.octets import Octets, Refused
from oracle.reading import Reading

INNER = {0x2A35: blood_pressure.measurement, 0x2A36: blood_pressure.cuff_pressure, 0x2A49: blood_pressure.features,
         0x2B34: blood_pressure.enhanced_measurement, 0x2B35: blood_pressure.enhanced_cuff_pressure}
CRC_FEATURE = 0x40
ENVELOPE = 5


def record(octets: Octets, feature: bytes | None) -> Reading:
    """One value alone: a first segment that is not the last says nothing yet, and a later one is of a record not seen.

    Header (bit 0 first, bit 1 last, 2-7 counter), sequence number of the user, UUID, the value or a part of it, and a CRC
    over the whole where the feature characteristic says so.
    """
    header, sequence, uuid = octets.uint8(), octets.uint16(), octets.record_uuid(tuple(INNER))
    if not header & 0x01:
        raise Refused("malformed", 0)
    if not header & 0x02:
        octets.rest("bytes")
        return Reading()
    if feature and feature[0] & CRC_FEATURE:
        octets.drop_checksum(crc)
    if uuid not in INNER:
        raise Refused("unsupported", 3)
    reading = INNER[uuid](octets, feature)
    reading.sequence = sequence
    reading.facts["record"] = f"{uuid:X}"
    return reading


def joined(segments: Sequence[bytes]) -> bytes:
    """The segments of one record as the one segment that they would be without a limit of length."""
    return bytes([0x03]) + segments[0][1:] + b"".join(segment[ENVELOPE:] for segment in segments[1:])


def crc(octets: bytes) -> int:
    """CRC-16-CCITT: polynomial 1021, begins with FFFF, most significant bit first."""
    remainder = 0xFFFF
    for octet in octets:
        remainder ^= octet << 8
        for _ in range(8):
            remainder = remainder << 1 ^ (0x1021 if remainder & 0x8000 else 0)
            remainder &= 0xFFFF
    return remainder
