# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message on the wire is what the JSON Schemas say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import scenarios
from conftest import MakeWorld
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from vigil import ROOT

SCHEMAS = ROOT / "Sources" / "Gateway" / "Schemas"
LEDGER_LIMIT, LIMIT = 8 * 1024, 64 * 1024


def validators() -> dict[str, Draft202012Validator]:
    """By the schema's name on the wire: `vigil.reading/1`."""
    files = sorted(SCHEMAS.glob("*.schema.json"))
    if not files:
        pytest.skip(f"no *.schema.json in {SCHEMAS.relative_to(ROOT)}")
    contents = [(path, json.loads(path.read_text())) for path in files]
    resources = [(uri, Resource.from_contents(one)) for path, one in contents for uri in (path.name, one.get("$id"))
                 if uri]
    registry = Registry().with_resources(resources)
    result = {}
    for path, one in contents:
        Draft202012Validator.check_schema(one)
        name = one.get("properties", {}).get("schema", {}).get("const")
        if name:
            result[name] = Draft202012Validator(one, registry=registry, format_checker=FormatChecker())
    return result


def test_every_message_is_valid(make_world: MakeWorld, tmp_path: Path) -> None:
    known = validators()
    world = make_world().start()
    clinic = world.clinic
    for name, address in (("strap", scenarios.STRAP), ("cuff", scenarios.CUFF), ("oximeter", scenarios.OXIMETER)):
        world.pair(name, address)
    world.stage.wait_event("subscribed", "cuff")
    # Full, minimal, without numbers, in kilopascal.
    for value in ("1e8e005b006c00ea0703141300054c00010000", scenarios.pressure(121), "14ff07ff07ff07ff070100",
                  "01a3f06bf07ef0"):
        world.stage.tell(f"notify cuff 2a35 {value}")
    world.stage.tell("signal desaturate")
    clinic.wait(lambda: clinic.phases("start"), 15, "an alert")
    # What the technician is shown is the same object, and names the open alerts besides.
    status = world.vigil.status()
    assert [one["rule"] for one in status["alerts"]] == ["OX-1"] and status["openAlerts"] == 1
    envelope = {"schema": "vigil.health/1", "id": "a29b41d4-a716-4466-8554-400000000003", "gateway": "gw-1", "at": None,
                "epoch": clinic.messages("status")[-1]["epoch"], "health": status}
    assert [error.message for error in known["vigil.health/1"].iter_errors(envelope)] == []
    world.stage.tell("signal recover")
    clinic.wait(lambda: clinic.phases("clear"), 15, "its end")
    clinic.wait(lambda: len(clinic.messages("health")) and len(clinic.readings()) > 12, 20, "health and readings")
    world.vigil.stop()
    world.start()
    clinic.wait(lambda: clinic.messages("status")[-1]["state"] == "online", 10, "online")
    seen = set()
    for arrived in clinic.all():
        name = arrived.message["schema"]
        assert name in known, f"no schema file for {name}"
        errors = [f"{error.json_path}: {error.message}" for error in known[name].iter_errors(arrived.message)]
        assert not errors, f"{arrived.topic} {arrived.payload.decode()}\n" + "\n".join(errors)
        assert len(arrived.payload) <= (LEDGER_LIMIT if arrived.kind in ("reading", "alert", "escalation", "gap") else LIMIT)
        seen.add(name)
    assert seen >= {"vigil.reading/1", "vigil.alert/1", "vigil.gap/1", "vigil.status/1", "vigil.alerts/1",
                    "vigil.health/1"}
