# SPDX-License-Identifier: GPL-3.0-or-later
"""The clinic's screen as lines of text. Pure: a view in, lines out; a terminal is not needed.

Widths are counted in terminal cells, of which a Chinese character takes two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from .ledger import TAKEN_CARE_OF
from .view import Device, View, text_of

BARS = "▁▂▃▄▅▆▇█"
STYLES = {"": "", "dim": "\x1b[2m", "bold": "\x1b[1m", "good": "\x1b[32m", "high": "\x1b[1;31m", "warn": "\x1b[33m",
          "head": "\x1b[36m"}
RESET = "\x1b[0m"
PRIORITIES = {"high": ("‼", "HIGH", "high"), "medium": ("!", "MEDIUM", "warn"), "low": ("·", "LOW", "")}
STATES = {"active": "active", "acknowledged": "acknowledged", "cleared-unacknowledged": "over, not yet acknowledged",
          "paused": "paused"}
UNITS = {"mm[Hg]": "mmHg", "Cel": "°C"}
# What is shown of a device, and the least span of a sparkline: a swing of one percent shall not look like a drama.
ROWS = (("heart-rate", "心率 heart rate", 30.0), ("rr-interval", "RR interval", 300.0), ("spo2", "血氧 SpO2", 10.0),
        ("systolic", "血压 pressure", 60.0), ("pulse-rate", "脉率 pulse rate", 30.0))

ALERTS_HEIGHT = 9  # lines, with the heading: two alerts with their texts

Segment = tuple[str, str]  # text, style
Line = list[Segment]


# Cells --------------------------------------------------------------------------------------------------------------

def cell_width(text: str) -> int:
    """How many cells a terminal uses for the text."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cc", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, cells: int) -> str:
    """The text in at most so many cells, with `…` where something was cut off."""
    if cell_width(text) <= cells:
        return text
    result, used = "", 0
    for character in text:
        if used + _cells(character) > cells - 1:
            break
        result += character
        used += _cells(character)
    return result + "…" if cells > 0 else ""


def pad(text: str, cells: int, right: bool = False) -> str:
    """The text in exactly so many cells."""
    text = clip(text, cells)
    space = " " * (cells - cell_width(text))
    return space + text if right else text + space


def wrap(text: str, cells: int) -> list[str]:
    """Lines of at most so many cells; broken after a space, or between or after Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and cell_width(line + piece.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return lines + [line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterable[str]:
    """What must stay together: a word with its space, a Chinese character with the punctuation behind it."""
    piece = ""
    for character in text:
        wide = _cells(character) == 2
        closing = unicodedata.category(character).startswith("P")
        if piece and not closing and (wide or piece[-1] == " " or _cells(piece[-1]) == 2):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def sparkline(values: Sequence[float], cells: int, span: float) -> str:
    """The latest values as bars, over at least `span`."""
    shown = list(values)[-cells:]
    if not shown:
        return ""
    low, high = min(shown), max(shown)
    if high - low < span:
        low, high = (low + high - span) / 2, (low + high + span) / 2
    return "".join(BARS[min(len(BARS) - 1, int((value - low) / (high - low) * len(BARS)))] for value in shown)


# Layout -------------------------------------------------------------------------------------------------------------

def render(view: View, width: int = 80, height: int = 24) -> list[Line]:
    """At most `height` lines of at most `width` cells. If there is little room the alerts' texts are cut first."""
    top = _title(view, width) + _story(view, width)
    devices = _devices(view, width)
    bottom = _bottom(view, width)
    room = max(2, height - len(top) - len(devices) - len(bottom))
    alerts = _alerts(view, width, room)
    # Filled up to a fixed height, so that the lines below do not jump when an alert comes.
    alerts += [[] for _ in range(min(room, ALERTS_HEIGHT) - len(alerts))]
    lines = top + devices + alerts + bottom
    return [_fit(line, width) for line in lines[:height]]


def _fit(line: Line, width: int) -> Line:
    result, used = [], 0
    for text, style in line:
        # A device chooses its own name; it must not be able to steer the terminal with it.
        text = "".join("?" if unicodedata.category(character) == "Cc" else character for character in text)
        text = clip(text, width - used)
        used += cell_width(text)
        if text:
            result.append((text, style))
    return result


def _heading(text: str, width: int) -> Line:
    return [(text + " ", "head"), ("─" * (width - cell_width(text) - 1), "dim")]


def _title(view: View, width: int) -> list[Line]:
    seconds = int(max(0.0, view.now - view.started))
    clock = f"{seconds // 60:02}:{seconds % 60:02}"
    return [[(pad(view.title, width - len(clock)), "bold"), (clock, "dim")]]


def _story(view: View, width: int) -> list[Line]:
    scene = view.scene
    place = f"{scene.number}/{scene.total} " if scene.total else ""
    indent = " " * (2 + len(place))
    return [[("▶ " + place, "head"), (clip(scene.en, width - len(indent)), "bold")],
            [(indent + clip(scene.zh, width - len(indent)), "bold")]]


def _devices(view: View, width: int) -> list[Line]:
    lines = [_heading("RESIDENTS 住户", width)]
    for resident in sorted({device.resident for device in view.devices.values()}):
        first = True
        for device in view.devices.values():
            if device.resident != resident:
                continue
            for line in _device(device, view.now, width):
                lines.append([(pad(resident if first else "", 8), "bold"), *line])
                first = False
    if not view.devices:
        lines.append([("no reading yet", "dim")])
    return lines


def _device(device: Device, now: float, width: int) -> list[Line]:
    lines: list[Line] = []
    ago = int(now - device.last_at)
    for kind, label, span in ROWS:
        series = device.series.get(kind)
        if series is None or (kind == "pulse-rate" and "systolic" in device.series):
            continue
        value = f"{series.last:.0f}"
        if kind == "systolic" and "diastolic" in device.series:
            value += f"/{device.series['diastolic'].last:.0f}"
        name = pad(f"{device.id} {device.model}", 14) if not lines else " " * 14
        age = "" if lines else "now" if ago < 5 else f"{ago} s ago"
        unit = UNITS.get(series.unit, series.unit)
        left = f"{name}{pad(label, 16)}{pad(value, 7, right=True)} {pad(unit, 5)}"
        bars = max(0, width - 8 - cell_width(left) - 10)
        lines.append([(left, ""), (pad(sparkline(series.history, bars, span), bars), "good"),
                      (pad(age, 10, right=True), "dim")])
    return lines


def _alerts(view: View, width: int, room: int) -> list[Line]:
    """The heading and as much of the open alerts as there is room for: all heads before any text."""
    alerts = view.ledger.open_alerts()
    active = len(view.ledger.active_alerts())
    lines = [_heading(f"ALERTS 警报  {len(alerts)} open, {active} active", width)]
    if not alerts:
        return lines + [[("none", "dim")]]
    texts = [_alert_text(message, width - 2) for message in alerts]
    spare = room - 1 - len(alerts)
    for message, text in zip(alerts, texts):
        mark, word, style = PRIORITIES.get(str(message.get("priority")), PRIORITIES["high"])
        state = str(message.get("state"))
        over = state in TAKEN_CARE_OF
        raised = str(message.get("raisedAt") or "")[11:19]
        lines.append([(f"{mark} {pad(word, 7)}", "dim" if over else style),
                      (f"{pad(str(message.get('rule')), 5)} {pad(str(message.get('resident')), 8)} {raised}  ", ""),
                      (_standing(message, state), "dim" if over else style)])
        shown = text[:max(0, spare)]
        spare -= len(shown)
        lines += [[("  " + line, "dim" if over else "")] for line in shown]
    return lines[:room]


def _standing(message: dict, state: str) -> str:
    """How it stands, who has acknowledged it, and how far it has gone up."""
    by, level = message.get("acknowledgedBy"), message.get("level")
    text = STATES.get(state, state) + (f" by {by}" if by and state == "acknowledged" else "")
    return text + (f", level {level}" if isinstance(level, int) and level > 1 else "")


def _alert_text(message: dict, width: int) -> list[str]:
    return [line for language in ("zh", "en") for line in wrap(text_of(message, language), width)]


def _bottom(view: View, width: int) -> list[Line]:
    ledger = view.ledger
    lines = [_heading("LINE 线路", width),
             [("broker ", ""), ("up" if view.broker_up else "DOWN", "good" if view.broker_up else "high"),
              (f"   gateway {view.gateway_state}", ""),
              (f"   {view.broker_note}" if view.broker_note else "", "warn")]]
    for lane in ("alert", "reading"):
        total = ledger.totals(lane)
        missing = sum(hole.count for hole in ledger.holes(lane))
        lines.append([(f"lane {pad(lane, 8)} received {total.received:5}   ", ""),
                      (f"holes {missing:3}", "high" if missing else "good"),
                      (f"   duplicates {total.duplicates:3}", "")])
    return lines + ([[(clip(view.note, width), "dim")]] if view.note else [])


# To a terminal ------------------------------------------------------------------------------------------------------

def plain(line: Line) -> str:
    return "".join(text for text, _ in line).rstrip()


def ansi(lines: list[Line]) -> str:
    """A whole frame: from the top left corner, each line cleared to its end, the rest of the screen too."""
    rows = ["".join(f"{STYLES[style]}{text}{RESET}" if style else text for text, style in line) for line in lines]
    return "\x1b[H" + "\x1b[K\r\n".join(rows) + "\x1b[J"
