# SPDX-License-Identifier: GPL-3.0-or-later
"""Every combination of flags with invented fields, whole and cut: `vigilctl decode` reads all of them as we do."""

from __future__ import annotations

import pytest

from oracle import invention, vigilctl
from oracle.catalogue import ALL, Characteristic
from oracle.comparison import differences

# Values of each first octet.
EACH = 1
CASES = [(one, feature) for one in ALL.values() for feature in (None, *one.features)]
SHOWN = 12


def name(case: object) -> str:
    if isinstance(case, Characteristic):
        return case.uuid
    return f"feature-{case.hex() or 'empty'}" if isinstance(case, bytes) else "alone"


@pytest.mark.parametrize(("one", "feature"), CASES, ids=name)
def test_inventions(one: Characteristic, feature: bytes | None, pytestconfig: pytest.Config) -> None:
    # What is missing does not depend on the feature.
    cuts = feature is None
    for seed in range(pytestconfig.getoption("many")):
        values = [value for value in invention.values(one, EACH, seed, cuts) if value or seed == 0]
        assert len(values) >= 256, "too few to mean anything"
        found = []
        lines = vigilctl.decode(one.uuid, values, feature, profiles=vigilctl.STANDARD_PROFILES)
        for value, line in zip(values, lines, strict=True):
            found += [f"{value.hex(' ').upper() or 'empty'}: {what}" for what in differences(one, value, feature, line)]
        assert not found, f"{len(found)} differences in {len(values)} values:\n" + "\n".join(found[:SHOWN])
