# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the matter with a person, before anybody hears of it."""

from __future__ import annotations

from dataclasses import dataclass

from alert_oracle.rules import Rule


@dataclass(frozen=True)
class Began:
    """`superseded` are lesser rules that were on and end with this. A rule that is on begins again when it becomes graver."""

    rule: Rule
    priority: str
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    rule: Rule


@dataclass(frozen=True)
class Gone:
    """The rule is not for this person any more."""

    rule: Rule


@dataclass(frozen=True)
class Stored:
    """Readings of before, that would have raised the rule."""

    rule: Rule


Finding = Began | Ended | Gone | Stored
