# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle itself: what is on becomes graver, what is quiet, and what says nothing."""

from __future__ import annotations

from story import DAY, HOUR, MINUTE, Story

from alert_oracle.pen import FINGER, METER
from alert_oracle.replay import replay


def _of_bp5(story: Story) -> list[tuple[int, str, str]]:
    return [((one.at - story.pen.begin) // 1000, one.phase, one.priority) for one in replay(story.texts)
            if one.rule == "BP-5" and one.phase == "start"]


def test_low_pressure_becomes_high_with_the_pulse() -> None:
    story = Story()
    for second, systolic, pulse in ((0, 88, 105), (100, 88, 105), (HOUR, 70, 125), (HOUR + 60, 70, 90), (HOUR + 120, 70, 125)):
        story.spot(second, systolic=systolic, diastolic=50, pulse_rate=pulse)
    assert _of_bp5(story) == [(100, "start", "medium"), (HOUR, "start", "high")]


def test_the_pulse_may_come_after_the_pressure() -> None:
    story = Story()
    for second in (0, 100):
        story.spot(second, systolic=88, diastolic=50)
    story.spot(401, FINGER, spo2=97, pulse_rate=120)
    assert _of_bp5(story) == [(100, "start", "medium")]
    story.spot(500, systolic=88, diastolic=50)
    story.spot(500 + 5 * MINUTE, FINGER, spo2=91)
    # The pulse of 401 is still news when the pressure is low again.
    assert _of_bp5(story) == [(100, "start", "medium"), (500, "start", "high")]


def test_quiet_days_go_on_over_a_restart() -> None:
    story = Story()
    for second in (0, HOUR):
        story.spot(second, systolic=130, diastolic=80, more={"status": ["irregular-pulse"]})
    story.control(5 * DAY, restart=True)
    story.wait(8 * DAY)
    assert story.said("IR-1")[-1] == f"{HOUR + 10 * MINUTE + 7 * DAY} IR-1 clear ended"


def test_beyond_the_meter_neither_clears_nor_breaks_the_row() -> None:
    story = Story()
    for second, glucose in ((0, 2.5), (60, 2.5), (120, 5), (180, "pinf"), (240, 5)):
        story.spot(second, METER, glucose=glucose)
    assert story.said("GL-1-high")[-1] == "240 GL-1-high clear cleared-unacknowledged"


def test_low_by_word_and_low_by_number_confirm_each_other() -> None:
    story = Story()
    story.spot(0, METER, glucose="ninf")
    story.spot(60, METER, glucose=3.5)
    assert story.said() == ["60 GL-1 start active"]
