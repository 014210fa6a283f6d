"""pixiewps, which guesses the secret nonces of an Enrollee, gets nowhere with ours.

From one recorded exchange it looks for E-S1 and E-S2 that a weak generator would have drawn, and
with them for the PIN whose halves E-Hash1 and E-Hash2 hold (WSC 2.0, 7.4, Enrollee's M3).
"""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from wsc_pair import STATION, Policy, Talk, enrollee, exchange, registrar

from harness.base.entropy import Entropy, SystemEntropy
from harness.proto.machine import Notify
from harness.proto.wsc_run import KEYS_DERIVED, Password
from harness.wire.wsc.messages import M1, M2, M3, decode_message
from vm import packages

PIXIEWPS = packages.find("pixiewps")
pytestmark = pytest.mark.skipif(
    PIXIEWPS is None, reason="pixiewps, the independent attacker, is not installed"
)

PIN = b"12345670"
LIMIT_S = 600
NOT_FOUND = "WPS pin not found"
SECRET_DRAWS = (1, 2)
"""Which draws of 16 octets give E-S1 and E-S2: the first one is the Enrollee's nonce."""


class ZeroSecrets:
    """What some products' generators amount to: both secret nonces are zero."""

    def __init__(self) -> None:
        self._good = SystemEntropy()
        self._drawn = 0

    def octets(self, count: int) -> bytes:
        if count != 16:
            return self._good.octets(count)
        self._drawn += 1
        return bytes(16) if self._drawn - 1 in SECRET_DRAWS else self._good.octets(count)


def recorded(entropy: Entropy) -> Talk:
    """One exchange, as it may be recorded from the air."""
    taker = enrollee(entropy=entropy, password=PIN, device_password_id=0)
    return exchange(registrar(Policy(Password(PIN))), taker)


def pixiewps(talk: Talk, *options: str) -> str:
    """Give what pixiewps says of an exchange; it even gets the session's AuthKey."""
    said = [decode_message(octets) for _, octets in talk.said]
    m1, m2, m3 = said[:3]
    assert isinstance(m1, M1)
    assert isinstance(m2, M2)
    assert isinstance(m3, M3)
    keys = next(n for n in talk.of(Notify, at_server=True) if n.name == KEYS_DERIVED)
    auth_key = str(keys.fields["auth_key"])
    assert PIXIEWPS is not None
    result = subprocess.run(
        [
            str(PIXIEWPS.path), "--pke", m1.public_key.hex(), "--pkr", m2.public_key.hex(),
            "--e-hash1", m3.e_hash1.hex(), "--e-hash2", m3.e_hash2.hex(),
            "--authkey", auth_key, "--e-nonce", m1.enrollee_nonce.hex(),
            "--r-nonce", m2.registrar_nonce.hex(), "--e-bssid", str(STATION), *options,
        ],
        env={**os.environ, **PIXIEWPS.env},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return result.stdout + result.stderr


def test_pixiewps_finds_the_pin_of_a_weak_enrollee() -> None:
    said = pixiewps(recorded(ZeroSecrets()))
    assert re.search(r"WPS pin:\s+12345670", said), said


def test_pixiewps_finds_nothing_in_an_exchange_of_ours() -> None:
    said = pixiewps(recorded(SystemEntropy()))
    assert NOT_FOUND in said, said
