# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle itself: when something is the matter, by timelines worked out on paper from the tables."""

from __future__ import annotations

import pytest
from story import DAY, HOUR, MINUTE, Story

from alert_oracle.reading import year_of
from alert_oracle.replay import replay


def test_a_stream_settles_and_holds_before_it_alerts() -> None:
    story = Story()
    story.stream(0, 70, 86)
    assert story.said() == ["60 OX-1 start active"]


def test_a_normal_sample_and_a_silence_begin_anew() -> None:
    story = Story()
    story.stream(0, 40)
    story.stream(41, 69, 86)
    story.stream(70, 70, 93)
    story.stream(71, 90, 86)
    assert story.said() == []
    story.stream(91, 101, 86)
    assert story.said() == ["101 OX-1 start active"]


def test_unusable_samples_stop_the_time() -> None:
    story = Story()
    story.stream(0, 40)
    story.stream(41, 60, 86)
    story.stream(61, 68, 86, {"quality": "invalid"})
    story.stream(69, 90, 86)
    # 19 s before them, and the other 11 after.
    assert story.said() == ["80 OX-1 start active"]


def test_questionable_samples_wait_for_a_clean_one() -> None:
    story = Story()
    story.stream(0, 100, 86, {"quality": "questionable"})
    assert story.said() == []
    story.stream(101, 101, 86)
    assert story.said() == ["101 OX-1 start active"]


def test_a_stream_clears_in_its_band_and_is_latched() -> None:
    story = Story()
    story.stream(0, 60, 86)
    story.stream(61, 70, 91.9)
    story.stream(71, 131, 92)
    assert story.said("OX-1") == ["60 OX-1 start active", "131 OX-1 clear cleared-unacknowledged"]
    # 92 is still low enough for OX-2, which waited meanwhile: it had the time since 61.
    story.stream(132, 200, 92)
    assert story.said("OX-2") == ["181 OX-2 start active"]


def test_the_more_serious_rule_supersedes() -> None:
    story = Story()
    story.stream(0, 160, 91)
    story.stream(161, 200, 85)
    assert story.said() == ["150 OX-2 start active", "191 OX-1 start active", "191 OX-2 supersede ended"]


def test_between_two_printed_bands_it_is_the_milder() -> None:
    story = Story()
    for second in (0, 15 * MINUTE):
        story.spot(second, spo2=92.4)
    assert story.said() == ["900 OX-3 start active"]


def test_a_finger_and_a_strap_do_not_share_a_timer() -> None:
    story = Story()
    story.heart(0, 50, 135)
    story.heart(51, 75, 135, ("d-other", "2A37"))
    assert story.said() == []


@pytest.mark.parametrize(("gap", "expected"), [(59, []), (60, ["60 OX-1 start active"]), (600, ["600 OX-1 start active"]),
                                               (601, [])])
def test_two_low_spots_a_minute_apart(gap: int, expected: list[str]) -> None:
    story = Story()
    story.spot(0, spo2=86)
    story.spot(gap, spo2=86)
    assert story.said("OX-1") == expected


def test_a_fully_qualified_spot_is_enough() -> None:
    story = Story()
    story.spot(0, spo2=86, more={"status": ["fully-qualified"]})
    assert story.said() == ["0 OX-1 start active"]


def test_a_questionable_first_is_confirmed_and_a_questionable_second_confirms_nothing() -> None:
    story = Story()
    story.spot(0, spo2=86, more={"quality": "questionable"})
    story.spot(60, spo2=86, more={"quality": "questionable"})
    assert story.said() == []
    story.spot(120, spo2=86)
    assert story.said() == ["120 OX-1 start active"]


def test_a_worse_link_confirms_nothing() -> None:
    story = Story()
    story.spot(0, spo2=86)
    story.spot(70, spo2=86, more={"link": "open"})
    story.spot(80, spo2=97, more={"link": "open"})
    assert story.said() == []
    story.spot(90, spo2=86)
    assert story.said() == ["90 OX-1 start active"]


def test_a_crisis_that_nobody_measures_again() -> None:
    story = Story()
    story.spot(0, systolic=185, diastolic=100)
    story.spot(60, systolic=0, diastolic=0, more={"quality": "invalid"})
    story.wait(20 * MINUTE)
    assert story.said("BP-1") == ["900 BP-1 start active", "1200 BP-1 escalate active"]


def test_grade_three_by_the_mean_of_two() -> None:
    story = Story()
    story.spot(0, systolic=150, diastolic=112)
    story.spot(59, systolic=150, diastolic=112)
    assert story.said() == []
    story.spot(60, systolic=150, diastolic=112)
    assert story.said() == ["60 BP-2 start active"]


def test_low_pressure_is_high_with_another_sign() -> None:
    for pulse, priority in ((110, "medium"), (111, "high"), (40, "high")):
        story = Story()
        story.spot(0, systolic=88, diastolic=50, pulse_rate=pulse)
        story.spot(100, systolic=88, diastolic=50, pulse_rate=pulse)
        assert [one.priority for one in replay(story.texts) if one.rule == "BP-5"] == [priority]


def test_two_sessions_of_grade_two() -> None:
    story = Story()
    for begin in (0, 8 * HOUR):
        story.spot(begin, systolic=165, diastolic=95)
        story.spot(begin + 90, systolic=161, diastolic=95)
    story.wait(8 * HOUR + 10 * MINUTE)
    assert story.said() == [f"{8 * HOUR + 10 * MINUTE} BP-3 start active"]


def test_the_average_of_a_week() -> None:
    story = Story(born=1950)
    for day in range(5):
        for begin in (0, 10 * HOUR):
            for second in (0, 90):
                story.spot(day * DAY + begin + second, systolic=152, diastolic=80)
    story.wait(5 * DAY)
    # The fourth day's second session is the first with twelve readings after the first day.
    assert story.said()[:1] == [f"{3 * DAY + 10 * HOUR + 10 * MINUTE} BP-4-uncontrolled start active"]
    assert story.said("BP-4") == []


def test_an_impossible_measurement_is_technical() -> None:
    story = Story()
    story.spot(0, systolic=120, diastolic=105, more={"quality": "invalid"})
    story.spot(60, systolic=120, diastolic=80)
    assert story.said() == ["0 BP-7 start active", "60 BP-7 clear ended"]


def test_an_irregular_pulse_in_two_of_three_sessions() -> None:
    story = Story()
    for begin, status in ((0, ["irregular-pulse"]), (HOUR, []), (2 * HOUR, ["irregular-pulse"])):
        story.spot(begin, systolic=120, diastolic=80, more={"status": status})
    story.wait(9 * DAY)
    said = story.said()
    assert said[0] == f"{2 * HOUR + 600} IR-1 start active"
    assert said[-1] == f"{2 * HOUR + 600 + 7 * DAY} IR-1 clear ended"


def test_a_fall_from_the_own_median() -> None:
    story = Story()
    for day in range(3):
        story.spot(day * DAY, spo2=99)
    story.spot(3 * DAY, spo2=95)
    story.spot(3 * DAY + 300, spo2=95)
    story.spot(3 * DAY + 900, spo2=97)
    story.spot(3 * DAY + 960, spo2=97)
    assert story.said() == [f"{3 * DAY + 300} OX-4 start active", f"{3 * DAY + 960} OX-4 clear ended"]


def test_a_fall_of_pressure_from_the_own_mean() -> None:
    story = Story()
    for day in range(3):
        for second in (0, 60):
            story.spot(day * DAY + second, systolic=140, diastolic=80)
    for second in (0, 60):
        story.spot(3 * DAY + second, systolic=100, diastolic=60)
    assert story.said("BP-6") == [f"{3 * DAY + 60} BP-6 start active"]


def test_weight_is_only_for_a_weak_heart() -> None:
    for conditions in ((), ("heart-failure",)):
        story = Story(*conditions)
        story.spot(0, body_weight=70)
        story.spot(DAY, body_weight=71.9)
        story.spot(2 * DAY, body_weight=72)
        assert story.said() == ([f"{2 * DAY} WT-1 start active"] if conditions else [])


def test_scale_two_has_its_own_rules() -> None:
    story = Story("scale-2", "oxygen")
    for second, value in ((0, 88), (60, 88), (120, 85), (180, 85), (300, 98), (360, 98)):
        story.spot(second, spo2=value)
    assert story.said() == ["180 OX-S2-medium start active", "360 OX-S2-medium clear ended", "360 OX-S2-oxygen start active"]


def test_a_meter_that_says_lo() -> None:
    story = Story()
    for second in (0, 60):
        story.spot(second, glucose="ninf", more={"quality": "questionable"})
    assert story.said() == ["60 GL-1-high start active"]


def test_stored_readings_are_told_once_and_quietly() -> None:
    story = Story()
    for second in (0, 1, 50):
        story.spot(second, systolic=165, diastolic=101, more={"age": "late"})
    story.wait(2 * HOUR)
    assert story.said() == ["110 BP-3 start ended"]


def test_the_year() -> None:
    assert year_of(1_773_417_600_000) == 2026
    assert year_of(1_798_732_799_999) == 2026
    assert year_of(1_798_732_800_000) == 2027
