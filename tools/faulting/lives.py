# SPDX-License-Identifier: GPL-3.0-or-later
"""The lives of one daemon that is killed again and again, and the account of what each left behind."""

from __future__ import annotations

import collections
import os
import shutil
import signal
import time
from pathlib import Path
from typing import NamedTuple

import journal
from faulting import household
from faulting.household import COUNTED, Snapshot
from processes import Process
from waiting import PATIENCE, STEP, eventually
from world import World

# A life that does not come to its point by then is ended.
LIFE_SECONDS = 7.0
# What a kill may cost: a spot reading is written at once, a stream waits at most 4 s; the rest is our own inaccuracy.
YOUNG_SECONDS = {"scale": 1.0, "strap": 5.0}
START_SECONDS = 10.0
# What went wrong: a column of the report, and a sentence.
Finding = tuple[str, str]


class Point(NamedTuple):
    """Before the `nth` call of this kind by one thread, while streams are sent so and the scale says one value in so long."""

    streams: str
    scale: float
    call: str
    nth: int


class Lives:
    """Of a world whose devices are enrolled. Its daemon runs at most while one of these methods does."""

    def __init__(self, world: World):
        self.world = world
        self.doubtful = 0
        self.starts: list[float] = []
        self._plain = list(world.vigil.arguments)
        self._committed: set[tuple] = set()
        self._epoch = ""
        self._forgiven: set[str] = set()
        self._killed_at = 0.0
        assert world.vigil.stop() == 0
        # What a device says while it is being enrolled is not taken.
        stored = set(household.values_in(world.vigil.database))
        self._forgiven |= {one.value for one in household.sent(world.stage) if one.value not in stored}

    # Living and dying -----------------------------------------------------------------------------------------------

    def start(self, under: list[str]) -> None:
        """Begins a life under another program, without waiting for anything."""
        self.world.vigil.arguments = [*under, *self._plain]
        Process.start(self.world.vigil)

    def wait_for_end(self, seconds: float) -> bool:
        """Whether the life has ended by itself."""
        assert self.world.vigil.process is not None
        end = time.monotonic() + seconds * PATIENCE
        while self.world.vigil.running and time.monotonic() < end:
            time.sleep(STEP / 4)
        return not self.world.vigil.running

    def kill(self) -> None:
        """Kills the daemon and not the program that it is under, which would leave it alone and alive."""
        process = self.world.vigil.process
        assert process is not None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for child in children.read_text().split() if children.exists() else []:
            os.kill(int(child), signal.SIGKILL)
        process.wait(10 * PATIENCE)

    def kill_at(self, point: Point) -> bool:
        """Lives up to the point; whether it was reached."""
        # Not with --seccomp-bpf: strace 6.1 then counts no further than one.
        self.start(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={point.call}",
                    "-e", f"inject={point.call}:signal=SIGKILL:when={point.nth}"])
        reached = False
        try:
            reached = self.wait_for_end(LIFE_SECONDS)
        finally:
            if not reached:
                self.kill()
        self._killed_at = household.now(self.world.stage)
        assert self.world.vigil.process is not None
        code = self.world.vigil.process.returncode
        assert code in (-signal.SIGKILL, 128 + signal.SIGKILL), \
            f"{point}: the daemon ended by itself with {code}:\n{self.world.vigil.output()[-1500:]}"
        return reached

    # Looking --------------------------------------------------------------------------------------------------------

    def look(self, number: int) -> list[Finding]:
        """What is wrong with the files as the latest kill has left them."""
        folder = self.world.directory / f"killed-{number}"
        database = journal.copy(self.world.vigil.database, folder)
        try:
            snapshot = Snapshot.of(database)
            values = household.values_in(database)
        finally:
            shutil.rmtree(folder)
        return self._compare(snapshot) + self._in_time(set(values))

    def _compare(self, snapshot: Snapshot) -> list[Finding]:
        found: list[Finding] = []
        if snapshot.check != "ok":
            found.append(("damaged", f"integrity_check: {snapshot.check[:300]}"))
        if self._epoch and snapshot.epoch != self._epoch:
            found.append(("damaged", f"epoch {self._epoch} became {snapshot.epoch}"))
        if gone := self._committed - snapshot.rows:
            found.append(("lost", f"{len(gone)} rows, the first {min(gone, key=repr)}"))
        assert self.world.clinic is not None
        with self.world.clinic._lock:
            lanes = {key.lane: set(series.seen) for key, series in self.world.clinic.ledger.lanes.items()}
        for lane, seen in lanes.items():
            if gone := seen - snapshot.seqs(lane):
                found.append(("lost", f"numbers {sorted(gone)[:10]} of lane {lane} were seen and are not there"))
        self._committed |= snapshot.rows
        self._epoch = snapshot.epoch
        return found

    def _in_time(self, stored: set[str]) -> list[Finding]:
        """Values that came early enough before the kill are stored. Read after the copy: what was sent to a dead daemon
        is younger than the kill."""
        missing = [one for one in household.sent(self.world.stage)
                   if one.value not in stored and one.value not in self._forgiven]
        late = [one for one in missing if one.at <= self._killed_at - YOUNG_SECONDS[one.device] * PATIENCE]
        self.doubtful += len(missing) - len(late)
        self._forgiven |= {one.value for one in missing}
        if not late:
            return []
        return [("lost", f"{len(late)} values that had come in time, the first {late[0]}, killed at {self._killed_at}")]

    # The end --------------------------------------------------------------------------------------------------------

    def finish(self) -> list[Finding]:
        """Lets the daemon run undisturbed until all is delivered, and looks at both ends. It may be running already."""
        world, clinic = self.world, self.world.clinic
        assert clinic is not None
        if not world.vigil.running:
            self._run(self._plain)
        for device in household.ADDRESSES:
            world.stage.wait_sent(device, len(world.stage.sent(device)) + 2)
            world.stage.leave(device)
        eventually(lambda: all(one["state"] != "connected" for one in world.vigil.devices().values()), 10,
                   "the daemon has noticed")
        assert world.vigil.stop(10) == 0  # which writes what waits for its transaction
        self._run(self._plain)
        clinic.wait(lambda: all(one["waiting"] == 0 for one in world.vigil.status()["queues"]), 30,
                    lambda: f"all is delivered: {world.vigil.status()['queues']}")
        assert world.vigil.stop(10) == 0
        final = Snapshot.of(world.vigil.database)
        values = household.values_in(world.vigil.database)
        self._killed_at = household.now(world.stage) + max(YOUNG_SECONDS.values()) * PATIENCE
        return (self._compare(final) + self._in_time(set(values)) + self._doubled(values) + self._summaries()
                + self._at_the_clinic(final))

    def _summaries(self) -> list[Finding]:
        """Each sample is in one summary, where samples are summed up."""
        if self.world.vigil.config["streams"] != "summaries":
            return []
        sums, there = household.summed_up(self.world.vigil.database)
        return [("lost" if sums < there else "doubled", f"{sums} samples are summed up of {there}")] if sums != there else []

    def _run(self, arguments: list[str]) -> None:
        began = time.monotonic()
        self.world.vigil.arguments = arguments
        self.world.vigil.start()
        self.starts.append(time.monotonic() - began)
        assert self.starts[-1] < START_SECONDS * PATIENCE, f"a start took {self.starts[-1]:.1f} s"
        self.world.vigil.wait_for("connected to the broker", 30)
        self.world.vigil.wait_for("connected to the message bus", 30)

    def _doubled(self, values: list[str]) -> list[Finding]:
        counted = {one.value for one in household.sent(self.world.stage) if one.device in COUNTED}
        twice = [value for value, times in collections.Counter(values).items() if times > 1 and value in counted]
        return [("doubled", f"{len(twice)} values are stored twice, the first {twice[0]}")] if twice else []

    def _at_the_clinic(self, final: Snapshot) -> list[Finding]:
        clinic = self.world.clinic
        assert clinic is not None
        found: list[Finding] = [("doubled", complaint) for complaint in clinic.ledger.complaints]
        found += [("lost", f"{hole}") for hole in clinic.ledger.holes()]
        for lane, following in final.next.items():
            came = {key.epoch: series.seen for key, series in clinic.ledger.lanes.items() if key.lane == lane}
            expected = {final.epoch: set(range(1, following))}
            if came != expected:
                missing = sorted(expected[final.epoch] - came.get(final.epoch, set()))
                found.append(("lost", f"lane {lane}: {list(came)} came of {final.epoch}, without {missing[:10]}"))
        numbers: dict[tuple[str, int], set[int]] = collections.defaultdict(set)
        for message in clinic.messages("reading"):
            numbers[message["reading"], message["revision"]].add(message["seq"])
        found += [("doubled", f"reading {key} came as {sorted(seqs)}") for key, seqs in numbers.items() if len(seqs) > 1]
        return found + self._alerts()

    def _alerts(self) -> list[Finding]:
        """One start for each episode, and no second episode of a rule before the first is over."""
        found: list[Finding] = []
        open_: dict[tuple[str, str], str] = {}
        assert self.world.clinic is not None
        transitions = sorted(self.world.clinic.ledger.transitions, key=lambda one: one["seq"] or 0)
        # The graver one of the same rule begins before the other is over.
        heirs = {one["alert"]: one["supersededBy"] for one in transitions if one["phase"] == "supersede"}
        for alert in transitions:
            key = (alert["resident"], alert["rule"])
            if alert["phase"] == "start":
                if key in open_ and heirs.get(open_[key]) != alert["alert"]:
                    found.append(("doubled", f"alert {alert['alert']} begins while {open_[key]} of {alert['rule']} is open"))
                open_[key] = alert["alert"]
            elif alert["phase"] in ("clear", "end", "supersede") and open_.get(key) == alert["alert"]:
                del open_[key]
        return found
