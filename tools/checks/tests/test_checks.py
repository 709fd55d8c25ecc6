# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check finds what is sown in a small repository, and nothing in a good one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from built import DIAGNOSTIC, build_findings, check_format, check_warnings_are_errors, linked_findings
from findings import Finding
from layers import check_layers
from schemas import FOLDER, check_schemas
from source_text import check_text

ROOT = Path(__file__).resolve().parents[3]
HEAD = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
MANIFEST = """// swift-tools-version:6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

let package = Package(
  name: "vigil",
  targets: [
    .target(name: "Vitals"{0}),
    .target(name: "Journal", dependencies: ["Vitals"]{0}),
  ]
)
"""
STRICT = ", swiftSettings: [.treatAllWarnings(as: .error)]"
# Put together here, or the checks would find them in this file.
MACHINE, SHARED = "/" + "work/main", ".." + "/shared/design"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small good repository: two targets, one on the other."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copy(ROOT / ".swift-format", tmp_path)
    write(tmp_path, "Package.swift", MANIFEST.format(STRICT))
    write(tmp_path, "Sources/Vitals/Pulse.swift", HEAD + "struct Pulse {\n  let rate: Int\n}\n")
    write(tmp_path, "Sources/Journal/Page.swift", HEAD + "import Glibc\nimport Vitals\n")
    write(tmp_path, "tools/go", "#!/bin/sh\n# " + HEAD[3:])
    write(tmp_path, "README.md", "Readable.\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def package(**targets: list[str]) -> dict[str, Any]:
    """What `swift package describe` would say."""
    return {"targets": [{"name": name, "type": "library", "path": f"Sources/{name}", "target_dependencies": needs}
                        for name, needs in targets.items()]}


GOOD = package(Vitals=[], Journal=["Vitals"])


def places(found: list[Finding]) -> list[tuple[str, int]]:
    assert all(finding.what and finding.remedy for finding in found)
    return [(finding.path, finding.line) for finding in sorted(found)]


def test_a_good_repository_has_nothing(repository: Path) -> None:
    assert check_text(repository) == []
    assert check_layers(repository, GOOD) == []
    assert check_format(repository) == []
    assert check_warnings_are_errors(repository) == []


@pytest.mark.parametrize(("name", "text", "line"), [
    ("Sources/Vitals/A.swift", "struct A {}\n", 1),
    ("Sources/CYAML/shim.h", "#include <yaml.h>\n", 1),
    ("tools/a.py", "x = 1\n", 1),
    ("tools/run", "#!/usr/bin/env bash\ntrue\n", 1),
    ("device-profiles/a.yaml", "id: a\n", 1),
    ("systemd/a.service", "[Unit]\n", 1),
    ("Sources/Vitals/A.swift", HEAD + "//\n" * 400, 401),
    ("tools/a.py", "# " + HEAD[3:] + "\n" * 400, 401),
    ("README.md", f"See\n{MACHINE}\n", 2),
    ("README.md", f"See {SHARED}\n", 1),
    ("Sources/Vitals/A.swift", HEAD + "// TO" + "DO\n", 2),
    ("Sources/Vitals/A.swift", HEAD + "// FIX" + "ME: later\n", 2),
    ("Sources/Vitals/A.swift", HEAD + "let a = fatalError(\"no\")\n", 2),
    ("Sources/Vitals/A.swift", HEAD + "\nprint(1)\n", 3),
    ("Sources/Vitals/A.swift", HEAD + "import Foundation\n", 2),
    ("Sources/Vitals/A.swift", HEAD + "@preconcurrency import struct Foundation.Data\n", 2),
])
def test_text(repository: Path, name: str, text: str, line: int) -> None:
    write(repository, name, text)
    assert places(check_text(repository)) == [(name, line)]


@pytest.mark.parametrize("text", [
    "import FoundationEssentials\n", "// one of XXXXXX or todo\n", "terminal.print(1)\n", "func reprint() {}\n",
    "let a = \"a/work/b\"\n",
])
def test_text_that_only_looks_like_it(repository: Path, text: str) -> None:
    write(repository, "Sources/Vitals/A.swift", HEAD + text)
    assert check_text(repository) == []


@pytest.mark.parametrize("line", [
    "import Glibc", "import FoundationEssentials", "@preconcurrency import Dispatch", "import Journal",
    "internal import struct Journal.Page", "import Logging",
])
def test_layers_by_import(repository: Path, line: str) -> None:
    write(repository, "Sources/Vitals/A.swift", HEAD + line + "\n")
    assert places(check_layers(repository, GOOD)) == [("Sources/Vitals/A.swift", 2)]


@pytest.mark.parametrize(("described", "line"), [
    (package(Vitals=["Journal"], Journal=["Vitals"]), 8),  # against the arrows, and imported nowhere
    (package(Vitals=[], Journal=["Vitals", "SQLite"]), 9),  # with the arrows, and imported nowhere
    (GOOD | {"targets": GOOD["targets"] + package(Novel=[])["targets"]}, 1),
])
def test_layers_by_manifest(repository: Path, described: dict[str, Any], line: int) -> None:
    assert set(places(check_layers(repository, described))) == {("Package.swift", line)}


def test_format_and_traps(repository: Path) -> None:
    write(repository, "Sources/Vitals/A.swift", HEAD + """func f(a: Int?) throws -> Int {
  let b: Int! = a
  _ = try! f(a: b)
  _ = a as! Int
    return a!
}
""")
    write(repository, "Tests/VitalsTests/ATests.swift", HEAD + "import Testing\n\nlet a = Int(\"1\")!\nlet  b = 1\n")
    found = check_format(repository)
    assert set(places(found)) == {("Sources/Vitals/A.swift", line) for line in (3, 4, 5, 6)} | {
        ("Tests/VitalsTests/ATests.swift", 5)}
    assert any("outage" in finding.remedy for finding in found)


def test_a_lenient_target(repository: Path) -> None:
    write(repository, "Package.swift", MANIFEST.format(STRICT).replace(STRICT, "", 1))
    (finding,) = check_warnings_are_errors(repository)
    assert finding.line == 8 and "Vitals" in finding.what and "Journal" not in finding.what


def test_build_log() -> None:
    log = """warning: 'main': found 1 file(s) which are unhandled; explicitly declare them as resources or exclude
/x/Sources/Vitals/A.swift:3:27: warning: variable 'x' was never mutated; consider changing to 'let' constant
/x/.build/checkouts/swift-log/Sources/Logging/L.swift:3:2: warning: not ours
Build complete! (3.10s)
"""
    assert DIAGNOSTIC.match(log.splitlines()[1])
    assert places(build_findings(log, 0, Path("/x"))) == [("Package.swift", 1), ("Sources/Vitals/A.swift", 3)]
    assert build_findings("Build complete! (3.10s)\n", 0, Path("/x")) == []
    (finding,) = build_findings("error: manifest\n", 1, Path("/x"))
    assert "manifest" in finding.what


def test_linking(tmp_path: Path) -> None:
    binary = tmp_path / "vigild"
    shutil.copy("/bin/true", binary)
    assert linked_findings(binary, "vigild") == []
    with binary.open("ab") as file:
        file.write(b"\0icudt74l\0")
    assert places(linked_findings(binary, "vigild")) == [("vigild", 1)]


def test_schemas_of_this_repository() -> None:
    assert check_schemas(ROOT) == []


@pytest.mark.parametrize(("name", "key", "value"), [
    ("vigil.gap-1.schema.json", "type", "objekt"),
    ("vigil.gap-1.schema.json", "$id", "urn:other"),
    ("vigil.gap-1.schema.json", "examples", []),
    ("vigil.gap-1.schema.json", "examples", [{"schema": "vigil.gap/1"}]),
    ("vigil.gap-1.schema.json", "additionalProperties", False),
    ("vigil.gap-1.schema.json", "required", ["schema", "unheard"]),
    ("vigil.novel-1.schema.json", "title", "New"),
])
def test_a_bad_schema(tmp_path: Path, name: str, key: str, value: Any) -> None:
    sow_schemas(tmp_path)
    path = tmp_path / FOLDER / name
    schema = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(schema | {key: value}))
    assert str(FOLDER / name) in {finding.path for finding in check_schemas(tmp_path)}


@pytest.mark.parametrize(("file", "old", "new"), [
    ("Schemas/asyncapi.yaml", "up/health", "up/wealth"),
    ("Schemas/asyncapi.yaml", "./vigil.gap-1.schema.json", "./vigil.gap-2.schema.json"),
    ("Schemas/asyncapi.yaml", "channel: {$ref: '#/channels/gap'}", "channel: {$ref: '#/channels/gaps'}"),
    ("Schemas/asyncapi.yaml", "asyncapi: 3.0.0", "asyncapi: ["),
    ("WireMessage.swift", '"up/status"', '"up/state"'),
    ("WireBodies.swift", '"vigil.gap/1"', '"vigil.hole/1"'),
])
def test_document_and_code_differ(tmp_path: Path, file: str, old: str, new: str) -> None:
    sow_schemas(tmp_path)
    path = tmp_path / "Sources/Gateway" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert places(check_schemas(tmp_path))


def sow_schemas(root: Path) -> None:
    """The real schemas and the sources that write the messages."""
    shutil.copytree(ROOT / FOLDER, root / FOLDER)
    for name in ("WireMessage.swift", "WireBodies.swift"):
        shutil.copy(ROOT / "Sources/Gateway" / name, root / "Sources/Gateway" / name)
