# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen to Bluetooth in a home. Each fault is a function that returns when it is over; chance decides the rest."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from faulting.bluetooth_home import ADDRESSES, BURST_COUNT, Home
from faulting.bluetooth_rival import Rival

ALL = tuple(ADDRESSES)
FAILED = "org.bluez.Error.Failed"
IN_PROGRESS = "org.bluez.Error.InProgress 'Operation already in progress'"
ABORT = f"{FAILED} le-connection-abort-by-local"
# More calls than anybody makes while a fault lasts.
ALWAYS = 1_000_000
HEAL_SECONDS = 60.0
# Nobody can know sooner that a scanner is deaf: no advertisement for so long where there were some.
SILENCE_SECONDS = 90.0
# So long the kernel waits for a device's advertisement, and the call to Connect with it.
CALL_SECONDS = 45.0
WINDOW_SECONDS = 30.0
Act = Callable[[Home, random.Random], None]
# What is wrong still, or None.
Check = Callable[[Home], str | None]


@dataclass(frozen=True)
class Fault:
    """`heard`: of whom readings must come again. `with_band`: there is also a device that is only listened to. `notice`: it is
    known only after so many seconds, which do not count. `check`: holds too, before the cell counts as well. `alert`: it cannot
    be healed, and `check` is about what is said of it."""

    name: str
    act: Act
    about: str
    heard: tuple[str, ...] = ALL
    with_band: bool = False
    limit: float = HEAL_SECONDS
    notice: float = 0.0
    check: Check = lambda home: None
    alert: bool = False


FAULTS: dict[str, Fault] = {}


def fault(name: str, **more: object) -> Callable[[Act], Act]:
    """Puts the function into the registry."""
    def enter(act: Act) -> Act:
        FAULTS[name] = Fault(name, act, (act.__doc__ or "").strip(), **more)  # type: ignore[arg-type]
        return act
    return enter


# bluetoothd and the bus --------------------------------------------------------------------------------------------

@fault("bluetoothd-restarts")
def bluetoothd_restarts(home: Home, chance: random.Random) -> None:
    """bluetoothd dies while all are connected, and is back after a second or two."""
    restart(home, chance.uniform(0.3, 2))


@fault("bluetoothd-restarts-connecting")
def bluetoothd_restarts_connecting(home: Home, chance: random.Random) -> None:
    """bluetoothd dies while links are being made."""
    home.drop(*ALL)
    home.pause(chance.uniform(0, 0.6))
    restart(home, chance.uniform(0.3, 2))


@fault("bluetoothd-restarts-discovering", with_band=True, heard=(*ALL, "band"))
def bluetoothd_restarts_discovering(home: Home, chance: random.Random) -> None:
    """bluetoothd dies in the middle of a discovery, of which it remembers nothing."""
    restart(home, chance.uniform(0.3, 2))


@fault("bluetoothd-restarts-twice")
def bluetoothd_restarts_twice(home: Home, chance: random.Random) -> None:
    """bluetoothd dies again as soon as it is back."""
    restart(home, chance.uniform(0.3, 1.5))
    home.pause(chance.uniform(0, 1))
    restart(home, chance.uniform(0.3, 1.5))


@fault("bluetoothd-down-20s")
def bluetoothd_down(home: Home, chance: random.Random) -> None:
    """bluetoothd is away for 20 s: longer than systemd's restart takes."""
    restart(home, 20)


def restart(home: Home, away: float) -> None:
    began = home.now()
    home.restart_bluetoothd(away)
    home.excuse_from(began)
    home.pause(away)
    home.until_bluetoothd()


@fault("bluetoothd-frozen")
def bluetoothd_frozen(home: Home, chance: random.Random) -> None:
    """bluetoothd has the name and answers nobody, shorter or longer than a D-Bus call waits; links break meanwhile."""
    home.drop(*(name for name in ALL if chance.random() < 0.5))
    home.stage.bluez.signal(signal.SIGSTOP)
    time.sleep(chance.uniform(5, 40))
    home.stage.bluez.signal(signal.SIGCONT)


@fault("bus-dies")
def bus_dies(home: Home, chance: random.Random) -> None:
    """The system bus is killed, and bluetoothd exits with it; both are back at the same address."""
    began = home.now()
    home.stage.bus.kill()
    home.excuse_from(began)
    home.pause(chance.uniform(0.2, 8))
    home.stage.start_bus()
    home.until_bluetoothd()


# The controller ----------------------------------------------------------------------------------------------------

@fault("adapter-off")
def adapter_off(home: Home, chance: random.Random) -> None:
    """Somebody switches the controller off."""
    home.tell("adapter power off")


@fault("adapter-unplugged")
def adapter_unplugged(home: Home, chance: random.Random) -> None:
    """The controller is pulled out, and plugged in again."""
    home.tell("adapter remove")
    home.pause(chance.uniform(1, 15))
    home.tell("adapter add")


@fault("adapter-renumbered")
def adapter_renumbered(home: Home, chance: random.Random) -> None:
    """The controller comes back as hci1."""
    home.tell("adapter remove")
    home.pause(chance.uniform(1, 15))
    home.tell("adapter add hci1")


@fault("adapter-blocked")
def adapter_blocked(home: Home, chance: random.Random) -> None:
    """rfkill: switching on is Blocked for 20 s. When it ends, bluetoothd restores the power by itself (rfkill_event), or did
    not know of it."""
    home.tell("adapter power blocked")
    home.pause(20)
    home.tell(f"adapter power {chance.choice(('on', 'off'))}")


@fault("adapter-refuses-power")
def adapter_refuses_power(home: Home, chance: random.Random) -> None:
    """The controller is off, and the kernel does not get it on for 20 s."""
    home.tell(f"error powered {FAILED} Failed {ALWAYS}", "adapter power off")
    home.pause(20)
    home.tell("clear powered")


@fault("controller-hangs")
def controller_hangs(home: Home, chance: random.Random) -> None:
    """The links break, and no call that needs the controller is answered for a while, nor ever."""
    home.tell(f"hang connect {ALWAYS}", f"hang startdiscovery {ALWAYS}", f"hang powered {ALWAYS}")
    home.drop(*ALL)
    home.pause(chance.uniform(5, 25))
    home.tell("clear")


def says_bluetooth_is_away(home: Home) -> str | None:
    return None if home.clinic.phases("start", "BT-1") else "no alert says that Bluetooth does not work"


@fault("controller-hangs-for-good", heard=(), notice=CALL_SECONDS, check=says_bluetooth_is_away, alert=True)
def controller_hangs_for_good(home: Home, chance: random.Random) -> None:
    """The same, and nothing that the box can do helps."""
    home.tell(*(f"hang {call} {ALWAYS}" for call in ("connect", "startdiscovery", "powered")))
    home.drop(*ALL)


@fault("controller-deaf", notice=SILENCE_SECONDS)
def controller_deaf(home: Home, chance: random.Random) -> None:
    """Links break, and the controller hears no advertisement before it was off and on again."""
    home.tell("deaf power")
    home.drop(*ALL)


# Discovery ---------------------------------------------------------------------------------------------------------

@fault("discovery-start-busy", with_band=True, heard=(*ALL, "band"))
def discovery_start_busy(home: Home, chance: random.Random) -> None:
    """StartDiscovery is InProgress for some seconds after bluetoothd came back, and nobody discovers."""
    home.tell(f"error startdiscovery {IN_PROGRESS} {ALWAYS}")
    restart(home, 1)
    home.pause(chance.uniform(2, 8))
    home.tell("clear startdiscovery")


def stays_in_discovery(home: Home) -> str | None:
    return "discovery goes on though nobody wants it" if home.is_discovering() else None


@fault("discovery-stop-busy", check=stays_in_discovery)
def discovery_stop_busy(home: Home, chance: random.Random) -> None:
    """StopDiscovery is InProgress for some seconds at the end of a technician's scan."""
    home.tell(f"error stopdiscovery {IN_PROGRESS} {ALWAYS}")
    assert home.vigil.ctl("scan", "--seconds", "2", "--json").code == 0
    home.pause(chance.uniform(2, 10))
    home.tell("clear stopdiscovery")


@fault("discovery-silent", with_band=True, heard=(*ALL, "band"), notice=SILENCE_SECONDS)
def discovery_silent(home: Home, chance: random.Random) -> None:
    """Discovering is true and nothing is reported before it is started anew."""
    home.tell("deaf scan")


# Links -------------------------------------------------------------------------------------------------------------

@fault("connects-abort")
def connects_abort(home: Home, chance: random.Random) -> None:
    """Each Connect fails at once with le-connection-abort-by-local, for up to half a minute."""
    home.tell(f"error connect {ABORT} {ALWAYS}")
    home.drop(*ALL)
    home.pause(chance.uniform(10, 30))
    home.tell("clear connect")


@fault("connects-time-out")
def connects_time_out(home: Home, chance: random.Random) -> None:
    """All are out of range for longer than the kernel waits for an advertisement."""
    for name in ALL:
        home.stage.leave(name)
    home.pause(chance.uniform(41, 60))
    for name in ALL:
        home.stage.come_back(name)


@fault("services-late")
def services_late(home: Home, chance: random.Random) -> None:
    """The services of one are resolved 30 s after the link is up, cached ones or unknown ones."""
    lose_links(home, chance, f"resolve {chance.choice(ALL)} 30")


@fault("services-never")
def services_never(home: Home, chance: random.Random) -> None:
    """The services of one are never resolved in one of its links."""
    lose_links(home, chance, f"resolve {chance.choice(ALL)} never")


@fault("drops-while-resolving")
def drops_while_resolving(home: Home, chance: random.Random) -> None:
    """One hangs up in the middle of the discovery of its services, several times."""
    lose_links(home, chance, f"resolve {chance.choice(ALL)} drop {chance.randint(1, 4)}")


def lose_links(home: Home, chance: random.Random, command: str) -> None:
    """bluetoothd has the services in its memory after a lost link, and not after a restart."""
    home.tell(command)
    if chance.random() < 0.5:
        restart(home, 1)
    else:
        home.drop(*ALL)


@fault("notify-refused")
def notify_refused(home: Home, chance: random.Random) -> None:
    """StartNotify is refused a few times, by an ATT error."""
    home.tell(f"error startnotify {FAILED} 'Operation failed with ATT error: 0x0e' {chance.randint(1, 4)}")
    lose_links(home, chance, "clear connect")


@fault("notify-answered-late")
def notify_answered_late(home: Home, chance: random.Random) -> None:
    """Values come before the answer to StartNotify."""
    home.tell(f"delay startnotify {chance.uniform(0.5, 5):.2f} 8")
    lose_links(home, chance, "clear connect")


@fault("notify-twice")
def notify_twice(home: Home, chance: random.Random) -> None:
    """Another program subscribes to the strap as well, so each value is told twice."""
    with Rival(home.stage.bus_address, ADDRESSES["strap"], "2a37"):
        home.pause(chance.uniform(3, 10))


def burst_is_over(home: Home) -> str | None:
    sent = sum(one.key[0] == 73 for one in home.said("strap"))
    return None if sent == BURST_COUNT else f"{sent} of {BURST_COUNT} values of the burst were sent"


@fault("burst", check=burst_is_over)
def burst(home: Home, chance: random.Random) -> None:
    """The strap sends 1000 values a second for some seconds."""
    home.tell("signal burst")


@fault("handles-moved")
def handles_moved(home: Home, chance: random.Random) -> None:
    """One is away for a new firmware and comes back with its services at other handles."""
    name = chance.choice(ALL)
    home.stage.leave(name)
    home.tell(f"new-firmware {name}")
    home.pause(chance.uniform(1, 10))
    home.stage.come_back(name)


@fault("handles-moved-in-link")
def handles_moved_in_link(home: Home, chance: random.Random) -> None:
    """Service Changed: bluetoothd takes the objects of a connected device away, and shows others."""
    home.tell(f"new-firmware {chance.choice(ALL)}")


LOST_BONDS = ("org.vigil.Error.BondMissing", "org.vigil.Error.KeyMissing")


def says_bond_is_lost(home: Home) -> str | None:
    """The status and an alert say what a technician has to do. That the device hung up is nothing to act on."""
    shown = home.shown("strap")
    if (shown.get("failure") or {}).get("name") not in LOST_BONDS:
        return f"status says {shown.get('state')} {shown.get('failure')}"
    if not any(home.ids["strap"] in one["text"]["en"] for one in home.clinic.phases("start", "DV-1")):
        return "no alert says that its bond is lost"
    return None


@fault("bond-lost", heard=("oximeter", "cuff"), check=says_bond_is_lost, alert=True)
def bond_lost(home: Home, chance: random.Random) -> None:
    """The strap has forgotten its bond: the link ends for want of a key as soon as it is up. It takes a technician."""
    home.tell("unbond strap")


def is_not_paired_in_silence(home: Home) -> str | None:
    """It is said, and nobody has asked for a new bond."""
    if len(home.stage.events("paired", "strap")) > 1:
        return "it was paired again and nobody was asked"
    return says_bond_is_lost(home)


@fault("bond-removed", heard=("oximeter", "cuff"), check=is_not_paired_in_silence, alert=True)
def bond_removed(home: Home, chance: random.Random) -> None:
    """Somebody removes the strap in bluetoothctl, and its bond with it; the strap would take a link without one."""
    home.remove_device("strap")


@fault("cuff-window", limit=WINDOW_SECONDS)
def cuff_window(home: Home, chance: random.Random) -> None:
    """A cuff that has been off for a while advertises for 30 s after a measurement."""
    home.stage.leave("cuff")
    home.pause(chance.uniform(2, 90))
    home.stage.come_back("cuff")


@fault("slots-taken")
def slots_taken(home: Home, chance: random.Random) -> None:
    """Others have taken the controller's connections for a while, and no link can be made."""
    home.tell("slots 0")
    home.drop(*ALL)
    home.pause(chance.uniform(5, 30))
    home.tell("slots all")


@fault("slots-short")
def slots_short(home: Home, chance: random.Random) -> None:
    """There are fewer connections than devices, for good: all must be heard in turn."""
    home.tell("slots 2")
    home.drop(chance.choice(ALL))
