"""What a supplicant is told of its association."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.base.seam import CIPHER_CCMP
from harness.proto.channel_validation import OwnChannel


@dataclass(frozen=True, slots=True)
class SupplicantConfig:
    """What association has settled.

    `own`, `peer`: addresses of station and AP. `pmk`: 32 octets. Elements are whole, with id and
    length: `own_rsne`, `own_rsnxe` as in the Association Request, `peer_rsne`, `peer_rsnxe` as in
    the Beacon or Probe Response (empty: not present). `group_management`: the cipher when
    management frame protection is negotiated, else None; `beacon_protection`: take the BIGTK then,
    if there is one. `pmkid`: of the PMKSA in use where 1/4 must name it (not with PSK). `wpa`: the
    AP speaks WPA version 1 (descriptor type 254, the group key by a handshake of its own);
    `own_rsne` and `peer_rsne` are then WPA elements. `ptk_rekey_s`: ask for another pairwise key at
    this period. `replaces_pairwise`: False: fail with `RekeyDenied` when another one is due.
    `message_2_data`, `message_2_information`: further Key Data, and bits of Key Information, in
    2/4. `channel`: where we are, when both ends validate the operating channel.
    """

    own: MacAddress
    peer: MacAddress
    pmk: bytes = field(repr=False)
    akm: int
    own_rsne: bytes
    peer_rsne: bytes
    pairwise: int = CIPHER_CCMP
    group: int = CIPHER_CCMP
    group_management: int | None = None
    beacon_protection: bool = False
    own_rsnxe: bytes = b""
    peer_rsnxe: bytes = b""
    pmkid: bytes | None = None
    wpa: bool = False
    eapol_version: int = 1
    ptk_rekey_s: float | None = None
    replaces_pairwise: bool = True
    message_2_data: bytes = b""
    message_2_information: int = 0
    channel: OwnChannel | None = None
