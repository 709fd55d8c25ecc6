# SPDX-License-Identifier: GPL-3.0-or-later
"""Device profiles for the tests: written, read as an editor reads them, and handed to vigilctl."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml
from vigil import BIN, PROFILES, ROOT, Answer

SCHEMA = ROOT / "device-profiles" / "profile.schema.json"
SHIPPED = sorted(PROFILES.rglob("*.yaml"))


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: 2026-03-14T08:05:30 and `on` are text. Keys are text as they stand."""


Core.yaml_implicit_resolvers = {}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"), ["~", "n", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"([-+]?[0-9]+|0x[0-9a-fA-F]+)$"), list("-+0123456789"))
Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
                           list("-+.0123456789"))


def construct_integer(loader: Core, node: yaml.ScalarNode) -> int:
    return int(node.value, 16 if node.value.startswith("0x") else 10)


def construct_mapping(loader: Core, node: yaml.MappingNode) -> dict[str, Any]:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


Core.add_constructor("tag:yaml.org,2002:int", construct_integer)
Core.add_constructor("tag:yaml.org,2002:map", construct_mapping)


def read(text: str) -> Any:
    return yaml.load(text, Core)  # noqa: S506, a safe loader


def vigilctl(*arguments: str | Path, stdin: str = "", lang: str = "en", limit: float = 60) -> Answer:
    done = subprocess.run([BIN / "vigilctl", *arguments, "--lang", lang], input=stdin, capture_output=True, text=True, timeout=limit)
    return Answer(done.returncode, done.stdout, done.stderr)


def check(*arguments: str | Path, known: Path | str = "/nowhere", **options: Any) -> Answer:
    return vigilctl("profiles", "check", *arguments, "--profiles", known, **options)


VALUES = ["heart-rate 72"]
PLAIN: dict[str, Any] = {
    "id": "example.strap", "title": "Strap", "evidence": "simulated", "sources": ["a document"], "match": {"services": ["FFB0"]},
    "characteristics": [{
        "uuid": "FFB2", "title": "rate",
        "fields": [{"name": "rate", "type": "uint8", "kind": "heart-rate", "unit": "/min"}],
        "vectors": [{"hex": "48", "values": ["heart-rate 72"]}]}]}


def profile(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(PLAIN) | changes


def dump(content: dict[str, Any]) -> str:
    """Without the keys that are there with nothing: they stand for one that is left out. Nothing is shared, so no aliases."""
    def present(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: present(value) for key, value in node.items() if value is not None}
        return [present(item) for item in node] if isinstance(node, list) else node
    return yaml.safe_dump(json.loads(json.dumps(present(content))), sort_keys=False, allow_unicode=True)


def write(folder: Path, name: str, content: dict[str, Any] | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else dump(content))
    return path


FIELD = {"name": "flags", "type": "uint8", "bits": {"0": "is-on"}}


def characteristic(**changes: Any) -> dict[str, Any]:
    return profile(characteristics=[PLAIN["characteristics"][0] | changes])


def field(**changes: Any) -> dict[str, Any]:
    return characteristic(fields=[FIELD, {"name": "x", "type": "uint8"} | changes])
