"""Protection of management frames: BIP for group-addressed ones and Beacons, CCMP for others.

Sources: IEEE 802.11-2020, 12.5.4 (BIP), 12.5.3 (CCMP; its AAD and nonce differ from those of data
frames by the Management bit and by what is masked, which `harness.crypto.ccmp` sees to), 9.4.2.54
(the Management MIC element).
"""

from __future__ import annotations

import hmac
from typing import Final

from harness.base.errors import BadLength, BadMic, MissingAttribute, Truncated
from harness.crypto.mic import aes_cmac

MIC_OCTETS: Final = 8
MME_OCTETS: Final = 2 + 16
"""The whole element: id, length, Key ID (2), IPN (6), MIC (8)."""
ELEMENT_MME: Final = 76

_CLAUSE = "802.11-2020 12.5.4"
_HEADER = 24
_KEPT = 0xC7
"""Second Frame Control octet without Retry, Power Management and More Data."""
_BEACON = 0x80
"""First Frame Control octet."""
_TIMESTAMP_OCTETS = 8


def protect(igtk: bytes, key_id: int, ipn: int, frame: bytes) -> bytes:
    """Append the Management MIC element to a group-addressed management frame without FCS.

    `igtk`: 16 octets (BIP-CMAC-128), for a Beacon the BIGTK. `key_id`: 4 or 5, for a Beacon 6 or
    7. `ipn`: the packet number, of 48 bits, from 1, never used before with this key. A Beacon's
    Timestamp counts as zero. Raises `Truncated`, `BadLength`.
    """
    element = bytes((ELEMENT_MME, MME_OCTETS - 2))
    element += key_id.to_bytes(2, "little") + ipn.to_bytes(6, "little")
    return frame + element + _mic(igtk, frame, element)


def verify(igtk: bytes, frame: bytes) -> int:
    """Check the Management MIC element at the end of a frame, and give its packet number.

    Does not check packet numbers for replay. Raises `BadMic`, `MissingAttribute`, `Truncated`.
    """
    key_id_of(frame)
    element, mic = frame[-MME_OCTETS:-MIC_OCTETS], frame[-MIC_OCTETS:]
    if not hmac.compare_digest(_mic(igtk, frame[:-MME_OCTETS], element), mic):
        raise BadMic("BIP MIC does not verify", clause=_CLAUSE)
    return int.from_bytes(element[4:10], "little")


def key_id_of(frame: bytes) -> int:
    """Give the key that the Management MIC element names.

    Raises `MissingAttribute` for a frame that does not end with one, `Truncated`.
    """
    if len(frame) < _HEADER:
        raise Truncated("MAC header needs 24 octets", offset=len(frame), clause=_CLAUSE)
    element = frame[-MME_OCTETS:]
    if len(frame) < _HEADER + MME_OCTETS or element[:2] != bytes((ELEMENT_MME, MME_OCTETS - 2)):
        raise MissingAttribute("no Management MIC element", offset=len(frame), clause=_CLAUSE)
    return int.from_bytes(element[2:4], "little")


def _mic(igtk: bytes, frame: bytes, element: bytes) -> bytes:
    if len(igtk) != 16:
        raise BadLength(f"an IGTK has 16 octets, not {len(igtk)}", clause=_CLAUSE)
    header = bytes((frame[0], frame[1] & _KEPT)) + frame[4:22]
    body = frame[_HEADER:]
    if frame[0] == _BEACON:
        body = bytes(_TIMESTAMP_OCTETS) + body[_TIMESTAMP_OCTETS:]
    octets = header + body + element + bytes(MIC_OCTETS)
    return aes_cmac(igtk, octets)[:MIC_OCTETS]
