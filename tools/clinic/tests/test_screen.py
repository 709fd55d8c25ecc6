# SPDX-License-Identifier: GPL-3.0-or-later
"""Layout is arithmetic in cells; one Chinese character counted wrongly bends every line behind it."""

import json

import pytest
from clinic import screen
from clinic.screen import cell_width, clip, pad, plain, render, sparkline, wrap
from clinic.view import Scene, View

ZH = "收缩压 186 mmHg，达到或高于 180 mmHg；舒张压 122 mmHg，达到或高于 120 mmHg，测量时间未知"
EN = ("systolic pressure 186 mmHg, at or above 180 mmHg; diastolic pressure 122 mmHg, at or above 120 mmHg, "
      "measurement time unknown")


def message(view, kind, now, **fields):
    body = {"gateway": "gw", "epoch": "e", "resident": "r-31k7"} | fields
    view.feed(f"vigil/v1/c/gw/up/{kind}/r-31k7", json.dumps(body).encode(), now)


def reading(view, seq, values, device="d-1", model="HR strap", now=1.0, **fields):
    message(view, "reading", now, id=f"r-{seq}", schema="vigil.reading/1", lane="reading", seq=seq, reading=f"r{seq}",
            revision=1, device={"id": device, "model": model, "link": "encrypted"},
            values=[{"kind": kind, "value": value, "unit": unit} for kind, value, unit in values], **fields)


def alert(view, seq, rule="BP-1", **fields):
    message(view, "alert", 2.0, id=f"a-{seq}", schema="vigil.alert/1", lane="alert", seq=seq, alert=rule, version=1,
            phase="start", rule=rule, raisedAt="2026-03-14T08:06:02.114+08:00",
            text={"zh": ZH, "en": EN}, **({"state": "active", "priority": "high"} | fields))


@pytest.fixture
def full():
    view = View("Vigil demo 演示", "a note")
    view.scene = Scene(3, 7, "血氧下降", "The oxygen saturation falls")
    view.broker_up = True
    reading(view, 1, [("heart-rate", 72, "/min"), ("rr-interval", 833.008, "ms")])
    reading(view, 2, [("spo2", 97, "%"), ("pulse-rate", 72, "/min")], "d-3", "Oximeter")
    reading(view, 3, [("systolic", 186, "mm[Hg]"), ("diastolic", 122, "mm[Hg]"), ("pulse-rate", 90, "/min")], "d-2",
            "BP cuff", resident="r-8m2q")
    alert(view, 1)
    alert(view, 2, "OX-1", state="cleared-unacknowledged")
    return view


def test_cells():
    assert cell_width("血氧 86%") == 8
    assert cell_width("e\u0301") == 1 and cell_width("▁█") == 2 and cell_width("，") == 2


def test_clip_never_cuts_a_character_in_half():
    assert clip("血氧饱和度", 10) == "血氧饱和度"
    assert clip("血氧饱和度", 9) == "血氧饱和…" and clip("血氧饱和度", 8) == "血氧饱…"
    assert cell_width(clip("血氧饱和度", 8)) == 7
    assert clip("abc", 0) == ""


def test_pad_is_exact():
    for cells in range(12):
        assert cell_width(pad("血压 x", cells)) == cells
        assert cell_width(pad("血压 x", cells, right=True)) == cells


@pytest.mark.parametrize("text", [ZH, EN])
@pytest.mark.parametrize("cells", [20, 40, 78])
def test_wrap_loses_nothing_and_fits(text, cells):
    lines = wrap(text, cells)
    assert all(cell_width(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_wrap_keeps_words_and_punctuation():
    assert wrap("aaa bbb ccc", 7) == ["aaa bbb", "ccc"]
    assert wrap("血氧，血压", 4) == ["血", "氧，", "血压"]
    assert wrap("", 10) == []


def test_sparkline():
    assert sparkline([], 5, 1) == ""
    assert sparkline([1, 2, 3], 2, 1) == "▁█"
    assert sparkline([97, 98], 9, 10) == "▄▅"
    assert sparkline([5, 5], 9, 0.5) == "▅▅"


@pytest.mark.parametrize("width,height", [(80, 24), (80, 40), (60, 24), (120, 30), (80, 18)])
def test_it_always_fits(full, width, height):
    lines = render(full, width, height)
    assert len(lines) <= height
    assert all(cell_width(plain(line)) <= width for line in lines)


def test_what_must_be_seen_on_80_by_24(full):
    text = "\n".join(plain(line) for line in render(full))
    for wanted in ("186/122", "mmHg", "血氧 SpO2", "d-3 Oximeter", "r-8m2q", "HIGH", "BP-1", "OX-1", "08:06:02",
                   "收缩压 186 mmHg", "systolic pressure 186", "3/7", "血氧下降", "2 open, 1 active", "broker up",
                   "received     3", "holes   0", "duplicates   0", "a note"):
        assert wanted in text, wanted


@pytest.mark.parametrize("fields, standing", [
    ({"state": "acknowledged", "acknowledgedBy": "u-12"}, "acknowledged by u-12"), ({"state": "paused"}, "paused"),
    ({"level": 3}, "active, level 3"), ({"state": "unheard-of"}, "unheard-of")])
def test_how_an_alert_stands(fields, standing):
    view = View("Vigil demo 演示", "a note")
    alert(view, 1, **fields)
    text = "\n".join(plain(line) for line in render(view))
    assert standing in text and f"1 open, {0 if fields.get('state') in ('acknowledged', 'paused') else 1} active" in text


def test_with_little_room_every_alert_still_has_its_head(full):
    text = "\n".join(plain(line) for line in render(full, 80, 17))
    assert "BP-1" in text and "OX-1" in text


def test_a_hole_shows(full):
    reading(full, 9, [("heart-rate", 70, "/min")])
    assert "holes   5" in "\n".join(plain(line) for line in render(full))


def test_the_age_of_a_silent_device(full):
    full.now = 63.0
    assert "62 s ago" in "\n".join(plain(line) for line in render(full))


def test_empty():
    text = "\n".join(plain(line) for line in render(View("t")))
    assert "no reading yet" in text and "none" in text and "DOWN" in text


def test_an_unknown_priority_looks_high():
    view = View("t")
    alert(view, 1, priority="purple")
    assert "HIGH" in "\n".join(plain(line) for line in render(view))


def test_a_device_cannot_steer_the_terminal():
    view = View("t")
    reading(view, 1, [("heart-rate", 70, "/min")], model="\x1b[2J\n")
    assert "\x1b" not in "".join(plain(line) for line in render(view))


def test_ansi_frame(full):
    frame = screen.ansi(render(full))
    assert frame.startswith("\x1b[H") and frame.endswith("\x1b[J") and frame.count("\r\n") < 24
