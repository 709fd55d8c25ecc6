# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use whom.

SwiftPM lets a target import what its dependencies depend on, and its own check of imports misses that; so each import is
compared with the manifest, and the manifest with the arrows below.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from findings import Finding

# The arrows of the architecture: a target, and all that it may depend on. A new arrow is a decision, made here.
ALLOWED: Mapping[str, frozenset[str]] = {name: frozenset(targets.split()) for name, targets in {
    "Vitals": "CCrypto",
    "Texts": "",
    "ClinicDesk": "Texts Vitals",
    "ClinicCommands": "CCrypto Texts Vitals",
    "Document": "CYAML",
    "DeviceProfiles": "Vitals Document Texts",
    "Alerting": "Vitals Document Texts",
    "Replay": "Alerting Vitals Texts",
    "EventLoop": "CSystemd Logging",
    "DBus": "EventLoop CSystemd",
    "BlueZ": "DBus EventLoop CBluetooth CSystemd Logging",
    "SQLite": "CSQLite",
    "MQTT": "EventLoop CMosquitto CSystemd Logging",
    "Journal": "SQLite EventLoop Alerting Vitals",
    "Gateway": "Vitals Document DeviceProfiles Alerting ClinicCommands Texts EventLoop DBus BlueZ Journal MQTT CSystemd "
               "Logging ServiceLifecycle",
    "vigild": "Gateway EventLoop Logging",
    "vigilctl": "Gateway DBus EventLoop Alerting DeviceProfiles Document MQTT ClinicCommands ClinicDesk Replay Vitals Texts "
                "ArgumentParser Logging",
}.items()}

# What comes with the toolchain and needs no declaration.
TOOLCHAIN = frozenset({"Swift", "Glibc", "FoundationEssentials", "Synchronization", "Dispatch", "Testing"})
# Pure targets: text and bytes are handed in, so they reach no file, no socket, no clock and no lock.
PURE: Mapping[str, frozenset[str]] = {
    "Vitals": frozenset(),
    "Texts": frozenset(),
    "ClinicDesk": frozenset({"FoundationEssentials"}),  # reads JSON
    "ClinicCommands": frozenset({"FoundationEssentials"}),  # reads and writes JSON
    "Document": frozenset(),
    "DeviceProfiles": frozenset(),
    "Alerting": frozenset(),
    "Replay": frozenset(),
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|actor|protocol|typealias|func|let|var)\s+)?(\w+)")


def describe(root: Path) -> dict[str, Any]:
    """The package as SwiftPM understands it."""
    done = subprocess.run(["swift", "package", "describe", "--type", "json"], cwd=root, check=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=600)
    return json.loads(done.stdout)


def imports(root: Path, folder: str) -> list[tuple[str, int, str]]:
    """Path, line and module of every import below `folder`."""
    found = []
    for path in sorted((root / folder).rglob("*.swift")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if match := IMPORT.match(line):
                found.append((str(path.relative_to(root)), number, match[1]))
    return found


def manifest_line(root: Path, target: str) -> int:
    """The line of Package.swift that names the target, 1 where it cannot be told."""
    for number, line in enumerate((root / "Package.swift").read_text().splitlines(), 1):
        if re.search(rf'\bname: "{re.escape(target)}"', line):
            return number
    return 1


def check_layers(root: Path, package: dict[str, Any]) -> list[Finding]:
    found: list[Finding] = []
    for target in package["targets"]:
        name, folder = target["name"], target["path"]
        if target["type"] == "system-target":
            continue
        declared = set(target.get("target_dependencies") or []) | set(target.get("product_dependencies") or [])
        is_ours = folder.startswith("Sources/")
        at = manifest_line(root, name)
        if is_ours and name not in ALLOWED:
            found.append(Finding("Package.swift", at, f"{name} is a new target",
                                 "give it its arrows in tools/checks/layers.py and ARCHITECTURE.md"))
        elif is_ours:
            for extra in sorted(declared - ALLOWED[name]):
                found.append(Finding("Package.swift", at, f"{name} depends on {extra}, against the arrows",
                                     "move the code to where it belongs, or decide on the arrow in tools/checks/layers.py"))
        imported = imports(root, folder)
        for path, line, module in imported:
            if module in TOOLCHAIN:
                if module not in PURE.get(name, TOOLCHAIN) and name in PURE:
                    found.append(Finding(path, line, f"{name} is pure and imports {module}",
                                         "hand in what is needed as text, bytes or a moment"))
            elif module != name and module not in declared:
                remedy = ("Glibc or FoundationEssentials has what is needed" if module == "Foundation" else
                          f"declare it in Package.swift if the arrow {name} -> {module} is right")
                found.append(Finding(path, line, f"imports {module}, which {name} does not declare", remedy))
        if is_ours:
            for unused in sorted(declared - {module for _, _, module in imported}):
                found.append(Finding("Package.swift", at, f"{name} declares {unused} and imports it nowhere",
                                     "take it out of Package.swift"))
    return found
