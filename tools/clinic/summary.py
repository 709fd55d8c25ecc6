# SPDX-License-Identifier: GPL-3.0-or-later
"""The count at the end, in plain words, and the verdict. Pure, so that it can be tested to say no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from .ledger import LANES, LaneKey, LedgerCheck


@dataclass
class Summary:
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems


def summarize(ledger: LedgerCheck, sent: Mapping[str, int], device_ids: Mapping[str, str],
              given: Mapping[LaneKey, int], expected_alerts: Mapping[tuple[str, str], int],
              dropped: Mapping[str, int]) -> Summary:
    """Compares what the devices sent with what the clinic has.

    - `sent`: values per device of the scenario, `device_ids`: these devices' ids at the gateway,
    - `given`: the last sequence number that the gateway has given in each lane, by its own word,
    - `expected_alerts`: (rule, phase) -> how often,
    - `dropped`: values that a device sent while nobody had subscribed to them.
    """
    summary = Summary()
    _readings(summary, ledger, sent, device_ids, dropped)
    _lanes(summary, ledger, given)
    _alerts(summary, ledger, expected_alerts)
    for complaint in ledger.complaints:
        summary.problems.append(f"a message against the contract: {complaint}")
    return summary


def _readings(summary: Summary, ledger: LedgerCheck, sent: Mapping[str, int], device_ids: Mapping[str, str],
              dropped: Mapping[str, int]) -> None:
    received = ledger.readings_per_device()
    summary.lines.append("READINGS         sent   received   lost")
    for device in sent.keys() | device_ids.keys():
        if device not in device_ids:
            summary.problems.append(f"the {device} sent {sent[device]} readings and is not enrolled")
    for device, identifier in sorted(device_ids.items(), key=lambda pair: pair[1]):
        was_sent, came = sent.get(device, 0), received[identifier]
        summary.lines.append(f"  {identifier} {device:10} {was_sent:6} {came:10} {max(0, was_sent - came):6}")
        if was_sent == 0:
            summary.problems.append(f"the {device} sent nothing, so nothing is shown")
        if came < was_sent:
            summary.problems.append(f"{was_sent - came} of {was_sent} readings of the {device} are lost")
        if came > was_sent:
            summary.problems.append(f"the clinic has {came - was_sent} readings of the {device} that it never sent")
    for identifier in received.keys() - set(device_ids.values()):
        summary.problems.append(f"readings of a device {identifier} that nobody enrolled")
    total = sum(sent.values())
    came = sum(received.values())
    summary.lines.append(f"  {'together':14} {total:6} {came:10} {max(0, total - came):6}")
    summary.lines.append(f"  {ledger.duplicates} messages came twice and were recognised by their id")
    if unheard := sum(dropped.values()):
        summary.lines.append(f"  {unheard} more values were sent while no link carried them")


def _lanes(summary: Summary, ledger: LedgerCheck, given: Mapping[LaneKey, int]) -> None:
    summary.lines.append("NUMBERING        given   received   holes   duplicates")
    for lane in LANES:
        keys = [key for key in given if key.lane == lane]
        last = sum(given[key] for key in keys)
        total = ledger.totals(lane)
        holes = sum(hole.count for hole in ledger.holes(lane))
        summary.lines.append(f"  lane {lane:9} {last:6} {total.received:10} {holes:7} {total.duplicates:12}")
        missing = sum(ledger.missing_below(key, given[key]) for key in keys)
        if not keys:
            summary.problems.append(f"the gateway does not say how far its {lane} lane is")
        if missing or holes:
            summary.problems.append(f"{max(missing, holes)} messages of the {lane} lane are missing")
    for gap in ledger.gaps:
        if gap.get("reason") != "epoch":
            summary.problems.append(f"the gateway declares a loss: {gap.get('count')} ({gap.get('reason')})")


def _alerts(summary: Summary, ledger: LedgerCheck, expected: Mapping[tuple[str, str], int]) -> None:
    seen = Counter((str(message.get("rule")), str(message.get("phase"))) for message in ledger.transitions)
    summary.lines.append("ALERTS          wanted       came")
    for rule, phase in sorted(expected.keys() | seen.keys(), key=_in_order):
        wanted, came = expected.get((rule, phase), 0), seen[rule, phase]
        summary.lines.append(f"  {rule:6} {phase:7} {wanted:6} {came:10}")
        if wanted != came:
            summary.problems.append(f"alert {rule} {phase}: {wanted} wanted, {came} came")


def _in_order(key: tuple[str, str]) -> tuple[str, bool, str]:
    rule, phase = key
    return rule, phase != "start", phase
