# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway as installed: its unit, its journal, its configuration, and its command line in other people's hands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from vigil import Answer
from waiting import PATIENCE, eventually

UNIT, BLUETOOTH = "vigild.service", "bluetooth.service"
CONFIG = Path("/etc/vigil/vigil.yaml")
STATE = Path("/var/lib/vigil")
BUS_NAME = "org.vigil.Gateway1"
NO_PASSAGE = ("Fatal error", "Thread 0", "Backtrac", "Program crashed", "CancellationError", "Optional(", "BusError(", "💣")


def run(*words: str, user: str = "root", stdin: str = "", limit: float = 60) -> Answer:
    """A command as that user, in a session like that of a terminal."""
    command = list(words) if user == "root" else ["runuser", "-u", user, "--", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=limit * PATIENCE, cwd="/",
                          env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8"})
    return Answer(done.returncode, done.stdout, done.stderr)


def succeed(*words: str, **options: Any) -> str:
    answer = run(*words, **options)
    assert answer.code == 0, f"{' '.join(words)}: {answer}"
    return answer.out


def owner(name: str) -> str | None:
    """The connection that has a name on the bus."""
    answer = run("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                 "s", name)
    return answer.out.split('"')[1] if answer.code == 0 else None


def configure(text: str) -> None:
    """Writes the configuration as carelessly as an editor would; systemd-tmpfiles puts its mode right."""
    CONFIG.write_text(text)
    CONFIG.chmod(0o644)
    succeed("systemd-tmpfiles", "--create", "vigil.conf")


class Box:
    def ctl(self, *arguments: str, user: str = "tech", stdin: str = "", limit: float = 60) -> Answer:
        return run("vigilctl", *arguments, user=user, stdin=stdin, limit=limit)

    # The unit --------------------------------------------------------------------------------------------------------

    def show(self, name: str, unit: str = UNIT) -> str:
        """A property of the unit: systemctl show."""
        return succeed("systemctl", "show", "--value", f"--property={name}", unit).strip()

    @property
    def pid(self) -> int:
        return int(self.show("MainPID"))

    def is_running(self) -> bool:
        return (self.show("ActiveState"), self.show("SubState")) == ("active", "running")

    def start(self) -> None:
        """As root would: systemctl returns when the daemon has said that it is ready."""
        succeed("systemctl", "start", UNIT, limit=90)
        assert self.is_running(), self.lines()

    def stop(self) -> None:
        succeed("systemctl", "stop", UNIT, limit=90)

    def wait_restarted(self, after: int, limit: float) -> None:
        """Until another process than `after` is ready."""
        eventually(lambda: self.pid not in (0, after) and self.is_running(), limit,
                   lambda: f"a restart, the unit is {self.show('ActiveState')}, {self.show('SubState')}")

    def kill(self, number: signal.Signals) -> int:
        """Sends the daemon a signal; its process id until now."""
        pid = self.pid
        os.kill(pid, number)
        return pid

    # The journal -----------------------------------------------------------------------------------------------------

    def lines(self, since: float = 0, *matches: str) -> list[str]:
        """What stands in the journal about the unit since then (time.monotonic()); with matches, what they choose."""
        succeed("journalctl", "--sync")
        # Not --after-cursor: with matches, systemd 252 leaves out the first entry after it.
        text = succeed("journalctl", "--no-pager", "--boot", "--output=json", *(matches or (f"--unit={UNIT}",)))
        entries = [json.loads(line) for line in text.splitlines()]
        return [str(one["MESSAGE"]) for one in entries if int(one["__MONOTONIC_TIMESTAMP"]) > since * 1e6]

    def own_lines(self, since: float) -> list[str]:
        """What the daemon itself has written, without systemd's remarks."""
        return self.lines(since, f"_SYSTEMD_UNIT={UNIT}")

    # The devices -----------------------------------------------------------------------------------------------------

    def devices(self) -> dict[str, dict[str, Any]]:
        """By address, as a technician sees them."""
        answer = self.ctl("devices", "--json")
        assert answer.code == 0, answer
        return {one["address"]: one for one in answer.json}

    def pair(self, address: str, user: str = "tech") -> str:
        """Enrols a device that asks for no passkey, and confirms its first reading. Its id."""
        answer = self.ctl("pair", address, "--resident", "r-0001", "--json", user=user, stdin="y\ny\n", limit=90)
        assert answer.code == 0, f"{answer}\n" + "\n".join(self.lines()[-20:])
        eventually(lambda: self.devices()[address]["state"] == "connected", 40, f"{address} is connected")
        return self.devices()[address]["id"]
