# SPDX-License-Identifier: GPL-3.0-or-later
"""Every duration of the simulation, in seconds, each to be set by an environment variable FAKE_BLUEZ_<NAME>.

The first ones are bluetoothd's and the kernel's and are what a client meets on a real box; tests shorten them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Timing:
    temporary_timeout: float = 30.0  # src/main.c: a device neither wanted nor seen is forgotten
    connect_timeout: float = 40.0    # the kernel's L2CAP_CONN_TIMEOUT: Connect() to a device that does not advertise
    disconnect_delay: float = 2.0    # src/device.c, DISCONNECT_TIMER: Disconnect() lets profiles end first
    bonding_timeout: float = 120.0   # src/adapter.c, BONDING_TIMEOUT: Pair() to a device that does not advertise
    pairing_timeout: float = 30.0    # the kernel's SMP_TIMEOUT: nobody typed the passkey; the link goes down
    agent_timeout: float = 60.0      # src/agent.c, REQUEST_TIMEOUT
    advertising_interval: float = 0.2
    link_delay: float = 0.05         # from the advertisement that was heard to the link
    resolve_delay: float = 0.3       # discovering the services for the first time
    cached_delay: float = 0.05       # the same with a cached table
    register_delay: float = 0.02     # writing a client configuration on a new link
    pair_delay: float = 0.05         # the security manager's exchange

    @staticmethod
    def from_environment() -> "Timing":
        return Timing(**{field.name: float(os.environ[name]) for field in fields(Timing)
                         if (name := f"FAKE_BLUEZ_{field.name.upper()}") in os.environ})
