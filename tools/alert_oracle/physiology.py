# SPDX-License-Identifier: GPL-3.0-or-later
"""Nights and days of made-up people, by the shapes that are published: the truth without the devices' noise."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

HOUR = 3600


@dataclass(frozen=True)
class Sleeper:
    """`events` an hour of apnoea, each falling by `depth` points; `rem` deep phases a night with `fall` points."""

    name: str
    spo2: float
    events: float = 0
    depth: tuple[float, float] = (0, 0)
    rem: int = 0
    fall: tuple[float, float] = (0, 0)
    conditions: tuple[str, ...] = ()
    pressure: tuple[float, float] = (128, 76)
    heart: float = 66
    # Shares of days with something that is really the matter.
    crisis: float = 0.0
    racing: float = 0.0
    hypoxia: float = 0.0


PEOPLE: tuple[Sleeper, ...] = (
    Sleeper("stable sleeper", 96.5),
    Sleeper("stable, white coat", 97.0, pressure=(138, 82)),
    Sleeper("mild apnoea", 96.5, 10, (3.5, 5.5)),
    Sleeper("moderate apnoea", 96.0, 22, (4.5, 8)),
    Sleeper("severe apnoea", 95.5, 45, (8, 16)),
    Sleeper("COPD", 94.5, rem=3, fall=(5, 10), heart=78),
    Sleeper("COPD, scale 2", 90.5, rem=3, fall=(3, 9), conditions=("scale-2",), heart=80),
    Sleeper("pneumonia begins", 96.0, hypoxia=0.35, heart=84),
    Sleeper("hypertension", 96.5, pressure=(152, 90), crisis=0.15),
    Sleeper("fast heart", 96.5, heart=76, racing=0.3),
)


def drift(source: random.Random, length: int, step: float, constant: float, deviation: float) -> list[float]:
    """A slow wander with that time constant and standard deviation."""
    keep = math.exp(-step / constant)
    push = deviation * math.sqrt(1 - keep * keep)
    value, found = source.gauss(0, deviation), []
    for _ in range(length):
        value = keep * value + source.gauss(0, push)
        found.append(value)
    return found


def night_of_oxygen(who: Sleeper, source: random.Random, seconds: int, step: int) -> list[float]:
    """The saturation in the blood, each `step` seconds."""
    length = seconds // step
    signal = [who.spo2 + one for one in drift(source, length, step, 900, 0.4)]
    _apnoeas(who, source, signal, step)
    for number in range(who.rem):
        # REM comes each ninety minutes, and longer towards the morning.
        at = int((1.2 + 1.6 * number + source.uniform(-0.2, 0.2)) * HOUR / step)
        _dip(signal, at, int(source.uniform(6, 14 + 5 * number) * 60 / step), source.uniform(*who.fall), int(60 / step))
    if source.random() < who.hypoxia:
        at = source.randrange(length // 4, length // 2)
        _dip(signal, at, int(source.uniform(0.2, 2) * HOUR / step), source.uniform(5, 12), int(600 / step))
    return [min(100.0, one) for one in signal]


def _apnoeas(who: Sleeper, source: random.Random, signal: list[float], step: int) -> None:
    """A slow fall and a quick return, in bouts as sleep gets deep."""
    if not who.events:
        return
    at = 0.0
    while True:
        at += 35 + source.expovariate(who.events / HOUR / 1.6 if math.sin(at / 2700) > -0.3 else who.events / HOUR / 8)
        first = int(at / step)
        fall, back = int(source.uniform(20, 40) / step), max(1, int(source.uniform(6, 14) / step))
        if first + fall + back >= len(signal):
            return
        depth = source.uniform(*who.depth)
        for index in range(fall):
            signal[first + index] -= depth * (index + 1) / fall
        for index in range(back):
            signal[first + fall + index] -= depth * (1 - (index + 1) / back)
        at += (fall + back) * step


def _dip(signal: list[float], at: int, length: int, depth: float, edge: int) -> None:
    for index in range(max(0, at), min(len(signal), at + length)):
        inside = min(index - at + 1, at + length - index)
        signal[index] -= depth * min(1.0, inside / max(1, edge))


def day_of_heart(who: Sleeper, source: random.Random, seconds: int, step: int) -> list[float]:
    """The heart rate with its activity, each `step` seconds."""
    length = seconds // step
    signal = [who.heart + one for one in drift(source, length, step, 300, 3)]
    for _ in range(source.randint(5, 10)):
        # A walk, or the stairs.
        is_stairs = source.random() < 0.3
        lasts = source.uniform(1, 3) if is_stairs else source.uniform(4, 22)
        _dip(signal, source.randrange(length), int(lasts * 60 / step), -source.uniform(25, 55 if is_stairs else 35),
             int(45 / step))
    if source.random() < who.racing:
        _dip(signal, source.randrange(length // 2), int(source.uniform(2, 25) * 60 / step),
             -(source.uniform(140, 170) - who.heart), int(4 / step))
    return signal


def beyond(signal: Sequence[float], usable: Sequence[bool], test: tuple[float, float], longer: int,
           step: int) -> list[tuple[int, int]]:
    """Where the signal is at or below the first or at or above the second, in what can be seen, for longer than that."""
    low, high = test
    found: list[tuple[int, int]] = []
    first = None
    for index in range(len(signal) + 1):
        is_out = index < len(signal) and usable[index] and (signal[index] <= low or signal[index] >= high)
        if is_out and first is None:
            first = index
        elif not is_out and first is not None:
            if (index - 1 - first) * step > longer:
                found.append((first, index - 1))
            first = None
    return found
