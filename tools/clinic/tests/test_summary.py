# SPDX-License-Identifier: GPL-3.0-or-later
"""A count that cannot say no proves nothing."""

import pytest
from clinic.ledger import LaneKey, LedgerCheck
from clinic.summary import summarize
from test_ledger import ROOT, alert, gap, reading

READINGS, ALERTS = LaneKey("gw", "e1", "reading"), LaneKey("gw", "e1", "alert")
EXPECTED = {("OX-1", "start"): 1, ("OX-1", "clear"): 1}
GOOD = [gap(1), gap(1, "alert"), reading(2), reading(3), reading(4, device="d-2"), alert(2),
        alert(3, 2, "clear", "cleared-unacknowledged")]


def verdict(messages, sent=None, ids=None, given=None, dropped=None):
    ledger = LedgerCheck()
    for message in messages:
        ledger.feed(*message)
    return summarize(ledger, {"strap": 2, "cuff": 1} if sent is None else sent, ids or {"strap": "d-1", "cuff": "d-2"},
                     {READINGS: 4, ALERTS: 3} if given is None else given, EXPECTED, dropped or {})


def test_good():
    summary = verdict(GOOD)
    assert summary.is_good, summary.problems
    assert any("d-1 strap" in line and "2          2      0" in line for line in summary.lines)


def test_duplicates_are_told_and_no_problem():
    summary = verdict(GOOD + GOOD)
    assert summary.is_good and any("7 messages came twice" in line for line in summary.lines)


def test_values_sent_to_nobody_are_told_and_no_problem():
    summary = verdict(GOOD, dropped={"strap": 3})
    assert summary.is_good and any("3 more values" in line for line in summary.lines)


@pytest.mark.parametrize("problem,arguments", [
    ("1 of 3 readings of the strap are lost", {"messages": GOOD, "sent": {"strap": 3, "cuff": 1}}),
    ("1 messages of the reading lane are missing", {"messages": GOOD[:2] + GOOD[3:]}),
    ("1 of 1 readings of the cuff are lost", {"messages": GOOD[:4] + GOOD[5:]}),
    ("1 messages of the alert lane are missing", {"messages": GOOD[:-1]}),
    ("OX-1 clear: 1 wanted, 0 came", {"messages": GOOD[:-1]}),
    ("OX-1 start: 1 wanted, 2 came", {"messages": GOOD + [alert(4, alert="a-2")]}),
    ("BP-1 start: 0 wanted, 1 came", {"messages": GOOD + [alert(4, alert="a-2", rule="BP-1")]}),
    ("never sent", {"messages": GOOD, "sent": {"strap": 1, "cuff": 1}}),
    ("the strap sent nothing", {"messages": GOOD, "sent": {"cuff": 1}}),
    ("is not enrolled", {"messages": GOOD, "ids": {"strap": "d-1"}}),
    ("that nobody enrolled", {"messages": GOOD + [reading(5, device="d-9")]}),
    ("does not say how far its alert lane is", {"messages": GOOD, "given": {READINGS: 4}}),
    ("against the contract", {"messages": GOOD + [(ROOT + "up/reading/r-0001", b"{")]}),
])
def test_not_good(problem, arguments):
    summary = verdict(**arguments)
    assert not summary.is_good
    assert any(problem in text for text in summary.problems), summary.problems


def test_a_declared_loss_is_a_loss():
    summary = verdict(GOOD + [gap(5, reason="overflow", count=7)])
    assert "the gateway declares a loss: 7 (overflow)" in summary.problems
