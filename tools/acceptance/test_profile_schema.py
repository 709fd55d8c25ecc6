# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of device profiles, which editors use, and the loader speak of the same language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from profiles import FIELD, SCHEMA, SHIPPED, VALUES, characteristic, check, dump, field, profile, read, write

MISSPELT = "misspelt-key"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_what_is_shipped(path: Path, schema: dict[str, Any]) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(read(path.read_text()))]
    assert not errors


# Whose keys are the writer's own.
FREE = {"bits", "status", "status-codes", "names", "codes", "flags", "absent", "facts", "when", "empty", "commands", "parts",
        "supported-by"}


def mappings(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every mapping with keys of the language, and what kind of place it stands at."""
    if isinstance(node, dict):
        is_free = bool(place) and place[-1] in FREE
        if not is_free:
            yield place, node
        for key, value in node.items():
            yield from mappings(value, (*place, "*" if is_free else key))
    elif isinstance(node, list):
        for item in node:
            yield from mappings(item, (*place, "[]") if place[-1:] != ("empty",) else (*place[:-1], "when"))


def test_the_schema_refuses_misspelt_keys(schema: dict[str, Any]) -> None:
    validator = Draft202012Validator(schema)
    seen: set[tuple[str, ...]] = set()
    for path in SHIPPED:
        document = read(path.read_text())
        for place, mapping in mappings(document):
            if place in seen:
                continue
            seen.add(place)
            mapping[MISSPELT] = 1
            assert not validator.is_valid(document), f"a key at {'.'.join(place) or 'the root'} of {path.name} is not checked"
            del mapping[MISSPELT]
    assert len(seen) > 10, seen


def keys_of(schema: dict[str, Any], node: dict[str, Any]) -> set[str]:
    """The keys that a part of the schema knows."""
    found = set(node.get("properties", {}))
    if reference := node.get("$ref"):
        found |= keys_of(schema, schema["$defs"][reference.removeprefix("#/$defs/")])
    return found


def framed(**changes: Any) -> dict[str, Any]:
    return characteristic(frames={"start": "AA", "length": 2} | changes)


def session(**changes: Any) -> dict[str, Any]:
    return profile(commands={"go": {"to": "FFB1", "bytes": "9B 01 1C", "purpose": "start"}}, session=changes)


CHOICE = {"if": "flags.is-on", "then": 1, "else": 2}
WRONG = {MISSPELT: 1}
# A file with an unknown key in each kind of place, and the part of the schema that describes that place.
PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "the root": (profile(**WRONG), ""),
    "title": (profile(title={"zh": "带", "en": "strap"} | WRONG), "$defs/text/oneOf/1"),
    "match": (profile(match={"services": ["FFB0"]} | WRONG), "properties/match"),
    "characteristic": (characteristic(**WRONG), "$defs/characteristic"),
    "advertisement": (profile(advertisements=[{"manufacturer": 1, "title": "x"} | WRONG]), "$defs/advertisement"),
    "feature": (characteristic(feature={"uuid": "FFB3", "fields": [FIELD]} | WRONG), "$defs/feature"),
    "quality": (characteristic(quality=WRONG), "$defs/reading/properties/quality"),
    "field": (field(**WRONG), "$defs/field"),
    "part": (field(parts={"0-3": WRONG}), "$defs/part"),
    "scale": (field(scale=CHOICE | WRONG), "$defs/scale/anyOf/1"),
    "unit": (field(kind="systolic", unit=CHOICE | WRONG), "$defs/unit/anyOf/1"),
    "epoch": (field(role="time", type="uint32", epoch=CHOICE | WRONG), "$defs/epoch/anyOf/1"),
    "message": (characteristic(fields=None, messages=[{"name": "m"} | WRONG]), "$defs/message"),
    "records": (characteristic(fields=None, messages=[{"name": "m", "records": {"at": 0, "length": 1, "fields": [FIELD]} | WRONG}]),
                "$defs/records"),
    "frames": (framed(**WRONG), "$defs/frames"),
    "length of frames": (framed(length={"at": 1, "type": "uint8"} | WRONG), "$defs/frames/properties/length/anyOf/1"),
    "checksum": (framed(checksum={"kind": "sum"} | WRONG), "$defs/checksum"),
    "vector": (characteristic(vectors=[{"hex": "48", "values": VALUES} | WRONG]), "$defs/vector"),
    "measurement": (characteristic(vectors=[{"hex": "48", "measurements": [{"values": VALUES} | WRONG]}]),
                    "$defs/vector/properties/measurements/items"),
    "command": (profile(commands={"go": {"to": "FFB1", "bytes": "01", "purpose": "start"} | WRONG}), "$defs/command"),
    "session": (session(**WRONG), "$defs/session"),
    "poll": (session(poll={"command": "go", "every": 1} | WRONG), "$defs/session/properties/poll"),
    "next": (session(next={"after": "m", "command": "go"} | WRONG), "$defs/session/properties/next"),
    "clock": (session(clock={"characteristic": "2A08", "write": "never"} | WRONG), "$defs/session/properties/clock"),
    "memory": (session(memory={"procedure": "none"} | WRONG), "$defs/session/properties/memory"),
}


def part_of(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    node: Any = schema
    for step in pointer.split("/") if pointer else []:
        node = node[int(step) if isinstance(node, list) else step]
    return node


@pytest.mark.parametrize("place", PLACES)
def test_the_schema_has_the_keys_of_the_loader(place: str, schema: dict[str, Any], tmp_path: Path) -> None:
    document, pointer = PLACES[place]
    answer = check(write(tmp_path, "p.yaml", document))
    assert answer.code == 1
    match = re.search(rf"unknown key '{MISSPELT}', known: (.+); correct", answer.out)
    assert match, f"{place}: {answer.out}"
    assert set(match[1].split(", ")) == keys_of(schema, part_of(schema, pointer))
    assert not Draft202012Validator(schema).is_valid(read(dump(document)))


def closed_parts(node: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        if False in (node.get("additionalProperties"), node.get("unevaluatedProperties")):
            yield pointer
        for key, value in node.items():
            yield from closed_parts(value, f"{pointer}/{key}".lstrip("/"))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from closed_parts(value, f"{pointer}/{index}")


def test_every_part_of_the_schema_is_held_against_the_loader(schema: dict[str, Any]) -> None:
    assert set(closed_parts(schema)) == {pointer for _, pointer in PLACES.values()}


WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "evidence": (profile(evidence="wrong"), "properties/evidence"),
    "use": (characteristic(use="wrong"), "$defs/reading/properties/use"),
    "others": (characteristic(fields=None, messages=[{"name": "m", "ignore": True}], others="wrong"), "$defs/reading/properties/others"),
    "decoder": (characteristic(fields=None, decoder="wrong"), "$defs/reading/properties/decoder"),
    "type": (field(type="wrong"), "$defs/field/properties/type"),
    "kind": (field(kind="wrong", unit="/min"), "$defs/kind"),
    "role": (field(role="wrong"), "$defs/meaning/properties/role"),
    "order": (field(type="bytes", fact="x", order="wrong"), "$defs/meaning/properties/order"),
    "absent": (field(kind="spo2", unit="%", absent={"1": "wrong"}), "$defs/absent/additionalProperties"),
    "checksum": (framed(checksum={"kind": "wrong"}), "$defs/checksum/properties/kind"),
    "checksum's order": (framed(length=9, checksum={"kind": "crc-16-modbus", "order": "wrong"}), "$defs/checksum/properties/order"),
    "length's type": (framed(length={"at": 1, "type": "wrong"}), "$defs/frames/properties/length/anyOf/1/properties/type"),
    "quality": (characteristic(vectors=[{"hex": "48", "values": VALUES, "quality": "wrong"}]), "$defs/expectation/properties/quality"),
    "error": (characteristic(vectors=[{"hex": "48", "error": "wrong", "offset": 0}]), "$defs/vector/properties/error"),
    "purpose": (profile(commands={"go": {"to": "FFB1", "bytes": "01", "purpose": "wrong"}}), "$defs/command/properties/purpose"),
    "connection": (session(connection="wrong"), "$defs/session/properties/connection"),
    "bonding": (session(bonding="wrong"), "$defs/session/properties/bonding"),
    "write": (session(clock={"characteristic": "2A08", "write": "wrong"}), "$defs/session/properties/clock/properties/write"),
    "procedure": (session(memory={"procedure": "wrong"}), "$defs/session/properties/memory/properties/procedure"),
}


@pytest.mark.parametrize("word", WORDS)
def test_the_schema_has_the_words_of_the_loader(word: str, schema: dict[str, Any], tmp_path: Path) -> None:
    document, pointer = WORDS[word]
    answer = check(write(tmp_path, "p.yaml", document))
    match = re.search(r"expected one of (.+), found 'wrong'; ", answer.out)
    assert match, answer.out
    assert set(match[1].split(", ")) == set(part_of(schema, pointer)["enum"])


def test_the_schema_has_the_units_of_the_loader(schema: dict[str, Any], tmp_path: Path) -> None:
    found: set[str] = set()
    for kind in schema["$defs"]["kind"]["enum"]:
        answer = check(write(tmp_path, "p.yaml", field(kind=kind, unit="wrong")))
        match = re.search(r"cannot be in 'wrong', only in (.+?); ", answer.out)
        assert match, answer.out
        found |= set(match[1].split(", "))
    assert found == set(schema["$defs"]["unitCode"]["enum"])
