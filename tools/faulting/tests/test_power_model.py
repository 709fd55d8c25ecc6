# SPDX-License-Identifier: GPL-3.0-or-later
import random

from faulting.disk_log import Numbered, Operation, Publishes
from faulting.power_model import Disk, sectors


def operation(kind: str, file: int = 0, offset: int = 0, octets: bytes | str = b"", life: int = 1) -> Operation:
    return Operation(kind, life, file, offset, octets.encode() if isinstance(octets, str) else octets)


def made() -> Disk:
    """A file of 2048 times `a` that is there for good, by descriptor 1."""
    disk = Disk()
    for one in (operation("S"), operation("D", 9, octets="/d"), operation("C", 1, octets="/d/x"), operation("W", 1, 0, b"a" * 2048),
                operation("F", 1), operation("F", 9)):
        disk.take(one)
    return disk


def images(disk: Disk, number: int = 300) -> set[bytes | None]:
    chance = random.Random(1)
    return {disk.image(chance).get("x") for _ in range(number)}


def test_what_was_synced_is_in_every_image() -> None:
    assert images(made()) == {b"a" * 2048}


def test_what_was_not_synced_is_there_by_sectors() -> None:
    disk = made()
    disk.take(operation("W", 1, 512, b"b" * 1024))
    found = images(disk)
    assert disk.least()["x"] == b"a" * 2048
    assert {len(one) for one in found if one is not None} == {2048}
    a, b = b"a" * 512, b"b" * 512
    assert found == {a + a + a + a, a + b + a + a, a + a + b + a, a + b + b + a}


def test_a_later_write_may_come_first() -> None:
    disk = made()
    disk.take(operation("W", 1, 0, b"b" * 512))
    disk.take(operation("W", 1, 0, b"c" * 512))
    assert {one[:1] for one in images(disk) if one} == {b"a", b"b", b"c"}


def test_a_name_is_safe_only_with_its_directory() -> None:
    disk = made()
    disk.take(operation("C", 2, octets="/d/y"))
    disk.take(operation("W", 2, 0, b"z"))
    disk.take(operation("F", 2))
    chance = random.Random(1)
    assert {"y" in disk.image(chance) for _ in range(50)} == {True, False} and "y" not in disk.least()
    disk.take(operation("F", 9))
    assert all(disk.image(chance)["y"] == b"z" for _ in range(50))


def test_a_renamed_or_removed_file_may_have_its_old_name() -> None:
    disk = made()
    disk.take(operation("R", octets="/d/x\0/d/y"))
    chance = random.Random(1)
    assert {tuple(disk.image(chance)) for _ in range(50)} == {("x",), ("y",)}
    disk.take(operation("U", octets="/d/y"))
    disk.take(operation("F", 9))
    assert disk.image(chance) == {}


def test_a_file_that_has_grown_may_be_longer_than_what_came() -> None:
    disk = made()
    disk.take(operation("W", 1, 2048, b"b" * 512))
    found = {one for one in images(disk) if one is not None}
    assert {len(one) for one in found} == {2048, 2560}
    assert b"a" * 2048 + bytes(512) in found and len(found) > 5


def test_a_disk_that_lies_keeps_nothing() -> None:
    disk = Disk(syncs_nothing=True)
    for one in (operation("S"), operation("D", 9, octets="/d"), operation("C", 1, octets="/d/x"), operation("W", 1, 0, b"a"),
                operation("F", 1), operation("F", 9)):
        disk.take(one)
    assert disk.least() == {} and None in images(disk)


def test_sectors_end_where_the_disk_has_them() -> None:
    assert sectors(24, 24) == [(24, 48)]
    assert sectors(500, 600) == [(500, 512), (512, 1024), (1024, 1100)]
    assert sectors(512, 512) == [(512, 1024)]


def test_messages_are_found_in_what_a_connection_sends_however_it_is_cut() -> None:
    def publish(payload: bytes) -> bytes:
        body = b"\x00\x03a/b" + b"\x00\x07" + b"\x00" + payload
        return bytes([0x32, len(body) & 0x7F | 0x80, len(body) >> 7]) + body

    sent = b"\x10\x02ab" + publish(b'{"epoch":"e","lane":"alert","seq":7}' + b" " * 200) + publish(b'{"seq":null,"x":1}' + b" " * 200) \
        + publish(b'{"epoch":"e","lane":"reading","seq":8}' + b" " * 200)
    publishes, found = Publishes(), []
    for start in range(0, len(sent), 7):
        found += publishes.feed(operation("N", 5, octets=sent[start:start + 7]))
    assert found == [Numbered("e", "alert", 7), Numbered("e", "reading", 8)]
    # A new connection begins a new stream, whatever was left of the old one.
    assert list(publishes.feed(operation("N", 5, octets=publish(b"{}")[:9]))) == []
    assert list(publishes.feed(operation("N", 5))) == []
    assert list(publishes.feed(operation("N", 5, octets=publish(b'{"epoch":"e","lane":"alert","seq":9}' + b" " * 200)))) \
        == [Numbered("e", "alert", 9)]
