# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that a play needs: started with a log each, watched, and gone at the end whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0


class DemoError(Exception):
    """What went wrong, in words for the one who watches; `name` is whose log tells more."""

    def __init__(self, message: str, name: str | None = None):
        super().__init__(message)
        self.name = name


@dataclass
class Process:
    name: str
    popen: subprocess.Popen[bytes]
    log: Path


class Processes:
    """Started in order, stopped in the opposite one."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._running: dict[str, Process] = {}
        # Should we be killed without a chance to clean up, the kernel ends them.
        setpriv = shutil.which("setpriv")
        self._prefix = [setpriv, "--pdeathsig", "KILL"] if setpriv else []

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def spawn(self, name: str, *command: str | Path, environment: dict[str, str] | None = None,
              output: Path | None = None) -> Process:
        """Starts a program; what it says goes to `name.log`, its standard output to `output` if that is given."""
        log = self.log(name)
        with log.open("ab") as errors, (output or log).open("ab") as out:
            try:
                # A session of its own: Ctrl-C in the terminal is for us, we end the others in good order.
                popen = subprocess.Popen([*self._prefix, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out,
                                         stderr=errors, env=os.environ | (environment or {}), start_new_session=True)
            except OSError as error:
                raise DemoError(f"{command[0]} cannot be started: {error}") from error
        self._running[name] = Process(name, popen, log)
        return self._running[name]

    def check(self) -> None:
        """DemoError if one of them has ended by itself."""
        for process in self._running.values():
            code = process.popen.poll()
            if code is not None:
                how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
                raise DemoError(f"{process.name} ended unexpectedly ({how})", process.name)

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].popen.poll() is None

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends one; it is no longer watched. Returns when it is gone."""
        process = self._running.pop(name, None)
        if process is None:
            return
        process.popen.send_signal(how)
        try:
            process.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.popen.kill()
            process.popen.wait()

    def stop_all(self) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)

    def tail(self, name: str, lines: int = 20) -> list[str]:
        try:
            return self.log(name).read_text(errors="replace").splitlines()[-lines:]
        except OSError:
            return []
