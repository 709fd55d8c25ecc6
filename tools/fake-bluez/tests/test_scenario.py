# SPDX-License-Identifier: GPL-3.0-or-later
"""The loader: what it understands, and that it says where it does not."""

from __future__ import annotations

import pytest
from conftest import SCENARIOS

import scenario

DEVICE = """devices:
  - id: cuff
    address: "F5:F1:F2:F3:F4:02"
    name: Cuff
    gatt:
      1810:
        2a35: {properties: [indicate], value: 0048}
    story:
      - notify: {characteristic: 2a35, value: 0048}
"""


def test_scalars_are_taken_as_written() -> None:
    device = scenario.parse(DEVICE).devices[0]
    assert device.services == ("1810",)
    assert device.characteristic("2a35").value == bytes.fromhex("0048")
    assert device.story == (scenario.Notify("2a35", bytes.fromhex("0048")),)


def test_generated_values_are_unique() -> None:
    stream = scenario.Stream("2a37", 1, None, prefix=b"\x01")
    assert [stream.value(n).hex() for n in (0, 1, 255)] == ["010100", "010200", "010001"]


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ("name: Cuff", "nane: Cuff", "x.yaml:4:11: devices[0].nane: unknown key"),
    ("value: 0048}\n    story", "value: 004}\n    story", "is not hex bytes"),
    ("- notify: {", "- notfiy: {", "story[0].notfiy: unknown verb"),
    ("notify: {characteristic: 2a35", "notify: {characteristic: 2a36", "no characteristic 2a36"),
    ("    name: Cuff\n", "", "`name` is missing"),
    ("F5:F1:F2:F3:F4:02", "35:F1:F2:F3:F4:02", "not a random static address"),
    ("id: cuff", "id: cuff\n    id: cuff", "`id` is there twice"),
    ("- notify: {characteristic: 2a35, value: 0048}", "- until: subscribd 2a35", "is unknown"),
    ("- notify: {characteristic: 2a35, value: 0048}", "- until: written 2a35 01", "no characteristic 2a35 with `write`"),
    ("- notify: {characteristic: 2a35, value: 0048}", "- until: written 2a35", "is unknown"),
    ("- notify: {characteristic: 2a35, value: 0048}", "- announce: {manufacturer: {157: 00}}", "is not a company id"),
    ("- notify: {characteristic: 2a35, value: 0048}", "- announce: {service: {}}", "unknown key"),
    ("devices:", "devices: [", "not YAML"),
])
def test_mistakes_are_named_with_their_place(old: str, new: str, complaint: str) -> None:
    assert old in DEVICE
    with pytest.raises(scenario.ScenarioError) as caught:
        scenario.parse(DEVICE.replace(old, new), "x.yaml")
    assert complaint in str(caught.value)
    assert str(caught.value).startswith("x.yaml:")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_loads(path) -> None:
    assert scenario.load(path).devices
