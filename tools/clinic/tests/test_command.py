# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clinic signs is what the standards say."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from clinic.command import base64url, command, sign


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_signature_is_one_that_openssl_verifies(tmp_path: Path) -> None:
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    message = command("gw-1", "pause", "u-12", "nurse", {"reason": "饭后"}, now=datetime(2026, 3, 14, tzinfo=timezone.utc))
    header, payload, signature = sign(message, key, "k1").decode().split(".")
    assert json.loads(octets(header)) == {"alg": "EdDSA", "kid": "k1"} and json.loads(octets(payload)) == message
    assert message["issuedAt"] == "2026-03-14T00:00:00+00:00" and message["expiresAt"] == "2026-03-14T00:10:00+00:00"
    signed, mark = tmp_path / "signed", tmp_path / "signature"
    signed.write_text(f"{header}.{payload}")
    mark.write_bytes(octets(signature))
    verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public, "-in", signed, "-sigfile", mark]
    assert subprocess.run(verify, capture_output=True).returncode == 0
    signed.write_text(f"{header}.{payload}x")
    assert subprocess.run(verify, capture_output=True).returncode != 0


def test_the_example_of_rfc_8037(tmp_path: Path) -> None:
    """Appendix A.4, with its private key: the header there names no key, so the parts are put together here."""
    seed = octets("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    key = tmp_path / "key.der"
    key.write_bytes(bytes.fromhex("302e020100300506032b657004220420") + seed)
    subprocess.run(["openssl", "pkey", "-inform", "DER", "-in", key, "-out", tmp_path / "key.pem"], check=True)
    signed = tmp_path / "signed"
    signed.write_text("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")
    done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", tmp_path / "key.pem", "-in", signed],
                          capture_output=True, check=True)
    assert base64url(done.stdout) == ("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_"
                                      "MuM0KAg")
