# SPDX-License-Identifier: GPL-3.0-or-later
"""More of what may happen: readings that contradict each other, streams with holes, days that are too full."""

from __future__ import annotations

from alert_oracle.pen import CUFF, EAR, FINGER, METER, OXIMETER, STRAP, Line, Pen
from alert_oracle.scenes import LINKS, MINUTE

GAPS = (5, 9, 10, 11, 12, 20, 45, 59, 60, 61, 70, 300, 880, 899, 900, 901, 930)


def gappy_stream(pen: Pen) -> None:
    """Bursts with gaps between, some of them doubtful in one way or in two."""
    kind = pen.one_of("spo2", "heart-rate")
    bad, better, normal = pen.one_of((86, 91, 97), (91, 93, 97)) if kind == "spo2" else pen.one_of((140, 120, 75), (38, 44, 75))
    level = bad
    for _ in range(pen.random.randint(3, 12)):
        more = _doubt(pen) if pen.chance(0.5) else {}
        for _ in range(pen.one_of(1, 2, 4, 8, 14, 20)):
            value = "nan" if pen.chance(0.02) else level
            if kind == "spo2":
                pen.reading({"spo2": value, "pulse-rate": 72}, OXIMETER, True, **more)
            else:
                pen.reading({"heart-rate": value}, STRAP, True, **more)
            pen.wait(pen.one_of(1, 5, 5, 9, 10))
        pen.wait(pen.one_of(0, 0, pen.one_of(*GAPS[:11]), pen.one_of(*GAPS)))
        level = pen.one_of(bad, bad, level, better, normal)


def _doubt(pen: Pen) -> Line:
    more: Line = {}
    if pen.chance(0.4):
        more |= {"age": "unknown", "observedAt": None}
    if pen.chance(0.3):
        more["link"] = pen.one_of(*LINKS)
    if pen.chance(0.4):
        more["quality"] = pen.one_of("questionable", "invalid")
    return more


def doubtful_spots(pen: Pen) -> None:
    """One kind, bad and normal, while a device does not know what time it is."""
    kind = pen.one_of("spo2", "pulse", "pressure", "pressure", "temperature", "glucose")
    for _ in range(pen.random.randint(2, 12)):
        more = _doubt(pen) if pen.chance(0.6) else {}
        if kind == "spo2":
            status = ["fully-qualified"] if pen.chance(0.1) else []
            pen.reading({"spo2": pen.one_of(86, 86, 91, 94, 97), "pulse-rate": 72}, FINGER, **{"status": status, **more})
        elif kind == "pulse":
            pen.reading({"pulse-rate": pen.one_of(38, 44, 72, 104, 120, 140)}, FINGER, **more)
        elif kind == "pressure":
            systolic, diastolic = pen.one_of((188, 100), (150, 124), (178, 112), (165, 95), (140, 80), (88, 50), (98, 60))
            pen.reading({"systolic": systolic, "diastolic": diastolic, "pulse-rate": pen.one_of(72, 72, 118)}, CUFF,
                        **{"status": ["irregular-pulse"] if pen.chance(0.2) else [], **more})
        elif kind == "temperature":
            pen.reading({"body-temperature": pen.one_of(34.5, 36.6, 38.2, 39.5)}, EAR, **more)
        else:
            pen.reading({"glucose": pen.one_of(2.5, 3.5, 4.2, 6.0, 15.0, 17.0, "ninf", "pinf", "nan")}, METER, **more)
        pen.wait(pen.one_of(5, 30, 60, 60, 90, 200, pen.near(300), pen.near(600), pen.near(900)))


def ups_and_downs(pen: Pen) -> None:
    """More episodes than a day may tell of; the last ones are still there when the next day begins."""
    whats = pen.random.sample(("fever", "fever", "high fever", "low sugar", "high sugar", "low pressure", "odd"), 3)
    for _ in range(pen.random.randint(4, 10)):
        what = pen.one_of(*whats)
        for _ in range(2):
            _level(pen, what)
            pen.wait(70)
        pen.wait(pen.random.randint(1, 40) * MINUTE)
        if pen.chance(0.2):
            pause = {"scope": pen.one_of("resident", "rule"), "minutes": pen.one_of(5, 90, 0), "reason": "care"}
            pen.control({"pause": pause | ({"rule": pen.one_of("TP-1", "TP-2", "GL-1")} if pause["scope"] == "rule" else {})})
        if pen.chance(0.7):
            for _ in range(2):
                _level(pen, "normal " + what)
                pen.wait(70)
        if pen.chance(0.1):
            pen.control({"restart": True})
        pen.wait(pen.random.randint(1, 50) * MINUTE)
    pen.wait(pen.one_of(0, 10 * 60 * MINUTE, 26 * 60 * MINUTE))


def _level(pen: Pen, what: str) -> None:
    if what.endswith("fever"):
        level = 36.5 if what.startswith("normal") else pen.one_of(39.2, 40) if what == "high fever" else 38.2
        pen.reading({"body-temperature": level}, EAR)
    elif what.endswith("sugar"):
        level = 6 if what.startswith("normal") else 3.5 if what == "low sugar" else 17
        pen.reading({"glucose": level}, METER)
    elif what.endswith("low pressure"):
        pen.reading({"systolic": 120 if what.startswith("normal") else 88, "diastolic": 50, "pulse-rate": 72}, CUFF)
    else:
        pen.reading({"systolic": 120, "diastolic": 70 if what.startswith("normal") else 105, "pulse-rate": 72}, CUFF)
