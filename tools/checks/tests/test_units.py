# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files in systemd/ do, tried as far as that goes without systemd: users, directories, and the bus policy."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method
from units import activation_findings, check_units, policy_findings, verify_unit

ROOT = Path(__file__).resolve().parents[3]
SYSTEMD = ROOT / "systemd"
NAME = "org.vigil.Gateway1"
# Stand in for vigil and vigil-tech, which a machine that only tests does not have.
OWNER, TECHNICIANS = "daemon", "games"
NOBODY = pwd.getpwnam("nobody").pw_uid

# The defaults of Debian's system bus: calls are denied, signals and replies are not. And what bluetoothd's own file says,
# behind ours, where it could undo what ours says.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/>
<allow receive_type="signal"/><allow send_destination="org.freedesktop.DBus"/></policy>
<include>{policy}</include>
<policy user="root"><allow own="org.bluez"/></policy>
<policy context="default"><allow send_destination="org.bluez"/></policy></busconfig>"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


class Probe(ServiceInterface):
    """Answers in the daemon's place."""

    def __init__(self) -> None:
        super().__init__(NAME)

    @method()
    def Status(self) -> "s":  # noqa: F821, N802
        return "well"


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a private bus with the shipped policy on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        policy = (SYSTEMD / f"{NAME}.conf").read_text()
        policy = policy.replace('user="vigil"', f'user="{OWNER}"').replace('group="vigil-tech"', f'group="{TECHNICIANS}"')
        (folder / "policy.conf").write_text(policy)
        (folder / "bus.conf").write_text(BUS.format(socket=folder / "bus", policy=folder / "policy.conf"))
        daemon = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", "--config-file", str(folder / "bus.conf")],
                                  stdout=subprocess.PIPE, text=True)
        try:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()
            daemon.wait(timeout=10)


class Characteristic(ServiceInterface):
    """Answers in bluetoothd's place, which anybody may call by its own policy."""

    def __init__(self) -> None:
        super().__init__("org.bluez.GattCharacteristic1")

    @method()
    def ReadValue(self) -> "s":  # noqa: F821, N802
        return "value-72"


async def call(address: str, uid: int, groups: list[int], *words: str, limit: int = 5000) -> str:
    """What dbus-send, run as somebody else, gets for an answer within so many milliseconds."""
    process = await asyncio.create_subprocess_exec(
        "dbus-send", f"--bus={address}", "--print-reply", f"--reply-timeout={limit}", *words, user=uid, group=NOBODY,
        extra_groups=groups, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd="/")
    output, _ = await process.communicate()
    return output.decode()


@as_root
def test_only_root_and_technicians_may_call(bus: str) -> None:
    import grp

    async def story() -> None:
        connection = await MessageBus(bus_address=bus).connect()
        connection.export("/org/vigil/Gateway1", Probe())
        await connection.request_name(NAME)
        words = (f"--dest={NAME}", "/org/vigil/Gateway1", f"{NAME}.Status")
        # A name of the bus's own making gets no further than the well-known one.
        by_unique_name = (f"--dest={connection.unique_name}", *words[1:])
        technicians = grp.getgrnam(TECHNICIANS).gr_gid
        for way in (words, by_unique_name):
            assert "AccessDenied" in await call(bus, NOBODY, [], *way)
            assert "AccessDenied" in await call(bus, pwd.getpwnam(OWNER).pw_uid, [], *way)
            assert '"well"' in await call(bus, NOBODY, [technicians], *way)
            assert '"well"' in await call(bus, 0, [], *way)
        connection.disconnect()

    asyncio.run(story())


@as_root
@pytest.mark.parametrize(("user", "may"), [("nobody", False), (OWNER, True), ("root", True)])
def test_only_the_daemon_and_root_may_have_the_name(bus: str, user: str, may: bool) -> None:
    answer = asyncio.run(call(bus, pwd.getpwnam(user).pw_uid, [], "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus.RequestName", f"string:{NAME}", "uint32:4"))
    assert ("uint32 1" in answer) is may
    assert ("AccessDenied" in answer) is not may


@as_root
def test_what_bluetoothd_says_reaches_only_root_and_the_daemon(bus: str) -> None:
    """A signal with a value, as bluetoothd broadcasts it, and its answer to who asks for one."""
    import grp

    async def listen(uid: int, groups: list[int]) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            "dbus-monitor", "--address", bus, "type='signal'", user=uid, group=NOBODY, extra_groups=groups, cwd="/",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        assert process.stdout is not None
        while b"NameAcquired" not in await asyncio.wait_for(process.stdout.readline(), 10):
            pass
        return process

    async def story() -> None:
        bluez = await MessageBus(bus_address=bus).connect()
        await bluez.request_name("org.bluez")
        bluez.export("/org/bluez/value", Characteristic())
        listeners = {name: await listen(*who) for name, who in {
            "root": (0, []), "daemon": (pwd.getpwnam(OWNER).pw_uid, []), "stranger": (NOBODY, []),
            "technician": (NOBODY, [grp.getgrnam(TECHNICIANS).gr_gid])}.items()}
        value = ["org.bluez.GattCharacteristic1", {"Value": Variant("ay", b"value-72")}, []]
        await bluez.send(Message.new_signal("/org/bluez/value", "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                            "sa{sv}as", value))
        # The bus keeps one sender's order: who has this has had his chance at that.
        await bluez.release_name("org.bluez")
        await bluez.send(Message.new_signal("/org/other", "org.other", "Last", "", []))
        for name, process in listeners.items():
            assert process.stdout is not None
            heard = []
            while not heard or "member=Last" not in heard[-1]:
                heard.append((await asyncio.wait_for(process.stdout.readline(), 10)).decode())
            assert ("value-72" in "".join(heard)) is (name in ("root", "daemon")), name
            process.terminate()
            await process.wait()

        await bluez.request_name("org.bluez")
        words = ("--dest=org.bluez", "/org/bluez/value", "org.bluez.GattCharacteristic1.ReadValue")
        assert "value-72" in await call(bus, 0, [], *words)
        assert "value-72" in await call(bus, pwd.getpwnam(OWNER).pw_uid, [], *words)
        # The bus keeps the answer to itself, and the caller waits in vain.
        assert "NoReply" in await call(bus, NOBODY, [], *words, limit=1000)
        bluez.disconnect()

    asyncio.run(story())


@as_root
@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="needs systemd's programs")
def test_users_and_directories_are_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "vigil.sysusers"], check=True)
    users = (tmp_path / "etc/passwd").read_text()
    assert "vigil:" in users and "/var/lib/vigil" in users and "nologin" in users
    groups = dict(line.split(":")[0::2][:2] for line in (tmp_path / "etc/group").read_text().splitlines())
    assert {"vigil", "vigil-tech"} <= set(groups)
    (tmp_path / "etc/vigil").mkdir()
    (tmp_path / "etc/vigil/vigil.yaml").write_text("clinic: c1\n")
    subprocess.run(["systemd-tmpfiles", "--create", f"--root={tmp_path}", SYSTEMD / "vigil.tmpfiles"], check=True)
    for path, mode in (("etc/vigil", 0o750), ("etc/vigil/device-profiles", 0o750), ("etc/vigil/vigil.yaml", 0o640)):
        status = (tmp_path / path).stat()
        assert (stat.S_IMODE(status.st_mode), status.st_uid, str(status.st_gid)) == (mode, 0, groups["vigil"])


def test_the_shipped_files_agree() -> None:
    assert check_units(ROOT) == []


def test_an_activation_file_that_starts_another_unit(tmp_path: Path) -> None:
    (tmp_path / "vigild.service").write_text((SYSTEMD / "vigild.service").read_text())
    text = (SYSTEMD / f"{NAME}.service").read_text()
    path = tmp_path / f"{NAME}.service"
    for old, new, told in (("SystemdService=dbus-", "SystemdService=", "SystemdService"), ("/bin/false", "/usr/bin/vigild", "Exec"),
                           (f"Name={NAME}", "Name=org.other", "Name")):
        path.write_text(text.replace(old, new, 1))
        assert [told in one.what for one in activation_findings(path, path.name, tmp_path)] == [True]
    (tmp_path / "vigild.service").write_text("[Install]\n")
    path.write_text(text)
    assert activation_findings(path, path.name, tmp_path)


@pytest.mark.parametrize(("old", "new"), [
    ('group="vigil-tech"', 'group="users"'),
    ('user="vigil"', 'user="vigild"'),
    ("<deny own=", "<allow own="),
    ("<deny receive_sender=", "<allow receive_sender="),
    (' receive_requested_reply="true"', ""),
    ('<policy group="vigil-tech">', '<policy group="vigil-tech"><allow receive_sender="org.bluez"/>'),
    ('<policy group="vigil-tech">', '<policy group="vigil-tech"><allow send_destination="org.bluez"/>'),
    ('send_destination="org.vigil.Gateway1"/>', 'send_destination="*"/>'),
    ("</busconfig>", ""),
])
def test_a_changed_policy_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    text = (SYSTEMD / f"{NAME}.conf").read_text()
    assert old in text
    (tmp_path / "policy.conf").write_text(text.replace(old, new, 1))
    assert policy_findings(tmp_path / "policy.conf", "policy.conf", {"vigil"}, {"vigil", "vigil-tech"})


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's programs")
@pytest.mark.parametrize(("old", "new"), [("WatchdogSec=30", "WatchdogSec=soon"), ("Type=notify", "Type=notifier"),
                                          ("NoNewPrivileges=", "NoNewPrivilege=")])
def test_a_mistake_in_the_unit_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    text = (SYSTEMD / "vigild.service").read_text()
    assert old in text
    (tmp_path / "vigild.service").write_text(text.replace(old, new, 1))
    found = verify_unit(tmp_path / "vigild.service", "vigild.service")
    assert found and found[0].line > 1
