# SPDX-License-Identifier: GPL-3.0-or-later
"""Every combination of flags with invented fields, whole and cut: `vigilctl decode` reads all of them as we do."""

from __future__ import annotations

import pytest

from oracle import invention, vigilctl
from oracle.catalogue import ALL, Characteristic
from oracle.comparison import differences

# Of each first octet, without and with a feature's value.
EACH, EACH_WITH_FEATURE = 2, 1
CASES = [(one, feature) for one in ALL.values() for feature in (None, *one.features)]
SHOWN = 12


def name(case: object) -> str:
    if isinstance(case, Characteristic):
        return case.uuid
    return f"feature-{case.hex() or 'empty'}" if isinstance(case, bytes) else "alone"


@pytest.mark.parametrize(("one", "feature"), CASES, ids=name)
def test_inventions(one: Characteristic, feature: bytes | None, pytestconfig: pytest.Config) -> None:
    # What is missing does not depend on the feature.
    each, cuts = (EACH, True) if feature is None else (EACH_WITH_FEATURE, False)
    for seed in range(pytestconfig.getoption("many")):
        values = [value for value in invention.values(one, each, seed, cuts) if value or seed == 0]
        assert len(values) >= 256, "too few to mean anything"
        found = []
        for value, line in zip(values, vigilctl.decode(one.uuid, values, feature), strict=True):
            found += [f"{value.hex(' ').upper() or 'empty'}: {what}" for what in differences(one, value, feature, line)]
        assert not found, f"{len(found)} differences in {len(values)} values:\n" + "\n".join(found[:SHOWN])
