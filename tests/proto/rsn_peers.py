"""Addresses, elements and hand-made EAPOL-Key frames for testing one RSN machine alone."""

from __future__ import annotations

from dataclasses import replace

from harness.base.address import MacAddress
from harness.base.seam import AKM_PSK
from harness.crypto.keywrap import wrap_key_data
from harness.crypto.prf import Ptk, derive_ptk
from harness.proto.key_handshake import seal
from harness.wire.eapol_key import (
    ACK,
    ENCRYPTED,
    INSTALL,
    MIC,
    PAIRWISE,
    SECURE,
    EapolKey,
)
from harness.wire.key_data import GtkKde
from harness.wire.rsn import Rsne

AP = MacAddress("02:00:00:00:00:01")
STA = MacAddress("02:00:00:00:00:02")
PMK = bytes(range(32))
RSNE = Rsne(akms=(AKM_PSK,), capabilities=0x0C).element()
STATION_RSNE = Rsne(akms=(AKM_PSK,)).element()
ANONCE, SNONCE = b"A" * 32, b"S" * 32
GTK = GtkKde(1, b"g" * 16)
PTK = derive_ptk(AKM_PSK, PMK, AP, STA, ANONCE, SNONCE)


def message_1(counter: int = 1, **changes: object) -> bytes:
    plain = EapolKey(2 | PAIRWISE | ACK, counter, key_length=16, nonce=ANONCE)
    return replace(plain, **changes).encode()  # type: ignore[arg-type]


def message_3(
    counter: int = 2,
    *,
    ptk: Ptk = PTK,
    data: bytes = RSNE + GTK.encode(),
    flags: int = PAIRWISE | INSTALL | ACK | MIC | SECURE | ENCRYPTED,
    **changes: object,
) -> bytes:
    key = EapolKey(2 | flags, counter, key_length=16, nonce=ANONCE)
    wrapped = wrap_key_data(ptk.kek, data) if flags & ENCRYPTED else data
    return seal(replace(key, key_data=wrapped, **changes), AKM_PSK, ptk.kck)  # type: ignore[arg-type]


def group_message_1(counter: int, *, ptk: Ptk = PTK, data: bytes = GTK.encode()) -> bytes:
    return message_3(
        counter, ptk=ptk, data=data, flags=ACK | MIC | SECURE | ENCRYPTED, nonce=bytes(32)
    )


def message_2(
    counter: int = 1, *, rsne: bytes = STATION_RSNE, ptk: Ptk = PTK, nonce: bytes = SNONCE
) -> bytes:
    key = EapolKey(2 | PAIRWISE | MIC, counter, nonce=nonce, key_data=rsne, eapol_version=1)
    return seal(key, AKM_PSK, ptk.kck)


def message_4(counter: int = 2, *, flags: int = PAIRWISE | MIC | SECURE, ptk: Ptk = PTK) -> bytes:
    return seal(EapolKey(2 | flags, counter, eapol_version=1), AKM_PSK, ptk.kck)


class Fixed:
    """Entropy that gives the named octets, then other fixed ones."""

    def __init__(self, *drawn: bytes) -> None:
        self.left = list(drawn)
        self.count = 0

    def octets(self, count: int) -> bytes:
        if self.left:
            return self.left.pop(0)
        self.count += 1
        return bytes((self.count,)) * count
