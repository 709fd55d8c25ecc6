# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the library read some octets as we do: only then is a ratio of times one of equal work."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """What differs between our decode report and the library's answer, None where nothing does.

    Facts have other names in the library, so of these only the number of them is compared, and a text as it is.
    """
    if theirs.get("unknown"):
        return None
    if error := theirs.get("error"):
        return f"the library refuses it: {error}"
    if "facts" in theirs:
        return facts_difference(ours.get("facts", {}), theirs["facts"])
    mine = [(value["kind"], None if "absent" in value else Decimal(str(value["value"]))) for value in ours["values"]]
    found = [(kind, None if number is None else Decimal(number)) for kind, number in theirs["values"]]
    if [kind for kind, _ in mine] != [kind for kind, _ in found]:
        return f"values {words(mine)}, the library's {words(found)}"
    if any(not is_equal(a, b) for (_, a), (_, b) in zip(mine, found, strict=True)):
        return f"values {words(mine)}, the library's {words(found)}"
    if ours.get("deviceTime") != theirs.get("time"):
        return f"time {ours.get('deviceTime')}, the library's {theirs.get('time')}"
    return None


def facts_difference(ours: dict[str, Any], theirs: Any) -> str | None:
    if isinstance(theirs, str):
        alike = [plain(str(value)) for value in ours.values()]
        return None if plain(theirs) in alike else f"{list(ours.values())}, the library's {theirs!r}"
    if isinstance(theirs, list):
        return lists_difference([value for value in ours.values() if isinstance(value, list)], [theirs])
    lists = [value for value in theirs.values() if isinstance(value, list)]
    return lists_difference([value for value in ours.values() if isinstance(value, list)], lists) if lists else None


def plain(text: str) -> str:
    """`ear-lobe` and `ear_lobe` are one word."""
    return text.replace("-", "_").replace(" ", "_")


def lists_difference(ours: list[list[Any]], theirs: list[list[Any]]) -> str | None:
    if [len(names) for names in ours] == [len(names) for names in theirs]:
        return None
    return f"{ours}, the library's {theirs}"


def is_equal(ours: Decimal | None, theirs: Decimal | None) -> bool:
    """To the digits that ours has: the library's are binary floats, and it converts with a digit more or less."""
    if ours is None or theirs is None:
        return ours is theirs
    exponent = ours.as_tuple().exponent
    step = Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0))
    return ours == theirs or ours == theirs.quantize(step, rounding=ROUND_HALF_EVEN)


def words(values: list[tuple[str, Decimal | None]]) -> str:
    return ", ".join(f"{kind} {'none' if number is None else number}" for kind, number in values)
