# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle itself: what people hear, by timelines worked out on paper."""

from __future__ import annotations

from story import DAY, HOUR, MINUTE, Story


def low_oxygen(story: Story, second: int = 0, level: float = 86) -> None:
    story.spot(second, spo2=level, more={"status": ["fully-qualified"]})


def normal_oxygen(story: Story, second: int) -> None:
    for later in (0, 60):
        story.spot(second + later, spo2=97)


def test_nobody_answers() -> None:
    story = Story()
    low_oxygen(story)
    story.wait(25 * MINUTE)
    assert story.said() == ["0 OX-1 start active", "300 OX-1 escalate active", "600 OX-1 continue active",
                            "900 OX-1 escalate active", "1200 OX-1 continue active", "1500 OX-1 continue active"]


def test_who_acknowledges_is_reminded_after_half_an_hour() -> None:
    story = Story()
    low_oxygen(story)
    story.control(60, acknowledge={"rule": "OX-1", "by": "u-1"})
    story.control(61, acknowledge={"rule": "OX-1", "by": "u-2"})
    story.wait(37 * MINUTE)
    assert story.said() == ["0 OX-1 start active", "60 OX-1 acknowledge acknowledged", "1860 OX-1 continue active",
                            "2160 OX-1 escalate active"]


def test_over_after_and_before_it_is_acknowledged() -> None:
    story = Story()
    low_oxygen(story)
    story.control(30, acknowledge={"rule": "OX-1", "by": "u-1"})
    normal_oxygen(story, 60)
    low_oxygen(story, 200)
    normal_oxygen(story, 220)
    story.wait(HOUR)
    story.control(HOUR, acknowledge={"rule": "OX-1", "by": "u-1"})
    assert story.said() == ["0 OX-1 start active", "30 OX-1 acknowledge acknowledged", "120 OX-1 end ended",
                            "200 OX-1 start active", "280 OX-1 clear cleared-unacknowledged", "3600 OX-1 acknowledge ended"]


def test_again_before_it_was_acknowledged_is_the_same_episode() -> None:
    story = Story()
    low_oxygen(story)
    normal_oxygen(story, 60)
    low_oxygen(story, 200)
    assert story.said() == ["0 OX-1 start active", "120 OX-1 clear cleared-unacknowledged", "200 OX-1 start active"]


def test_a_pause_is_quiet_and_returns() -> None:
    story = Story()
    low_oxygen(story)
    story.control(60, pause={"scope": "resident", "minutes": 30, "reason": "care"})
    story.wait(35 * MINUTE)
    assert story.said() == ["0 OX-1 start active", "60 OX-1 pause paused", "1860 OX-1 resume active"]
    story.wait(36 * MINUTE)
    assert story.said()[-1] == "2160 OX-1 escalate active"


def test_what_begins_in_a_pause_is_seen_and_ends_in_it() -> None:
    story = Story()
    story.spot(0, spo2=97)
    story.control(1, pause={"scope": "rule", "rule": "OX-1", "minutes": 30, "reason": "known"})
    low_oxygen(story, 60)
    normal_oxygen(story, 120)
    story.wait(HOUR)
    assert story.said() == ["60 OX-1 pause paused", "180 OX-1 end ended"]


def test_acknowledged_in_a_pause() -> None:
    story = Story()
    low_oxygen(story)
    story.control(60, pause={"scope": "resident", "minutes": 5, "reason": "care"})
    story.control(90, acknowledge={"rule": "OX-1", "by": "u-1"})
    story.wait(10 * MINUTE)
    assert story.said() == ["0 OX-1 start active", "60 OX-1 pause paused", "90 OX-1 acknowledge paused",
                            "360 OX-1 resume acknowledged"]


def test_a_medium_alert_is_repeated_each_half_hour() -> None:
    story = Story()
    for second in (0, 60):
        story.spot(second, body_temperature=39.2)
    story.wait(95 * MINUTE)
    assert story.said() == ["60 TP-1 start active", "1860 TP-1 escalate active", "3660 TP-1 continue active",
                            "5460 TP-1 continue active"]


def test_low_ones_are_capped_and_counted_next_morning() -> None:
    story = Story()
    # The fourth and fifth episode of the day are quiet; the sixth is still there when the day is over.
    for number in range(6):
        begin = number * HOUR
        for second in (0, 120):
            story.spot(begin + second, body_temperature=38.2)
        if number < 5:
            for second in (600, 700):
                story.spot(begin + second, body_temperature=36.5)
    story.wait(DAY)
    said = story.said()
    assert said[:6] == [f"{number * HOUR + second} TP-2 {what}" for number in range(3)
                        for second, what in ((120, "start active"), (700, "clear ended"))]
    # 09:00 is the beginning: the digest, and with it another day of the caps, comes 23 hours later.
    assert said[6:] == [f"{23 * HOUR} TP-2 start active", f"{23 * HOUR} DG-1 start ended"]


def test_a_restart_says_nothing_twice_and_forgets_nothing() -> None:
    story = Story()
    low_oxygen(story)
    story.control(100, restart=True)
    story.wait(6 * MINUTE)
    story.control(400, restart=True)
    normal_oxygen(story, 420)
    assert story.said() == ["0 OX-1 start active", "300 OX-1 escalate active", "480 OX-1 clear cleared-unacknowledged"]


def test_a_rule_that_is_not_for_this_person_any_more_ends() -> None:
    story = Story()
    low_oxygen(story)
    story.control(60, settings={"born": None, "conditions": ["scale-2"], "limits": []})
    assert story.said() == ["0 OX-1 start active", "60 OX-1 end ended"]


def test_again_unanswered_goes_on_with_its_wait() -> None:
    story = Story()
    low_oxygen(story)
    story.wait(6 * MINUTE)
    normal_oxygen(story, 400)
    low_oxygen(story, 1000)
    story.wait(1100)
    assert story.said() == ["0 OX-1 start active", "300 OX-1 escalate active", "460 OX-1 clear cleared-unacknowledged",
                            "1000 OX-1 start active", "1001 OX-1 escalate active"]
    assert [one.level for one in story.transitions()] == [1, 2, 2, 2, 3]


def test_what_waited_before_the_pause_stays_on_the_list() -> None:
    story = Story()
    low_oxygen(story)
    story.control(30, pause={"scope": "resident", "minutes": 30, "reason": "care"})
    normal_oxygen(story, 60)
    assert story.said() == ["0 OX-1 start active", "30 OX-1 pause paused", "120 OX-1 clear cleared-unacknowledged"]


def test_a_shelved_rule_silences_no_other() -> None:
    story = Story()
    story.control(0, pause={"scope": "rule", "rule": "OX-1", "minutes": 600, "reason": "known"})
    for second in (1, 70):
        story.spot(second, spo2=86)
    assert story.said() == ["70 OX-1 pause paused", "70 OX-2 start active"]


def test_the_first_of_each_medium_rule_is_always_told() -> None:
    story = Story()
    for number in range(7):
        for second, value in ((0, 39.5), (60, 39.5), (120, 36.5), (180, 36.5)):
            story.spot(number * HOUR + second, body_temperature=value)
    for second in (0, 60):
        story.spot(8 * HOUR + second, glucose=3.5)
    starts = [one for one in story.said() if "start" in one]
    assert starts == [f"{number * HOUR + 60} TP-1 start active" for number in range(6)] + [f"{8 * HOUR + 60} GL-1 start active"]


def test_a_restart_keeps_the_counts_and_the_digest() -> None:
    story = Story()
    for number in range(5):
        for second, value in ((0, 38.2), (120, 38.2), (600, 36.5), (700, 36.5)):
            story.spot(number * HOUR + second, body_temperature=value)
        story.control(number * HOUR + 800, restart=True)
    story.wait(2 * DAY)
    assert [one for one in story.said() if "start" in one] == [f"{number * HOUR + 120} TP-2 start active" for number in range(3)] + [
        f"{23 * HOUR} DG-1 start ended"]
