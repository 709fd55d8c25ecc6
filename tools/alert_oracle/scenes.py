# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen to a person and to the devices; a trace is a row of these."""

from __future__ import annotations

from alert_oracle.pen import CUFF, EAR, FINGER, METER, OXIMETER, SCALES, STRAP, Line, Pen

MINUTE, HOUR, DAY = 60, 3600, 86_400
SPO2 = (80, 82, 83, 83.4, 84, 85, 86, 87, 88, 89, 89.9, 90, 91, 92, 92.4, 93, 94, 94.5, 95, 96, 97, 98, 99)
HEART = (35, 39, 40, 41, 44, 45, 46, 49, 50, 51, 52, 60, 75, 90, 98, 99, 100, 101, 105, 106, 110, 111, 115, 125, 126, 130,
         131, 140)
PRESSURES = ((125, 75), (128, 78), (135, 85), (140, 88), (150, 92), (154, 94), (155, 95), (160, 99), (165, 101), (169, 109),
             (170, 110), (178, 112), (179.9, 119.9), (180, 110), (185, 105), (190, 121), (100, 60), (104, 62), (105, 65),
             (95, 55), (91, 50), (90, 52), (88, 50), (120, 80))
ODD_PRESSURES = ((100, 85), (120, 101), (120, 100), (39, 10), (301, 120), (130, 39), (80, 90))
TEMPERATURES = (34.5, 35.0, 35.1, 35.4, 35.5, 36.6, 37.0, 37.8, 37.9, 38.0, 38.1, 38.5, 38.6, 39.0, 39.1, 40.2)
GLUCOSES = (2.5, 2.99, 3.0, 3.5, 3.89, 3.9, 4.3, 4.4, 6.0, 13.99, 14.0, 16.69, 16.7, 20.0, "ninf", "pinf", "nan")
LINKS = ("advert", "open", "encrypted", "authenticated")


def trouble(pen: Pen) -> Line:
    """How a reading may be other than fresh, valid and well connected; mostly it is not."""
    more: Line = {}
    if pen.chance(0.06):
        more["quality"] = pen.one_of("questionable", "questionable", "invalid")
    if pen.chance(0.05):
        more["age"] = "unknown"
        more["observedAt"] = None
    if pen.chance(0.05):
        more["link"] = pen.one_of(*LINKS)
    return more


def _sample(pen: Pen, kind: str, value: float, more: Line) -> None:
    if kind == "spo2":
        pen.reading({"spo2": value, "pulse-rate": 72}, OXIMETER, True, **more)
    else:
        pen.reading({"heart-rate": value}, STRAP, True, **more)


def stream(pen: Pen) -> None:
    """Levels that last about as long as a rule waits for, with what disturbs a stream between."""
    kind = pen.one_of("spo2", "spo2", "heart-rate")
    levels = SPO2 if kind == "spo2" else HEART
    level = pen.one_of(*levels)
    if pen.chance(0.7):
        _stretch(pen, kind, 97 if kind == "spo2" else 75, 32, 1, {})
    for _ in range(pen.random.randint(1, 6)):
        length = pen.near(pen.one_of(10, 30, 30, 60, 60, 70, 120, 120, 300, 600, 900))
        period = pen.one_of(1, 2, 5) if length < 200 else pen.one_of(5, 8, 10)
        _stretch(pen, kind, level, length, period, {})
        level = pen.one_of(*levels) if pen.chance(0.6) else levels[max(0, levels.index(level) - 1)]
        kindred = pen.random.random()
        if kindred < 0.08:
            _stretch(pen, kind, level, pen.one_of(1, 3, 20, 40), 1, {"quality": "questionable"})
        elif kindred < 0.16:
            _stretch(pen, kind, level, pen.one_of(1, 3, 20, 40), 1, {"quality": "invalid", "status": ["sensor-off"]})
        elif kindred < 0.20:
            _stretch(pen, kind, level, pen.one_of(5, 20, 45), 2, {"link": pen.one_of(*LINKS)})
        elif kindred < 0.23:
            _stretch(pen, kind, level, 60, 5, {"age": "unknown", "observedAt": None})
        elif kindred < 0.25:
            _stretch(pen, kind, level, pen.one_of(880, 899, 901, 930), 8, {"quality": "questionable"})
        elif kindred < 0.33:
            pen.wait(pen.one_of(3, 8, 9, 10, 11, 12, 20))


def _stretch(pen: Pen, kind: str, level: float, length: int, period: int, more: Line) -> None:
    is_noisy = pen.chance(0.2)
    end = pen.second + length
    while pen.second < end:
        noise = pen.one_of(-1, 0, 0, 0, 1) if is_noisy else 0
        _sample(pen, kind, round(level + noise, 1), more)
        if pen.chance(0.01):
            pen.again(pen.lines[-1])
        pen.wait(period)


def two_streams(pen: Pen) -> None:
    """A strap and a finger that see the same heart differently."""
    strap, finger, low = pen.one_of(*HEART), pen.one_of(*HEART), pen.one_of(*SPO2)
    for _ in range(pen.near(pen.one_of(60, 120, 200))):
        pen.reading({"heart-rate": strap}, STRAP, True)
        if pen.chance(0.7):
            pen.reading({"spo2": low, "pulse-rate": finger}, OXIMETER, True)
        pen.wait(1)


def finger_spots(pen: Pen) -> None:
    choices = pen.random.sample(SPO2, pen.one_of(1, 2, 3))
    heart = pen.one_of(72, 72, pen.one_of(*HEART))
    for _ in range(pen.random.randint(2, 9)):
        line = pen.reading({"spo2": pen.one_of(*choices), "pulse-rate": heart}, FINGER,
                           **({"status": ["fully-qualified"]} if pen.chance(0.08) else {}), **trouble(pen))
        _maybe_again(pen, line)
        pen.wait(pen.near(pen.one_of(40, 60, 60, 120, 300, 600, 900, 1800)))


def every_half_minute(pen: Pen) -> None:
    """Someone who measures all the time: what is waited for must not fall out of the memory."""
    level = pen.one_of(91, 93, 94, 86, 45, 38.2)
    for _ in range(pen.random.randint(20, 60)):
        if level == 45:
            pen.reading({"pulse-rate": 101}, FINGER)
        elif level == 38.2:
            pen.reading({"body-temperature": level}, EAR)
        else:
            pen.reading({"spo2": level, "pulse-rate": 72}, FINGER)
        pen.wait(pen.one_of(29, 30, 31))


def pulse_sessions(pen: Pen) -> None:
    level = pen.one_of(48, 50, 101, 105, 112, 44)
    for _ in range(pen.random.randint(3, 5)):
        for _ in range(pen.random.randint(1, 3)):
            pen.reading({"spo2": 97, "pulse-rate": level + pen.one_of(0, 0, 1, -1, 5)}, FINGER, **trouble(pen))
            pen.wait(pen.random.randint(20, 100))
        pen.wait(pen.random.randint(12 * MINUTE, 5 * HOUR))


def pressures(pen: Pen) -> None:
    choices = pen.random.sample(PRESSURES, pen.one_of(1, 2, 3))
    if pen.chance(0.2):
        choices.append(pen.one_of(*ODD_PRESSURES))
    for _ in range(pen.random.randint(1, 6)):
        _pressure(pen, *pen.one_of(*choices), pulse=pen.one_of(72, 72, 72, 40, 111, 135, "nan"), **trouble(pen))
        pen.wait(pen.near(pen.one_of(30, 60, 60, 120, 240, 300, 590, 870)))


def _pressure(pen: Pen, systolic: float, diastolic: float, pulse: float | str = 72, **more: object) -> None:
    line = pen.reading({"systolic": systolic, "diastolic": diastolic, "pulse-rate": pulse}, CUFF, **more)
    _maybe_again(pen, line)


def pressure_sessions(pen: Pen) -> None:
    level = pen.one_of((162, 96), (165, 101), (158, 103), (150, 90), (182, 112))
    for _ in range(pen.random.randint(2, 4)):
        for _ in range(pen.random.randint(1, 3)):
            shift = pen.one_of(-6, -2, 0, 0, 2)
            _pressure(pen, level[0] + shift, level[1] + shift, status=["irregular-pulse"] if pen.chance(0.4) else [])
            pen.wait(pen.random.randint(50, 150))
        pen.wait(pen.random.randint(11 * MINUTE, 9 * HOUR))


def temperatures(pen: Pen) -> None:
    choices = pen.random.sample(TEMPERATURES, pen.one_of(1, 2))
    for _ in range(pen.random.randint(2, 5)):
        pen.reading({"body-temperature": pen.one_of(*choices)}, EAR, **trouble(pen))
        pen.wait(pen.near(pen.one_of(60, 300, 600, 1800, 3600)))


def warm_stream(pen: Pen) -> None:
    level = pen.one_of(38.1, 38.6, 39.2, 34.9)
    for _ in range(2):
        end = pen.second + pen.near(pen.one_of(600, 620, 660))
        while pen.second < end:
            pen.reading({"body-temperature": level}, ("d-patch", "2A1E"), True)
            pen.wait(10)
        level = pen.one_of(36.6, 37.9)


def glucoses(pen: Pen) -> None:
    choices = pen.random.sample(GLUCOSES, pen.one_of(1, 2))
    for _ in range(pen.random.randint(2, 5)):
        value = pen.one_of(*choices)
        more = trouble(pen)
        if isinstance(value, str) and "quality" not in more:
            more["quality"] = pen.one_of("valid", "questionable")
        pen.reading({"glucose": value}, METER, **more)
        pen.wait(pen.near(pen.one_of(60, 300, 900, 1800, 3600)))


def late_ones(pen: Pen) -> None:
    """A device brings what it has stored; several at once, or dribbling."""
    for _ in range(pen.random.randint(1, 8)):
        more = {"age": "late", "observedAt": pen.at - pen.random.randint(16 * MINUTE, 2 * DAY) * 1000}
        if pen.chance(0.1):
            more["quality"] = pen.one_of("questionable", "invalid")
        which = pen.random.random()
        if which < 0.4:
            systolic, diastolic = pen.one_of(*PRESSURES)
            pen.reading({"systolic": systolic, "diastolic": diastolic, "pulse-rate": 72}, CUFF,
                        **{"status": ["irregular-pulse"] if pen.chance(0.3) else [], **more})
        elif which < 0.7:
            pen.reading({"spo2": pen.one_of(*SPO2), "pulse-rate": pen.one_of(*HEART)}, FINGER, **more)
        elif which < 0.85:
            pen.reading({"body-temperature": pen.one_of(*TEMPERATURES)}, EAR, **more)
        else:
            pen.reading({"glucose": pen.one_of(*GLUCOSES)}, METER, **more)
        pen.wait(pen.one_of(0, 0, 1, 5, 40, 59, 61))


def weights(pen: Pen) -> None:
    level = pen.one_of(60.0, 72.5)
    for _ in range(pen.random.randint(2, 6)):
        pen.reading({"body-weight": level}, SCALES, **({"quality": "questionable"} if pen.chance(0.1) else {}))
        level = round(level + pen.one_of(-0.5, 0.3, 0.9, 1.5, 2.0), 1)
        pen.wait(pen.random.randint(3 * HOUR, 20 * HOUR))


def _maybe_again(pen: Pen, line: Line) -> None:
    if pen.chance(0.05):
        pen.wait(pen.one_of(0, 2, 25))
        pen.again(line)


def home_week(pen: Pen, conditions: list[str]) -> None:
    """Days of measuring as asked, so that averages and what is usual are known; then something else."""
    pressure, oxygen = pen.one_of(*PRESSURES), pen.one_of(94, 96, 98, 99)
    weight = 70.0
    for day in range(pen.random.randint(4, 8)):
        for hour in (7, 19):
            _until(pen, day, hour)
            for _ in range(2):
                shift = pen.random.randint(-4, 4)
                _pressure(pen, pressure[0] + shift, pressure[1] + shift,
                          status=["irregular-pulse"] if pen.chance(0.05) else [])
                pen.wait(pen.random.randint(60, 120))
            pen.reading({"spo2": oxygen + pen.one_of(-1, 0, 0, 1) if oxygen < 99 else 99, "pulse-rate": 72}, FINGER)
            if "heart-failure" in conditions and hour == 7:
                pen.reading({"body-weight": weight}, SCALES)
                weight = round(weight + pen.one_of(0.2, 0.4, 0.9), 1)
            pen.wait(pen.random.randint(5, 50) * MINUTE)
            if pen.chance(0.1):
                pen.one_of(pressures, late_ones, finger_spots)(pen)
    for _ in range(pen.random.randint(1, 3)):
        pen.wait(pen.random.randint(1, 4) * HOUR)
        what = pen.random.random()
        if what < 0.4:
            for _ in range(2):
                _pressure(pen, pressure[0] - 42, max(45, pressure[1] - 30))
                pen.wait(90)
        elif what < 0.8:
            _stretch(pen, "spo2", oxygen - pen.one_of(3, 4, 5), 640, 8, {})
            _stretch(pen, "spo2", oxygen - pen.one_of(1, 2, 3), 80, 8, {})
        else:
            finger_spots(pen)


def _until(pen: Pen, day: int, hour: int) -> None:
    begin_of_day = (pen.begin + 8 * 3600_000) % 86_400_000 // 1000
    pen.wait(day * DAY + hour * HOUR - begin_of_day - pen.second + pen.random.randint(0, 20 * MINUTE))
