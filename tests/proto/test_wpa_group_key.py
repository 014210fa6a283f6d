"""The group key of WPA version 1: its length is told beside it."""

from __future__ import annotations

import pytest
from rsn_peers import AP, PMK, PTK, RSNE, STA

from harness.base.seam import AKM_PSK, CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.keywrap import rc4_key_data, wrap_key_data
from harness.proto.supplicant_checks import Fault, Flaw, wpa_group_key
from harness.proto.supplicant_config import SupplicantConfig
from harness.wire.eapol_key import ACK, DESCRIPTOR_WPA, MIC, SECURE, EapolKey
from harness.wire.key_data import GtkKde

GROUP = ACK | MIC | SECURE | 0x20
IV = bytes(range(16))


def config(cipher: int) -> SupplicantConfig:
    return SupplicantConfig(
        own=STA, peer=AP, pmk=PMK, akm=AKM_PSK, own_rsne=RSNE, peer_rsne=RSNE,
        pairwise=cipher, group=cipher, wpa=True,
    )  # fmt: skip


def message(cipher: int, key: bytes, told: int) -> EapolKey:
    tkip = cipher == CIPHER_TKIP
    return EapolKey(
        GROUP | (1 if tkip else 2),
        3,
        key_length=told,
        key_data=rc4_key_data(PTK.kek, IV, key) if tkip else wrap_key_data(PTK.kek, key),
        iv=IV,
        descriptor=DESCRIPTOR_WPA,
    )


@pytest.mark.parametrize(
    ("cipher", "octets", "told"),
    [(CIPHER_CCMP, 16, 16), (CIPHER_CCMP, 24, 16), (CIPHER_TKIP, 32, 32)],
)
def test_as_much_of_it_is_taken_as_is_told(cipher: int, octets: int, told: int) -> None:
    key = bytes(range(octets))
    data = wpa_group_key(config(cipher), message(cipher, key, told), PTK)
    assert not isinstance(data, Fault)
    assert data.gtk == GtkKde(2, key[:told])


@pytest.mark.parametrize(
    ("cipher", "octets", "told", "flaw"),
    [
        (CIPHER_CCMP, 16, 0, Flaw.GTK_LENGTH),
        (CIPHER_CCMP, 32, 32, Flaw.GTK_LENGTH),
        (CIPHER_CCMP, 16, 32, None),
        (CIPHER_TKIP, 32, 16, Flaw.GTK_LENGTH),
        (CIPHER_TKIP, 31, 32, None),
        (CIPHER_TKIP, 40, 32, Flaw.RC4_TOO_LONG),
    ],
)
def test_another_length_is_refused(
    cipher: int, octets: int, told: int, flaw: Flaw | None
) -> None:
    fault = wpa_group_key(config(cipher), message(cipher, bytes(octets), told), PTK)
    assert isinstance(fault, Fault)
    assert fault.failed.reason == 1
    assert [note.fields["flaw"] for note in fault.told] == ([] if flaw is None else [flaw])


def test_what_cannot_be_decrypted_is_refused() -> None:
    spoilt = EapolKey(GROUP | 2, 3, key_length=16, key_data=bytes(24), descriptor=DESCRIPTOR_WPA)
    fault = wpa_group_key(config(CIPHER_CCMP), spoilt, PTK)
    assert isinstance(fault, Fault)
    assert fault.told[0].fields["flaw"] is Flaw.GTK_UNREADABLE
