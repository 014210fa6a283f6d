"""Temporal keys out of captured 4-way handshakes.

Wireshark derives them by itself for three-address frames only: a four-address frame names no
BSSID, by which it would find the handshake. Given the temporal key it decrypts both kinds. So a
capture in which neither end is ours can still be read, if the network's key is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256
from harness.crypto.mic import VERSION_AES_CMAC, VERSION_HMAC_SHA1, verify_key_mic
from harness.crypto.prf import derive_ptk
from harness.radio.interface import CapturedFrame
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import Data, decode_frame
from harness.wire.eapol_key import ACK, MIC, PAIRWISE, SECURE, EapolKey

_AKM_OF_VERSION = {VERSION_HMAC_SHA1: AKM_PSK, VERSION_AES_CMAC: AKM_PSK_SHA256}
_TYPE_MASK, _DATA = 0x0C, 0x08


def temporal_keys(frames: Iterable[CapturedFrame], psks: Sequence[bytes]) -> tuple[bytes, ...]:
    """Derive the temporal key of each 4-way handshake that one of the PSKs fits, in order.

    `psks`: 32 octets each. The MIC of 2/4 decides which fits. Handshakes under another key
    (rekeys, which are encrypted) and those that lack 1/4 or 2/4 are passed over.
    """
    anonces: dict[tuple[MacAddress, MacAddress], bytes] = {}
    found: dict[bytes, None] = {}
    for frame in frames:
        message = _key_frame(frame.octets)
        if message is None:
            continue
        transmitter, receiver, key = message
        if key.key_information & ACK:
            anonces[transmitter, receiver] = key.nonce
            continue
        anonce = anonces.get((receiver, transmitter))
        if anonce is not None and key.key_information & (MIC | SECURE) == MIC:
            tk = _fitting(psks, receiver, transmitter, anonce, key)
            if tk is not None:
                found[tk] = None
    return tuple(found)


def _key_frame(octets: bytes) -> tuple[MacAddress, MacAddress, EapolKey] | None:
    """Transmitter, receiver and EAPOL-Key frame of an unencrypted frame of the 4-way handshake."""
    if not octets or octets[0] & _TYPE_MASK != _DATA:
        return None
    try:
        frame = decode_frame(octets)
        if not isinstance(frame, Data) or frame.ethertype != ETHERTYPE_EAPOL:
            return None
        key = EapolKey.decode(frame.payload)
    except WireError:
        return None
    header = frame.header
    if header.a1 is None or header.a2 is None or not key.key_information & PAIRWISE:
        return None
    return header.a2, header.a1, key


def _fitting(
    psks: Sequence[bytes], ap: MacAddress, station: MacAddress, anonce: bytes, key: EapolKey
) -> bytes | None:
    """The temporal key by the PSK under which 2/4 is authentic."""
    akm = _AKM_OF_VERSION.get(key.version)
    if akm is None:
        return None
    for psk in psks:
        ptk = derive_ptk(akm, psk, ap, station, anonce, key.nonce)
        if verify_key_mic(key.version, akm, ptk.kck, key.without_mic(), key.mic):
            return ptk.tk
    return None
