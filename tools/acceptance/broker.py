# SPDX-License-Identifier: GPL-3.0-or-later
"""A mosquitto of one's own, whose sessions survive a SIGKILL."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from processes import Process, free_port
from waiting import eventually


class Broker(Process):
    """
    settings: keys of mosquitto.conf, over those that make it faithful; None takes one away
    """

    def __init__(self, directory: Path, tls: "Certificates | None" = None, acl: str | None = None,
                 settings: dict[str, Any] | None = None):
        directory.mkdir()
        self.port, self.directory, self.acl = free_port(), directory, directory / "acl"
        self.tls = tls
        if acl is not None:
            self.write_acl(acl)
        options = {"allow_anonymous": "true", "user": "root", "persistence": "true",
                   "persistence_location": f"{directory}/", "autosave_on_changes": "true", "autosave_interval": 1,
                   "max_queued_messages": 100000, "max_packet_size": 1000000, "log_type": "all"} | (settings or {})
        lines = [f"listener {self.port} 127.0.0.1"]
        lines += [f"{key} {value}" for key, value in options.items() if value is not None]
        if acl is not None:
            lines.append(f"acl_file {self.acl}")
        if tls:
            lines += [f"cafile {tls.ca}", f"certfile {tls.certificate}", f"keyfile {tls.key}"]
        config = directory / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        super().__init__("mosquitto", ["mosquitto", "-c", config], directory / "log")

    def write_acl(self, text: str) -> None:
        self.acl.write_text(text)
        self.acl.chmod(0o600)

    def start(self) -> None:
        super().start()

        def listening() -> bool:
            assert self.running, f"mosquitto ended:\n{self.output()}"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        eventually(listening, 10, "mosquitto listens")

    def reload(self) -> None:
        self.signal(signal.SIGHUP)
        self.wait_for("Reloading config")


class Certificates:
    """An authority of its own and a certificate for `localhost`, made by openssl."""

    def __init__(self, directory: Path, name: str = "Test CA"):
        directory.mkdir()
        self.ca, ca_key = directory / "ca.pem", directory / "ca.key"
        self.certificate, self.key = directory / "server.pem", directory / "server.key"
        request, extensions = directory / "server.csr", directory / "extensions"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self._openssl("req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}", "-keyout", ca_key, "-out", self.ca)
        self._openssl("req", *key, "-subj", "/CN=localhost", "-keyout", self.key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial",
                      "-days", "2", "-extfile", extensions, "-out", self.certificate)

    @staticmethod
    def _openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
