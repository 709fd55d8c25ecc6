# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever goes wrong, vigilctl says one sentence in the person's language, and ends with an exit code of the contract."""

from __future__ import annotations

import os
import random
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from language import ENGLISH_SENTENCE, HAN
from stub_gateway import PrivateBus, StubGateway
from vigil import BIN, PROFILES, Answer

DECODE = ["decode", "--profiles", str(PROFILES), "--characteristic", "2A37"]
CALLS = (["devices"], ["status"], ["forget", "d-1"], ["scan"], ["watch"],
         ["pair", "F5:F1:F2:F3:F4:01", "--resident", "r-0001"])


def run(*arguments: str | bytes | Path, language: str = "en", bus: str = "unix:path=/nowhere/bus", stdin: bytes | int = b"",
        **options: object) -> Answer:
    """vigilctl on a bus of its own, with a locale of that language."""
    given = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run([BIN / "vigilctl", *arguments], **given, **{"stdout": subprocess.PIPE, **options},
                          stderr=subprocess.PIPE, timeout=60,
                          env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus, "LC_ALL": "", "LC_MESSAGES": "",
                                            "LANG": {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[language]})
    return Answer(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def assert_says(answer: Answer, language: str, *words: str, codes: tuple[int, ...] = (1,)) -> None:
    """One sentence in that language, with these words."""
    answer.assert_refused(*words, codes=codes)
    assert answer.err.startswith("vigilctl: ")
    assert bool(HAN.search(answer.err)) == (language == "zh"), answer.err


@pytest.fixture(scope="module")
def bus() -> Iterator[PrivateBus]:
    bus = PrivateBus()
    yield bus
    bus.close()


@pytest.fixture(scope="module")
def stub(bus: PrivateBus) -> Iterator[StubGateway]:
    gateway = StubGateway(bus)
    yield gateway
    gateway.close()


# MARK: the message bus

@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_bus(language: str, tmp_path: Path) -> None:
    for call in CALLS:
        assert_says(run(*call, language=language), language, "/nowhere/bus", "unset DBUS_SYSTEM_BUS_ADDRESS")
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "bus"))
    assert_says(run("status", language=language, bus=f"unix:path={tmp_path}/bus"), language, "unset DBUS_SYSTEM_BUS_ADDRESS")
    for address in ("nonsense", "unix:pth=x", "unix:path=/" + "x" * 4000, "unix:path=\x1b[2J"):
        answer = run("status", language=language, bus=address)
        assert_says(answer, language, "unset DBUS_SYSTEM_BUS_ADDRESS")
        assert len(answer.err) < 400 and "\x1b" not in answer.err


@pytest.mark.parametrize(("language", "is_silent"), [("en", False), ("zh", False), ("zh", True)])
def test_a_bus_that_hangs_up_or_is_silent(language: str, is_silent: bool, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()
        listener.settimeout(30)
        command = subprocess.Popen([BIN / "vigilctl", "status", "--lang", language], stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.PIPE,
                                   env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/bus"})
        link = listener.accept()[0]
        if not is_silent:
            link.close()
        out, err = command.communicate(timeout=60)
        link.close()
    assert_says(Answer(command.returncode, out, err), language, "systemctl status dbus")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_rights(language: str) -> None:
    """As the shipped policy does it: others may not call, or not even reach the bus."""
    bus = PrivateBus('<policy context="mandatory"><deny send_destination="org.vigil.Gateway1" send_type="method_call"/>'
                     '</policy>')
    gateway = StubGateway(bus)
    try:
        for call in CALLS:
            assert_says(run(*call, language=language, bus=bus.address), language, "vigil-tech")
        bus.directory.chmod(0o700)
        answer = run("status", language=language, bus=bus.address, user="nobody", cwd="/")
        assert_says(answer, language, "vigil-tech")
    finally:
        gateway.close()
        bus.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_has_the_name(bus: PrivateBus, language: str) -> None:
    alone = PrivateBus()
    try:
        for call in CALLS:
            assert_says(run(*call, language=language, bus=alone.address), language, "systemctl start vigild")
    finally:
        alone.close()


# MARK: answers

@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "message", "words"), [
    ("org.freedesktop.DBus.Error.AccessDenied", "Rejected", "vigil-tech"),
    ("org.freedesktop.DBus.Error.Spawn.ChildExited", "Process exited with status 1", "journalctl -u vigild"),
    ("org.freedesktop.DBus.Error.TimedOut", "Failed to activate service", "journalctl -u vigild"),
    ("org.freedesktop.systemd1.NoSuchUnit", "Unit vigild.service not found.", "systemctl enable --now vigild"),
    ("org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected from message bus", "systemctl status vigild"),
    ("org.freedesktop.DBus.Error.UnknownMethod", "no method", "systemctl restart vigild"),
    ("org.freedesktop.DBus.Error.LimitsExceeded", "too many", "vigilctl"),
    ("org.freedesktop.DBus.Error.InvalidArgs", "wants (ss)", "wants (ss)"),
    ("org.vigil.Error.NotFound", "no enrolled device d-1", "vigilctl devices"),
    ("org.bluez.Error.NotReady", "Resource Not Ready", "bluetoothctl power on"),
    ("org.example.Unheard", "the moon is full", "the moon is full"),
    ("org.example.Unheard", "\x1b[2J\x07", "org.example.Unheard"),
])
def test_the_daemon_refuses(bus: PrivateBus, stub: StubGateway, name: str, message: str, words: str, language: str) -> None:
    stub.error = (name, message)
    for call in CALLS:
        answer = run(*call, language=language, bus=bus.address)
        assert_says(answer, language, words)
        assert "\x1b" not in answer.err and answer.out == ""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("signature", "body"), [
    ("", []), ("s", [""]), ("s", ["{"]), ("s", ["null"]), ("s", ['{"version":1}']), ("s", ["[" * 50_000]), ("u", [7]),
    ("s", ["[1,2]"]), ("s", ['[{"id":"d-1"}]']),
])
def test_the_daemon_talks_nonsense(bus: PrivateBus, stub: StubGateway, signature: str, body: list[object],
                                   language: str) -> None:
    stub.error, stub.body = None, (signature, body)
    for call in CALLS:
        answer = run(*call, language=language, bus=bus.address)
        if answer.code:
            assert_says(answer, language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_daemon_dies_in_a_call(language: str) -> None:
    bus = PrivateBus()
    gateway = StubGateway(bus)
    gateway.hangs_up = True
    try:
        assert_says(run("status", language=language, bus=bus.address), language, "systemctl status vigild")
    finally:
        gateway.close()
        bus.close()


# MARK: files, input and output

@pytest.mark.parametrize("language", ["en", "zh"])
def test_profiles(language: str, tmp_path: Path) -> None:
    def says(*words: str, more: tuple[str, ...] = ()) -> None:
        answer = run("decode", "--profiles", tmp_path, "--characteristic", "2A37", *more, "0048", language=language)
        assert_says(answer, language, *words)
        assert answer.out == ""
    says("--profiles", str(tmp_path))
    profile = tmp_path / "a.yaml"
    profile.mkdir()
    says("--profiles")  # a directory with such a name
    profile.rmdir()
    profile.write_bytes(b"\xff\xfe")
    says(str(profile), "UTF-8")
    profile.write_text("id: [")
    says(f"{profile}:")
    profile.write_text("#" * (1 << 20) + "\n")
    says(str(profile), "1 MiB")
    profile.write_bytes((PROFILES / "bluetooth-sig/blood-pressure.yaml").read_bytes())
    says("2A37", "--profiles")
    says("no-such-profile", "--profile", more=("--profile", "no-such-profile"))
    says("bluetooth.blood-pressure", "2A37", more=("--profile", "bluetooth.blood-pressure"))
    profile.unlink()
    profile.symlink_to(profile)
    says("--profiles")
    if os.geteuid() != 0:
        profile.unlink()
        profile.touch(0)
        says(str(profile))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("text", "word"), [
    ("clinic: c1\n", "broker"), ("clinic: C 1\nbroker: {host: a, tls: off}\n", "C 1"), ("", ""), ("clinic: [a]\n", ""),
    ("clinic: c1\nbroker: {host: a, port: 70000, tls: off}\n", "65535"), ("- a\n", ""), ("clinic: c1\nclinic: c1\n", "clinic"),
    ("clinic: c1\nbroker: {host: a, tls: off, password: x}\n", "password-file"), ("clinic: c1\nbrokers: 1\n", "brokers"),
    ("clinic: c1\nbroker: {host: a, tls: {ca: /nowhere}}\n", "/nowhere"), ("clinic: *a\n", ""),
    ("clinic: c1\nbroker: {host: a, tls: off}\nhealth-seconds: often\n", "3600"),
    ("clinic: c1\nbroker: {host: 'mqtt://a', tls: off}\n", "mqtt://a"),
])
def test_the_desks_configuration(text: str, word: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(text)
    answer = run("watch", "--clinic", "--config", path, language=language)
    assert_says(answer, language, f"{path}:", word)
    if language == "zh" and "*" not in text:  # an error of YAML itself stays libyaml's
        assert not ENGLISH_SENTENCE.search(answer.err), answer.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_desks_configuration_is_not_there(language: str, tmp_path: Path) -> None:
    assert_says(run("watch", "--clinic", "--config", tmp_path / "x.yaml", language=language), language, "x.yaml", "--config")
    assert_says(run("watch", "--clinic", "--config", tmp_path, language=language), language, str(tmp_path))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("arguments", [["--characteristic", "zz", "00"], ["--characteristic", "2A37", "--feature", "xyz", "00"]])
def test_unusable_arguments_of_decode(language: str, arguments: list[str]) -> None:
    answer = run("decode", "--profiles", PROFILES, *arguments, language=language)
    assert answer.code == 2 and bool(HAN.search(answer.err)) == (language == "zh") and arguments[-3] in answer.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_input_that_cannot_be_read(language: str) -> None:
    directory = os.open("/", os.O_RDONLY)
    assert_says(run(*DECODE, language=language, stdin=directory), language)
    os.close(directory)
    closed = ["sh", "-c", '"$@" <&-', "sh", BIN / "vigilctl", *DECODE, "--lang", language]
    done = subprocess.run(closed, capture_output=True, text=True, timeout=20)
    assert_says(Answer(done.returncode, done.stdout, done.stderr), language)
    assert_says(run(*DECODE, language=language, stdin=b"0048\n" + b"0" * (2 << 20)), language, "1 MiB")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("to", [">/dev/full", ">&-"])
def test_output_that_cannot_be_written(language: str, to: str) -> None:
    for arguments in ([*DECODE, "0048"], ["--help"], ["decode", "--help"], ["--version"]):
        command = ["sh", "-c", f'"$@" {to}', "sh", BIN / "vigilctl", *arguments, "--lang", language]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert_says(Answer(done.returncode, done.stdout, done.stderr), language)


def test_nobody_to_complain_to() -> None:
    for arguments, code in ((["no-such-command"], 2), (["status"], 1), ([*DECODE, "0048"], 0)):
        for closed in ("2>&-", "2>/dev/full", "<&- 2>&-"):
            done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", BIN / "vigilctl", *arguments], capture_output=True,
                                  timeout=20, env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"})
            assert done.returncode == code, f"{arguments} {closed}: exit code {done.returncode}"


def test_a_reader_that_goes_away() -> None:
    for restored in (True, False):  # a shell's child, and one whose parent ignores SIGPIPE
        command = subprocess.Popen([BIN / "vigilctl", *DECODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, restore_signals=restored)
        command.stdout.close()
        _, err = command.communicate(b"0048\n" * 20_000, timeout=30)
        assert command.returncode in (-13, 1) and err == b""


def test_lines_of_every_kind() -> None:
    """Each is answered, and the last without an end as well."""
    answer = run(*DECODE, stdin=b"0048\r\n\n00 48\n\xff\xfe\n\0\0\n0048")
    assert answer.code == 0 and [line["ok"] for line in answer.json] == [True, True, False, False, True]


# MARK: arguments

WORDS = ["pair", "devices", "forget", "status", "decode", "scan", "watch", "help", "--json", "--lang", "zh", "en", "--lang=zh",
         "--help", "-h", "--version", "--resident", "r-0001", "--characteristic", "2A37", "--profiles", str(PROFILES),
         "--feature", "0048", "--", "---completion", "--generate-completion-script", "bash", "--experimental-dump-help", "-",
         "--json=", "-hx", "--=", "F5:F1:F2:F3:F4:01", "positional@0", "--seconds", "-1", "99999999999999999999", "--all",
         "--clinic", "--config", "/nowhere", "--yes", "", " ", "'", "\"", "{list}", "%s%n"]
RUNS = int(os.environ.get("VIGIL_FUZZ", "400"))


def odd_argument(chance: random.Random) -> bytes:
    """A word that the parser knows, one a little wrong, or anything at all."""
    kind = chance.random()
    word = chance.choice(WORDS).encode()
    if kind < 0.6:
        return word
    if kind < 0.75 and word:
        at = chance.randrange(len(word))
        return word[:at] + bytes([chance.randrange(1, 256)]) + word[at + chance.randrange(2):]
    if kind < 0.8:
        return word * chance.randrange(1, 2000)
    if kind < 0.85:
        return chance.choice(["守望", "e\u0301", "\u202e", "🫀", "\ufffc", "“", "\x1b[2J"]).encode() + word
    return bytes(chance.randrange(1, 256) for _ in range(chance.randrange(20)))


def test_any_arguments_and_any_input() -> None:
    seed = int(os.environ.get("VIGIL_SEED", "1"))
    for number in range(RUNS):
        chance = random.Random(f"{seed} {number}")
        arguments = [odd_argument(chance) for _ in range(chance.randrange(7))]
        stdin = chance.randbytes(chance.choice([0, 0, 10, 1000, 100_000]))
        done = subprocess.run([BIN / "vigilctl", *arguments], input=stdin, capture_output=True, timeout=60,
                              env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus",
                                   "LANG": chance.choice(["zh_CN.UTF-8", "C"])})
        what = f"seed {seed}, run {number}: {arguments}"
        assert done.returncode in (0, 1, 2), f"{what}: exit code {done.returncode}\n{done.stderr[-2000:]!r}"
        said = done.stdout + done.stderr
        for bad in (b"Fatal error", b"Swift/", b"Thread 0", b"Optional("):
            assert bad not in said, f"{what}: {said[-2000:]!r}"
        said.decode()  # what was not UTF-8 is repaired
        assert b"\x1b" not in said, f"{what}: an escape sequence comes back"
        assert done.returncode == 0 or done.stderr.strip(), f"{what}: it fails without a word"
