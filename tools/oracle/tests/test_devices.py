# SPDX-License-Identifier: GPL-3.0-or-later
"""What public repositories recorded of vendors' devices, decoded by the profiles of these devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from operator import xor

import pytest
import yaml

from oracle import vectors, vigilctl
from oracle.comparison import Line
from oracle.vectors import Vector


def as_it_is(octets: bytes) -> bytes:
    return octets


def omron_frame(record: bytes) -> bytes:
    """A record as a cuff sends it: an answer (81 00) from address 02F6, with the XOR of everything at its end."""
    frame = bytes([len(record) + 8, 0x81, 0x00, 0x02, 0xF6, len(record)]) + record + b"\0"
    return frame + bytes([reduce(xor, frame)])


def with_crc_8_maxim(frame: bytes) -> bytes:
    """The source left the checksum out: polynomial 31, least significant bit first."""
    remainder = 0
    for octet in frame:
        remainder ^= octet
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x8C if remainder & 1 else 0)
    return frame + bytes([remainder])


@dataclass(frozen=True)
class Route:
    """Where values of a form go: the profile, the characteristic or advertisement, and what completes them."""

    profile: str
    characteristic: str
    complete: Callable[[bytes], bytes] = as_it_is


OMRON = "49123040-AEE8-11E1-A74D-0002A5D5C51B"
ROUTES = {
    "berry-bm1000": Route("berry.bm1000", "49535343-1E4D-4BD9-BA61-23C647249616"),
    "beurer-po60": Route("beurer.po60", "FF02"),
    "contec-cms50d-bt": Route("contec.cms50d-bt", "FF02"),
    "ihealth-po3": Route("ihealth.po3", "7274782E-6A69-7561-6E2E-504F56313100"),
    "irulu-temp-sitter": Route("irulu.temp-sitter", "FFE1"),
    "microlife-bp3gy1-2n": Route("microlife.bp3gy1-2n", "FFF1"),
    "omron-eeprom-bit-packed": Route("omron.eeprom-bit-packed", OMRON, omron_frame),
    "omron-eeprom-little-endian": Route("omron.eeprom-little-endian", OMRON, omron_frame),
    "omron-frame": Route("omron.eeprom-little-endian", OMRON),
    "polar-advertisement": Route("polar.advertisement", "manufacturer:006B"),
    "viatom-o2ring": Route("viatom.o2ring", "0734594A-A8E7-4B1A-A6B1-CD5243059A57"),
    "viatom-o2ring-s": Route("viatom.o2ring-s", "E8FB0003-A14B-98F9-831B-4E2941D01248"),
    "viatom-pc60fw": Route("viatom.pc-60fw", "6E400003-B5A3-F393-E0A9-E50E24DCCA9E", with_crc_8_maxim),
    "xiaomi-mi-band": Route("xiaomi.mi-band", "manufacturer:0157"),
    "yonker-yk-ibpa1": Route("yonker.yk-ibpa1", "CDEACD81-5235-4C07-8846-93A37EE6B86D"),
}
DEVICES = vectors.load("devices.json")


def having(*keys: str) -> list[Vector]:
    return [vector for vector in DEVICES if any(key in vector for key in keys)]


def name(vector: Vector) -> str:
    return f"{vector['form']}-{vector['octets'].replace(' ', '')}"


def completed(vector: Vector) -> bytes:
    return ROUTES[vector["form"]].complete(vectors.octets(vector)[0])


@cache
def answers(profile: str, characteristic: str) -> dict[bytes, Line]:
    """Whole messages of one device one after the other."""
    values = [completed(vector) for vector in DEVICES if "command" not in vector
              and (ROUTES[vector["form"]].profile, ROUTES[vector["form"]].characteristic) == (profile, characteristic)]
    return dict(zip(values, vigilctl.decode(characteristic, values, profile=profile), strict=True))


def line_of(vector: Vector) -> Line:
    route = ROUTES[vector["form"]]
    return answers(route.profile, route.characteristic)[completed(vector)]


@pytest.mark.parametrize("vector", having("values", "refused"), ids=name)
def test_reading(vector: Vector) -> None:
    assert not vectors.differences(vector, line_of(vector), is_complete=False)


@pytest.mark.parametrize("vector", having("nothing"), ids=name)
def test_nothing(vector: Vector) -> None:
    line = line_of(vector)
    assert (line["ok"], line["values"], line.get("more", [])) == (True, [], [])


@pytest.mark.parametrize("vector", having("no-reading"), ids=name)
def test_no_reading(vector: Vector) -> None:
    """The answer to a question that is never asked may look like a measurement; then it has to be an invalid one."""
    line = line_of(vector)
    assert not line["ok"] or line["values"] == [] or line["quality"] == "invalid"


@pytest.mark.parametrize("vector", having("whole-frame"), ids=name)
def test_whole_frame(vector: Vector) -> None:
    """Its checksum is the one of the profile: as it is it passes, and with its last octet changed it does not."""
    assert line_of(vector)["ok"]
    octets, route = completed(vector), ROUTES[vector["form"]]
    changed = octets[:-1] + bytes([octets[-1] ^ 1])
    line = vigilctl.decode(route.characteristic, [changed], profile=route.profile)[0]
    assert (line["ok"], line.get("error", {}).get("reason")) == (False, "malformed")


@cache
def commands(profile: str) -> set[bytes]:
    """All that a profile ever writes."""
    for path in vigilctl.PROFILES.rglob("*.yaml"):
        text = path.read_text()
        if f"\nid: {profile}\n" in text:
            # All scalars as text: a loader with types stumbles over the impossible dates in the vectors.
            document = yaml.load(text, yaml.BaseLoader)
            return {bytes.fromhex(command["bytes"]) for command in document.get("commands", {}).values()}
    raise LookupError(profile)


@pytest.mark.parametrize("vector", having("command"), ids=name)
def test_command(vector: Vector) -> None:
    assert vectors.octets(vector)[0] in commands(ROUTES[vector["form"]].profile)


def test_every_entry_is_tested() -> None:
    tested = having("values", "refused", "nothing", "no-reading", "whole-frame", "command")
    assert (len(DEVICES), len(tested)) == (31, 31)
