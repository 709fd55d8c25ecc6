# SPDX-License-Identifier: GPL-3.0-or-later
"""The account has to be right when the network is at its worst: that is what it is for."""

import json

from clinic.ledger import Hole, LaneKey, LedgerCheck, parse_topic

ROOT = "vigil/v1/c/gw/"


def reading(seq, epoch="e1", device="d-1", **fields):
    message = {"schema": "vigil.reading/1", "id": f"m-{epoch}-{seq}", "epoch": epoch, "lane": "reading", "seq": seq,
               "gateway": "gw", "reading": f"r-{seq}", "revision": 1, "device": {"id": device}} | fields
    return ROOT + "up/reading/r-0001", json.dumps(message).encode()


def alert(seq, version=1, phase="start", state="active", alert="a-1", priority="high", kind="alert", **fields):
    message = {"schema": "vigil.alert/1", "id": f"{kind}-{alert}-{version}", "epoch": "e1", "lane": "alert", "seq": seq,
               "gateway": "gw", "alert": alert, "version": version, "phase": phase, "state": state,
               "priority": priority, "rule": "OX-1"} | fields
    return ROOT + (f"up/{kind}/r-0001" if kind == "alert" else f"up/{kind}/2/r-0001"), json.dumps(message).encode()


def gap(seq, lane="reading", epoch="e1", **fields):
    message = {"schema": "vigil.gap/1", "id": f"g-{lane}-{epoch}-{seq}", "epoch": epoch, "lane": lane, "seq": seq,
               "gateway": "gw", "reason": "epoch", "count": 0} | fields
    return ROOT + "up/gap", json.dumps(message).encode()


def feed(*messages):
    check = LedgerCheck()
    arrivals = [check.feed(*message) for message in messages]
    return check, arrivals


def test_everything_there():
    check, arrivals = feed(gap(1), reading(2), reading(3), gap(1, "alert"), alert(2))
    assert check.holes() == [] and check.complaints == [] and check.duplicates == 0
    assert all(arrival.news for arrival in arrivals)
    assert check.lanes[LaneKey("gw", "e1", "reading")].highest == 3
    assert check.totals("reading").received == 3


def test_holes_in_the_middle_and_at_the_start():
    check, _ = feed(reading(3), reading(4), reading(8))
    assert check.holes() == [Hole("gw", "e1", "reading", 1, 2), Hole("gw", "e1", "reading", 5, 7)]
    assert [hole.count for hole in check.holes("reading")] == [2, 3]
    assert check.holes("alert") == []


def test_a_late_message_fills_its_hole():
    check, _ = feed(reading(1), reading(3), reading(2))
    assert check.holes() == []


def test_what_is_missing_at_the_end_shows_against_the_gateways_own_number():
    check, _ = feed(reading(1), reading(2))
    assert check.holes() == []
    assert check.missing_below(LaneKey("gw", "e1", "reading"), 5) == 3
    assert check.missing_below(LaneKey("gw", "other", "alert"), 2) == 2


def test_lanes_and_epochs_are_numbered_apart():
    check, _ = feed(reading(1), reading(2), gap(1, epoch="e2"), reading(2, epoch="e2", reading="other"),
                    gap(1, "alert"))
    assert check.holes() == [] and check.complaints == []
    assert check.totals("reading").received == 4 and check.totals("alert").received == 1


def test_a_resend_is_a_duplicate_and_counts_once():
    check, arrivals = feed(reading(1), reading(1), reading(2))
    assert check.duplicates == 1 and arrivals[1].duplicate and not arrivals[1].news
    assert check.readings_per_device() == {"d-1": 2}
    assert check.complaints == []


def test_a_resend_with_another_content_is_a_complaint():
    check, _ = feed(reading(1), reading(1, device="d-2"))
    assert len(check.complaints) == 1 and "another content" in check.complaints[0]


def test_one_number_for_two_messages_is_a_complaint():
    check, _ = feed(reading(1), reading(1, id="another", reading="another"))
    assert len(check.complaints) == 1 and "two messages" in check.complaints[0]


def test_a_measurement_sent_in_two_messages_is_one_and_the_highest_revision_stays():
    check, arrivals = feed(reading(1, reading="r", revision=2), reading(2, reading="r", revision=1))
    assert check.readings_per_device() == {"d-1": 1}
    assert check.readings["r"]["revision"] == 2 and not arrivals[1].news


def test_readings_per_device():
    check, _ = feed(reading(1), reading(2, device="d-2"), reading(3))
    assert check.readings_per_device() == {"d-1": 2, "d-2": 1}


def test_the_highest_version_of_an_alert_wins_in_any_order():
    check, arrivals = feed(alert(3, 2, "clear", "ended"), alert(2, 1))
    assert check.open_alerts() == [] and not arrivals[1].news
    assert len(check.phases("start")) == 1 and len(check.phases("clear")) == 1


def test_a_cleared_high_alert_stays_open_but_not_active():
    check, _ = feed(alert(2), alert(3, 2, "clear", "cleared-unacknowledged"))
    assert [message["version"] for message in check.open_alerts()] == [2]
    assert check.active_alerts() == []


def test_open_alerts_have_the_most_serious_first_and_an_unknown_priority_is_high():
    check, _ = feed(alert(2, alert="low", priority="low"), alert(3, alert="new", priority="purple"),
                    alert(4, alert="mid", priority="medium"), alert(5, alert="high"))
    assert [message["alert"] for message in check.open_alerts()] == ["high", "new", "mid", "low"]


def test_a_transition_that_came_twice_is_one():
    check, _ = feed(alert(2), alert(2))
    assert len(check.phases("start")) == 1 and check.phases("start", "BP-1") == []


def test_an_alert_without_a_number_counts_and_its_numbered_twin_is_no_duplicate():
    check, arrivals = feed(alert(None), alert(None), alert(1))
    assert len(check.phases("start")) == 1 and check.duplicates == 0
    assert [arrival.news for arrival in arrivals] == [True, False, False]
    assert check.totals("alert").received == 1 and check.complaints == []
    assert check.transitions[0]["seq"] == 1


def test_an_escalation_is_a_row_of_its_own():
    check, _ = feed(alert(1), alert(2, 2, "escalate", kind="escalation"))
    assert check.holes() == [] and len(check.escalations) == 1 and len(check.open_alerts()) == 1


def test_gaps_are_kept():
    check, _ = feed(gap(1), gap(1, "alert"))
    assert [message["lane"] for message in check.gaps] == ["reading", "alert"]


def test_a_gap_fills_the_hole_that_it_declares():
    check, _ = feed(gap(1), reading(2), gap(5, reason="capacity", count=3, fromSeq=3, toSeq=5), reading(6))
    assert check.holes() == [] and check.complaints == [] and check.losses() == {"epoch": 0, "capacity": 3}
    assert check.missing_below(LaneKey("gw", "e1", "reading"), 7) == 1


def test_a_gap_may_take_the_number_of_what_was_dropped_although_that_had_come():
    check, _ = feed(reading(1), gap(1, reason="capacity", count=1, fromSeq=1, toSeq=1))
    assert check.complaints == [] and check.losses()["capacity"] == 0


def test_a_gap_that_ends_elsewhere_than_at_its_own_number_is_a_complaint():
    check, _ = feed(gap(1, fromSeq=1, toSeq=4))
    assert len(check.complaints) == 1


def test_the_latest_status_stays():
    topic = ROOT + "up/status"
    check, _ = feed((topic, '{"schema":"vigil.status/1","id":"1","gateway":"gw","state":"online"}'),
                    (topic, '{"schema":"vigil.status/1","id":"2","gateway":"gw","state":"offline"}'))
    assert check.status["gw"]["state"] == "offline"


def test_what_cannot_be_read_is_a_complaint_and_no_crash():
    topic = ROOT + "up/reading/r-0001"
    check, arrivals = feed((topic, b"\xff"), (topic, "[]"), (topic, '{"id":1}'), reading(0), reading("7"),
                           reading(None), reading(1, gateway="other"), reading(2, lane="fast"), reading(3, revision=None),
                           reading(4, device="d-1", **{"reading": ["x"]}), alert(1, alert={}), alert(2, version="1"))
    assert arrivals[:8] == [None] * 8
    assert len(check.complaints) == 12
    assert check.readings_per_device() == {} and check.open_alerts() == []


def test_a_reading_without_a_device_is_a_complaint():
    topic, payload = reading(1)
    for wrong in (b'"strap"', b"{}", b"null"):
        check, arrivals = feed((topic, payload.replace(b'{"id": "d-1"}', wrong)))
        assert len(check.complaints) == 1 and not arrivals[0].news


def test_what_is_not_ours_is_passed_over():
    check, arrivals = feed(("other/topic", "{}"), (ROOT + "down/receipt", "{}"))
    assert arrivals == [None, None] and check.complaints == []


def test_topics():
    assert parse_topic("vigil/v1/c/gw/up/escalation/2/r-1").rest == ("2", "r-1")
    assert parse_topic("vigil/v2/c/gw/up/status") is None
    assert parse_topic("vigil/v1/c/gw") is None
