# SPDX-License-Identifier: GPL-3.0-or-later
from typing import Any

import agreement
import pytest


def report(*values: tuple[str, Any], time: str | None = None) -> dict[str, Any]:
    return {"ok": True, "deviceTime": time, "values": [
        {"kind": kind, "absent": value} if isinstance(value, str) else {"kind": kind, "value": value} for kind, value in values]}


@pytest.mark.parametrize("theirs", ["122.3", "122.26", "122.2600001"])
def test_numbers_are_equal_to_the_digits_that_ours_has(theirs: str) -> None:
    assert agreement.difference(report(("systolic", 122.3)), {"values": [["systolic", theirs]], "time": None}) is None


@pytest.mark.parametrize("theirs", [
    {"values": [["systolic", "122.4"]], "time": None},
    {"values": [["systolic", None]], "time": None},
    {"values": [["diastolic", "122.3"]], "time": None},
    {"values": [], "time": None},
    {"values": [["systolic", "122.3"]], "time": "2026-03-14T08:05:30"},
    {"error": "truncated"},
])
def test_what_differs_is_said(theirs: dict[str, Any]) -> None:
    assert agreement.difference(report(("systolic", 122.3)), theirs)


def test_a_value_that_is_absent_on_both_sides_is_equal() -> None:
    assert agreement.difference(report(("spo2", "nan")), {"values": [["spo2", None]], "time": None}) is None


def test_what_the_library_does_not_know_differs_in_nothing() -> None:
    assert agreement.difference(report(("glucose", 5.5)), {"unknown": True}) is None


def test_facts_are_compared_by_their_number_and_a_text_as_it_is() -> None:
    ours = {"facts": {"features": ["body-movement", "cuff-fit"], "location": "ear-lobe"}}
    assert agreement.difference(ours, {"facts": ["a", "b"]}) is None
    assert agreement.difference(ours, {"facts": ["a"]})
    assert agreement.difference(ours, {"facts": "ear_lobe"}) is None
    assert agreement.difference(ours, {"facts": "chest"})
    assert agreement.difference({"facts": {"model-number": "UA-651BLE"}}, {"facts": "UA-651BLE"}) is None
