# SPDX-License-Identifier: GPL-3.0-or-later
"""Which decoder reads which characteristic, and which other characteristic says what of it is supported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oracle import (battery, blood_pressure, blood_pressure_record, current_time, device_information, glucose, heart_rate,
                    pulse_oximeter, record_access, thermometer, user_data, weight_scale)
from oracle.octets import Octets
from oracle.reading import Reading

Decode = Callable[[Octets, bytes | None], Reading]


@dataclass(frozen=True)
class Characteristic:
    """`features`: values of the feature characteristic that are worth trying."""

    uuid: str
    decode: Decode
    features: tuple[bytes, ...] = ()


BLOOD_PRESSURE_FEATURES = tuple(bytes.fromhex(text) for text in ("0000", "1F00", "0A00", "15", "1500AA"))
# Enough where the status is that of 2A35; without bit 6, which announces a CRC behind a record.
FEW_FEATURES = tuple(bytes.fromhex(text) for text in ("0A01",))
OXIMETER_FEATURES = tuple(bytes.fromhex(text) for text in (
    "0000", "010020C1", "B2003F0800", "0300A0AA5555FF", "030020C13F"))
GLUCOSE_FEATURES = tuple(bytes.fromhex(text) for text in ("0000", "5501", "AA02", "20"))

ALL = {one.uuid: one for one in (
    Characteristic("2A37", heart_rate.measurement),
    Characteristic("2A38", heart_rate.location),
    Characteristic("2A39", heart_rate.control_point),
    Characteristic("2A35", blood_pressure.measurement, BLOOD_PRESSURE_FEATURES),
    Characteristic("2A36", blood_pressure.cuff_pressure, FEW_FEATURES),
    Characteristic("2A49", blood_pressure.features),
    Characteristic("2B34", blood_pressure.enhanced_measurement, FEW_FEATURES),
    Characteristic("2B35", blood_pressure.enhanced_cuff_pressure, FEW_FEATURES),
    Characteristic("2B36", blood_pressure_record.record, FEW_FEATURES),
    Characteristic("2A5E", pulse_oximeter.spot_check, OXIMETER_FEATURES),
    Characteristic("2A5F", pulse_oximeter.continuous, OXIMETER_FEATURES),
    Characteristic("2A60", pulse_oximeter.features),
    Characteristic("2A52", record_access.control_point),
    Characteristic("2A1C", thermometer.measurement),
    Characteristic("2A1D", thermometer.site),
    Characteristic("2A1E", thermometer.measurement),
    Characteristic("2A21", thermometer.interval),
    Characteristic("2A9D", weight_scale.measurement),
    Characteristic("2A9E", weight_scale.features),
    Characteristic("2A18", glucose.measurement, GLUCOSE_FEATURES),
    Characteristic("2A34", glucose.context),
    Characteristic("2A51", glucose.features),
    Characteristic("2A19", battery.level),
    Characteristic("2A29", device_information.text("manufacturer")),
    Characteristic("2A24", device_information.text("model")),
    Characteristic("2A25", device_information.text("serial-number")),
    Characteristic("2A27", device_information.text("hardware-revision")),
    Characteristic("2A26", device_information.text("firmware-revision")),
    Characteristic("2A28", device_information.text("software-revision")),
    Characteristic("2A23", device_information.system_id),
    Characteristic("2A2A", device_information.regulatory),
    Characteristic("2A50", device_information.pnp_id),
    Characteristic("2A2B", current_time.current_time),
    Characteristic("2A0F", current_time.local_time),
    Characteristic("2A14", current_time.reference),
    Characteristic("2A08", current_time.date_time),
    Characteristic("2A9A", user_data.user_index),
    Characteristic("2A9F", user_data.control_point),
)}
