# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle itself: what is of unknown age, what contradicts itself, and streams with holes."""

from __future__ import annotations

import pytest
from story import DAY, HOUR, MINUTE, Story

from alert_oracle.pen import EAR, FINGER, METER, Line

UNKNOWN: Line = {"age": "unknown", "observedAt": None}


def test_a_normal_pressure_of_unknown_age_takes_nothing_from_a_crisis() -> None:
    story = Story()
    story.spot(0, systolic=200, diastolic=130)
    story.spot(5, systolic=140, diastolic=80, more=UNKNOWN)
    story.wait(16 * MINUTE)
    assert story.said("BP-1") == ["900 BP-1 start active"]
    for second in (17 * MINUTE, 18 * MINUTE):
        story.spot(second, systolic=140, diastolic=80, more=UNKNOWN)
    assert [one for one in story.said("BP-1") if "clear" in one] == []


def test_among_the_doubtful_the_doubtful_speak() -> None:
    story = Story()
    story.spot(0, systolic=200, diastolic=130, more=UNKNOWN)
    story.spot(5, systolic=140, diastolic=80, more=UNKNOWN)
    story.wait(16 * MINUTE)
    assert story.said("BP-1") == []


def test_one_sample_of_now_is_enough_for_a_stream() -> None:
    for begin, expected in ((41, []), (200, ["122 OX-1 clear cleared-unacknowledged"])):
        story = Story()
        story.stream(0, 30)
        for second in range(31, 123):
            value, more = (86, UNKNOWN) if second <= 61 else (97, UNKNOWN)
            story.stream(second, second, value, {} if begin <= second < begin + 10 else more)
        assert story.said("OX-1") == ["61 OX-1 start active", *expected]


def test_outside_the_band_the_doubtful_count() -> None:
    story = Story()
    for second, value, more in ((0, 38.2, {}), (60, 38.2, {}), (120, 36.5, {}), (180, 37.9, UNKNOWN), (240, 36.5, {}),
                                (300, 36.5, UNKNOWN), (360, 36.5, {})):
        story.spot(second, EAR, body_temperature=value, more=more)
    assert story.said() == ["60 TP-2 start active", "360 TP-2 clear ended"]


def test_the_mean_is_judged_without_the_doubtful_first() -> None:
    story = Story()
    story.spot(0, systolic=185, diastolic=90)
    story.spot(30, systolic=120, diastolic=70, more=UNKNOWN)
    story.spot(60, systolic=178, diastolic=111)
    assert story.said("BP-2") == ["60 BP-2 start active"]


@pytest.mark.parametrize(("first", "second", "expected"), [(140, 38, []), (140, 132, ["70 HR-1 start active"]),
                                                           (38, 140, [])])
def test_too_low_and_too_high_confirm_nothing(first: float, second: float, expected: list[str]) -> None:
    story = Story()
    story.spot(0, FINGER, pulse_rate=first)
    story.spot(70, FINGER, pulse_rate=second)
    assert story.said("HR-1") == expected


def test_both_of_them_wait() -> None:
    story = Story()
    for second, value in ((0, 39.5), (70, 34.5), (140, 39.5)):
        story.spot(second, EAR, body_temperature=value)
    assert story.said("TP-1") == ["140 TP-1 start active"]


def test_a_low_by_word_ends_the_wait_of_a_high_one() -> None:
    for between, expected in (("ninf", []), ("nan", ["120 GL-2-high start active"])):
        story = Story()
        for second, value in ((0, "pinf"), (60, between), (120, "pinf")):
            story.spot(second, METER, glucose=value)
        assert story.said("GL-2-high") == expected


def test_a_patchy_stream_is_no_healthy_one() -> None:
    story = Story()
    story.stream(0, 30)
    # 13 s sent and 12 s not: 12 s count of each.
    for begin in (31, 56, 81):
        story.stream(begin, begin + 12, 86)
    assert story.said("OX-1") == ["87 OX-1 start active"]


def test_a_minute_without_samples_is_a_sensor_off() -> None:
    for gap, expected in ((60, ["121 OX-1 start active"]), (61, [])):
        story = Story()
        story.stream(0, 30)
        story.stream(30 + gap, 30 + gap + 31, 86)
        assert story.said("OX-1")[:1] == [one.replace("121", str(30 + gap + 30)) for one in expected]


def test_a_hold_is_void_after_a_quarter_of_an_hour() -> None:
    for length, expected in ((900, ["951 OX-1 start active"]), (901, [])):
        story = Story()
        story.stream(0, 30)
        story.stream(31, 40, 86)
        # Measured all the time, but nothing of it can be used.
        story.stream(41, 40 + length - 1, 97, {"quality": "questionable"})
        story.stream(40 + length, 40 + length + 25, 86)
        found = [one for one in story.said("OX-1") if int(one.split()[0]) <= 40 + length + 25]
        assert found == [one.replace("951", str(40 + length + 21)) for one in expected]


def test_a_better_link_has_a_hold_of_its_own() -> None:
    story = Story()
    story.stream(0, 30)
    story.stream(31, 50, 86)
    story.stream(51, 80, 86, {"link": "open"})
    assert story.said("OX-1") == []
    story.stream(81, 81, 86, {"link": "open"})
    assert story.said("OX-1") == ["81 OX-1 start active"]


def test_a_stored_reading_is_told_by_the_gravest_rule() -> None:
    for pauses, expected in (((), ["61 BP-1 start ended"]), (("BP-1",), ["61 BP-2 start ended"])):
        story = Story()
        for rule in pauses:
            story.control(0, pause={"scope": "rule", "rule": rule, "minutes": 60, "reason": "known"})
        story.spot(1, systolic=210, diastolic=130, more={"age": "late"})
        story.wait(HOUR)
        assert story.said() == expected


def test_a_stored_irregular_pulse_is_told_and_feeds_no_session() -> None:
    story = Story()
    story.spot(0, systolic=120, diastolic=80, more={"age": "late", "status": ["irregular-pulse"]})
    story.spot(HOUR, systolic=120, diastolic=80, more={"status": ["irregular-pulse"]})
    story.wait(2 * HOUR)
    assert story.said() == ["60 IR-1 start ended"]


def test_stored_pressures_make_an_average() -> None:
    story = Story(born=1940)
    for number in range(21):
        at = story.pen.begin - (7 - number // 3) * DAY * 1000
        story.spot(number, systolic=152, diastolic=80, more={"age": "late", "observedAt": at})
    story.wait(HOUR)
    assert story.said("BP-4-uncontrolled") == ["600 BP-4-uncontrolled start active"]


def test_weight_is_of_the_morning() -> None:
    story = Story("heart-failure")
    # It begins at nine.
    for second, weight in ((0, 70), (11 * HOUR, 73), (3 * HOUR - 1 + DAY, 71.9), (DAY + 3 * HOUR, 72)):
        story.spot(second, body_weight=weight)
    assert story.said() == []
    story.spot(2 * DAY, body_weight=72)
    assert story.said() == [f"{2 * DAY} WT-1 start active"]


@pytest.mark.parametrize(("born", "priority"), [(None, "high"), (1950, "high"), (1980, "medium")])
def test_reduced_oxygen_is_medium_for_the_young(born: int | None, priority: str) -> None:
    for conditions in ((), ("covid-pathway",)):
        story = Story(*conditions, born=born)
        for second in (0, 60):
            story.spot(second, FINGER, spo2=91)
        expected = "high" if conditions else priority
        assert [one.priority for one in story.transitions() if one.rule == "OX-2"] == [expected]
