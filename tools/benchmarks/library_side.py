# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python library's side of `bench decode`; runs in the environment that the library is installed in.

    library_side.py values   lines `characteristic, octets` on stdin, tab between; what the library makes of each, as JSON:
                             {"values": [[kind, number or null], …]}, {"facts": …}, {"error": …} or {"unknown": true}
    library_side.py decode   lines `profile, characteristic, octets octets…`; for each one the nanoseconds for a value, a
                             number for each round
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from labmcp_ble_health import driver

ROUNDS = 15
SHORTEST_NANOSECONDS = 20_000_000
INCH = Decimal("2.54")
POUND = Decimal("0.45359237")

PARSERS: dict[str, Callable[[bytes], Any]] = {
    "2A19": driver.parse_battery_level,
    "2A1C": driver.parse_temperature_measurement,
    "2A1E": driver.parse_temperature_measurement,
    "2A35": driver.parse_blood_pressure_measurement,
    "2A36": driver.parse_blood_pressure_measurement,
    "2A37": driver.parse_heart_rate_measurement,
    "2A38": driver.parse_body_sensor_location,
    "2A49": driver.parse_blood_pressure_feature,
    "2A5E": driver.parse_plx_spot_check,
    "2A5F": driver.parse_plx_continuous,
    "2A60": driver.parse_plx_features,
    "2A9D": driver.parse_weight_measurement,
    "2A9E": driver.parse_weight_scale_feature,
} | {uuid: driver.decode_string for uuid in ("2A24", "2A25", "2A26", "2A27", "2A28", "2A29")}


def number(value: Any) -> Decimal | None:
    """A float as the decimal that it is written as; None for what is no number."""
    value = value.value if isinstance(value, driver.MedFloat) else value
    return None if value is None else Decimal(str(value))


def pressures(parsed: Any, kinds: tuple[str, ...]) -> list[tuple[str, Decimal | None]]:
    sent = (parsed.systolic, parsed.diastolic, parsed.mean_arterial)
    found = [(kind, number(driver.to_mmhg(value, parsed.unit))) for kind, value in zip(kinds, sent, strict=False)]
    return found + ([("pulse-rate", number(parsed.pulse_rate_bpm))] if parsed.pulse_rate_bpm is not None else [])


def oximetry(parsed: Any) -> list[tuple[str, Decimal | None]]:
    found = [("spo2", parsed.spo2_pct), ("pulse-rate", parsed.pulse_rate_bpm), ("spo2-fast", parsed.spo2_fast_pct),
             ("pulse-rate-fast", parsed.pulse_rate_fast_bpm), ("spo2-slow", parsed.spo2_slow_pct),
             ("pulse-rate-slow", parsed.pulse_rate_slow_bpm), ("pulse-amplitude-index", parsed.pulse_amplitude_index_pct)]
    return [(kind, number(value)) for kind, value in found if value is not None]


def heart_rate(parsed: Any) -> list[tuple[str, Decimal | None]]:
    energy = [] if parsed.energy_expended_kj is None else [("energy-expended", number(parsed.energy_expended_kj))]
    intervals = [("rr-interval", Decimal(seconds) * 1000) for seconds in parsed.rr_intervals_s]
    return [("heart-rate", number(parsed.bpm)), *energy, *intervals]


def weight(parsed: Any) -> list[tuple[str, Decimal | None]]:
    mass, height = number(parsed.weight), number(parsed.height)
    if mass is not None and parsed.unit == "lb":
        mass *= POUND
    found = [("body-weight", mass)]
    if parsed.bmi_kg_m2 is not None:
        found.append(("bmi", number(parsed.bmi_kg_m2)))
    if height is not None:
        found.append(("body-height", height * (100 if parsed.height_unit == "m" else INCH)))
    return found


def answer(characteristic: str, parsed: Any) -> dict[str, Any]:
    """What the library says, in our kinds and units."""
    match characteristic:
        case "2A19":
            values = [("battery", number(parsed))]
        case "2A1C" | "2A1E":
            values = [("body-temperature", number(driver.to_celsius(parsed.value, parsed.unit)))]
        case "2A35":
            values = pressures(parsed, ("systolic", "diastolic", "mean-arterial"))
        case "2A36":
            values = pressures(parsed, ("cuff-pressure",))
        case "2A37":
            values = heart_rate(parsed)
        case "2A5E" | "2A5F":
            values = oximetry(parsed)
        case "2A9D":
            values = weight(parsed)
        case _:
            return {"facts": parsed}
    return {"values": [[kind, None if found is None else str(found)] for kind, found in values],
            "time": getattr(parsed, "timestamp", None)}


def say_values() -> None:
    for line in sys.stdin:
        characteristic, octets = line.rstrip("\n").split("\t")
        if characteristic not in PARSERS:
            found: dict[str, Any] = {"unknown": True}
        else:
            try:
                found = answer(characteristic, PARSERS[characteristic](bytes.fromhex(octets)))
            except Exception as error:  # whatever the library raises is its answer
                found = {"error": str(error)}
        print(json.dumps(found))


def nanoseconds(parser: Callable[[bytes], Any], values: list[bytes], passes: int) -> int:
    start = time.process_time_ns()
    for _ in range(passes):
        for value in values:
            parser(value)
    return time.process_time_ns() - start


def say_times() -> None:
    for line in sys.stdin:
        profile, characteristic, octets = line.rstrip("\n").split("\t")
        values = [bytes.fromhex(text) for text in octets.split(" ")]
        parser = PARSERS[characteristic]
        passes = 1
        while nanoseconds(parser, values, passes) < SHORTEST_NANOSECONDS:
            passes *= 2
        rounds = [nanoseconds(parser, values, passes) / (passes * len(values)) for _ in range(ROUNDS)]
        print(profile, characteristic, " ".join(map(str, rounds)), sep="\t", flush=True)


if __name__ == "__main__":
    say_values() if sys.argv[1:] == ["values"] else say_times()
