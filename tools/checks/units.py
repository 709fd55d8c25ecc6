# SPDX-License-Identifier: GPL-3.0-or-later
"""The files for systemd and D-Bus are well formed and name the same user, group and bus name."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from findings import Finding, output_of

FOLDER = Path("systemd")
BUS_NAME = "org.vigil.Gateway1"
BLUEZ = "org.bluez"
# What the default context must deny: having the name, calling us, and hearing what bluetoothd broadcasts and answers.
DENIED = {("own", BUS_NAME), ("send_destination", BUS_NAME), ("receive_sender", BLUEZ), ("receive_requested_reply", "true")}


def names_in_sysusers(text: str) -> tuple[set[str], set[str]]:
    """Users and groups that systemd-sysusers makes; a user has a group of its name."""
    users = set(re.findall(r"^u\s+(\S+)", text, re.MULTILINE))
    return users, users | set(re.findall(r"^g\s+(\S+)", text, re.MULTILINE))


def policy_findings(path: Path, shown: str, users: set[str], groups: set[str]) -> list[Finding]:
    try:
        policies = ElementTree.parse(path).getroot().findall("policy")
    except ElementTree.ParseError as error:
        return [Finding(shown, error.position[0], f"not XML: {error}", "mend the syntax")]
    found = []
    for policy in policies:
        for key, known in (("user", users | {"root"}), ("group", groups)):
            if policy.get(key, "root" if key == "user" else next(iter(groups))) not in known:
                found.append(Finding(shown, 1, f"a policy for the unknown {key} {policy.get(key)}", "see vigil.sysusers"))
        # Only the daemon's user is also allowed to call bluetoothd.
        names = {BUS_NAME, BLUEZ} if policy.get("user") in users else {BUS_NAME}
        for rule in policy:
            for key, value in rule.attrib.items():
                if key in {"own", "send_destination"} and value not in names:
                    found.append(Finding(shown, 1, f"speaks of {value}", f"speak of {BUS_NAME} only"))
            if rule.tag == "allow" and "receive_sender" in rule.attrib and policy.get("user") is None:
                found.append(Finding(shown, 1, "lets others than the daemon and root receive values", "allow it to users only"))
    defaults = [rule for policy in policies if policy.get("context") == "default" for rule in policy]
    if any(rule.tag == "allow" for rule in defaults) or DENIED - {item for rule in defaults for item in rule.attrib.items()}:
        found.append(Finding(shown, 1, "everybody is not denied",
                             f"deny {', '.join(f'{key}={value}' for key, value in sorted(DENIED))} in the default context"))
    return found


def verify_unit(path: Path, shown: str) -> list[Finding]:
    """What systemd says about the unit; the program need not be installed here."""
    if shutil.which("systemd-analyze") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(re.sub(r"^(ExecStart(?:Pre)?=[-+]*)\S+", r"\1/bin/true", path.read_text(), flags=re.MULTILINE))
        code, output = output_of(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)], copy.parent)
    ours = [line for line in output.splitlines() if path.name in line]
    found = []
    for line in ours:
        number = re.search(rf"{re.escape(path.name)}:(\d+)", line)
        found.append(Finding(shown, int(number[1]) if number else 1, line.rpartition(f"{path.name}:")[2].strip(),
                             "see systemd.unit(5), systemd.service(5), systemd.exec(5)"))
    if code != 0 and not ours:
        found.append(Finding(shown, 1, f"systemd-analyze verify: {output.strip()[-300:]}", "see systemd.unit(5)"))
    return found


def activation_findings(path: Path, shown: str, folder: Path) -> list[Finding]:
    """A call starts the unit, by an alias that it has only while it is enabled."""
    keys = dict(re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE))
    alias = re.search(r"^Alias=(\S+)$", (folder / "vigild.service").read_text(), re.MULTILINE)
    wanted = {"Name": BUS_NAME, "Exec": "/bin/false", "SystemdService": alias[1] if alias else f"dbus-{BUS_NAME}.service"}
    return [Finding(shown, 1, f"{key} is {keys.get(key)}", f"make it {value}") for key, value in wanted.items()
            if keys.get(key) != value or (key == "SystemdService" and not alias)]


def check_units(root: Path) -> list[Finding]:
    folder = root / FOLDER
    users, groups = names_in_sysusers((folder / "vigil.sysusers").read_text())
    found: list[Finding] = []
    for path in sorted(folder.glob("*.service")):
        shown = str(path.relative_to(root))
        if "[D-BUS Service]" in path.read_text():
            found += activation_findings(path, shown, folder)
            continue
        found += verify_unit(path, shown)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if (match := re.match(r"(User|Group)=(\S+)", line)) and match[2] not in (users if match[1] == "User" else groups):
                found.append(Finding(shown, number, f"{match[0]} is not made by vigil.sysusers", "name one that is"))
    for path in sorted(folder.glob("*.conf")):
        found += policy_findings(path, str(path.relative_to(root)), users, groups)
    return found
