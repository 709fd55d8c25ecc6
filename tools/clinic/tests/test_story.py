# SPDX-License-Identifier: GPL-3.0-or-later
"""The cuff's values are made here, so they are checked against one that was written by hand."""

from datetime import datetime

from clinic.story import SITE, blood_pressure


def test_a_blood_pressure_measurement():
    at = datetime(2026, 3, 20, 19, 0, 5, tzinfo=SITE)
    assert blood_pressure(142, 91, 76, at).hex() == "1e8e005b006c00ea0703141300054c00010000"
