# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schemas of the messages are schemas, their examples keep to them, and the AsyncAPI document speaks of what is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from findings import Finding
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

FOLDER = Path("Sources/Gateway/Schemas")
DOCUMENT = FOLDER / "asyncapi.yaml"
FILE_NAME = re.compile(r"vigil\.([a-z]+)-(\d+)\.schema\.json")
# In the Swift sources: the literals of schema names, and of topics below the root.
SCHEMA_LITERAL = re.compile(r'"vigil\.([a-z]+)/(\d+)"')
TOPIC_LITERAL = re.compile(r'"(up/[a-z]+)(?:/\\\([^)]*\))*"')


def schema_findings(path: Path, shown: str) -> Iterator[Finding]:
    """What is wrong with one schema."""
    try:
        schema = json.loads(path.read_text())
    except ValueError as error:
        yield Finding(shown, getattr(error, "lineno", 1), f"not JSON: {error}", "mend the syntax")
        return
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield Finding(shown, 1, f"not a schema: {error.json_path}: {error.message}", "see JSON Schema 2020-12")
        return
    name = FILE_NAME.fullmatch(path.name)
    if name is None:
        yield Finding(shown, 1, "the name does not say message and number", "name it vigil.MESSAGE-NUMBER.schema.json")
        return
    message, number = name.groups()
    expected = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:vigil:schema:{message}:{number}"}
    for key, value in expected.items():
        if schema.get(key) != value:
            yield Finding(shown, 1, f"{key} is {schema.get(key)!r}", f"make it {value!r}")
    if schema.get("properties", {}).get("schema") != {"const": f"vigil.{message}/{number}"}:
        yield Finding(shown, 1, "does not demand its own schema name", f'give it "schema": {{"const": "vigil.{message}/{number}"}}')
    for missing in sorted(set(schema.get("required", [])) - set(schema.get("properties", {}))):
        yield Finding(shown, 1, f"requires {missing} and does not describe it", "describe it")
    examples = schema.get("examples", [])
    if not examples:
        yield Finding(shown, 1, "has no examples", "give it one of each form of the message")
    validator = Draft202012Validator(schema)
    for index, example in enumerate(examples):
        for error in validator.iter_errors(example):
            yield Finding(shown, 1, f"example {index}: {error.json_path}: {error.message}", "correct the example or the schema")
        # A consumer must bear what it does not know, and notice what is missing.
        if not validator.is_valid(example | {"unknownToAll": 1}):
            yield Finding(shown, 1, "refuses a field that it does not know", "leave additionalProperties out")
        for key in schema.get("required", []):
            if validator.is_valid({name: value for name, value in example.items() if name != key}):
                yield Finding(shown, 1, f"example {index} passes without {key}", "the schema does not hold")


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(reference: str, document: Any, folder: Path) -> bool:
    if not reference.startswith("#/"):
        return (folder / reference).is_file()
    for key in reference[2:].split("/"):
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True


def document_findings(root: Path) -> Iterator[Finding]:
    """Whether the AsyncAPI document and the code name the same channels and schemas."""
    shown = str(DOCUMENT)
    try:
        document = yaml.safe_load((root / DOCUMENT).read_text())
    except (OSError, yaml.YAMLError) as error:
        yield Finding(shown, 1, f"cannot be read: {error}", "mend it")
        return
    if document.get("asyncapi") != "3.0.0":
        yield Finding(shown, 1, "is not AsyncAPI 3.0.0", "say asyncapi: 3.0.0")
    used = set(references(document))
    for reference in sorted(used):
        if not resolves(reference, document, root / FOLDER):
            yield Finding(shown, 1, f"refers to {reference}, which is not there", "mend the reference")
    for path in sorted((root / FOLDER).glob("*.json")):
        if f"./{path.name}" not in used:
            yield Finding(shown, 1, f"does not use {path.name}", "describe the message, or delete the schema")
    channels = document.get("channels", {})
    addressed = {"#/channels/" + name for name in channels}
    for name in sorted(addressed - used):
        yield Finding(shown, 1, f"no operation for {name}", "say who sends it")
    for name, channel in channels.items():
        in_address = set(re.findall(r"\{(\w+)\}", channel.get("address", "")))
        if in_address != set(channel.get("parameters", {})):
            yield Finding(shown, 1, f"channel {name}: address and parameters differ", "declare each parameter of the address")

    literals = "".join(path.read_text() for path in sorted((root / "Sources/Gateway").glob("*.swift")))
    sent = set(TOPIC_LITERAL.findall(literals))
    addresses = [channel.get("address", "") for channel in channels.values()]
    described = {match[1] for address in addresses if (match := re.search(r"/(up/[a-z]+)", address))}
    for topic in sorted(sent ^ described):
        where = "is sent and not described" if topic in sent else "is described and not sent"
        yield Finding(shown, 1, f"{topic} {where}", "bring document and code together")
    written = {f"vigil.{name}-{number}.schema.json" for name, number in SCHEMA_LITERAL.findall(literals)}
    for name in sorted(written - {path.name for path in (root / FOLDER).glob("*.json")}):
        yield Finding(str(FOLDER / name), 1, "is missing, and the code writes such messages", "describe them")


def check_schemas(root: Path) -> list[Finding]:
    found = list(document_findings(root))
    for path in sorted((root / FOLDER).glob("*.json")):
        found += schema_findings(path, str(path.relative_to(root)))
    return found
