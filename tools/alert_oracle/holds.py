# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a stream has been as it has to be."""

from __future__ import annotations

from dataclasses import dataclass

from alert_oracle.reading import MINUTE, SECOND, Reading
from alert_oracle.rules import SETTLE

LONGEST_GAP = 10 * SECOND
LONGEST_FREEZE = 15 * MINUTE
LONGEST_SILENCE = 60 * SECOND
LONGEST_LOSS = 10 * SECOND


@dataclass
class Hold:
    """Of one condition in one stream: the time between usable samples that follow each other closely."""

    last: int
    link: int = 0
    held: int = 0
    # Some sample of it is known to be of now.
    is_fresh: bool = False
    is_frozen: bool = False

    def is_void(self, at: int) -> bool:
        return at - self.last > LONGEST_FREEZE

    def freeze(self) -> None:
        """For a sample that cannot be used: neither the time up to it counts nor that after it."""
        self.is_frozen = True

    def meet(self, reading: Reading) -> None:
        if not self.is_frozen and reading.at - self.last <= LONGEST_GAP:
            self.held += reading.at - self.last
        self.last, self.is_frozen = reading.at, False
        self.is_fresh = self.is_fresh or reading.is_fresh


class Holds:
    """Of one rule that is off. Where links are guarded, what offends over a worse link has a hold of its own beside."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[Hold]] = {}

    def clear(self) -> None:
        self._of.clear()

    def _spoken_to(self, reading: Reading, is_guarded: bool) -> list[Hold]:
        holds = self._of.get(reading.source)
        if not holds:
            return []
        holds[:] = [one for one in holds if not one.is_void(reading.at)]
        return [one for one in holds if not is_guarded or one.link <= reading.link]

    def meet(self, reading: Reading, is_guarded: bool) -> list[Hold]:
        """For a sample that offends: what it adds to, the oldest first."""
        found = self._spoken_to(reading, is_guarded)
        if not found:
            found = [Hold(reading.at, reading.link)]
            self._of.setdefault(reading.source, []).extend(found)
        for one in found:
            one.meet(reading)
        return found

    def freeze(self, reading: Reading, is_guarded: bool) -> None:
        for one in self._spoken_to(reading, is_guarded):
            if reading.speaks(one.is_fresh):
                one.freeze()

    def deny(self, reading: Reading, is_guarded: bool) -> None:
        """For a valid sample that does not offend."""
        ended = [one for one in self._spoken_to(reading, is_guarded) if reading.speaks(one.is_fresh)]
        if ended:
            self._of[reading.source] = [one for one in self._of[reading.source] if all(one is not other for other in ended)]


@dataclass
class Settling:
    """Since when the sensor of a stream has been in its place. A gap of the radio does not take it away."""

    on: int | None = None
    last: int = 0
    lost_since: int | None = None

    def is_settled(self, at: int, is_measured: bool) -> bool:
        if not is_measured:
            if self.lost_since is None:
                self.lost_since = at
        else:
            self._measured(at)
        return self.on is not None and at - self.on >= SETTLE

    def _measured(self, at: int) -> None:
        is_lost = self.lost_since is not None and at - self.lost_since > LONGEST_LOSS
        if self.on is None or is_lost or at - self.last > LONGEST_SILENCE:
            self.on = at
        self.last, self.lost_since = at, None
