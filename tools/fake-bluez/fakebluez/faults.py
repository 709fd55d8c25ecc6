# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that shall fail or hang next, because a story or the control socket said so."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import BlueZError

HANG = object()


@dataclass(frozen=True)
class Delay:
    """The call is done, and answered only so much later."""

    seconds: float


@dataclass
class _Fault:
    call: str
    outcome: object  # a BlueZError, HANG or a Delay
    times: int
    device: str | None


class Faults:
    """Kept in order; each hits the calls of its kind until it is used up. With `device` only that device's calls."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def fail(self, call: str, error: str, message: str, times: int, device: str | None = None) -> None:
        self._faults.append(_Fault(call, BlueZError(error, message), times, device))

    def hang(self, call: str, times: int) -> None:
        self._faults.append(_Fault(call, HANG, times, None))

    def delay(self, call: str, seconds: float, times: int) -> None:
        self._faults.append(_Fault(call, Delay(seconds), times, None))

    def clear(self, call: str | None) -> None:
        """What is not used up is no more; all kinds with None."""
        self._faults = [fault for fault in self._faults if call not in (None, fault.call)]

    def take(self, call: str, device: str | None) -> object | None:
        for fault in self._faults:
            if fault.call == call and fault.device in (None, device):
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault.outcome
        return None
