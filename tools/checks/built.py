# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the toolchain can tell: format, warnings, and what the binaries link."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from findings import Finding, output_of
from layers import manifest_line

PROGRAMS = ("vigild", "vigilctl")
STRICT_RULES = {"NeverForceUnwrap": True, "NeverUseForceTry": True, "NeverUseImplicitlyUnwrappedOptionals": True}
STRICT_REMEDIES = {
    "NeverForceUnwrap": "use guard or if: a trap is an outage of the box",
    "NeverUseForceTry": "throw or catch: a trap is an outage of the box",
    "NeverUseImplicitlyUnwrappedOptionals": "make it an optional, or give it a value at once",
}
DIAGNOSTIC = re.compile(r"^(.+?\.swift):(\d+):\d+: (?:error|warning): (?:\[(\w+)\] )?(.*)$")
FOUNDATION_LIBRARY = re.compile(r"\b(libFoundation\.so|lib_FoundationICU\.so|libFoundationInternationalization\.so)")
# In the data of every static binary with ICU in it, stripped or not.
ICU_DATA = b"icudt"


def check_format(root: Path) -> list[Finding]:
    """swift-format in strict mode; in Sources also its rules against what traps."""
    settings = json.loads((root / ".swift-format").read_text())
    strict = settings | {"rules": settings.get("rules", {}) | STRICT_RULES}
    found: list[Finding] = []
    for rules, paths in ((strict, ["Sources"]), (settings, ["Package.swift", "Tests"])):
        there = [path for path in paths if (root / path).exists()]
        code, output = output_of(["swift", "format", "lint", "--strict", "--parallel", "--recursive", "--no-color-diagnostics",
                                  "--configuration", json.dumps(rules), *there], root)
        lines = [match for line in output.splitlines() if (match := DIAGNOSTIC.match(line))]
        for match in lines:
            path, line, rule, what = match[1], int(match[2]), match[3] or "", match[4]
            if Path(path).is_absolute():
                path = str(Path(path).relative_to(root))
            remedy = STRICT_REMEDIES.get(rule, f"run: swift format format -i {path}, and do by hand what it leaves")
            if rule == "LineLength":
                remedy = "break the line"
            found.append(Finding(path, line, f"{what} ({rule})", remedy))
        if code != 0 and not lines:
            found.append(Finding(".swift-format", 1, f"swift format failed: {output.strip()[-300:]}", "mend it first"))
    return found


def check_warnings_are_errors(root: Path) -> list[Finding]:
    """Each target of ours asks the compiler to treat warnings as errors, so a build that succeeds has none.

    The flag on the command line would reach the dependencies too, and a search in the log would see only what happened to
    be compiled this time.
    """
    done = subprocess.run(["swift", "package", "dump-package"], cwd=root, check=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=600)
    lenient = []
    for target in json.loads(done.stdout)["targets"]:
        kinds = [setting["kind"] for setting in target.get("settings", [])]
        is_strict = any(kind.get("treatAllWarnings", {}).get("_0") == "error" for kind in kinds)
        if target["type"] != "system" and not is_strict:
            lenient.append(target["name"])
    if not lenient:
        return []
    return [Finding("Package.swift", manifest_line(root, lenient[0]), f"warnings are not errors in {', '.join(lenient)}",
                    "add .treatAllWarnings(as: .error) to the swiftSettings of every target that is not .system")]


def build_findings(output: str, code: int, root: Path) -> list[Finding]:
    """What a build's log says about our own files, and what SwiftPM says about the package."""
    found: dict[Finding, None] = {}
    for line in output.splitlines():
        if match := DIAGNOSTIC.match(line):
            path = Path(match[1])
            if path.is_absolute() and path.is_relative_to(root):
                path = path.relative_to(root)
            if path.parts[0] in {"Sources", "Tests", "Package.swift"}:
                found[Finding(str(path), int(match[2]), match[4], "mend it: warnings are errors here")] = None
        elif re.match(r"warning: '[^']*': ", line):
            found[Finding("Package.swift", 1, line.removeprefix("warning: "), "say in Package.swift what is with it")] = None
    if code != 0 and not found:
        tail = " / ".join(line for line in output.splitlines()[-5:] if line.strip())
        found[Finding("Package.swift", 1, f"it does not build: {tail}", "run: swift build --build-tests")] = None
    return list(found)


def check_build(root: Path) -> list[Finding]:
    code, output = output_of(["swift", "build", "--build-tests"], root, limit=3600)
    return build_findings(output, code, root)


def linked_findings(binary: Path, shown: str) -> list[Finding]:
    """Whether a binary has full Foundation or ICU in it, or loads them, itself or by a library."""
    remedy = "find the import of Foundation (a package's, perhaps: ldd, nm) and take it out"
    _, libraries = output_of(["ldd", str(binary)], binary.parent)
    found = [Finding(shown, 1, f"links {name}", remedy) for name in sorted(set(FOUNDATION_LIBRARY.findall(libraries)))]
    if ICU_DATA in binary.read_bytes():
        found.append(Finding(shown, 1, "has ICU in it", remedy))
    return found


def check_linking(root: Path, programs: Iterable[str] = PROGRAMS) -> list[Finding]:
    """The debug binaries, and the release ones where there are any."""
    found: list[Finding] = []
    for folder in (".build/debug", ".build/release"):
        if not (root / folder).exists():
            continue
        for program in programs:
            binary = root / folder / program
            if binary.exists():
                found += linked_findings(binary, f"{folder}/{program}")
            elif folder == ".build/debug":
                found.append(Finding(f"{folder}/{program}", 1, "not built", "run: swift build"))
    return found
