# SPDX-License-Identifier: GPL-3.0-or-later
"""A YAML document whose nodes know where they stand, so that every complaint can say so. Knows no scenario."""

from __future__ import annotations

import re

import yaml


class ScenarioError(Exception):
    """What is wrong with a scenario, and where: `file:line:column: place: what`."""


def compose(text: str, path: str) -> "Node":
    """The document's root; ScenarioError if it is no YAML or empty."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        raise ScenarioError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from error
    if root is None:
        raise ScenarioError(f"{path}:1:1: empty")
    return Node(root, path, "")


class Node:
    """A YAML node that knows where it stands, so that every complaint can say so."""

    def __init__(self, node: yaml.Node, path: str, place: str):
        self.node, self.path, self.place = node, path, place

    def error(self, what: str) -> ScenarioError:
        mark = self.node.start_mark
        place = f"{self.place}: " if self.place else ""
        return ScenarioError(f"{self.path}:{mark.line + 1}:{mark.column + 1}: {place}{what}")

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("a single value is wanted")
        return self.node.value

    def items(self) -> list["Node"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list is wanted")
        return [Node(child, self.path, f"{self.place}[{index}]") for index, child in enumerate(self.node.value)]

    def pairs(self) -> dict[str, "Node"]:
        """A mapping with free keys."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a mapping is wanted")
        result: dict[str, Node] = {}
        for key_node, value in self.node.value:
            key = Node(key_node, self.path, self.place)
            name = key.text()
            if name in result:
                raise key.error(f"`{name}` is there twice")
            result[name] = Node(value, self.path, f"{self.place}.{name}" if self.place else name)
        return result

    def mapping(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Node"]:
        """A mapping with these keys and no others."""
        result = self.pairs()
        for name, value in result.items():
            if name not in required + optional:
                raise value.error(f"unknown key (known: {', '.join(required + optional)})")
        for name in required:
            if name not in result:
                raise self.error(f"`{name}` is missing")
        return result

    def matching(self, pattern: str, what: str) -> str:
        text = self.text()
        if not re.fullmatch(pattern, text):
            raise self.error(f"`{text}` is not {what}")
        return text

    def number(self, least: float) -> float:
        value = float(self.matching(r"\d+(\.\d+)?", "a number of seconds"))
        if value < least:
            raise self.error(f"must be at least {least}")
        return value

    def integer(self, least: int, most: int = 2**31) -> int:
        value = int(self.matching(r"\d{1,10}", "a whole number"))
        if not least <= value <= most:
            raise self.error(f"must be {least} to {most}")
        return value

    def boolean(self) -> bool:
        return self.choice(("true", "false")) == "true"

    def choice(self, known: tuple[str, ...]) -> str:
        text = self.text()
        if text not in known:
            raise self.error(f"`{text}` is unknown (known: {', '.join(known)})")
        return text

    def hex(self) -> bytes:
        return bytes.fromhex(self.matching(r"([0-9a-fA-F]{2})*", "hex bytes"))
