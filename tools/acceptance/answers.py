# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules with short times, and what a clinic does with an alert."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import scenarios
from commander import Commander, Key
from conftest import MakeWorld
from world import World

QUICK = """edition: quick
based-on: cn
version: 1
author: a test
date: 2026-11-22
settle: 0 s
manners:
  high: {{again: {again}, escalate: {escalate}, latches: true, realarm: {realarm}, deliver: 60 s}}
rules:
  OX-1:
    version: 9
    confirm: {{stream: 1 s, spot: {{second: {{apart: 0 s, within: 10 min}}}}}}
    clear: {{when: [{{kinds: [spo2], at-least: 92}}], held: 1 s, readings: 2}}
  OX-2: {{enabled: false}}
  OX-3: {{enabled: false}}
  OX-4: {{enabled: false}}
"""


def quick_rules(directory: Path, again: str = "5 min", escalate: str = "[5 min, 15 min]", realarm: str = "30 min") -> dict[str, str]:
    """The `rules` of a configuration with OX-1 after a second, and these times for high alerts."""
    path = directory / "rules.yaml"
    path.write_text(QUICK.format(again=again, escalate=escalate, realarm=realarm))
    return {"file": str(path)}


def oximeter_that_falls() -> scenarios.Device:
    return scenarios.oximeter([scenarios.spo2(scenarios.SPO2_97, 0.25, until="signal fall"),
                               scenarios.spo2(scenarios.SPO2_86, 0.25, until="signal rise"),
                               scenarios.spo2(scenarios.SPO2_97, 0.25, until="signal again"),
                               scenarios.spo2(scenarios.SPO2_86, 0.25)])


def household(make_world: MakeWorld, directory: Path, keys: list[Key], **more: Any) -> World:
    """A daemon whose person's SpO2 falls at the signal `fall` and rises at `rise`."""
    times = {name: more.pop(name) for name in ("again", "escalate", "realarm") if name in more}
    config = {"rules": quick_rules(directory, **times), "commands": {"keys": [key.config for key in keys]}}
    world = make_world(devices=[oximeter_that_falls()], config=config | more.pop("config", {}), **{"clock": {}} | more).start()
    world.pair("oximeter", scenarios.OXIMETER)
    return world


def latest(world: World, rule: str = "OX-1") -> dict[str, Any]:
    """The highest version of the rule's episode that the clinic has."""
    found = [one for one in world.clinic.messages("alert") if one["rule"] == rule]
    return max(found, key=lambda one: one["version"]) if found else {"phase": None, "state": None, "version": 0}


def wait_for(world: World, phase: str, state: str, limit: float = 30, rule: str = "OX-1") -> dict[str, Any]:
    def there() -> dict[str, Any] | None:
        return next((one for one in world.clinic.messages("alert")
                     if (one["rule"], one["phase"], one["state"]) == (rule, phase, state)), None)
    return world.clinic.wait(there, limit, lambda: f"{rule} {phase} {state}, there are "
                             f"{[(one['rule'], one['phase'], one['state']) for one in world.clinic.messages('alert')]}")


def asker(commander: Commander, key: Key) -> Callable[..., dict[str, Any]]:
    """Sends a command by that key and gives the answer."""
    def ask(name: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        return commander.ask(name, key.signed(name, body, **more))[1]
    return ask
