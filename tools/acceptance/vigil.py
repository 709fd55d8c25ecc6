# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon and its command line program, as the technician and systemd see them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from processes import Process
from waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("VIGIL_BIN", ROOT / ".build" / "debug"))
PROFILES = Path(os.environ.get("VIGIL_PROFILES", ROOT / "device-profiles"))
CLINIC, GATEWAY = "c1", "gw-1"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def assert_refused(self, *words: str, codes: tuple[int, ...] = (1, 2)) -> None:
        """One sentence for a person, no backtrace, and an exit code that the contract knows."""
        assert self.code in codes, f"exit code {self.code}\n{self.out}\n{self.err}"
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert len(lines) == 1, f"not one sentence:\n{self.err}"
        for bad in ("Fatal error", "Thread 0", "CancellationError", "Optional(", "BusError(", "💣"):
            assert bad not in self.out + self.err, self.err
        for word in words:
            assert word.lower() in lines[0].lower(), f"`{word}` is not in: {lines[0]}"


class Vigild(Process):
    def __init__(self, directory: Path, bus_address: str, broker: dict[str, Any], **config: Any):
        self.database = directory / "vigil.db"
        self.config = {
            "clinic": CLINIC, "gateway": GATEWAY, "zone": "Asia/Shanghai", "broker": broker,
            "storage": {"database": str(self.database)}, "profiles": [str(PROFILES)], "log": {"level": "debug"},
            # So that a test can account for each value that a device has sent.
            "streams": "full",
            "rules": {"OX-1": {"confirm-seconds": 1, "clear-seconds": 1}, "settle-seconds": 0},
        } | config
        self.database = Path(self.config["storage"]["database"])
        self.config_path = directory / "vigil.yaml"
        self.config_path.write_text(yaml.safe_dump(self.config, sort_keys=False))
        self.bus = {"DBUS_SYSTEM_BUS_ADDRESS": bus_address}
        super().__init__("vigild", [BIN / "vigild", "--config", self.config_path], directory / "vigild.log", self.bus)

    def start(self) -> None:
        super().start()
        self.wait_for(r"ready version=", 30)

    def control(self, *arguments: str) -> subprocess.Popen:
        """vigilctl, begun, with pipes for all three."""
        return subprocess.Popen([BIN / "vigilctl", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=os.environ | self.bus | {"LANG": "en_US.UTF-8"})

    def ctl(self, *arguments: str, stdin: str = "", limit: float = 60) -> Answer:
        return finish(self.control(*arguments), stdin, limit)

    def status(self) -> dict[str, Any]:
        return self.ctl("status", "--json").json[0]

    def devices(self) -> dict[str, dict[str, Any]]:
        """By id."""
        return {one["id"]: one for one in self.ctl("devices", "--json").json}

    def state_of(self, device: str) -> str | None:
        return self.devices().get(device, {}).get("state")


def finish(process: subprocess.Popen, stdin: str = "", limit: float = 60) -> Answer:
    """Waits for a begun vigilctl; kills it when the limit is over, so that the test can say so."""
    try:
        out, err = process.communicate(stdin, limit * PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"vigilctl did not end within {limit:g} s:\n{out}\n{err}") from None
    return Answer(process.returncode, out, err)
