#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a command to a gateway and waits for the answer: an example for a clinic's programmer, and what the tests use.

    openssl genpkey -algorithm ed25519 -out archive.pem              the clinic keeps this file to itself
    openssl pkey -in archive.pem -pubout -out archive.pub.pem        the gateway's configuration names this one

    tools/clinic/command.py --broker mqtt.clinic.example --clinic xinhua --gateway gw-0007 \\
        --key nurse.pem --kid nurse --by u-12 --role nurse acknowledge 6f0d… --version 3

Behind the command's name stands its body, as words (bodies.py shows each command's) or as JSON:

    … send-history '{"epoch": "9b1c4f0e-…", "lane": "reading", "fromSeq": 1042, "toSeq": 1077}'

With `--print` it only prints what it would send, for a program that has a connection of its own.
On a terminal the answer is a sentence; with `--json`, and for a program, it is one line of JSON on stdout.
Exit codes: 0 done, 1 refused, 2 no answer or unusable arguments.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

sys.path.append(str(Path(__file__).resolve().parents[1]))

from clinic import bodies  # noqa: E402

VALIDITY = timedelta(minutes=10)


class Unusable(Exception):
    """What stands in the arguments makes no command."""


def command(gateway: str, name: str, by: str, role: str, body: Any, request: str | None = None,
            now: datetime | None = None, validity: timedelta = VALIDITY, expected_version: int | None = None) -> dict[str, Any]:
    """A `vigil.command/1`. Its request is new; one that is sent again keeps it."""
    now = now or datetime.now(timezone.utc)
    version = {} if expected_version is None else {"expectedVersion": expected_version}
    return {"schema": "vigil.command/1", "request": request or str(uuid.uuid4()), "gateway": gateway, "name": name,
            "by": {"id": by, "role": role}, "issuedAt": now.isoformat(timespec="seconds"),
            "expiresAt": (now + validity).isoformat(timespec="seconds"), **version, "body": body}


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def sign(message: dict[str, Any], key: Path, kid: str, header: dict[str, Any] | None = None) -> bytes:
    """The message as a JWS in compact form (RFC 7515, RFC 8037), signed by openssl with the private key in `key`."""
    fields = {"alg": "EdDSA", "kid": kid} if header is None else header
    parts = (json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() for part in (fields, message))
    text = ".".join(map(base64url, parts))
    # openssl wants a file that it can measure, not a pipe.
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", file.name],
                              capture_output=True, check=True)
    return f"{text}.{base64url(done.stdout)}".encode()


def ask(client: mqtt.Client, root: str, name: str, payload: bytes, request: str, limit: float) -> dict[str, Any] | None:
    """Sends over a client that is not connected yet, and waits for the answer to this request; None without one."""
    answers: list[dict[str, Any]] = []
    answered = threading.Event()
    question = Properties(PacketTypes.PUBLISH)
    question.CorrelationData = uuid.uuid4().bytes

    def received(client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        result = json.loads(message.payload)
        if result.get("request") == request.lower() and not answered.is_set():
            answers.append(result)
            answered.set()

    def connected(client: mqtt.Client, *rest: object) -> None:
        client.subscribe(f"{root}/up/result", qos=1)

    client.on_connect, client.on_message = connected, received
    client.on_subscribe = lambda *_: client.publish(f"{root}/down/command/{name}", payload, qos=1, properties=question)
    client.loop_start()
    answered.wait(limit)
    client.disconnect()
    client.loop_stop()
    return answers[0] if answers else None


def sentence(answer: dict[str, Any], language: str) -> str:
    """The answer for a person."""
    body = ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in (answer.get("body") or {}).items())
    if answer["outcome"] == "done":
        return f"{answer['name']}: done" + (f" ({body})" if body else "")
    reason = answer.get("reason") or {}
    text = reason.get("text", {})
    said = text.get(language) or text.get("en") or ""
    return f"{answer['name']}: refused, {reason.get('code', '?')}: {said}" + (f" ({body})" if body else "")


def body_of(name: str, words: list[str]) -> tuple[Any, int | None]:
    """As words, or as one word of JSON."""
    known = ", ".join(bodies.COMMANDS)
    if name not in bodies.COMMANDS and name not in bodies.RESERVED:
        raise Unusable(f"there is no command {name!r}, known: {known}")
    if len(words) == 1 and words[0].lstrip().startswith("{"):
        try:
            return json.loads(words[0]), None
        except ValueError as error:
            raise Unusable(f"the body is no JSON: {error}") from error
    if name not in bodies.COMMANDS:
        raise Unusable(f"{name} is sent with a body in JSON; known with words: {known}")
    return bodies.parse(name, words)


def show_help_of_command(words: list[str]) -> None:
    """Of `command.py set-limits --help`, whatever else is missing; that ends the program."""
    name = next((word for word in words if word in bodies.COMMANDS), None)
    if name and words[-1] in ("-h", "--help"):
        bodies.parse(name, ["--help"])


def main() -> int:
    parser = argparse.ArgumentParser(description="Sends a command to a gateway and prints the answer.")
    parser.add_argument("--print", action="store_true", help="print what would be sent, and send nothing")
    parser.add_argument("--broker")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--ca", help="the authority's certificates; the system's without it")
    parser.add_argument("--certificate")
    parser.add_argument("--certificate-key")
    parser.add_argument("--no-tls", action="store_true", help="for a broker on this machine")
    parser.add_argument("--username")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--clinic")
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--key", type=Path, help="the private key in PEM; without it the command goes unsigned")
    parser.add_argument("--kid", help="the key's id in the gateway's configuration")
    parser.add_argument("--by", required=True, help="who, by the clinic's own id")
    parser.add_argument("--role", required=True, choices=["nurse", "doctor", "county", "technician"])
    parser.add_argument("--request", help="the id of a command that was sent before")
    parser.add_argument("--seconds", type=float, default=30, help="to wait for the answer")
    parser.add_argument("--version", type=int, help="of what is to be changed, as it was seen")
    parser.add_argument("--json", action="store_true", help="the answer as one line of JSON, also on a terminal")
    parser.add_argument("name", help=f"of {', '.join(bodies.COMMANDS)}")
    parser.add_argument("body", nargs=argparse.REMAINDER, help="in words, see `NAME --help`, or in JSON")
    show_help_of_command(sys.argv[1:])
    options = parser.parse_args()
    if (options.key is None) != (options.kid is None):
        parser.error("--key and --kid go together")
    if not options.print and None in (options.broker, options.clinic):
        parser.error("--broker and --clinic, or --print")

    body, version = body_of(options.name, options.body)
    message = command(options.gateway, options.name, options.by, options.role, body, options.request,
                      expected_version=version if version is not None else options.version)
    payload = json.dumps(message).encode() if options.key is None else sign(message, options.key, options.kid)
    if options.print:
        sys.stdout.write(payload.decode())  # and no line's end, which would be part of it
        return 0
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, f"command-{uuid.uuid4()}", protocol=mqtt.MQTTv5)
    if options.username:
        password = options.password_file.read_text().splitlines()[0] if options.password_file else None
        client.username_pw_set(options.username, password)
    if not options.no_tls:
        client.tls_set(options.ca, options.certificate, options.certificate_key)
    client.connect(options.broker, options.port)
    answer = ask(client, f"vigil/v1/{options.clinic}/{options.gateway}", options.name, payload, message["request"],
                 options.seconds)
    if answer is None:
        print(f"no answer from {options.gateway} within {options.seconds:g} s; the same request may be sent again: "
              f"--request {message['request']}", file=sys.stderr)
        return 2
    is_person = sys.stdout.isatty() and not options.json
    language = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
    print(sentence(answer, language) if is_person else json.dumps(answer, ensure_ascii=False))
    return 0 if answer["outcome"] == "done" else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError, Unusable) as error:
        print(f"command: {error}", file=sys.stderr)
        sys.exit(2)
