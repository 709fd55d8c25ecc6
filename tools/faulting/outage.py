# SPDX-License-Identifier: GPL-3.0-or-later
"""Days without a broker: three streams of one value a second and a scale, and then everything is to come.

The real journal, ingest and publisher live the hours by a clock that is handed to them (tools/faulting/simulation, built for
release); then a real mosquitto is there, with the limits that it has by itself, and the reference consumer proves from the
messages alone that each value has come once or is declared lost. Meanwhile life goes on, with alerts that come and go: they
are to arrive before the backlog. `--limit-mib` bounds the disk, so that something has to go.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path

from faulting.backlog import Account, Drain, account, take_up
from faulting.report import Report
from faulting.simulated import ROOT, Simulation, build

RATE = 2000
LONG_MESSAGES = 20_000
ALERT_SECONDS = 1.0
MEMORY_MIB = 64
GROWTH_MIB = 16


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=int, default=72, help="how long there is no broker (72)")
    parser.add_argument("--streams", choices=("full", "summaries"), help="only in this way; else in both")
    parser.add_argument("--limit-mib", type=int, help="the most that the database may take, its log included")
    parser.add_argument("--debug", action="store_true", help="as the tests are built: builds sooner, and is slower")
    parser.add_argument("--rate", type=int, default=RATE, help=f"messages a second at least; 0 demands nothing ({RATE})")


def run(options: argparse.Namespace) -> int:
    report = Report("outage", ("said", "received", "declared", "lost", "doubled"))
    products = build(options.debug)
    for streams in [options.streams] if options.streams else ["full", "summaries"]:
        # Bytes that are written are counted, and a consumer's disk is part of it: not in memory.
        directory = Path(tempfile.mkdtemp(prefix="outage-", dir=ROOT / ".build"))
        try:
            live_through(streams, options, products, directory, report)
        finally:
            shutil.rmtree(directory, ignore_errors=True)
    return report.close(options.json)


def live_through(streams: str, options: argparse.Namespace, products: Path, directory: Path, report: Report) -> None:
    limit = options.limit_mib
    with Simulation(products, directory, streams, options.hours, limit) as simulation:
        fed = simulation.feed(lambda line: report.progress(f"{streams}: hour {line['seconds'] // 3600} of {options.hours}"))
        facts: dict[str, object] = {
            "feedSeconds": round(simulation.seconds), "databaseMiB": round(simulation.largest / 2**20, 1),
            "writtenPerValue": round(simulation.written / max(1, fed["samples"] + fed["weighings"]))}
        report.say(f"{streams}: {fed['samples']} samples and {fed['weighings']} weighings are stored: {json.dumps(facts)}")
        drain = take_up(simulation, fed, lambda text: report.progress(f"{streams}: {text}"))
        found = account(simulation.consumer, fed, streams)
    facts |= figures(drain)
    report.facts[streams] = facts
    count(streams, found, report)
    judge(streams, options, facts, drain, found, simulation.largest, report)


def figures(drain: Drain) -> dict[str, object]:
    late = sorted(drain.alert_seconds)
    return {"messages": drain.messages, "drainSeconds": round(drain.seconds, 1), "messagesPerSecond": round(drain.rate),
            "alertsMeanwhile": len(late), "alertMedianMs": round(statistics.median(late) * 1000) if late else None,
            "alertLongestMs": round(late[-1] * 1000) if late else None,
            "rssMiBBefore": round(drain.rss_before / 1024, 1), "rssMiBMost": round(drain.rss_most / 1024, 1)}


def count(streams: str, found: Account, report: Report) -> None:
    for kind, line in found.rows.items():
        for column, number in line.items():
            report.count(f"{streams}: {kind}", column, number)


def judge(streams: str, options: argparse.Namespace, facts: dict[str, object], drain: Drain, found: Account, largest: int,
          report: Report) -> None:
    if not found.is_complete:
        report.fail(f"{streams}: the consumer misses numbers: {found.missing}")
    for kind, line in found.rows.items():
        if line["lost"] or line["doubled"]:
            report.fail(f"{streams}: {kind}: {line['lost']} lost without a word, {line['doubled']} doubled")
    if options.limit_mib and largest > options.limit_mib * 2**20:
        report.fail(f"{streams}: the database took {largest} bytes")
    if not options.limit_mib and any(line["declared"] for line in found.rows.values()):
        report.fail(f"{streams}: something was dropped although there was room")
    # What is gone in a few seconds has no rate.
    is_long = drain.messages >= LONG_MESSAGES
    if is_long and drain.rate < options.rate:
        report.fail(f"{streams}: {drain.rate:.0f} messages a second")
    if is_long and options.rate and (not drain.alert_seconds or max(drain.alert_seconds) > ALERT_SECONDS):
        report.fail(f"{streams}: alerts meanwhile took {facts['alertLongestMs']} ms")
    if drain.rss_most > MEMORY_MIB * 1024 or drain.rss_most - drain.rss_before > GROWTH_MIB * 1024:
        report.fail(f"{streams}: memory grew from {facts['rssMiBBefore']} to {facts['rssMiBMost']} MiB")
